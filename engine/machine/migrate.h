/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_MIGRATE_H
#define MACHINE_MIGRATE_H

#include "machine/machine.h"

struct run;

/*
 * Moving open cases from one version of a workflow to another (DESIGN 4, 6;
 * features.md T7).  Versions are immutable and a case is pinned to its own; a
 * mistake in a definition is mended by a new version and an explicit plan.
 *
 * A plan is JSON; what it does not name keeps its path:
 *
 *   {"workflow": ID, "from": HASH, "to": HASH, "reason": TEXT,
 *    "steps": {OLD PATH: NEW PATH}, "clocks": {OLD ID: "keep" | "restart" | "drop"}}
 *
 * A clock that is kept keeps its start, stops and extension, and its limit is
 * chosen again by the new rule; one that is restarted begins now; one that is
 * dropped, or has no counterpart, ends as cancelled.  Rules that are new and
 * whose mark was set before begin at that mark.
 *
 * What cannot be moved is refused with its reason, and stays where it is: a
 * case is never left without an enabled next step.
 */
enum clock_fate { FATE_KEEP, FATE_RESTART, FATE_DROP };

struct migration {
    const struct workflow *from, *to;
    const uint16_t *step;   /* [from->n_step]: its counterpart, NONE: it has none */
    const uint16_t *region; /* [from->n_region] */
    const uint16_t *clock;  /* [from->n_clock] */
    const enum clock_fate *fate;
    const char *reason;
};

/**
 * Reads @plan for two versions; everything lives in @a or borrows from the arguments.
 * @return false with ERROR_BAD_FILE and the JSON pointer: unknown members,
 * paths or clocks, steps of different kinds, a history asked for that was not kept.
 */
MUST_CHECK bool migration_read(struct arena *a, const struct workflow *from,
                               const struct workflow *to, const struct value *plan,
                               struct migration *out, struct error *e);

/** The same without a plan: everything keeps its path. */
void migration_plain(struct arena *a, const struct workflow *from, const struct workflow *to,
                     struct migration *out);

/**
 * Why no case in @step of m->from can move, which has a counterpart, whatever happened to it; NULL:
 * it depends on the case, or nothing is in the way.
 */
const char *migration_stays(const struct migration *m, uint16_t step);

/**
 * COMMAND_MIGRATE: ends the clocks that end, makes the case what it is under the new
 * version (FACT_MIGRATED) and goes on under that.  ERROR_STALE when the case is of
 * another version, ERROR_MIGRATION_REFUSED with the reason.
 */
bool migrate_case(struct run *r, const struct migration *m, struct error *e);

/** What a move means for people. */
struct migration_effect {
    bool newly_late;     /* a clock is late that was not */
    bool earlier, later; /* one is due earlier, or later */
};

/** Of a case that was @before and is @after, as of @now. */
struct migration_effect migration_effect(const struct migration *m, const struct case_state *before,
                                         const struct case_state *after, instant now);

/** The departments in which @c, of version @w, has an open step: each once, borrowed from @w. */
struct value migration_departments(struct arena *a, const struct workflow *w,
                                   const struct case_state *c);

/** Applies FACT_MIGRATED; f->into is the new version. */
void migrate_apply(struct case_state *c, const struct fact *f, struct arena *a);
bool migrate_fits(const struct fact *f, struct arena *a);

/** Whether the record holds FACT_MIGRATED: the hash of the version the case goes on under; or NULL.
 */
const char *record_into(const struct value *record);

/**
 * Reads into @c what the case was under version @w right after @record, which moved it there;
 * what is marked "index" is not computed.
 */
MUST_CHECK bool migrate_read(struct arena *a, const struct workflow *w, const struct value *record,
                             struct case_state *c, struct error *e);

/** What of the facts of @record is enough to begin with, where nothing before it can be read. */
MUST_CHECK bool migrate_begin(const struct setting *s, struct case_state *c,
                              const struct value *record, struct arena *a, struct error *e);

#endif
