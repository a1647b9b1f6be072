/* SPDX-License-Identifier: Apache-2.0 */
/* The workflow as a flat graph of steps, for the checks. */
#include "definition/check_graph.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "definition/overlay.h"

/* The graph while it grows. */
struct growing {
    struct check *c;
    struct edge *edge;
    struct branch_end *end;
};

static void
add_edge(struct growing *g, struct edge e)
{
    struct check *c = g->c;
    const struct step *s = &c->w->step[e.from];

    e.at_once = !e.beside &&
                (s->kind == STEP_DECISION || s->kind == STEP_STAGE || s->kind == STEP_PARALLEL ||
                 s->kind == STEP_END || (s->kind != STEP_TASK && s->wait_until));
    g->edge = arena_grow(c->scratch, g->edge, c->n_edge, sizeof(*g->edge));
    g->edge[c->n_edge++] = e;
}

static void add_way(struct growing *g, struct edge e, const struct step *of, struct target to);

/* Leaves branch @region by @outcome: the join may now let the parallel pass. */
static void
end_branch(struct growing *g, struct edge e, uint16_t region, const char *outcome)
{
    struct check *c = g->c;
    const struct step *owner = &c->w->step[c->w->region[region].owner];

    g->end = arena_grow(c->scratch, g->end, c->n_branch_end, sizeof(*g->end));
    g->end[c->n_branch_end++] =
        (struct branch_end){.branch = region, .outcome = outcome, .step = e.from};
    e.joined = owner->index;
    e.branch = region;
    add_way(g, e, owner, owner->to);
    add_way(g, e, owner, owner->otherwise);
}

/* Adds the edges of a move to @to out of step @of. */
static void
add_way(struct growing *g, struct edge e, const struct step *of, struct target to)
{
    const struct workflow *w = g->c->w;
    const struct step *owner;

    switch (to.kind) {
    case TARGET_NONE:
        return;
    case TARGET_STEP:
        e.to = to.step;
        add_edge(g, e);
        return;
    case TARGET_DONE:
        if (of->optional) /* it is through, and what it was beside goes on */
            return;
        owner = &w->step[w->region[of->region].owner];
        if (owner->kind == STEP_PARALLEL) {
            end_branch(g, e, of->region, "done");
        } else {
            g->c->left[of->region] = true;
            add_way(g, e, owner, owner->to);
        }
        return;
    }
}

/* An end finishes the innermost branch, or the case where there is none. */
static void
add_end(struct growing *g, struct edge e, uint16_t region, const char *outcome)
{
    const struct workflow *w = g->c->w;

    while (region != 0 && w->step[w->region[region].owner].kind != STEP_PARALLEL)
        region = w->region[region].parent;
    if (region != 0) {
        end_branch(g, e, region, outcome);
        return;
    }
    e.to = NONE;
    add_edge(g, e);
}

static void
add_move(struct growing *g, const struct step *s, struct target to, const struct marks *marks)
{
    struct edge e = {.from = s->index, .to = s->index, .marks = marks, .joined = NONE};

    if (to.kind != TARGET_NONE) {
        add_way(g, e, s, to);
        return;
    }
    e.stays = true;
    add_edge(g, e);
}

/* Beside every step in which a case rests, those of its region that are optional may be started. */
static void
add_starts(struct growing *g, const struct step *s)
{
    const struct workflow *w = g->c->w;

    for (uint16_t i = 0; i < w->n_step && !s->optional; i++)
        if (w->step[i].optional && w->step[i].region == s->region && s->kind != STEP_DECISION &&
            s->kind != STEP_END)
            add_edge(g, (struct edge){.from = s->index, .to = i, .joined = NONE, .beside = true});
}

static void
add_steps_edges(struct growing *g, const struct step *s)
{
    const struct workflow *w = g->c->w;
    const struct edge e = {.from = s->index, .joined = NONE};
    bool all_conditional = true;

    for (uint16_t i = 0; i < s->n_action; i++)
        add_move(g, s, s->action[i].to, &s->action[i].marks);
    for (uint16_t i = 0; i < s->n_timer; i++)
        add_move(g, s, s->timer[i].to, &s->timer[i].marks);
    for (uint16_t i = 0; i < s->n_on; i++)
        add_move(g, s, s->on[i].to, &s->on[i].marks);
    for (uint16_t i = 0; i < s->n_arm; i++)
        add_way(g, (struct edge){.from = s->index, .arm = i, .joined = NONE}, s, s->arm[i].to);
    for (uint16_t r = s->first_region; r < s->first_region + s->n_region; r++) {
        add_way(g, e, s, (struct target){.kind = TARGET_STEP, .step = w->region[r].start});
        all_conditional = all_conditional && (w->region[r].when || s->foreach);
    }
    if (s->kind == STEP_WAIT || (s->kind == STEP_PARALLEL && all_conditional))
        add_way(g, e, s, s->to);
    if (s->kind == STEP_WAIT && s->has_else)
        add_way(g, e, s, s->otherwise);
    if (s->kind == STEP_END)
        add_end(g, e, s->region, s->outcome);
    add_starts(g, s);
}

