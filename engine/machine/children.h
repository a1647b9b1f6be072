/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_CHILDREN_H
#define MACHINE_CHILDREN_H

#include "machine/deed.h"

/*
 * Child cases (DESIGN 4 `cases`).  A step asks for them, one or one for each
 * element of a list, and waits; the shell opens them, and cases tell one
 * another by relays what has become of them: a child that it is there (born)
 * and that it is closed (concluded), a parent that it is not wanted any more
 * (withdraw).  Each is a command of its own on one case; none is ever decided
 * together with another case.
 *
 * `step.PATH.entered`, `.ended` and `.counted` (those with the outcome that the
 * join counts; without one: those that ended) tell how far they are.
 */

/** Asks for the children of step @s, which has just been entered as @visit. */
void ask_children(struct run *r, const struct step *s, int32_t visit);

/** @v is being left: children of it that run are recalled where the cascade says so. */
void dismiss_children(struct run *r, const struct visit *v);

/** Tells the parent case, where there is one. */
void tell_parent(struct run *r, const char *what, const char *outcome);

bool decide_relay(struct deed *d, struct error *e);
bool decide_retry(struct deed *d, struct error *e);

/* children_apply.c */
void apply_child(const struct workflow *w, struct case_state *c, const struct fact *f,
                 struct arena *a);
bool child_fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f);
/** Whether any was heard of, recalled, or is not waited for any more. */
bool children_differ(const struct case_state *before, const struct case_state *after);
bool children_fit(const struct workflow *w, const struct case_state *c);

#endif
