/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the front door of the tests serves:
 *
 *   GET  /hello              hello
 *   GET  /view               543 bytes, the size of the usual answer
 *   GET  /items/{id}         the id; DELETE too
 *   GET  /query              the decoded parameters
 *   POST /echo               the body (any type)
 *   POST /json               the body (application/json, 1 MiB)
 *   GET  /private            401 from the head alone; POST too
 *   GET  /hold               answered when somebody posts to /release
 *   GET  /stream?bytes=N     N bytes, as fast as they are read
 *   GET  /broken?bytes=N     the same without an end
 *   GET  /events             a live stream; POST /publish?bytes=N sends N bytes to all
 *   GET  /spoil?value=V      V as a field of the answer
 *   GET  /whoami             peer, id and trace of the request
 *   GET  /counts             struct http_counts
 *   POST /drain              drains and ends
 */
#include <event2/event.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/http/server.h"
#include "api/http/tls.h"
#include "api/reply.h"
#include "api/router.h"
#include "base/require.h"
#include "tests/support/door_server.h"

enum { MAX_HELD = 8192, PIECE = 64 * 1024 };

struct producer {
    struct served *served;
    struct http_stream *stream;
    size_t left;
    bool breaks;
    size_t index; /* of a live one, in served->live */
};

struct served {
    struct event_base *base;
    struct http_server *server;
    struct router *router;
    struct http_request *held[MAX_HELD];
    size_t n_held;
    struct producer *live[MAX_HELD];
    size_t n_live;
    char piece[PIECE];
};

static size_t
wanted_bytes(const struct http_request *r)
{
    const char *const n = http_query(r, "bytes");

    return n ? strtoul(n, NULL, 10) : 0;
}

static void
reply_text(struct http_request *r, const char *text)
{
    http_reply(r, 200, "text/plain", text, strlen(text));
}

static void
get_hello(void *arg, struct http_request *r)
{
    (void)arg;
    reply_text(r, "hello");
}

static void
get_view(void *arg, struct http_request *r)
{
    struct served *const s = arg;

    http_reply(r, 200, "application/json", s->piece, 543);
}

static void
get_item(void *arg, struct http_request *r)
{
    (void)arg;
    reply_text(r, router_param(r, "id"));
}

static void
get_query(void *arg, struct http_request *r)
{
    struct text t = text_new(&r->arena);

    (void)arg;
    for (size_t i = 0; i < r->head.n_parameter; i++)
        text_printf(&t, "%s=%s;", r->head.parameter[i].name, r->head.parameter[i].value);
    http_reply(r, 200, "text/plain", t.at, t.len);
}

static void
post_echo(void *arg, struct http_request *r)
{
    (void)arg;
    http_reply(r, 200, "application/octet-stream", r->body, r->body_len);
}

static void
get_hold(void *arg, struct http_request *r)
{
    struct served *const s = arg;

    require(s->n_held < MAX_HELD);
    s->held[s->n_held++] = r;
}

static void
post_release(void *arg, struct http_request *r)
{
    struct served *const s = arg;
    const size_t n = s->n_held;

    s->n_held = 0;
    for (size_t i = 0; i < n; i++)
        reply_text(s->held[i], "held");
    reply_text(r, "released");
}

static void
fill(void *arg, struct http_stream *stream)
{
    struct producer *const p = arg;

    while (p->left > 0) {
        const size_t n = p->left < PIECE ? p->left : PIECE;

        p->left -= n;
        if (!http_stream_write(stream, p->served->piece, n))
            break;
    }
    if (p->left == 0 && p->breaks)
        http_stream_break(stream);
    else if (p->left == 0)
        http_stream_end(stream);
}

static void
producer_closed(void *arg)
{
    free(arg);
}

static void
stream(struct served *s, struct http_request *r, bool breaks)
{
    struct producer *const p = calloc(1, sizeof(*p));
    const struct http_stream_hooks hooks = {.fill = fill, .closed = producer_closed, .arg = p};

    require(p);
    p->served = s;
    p->left = wanted_bytes(r);
    p->breaks = breaks;
    p->stream = http_stream_open(r, 200, "text/plain", false, &hooks);
    if (!p->stream)
        free(p);
}

static void
get_stream(void *arg, struct http_request *r)
{
    stream(arg, r, false);
}

static void
get_broken(void *arg, struct http_request *r)
{
    stream(arg, r, true);
}

static void
live_closed(void *arg)
{
    struct producer *const p = arg;
    struct served *const s = p->served;

    s->live[p->index] = s->live[--s->n_live];
    s->live[p->index]->index = p->index;
    free(p);
}

static void
get_events(void *arg, struct http_request *r)
{
    struct served *const s = arg;
    struct producer *const p = calloc(1, sizeof(*p));
    const struct http_stream_hooks hooks = {.closed = live_closed, .arg = p};

    require(p && s->n_live < MAX_HELD);
    p->served = s;
    p->stream = http_stream_open(r, 200, "text/event-stream", true, &hooks);
    if (!p->stream) {
        free(p);
        return;
    }
    p->index = s->n_live;
    s->live[s->n_live++] = p;
    (void)http_stream_write(p->stream, "retry: 3000\n\n", 13);
}

