/* SPDX-License-Identifier: Apache-2.0 */
/* The wrong click taken back. */
#include "machine/annul.h"

#include <string.h>

#include "base/require.h"
#include "machine/notes.h"
#include "machine/paths.h"

/* A list of notes that grows. */
struct notes {
    struct value *item;
    size_t n;
};

static void
push(struct arena *a, struct notes *l, struct value v)
{
    l->item = arena_grow(a, l->item, l->n, sizeof(*l->item));
    l->item[l->n++] = v;
}

static bool
impossible(struct error *e, const char *why)
{
    return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "%s", why);
}

static const struct branch *
find_branch(const struct case_state *c, const struct branch *like)
{
    for (uint32_t i = 0; i < c->n_branch; i++)
        if (c->branch[i].parent == like->parent && c->branch[i].region == like->region)
            return &c->branch[i];
    return NULL;
}

static const struct stop *
find_stop(const struct case_state *c, int32_t number)
{
    for (uint32_t i = 0; i < c->n_stop; i++)
        if (c->stop[i].number == number)
            return &c->stop[i];
    return NULL;
}

/* Visits the record opened must be untouched; those it left come back. */
static bool
plan_visits(const struct workflow *w, const struct case_state *c, const struct case_state *before,
            const struct case_state *after, struct arena *a, struct notes *back, struct notes *gone,
            struct error *e)
{
    for (uint32_t i = 0; i < after->n_visit; i++) {
        const struct visit *v = &after->visit[i], *now = case_visit(c, v->id);

        if (case_visit(before, v->id))
            continue;
        if (!now || now->revision != v->revision)
            return impossible(e, "what the action opened has been acted on since");
        push(a, gone, value_int(v->id));
    }
    for (uint32_t i = 0; i < before->n_visit; i++) {
        const struct visit *v = &before->visit[i];

        if (case_visit(after, v->id))
            continue;
        if (v->parent && !case_visit(c, v->parent) && case_visit(after, v->parent))
            return impossible(e, "the step around it has been left since");
        push(a, back, note_visit(a, w, v));
    }
    return true;
}

static void
plan_branches(const struct workflow *w, const struct case_state *before,
              const struct case_state *after, struct arena *a, struct notes *back)
{
    for (uint32_t i = 0; i < before->n_branch; i++) {
        const struct branch *b = &before->branch[i], *then = find_branch(after, b);

        if (!then || (then->outcome && !b->outcome))
            push(a, back, note_branch(a, w, b));
    }
}

static void
plan_stops(const struct workflow *w, const struct case_state *before,
           const struct case_state *after, struct arena *a, struct notes *back)
{
    for (uint32_t i = 0; i < before->n_stop; i++)
        if (!find_stop(after, before->stop[i].number))
            push(a, back, note_stop(a, w, &before->stop[i]));
}

static bool
plan_clocks(const struct workflow *w, const struct case_state *c, const struct case_state *before,
            const struct case_state *after, struct arena *a, struct notes *back, struct notes *gone,
            struct error *e)
{
    for (uint32_t i = 0; i < after->n_clock; i++)
        if (!case_clock(before, after->clock[i].id))
            push(a, gone, value_int(after->clock[i].id));
    for (uint32_t i = 0; i < before->n_clock; i++) {
        const struct case_clock *k = &before->clock[i], *then = case_clock(after, k->id);

        if (k->verdict != VERDICT_OPEN || (then && then->verdict == VERDICT_OPEN))
            continue;
        if (k->visit == 0 && c->last_stop != after->last_stop)
            return impossible(e, "clocks were stopped since it ended one of the case");
        push(a, back, note_clock(a, w, k));
    }
    return true;
}

/* What `step` said of the steps that were left or entered. */
static struct value
plan_steps(const struct workflow *w, const struct case_state *before,
           const struct case_state *after, struct arena *a)
{
    struct member *m = arena_array(a, w->n_step + w->n_region, struct member);
    size_t n = 0;

    for (uint32_t i = 0; i < w->n_step + w->n_region; i++) {
        const char *path = i < w->n_step ? w->step[i].path : w->region[i - w->n_step].path;
        const struct value *was = path_get(&before->steps, path);
        const struct value *then = path_get(&after->steps, path);
        struct value v = was ? *was : value_object(a, NULL, 0);

        /* Only the innermost: what surrounds it differs because it does. */
        if (!then || (was && value_equal(was, then)) || !path[0])
            continue;
        if (i < w->n_step ? w->step[i].n_region != 0 : w->region[i - w->n_step].owner == NONE)
            continue;
        m[n++] = (struct member){.name = path, .name_len = (uint32_t)strlen(path), .value = v};
    }
    return value_object(a, m, n);
}

static struct value
plan_marks(const struct workflow *w, const struct case_state *before,
           const struct case_state *after, struct arena *a)
{
    struct notes unset = {0};

    for (uint16_t i = 0; i < w->n_mark; i++)
        if (before->mark[i] == INSTANT_NONE && after->mark[i] != INSTANT_NONE)
            push(a, &unset, value_borrow(w->mark[i]));
    return value_array(unset.item, unset.n);
}

