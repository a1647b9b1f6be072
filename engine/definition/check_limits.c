/* SPDX-License-Identifier: Apache-2.0 */
/* Do the steps' limits fit into the clock they drive? */
#include <string.h>

#include "definition/check_graph.h"

/*
 * Lengths in different units are compared by rule of thumb: a working day is
 * the hall's hours of one day, seven days are five working days, a month is 30
 * days, a year 365.  In one unit the comparison is exact.  A seventh of a
 * minute is the measure, so that nothing is rounded.
 */
enum { SEVENTHS = 7, DAY_MINUTES = 420 };

/* The way from a place in the graph to where the clock ends that takes longest. */
struct longest {
    int64_t length;
    uint32_t next; /* node that follows; NO_NODE at the end */
    enum { UNSEEN, ACTIVE, KNOWN } state;
};

enum { NO_NODE = UINT32_MAX };

/* One clock, one arm of its limit. */
struct fitting {
    const struct check *c;
    const struct clock_rule *rule;
    uint16_t arm;
    struct supposed supposed; /* that this arm is chosen */
    int64_t working_day;      /* in sevenths of a minute */
    struct longest *node;     /* [2 * n_step]: 2 * step + whether the clock runs on entering it */
    bool *unlimited;          /* [n_step]: to be warned about; NULL: not for this clock */
};

static int64_t
working_day(const struct calendar *calendar)
{
    int64_t minutes = 0;

    if (!calendar || !calendar->n_season)
        return DAY_MINUTES * SEVENTHS;
    for (int i = 0; i < calendar->season[0].n_span; i++)
        minutes += calendar->season[0].span[i].to - calendar->season[0].span[i].from;
    return minutes * SEVENTHS;
}

static int64_t
length_of(const struct fitting *f, struct limit l, bool continuous)
{
    const int64_t one_day = f->working_day * 5 / 7;

    switch (l.unit) {
    case UNIT_MINUTES:
        return continuous ? l.n * one_day / 1440 : l.n * SEVENTHS;
    case UNIT_HOURS:
        return continuous ? l.n * one_day / 24 : l.n * SEVENTHS * 60;
    case UNIT_WORKING_DAYS:
        return l.n * f->working_day;
    case UNIT_DAYS:
        return l.n * one_day;
    case UNIT_MONTHS:
        return l.n * one_day * 30;
    case UNIT_YEARS:
        return l.n * one_day * 365;
    case UNIT_DATE:
        break;
    }
    return 0;
}

/* The longest of the arms that can be chosen under what is supposed. */
static int64_t
rule_length(const struct fitting *f, const struct clock_rule *limit)
{
    int64_t most = 0;

    for (uint16_t i = 0; i < limit->n_arm; i++) {
        const int64_t one = length_of(f, limit->arm[i].limit, limit->continuous);
        const enum truth chosen = truth_of(&f->supposed, limit->arm[i].condition);

        if (chosen == TRUTH_NO)
            continue;
        most = one > most ? one : most;
        if (chosen == TRUTH_YES)
            break;
    }
    return most;
}

/* Whether the way can be taken under what is supposed. */
static bool
possible(const struct fitting *f, const struct edge *e)
{
    const struct workflow *w = f->c->w;
    const struct step *s = &w->step[e->from];
    const uint16_t into = e->to == NONE ? NONE : w->step[e->to].region;

    if (s->kind == STEP_DECISION) {
        for (uint16_t i = 0; i < e->arm; i++)
            if (truth_of(&f->supposed, s->arm[i].condition) == TRUTH_YES)
                return false;
        return truth_of(&f->supposed, s->arm[e->arm].condition) != TRUTH_NO;
    }
    if (s->kind == STEP_PARALLEL && into != NONE && w->region[into].owner == s->index)
        return truth_of(&f->supposed, w->region[into].condition) != TRUTH_NO;
    return true;
}

/* The step's own limit; NULL when it has none. */
static const struct clock_rule *
own_limit(const struct workflow *w, const struct step *s)
{
    return s->n_clock && w->clock[s->clock[0]].is_limit ? &w->clock[s->clock[0]] : NULL;
}

static bool
drives(const struct fitting *f, const struct step *s)
{
    return rule_driven_by(f->c->w, f->rule, s) && !step_stands(f->c->w, s->index);
}

