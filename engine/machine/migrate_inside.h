/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_MIGRATE_INSIDE_H
#define MACHINE_MIGRATE_INSIDE_H

#include "machine/flow.h"
#include "machine/migrate.h"

/* The case on its way: from @old, which is of m->from, to @next, of m->to. */
struct move_over {
    const struct migration *m;
    struct run *old; /* the run under the old version */
    struct run run;  /* what expressions and periods of the new one are asked with */
    struct case_state *next;
    bool *taken; /* [to->n_clock]: a clock of the case has this rule, or had it */
    struct error *e;
};

/** Refuses the move: ERROR_MIGRATION_REFUSED.  @return false. */
bool migrate_refuse(struct move_over *x, const char *what, const char *name);

/* migrate_open.c: false and refused where the new version means something else by it */
/** @element, or NULL, of something in @region of the old version: whose branch of a list it is. */
bool migrate_element(struct move_over *x, uint16_t region, const char *element);
/** Where the new version lets the department of @v be chosen, it stays with whose @old is. */
bool migrate_department(struct move_over *x, const struct visit *old, struct visit *v);
/** Branch @b of the old version, where it is a list's: of the same list, of the same kind. */
bool migrate_item(struct move_over *x, const struct branch *b);
/** The join of @v, which asks the tally of a list. */
bool migrate_join(struct move_over *x, const struct visit *v);
/** Signatures of @v, which is in its step of the new version already. */
bool migrate_half_done(struct move_over *x, const struct visit *v);
/** Child cases that are waited for: whether they go on being, and their counts. */
bool migrate_children(struct move_over *x);

/** What was kept of the past (`step`), by the new paths. */
void migrate_words(struct move_over *x);

/** The clocks of x->next: kept, begun anew, dropped and new ones.  Its visits are there already. */
bool migrate_clocks(struct move_over *x);

/* migrate_on.c */
/** Where somebody could act in it, somebody can still, or something will come. */
bool migrate_goes_on(struct move_over *x);

/** Clocks that do not go on end under the version they were measured by. */
void migrate_end_clocks(struct run *r, const struct migration *m);

#endif
