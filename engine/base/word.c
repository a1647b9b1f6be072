/* SPDX-License-Identifier: Apache-2.0 */
/* Words of what is stored as numbers. */
#include "base/word.h"

const char *
word_at(const char *const *word, size_t n, int64_t which)
{
    return which >= 0 && (uint64_t)which < n && word[which] ? word[which] : "unknown";
}
