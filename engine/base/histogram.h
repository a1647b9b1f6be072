/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_PARTS = 16, /* buckets per power of two: values are right to 1/16 */
    HISTOGRAM_TOP = 40,   /* values from 2^41 on (25 days in microseconds) count as the largest */
    HISTOGRAM_BUCKETS = (HISTOGRAM_TOP - 2) * HISTOGRAM_PARTS
};

/**
 * A log-linear histogram of non-negative integers: exact below 16, then 16
 * buckets per power of two.  One thread adds; any may read at the same time
 * and sees each count, if not all of one instant.  All zero is empty.
 */
struct histogram {
    _Atomic uint64_t bucket[HISTOGRAM_BUCKETS];
    _Atomic uint64_t n;
    _Atomic uint64_t sum;
    _Atomic uint64_t max;
};

/** A negative value counts as 0. */
void histogram_add(struct histogram *h, int64_t value);

/** Adds what @from holds to @h. */
void histogram_merge(struct histogram *h, const struct histogram *from);

/**
 * The nearest-rank quantile, @per_myriad of 10,000 (5000 the median, 9990 the
 * p99.9): the largest value its bucket may hold, never above the largest seen.
 * 0 when empty.
 */
uint64_t histogram_quantile(const struct histogram *h, unsigned per_myriad);

/** The bucket of a value, and the largest value of a bucket. */
size_t histogram_bucket(uint64_t value);
uint64_t histogram_bound(size_t bucket);

#endif
