/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a case moves: steps are left and entered, branches joined, ends reached,
 * until every active step waits for somebody.  The statechart of DESIGN 4.
 */
#include <string.h>

#include "machine/ballot.h"
#include "machine/children.h"
#include "machine/draw.h"
#include "machine/fits.h"
#include "machine/founding.h"
#include "machine/letters.h"
#include "machine/materials.h"
#include "machine/names.h"
#include "machine/notice.h"
#include "machine/periods.h"
#include "machine/prepare.h"
#include "machine/sort.h"
#include "machine/undo.h"
#include "machine/voids.h"

void
run_fail(struct run *r, const char *what)
{
    if (!r->failed)
        error_set(r->e, ERROR_DEFINITION_FAULT, "workflow %s: %s", r->w->id, what);
    r->failed = true;
}

void
run_unseeded(struct run *r, const char *what)
{
    if (!r->failed)
        error_set(r->e, ERROR_INTERNAL, "%s begins where no seed is given", what);
    r->failed = true;
}

void
run_too_early(struct run *r, const char *what)
{
    if (!r->failed)
        error_set(r->e, ERROR_HAPPENED_OUTSIDE, "%s began only after that", what);
    r->failed = true;
}

void
emit(struct run *r, struct fact f)
{
    if (r->failed)
        return;
    f.happened = r->recorded && r->at != r->recorded ? r->at : 0;
    if (!fact_can_be_kept(r->w, r->c, &f, r->a)) {
        error_set(r->e, ERROR_GUARD_ERROR, "it leads to what no case can keep (%s)",
                  fact_name(f.kind));
        r->failed = true;
        return;
    }
    r->fact = arena_grow(r->a, r->fact, r->n_fact, sizeof(*r->fact));
    r->fact[r->n_fact++] = f;
    machine_apply(r->w, r->c, &f, r->recorded ? r->recorded : r->at, r->a);
}

static void
send_message(struct run *r, const char *system, struct value data, struct place where,
             int32_t visit)
{
    const struct visit *v = case_visit(r->c, visit);
    const int32_t number = r->c->last_message + 1;
    uint32_t n_around;

    if (r->failed)
        return;
    r->message = arena_grow(r->a, r->message, r->n_message, sizeof(*r->message));
    r->message[r->n_message++] = (struct message){
        .number = number,
        .around = stays_around(r->c, visit ? visit : where.parent, r->a, &n_around),
        .n_around = n_around,
        .region = region_name(r->a, r->w, where.region, where.element),
        .system = system,
        .visit = visit,
        .step = v ? visit_path(r->a, r->w, v) : NULL,
        .data = data};
    emit(r,
         (struct fact){
             .kind = FACT_SENT, .number = number, .name = system, .visit = visit, .value = data});
}

void
run_effects(struct run *r, const struct effects *effects, struct place where, int32_t visit)
{
    bool holds = true;

    for (uint16_t i = 0; i < effects->n && !r->failed; i++) {
        const struct effect *x = &effects->item[i];
        struct value v;

        /* The names of one `set` have one condition, asked before the first of them is written. */
        if (!i || !x->when || x->when != effects->item[i - 1].when)
            holds = !x->when || run_test(r, where, x->when);
        if (!holds)
            continue;
        v = x->n_member ? run_object(r, where, x->member, x->n_member)
            : x->value  ? run_value(r, where, x->value)
                        : value_null();
        if (r->failed)
            return;
        switch (x->kind) {
        case EFFECT_SET:
            write_name(r, x->name, v);
            break;
        case EFFECT_APPEND:
            emit(r, (struct fact){.kind = FACT_APPENDED, .name = x->name, .value = v});
            break;
        case EFFECT_SEND:
            send_message(r, x->name, v, where, visit);
            if (x->undo)
                make_reversible(r, x->undo, visit, r->c->last_message);
            break;
        case EFFECT_ISSUE:
            issue_certificate(r, x, v);
            break;
        case EFFECT_REVOKE:
            (void)void_held(r, x, v, CERTIFICATE_REVOKED, 0);
            break;
        case EFFECT_LABEL:
            set_label(r, x->label, x->remove);
            break;
        case EFFECT_OPEN:
            open_apart(r, x->name, v, other_party(r, where, x->other, NULL));
            break;
        case EFFECT_FETCH:
            fetch_material(r, x->material, v.string);
            break;
        case EFFECT_COMMIT:
            run_commit(r, x->name);
            break;
        case EFFECT_DRAW:
            run_draw(r, where, x->name, x->drawing);
            break;
        }
    }
}

