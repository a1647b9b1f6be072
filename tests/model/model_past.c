/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was: every stay and every stop, so that what is learned late counts from
 * when it happened.  The clocks that run are then counted afresh, one moment
 * after the other at which something began or ended.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/model/model_inside.h"

void
model_remember(struct model *m, const struct stay *s)
{
    m->past = arena_grow(m->a, m->past, m->n_past, sizeof(*m->past));
    m->past[m->n_past++] = (struct past){.number = s->number,
                                         .around = s->room->around ? s->room->around->number : 0,
                                         .def = s->def,
                                         .id = s->id,
                                         .path = s->path,
                                         .room = s->room->path,
                                         .holder = model_holder(m, s),
                                         .department = model_department(m, s),
                                         .entered = m->now,
                                         .left = INSTANT_NONE};
}

void
model_halted(struct model *m, int32_t stay, int32_t number, bool declared)
{
    m->halt = arena_grow(m->a, m->halt, m->n_halt, sizeof(*m->halt));
    m->halt[m->n_halt++] = (struct halt){
        .number = number, .stay = stay, .declared = declared, .from = m->now, .to = INSTANT_NONE};
}

void
model_resumed(struct model *m, int32_t number)
{
    for (uint32_t i = 0; i < m->n_halt; i++)
        if (m->halt[i].number == number)
            m->halt[i].to = m->now;
}

struct past *
model_past(const struct model *m, int32_t number)
{
    for (uint32_t i = m->n_past; i-- > 0;)
        if (m->past[i].number == number)
            return &m->past[i];
    return NULL;
}

void
model_is_past(struct model *m, const struct stay *s)
{
    struct past *p = model_past(m, s->number);

    p->left = m->now;
    p->silent = m->silent;
    for (uint32_t i = 0; i < m->n_halt; i++)
        if (m->halt[i].stay == s->number && m->halt[i].to == INSTANT_NONE)
            m->halt[i].to = m->now;
}

/* What is learned late is met by what is known to have happened in the branches since. */
void
model_not_before(struct model *m, const struct stay *s)
{
    for (uint32_t i = 0; i < m->n_past; i++) {
        const struct past *p = &m->past[i], *q = p;

        while (q && q->around != s->number)
            q = q->around ? model_past(m, q->around) : NULL;
        if (q && p->entered > m->now)
            m->now = p->entered;
        if (q && p->left > m->now)
            m->now = p->left;
    }
    if (m->recorded != INSTANT_NONE)
        model_count_again(m);
}

static bool
lasts(instant from, instant to, instant t)
{
    return from <= t && (to == INSTANT_NONE || to > t);
}

static bool
is_optional(const struct past *p)
{
    return value_get(p->def, "optional") != NULL;
}

/* Whether @h makes @p stand, as it is or from beside. */
static bool
holds(const struct model *m, const struct halt *h, const struct past *p)
{
    const struct past *of = model_past(m, h->stay);

    if (!h->stay)
        return true; /* the whole case stands */
    if (!h->declared || !is_optional(of))
        return of == p;
    return of != p && of->around == p->around && !strcmp(of->room, p->room);
}

static bool
stood(const struct model *m, const struct past *p, instant t)
{
    for (; p; p = p->around ? model_past(m, p->around) : NULL)
        for (uint32_t i = 0; i < m->n_halt; i++)
            if (lasts(m->halt[i].from, m->halt[i].to, t) && holds(m, &m->halt[i], p))
                return true;
    return false;
}

/* Whether what @p did counts for @w. */
static bool
drove(const struct model *m, const struct past *p, const struct watch *w)
{
    const struct past *q = p;

    if (model_has_rooms_by(p->def) || (w->department && strcmp(w->department, p->holder) != 0) ||
        (w->lead && strcmp(p->department, value_get_string(m->def, "lead")) != 0))
        return false;
    while (q && (!w->scope || q->number != w->scope->number)) {
        if (is_optional(q))
            return false;
        q = q->around ? model_past(m, q->around) : NULL;
    }
    return !w->scope || q;
}

