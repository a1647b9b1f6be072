/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only place where a case changes.  One fact, one change; nothing here
 * asks whether it should have happened.
 */
#include <string.h>

#include "base/require.h"
#include "machine/annul.h"
#include "machine/ballot.h"
#include "machine/certificates.h"
#include "machine/children.h"
#include "machine/draw.h"
#include "machine/identity.h"
#include "machine/intake.h"
#include "machine/letters.h"
#include "machine/machine.h"
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
#include "machine/stands.h"
#include "machine/stuck.h"
#include "machine/undo.h"
#include "machine/voids.h"

/* Array helpers: the arrays belong to this state, the arena is its own. */
#define append(a, array, n, item)                                                                  \
    do {                                                                                           \
        (array) = grown((a), (array), (n), sizeof(*(array)));                                      \
        (array)[(n)++] = (item);                                                                   \
    } while (0)

/* A copy of @array with room for one more: what was shared stays as it was. */
static void *
grown(struct arena *a, const void *array, size_t n, size_t size)
{
    void *larger = arena_alloc(a, (n + 1) * size);

    if (n)
        memcpy(larger, array, n * size);
    return larger;
}

#define drop(array, n, i) memmove(&(array)[i], &(array)[(i) + 1], (--(n) - (i)) * sizeof(*(array)))

static struct value
step_note(struct arena *a, const struct case_state *c, const char *path, const char *key,
          struct value v)
{
    return path_with(a, &c->steps, arena_printf(a, "%s.%s", path, key), v);
}

static void
apply_opened(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
             struct arena *a)
{
    instant *mark = arena_array(a, w->n_mark, instant);

    for (uint16_t i = 0; i < w->n_mark; i++)
        mark[i] = INSTANT_NONE;
    c->mark = mark;
    c->phase = PHASE_OPEN;
    c->opened = at;
    c->form = f->value;
    c->district = f->name;
    c->applicant_kind = f->detail;
    c->parent = (struct parent){.case_id = f->id,
                                .case_number = f->ref,
                                .child = f->epoch,
                                .listens = f->declared,
                                .generation = f->number};
}

static void
apply_entered(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
              struct arena *a)
{
    const struct visit v = {.id = f->visit,
                            .parent = f->number,
                            .step = f->step,
                            .element = f->element,
                            .department = f->name,
                            .entered = at,
                            .revision = c->revision,
                            .held_until = INSTANT_NONE,
                            .hold_since = INSTANT_NONE,
                            .timer = f->moment,
                            .wait_until = f->until,
                            .calendar = f->ref};

    append(a, c->visit, c->n_visit, v);
    c->last_visit = f->visit;
    if (w->step[f->step].noted) {
        const char *path = visit_path(a, w, &v);
        const struct value *seen = path_get(&c->steps, arena_printf(a, "%s.visits", path));

        c->steps = step_note(a, c, path, "visits", value_int(seen ? seen->integer + 1 : 1));
    }
}

static void
apply_left(struct case_state *c, const struct fact *f)
{
    for (uint32_t i = 0; i < c->n_child; i++)
        if (c->child[i].visit == f->visit)
            c->child[i].visit = 0;
    for (uint32_t i = c->n_stop; i-- > 0;)
        if (c->stop[i].visit == f->visit)
            drop(c->stop, c->n_stop, i);
    for (uint32_t i = c->n_branch; i-- > 0;)
        if (c->branch[i].parent == f->visit)
            drop(c->branch, c->n_branch, i);
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (c->visit[i].id == f->visit) {
            drop(c->visit, c->n_visit, i);
            break;
        }
}

static void
apply_branch_ended(const struct workflow *w, struct case_state *c, const struct fact *f,
                   struct arena *a)
{
    struct branch *b = case_branch(c, f->visit, (uint16_t)f->number, f->element);

    require(b);
    b->outcome = f->name;
    if (w->region[f->number].noted)
        c->steps = step_note(a, c, branch_path(a, w, b), "outcome", value_borrow(f->name));
}

static void
apply_clock_ended(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
                  struct arena *a)
{
    struct case_clock *k = case_clock(c, f->number);

