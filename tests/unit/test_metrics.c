/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of many threads add up; histograms are right to a sixteenth. */
#include "base/metrics.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct histogram h, part;

static void
every_bucket_holds_what_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        assert_int_equal(histogram_bucket(histogram_bound(i)), i);
        if (i + 1 < HISTOGRAM_BUCKETS)
            assert_int_equal(histogram_bucket(histogram_bound(i) + 1), i + 1);
    }
    assert_int_equal(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
}

static int
by_size(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void
a_quantile_is_the_nearest_rank_to_a_sixteenth(void **state)
{
    static const unsigned asked[] = {0, 1, 5000, 9000, 9900, 9990, 9999, 10000};
    static uint64_t value[5000];
    uint32_t seed = 7;

    (void)state;
    memset(&h, 0, sizeof(h));
    for (size_t i = 0; i < 5000; i++) {
        seed = seed * 1664525u + 1013904223u;
        value[i] = seed >> (seed % 29);
        histogram_add(&h, (int64_t)value[i]);
    }
    qsort(value, 5000, sizeof(*value), by_size);
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        const size_t rank = (5000 * asked[i] + 9999) / 10000;
        const uint64_t exact = value[rank ? rank - 1 : 0];
        const uint64_t got = histogram_quantile(&h, asked[i]);

        assert_true(got >= exact);
        assert_true(got <= exact + exact / 16);
    }
}

static void
an_empty_histogram_answers_zero_and_one_value_answers_itself(void **state)
{
    (void)state;
    memset(&h, 0, sizeof(h));
    assert_int_equal(histogram_quantile(&h, 9900), 0);
    histogram_add(&h, 1000003);
    assert_int_equal(histogram_quantile(&h, 0), 1000003);
    assert_int_equal(histogram_quantile(&h, 5000), 1000003);
    histogram_add(&h, -5);
    assert_int_equal(histogram_quantile(&h, 5000), 0);
    histogram_add(&h, INT64_MAX);
    assert_int_equal(histogram_quantile(&h, 10000), histogram_bound(HISTOGRAM_BUCKETS - 1));
}

static void
merging_is_adding(void **state)
{
    (void)state;
    memset(&h, 0, sizeof(h));
    memset(&part, 0, sizeof(part));
    for (int i = 0; i < 100; i++)
        histogram_add(i % 2 ? &h : &part, i);
    histogram_merge(&h, &part);
    assert_int_equal(h.n, 100);
    assert_int_equal(h.sum, 4950);
    assert_int_equal(h.max, 99);
    assert_int_equal(histogram_quantile(&h, 1000), 9);
}

enum { THREADS = 8, ROUNDS = 10000 };

static void *
count(void *owner)
{
    (void)owner;
    for (int i = 0; i < ROUNDS; i++) {
        metric_add(METRIC_batches, 1);
        metric_add(METRIC_connections, 1);
        metric_observe(HISTOGRAM_members, i % 64);
        if (i % 100 == 0)
            (void)metric_value(METRIC_batches);
        metric_add(METRIC_connections, -1);
    }
    metric_set(METRIC_queue, 3);
    return NULL;
}

static void
what_threads_counted_stays_when_they_end(void **state)
{
    pthread_t thread[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, count, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    assert_int_equal(metric_value(METRIC_batches), THREADS * ROUNDS);
    assert_int_equal(metric_value(METRIC_connections), 0);
    assert_int_equal(metric_value(METRIC_queue), THREADS * 3);
    metric_histogram_sum(HISTOGRAM_members, &h);
    assert_int_equal(h.n, THREADS * ROUNDS);
}

static bool
says(const struct text *t, const char *line)
{
    return strstr(t->at, line) != NULL;
}

static void
the_text_is_what_prometheus_reads(void **state)
{
    struct arena a = {0};
    struct text t = text_new(&a);

    (void)state;
    metric_add(METRIC_http_2xx, 5);
    metric_add(METRIC_http_5xx, 1);
    metric_observe(HISTOGRAM_request, 1500000);
    metric_observe(HISTOGRAM_request, 255);
    metric_observe(HISTOGRAM_request, 256);
    metrics_write(&t);
    assert_true(says(&t, "# HELP onestop_http_responses_total Responses by class of their status\n"
                         "# TYPE onestop_http_responses_total counter\n"
                         "onestop_http_responses_total{class=\"2xx\"} 5\n"
                         "onestop_http_responses_total{class=\"3xx\"} 0\n"));
    assert_true(says(&t, "onestop_http_responses_total{class=\"5xx\"} 1\n"));
    assert_true(says(&t, "# TYPE onestop_http_connections gauge\nonestop_http_connections 0\n"));
    assert_true(says(&t, "onestop_http_request_seconds_bucket{le=\"0.000063\"} 0\n"
                         "onestop_http_request_seconds_bucket{le=\"0.000255\"} 1\n"
                         "onestop_http_request_seconds_bucket{le=\"0.001023\"} 2\n"));
    assert_true(says(&t, "onestop_http_request_seconds_bucket{le=\"+Inf\"} 3\n"
                         "onestop_http_request_seconds_sum 1.500511\n"
                         "onestop_http_request_seconds_count 3\n"));
    arena_release(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bucket_holds_what_it_says),
        cmocka_unit_test(a_quantile_is_the_nearest_rank_to_a_sixteenth),
        cmocka_unit_test(an_empty_histogram_answers_zero_and_one_value_answers_itself),
        cmocka_unit_test(merging_is_adding),
        cmocka_unit_test(what_threads_counted_stays_when_they_end),
        cmocka_unit_test(the_text_is_what_prometheus_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
