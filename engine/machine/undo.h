/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_UNDO_H
#define MACHINE_UNDO_H

#include "machine/letters.h"

/*
 * Leaving a region from outside takes back what was sent in it (DESIGN 4
 * "Structure").  A message with an `undo` stays in the state as a reversal;
 * when a stay around it is cancelled, or the branch it was sent in, a message
 * that takes it back is written, newest first, before the next step is
 * entered.  Whether the first one had left the house is not known here: the
 * shell drops both where it had not, and says so (relay "undone").  A message
 * without an `undo` it drops where that has not left the house (relay "dropped").
 */

/** @visit and the stays around it, from the inside; 0: none. */
const int32_t *stays_around(const struct case_state *c, int32_t visit, struct arena *a,
                            uint32_t *n);

void make_reversible(struct run *r, const struct reversal_rule *rule, int32_t visit,
                     int32_t message);

/** @visit, or branch @region of parallel stay @visit, is being cancelled. */
void doom_stay(struct run *r, int32_t visit);
void doom_branch(struct run *r, int32_t visit, uint16_t region, const char *element);

/**
 * Stage or parallel step @visit is left by a message or a timer of its own:
 * what was begun in it is not through.  Nothing for steps of other kinds.
 */
void doom_interrupted(struct run *r, int32_t visit);

/** The case itself is: it is withdrawn.  Steps that were left before count too. */
void doom_all(struct run *r);

/** Writes what takes back what is doomed. */
void undo_doomed(struct run *r);

/** ERROR_GUARD_FAILED while @s waits for answers to what was taken back. */
bool check_undone(const struct deed *d, const struct step *s, struct error *e);

/** A system answers a message that took something back: {"message": number}. */
bool hear_undone(struct deed *d, const struct letter *l, struct error *e);
/** The shell says what was cancelled (struct cancelled) and had not left the house. */
bool hear_dropped(struct deed *d, struct error *e);
/** The shell says that neither had left the house. */
bool hear_unsent(struct deed *d, struct error *e);

void apply_reversal(struct case_state *c, const struct fact *f, struct arena *a);
bool reversal_fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f);

#endif
