/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a request: let in, counted, kept or handed on. */
#include <string.h>

#include "api/http/connection.h"
#include "base/require.h"

static const char continue_line[] = "HTTP/1.1 100 Continue\r\n\r\n";

static void
let_come(struct http_connection *c)
{
    const struct http_request *const r = c->request;

    c->body_left = r->head.length;
    c->chunks = (struct http_chunks){0};
    connection_enter(c, r->head.chunked ? CONNECTION_CHUNKED : CONNECTION_BODY);
    if (r->head.expects_continue && evbuffer_get_length(connection_input(c)) == 0)
        bufferevent_write(c->bev, continue_line, sizeof(continue_line) - 1);
}

/* The head is there and was let in: the body, if there is one, may come. */
void
body_begin(struct http_connection *c)
{
    struct http_request *const r = c->request;
    struct error e;

    if (r->head.length > r->body_max) {
        error_set(&e, ERROR_TOO_LARGE, "a body of over %zu bytes", r->body_max);
        connection_refuse(c, &e);
        return;
    }
    if (!c->unread || r->streamed) {
        connection_dispatch(c);
        return;
    }
    let_come(c);
}

bool
http_intake_open(struct http_request *r, const struct http_intake_hooks *hooks)
{
    struct http_connection *const c = r->connection;

    require(r->streamed && !r->intake);
    if (!c)
        return false;
    r->intake = arena_new(&r->arena, struct http_intake);
    *r->intake = (struct http_intake){.hooks = *hooks};
    let_come(c);
    if (!c->running)
        connection_kick(c);
    return true;
}

void
http_intake_resume(struct http_request *r)
{
    if (!r->intake)
        return;
    r->intake->paused = false;
    if (r->connection)
        connection_kick(r->connection);
}

void
body_lost(struct http_request *r)
{
    const struct http_intake_hooks hooks = r->intake->hooks;

    r->intake = NULL;
    hooks.lost(hooks.arg);
}

bool
body_waits(const struct http_connection *c)
{
    return c->request->intake && c->request->intake->paused &&
           evbuffer_get_length(connection_input(c)) > 0;
}

static bool
is_paused(const struct http_connection *c)
{
    return c->request->intake && c->request->intake->paused;
}

/* The last byte has come. */
static void
finish(struct http_connection *c)
{
    struct http_request *const r = c->request;
    struct http_intake *const intake = r->intake;

    if (!intake) {
        connection_dispatch(c);
        return;
    }
    r->intake = NULL;
    c->unread = false;
    connection_enter(c, CONNECTION_HANDLING);
    intake->hooks.ended(intake->hooks.arg); /* r may be gone now */
}

/* @return whether the request is still to be answered and wants more. */
static bool
hand_on(struct http_connection *c, const char *bytes, size_t len)
{
    struct http_request *const r = c->request;
    const struct http_intake_hooks hooks = r->intake->hooks;
    const bool more = hooks.take(hooks.arg, bytes, len);

    if (c->request != r)
        return false;
    if (!more && r->intake)
        r->intake->paused = true;
    return true;
}

/* Takes @len bytes of body from @from, or from the input when that is NULL. */
static bool
keep_body(struct http_connection *c, const char *from, size_t len)
{
    struct http_request *const r = c->request;
    struct error e;

    if (!request_body_room(r, len)) {
        error_set(&e, ERROR_OVERLOADED, "too many large requests at once");
        connection_refuse(c, &e);
        return false;
    }
    if (from)
        memcpy(r->body + r->body_len, from, len);
    else
        evbuffer_remove(connection_input(c), r->body + r->body_len, len);
    r->body_len += len;
    r->body[r->body_len] = '\0';
    return true;
}

/* As much as lies side by side; nothing is copied. */
static bool
step_streamed(struct http_connection *c, size_t len)
{
    struct evbuffer *const in = connection_input(c);
    const size_t side_by_side = evbuffer_get_contiguous_space(in);
    const size_t n = len < side_by_side ? len : side_by_side;

    if (c->body_left > 0) {
        if (n == 0 || is_paused(c))
            return false;
        c->body_left -= n;
        if (!hand_on(c, (const char *)evbuffer_pullup(in, (ev_ssize_t)n), n))
            return true;
        evbuffer_drain(in, n);
    }
    if (c->body_left == 0)
        finish(c);
    return true;
}

bool
body_step(struct http_connection *c)
{
    const size_t have = evbuffer_get_length(connection_input(c));
    const size_t len = have < c->body_left ? have : (size_t)c->body_left;

    if (c->request->intake)
        return step_streamed(c, len);
    if (len == 0 || !keep_body(c, NULL, len))
        return false;
    c->body_left -= len;
    if (c->body_left == 0)
        finish(c);
    return true;
}

bool
body_step_chunked(struct http_connection *c)
{
    struct evbuffer *const in = connection_input(c);
    struct http_span bytes = {.len = evbuffer_get_contiguous_space(in)};
    struct http_span data;
    struct error e;
    size_t taken;

    if (bytes.len == 0 || is_paused(c))
        return false;
    bytes.at = (const char *)evbuffer_pullup(in, (ev_ssize_t)bytes.len);
    if (!http_chunks_next(&c->chunks, bytes, &c->server->config.limits, &data, &taken, &e)) {
        connection_refuse(c, &e);
        return false;
    }
    if (c->chunks.total > c->request->body_max) {
        error_set(&e, ERROR_TOO_LARGE, "a body of over %zu bytes", c->request->body_max);
        connection_refuse(c, &e);
        return false;
    }
    if (data.len > 0 && c->request->intake && !hand_on(c, data.at, data.len))
        return true;
    if (data.len > 0 && !c->request->intake && !keep_body(c, data.at, data.len))
        return false;
    evbuffer_drain(in, taken);
    if (c->chunks.state == CHUNK_DONE)
        finish(c);
    return true;
}
