/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"

/**
 * Text that grows at its end, in an arena: how JSON, CSV and explanations are
 * written.  Always NUL-terminated.  Lives as long as its arena.
 */
struct text {
    struct arena *arena;
    char *at;   /* the bytes; valid until the next append */
    size_t len; /* without the NUL */
    size_t cap;
};

/** An empty text that takes its memory from @a. */
struct text text_new(struct arena *a);

/** Makes room for @len more bytes and a NUL; for text_add() and text_char(). */
void text_grow(struct text *t, size_t len);

/*
 * Inline: most pieces are a byte or a word long.  Called, text_add() took a
 * seventh of all instructions the daemon spends on a command.
 */
static inline void
text_add(struct text *t, const char *bytes, size_t len)
{
    if (t->len + len + 1 > t->cap)
        text_grow(t, len);
    if (len)
        memcpy(t->at + t->len, bytes, len);
    t->len += len;
    t->at[t->len] = 0;
}

static inline void
text_char(struct text *t, char c)
{
    text_add(t, &c, 1);
}

void text_str(struct text *t, const char *s);
void text_int(struct text *t, int64_t n);
void text_printf(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * JSON, written member by member.  A comma is put where one is needed: the
 * writer looks at the last byte, so a value follows '{', '[', ':' or nothing
 * without one.  Strings must be UTF-8; everything that came through
 * json_read() is.
 */
/** What stands behind the backslash for a byte of a JSON string; 0: it stands for itself. */
extern const char text_escape[256];

void put_open(struct text *t, char bracket);  /* '{' or '[' */
void put_close(struct text *t, char bracket); /* '}' or ']' */
void put_key(struct text *t, const char *key);
void put_string(struct text *t, const char *s);
void put_bytes(struct text *t, const char *s, size_t len);
void put_int(struct text *t, int64_t n);
void put_bool(struct text *t, int yes);
void put_null(struct text *t);
void put_instant(struct text *t, instant when); /* null when INSTANT_NONE */
void put_day(struct text *t, day d);

/* key and value in one; a NULL string is left out */
void put_member_string(struct text *t, const char *key, const char *s);
void put_member_int(struct text *t, const char *key, int64_t n);
void put_member_bool(struct text *t, const char *key, int yes);
void put_member_instant(struct text *t, const char *key, instant when);

#endif
