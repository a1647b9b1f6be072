/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of fragments with their parameters filled in. */
#include <string.h>

#include "definition/fragment_inside.h"

enum { VALUES_MOST = 1000000 };

static uint32_t
line_of(uint32_t origin, uint32_t line)
{
    return origin | (line < ORIGIN_LINES ? line : ORIGIN_LINES - 1);
}

/* The fragment's own text is at fault; the use tells how it came to be read. */
static void
blame_fragment(struct expanding *x, const struct use *u, const struct value *v, const char *what)
{
    const struct spot spot = {x->p.file, line_of(u->origin, v->line),
                              place_pointer(x->p.scratch, u->at)};

    problem_add(x->p.problems, PROBLEM_BAD_FRAGMENT, spot, "%s", what);
}

static bool
count_value(struct expanding *x, const struct place *at)
{
    if (++x->n_value < VALUES_MOST)
        return true;
    if (x->n_value == VALUES_MOST)
        complain(&x->p, at, PROBLEM_TOO_MANY, "the fragments make more than %d values of it",
                 VALUES_MOST);
    return false;
}

struct value
fragment_copy(struct expanding *x, const struct place *at, const struct value *v, uint32_t origin)
{
    struct value out = *v;

    if (origin != LINES_TOLD)
        out.line = line_of(origin, v->line);
    if (!count_value(x, at))
        return value_null();
    if (v->kind == VALUE_ARRAY) {
        struct value *item = arena_array(x->p.arena, v->n, struct value);

        for (uint32_t i = 0; i < v->n; i++)
            item[i] = fragment_copy(x, at, &v->item[i], origin);
        out.item = item;
    } else if (v->kind == VALUE_OBJECT) {
        struct member *member = arena_copy(x->p.arena, v->member, v->n * sizeof(*member));

        for (uint32_t i = 0; i < v->n; i++)
            member[i].value = fragment_copy(x, at, &v->member[i].value, origin);
        out.member = member;
    }
    return out;
}

/* What parameter @name is; false: it was not given and has no default. */
static bool
argument(struct expanding *x, const struct use *u, const char *name, struct value *out)
{
    const struct value *given = u->with ? value_get(u->with, name) : NULL;

    if (!strcmp(name, "use")) {
        *out = u->id;
        return true;
    }
    if (given) {
        *out = fragment_copy(x, u->at, given, LINES_TOLD);
        return true;
    }
    for (uint32_t i = 0; i < u->fragment->n_parameter; i++) {
        const struct parameter *p = &u->fragment->parameter[i];

        if (strcmp(p->name, name) != 0 || !p->otherwise)
            continue;
        *out = fragment_copy(x, u->at, p->otherwise, u->origin);
        return true;
    }
    return false;
}

/* Text with every ${name} replaced; @v is where it stands. */
static const char *
fill_text(struct expanding *x, const struct use *u, const struct value *v, const char *text)
{
    struct text t = text_new(x->p.arena);
    size_t from, len;

    while (next_reference(text, &from, &len)) {
        const char *name = arena_strndup(x->p.scratch, text + from + 2, len - 3);
        struct value is;

        text_add(&t, text, from);
        if (argument(x, u, name, &is) && (is.kind == VALUE_STRING || is.kind == VALUE_INT)) {
            if (is.kind == VALUE_STRING)
                text_add(&t, is.string, is.n);
            else
                text_int(&t, is.integer);
        } else {
            blame_fragment(x, u, v,
                           arena_printf(x->p.scratch, "\"%s\" is no text and stands in one", name));
        }
        text += from + len;
    }
    text_str(&t, text);
    return t.at;
}

