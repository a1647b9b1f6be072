/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HTTP_STREAM_H
#define API_HTTP_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/http/request.h"

/**
 * An answer written as fast as the peer reads it: a big export (rows until the
 * end), a file of known length, or server-sent events (`live`, no end).
 *
 * The peer's pace rules.  `fill` is called, from the server's loop and never
 * from within a function below, when less than limits.refill_bytes are unsent;
 * it writes until http_stream_write() says that it is enough, or until it has
 * nothing more at hand; then it returns and later calls http_stream_wake().
 * So memory per stream is limits.buffer_bytes and one write, however long it is.
 *
 * `closed` is called exactly once, last, from the loop, whatever the reason:
 * ended, broken, the peer gone or too slow, the server draining.  After it the
 * stream and its request are gone; before it they are there.
 */
struct http_stream_hooks {
    void (*fill)(void *arg, struct http_stream *s); /* may be NULL when live */
    void (*closed)(void *arg);
    void *arg;
    uint64_t length; /* bytes to come, which Content-Length then says; 0: not known */
};

/**
 * Begins to answer @r with 200 (or what @status says) and a body that is chunked
 * unless its length is known; then exactly so many bytes are to be written.
 * Fields added with http_reply_header() are sent.  A @live stream is dropped
 * when its peer sends a byte, stops listening or leaves more than
 * limits.buffer_bytes unread, and is kept awake by a comment line.
 *
 * @return NULL when nobody will read: the peer is gone, the request was HEAD
 * (its head has been sent), or there are too many streams (503 has been sent).
 * The request is then released and `closed` not called.
 */
struct http_stream *http_stream_open(struct http_request *r, int status, const char *type,
                                     bool live, const struct http_stream_hooks *hooks);

/**
 * Sends @len bytes.  @return true when there is room for more; false when it
 * is enough until `fill` is called again, or the peer is gone (`closed` will follow).
 */
bool http_stream_write(struct http_stream *s, const void *bytes, size_t len);

/** There is something at hand again: have `fill` called soon. */
void http_stream_wake(struct http_stream *s);

/** All was written: the last chunk is sent, `closed` follows. */
void http_stream_end(struct http_stream *s);

/** It cannot be finished: closes without the last chunk, so that the peer sees it is cut. */
void http_stream_break(struct http_stream *s);

/** The request that is being answered. */
struct http_request *http_stream_request(struct http_stream *s);

#endif
