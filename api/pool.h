/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_POOL_H
#define API_POOL_H

#include <event2/event.h>
#include <stdbool.h>
#include <sys/queue.h>

/*
 * Work that would hold up an event loop (hashing passwords, the disk), done by
 * a few threads and told back to the loop it came from.
 */

/** One piece of work; its owner keeps it until it is told, or the pool is gone. */
struct errand {
    void (*work)(struct errand *w); /* in a thread of the pool */
    void (*done)(struct errand *w); /* on the loop; may free it */

    /* the pool's own */
    STAILQ_ENTRY(errand) next;
    int wake; /* eventfd: the loop's end is told by it */
    struct event *told;
};

struct pool;

/** @threads at work, and at most @most errands that wait. */
struct pool *pool_new(int threads, int most);

/** Waits for what is being done; calls @drop for each that still waits, and is not done. */
void pool_free(struct pool *p, void (*drop)(struct errand *w));

/**
 * Has it done: from @base's loop, which must run in its own thread and may be
 * lockless.  @return false when too many wait already.
 */
bool pool_do(struct pool *p, struct event_base *base, struct errand *w);

#endif
