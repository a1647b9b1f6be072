/* SPDX-License-Identifier: Apache-2.0 */
/* What happens by itself: timers, waits that end, limits that pass. */
#include "machine/due.h"

#include "machine/deed.h"
#include "machine/letters.h"
#include "machine/materials.h"
#include "machine/periods.h"

#include <string.h>

#include "machine/ballot.h"
#include "machine/children.h"
#include "machine/stuck.h"
#include "machine/undo.h"

/* In the order in which they are applied when due at one instant. */
enum due_class { DUE_HEARD, DUE_MOVE, DUE_CLOCK, DUE_REMINDER };

struct due_item {
    instant at; /* INSTANT_NONE: nothing */
    enum due_class class;
    int32_t visit;
    int32_t timer; /* of the visit; -1: its wait */
    int32_t clock;
    int32_t material;      /* whose tolerance ends, or check is due: its index + 1; 0: none */
    bool warns;            /* it turns blue, it is not late yet */
    int32_t letter;        /* that no step took; 0: none */
    bool reminds;          /* of the material: its tolerance ends soon */
    enum stuck_kind tried; /* of what moves by itself: as what it is stuck if it cannot be done */
    bool again;            /* it is */
    const char *name;      /* the clock's */
};

static bool
comes_before(const struct due_item *x, const struct due_item *y)
{
    if (x->at != y->at)
        return x->at < y->at;
    if (x->class != y->class)
        return x->class < y->class;
    if (x->class == DUE_CLOCK && strcmp(x->name, y->name) != 0)
        return strcmp(x->name, y->name) < 0;
    return x->clock != y->clock         ? x->clock < y->clock
           : x->letter != y->letter     ? x->letter < y->letter
           : x->material != y->material ? x->material < y->material
           : x->visit != y->visit       ? x->visit < y->visit
           : x->timer != y->timer       ? x->timer < y->timer
                                        : x->tried < y->tried;
}

static void
offer(struct due_item *first, struct due_item x)
{
    if (first->at == INSTANT_NONE || comes_before(&x, first))
        *first = x;
}

static void
consider(struct due_item *first, struct due_item x, instant now)
{
    if (x.at != INSTANT_NONE && x.at < now)
        offer(first, x);
}

static void
consider_clocks(const struct run *r, struct due_item *first, instant now)
{
    for (uint32_t i = 0; i < r->c->n_clock; i++) {
        const struct case_clock *k = &r->c->clock[i];

        if (k->verdict == VERDICT_OPEN && k->fired != k->epoch)
            consider(first,
                     (struct due_item){.at = k->due,
                                       .class = DUE_CLOCK,
                                       .clock = k->id,
                                       .name = r->w->clock[k->rule].id},
                     now);
        if (k->verdict == VERDICT_OPEN && k->warned_in != k->epoch)
            consider(first,
                     (struct due_item){.at = k->blue,
                                       .class = DUE_CLOCK,
                                       .clock = k->id,
                                       .warns = true,
                                       .name = r->w->clock[k->rule].id},
                     now);
    }
}

static struct due_item
wait_of(const struct visit *v, instant at)
{
    return (struct due_item){
        .at = at, .class = DUE_MOVE, .visit = v->id, .timer = -1, .tried = STUCK_WAIT};
}

static struct due_item
timer_of(const struct visit *v, const struct step *s, uint16_t timer, instant at)
{
    return (struct due_item){.at = at,
                             .class =
                                 s->timer[timer].to.kind == TARGET_NONE ? DUE_REMINDER : DUE_MOVE,
                             .visit = v->id,
                             .timer = timer,
                             .tried = STUCK_TIMER};
}

static void
consider_steps(const struct run *r, struct due_item *first, instant now)
{
    for (uint32_t i = 0; i < r->c->n_visit; i++) {
        const struct visit *v = &r->c->visit[i];
        const struct step *s = &r->w->step[v->step];

        if (!case_is_stuck(r->c, STUCK_WAIT, v->id, 0))
            consider(first, wait_of(v, v->wait_until), now);
        for (uint16_t t = 0; t < s->n_timer; t++)
            if (!case_is_stuck(r->c, STUCK_TIMER, v->id, t))
                consider(first, timer_of(v, s, t, v->timer[t]), now);
    }
}

static struct due_item
material_of(const struct run *r, uint16_t i, bool reminds, instant at)
{
    const bool moves = !reminds && r->c->material[i].state == MATERIAL_TOLERATED &&
                       r->w->material[i].lapse.kind != TARGET_NONE;

    return (struct due_item){.at = at,
                             .class = moves ? DUE_MOVE : DUE_REMINDER,
                             .material = i + 1,
                             .reminds = reminds,
                             .tried = reminds ? STUCK_REMINDER : STUCK_LAPSE};
}

