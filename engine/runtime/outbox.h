/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_OUTBOX_H
#define RUNTIME_OUTBOX_H

#include "definition/delivery.h"
#include "store/pipeline.h"

struct event_base;

/**
 * Delivers the messages that stand in the outbox (DESIGN 7): at least once, of
 * each case and destination in order, signed, within each destination's budget,
 * and never in a clerk's way: everything has a bound and nothing waits.
 *
 * One daemon delivers to a destination: the one whose database session stands
 * in `destinations`.  When the session ends the next daemon to look takes over,
 * so a daemon that dies leaves nothing behind that would have to expire; one
 * that lives and is silent for half a minute loses its destinations, too.  What
 * was under way then is sent a second time, with the same webhook-id.
 *
 * Looks every 100 ms, and at once after an answer.  Due times are the
 * database's, so that a test clock drives them.
 *
 * Belongs to one thread.
 */
struct outbox;

struct outbox_options {
    int64_t cell;
    struct pipeline *pipeline; /* the outbox's alone: its statements follow one another */
    const struct deliveries *systems;
    const char *source;  /* of CloudEvents: a URI that names the hall */
    const char *ca_file; /* see post.h */
    int64_t
        attempts; /* of a message that is refused, or fails while others pass; then it is dead */
    span connect_timeout, timeout; /* of an attempt */
    span interval;                 /* 0: 100 ms */
    instant (*monotonic)(void);    /* NULL: the machine's */
};

/** Does any of @systems have somewhere to deliver to? */
bool outbox_needed(const struct deliveries *systems);

struct outbox *outbox_new(struct event_base *base, const struct outbox_options *options);

/** The pipeline must be closed before.  Attempts under way are cut. */
void outbox_free(struct outbox *o);

/** From the pipeline's `changed`. */
void outbox_connection_changed(struct outbox *o, bool ready);

/** Begins no more; calls @quiet, once, when what was under way is written down. */
void outbox_stop(struct outbox *o, void (*quiet)(void *arg), void *arg);

#endif
