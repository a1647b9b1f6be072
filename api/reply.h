/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_REPLY_H
#define API_REPLY_H

#include <stddef.h>

#include "api/http/request.h"
#include "base/error.h"
#include "base/text.h"

/** zh-CN unless Accept-Language prefers English. */
enum language reply_language(const struct http_request *r);

/**
 * Which of the @n media types Accept prefers; of equals the earlier one, and the
 * first where nothing is asked for.  @return its index, or -1: none of them will do.
 */
int reply_media(const struct http_request *r, const char *const *type, int n);

/** Appends @s as part of a URI: every byte but the unreserved ones and those of @also as %XX. */
void text_encoded(struct text *t, const char *s, const char *also);

/** Answers with JSON. */
void reply_json(struct http_request *r, int status, const struct text *body);

/** One of several things that are wrong with a request. */
struct problem_item {
    const char *pointer;   /* JSON pointer into the body, "" for the whole; or NULL */
    const char *parameter; /* name of a query parameter or header field; or NULL */
    const char *code;      /* stable word: an error's code, or a JSON Schema keyword */
    const char *detail;    /* one sentence */
};

/** A problem document (RFC 9457), beyond what the error alone says. */
struct problem_document {
    const struct error *error;
    const struct problem_item *item; /* `errors`; without any, the error's own pointer is one */
    size_t n_item;
    void (*extra)(struct text *t, void *arg); /* writes further members; may be NULL */
    void *arg;
};

/** Appends the document alone, for lists of results. */
void problem_write(struct text *t, const struct http_request *r, const struct problem_document *p);

/**
 * Answers with application/problem+json: type, title, status, detail,
 * instance, code, traceId, errors and extra members.  title and detail are in
 * the language of Accept-Language, code never is.  429 and 503 get Retry-After: 1
 * unless one was added; 401 gets WWW-Authenticate: Bearer likewise.
 */
void reply_problem(struct http_request *r, const struct problem_document *p);

/** The usual case: the error says it all. */
void reply_error(struct http_request *r, const struct error *e);

/** As reply_error(), in the form of the server's `refuse` hook. */
void reply_refused(void *arg, struct http_request *r, const struct error *e);

#endif