static void
post_publish(void *arg, struct http_request *r)
{
    struct served *const s = arg;
    const size_t bytes = wanted_bytes(r) < PIECE ? wanted_bytes(r) : PIECE;

    for (size_t i = 0; i < s->n_live; i++)
        (void)http_stream_write(s->live[i]->stream, s->piece, bytes);
    reply_text(r, "published");
}

static void
get_spoil(void *arg, struct http_request *r)
{
    (void)arg;
    http_reply_header(r, "X-Value", http_query(r, "value"));
    reply_text(r, "spoilt?");
}

static void
get_whoami(void *arg, struct http_request *r)
{
    (void)arg;
    reply_text(r, arena_printf(&r->arena, "peer=%s id=%s trace=%s host=%s", r->peer, r->id,
                               r->trace, r->head.host));
}

static void
get_counts(void *arg, struct http_request *r)
{
    struct served *const s = arg;
    const struct http_counts c = http_server_counts(s->server);
    struct text t = text_new(&r->arena);

    text_printf(&t,
                "accepted=%" PRIu64 " turned_away=%" PRIu64 " requests=%" PRIu64 " refused=%" PRIu64
                " dropped=%" PRIu64
                " connections=%zu streams=%zu handling=%zu body_bytes=%zu held=%zu live=%zu ",
                c.accepted, c.turned_away, c.requests, c.refused, c.dropped, c.connections,
                c.streams, c.handling, c.body_bytes, s->n_held, s->n_live);
    http_reply(r, 200, "text/plain", t.at, t.len);
}

static void
drained(void *arg)
{
    struct served *const s = arg;

    event_base_loopbreak(s->base);
}

static void
post_drain(void *arg, struct http_request *r)
{
    struct served *const s = arg;

    reply_text(r, "draining");
    http_server_drain(s->server, 10000, drained, s);
}

static const struct route route[] = {
    {HTTP_GET, "/hello", get_hello, 0, 0, NULL},
    {HTTP_GET, "/view", get_view, 0, 0, NULL},
    {HTTP_GET, "/items/{id}", get_item, 0, 0, NULL},
    {HTTP_DELETE, "/items/{id}", get_item, 0, 0, NULL},
    {HTTP_GET, "/query", get_query, 0, 0, NULL},
    {HTTP_POST, "/echo", post_echo, 0, 0, "*"},
    {HTTP_POST, "/json", post_echo, 0, 1024 * 1024, NULL},
    {HTTP_GET, "/private", get_hello, 1, 0, NULL},
    {HTTP_POST, "/private", get_hello, 1, 0, "*"},
    {HTTP_GET, "/hold", get_hold, 0, 0, NULL},
    {HTTP_POST, "/release", post_release, 0, 0, "*"},
    {HTTP_GET, "/stream", get_stream, 0, 0, NULL},
    {HTTP_GET, "/broken", get_broken, 0, 0, NULL},
    {HTTP_GET, "/events", get_events, 0, 0, NULL},
    {HTTP_POST, "/publish", post_publish, 0, 0, "*"},
    {HTTP_GET, "/spoil", get_spoil, 0, 0, NULL},
    {HTTP_GET, "/whoami", get_whoami, 0, 0, NULL},
    {HTTP_GET, "/counts", get_counts, 0, 0, NULL},
    {HTTP_POST, "/drain", post_drain, 0, 0, "*"},
};

/* Flag 1: nobody may. */
static bool
gate(void *arg, struct http_request *r, const struct route *found, struct error *e)
{
    (void)arg;
    (void)r;
    return found->flags == 0 || error_set(e, ERROR_UNAUTHENTICATED, "nobody may");
}

static void
admit(void *arg, struct http_request *r)
{
    struct served *const s = arg;

    router_admit(s->router, gate, s, r);
}

static void
on_terminate(evutil_socket_t signal_number, short what, void *arg)
{
    (void)signal_number;
    (void)what;
    event_base_loopbreak(arg);
}

static struct event_base *
new_base(void)
{
    struct event_config *const config = event_config_new();
    struct event_base *base;

    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    base = event_base_new_with_config(config);
    event_config_free(config);
    require(base);
    return base;
}

void
door_run(int fd, const struct http_config *given)
{
    struct served *const s = calloc(1, sizeof(*s));
    struct http_config config = *given;
    struct arena arena = {0};
    struct event *terminate;

    require(s);
    (void)signal(SIGPIPE, SIG_IGN);
    memset(s->piece, 'x', sizeof(s->piece));
    s->base = new_base();
    s->router = router_new(&arena, route, sizeof(route) / sizeof(route[0]));
    config.hooks = (struct http_hooks){s, admit, router_handle, reply_refused, NULL};
    s->server = http_server_new(s->base, &config);
    http_server_listen(s->server, fd);
    terminate = evsignal_new(s->base, SIGTERM, on_terminate, s->base);
    evsignal_add(terminate, NULL);
    event_base_dispatch(s->base);
    event_free(terminate);
    http_server_free(s->server);
    http_tls_free(config.tls);
    event_base_free(s->base);
    arena_release(&arena);
    free(s);
}
