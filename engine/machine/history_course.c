/* SPDX-License-Identifier: Apache-2.0 */
/* The courses of clocks by the stays and stops that were, and who held them. */
#include <stdlib.h>
#include <string.h>

#include "machine/history.h"
#include "machine/notes.h"
#include "machine/outage.h"
#include "machine/stands.h"

static int
compare_moments(const void *x, const void *y)
{
    const instant a = *(const instant *)x, b = *(const instant *)y;

    return a < b ? -1 : a > b;
}

struct moments {
    instant *at;
    size_t n;
};

static void
add_moment(struct moments *m, instant t, instant from, instant to)
{
    if (t != INSTANT_NONE && t > from && t < to)
        m->at[m->n++] = t;
}

/* The moments after @from and before @to at which something begins or ends, in order. */
static struct moments
turning_points(struct arena *a, const struct history *h, instant from, instant to)
{
    struct moments m = {.at = arena_array(a, 2 * ((size_t)h->n_stay + h->n_stop), instant)};
    size_t kept = 0;

    for (uint32_t i = 0; i < h->n_stay; i++) {
        add_moment(&m, h->stay[i].entered, from, to);
        add_moment(&m, h->stay[i].left, from, to);
    }
    for (uint32_t i = 0; i < h->n_stop; i++) {
        add_moment(&m, h->stop[i].from, from, to);
        add_moment(&m, h->stop[i].to, from, to);
    }
    if (m.n)
        qsort(m.at, m.n, sizeof(*m.at), compare_moments);
    for (size_t i = 0; i < m.n; i++)
        if (!kept || m.at[kept - 1] != m.at[i])
            m.at[kept++] = m.at[i];
    m.n = kept;
    return m;
}

/* Makes @c say what was active right after @t. */
static void
look_back(const struct history *h, instant t, struct case_state *c)
{
    c->n_visit = c->n_stop = 0;
    for (uint32_t i = 0; i < h->n_stay; i++) {
        const struct stay *s = &h->stay[i];

        if (s->entered <= t && (s->left == INSTANT_NONE || s->left > t))
            c->visit[c->n_visit++] = stay_visit(s);
    }
    for (uint32_t i = 0; i < h->n_stop; i++) {
        const struct stop *s = &h->stop[i];

        if (s->from <= t && (s->to == INSTANT_NONE || s->to > t)) {
            c->stop[c->n_stop] = *s;
            c->stop[c->n_stop++].to = INSTANT_NONE;
        }
    }
}

static bool
same_holding(const struct holding *h, const char *ground, const char *const *holder, uint32_t n)
{
    if (h->n_holder != n || !h->ground != !ground || (ground && strcmp(ground, h->ground) != 0))
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(h->holder[i], holder[i]) != 0)
            return false;
    return true;
}

static void
note_holding(struct arena *a, const struct workflow *w, const struct case_state *c,
             const struct case_clock *k, instant at, struct holdings *out)
{
    const char **holder = arena_array(a, c->n_visit, const char *);
    const uint32_t n = clock_holders(w, c, k, holder);
    const char *ground = case_clock_stands(k) ? k->stand[k->n_stand - 1].ground : NULL;

    if (out->n && same_holding(&out->item[out->n - 1], ground, holder, n))
        return;
    if (out->n)
        out->item[out->n - 1].to = at;
    out->item = arena_grow(a, out->item, out->n, sizeof(*out->item));
    out->item[out->n++] = (struct holding){
        .from = at, .to = INSTANT_NONE, .ground = ground, .holder = holder, .n_holder = n};
}

/* Appends @h, unless it is empty. */
static void
hold(struct holdings *out, struct holding h)
{
    struct holding *last = out->n ? &out->item[out->n - 1] : NULL;

    if (h.from >= h.to)
        return;
    if (last && same_holding(last, h.ground, h.holder, h.n_holder))
        last->to = h.to;
    else
        out->item[out->n++] = h;
}

