/* SPDX-License-Identifier: Apache-2.0 */
/* Counts per thread, summed up when somebody asks. */
#include "base/metrics.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"

enum { CACHE_LINE = 64 };

/* What one thread has counted.  Sheets are linked once and never freed. */
struct sheet {
    alignas(CACHE_LINE) _Atomic int64_t count[N_METRIC];
    struct histogram histogram[N_HISTOGRAM];
    struct sheet *next;
};

static struct sheet *_Atomic sheets;
static _Thread_local struct sheet *mine;

static struct sheet *
my_sheet(void)
{
    struct sheet *s = mine;

    if (s)
        return s;
    s = aligned_alloc(CACHE_LINE, sizeof(*s)); /* its size is a multiple of its alignment */
    require(s);
    memset(s, 0, sizeof(*s));
    s->next = atomic_load(&sheets);
    while (!atomic_compare_exchange_weak(&sheets, &s->next, s))
        ;
    return mine = s;
}

void
metric_add(enum metric m, int64_t n)
{
    _Atomic int64_t *at = &my_sheet()->count[m];

    /* One writer: a load and a store, no locked instruction. */
    atomic_store_explicit(at, atomic_load_explicit(at, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

void
metric_set(enum metric m, int64_t n)
{
    atomic_store_explicit(&my_sheet()->count[m], n, memory_order_relaxed);
}

void
metric_observe(enum metric_histogram h, int64_t value)
{
    histogram_add(&my_sheet()->histogram[h], value);
}

int64_t
metric_value(enum metric m)
{
    int64_t sum = 0;

    for (const struct sheet *s = atomic_load(&sheets); s; s = s->next)
        sum += atomic_load_explicit(&s->count[m], memory_order_relaxed);
    return sum;
}

void
metric_histogram_sum(enum metric_histogram h, struct histogram *sum)
{
    memset(sum, 0, sizeof(*sum));
    for (const struct sheet *s = atomic_load(&sheets); s; s = s->next)
        histogram_merge(sum, &s->histogram[h]);
}

enum row_kind { ROW_COUNTER, ROW_GAUGE, ROW_HISTOGRAM };

static const struct row {
    enum row_kind kind;
    const char *name, *labels, *help;
    int which; /* enum metric or enum metric_histogram */
    int per;
} table[] = {
#define COUNTER(id, name, labels, help) {ROW_COUNTER, name, labels, help, METRIC_##id, 1},
#define GAUGE(id, name, labels, help)   {ROW_GAUGE, name, labels, help, METRIC_##id, 1},
#define HISTOGRAM(id, name, labels, per, help)                                                     \
    {ROW_HISTOGRAM, name, labels, help, HISTOGRAM_##id, per},
#include "base/metrics.def"
#undef COUNTER
#undef GAUGE
#undef HISTOGRAM
};

/* @n / @per without a floating point number: 1500000 / 1000000 is 1.5. */
static void
put_scaled(struct text *t, uint64_t n, int per)
{
    const uint64_t p = (uint64_t)per;
    uint64_t rest = n % p;

    text_int(t, (int64_t)(n / p));
    if (rest)
        text_char(t, '.');
    for (uint64_t place = p / 10; rest; place /= 10) {
        text_char(t, (char)('0' + rest / place));
        rest %= place;
    }
}

/* name_suffix{labels,extra} without the value. */
static void
put_name(struct text *t, const struct row *r, const char *suffix)
{
    text_printf(t, "%s%s%s%s%s ", r->name, suffix, *r->labels ? "{" : "", r->labels,
                *r->labels ? "}" : "");
}

/* Shown buckets end one below a power of two, where the finer ones of the
 * histogram end too, so that the counts are exact.  Times begin at 63
 * microseconds and take every second power. */
static void
write_histogram(struct text *t, const struct row *r)
{
    const bool fine = r->per > 1;
    struct histogram h;
    uint64_t seen = 0, n = 0;
    size_t i = 0;

    metric_histogram_sum((enum metric_histogram)r->which, &h);
    for (size_t j = 0; j < HISTOGRAM_BUCKETS; j++)
        n += h.bucket[j];
    for (unsigned power = fine ? 6 : 1; power <= (fine ? 30 : 10); power += fine ? 2 : 1) {
        const uint64_t bound = (UINT64_C(1) << power) - 1;

        for (; i < HISTOGRAM_BUCKETS && histogram_bound(i) <= bound; i++)
            seen += h.bucket[i];
        text_printf(t, "%s_bucket{%s%sle=\"", r->name, r->labels, *r->labels ? "," : "");
        put_scaled(t, bound, r->per);
        text_str(t, "\"} ");
        text_int(t, (int64_t)seen);
        text_char(t, '\n');
    }
    text_printf(t, "%s_bucket{%s%sle=\"+Inf\"} %llu\n", r->name, r->labels, *r->labels ? "," : "",
                (unsigned long long)n);
    put_name(t, r, "_sum");
    put_scaled(t, h.sum, r->per);
    text_char(t, '\n');
    put_name(t, r, "_count");
    text_int(t, (int64_t)n);
    text_char(t, '\n');
}

void
metrics_write(struct text *t)
{
    static const char *const kind[] = {"counter", "gauge", "histogram"};

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct row *r = &table[i];

        if (i == 0 || strcmp(r->name, table[i - 1].name) != 0)
            text_printf(t, "# HELP %s %s\n# TYPE %s %s\n", r->name, r->help, r->name,
                        kind[r->kind]);
        if (r->kind == ROW_HISTOGRAM) {
            write_histogram(t, r);
            continue;
        }
        put_name(t, r, "");
        text_int(t, metric_value((enum metric)r->which));
        text_char(t, '\n');
    }
}
