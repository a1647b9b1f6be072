/* SPDX-License-Identifier: Apache-2.0 */
/* What is prepared, in the state: applied, told from damage, as JSON and back. */
#include "machine/prepare.h"

#include <string.h>

#include "machine/names.h"

bool
prepared_alike(const struct preparation *x, const struct preparation *y)
{
    return x->step == y->step && x->parent == y->parent && same_element(x->element, y->element);
}

const struct preparation *
prepared_like(const struct case_state *c, const struct preparation *x)
{
    for (uint32_t i = 0; i < c->n_prepared; i++)
        if (prepared_alike(&c->prepared[i], x))
            return &c->prepared[i];
    return NULL;
}

static void
put_prepared(struct case_state *c, const struct preparation *p, struct arena *a)
{
    struct preparation *all = arena_array(a, c->n_prepared + 1, struct preparation);
    uint32_t at = 0;

    if (c->n_prepared)
        memcpy(all, c->prepared, c->n_prepared * sizeof(*all));
    while (at < c->n_prepared && !prepared_alike(&all[at], p))
        at++;
    all[at] = *p;
    c->n_prepared += at == c->n_prepared;
    c->prepared = all;
}

void
apply_prepared(struct case_state *c, const struct fact *f, instant at, struct arena *a)
{
    const struct preparation one = {.step = f->step,
                                    .parent = f->number,
                                    .element = f->element,
                                    .action = f->name,
                                    .by = f->detail,
                                    .document = f->ref,
                                    .input = f->value,
                                    .at = at};
    uint32_t n = 0;

    if (f->kind == FACT_PREPARED) {
        put_prepared(c, &one, a);
        return;
    }
    for (uint32_t i = 0; i < c->n_prepared; i++)
        if (!prepared_alike(&c->prepared[i], &one))
            c->prepared[n++] = c->prepared[i];
    c->n_prepared = n;
}

/* Whether the instance of the region is there, and nothing else is wrong with @p. */
static bool
fits(const struct workflow *w, const struct case_state *c, const struct preparation *p)
{
    const struct step *s = &w->step[p->step];

    if (!s->prepare || !p->action || !step_action(s, p->action) || !p->by)
        return false;
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (prepared_around(w, c, p, &c->visit[i]))
            return true;
    return false;
}

bool
prepared_fits(const struct workflow *w, const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_prepared; i++)
        if (!fits(w, c, &c->prepared[i]) || prepared_like(c, &c->prepared[i]) != &c->prepared[i])
            return false;
    return true;
}

bool
prepared_fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const struct preparation p = {.step = f->step,
                                  .parent = f->number,
                                  .element = f->element,
                                  .action = f->name,
                                  .by = f->detail};

    if (f->kind == FACT_PREPARED)
        return fits(w, c, &p);
    return f->name && prepared_like(c, &p);
}

struct value
note_preparation(struct arena *a, const struct workflow *w, const struct preparation *p)
{
    struct note o = {.n = 0};

    note_string(&o, "action", p->action);
    note_add(&o, "at", value_int(p->at));
    note_string(&o, "by", p->by);
    note_string(&o, "document", p->document);
    note_string(&o, "element", p->element);
    note_int(&o, "in", p->parent, 0);
    if (p->input.kind != VALUE_NULL)
        note_add(&o, "input", p->input);
    note_add(&o, "step", value_borrow(w->step[p->step].path));
    return note_done(a, &o);
}

static bool
read_preparation(const struct workflow *w, const struct value *n, struct preparation *p)
{
    const struct value *input = value_get(n, "input");
    bool ok = true;

    *p = (struct preparation){.step = read_index(w, workflow_step, n, "step", &ok),
                              .parent = read_small(n, "in", 0, &ok),
                              .element = value_get_string(n, "element"),
                              .action = value_get_string(n, "action"),
                              .by = value_get_string(n, "by"),
                              .document = value_get_string(n, "document"),
                              .input = input ? *input : value_null(),
                              .at = read_instant(n, "at", INSTANT_NONE, &ok)};
    return ok && w->step[p->step].prepare && p->action && p->by && p->at != INSTANT_NONE;
}

bool
read_prepared(struct arena *a, const struct workflow *w, const struct value *list,
              struct case_state *c)
{
    const uint32_t most = list && list->kind == VALUE_ARRAY ? list->n : 0;

    c->prepared = arena_array(a, most, struct preparation);
    for (c->n_prepared = 0; c->n_prepared < most; c->n_prepared++)
        if (!read_preparation(w, &list->item[c->n_prepared], &c->prepared[c->n_prepared]))
            return false;
    return true;
}

struct value
prepared_gone(struct arena *a, const struct workflow *w, const struct case_state *before,
              const struct case_state *after)
{
    struct value *item = arena_array(a, before->n_prepared, struct value);
    uint32_t n = 0;

    for (uint32_t i = 0; i < before->n_prepared; i++)
        if (!prepared_like(after, &before->prepared[i]))
            item[n++] = note_preparation(a, w, &before->prepared[i]);
    return value_array(item, n);
}

void
restore_prepared(const struct workflow *w, struct case_state *c, const struct value *notes,
                 struct arena *a)
{
    struct case_state back = {.n_prepared = 0};

    if (!read_prepared(a, w, notes, &back))
        return;
    for (uint32_t i = 0; i < back.n_prepared; i++)
        if (!prepared_like(c, &back.prepared[i]))
            put_prepared(c, &back.prepared[i], a);
}
