/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_IMPORT_RUN_H
#define DAEMON_IMPORT_RUN_H

#include "base/settings.h"
#include "daemon/import_log.h"

/** What has become of the steps of a log.  Written by one thread, read by any. */
struct import_counts {
    _Atomic uint64_t recorded; /* now */
    _Atomic uint64_t known;    /* by an earlier run */
    _Atomic uint64_t refused;  /* and with it the rest of the case */
};

/**
 * Brings the cases of @log that are not bad into the database: many at a time,
 * each in order, by group commit.  Every step has an idempotency key of its own
 * (the log's name, the case, the step), so that a run that was interrupted,
 * however, is simply repeated.  Shows how far it is on stderr.
 * @return false with ERROR_STORE_BUSY when the database stays away for a minute.
 */
MUST_CHECK bool import_run(struct import_log *log, const struct settings *settings,
                           const struct house *house, const struct registry *registry,
                           struct import_counts *counts, struct error *e);

#endif
