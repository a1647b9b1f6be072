/* SPDX-License-Identifier: Apache-2.0 */
/* What the expressions of a workflow speak of, and with what they compare it. */
#include <string.h>

#include "machine/explore_inside.h"

static struct pool *
pool_of(struct topics *t, const char *path)
{
    for (uint32_t i = 0; i < t->n_pool; i++)
        if (!strcmp(t->pool[i].path, path))
            return &t->pool[i];
    t->pool = arena_grow(t->a, t->pool, t->n_pool, sizeof(*t->pool));
    t->pool[t->n_pool] = (struct pool){.path = arena_strdup(t->a, path)};
    return &t->pool[t->n_pool++];
}

const struct pool *
topics_pool(const struct topics *t, const char *path)
{
    for (uint32_t i = 0; i < t->n_pool; i++)
        if (!strcmp(t->pool[i].path, path))
            return &t->pool[i];
    return NULL;
}

static void
pool_add(struct topics *t, struct pool *p, struct value v)
{
    for (uint32_t i = 0; i < p->n; i++)
        if (value_equal(&p->item[i], &v))
            return;
    p->item = arena_grow(t->a, p->item, p->n, sizeof(*p->item));
    p->item[p->n++] = v;
}

static bool
is_plain(const struct value *v)
{
    return v->kind == VALUE_INT || v->kind == VALUE_STRING || v->kind == VALUE_BOOL;
}

/* The path of {"var": path} or {"var": [path, default]}; NULL when @v is something else. */
static const char *
var_path(const struct value *v)
{
    const struct value *var = v->kind == VALUE_OBJECT && v->n == 1 ? value_get(v, "var") : NULL;

    if (var && var->kind == VALUE_ARRAY && var->n)
        var = &var->item[0];
    return var && var->kind == VALUE_STRING ? var->string : NULL;
}

/* The operands of one operation: what stands beside a var is what it is compared with. */
static void
read_operands(struct topics *t, const struct value *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        const char *path = var_path(&list->item[i]);

        t->asks_day = t->asks_day || dates_one(&list->item[i]); /* a certain day */
        for (uint32_t k = 0; path && k < list->n; k++) {
            const struct value *other = &list->item[k];

            if (k != i && var_path(other))
                pool_of(t, path)->beside = true;
            if (is_plain(other))
                pool_add(t, pool_of(t, path), *other);
            for (uint32_t x = 0; other->kind == VALUE_ARRAY && x < other->n; x++)
                if (is_plain(&other->item[x]))
                    pool_add(t, pool_of(t, path), other->item[x]);
        }
    }
}

static bool
ends_with(const char *text, const char *tail)
{
    const size_t n = strlen(text), k = strlen(tail);

    return n >= k && !strcmp(text + n - k, tail);
}

static void
ask_step(struct topics *t, const char *path)
{
    t->asks_outcome = t->asks_outcome || ends_with(path, ".outcome");
    t->asks_by = t->asks_by || ends_with(path, ".by");
}

static void
read_topics(struct topics *t, const struct value *v)
{
    const char *path = var_path(v);
    const struct value *missing = value_get(v, "missing");

    if (path) {
        const struct value *var = value_get(v, "var");
        struct pool *p = pool_of(t, path);

        if (var->kind == VALUE_ARRAY && var->n > 1 && is_plain(&var->item[1]))
            pool_add(t, p, var->item[1]);
        t->asks_time = t->asks_time || !strcmp(path, "now") || !strcmp(path, "case.today");
        t->asks_day = t->asks_day || !strcmp(path, "case.opened");
        ask_step(t, path);
        t->asks_lane = t->asks_lane || !strcmp(path, "case.lane");
        return;
    }
    for (uint32_t i = 0; missing && missing->kind == VALUE_ARRAY && i < missing->n; i++)
        if (missing->item[i].kind == VALUE_STRING) {
            (void)pool_of(t, missing->item[i].string);
            ask_step(t, missing->item[i].string);
        }
    for (uint32_t i = 0; v->kind == VALUE_ARRAY && i < v->n; i++)
        read_topics(t, &v->item[i]);
    for (uint32_t i = 0; v->kind == VALUE_OBJECT && i < v->n; i++) {
        const struct member *m = &v->member[i];

        if (!strcmp(m->name, "input") || !strcmp(m->name, "form") || !strcmp(m->name, "data"))
            continue; /* schemas, and what is only told to others */
        if (m->value.kind == VALUE_ARRAY) {
            const int32_t reach = dates_reach(m->name, &m->value);

            t->far = reach > t->far ? reach : t->far;
            read_operands(t, &m->value);
        }
        read_topics(t, &m->value);
    }
}

