/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: the status line, the fields, the body. */
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "api/http/connection.h"
#include "base/require.h"

/* The phrases of RFC 9110 for the statuses the daemon knows; clients ignore them. */
static const char *
reason(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } known[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].status == status)
            return known[i].phrase;
    }
    return "";
}

/* No control characters: neither a line end that would begin another field, nor a NUL. */
static bool
clean(const char *value)
{
    for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
        if ((*c < 0x20 && *c != '\t') || *c == 0x7f)
            return false;
    }
    return true;
}

void
http_reply_header(struct http_request *r, const char *name, const char *value)
{
    struct http_field *f;

    if (name[0] == '\0' || strpbrk(name, " :\t\r\n") || !clean(value)) {
        r->spoiled = true;
        return;
    }
    r->reply_field = arena_grow(&r->arena, r->reply_field, r->n_reply_field, sizeof(*f));
    f = &r->reply_field[r->n_reply_field++];
    f->name = arena_strdup(&r->arena, name);
    f->value = arena_strdup(&r->arena, value);
}

bool
http_reply_has(const struct http_request *r, const char *name)
{
    for (size_t i = 0; i < r->n_reply_field; i++) {
        if (strcasecmp(r->reply_field[i].name, name) == 0)
            return true;
    }
    return false;
}

static void
put_field(struct text *t, const char *name, const char *value)
{
    text_str(t, name);
    text_add(t, ": ", 2);
    text_str(t, value);
    text_add(t, "\r\n", 2);
}

struct text
answer_head(struct http_request *r, int status, const char *type, uint64_t len)
{
    const bool has_length = status != 204 && status != 304;
    struct text t = text_new(&r->arena);

    text_str(&t, "HTTP/1.1 ");
    text_int(&t, status);
    text_char(&t, ' ');
    text_str(&t, reason(status));
    text_str(&t, "\r\nDate: ");
    text_str(&t, server_date(r->server));
    text_str(&t, "\r\nX-Content-Type-Options: nosniff\r\n");
    put_field(&t, "X-Request-Id", r->id);
    if (type)
        put_field(&t, "Content-Type", type);
    for (size_t i = 0; i < r->n_reply_field; i++)
        put_field(&t, r->reply_field[i].name, r->reply_field[i].value);
    if (!http_reply_has(r, "Cache-Control"))
        put_field(&t, "Cache-Control", "no-store");
    if (r->connection && r->connection->closing)
        put_field(&t, "Connection", "close");
    if (has_length && len != UINT64_MAX) {
        text_str(&t, "Content-Length: ");
        text_int(&t, (int64_t)len);
        text_add(&t, "\r\n", 2);
    } else if (has_length && r->head.minor > 0) {
        put_field(&t, "Transfer-Encoding", "chunked");
    }
    text_add(&t, "\r\n", 2);
    return t;
}

/*
 * Sends head and body, straight to the socket when nothing waits before them:
 * the usual answer fits into its buffer, and so needs no further turn of the
 * loop.  What is not taken, and any error, is left to the bufferevent.
 */
static void
send_answer(struct http_connection *c, struct iovec part[2])
{
    struct evbuffer *const out = bufferevent_get_output(c->bev);
    const struct msghdr m = {.msg_iov = part, .msg_iovlen = 2};
    ssize_t sent = 0;

    if (!c->server->config.tls && evbuffer_get_length(out) == 0)
        sent = sendmsg(bufferevent_getfd(c->bev), &m, MSG_DONTWAIT | MSG_NOSIGNAL);
    for (int i = 0; i < 2; i++) {
        const size_t skipped = sent <= 0                        ? 0
                               : (size_t)sent < part[i].iov_len ? (size_t)sent
                                                                : part[i].iov_len;

        sent -= (ssize_t)skipped;
        if (part[i].iov_len > skipped)
            evbuffer_add(out, (const char *)part[i].iov_base + skipped, part[i].iov_len - skipped);
    }
}

void
http_reply(struct http_request *r, int status, const char *type, const char *body, size_t len)
{
    struct http_connection *const c = r->connection;
    const struct http_hooks *const h = &r->server->config.hooks;

    require(r->server && !r->stream); /* answered once, and not streamed */
    if (r->spoiled) {
        status = 500;
        type = NULL;
        len = 0;
        r->n_reply_field = 0;
    }
    if (c) {
        const bool bodiless = r->head.method == HTTP_HEAD || status == 204 || status == 304;
        struct text head;

        if (c->unread || r->server->draining) /* the body was not read: who knows how much comes */
            c->closing = true;
        head = answer_head(r, status, type, len);
        send_answer(c, (struct iovec[2]){{head.at, head.len},
                                         {(void *)(uintptr_t)body, bodiless ? 0 : len}});
    }
    if (h->answered)
        h->answered(h->arg, r, status);
    request_give(r);
    if (c)
        connection_answered(c);
}
