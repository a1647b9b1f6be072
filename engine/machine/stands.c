/* SPDX-License-Identifier: Apache-2.0 */
/* K6: which steps drive a clock, whether it stands by what they say, and who holds it. */
#include "machine/stands.h"

#include <string.h>

#include "machine/names.h"

const char elsewhere[] = "elsewhere";

bool
clock_driven_by(const struct workflow *w, const struct case_state *c, const struct case_clock *k,
                const struct visit *v)
{
    const struct step *s = &w->step[v->step];

    if (s->kind == STEP_STAGE || s->kind == STEP_PARALLEL || !case_visit_inside(c, v, k->visit))
        return false;
    if (k->department && strcmp(k->department, visit_holder(w, v)) != 0)
        return false;
    return rule_driven_by(w, &w->clock[k->rule], s);
}

/* Whether @x is an optional step that was started beside @v. */
static bool
is_beside(const struct workflow *w, const struct visit *x, const struct visit *v)
{
    return x && x != v && w->step[x->step].optional && x->parent == v->parent &&
           w->step[x->step].region == w->step[v->step].region &&
           same_element(x->element, v->element);
}

/*
 * Whether @v stands by @s, or the case where it is NULL.  What an optional step declares holds for
 * what is beside it and not for its own work.
 */
static bool
is_held(const struct workflow *w, const struct case_state *c, const struct stop *s,
        const struct visit *v)
{
    const struct visit *x = case_visit(c, s->visit);

    if (v && s->declared && x && w->step[x->step].optional)
        return is_beside(w, x, v);
    return s->visit == (v ? v->id : 0);
}

bool
stop_holds(const struct workflow *w, const struct case_state *c, const struct stop *s,
           const struct visit *v)
{
    while (v && !is_held(w, c, s, v))
        v = case_visit(c, v->parent);
    return is_held(w, c, s, v);
}

/* The stop that makes @v stand, its own, that of a step around it or of the case; NULL: it runs. */
static const struct stop *
standing(const struct workflow *w, const struct case_state *c, const struct visit *v)
{
    for (;; v = case_visit(c, v->parent)) {
        for (uint32_t i = 0; i < c->n_stop; i++)
            if (c->stop[i].to == INSTANT_NONE && is_held(w, c, &c->stop[i], v))
                return &c->stop[i];
        if (!v)
            return NULL;
    }
}

bool
case_stands(const struct workflow *w, const struct case_state *c)
{
    const struct case_clock *k = c->phase == PHASE_OPEN ? case_leading_clock(w, c) : NULL;

    if (k || c->phase != PHASE_OPEN)
        return k && case_clock_stands(k);
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (step_is_leaf(&w->step[c->visit[i].step]) && !standing(w, c, &c->visit[i]))
            return false;
    return true;
}

/* Whether what @v says is asked: where the lead's steps decide, theirs alone. */
static bool
is_asked(const struct workflow *w, const struct case_state *c, const struct case_clock *k,
         const struct visit *v)
{
    return clock_driven_by(w, c, k, v) && (w->clock[k->rule].stops_when != STOPS_WHEN_LEAD ||
                                           !strcmp(visit_department(w, v), w->lead));
}

/* What @k stands by, given what its steps say: the ground of the oldest stop; NULL: it runs. */
static const char *
stands_by(const struct workflow *w, const struct case_state *c, const struct case_clock *k)
{
    const enum stops_when when = w->clock[k->rule].stops_when;
    const struct stop *first = NULL;
    uint32_t n_active = 0, n_standing = 0;

    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct stop *s;

        if (!is_asked(w, c, k, &c->visit[i]))
            continue;
        n_active++;
        s = standing(w, c, &c->visit[i]);
        if (!s)
            continue;
        n_standing++;
        if (!first || s->number < first->number)
            first = s;
    }
    if (k->department && n_active == 0)
        return elsewhere;
    if (when == STOPS_WHEN_ANY ? n_standing > 0 : n_active > 0 && n_standing == n_active)
        return w->ground[first->ground].id;
    return NULL;
}

