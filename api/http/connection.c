/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: what comes in, in which state, until when. */
#include "api/http/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/require.h"

static const struct http_limits *
limits_of(const struct http_connection *c)
{
    return &c->server->config.limits;
}

static void
set_deadline(struct http_connection *c, uint32_t ms)
{
    c->deadline = monotonic_ms() + ms;
}

size_t
connection_unsent(const struct http_connection *c)
{
    return evbuffer_get_length(bufferevent_get_output(c->bev));
}

struct evbuffer *
connection_input(const struct http_connection *c)
{
    return bufferevent_get_input(c->bev);
}

/* The only place that changes the state. */
void
connection_enter(struct http_connection *c, enum connection_state state)
{
    const struct http_limits *const l = limits_of(c);

    c->state = state;
    switch (state) {
    case CONNECTION_HANDSHAKE:
        set_deadline(c, l->handshake_ms);
        break;
    case CONNECTION_HEAD:
        c->begun = false;
        c->unread = false;
        c->scan = (struct http_scan){0};
        set_deadline(c, l->idle_ms);
        break;
    case CONNECTION_BODY:
    case CONNECTION_CHUNKED: {
        const uint64_t most = c->state == CONNECTION_BODY ? c->body_left : c->request->body_max;
        const uint64_t mib = 1024 * 1024;

        set_deadline(c, l->body_ms);
        if (most > mib)
            c->deadline += (most - mib) / (64 * 1024) * 1000;
        break;
    }
    case CONNECTION_HANDLING:
        set_deadline(c, l->handler_ms);
        break;
    case CONNECTION_STREAM:
    case CONNECTION_LINGER: /* begins when the answer is out, see settle() */
        c->deadline = 0;
        break;
    }
}

void
connection_answered(struct http_connection *c)
{
    c->request = NULL;
    c->requests++;
    connection_enter(c, c->closing ? CONNECTION_LINGER : CONNECTION_HEAD);
    if (!c->running)
        connection_kick(c);
}

void
connection_streams(struct http_connection *c)
{
    connection_enter(c, CONNECTION_STREAM);
    if (!c->running)
        connection_kick(c);
}

