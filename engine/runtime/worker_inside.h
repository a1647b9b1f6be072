/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_WORKER_INSIDE_H
#define RUNTIME_WORKER_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "runtime/relays.h"
#include "runtime/worker.h"

/* For worker*.c alone. */

struct worker {
    struct worker_options o;
    pthread_t thread;
    int in, out; /* of the pipe of calls */
    struct event_base *base;
    struct event *calls, *tick, *cut;
    struct lanes lanes;
    struct pipeline *read, *out_going; /* the last NULL where nothing is delivered */
    struct pipeline *files;            /* NULL where none are taken */
    struct catalogue *catalogue;
    struct inbox *inbox;
    struct alarms *alarms;
    struct relays *relays;
    struct numberer *numberer;
    struct janitor *janitor;
    struct outbox *outbox;
    struct signer *signer;
    _Atomic(const struct registry *) registry;
    _Atomic(const struct calendar *) calendar;
    _Atomic bool ready;
    instant now;
    bool asking; /* for the time */
    bool published, draining, quiet, drained, delivered;
};

#endif
