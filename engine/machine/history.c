/* SPDX-License-Identifier: Apache-2.0 */
/* What was, from the records: stays and stops. */
#include "machine/history.h"

#include <string.h>

#include "machine/materials.h"
#include "machine/migrate.h"
#include "machine/notes.h"
#include "machine/outage.h"

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

/* A record, as far as it has been read. */
struct telling {
    instant at;
    int64_t number;
    bool silent;
    int32_t deemed; /* the stay whose silence has an effect in law; 0: none */
    instant since;  /* it was due: it has had it since */
};

/* Whether @s is the stay @visit, or lay inside. */
static bool
is_within(const struct history *h, const struct stay *s, int32_t visit)
{
    while (s && s->visit != visit)
        s = find_stay(h, s->parent);
    return s != NULL;
}

static void
leave_stay(struct history *h, int32_t visit, instant at, const struct telling *t)
{
    struct stay *s = find_stay(h, visit);

    if (s) {
        s->left = at;
        s->silent = t->silent;
        s->deemed = t->deemed && is_within(h, s, t->deemed) ? t->since : INSTANT_NONE;
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
history_forget(struct history *h, int64_t record)
{
    for (uint32_t i = h->n_stay; i-- > 0;)
        if (h->stay[i].record == record)
            forget_stay(h, h->stay[i].visit);
}

static void
come_back(struct history *h, const struct visit *v)
{
    struct stay *s = find_stay(h, v->id);

    if (!s)
        return;
    s->left = INSTANT_NONE;
    s->until = v->wait_until;
    s->timer = v->timer;
    s->counted = 0;
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
        if (read_visit(a, w, &back->item[i], &v))
            come_back(h, &v);
    for (uint32_t i = 0; i < length(stops); i++)
        if (read_stop(w, &stops->item[i], &s))
            add_stop(a, h, s);
}

bool
fact_is_silence(const struct fact *f)
{
    return f->kind == FACT_TIMED || (f->kind == FACT_MATERIAL && f->name &&
                                     !strcmp(f->name, material_state_name(MATERIAL_LAPSED)));
}

/* Time has come in a stay: what that means in law it has meant since it was due. */
static void
note_timed(const struct workflow *w, const struct history *h, const struct fact *f,
           struct telling *t)
{
    const struct stay *s = find_stay(h, f->visit);
    const struct step *step = s ? &w->step[s->step] : NULL;
    const bool timer = s && s->timer && f->number >= 0 && f->number < step->n_timer;

    t->deemed = 0;
    if (timer && step->timer[f->number].deem) {
        t->deemed = f->visit;
        t->since = s->timer[f->number];
    } else if (s && f->number < 0 && step->deem) {
        t->deemed = f->visit;
        t->since = s->until;
    }
}

/* What is told of one stay that lasts: it comes due at other moments; its ballot is counted. */
static void
note_stay(struct history *h, const struct fact *f, int64_t record)
{
    struct stay *s = find_stay(h, f->visit);

    if (s && f->kind == FACT_TALLIED)
        s->counted = record;
    else if (s) {
        s->until = f->until;
        s->timer = f->moment;
    }
}

static void
note_happening(struct arena *a, const struct workflow *w, struct history *h, const struct fact *f,
               struct telling *t)
{
    const instant at = f->happened ? f->happened : t->at;
    const struct stay stay = {.visit = f->visit,
                              .parent = f->number,
                              .step = f->step,
                              .element = f->element,
                              .department = f->name,
                              .entered = at,
                              .left = INSTANT_NONE,
                              .deemed = INSTANT_NONE,
                              .until = f->until,
                              .timer = f->moment,
                              .record = t->number};
    const struct stop stop = {.number = f->number,
                              .visit = f->visit,
                              .ground = f->ground,
                              .declared = f->declared,
                              .from = at,
                              .to = INSTANT_NONE};

    t->silent = t->silent || fact_is_silence(f);
    if (f->kind == FACT_TIMED)
        note_timed(w, h, f, t);
    if (f->kind == FACT_ENTERED) {
        h->stay = arena_grow(a, h->stay, h->n_stay, sizeof(*h->stay));
        h->stay[h->n_stay++] = stay;
    } else if (f->kind == FACT_LEFT) {
        leave_stay(h, f->visit, at, t);
    } else if (f->kind == FACT_TALLIED || f->kind == FACT_PERIODS_RECOUNTED) {
        note_stay(h, f, t->number);
    } else if (f->kind == FACT_STOPPED) {
        add_stop(a, h, stop);
    } else if (f->kind == FACT_RESUMED) {
        end_stop(h, f->number, at);
    } else if (f->kind == FACT_OUTAGE) {
        outage_add(&h->outage, &h->n_outage, outage_of(f, at), a);
    } else if (f->kind == FACT_OUTAGE_ANNULLED) {
        outage_annul(&h->outage, h->n_outage, f->number, a);
    } else if (f->kind == FACT_MARKED) {
        set_mark(a, h, f->mark, t->silent ? t->at : at);
    } else if (f->kind == FACT_REOPENED) {
        unset_marks(w, h, &f->value);
    } else if (f->kind == FACT_ANNULLED) {
        unset_marks(w, h, value_get(&f->value, "marks"));
        history_forget(h, f->number);
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
                                           .left = INSTANT_NONE,
                                           .deemed = INSTANT_NONE,
                                           .until = c->visit[i].wait_until,
                                           .timer = c->visit[i].timer};
    }
    for (uint32_t i = 0; i < c->n_stop; i++)
        add_stop(a, &h, c->stop[i]);
    return h;
}

void
history_add(struct arena *a, const struct workflow *w, struct history *h, const struct record *r)
{
    struct telling t = {.at = r->at, .number = r->number};

    for (uint32_t i = 0; i < r->n_fact; i++)
        note_happening(a, w, h, &r->fact[i], &t);
}

static bool
add_stored(struct arena *a, const struct workflow *w, struct history *h, const struct value *record,
           int64_t number)
{
    const struct value *facts = value_get(record, "facts");
    bool ok = facts && facts->kind == VALUE_ARRAY;
    struct telling t = {.number = number};
    struct fact f;

    t.at = read_instant(record, "at", INSTANT_NONE, &ok);
    for (uint32_t i = 0; ok && i < facts->n; i++) {
        ok = read_fact(a, w, &facts->item[i], &f);
        if (ok)
            note_happening(a, w, h, &f, &t);
    }
    return ok;
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
    for (size_t i = first; i < n; i++)
        if (!add_stored(a, w, h, &record[i], (int64_t)i + 1))
            return error_set(e, ERROR_INTERNAL, "record %zu does not fit workflow %s", i + 1,
                             w->id);
    return true;
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