static bool
runs_already(const struct case_state *c, uint16_t rule, int32_t visit)
{
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (c->clock[i].rule == rule && c->clock[i].visit == visit)
            return true;
    return false;
}

void
run_mark(struct run *r, uint16_t mark)
{
    bool starts = r->c->mark[mark] == INSTANT_NONE;

    emit(r, (struct fact){.kind = FACT_MARKED, .mark = mark});
    for (uint32_t i = 0; i < r->c->n_clock && !r->failed; i++) {
        const struct case_clock *k = &r->c->clock[i];
        const struct clock_rule *rule = &r->w->clock[k->rule];

        if (k->verdict != VERDICT_OPEN || rule->to != mark ||
            (rule->scope != NONE && mark < MARK_GIVEN))
            continue;
        end_clock(r, k->id, false);
        if (rule->scope != NONE)
            i--; /* a step's clock is gone from the list */
    }
    for (uint16_t i = 0; i < r->w->n_clock && starts && !r->failed; i++)
        if (r->w->clock[i].scope == NONE && r->w->clock[i].from == mark &&
            !r->w->clock[i].per_department)
            start_clock(r, i, 0, NULL);
    /* A clock within a stage may run from a mark that is set inside it. */
    for (uint32_t i = 0; i < r->c->n_visit && mark >= MARK_GIVEN && !r->failed; i++) {
        const struct step *s = &r->w->step[r->c->visit[i].step];

        for (uint16_t j = 0; j < s->n_clock; j++)
            if (r->w->clock[s->clock[j]].from == mark &&
                !runs_already(r->c, s->clock[j], r->c->visit[i].id))
                start_clock(r, s->clock[j], r->c->visit[i].id, NULL);
    }
    start_department_clocks(r);
}

void
run_marks(struct run *r, const struct marks *marks)
{
    for (uint16_t i = 0; i < marks->n && !r->failed; i++)
        run_mark(r, marks->item[i]);
}

struct place
place_of(const struct run *r, int32_t visit)
{
    const struct visit *v = case_visit(r->c, visit);

    return (struct place){.region = r->w->step[v->step].region,
                          .parent = v->parent,
                          .element = v->element,
                          .beside = r->w->step[v->step].optional != NULL};
}

struct place
place_of_case(void)
{
    return (struct place){.region = 0};
}

/*
 * Somebody moves on what must wait for the optional step @v: it is open, required, and he does not
 * act in it.  Time and messages from outside do not ask.
 */
static bool
must_wait(struct run *r, const struct visit *v)
{
    const struct discretion *d = r->w->step[v->step].optional;

    if (!d || !d->required || !r->acts)
        return false;
    for (uint32_t i = 0; i < r->n_around; i++)
        if (r->around[i] == v->id)
            return false;
    if (!r->failed)
        error_set(r->e, ERROR_STEP_AWAITED, "step %s is open, and is waited for",
                  visit_path(r->a, r->w, v));
    r->failed = true;
    return true;
}

/* Whether @v stands at @here. */
static bool
stands_at(const struct run *r, const struct visit *v, const struct place *here)
{
    return v->parent == here->parent && r->w->step[v->step].region == here->region &&
           same_element(v->element, here->element);
}

/* Leaves all that is active at @here: an optional step takes the region elsewhere. */
static void
clear(struct run *r, struct place here)
{
    for (uint32_t i = 0; i < r->c->n_visit && !r->failed; i++)
        if (stands_at(r, &r->c->visit[i], &here)) {
            leave(r, r->c->visit[i].id, true);
            i = UINT32_MAX; /* the list is another: from its beginning */
        }
}

/* The newest active step inside @visit but not itself; 0: none. */
static int32_t
newest_inside(const struct run *r, int32_t visit)
{
    for (uint32_t i = r->c->n_visit; i-- > 0;)
        if (r->c->visit[i].id != visit && case_visit_inside(r->c, &r->c->visit[i], visit))
            return r->c->visit[i].id;
    return 0;
}

