/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PICTURE_PICTURE_H
#define API_PICTURE_PICTURE_H

#include "machine/case.h"

/*
 * Pictures of workflows (issue "Pictures"; DESIGN 8): a layered layout of our
 * own, made once and written as SVG or as BPMN 2.0 XML.
 *
 * Pure: the same workflow, language and trace give the same bytes.  Regions
 * nest as boxes.  Every step stands in the picture once, and so does every
 * way from one step to another; a way that leaves a box is carried on through
 * the boxes around it.
 */

/** By what a case gets from one step to the next. */
enum way_kind {
    WAY_START,    /* into the first step of region `index` */
    WAY_ACTION,   /* step.action[index] */
    WAY_MESSAGE,  /* step.on[index] */
    WAY_TIMER,    /* step.timer[index] */
    WAY_ARM,      /* step.arm[index] of a decision */
    WAY_THROUGH,  /* a stage, parallel or wait is through: its `to` */
    WAY_ELSE,     /* a join that can no longer be met: its `else` */
    WAY_WITHDRAW, /* the applicant's withdrawal */
    WAY_STARTED,  /* optional step `index` is started */
    WAY_REOPENED, /* a closed case goes on, on ground workflow.reopen[index] */
    WAY_KINDS
};

struct way {
    enum way_kind kind;
    uint16_t step; /* NONE for START, WITHDRAW, STARTED and REOPENED */
    uint16_t index;
    struct target to;
    const char *label; /* "" where it says nothing */
};

/** How a case stands in a step. */
enum trace_state { TRACE_NOT_YET, TRACE_PASSED, TRACE_CANCELLED, TRACE_ACTIVE };

struct step_trace {
    enum trace_state state;
    enum colour colour; /* of its clock while it is active */
    uint32_t visits;
    const char *note; /* "due 2026-02-13", "2 stops"; NULL */
    bool prepared;    /* something is, and not taken yet */
};

/** What a case has done so far. */
struct picture_trace {
    const char *number;            /* the case's */
    const struct step_trace *step; /* [workflow.n_step] */
    const struct way *gone;        /* ways that were gone: kind, step and index */
    uint32_t n_gone;
    const char *const *note; /* lines about the case: its clocks */
    uint32_t n_note;
};

/** A laid-out picture, in its arena; immutable. */
struct picture;

enum { PICTURE_STEPS_MOST = 2000, PICTURE_WAYS_MOST = 8000 };

/**
 * Lays @w out, with its texts in @lang.  @o gives roles their titles, @trace tells
 * what a case has done; both may be NULL.  Everything lives in @a and borrows
 * from the arguments.
 * @return false with ERROR_NOT_DRAWABLE for a workflow of more than
 * PICTURE_STEPS_MOST steps or PICTURE_WAYS_MOST ways, or one whose ways are too
 * long to be drawn.
 */
MUST_CHECK bool picture_lay(struct arena *a, const struct workflow *w, const struct organisation *o,
                            enum language lang, const struct picture_trace *trace,
                            const struct picture **out, struct error *e);

/** The ways in the picture, in the order of the definition. */
const struct way *picture_ways(const struct picture *p, uint32_t *n);

/** Appends the picture as one SVG document. */
void picture_svg(struct text *t, const struct picture *p);

/**
 * Appends @w as BPMN 2.0 XML with its diagram, for other programs' eyes: tasks,
 * subprocesses, gateways, timers and ends.  As picture_lay(), which it calls.
 */
MUST_CHECK bool picture_bpmn(struct text *t, const struct workflow *w, const struct organisation *o,
                             enum language lang, struct error *e);

/** Appends condition @x of @w in words, as pictures have it. */
void picture_condition(struct text *out, const struct workflow *w, enum language lang,
                       const struct expression *x);

#endif
