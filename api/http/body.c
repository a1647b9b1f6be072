/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a request: let in, counted, kept. */
#include <string.h>

#include "api/http/connection.h"

static const char continue_line[] = "HTTP/1.1 100 Continue\r\n\r\n";

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
    if (!c->unread) {
        connection_dispatch(c);
        return;
    }
    c->body_left = r->head.length;
    c->chunks = (struct http_chunks){0};
    connection_enter(c, r->head.chunked ? CONNECTION_CHUNKED : CONNECTION_BODY);
    if (r->head.expects_continue && evbuffer_get_length(connection_input(c)) == 0)
        bufferevent_write(c->bev, continue_line, sizeof(continue_line) - 1);
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

bool
body_step(struct http_connection *c)
{
    const size_t have = evbuffer_get_length(connection_input(c));
    const size_t len = have < c->body_left ? have : (size_t)c->body_left;

    if (len == 0 || !keep_body(c, NULL, len))
        return false;
    c->body_left -= len;
    if (c->body_left == 0)
        connection_dispatch(c);
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

    if (bytes.len == 0)
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
    if (data.len > 0 && !keep_body(c, data.at, data.len))
        return false;
    evbuffer_drain(in, taken);
    if (c->chunks.state == CHUNK_DONE)
        connection_dispatch(c);
    return true;
}
