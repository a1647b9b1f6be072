/* SPDX-License-Identifier: Apache-2.0 */
/* Tells a damaged or foreign state or fact from a sound one. */
#include "machine/fits.h"

#include <string.h>

#include "machine/annul.h"
#include "machine/certificates.h"
#include "machine/draw.h"
#include "machine/letters.h"
#include "machine/names.h"

/* What is counted up by one, now and then, stays far from its end. */
static bool
countable(int64_t n)
{
    return n >= 0 && n < INT32_MAX / 2;
}

/* What `step` says: no step is called by one of its words. */
static bool
words_fit(const struct value *steps)
{
    for (uint32_t i = 0; i < steps->n; i++) {
        const char *name = steps->member[i].name;
        const struct value *v = &steps->member[i].value;
        bool fits = v->kind == VALUE_OBJECT && words_fit(v);

        if (!strcmp(name, "visits"))
            fits = v->kind == VALUE_INT && countable(v->integer);
        else if (!strcmp(name, "by") || !strcmp(name, "outcome"))
            fits = v->kind == VALUE_STRING;
        if (!fits)
            return false;
    }
    return true;
}

static bool
counters_fit(const struct case_state *c)
{
    return countable(c->revision) && countable(c->recorded) && countable(c->last_visit) &&
           countable(c->last_stop) && countable(c->last_clock) && countable(c->last_message) &&
           countable(c->last_draw);
}

/* Whether a visit may stand in region @region with @parent around it. */
static bool
stands_in(const struct workflow *w, const struct case_state *c, uint16_t region, int32_t parent)
{
    const uint16_t owner = w->region[region].owner;
    const struct visit *around = case_visit(c, parent);

    return owner == NONE ? parent == 0 : around && around->step == owner;
}

/* Within a list's branch everything names the element, and nothing else does. */
static bool
element_fits(const struct workflow *w, const struct case_state *c, uint16_t region, int32_t parent,
             const char *element)
{
    const uint16_t each = w->region[region].each;
    const struct visit *around = case_visit(c, parent);

    if (each == NONE || !element)
        return (each == NONE) == !element;
    return each == region || (around && same_element(around->element, element));
}

/* What is said to stand in a branch of a list: that branch is there. */
static bool
has_branch(const struct workflow *w, const struct case_state *c, uint16_t region, int32_t parent,
           const char *element)
{
    return w->region[region].each != region || case_branch(c, parent, region, element);
}

static bool
visit_fits(const struct workflow *w, const struct case_state *c, const struct visit *v)
{
    const struct step *s = &w->step[v->step];

    return s->kind != STEP_DECISION && s->kind != STEP_END && v->parent < v->id &&
           v->id <= c->last_visit && stands_in(w, c, s->region, v->parent) &&
           element_fits(w, c, s->region, v->parent, v->element) &&
           has_branch(w, c, s->region, v->parent, v->element);
}

/* Of each region one step at a time is active. */
static bool
alone(const struct workflow *w, const struct case_state *c, const struct visit *v)
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (&c->visit[i] != v && c->visit[i].parent == v->parent &&
            w->step[c->visit[i].step].region == w->step[v->step].region &&
            same_element(c->visit[i].element, v->element))
            return false;
    return true;
}

static bool
branch_fits(const struct workflow *w, const struct case_state *c, int32_t parent, int32_t region,
            const char *element)
{
    const struct visit *v = case_visit(c, parent);

    return v && region >= 0 && region < w->n_region && w->region[region].owner == v->step &&
           w->step[v->step].kind == STEP_PARALLEL &&
           element_fits(w, c, (uint16_t)region, parent, element);
}

static bool
clock_fits(const struct workflow *w, const struct case_state *c, const struct case_clock *k)
{
    const uint16_t scope = w->clock[k->rule].scope;
    const struct visit *v = case_visit(c, k->visit);

    if ((k->verdict == VERDICT_OPEN) != (k->ended == INSTANT_NONE) || k->id > c->last_clock)
        return false;
    if (!countable(k->epoch) || k->fired < -1 || k->fired > k->epoch)
        return false;
    return scope == NONE ? k->visit == 0 : v && v->step == scope && k->verdict == VERDICT_OPEN;
}