static void
leave_one(struct run *r, int32_t visit, bool cancelled)
{
    const struct visit *v = case_visit(r->c, visit);
    bool measured = false, stopped = false;

    if (cancelled && must_wait(r, v))
        return;
    if (r->at < v->entered)
        run_too_early(r, r->w->step[v->step].path);
    for (uint32_t i = 0; i < r->c->n_clock && !r->failed; i++) {
        const struct case_clock *k = &r->c->clock[i];

        if (k->visit != visit || k->verdict != VERDICT_OPEN)
            continue;
        measured = measured || r->w->clock[k->rule].is_limit;
        /* A clock whose own end mark was not reached ends with its step, in no rate. */
        end_clock(r, k->id, cancelled || r->w->clock[k->rule].to != MARK_CLOSED);
        i--;
    }
    if (!measured && !r->failed)
        note_step(r, v, cancelled);
    for (uint32_t i = 0; i < r->c->n_stop; i++)
        if (r->c->stop[i].visit == visit && r->c->stop[i].to == INSTANT_NONE) {
            stopped = stopped || !r->c->stop[i].declared;
            emit(r, (struct fact){.kind = FACT_RESUMED, .number = r->c->stop[i].number});
        }
    if (stopped)
        tell_children(r, visit);
    dismiss_children(r, v);
    prepared_left(r, v);
    if (cancelled)
        doom_stay(r, visit);
    for (uint32_t i = 0; i < r->c->n_branch; i++)
        if (r->c->branch[i].parent == visit && !r->c->branch[i].outcome) {
            doom_branch(r, visit, r->c->branch[i].region, r->c->branch[i].element);
            emit(r, (struct fact){.kind = FACT_BRANCH_ENDED,
                                  .visit = visit,
                                  .number = r->c->branch[i].region,
                                  .element = r->c->branch[i].element,
                                  .name = "cancelled"});
        }
    emit(r, (struct fact){
                .kind = FACT_LEFT, .visit = visit, .name = cancelled ? "cancelled" : "done"});
}

void
leave(struct run *r, int32_t visit, bool cancelled)
{
    int32_t inside;

    while (!r->failed && (inside = newest_inside(r, visit)) != 0)
        leave_one(r, inside, true);
    if (!r->failed)
        leave_one(r, visit, cancelled);
}

instant
period_end(struct run *r, struct limit l, const struct step *s)
{
    return step_period(r->a, run_calendar(r, NULL), s, l, r->at).at;
}

static instant
wait_end(struct run *r, const struct step *s, struct place where)
{
    struct value v;
    instant t;
    day d;

    if (s->kind != STEP_WAIT && s->kind != STEP_BALLOT)
        return INSTANT_NONE;
    if (s->wait.n)
        return period_end(r, s->wait, s);
    if (!s->wait_until)
        return INSTANT_NONE;
    v = run_value(r, where, s->wait_until);
    /* A whole day ends with it: at 24:00, which is still that day (period_start()). */
    if (v.kind == VALUE_STRING && day_read(v.string, v.n, &d))
        return day_end(d);
    if (v.kind == VALUE_STRING && instant_read(v.string, v.n, &t))
        return t;
    if (!r->failed)
        error_set(r->e, ERROR_GUARD_ERROR, "step %s waits until something that is no date",
                  s->path);
    r->failed = true;
    return INSTANT_NONE;
}

