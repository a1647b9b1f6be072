/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_RECOUNT_H
#define DAEMON_RECOUNT_H

#include "base/settings.h"
#include "definition/registry.h"

/** What becomes of running clocks that count by another version of a calendar. */
struct clock_figures {
    uint64_t n, earlier, later, newly_late, no_longer_late, became_firm;
};

/** And of timers, waits and the deadlines of materials. */
struct period_figures {
    uint64_t n, earlier, later, at_once, became_firm; /* at_once: their new end is past already */
};

struct recount_figures {
    struct clock_figures clocks;
    struct period_figures periods;
};

/** Those of one department, by whose clock or step it is; materials are the lead's. */
struct recount_share {
    const char *department;
    struct recount_figures of;
};

/** What a recount did, or would do. */
struct recount_report {
    struct arena *a;
    uint64_t looked;  /* open cases */
    uint64_t cases;   /* of which something is recounted */
    uint64_t refused; /* the core would not; see `why` of the first, and whose it was */
    const char *why, *example;
    struct recount_figures all;
    struct recount_share *share;
    size_t n_share;
};

/**
 * Looks at every open case and lets those of its running clocks and periods
 * that count by an older version of their hall's calendar, or by that of
 * another hall, count by what @house has now (DESIGN K10); with @dry_run says what would become of
 * them and writes nothing.  Each case is one command through the group commit.
 * Started again after it was ended half way it does the rest.
 *
 * @return false with what the database said; @out says how far it came.
 */
MUST_CHECK bool recount_cases(const struct settings *settings, const struct house *house,
                              bool dry_run, struct recount_report *out, struct error *e);

#endif
