/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_LETTERS_H
#define MACHINE_LETTERS_H

#include "machine/deed.h"

/*
 * Messages from outside systems (DESIGN 4 `on`, 7 "Outbox and inbox").
 *
 * A message that no open step takes yet is early: it is kept until one does,
 * until it expires or the case is closed.  It is late when the stay it names
 * is over, when every step that takes it has been left, or when the case is
 * closed: then a person decides (COMMAND_SETTLE).  An answer to a system's own
 * step is never early: nobody had asked.
 */

/** Lets open steps take the letters that are kept, oldest first, each a record of its own. */
void take_letters(struct run *r);

/** The case is about to be closed: what is kept becomes late. */
void close_letters(struct run *r);

/* letters_apply.c: facts about letters, applied and held against a state */
void apply_letter(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
                  struct arena *a);
bool letter_fact_fits(const struct case_state *c, const struct fact *f);
/** Whether any came, or met another fate. */
bool letters_differ(const struct case_state *before, const struct case_state *after);
bool letters_fit(const struct case_state *c);

bool decide_message(struct deed *d, struct error *e);
bool decide_settle(struct deed *d, struct error *e);

#endif