/* How long a stay in a leaf takes at most: its limit, else the first timer that leaves it. */
static int64_t
leaf_length(const struct fitting *f, const struct step *s)
{
    const struct clock_rule *limit = own_limit(f->c->w, s);
    int64_t least = INT64_MAX;

    if (!step_is_leaf(s))
        return 0;
    if (!drives(f, s))
        return 0;
    if (limit)
        return rule_length(f, limit);
    if (s->kind != STEP_TASK && s->wait.n)
        least = length_of(f, s->wait, false);
    for (uint16_t i = 0; i < s->n_timer; i++) {
        const int64_t one = length_of(f, s->timer[i].limit, false);

        if (s->timer[i].to.kind != TARGET_NONE && !s->timer[i].when && one < least)
            least = one;
    }
    if (least != INT64_MAX)
        return least;
    if (f->unlimited && !s->wait_until)
        f->unlimited[s->index] = true;
    return 0;
}

static bool
touches(const struct fitting *f, const struct marks *m)
{
    return marks_have(m, f->rule->from) || marks_have(m, f->rule->to);
}

/*
 * A stage or parallel with a limit of its own counts as that, whatever is
 * inside, unless the clock begins or ends inside.
 */
static bool
is_whole(const struct fitting *f, const struct step *s)
{
    const struct check *c = f->c;

    if ((s->kind != STEP_STAGE && s->kind != STEP_PARALLEL) || !own_limit(c->w, s) ||
        s->index == f->rule->scope)
        return false;
    for (uint16_t i = 0; i < f->rule->n_over; i++)
        if (region_within(c->w, f->rule->over[i], s->first_region) ||
            !region_within(c->w, s->region, f->rule->over[i]))
            return false;
    for (uint16_t i = 0; i < c->w->n_step; i++) {
        if (i == s->index || !step_within(c->w, i, s->index))
            continue;
        if (touches(f, &c->w->step[i].marks))
            return false;
        for (uint32_t e = c->first[i]; e < c->first[i + 1]; e++)
            if (touches(f, c->edge[e].marks))
                return false;
    }
    return true;
}

/* The node of entering @step, which may itself set the mark that starts the clock. */
static uint32_t
node_of(const struct fitting *f, uint16_t step, bool runs)
{
    return 2U * step + (runs || marks_have(&f->c->w->step[step].marks, f->rule->from));
}

/* Whether something in another branch of the parallel that @e joins sets @mark. */
static bool
set_beside(const struct check *c, const struct edge *e, uint16_t mark)
{
    const struct workflow *w = c->w;

    for (uint16_t i = 0; e->joined != NONE && i < w->n_step; i++) {
        if (!c->reached[i] || i == e->joined || !step_within(w, i, e->joined) ||
            region_within(w, w->step[i].region, e->branch))
            continue;
        if (marks_have(&w->step[i].marks, mark))
            return true;
        for (uint32_t k = c->first[i]; k < c->first[i + 1]; k++)
            if (marks_have(c->edge[k].marks, mark))
                return true;
    }
    return false;
}

static int64_t longest_from(struct fitting *f, uint16_t step, bool runs);

/* Follows one edge out of node @from; notes it there when it is the longest so far. */
static void
follow(struct fitting *f, const struct edge *e, uint32_t from)
{
    const struct workflow *w = f->c->w;
    const uint16_t scope = f->rule->scope;
    bool runs = from % 2;
    int64_t length;

    if (!runs && marks_have(e->marks, f->rule->from))
        runs = true;
    if (runs && marks_have(e->marks, f->rule->to))
        return;
    if ((e->stays && runs == (from % 2)) || !possible(f, e))
        return;
    if (e->to == NONE || (scope != NONE && !step_within(w, e->to, scope)))
        return;
    /* What another branch sets, the way through that one sees. */
    if (set_beside(f->c, e, runs ? f->rule->to : f->rule->from))
        return;
    length = longest_from(f, e->to, runs);
    if (length > f->node[from].length) {
        f->node[from].length = length;
        f->node[from].next = node_of(f, e->to, runs);
    }
}

/*
 * The longest way from entering @step to where the clock ends.  A step that is
 * being looked at is not entered again: each loop counts once.
 */
