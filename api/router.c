/* SPDX-License-Identifier: Apache-2.0 */
/* From method and path to a handler. */
#include "api/router.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/reply.h"
#include "base/require.h"
#include "base/text.h"

enum { MAX_SEGMENTS = 12, MAX_PARAMS = 6 };

struct segment {
    const char *text; /* the literal, or the name of the parameter */
    size_t len;
    bool param;
};

/* Everything that stands at one pattern. */
struct resource {
    struct segment segment[MAX_SEGMENTS];
    size_t n_segment;
    const struct route *route[HTTP_METHODS];
    const char *allow; /* value of the Allow field */
};

struct router {
    struct resource *resource; /* literals before parameters, so the first match is the closest */
    size_t n;
};

/* What router_admit() found, in the request's arena. */
struct match {
    const struct route *route;
    const struct resource *resource;
    const char *value[MAX_PARAMS];
};

static void
read_pattern(struct arena *a, const char *pattern, struct resource *r)
{
    size_t n_param = 0;

    require(pattern[0] == '/');
    while (*pattern == '/') {
        const size_t len = strcspn(++pattern, "/");
        struct segment *const s = &r->segment[r->n_segment++];

        require(r->n_segment <= MAX_SEGMENTS);
        s->param = pattern[0] == '{';
        if (s->param) {
            require(len > 2 && pattern[len - 1] == '}' && ++n_param <= MAX_PARAMS);
            s->len = len - 2;
            s->text = arena_strndup(a, pattern + 1, s->len);
        } else {
            s->len = len;
            s->text = arena_strndup(a, pattern, len);
        }
        pattern += len;
    }
}

/* Orders by number of segments, then literals before parameters, then literals by text. */
static int
compare(const void *x, const void *y)
{
    const struct resource *const a = x, *const b = y;

    if (a->n_segment != b->n_segment)
        return a->n_segment < b->n_segment ? -1 : 1;
    for (size_t i = 0; i < a->n_segment; i++) {
        const struct segment *const s = &a->segment[i], *const t = &b->segment[i];
        const int order = s->param || t->param ? s->param - t->param : strcmp(s->text, t->text);

        if (order != 0)
            return order;
    }
    return 0;
}

static const char *
allowed(struct arena *a, const struct resource *r)
{
    struct text t = text_new(a);

    for (int m = 0; m < HTTP_METHODS; m++) {
        if (!r->route[m] && !(m == HTTP_HEAD && r->route[HTTP_GET]) && m != HTTP_OPTIONS)
            continue;
        if (t.len > 0)
            text_str(&t, ", ");
        text_str(&t, http_method_name((enum http_method)m));
    }
    return t.at;
}

/* The resource with the same pattern as @r, which is added when there is none yet. */
static struct resource *
same(struct router *router, const struct resource *r)
{
    for (size_t i = 0; i < router->n; i++) {
        if (compare(&router->resource[i], r) == 0)
            return &router->resource[i];
    }
    router->resource[router->n] = *r;
    return &router->resource[router->n++];
}

struct router *
router_new(struct arena *a, const struct route *route, size_t n)
{
    struct router *const router = arena_new(a, struct router);

    router->resource = arena_array(a, n, struct resource);
    for (size_t i = 0; i < n; i++) {
        struct resource new = {.n_segment = 0}, *r;

        read_pattern(a, route[i].pattern, &new);
        r = same(router, &new);
        require(!r->route[route[i].method]);
        r->route[route[i].method] = &route[i];
    }
    qsort(router->resource, router->n, sizeof(*router->resource), compare);
    for (size_t i = 0; i < router->n; i++)
        router->resource[i].allow = allowed(a, &router->resource[i]);
    return router;
}

/* The segments of a path.  @return how many, or SIZE_MAX when there are too many. */
static size_t
split(const char *path, struct segment part[MAX_SEGMENTS])
{
    size_t n = 0;

    while (*path == '/') {
        const size_t len = strcspn(++path, "/");

        if (n == MAX_SEGMENTS)
            return SIZE_MAX;
        part[n++] = (struct segment){path, len, false};
        path += len;
    }
    return n;
}

