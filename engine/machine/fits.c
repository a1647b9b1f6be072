/* SPDX-License-Identifier: Apache-2.0 */
/* Tells a damaged or foreign state or fact from a sound one. */
#include "machine/fits.h"

#include <string.h>

#include "machine/annul.h"
#include "machine/ballot.h"
#include "machine/certificates.h"
#include "machine/children.h"
#include "machine/draw.h"
#include "machine/identity.h"
#include "machine/intake.h"
#include "machine/letters.h"
#include "machine/mandates.h"
#include "machine/materials.h"
#include "machine/migrate.h"
#include "machine/names.h"
#include "machine/notes.h"
#include "machine/outage.h"
#include "machine/paths.h"
#include "machine/periods.h"
#include "machine/prepare.h"
#include "machine/reopen.h"
#include "machine/sign.h"
#include "machine/sort.h"
#include "machine/stuck.h"
#include "machine/undo.h"
#include "machine/voids.h"
#include "machine/wholes.h"

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
        else if (!strcmp(name, "hands"))
            fits = v->kind == VALUE_ARRAY;
        else if (v->kind == VALUE_INT) /* of child cases */
            fits = countable(v->integer) &&
                   (!strcmp(name, "entered") || !strcmp(name, "ended") || !strcmp(name, "counted"));
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
           countable(c->last_draw) && c->contradicted >= 0 && c->contradicted <= c->last_visit;
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

/* One is chosen where the definition says so, of those it lists. */
static bool
department_fits(const struct workflow *w, const struct step *s, const char *department)
{
    return department ? s->choice && step_department_called(w, s, department) : !s->choice;
}

static bool
visit_fits(const struct workflow *w, const struct case_state *c, const struct visit *v)
{
    const struct step *s = &w->step[v->step];

    return s->kind != STEP_DECISION && s->kind != STEP_END && votes_fit(s, v) &&
           department_fits(w, s, v->department) && v->parent < v->id && v->id <= c->last_visit &&
           stands_in(w, c, s->region, v->parent) &&
           element_fits(w, c, s->region, v->parent, v->element) &&
           has_branch(w, c, s->region, v->parent, v->element) && signatures_fit(w, v);
}

/* Of each region one step at a time is active, and beside it each optional one once. */
static bool
alone(const struct workflow *w, const struct case_state *c, const struct visit *v)
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (&c->visit[i] != v && c->visit[i].parent == v->parent &&
            w->step[c->visit[i].step].region == w->step[v->step].region &&
            same_element(c->visit[i].element, v->element) &&
            (c->visit[i].step == v->step ||
             (!w->step[c->visit[i].step].optional && !w->step[v->step].optional)))
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
    if ((k->department != NULL) != w->clock[k->rule].per_department)
        return false;
    if (!countable(k->epoch) || k->fired < -1 || k->fired > k->epoch || k->warned_in < 0 ||
        k->warned_in > k->epoch)
        return false;
    return scope == NONE ? k->visit == 0 : v && v->step == scope && k->verdict == VERDICT_OPEN;
}

/* A step, or the whole case where a parent can make it stand. */
static bool
can_stand(const struct case_state *c, int32_t visit)
{
    return case_visit(c, visit) || (visit == 0 && c->parent.case_id);
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
        if (!can_stand(c, c->stop[i].visit) || c->stop[i].number > c->last_stop)
            return false;
    if (!certificates_fit(c) || !materials_fit(w, c))
        return false;
    if (!letters_fit(c) || !children_fit(w, c) || !prepared_fits(w, c) || !stuck_fits(w, c))
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
course_reads(const struct value *stood, struct arena *a)
{
    struct case_clock k = {.n_stand = 0};

    return stood->kind == VALUE_ARRAY && read_stands(a, stood, &k);
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
           department_fits(w, s, f->name) && stands_in(w, c, s->region, f->number) &&
           element_fits(w, c, s->region, f->number, f->element) &&
           has_branch(w, c, s->region, f->number, f->element);
}

static bool
started_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const uint16_t scope = w->clock[f->rule].scope;
    const struct visit *v = case_visit(c, f->visit);

    return f->number == c->last_clock + 1 &&
           (f->name != NULL) == w->clock[f->rule].per_department &&
           (scope == NONE ? f->visit == 0 : v && v->step == scope);
}

