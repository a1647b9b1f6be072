/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_PREPARE_H
#define MACHINE_PREPARE_H

#include "machine/deed.h"
#include "machine/migrate.h"
#include "machine/notes.h"

/*
 * Prepare, then decide 前后置: what a later step will decide is worked out while
 * one before it is open, and taken when the case has come there.
 *
 * Work is kept by its step and by the instance of the region that holds the step
 * and those before it (struct foresight): the case, a stay in a stage, a branch.
 * It moves nothing and no clock.  Whoever takes it decides: condition, four eyes,
 * signatures and the form of the input are asked of him, then.
 */

/** Keeps what is worked out for a step, in place of what was before. */
bool decide_prepare(struct deed *d, struct error *e);

/** It is kept no more. */
bool decide_unprepare(struct deed *d, struct error *e);

/** Whether both are of one step in one instance of its region. */
bool prepared_alike(const struct preparation *x, const struct preparation *y);

/** What is kept like @x; NULL: nothing. */
const struct preparation *prepared_like(const struct case_state *c, const struct preparation *x);

/** Whether active step @v lies in the instance of the region in which @p is kept. */
bool prepared_around(const struct workflow *w, const struct case_state *c,
                     const struct preparation *p, const struct visit *v);

/** What is kept for active step @v; NULL: nothing. */
const struct preparation *prepared_for(const struct workflow *w, const struct case_state *c,
                                       const struct visit *v);

/**
 * Puts what was prepared for @v in the place of the command's input, where the command says so.
 * ERROR_NOT_PREPARED: @action of it is not.
 */
bool use_prepared(struct deed *d, const struct visit *v, const struct action *action,
                  struct error *e);

/** The step @visit does @action with the run's input: if that was prepared, it is taken. */
void prepared_taken(struct run *r, int32_t visit, const char *action);

/** The step is left, and so are the regions it holds: what was prepared for them goes. */
void prepared_left(struct run *r, const struct visit *v);

/** The region at @here is left: what is kept there goes. */
void prepared_cancelled(struct run *r, struct place here);

/** The case goes on under another version: what that does not know goes. */
void prepared_unknown(struct run *r, const struct migration *m);

/** What is left of it in @next, in that version's steps. */
void prepared_moved(struct case_state *next, const struct migration *m);

void apply_prepared(struct case_state *c, const struct fact *f, instant at, struct arena *a);

/** Whether all that is kept can be. */
bool prepared_fits(const struct workflow *w, const struct case_state *c);
bool prepared_fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f);

/** What was kept in @before and not in @after, as notes. */
struct value prepared_gone(struct arena *a, const struct workflow *w,
                           const struct case_state *before, const struct case_state *after);

/** Brings it back, but where other work has come in its place. */
void restore_prepared(const struct workflow *w, struct case_state *c, const struct value *notes,
                      struct arena *a);

struct value note_preparation(struct arena *a, const struct workflow *w,
                              const struct preparation *p);

/** Reads them all; NULL @list: none. */
bool read_prepared(struct arena *a, const struct workflow *w, const struct value *list,
                   struct case_state *c);

#endif
