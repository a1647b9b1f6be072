/* SPDX-License-Identifier: Apache-2.0 */
/* Every step can be reached, every way leads to an end, every join can be met. */
#include <string.h>

#include "definition/check_graph.h"

static void
check_reached(const struct check *c)
{
    for (uint16_t i = 0; i < c->w->n_step; i++) {
        const uint16_t owner = c->w->region[c->w->step[i].region].owner;

        /* Of a stage that is not reached, its steps need not be named. */
        if (!c->reached[i] && (owner == NONE || c->reached[owner]))
            blame_step(c, PROBLEM_STEP_UNREACHABLE, i, "no way leads to step \"%s\"",
                       c->w->step[i].path);
    }
}

/* Moves that are needed and missing, or written and never made. */
static void
check_moves(const struct check *c)
{
    for (uint16_t i = 0; i < c->w->n_step; i++) {
        const struct step *s = &c->w->step[i];
        const bool moves = s->to.kind != TARGET_NONE;
        bool needs = false;

        if (s->kind == STEP_STAGE)
            needs = c->left[s->first_region];
        else if (s->kind == STEP_WAIT)
            needs = s->wait.n || s->wait_until || s->children;
        else if (s->kind == STEP_PARALLEL)
            needs = true;
        if (needs && !moves)
            blame_step(c, PROBLEM_MOVE_MISSING, i, "\"%s\" goes nowhere when it is through",
                       s->path);
        if (moves && !needs)
            blame_step(c, PROBLEM_MOVE_IDLE, i, "\"%s\" is never through, so it never goes there",
                       s->path);
    }
}

/* A timer with a condition may pass over. */
static bool
timed(const struct step *s)
{
    bool timer = false;

    for (uint16_t i = 0; i < s->n_timer; i++)
        timer = timer || !s->timer[i].when;
    return s->wait.n || s->wait_until || timer || s->n_clock;
}

static void
check_waits(const struct check *c)
{
    for (uint16_t i = 0; i < c->w->n_step; i++) {
        const struct step *s = &c->w->step[i];

        if ((s->kind != STEP_WAIT && s->kind != STEP_TASK) || timed(s) || s->open_ended ||
            s->children)
            continue;
        if (s->kind == STEP_WAIT)
            blame_step(c, PROBLEM_WAIT_ENDLESS, i, "\"%s\" may wait for ever", s->path);
        else if (s->stops != NONE)
            blame_step(c, PROBLEM_STOP_ENDLESS, i,
                       "\"%s\" stops the clocks and may last for ever unmeasured", s->path);
    }
}

/* Whether branch @region can have outcome @of; with NULL, whether it can be through at all. */
static bool
can_have(const struct check *c, uint16_t region, const char *of)
{
    for (uint32_t i = 0; i < c->n_branch_end; i++)
        if (c->branch_end[i].branch == region && c->reached[c->branch_end[i].step] &&
            (!of || !strcmp(c->branch_end[i].outcome, of)))
            return true;
    return false;
}

/* Whether it can have any other outcome than @of. */
static bool
can_miss(const struct check *c, uint16_t region, const char *of)
{
    for (uint32_t i = 0; i < c->n_branch_end; i++)
        if (c->branch_end[i].branch == region && c->reached[c->branch_end[i].step] &&
            strcmp(c->branch_end[i].outcome, of) != 0)
            return true;
    return false;
}

static void
check_join(const struct check *c, const struct step *s)
{
    const int32_t each = s->foreach ? FOREACH_MOST : 1; /* a region stands for so many branches */
    int32_t can = 0, sure = 0, need = 1;
    bool miss = s->join == JOIN_WHEN;

    if (s->join == JOIN_ALL)
        need = s->n_region * each;
    else if (s->join == JOIN_COUNT)
        need = s->join_count;
    for (uint16_t r = s->first_region; r < s->first_region + s->n_region; r++) {
        const bool may_miss = s->join_of && can_miss(c, r, s->join_of);

        can += can_have(c, r, s->join_of) ? each : 0;
        sure += !may_miss && !c->w->region[r].when && s->join != JOIN_WHEN ? each : 0;
        miss = miss || may_miss;
    }
    if (can < need) {
        blame_step(c, PROBLEM_JOIN_IMPOSSIBLE, s->index,
                   "\"%s\" waits for %d branches with outcome \"%s\" and only %d can have it",
                   s->path, need, s->join_of ? s->join_of : "any", can);
        return;
    }
    if (s->join == JOIN_WHEN && !s->has_else)
        blame_step(c, PROBLEM_ELSE_MISSING, s->index,
                   "the branches of \"%s\" may all end before \"when\" holds", s->path);
    else if (miss && sure < need && !s->has_else)
        blame_step(c, PROBLEM_ELSE_MISSING, s->index,
                   "the branches of \"%s\" may end without %d of them being \"%s\"", s->path, need,
                   s->join_of);
    if (s->has_else && !(miss && sure < need))
        blame_step(c, PROBLEM_ELSE_IDLE, s->index, "the join of \"%s\" can always be reached",
                   s->path);
}