/* Whether @v asks for @path. */
static bool
asks_for(const struct value *v, const char *path)
{
    const char *var = var_path(v);

    if (var)
        return !strcmp(var, path);
    for (uint32_t i = 0; i < v->n; i++)
        if ((v->kind == VALUE_ARRAY && asks_for(&v->item[i], path)) ||
            (v->kind == VALUE_OBJECT && asks_for(&v->member[i].value, path)))
            return true;
    return false;
}

/* What is counted on from what it was. */
static void
read_counters(struct topics *t, const struct value *v)
{
    const struct value *set = value_get(v, "set");

    for (uint32_t i = 0; set && set->kind == VALUE_OBJECT && i < set->n; i++)
        if (asks_for(&set->member[i].value, set->member[i].name))
            pool_of(t, set->member[i].name)->counts = true;
    for (uint32_t i = 0; v->kind == VALUE_ARRAY && i < v->n; i++)
        read_counters(t, &v->item[i]);
    for (uint32_t i = 0; v->kind == VALUE_OBJECT && i < v->n; i++)
        read_counters(t, &v->member[i].value);
}

/* Of what chooses a department each value is looked at, of a list also two at once. */
static void
read_choice(struct topics *t, const char *path)
{
    struct pool *p = pool_of(t, path);

    p->whole = true;
    p->wide = p->wide > 2 ? p->wide : 2;
}

static void
read_choices(const struct workflow *w, struct topics *t)
{
    for (uint16_t i = 0; i < w->n_step; i++) {
        const struct department_choice *choice = w->step[i].choice;
        const uint16_t each = w->region[w->step[i].region].each;

        if (choice && choice->step == i && each != NONE && !strncmp(choice->var, "each.", 5))
            read_choice(
                t, arena_printf(t->a, "form.%s", w->step[w->region[each].owner].foreach_field));
        else if (choice && choice->step == i)
            read_choice(t, choice->var);
    }
}

/* What is written from a var is compared where it was written to: {"set": {"case.x": {"var": …}}}.
 */
static void
read_copies(struct topics *t, const struct value *v)
{
    const struct value *set = value_get(v, "set");

    for (uint32_t i = 0; set && set->kind == VALUE_OBJECT && i < set->n; i++) {
        const char *from = var_path(&set->member[i].value);
        const struct pool *to = from ? topics_pool(t, set->member[i].name) : NULL;

        if (to && to->whole)
            read_choice(t, from);
        to = from ? topics_pool(t, set->member[i].name) : NULL;
        for (uint32_t k = 0; to && k < topics_pool(t, to->path)->n; k++)
            pool_add(t, pool_of(t, from), topics_pool(t, set->member[i].name)->item[k]);
    }
    for (uint32_t i = 0; v->kind == VALUE_ARRAY && i < v->n; i++)
        read_copies(t, &v->item[i]);
    for (uint32_t i = 0; v->kind == VALUE_OBJECT && i < v->n; i++)
        read_copies(t, &v->member[i].value);
}

/* Of lists whose elements vote or become child cases one and several are looked at. */
static void
read_lists(const struct workflow *w, struct topics *t)
{
    for (uint16_t i = 0; i < w->n_step; i++) {
        const struct ballot *b = w->step[i].ballot;
        const struct children *x = w->step[i].children;
        const char *field = b ? b->roll : x ? x->each : NULL;
        struct pool *p;

        if (!field)
            continue;
        p = pool_of(t, arena_printf(t->a, "form.%s", field));
        p->roll = b ? b : p->roll;
        p->wide = b && b->n_group > 2 ? b->n_group : 2;
    }
}

/* The gate alone leads nowhere else: where no promise is taken the material is handed in. */
static bool
asks_credit(const struct value *v)
{
    const char *path = var_path(v);
    bool yes = path && (!*path || !strcmp(path, "case") || !strcmp(path, "case.brokenPromises"));

    for (uint32_t i = 0; v->kind == VALUE_ARRAY && i < v->n && !yes; i++)
        yes = asks_credit(&v->item[i]);
    for (uint32_t i = 0; v->kind == VALUE_OBJECT && i < v->n && !yes; i++)
        yes = strcmp(v->member[i].name, "promise") != 0 && asks_credit(&v->member[i].value);
    return yes;
}

void
topics_read(const struct workflow *w, struct topics *out)
{
    struct value v;

    if (!value_read(out->a, w->text, w->text_len, &v))
        return;
    read_topics(out, &v);
    /* The conditions of tables stand in no text. */
    for (uint16_t i = 0; i < w->n_step; i++)
        for (uint16_t k = 0; w->step[i].table && k < w->step[i].n_arm; k++)
            if (w->step[i].arm[k].condition) {
                const struct value list = value_array(w->step[i].arm[k].condition, 1);

                read_topics(out, &list);
            }
    read_counters(out, &v);
    read_choices(w, out);
    for (int round = 0; round < 2; round++)
        read_copies(out, &v);
    read_lists(w, out);
    out->asks_credit = w->asks_credit && asks_credit(&v);
    materials_topics(w, out);
}