static bool
timed_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const struct visit *v = case_visit(c, f->visit);

    return v && f->number >= -1 && f->number < w->step[v->step].n_timer;
}

static bool
branching_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const bool there = case_branch(c, f->visit, (uint16_t)f->number, f->element);

    return branch_fits(w, c, f->visit, f->number, f->element) &&
           (f->kind == FACT_BRANCHED ? !there : there && f->name);
}

/* Facts of cards, courses, holds, silence and what contradicts it. */
static bool
timely_fits(const struct case_state *c, const struct fact *f, struct arena *a)
{
    const bool open = case_visit(c, f->visit) != NULL;

    if (f->kind == FACT_LATE || f->kind == FACT_WARNED)
        return running_clock(c, f->number) && f->epoch == case_clock(c, f->number)->epoch;
    if (f->kind == FACT_RECOUNTED)
        return running_clock(c, f->number) && f->ref;
    if (f->kind == FACT_COURSE)
        return running_clock(c, f->number) && course_reads(&f->value, a);
    if (f->kind == FACT_CONTRADICTED)
        return f->visit > 0 && f->visit <= c->last_visit && !open && f->name && f->detail;
    if (f->kind == FACT_RECONCILED)
        return c->contradicted != 0 && f->visit == 0;
    return open && (f->kind != FACT_HELD || f->detail);
}

/* A case is opened first, and nothing has happened before that. */
static bool
moment_fits(const struct case_state *c, const struct fact *f)
{
    if (f->happened && (c->opened == INSTANT_NONE || f->happened < c->opened))
        return false;
    return (c->phase == PHASE_NONE) == (f->kind == FACT_OPENED);
}

static bool
stop_fits(const struct case_state *c, const struct fact *f)
{
    return f->kind == FACT_RESUMED ? holding_stop(c, f->number)
                                   : can_stand(c, f->visit) && f->number == c->last_stop + 1;
}

static bool
written_fits(const struct case_state *c, const struct fact *f)
{
    const struct value *list;

    if (f->kind == FACT_AMENDED)
        return f->value.kind == VALUE_OBJECT;
    if (f->kind == FACT_APPENDED) {
        list = f->name && !strncmp(f->name, "form.", 5) ? path_get(&c->form, f->name + 5) : NULL;
        return f->name && !strncmp(f->name, "form.", 5) && (!list || list->kind == VALUE_ARRAY) &&
               f->value.kind != VALUE_NULL;
    }
    return f->name && (!strncmp(f->name, "form.", 5) || !strncmp(f->name, "case.", 5));
}

/* What a case keeps beside its flow. */
static bool
kept_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    if (f->kind == FACT_APPENDED)
        return written_fits(c, f);
    if (f->kind == FACT_STUCK)
        return stuck_fact_fits(w, c, f);
    if (f->kind == FACT_VOIDED)
        return voided_fits(c, f);
    if (f->kind == FACT_SUCCEEDED || f->kind == FACT_SHORTENED)
        return whole_fact_fits(c, f);
    if (material_is_told(f->kind))
        return material_fits(c, f);
    if (f->kind <= FACT_LANE)
        return sorted_fits(w, c, f);
    if (f->kind <= FACT_HANDED_BACK || f->kind == FACT_ENTRUSTED)
        return intake_fits(c, f);
    if (f->kind <= FACT_UNPREPARED)
        return prepared_fact_fits(w, c, f);
    if (f->kind == FACT_OUTAGE || f->kind == FACT_OUTAGE_ANNULLED)
        return outage_fits(c, f);
    if (f->kind == FACT_WITHHELD)
        return withheld_fits(c, f);
    if (f->kind <= FACT_MANDATE_REVOKED)
        return mandate_fact_fits(c, f);
    if (f->kind == FACT_DROPPED)
        return f->number >= 1 && f->number <= c->last_message;
    return f->kind <= FACT_IDENTIFIED ? identity_fits(c, f) : periods_fit(w, c, f);
}

