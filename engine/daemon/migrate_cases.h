/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_MIGRATE_CASES_H
#define DAEMON_MIGRATE_CASES_H

#include "base/settings.h"
#include "definition/registry.h"
#include "machine/migrate.h"

/** Open cases of one department, by the steps they are in. */
struct migration_share {
    const char *department;
    uint64_t moved, refused, newly_late, earlier, later;
};

/** Why cases were refused, each reason once. */
struct migration_reason {
    const char *text;
    uint64_t n;
    const char *example; /* number of the first */
};

/** What a migration did, or would do. */
struct migration_report {
    struct arena *a;
    uint64_t looked, moved, refused, newly_late, earlier, later;
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
 * version.  Cases go one by one through the group commit, few at a time and
 * with pauses as long as the work, so that clerks come first.
 *
 * @return false with ERROR_BAD_FILE (the plan), ERROR_NOT_FOUND (a version is
 * not known) or what the database said; @out says how far it came.
 */
MUST_CHECK bool migrate_cases(const struct migration_wish *wish, struct migration_report *out,
                              struct error *e);

/** The case @before became @after, or, where that is NULL, was refused with @why. */
void migration_count(struct migration_report *r, const struct migration *m,
                     const struct case_state *before, const struct case_state *after, instant now,
                     const char *why);

/** The case could not even be read. */
void migration_count_unread(struct migration_report *r, const char *number, const char *why);

#endif
