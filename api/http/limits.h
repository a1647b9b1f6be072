/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HTTP_LIMITS_H
#define API_HTTP_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/**
 * Everything a peer may use up, in one place.  Sizes are bytes, times are
 * milliseconds.  http_limits_default() has the values the daemon runs with;
 * tests shorten the times.  Read-only while a server uses it.
 */
struct http_limits {
    /* one request */
    size_t head_bytes;    /* request line and fields with their line ends: 431 */
    size_t target_bytes;  /* what stands between the method and the version: 414 */
    size_t fields;        /* header fields: 431 */
    size_t body_bytes;    /* for a route that names no limit of its own: 413 */
    size_t chunk_ext;     /* of the extensions of one chunk, which are ignored: 400 */
    size_t trailer_bytes; /* of all trailer fields, which are discarded: 400 */

    /* one connection */
    size_t buffer_bytes;   /* unread input and unsent output at which we stop reading, filling */
    size_t refill_bytes;   /* unsent output below which a stream is asked for more */
    size_t linger_bytes;   /* input thrown away after an error, so that the answer is seen */
    size_t requests;       /* requests after which a connection is closed */
    uint32_t idle_ms;      /* no request begun (must be more than the proxy's own) */
    uint32_t handshake_ms; /* TLS */
    uint32_t head_ms;      /* from the first byte of a head to its last: 408 */
    uint32_t body_ms;      /* for 1 MiB, and a second more for each further 64 KiB: 408 */
    uint32_t handler_ms;   /* from the last byte of a request to its answer: 503 */
    uint32_t write_ms;     /* without the peer taking a byte */
    uint32_t linger_ms;    /* after an error */
    uint32_t heartbeat_ms; /* silence on a live stream before a comment is sent */

    /* one server, that is one worker */
    size_t connections;      /* at this number the listener pauses */
    size_t per_address;      /* connections of one IPv4 address or IPv6 /64; 0 = any number */
    size_t streams;          /* open at once: 503 */
    size_t body_budget;      /* body bytes held at once: 503 */
    size_t descriptors_left; /* of the process, kept for the database, logs and files */
    uint32_t accept_ms;      /* pause after accept() failed for want of descriptors */
    uint32_t sweep_ms;       /* how often deadlines are looked at */
};

/** What the daemon runs with behind a proxy. */
struct http_limits http_limits_default(void);

#endif
