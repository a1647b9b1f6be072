/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "api/app.h"
#include "store/rows.h"

/*
 * Lists by keyset: a page says where the next one begins.  A cursor is opaque:
 * it carries the position and a check over it and the query it belongs to, so
 * that one that was edited, or put to another query, is refused.
 */
enum { PAGE_KEYS = 5, PAGE_LIMIT = 50, PAGE_LIMIT_MOST = 200 };

struct page {
    int limit;                   /* rows the caller wants; ask for one more */
    int64_t position[PAGE_KEYS]; /* of the last row of the page before; 0 at the start */
    bool first;                  /* no cursor was given */
    char query[17];              /* what the cursor is bound to */
    const char *const *known;    /* the list's parameters */
};

/**
 * Reads limit and cursor (of @n_key numbers); refuses parameters that are not in
 * @known.  ERROR_BAD_PARAMETER.
 */
MUST_CHECK bool page_read(struct http_request *r, const char *const *known, int n_key,
                          struct page *page, struct error *e);

/** A query parameter of at most @longest characters; NULL when it is absent.  ERROR_BAD_PARAMETER.
 */
MUST_CHECK bool query_text(const struct http_request *r, const char *name, size_t longest,
                           const char **out, struct error *e);

/** A query parameter from 1 to @most; *@out is left alone when it is absent.  ERROR_BAD_PARAMETER.
 */
MUST_CHECK bool query_number(const struct http_request *r, const char *name, int most, int *out,
                             struct error *e);
/** A query parameter that is "true", or "false" as when it is absent.  ERROR_BAD_PARAMETER. */
MUST_CHECK bool query_flag(const struct http_request *r, const char *name, bool *out,
                           struct error *e);

/** The same of validateOnly, the one parameter there is. */
MUST_CHECK bool query_dry_run(const struct http_request *r, bool *dry, struct error *e);

/**
 * The district of the query, or the caller's own; NULL: all, for accounts of
 * the whole city.  ERROR_FORBIDDEN for another one.
 */
MUST_CHECK bool page_district(const struct http_request *r, const char **district, struct error *e);

/** Writes row @row of @res as one object. */
typedef void page_row(void *arg, struct text *t, const PGresult *res, int row);

/**
 * Answers @r with a page of the rows of @res, or with @e when the database
 * refused.  @key are the columns of @n_key numbers that the rows are ordered by.
 */
void page_reply(struct http_request *r, const struct page *page, const PGresult *res,
                const struct error *e, const int *key, int n_key, page_row *put, void *arg);

/** Whether @code is a unified social credit code; else @code_is at @pointer says what one looks
 * like. */
MUST_CHECK bool credit_code_check(const char *code, enum error_code code_is, const char *pointer,
                                  struct error *e);

/** {"items":[ */
void page_begin(struct text *t);

/**
 * ],"nextCursor":…} and the Link field, and answers.  @n is how many rows were
 * read (one more than the limit: there is a next page), @last the keys of the last
 * row shown.
 */
void page_end(struct text *t, struct http_request *r, const struct page *page, int n,
              const int64_t *last, int n_key);

#endif
