/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_ANNUL_H
#define MACHINE_ANNUL_H

#include "machine/history.h"

/*
 * Taking back the wrong click (DESIGN 6).  The facts stay; FACT_ANNULLED
 * carries what the record had taken away and what it had brought, so that
 * applying it needs nothing but itself.
 */

/**
 * What is to be restored on @c so that the record that led from @before to
 * @after is as if it had never been.
 * The clocks that go on have the course they would have had: @h is the case's
 * history to @at, which is spent by it.  @counts: a ballot of @before closes again.
 * @return false with ERROR_ANNUL_IMPOSSIBLE: it was no act, something left the house with it,
 * or what it opened has been acted on since.
 */
MUST_CHECK bool annul_plan(const struct workflow *w, const struct case_state *c,
                           const struct case_state *before, const struct case_state *after,
                           bool counts, struct history *h, instant at, struct arena *a,
                           struct value *plan, struct error *e);

/** Whether @plan can be read; it came from a stored fact. */
bool annul_fits(const struct workflow *w, const struct case_state *c, const struct value *plan,
                struct arena *a);

/** Applies FACT_ANNULLED. */
void annul_restore(const struct workflow *w, struct case_state *c, const struct fact *f,
                   struct arena *a);

/** Whether record @number was taken back already. */
bool annul_done(const struct case_state *c, int32_t number);

#endif
