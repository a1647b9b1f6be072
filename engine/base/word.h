/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_WORD_H
#define BASE_WORD_H

#include <stddef.h>
#include <stdint.h>

/**
 * The word at @which in a table of @n.  What is stored may have been stored by
 * a newer daemon beside this one, for which there is no word yet: "unknown".
 */
const char *word_at(const char *const *word, size_t n, int64_t which);

#define WORD_AT(table, which) word_at(table, sizeof(table) / sizeof(*(table)), (int64_t)(which))

#endif
