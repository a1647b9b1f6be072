/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks from arbitrary bytes: whatever is asked, there is an answer within
 * bounds, and the laws that hold of every course hold of this one.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "definition/json.h"
#include "machine/clock.h"

enum { STANDS_MOST = 64 };

/* What takes longer is answered, but not looked at row by row. */
#define LONG (400 * SPAN_DAY)

static struct arena keep;
static const struct calendar *city;

/* Bytes taken from the front; zero when there are none left. */
struct bytes {
    const uint8_t *at;
    size_t left;
};

static uint64_t
take(struct bytes *b, size_t n)
{
    uint64_t v = 0;

    for (; n > 0 && b->left > 0; n--, b->left--)
        v = v << 8 | *b->at++;
    return v;
}

/* Near 2026 as a rule, on a whole minute as a rule; sometimes anywhere. */
static instant
take_moment(struct bytes *b)
{
    const uint8_t how = (uint8_t)take(b, 1);
    const instant base = day_start(day_from_civil(2025, 12, 1));

    if (how >= 254)
        return INSTANT_MIN + (instant)(take(b, 8) % (uint64_t)(INSTANT_MAX - INSTANT_MIN));
    if (how >= 192)
        return base + (instant)(take(b, 6) % (uint64_t)(200 * SPAN_DAY));
    return base + (instant)(take(b, 3) % (200 * 1440)) * SPAN_MINUTE;
}

static void
check_measure(struct arena *a, const struct counting *c, const struct course *k, instant end)
{
    const struct course plain = {.start = k->start};
    const struct measure m = clock_measure(a, c, k, end);
    const struct measure whole = clock_measure(a, c, &plain, end);

    require(m.counted >= 0 && m.stopped >= 0);
    require(m.counted + m.stopped == whole.counted);
    require(m.elapsed >= whole.counted);
}

/* The rows are JSON, and the last one says so. */
static void
check_explanation(struct arena *a, const struct counting *c, const struct course *k, instant now)
{
    struct text t = text_new(a);
    const bool complete = clock_explain(&t, &(struct explaining){.form = EXPLAIN_JSON}, c, k, now);
    struct value rows;
    struct error e;

    require(json_read(a, t.at, t.len, false, &rows, &e));
    require(rows.kind == VALUE_ARRAY && rows.n <= EXPLAIN_ROWS);
    if (complete && rows.n > 0)
        require(value_get(&rows.item[rows.n - 1], "last"));
    t = text_new(a);
    (void)clock_explain(&t, &(struct explaining){.form = EXPLAIN_ZH}, c, k, now);
}

static instant
check_due(struct arena *a, const struct counting *c, struct course *k, struct stand *stand,
          instant now)
{
    const struct due due = clock_due(a, c, k, now);
    const instant at = due.at == INSTANT_NONE ? due.if_resumed : due.at;

    require(INSTANT_MIN <= at && at <= INSTANT_MAX);
    require(due.last_day == instant_day(at - 1));
    require((due.at == INSTANT_NONE) != (due.if_resumed == INSTANT_NONE));
    for (size_t i = 0; i < k->n_stand; i++)
        require(due.at == INSTANT_NONE || due.at == INSTANT_MAX || stand[i].to != INSTANT_NONE ||
                due.at <= stand[i].from);
    for (size_t i = 0; i + 1 < k->n_stand; i += 2) {
        const struct stand moved = stand[i];

        stand[i] = stand[k->n_stand - 1 - i];
        stand[k->n_stand - 1 - i] = moved;
    }
    require(clock_due(a, c, k, now).at == due.at);
    return at;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct error e;

    (void)argc;
    (void)argv;
    if (!calendar_load(&keep, "workflows/calendar", NULL, &city, &e)) {
        fprintf(stderr, "%s\n", e.detail);
        exit(1);
    }
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes b = {data, size};
    struct arena a = {0};
    struct stand stand[STANDS_MOST];
    struct counting c = {.calendar = city};
    struct course k = {.stand = stand};
    instant now, due;

    c.limit.unit = (enum unit)(take(&b, 1) % (UNIT_DATE + 1));
    c.limit.n = (int32_t)(take(&b, 2) % 10000) + 1;
    if (take(&b, 1) < 250)
        c.limit.n = c.limit.n % 40 + 1;
    c.limit.date = take_moment(&b);
    if (take(&b, 1) % 4 == 0)
        c.extension = (struct limit){c.limit.unit, (int32_t)(take(&b, 1) % 60), take_moment(&b)};
    c.continuous = take(&b, 1) % 4 == 0;
    c.applicant = take(&b, 1) % 4 == 0;
    k.start = take_moment(&b);
    now = take_moment(&b);
    while (b.left > 0 && k.n_stand < STANDS_MOST) {
        stand[k.n_stand].from = take_moment(&b);
        stand[k.n_stand].to = take(&b, 1) % 16 ? take_moment(&b) : INSTANT_NONE;
        stand[k.n_stand++].ground = take(&b, 1) % 2 ? "补正" : NULL;
    }
    due = check_due(&a, &c, &k, stand, now);
    if (due - k.start < LONG && now - k.start < LONG) {
        check_measure(&a, &c, &k, now);
        check_explanation(&a, &c, &k, now);
    }
    if (c.limit.unit != UNIT_DATE)
        require(clock_back(&c, k.start).at <= k.start);
    arena_release(&a);
    return 0;
}
