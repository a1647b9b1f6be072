/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_LINE_H
#define TESTS_MODEL_LINE_H

#include "base/text.h"

/* What both sides show is compared after every command, so it is written without printf. */

/** "ID N N …" */
const char *line_of(struct arena *a, const char *id, const int64_t *n, int count);

/** Appends @line, sorted, each with @before. */
void lines_sorted(struct text *t, const char **line, size_t n, const char *before);

#endif
