/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_CHECK_GRAPH_H
#define DEFINITION_CHECK_GRAPH_H

#include "definition/check.h"

/*
 * Inside the checks: the workflow as a flat graph of steps.
 *
 * Every way from one step to the next is an edge.  Regions are dissolved: a
 * stage leads to its first step, a parallel to the first step of each branch,
 * and a step that leaves a region leads to where the region's owner goes.  A
 * join is thus seen as if one branch alone passed it; what depends on the
 * others is asked of `outcome`.
 */
struct edge {
    uint16_t from, to;         /* to NONE: the case ends */
    const struct marks *marks; /* set on the way; NULL: none */
    bool stays;                /* an action or timer that only records: to == from */
    bool at_once;              /* nobody acts and no time passes */
    bool beside;               /* an optional step is started; `from` stays what it is */
    uint16_t arm;              /* of a decision: which */
    uint16_t joined;           /* the parallel whose join lets it pass; NONE */
    uint16_t branch;           /* the branch it leaves there */
};

/** How a branch can be through: "done", or the outcome of an end in it. */
struct branch_end {
    uint16_t branch; /* region */
    const char *outcome;
    uint16_t step; /* the step that ends it so */
};

struct check {
    const struct workflow *w;
    const struct calendar *calendar; /* may be NULL */
    struct problems *problems;
    struct arena *scratch;
    const struct edge *edge; /* sorted by `from` */
    uint32_t n_edge;
    const uint32_t *first; /* [n_step + 1]: edges of step i are first[i] .. first[i + 1] */
    const struct branch_end *branch_end;
    uint32_t n_branch_end;
    bool *reached; /* [n_step] from the start or by withdrawal */
    bool *left;    /* [n_region]: some reached step leaves it by $done */
};

/** Builds the graph and finds what is reached. */
void check_graph(struct check *c);

/**
 * Sets @seen for @step and everything after it, as far as mark @until (NONE: to
 * the ends) is not set on the way; in a parallel, the other branches too.
 */
void check_after(const struct check *c, uint16_t step, uint16_t until, bool *seen);

/** Whether @step is @around or lies in a region of it. */
bool step_within(const struct workflow *w, uint16_t step, uint16_t around);

/** Whether @step, or one around it, declares a stop. */
bool step_stands(const struct workflow *w, uint16_t step);

bool marks_have(const struct marks *m, uint16_t mark);

/** Reports a problem at a step, a clock, a branch. */
void blame_step(const struct check *c, enum problem_number number, uint16_t step, const char *what,
                ...) PRINTF(4, 5);
void blame_clock(const struct check *c, enum problem_number number, uint16_t rule, const char *what,
                 ...) PRINTF(4, 5);

/** At one arm of a clock's limit. */
void blame_limit(const struct check *c, enum problem_number number, uint16_t rule, uint16_t arm,
                 const char *what, ...) PRINTF(5, 6);

/* The checks. */
void check_ways(struct check *c);    /* check_ways.c: reached, left, ended, joined */
void check_tables(struct check *c);  /* check_table.c: no holes, no rows in one another's way */
void check_clocks(struct check *c);  /* check_clocks.c: marks, grounds, stops */
void check_limits(struct check *c);  /* check_limits.c: do the steps' limits fit the clock's */
void check_notices(struct check *c); /* check_notice.c: somebody serves the notices */

/* What is known of conditions while one arm of a clock's limit holds (check_condition.c). */
enum truth { TRUTH_OPEN, TRUTH_YES, TRUTH_NO };
struct supposed {
    const struct value *yes[32]; /* what holds */
    const struct value *no[32];  /* what does not */
    uint32_t n_yes, n_no;
};
/** Supposes that arm @arm is chosen: its condition holds, and those before it do not. */
struct supposed suppose(const struct limit_arm *list, uint16_t arm);
/** What follows for @condition; NULL, no condition, always holds. */
enum truth truth_of(const struct supposed *s, const struct value *condition);

#endif
