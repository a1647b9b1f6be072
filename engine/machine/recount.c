/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks and periods that started by one version of a calendar go on by the
 * next (K10).  What has ended keeps its verdict and the version it ended by,
 * and a period that is over its effect.  The due dates follow with the
 * indices, and with them epochs and cards (K9).
 *
 * A period whose end turns out to lie before now is not made to have ended
 * then: it keeps the date that is right, and what follows from it happens at
 * the moment of this record, after which no record is earlier (due.c).
 */
#include "machine/recount.h"

#include <string.h>

#include "machine/deed.h"
#include "machine/periods.h"

static bool
is_of(const char *version, const struct calendar *hall)
{
    return version && !strcmp(version, hall->version);
}

/* The calendar by which @k would count if it started now; NULL: it does already, or has ended. */
static const struct calendar *
next_calendar(const struct case_state *c, const struct case_clock *k,
              const struct calendar *calendar)
{
    const struct calendar *hall = almanac_hall(calendar, c->district, k->department);

    return k->verdict != VERDICT_OPEN || is_of(k->calendar, hall) ? NULL : hall;
}

uint32_t
case_recounts(const struct workflow *w, const struct case_state *c, const struct calendar *calendar)
{
    const struct calendar *hall = almanac_hall(calendar, c->district, NULL);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_clock; i++)
        n += next_calendar(c, &c->clock[i], calendar) != NULL;
    for (uint32_t i = 0; i < c->n_visit; i++)
        n += visit_counts(w, &c->visit[i]) && !is_of(c->visit[i].calendar, hall);
    for (uint16_t i = 0; i < w->n_material; i++)
        n += material_counts(&c->material[i]) && !is_of(c->material[i].calendar, hall);
    return n;
}

static void
recount_clocks(struct run *r)
{
    for (uint32_t i = 0; i < r->c->n_clock && !r->failed; i++) {
        const struct case_clock *k = &r->c->clock[i];
        const struct calendar *next = next_calendar(r->c, k, r->s->calendar);

        if (next)
            emit(r, (struct fact){.kind = FACT_RECOUNTED,
                                  .number = k->id,
                                  .name = k->calendar,
                                  .ref = next->version});
    }
}

static instant
recounted(struct run *r, const struct visit *v, int32_t which, instant is,
          const struct calendar *hall)
{
    return period_counts(r->w, v, which) ? visit_period(r->a, r->w, v, which, hall).at : is;
}

static void
recount_visit(struct run *r, const struct visit *v, const struct calendar *hall)
{
    const uint16_t n = r->w->step[v->step].n_timer;
    instant *timer = arena_array(r->a, n, instant);

    for (uint16_t i = 0; i < n; i++)
        timer[i] = recounted(r, v, i, v->timer[i], hall);
    emit(r, (struct fact){.kind = FACT_PERIODS_RECOUNTED,
                          .visit = v->id,
                          .step = v->step,
                          .name = v->calendar,
                          .ref = hall->version,
                          .moment = timer,
                          .until = recounted(r, v, PERIOD_WAIT, v->wait_until, hall)});
}

static void
recount_material(struct run *r, uint16_t i, const struct calendar *hall)
{
    const struct material *m = &r->c->material[i];
    const bool reminds = m->remind != INSTANT_NONE; /* what was said is not said again */

    emit(r, (struct fact){
                .kind = FACT_PERIODS_RECOUNTED,
                .step = NONE,
                .material = i,
                .name = r->c->material[i].calendar,
                .ref = hall->version,
                .id = reminds ? tolerance_reminder(r->a, &r->w->material[i], hall, m->since) : 0,
                .until = material_period(r->a, r->w, r->c, i, hall).at});
}

bool
decide_recount(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct calendar *hall = run_calendar(r, NULL);

    (void)e;
    d->role = "administrator";
    recount_clocks(r);
    for (uint32_t i = 0; i < r->c->n_visit && !r->failed; i++)
        if (visit_counts(r->w, &r->c->visit[i]) && !is_of(r->c->visit[i].calendar, hall))
            recount_visit(r, &r->c->visit[i], hall);
    for (uint16_t i = 0; i < r->w->n_material && !r->failed; i++)
        if (material_counts(&r->c->material[i]) && !is_of(r->c->material[i].calendar, hall))
            recount_material(r, i, hall);
    return !r->failed;
}