/* Least set of steps from which an end, or the end of the innermost branch, can be reached. */
struct living {
    const struct check *c;
    bool *step; /* [n_step] */
};

static bool
lives_on(const struct living *l, const struct step *s, struct target to)
{
    const struct workflow *w = l->c->w;
    const struct step *owner;

    if (to.kind != TARGET_DONE)
        return to.kind == TARGET_STEP && l->step[to.step];
    if (s->optional) /* it is through; what it was beside has ways of its own */
        return true;
    owner = &w->step[w->region[s->region].owner];
    return owner->kind == STEP_PARALLEL || lives_on(l, owner, owner->to);
}

/* Whether a branch of @s can be left for a step outside it from where the way goes on. */
static bool
jumps_out(const struct living *l, const struct step *s)
{
    const struct check *c = l->c;

    for (uint32_t i = 0; i < c->n_edge; i++) {
        const struct edge *e = &c->edge[i];

        if (e->from != s->index && c->reached[e->from] && step_within(c->w, e->from, s->index) &&
            (e->to == NONE || (!step_within(c->w, e->to, s->index) && l->step[e->to])) &&
            (e->joined == NONE || !step_within(c->w, s->index, e->joined)))
            return true;
    }
    return false;
}

static bool
lives(const struct living *l, const struct step *s)
{
    bool yes = false;

    switch (s->kind) {
    case STEP_END:
        return true;
    case STEP_STAGE:
        yes = l->step[l->c->w->region[s->first_region].start];
        break;
    case STEP_PARALLEL: /* whether its join can be met, check_join() says */
        yes = lives_on(l, s, s->to) || (s->has_else && lives_on(l, s, s->otherwise)) ||
              jumps_out(l, s);
        break;
    case STEP_TASK:
    case STEP_DECISION:
    case STEP_BALLOT:
        break;
    case STEP_WAIT:
        yes = lives_on(l, s, s->to) || (s->has_else && lives_on(l, s, s->otherwise));
        break;
    }
    for (uint16_t i = 0; i < s->n_action && !yes; i++)
        yes = lives_on(l, s, s->action[i].to);
    for (uint16_t i = 0; i < s->n_timer && !yes; i++)
        yes = lives_on(l, s, s->timer[i].to);
    for (uint16_t i = 0; i < s->n_on && !yes; i++)
        yes = lives_on(l, s, s->on[i].to);
    for (uint16_t i = 0; i < s->n_arm && !yes; i++)
        yes = lives_on(l, s, s->arm[i].to);
    return yes;
}

/* One problem a region, and none where the trouble lies in a region inside. */
static void
blame_dead(const struct living *l, uint16_t region)
{
    const struct check *c = l->c;
    struct text names = text_new(c->scratch);
    uint16_t first = NONE;

    for (uint16_t i = 0; i < c->w->n_step; i++) {
        const struct step *s = &c->w->step[i];

        if (s->region != region || !c->reached[i] || l->step[i])
            continue;
        for (uint16_t k = 0; k < c->w->n_step; k++)
            if (k != i && c->reached[k] && !l->step[k] && step_within(c->w, k, i))
                return;
        text_printf(&names, "%s\"%s\"", first == NONE ? "" : ", ", s->path);
        if (first == NONE)
            first = i;
    }
    if (first != NONE)
        blame_step(c, PROBLEM_NO_END, first, "from %s no end can be reached", names.at);
}

static void
check_ends(struct living *l)
{
    const struct workflow *w = l->c->w;
    bool moved = true;

    while (moved) {
        moved = false;
        for (uint16_t i = w->n_step; i-- > 0;)
            if (!l->step[i] && lives(l, &w->step[i])) {
                l->step[i] = true;
                moved = true;
            }
    }
    for (uint16_t r = 0; r < w->n_region; r++)
        blame_dead(l, r);
}

static bool
returns_at_once(const struct check *c, uint16_t from, bool *seen)
{
    uint16_t *queue = arena_array(c->scratch, c->w->n_step + 1, uint16_t);
    uint32_t n = 0;

    queue[n++] = from;
    while (n) {
        const uint16_t s = queue[--n];

        for (uint32_t i = c->first[s]; i < c->first[s + 1]; i++) {
            const struct edge *e = &c->edge[i];

            if (!e->at_once || e->stays || e->to == NONE || seen[e->to])
                continue;
            if (e->to == from)
                return true;
            seen[e->to] = true;
            queue[n++] = e->to;
        }
    }
    return false;
}

