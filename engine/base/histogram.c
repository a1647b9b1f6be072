/* SPDX-License-Identifier: Apache-2.0 */
/* Counts values in buckets whose width grows with the value. */
#include "base/histogram.h"

#define GET(at)    atomic_load_explicit((at), memory_order_relaxed)
#define PUT(at, n) atomic_store_explicit((at), (n), memory_order_relaxed)

size_t
histogram_bucket(uint64_t value)
{
    unsigned power;

    if (value < HISTOGRAM_PARTS)
        return (size_t)value;
    power = 63 - (unsigned)__builtin_clzll(value);
    if (power > HISTOGRAM_TOP)
        return HISTOGRAM_BUCKETS - 1;
    return (size_t)(power - 3) * HISTOGRAM_PARTS + (value >> (power - 4)) % HISTOGRAM_PARTS;
}

uint64_t
histogram_bound(size_t bucket)
{
    const size_t shift = bucket / HISTOGRAM_PARTS;

    if (shift == 0)
        return bucket;
    return ((uint64_t)(HISTOGRAM_PARTS + bucket % HISTOGRAM_PARTS + 1) << (shift - 1)) - 1;
}

/* One writer: a load and a store, no locked instruction. */
void
histogram_add(struct histogram *h, int64_t value)
{
    const uint64_t v = value < 0 ? 0 : (uint64_t)value;
    _Atomic uint64_t *bucket = &h->bucket[histogram_bucket(v)];

    PUT(bucket, GET(bucket) + 1);
    PUT(&h->n, GET(&h->n) + 1);
    PUT(&h->sum, GET(&h->sum) + v);
    if (v > GET(&h->max))
        PUT(&h->max, v);
}

void
histogram_merge(struct histogram *h, const struct histogram *from)
{
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        PUT(&h->bucket[i], GET(&h->bucket[i]) + GET(&from->bucket[i]));
    PUT(&h->n, GET(&h->n) + GET(&from->n));
    PUT(&h->sum, GET(&h->sum) + GET(&from->sum));
    if (GET(&from->max) > GET(&h->max))
        PUT(&h->max, GET(&from->max));
}

uint64_t
histogram_quantile(const struct histogram *h, unsigned per_myriad)
{
    const uint64_t max = GET(&h->max);
    uint64_t n = 0, rank, seen = 0;

    /* Counted here, so that the rank fits the buckets another thread fills. */
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        n += GET(&h->bucket[i]);
    rank = n / 10000 * per_myriad + (n % 10000 * per_myriad + 9999) / 10000;
    if (n && rank == 0)
        rank = 1;
    for (size_t i = 0; n && i < HISTOGRAM_BUCKETS; i++) {
        seen += GET(&h->bucket[i]);
        if (seen >= rank)
            return histogram_bound(i) < max ? histogram_bound(i) : max;
    }
    return 0;
}
