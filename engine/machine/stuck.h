/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_STUCK_H
#define MACHINE_STUCK_H

#include "machine/flow.h"

/*
 * What is due and cannot be done: an expression that cannot be evaluated, a draw of more than
 * there are, a roll with somebody on it twice.  No person gives such a command who could be told,
 * so the attempt leaves no trace but the fact that the case is stuck at it, and why.  It is due no
 * more until something happens in the case; then it is tried at once, at that moment.
 *
 * It is known of what by where that is: of a timer by its stay.  When the stay is left, or the
 * moment of the timer moves on, nothing is stuck any more.
 *
 * Silence with an effect in law (`deem`) has it when it is due, done or not: until it is done
 * nothing in its stay, or in a stay inside, happens as if it had not been due.
 */

/** Says that @item could not be done, and @why; nothing where that is known and has been said. */
void say_stuck(struct run *r, const struct stuck_item *item, const struct error *why);

/** Says that it is stuck no more, where it was; before it is tried. */
void say_freed(struct run *r, const struct stuck_item *item);

/** Whether something has happened since it was tried, or it is to be tried under a new version. */
bool stuck_is_due(const struct run *r, const struct stuck *x);

/** Whether the record that is being finished is one by which something has happened. */
bool record_changes(const struct run *r, const struct command *cmd);

/** Under new version @w everything comes due again by itself but what no moment says; true. */
bool stuck_moved(const struct workflow *w, struct case_state *c, struct arena *a);

/**
 * Silence with an effect in law has it when it is due, done or not: ERROR_SILENCE_STUCK where such
 * silence, of @visit or of a stay around it, was due before @t and is stuck.
 */
bool check_silence(const struct run *r, int32_t visit, instant t, struct error *e);

/** The same of material @i, whose tolerance had ended. */
bool check_tolerance(const struct run *r, uint16_t i, instant t, struct error *e);

void apply_stuck(struct case_state *c, const struct fact *f, instant at, struct arena *a);

/** After @f: forgets what cannot come any more, or not at the moment at which it failed. */
void stuck_forget(const struct workflow *w, struct case_state *c, const struct fact *f,
                  struct arena *a);

struct value note_stuck(struct arena *a, const struct workflow *w, const struct stuck *x);
bool read_stuck(struct arena *a, const struct workflow *w, const struct value *n,
                struct case_state *c);

/* Of stored states and facts: fits.h. */
bool stuck_fits(const struct workflow *w, const struct case_state *c);
bool stuck_fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f);

#endif
