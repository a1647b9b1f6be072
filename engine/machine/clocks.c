/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and ending clocks, and the rows of measurement that come of it. */
#include <string.h>

#include "machine/clock_walk.h"
#include "machine/flow.h"
#include "machine/names.h"
#include "machine/notes.h"
#include "machine/outage.h"
#include "machine/stands.h"

/* "2026-03-01" is the end of that day, a date-time itself. */
static bool
read_due_date(struct run *r, const struct value *v, struct limit *out)
{
    day d;

    if (v->kind == VALUE_STRING && day_read(v->string, v->n, &d)) {
        *out = clock_date(d);
        return true;
    }
    *out = (struct limit){.unit = UNIT_DATE};
    if (v->kind == VALUE_STRING && instant_read(v->string, v->n, &out->date))
        return true;
    if (!r->failed)
        error_set(r->e, ERROR_GUARD_ERROR, "the date of a limit is no date or date-time");
    r->failed = true;
    return false;
}

const struct calendar *
run_calendar(const struct run *r, const char *department)
{
    return almanac_hall(r->s->calendar, r->c->district, department);
}

struct limit
choose_limit(struct run *r, const struct clock_rule *rule, int32_t visit)
{
    const struct place where = visit ? place_of(r, visit) : place_of_case();

    for (uint16_t i = 0; i < rule->n_arm && !r->failed; i++) {
        const struct limit_arm *arm = &rule->arm[i];
        struct limit l = arm->limit;

        if (arm->when && !run_test(r, where, arm->when))
            continue;
        if (arm->date) {
            const struct value v = run_value(r, where, arm->date);

            if (r->failed || !read_due_date(r, &v, &l))
                break;
        }
        return l;
    }
    return (struct limit){0};
}

void
start_clock(struct run *r, uint16_t rule, int32_t visit, const char *department)
{
    const struct limit limit = choose_limit(r, &r->w->clock[rule], visit);

    const struct calendar *calendar = run_calendar(r, department);

    emit(r, (struct fact){.kind = FACT_CLOCK_STARTED,
                          .number = r->c->last_clock + 1,
                          .visit = visit,
                          .rule = rule,
                          .element = visit ? case_visit(r->c, visit)->element : NULL,
                          .name = department,
                          .ref = calendar->version,
                          .limit = limit});
}

bool
has_department_clock(const struct case_state *c, const struct case_clock *like)
{
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (c->clock[i].rule == like->rule && c->clock[i].visit == like->visit &&
            c->clock[i].id > c->reopened.last_clock && c->clock[i].department &&
            !strcmp(c->clock[i].department, like->department))
            return true;
    return false;
}

/* Inside @container: 0 for the case, or an active visit of the rule's step. */
static void
start_inside(struct run *r, uint16_t rule, int32_t container)
{
    for (uint32_t i = 0; i < r->c->n_visit && !r->failed; i++) {
        const struct visit *v = &r->c->visit[i];
        const struct step *s = &r->w->step[v->step];
        const struct case_clock k = {
            .rule = rule, .visit = container, .department = visit_holder(r->w, v)};

        if (s->kind == STEP_TASK && (s->by == ACTOR_APPLICANT || s->by == ACTOR_PUBLIC))
            continue;
        if (clock_driven_by(r->w, r->c, &k, v) && !has_department_clock(r->c, &k))
            start_clock(r, rule, container, k.department);
    }
}

void
start_department_clocks(struct run *r)
{
    for (uint16_t i = 0; i < r->w->n_clock && !r->failed; i++) {
        const struct clock_rule *rule = &r->w->clock[i];
        const instant *mark = r->c->mark;

        if (!rule->per_department)
            continue;
        for (uint32_t v = 0; rule->scope != NONE && v < r->c->n_visit; v++)
            if (r->c->visit[v].step == rule->scope)
                start_inside(r, i, r->c->visit[v].id);
        if (rule->scope == NONE && mark[rule->from] != INSTANT_NONE &&
            mark[rule->to] == INSTANT_NONE)
            start_inside(r, i, 0);
    }
}

static bool
same_limit(struct limit x, struct limit y)
{
    return x.unit == y.unit && (x.unit == UNIT_DATE ? x.date == y.date : x.n == y.n);
}

void
choose_limits_again(struct run *r)
{
    for (uint32_t i = 0; i < r->c->n_clock && !r->failed; i++) {
        const struct case_clock *k = &r->c->clock[i];
        const struct clock_rule *rule = &r->w->clock[k->rule];
        struct limit l;

        if (k->verdict != VERDICT_OPEN || (rule->n_arm < 2 && !(rule->n_arm && rule->arm->date)))
            continue;
        l = choose_limit(r, rule, k->visit);
        if (!r->failed && !same_limit(l, k->limit))
            emit(r, (struct fact){.kind = FACT_LIMIT_CHOSEN, .number = k->id, .limit = l});
    }
}

void
rechoose_limits(struct run *r, const struct value *form, const struct value *vars)
{
    if (!r->failed && (!value_equal(form, &r->c->form) || !value_equal(vars, &r->c->vars)))
        choose_limits_again(r);
}

