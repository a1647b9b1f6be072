/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only place where a case changes.  One fact, one change; nothing here
 * asks whether it should have happened.
 */
#include <string.h>

#include "base/require.h"
#include "machine/annul.h"
#include "machine/certificates.h"
#include "machine/draw.h"
#include "machine/letters.h"
#include "machine/machine.h"
#include "machine/migrate.h"
#include "machine/paths.h"

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

/* Whether visit @v is one of the steps that say "runs" or "stands" for @k. */
static bool
drives(const struct workflow *w, const struct case_state *c, const struct case_clock *k,
       const struct visit *v)
{
    const struct clock_rule *rule = &w->clock[k->rule];
    const struct step *s = &w->step[v->step];

    if (s->kind == STEP_STAGE || s->kind == STEP_PARALLEL || !case_visit_inside(c, v, k->visit))
        return false;
    for (uint16_t i = 0; i < rule->n_over; i++)
        if (region_within(w, s->region, rule->over[i]))
            return true;
    return rule->n_over == 0;
}

/* The stop that makes @v stand, its own or that of a step around it; NULL: it runs. */
static const struct stop *
standing(const struct case_state *c, const struct visit *v)
{
    for (; v; v = case_visit(c, v->parent))
        for (uint32_t i = 0; i < c->n_stop; i++)
            if (c->stop[i].visit == v->id && c->stop[i].to == INSTANT_NONE)
                return &c->stop[i];
    return NULL;
}

/* K6: does the clock stand, given what its steps say?  The ground of the oldest stop, or NULL. */
static const struct stop *
clock_stop(const struct workflow *w, const struct case_state *c, const struct case_clock *k)
{
    const enum stops_when when = w->clock[k->rule].stops_when;
    const struct stop *first = NULL;
    uint32_t n_active = 0, n_standing = 0;

    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];
        const struct stop *s;

        if (!drives(w, c, k, v))
            continue;
        if (when == STOPS_WHEN_LEAD && strcmp(step_department(w, &w->step[v->step]), w->lead) != 0)
            continue;
        n_active++;
        s = standing(c, v);
        if (!s)
            continue;
        n_standing++;
        if (!first || s->number < first->number)
            first = s;
    }
    if (when == STOPS_WHEN_ANY ? n_standing > 0 : n_active > 0 && n_standing == n_active)
        return first;
    return NULL;
}

/* From @at on @k stands on @ground, or runs when that is NULL. */
static void
stand_from(struct case_clock *k, const char *ground, instant at, struct arena *a)
{
    struct stand *stand = grown(a, k->stand, k->n_stand, sizeof(*k->stand));

    if (k->n_stand && stand[k->n_stand - 1].to == INSTANT_NONE) {
        stand[k->n_stand - 1].to = at;
        if (stand[k->n_stand - 1].from == at)
            k->n_stand--;
    }
    if (ground && k->n_stand && stand[k->n_stand - 1].to == at &&
        !strcmp(stand[k->n_stand - 1].ground, ground))
        stand[k->n_stand - 1].to = INSTANT_NONE; /* from one step to the next: one interval */
    else if (ground)
        stand[k->n_stand++] = (struct stand){.from = at, .to = INSTANT_NONE, .ground = ground};
    k->stand = stand;
    k->moved = true;
}

/* Brings the intervals of every running clock up to date after a change at @at. */
void
case_restand(const struct workflow *w, struct case_state *c, instant at, struct arena *a)
{
    for (uint32_t i = 0; i < c->n_clock; i++) {
        struct case_clock *k = &c->clock[i];
        const struct stop *s;
        const char *ground, *was;

        if (k->verdict != VERDICT_OPEN)
            continue;
        s = clock_stop(w, c, k);
        ground = s ? w->ground[s->ground].id : NULL;
        was = case_clock_stands(k) ? k->stand[k->n_stand - 1].ground : NULL;
        if (ground == was || (ground && was && !strcmp(ground, was)))
            continue;
        stand_from(k, ground, at, a);
    }
}

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
}

static void
apply_entered(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
              struct arena *a)
{
    const char *path = w->step[f->step].path;
    const struct value *seen = path_get(&c->steps, arena_printf(a, "%s.visits", path));
    const struct visit v = {.id = f->visit,
                            .parent = f->number,
                            .step = f->step,
                            .entered = at,
                            .revision = c->revision,
                            .held_until = INSTANT_NONE,
                            .timer = f->moment,
                            .wait_until = f->until};

    append(a, c->visit, c->n_visit, v);
    c->last_visit = f->visit;
    if (w->step[f->step].noted)
        c->steps = step_note(a, c, path, "visits", value_int(seen ? seen->integer + 1 : 1));
}

static void
apply_left(struct case_state *c, const struct fact *f)
{
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
    for (uint32_t i = 0; i < c->n_branch; i++)
        if (c->branch[i].parent == f->visit && c->branch[i].region == f->number)
            c->branch[i].outcome = f->name;
    if (w->region[f->number].noted)
        c->steps = step_note(a, c, w->region[f->number].path, "outcome", value_borrow(f->name));
}

static void
apply_clock_ended(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
                  struct arena *a)
{
    struct case_clock *k = case_clock(c, f->number);