static void
consider_materials(const struct run *r, struct due_item *first, instant now)
{
    for (uint16_t i = 0; i < r->w->n_material; i++) {
        const instant next = case_material_next(r->c, i);

        if (case_material_waits(r->c, i))
            consider(first,
                     material_of(r, i,
                                 material_reminds(&r->c->material[i]) &&
                                     next == r->c->material[i].remind,
                                 next),
                     now);
    }
}

/* What was stuck, now that something has happened: the oldest first.  What other cases said (that a
 * child has ended, that the parent withdraws) was on time, before what came due that moment. */
static void
consider_stuck(const struct run *r, struct due_item *first)
{
    for (uint32_t i = 0; i < r->c->n_stuck; i++) {
        const struct stuck *x = &r->c->stuck[i];
        const struct visit *v = case_visit(r->c, x->item.visit);
        struct due_item d = {.at = x->since, .class = DUE_HEARD, .visit = x->item.visit};

        if (!stuck_is_due(r, x))
            continue;
        if (x->item.kind == STUCK_TIMER)
            d = timer_of(v, &r->w->step[v->step], (uint16_t)x->item.timer, x->since);
        else if (x->item.kind == STUCK_WAIT)
            d = wait_of(v, x->since);
        else if (x->item.kind == STUCK_REMINDER || x->item.kind == STUCK_LAPSE)
            d = material_of(r, x->item.material, x->item.kind == STUCK_REMINDER, x->since);
        d.tried = x->item.kind;
        d.again = true;
        offer(first, d);
    }
}

static struct due_item
first_due(const struct run *r, instant now)
{
    struct due_item first = {.at = INSTANT_NONE};

    consider_materials(r, &first, now);
    if (r->c->phase == PHASE_CLOSED)
        return first;
    consider_steps(r, &first, now);
    consider_clocks(r, &first, now);
    consider_stuck(r, &first);
    for (uint32_t i = 0; i < r->c->n_letter; i++)
        consider(&first,
                 (struct due_item){.at = r->c->letter[i].expires,
                                   .class = DUE_REMINDER,
                                   .letter = r->c->letter[i].number},
                 now);
    return first;
}

/* Clocks after clock @last began earlier than now: they stood whenever the case did (K2, K6). */
static void
count_from_then(struct run *r, int32_t last)
{
    const struct record now = {.fact = r->fact, .n_fact = r->n_fact, .at = r->recorded};
    struct history h;

    if (r->failed || r->c->last_clock == last || r->at >= r->c->moment)
        return;
    if (!r->knows_past) {
        r->blind = true;
        h = history_of_active(r->a, r->c);
    } else if (read_history(r, &h, r->e)) {
        history_add(r->a, r->w, &h, &now);
    } else {
        r->failed = true;
        return;
    }
    rewrite_courses(r, &h, last);
}

/* What the silence means, and the marks set with it: from when it holds (K12). */
static void
deem(struct run *r, const struct deem *d, const struct marks *marks, const struct visit *v)
{
    const int32_t last = r->c->last_clock;
    const instant now = r->at;

    r->recorded = now;
    if (d && d->from != DEEMED_AT_ONCE)
        r->at = d->from == DEEMED_FROM_ENTRY ? v->entered : r->c->opened;
    if (d)
        emit(r, (struct fact){.kind = FACT_DEEMED,
                              .visit = v->id,
                              .name = d->kind,
                              .detail = d->basis,
                              .until = r->at});
    if (marks)
        run_marks(r, marks);
    count_from_then(r, last);
    r->at = now;
    r->recorded = 0;
}

/* No move by time is behind silence that was due before it; reminders may mend that. */
static bool
comes_first(struct run *r, const struct due_item *d)
{
    const struct visit *v = case_visit(r->c, d->visit);
    const instant due = d->timer < 0 ? v->wait_until : v->timer[d->timer];

    if (d->class == DUE_MOVE && !check_silence(r, d->visit, due, r->e))
        r->failed = true;
    return !r->failed;
}