bool
annul_plan(const struct workflow *w, const struct case_state *c, const struct case_state *before,
           const struct case_state *after, struct arena *a, struct value *plan, struct error *e)
{
    struct notes visits = {0}, gone = {0}, branches = {0}, stops = {0}, clocks = {0}, ended = {0};
    struct note o = {.n = 0};

    if (after->last_message != before->last_message)
        return impossible(e, "a message has left the house with it");
    if (!value_equal(&c->form, &after->form) || !value_equal(&c->vars, &after->vars))
        return impossible(e, "what it wrote has been changed since");
    if (!plan_visits(w, c, before, after, a, &visits, &gone, e) ||
        !plan_clocks(w, c, before, after, a, &clocks, &ended, e))
        return false;
    plan_branches(w, before, after, a, &branches);
    plan_stops(w, before, after, a, &stops);
    note_add(&o, "branches", value_array(branches.item, branches.n));
    note_add(&o, "clocks", value_array(clocks.item, clocks.n));
    note_add(&o, "clocksGone", value_array(ended.item, ended.n));
    note_add(&o, "form", before->form);
    note_add(&o, "marks", plan_marks(w, before, after, a));
    note_add(&o, "steps", plan_steps(w, before, after, a));
    note_add(&o, "stops", value_array(stops.item, stops.n));
    note_add(&o, "vars", before->vars);
    note_add(&o, "visits", value_array(visits.item, visits.n));
    note_add(&o, "visitsGone", value_array(gone.item, gone.n));
    *plan = note_done(a, &o);
    return true;
}

static bool
listed(const struct value *list, int64_t n)
{
    for (uint32_t i = 0; list && i < list->n; i++)
        if (list->item[i].kind == VALUE_INT && list->item[i].integer == n)
            return true;
    return false;
}

static uint32_t
length(const struct value *list)
{
    return list && list->kind == VALUE_ARRAY ? list->n : 0;
}

/* Keeps the order of ids: visits and stops are looked at in the order of entering. */
static void
restore_visits(const struct workflow *w, struct case_state *c, const struct value *back,
               const struct value *gone, struct arena *a)
{
    struct visit *all = arena_array(a, c->n_visit + length(back), struct visit);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_visit; i++)
        if (!listed(gone, c->visit[i].id))
            all[n++] = c->visit[i];
    for (uint32_t i = 0; i < length(back); i++) {
        struct visit v;
        uint32_t at = n++;

        require(read_visit(a, w, &back->item[i], &v));
        v.revision = c->revision;
        for (; at > 0 && all[at - 1].id > v.id; at--)
            all[at] = all[at - 1];
        all[at] = v;
    }
    c->visit = all;
    c->n_visit = n;
}

static void
restore_stops(const struct workflow *w, struct case_state *c, const struct value *back,
              const struct value *gone, struct arena *a)
{
    struct stop *all = arena_array(a, c->n_stop + length(back), struct stop);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_stop; i++)
        if (!listed(gone, c->stop[i].visit))
            all[n++] = c->stop[i];
    for (uint32_t i = 0; i < length(back); i++)
        require(read_stop(w, &back->item[i], &all[n++]));
    c->stop = all;
    c->n_stop = n;
}

static void
restore_clocks(const struct workflow *w, struct case_state *c, const struct value *back,
               const struct value *gone, struct arena *a)
{
    struct case_clock *all = arena_array(a, c->n_clock + length(back), struct case_clock);
    uint32_t n = 0;

    for (uint32_t i = 0; i < length(back); i++) {
        require(read_clock(a, w, &back->item[i], &all[n]));
        all[n++].moved = true;
    }
    for (uint32_t i = 0; i < c->n_clock; i++) {
        bool replaced = listed(gone, c->clock[i].id);

        for (uint32_t j = 0; j < length(back); j++)
            replaced = replaced || all[j].id == c->clock[i].id;
        if (!replaced)
            all[n++] = c->clock[i];
    }
    c->clock = all;
    c->n_clock = n;
}

static void
restore_branches(const struct workflow *w, struct case_state *c, const struct value *back,
                 const struct value *gone, struct arena *a)
{
    struct branch *all = arena_array(a, c->n_branch + length(back), struct branch);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_branch; i++)
        if (!listed(gone, c->branch[i].parent))
            all[n++] = c->branch[i];
    for (uint32_t i = 0; i < length(back); i++) {
        struct branch b;
        uint32_t at = 0;

        require(read_branch(w, &back->item[i], &b));
        while (at < n && (all[at].parent != b.parent || all[at].region != b.region))
            at++;
        n += at == n;
        all[at] = b;
    }
    c->branch = all;
    c->n_branch = n;
}

void
annul_restore(const struct workflow *w, struct case_state *c, const struct value *plan, instant at,
              struct arena *a)
{
    const struct value *gone = value_get(plan, "visitsGone"), *steps = value_get(plan, "steps");
    const struct value *marks = value_get(plan, "marks"), *v;
    instant *mark = arena_copy(a, c->mark, w->n_mark * sizeof(*mark));

    (void)at;
    restore_branches(w, c, value_get(plan, "branches"), gone, a);
    restore_stops(w, c, value_get(plan, "stops"), gone, a);
    restore_clocks(w, c, value_get(plan, "clocks"), value_get(plan, "clocksGone"), a);
    restore_visits(w, c, value_get(plan, "visits"), gone, a);
    for (uint32_t i = 0; i < length(marks); i++) {
        const uint16_t m = workflow_mark(w, marks->item[i].string);

        require(m != NONE);
        mark[m] = INSTANT_NONE;
    }
    c->mark = mark;
    for (uint32_t i = 0; steps && i < steps->n; i++)
        c->steps = path_with(a, &c->steps, steps->member[i].name, steps->member[i].value);
    if ((v = value_get(plan, "form")))
        c->form = *v;
    if ((v = value_get(plan, "vars")))
        c->vars = *v;
    c->phase = PHASE_OPEN;
    c->outcome = NULL;
}