bool
case_fits(const struct workflow *w, const struct case_state *c)
{
    const bool open = c->phase == PHASE_OPEN, closed = c->phase == PHASE_CLOSED;

    if ((open || closed) && (c->opened == INSTANT_NONE || c->moment < c->opened || !c->district))
        return false;
    if (open != (c->n_visit > 0) || closed != (c->outcome != NULL))
        return false;
    if (!counters_fit(c) || c->steps.kind != VALUE_OBJECT || !words_fit(&c->steps))
        return false;
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (!visit_fits(w, c, &c->visit[i]) || !alone(w, c, &c->visit[i]) ||
            (i && c->visit[i].id <= c->visit[i - 1].id))
            return false;
    for (uint32_t i = 0; i < c->n_branch; i++)
        if (!branch_fits(w, c, c->branch[i].parent, c->branch[i].region, c->branch[i].element))
            return false;
    for (uint32_t i = 0; i < c->n_stop; i++)
        if (!case_visit(c, c->stop[i].visit) || c->stop[i].number > c->last_stop)
            return false;
    if (!certificates_fit(c))
        return false;
    if (!letters_fit(c))
        return false;
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (!clock_fits(w, c, &c->clock[i]) || (closed && c->clock[i].verdict == VERDICT_OPEN) ||
            (i && c->clock[i].id <= c->clock[i - 1].id))
            return false;
    return true;
}

static bool
holding_stop(const struct case_state *c, int32_t number)
{
    for (uint32_t i = 0; i < c->n_stop; i++)
        if (c->stop[i].number == number)
            return c->stop[i].to == INSTANT_NONE;
    return false;
}

static bool
running_clock(const struct case_state *c, int32_t id)
{
    const struct case_clock *k = case_clock(c, id);

    return k && k->verdict == VERDICT_OPEN;
}

static bool
entered_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const struct step *s = &w->step[f->step];

    return s->kind != STEP_DECISION && s->kind != STEP_END && f->visit == c->last_visit + 1 &&
           stands_in(w, c, s->region, f->number) &&
           element_fits(w, c, s->region, f->number, f->element) &&
           has_branch(w, c, s->region, f->number, f->element);
}

static bool
started_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const uint16_t scope = w->clock[f->rule].scope;
    const struct visit *v = case_visit(c, f->visit);

    return f->number == c->last_clock + 1 &&
           (scope == NONE ? f->visit == 0 : v && v->step == scope);
}

static bool
timed_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const struct visit *v = case_visit(c, f->visit);

    return v && f->number >= -1 && f->number < w->step[v->step].n_timer;
}

bool
fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f,
          struct arena *a)
{
    if ((c->phase == PHASE_NONE) != (f->kind == FACT_OPENED))
        return false;
    switch (f->kind) {
    case FACT_OPENED:
        return f->name && f->value.kind == VALUE_OBJECT;
    case FACT_ENTERED:
        return entered_fits(w, c, f);
    case FACT_ACTED:
        return case_visit(c, f->visit) && f->detail;
    case FACT_CLAIMED:
        return case_visit(c, f->visit) && f->name;
    case FACT_LEFT:
    case FACT_RELEASED:
        return case_visit(c, f->visit) != NULL;
    case FACT_TIMED:
        return timed_fits(w, c, f);
    case FACT_DECIDED:
    case FACT_MARKED:
        return true;
    case FACT_COMMITTED:
    case FACT_DRAWN:
        return draw_fits(c, f);
    case FACT_SENT:
        return f->number == c->last_message + 1;
    case FACT_BRANCHED:
        return branch_fits(w, c, f->visit, f->number, f->element) &&
               !case_branch(c, f->visit, (uint16_t)f->number, f->element);
    case FACT_BRANCH_ENDED:
        return branch_fits(w, c, f->visit, f->number, f->element) && f->name &&
               case_branch(c, f->visit, (uint16_t)f->number, f->element);
    case FACT_CLOCK_STARTED:
        return started_fits(w, c, f);
    case FACT_CLOCK_ENDED:
        return running_clock(c, f->number) && f->verdict != VERDICT_OPEN;
    case FACT_LIMIT_CHOSEN:
    case FACT_EXTENDED:
        return running_clock(c, f->number);
    case FACT_LATE:
        return running_clock(c, f->number) && f->epoch == case_clock(c, f->number)->epoch;
    case FACT_STOPPED:
        return case_visit(c, f->visit) && f->number == c->last_stop + 1;
    case FACT_RESUMED:
        return holding_stop(c, f->number);
    case FACT_SET:
        return f->name && (!strncmp(f->name, "form.", 5) || !strncmp(f->name, "case.", 5));
    case FACT_AMENDED:
        return f->value.kind == VALUE_OBJECT;
    case FACT_ANNULLED:
        return annul_fits(w, &f->value, a);
    case FACT_CLOSED:
        return w->step[f->step].kind == STEP_END && f->name;
    case FACT_ISSUED:
        return issued_fits(c, f);
    case FACT_DISCARDED:
        return discarded_fits(c, f);
    case FACT_RECEIVED ... FACT_FILED:
        return letter_fact_fits(c, f);
    }
    return false;
}
