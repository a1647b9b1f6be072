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
                                         .region = s->room->region,
                                         .holder = model_holder(m, s),
                                         .department = model_department(m, s),
                                         .entered = m->now,
                                         .left = INSTANT_NONE,
                                         .lawful = INSTANT_NONE};
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

void
model_overtakes(struct model *m, const struct stay *s, instant since)
{
    for (uint32_t i = 0; i < m->n_past; i++) {
        const struct past *q = &m->past[i];

        while (q && q->number != s->number)
            q = model_past(m, q->around);
        if (q && m->past[i].left == INSTANT_NONE)
            m->past[i].lawful = since;
    }
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

/* As model_drives(): within the region (NULL: the scope of the clock), and not beside it. */
static bool
was_of_flow(const struct model *m, const struct past *p, const char *region, int32_t scope)
{
    for (; p && p->number != scope; p = p->around ? model_past(m, p->around) : NULL) {
        if (region && !strcmp(p->region, region))
            return !is_optional(p);
        if (is_optional(p))
            return false;
    }
    return !region && (p || !scope);
}

/* Whether what @p did counts for @w. */
static bool
drove(const struct model *m, const struct past *p, const struct watch *w)
{
    const int32_t scope = w->scope ? w->scope->number : 0;
    const struct past *q = p;

    if (model_has_rooms_by(p->def) || (w->department && strcmp(w->department, p->holder) != 0) ||
        (w->lead && strcmp(p->department, value_get_string(m->def, "lead")) != 0))
        return false;
    while (scope && q && q->number != scope)
        q = q->around ? model_past(m, q->around) : NULL;
    if (scope && !q)
        return false;
    for (uint32_t i = 0; w->over && i < w->over->n; i++)
        if (was_of_flow(m, p, w->over->item[i].string, scope))
            return true;
    return !w->over && was_of_flow(m, p, NULL, scope);
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

static int
by_beginning(const void *a, const void *b)
{
    return by_time(&((const struct spell *)a)->from, &((const struct spell *)b)->from);
}

/* It stood then, whatever else: a union, in which two that touch are one. */
static void
stand_within(struct model *m, struct watch *w, struct spell then)
{
    struct spell *s = arena_array(m->a, w->n_spell + 1, struct spell);
    uint32_t n = 0;

    if (then.from < w->started)
        then.from = w->started;
    if (then.from >= then.to)
        return;
    for (uint32_t i = 0; i < w->n_spell; i++)
        s[i] = w->spell[i];
    s[w->n_spell] = then;
    qsort(s, w->n_spell + 1, sizeof(*s), by_beginning);
    for (uint32_t i = 1; i <= w->n_spell; i++)
        if (s[n].to != INSTANT_NONE && s[n].to < s[i].from)
            s[++n] = s[i];
        else if (s[n].to != INSTANT_NONE && (s[i].to == INSTANT_NONE || s[i].to > s[n].to))
            s[n].to = s[i].to;
    w->spell = s;
    w->n_spell = n + 1;
}

static bool
suffers(const struct model *m, int32_t number, instant to)
{
    for (uint32_t i = 0; i < m->n_outage; i++)
        if (m->outage[i].number == number)
            return false;
    return m->opened < to;
}

struct model *
model_outage(const struct model *m, struct arena *a, int32_t number, instant from, instant to,
             instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct watch *w[ALL_WATCHES];
    uint32_t n;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (to > out->now || from >= to)
        return model_refuse(why, ERROR_HAPPENED_OUTSIDE);
    if (!suffers(out, number, to)) {
        model_saw(out, SEEN_OUTAGE_OF_NONE);
        return out;
    }
    out->moment = out->now;
    out->outage = arena_grow(a, out->outage, out->n_outage, sizeof(*out->outage));
    out->outage[out->n_outage++] = (struct outage_known){number, {from, to}};
    n = model_watches(out, w);
    for (uint32_t i = 0; i < n; i++) {
        const bool late = w[i]->late;

        stand_within(out, w[i], (struct spell){from, to});
        if (late && (model_due(out, w[i]) == INSTANT_NONE || model_due(out, w[i]) >= out->now))
            model_saw(out, SEEN_OUTAGE_KEPT);
    }
    model_saw(out, SEEN_OUTAGE);
    model_look_at_letters(out);
    return out;
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
    for (uint32_t i = 0; i < m->n_outage; i++)
        stand_within(m, w, m->outage[i].spell);
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
    struct watch *w[ALL_WATCHES];
    const uint32_t n_watch = model_watches(m, w);
    uint32_t n;
    const instant *at = turns_of(m, &n);

    for (uint32_t i = 0; i < n_watch; i++) {
        count_again(m, w[i], at, n);
        if (model_extended_late(m, w[i]))
            model_saw(m, SEEN_EXTENDED_LATE);
    }
}

/* As if nothing had been but the stays that are active still. */
static instant
due_by_active(const struct model *m, const struct watch *w)
{
    struct model still = *m;
    struct watch so = *w;
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
    count_again(&still, &so, at, n);
    return model_due(m, &so);
}

/* Those that silence has begun for an earlier moment: by all the case has been through since. */
void
model_count_begun(struct model *m, int32_t last)
{
    struct watch *w[ALL_WATCHES];
    const uint32_t n_watch = model_watches(m, w);
    uint32_t n;
    const instant *at = turns_of(m, &n);

    for (uint32_t i = 0; i < n_watch; i++) {
        if (w[i]->number <= last)
            continue;
        count_again(m, w[i], at, n);
        if (model_due(m, w[i]) != due_by_active(m, w[i]))
            model_saw(m, SEEN_DEEMED_STOOD);
    }
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