/* A text that is one ${name} is what the parameter is, and gone when that was not given. */
static bool
fill_string(struct expanding *x, const struct use *u, const struct value *v, struct value *out)
{
    size_t from, len;

    *out = *v;
    out->line = line_of(u->origin, v->line);
    if (!next_reference(v->string, &from, &len))
        return true;
    if (from == 0 && len == v->n)
        return argument(x, u, arena_strndup(x->p.scratch, v->string + 2, len - 3), out);
    out->string = fill_text(x, u, v, v->string);
    out->n = (uint32_t)strlen(out->string);
    return true;
}

static bool
fill_array(struct expanding *x, const struct use *u, const struct value *v, struct value *out)
{
    struct value *item = arena_array(x->p.arena, v->n, struct value);

    *out = *v;
    out->line = line_of(u->origin, v->line);
    out->n = 0;
    out->item = item;
    for (uint32_t i = 0; i < v->n; i++)
        out->n += fragment_fill(x, u, &v->item[i], &item[out->n]);
    return true;
}

static bool
is_there(struct expanding *x, const struct use *u, const struct value *condition)
{
    struct value v;

    return !condition || condition->kind != VALUE_STRING ||
           (argument(x, u, condition->string, &v) && !(v.kind == VALUE_BOOL && !v.boolean));
}

bool
member_known(const struct growing *g, const char *name)
{
    for (uint32_t i = 0; i < g->n; i++)
        if (!strcmp(g->member[i].name, name))
            return true;
    return false;
}

void
member_push(struct expanding *x, struct growing *g, const char *name, struct value v)
{
    g->member = arena_grow(x->p.arena, g->member, g->n, sizeof(*g->member));
    g->member[g->n++] =
        (struct member){.name = name, .name_len = (uint32_t)strlen(name), .value = v};
}

/* What is included takes the place of members of the same name. */
static void
include(struct expanding *x, const struct use *u, const struct value *v, struct growing *g)
{
    struct value more;

    if (!fragment_fill(x, u, v, &more))
        return;
    if (more.kind != VALUE_OBJECT) {
        blame_fragment(x, u, v, "\"" FRAGMENT_INCLUDE "\" takes a parameter that is an object");
        return;
    }
    for (uint32_t i = 0; i < more.n; i++)
        member_push(x, g, more.member[i].name, more.member[i].value);
}

static bool
fill_object(struct expanding *x, const struct use *u, const struct value *v, struct value *out)
{
    struct growing g = {.n = 0}, included = {.n = 0};

    if (!is_there(x, u, value_get(v, FRAGMENT_IF)))
        return false;
    if (value_get(v, FRAGMENT_INCLUDE))
        include(x, u, value_get(v, FRAGMENT_INCLUDE), &included);
    for (uint32_t i = 0; i < v->n; i++) {
        const struct member *m = &v->member[i];
        struct value one;
        const char *name;

        if (!strcmp(m->name, FRAGMENT_IF) || !strcmp(m->name, FRAGMENT_INCLUDE))
            continue;
        name = fill_text(x, u, &m->value, m->name);
        if (member_known(&included, name) || !fragment_fill(x, u, &m->value, &one))
            continue;
        if (member_known(&g, name))
            blame_fragment(x, u, &m->value,
                           arena_printf(x->p.scratch, "\"%s\" stands here twice", name));
        member_push(x, &g, name, one);
    }
    for (uint32_t i = 0; i < included.n; i++)
        member_push(x, &g, included.member[i].name, included.member[i].value);
    *out = value_object(x->p.arena, g.member, g.n);
    out->line = line_of(u->origin, v->line);
    return true;
}

bool
fragment_fill(struct expanding *x, const struct use *u, const struct value *v, struct value *out)
{
    if (!count_value(x, u->at))
        return false;
    switch (v->kind) {
    case VALUE_STRING:
        return fill_string(x, u, v, out);
    case VALUE_ARRAY:
        return fill_array(x, u, v, out);
    case VALUE_OBJECT:
        return fill_object(x, u, v, out);
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_REAL:
        break;
    }
    *out = *v;
    out->line = line_of(u->origin, v->line);
    return true;
}