static void
reach(struct check *c, uint16_t from, bool *seen)
{
    uint16_t *queue = arena_array(c->scratch, c->w->n_step, uint16_t);
    uint32_t n = 0;

    if (seen[from])
        return;
    seen[from] = true;
    queue[n++] = from;
    while (n) {
        const uint16_t s = queue[--n];

        for (uint32_t i = c->first[s]; i < c->first[s + 1]; i++) {
            const uint16_t to = c->edge[i].to;

            if (to == NONE || seen[to])
                continue;
            seen[to] = true;
            queue[n++] = to;
        }
    }
}

void
check_graph(struct check *c)
{
    const struct workflow *w = c->w;
    struct growing g = {.c = c};
    uint32_t *first = arena_array(c->scratch, w->n_step + 1, uint32_t);

    c->left = arena_array(c->scratch, w->n_region, bool);
    c->reached = arena_array(c->scratch, w->n_step, bool);
    for (uint16_t i = 0; i < w->n_step; i++) {
        first[i] = c->n_edge;
        add_steps_edges(&g, &w->step[i]);
    }
    first[w->n_step] = c->n_edge;
    c->first = first;
    c->edge = g.edge;
    c->branch_end = g.end;
    reach(c, w->region[0].start, c->reached);
    if (w->withdraw)
        reach(c, w->withdraw->to.step, c->reached);
    for (uint16_t i = 0; i < w->n_reopen; i++)
        reach(c, w->reopen[i].to, c->reached);
    for (uint16_t i = 0; i < w->n_material; i++)
        if (w->material[i].lapse.kind == TARGET_STEP)
            reach(c, w->material[i].lapse.step, c->reached);
}

void
check_after(const struct check *c, uint16_t step, uint16_t until, bool *seen)
{
    const struct workflow *w = c->w;
    uint16_t *queue = arena_array(c->scratch, w->n_step, uint16_t);
    uint32_t n = 0;

    if (seen[step])
        return;
    seen[step] = true;
    queue[n++] = step;
    while (n) {
        const uint16_t s = queue[--n];

        for (uint32_t i = c->first[s]; i < c->first[s + 1]; i++)
            if (c->edge[i].to != NONE && !seen[c->edge[i].to] &&
                !marks_have(c->edge[i].marks, until) &&
                !marks_have(&w->step[c->edge[i].to].marks, until)) {
                seen[c->edge[i].to] = true;
                queue[n++] = c->edge[i].to;
            }
        /* While one branch is active, anything may go on in the others. */
        for (uint16_t r = w->step[s].region; r != NONE; r = w->region[r].parent) {
            const uint16_t owner = w->region[r].owner;

            for (uint16_t k = 0;
                 owner != NONE && w->step[owner].kind == STEP_PARALLEL && k < w->n_step; k++)
                if (!seen[k] && c->reached[k] && k != owner && step_within(w, k, owner)) {
                    seen[k] = true;
                    queue[n++] = k;
                }
        }
    }
}

bool
step_within(const struct workflow *w, uint16_t step, uint16_t around)
{
    while (step != around && step != NONE)
        step = w->region[w->step[step].region].owner;
    return step == around;
}

bool
step_stands(const struct workflow *w, uint16_t step)
{
    for (; step != NONE; step = w->region[w->step[step].region].owner)
        if (w->step[step].stops != NONE)
            return true;
    return false;
}

bool
marks_have(const struct marks *m, uint16_t mark)
{
    for (uint16_t i = 0; m && i < m->n; i++)
        if (m->item[i] == mark)
            return true;
    return false;
}

static void
blame(const struct check *c, enum problem_number number, struct spot spot, const char *what,
      va_list ap)
{
    char text[600];

    (void)vsnprintf(text, sizeof(text), what, ap);
    problem_add(c->problems, number, spot, "%s", text);
}

void
blame_step(const struct check *c, enum problem_number number, uint16_t step, const char *what, ...)
{
    const struct spot spot = {c->w->file, c->w->step[step].line,
                              step_pointer(c->scratch, c->w, step)};
    va_list ap;

    va_start(ap, what);
    blame(c, number, spot, what, ap);
    va_end(ap);
}

void
blame_clock(const struct check *c, enum problem_number number, uint16_t rule, const char *what, ...)
{
    const struct spot spot = {c->w->file, c->w->clock[rule].line,
                              clock_pointer(c->scratch, c->w, rule)};
    va_list ap;

    va_start(ap, what);
    blame(c, number, spot, what, ap);
    va_end(ap);
}

void
blame_limit(const struct check *c, enum problem_number number, uint16_t rule, uint16_t arm,
            const char *what, ...)
{
    const struct spot spot = limit_spot(c->scratch, c->problems, c->w, rule, arm);
    va_list ap;

    va_start(ap, what);
    blame(c, number, spot, what, ap);
    va_end(ap);
}