static struct timing *
new_timing(struct run *r)
{
    r->timing = arena_grow(r->a, r->timing, r->n_timing, sizeof(*r->timing));
    r->timing[r->n_timing] = (struct timing){.step = NONE, .rule = NONE};
    return &r->timing[r->n_timing++];
}

static void
describe_step(struct run *r, struct timing *t, const struct visit *v)
{
    t->visit = v->id;
    t->step = v->step;
    t->element = v->element;
    t->department = visit_department(r->w, v);
}

void
end_clock(struct run *r, int32_t clock, bool cancelled)
{
    struct case_clock cut = *case_clock(r->c, clock);
    const struct case_clock *k = &cut;
    const struct visit *v = case_visit(r->c, k->visit);
    const bool timed = limit_is_set(k->limit);
    struct timing *t = new_timing(r);
    const instant at = r->at;
    enum verdict verdict = cancelled ? VERDICT_CANCELLED : VERDICT_ON_TIME;
    struct due due;

    if (r->at < k->started && r->cmd)
        run_too_early(r, r->w->clock[k->rule].id);
    else if (r->at < k->started)
        r->at = k->started; /* silence holds from before it began: nothing of it has passed */
    if (r->at < r->c->moment)
        clock_cut(&cut, r->at, r->a); /* what it stood by later is none of it */
    due = case_due(r->w, k, r->s->calendar, r->at, r->a);
    if (timed && due.at != INSTANT_NONE && r->at > due.at)
        verdict = VERDICT_LATE;
    t->clock = k->id;
    t->rule = k->rule;
    t->department = r->w->lead;
    if (v)
        describe_step(r, t, v);
    if (k->department)
        t->department = k->department;
    t->started = k->started;
    t->ended = r->at;
    t->due = timed ? due.at : INSTANT_NONE;
    t->limit = k->limit;
    t->verdict = timed ? verdict : cancelled ? VERDICT_CANCELLED : VERDICT_OPEN;
    t->cancelled = cancelled;
    t->measure = case_measure(r->w, k, r->s->calendar, r->at, r->a);
    t->calendar = case_counting(r->w, k, r->s->calendar, r->a).calendar->version;
    t->stand = k->stand;
    t->n_stand = k->n_stand;
    t->action = r->action;
    t->by = r->cmd && !cancelled ? r->cmd->actor.id : NULL;
    t->explanation = t->verdict == VERDICT_LATE && t->by ? r->cmd->explanation : NULL;
    emit(r, (struct fact){.kind = FACT_CLOCK_ENDED, .number = clock, .verdict = verdict});
    r->at = at;
}

/*
 * When @v stood since it was entered: the stops of itself and of the steps around it, where several
 * held at once the first, and between them outages.
 */
static struct course
course_of(struct run *r, const struct visit *v)
{
    struct stand *stop = arena_array(r->a, r->c->n_stop, struct stand);
    struct course course = {.start = v->entered, .stand = stop};
    struct case_clock k = {.started = v->entered};
    struct walk stood;

    for (uint32_t i = 0; i < r->c->n_stop; i++) {
        const struct stop *s = &r->c->stop[i];

        if (stop_holds(r->w, r->c, s, v) && (s->to == INSTANT_NONE || s->to > v->entered))
            stop[course.n_stand++] =
                (struct stand){.from = s->from > v->entered ? s->from : v->entered,
                               .to = s->to,
                               .ground = r->w->ground[s->ground].id};
    }
    stood = walk_begin(r->a, &course, r->at);
    k.stand = stood.piece;
    k.n_stand = (uint32_t)stood.n;
    outages_stand(&k, r->c->outage, r->c->n_outage, r->a);
    course.stand = k.stand;
    course.n_stand = k.n_stand;
    return course;
}

/* A step without a limit is measured all the same, in service time. */
void
note_step(struct run *r, const struct visit *v, bool cancelled)
{
    const struct counting counting = {.calendar = run_calendar(r, NULL),
                                      .limit = {.unit = UNIT_MINUTES, .n = 1}};
    const struct course course = course_of(r, v);
    struct timing *t = new_timing(r);

    describe_step(r, t, v);
    t->started = v->entered;
    t->ended = r->at;
    t->due = INSTANT_NONE;
    t->verdict = cancelled ? VERDICT_CANCELLED : VERDICT_OPEN;
    t->cancelled = cancelled;
    t->measure = clock_measure(r->a, &counting, &course, r->at);
    t->calendar = counting.calendar->version;
    t->stand = course.stand;
    t->n_stand = (uint32_t)course.n_stand;
    t->action = r->action;
    t->by = r->cmd && !cancelled ? r->cmd->actor.id : NULL;
}

void
rewrite_courses(struct run *r, const struct history *h, int32_t after)
{
    const instant now = r->recorded ? r->recorded : r->at, at = r->at;

    r->at = now;
    for (uint32_t i = 0; i < r->c->n_clock && !r->failed; i++) {
        struct case_clock k = r->c->clock[i];

        if (k.verdict != VERDICT_OPEN || k.id <= after)
            continue;
        history_course(r->a, r->w, h, &k, now, NULL);
        if (!clock_same_course(&k, &r->c->clock[i]))
            emit(r, (struct fact){
                        .kind = FACT_COURSE, .number = k.id, .value = note_stands(r->a, &k)});
    }
    r->at = at;
}
