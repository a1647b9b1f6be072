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

/** The clocks of x->next: kept, begun anew, dropped and new ones.  Its visits are there already. */
bool migrate_clocks(struct move_over *x);

/** Clocks that do not go on end under the version they were measured by. */
void migrate_end_clocks(struct run *r, const struct migration *m);

#endif
