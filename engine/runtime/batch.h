/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_BATCH_H
#define RUNTIME_BATCH_H

#include "runtime/order.h"
#include "store/catalogue.h"
#include "store/pipeline.h"

struct event_base;

/**
 * Group commit (DESIGN 7): many commands, one transaction, two round trips.
 *
 * While a transaction is under way commands wait; when it is through, all that
 * wait are taken into the next.  Nothing is timed: a lone command goes at once.
 * A refused command does not touch its neighbours.  When the database refuses
 * a transaction its members run again one by one, so that only the culprit
 * gets the error.  When a COMMIT is not answered, or answered with a warning,
 * nobody knows; the members run again in the ordinary way and the key tells.
 *
 * Belongs to one worker and its thread.
 */
struct batch;

struct batch_options {
    int64_t cell;
    struct pipeline *pipeline;   /* the batch's alone */
    struct catalogue *catalogue; /* with its calendars; tell batch_editions_changed() when it
                                    changes */
    uint32_t members_max;        /* in one transaction; 0: 128 */
    uint32_t relief_at;          /* see batch_relieve(); 0: 24 */
    uint32_t queue_max;          /* waiting; 0: 10,000 */
    size_t bytes_max;            /* of input in one transaction; 0: 1 MiB */
    span wait_max;               /* before it is decided; 0: 2 s */
    span deadline;               /* of a transaction; 0: 5 s.  Then the socket is closed */
    span lock_timeout;           /* for a case that was always held; 0: 2 s */
    instant (*monotonic)(void);  /* NULL: the machine's */
    /** Tests look in between: called before the statements of a step are sent.  NULL. */
    void (*stepping)(void *arg, struct batch *b, const char *step);
    void *arg;
};

/** What a batch has done.  Written by its thread, read by any. */
struct batch_counts {
    _Atomic uint64_t transactions, members, refused, replayed, in_doubt, undone, skipped;
    _Atomic uint64_t overloaded, records, alarms;
};

struct batch *batch_new(struct event_base *base, const struct batch_options *options);

/** Tells whoever is left ERROR_STORE_BUSY.  The pipeline must be closed before. */
void batch_free(struct batch *b);

/**
 * From now on @other, on a connection of its own, takes what waits in @b while
 * a transaction of @b is under way, as soon as `relief_at` commands wait: so
 * the daemon decides one batch while the database writes another.  Commands go
 * into @b only.  Of two that wait for the same case either may come first, as
 * when two daemons take them; both are drained.
 */
void batch_relieve(struct batch *b, struct batch *other);

/** Puts a command into the next transaction, or refuses it with ERROR_OVERLOADED; from the loop. */
void batch_submit(struct batch *b, struct order *m);

/** From the pipeline's `changed`: it may go on, or has to wait. */
void batch_connection_changed(struct batch *b, bool ready);

/** From the catalogue's `changed`. */
void batch_editions_changed(struct batch *b);

/** Refuses what comes from now on; calls @drained, once, when nothing is left. */
void batch_drain(struct batch *b, void (*drained)(void *arg), void *arg);

/** Commands that wait for their transaction. */
size_t batch_waiting(const struct batch *b);

/** Nothing waits and nothing runs. */
bool batch_idle(const struct batch *b);

/** The moment of the last transaction; INSTANT_NONE before the first. */
instant batch_moment(const struct batch *b);

const struct batch_counts *batch_counts(const struct batch *b);

#endif
