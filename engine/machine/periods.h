/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_PERIODS_H
#define MACHINE_PERIODS_H

#include "machine/machine.h"

/*
 * Periods that no stop holds: of timers (`after`), of waits and ballots, of
 * materials that are tolerated or promised.  Each counts from its beginning by
 * the version of the hall's calendar that held then, and keeps its moment
 * until it is recounted (K10).  What has come due is over: no calendar brings
 * it back.
 */

/** Which of a stay's periods: a timer's index, or this. */
enum { PERIOD_WAIT = -1 };

/**
 * When a period of @l that began at @from is over; the @applicant's own ends at 24:00 of its
 * last day, others at its closing time.
 */
struct due period_due(struct arena *a, const struct calendar *calendar, struct limit l,
                      bool applicant, instant from);

/** The same of a period that somebody has in @s. */
struct due step_period(struct arena *a, const struct calendar *calendar, const struct step *s,
                       struct limit l, instant from);

/** Whether any period of @s is counted by a calendar. */
bool step_counts(const struct step *s);

/** Whether period @which of @v is still to come and is counted by a calendar; any period. */
bool period_counts(const struct workflow *w, const struct visit *v, int32_t which);
bool visit_counts(const struct workflow *w, const struct visit *v);

/** How period @which of @v, which counts, is counted by @calendar. */
struct due visit_period(struct arena *a, const struct workflow *w, const struct visit *v,
                        int32_t which, const struct calendar *calendar);

/** The same of material @i of the workflow. */
bool material_counts(const struct material *m);
struct due material_period(struct arena *a, const struct workflow *w, const struct case_state *c,
                           uint16_t i, const struct calendar *calendar);

/** When the end of a tolerance that began at @from is said once more; 0: not. */
instant tolerance_reminder(struct arena *a, const struct material_kind *kind,
                           const struct calendar *calendar, instant from);

/** Whether its end is to be said once more before it comes. */
bool material_reminds(const struct material *m);

/**
 * Whether the moment that is told rests on days that are not published yet, by the version it
 * counts by.  False of what no calendar counts, or by a version that @house does not know.
 */
bool visit_provisional(struct arena *a, const struct workflow *w, const struct visit *v,
                       int32_t which, const struct calendar *house);
bool material_provisional(struct arena *a, const struct workflow *w, const struct case_state *c,
                          uint16_t i, const struct calendar *house);

/** FACT_PERIODS_RECOUNTED */
void apply_periods(struct case_state *c, const struct fact *f);
bool periods_fit(const struct workflow *w, const struct case_state *c, const struct fact *f);

#endif