/* Nobody held it during @o, unless it stood on a ground of its own. */
static void
hold_outage(struct arena *a, struct holdings *held, const struct outage *o)
{
    struct holdings out = {.item = arena_array(a, 3 * (size_t)held->n, struct holding)};

    for (uint32_t i = 0; i < held->n; i++) {
        struct holding before = held->item[i], after = before;
        const instant from = before.from > o->from ? before.from : o->from;
        const instant to = before.to < o->to ? before.to : o->to;

        if (before.ground || from >= to) {
            hold(&out, before);
            continue;
        }
        before.to = from;
        after.from = to;
        hold(&out, before);
        hold(&out, (struct holding){.from = from, .to = to, .ground = ground_outage});
        hold(&out, after);
    }
    *held = out;
}

static void
stand_for(struct arena *a, struct outage o, struct case_clock *k, struct holdings *held)
{
    clock_stand_within(k, &o, a);
    if (held)
        hold_outage(a, held, &o);
}

/* A clock that has ended stood only for those outages that were known by then, as it @was. */
static void
stand_for_outages(struct arena *a, const struct history *h, const struct case_clock *was,
                  struct case_clock *k, struct holdings *held)
{
    const bool ended = k->ended != INSTANT_NONE;

    for (uint32_t i = 0; i < h->n_outage && !ended; i++)
        if (!h->outage[i].annulled)
            stand_for(a, h->outage[i], k, held);
    for (uint32_t i = 0; i < was->n_stand && ended; i++) {
        const struct stand *s = &was->stand[i];

        if (h->n_outage && !strcmp(s->ground, ground_outage) && s->to != INSTANT_NONE)
            stand_for(a, (struct outage){.from = s->from, .to = s->to}, k, held);
    }
}

void
history_course(struct arena *a, const struct workflow *w, const struct history *h,
               struct case_clock *k, instant end, struct holdings *out)
{
    const bool ended = k->ended != INSTANT_NONE;
    const instant last = ended ? k->ended : end + 1; /* what happens at @end is seen */
    const instant first = k->started > h->since ? k->started : h->since;
    const struct moments m = turning_points(a, h, first, last);
    struct case_state c = {.visit = arena_array(a, h->n_stay, struct visit),
                           .stop = arena_array(a, h->n_stop, struct stop)};
    const bool moved = k->moved;
    const struct case_clock was = *k;

    if (k->started < h->since && k->id <= h->clocks_since)
        clock_cut(k, h->since, a);
    else
        k->n_stand = 0;
    for (uint32_t i = 0; i < h->n_outage && k->n_stand && !ended; i++)
        if (h->outage[i].annulled)
            clock_run_within(k, &h->outage[i], a);
    if (out)
        out->n = 0;
    for (size_t i = 0; i <= m.n && first < last; i++) {
        const instant at = i ? m.at[i - 1] : first;

        look_back(h, at, &c);
        clock_restand(w, &c, k, at, a);
        if (out)
            note_holding(a, w, &c, k, at, out);
    }
    if (ended && case_clock_stands(k))
        clock_stand_from(k, NULL, k->ended, a);
    if (out && out->n)
        out->item[out->n - 1].to = ended ? k->ended : end;
    stand_for_outages(a, h, &was, k, out);
    k->moved = moved;
}

instant
history_turn(struct arena *a, const struct workflow *w, const struct history *h,
             const struct case_clock *k)
{
    const struct moments m = turning_points(a, h, k->started, INSTANT_MAX);
    struct case_state c = {.visit = arena_array(a, h->n_stay, struct visit),
                           .stop = arena_array(a, h->n_stop, struct stop)};

    for (size_t i = 0; i <= m.n; i++) {
        const instant at = i ? m.at[i - 1] : k->started;

        look_back(h, at, &c);
        for (uint32_t v = 0; v < c.n_visit; v++)
            if (clock_driven_by(w, &c, k, &c.visit[v]))
                return at;
    }
    return INSTANT_NONE;
}