/* Makes @s active: its timers, marks, clocks and stops begin. */
static void
enter_visit(struct run *r, const struct step *s, struct place where)
{
    const int32_t id = r->c->last_visit + 1;
    instant *timer = arena_array(r->a, s->n_timer, instant);

    for (uint16_t i = 0; i < s->n_timer; i++)
        timer[i] = period_end(r, s->timer[i].limit, s);
    emit(r, (struct fact){.kind = FACT_ENTERED,
                          .visit = id,
                          .number = where.parent,
                          .step = s->index,
                          .element = where.element,
                          .name = choose_department(r, s, where),
                          .ref = step_counts(s) ? run_calendar(r, NULL)->version : NULL,
                          .moment = timer,
                          .until = wait_end(r, s, where)});
    run_marks(r, &s->marks);
    for (uint16_t i = 0; i < s->n_clock && !r->failed; i++)
        if (r->w->clock[s->clock[i]].from == MARK_OPENED &&
            !r->w->clock[s->clock[i]].per_department)
            start_clock(r, s->clock[i], id, NULL);
    start_department_clocks(r);
    if (s->stops != NONE)
        emit(r, (struct fact){.kind = FACT_STOPPED,
                              .number = r->c->last_stop + 1,
                              .visit = id,
                              .ground = s->stops,
                              .name = notice_named(r, s),
                              .declared = true});
    if (s->kind == STEP_TASK && s->by == ACTOR_SYSTEM)
        send_message(r, s->role, value_null(), where, id);
    if (s->kind == STEP_BALLOT)
        open_ballot(r, s, id);
    if (s->undo)
        make_reversible(r, s->undo, id,
                        s->kind == STEP_TASK && s->by == ACTOR_SYSTEM ? r->c->last_message : 0);
    run_effects(r, &s->effects, where, id);
    if (r->failed)
        return;
    if (s->kind == STEP_STAGE)
        enter(r, r->w->region[s->first_region].start,
              (struct place){.region = s->first_region, .parent = id, .element = where.element});
    else if (s->kind == STEP_PARALLEL)
        enter_branches(r, s, id);
    else if (s->children)
        ask_children(r, s, id);
}

/* The case is over: every clock of its own ends. */
static void
close_case(struct run *r, const struct step *end)
{
    run_mark(r, MARK_CLOSED);
    close_letters(r);
    for (uint32_t i = 0; i < r->c->n_clock && !r->failed; i++)
        if (r->c->clock[i].verdict == VERDICT_OPEN)
            end_clock(r, r->c->clock[i].id, true);
    emit(r, (struct fact){.kind = FACT_CLOSED, .step = end->index, .name = end->outcome});
    if (!r->c->reopened.outcome) /* it has been told once, and has gone on by that */
        tell_parent(r, "concluded", end->outcome);
}

static void
finish(struct run *r, const struct step *end, struct place here)
{
    run_marks(r, &end->marks);
    run_effects(r, &end->effects, here, 0);
    while (!r->failed && here.region != 0) {
        const struct region *region = &r->w->region[here.region];
        const int32_t owner = here.parent;

        if (r->w->step[region->owner].kind == STEP_PARALLEL) {
            branch_end(r, here, end->outcome);
            return;
        }
        here = place_of(r, owner);
        leave(r, owner, false);
    }
    /* What was started beside the flow. */
    while (!r->failed && r->c->n_visit)
        leave(r, r->c->visit[0].id, true);
    undo_doomed(r);
    prepared_cancelled(r, place_of_case());
    if (!r->failed)
        close_case(r, end);
}

void
enter(struct run *r, uint16_t step, struct place where)
{
    const struct step *s = &r->w->step[step];

    undo_doomed(r);
    for (uint32_t i = 0; i < r->c->n_visit && !s->optional && !r->failed; i++)
        if (stands_at(r, &r->c->visit[i], &where))
            (void)must_wait(r, &r->c->visit[i]);
    if (r->failed)
        return;
    if (++r->moves > MOST_MOVES) {
        run_fail(r, "it does not come to rest within 1,000 moves");
        return;
    }
    if (s->kind == STEP_DECISION)
        choose_way(r, s, where);
    else if (s->kind == STEP_END)
        finish(r, s, where);
    else
        enter_visit(r, s, where);
}

void
move(struct run *r, struct place from, struct target to)
{
    int32_t owner;

    if (r->failed || to.kind == TARGET_NONE)
        return;
    if (to.kind == TARGET_STEP) {
        const uint16_t region = r->w->step[to.step].region;

        while (!r->failed && from.region != region) {
            owner = from.parent;
            from = place_of(r, owner);
            leave(r, owner, true);
        }
        if (from.beside) {
            clear(r, from);
            from.beside = false; /* the region is in that step now */
        }
        enter(r, to.step, from);
        return;
    }
    if (from.beside)
        return;
    owner = from.parent;
    if (r->w->step[r->w->region[from.region].owner].kind == STEP_PARALLEL) {
        branch_end(r, from, "done");
    } else {
        const struct target next = r->w->step[r->w->region[from.region].owner].to;

        from = place_of(r, owner);
        leave(r, owner, false);
        move(r, from, next);
    }
}