    require(k);
    clock_cut(k, at, a);
    k->late = k->late && f->verdict == VERDICT_LATE;
    k->blue = INSTANT_NONE;
    k->verdict = f->verdict;
    k->ended = at;
    k->moved = false;
    if (w->clock[k->rule].scope != NONE)
        drop(c->clock, c->n_clock, (uint32_t)(k - c->clock));
}

static void
apply_clock(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
            struct arena *a)
{
    struct case_clock *k = case_clock(c, f->number);

    if (f->kind == FACT_CLOCK_ENDED) {
        apply_clock_ended(w, c, f, at, a);
        return;
    }
    if (f->kind == FACT_CLOCK_STARTED) {
        const struct case_clock started = {.id = f->number,
                                           .rule = f->rule,
                                           .visit = f->visit,
                                           .department = f->name,
                                           .calendar = f->ref,
                                           .started = at,
                                           .limit = f->limit,
                                           .fired = -1,
                                           .known_due = INSTANT_NONE,
                                           .ended = INSTANT_NONE,
                                           .due = INSTANT_NONE,
                                           .blue = INSTANT_NONE,
                                           .moved = true};

        append(a, c->clock, c->n_clock, started);
        c->last_clock = f->number;
        return;
    }
    require(k);
    if (f->kind == FACT_COURSE)
        require(read_stands(a, &f->value, k));
    else if (f->kind == FACT_LIMIT_CHOSEN)
        k->limit = f->limit;
    else if (f->kind == FACT_RECOUNTED)
        k->calendar = f->ref;
    else if (f->kind == FACT_EXTENDED)
        k->extension = f->limit, k->extended = at;
    else if (f->kind == FACT_WARNED)
        k->warned = true, k->warned_in = f->epoch;
    else
        k->late = true, k->fired = f->epoch;
    k->moved = true;
}

static void
apply_stop(struct case_state *c, const struct fact *f, instant at, struct arena *a)
{
    const struct stop s = {.number = f->number,
                           .visit = f->visit,
                           .ground = f->ground,
                           .declared = f->declared,
                           .from = at,
                           .to = INSTANT_NONE};
    struct visit *v = case_visit(c, f->visit);

    if (v) /* stopping and resuming by command changes what others have seen of the step */
        v->revision = c->revision;
    if (f->kind == FACT_STOPPED) {
        append(a, c->stop, c->n_stop, s);
        c->last_stop = f->number;
        return;
    }
    for (uint32_t i = 0; i < c->n_stop; i++)
        if (c->stop[i].number == f->number)
            c->stop[i].to = at;
}

static void
apply_written(struct case_state *c, const struct fact *f, struct arena *a)
{
    if (f->kind == FACT_AMENDED)
        c->form = f->value;
    else if (f->kind == FACT_APPENDED)
        c->form = path_appended(a, &c->form, f->name + 5, f->value);
    else if (!strncmp(f->name, "form.", 5))
        c->form = path_with(a, &c->form, f->name + 5, f->value);
    else
        c->vars = path_with(a, &c->vars, f->name + 5, f->value);
}

/* Who did it last, and who signed it. */
static void
note_deed(const struct workflow *w, struct case_state *c, const struct visit *v,
          const struct fact *f, struct arena *a)
{
    const char *path = visit_path(a, w, v);
    const struct value hands = signatories(a, v, f->name);

    c->steps = step_note(a, c, path, "by", value_borrow(f->detail));
    c->steps = hands.kind == VALUE_NULL
                   ? path_without(a, &c->steps, arena_printf(a, "%s.hands", path))
                   : step_note(a, c, path, "hands", hands);
}

/* What concerns one active step alone. */
static void
apply_visit(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
            struct arena *a)
{
    struct visit *v = case_visit(c, f->visit);
    instant *timer;

