/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HTTP_REQUEST_H
#define API_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/http/parse.h"
#include "base/arena.h"
#include "base/text.h"

enum {
    HTTP_ID_TEXT = 72,    /* an X-Request-Id of up to 71 bytes */
    HTTP_TRACE_TEXT = 33, /* a trace id, 32 hexadecimal digits */
    HTTP_PEER_TEXT = 46   /* an IPv6 address, or "unix" */
};

struct http_connection;
struct http_server;
struct http_stream;

/**
 * One request, from its last byte to its answer.
 *
 * It belongs to whoever it was handed to (struct http_hooks, `handle`), who
 * answers it exactly once, now or later, from the thread of the same server:
 * with http_reply() or http_stream_open().  The answer ends its life, and with
 * it everything in @arena; a stream's request lives as long as the stream.
 *
 * The peer may leave meanwhile.  The request then lives on without it
 * (http_orphaned()), answering is harmless and still due.
 */
struct http_request {
    struct http_head head;
    char *body; /* body_len bytes and a NUL; "" when there is none */
    size_t body_len;
    struct arena arena;          /* lives as long as the request */
    char id[HTTP_ID_TEXT];       /* X-Request-Id, the peer's when it is sane, else made here */
    char trace[HTTP_TRACE_TEXT]; /* trace id of traceparent when it is valid, else made here */
    char peer[HTTP_PEER_TEXT];   /* address; behind a trusted proxy the one it reports */
    bool secure;                 /* came through our own TLS */
    uint64_t begun_us;           /* monotonic; when its head was complete */

    /* set by the `admit` hook, see server.h */
    size_t body_max; /* bytes; beyond them 413 */
    bool streamed;   /* `handle` takes the body itself, as it comes: intake.h */
    void *route;     /* the router's */
    void *session;   /* the caller's */

    /* private to api/http */
    struct http_server *server;
    struct http_connection *connection; /* NULL when the peer is gone */
    struct http_stream *stream;
    struct http_intake *intake; /* NULL: closed, or none */
    struct http_field *reply_field;
    size_t n_reply_field;
    size_t body_cap;                   /* bytes of body taken from the server's budget */
    bool spoiled;                      /* a reply field had a line end in it */
    bool handled;                      /* was handed to `handle`, who will answer */
    struct http_request *next, **prev; /* list of the server's live or spare requests */
};

/** The value of the first header field called @name (lower case), or NULL. */
const char *http_header(const struct http_request *r, const char *name);

/** The decoded value of the query parameter @name, or NULL when absent. */
const char *http_query(const struct http_request *r, const char *name);

/**
 * The name of a query parameter that is not in @known (ends with NULL) or
 * stands there twice, or NULL when there is none: a route that lists what it
 * knows sees every misspelt filter.
 */
const char *http_query_stranger(const struct http_request *r, const char *const *known);

/** Has the peer gone?  Then the answer reaches nobody. */
bool http_orphaned(const struct http_request *r);

/**
 * Adds a field to the answer to come; both are copied.  A value with CR, LF or
 * NUL in it, or a name that is no token, turns the answer into a bare 500:
 * nothing that was sent in can split a response.
 */
void http_reply_header(struct http_request *r, const char *name, const char *value);

/** Was a field of that name added? */
bool http_reply_has(const struct http_request *r, const char *name);

/**
 * Answers and releases @r.  @type is the Content-Type, NULL when there is no
 * body.  @body is copied (or has been sent) on return, so it may lie in the
 * request's arena.  HEAD, 204 and 304 are answered without body.
 *
 * Every answer has Date, X-Request-Id, X-Content-Type-Options: nosniff and,
 * unless a field of that name was added, Cache-Control: no-store.
 */
void http_reply(struct http_request *r, int status, const char *type, const char *body, size_t len);

#endif
