/* SPDX-License-Identifier: Apache-2.0 */
/* Reads comma-separated values. */
#include "daemon/import_csv.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

struct csv
csv_new(const char *bytes, size_t len)
{
    struct csv c = {.at = bytes, .end = bytes + len, .line = 1};

    if (len >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3))
        c.at += 3;
    return c;
}

/* Bytes that follow the lead byte @c in UTF-8, and the least code point they may stand for. */
static int
followers(unsigned char c, uint32_t *least)
{
    *least = c < 0xE0 ? 0x80 : c < 0xF0 ? 0x800 : 0x10000;
    return c < 0xC2 ? -1 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : c < 0xF5 ? 3 : -1;
}

static bool
is_utf8(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text, *end = s + len;

    while (s < end) {
        uint32_t point = *s, least;
        int n;

        if (*s++ < 0x80) {
            if (point == 0)
                return false;
            continue;
        }
        n = followers((unsigned char)point, &least);
        if (n < 0 || end - s < n)
            return false;
        point &= 0x3Fu >> n;
        for (; n > 0; n--, s++) {
            if ((*s & 0xC0) != 0x80)
                return false;
            point = point << 6 | (*s & 0x3Fu);
        }
        if (point < least || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
            return false;
    }
    return true;
}

/* At the end of a record, or of all? */
static size_t
line_end(const struct csv *c)
{
    if (c->at < c->end && *c->at == '\n')
        return 1;
    return c->end - c->at >= 2 && c->at[0] == '\r' && c->at[1] == '\n' ? 2 : 0;
}

static bool
ends_field(const struct csv *c)
{
    return c->at == c->end || *c->at == ',' || line_end(c);
}

static void
pass_line(struct csv *c)
{
    const char *lf = memchr(c->at, '\n', (size_t)(c->end - c->at));

    c->at = lf ? lf + 1 : c->end;
    c->line++;
}

static bool
read_quoted(struct csv *c, struct arena *a, const char **field, size_t *len, struct error *e)
{
    struct text t = text_new(a);

    for (c->at++; c->at < c->end; c->at++) {
        if (*c->at == '"' && (++c->at == c->end || *c->at != '"')) {
            *field = t.at;
            *len = t.len;
            return ends_field(c) ||
                   error_set(e, ERROR_BAD_FILE, "something follows a closing quote");
        }
        c->line += *c->at == '\n';
        text_char(&t, *c->at);
    }
    return error_set(e, ERROR_BAD_FILE, "a quote is not closed");
}

static bool
read_plain(struct csv *c, struct arena *a, const char **field, size_t *len, struct error *e)
{
    const char *from = c->at;

    for (; !ends_field(c); c->at++)
        if (*c->at == '"' || *c->at == '\r')
            return error_set(e, ERROR_BAD_FILE, "a field with a %s must stand in quotes",
                             *c->at == '"' ? "quote" : "carriage return");
    *len = (size_t)(c->at - from);
    *field = arena_strndup(a, from, *len);
    return true;
}

static bool
read_field(struct csv *c, struct arena *a, struct csv_record *out, struct error *e)
{
    const bool quoted = c->at < c->end && *c->at == '"';
    const char *field = "";
    size_t len = 0;

    if (!(quoted ? read_quoted : read_plain)(c, a, &field, &len, e))
        return false;
    if (!is_utf8(field, len))
        return error_set(e, ERROR_BAD_FILE, "field %u is not UTF-8", out->n + 1);
    out->field = arena_grow(a, out->field, out->n, sizeof(*out->field));
    out->field[out->n++] = field;
    return true;
}

enum csv_kind
csv_next(struct csv *c, struct arena *a, struct csv_record *out, struct error *e)
{
    while (line_end(c))
        pass_line(c);
    *out = (struct csv_record){.line = c->line};
    if (c->at == c->end)
        return CSV_END;
    for (;;) {
        if (!read_field(c, a, out, e)) {
            pass_line(c);
            return CSV_BAD;
        }
        if (c->at == c->end || *c->at != ',')
            break;
        c->at++;
    }
    if (c->at < c->end)
        pass_line(c);
    return CSV_RECORD;
}
