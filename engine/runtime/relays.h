/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_RELAYS_H
#define RUNTIME_RELAYS_H

#include "runtime/alarms.h"
#include "runtime/batch.h"

/**
 * Takes what cases say to one another (table relay) and puts it into batches
 * as commands: a child that is to be opened, a parent that hears of its child,
 * a child that is not wanted any more.  Looks every 100 ms, and again at once
 * when there was something.  Any number of daemons may do so: the row is locked
 * by the transaction that applies it, and gone with it.  One that fails for a
 * reason that does not pass by itself is put off (runtime/failing.h), and what
 * the same case said later to the same of the same child waits behind it; all
 * others have their turn.
 *
 * Belongs to one worker and its thread.
 */
struct relays;

struct relays_options {
    int64_t cell;
    struct pipeline *read; /* finds them */
    struct batch *batch;
    /** The version of workflow @id in force now; NULL: there is none. */
    const struct workflow *(*workflow)(void *arg, const char *id, const char *district);
    void *arg;
    instant (*monotonic)(void); /* for those that fail; NULL: loop_monotonic() */
};

struct relays *relays_new(struct event_base *base, const struct relays_options *options);

/** The pipeline and the batch must be closed before. */
void relays_free(struct relays *r);

/** Looks no more; what is in a batch is finished.  NULL is nothing to stop. */
void relays_stop(struct relays *r);

/**
 * Decides every alarm that is due, then what cases say to one another because
 * of it, and calls @settled, once, from the loop.
 */
void relays_settle_after(struct relays *r, struct alarms *alarms, void (*settled)(void *arg),
                         void *arg);

#endif
