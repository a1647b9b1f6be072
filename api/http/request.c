/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: where they come from, what may be asked of them, where they go. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/http/connection.h"
#include "base/require.h"

enum { BODY_FIRST = 4 * 1024 };

static char no_body[] = "";

static void
link_request(struct http_request *r, struct http_request **list)
{
    r->next = *list;
    r->prev = list;
    if (r->next)
        r->next->prev = &r->next;
    *list = r;
}

static void
unlink_request(struct http_request *r)
{
    *r->prev = r->next;
    if (r->next)
        r->next->prev = r->prev;
}

struct http_request *
request_take(struct http_server *s)
{
    struct http_request *r = s->spare;

    if (r) {
        unlink_request(r);
        s->n_spare--;
    } else {
        r = calloc(1, sizeof(*r));
        require(r);
    }
    r->server = s;
    r->body = no_body;
    r->body_max = s->config.limits.body_bytes;
    r->head.query = "";
    link_request(r, &s->live);
    return r;
}

void
request_give(struct http_request *r)
{
    struct http_server *const s = r->server;
    struct arena arena;

    if (r->handled)
        s->counts.handling--;
    if (r->body != no_body)
        free(r->body);
    s->counts.body_bytes -= r->body_cap;
    unlink_request(r);
    arena_reset(&r->arena);
    arena = r->arena;
    *r = (struct http_request){.arena = arena};
    if (s->n_spare < SPARE_REQUESTS) {
        link_request(r, &s->spare);
        s->n_spare++;
        return;
    }
    arena_release(&r->arena);
    free(r);
}

bool
request_body_room(struct http_request *r, size_t more)
{
    struct http_server *const s = r->server;
    const size_t want = r->body_len + more;
    size_t cap = r->body_cap ? r->body_cap : BODY_FIRST;
    char *body;

    if (want <= r->body_cap)
        return true;
    /* Doubling, so memory follows what has come in and not what was announced. */
    while (cap < want)
        cap *= 2;
    if (s->counts.body_bytes - r->body_cap + cap > s->config.limits.body_budget)
        return false;
    body = realloc(r->body == no_body ? NULL : r->body, cap + 1);
    require(body);
    s->counts.body_bytes += cap - r->body_cap;
    r->body = body;
    r->body_cap = cap;
    return true;
}

/* Letters, digits and a few signs: it will stand in logs. */
static bool
sane_id(const char *id)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_.:+/=";
    const size_t len = id ? strspn(id, allowed) : 0;

    return len > 0 && len < HTTP_ID_TEXT && id[len] == '\0';
}

/* W3C Trace Context: version, trace id, parent id, flags, all in lower-case hexadecimal. */
static bool
sane_traceparent(const char *t)
{
    static const char digits[] = "0123456789abcdef";

    if (!t || strlen(t) < 55 || strspn(t, digits) != 2 || memcmp(t, "ff", 2) == 0)
        return false;
    if (t[2] != '-' || strspn(t + 3, digits) != 32 || t[35] != '-' ||
        strspn(t + 36, digits) != 16 || t[52] != '-' || strspn(t + 53, digits) != 2)
        return false;
    if (t[55] != '\0' && (memcmp(t, "00", 2) == 0 || t[55] != '-'))
        return false;
    return strspn(t + 3, "0") < 32 && strspn(t + 36, "0") < 16;
}

static void
put_hex(char *to, uint64_t n)
{
    for (int i = 15; i >= 0; i--, n >>= 4)
        to[i] = "0123456789abcdef"[n & 15];
}

static bool
is_proxy(const struct http_server *s, const char *peer)
{
    const char *const *p = s->config.proxies;

    while (p && *p && strcmp(*p, peer) != 0)
        p++;
    return p && *p;
}

/* The last address of X-Forwarded-For is the one our own proxy saw; the ones before it are claims.
 */
static void
read_forwarded(struct http_request *r)
{
    const char *last = NULL, *comma;
    struct in6_addr in6;
    char address[HTTP_PEER_TEXT] = "";
    size_t len;

    for (size_t i = 0; i < r->head.n_field; i++) {
        if (strcmp(r->head.field[i].name, "x-forwarded-for") == 0)
            last = r->head.field[i].value;
    }
    if (!last)
        return;
    comma = strrchr(last, ',');
    if (comma)
        last = comma + 1;
    last += strspn(last, " \t");
    len = strcspn(last, " \t");
    if (len >= sizeof(address))
        return;
    memcpy(address, last, len);
    if (inet_pton(AF_INET, address, &in6) == 1 || inet_pton(AF_INET6, address, &in6) == 1)
        memcpy(r->peer, address, sizeof(r->peer));
}

void
request_identify(struct http_request *r, const struct http_connection *c)
{
    struct http_server *const s = r->server;
    const char *const id = http_head_field(&r->head, "x-request-id");
    const char *const parent = http_head_field(&r->head, "traceparent");

    r->begun_us = monotonic_us();
    r->secure = s->config.tls != NULL;
    memcpy(r->peer, c->peer, sizeof(r->peer));
    if (is_proxy(s, c->peer))
        read_forwarded(r);
    if (sane_traceparent(parent)) {
        memcpy(r->trace, parent + 3, HTTP_TRACE_TEXT - 1);
    } else {
        put_hex(r->trace, s->random);
        put_hex(r->trace + 16, ++s->last_id);
    }
    r->trace[HTTP_TRACE_TEXT - 1] = '\0';
    if (sane_id(id))
        memcpy(r->id, id, strlen(id) + 1);
    else
        memcpy(r->id, r->trace, HTTP_TRACE_TEXT);
}

const char *
http_header(const struct http_request *r, const char *name)
{
    return http_head_field(&r->head, name);
}

const char *
http_query(const struct http_request *r, const char *name)
{
    for (size_t i = 0; i < r->head.n_parameter; i++) {
        if (strcmp(r->head.parameter[i].name, name) == 0)
            return r->head.parameter[i].value;
    }
    return NULL;
}

const char *
http_query_stranger(const struct http_request *r, const char *const *known)
{
    for (size_t i = 0; i < r->head.n_parameter; i++) {
        const char *const name = r->head.parameter[i].name;
        const char *const *k = known;

        while (*k && strcmp(*k, name) != 0)
            k++;
        if (!*k)
            return name;
        for (size_t j = 0; j < i; j++) {
            if (strcmp(r->head.parameter[j].name, name) == 0)
                return name;
        }
    }
    return NULL;
}

bool
http_orphaned(const struct http_request *r)
{
    return r->connection == NULL;
}
