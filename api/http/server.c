/* SPDX-License-Identifier: Apache-2.0 */
/* A server: who may come in, for how long, and how it ends. */
#include "api/http/server.h"

#include <arpa/inet.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "api/http/connection.h"
#include "base/require.h"

static uint64_t
clock_us(clockid_t clock)
{
    struct timespec t;

    (void)clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t
monotonic_ms(void)
{
    return clock_us(CLOCK_MONOTONIC_COARSE) / 1000;
}

uint64_t
monotonic_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

/* RFC 9110 5.6.7, whatever the locale. */
const char *
server_date(struct http_server *s)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const time_t now = (time_t)(clock_us(CLOCK_REALTIME_COARSE) / 1000000);
    struct tm tm;

    if (s->date_s == now)
        return s->date;
    s->date_s = now;
    (void)gmtime_r(&now, &tm);
    (void)snprintf(s->date, sizeof(s->date), "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
                   days + 3 * tm.tm_wday, (unsigned)tm.tm_mday % 100, months + 3 * tm.tm_mon,
                   (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)tm.tm_hour % 100,
                   (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
    return s->date;
}

/* Accepts when there is room and nothing speaks against it. */
static void
accept_or_not(struct http_server *s)
{
    const bool accept =
        !s->paused && !s->draining && s->counts.connections < s->config.limits.connections;

    if (accept == s->accepting)
        return;
    s->accepting = accept;
    for (struct listening *l = s->listening; l; l = l->next) {
        if (accept)
            evconnlistener_enable(l->listener);
        else
            evconnlistener_disable(l->listener);
    }
}

static struct timeval
milliseconds(uint32_t ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
}

/* No descriptor is left.  The peer stays in the kernel's queue; asking again
 * at once would only burn the processor. */
static void
pause_accepting(struct http_server *s)
{
    const struct timeval wait = milliseconds(s->config.limits.accept_ms);

    s->paused = true;
    accept_or_not(s);
    evtimer_add(s->resume, &wait);
}

static void
on_resume(evutil_socket_t fd, short what, void *arg)
{
    struct http_server *const s = arg;

    (void)fd;
    (void)what;
    s->paused = false;
    accept_or_not(s);
}

static void
on_accept_failed(struct evconnlistener *listener, void *arg)
{
    (void)listener;
    pause_accepting(arg);
}

/* The address as counted (an IPv6 network of 64 bits is one customer) and as shown. */
static void
read_address(const struct sockaddr *sa, unsigned char address[ADDRESS_BYTES],
             char peer[HTTP_PEER_TEXT])
{
    memset(address, 0, ADDRESS_BYTES);
    (void)snprintf(peer, HTTP_PEER_TEXT, "unix");
    if (sa->sa_family == AF_INET) {
        const struct sockaddr_in *const in = (const struct sockaddr_in *)(const void *)sa;

        (void)inet_ntop(AF_INET, &in->sin_addr, peer, HTTP_PEER_TEXT);
        memcpy(address + 12, &in->sin_addr, 4);
    } else if (sa->sa_family == AF_INET6) {
        const struct sockaddr_in6 *const in6 = (const struct sockaddr_in6 *)(const void *)sa;

        (void)inet_ntop(AF_INET6, &in6->sin6_addr, peer, HTTP_PEER_TEXT);
        memcpy(address, &in6->sin6_addr, 8);
        address[15] = 6; /* else ::/64 would be an IPv4 network */
    }
}

static bool
too_many_of(struct http_server *s, const unsigned char address[ADDRESS_BYTES])
{
    size_t left = s->config.limits.per_address;

    if (left == 0)
        return false;
    for (const struct http_connection *c = *connection_bucket(s, address); c; c = c->bucket_next) {
        if (memcmp(c->address, address, ADDRESS_BYTES) == 0 && --left == 0)
            return true;
    }
    return false;
}

static bool
let_in(struct http_server *s, int fd, const struct sockaddr *sa)
{
    unsigned char address[ADDRESS_BYTES];
    char peer[HTTP_PEER_TEXT];

    s->counts.accepted++;
    read_address(sa, address, peer);
    if (too_many_of(s, address)) {
        s->counts.turned_away++;
        evutil_closesocket(fd);
        return false;
    }
    /* Descriptors are given out from below: those left are not ours. */
    s->full = fd >= s->fd_limit;
    connection_new(s, fd, address, peer);
    accept_or_not(s);
    return true;
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *sa, int len,
          void *arg)
{
    (void)listener;
    (void)len;
    (void)let_in(arg, fd, sa);
}

bool
http_server_adopt(struct http_server *s, int fd)
{
    struct sockaddr_storage name = {.ss_family = AF_UNSPEC};
    socklen_t len = sizeof(name);

    (void)getpeername(fd, (struct sockaddr *)&name, &len);
    evutil_make_socket_nonblocking(fd);
    return let_in(s, fd, (const struct sockaddr *)&name);
}

static void
check_drained(struct http_server *s)
{
    void (*const done)(void *) = s->drained;

    if (!s->draining || s->counts.connections > 0 || !done)
        return;
    s->drained = NULL;
    done(s->drained_arg);
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct http_server *const s = arg;
    const uint64_t now = monotonic_ms();
    struct http_connection *next;

    (void)fd;
    (void)what;
    for (struct http_connection *c = s->connection; c; c = next) {
        next = c->next;
        if (s->draining && now >= s->drain_end)
            connection_free(c);
        else
            connection_sweep(c, now);
    }
    check_drained(s);
}

void
server_left(struct http_server *s)
{
    s->full = false;
    accept_or_not(s);
    if (s->draining && s->counts.connections == 0)
        event_active(s->sweep, EV_TIMEOUT, 0); /* `drained` may free the server: not from here */
}

struct http_server *
http_server_new(struct event_base *base, const struct http_config *config)
{
    struct http_server *const s = calloc(1, sizeof(*s));
    const struct timeval interval = milliseconds(config->limits.sweep_ms);
    struct rlimit files;

    require(s && config->hooks.handle && config->hooks.refuse);
    s->base = base;
    s->config = *config;
    s->accepting = true;
    s->date_s = -1;
    require(getrlimit(RLIMIT_NOFILE, &files) == 0);
    s->fd_limit = files.rlim_cur > INT32_MAX ? INT32_MAX : (int)files.rlim_cur;
    s->fd_limit -= (int)config->limits.descriptors_left;
    evutil_secure_rng_get_bytes(&s->random, sizeof(s->random));
    s->sweep = event_new(base, -1, EV_PERSIST, on_sweep, s);
    s->resume = evtimer_new(base, on_resume, s);
    require(s->sweep && s->resume);
    event_add(s->sweep, &interval);
    return s;
}

void
http_server_listen(struct http_server *s, int fd)
{
    struct listening *const l = calloc(1, sizeof(*l));

    require(l);
    l->listener = evconnlistener_new(s->base, on_accept, s,
                                     LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
    require(l->listener);
    evconnlistener_set_error_cb(l->listener, on_accept_failed);
    if (!s->accepting)
        evconnlistener_disable(l->listener);
    l->next = s->listening;
    s->listening = l;
}

void
http_server_drain(struct http_server *s, uint32_t ms, void (*done)(void *arg), void *arg)
{
    s->draining = true;
    s->drain_end = monotonic_ms() + ms;
    s->drained = done;
    s->drained_arg = arg;
    accept_or_not(s);
    for (struct http_connection *c = s->connection; c; c = c->next) {
        if (c->request && c->request->stream && c->request->stream->live)
            http_stream_break(c->request->stream);
        connection_kick(c);
    }
    server_left(s);
}

void
http_server_free(struct http_server *s)
{
    s->draining = true;
    s->drained = NULL;
    while (s->connection)
        connection_free(s->connection);
    while (s->listening) {
        struct listening *const l = s->listening;

        s->listening = l->next;
        evconnlistener_free(l->listener);
        free(l);
    }
    event_free(s->sweep);
    event_free(s->resume);
    while (s->live)
        request_give(s->live);
    while (s->spare) {
        struct http_request *const r = s->spare;

        s->spare = r->next;
        arena_release(&r->arena);
        free(r);
    }
    free(s);
}

struct http_counts
http_server_counts(const struct http_server *s)
{
    return s->counts;
}
