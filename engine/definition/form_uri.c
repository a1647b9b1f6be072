/* SPDX-License-Identifier: Apache-2.0 */
/* Resolving the references of a schema: RFC 3986 5.2, on texts a form's author wrote. */
#include <string.h>

#include "definition/form_node.h"

struct slice {
    const char *at;
    size_t len;
};

/* A reference cut up; absent parts have at == NULL. */
struct uri {
    struct slice scheme, authority, path, query, fragment;
};

static struct slice
take(const char **at, const char *stop)
{
    const struct slice s = {*at, strcspn(*at, stop)};

    *at += s.len;
    return s;
}

static struct uri
uri_split(const char *at)
{
    struct uri u = {0};
    const size_t scheme = strcspn(at, ":/?#");

    if (scheme && at[scheme] == ':') {
        u.scheme = (struct slice){at, scheme};
        at += scheme + 1;
    }
    if (at[0] == '/' && at[1] == '/') {
        at += 2;
        u.authority = take(&at, "/?#");
    }
    u.path = take(&at, "?#");
    if (*at == '?') {
        at++;
        u.query = take(&at, "#");
    }
    if (*at == '#') {
        at++;
        u.fragment = take(&at, "");
    }
    return u;
}

/* 5.2.4: takes . and .. out of @path, in place. */
static void
remove_dots(struct text *path)
{
    char *const start = path->at;
    char *in = start, *out = start;

    while (*in) {
        const size_t len = strcspn(in + 1, "/") + 1; /* a slash, or none at the start, and a name */
        const char *name = *in == '/' ? in + 1 : in;
        const size_t n = len - (size_t)(name - in);
        const bool up = n == 2 && name[0] == '.' && name[1] == '.';
        const bool last = !in[len];

        if (up || (n == 1 && name[0] == '.')) {
            while (up && out > start && *--out != '/')
                ;
            if (last && *in == '/')
                *out++ = '/';
        } else {
            memmove(out, in, len);
            out += len;
        }
        in += len;
    }
    *out = 0;
    path->len = (size_t)(out - start);
}

/* The path of @r against @base. */
static struct text
resolve_path(struct arena *a, const struct uri *base, const struct uri *r)
{
    struct text t = text_new(a);
    size_t directory = base->path.len;

    if (r->scheme.at || r->authority.at || (r->path.len && *r->path.at == '/')) {
        text_add(&t, r->path.at, r->path.len);
    } else if (!r->path.len) {
        text_add(&t, base->path.at, base->path.len);
        return t;
    } else {
        while (directory && base->path.at[directory - 1] != '/')
            directory--;
        if (base->authority.at && !base->path.len)
            text_char(&t, '/');
        text_add(&t, base->path.at, directory);
        text_add(&t, r->path.at, r->path.len);
    }
    remove_dots(&t);
    return t;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static const char *
percent_decode(struct arena *a, struct slice s)
{
    struct text t = text_new(a);

    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '%' && i + 2 < s.len && hex_digit(s.at[i + 1]) >= 0 &&
            hex_digit(s.at[i + 2]) >= 0) {
            text_char(&t, (char)(hex_digit(s.at[i + 1]) * 16 + hex_digit(s.at[i + 2])));
            i += 2;
        } else {
            text_char(&t, s.at[i]);
        }
    }
    return t.at;
}

const char *
form_uri_resolve(struct arena *a, const char *base, const char *reference, const char **fragment)
{
    const struct uri b = uri_split(base), r = uri_split(reference);
    const struct slice scheme = r.scheme.at ? r.scheme : b.scheme;
    const bool own_authority = r.scheme.at || r.authority.at;
    const struct slice authority = own_authority ? r.authority : b.authority;
    const bool same_document = !own_authority && !r.path.len && !r.query.at;
    const struct slice query = same_document ? b.query : r.query;
    const struct text path = resolve_path(a, &b, &r);
    struct text t = text_new(a);

    if (scheme.at) {
        text_add(&t, scheme.at, scheme.len);
        text_char(&t, ':');
    }
    if (authority.at) {
        text_str(&t, "//");
        text_add(&t, authority.at, authority.len);
    }
    text_add(&t, path.at, path.len);
    if (query.at) {
        text_char(&t, '?');
        text_add(&t, query.at, query.len);
    }
    *fragment = percent_decode(a, r.fragment);
    return t.at;
}
