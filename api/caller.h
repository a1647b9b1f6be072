/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CALLER_H
#define API_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/value.h"

/**
 * A client of the REST interface for this program's own tools: blocking, one
 * request at a time on a connection that is kept.  It speaks plain HTTP/1.1 to
 * a daemon and knows of it only what the contract says.
 */
struct caller;

/** @url as in "http://127.0.0.1:8080".  Connects with the first request.  ERROR_USAGE. */
struct caller *caller_new(const char *url, struct error *e);
void caller_free(struct caller *c); /* NULL is fine */

/** What is NULL is not sent. */
struct caller_request {
    const char *method, *path;
    const char *token;      /* Authorization: Bearer */
    const char *query_code; /* of an applicant */
    const char *key;        /* Idempotency-Key */
    const char *match;      /* If-Match, as the etag was told */
    const char *accept;     /* NULL: application/json */
    const char *body;       /* JSON */
    const char *message;    /* webhook-id: it is a system's message, a CloudEvent, signed: */
    int64_t signed_at;      /* webhook-timestamp, seconds since 1970 */
    const char *signature;  /* webhook-signature */
};

struct caller_reply {
    int status;
    const char *text;  /* the body, NUL-terminated; in the arena, as is: */
    struct value json; /* the body when it is JSON, else null */
};

/**
 * Asks and waits for the whole reply, whatever its status.  A connection that
 * was closed meanwhile is made anew, once: every request here may be repeated.
 * @return false with ERROR_STORE_BUSY when nobody answers, ERROR_INTERNAL when
 * the answer is no HTTP.
 */
MUST_CHECK bool caller_ask(struct caller *c, const struct caller_request *q, struct arena *a,
                           struct caller_reply *r, struct error *e);

#endif
