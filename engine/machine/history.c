/* SPDX-License-Identifier: Apache-2.0 */
/* What was, from the records: stays, stops, and by them the courses of clocks. */
#include "machine/history.h"

#include <stdlib.h>
#include <string.h>

#include "machine/materials.h"
#include "machine/migrate.h"
#include "machine/notes.h"
#include "machine/outage.h"
#include "machine/stands.h"

static struct stay *
find_stay(const struct history *h, int32_t visit)
{
    for (uint32_t i = h->n_stay; i-- > 0;)
        if (h->stay[i].visit == visit)
            return &h->stay[i];
    return NULL;
}

static void
add_stop(struct arena *a, struct history *h, struct stop s)
{
    for (uint32_t i = 0; i < h->n_stop; i++)
        if (h->stop[i].number == s.number) {
            h->stop[i] = s;
            return;
        }
    h->stop = arena_grow(a, h->stop, h->n_stop, sizeof(*h->stop));
    h->stop[h->n_stop++] = s;
}

static void
end_stop(struct history *h, int32_t number, instant at)
{
    for (uint32_t i = 0; i < h->n_stop; i++)
        if (h->stop[i].number == number && h->stop[i].to == INSTANT_NONE)
            h->stop[i].to = at;
}

static void
leave_stay(struct history *h, int32_t visit, instant at, bool silent)
{
    struct stay *s = find_stay(h, visit);

    if (s) {
        s->left = at;
        s->silent = silent;
    }
    for (uint32_t i = 0; i < h->n_stop; i++)
        if (h->stop[i].visit == visit && h->stop[i].to == INSTANT_NONE)
            h->stop[i].to = at;
}

static void
forget_stay(struct history *h, int32_t visit)
{
    uint32_t n_stay = 0, n_stop = 0;

    for (uint32_t i = 0; i < h->n_stay; i++)
        if (h->stay[i].visit != visit)
            h->stay[n_stay++] = h->stay[i];
    for (uint32_t i = 0; i < h->n_stop; i++)
        if (h->stop[i].visit != visit)
            h->stop[n_stop++] = h->stop[i];
    h->n_stay = n_stay;
    h->n_stop = n_stop;
}

static uint32_t
length(const struct value *list)
{
    return list && list->kind == VALUE_ARRAY ? list->n : 0;
}

/* It counts the first time. */
static void
set_mark(struct arena *a, struct history *h, uint16_t mark, instant known)
{
    for (uint32_t i = 0; i < h->n_marking; i++)
        if (h->marking[i].mark == mark)
            return;
    h->marking = arena_grow(a, h->marking, h->n_marking, sizeof(*h->marking));
    h->marking[h->n_marking++] = (struct marking){mark, known};
}

static void
unset_marks(const struct workflow *w, struct history *h, const struct value *ids)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < h->n_marking; i++) {
        bool gone = false;

        for (uint32_t k = 0; k < length(ids); k++)
            gone = gone || (ids->item[k].kind == VALUE_STRING &&
                            !strcmp(ids->item[k].string, w->mark[h->marking[i].mark]));
        if (!gone)
            h->marking[kept++] = h->marking[i];
    }
    h->n_marking = kept;
}

void
history_take_back(struct arena *a, const struct workflow *w, struct history *h,
                  const struct value *plan)
{
    const struct value *gone = value_get(plan, "visitsGone"), *back = value_get(plan, "visits");
    const struct value *stops = value_get(plan, "stops");
    struct visit v;
    struct stop s;

    for (uint32_t i = 0; i < length(gone); i++)
        if (gone->item[i].kind == VALUE_INT)
            forget_stay(h, (int32_t)gone->item[i].integer);
    for (uint32_t i = 0; i < length(back); i++)
        if (read_visit(a, w, &back->item[i], &v) && find_stay(h, v.id))
            find_stay(h, v.id)->left = INSTANT_NONE;
    for (uint32_t i = 0; i < length(stops); i++)
        if (read_stop(w, &stops->item[i], &s))
            add_stop(a, h, s);
}

/* Time has come: of a timer, a wait, or a tolerance, what a reject repeats moving nothing. */
static bool
is_silence(const struct fact *f)
{
    return f->kind == FACT_TIMED || (f->kind == FACT_MATERIAL && f->name &&
                                     !strcmp(f->name, material_state_name(MATERIAL_LAPSED)));
}

