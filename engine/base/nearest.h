/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/**
 * "Did you mean": the known word nearest to one that is not known.
 *
 *     struct nearest n = nearest_to(word);
 *     for (...) nearest_offer(&n, known);
 *     if (n.best) ...
 *
 * Borrows every word until the struct is dropped.
 */
struct nearest {
    const char *word;
    const char *best; /* NULL when nothing offered is near enough to be meant */
    size_t distance;  /* edits between word and best */
};

struct nearest nearest_to(const char *word);
void nearest_offer(struct nearest *n, const char *known);

#endif
