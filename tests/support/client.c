/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client of the load generator and of the fault test. */
#include "tests/support/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/require.h"

struct client {
    struct event_base *base;
    struct event *readable, *writable, *refused;
    struct timeval silence;
    client_answer_fn *answer;
    void *arg;
    struct client_address to;
    int fd; /* -1: not connected */
    bool busy, connecting, turn;
    char *out;
    size_t out_len, out_sent, out_cap;
    char *in;
    size_t in_len, in_cap;
};

bool
client_address_read(const char *text, struct client_address *out)
{
    const char *colon = strrchr(text, ':');
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    char host[64] = "127.0.0.1", *end;
    unsigned long port;

    if (!strncmp(text, "unix:", 5)) {
        if (strlen(text + 5) >= sizeof(un.sun_path))
            return false;
        memcpy(un.sun_path, text + 5, strlen(text + 5));
        memcpy(&out->at, &un, sizeof(un));
        out->len = sizeof(un);
        return true;
    }
    if (colon) {
        if ((size_t)(colon - text) >= sizeof(host))
            return false;
        memcpy(host, text, (size_t)(colon - text));
        host[colon - text] = '\0';
    }
    port = strtoul(colon ? colon + 1 : text, &end, 10);
    if (*end || port == 0 || port > UINT16_MAX || inet_pton(AF_INET, host, &in.sin_addr) != 1)
        return false;
    in.sin_port = htons((uint16_t)port);
    memcpy(&out->at, &in, sizeof(in));
    out->len = sizeof(in);
    return true;
}

static void
disconnect(struct client *c)
{
    if (c->fd < 0)
        return;
    event_del(c->readable);
    event_del(c->writable);
    close(c->fd);
    c->fd = -1;
    c->connecting = false;
}

/* The request is over; the caller may ask again from inside the call. */
static void
tell(struct client *c, const struct client_reply *reply)
{
    c->busy = false;
    c->answer(c->arg, reply);
}

static void
tell_end(struct client *c, enum client_end end)
{
    const struct client_reply reply = {.end = end, .body = ""};

    disconnect(c);
    tell(c, &reply);
}

static void
on_refused(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    tell_end(arg, CLIENT_REFUSED);
}

/* The value of a header field, or NULL; @head ends with an empty line. */
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

static void
read_head(const char *head, struct client_reply *r)
{
    const char *etag = field(head, "ETag");
    const char *after = field(head, "Retry-After");

    if (etag) {
        const size_t len = strcspn(etag, "\r");

        require(len < CLIENT_TAG);
        memcpy(r->etag, etag, len);
        r->etag[len] = '\0';
    }
    r->status = (int)strtol(head + 9, NULL, 10);
    r->retry_after = after ? (int)strtol(after, NULL, 10) : 0;
    r->replayed = field(head, "Idempotent-Replayed") != NULL;
}

/*
 * Is the reply whole?  The head is searched as one string, so the byte behind
 * it is borrowed for a NUL.
 */
static bool
take_reply(struct client *c, struct client_reply *r, bool *last)
{
    char *end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
    const char *length, *connection;
    size_t head_len;
    char kept;

    if (!end)
        return false;
    head_len = (size_t)(end - c->in) + 4;
    kept = c->in[head_len];
    c->in[head_len] = '\0';
    length = field(c->in, "Content-Length");
    r->body_len = length ? strtoul(length, NULL, 10) : 0;
    if (c->in_len < head_len + r->body_len) {
        c->in[head_len] = kept;
        return false;
    }
    read_head(c->in, r);
    connection = field(c->in, "Connection");
    *last = (connection && !strncasecmp(connection, "close", 5)) || (!length && r->status != 204);
    c->in[head_len] = kept;
    c->in[head_len + r->body_len] = '\0';
    r->body = c->in + head_len;
    return true;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct client *c = arg;
    struct client_reply r = {.end = CLIENT_ANSWERED};
    bool last = false;
    ssize_t n;

    if (what & EV_TIMEOUT) {
        if (c->busy)
            tell_end(c, CLIENT_CUT);
        return;
    }
    if (c->in_cap - c->in_len < 4096) {
        c->in_cap = c->in_cap ? c->in_cap * 2 : 8192;
        require((c->in = realloc(c->in, c->in_cap + 1)) != NULL);
    }
    n = recv(fd, c->in + c->in_len, c->in_cap - c->in_len, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        if (c->busy)
            tell_end(c, c->connecting ? CLIENT_REFUSED : CLIENT_CUT);
        else
            disconnect(c);
        return;
    }
    c->in_len += (size_t)n;
    if (!c->busy || !take_reply(c, &r, &last))
        return;
    c->in_len = 0;
    if (last)
        disconnect(c);
    tell(c, &r);
}