void
clock_stand_from(struct case_clock *k, const char *ground, instant at, struct arena *a)
{
    struct stand *stand = arena_array(a, k->n_stand + 1, struct stand);

    for (uint32_t i = 0; i < k->n_stand; i++)
        stand[i] = k->stand[i];
    if (k->n_stand && stand[k->n_stand - 1].to == INSTANT_NONE) {
        stand[k->n_stand - 1].to = at;
        if (stand[k->n_stand - 1].from == at)
            k->n_stand--;
    }
    if (ground && k->n_stand && stand[k->n_stand - 1].to == at &&
        !strcmp(stand[k->n_stand - 1].ground, ground))
        stand[k->n_stand - 1].to = INSTANT_NONE; /* from one step to the next: one interval */
    else if (ground)
        stand[k->n_stand++] = (struct stand){.from = at, .to = INSTANT_NONE, .ground = ground};
    k->stand = stand;
    k->moved = true;
}

void
clock_cut(struct case_clock *k, instant at, struct arena *a)
{
    struct stand *stand = arena_array(a, k->n_stand, struct stand);
    uint32_t n = 0;

    for (uint32_t i = 0; i < k->n_stand; i++) {
        stand[n] = k->stand[i];
        if (stand[n].to == INSTANT_NONE || stand[n].to > at)
            stand[n].to = at;
        n += stand[n].from < stand[n].to;
    }
    k->stand = stand;
    k->n_stand = n;
}

bool
clock_same_course(const struct case_clock *x, const struct case_clock *y)
{
    if (x->n_stand != y->n_stand)
        return false;
    for (uint32_t i = 0; i < x->n_stand; i++)
        if (x->stand[i].from != y->stand[i].from || x->stand[i].to != y->stand[i].to ||
            strcmp(x->stand[i].ground, y->stand[i].ground) != 0)
            return false;
    return true;
}

void
clock_restand(const struct workflow *w, const struct case_state *c, struct case_clock *k,
              instant at, struct arena *a)
{
    const char *ground = stands_by(w, c, k);
    const char *was = case_clock_stands(k) ? k->stand[k->n_stand - 1].ground : NULL;

    if (ground != was && (!ground || !was || strcmp(ground, was) != 0))
        clock_stand_from(k, ground, at, a);
}

void
clocks_restand(const struct workflow *w, struct case_state *c, instant at, struct arena *a)
{
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (c->clock[i].verdict == VERDICT_OPEN)
            clock_restand(w, c, &c->clock[i], at, a);
}

const char *
visit_holder(const struct workflow *w, const struct visit *v)
{
    const struct step *s = &w->step[v->step];

    if (s->kind != STEP_TASK || s->by == ACTOR_ROLE)
        return visit_department(w, v);
    if (s->by == ACTOR_SYSTEM)
        return v->department || s->department ? visit_department(w, v) : s->role;
    return s->by == ACTOR_APPLICANT ? "applicant" : "public";
}

static void
insert_name(const char **name, uint32_t *n, const char *one)
{
    uint32_t at = *n;

    for (uint32_t i = 0; i < *n; i++)
        if (!strcmp(name[i], one))
            return;
    for (; at > 0 && strcmp(name[at - 1], one) > 0; at--)
        name[at] = name[at - 1];
    name[at] = one;
    ++*n;
}

uint32_t
clock_holders(const struct workflow *w, const struct case_state *c, const struct case_clock *k,
              const char **out)
{
    const bool stands = case_clock_stands(k);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];
        const struct stop *stop = stands && is_asked(w, c, k, v) ? standing(w, c, v) : NULL;

        if (stop && !case_visit_inside(c, v, stop->visit)) /* who is at work beside it */
            v = case_visit(c, stop->visit);
        if (stands ? stop != NULL : clock_driven_by(w, c, k, v))
            insert_name(out, &n, visit_holder(w, v));
    }
    return n;
}
