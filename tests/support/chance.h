/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_CHANCE_H
#define TESTS_SUPPORT_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/value.h"

/**
 * Where choices come from: the bytes of a fuzzer while there are any, or a
 * seed (splitmix64).  With bytes that have run out every choice is the first.
 */
struct chance {
    const uint8_t *bytes; /* NULL: from the seed */
    size_t n;
    uint64_t state;
};

/** 0 .. n - 1; n > 0. */
uint32_t chance_below(struct chance *c, uint32_t n);

/** True once in @n times. */
bool chance_one_in(struct chance *c, uint32_t n);

/** from .. to, both included. */
int64_t chance_between(struct chance *c, int64_t from, int64_t to);

/**
 * A value that satisfies @schema, as far as the schemas of the workflows in
 * this project go: objects, arrays, strings with the formats in use, integers
 * with bounds, booleans, enums.  What is not required is left out half the time.
 */
struct value chance_value(struct chance *c, const struct value *schema, struct arena *a);

#endif
