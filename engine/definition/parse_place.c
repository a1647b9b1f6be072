/* SPDX-License-Identifier: Apache-2.0 */
/* Places: a value and the way to it, so that problems can say where they are. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "definition/parse.h"

static const struct place *
make(struct parse *p, struct place place)
{
    return arena_copy(p->scratch, &place, sizeof(place));
}

const struct place *
place_get(struct parse *p, const struct place *at, const char *key)
{
    const struct value *v = at ? value_get(at->v, key) : NULL;

    return v ? make(p, (struct place){.up = at, .key = key, .v = v}) : NULL;
}

const struct place *
place_member(struct parse *p, const struct place *at, uint32_t i)
{
    const struct member *m = &at->v->member[i];

    return make(p, (struct place){.up = at, .key = m->name, .v = &m->value});
}

const struct place *
place_item(struct parse *p, const struct place *at, uint32_t i)
{
    return make(p, (struct place){.up = at, .index = i, .v = &at->v->item[i]});
}

/* Escapes ~ and / as RFC 6901 asks. */
static void
write_way(struct text *t, const struct place *at)
{
    if (!at->up)
        return;
    write_way(t, at->up);
    text_char(t, '/');
    if (!at->key) {
        text_int(t, at->index);
        return;
    }
    for (const char *c = at->key; *c; c++)
        if (*c == '~' || *c == '/')
            text_str(t, *c == '~' ? "~0" : "~1");
        else
            text_char(t, *c);
}

char *
place_pointer(struct arena *a, const struct place *at)
{
    struct text t = text_new(a);

    write_way(&t, at);
    return t.at;
}

void
complain(struct parse *p, const struct place *at, enum problem_number number, const char *what, ...)
{
    const struct spot spot = {p->file, at->v->line, place_pointer(p->scratch, at)};
    char text[600];
    va_list ap;

    va_start(ap, what);
    (void)vsnprintf(text, sizeof(text), what, ap);
    va_end(ap);
    problem_add(p->problems, number, spot, "%s", text);
}

/* The value @pointer leads to from @v, as far as it leads. */
static const struct value *
follow(const struct value *v, const char *pointer)
{
    while (*pointer == '/') {
        const size_t len = strcspn(++pointer, "/");
        const struct value *next = NULL;

        if (v->kind == VALUE_ARRAY) {
            uint32_t i = 0;

            for (size_t c = 0; c < len && pointer[c] >= '0' && pointer[c] <= '9' && i < v->n; c++)
                i = i * 10 + (uint32_t)(pointer[c] - '0');
            next = len && i < v->n ? &v->item[i] : NULL;
        } else if (v->kind == VALUE_OBJECT) {
            for (uint32_t i = 0; i < v->n && !next; i++)
                if (v->member[i].name_len == len && !memcmp(v->member[i].name, pointer, len))
                    next = &v->member[i].value;
        }
        if (!next)
            break;
        v = next;
        pointer += len;
    }
    return v;
}

void
complain_within(struct parse *p, const struct place *at, const char *pointer,
                enum problem_number number, const char *what)
{
    const uint32_t line = follow(at->v, pointer)->line;
    const struct spot spot = {
        p->file, line ? line : at->v->line,
        arena_printf(p->scratch, "%s%s", place_pointer(p->scratch, at), pointer)};

    problem_add(p->problems, number, spot, "%s", what);
}

bool
expect(struct parse *p, const struct place *at, enum value_kind kind)
{
    if (!at)
        return false;
    if (at->v->kind == kind)
        return true;
    complain(p, at, PROBLEM_WRONG_KIND, "expected %s, found %s", value_kind_name(kind),
             value_kind_name(at->v->kind));
    return false;
}
