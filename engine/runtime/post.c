/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl on our event loop.  curl says which sockets it wants watched and when
 * it wants to be called; what it has finished is taken from it after each call.
 */
#include "runtime/post.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/require.h"

enum {
    HEAD_MOST = 32 * 1024, /* bytes of an answer's head */
    SAID_MOST = 64 * 1024, /* bytes of its body that are read at all */
    SAID_KEPT = 120,       /* and that are kept, for people */
    IDLE_CONNECTIONS = 4
};

/* One attempt. */
struct attempt {
    struct post *of;
    CURL *easy;
    struct curl_slist *header;
    char *body;
    post_done_fn *done;
    void *arg;
    size_t head_bytes, said_bytes;
    bool head_ended; /* its empty line came: a connection that closes before has answered nothing */
    char said[SAID_KEPT + 1];
    char refused[ADDRESS_TEXT]; /* an address that may not be connected to */
    char why[CURL_ERROR_SIZE];
    struct attempt *next, **at; /* of those under way */
};

struct post {
    struct post_options o;
    struct event_base *base;
    CURLM *multi;
    struct event *timer;
    struct attempt *flying;
    uint32_t n_flying;
};

void
post_set_up(void)
{
    require(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

/* --- what an attempt is told by curl --- */

static size_t
on_head(char *bytes, size_t size, size_t n, void *arg)
{
    struct attempt *a = arg;

    a->head_ended = size * n <= 2 && *bytes != 'H'; /* each line comes alone */
    a->head_bytes += size * n;
    return a->head_bytes > HEAD_MOST ? 0 : size * n;
}

/* The beginning is kept, in characters that harm no list and no log. */
static size_t
on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct attempt *a = arg;

    for (size_t i = 0; i < n && a->said_bytes + i < SAID_KEPT; i++)
        a->said[a->said_bytes + i] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?';
    a->said_bytes += size * n;
    return a->said_bytes > SAID_MOST ? 0 : size * n;
}

static bool
address_of(const struct sockaddr *at, struct address *out)
{
    if (at->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, at, sizeof(in));
        *out = address_v4((const uint8_t *)&in.sin_addr);
    } else if (at->sa_family == AF_INET6) {
        struct sockaddr_in6 in;

        memcpy(&in, at, sizeof(in));
        *out = address_v6(in.sin6_addr.s6_addr);
    } else
        return false;
    return true;
}

static bool
may_connect(const struct delivery *d, const struct address *to)
{
    for (uint32_t i = 0; i < d->n_network; i++)
        if (network_has(&d->network[i], to))
            return true;
    return address_is_public(to);
}

/* The last word before a connection: this is the address it goes to. */
static curl_socket_t
on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *at)
{
    struct attempt *a = arg;
    struct address to;

    if (purpose != CURLSOCKTYPE_IPCXN || !address_of(&at->addr, &to))
        return CURL_SOCKET_BAD;
    if (!may_connect(a->of->o.delivery, &to)) {
        (void)address_write(&to, a->refused);
        return CURL_SOCKET_BAD;
    }
    return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

/* --- what became of it --- */

static void
explain(const struct attempt *a, CURLcode code, struct post_answer *out)
{
    if (out->status >= 200 && out->status < 300)
        return;
    if (out->status >= 300 && out->status < 400)
        (void)snprintf(out->trouble, sizeof(out->trouble), "a redirect, which is not followed");
    else if (out->status)
        (void)snprintf(out->trouble, sizeof(out->trouble), "%s", a->said);
    else if (*a->refused)
        (void)snprintf(out->trouble, sizeof(out->trouble),
                       "%s is neither public nor in the networks listed", a->refused);
    else if (a->head_bytes > HEAD_MOST)
        (void)snprintf(out->trouble, sizeof(out->trouble), "the answer's head is too long");
    else if (code == CURLE_OK)
        (void)snprintf(out->trouble, sizeof(out->trouble), "the connection ended within the head");
    else
        (void)snprintf(out->trouble, sizeof(out->trouble), "%.190s",
                       *a->why ? a->why : curl_easy_strerror(code));
    for (char *c = out->trouble; *c; c++)
        *c = *c >= ' ' && *c <= '~' ? *c : '?';
}

static void
attempt_free(struct attempt *a)
{
    struct post *p = a->of;

    require(curl_multi_remove_handle(p->multi, a->easy) == CURLM_OK);
    curl_easy_cleanup(a->easy);
    curl_slist_free_all(a->header);
    *a->at = a->next;
    if (a->next)
        a->next->at = a->at;
    p->n_flying--;
    free(a->body);
    free(a);
}

static void
ended(struct attempt *a, CURLcode code)
{
    struct post_answer out = {.status = 0};
    post_done_fn *done = a->done;
    void *arg = a->arg;
    long status = 0;
    curl_off_t wait = 0;

    (void)curl_easy_getinfo(a->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(a->easy, CURLINFO_RETRY_AFTER, &wait);
    /* A body that was too long, or cut: its status had come, and counts only when it is whole. */
    if (a->head_ended &&
        (code == CURLE_OK || (code == CURLE_WRITE_ERROR && a->said_bytes > SAID_MOST)))
        out.status = (int)status;
    out.retry_after = wait > 0 ? (span)wait * SPAN_SECOND : 0;
    if (out.retry_after > SPAN_DAY)
        out.retry_after = SPAN_DAY;
    explain(a, code, &out);
    attempt_free(a);
    done(arg, &out);
}

static void
take_ended(struct post *p)
{
    const CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(p->multi, &left)))
        if (m->msg == CURLMSG_DONE) {
            const CURLcode code = m->data.result;
            char *a = NULL;

            require(curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &a) == CURLE_OK && a);
            ended((struct attempt *)(void *)a, code);
        }
}