static bool
opened_fits(const struct fact *f)
{
    return f->name && f->value.kind == VALUE_OBJECT && f->number >= 0 &&
           f->number <= GENERATIONS_MOST;
}

bool
fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f,
          struct arena *a)
{
    if (!moment_fits(c, f))
        return false;
    switch (f->kind) {
    case FACT_OPENED:
        return opened_fits(f);
    case FACT_ENTERED:
        return entered_fits(w, c, f);
    case FACT_ACTED:
    case FACT_CLAIMED:
        return case_visit(c, f->visit) && (f->kind == FACT_ACTED ? f->detail : f->name);
    case FACT_SIGNED:
        return signed_fits(w, c, f);
    case FACT_LEFT:
    case FACT_RELEASED:
        return case_visit(c, f->visit) != NULL;
    case FACT_LATE:
    case FACT_WARNED ... FACT_RECONCILED:
    case FACT_RECOUNTED:
        return timely_fits(c, f, a);
    case FACT_TIMED:
        return timed_fits(w, c, f);
    case FACT_DECIDED:
    case FACT_MARKED:
        return true;
    case FACT_COMMITTED ... FACT_TALLIED:
        return f->kind <= FACT_DRAWN ? draw_fits(c, f) : ballot_fits(w, c, f);
    case FACT_SENT:
        return f->number == c->last_message + 1;
    case FACT_BRANCHED:
    case FACT_BRANCH_ENDED:
        return branching_fits(w, c, f);
    case FACT_CLOCK_STARTED:
        return started_fits(w, c, f);
    case FACT_LIMIT_CHOSEN ... FACT_CLOCK_ENDED:
    case FACT_EXTENDED:
        return running_clock(c, f->number) &&
               (f->kind != FACT_CLOCK_ENDED || f->verdict != VERDICT_OPEN);
    case FACT_STOPPED ... FACT_RESUMED:
        return stop_fits(c, f);
    case FACT_SET ... FACT_AMENDED:
        return written_fits(c, f);
    case FACT_ANNULLED:
        return annul_fits(w, c, &f->value, a);
    case FACT_CLOSED:
        return w->step[f->step].kind == STEP_END && f->name;
    case FACT_MATERIAL ... FACT_LANE:
    case FACT_HANDED_OVER ... FACT_SHORTENED:
        return kept_fits(w, c, f);
    case FACT_ISSUED ... FACT_DISCARDED:
        return certificate_fits(c, f);
    case FACT_REOPENED ... FACT_MIGRATED:
        return f->kind == FACT_REOPENED ? reopened_fits(w, c, f)
                                        : c->phase == PHASE_OPEN && migrate_fits(f, a);
    case FACT_RECEIVED ... FACT_FILED:
        return letter_fact_fits(c, f);
    case FACT_ASKED ... FACT_ANSWERED:
        return f->kind <= FACT_RECALLED ? child_fact_fits(w, c, f) : reversal_fact_fits(w, c, f);
    }
    return false;
}

static bool
is_storable(instant t)
{
    return t == INSTANT_NONE || t == 0 || (t >= INSTANT_MIN && t <= INSTANT_MAX);
}

bool
fact_can_be_kept(const struct workflow *w, const struct case_state *c, const struct fact *f,
                 struct arena *a)
{
    const uint16_t n = f->moment ? w->step[f->step].n_timer : 0;

    for (uint16_t i = 0; i < n; i++)
        if (!is_storable(f->moment[i]))
            return false;
    return is_storable(f->until) && is_storable(f->happened) &&
           (f->limit.unit != UNIT_DATE || is_storable(f->limit.date)) && fact_fits(w, c, f, a);
}