static bool
stood_at(const struct model *m, const struct watch *w, instant t)
{
    uint32_t leaves = 0, standing = 0;

    for (uint32_t i = 0; i < m->n_past; i++) {
        const struct past *p = &m->past[i];

        if (!lasts(p->entered, p->left, t) || !drove(m, p, w))
            continue;
        leaves++;
        standing += stood(m, p, t);
    }
    if (w->department && !leaves)
        return true;
    return w->any ? standing > 0 : leaves > 0 && standing == leaves;
}

static int
by_time(const void *a, const void *b)
{
    const instant x = *(const instant *)a, y = *(const instant *)b;

    return x < y ? -1 : x > y;
}

static void
count_again(struct model *m, struct watch *w, const instant *at, uint32_t n)
{
    struct spell *s = arena_array(m->a, n + 1, struct spell);
    uint32_t k = 0;
    bool stands = false;

    for (uint32_t i = 0; i <= n; i++) {
        const instant t = i ? at[i - 1] : w->started;

        if (t < w->started || stood_at(m, w, t) == stands)
            continue;
        stands = !stands;
        if (stands)
            s[k++] = (struct spell){t, INSTANT_NONE};
        else
            s[k - 1].to = t;
    }
    w->spell = s;
    w->n_spell = k;
}

/* All moments at which something began or ended; what lasts comes first, and begins before all. */
static instant *
turns_of(const struct model *m, uint32_t *n_at)
{
    instant *at = arena_array(m->a, 2 * (m->n_past + m->n_halt), instant);
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n_past; i++) {
        at[n++] = m->past[i].entered;
        at[n++] = m->past[i].left;
    }
    for (uint32_t i = 0; i < m->n_halt; i++) {
        at[n++] = m->halt[i].from;
        at[n++] = m->halt[i].to;
    }
    qsort(at, n, sizeof(*at), by_time);
    *n_at = n;
    return at;
}

void
model_count_again(struct model *m)
{
    struct stay *list[STAYS];
    const uint32_t n_stay = m->closed ? 0 : model_stays(m, NULL, list);
    uint32_t n;
    const instant *at = turns_of(m, &n);

    for (uint32_t i = 0; i < m->n_watch; i++)
        if (!m->watch[i]->over)
            count_again(m, m->watch[i], at, n);
    for (uint32_t i = 0; i < n_stay; i++)
        if (list[i]->own)
            count_again(m, list[i]->own, at, n);
}

/* As if nothing had been but the stays that are active still. */
void
model_count_begun(struct model *m, uint32_t first)
{
    struct model still = *m;
    uint32_t n;
    const instant *at;

    still.past = arena_array(m->a, m->n_past, struct past);
    still.halt = arena_array(m->a, m->n_halt, struct halt);
    still.n_past = still.n_halt = 0;
    for (uint32_t i = 0; i < m->n_past; i++)
        if (m->past[i].left == INSTANT_NONE)
            still.past[still.n_past++] = m->past[i];
    for (uint32_t i = 0; i < m->n_halt; i++)
        if (!m->halt[i].stay || model_past(&still, m->halt[i].stay))
            still.halt[still.n_halt++] = m->halt[i];
    at = turns_of(&still, &n);
    for (uint32_t i = first; i < m->n_watch; i++)
        if (!m->watch[i]->over)
            count_again(&still, m->watch[i], at, n);
}

/* What was known of it later is none of its course. */
void
model_cut(struct model *m, struct watch *w)
{
    struct spell *s = arena_array(m->a, w->n_spell, struct spell);
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->n_spell; i++) {
        s[n] = w->spell[i];
        if (s[n].to == INSTANT_NONE || s[n].to > m->now)
            s[n].to = m->now;
        n += s[n].from < s[n].to;
    }
    w->spell = s;
    w->n_spell = n;
}
