/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_ALARMS_H
#define RUNTIME_ALARMS_H

#include "runtime/batch.h"

/**
 * Looks every 100 ms for cases at which the core must look again, and puts
 * them into the batch like commands.  Locks nothing and keeps nothing: any
 * number of daemons may look, the first to hold the case does it, the others
 * find nothing due.  A case is not put in twice while it is in flight; one that
 * fails for a reason that does not pass by itself, a damaged row say, is told in
 * the log and tried again ever more seldom, and keeps no other from its turn.
 *
 * Belongs to one worker and its thread.
 */
struct alarms;

struct alarms_options {
    int64_t cell;
    struct pipeline *read;
    struct batch *batch;
    uint32_t in_flight_max;     /* cases; 0: 256 */
    span interval;              /* 0: 100 ms */
    instant (*monotonic)(void); /* for those that fail; NULL: loop_monotonic() */
};

struct alarms *alarms_new(struct event_base *base, const struct alarms_options *options);

/** The batch must be freed before: it still owes its answers. */
void alarms_free(struct alarms *a);

void alarms_stop(struct alarms *a); /* looks no more; what is in flight goes on */

/** Looks now and goes on until nothing is due, then calls @settled, once. */
void alarms_settle(struct alarms *a, void (*settled)(void *arg), void *arg);

/** Cases in flight. */
uint32_t alarms_in_flight(const struct alarms *a);

#endif
