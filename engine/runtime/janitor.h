/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_JANITOR_H
#define RUNTIME_JANITOR_H

#include "store/pipeline.h"

struct event_base;

/**
 * Forgets what has served its time, once a minute and a few rows at a time:
 * idempotency keys past their age, ended sessions, failed attempts nobody
 * repeats.  Any number of daemons may run one; what one removed the others
 * no longer find.
 */
struct janitor;

struct janitor_options {
    int64_t cell;
    struct pipeline *read;
    span key_age;  /* how long an idempotency key is remembered; 0: 30 days */
    span interval; /* 0: a minute */
};

struct janitor *janitor_new(struct event_base *base, const struct janitor_options *options);
void janitor_free(struct janitor *j); /* the pipeline must be closed before */
void janitor_stop(struct janitor *j); /* sweeps no more */

#endif