static void
push(struct client *c)
{
    const ssize_t n =
        send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n > 0)
        c->out_sent += (size_t)n;
    if (c->out_sent < c->out_len && (n >= 0 || errno == EAGAIN))
        event_add(c->writable, NULL);
    /* any other error is told by the reading side */
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct client *c = arg;
    int error = 0;
    socklen_t len = sizeof(error);

    (void)what;
    if (c->connecting) {
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
        if (error) {
            tell_end(c, CLIENT_REFUSED);
            return;
        }
        c->connecting = false;
    }
    push(c);
}

/* A failure is told by on_refused(), from the loop. */
static void
connect_to(struct client *c)
{
    const int one = 1;

    c->turn = false;
    c->in_len = 0;
    c->fd = socket(c->to.at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    require(c->fd >= 0);
    if (c->to.at.ss_family == AF_INET)
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    c->connecting = true;
    event_assign(c->readable, c->base, c->fd, EV_READ | EV_PERSIST, on_readable, c);
    event_assign(c->writable, c->base, c->fd, EV_WRITE, on_writable, c);
    if (connect(c->fd, (struct sockaddr *)&c->to.at, c->to.len) && errno != EINPROGRESS) {
        event_active(c->refused, EV_TIMEOUT, 0);
        return;
    }
    event_add(c->readable, NULL);
    event_add(c->writable, NULL);
}

void
client_ask(struct client *c, const char *request, size_t len)
{
    require(!c->busy && c->to.len);
    if (len > c->out_cap) {
        c->out_cap = len * 2;
        require((c->out = realloc(c->out, c->out_cap)) != NULL);
    }
    memcpy(c->out, request, len);
    c->out_len = len;
    c->out_sent = 0;
    c->busy = true;
    if (c->turn)
        disconnect(c);
    if (c->fd < 0)
        connect_to(c);
    else
        push(c);
    if (c->fd >= 0 && event_pending(c->readable, EV_READ, NULL))
        event_add(c->readable, &c->silence);
}

void
client_turn(struct client *c, const struct client_address *to)
{
    if (c->to.len == to->len && !memcmp(&c->to.at, &to->at, to->len))
        return;
    c->to = *to;
    c->turn = true;
}

bool
client_busy(const struct client *c)
{
    return c->busy;
}

struct client *
client_new(struct event_base *base, int silence_ms, client_answer_fn *answer, void *arg)
{
    struct client *c = calloc(1, sizeof(*c));

    require(c);
    c->base = base;
    c->fd = -1;
    c->answer = answer;
    c->arg = arg;
    c->silence.tv_sec = silence_ms / 1000;
    c->silence.tv_usec = silence_ms % 1000 * 1000;
    c->readable = event_new(base, -1, 0, on_readable, c);
    c->writable = event_new(base, -1, 0, on_writable, c);
    c->refused = event_new(base, -1, 0, on_refused, c);
    require(c->readable && c->writable && c->refused);
    return c;
}

void
client_free(struct client *c)
{
    if (!c)
        return;
    disconnect(c);
    event_free(c->readable);
    event_free(c->writable);
    event_free(c->refused);
    free(c->in);
    free(c->out);
    free(c);
}
