/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of files, by what they begin with. */
#include "definition/file_kind.h"

#include <string.h>

#define ZIP                                                                                        \
    {                                                                                              \
        "PK\003\004", 4, 0                                                                         \
    }

/* Some kinds begin in several ways; @at is where the bytes stand. */
static const struct file_kind {
    const char *type;
    struct {
        const char *bytes;
        size_t len, at;
    } magic[3];
} kinds[] = {
    {"application/pdf", {{"%PDF-", 5, 0}}},
    {"image/jpeg", {{"\xff\xd8\xff", 3, 0}}},
    {"image/png", {{"\x89PNG\r\n\x1a\n", 8, 0}}},
    {"image/tiff", {{"II*\0", 4, 0}, {"MM\0*", 4, 0}}},
    {"image/heic", {{"ftypheic", 8, 4}, {"ftypheix", 8, 4}, {"ftypmif1", 8, 4}}},
    {"image/vnd.dwg", {{"AC10", 4, 0}}},
    {"application/ofd", {ZIP}},
    {"application/zip", {ZIP}},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", {ZIP}},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", {ZIP}},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

_Static_assert((int)KINDS <= (int)FILE_KINDS_MOST, "sets of kinds are bits of an integer");

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* Whether the @len bytes at @a spell @name, in whatever case. */
static bool
spells(const char *a, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++)
        if (!name[i] || lower(a[i]) != name[i])
            return false;
    return name[len] == '\0';
}

static int
find(const char *type, size_t len)
{
    for (int i = 0; i < KINDS; i++)
        if (spells(type, len, kinds[i].type))
            return i;
    return -1;
}

int
file_kind_find(const char *type)
{
    return find(type, strcspn(type, "; \t"));
}

const char *
file_kind_type(int kind)
{
    return kind >= 0 && kind < KINDS ? kinds[kind].type : NULL;
}

bool
file_kind_begins(int kind, const void *head, size_t len)
{
    const struct file_kind *k = &kinds[kind];

    for (size_t i = 0; i < 3 && k->magic[i].bytes; i++)
        if (len >= k->magic[i].at + k->magic[i].len &&
            memcmp((const char *)head + k->magic[i].at, k->magic[i].bytes, k->magic[i].len) == 0)
            return true;
    return false;
}

const char *
file_kinds_read(const char *text, uint32_t *set)
{
    *set = 0;
    for (;;) {
        size_t len;
        int kind;

        text += strspn(text, ", ");
        len = strcspn(text, ", ");
        if (len == 0)
            return NULL;
        kind = find(text, len);
        if (kind < 0)
            return text;
        *set |= 1U << kind;
        text += len;
    }
}
