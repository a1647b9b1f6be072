/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HTTP_SERVER_H
#define API_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/http/limits.h"
#include "api/http/request.h"
#include "api/http/stream.h"
#include "base/error.h"

struct event_base;
struct http_tls;

/**
 * What a server calls.  All from the thread that runs its event base.
 */
struct http_hooks {
    void *arg;

    /**
     * The head is there, the body not yet.  May set @r->body_max, route and
     * session, or answer at once (404, 401, 415 …): the body is then neither
     * asked for nor read.  May be NULL.
     */
    void (*admit)(void *arg, struct http_request *r);

    /** The request is complete, or its body is to be taken as it comes (intake.h): answer it, now
     * or later, exactly once. */
    void (*handle)(void *arg, struct http_request *r);

    /**
     * The connection refuses @r: what is wrong is in @e.  Must answer before
     * it returns.  @r->head may be empty (method GET, no path, no fields).
     */
    void (*refuse)(void *arg, struct http_request *r, const struct error *e);

    /** An answer was written, for logs and counters.  May be NULL. */
    void (*answered)(void *arg, const struct http_request *r, int status);
};

struct http_config {
    struct http_limits limits;
    struct http_hooks hooks;
    struct http_tls *tls;       /* NULL = plain; shared by servers, outlives them */
    const char *const *proxies; /* addresses whose X-Forwarded-For is believed ("unix" for a
                                   Unix socket), ends with NULL; NULL = nobody's; outlives */
};

/** What a server has done and has in hand. */
struct http_counts {
    uint64_t accepted;
    uint64_t turned_away; /* connections closed at once: too many of one address */
    uint64_t requests;
    uint64_t refused;   /* by the connection: framing, limits, deadlines */
    uint64_t dropped;   /* peers that took no byte for too long */
    size_t connections; /* open now */
    size_t streams;     /* open now */
    size_t handling;    /* requests waiting for their answer */
    size_t body_bytes;  /* of bodies held now */
};

/**
 * Opens a listening socket, non-blocking and close-on-exec:
 *   "127.0.0.1:8080" "[::1]:8080"  TCP with SO_REUSEPORT: one for each worker; port 0
 *                                  is any that is free
 *   "unix:/run/onestop/http"       made with mode 0660, an old one is replaced
 *                                  when nobody listens on it
 *   "fd:3"                         a copy of what the service manager opened
 * The second and third kind may be shared: each worker takes a dup() of it.
 * ERROR_BAD_SETTING says what is wrong.
 */
MUST_CHECK bool http_listen(const char *address, int *fd, struct error *e);

/** The port @fd listens on: what port 0 became.  0 for other than TCP. */
int http_listen_port(int fd);

/**
 * A server on @base, which must be used by one thread only (and may be made
 * with EVENT_BASE_FLAG_NOLOCK).  Copies @config.  The process must ignore SIGPIPE.
 */
struct http_server *http_server_new(struct event_base *base, const struct http_config *config);

/** Accepts connections on @fd and takes it over.  May be called for several. */
void http_server_listen(struct http_server *s, int fd);

/**
 * Takes over @fd, a connected stream socket (socketpair() in tests).
 * @return false when there is no room; it is closed then.
 */
bool http_server_adopt(struct http_server *s, int fd);

/**
 * Stops accepting, closes idle connections, breaks live streams, says
 * "Connection: close" on every further answer, and calls @done (once, from
 * the loop) when no connection is left, or after @ms when the rest was cut.
 */
void http_server_drain(struct http_server *s, uint32_t ms, void (*done)(void *arg), void *arg);

/**
 * Closes everything.  Requests that are still with their handler are released
 * too: stop whoever would answer them first.
 */
void http_server_free(struct http_server *s);

struct http_counts http_server_counts(const struct http_server *s);

#endif
