/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_NUMBERER_H
#define RUNTIME_NUMBERER_H

#include "store/pipeline.h"

struct event_base;

/**
 * Gives journal rows their numbers (DESIGN 7 "Journal"): *the* order of what
 * happened.  Ids and commit order differ, so a row gets its number only when no
 * transaction that could come before it is under way.  Any number of daemons
 * may try; one at a time gets through.
 */
struct numberer;

struct numberer_options {
    int64_t cell;
    struct pipeline *read;
    span interval; /* 0: 100 ms */
    uint32_t most; /* rows at a time; 0: 1,000 */
};

/** How far it is.  Written by its thread, read by any. */
struct numberer_state {
    _Atomic int64_t last; /* the highest number seen given */
    _Atomic int64_t lag;  /* microseconds: age of the oldest row without a number */
};

struct numberer *numberer_new(struct event_base *base, const struct numberer_options *options);
void numberer_free(struct numberer *n); /* the pipeline must be closed before */
void numberer_stop(struct numberer *n);
const struct numberer_state *numberer_state(const struct numberer *n);

#endif
