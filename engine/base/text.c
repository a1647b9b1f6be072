/* SPDX-License-Identifier: Apache-2.0 */
/* The append writer of JSON and plain text. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text
text_new(struct arena *a)
{
    struct text t = {.arena = a, .cap = 256};

    t.at = arena_bytes(a, t.cap);
    t.at[0] = 0;
    return t;
}

void
text_grow(struct text *t, size_t len)
{
    char *larger;

    t->cap = 2 * t->cap + len + 1;
    larger = arena_bytes(t->arena, t->cap);
    memcpy(larger, t->at, t->len + 1);
    t->at = larger;
}

void
text_str(struct text *t, const char *s)
{
    text_add(t, s, strlen(s));
}

void
text_int(struct text *t, int64_t n)
{
    char digit[24];
    char *at = digit + sizeof(digit);
    uint64_t u = n < 0 ? (uint64_t)0 - (uint64_t)n : (uint64_t)n;

    do
        *--at = (char)('0' + u % 10);
    while (u /= 10);
    if (n < 0)
        *--at = '-';
    text_add(t, at, (size_t)(digit + sizeof(digit) - at));
}

void
text_printf(struct text *t, const char *format, ...)
{
    va_list ap, again;
    int len;

    va_start(ap, format);
    va_copy(again, ap);
    len = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    if (len > 0) {
        if (t->len + (size_t)len + 1 > t->cap)
            text_grow(t, (size_t)len);
        (void)vsnprintf(t->at + t->len, (size_t)len + 1, format, again);
        t->len += (size_t)len;
    }
    va_end(again);
}

static void
separate(struct text *t)
{
    const char last = t->len ? t->at[t->len - 1] : '{';

    if (last != '{' && last != '[' && last != ':' && last != '\n')
        text_char(t, ',');
}

void
put_open(struct text *t, char bracket)
{
    separate(t);
    text_char(t, bracket);
}

void
put_close(struct text *t, char bracket)
{
    text_char(t, bracket);
}

const char text_escape[256] = {'u', 'u', 'u', 'u', 'u', 'u',         'u',          'u', 'b',
                               't', 'n', 'u', 'f', 'r', 'u',         'u',          'u', 'u',
                               'u', 'u', 'u', 'u', 'u', 'u',         'u',          'u', 'u',
                               'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\'};

static void
put_escaped(struct text *t, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char six[] = {'\\', text_escape[c], '0', '0', hex[c >> 4], hex[c & 15]};

    text_add(t, six, text_escape[c] == 'u' ? 6 : 2);
}

void
put_bytes(struct text *t, const char *s, size_t len)
{
    size_t from = 0;

    separate(t);
    text_char(t, '"');
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)s[i];

        if (!text_escape[c])
            continue;
        text_add(t, s + from, i - from);
        put_escaped(t, c);
        from = i + 1;
    }
    text_add(t, s + from, len - from);
    text_char(t, '"');
}

void
put_string(struct text *t, const char *s)
{
    put_bytes(t, s, strlen(s));
}

void
put_key(struct text *t, const char *key)
{
    put_string(t, key);
    text_char(t, ':');
}

void
put_int(struct text *t, int64_t n)
{
    separate(t);
    text_int(t, n);
}

void
put_bool(struct text *t, int yes)
{
    separate(t);
    text_str(t, yes ? "true" : "false");
}

void
put_null(struct text *t)
{
    separate(t);
    text_str(t, "null");
}

void
put_instant(struct text *t, instant when)
{
    char at[INSTANT_TEXT];

    if (when == INSTANT_NONE)
        put_null(t);
    else
        put_string(t, instant_write(when, at));
}

void
put_day(struct text *t, day d)
{
    char at[DAY_TEXT];

    put_string(t, day_write(d, at));
}

void
put_member_string(struct text *t, const char *key, const char *s)
{
    if (!s)
        return;
    put_key(t, key);
    put_string(t, s);
}

void
put_member_int(struct text *t, const char *key, int64_t n)
{
    put_key(t, key);
    put_int(t, n);
}

void
put_member_bool(struct text *t, const char *key, int yes)
{
    put_key(t, key);
    put_bool(t, yes);
}

void
put_member_instant(struct text *t, const char *key, instant when)
{
    put_key(t, key);
    put_instant(t, when);
}
