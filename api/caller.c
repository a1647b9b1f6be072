/* SPDX-License-Identifier: Apache-2.0 */
/* A blocking client of the REST interface. */
#include "api/caller.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/require.h"
#include "base/text.h"
#include "definition/json.h"

enum { HOST_MOST = 128, SECONDS = 60 };

struct caller {
    char host[HOST_MOST], port[8];
    int fd; /* -1: not connected */
};

struct caller *
caller_new(const char *url, struct error *e)
{
    static const char scheme[] = "http://";
    const char *host = url + strlen(scheme), *end, *port;
    struct caller *c;
    size_t len;

    if (strncmp(url, scheme, strlen(scheme)) != 0) {
        error_set(e, ERROR_USAGE, "%.60s is no address like http://127.0.0.1:8080", url);
        return NULL;
    }
    end = host + strcspn(host, "/");
    port = *host == '[' ? strchr(host, ']') : host;
    port = port ? memchr(port, ':', (size_t)(end - port)) : NULL;
    len = (size_t)((port ? port : end) - host);
    if (*host == '[' && len >= 2) {
        host++;
        len -= 2;
    }
    if (len == 0 || len >= HOST_MOST || strlen(end) > 1 ||
        (port && (end - port < 2 || end - port > 6))) {
        error_set(e, ERROR_USAGE, "%.60s is no address like http://127.0.0.1:8080", url);
        return NULL;
    }
    c = calloc(1, sizeof(*c));
    require(c != NULL);
    memcpy(c->host, host, len);
    memcpy(c->port, port ? port + 1 : "80", port ? (size_t)(end - port - 1) : 2);
    c->fd = -1;
    return c;
}

static void
hang_up(struct caller *c)
{
    if (c->fd >= 0)
        (void)close(c->fd);
    c->fd = -1;
}

void
caller_free(struct caller *c)
{
    if (!c)
        return;
    hang_up(c);
    free(c);
}

static int
connect_one(const struct addrinfo *to)
{
    const struct timeval patience = {.tv_sec = SECONDS};
    const int one = 1, fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC, to->ai_protocol);

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static bool
dial(struct caller *c, struct error *e)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *all = NULL;

    if (getaddrinfo(c->host, c->port, &hints, &all) == 0)
        for (const struct addrinfo *to = all; to && c->fd < 0; to = to->ai_next)
            c->fd = connect_one(to);
    if (all)
        freeaddrinfo(all);
    return c->fd >= 0 ||
           error_set(e, ERROR_STORE_BUSY, "nobody answers at %s:%s", c->host, c->port);
}

static void
put_field(struct text *t, const char *name, const char *value)
{
    if (value)
        text_printf(t, "%s: %s\r\n", name, value);
}

static struct text
write_request(struct arena *a, const struct caller *c, const struct caller_request *q)
{
    struct text t = text_new(a);

    text_printf(&t, "%s %s HTTP/1.1\r\nHost: %s:%s\r\n", q->method, q->path, c->host, c->port);
    if (q->token)
        text_printf(&t, "Authorization: Bearer %s\r\n", q->token);
    put_field(&t, "If-Match", q->match);
    put_field(&t, "Query-Code", q->query_code);
    put_field(&t, "Idempotency-Key", q->key);
    put_field(&t, "Accept", q->accept ? q->accept : "application/json");
    put_field(&t, "Accept-Language", "en");
    if (q->message) {
        put_field(&t, "webhook-id", q->message);
        put_field(&t, "webhook-timestamp", arena_printf(a, "%lld", (long long)q->signed_at));
        put_field(&t, "webhook-signature", q->signature);
    }
    if (q->body)
        text_printf(&t, "Content-Type: application/%sjson\r\nContent-Length: %zu\r\n",
                    q->message ? "cloudevents+" : "", strlen(q->body));
    text_str(&t, "\r\n");
    if (q->body)
        text_str(&t, q->body);
    return t;
}

static bool
send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        const ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* More of the reply; false when there is none. */
static bool
receive(int fd, struct text *in)
{
    char part[16384];
    ssize_t n;

    do
        n = recv(fd, part, sizeof(part), 0);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    text_add(in, part, (size_t)n);
    return true;
}

/* The value of a field of the head, or NULL; @head ends with its empty line. */
static const char *
field(const char *head, const char *name)
{
    const size_t len = strlen(name);

    for (const char *line = strstr(head, "\r\n"); line && line[2] != '\r';
         line = strstr(line + 2, "\r\n"))
        if (!strncasecmp(line + 2, name, len) && line[2 + len] == ':')
            return line + 3 + len + strspn(line + 3 + len, " ");
    return NULL;
}

/* @return whether the connection has a whole reply in @in, which begins with a head of @head_len */
static bool
receive_reply(struct caller *c, struct text *in, size_t *head_len, size_t *body_len)
{
    const char *end, *length, *close_it;

    while (!(end = strstr(in->at, "\r\n\r\n")))
        if (!receive(c->fd, in))
            return false;
    *head_len = (size_t)(end - in->at) + 4;
    in->at[*head_len - 1] = 0;
    length = field(in->at, "Content-Length");
    close_it = field(in->at, "Connection");
    *body_len = length ? strtoul(length, NULL, 10) : 0;
    while (in->len < *head_len + *body_len)
        if (!receive(c->fd, in))
            return false;
    if (close_it && !strncasecmp(close_it, "close", 5))
        hang_up(c);
    return true;
}

static bool
exchange(struct caller *c, const struct text *out, struct text *in, size_t *head_len,
         size_t *body_len)
{
    if (send_all(c->fd, out->at, out->len) && receive_reply(c, in, head_len, body_len))
        return true;
    hang_up(c);
    return false;
}

static bool
understand(const struct text *in, size_t head_len, size_t body_len, struct arena *a,
           struct caller_reply *r, struct error *e)
{
    const char *type = field(in->at, "Content-Type");
    struct error no_json;

    if (strncmp(in->at, "HTTP/1.1 ", 9) != 0)
        return error_set(e, ERROR_INTERNAL, "the answer is no HTTP/1.1");
    r->status = (int)strtol(in->at + 9, NULL, 10);
    r->text = arena_strndup(a, in->at + head_len, body_len);
    r->json = value_null();
    if (body_len && type && strstr(type, "json") &&
        !json_read(a, r->text, body_len, false, &r->json, &no_json))
        return error_set(e, ERROR_INTERNAL, "the answer is no JSON: %s", no_json.detail);
    return true;
}

bool
caller_ask(struct caller *c, const struct caller_request *q, struct arena *a,
           struct caller_reply *r, struct error *e)
{
    const bool kept = c->fd >= 0;
    struct text out = write_request(a, c, q), in = text_new(a);
    size_t head_len, body_len;

    if (!kept && !dial(c, e))
        return false;
    if (!exchange(c, &out, &in, &head_len, &body_len)) {
        in = text_new(a);
        if (!kept || !dial(c, e) || !exchange(c, &out, &in, &head_len, &body_len))
            return error_set(e, ERROR_STORE_BUSY, "%s %.120s was not answered", q->method, q->path);
    }
    return understand(&in, head_len, body_len, a, r, e);
}
