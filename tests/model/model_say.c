/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions, straight from their JSON. */
#include <string.h>

#include "tests/model/model_inside.h"

static struct value value_of(struct model *m, const struct value *x);

static struct value
fail_with(struct model *m)
{
    m->failed = true;
    return value_null();
}

struct note *
model_note(struct model *m, const char *path)
{
    for (uint32_t i = 0; i < m->n_note; i++)
        if (!strcmp(m->note[i].path, path))
            return &m->note[i];
    m->note = arena_grow(m->a, m->note, m->n_note, sizeof(*m->note));
    m->note[m->n_note] = (struct note){.path = path};
    return &m->note[m->n_note++];
}

/* The branch of a list that @room is in; NULL. */
static const struct room *
branch_of_list(const struct room *room)
{
    while (room && !room->each)
        room = room->around ? room->around->room : NULL;
    return room;
}

/* What the definition calls by its own words stands in this very branch. */
static const char *
in_this_branch(struct model *m, const char *path)
{
    const struct room *r = branch_of_list(m->here);
    const size_t len = r ? strlen(r->written) : 0;

    if (!r || strncmp(path, r->written, len) != 0 || path[len] != '.')
        return path;
    return arena_printf(m->a, "%s%s", r->path, path + len);
}

/* "step.a.b.visits": the words after the last dot are said of the path before it. */
static struct value
said_of_step(struct model *m, const char *written)
{
    const char *path = in_this_branch(m, written);
    const char *last = strrchr(path, '.');
    const char *of = arena_strndup(m->a, path, (size_t)(last - path));

    for (uint32_t i = 0; i < m->n_note; i++) {
        const struct note *n = &m->note[i];

        if (strcmp(n->path, of) != 0)
            continue;
        if (!strcmp(last, ".visits"))
            return n->visits ? value_int(n->visits) : value_null();
        if (!strcmp(last, ".by"))
            return n->by ? value_borrow(n->by) : value_null();
        return n->outcome ? value_borrow(n->outcome) : value_null();
    }
    return value_null();
}

/* 24:00 is still the day that ends with it. */
static struct value
today(struct model *m)
{
    char text[DAY_TEXT];

    return value_string(m->a, day_write(instant_day(m->now - 1), text));
}

struct value
model_look_up(struct model *m, const char *path)
{
    const struct value *v = NULL;

    if (!strncmp(path, "form.", 5))
        v = value_get(&m->form, path + 5);
    else if (!strncmp(path, "input.", 6))
        v = value_get(m->input, path + 6);
    else if (!strcmp(path, "case.today"))
        return today(m);
    else if (!strcmp(path, "case.owed"))
        return value_int(model_owed(m));
    else if (!strcmp(path, "case.lane"))
        return value_borrow(m->lane);
    else if (!strcmp(path, "case.applicantKind"))
        return value_borrow(m->kind);
    else if (!strncmp(path, "case.", 5))
        v = value_get(&m->vars, path + 5);
    else if (!strncmp(path, "step.", 5))
        return said_of_step(m, path + 5);
    else if (!strncmp(path, "tally.", 6))
        v = value_get(m->tally, path + 6);
    else if (!strncmp(path, "each.", 5) && m->given && value_get(m->given, path + 5))
        v = value_get(m->given, path + 5);
    else if (!strncmp(path, "each.", 5))
        return branch_of_list(m->here) ? *branch_of_list(m->here)->each : value_null();
    else if (!strcmp(path, "actor.id"))
        return m->actor ? value_borrow(m->actor) : value_null();
    return v ? *v : value_null();
}

static struct value
var_of(struct model *m, const struct value *v)
{
    const bool list = v->kind == VALUE_ARRAY;
    struct value got = model_look_up(m, list ? v->item[0].string : v->string);

    if (got.kind == VALUE_NULL)
        return list && v->n > 1 ? v->item[1] : fail_with(m);
    return got;
}

static struct value
missing_of(struct model *m, const struct value *list)
{
    struct value *out = arena_array(m->a, list->n, struct value);
    size_t n = 0;

    for (uint32_t i = 0; i < list->n; i++)
        if (model_look_up(m, list->item[i].string).kind == VALUE_NULL)
            out[n++] = list->item[i];
    return value_array(out, n);
}

