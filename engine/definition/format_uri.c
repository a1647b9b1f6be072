/* SPDX-License-Identifier: Apache-2.0 */
/* Is a text a URI by the grammar of RFC 3986? */
#include <string.h>

#include "definition/format.h"

/* A piece of the text still to be read. */
struct piece {
    const char *at, *end;
};

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
    return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool
is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* unreserved, sub-delims, percent-encoded, and what @more adds. */
static bool
consists_of(struct piece p, const char *more)
{
    for (; p.at < p.end; p.at++) {
        if (*p.at == '%') {
            if (p.end - p.at < 3 || !is_hex(p.at[1]) || !is_hex(p.at[2]))
                return false;
            p.at += 2;
        } else if (!is_letter(*p.at) && !is_digit(*p.at) &&
                   (!*p.at || (!strchr("-._~!$&'()*+,;=", *p.at) && !strchr(more, *p.at)))) {
            return false;
        }
    }
    return true;
}

/* Cuts @p at the first @c: returns what is behind it, an empty piece when there is none. */
static struct piece
cut(struct piece *p, char c, bool *found)
{
    const char *at = p->at < p->end ? memchr(p->at, c, (size_t)(p->end - p->at)) : NULL;
    struct piece rest = {p->end, p->end};

    *found = at != NULL;
    if (at) {
        rest.at = at + 1;
        p->end = at;
    }
    return rest;
}

static bool
is_ipv4(struct piece p)
{
    for (int part = 0; part < 4; part++) {
        const char *from = p.at;
        int n = 0;

        while (p.at < p.end && is_digit(*p.at) && p.at - from < 3)
            n = n * 10 + (*p.at++ - '0');
        if (p.at == from || n > 255 || (*from == '0' && p.at - from > 1))
            return false;
        if (part < 3 && (p.at == p.end || *p.at++ != '.'))
            return false;
    }
    return p.at == p.end;
}

/* Eight groups of hex digits; one :: for one or more groups; the last two may be an IPv4 address.
 */
static bool
is_ipv6(struct piece p)
{
    int groups = 0;
    bool gap = false;

    if (p.end - p.at >= 2 && p.at[0] == ':' && p.at[1] == ':') {
        gap = true;
        p.at += 2;
    }
    while (p.at < p.end) {
        const char *from = p.at;

        while (p.at < p.end && is_hex(*p.at))
            p.at++;
        if (p.at < p.end && *p.at == '.') {
            groups += 2;
            return is_ipv4((struct piece){from, p.end}) && (gap ? groups < 8 : groups == 8);
        }
        if (p.at == from || p.at - from > 4)
            return false;
        groups++;
        if (p.at == p.end)
            break;
        if (*p.at++ != ':' || p.at == p.end)
            return false;
        if (*p.at == ':') {
            if (gap)
                return false;
            gap = true;
            p.at++;
        }
    }
    return gap ? groups < 8 : groups == 8;
}

/* Between [ and ]. */
static bool
is_ip_literal(struct piece p)
{
    struct piece version, address;
    bool dot;

    if (p.at == p.end || (*p.at | 32) != 'v')
        return is_ipv6(p);
    version = (struct piece){p.at + 1, p.end};
    address = cut(&version, '.', &dot);
    if (!dot || version.at == version.end || address.at == address.end)
        return false;
    for (const char *c = version.at; c < version.end; c++)
        if (!is_hex(*c))
            return false;
    return !memchr(address.at, '%', (size_t)(address.end - address.at)) &&
           consists_of(address, ":");
}

static bool
is_port(struct piece p)
{
    while (p.at < p.end && is_digit(*p.at))
        p.at++;
    return p.at == p.end;
}

/* [ userinfo "@" ] host [ ":" port ] */
static bool
is_authority(struct piece p)
{
    struct piece user = p, host, port;
    bool found;

    host = cut(&user, '@', &found);
    if (!found)
        host = p;
    else if (!consists_of(user, ":"))
        return false;
    if (host.at < host.end && *host.at == '[') {
        struct piece literal = {host.at + 1, host.end};

        port = cut(&literal, ']', &found);
        if (!found || !is_ip_literal(literal))
            return false;
        return port.at == port.end ||
               (*port.at == ':' && is_port((struct piece){port.at + 1, port.end}));
    }
    port = cut(&host, ':', &found);
    return consists_of(host, "") && is_port(port);
}

bool
format_uri(const char *text, size_t len)
{
    struct piece rest = {text, text + len}, scheme, query, fragment;
    bool found;

    fragment = cut(&rest, '#', &found);
    query = cut(&rest, '?', &found);
    scheme = rest;
    rest = cut(&scheme, ':', &found);
    if (!found || scheme.at == scheme.end || !is_letter(*scheme.at))
        return false;
    for (const char *c = scheme.at; c < scheme.end; c++)
        if (!is_letter(*c) && !is_digit(*c) && (!*c || !strchr("+-.", *c)))
            return false;
    if (rest.end - rest.at >= 2 && rest.at[0] == '/' && rest.at[1] == '/') {
        struct piece authority = {rest.at + 2, rest.end};
        const struct piece path = cut(&authority, '/', &found);

        if (!is_authority(authority))
            return false;
        rest = path;
    }
    return consists_of(rest, ":@/") && consists_of(query, ":@/?") && consists_of(fragment, ":@/?");
}