/* The core refuses a command of more than 1,000 moves; such a loop would make them. */
static void
check_loops(const struct check *c)
{
    bool *told = arena_array(c->scratch, c->w->n_step, bool);

    for (uint16_t i = 0; i < c->w->n_step; i++) {
        bool *seen = arena_array(c->scratch, c->w->n_step, bool);

        if (told[i] || !c->reached[i] || !returns_at_once(c, i, seen))
            continue;
        blame_step(c, PROBLEM_LOOP_AT_ONCE, i,
                   "from \"%s\" the engine can come back to it without end", c->w->step[i].path);
        for (uint16_t k = 0; k < c->w->n_step; k++)
            told[k] = told[k] || seen[k];
    }
}

static bool
writes(const struct effects *effects, const char *name)
{
    for (uint16_t i = 0; i < effects->n; i++)
        if (effects->item[i].kind == EFFECT_SET && !strcmp(effects->item[i].name, name))
            return true;
    return false;
}

/*
 * A form is checked when somebody acts; what a timer or an entry writes, nobody has seen: not for
 * @name, which is @what of @of.
 */
static void
check_seen(const struct check *c, enum problem_number number, const char *name, const char *what,
           const struct step *of)
{
    for (uint16_t i = 0; i < c->w->n_step; i++) {
        const struct step *s = &c->w->step[i];
        bool set = writes(&s->effects, name);

        for (uint16_t t = 0; t < s->n_timer; t++)
            set = set || writes(&s->timer[t].effects, name);
        if (set)
            blame_step(c, number, i, "\"%s\" sets \"%s\", the %s of \"%s\", and nobody acts there",
                       s->path, name, what, of->path);
    }
}

/* Whether some way leads from @from to @to that does not leave region @within. */
static bool
leads_to(const struct check *c, uint16_t from, uint16_t to, uint16_t within)
{
    uint16_t *queue = arena_array(c->scratch, c->w->n_step, uint16_t);
    bool *seen = arena_array(c->scratch, c->w->n_step, bool);
    uint32_t n = 0;

    queue[n++] = from;
    while (n && !seen[to]) {
        const uint16_t s = queue[--n];

        for (uint32_t i = c->first[s]; i < c->first[s + 1]; i++) {
            const struct edge *e = &c->edge[i];

            if (e->beside || e->to == NONE || seen[e->to] ||
                !region_within(c->w, c->w->step[e->to].region, within))
                continue;
            seen[e->to] = true;
            queue[n++] = e->to;
        }
    }
    return seen[to];
}

/* What is prepared while a step is open can come to be taken from there. */
static void
check_prepared(const struct check *c, const struct step *s)
{
    for (uint16_t i = 0; i < s->prepare->n_during; i++) {
        const uint16_t before = s->prepare->during[i];

        if (c->reached[s->index] && !leads_to(c, before, s->index, s->prepare->region))
            blame_step(c, PROBLEM_BAD_PREPARE, s->index,
                       "no way leads from \"%s\" to \"%s\" that does not leave what is around both",
                       c->w->step[before].path, s->path);
    }
}

/*
 * A reminder is of no step: there is no stay whose leaving would tell that it is to be taken back.
 * Versions published before this was asked are read all the same.
 */
static void
check_reminders(const struct check *c)
{
    for (uint16_t i = 0; i < c->w->n_material; i++) {
        const struct material_kind *m = &c->w->material[i];
        const struct spot spot = {c->w->file, m->remind_line,
                                  arena_printf(c->scratch, "/materials/%u/remind/do", i)};

        for (uint16_t k = 0; k < m->reminder.n; k++)
            if (m->reminder.item[k].undo)
                problem_add(c->problems, PROBLEM_KEY_NOT_HERE, spot,
                            "\"undo\" has no meaning in a reminder");
    }
}

void
check_ways(struct check *c)
{
    struct living l = {.c = c, .step = arena_array(c->scratch, c->w->n_step, bool)};

    check_reached(c);
    check_moves(c);
    check_waits(c);
    for (uint16_t i = 0; i < c->w->n_step; i++)
        if (c->w->step[i].kind == STEP_PARALLEL && c->reached[i])
            check_join(c, &c->w->step[i]);
    for (uint16_t i = 0; i < c->w->n_step; i++) {
        const struct step *s = &c->w->step[i];

        if (s->foreach)
            check_seen(c, PROBLEM_FOREACH_LIST,
                       arena_printf(c->scratch, "form.%s", s->foreach_field), "list", s);
        if (s->choice && s->choice->step == i)
            check_seen(c, PROBLEM_DEPARTMENT_CHOICE, s->choice->var, "department", s);
    }
    for (uint16_t i = 0; i < c->w->n_step; i++)
        if (c->w->step[i].prepare)
            check_prepared(c, &c->w->step[i]);
    check_reminders(c);
    check_ends(&l);
    check_loops(c);
}
