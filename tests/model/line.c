/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of what is to be seen. */
#include "tests/model/line.h"

#include <stdlib.h>
#include <string.h>

const char *
line_of(struct arena *a, const char *id, const int64_t *n, int count)
{
    struct text t = text_new(a);

    text_str(&t, id);
    for (int i = 0; i < count; i++) {
        text_char(&t, ' ');
        text_int(&t, n[i]);
    }
    return t.at;
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
lines_sorted(struct text *t, const char **line, size_t n, const char *before)
{
    if (n > 1)
        qsort(line, n, sizeof(*line), compare_texts);
    for (size_t i = 0; i < n; i++) {
        text_str(t, before);
        text_str(t, line[i]);
    }
}
