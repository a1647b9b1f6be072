/* SPDX-License-Identifier: Apache-2.0 */
/* Who waits for which answer, in the order of sending. */
#include "store/pipeline_queue.h"

#include <stdlib.h>

#include "base/require.h"

static void
grow(struct waiters *q)
{
    const size_t cap = q->cap ? 2 * q->cap : 64;
    struct waiter *ring = calloc(cap, sizeof(*ring));

    require(ring != NULL);
    for (size_t i = 0; i < q->n; i++)
        ring[i] = q->ring[(q->head + i) & (q->cap - 1)];
    free(q->ring);
    q->ring = ring;
    q->cap = cap;
    q->head = 0;
}

void
waiters_add(struct waiters *q, struct waiter w)
{
    if (q->n == q->cap)
        grow(q);
    q->ring[(q->head + q->n++) & (q->cap - 1)] = w;
}

struct waiter
waiters_first(const struct waiters *q)
{
    require(q->n > 0);
    return q->ring[q->head];
}

struct waiter
waiters_take(struct waiters *q)
{
    const struct waiter w = waiters_first(q);

    q->head = (q->head + 1) & (q->cap - 1);
    q->n--;
    return w;
}

void
waiters_move(struct waiters *to, struct waiters *from)
{
    while (from->n)
        waiters_add(to, waiters_take(from));
}

void
waiters_release(struct waiters *q)
{
    free(q->ring);
    *q = (struct waiters){0};
}
