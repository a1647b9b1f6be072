/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are written while the peer reads them. */
#include "api/http/stream.h"

#include <stdio.h>

#include "api/http/connection.h"
#include "base/require.h"

static const char last_chunk[] = "0\r\n\r\n";
static const char heartbeat[] = ":\n\n";

static const struct http_limits *
limits_of(const struct http_stream *s)
{
    return &s->request->server->config.limits;
}

struct http_stream *
http_stream_open(struct http_request *r, int status, const char *type, bool live,
                 const struct http_stream_hooks *hooks)
{
    struct http_server *const server = r->server;
    struct http_connection *const c = r->connection;
    struct http_stream *s;
    struct text head;

    if (!c || r->spoiled || r->head.method == HTTP_HEAD) {
        http_reply(r, status, type, NULL, c && !r->spoiled ? hooks->length : 0);
        return NULL;
    }
    if (server->counts.streams >= server->config.limits.streams) {
        struct error e;

        error_set(&e, ERROR_OVERLOADED, "too many open streams");
        server->config.hooks.refuse(server->config.hooks.arg, r, &e);
        return NULL;
    }
    s = arena_new(&r->arena, struct http_stream);
    *s = (struct http_stream){.request = r,
                              .hooks = *hooks,
                              .quiet_since = monotonic_ms(),
                              .live = live,
                              .chunked = r->head.minor > 0 && hooks->length == 0,
                              .wants = true};
    if ((r->head.minor == 0 && hooks->length == 0) || c->unread || server->draining)
        c->closing = true;
    if (r->handled) { /* it is answered */
        r->handled = false;
        server->counts.handling--;
    }
    http_reply_header(r, "X-Accel-Buffering", "no");
    head = answer_head(r, status, type, hooks->length ? hooks->length : UINT64_MAX);
    bufferevent_write(c->bev, head.at, head.len);
    r->stream = s;
    server->counts.streams++;
    connection_streams(c);
    if (server->config.hooks.answered)
        server->config.hooks.answered(server->config.hooks.arg, r, status);
    return s;
}

/* Something happened that the loop must look at, after whoever called us has returned. */
static void
kick(struct http_stream *s)
{
    if (s->request->connection && !s->request->connection->running)
        connection_kick(s->request->connection);
}

bool
http_stream_write(struct http_stream *s, const void *bytes, size_t len)
{
    struct http_connection *const c = s->request->connection;
    struct evbuffer *out;

    if (!c || s->ended || s->broken || s->dropped)
        return false;
    out = bufferevent_get_output(c->bev);
    if (s->live && evbuffer_get_length(out) > limits_of(s)->buffer_bytes) {
        s->dropped = true; /* it may come back and ask for what it missed */
        kick(s);
        return false;
    }
    if (len > 0) {
        require(!s->hooks.length || len <= s->hooks.length - s->written);
        s->written += len;
        s->quiet_since = monotonic_ms();
        if (s->chunked)
            evbuffer_add_printf(out, "%zx\r\n", len);
        evbuffer_add(out, bytes, len);
        if (s->chunked)
            evbuffer_add(out, "\r\n", 2);
    }
    if (evbuffer_get_length(out) < limits_of(s)->buffer_bytes)
        return true;
    s->wants = true;
    return false;
}

void
http_stream_wake(struct http_stream *s)
{
    s->wants = true;
    if (s->request->connection)
        connection_kick(s->request->connection);
}

void
http_stream_end(struct http_stream *s)
{
    struct http_connection *const c = s->request->connection;

    if (!c || s->ended || s->broken)
        return;
    require(!s->hooks.length || s->written == s->hooks.length);
    s->ended = true;
    if (s->chunked)
        bufferevent_write(c->bev, last_chunk, sizeof(last_chunk) - 1);
    kick(s);
}

void
http_stream_break(struct http_stream *s)
{
    if (s->ended)
        return;
    s->broken = true;
    s->dropped = !s->chunked; /* whose end looks like any other */
    kick(s);
}

struct http_request *
http_stream_request(struct http_stream *s)
{
    return s->request;
}

/* Its producer learns that it is over, then the request goes. */
static void
finish(struct http_request *r)
{
    const struct http_stream_hooks hooks = r->stream->hooks;

    r->server->counts.streams--;
    hooks.closed(hooks.arg);
    request_give(r);
}

void
stream_closed(struct http_connection *c)
{
    finish(c->request);
}

bool
stream_run(struct http_connection *c)
{
    struct http_stream *const s = c->request->stream;

    if (s->wants && !s->ended && !s->broken && !s->dropped && s->hooks.fill &&
        connection_unsent(c) <= limits_of(s)->refill_bytes) {
        s->wants = false;
        s->hooks.fill(s->hooks.arg, s);
    }
    if (s->dropped || (!s->ended && !s->broken))
        return false;
    if (s->broken)
        c->closing = true;
    finish(c->request);
    connection_answered(c);
    return true;
}

void
stream_sweep(struct http_connection *c, uint64_t now)
{
    struct http_stream *const s = c->request->stream;

    if (s->live && now - s->quiet_since >= limits_of(s)->heartbeat_ms)
        (void)http_stream_write(s, heartbeat, sizeof(heartbeat) - 1);
}
