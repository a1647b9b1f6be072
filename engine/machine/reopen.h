/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_REOPEN_H
#define MACHINE_REOPEN_H

#include "machine/notes.h"

/*
 * A closed case goes on: on a ground the workflow names, or because silence had
 * moved it wrongly (K3).  What it was measured by keeps its verdict; the clocks
 * of the new course are new ones.  What the case has issued stays in force
 * unless the ground says otherwise; its children are not opened again, and a
 * parent that was told how it ended is not told again.
 */

/** Applies FACT_REOPENED, and whether it fits. */
void apply_reopened(const struct workflow *w, struct case_state *c, const struct fact *f,
                    instant at, struct arena *a);
bool reopened_fits(const struct workflow *w, const struct case_state *c, const struct fact *f);

/** The member `reopened` of a stored case; none when it never was. */
void note_reopened(struct note *o, struct arena *a, const struct case_state *c);
bool read_reopened(const struct value *state, struct case_state *c);

#endif