static void
fire_timer(struct run *r, const struct due_item *d)
{
    const struct step *s = &r->w->step[case_visit(r->c, d->visit)->step];
    const struct timer *t = d->timer < 0 ? NULL : &s->timer[d->timer];
    const struct place from = place_of(r, d->visit);
    struct text text = text_new(r->a);
    struct target to;
    bool passed;

    if (!comes_first(r, d))
        return;
    passed = t && t->when && !run_test(r, from, t->when);
    emit(r, (struct fact){.kind = FACT_TIMED,
                          .visit = d->visit,
                          .number = d->timer,
                          .name = passed ? "passed" : NULL});
    if (passed)
        return;
    text_str(&text, t ? "after " : s->kind == STEP_BALLOT ? "ballot" : "wait");
    if (t)
        limit_write(&text, t->limit, LANGUAGE_EN);
    r->action = text.at;
    /* Before what it sends itself, which goes. */
    if (!t || t->to.kind != TARGET_NONE)
        doom_interrupted(r, d->visit);
    if (t) {
        run_effects(r, &t->effects, from, d->visit);
        deem(r, t->deem, &t->marks, case_visit(r->c, d->visit));
        if (t->to.kind == TARGET_NONE || r->failed)
            return;
    } else {
        deem(r, s->deem, NULL, case_visit(r->c, d->visit));
    }
    to = t ? t->to : s->kind == STEP_BALLOT ? close_ballot(r, d->visit) : s->to;
    leave(r, d->visit, false);
    move(r, from, to);
}

static struct stuck_item
stuck_as(const struct due_item *d)
{
    return (struct stuck_item){.kind = d->tried,
                               .visit = d->visit,
                               .timer = d->tried == STUCK_TIMER ? d->timer : 0,
                               .material = d->material ? (uint16_t)(d->material - 1) : NONE};
}

static void
come_due(struct run *r, const struct due_item *d)
{
    const struct value form = r->c->form, vars = r->c->vars;
    const struct stuck_item item = stuck_as(d);

    if (d->class == DUE_CLOCK) {
        emit(r, (struct fact){.kind = d->warns ? FACT_WARNED : FACT_LATE,
                              .number = d->clock,
                              .epoch = case_clock(r->c, d->clock)->epoch});
        return;
    }
    if (d->letter) {
        emit(r, (struct fact){.kind = FACT_EXPIRED, .number = d->letter});
        return;
    }
    say_freed(r, &item);
    if (d->material && d->reminds)
        remind_of_material(r, (uint16_t)(d->material - 1));
    else if (d->material)
        material_due(r, (uint16_t)(d->material - 1));
    else if (d->tried == STUCK_JOIN)
        join_children(r, d->visit);
    else if (d->tried == STUCK_WITHDRAWAL)
        withdraw_again(r);
    else
        fire_timer(r, d);
    rechoose_limits(r, &form, &vars);
}

/* The case as it was when nothing had moved yet at that moment, and what moved first. */
struct calm {
    struct run run;
    struct due_item first;
};

/*
 * Tries what is due.  Of what never comes to rest no part is kept, however many things came due of
 * one another by which it went round: it was the first of them that could not be done.
 */
static bool
try_due(struct run *r, const struct calm *calm, const struct due_item *d)
{
    struct stuck_item item = stuck_as(d);
    struct attempt attempt;
    bool rests;

    attempt_begin(r, &attempt);
    come_due(r, d);
    rests = r->moves <= MOST_MOVES;
    if (attempt_end(r, &attempt))
        return true;
    if (r->failed)
        return false;
    if (!rests) {
        *r = calm->run;
        item = stuck_as(&calm->first);
    }
    say_stuck(r, &item, &attempt.why);
    return false;
}

void
catch_up(struct run *r)
{
    const struct command *cmd = r->cmd;
    const instant now = r->at;
    struct calm calm = {.first = {.at = INSTANT_NONE}};

    r->cmd = NULL;
    r->moves = 0;
    while (!r->failed) {
        const struct due_item d = first_due(r, now);
        const struct calm before = calm;
        const int moves = r->moves;
        bool rests;

        if (d.at == INSTANT_NONE)
            break;
        r->at = d.at > r->c->moment ? d.at : r->c->moment;
        /* However long nobody looked: what comes to rest and waits is at no fault. */
        if (r->at > r->c->moment || d.again)
            r->moves = 0;
        rests = !r->moves;
        if (rests)
            calm = (struct calm){.run = *r, .first = d};
        if (!try_due(r, &calm, &d) && d.again) {
            r->moves = moves; /* a vain try between is no rest */
            calm = before;
        }
        if (r->n_fact && !r->failed)
            finish_record(r, NULL, NULL);
        take_letters(r);
        if (rests && (d.class == DUE_CLOCK || d.letter))
            r->moves = 0; /* of letters, each of which is taken once: what comes now begins anew */
    }
    r->cmd = cmd;
    r->at = now;
    r->action = NULL;
    r->moves = 0;
}