    require(k);
    if (case_clock_stands(k))
        stand_from(k, NULL, at, a);
    k->verdict = f->verdict;
    k->ended = at;
    k->moved = false;
    if (w->clock[k->rule].scope != NONE)
        drop(c->clock, c->n_clock, (uint32_t)(k - c->clock));
}

static void
apply_clock(struct case_state *c, const struct fact *f, instant at, struct arena *a)
{
    struct case_clock *k = case_clock(c, f->number);

    if (f->kind == FACT_CLOCK_STARTED) {
        const struct case_clock started = {.id = f->number,
                                           .rule = f->rule,
                                           .visit = f->visit,
                                           .started = at,
                                           .limit = f->limit,
                                           .fired = -1,
                                           .known_due = INSTANT_NONE,
                                           .ended = INSTANT_NONE,
                                           .due = INSTANT_NONE,
                                           .moved = true};

        append(a, c->clock, c->n_clock, started);
        c->last_clock = f->number;
        return;
    }
    require(k);
    if (f->kind == FACT_LIMIT_CHOSEN)
        k->limit = f->limit;
    else if (f->kind == FACT_EXTENDED)
        k->extension = f->limit;
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
    else if (!strncmp(f->name, "form.", 5))
        c->form = path_with(a, &c->form, f->name + 5, f->value);
    else
        c->vars = path_with(a, &c->vars, f->name + 5, f->value);
}

/* What concerns one active step alone. */
static void
apply_visit(const struct workflow *w, struct case_state *c, const struct fact *f, struct arena *a)
{
    struct visit *v = case_visit(c, f->visit);
    instant *timer;

    require(v);
    if (f->kind == FACT_ACTED) {
        v->revision = c->revision;
        v->holder = NULL;
        v->held_until = INSTANT_NONE;
        if (w->step[v->step].noted)
            c->steps = step_note(a, c, w->step[v->step].path, "by", value_borrow(f->detail));
    } else if (f->kind == FACT_CLAIMED) {
        v->holder = f->name;
        v->held_until = f->until;
    } else if (f->kind == FACT_RELEASED) {
        v->holder = NULL;
        v->held_until = INSTANT_NONE;
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
    const struct branch b = {.parent = f->visit, .region = (uint16_t)f->number};
    const char *outcome = arena_printf(a, "%s.outcome", w->region[f->number].path);

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

static void
apply_certificate(struct case_state *c, const struct fact *f, instant at, struct arena *a)
{
    const struct certificate one = {
        .kind = f->certificate, .state = CERTIFICATE_IN_FORCE, .issued = at, .until = f->until};

    if (f->kind == FACT_ISSUED)
        append(a, c->certificate, c->n_certificate, one);
    else
        c->certificate[f->number - 1].state = discarded_as(f->name);
}

/* What a case keeps beside its flow: certificates, letters, draws. */
static void
apply_kept(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
           struct arena *a)
{
    if (f->kind <= FACT_DISCARDED)
        apply_certificate(c, f, at, a);
    else if (f->kind <= FACT_FILED)
        apply_letter(w, c, f, at, a);
    else
        apply_draw(c, f, a);
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
    case FACT_BRANCHED:
        apply_branched(w, c, f, a);
        break;
    case FACT_BRANCH_ENDED:
        apply_branch_ended(w, c, f, a);
        break;
    case FACT_MARKED:
        apply_marked(w, c, f, at, a);
        break;
    case FACT_CLOCK_STARTED:
    case FACT_LIMIT_CHOSEN:
    case FACT_EXTENDED:
    case FACT_LATE:
        apply_clock(c, f, at, a);
        break;
    case FACT_CLOCK_ENDED:
        apply_clock_ended(w, c, f, at, a);
        break;
    case FACT_STOPPED ... FACT_RESUMED:
        apply_stop(c, f, at, a);
        break;
    case FACT_ACTED:
    case FACT_TIMED:
    case FACT_CLAIMED:
    case FACT_RELEASED:
        apply_visit(w, c, f, a);
        break;
    case FACT_SET ... FACT_AMENDED:
        apply_written(c, f, a);
        break;
    case FACT_DECIDED:
        break;
    case FACT_SENT:
        c->last_message = f->number;
        break;
    case FACT_ANNULLED:
        annul_restore(w, c, f, a);
        break;
    case FACT_CLOSED:
        apply_closed(w, c, f);
        break;
    case FACT_ISSUED ... FACT_DRAWN:
        apply_kept(w, c, f, at, a);
        break;
    case FACT_MIGRATED:
        migrate_apply(c, f, a);
        break;
    }
}

void
machine_apply(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
              struct arena *a)
{
    apply_one(w, c, f, at, a);
    switch (f->kind) {
    case FACT_ENTERED:
    case FACT_LEFT:
    case FACT_CLOCK_STARTED:
    case FACT_STOPPED:
    case FACT_RESUMED:
    case FACT_ANNULLED:
        case_restand(w, c, at, a);
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
    case FACT_SET:
    case FACT_AMENDED:
    case FACT_SENT:
    case FACT_CLAIMED:
    case FACT_RELEASED:
    case FACT_CLOSED:
    case FACT_ISSUED ... FACT_DRAWN:
    case FACT_MIGRATED:
        break; /* nobody begins or ceases to stand by it */
    }
}
