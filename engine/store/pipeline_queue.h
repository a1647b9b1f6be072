/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_PIPELINE_QUEUE_H
#define STORE_PIPELINE_QUEUE_H

#include "store/pipeline.h"

/** Somebody who waits for the answer of one statement. */
struct waiter {
    pipeline_answer_fn *answer; /* may be NULL */
    void *arg;
    int statement; /* enum statement_id, or -1 for verbs and syncs */
    bool sync;
};

/** First in, first out; `struct waiters q = {0};` is empty. */
struct waiters {
    struct waiter *ring;
    size_t cap; /* a power of two */
    size_t head, n;
};

void waiters_add(struct waiters *q, struct waiter w);
struct waiter waiters_first(const struct waiters *q); /* both require that there is one */
struct waiter waiters_take(struct waiters *q);
void waiters_move(struct waiters *to, struct waiters *from);
void waiters_release(struct waiters *q);

#endif