/* --- the loop --- */

static void
turn(struct post *p, curl_socket_t s, int what)
{
    int running;

    require(curl_multi_socket_action(p->multi, s, what, &running) == CURLM_OK);
    take_ended(p);
}

static void
on_socket_ready(evutil_socket_t fd, short what, void *arg)
{
    turn(arg, fd,
         (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    turn(arg, CURL_SOCKET_TIMEOUT, 0);
}

/* curl wants @s watched for @what, or no longer. */
static int
watch(CURL *easy, curl_socket_t s, int what, void *arg, void *watched)
{
    const short events = (short)((what & CURL_POLL_IN ? EV_READ : 0) |
                                 (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST);
    struct event *ev = watched;
    struct post *p = arg;

    (void)easy;
    if (ev)
        event_free(ev);
    ev = what == CURL_POLL_REMOVE ? NULL : event_new(p->base, s, events, on_socket_ready, p);
    if (what != CURL_POLL_REMOVE)
        require(ev && event_add(ev, NULL) == 0);
    (void)curl_multi_assign(p->multi, s, ev);
    return 0;
}

/* curl wants to be called in @ms. */
static int
remind(CURLM *multi, long ms, void *arg)
{
    const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    struct post *p = arg;

    (void)multi;
    if (ms < 0)
        (void)event_del(p->timer);
    else
        require(event_add(p->timer, &tv) == 0);
    return 0;
}

/* --- sending --- */

#define SET(option, value) require(curl_easy_setopt(a->easy, CURLOPT_##option, value) == CURLE_OK)

/* Nothing but this URL, by POST, within its time. */
static void
set_way(struct attempt *a)
{
    const struct post_options *o = &a->of->o;

    SET(URL, o->delivery->url);
    SET(PROTOCOLS_STR, "http,https");
    SET(FOLLOWLOCATION, 0L);
    SET(PROXY, "");
    SET(NETRC, (long)CURL_NETRC_IGNORED);
    SET(NOSIGNAL, 1L);
    SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (*o->ca_file)
        SET(CAINFO, o->ca_file);
    SET(CONNECTTIMEOUT_MS, (long)(o->connect_timeout / 1000));
    SET(TIMEOUT_MS, (long)(o->timeout / 1000));
    SET(OPENSOCKETFUNCTION, on_open);
    SET(OPENSOCKETDATA, a);
}

static void
set_letter(struct attempt *a, const struct post_letter *l)
{
    a->body = malloc(l->len + 1);
    require(a->body);
    memcpy(a->body, l->body, l->len);
    for (size_t i = 0; i < l->n_header; i++) {
        struct curl_slist *more = curl_slist_append(a->header, l->header[i]);

        require(more);
        a->header = more;
    }
    SET(HTTPHEADER, a->header);
    SET(POSTFIELDS, a->body);
    SET(POSTFIELDSIZE_LARGE, (curl_off_t)l->len);
    SET(HEADERFUNCTION, on_head);
    SET(HEADERDATA, a);
    SET(WRITEFUNCTION, on_body);
    SET(WRITEDATA, a);
    SET(ERRORBUFFER, a->why);
    SET(PRIVATE, a);
}

void
post_send(struct post *p, const struct post_letter *l)
{
    struct attempt *a = calloc(1, sizeof(*a));

    require(a);
    a->of = p;
    a->done = l->done;
    a->arg = l->arg;
    a->easy = curl_easy_init();
    require(a->easy);
    set_way(a);
    set_letter(a, l);
    a->next = p->flying;
    a->at = &p->flying;
    if (a->next)
        a->next->at = &a->next;
    p->flying = a;
    p->n_flying++;
    require(curl_multi_add_handle(p->multi, a->easy) == CURLM_OK);
}

struct post *
post_new(struct event_base *base, const struct post_options *options)
{
    struct post *p = calloc(1, sizeof(*p));

    require(p);
    p->o = *options;
    p->base = base;
    p->multi = curl_multi_init();
    p->timer = event_new(base, -1, 0, on_timer, p);
    require(p->multi && p->timer &&
            curl_multi_setopt(p->multi, CURLMOPT_SOCKETFUNCTION, watch) == CURLM_OK &&
            curl_multi_setopt(p->multi, CURLMOPT_SOCKETDATA, p) == CURLM_OK &&
            curl_multi_setopt(p->multi, CURLMOPT_TIMERFUNCTION, remind) == CURLM_OK &&
            curl_multi_setopt(p->multi, CURLMOPT_TIMERDATA, p) == CURLM_OK &&
            curl_multi_setopt(p->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS) == CURLM_OK);
    return p;
}

void
post_free(struct post *p)
{
    if (!p)
        return;
    while (p->flying)
        attempt_free(p->flying);
    require(curl_multi_cleanup(p->multi) == CURLM_OK);
    event_free(p->timer);
    free(p);
}

uint32_t
post_flying(const struct post *p)
{
    return p->n_flying;
}
