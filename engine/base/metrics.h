/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stdint.h>

#include "base/histogram.h"
#include "base/text.h"

/**
 * What /metrics shows.  Each thread counts on a sheet of its own, without a
 * lock and without sharing a cache line; who reads adds the sheets up.  A
 * thread gets its sheet at its first count and keeps what it counted for ever,
 * so sums never fall when it ends.
 *
 *     metric_add(METRIC_batches, 1);
 *     metric_observe(HISTOGRAM_commit, took);
 */
enum metric {
#define COUNTER(id, name, labels, help) METRIC_##id,
#define GAUGE(id, name, labels, help)   METRIC_##id,
#define HISTOGRAM(id, name, labels, per, help)
#include "base/metrics.def"
#undef COUNTER
#undef GAUGE
#undef HISTOGRAM
    N_METRIC
};

enum metric_histogram {
#define COUNTER(id, name, labels, help)
#define GAUGE(id, name, labels, help)
#define HISTOGRAM(id, name, labels, per, help) HISTOGRAM_##id,
#include "base/metrics.def"
#undef COUNTER
#undef GAUGE
#undef HISTOGRAM
    N_HISTOGRAM
};

/** Adds @n, which for a gauge may be negative. */
void metric_add(enum metric m, int64_t n);

/** Sets this thread's part of a gauge. */
void metric_set(enum metric m, int64_t n);

/** Counts one observation, in the unit of its row. */
void metric_observe(enum metric_histogram h, int64_t value);

/** The sum over all threads. */
int64_t metric_value(enum metric m);
void metric_histogram_sum(enum metric_histogram h, struct histogram *sum);

/** Appends everything in the text format of Prometheus (version 0.0.4). */
void metrics_write(struct text *t);

#endif
