/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads back what value_write() wrote.  This is on the way of every command
 * (the stored state of its case), where the general reader costs five times as
 * much; what comes from outside goes through json_read().
 */
#include <string.h>

#include "base/value.h"

enum { DEPTH_MOST = 64, INLINE = 16 };

struct reader {
    struct arena *a;
    const char *at, *end;
    int depth;
};

static bool read_any(struct reader *r, struct value *out);

/* The character behind a backslash; 0: none of those value_write() uses. */
static char
unescape(struct reader *r)
{
    static const char from[] = "\"\\nrtbf", to[] = "\"\\\n\r\t\b\f";
    static const char hex[] = "0123456789abcdef";
    const char *found, *high, *low;

    if (r->at == r->end)
        return 0;
    found = memchr(from, *r->at, sizeof(from) - 1);
    if (found) {
        r->at++;
        return to[found - from];
    }
    if (r->end - r->at < 5 || memcmp(r->at, "u00", 3) != 0)
        return 0;
    high = memchr(hex, r->at[3], 2);
    low = memchr(hex, r->at[4], 16);
    r->at += 5;
    return high && low ? (char)((high - hex) << 4 | (low - hex)) : 0;
}

/* Behind the opening quote; the text is copied and ended with a NUL. */
static bool
read_string(struct reader *r, const char **string, uint32_t *len)
{
    const char *from = r->at, *close;
    char *copy, *to;

    while (r->at < r->end && !text_escape[(unsigned char)*r->at])
        r->at++;
    if (r->at < r->end && *r->at == '"') {
        *len = (uint32_t)(r->at - from);
        *string = arena_strndup(r->a, from, *len);
        r->at++;
        return true;
    }
    for (close = r->at; close < r->end && *close != '"'; close++)
        close += *close == '\\' && close + 1 < r->end;
    /* Escapes only make it shorter. */
    to = copy = arena_alloc(r->a, (size_t)(close - from) + 1);
    memcpy(to, from, (size_t)(r->at - from));
    to += r->at - from;
    while (r->at < r->end && *r->at != '"') {
        char c = *r->at++;

        if ((unsigned char)c < 0x20 || (c == '\\' && !(c = unescape(r))))
            return false;
        *to++ = c;
    }
    *len = (uint32_t)(to - copy);
    *string = copy;
    return r->at++ < r->end;
}

static bool
read_integer(struct reader *r, struct value *out)
{
    const bool negative = *r->at == '-';
    const char *first;
    int64_t n = 0;

    r->at += negative;
    first = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_sub_overflow(n, (int64_t)(*r->at - '0'), &n))
            return false;
    /* Counted downwards: the least integer has no positive twin. */
    if (r->at == first || (*first == '0' && r->at - first > 1) ||
        (!negative && __builtin_sub_overflow((int64_t)0, n, &n)) ||
        (r->at < r->end && memchr(".eE", *r->at, 3)))
        return false;
    *out = value_int(n);
    return true;
}

static bool
read_word(struct reader *r, const char *word, struct value v, struct value *out)
{
    const size_t len = strlen(word);

    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
        return false;
    r->at += len;
    *out = v;
    return true;
}

static bool
read_array(struct reader *r, struct value *out)
{
    struct value few[INLINE], *item = few;
    size_t n = 0, room = INLINE;

    r->at++;
    if (r->at < r->end && *r->at == ']') {
        r->at++;
        *out = value_array(NULL, 0);
        return true;
    }
    for (;;) {
        if (n == room) {
            struct value *more = arena_array(r->a, 2 * room, struct value);

            memcpy(more, item, n * sizeof(*item));
            item = more;
            room *= 2;
        }
        if (!read_any(r, &item[n++]) || r->at == r->end)
            return false;
        if (*r->at == ']')
            break;
        if (*r->at++ != ',')
            return false;
    }
    r->at++;
    *out = value_array(item == few ? arena_copy(r->a, few, n * sizeof(*few)) : item, n);
    return true;
}

static bool
read_member(struct reader *r, struct member *m)
{
    if (r->at == r->end || *r->at++ != '"' || !read_string(r, &m->name, &m->name_len) ||
        r->at == r->end || *r->at++ != ':')
        return false;
    return read_any(r, &m->value);
}

static bool
read_object(struct reader *r, struct value *out)
{
    struct member few[INLINE], *member = few;
    size_t n = 0, room = INLINE;

    r->at++;
    if (r->at < r->end && *r->at == '}') {
        r->at++;
        *out = value_object(r->a, NULL, 0);
        return true;
    }
    for (;;) {
        if (n == room) {
            struct member *more = arena_array(r->a, 2 * room, struct member);

            memcpy(more, member, n * sizeof(*member));
            member = more;
            room *= 2;
        }
        if (!read_member(r, &member[n++]) || r->at == r->end)
            return false;
        if (*r->at == '}')
            break;
        if (*r->at++ != ',')
            return false;
    }
    r->at++;
    if (member == few)
        member = arena_copy(r->a, few, n * sizeof(*few));
    *out = value_object(r->a, member, n);
    return out->n == n; /* two of one name: not ours */
}

static bool
read_any(struct reader *r, struct value *out)
{
    bool ok = false;

    if (r->at == r->end || ++r->depth > DEPTH_MOST)
        return false;
    if (*r->at == '"') {
        *out = (struct value){.kind = VALUE_STRING};
        r->at++;
        ok = read_string(r, &out->string, &out->n);
    } else if (*r->at == '{') {
        ok = read_object(r, out);
    } else if (*r->at == '[') {
        ok = read_array(r, out);
    } else if (*r->at == 't') {
        ok = read_word(r, "true", value_bool(true), out);
    } else if (*r->at == 'f') {
        ok = read_word(r, "false", value_bool(false), out);
    } else if (*r->at == 'n') {
        ok = read_word(r, "null", value_null(), out);
    } else {
        ok = read_integer(r, out);
    }
    r->depth--;
    return ok;
}

bool
value_read(struct arena *a, const char *bytes, size_t len, struct value *out)
{
    struct reader r = {.a = a, .at = bytes, .end = bytes + len};

    return read_any(&r, out) && r.at == r.end;
}