static int64_t
longest_from(struct fitting *f, uint16_t step, bool runs)
{
    const struct check *c = f->c;
    const struct step *s = &c->w->step[step];
    struct longest *node;
    const uint32_t at = node_of(f, step, runs);
    const bool whole = is_whole(f, s);

    runs = at % 2;
    if (runs && marks_have(&s->marks, f->rule->to))
        return 0;
    node = &f->node[at];
    if (node->state != UNSEEN)
        return node->state == ACTIVE ? -1 : node->length;
    *node = (struct longest){.state = ACTIVE, .next = NO_NODE};
    for (uint32_t i = whole ? 0 : c->first[step]; i < (whole ? c->n_edge : c->first[step + 1]);
         i++) {
        const struct edge *e = &c->edge[i];

        if (whole && (!step_within(c->w, e->from, step) || e->stays ||
                      (e->to != NONE && step_within(c->w, e->to, step))))
            continue;
        follow(f, e, at);
    }
    if (runs)
        node->length +=
            whole && drives(f, s) ? rule_length(f, own_limit(c->w, s)) : leaf_length(f, s);
    node->state = KNOWN;
    return node->length;
}

static void
write_limit(struct text *t, const struct fitting *f, const struct step *s)
{
    const struct clock_rule *limit = own_limit(f->c->w, s);
    const struct limit *longest = NULL;

    for (uint16_t i = 0; limit && i < limit->n_arm && !longest; i++)
        if (length_of(f, limit->arm[i].limit, limit->continuous) == rule_length(f, limit))
            longest = &limit->arm[i].limit;
    if (!longest && s->wait.n)
        longest = &s->wait;
    text_printf(t, "%s%s", t->len ? ", " : "", s->path);
    if (longest && longest->n) {
        text_str(t, " ");
        limit_write(t, *longest, LANGUAGE_EN);
    }
}

static void
blame_length(struct fitting *f, uint32_t start, struct limit limit)
{
    struct text way = text_new(f->c->scratch), own = text_new(f->c->scratch);

    for (uint32_t at = start; at != NO_NODE; at = f->node[at].next) {
        const struct step *s = &f->c->w->step[at / 2];
        const bool counts = at % 2 && (is_whole(f, s) || leaf_length(f, s) > 0);

        if (counts)
            write_limit(&way, f, s);
    }
    limit_write(&own, limit, LANGUAGE_EN);
    blame_limit(f->c, PROBLEM_LIMITS_TOO_LONG, (uint16_t)(f->rule - f->c->w->clock), f->arm,
                "the steps on the slowest way may take longer than %s (%s)", own.at, way.at);
}

static void
check_arm(struct fitting *f)
{
    const struct check *c = f->c;
    const struct limit limit = f->rule->arm[f->arm].limit;
    const uint16_t start = f->rule->scope == NONE ? c->w->region[0].start : f->rule->scope;
    const bool runs = f->rule->from == MARK_OPENED;

    f->supposed = suppose(f->rule->arm, f->arm);
    f->node = arena_array(c->scratch, 2 * (size_t)c->w->n_step, struct longest);
    if (longest_from(f, start, runs) > length_of(f, limit, f->rule->continuous))
        blame_length(f, node_of(f, start, runs), limit);
}

/* A driving step without a limit is told once, with the first clock it drives. */
static void
warn(const struct fitting *f, const bool *unlimited, bool *told)
{
    for (uint16_t i = 0; i < f->c->w->n_step; i++) {
        if (!unlimited[i] || told[i])
            continue;
        told[i] = true;
        blame_step(f->c, PROBLEM_LIMIT_MISSING, i,
                   "\"%s\" drives the clock \"%s\" and has no limit", f->c->w->step[i].path,
                   f->rule->id);
    }
}

/* A leaf's own limit is what it is, and of a part of a stay in it no step has a limit. */
static bool
measures_part_of_leaf(const struct workflow *w, const struct clock_rule *rule)
{
    return rule->scope != NONE && !w->step[rule->scope].n_region &&
           (rule->is_limit || rule->from != MARK_OPENED || rule->to != MARK_CLOSED);
}

void
check_limits(struct check *c)
{
    bool *told = arena_array(c->scratch, c->w->n_step, bool);

    for (uint16_t i = 0; i < c->w->n_clock; i++) {
        struct fitting f = {
            .c = c, .rule = &c->w->clock[i], .working_day = working_day(c->calendar)};
        bool *unlimited = arena_array(c->scratch, c->w->n_step, bool);

        /* The applicant's periods are not ours to keep. */
        if (f.rule->applicant || f.rule->per_department || measures_part_of_leaf(c->w, f.rule))
            continue;
        f.unlimited = f.rule->is_limit ? NULL : unlimited;
        for (f.arm = 0; f.arm < f.rule->n_arm; f.arm++)
            if (f.rule->arm[f.arm].limit.n)
                check_arm(&f);
        warn(&f, unlimited, told);
    }
}
