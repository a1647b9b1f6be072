/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_AUDIT_H
#define RUNTIME_AUDIT_H

#include "definition/calendar.h"
#include "store/catalogue.h"
#include "store/pipeline.h"

struct event_base;

/** What a replay found. */
struct audit_report {
    uint64_t cases, facts;
    uint64_t wrong; /* cases whose facts do not give what is stored */

    /** Called for each of them; @why is English.  May be NULL. */
    void (*found)(void *arg, int64_t case_id, const char *number, const char *why);
    void *arg;
};

struct audit_options {
    int64_t cell;
    struct pipeline *read;
    struct catalogue *catalogue;     /* on the same connection; its `changed` need do nothing */
    const struct calendar *calendar; /* the house's; older versions come from the database */
};

/**
 * Replays every case of the cell: its stored facts, applied to nothing, must
 * give the stored state and form to the letter (case_write() of both; of a row
 * that case_is_old() once it is read and written again), be
 * numbered without a gap, and hang together as a chain of hashes that ends in
 * the head the case's row names.  Runs @base until it is done: for commands and
 * tests, not for a worker.  Cases that change meanwhile are read in one
 * statement each, so each is judged as of one moment.
 *
 * @return false with ERROR_STORE_BUSY or ERROR_STORE_FAILED when the database
 * did not answer; true says nothing of what was found, the report does.
 */
MUST_CHECK bool audit_replay(struct event_base *base, const struct audit_options *options,
                             struct audit_report *report, struct error *e);

#endif
