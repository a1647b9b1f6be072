/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_WAY_H
#define DEFINITION_WAY_H

#include "definition/expression.h"
#include "definition/limit.h"

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

/** A task's action may be worked out before the case comes to it 前后置; it is taken there. */
struct foresight {
    const uint16_t *during; /* [n_during]: steps before it, of which one is open */
    uint16_t n_during;
    uint16_t region; /* the innermost with it and all of them: while that lasts the work is kept */
};

/** A ground on which a closed case is opened again: {"reopen": {GROUND: …}}. */
struct reopening_rule {
    const char *id;
    struct title title;
    const char *const *by; /* roles */
    uint16_t n_by;
    uint16_t to;                /* step, of the case itself */
    struct limit within;        /* since the closing; n == 0: at any time */
    const char *const *outcome; /* [n_outcome] with which it was closed; none: with any */
    uint16_t n_outcome;
    const struct expression *when; /* NULL: always */
    const char *why_zh, *why_en;   /* what to tell when that does not hold; may be NULL */
    bool notice;                   /* the document that reopens it must be named */
    struct marks marks;            /* what counts as having happened again, at the reopening */
    const uint16_t *revoke;        /* [n_revoke] kinds of certificates that hold no more */
    uint16_t n_revoke;
    const char *basis;
    uint32_t line;
};

#endif
