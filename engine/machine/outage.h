/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_OUTAGE_H
#define MACHINE_OUTAGE_H

#include "machine/history.h"

/*
 * Outages (K13): the hall could not work for an interval that is over.  Every
 * clock that ran in it stands for it afterwards, whoever's turn it was, the
 * applicant's own too: he could not hand anything in.  A clock that has ended
 * keeps its verdict, and timers are no clocks (K12).
 *
 * It is no stop of a step: it holds for the whole case, also where no step is
 * active, and where a clock stood on a ground of its own at the time it goes on
 * standing on that one.
 *
 * One that was recorded wrongly is annulled by a later fact: every clock that
 * still runs is counted as if it had not been, by the case's history, and what
 * has ended keeps its verdict again.  The case remembers that it was told of it.
 */

/** Whether @c was told of outage @number. */
bool case_knows_outage(const struct case_state *c, int32_t number);

/** Whether @o is news to @c: open, opened before the outage ended, and not told of it yet. */
bool case_suffers(const struct case_state *c, const struct outage *o);

/** Whether open case @c was told of outage @number and nobody has said yet that it was none. */
bool case_annuls_outage(const struct case_state *c, int32_t number);

/** @k stands on ground_outage wherever it ran within @o. */
void clock_stand_within(struct case_clock *k, const struct outage *o, struct arena *a);

/** The same for all of @n that hold. */
void outages_stand(struct case_clock *k, const struct outage *o, uint32_t n, struct arena *a);

/** @k runs wherever it stood on ground_outage within @o. */
void clock_run_within(struct case_clock *k, const struct outage *o, struct arena *a);

/** What FACT_OUTAGE says that counts at @from. */
struct outage outage_of(const struct fact *f, instant from);
void outage_add(const struct outage **list, uint32_t *n, struct outage o, struct arena *a);

/** FACT_OUTAGE_ANNULLED: what is known of it stays, but that it was none. */
void outage_annul(const struct outage **list, uint32_t n, int32_t number, struct arena *a);

void apply_outage(struct case_state *c, const struct fact *f, instant at, struct arena *a);
void apply_outage_annulled(struct case_state *c, const struct fact *f, struct arena *a);
bool outage_fits(const struct case_state *c, const struct fact *f);

struct value note_outage(struct arena *a, const struct workflow *w, const struct outage *o);
bool read_outages(struct arena *a, const struct value *list, struct case_state *c);

#endif
