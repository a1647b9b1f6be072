/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_DRIVE_H
#define TESTS_SUPPORT_DRIVE_H

#include <stdio.h>

#include "base/histogram.h"
#include "tests/support/clerk.h"
#include "tests/support/client.h"

/*
 * Load on one daemon: many connections, each with one case at a time, which it
 * opens (or takes from a list of open ones) and advances step by step, always
 * with the tag the last reply gave.  One thread.
 *
 * Closed loop: a connection asks again as soon as it is answered.  Open loop
 * (`rate`): requests are due at even intervals whatever the daemon does; one
 * that finds no free connection waits, and its latency counts from the moment
 * it was due, so that a daemon that stalls cannot hide it.
 */

enum route { ROUTE_OPEN, ROUTE_ADVANCE, N_ROUTE };

/** A case that was opened before. */
struct drive_case {
    char number[CASE_NUMBER];
    int64_t step;
};

struct drive_plan {
    struct client_address to;
    struct clerk clerk;
    const char *action;
    int connections;
    int advances;   /* of one case, before the next is taken */
    double seconds; /* nothing is begun after them; 0: until the work is done */
    double rate;    /* requests due per second; 0: closed loop */
    int64_t open;   /* cases to open at most, after the listed ones */
    uint64_t seed;  /* of everything but the keys, which never repeat */
    FILE *opened;   /* NULL, or where opened cases are listed */
    const struct drive_case *listed;
    size_t n_listed;
};

/** What came of it.  Latencies are microseconds, from the first sending (or due moment). */
struct drive_result {
    struct histogram latency[N_ROUTE];
    uint64_t done[N_ROUTE]; /* acknowledged within the time */
    uint64_t resent;        /* sendings beyond the first, with the same key */
    uint64_t ambiguous;     /* connections cut with a request in them */
    uint64_t refused;       /* connections that did not come about */
    uint64_t busy;          /* 503 and 429 */
    uint64_t replayed;      /* answered from the key: it had been done */
    uint64_t stale;         /* 412 */
    uint64_t conflict;      /* 409 */
    uint64_t other;         /* any other refusal; the first is printed */
    double seconds;
};

void drive(const struct drive_plan *plan, struct drive_result *result);

#endif