static void
note_happening(struct arena *a, const struct workflow *w, struct history *h, const struct fact *f,
               instant recorded, bool silent)
{
    const instant at = f->happened ? f->happened : recorded;
    const struct stay stay = {.visit = f->visit,
                              .parent = f->number,
                              .step = f->step,
                              .element = f->element,
                              .department = f->name,
                              .entered = at,
                              .left = INSTANT_NONE};
    const struct stop stop = {.number = f->number,
                              .visit = f->visit,
                              .ground = f->ground,
                              .declared = f->declared,
                              .from = at,
                              .to = INSTANT_NONE};

    if (f->kind == FACT_ENTERED) {
        h->stay = arena_grow(a, h->stay, h->n_stay, sizeof(*h->stay));
        h->stay[h->n_stay++] = stay;
    } else if (f->kind == FACT_LEFT) {
        leave_stay(h, f->visit, at, silent);
    } else if (f->kind == FACT_STOPPED) {
        add_stop(a, h, stop);
    } else if (f->kind == FACT_RESUMED) {
        end_stop(h, f->number, at);
    } else if (f->kind == FACT_OUTAGE) {
        outage_add(&h->outage, &h->n_outage, outage_of(f, at), a);
    } else if (f->kind == FACT_OUTAGE_ANNULLED) {
        outage_annul(&h->outage, h->n_outage, f->number, a);
    } else if (f->kind == FACT_MARKED) {
        set_mark(a, h, f->mark, silent ? recorded : at);
    } else if (f->kind == FACT_REOPENED) {
        unset_marks(w, h, &f->value);
    } else if (f->kind == FACT_ANNULLED) {
        unset_marks(w, h, value_get(&f->value, "marks"));
        history_take_back(a, w, h, &f->value);
    }
}

struct history
history_of_active(struct arena *a, const struct case_state *c)
{
    struct history h = {.outage = c->outage, .n_outage = c->n_outage};

    for (uint32_t i = 0; i < c->n_visit; i++) {
        h.stay = arena_grow(a, h.stay, h.n_stay, sizeof(*h.stay));
        h.stay[h.n_stay++] = (struct stay){.visit = c->visit[i].id,
                                           .parent = c->visit[i].parent,
                                           .step = c->visit[i].step,
                                           .element = c->visit[i].element,
                                           .department = c->visit[i].department,
                                           .entered = c->visit[i].entered,
                                           .left = INSTANT_NONE};
    }
    for (uint32_t i = 0; i < c->n_stop; i++)
        add_stop(a, &h, c->stop[i]);
    return h;
}

void
history_add(struct arena *a, const struct workflow *w, struct history *h, const struct record *r)
{
    bool silent = false;

    for (uint32_t i = 0; i < r->n_fact; i++) {
        silent = silent || is_silence(&r->fact[i]);
        note_happening(a, w, h, &r->fact[i], r->at, silent);
    }
}

bool
history_read(struct arena *a, const struct workflow *w, const struct value *record, size_t n,
             struct history *h, struct error *e)
{
    struct case_state moved = {.id = 0};
    size_t first = n;

    while (first && !record_into(&record[first - 1]))
        first--;
    *h = (struct history){.n_stay = 0};
    if (first) {
        if (!migrate_read(a, w, &record[first - 1], &moved, e))
            return false;
        *h = history_of_active(a, &moved);
        h->since = moved.moment;
        h->clocks_since = moved.last_clock;
        for (uint16_t i = 0; i < w->n_mark; i++)
            if (moved.mark[i] != INSTANT_NONE)
                set_mark(a, h, i, moved.mark[i]);
    }
    for (size_t i = first; i < n; i++) {
        const struct value *facts = value_get(&record[i], "facts");
        bool ok = facts && facts->kind == VALUE_ARRAY;
        const instant at = read_instant(&record[i], "at", INSTANT_NONE, &ok);
        bool silent = false;

        for (uint32_t j = 0; ok && j < facts->n; j++) {
            struct fact f;

            ok = read_fact(a, w, &facts->item[j], &f);
            silent = silent || (ok && is_silence(&f));
            if (ok)
                note_happening(a, w, h, &f, at, silent);
        }
        if (!ok)
            return error_set(e, ERROR_INTERNAL, "record %zu does not fit workflow %s", i + 1,
                             w->id);
    }
    return true;
}

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

struct visit
stay_visit(const struct stay *s)
{
    return (struct visit){.id = s->visit,
                          .parent = s->parent,
                          .step = s->step,
                          .element = s->element,
                          .department = s->department,
                          .entered = s->entered};
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
