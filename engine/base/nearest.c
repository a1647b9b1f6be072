/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the known word that was probably meant. */
#include "base/nearest.h"

#include <string.h>

enum { WORD_MAX = 63 }; /* longer words are compared by their beginning */

struct nearest
nearest_to(const char *word)
{
    return (struct nearest){.word = word, .distance = 1 + strlen(word) / 3};
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits from @a to @b, where two swapped neighbours are one edit. */
static size_t
edits(const char *a, const char *b)
{
    const size_t n = strnlen(a, WORD_MAX), m = strnlen(b, WORD_MAX);
    size_t row[3][WORD_MAX + 1] = {{0}};

    for (size_t j = 0; j <= m; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = row[i % 3];
        const size_t *up = row[(i + 2) % 3], *before = row[(i + 1) % 3];

        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least(least(up[j], now[j - 1]) + 1, up[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return row[n % 3][m];
}

void
nearest_offer(struct nearest *n, const char *known)
{
    const size_t distance = edits(n->word, known);

    if (distance < n->distance || (distance == n->distance && !n->best)) {
        n->best = known;
        n->distance = distance;
    }
}