void
connection_kick(struct http_connection *c)
{
    bufferevent_trigger(c->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

/*
 * A second request that answers for @old, which its handler still has and will
 * answer into the void.
 */
static struct http_request *
stand_in(struct http_connection *c, struct http_request *old)
{
    struct http_request *const r = request_take(c->server);

    r->head = old->head; /* lives in old's arena, which outlives this answer */
    r->begun_us = old->begun_us;
    memcpy(r->id, old->id, sizeof(r->id));
    memcpy(r->trace, old->trace, sizeof(r->trace));
    memcpy(r->peer, old->peer, sizeof(r->peer));
    r->connection = c;
    old->connection = NULL;
    return r;
}

/* Answers with an error and lets no further request follow. */
void
connection_refuse(struct http_connection *c, const struct error *e)
{
    struct http_request *const taken = c->request && c->request->intake ? c->request : NULL;
    struct http_request *r = c->request;

    if (!r) {
        r = request_take(c->server);
        request_identify(r, c);
    } else if (r->handled) {
        r = stand_in(c, r);
    }
    r->connection = c;
    c->request = r;
    c->closing = true;
    c->server->counts.refused++;
    c->server->config.hooks.refuse(c->server->config.hooks.arg, r, e);
    require(c->request == NULL);
    if (taken)
        body_lost(taken);
}

/* The request is whole. */
void
connection_dispatch(struct http_connection *c)
{
    const struct http_hooks *const h = &c->server->config.hooks;
    struct http_request *const r = c->request;

    c->unread = c->unread && r->streamed; /* that is read when its taker is there */
    r->handled = true;
    c->server->counts.handling++;
    connection_enter(c, CONNECTION_HANDLING);
    h->handle(h->arg, r); /* r may be gone now */
}

/* Reads a head when it is complete.  @return false when there is none yet or no more. */
static bool
step_head(struct http_connection *c)
{
    const struct http_limits *const l = limits_of(c);
    const struct http_hooks *const h = &c->server->config.hooks;
    struct evbuffer *const in = connection_input(c);
    const size_t len = evbuffer_get_length(in);
    const size_t most = len < l->head_bytes + 1 ? len : l->head_bytes + 1;
    struct http_request *r;
    const char *bytes;
    struct error e;

    /* Who does not read his answers gets no further ones. */
    if (len == 0 || connection_unsent(c) >= l->buffer_bytes)
        return false;
    if (!c->begun) {
        c->begun = true;
        set_deadline(c, l->head_ms);
    }
    bytes = (const char *)evbuffer_pullup(in, (ev_ssize_t)most);
    if (!http_scan_head(&c->scan, bytes, most, l, &e)) {
        connection_refuse(c, &e);
        return false;
    }
    if (!c->scan.complete)
        return false;
    r = request_take(c->server);
    r->connection = c;
    c->request = r;
    if (!http_parse_head(&r->arena, bytes + c->scan.start, c->scan.at - c->scan.start, l, &r->head,
                         &e)) {
        request_identify(r, c);
        connection_refuse(c, &e);
        return false;
    }
    evbuffer_drain(in, c->scan.at);
    request_identify(r, c);
    c->server->counts.requests++;
    c->unread = r->head.chunked || r->head.length > 0;
    c->closing = r->head.close || c->server->draining || c->requests + 1 >= l->requests;
    if (h->admit)
        h->admit(h->arg, r);
    if (c->request)
        body_begin(c);
    return true;
}

/* Does one thing.  @return true when there may be more to do. */
static bool
step(struct http_connection *c)
{
    switch (c->state) {
    case CONNECTION_HEAD:
        return step_head(c);
    case CONNECTION_BODY:
        return body_step(c);
    case CONNECTION_CHUNKED:
        return body_step_chunked(c);
    case CONNECTION_STREAM:
        return stream_run(c);
    case CONNECTION_HANDSHAKE:
    case CONNECTION_HANDLING:
    case CONNECTION_LINGER:
        break;
    }
    return false;
}

/*
 * The last answer is written: once it is out, says that no more will come and
 * throws away what still comes in, for a while.  Closing at once would reset
 * the connection under the answer.  @return false when it is time to close.
 */
static bool
linger(struct http_connection *c)
{
    const size_t len = evbuffer_get_length(connection_input(c));

    evbuffer_drain(connection_input(c), len);
    c->lingered += len;
    if (c->lingered > limits_of(c)->linger_bytes)
        return false;
    if (connection_unsent(c) > 0)
        return true;
    if (c->eof)
        return false;
    if (!c->shut) {
        c->shut = true;
        if (c->server->config.tls)
            tls_close_notify(c->bev);
        (void)shutdown(bufferevent_getfd(c->bev), SHUT_WR);
        set_deadline(c, limits_of(c)->linger_ms);
    }
    return true;
}

/* The peer is to see that this was no ordinary end, and the kernel to forget what is unsent. */
static void
reset_on_close(struct http_connection *c)
{
    const struct linger at_once = {.l_onoff = 1};

    (void)setsockopt(bufferevent_getfd(c->bev), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

/* Nothing more can be done now.  @return false when nothing ever will. */
static bool
settle(struct http_connection *c)
{
    switch (c->state) {
    case CONNECTION_HANDSHAKE:
        return !c->eof;
    case CONNECTION_BODY:
    case CONNECTION_CHUNKED:
        return !c->eof || body_waits(c);
    case CONNECTION_HEAD:
        /* What half-closed connections asked for is answered before they go. */
        if (connection_unsent(c) > 0)
            return true;
        return !c->eof && (c->begun || !c->server->draining);
    case CONNECTION_HANDLING:
        return true;
    case CONNECTION_STREAM: {
        const struct http_stream *const s = c->request->stream;

        if (s->live && (c->eof || evbuffer_get_length(connection_input(c)) > 0))
            return false;
        if (s->dropped)
            reset_on_close(c);
        return !s->dropped;
    }
    case CONNECTION_LINGER:
        break;
    }
    return linger(c);
}

void
connection_run(struct http_connection *c)
{
    c->running = true;
    while (step(c))
        ;
    c->running = false;
    if (!settle(c))
        connection_free(c);
}

static void
on_read(struct bufferevent *bev, void *arg)
{
    (void)bev;
    connection_run(arg);
}

static void
on_written(struct bufferevent *bev, void *arg)
{
    struct http_connection *const c = arg;

    (void)bev;
    c->wrote = true;
    connection_run(c);
}

static void
on_state(struct bufferevent *bev, short what, void *arg)
{
    struct http_connection *const c = arg;

    (void)bev;
    if (what & BEV_EVENT_CONNECTED) {
        connection_enter(c, CONNECTION_HEAD);
    } else if (what & BEV_EVENT_EOF) {
        c->eof = true;
        connection_run(c);
    } else {
        connection_free(c);
    }
}

/* A deadline has passed.  @return false to close without a word. */
static bool
expire(struct http_connection *c)
{
    struct error e;

    switch (c->state) {
    case CONNECTION_HANDSHAKE:
    case CONNECTION_LINGER:
        return false;
    case CONNECTION_HEAD:
        if (!c->begun)
            return connection_unsent(c) > 0;
        error_set(&e, ERROR_REQUEST_TIMEOUT, "the header took longer than %u ms",
                  limits_of(c)->head_ms);
        break;
    case CONNECTION_BODY:
    case CONNECTION_CHUNKED:
        error_set(&e, ERROR_REQUEST_TIMEOUT, "the body took too long");
        break;
    case CONNECTION_HANDLING:
        error_set(&e, ERROR_STORE_BUSY, "no answer within %u ms; what became of it is not known",
                  limits_of(c)->handler_ms);
        break;
    case CONNECTION_STREAM:
        return true;
    }
    connection_refuse(c, &e);
    return true;
}

void
connection_sweep(struct http_connection *c, uint64_t now)
{
    const size_t unsent = connection_unsent(c);

    if (unsent == 0 || unsent < c->out_seen || c->wrote) {
        c->out_since = now;
    } else if (now - c->out_since >= limits_of(c)->write_ms) {
        c->server->counts.dropped++;
        reset_on_close(c);
        connection_free(c);
        return;
    }
    c->out_seen = unsent;
    c->wrote = false;
    if (c->state == CONNECTION_STREAM)
        stream_sweep(c, now);
    if (c->deadline != 0 && now >= c->deadline && !expire(c))
        connection_free(c);
}

struct http_connection **
connection_bucket(struct http_server *s, const unsigned char address[ADDRESS_BYTES])
{
    uint32_t h = 2166136261U; /* FNV-1a */

    for (int i = 0; i < ADDRESS_BYTES; i++)
        h = (h ^ address[i]) * 16777619U;
    return &s->bucket[h % ADDRESS_BUCKETS];
}

struct http_connection *
connection_new(struct http_server *s, int fd, const unsigned char address[ADDRESS_BYTES],
               const char *peer)
{
    struct http_connection *const c = calloc(1, sizeof(*c));
    struct http_connection **const bucket = connection_bucket(s, address);
    const int on = 1;

    require(c);
    c->server = s;
    memcpy(c->address, address, ADDRESS_BYTES);
    memcpy(c->peer, peer, strnlen(peer, sizeof(c->peer) - 1));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* a Unix socket has none */
    c->bev = s->config.tls ? tls_bufferevent(s->config.tls, s->base, fd)
                           : bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
    require(c->bev);
    bufferevent_setcb(c->bev, on_read, on_written, on_state, c);
    bufferevent_setwatermark(c->bev, EV_READ, 0, s->config.limits.buffer_bytes);
    bufferevent_setwatermark(c->bev, EV_WRITE, s->config.limits.refill_bytes, 0);
    c->next = s->connection;
    c->prev = &s->connection;
    if (c->next)
        c->next->prev = &c->next;
    s->connection = c;
    c->bucket_next = *bucket;
    c->bucket_prev = bucket;
    if (c->bucket_next)
        c->bucket_next->bucket_prev = &c->bucket_next;
    *bucket = c;
    s->counts.connections++;
    c->out_since = monotonic_ms();
    connection_enter(c, s->config.tls ? CONNECTION_HANDSHAKE : CONNECTION_HEAD);
    bufferevent_enable(c->bev, EV_READ | EV_WRITE);
    return c;
}

void
connection_free(struct http_connection *c)
{
    struct http_server *const s = c->server;
    struct http_request *const r = c->request;

    *c->prev = c->next;
    if (c->next)
        c->next->prev = c->prev;
    *c->bucket_prev = c->bucket_next;
    if (c->bucket_next)
        c->bucket_next->bucket_prev = c->bucket_prev;
    bufferevent_free(c->bev);
    s->counts.connections--;
    if (r) {
        r->connection = NULL;
        if (r->stream)
            stream_closed(c);
        else if (r->intake)
            body_lost(r);
        else if (!r->handled)
            request_give(r);
    }
    free(c);
    server_left(s);
}
