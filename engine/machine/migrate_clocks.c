/* SPDX-License-Identifier: Apache-2.0 */
/* The clocks of a case that goes on under another version. */
#include "machine/migrate_inside.h"
#include "machine/outage.h"
#include "machine/stands.h"

static bool
begin_clock(struct move_over *x, uint16_t rule, int32_t visit, const char *department,
            instant started)
{
    struct case_clock k = {.id = ++x->next->last_clock,
                           .rule = rule,
                           .visit = visit,
                           .department = department,
                           .calendar = run_calendar(&x->run, department)->version,
                           .started = started,
                           .limit = choose_limit(&x->run, &x->m->to->clock[rule], visit),
                           .fired = -1,
                           .known_due = INSTANT_NONE,
                           .verdict = VERDICT_OPEN,
                           .ended = INSTANT_NONE,
                           .due = INSTANT_NONE,
                           .blue = INSTANT_NONE};

    outages_stand(&k, x->next->outage, x->next->n_outage, x->run.a);
    x->next->clock = arena_grow(x->run.a, x->next->clock, x->next->n_clock, sizeof(k));
    x->next->clock[x->next->n_clock++] = k;
    return !x->run.failed;
}

static bool
keep_clock(struct move_over *x, const struct case_clock *old)
{
    struct case_clock k = *old;
    const struct clock_rule *rule = &x->m->to->clock[x->m->clock[old->rule]];

    k.rule = x->m->clock[old->rule];
    if (k.verdict == VERDICT_OPEN)
        k.limit = choose_limit(&x->run, rule, old->visit);
    k.warned = k.warned && rule->warns;
    if (k.extension.n && !limit_adds(k.limit, k.extension))
        return migrate_refuse(x, "its extension does not fit the new limit", rule->id);
    x->next->clock = arena_grow(x->run.a, x->next->clock, x->next->n_clock, sizeof(k));
    x->next->clock[x->next->n_clock++] = k;
    return !x->run.failed;
}

/* A department's clock begins when its first turn does: of those before, nothing is known. */
static bool
begin_turns(struct move_over *x, uint16_t rule, int32_t container, instant from)
{
    const struct case_state *n = x->next;

    for (uint32_t i = 0; i < n->n_visit; i++) {
        const struct visit *v = &n->visit[i];
        const struct step *s = &x->m->to->step[v->step];
        const struct case_clock k = {
            .rule = rule, .visit = container, .department = visit_holder(x->m->to, v)};

        if (s->kind == STEP_TASK && (s->by == ACTOR_APPLICANT || s->by == ACTOR_PUBLIC))
            continue;
        if (clock_driven_by(x->m->to, n, &k, v) && !has_department_clock(n, &k) &&
            !begin_clock(x, rule, container, k.department, from > v->entered ? from : v->entered))
            return false;
    }
    return true;
}

static bool
begin_new(struct move_over *x, uint16_t rule, int32_t visit, instant from)
{
    return x->m->to->clock[rule].per_department ? begin_turns(x, rule, visit, from)
                                                : begin_clock(x, rule, visit, NULL, from);
}

/* Is it new to the case, or may it begin for a department that does a step from now on? */
static bool
begins(const struct move_over *x, uint16_t rule)
{
    if (!x->taken[rule] || !x->m->to->clock[rule].per_department)
        return !x->taken[rule];
    for (uint16_t i = 0; i < x->m->from->n_clock; i++)
        if (x->m->clock[i] == rule)
            return x->m->fate[i] != FATE_DROP;
    return false;
}

/* Rules that are new to the case, and began by what has happened already. */
static bool
begin_new_clocks(struct move_over *x)
{
    const struct case_state *n = x->next;

    for (uint16_t i = 0; i < x->m->to->n_clock; i++) {
        const struct clock_rule *rule = &x->m->to->clock[i];

        if (!begins(x, i))
            continue;
        if (rule->scope == NONE && n->mark[rule->from] != INSTANT_NONE &&
            n->mark[rule->to] == INSTANT_NONE &&
            !begin_new(x, i, 0, x->taken[i] ? x->old->at : n->mark[rule->from]))
            return false;
        for (uint32_t k = 0; rule->scope != NONE && k < n->n_visit; k++) {
            const struct visit *v = &n->visit[k];
            const instant mark = x->taken[i]               ? x->old->at
                                 : rule->from < MARK_GIVEN ? v->entered
                                                           : n->mark[rule->from];

            if (v->step == rule->scope && rule->from != MARK_CLOSED && mark != INSTANT_NONE &&
                !begin_new(x, i, v->id, mark > v->entered ? mark : v->entered))
                return false;
        }
    }
    return true;
}

/* What becomes of the clock: FATE_DROP, too, where it has no counterpart.  What has ended stays. */
static enum clock_fate
fate_of(const struct move_over *x, const struct case_clock *k)
{
    if (x->m->clock[k->rule] == NONE)
        return FATE_DROP;
    return k->verdict == VERDICT_OPEN ? x->m->fate[k->rule] : FATE_KEEP;
}

/* Clocks are in the order of their numbers: those that begin now come behind those that are kept.
 */
bool
migrate_clocks(struct move_over *x)
{
    const struct case_state *c = x->old->c;
    const uint32_t n = c->n_clock;

    x->next->clock = NULL;
    x->taken = arena_array(x->run.a, x->m->to->n_clock, bool);
    for (uint32_t i = 0; i < n; i++) {
        const uint16_t to = x->m->clock[c->clock[i].rule];

        if (to != NONE)
            x->taken[to] = true;
        if (fate_of(x, &c->clock[i]) == FATE_KEEP && !keep_clock(x, &c->clock[i]))
            return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        const struct case_clock *k = &c->clock[i];

        if (fate_of(x, k) == FATE_RESTART &&
            !begin_clock(x, x->m->clock[k->rule], k->visit, k->department, x->old->at))
            return false;
    }
    return begin_new_clocks(x);
}

void
migrate_end_clocks(struct run *r, const struct migration *m)
{
    for (uint32_t i = 0; i < r->c->n_clock && !r->failed; i++) {
        const struct case_clock k = r->c->clock[i];

        if (k.verdict != VERDICT_OPEN || m->fate[k.rule] == FATE_KEEP)
            continue;
        end_clock(r, k.id, true);
        if (k.visit)
            i--; /* a step's clock is gone from the list */
    }
}
