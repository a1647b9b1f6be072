/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_WAY_H
#define DEFINITION_WAY_H

#include "definition/expression.h"

/** "There is none", of an index. */
enum { NONE = 0xFFFF };

struct title {
    const char *zh, *en;
};

/** Where a move goes. */
enum target_kind {
    TARGET_NONE, /* nowhere: stays (an action that only records, a reminder) */
    TARGET_STEP, /* to a step of the same or an enclosing region */
    TARGET_DONE  /* "$done": leaves the innermost region */
};
struct target {
    enum target_kind kind;
    uint16_t step; /* TARGET_STEP */
};

struct marks {
    const uint16_t *item; /* indices into workflow.mark */
    uint16_t n;
};

/** May a step be started at somebody's discretion, by whom, how often? */
struct discretion {
    const char *const *by; /* roles, and "applicant" */
    uint16_t n_by;
    const struct expression *when; /* NULL: always */
    const char *why_zh, *why_en;   /* what to tell when that does not hold; may be NULL */
    int32_t most;                  /* times in a case; within a list, in each branch of it */
    bool required;                 /* while it is open nobody moves its region on */
};

#endif
