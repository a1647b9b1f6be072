/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_FIGURES_H
#define API_FIGURES_H

#include "api/page.h"

/*
 * Tables of figures: one description of the columns makes JSON and CSV.
 */

enum figure_kind {
    FIGURE_GROUP,  /* a text or null, only where it is grouped by */
    FIGURE_TEXT,   /* a text or null */
    FIGURE_WORD,   /* what `word` calls the number */
    FIGURE_COUNT,  /* a number */
    FIGURE_TIME,   /* milliseconds, told as "…Seconds" */
    FIGURE_RATE,   /* of `column` and `other`: the first over both; null where both are 0 */
    FIGURE_SPREAD, /* mean of the sum in `column`, over the count in `other`, and the ranks in
                      `ranks`: told as "…MeanSeconds", "…P50Seconds" … */
    FIGURE_PARTS   /* a JSON object; `csv` is its name there */
};

struct figure {
    const char *name;
    enum figure_kind kind;
    int column, other, ranks;
    const char *(*word)(int64_t number);
    const char *csv;
};

struct figures {
    const struct figure *figure;
    size_t n;
    const char *file; /* steps.csv */
};

/** The @n kinds of groups there are: "version", "district" …, and which of them are asked for. */
struct grouping {
    const char *const *word;
    size_t n;
    uint32_t by; /* bit i: by word[i] */
};

/** {"items": […]}, a row of @res each. */
void figures_reply_json(struct http_request *r, const struct figures *f, const struct grouping *g,
                        const PGresult *res);

/** The same as a file, at the pace of who reads it. */
void figures_reply_csv(struct http_request *r, const struct figures *f, const struct grouping *g,
                       const PGresult *res);

#endif
