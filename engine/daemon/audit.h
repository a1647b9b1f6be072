/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_AUDIT_H
#define DAEMON_AUDIT_H

#include "base/settings.h"
#include "daemon/ask.h"
#include "runtime/audit.h"

/** What an export wrote. */
struct audit_export {
    int64_t horizon, cases, facts;
    int64_t purged; /* cases, of them, of which only the end is told */
};

/**
 * Writes all facts of the cell up to the journal's present end to @facts, and
 * where each case stood to @anchor; either may be NULL.  Page by page, while
 * clerks go on writing.  The files are there when it returns true, whole and on
 * disk; else not at all.
 */
MUST_CHECK bool audit_export(struct asker *asker, int64_t cell, const char *facts,
                             const char *anchor, struct audit_export *out, struct error *e);

/** audit_replay() of the database and cell of @s, on a connection of its own. */
MUST_CHECK bool audit_all(const struct settings *s, const struct calendar *calendar,
                          struct audit_report *report, struct error *e);

#endif
