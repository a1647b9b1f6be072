/* SPDX-License-Identifier: Apache-2.0 */
/* Marks are set, clocks start and end, grounds are used, the applicant's time is not ours. */
#include "definition/check_graph.h"

/* Whether step @i, or a move out of it, sets @mark; `opened` and `closed` are the case's. */
static bool
sets(const struct check *c, uint16_t i, uint16_t mark)
{
    if (marks_have(&c->w->step[i].marks, mark))
        return true;
    for (uint32_t e = c->first[i]; e < c->first[i + 1]; e++)
        if (marks_have(c->edge[e].marks, mark))
            return true;
    return false;
}

static bool
in_scope(const struct check *c, uint16_t step, uint16_t scope)
{
    return scope == NONE || step_within(c->w, step, scope);
}

/* Whether anything sets @mark; @anywhere: even what the clock cannot see or no way reaches. */
static bool
is_set(const struct check *c, const struct clock_rule *rule, uint16_t mark, bool anywhere)
{
    for (uint16_t i = 0; i < c->w->n_step; i++)
        if ((anywhere || (c->reached[i] && in_scope(c, i, rule->scope))) && sets(c, i, mark))
            return true;
    return false;
}

/*
 * Sets @seen for the steps that can be entered once @mark is set, then or
 * later, before @until is.  @return whether @other can be set in the same move.
 */
static bool
after_mark(const struct check *c, uint16_t mark, uint16_t other, uint16_t until, bool *seen)
{
    bool together = false;

    for (uint16_t i = 0; i < c->w->n_step; i++) {
        if (!c->reached[i])
            continue;
        if (marks_have(&c->w->step[i].marks, mark))
            check_after(c, i, until, seen);
        for (uint32_t e = c->first[i]; e < c->first[i + 1]; e++) {
            if (!marks_have(c->edge[e].marks, mark))
                continue;
            together = together || marks_have(c->edge[e].marks, other);
            if (c->edge[e].to != NONE)
                check_after(c, c->edge[e].to, until, seen);
        }
    }
    return together;
}

static bool
can_end(const struct check *c, const struct clock_rule *rule)
{
    bool *seen = arena_array(c->scratch, c->w->n_step, bool);

    if (rule->to == MARK_CLOSED)
        return true;
    if (rule->to == MARK_OPENED)
        return false;
    if (rule->from == MARK_OPENED)
        return is_set(c, rule, rule->to, false);
    if (after_mark(c, rule->from, rule->to, NONE, seen))
        return true;
    for (uint16_t i = 0; i < c->w->n_step; i++)
        if (seen[i] && in_scope(c, i, rule->scope) && sets(c, i, rule->to))
            return true;
    return false;
}

/* Whether the mark that a step's clock runs from may be set when the step is entered. */
static bool
set_before(const struct check *c, const struct clock_rule *rule)
{
    bool *seen = arena_array(c->scratch, c->w->n_step, bool);

    for (uint16_t i = 0; i < c->w->n_step; i++) {
        if (!c->reached[i] || in_scope(c, i, rule->scope))
            continue;
        if (marks_have(&c->w->step[i].marks, rule->from))
            check_after(c, i, NONE, seen);
        for (uint32_t e = c->first[i]; e < c->first[i + 1]; e++)
            if (marks_have(c->edge[e].marks, rule->from) && c->edge[e].to != NONE)
                check_after(c, c->edge[e].to, NONE, seen);
    }
    return seen[rule->scope];
}

static void
check_marks(const struct check *c, uint16_t i)
{
    const struct clock_rule *rule = &c->w->clock[i];
    const uint16_t mark[] = {rule->from, rule->to};

    for (size_t m = 0; m < 2; m++)
        if (mark[m] >= MARK_GIVEN && !is_set(c, rule, mark[m], true)) {
            blame_clock(c, PROBLEM_MARK_UNSET, i, "nothing sets the mark \"%s\"",
                        c->w->mark[mark[m]]);
            return;
        }
    if (rule->from == MARK_CLOSED ||
        (rule->from != MARK_OPENED && !is_set(c, rule, rule->from, false)))
        blame_clock(c, PROBLEM_CLOCK_UNSTARTED, i, "no way starts it: \"%s\" is not set %s",
                    c->w->mark[rule->from],
                    rule->from == MARK_CLOSED ? "while it could run" : "inside its step");
    else if (!can_end(c, rule))
        blame_clock(c, PROBLEM_CLOCK_UNENDED, i, "once \"%s\" is set no way leads to \"%s\"",
                    c->w->mark[rule->from], c->w->mark[rule->to]);
    else if (rule->scope != NONE && rule->from >= MARK_GIVEN && set_before(c, rule))
        blame_clock(c, PROBLEM_MARK_BEFORE, i,
                    "\"%s\" may be set before \"%s\" is entered: then nothing starts it",
                    c->w->mark[rule->from], c->w->step[rule->scope].path);
}

static void
check_grounds(const struct check *c)
{
    const struct workflow *w = c->w;

    for (uint16_t g = 0; g < w->n_ground; g++) {
        const struct spot spot = {w->file, w->ground[g].line,
                                  arena_printf(c->scratch, "/grounds/%s", w->ground[g].id)};
        bool used = w->ground[g].command;

        for (uint16_t i = 0; i < w->n_step; i++)
            used = used || w->step[i].stops == g ||
                   (w->step[i].children && w->step[i].children->ground == g);
        if (!used)
            problem_add(c->problems, PROBLEM_GROUND_UNUSED, spot, "nothing stops on \"%s\"",
                        w->ground[g].id);
    }
}

/* Whether the clock takes notice of what happens in @step at all. */
static bool
covers(const struct check *c, const struct clock_rule *rule, uint16_t step)
{
    bool over = !rule->n_over;

    for (uint16_t i = 0; i < rule->n_over; i++)
        over = over || region_within(c->w, c->w->step[step].region, rule->over[i]);
    return over && in_scope(c, step, rule->scope);
}

/* Time the applicant takes while a clock of the house runs. */
static void
check_applicant(const struct check *c, uint16_t i, bool *told)
{
    const struct clock_rule *rule = &c->w->clock[i];
    bool *seen = arena_array(c->scratch, c->w->n_step, bool);

    if (rule->is_limit || rule->applicant || rule->per_department)
        return;
    if (rule->from == MARK_OPENED)
        check_after(c, rule->scope == NONE ? c->w->region[0].start : rule->scope, rule->to, seen);
    else
        (void)after_mark(c, rule->from, rule->from, rule->to, seen);
    for (uint16_t s = 0; s < c->w->n_step; s++) {
        const struct step *step = &c->w->step[s];

        if (told[s] || !seen[s] || step->kind != STEP_TASK || step->by != ACTOR_APPLICANT ||
            step_stands(c->w, s) || !covers(c, rule, s))
            continue;
        told[s] = true;
        blame_step(c, PROBLEM_APPLICANT_RUNS, s,
                   "while the applicant is busy in \"%s\" the clock \"%s\" runs", step->path,
                   rule->id);
    }
}

void
check_clocks(struct check *c)
{
    bool *told = arena_array(c->scratch, c->w->n_step, bool);

    for (uint16_t i = 0; i < c->w->n_clock; i++)
        check_marks(c, i);
    check_grounds(c);
    for (uint16_t i = 0; i < c->w->n_clock; i++)
        check_applicant(c, i, told);
}