static bool
fits(const struct resource *r, const struct segment *part, size_t n)
{
    if (r->n_segment != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct segment *const s = &r->segment[i];

        if (s->param ? part[i].len == 0
                     : s->len != part[i].len || memcmp(s->text, part[i].text, s->len) != 0)
            return false;
    }
    return true;
}

static struct match *
find(const struct router *router, struct http_request *r)
{
    struct segment part[MAX_SEGMENTS];
    const size_t n = split(r->head.path, part);
    size_t i = 0, n_param = 0;
    struct match *m;

    while (i < router->n && !fits(&router->resource[i], part, n))
        i++;
    if (i == router->n)
        return NULL;
    m = arena_new(&r->arena, struct match);
    m->resource = &router->resource[i];
    for (i = 0; i < n; i++) {
        if (m->resource->segment[i].param)
            m->value[n_param++] = arena_strndup(&r->arena, part[i].text, part[i].len);
    }
    m->route = m->resource->route[r->head.method];
    if (!m->route && r->head.method == HTTP_HEAD)
        m->route = m->resource->route[HTTP_GET];
    return m;
}

/* "application/json; charset=utf-8" is application/json; @type may list several. */
static bool
is_type(const char *value, const char *type)
{
    if (strcmp(type, "*") == 0)
        return true;
    for (const char *one = type; value && *one; one += strspn(one, ", ")) {
        const size_t len = strcspn(one, ",");

        if (strncasecmp(value, one, len) == 0) {
            const char *rest = value + len + strspn(value + len, " \t");

            if (*rest == '\0' || *rest == ';')
                return true;
        }
        one += len;
    }
    return false;
}

static bool
check_body(const struct http_request *r, const struct route *route, struct error *e)
{
    const char *const type = route->type ? route->type : "application/json";
    const char *const coding = http_header(r, "content-encoding");

    if (r->head.length == 0 && !r->head.chunked)
        return true;
    if (coding && strcasecmp(coding, "identity") != 0)
        return error_set(e, ERROR_UNSUPPORTED_MEDIA_TYPE, "a body with Content-Encoding");
    /* What came with a GET is read and ignored. */
    if (r->head.method == HTTP_GET || r->head.method == HTTP_HEAD)
        return true;
    if (!is_type(http_header(r, "content-type"), type))
        return error_set(e, ERROR_UNSUPPORTED_MEDIA_TYPE, "the body is to be %s", type);
    return true;
}

/* The server as a whole, "OPTIONS *", or one resource. */
static void
reply_options(struct http_request *r, const char *allow)
{
    http_reply_header(r, "Allow", allow);
    http_reply(r, 200, NULL, "", 0);
}

void
router_admit(const struct router *router, router_gate *gate, void *arg, struct http_request *r)
{
    const struct match *m;
    struct error e;

    if (strcmp(r->head.path, "*") == 0) {
        reply_options(r, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        return;
    }
    m = find(router, r);
    if (!m) {
        error_set(&e, ERROR_NOT_FOUND, "there is nothing at this path");
        reply_error(r, &e);
        return;
    }
    r->route = (void *)(uintptr_t)m;
    if (!m->route && r->head.method == HTTP_OPTIONS) {
        reply_options(r, m->resource->allow);
        return;
    }
    if (!m->route) {
        http_reply_header(r, "Allow", m->resource->allow);
        error_set(&e, ERROR_METHOD_NOT_ALLOWED, "%s is not one of %s",
                  http_method_name(r->head.method), m->resource->allow);
        reply_error(r, &e);
        return;
    }
    if (m->route->body_max > 0)
        r->body_max = m->route->body_max;
    if ((gate && !gate(arg, r, m->route, &e)) || !check_body(r, m->route, &e))
        reply_error(r, &e);
}

void
router_handle(void *arg, struct http_request *r)
{
    router_route(r)->handle(arg, r);
}

const struct route *
router_route(const struct http_request *r)
{
    return r->route ? ((const struct match *)r->route)->route : NULL;
}

const char *
router_param(const struct http_request *r, const char *name)
{
    const struct match *const m = r->route;
    size_t n_param = 0;

    for (const struct segment *s = m->resource->segment;; s++) {
        require(s < m->resource->segment + m->resource->n_segment); /* its pattern has none */
        if (s->param && strcmp(s->text, name) == 0)
            return m->value[n_param];
        n_param += s->param;
    }
}
