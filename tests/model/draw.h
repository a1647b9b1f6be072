/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_DRAW_H
#define TESTS_MODEL_DRAW_H

#include "base/text.h"
#include "tests/model/construct.h"
#include "tests/support/chance.h"

/**
 * The text of a random definition; about every second one is sound, and only
 * definition_read() can tell.  Its form is {"n": integer, "flag": true or
 * false, "kind": "a" or "b", "on": date}.  It has @flavours, a bit each, beside those of chance.
 */
void draw_definition(struct chance *c, uint32_t flavours, struct text *t);

/** The flavours that definitions have in which @construct is likely; 0: any, or chance will. */
uint32_t draw_likely(enum construct construct);

#endif