/* and, or, if: no further than needed. */
static struct value
lazily(struct model *m, const char *name, const struct value *list)
{
    const bool all = !strcmp(name, "and");

    if (!strcmp(name, "if")) {
        const struct value c = value_of(m, &list->item[0]);

        return m->failed ? c : value_of(m, &list->item[c.boolean ? 1 : 2]);
    }
    for (uint32_t i = 0; i < list->n && !m->failed; i++) {
        const struct value one = value_of(m, &list->item[i]);

        if (one.kind != VALUE_BOOL)
            return fail_with(m);
        if (one.boolean != all)
            return one;
    }
    return value_bool(all);
}

static struct value
compare(struct model *m, const char *name, const struct value *a, const struct value *b)
{
    int64_t n;

    if (!strcmp(name, "==="))
        return value_bool(value_equal(a, b));
    if (!strcmp(name, "!=="))
        return value_bool(!value_equal(a, b));
    if (a->kind != VALUE_INT || b->kind != VALUE_INT)
        return fail_with(m);
    if (!strcmp(name, "<"))
        return value_bool(a->integer < b->integer);
    if (!strcmp(name, "<="))
        return value_bool(a->integer <= b->integer);
    if (!strcmp(name, ">"))
        return value_bool(a->integer > b->integer);
    if (!strcmp(name, ">="))
        return value_bool(a->integer >= b->integer);
    if (!strcmp(name, "+")   ? __builtin_add_overflow(a->integer, b->integer, &n)
        : !strcmp(name, "*") ? __builtin_mul_overflow(a->integer, b->integer, &n)
                             : __builtin_sub_overflow(a->integer, b->integer, &n))
        return fail_with(m);
    return value_int(n);
}

static struct value
one_of(const struct value *v, const struct value *list)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (value_equal(v, &list->item[i]))
            return value_bool(true);
    return value_bool(false);
}

static struct value
value_of(struct model *m, const struct value *x)
{
    const struct value *list;
    const char *name;
    struct value a, b;

    if (x->kind != VALUE_OBJECT || m->failed)
        return *x;
    name = x->member[0].name;
    list = &x->member[0].value;
    if (!strcmp(name, "var"))
        return var_of(m, list);
    if (!strcmp(name, "missing"))
        return missing_of(m, list);
    if (!strcmp(name, "and") || !strcmp(name, "or") || !strcmp(name, "if"))
        return lazily(m, name, list);
    a = value_of(m, list->kind == VALUE_ARRAY ? &list->item[0] : list);
    if (m->failed)
        return a;
    if (!strcmp(name, "!"))
        return a.kind == VALUE_BOOL ? value_bool(!a.boolean) : fail_with(m);
    b = value_of(m, &list->item[1]);
    if (m->failed)
        return b;
    return !strcmp(name, "in") ? one_of(&a, &b) : compare(m, name, &a, &b);
}

/* What was done is done as it was: what was asked then is answered as it was answered then. */
struct value
model_as_then(struct model *m, struct value now)
{
    if (m->redone && m->n_said == m->n_as_said)
        return fail_with(m);
    if (m->redone)
        now = m->as_said[m->n_said];
    m->said = arena_grow(m->a, m->said, m->n_said, sizeof(*m->said));
    m->said[m->n_said++] = now;
    return now;
}

struct value
model_value(struct model *m, const struct value *x)
{
    return model_as_then(m, m->redone ? value_null() : value_of(m, x));
}

struct value
model_value_now(struct model *m, const struct value *x)
{
    return value_of(m, x);
}

static bool
is_true(struct model *m, struct value v)
{
    if (v.kind != VALUE_BOOL)
        m->failed = true;
    return !m->failed && v.boolean;
}

bool
model_holds(struct model *m, const struct value *x)
{
    return x ? is_true(m, model_value(m, x)) : !m->failed;
}

bool
model_holds_now(struct model *m, const struct value *x)
{
    return x ? is_true(m, value_of(m, x)) : !m->failed;
}
