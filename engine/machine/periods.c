/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/periods.h"

#include <string.h>

#include "base/require.h"

struct due
period_due(struct arena *a, const struct calendar *calendar, struct limit l, bool applicant,
           instant from)
{
    const struct counting counting = {.calendar = calendar, .limit = l, .applicant = applicant};
    const struct course course = {.start = unit_is_time(l.unit) ? from : period_start(from)};

    return clock_due(a, &counting, &course, from);
}

struct due
step_period(struct arena *a, const struct calendar *calendar, const struct step *s, struct limit l,
            instant from)
{
    const bool applicant = (s->kind == STEP_WAIT && !s->children) || s->kind == STEP_BALLOT ||
                           s->by == ACTOR_APPLICANT || s->by == ACTOR_PUBLIC;

    return period_due(a, calendar, l, applicant, from);
}

bool
step_counts(const struct step *s)
{
    return s->n_timer || s->wait.n;
}

bool
period_counts(const struct workflow *w, const struct visit *v, int32_t which)
{
    if (which == PERIOD_WAIT)
        return w->step[v->step].wait.n && v->wait_until != INSTANT_NONE && !v->wait_kept;
    return v->timer[which] != INSTANT_NONE;
}

bool
visit_counts(const struct workflow *w, const struct visit *v)
{
    bool yes = false;

    for (int32_t i = PERIOD_WAIT; i < w->step[v->step].n_timer && !yes; i++)
        yes = period_counts(w, v, i);
    return yes;
}

struct due
visit_period(struct arena *a, const struct workflow *w, const struct visit *v, int32_t which,
             const struct calendar *calendar)
{
    const struct step *s = &w->step[v->step];

    return step_period(a, calendar, s, which == PERIOD_WAIT ? s->wait : s->timer[which].limit,
                       v->entered);
}

bool
material_counts(const struct material *m)
{
    return m->until != INSTANT_NONE && m->since != INSTANT_NONE && !m->unchecked;
}

struct due
material_period(struct arena *a, const struct workflow *w, const struct case_state *c, uint16_t i,
                const struct calendar *calendar)
{
    const struct material *m = &c->material[i];
    const struct material_kind *kind = &w->material[i];

    return period_due(a, calendar, m->state == MATERIAL_PROMISED ? kind->check : kind->tolerance,
                      true, m->since);
}

/* So long before the end as the rest of the tolerance is after the beginning. */
instant
tolerance_reminder(struct arena *a, const struct material_kind *kind,
                   const struct calendar *calendar, instant from)
{
    struct limit rest = kind->tolerance;

    rest.n -= kind->remind.n;
    return kind->remind.n ? period_due(a, calendar, rest, true, from).at : 0;
}

bool
material_reminds(const struct material *m)
{
    return m->remind != INSTANT_NONE && m->remind < m->until;
}

bool
visit_provisional(struct arena *a, const struct workflow *w, const struct visit *v, int32_t which,
                  const struct calendar *house)
{
    const struct calendar *own = almanac_version(house, v->calendar);

    return own && period_counts(w, v, which) && visit_period(a, w, v, which, own).provisional;
}

bool
material_provisional(struct arena *a, const struct workflow *w, const struct case_state *c,
                     uint16_t i, const struct calendar *house)
{
    const struct calendar *own = almanac_version(house, c->material[i].calendar);

    return own && material_counts(&c->material[i]) && material_period(a, w, c, i, own).provisional;
}

void
apply_periods(struct case_state *c, const struct fact *f)
{
    struct visit *v = case_visit(c, f->visit);

    if (f->visit) {
        require(v);
        v->timer = f->moment;
        v->wait_until = f->until;
        v->calendar = f->ref;
    } else {
        c->material[f->material].until = f->until;
        c->material[f->material].remind = f->id ? f->id : INSTANT_NONE;
        c->material[f->material].calendar = f->ref;
    }
}

bool
periods_fit(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const struct visit *v = case_visit(c, f->visit);

    if (f->visit == 0)
        return f->ref && f->material < w->n_material && f->until != INSTANT_NONE &&
               material_counts(&c->material[f->material]);
    return f->ref && v && v->step == f->step && visit_counts(w, v);
}
