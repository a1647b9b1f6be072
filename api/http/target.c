/* SPDX-License-Identifier: Apache-2.0 */
/* What a request asks for: target, path, query, host. */
#include "api/http/parse.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 3986: unreserved, sub-delims, ':' and '@'. */
static bool
is_pchar(char c)
{
    return is_alnum(c) || (c != '\0' && strchr("-._~!$&'()*+,;=:@", c) != NULL);
}

/* One character of UTF-8 at @s: its length, or 0 when it is none. */
static size_t
utf8_length(const unsigned char *s)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    uint32_t c;

    if (n <= 1)
        return n;
    c = s[0] & (0x7fU >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) /* stops at the NUL behind the text */
            return 0;
        c = c << 6 | (s[i] & 0x3fU);
    }
    return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? 0 : n;
}

static bool
is_utf8(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;

    while (*s) {
        const size_t n = utf8_length(s);

        if (n == 0)
            return false;
        s += n;
    }
    return true;
}

/*
 * Decodes @text in place: percent signs, and '+' as a space where @plus says so.
 * What may stand there undecoded was checked before.
 */
static bool
decode(char *text, bool plus, struct error *e)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        int high, low;

        if (*from != '%') {
            *to++ = plus && *from == '+' ? ' ' : *from;
            continue;
        }
        high = hex_digit(from[1]);
        low = high < 0 ? -1 : hex_digit(from[2]);
        if (low < 0)
            return error_set(e, ERROR_BAD_REQUEST, "a percent sign without two digits");
        if (high == 0 && low == 0)
            return error_set(e, ERROR_BAD_REQUEST, "an encoded NUL");
        *to++ = (char)(high << 4 | low);
        from += 2;
    }
    *to = '\0';
    return is_utf8(text) || error_set(e, ERROR_BAD_REQUEST, "an address that is not UTF-8");
}

/* Nothing that a file system, a proxy or a log could read in another way. */
static bool
check_path(const char *path, struct error *e)
{
    for (const char *segment = path; *segment == '/';) {
        const size_t len = strcspn(++segment, "/");

        if ((len == 1 && segment[0] == '.') || (len == 2 && memcmp(segment, "..", 2) == 0))
            return error_set(e, ERROR_BAD_REQUEST, "a dot segment in the path");
        segment += len;
    }
    for (const char *c = path; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return error_set(e, ERROR_BAD_REQUEST, "a control character in the path");
    }
    return true;
}

static bool
read_path(char *path, struct http_head *head, struct error *e)
{
    for (const char *c = path; *c; c++) {
        if (*c == '%' && (strncasecmp(c, "%2f", 3) == 0 || strncasecmp(c, "%5c", 3) == 0))
            return error_set(e, ERROR_BAD_REQUEST, "an encoded slash or backslash in the path");
        if (!is_pchar(*c) && *c != '/' && *c != '%')
            return error_set(e, ERROR_BAD_REQUEST, "a character that no path may have");
    }
    head->path = path;
    return decode(path, false, e) && check_path(path, e);
}

static bool
read_query(struct arena *a, const char *query, struct http_head *head, struct error *e)
{
    struct http_field *parameter = NULL;
    char *pair = arena_strdup(a, query), *next;

    for (const char *c = query; *c; c++) {
        if (!is_pchar(*c) && strchr("/?%", *c) == NULL)
            return error_set(e, ERROR_BAD_REQUEST, "a character that no query may have");
    }
    head->query = query;
    for (; pair; pair = next) {
        char *value;

        next = strchr(pair, '&');
        if (next)
            *next++ = '\0';
        if (*pair == '\0')
            continue;
        value = strchr(pair, '=');
        if (value)
            *value++ = '\0';
        else
            value = pair + strlen(pair);
        if (!decode(pair, true, e) || !decode(value, true, e))
            return false;
        parameter = arena_grow(a, parameter, head->n_parameter, sizeof(*parameter));
        parameter[head->n_parameter++] = (struct http_field){pair, value};
    }
    head->parameter = parameter;
    return true;
}

bool
http_host_valid(const char *host, size_t len)
{
    size_t name = 0, port;

    if (len > 0 && host[0] == '[') {
        char address[INET6_ADDRSTRLEN];
        struct in6_addr in6;
        const char *const end = memchr(host, ']', len);

        if (!end || (size_t)(end - host) > sizeof(address))
            return false;
        name = (size_t)(end - host) + 1;
        memcpy(address, host + 1, name - 2);
        address[name - 2] = '\0';
        if (inet_pton(AF_INET6, address, &in6) != 1)
            return false;
    } else {
        while (name < len && (is_alnum(host[name]) || host[name] == '-' || host[name] == '.' ||
                              host[name] == '_'))
            name++;
    }
    if (name == 0 || name > 255)
        return false;
    if (name == len)
        return true;
    if (host[name] != ':' || len - name > 6)
        return false;
    for (port = name + 1; port < len; port++) {
        if (host[port] < '0' || host[port] > '9')
            return false;
    }
    return true;
}

/* "http://host/path": cuts off the host and returns the rest, NULL when it is something else. */
static char *
cut_authority(struct arena *a, char *target, struct http_head *head)
{
    size_t len;
    char *host;

    if (strncasecmp(target, "http://", 7) == 0)
        host = target + 7;
    else if (strncasecmp(target, "https://", 8) == 0)
        host = target + 8;
    else
        return NULL;
    len = strcspn(host, "/?");
    if (!http_host_valid(host, len))
        return NULL;
    head->host = arena_strndup(a, host, len);
    return host[len] == '/' ? host + len : arena_printf(a, "/%s", host + len);
}

bool
http_parse_target(struct arena *a, char *target, struct http_head *head, struct error *e)
{
    char *query;

    if (head->method == HTTP_OPTIONS && strcmp(target, "*") == 0) {
        head->path = target;
        return true;
    }
    if (target[0] != '/')
        target = cut_authority(a, target, head);
    if (!target)
        return error_set(e, ERROR_BAD_REQUEST, "the target is neither a path nor an address");
    query = strchr(target, '?');
    if (query)
        *query++ = '\0';
    return read_path(target, head, e) && (!query || read_query(a, query, head, e));
}
