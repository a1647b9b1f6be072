/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_MIGRATE_CASES_H
#define DAEMON_MIGRATE_CASES_H

#include "base/settings.h"
#include "definition/registry.h"
#include "machine/migrate.h"
#include "store/digest.h"

/** Of so many cases. */
struct migration_figures {
    uint64_t moved, newly_late, earlier, later;
};

/** Open cases of one department, by the steps they are in. */
struct migration_share {
    const char *department;
    struct migration_figures of;
    uint64_t refused;
};

/** Why cases were refused, each reason once. */
struct migration_reason {
    const char *text;
    uint64_t n;
    const char *example; /* number of the first */
};

/** What a plan says, and what can be said of it before a case is looked at. */
struct migration_target {
    struct migration m;
    int32_t from;            /* definitions.id of the version it comes from */
    uint8_t plan[HASH_SIZE]; /* what was moved by it is kept under this */
    bool published;          /* the version it goes to is, and has taken nobody's place */
    bool in_force;           /* and new cases are opened under it, or would be, today */
    const char *waits;       /* why nothing can be moved there today; NULL */
};

/** What a migration did, or would do. */
struct migration_report {
    struct arena *a;
    struct problems problems; /* of the version it goes to: where there is one, nothing is done */
    struct migration_target target;
    uint64_t looked, refused;
    struct migration_figures all;    /* of the whole: by this run and those of the same plan before;
                                        of a dry run, what is left to do */
    struct migration_figures before; /* by those before */
    struct migration_share *share;
    size_t n_share;
    struct migration_reason *reason;
    size_t n_reason;
    uint64_t other_reasons; /* refusals beyond REASONS_MOST reasons */
};

enum { REASONS_MOST = 200 };

/** What is asked for. */
struct migration_wish {
    const struct settings *settings;
    const struct house *house;
    const struct registry *registry; /* has the version the plan goes to */
    const struct value *plan;
    bool dry_run;
};

/**
 * Looks at every open case of the version the plan comes from and moves it, or
 * with `dry_run` says what would become of it and writes nothing.  A run that
 * was ended half way is started again: what was moved is no longer of the old
 * version, and is told of by what was written with it.  Cases go one by one through the group
 * commit, few at a time and with pauses as long as the work, so that clerks come first.
 *
 * Cases move to a version only that passes the gate (publish.h), is published and in force;
 * otherwise `problems` or `target.waits` of @out says why nothing was done.  A dry run goes on
 * where only the latter is there.
 *
 * @return false with ERROR_BAD_FILE (the plan), ERROR_NOT_FOUND (a version is
 * not known) or what the database said; @out says how far it came.
 */
MUST_CHECK bool migrate_cases(const struct migration_wish *wish, struct migration_report *out,
                              struct error *e);

struct asker;

/* migrate_target.c */
/** What the plan says; what the gate finds is in @problems. */
MUST_CHECK bool migration_target_find(const struct migration_wish *wish, struct asker *asker,
                                      struct arena *a, struct problems *problems,
                                      struct migration_target *out, struct error *e);

/* migrate_count.c */
/** The case @before would become @after. */
void migration_count(struct migration_report *r, const struct case_state *before,
                     const struct case_state *after, instant now);
/** It was refused with @why. */
void migration_count_refused(struct migration_report *r, const struct case_state *c,
                             const char *why);
/** It could not even be read. */
void migration_count_unread(struct migration_report *r, const char *number, const char *why);
/** What the plan has moved in @cell so far. */
MUST_CHECK bool migration_moved(struct asker *asker, int64_t cell, const struct migration_target *t,
                                struct migration_figures *out, struct error *e);
/** The same, for the report: the whole, and by department. */
MUST_CHECK bool migration_count_moved(struct migration_report *r, struct asker *asker, int64_t cell,
                                      struct error *e);

#endif
