/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_LANES_H
#define RUNTIME_LANES_H

#include "runtime/batch.h"

/*
 * The connections for batches of one worker, and the batches that go over
 * them: the second relieves the first, into which everything is submitted.
 */
enum { LANES = 2 };

struct lanes;

struct lane {
    struct lanes *of;
    struct pipeline *write;
    struct batch *batch;
};

struct lanes {
    struct lane lane[LANES];
    void (*changed)(void *arg);
    void (*drained)(void *arg);
    void *arg;
    int n_draining;
};

/** Begins to connect as @o says; its `changed` and `arg` are replaced by these. */
void lanes_connect(struct lanes *l, struct event_base *base, struct pipeline_options o,
                   void (*changed)(void *arg), void *arg);

/** Makes the batches as @o says, but for its pipeline; straight after lanes_connect(). */
void lanes_open(struct lanes *l, struct event_base *base, struct batch_options o);

/** All are connected. */
bool lanes_ready(const struct lanes *l);

void lanes_editions_changed(struct lanes *l);

/** Refuses what comes from now on; calls @drained with lanes_connect()'s arg when nothing is left.
 */
void lanes_drain(struct lanes *l, void (*drained)(void *arg));

/** The moment of the last transaction; INSTANT_NONE before the first. */
instant lanes_moment(const struct lanes *l);

void lanes_disconnect(struct lanes *l); /* tells those who wait for the database */
void lanes_free(struct lanes *l);       /* and then whoever is left */

#endif