    require(v);
    if (f->kind == FACT_ACTED) {
        v->revision = c->revision;
        v->holder = v->hold = NULL;
        v->held_until = v->hold_since = INSTANT_NONE;
        if (w->step[v->step].noted)
            note_deed(w, c, v, f, a);
        drop_signatures(v, f->name, a);
    } else if (f->kind == FACT_CLAIMED) {
        v->holder = f->name;
        v->held_until = f->until;
    } else if (f->kind == FACT_RELEASED) {
        v->holder = NULL;
        v->held_until = INSTANT_NONE;
    } else if (f->kind == FACT_HELD || f->kind == FACT_CONTINUED) {
        v->hold = f->kind == FACT_HELD ? f->detail : NULL;
        v->hold_since = f->kind == FACT_HELD ? at : INSTANT_NONE;
    } else if (f->number < 0) {
        v->wait_until = INSTANT_NONE;
    } else {
        require(f->number < w->step[v->step].n_timer);
        timer = arena_copy(a, v->timer, w->step[v->step].n_timer * sizeof(*timer));
        timer[f->number] = INSTANT_NONE;
        v->timer = timer;
    }
}

static void
apply_branched(const struct workflow *w, struct case_state *c, const struct fact *f,
               struct arena *a)
{
    const struct branch b = {
        .parent = f->visit, .region = (uint16_t)f->number, .element = f->element, .item = f->value};
    const char *outcome = arena_printf(a, "%s.outcome", branch_path(a, w, &b));

    append(a, c->branch, c->n_branch, b);
    c->steps = path_without(a, &c->steps, outcome);
}

static void
apply_marked(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
             struct arena *a)
{
    instant *mark;

    if (c->mark[f->mark] != INSTANT_NONE)
        return;
    mark = arena_copy(a, c->mark, w->n_mark * sizeof(*mark));
    mark[f->mark] = at;
    c->mark = mark;
}

static void
apply_closed(const struct workflow *w, struct case_state *c, const struct fact *f)
{
    c->phase = PHASE_CLOSED;
    c->outcome = f->name;
    c->closed_as = w->step[f->step].public == PUBLIC_DELIVERED ? PUBLIC_DELIVERED : PUBLIC_DECIDED;
}

/* What a case keeps beside its flow, from certificates to drafts, and what moves its periods. */
static void
apply_kept(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
           struct arena *a)
{
    if (f->kind <= FACT_DISCARDED || f->kind >= FACT_SUCCEEDED)
        apply_certificate(c, f, at, a);
    else if (f->kind <= FACT_FILED)
        apply_letter(w, c, f, at, a);
    else if (f->kind <= FACT_DRAWN)
        apply_draw(c, f, a);
    else if (f->kind <= FACT_TALLIED)
        apply_ballot(w, c, f, a);
    else if (f->kind <= FACT_RECALLED)
        apply_child(w, c, f, a);
    else if (f->kind <= FACT_ANSWERED)
        apply_reversal(c, f, a);
    else if (material_is_told(f->kind))
        apply_material(w, c, f, at);
    else if (f->kind <= FACT_LANE)
        apply_sorted(w, c, f, a);
    else if (f->kind <= FACT_HANDED_BACK || f->kind == FACT_ENTRUSTED)
        apply_intake(c, f, at);
    else if (f->kind <= FACT_UNPREPARED)
        apply_prepared(c, f, at, a);
    else if (f->kind <= FACT_MANDATE_REVOKED)
        apply_mandate(c, f, at, a);
    else if (f->kind <= FACT_IDENTIFIED)
        apply_identity(c, f, at);
    else if (f->kind == FACT_OUTAGE)
        apply_outage(c, f, at, a);
    else if (f->kind == FACT_APPENDED)
        apply_written(c, f, a);
    else if (f->kind == FACT_VOIDED)
        apply_voided(c, f, a);
    else if (f->kind == FACT_WITHHELD)
        apply_withheld(c, f, a);
    else if (f->kind == FACT_OUTAGE_ANNULLED)
        apply_outage_annulled(c, f, a);
    else if (f->kind == FACT_PERIODS_RECOUNTED)
        apply_periods(c, f);
    else if (f->kind == FACT_STUCK)
        apply_stuck(c, f, at, a);
}

static void
apply_branch(const struct workflow *w, struct case_state *c, const struct fact *f, struct arena *a)
{
    if (f->kind == FACT_BRANCHED)
        apply_branched(w, c, f, a);
    else
        apply_branch_ended(w, c, f, a);
}

