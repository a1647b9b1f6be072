/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens and the sessions behind them. */
#include "api/session.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/require.h"
#include "definition/json.h"
#include "store/digest.h"
#include "store/rows.h"

enum { SLOTS = 1024 /* power of two */, BELIEVED_US = 2000000 };

/* One slot per session, chosen by its hash; who collides is looked up again. */
struct slot {
    bool used;
    int64_t read_us; /* monotonic */
    struct arena arena;
    struct session session;
};

struct session_cache {
    span idle;
    struct slot slot[SLOTS];
};

/* A look-up on its way. */
struct search {
    struct session_cache *cache;
    struct pipeline *read;
    struct http_request *request;
    uint8_t hash[32];
    session_found_fn *found;
    void *arg;
};

static int64_t
monotonic_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int
session_classes(const struct session *s)
{
    static const struct {
        const char *role;
        int class;
    } special[] = {{"head", ROLE_HEAD | ROLE_CLERK}, {"supervisor", ROLE_SUPERVISOR},
                   {"auditor", ROLE_AUDITOR},        {"administrator", ROLE_ADMINISTRATOR},
                   {"system", ROLE_SYSTEM},          {"import", ROLE_IMPORT}};
    int classes = 0;

    for (uint16_t i = 0; i < s->n_role; i++) {
        int class = ROLE_CLERK;

        for (size_t j = 0; j < sizeof(special) / sizeof(special[0]); j++)
            if (!strcmp(s->role[i], special[j].role))
                class = special[j].class;
        classes |= class;
    }
    return classes;
}

struct actor
session_actor(const struct session *s)
{
    return (struct actor){.id = s->account,
                          .role = s->role,
                          .n_role = s->n_role,
                          .department = s->department,
                          .district = s->district,
                          .system = s->system};
}

bool
session_sees(const struct session *s, const char *district)
{
    return !strcmp(s->district, "*") || (district && !strcmp(s->district, district));
}

struct session_cache *
session_cache_new(span idle)
{
    struct session_cache *c = calloc(1, sizeof(*c));

    require(c);
    c->idle = idle;
    return c;
}

void
session_cache_free(struct session_cache *c)
{
    for (size_t i = 0; i < SLOTS; i++)
        arena_release(&c->slot[i].arena);
    free(c);
}

void
token_hash(const char *text, uint8_t hash[32])
{
    digest(text, strlen(text), hash);
}

void
token_new(char text[TOKEN_TEXT], uint8_t hash[32])
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t bytes[TOKEN_BYTES + 1] = {0};
    size_t n = 0;

    arc4random_buf(bytes, TOKEN_BYTES);
    for (size_t i = 0; i < TOKEN_BYTES; i += 3) {
        const uint32_t three = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 |
                               (i + 2 < TOKEN_BYTES ? bytes[i + 2] : 0);

        for (int shift = 18; shift >= 0 && n < TOKEN_TEXT - 1; shift -= 6)
            text[n++] = digit[three >> shift & 63];
    }
    text[n] = 0;
    token_hash(text, hash);
    explicit_bzero(bytes, sizeof(bytes));
}

const char *
token_of(const struct http_request *r)
{
    const char *value = http_header(r, "authorization");

    if (!value || strncasecmp(value, "Bearer ", 7) != 0)
        return NULL;
    value += 7;
    return strlen(value) == TOKEN_TEXT - 1 ? value : NULL;
}

const char *const *
session_roles(struct arena *a, const char *json, uint16_t *n)
{
    struct value v;
    struct error e;
    const char **role;

    *n = 0;
    if (!json || !json_read_stored(a, json, strlen(json), &v, &e) || v.kind != VALUE_ARRAY)
        return NULL;
    role = arena_array(a, v.n, const char *);
    for (uint32_t i = 0; i < v.n; i++)
        if (v.item[i].kind == VALUE_STRING)
            role[(*n)++] = v.item[i].string;
    return role;
}

static const char *
copy_text(struct arena *a, const char *s)
{
    return s ? arena_strdup(a, s) : NULL;
}

static struct session
copy_session(struct arena *a, const struct session *s)
{
    struct session copy = *s;
    const char **role = arena_array(a, s->n_role, const char *);

    for (uint16_t i = 0; i < s->n_role; i++)
        role[i] = arena_strdup(a, s->role[i]);
    copy.role = role;
    copy.account = copy_text(a, s->account);
    copy.title = copy_text(a, s->title);
    copy.department = copy_text(a, s->department);
    copy.district = copy_text(a, s->district);
    copy.system = copy_text(a, s->system);
    return copy;
}

static struct slot *
slot_of(struct session_cache *c, const uint8_t hash[32])
{
    return &c->slot[(hash[0] | hash[1] << 8) & (SLOTS - 1)];
}

static void
remember(struct session_cache *c, const struct session *s)
{
    struct slot *slot = slot_of(c, s->token_hash);

    arena_reset(&slot->arena);
    slot->session = copy_session(&slot->arena, s);
    slot->used = true;
    slot->read_us = monotonic_us();
}

void
session_forget(struct session_cache *c, const uint8_t hash[32])
{
    struct slot *slot = slot_of(c, hash);

    if (slot->used && !memcmp(slot->session.token_hash, hash, 32))
        slot->used = false;
}

static void
on_found(void *arg, const PGresult *res, const struct error *e)
{
    struct search *l = arg;
    struct arena *a = &l->request->arena;
    struct session s = {0};
    struct error none = {0};

    if (!e && PQntuples(res) == 0)
        error_set(&none, ERROR_UNAUTHENTICATED, "the session has ended or never was");
    if (e || none.code) {
        l->found(l->request, NULL, e ? e : &none, l->arg);
        return;
    }
    s.account = copy_text(a, row_text(res, 0, 1));
    s.title = copy_text(a, row_text(res, 0, 2));
    s.role = session_roles(a, row_text(res, 0, 3), &s.n_role);
    s.department = copy_text(a, row_text(res, 0, 4));
    s.district = copy_text(a, row_text(res, 0, 5));
    s.system = copy_text(a, row_text(res, 0, 6));
    s.expires = row_instant(res, 0, 7);
    memcpy(s.token_hash, l->hash, sizeof(s.token_hash));
    if (row_int(res, 0, 8)) {
        struct parameters p = parameters_new(a);

        parameter_bytes(&p, l->hash, sizeof(l->hash));
        pipeline_ask(l->read, SQL_session_seen, &p, NULL, NULL);
    }
    remember(l->cache, &s);
    l->found(l->request, arena_copy(a, &s, sizeof(s)), NULL, l->arg);
}

void
session_find(struct session_cache *c, struct pipeline *read, struct http_request *r,
             const uint8_t hash[32], session_found_fn *found, void *arg)
{
    const struct slot *slot = slot_of(c, hash);
    struct parameters p = parameters_new(&r->arena);
    struct search *l;

    if (slot->used && monotonic_us() - slot->read_us < BELIEVED_US &&
        !memcmp(slot->session.token_hash, hash, 32)) {
        const struct session s = copy_session(&r->arena, &slot->session);

        found(r, arena_copy(&r->arena, &s, sizeof(s)), NULL, arg);
        return;
    }
    l = arena_new(&r->arena, struct search);
    *l = (struct search){.cache = c, .read = read, .request = r, .found = found, .arg = arg};
    memcpy(l->hash, hash, sizeof(l->hash));
    parameter_bytes(&p, hash, 32);
    parameter_int(&p, c->idle / SPAN_SECOND);
    pipeline_ask(read, SQL_session_find, &p, on_found, l);
}
