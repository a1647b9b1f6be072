/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_STANDS_H
#define MACHINE_STANDS_H

#include "machine/case.h"

/*
 * When clocks stand, and who holds them (DESIGN 5, K6): every active step
 * inside a clock says "runs" or "stands", and the clock's rule makes one
 * answer of them.
 */

/** What a department's clock stands by while none of its steps is active: no ground of law. */
extern const char elsewhere[];

/** Begins or ends the intervals of @k when what its steps say has changed at @at. */
void clock_restand(const struct workflow *w, const struct case_state *c, struct case_clock *k,
                   instant at, struct arena *a);

/** The same for every running clock of the case. */
void clocks_restand(const struct workflow *w, struct case_state *c, instant at, struct arena *a);

/** From @at on @k stands on @ground, or runs when that is NULL. */
void clock_stand_from(struct case_clock *k, const char *ground, instant at, struct arena *a);

/** Ends the intervals of @k at @at: what it stood by later is none. */
void clock_cut(struct case_clock *k, instant at, struct arena *a);

/** Whether two clocks stood at the same times by the same grounds. */
bool clock_same_course(const struct case_clock *x, const struct case_clock *y);

/** Whether visit @v is one of the steps that say "runs" or "stands" for @k. */
bool clock_driven_by(const struct workflow *w, const struct case_state *c,
                     const struct case_clock *k, const struct visit *v);

/** Whether the case stands: its leading clock does; where none runs, every open step. */
bool case_stands(const struct workflow *w, const struct case_state *c);

/** Whether @s, as long as it lasts, makes @v stand: by itself or by what is around it. */
bool stop_holds(const struct workflow *w, const struct case_state *c, const struct stop *s,
                const struct visit *v);

/** Who holds a clock while @v drives it: a department, a system, "applicant" or "public". */
const char *visit_holder(const struct workflow *w, const struct visit *v);

/**
 * Who holds @k now: the holders of the steps that drive it, or when it stands
 * of those that stop it; each once, by name.  Written to @out, which takes as
 * many as there are visits.  None where nobody's turn moves it.
 */
uint32_t clock_holders(const struct workflow *w, const struct case_state *c,
                       const struct case_clock *k, const char **out);

#endif