/* What the fact carries takes the place of what was. */
static void
apply_whole(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
            struct arena *a)
{
    if (f->kind == FACT_ANNULLED)
        annul_restore(w, c, f, a);
    else if (f->kind == FACT_REOPENED)
        apply_reopened(w, c, f, at, a);
    else
        migrate_apply(c, f, a);
}

static void
apply_one(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
          struct arena *a)
{
    switch (f->kind) {
    case FACT_OPENED:
        apply_opened(w, c, f, at, a);
        break;
    case FACT_ENTERED:
        apply_entered(w, c, f, at, a);
        break;
    case FACT_LEFT:
        apply_left(c, f);
        break;
    case FACT_BRANCHED ... FACT_BRANCH_ENDED:
        apply_branch(w, c, f, a);
        break;
    case FACT_MARKED:
        apply_marked(w, c, f, at, a);
        break;
    case FACT_CLOCK_STARTED ... FACT_CLOCK_ENDED:
    case FACT_EXTENDED ... FACT_LATE:
    case FACT_WARNED ... FACT_COURSE:
    case FACT_RECOUNTED:
        apply_clock(w, c, f, at, a);
        break;
    case FACT_STOPPED ... FACT_RESUMED:
        apply_stop(c, f, at, a);
        break;
    case FACT_ACTED:
    case FACT_TIMED:
    case FACT_CLAIMED ... FACT_RELEASED:
    case FACT_HELD ... FACT_CONTINUED:
        apply_visit(w, c, f, at, a);
        break;
    case FACT_SET ... FACT_AMENDED:
        apply_written(c, f, a);
        break;
    case FACT_SIGNED:
        apply_signed(c, f, a);
        break;
    case FACT_DECIDED:
    case FACT_DEEMED:
        break;
    case FACT_CONTRADICTED ... FACT_RECONCILED:
        c->contradicted = f->visit; /* of which the latter names none */
        break;
    case FACT_SENT:
        c->last_message = f->number;
        break;
    case FACT_ANNULLED:
    case FACT_REOPENED ... FACT_MIGRATED:
        apply_whole(w, c, f, at, a);
        break;
    case FACT_CLOSED:
        apply_closed(w, c, f);
        break;
    case FACT_ISSUED ... FACT_ANSWERED:
    case FACT_MATERIAL ... FACT_LANE:
    case FACT_HANDED_OVER ... FACT_SHORTENED:
        apply_kept(w, c, f, at, a);
        break;
    }
}

void
machine_apply(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
              struct arena *a)
{
    const instant when = f->happened ? f->happened : at;

    apply_one(w, c, f, when, a);
    stuck_forget(w, c, f, a);
    /* Learned late, among facts that are known: FACT_COURSE says what follows for the clocks. */
    if (when < c->moment)
        return;
    switch (f->kind) {
    case FACT_ENTERED:
    case FACT_LEFT:
    case FACT_CLOCK_STARTED:
    case FACT_STOPPED:
    case FACT_RESUMED:
    case FACT_ANNULLED:
        clocks_restand(w, c, when, a);
        break;
    case FACT_OPENED:
    case FACT_ACTED:
    case FACT_DECIDED:
    case FACT_BRANCHED:
    case FACT_BRANCH_ENDED:
    case FACT_MARKED:
    case FACT_LIMIT_CHOSEN:
    case FACT_CLOCK_ENDED:
    case FACT_EXTENDED:
    case FACT_LATE:
    case FACT_TIMED:
    case FACT_SET ... FACT_AMENDED:
    case FACT_SENT:
    case FACT_SIGNED:
    case FACT_CLAIMED ... FACT_RELEASED:
    case FACT_CLOSED:
    case FACT_ISSUED ... FACT_ANSWERED:
    case FACT_MATERIAL ... FACT_LANE:
    case FACT_WARNED ... FACT_RECONCILED:
    case FACT_HANDED_OVER ... FACT_SHORTENED:
    case FACT_REOPENED:
    case FACT_MIGRATED:
    case FACT_RECOUNTED:
        break; /* nobody begins or ceases to stand by it */
    }
}
