/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of every clock, tried on random courses.  ONESTOP_SEED repeats a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/value.h"
#include "definition/json.h"
#include "machine/clock.h"
#include "tests/support/city.h"

enum { ROUNDS = 1000, STANDS_MOST = 12 };

static struct arena keep, scratch;
static const struct calendar *city;
static uint64_t seed = 20260213, state;

/* splitmix64 */
static uint64_t
draw(void)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int64_t
between(int64_t from, int64_t to)
{
    return from + (int64_t)(draw() % (uint64_t)(to - from + 1));
}

/* A moment within @days of @t; often one at which something turns: opening, closing, midnight. */
static instant
moment(instant t, int days)
{
    static const int turn[] = {0, 540, 720, 780, 1020, 1440};
    const instant start = day_start(instant_day(t) + (day)between(0, days));

    if (draw() % 2)
        return start + turn[draw() % 6] * SPAN_MINUTE;
    return start + between(0, SPAN_DAY - 1);
}

/* One random clock and its course; the stops are all closed. */
struct sample {
    struct counting c;
    struct stand stand[STANDS_MOST];
    struct course course;
};

static void
sample(struct sample *p)
{
    static const int32_t most[] = {900, 40, 45, 60, 4, 1};

    memset(p, 0, sizeof(*p));
    p->c.calendar = city;
    p->c.limit.unit = (enum unit)between(UNIT_MINUTES, UNIT_DATE);
    if (p->c.limit.unit == UNIT_DATE)
        p->c.limit.date = moment(day_start(day_from_civil(2025, 9, 20)), 100);
    else
        p->c.limit.n = (int32_t)between(1, most[p->c.limit.unit]);
    if (p->c.limit.unit != UNIT_DATE && draw() % 4 == 0)
        p->c.extension = (struct limit){.unit = p->c.limit.unit, .n = (int32_t)between(1, 20)};
    p->c.continuous = draw() % 4 == 0;
    p->c.applicant = draw() % 4 == 0;
    p->course.start = moment(day_start(day_from_civil(2025, 9, 1)), 150);
    p->course.stand = p->stand;
    p->course.n_stand = draw() % (STANDS_MOST + 1);
    for (size_t i = 0; i < p->course.n_stand; i++) {
        p->stand[i].from = moment(p->course.start, 40);
        p->stand[i].to = moment(p->stand[i].from, draw() % 3 ? 2 : 20);
        p->stand[i].ground = draw() % 2 ? "补正" : "检测";
    }
}

static instant
due_at(const struct sample *p)
{
    const struct due due = clock_due(&scratch, &p->c, &p->course, p->course.start);

    assert_true(due.at != INSTANT_NONE);
    assert_int_equal(due.last_day, instant_day(due.at - 1));
    return due.at;
}

/* Calls @law on samples, the seed of each printed when it is broken. */
static void
holds(void (*law)(struct sample *p))
{
    state = seed;
    for (int i = 0; i < ROUNDS; i++) {
        struct sample p;

        sample(&p);
        law(&p);
        arena_reset(&scratch);
    }
}

static bool
stands_inside(const struct sample *p, instant t)
{
    bool before = false, after = false;

    for (size_t i = 0; i < p->course.n_stand; i++) {
        before |= p->stand[i].from < t && t <= p->stand[i].to;
        after |= p->stand[i].from <= t && t < p->stand[i].to;
    }
    return before && after;
}

static void
never_due_while_standing(struct sample *p)
{
    assert_false(stands_inside(p, due_at(p)));
}

static void
t01_order_is_irrelevant(struct sample *p)
{
    const instant due = due_at(p);
    struct text first = text_new(&scratch), second = text_new(&scratch);

    assert_true(clock_explain(&first, &(struct explaining){.form = EXPLAIN_JSON}, &p->c, &p->course,
                              p->course.start));
    for (size_t i = p->course.n_stand; i > 1; i--) {
        const size_t j = draw() % i;
        const struct stand moved = p->stand[j];

        p->stand[j] = p->stand[i - 1];
        p->stand[i - 1] = moved;
    }
    assert_int_equal(due_at(p), due);
    assert_true(clock_explain(&second, &(struct explaining){.form = EXPLAIN_JSON}, &p->c,
                              &p->course, p->course.start));
    assert_string_equal(first.at, second.at);
}

/* Cutting an interval in two, doubling it, or adding one inside it says nothing new. */
static void
stops_are_a_union(struct sample *p)
{
    const instant due = due_at(p), cut = moment(p->course.start, 20);
    struct stand more[2 * STANDS_MOST];
    struct course k = {p->course.start, more, 0};

    for (size_t i = 0; i < p->course.n_stand; i++) {
        const struct stand s = p->stand[i];

        more[k.n_stand] = more[k.n_stand + 1] = s;
        if (s.from < cut && cut < s.to)
            more[k.n_stand].to = more[k.n_stand + 1].from = cut;
        k.n_stand += 2;
    }
    assert_int_equal(clock_due(&scratch, &p->c, &k, p->course.start).at, due);
}

static void
more_standing_is_never_sooner(struct sample *p)
{
    const instant due = due_at(p);
    const size_t n = p->course.n_stand;

    if (n == STANDS_MOST)
        p->course.n_stand--;
    if (n < STANDS_MOST) {
        p->stand[n].from = moment(p->course.start, 40);
        p->stand[n].to = moment(p->stand[n].from, 10);
        p->course.n_stand++;
        assert_true(due_at(p) >= due);
    } else {
        assert_true(due_at(p) <= due);
    }
}

static void
a_later_start_or_a_longer_limit_is_never_due_sooner(struct sample *p)
{
    const instant due = due_at(p);

    if (p->c.limit.unit == UNIT_DATE)
        p->c.limit.date += SPAN_DAY;
    else
        p->c.limit.n++;
    assert_true(due_at(p) >= due);
    if (p->c.limit.unit == UNIT_DATE)
        p->c.limit.date -= SPAN_DAY;
    else
        p->c.limit.n--;
    if (p->c.limit.unit == UNIT_MONTHS || p->c.limit.unit == UNIT_YEARS)
        return; /* a stop within a shorter month makes no order of them */
    p->course.start = moment(p->course.start + SPAN_DAY, 3);
    assert_true(due_at(p) >= due);
}

static void
t01_counted_and_stopped_make_the_whole(struct sample *p)
{
    const instant end = moment(p->course.start, 60);
    const struct measure m = clock_measure(&scratch, &p->c, &p->course, end);
    const struct course plain = {.start = p->course.start};
    const struct measure whole = clock_measure(&scratch, &p->c, &plain, end);

    assert_int_equal(m.elapsed, end > p->course.start ? end - p->course.start : 0);
    assert_int_equal(m.counted + m.stopped, whole.counted);
    assert_int_equal(whole.stopped, 0);
    assert_true(m.counted >= 0 && m.stopped >= 0 && whole.counted <= m.elapsed);
    if (p->c.limit.unit != UNIT_WORKING_DAYS && (p->c.limit.unit > UNIT_HOURS || p->c.continuous))
        assert_int_equal(whole.counted, m.elapsed);
}

/* What remains is nothing exactly when the clock comes due. */
static void
measure_and_due_agree(struct sample *p)
{
    const instant due = due_at(p);
    struct measure m;

    if (due < p->course.start)
        return; /* a date given too late */
    m = clock_measure(&scratch, &p->c, &p->course, due);
    assert_int_equal(m.remaining, 0);
    assert_int_equal(m.remaining_days, 0);
    m = clock_measure(&scratch, &p->c, &p->course, due - 1);
    assert_true(m.remaining > 0 || due == p->course.start);
    if (p->c.limit.unit == UNIT_WORKING_DAYS) {
        assert_int_equal(m.remaining_days, 1);
        assert_int_equal(m.counted_days, p->c.limit.n + p->c.extension.n - 1);
    }
    m = clock_measure(&scratch, &p->c, &p->course, due + 90 * SPAN_DAY);
    assert_true(m.remaining < 0);
    if (p->c.limit.unit > UNIT_HOURS && p->c.limit.unit != UNIT_DATE)
        assert_true(m.remaining_days < 0);
}

/* An open stop: no due date, and resumed at a moment it is what a closed one would be. */
static void
a_resume_fixes_the_due_date(struct sample *p)
{
    const instant due = due_at(p);
    const size_t n = p->course.n_stand < STANDS_MOST ? p->course.n_stand++ : STANDS_MOST - 1;
    struct due open;
    instant now;

    p->stand[n] = (struct stand){moment(p->course.start, 20), INSTANT_NONE, NULL};
    now = moment(p->stand[n].from, 30);
    open = clock_due(&scratch, &p->c, &p->course, now);
    assert_true(open.stands || now < p->stand[n].from);
    if (open.at != INSTANT_NONE) {
        assert_true(open.at <= p->stand[n].from);
        assert_int_equal(open.if_resumed, INSTANT_NONE);
        return;
    }
    p->stand[n].to = now;
    assert_int_equal(open.if_resumed, due_at(p));
    if (n < STANDS_MOST - 1)
        assert_true(open.if_resumed >= due);
}

static int64_t
number_of(const struct value *row, const char *name)
{
    const struct value *v = value_get(row, name);

    assert_non_null(v);
    assert_int_equal(v->kind, VALUE_INT);
    return v->integer;
}

static void
check_row_order(const struct value *rows)
{
    int64_t number = 0;

    for (uint32_t i = 0; i < rows->n; i++) {
        const struct value *row = &rows->item[i];

        if (value_get(row, "number")) {
            number += value_get(row, "counted")->boolean;
            assert_int_equal(number_of(row, "number"), number);
        }
        assert_int_equal(value_get(row, "last") != NULL, i == rows->n - 1);
    }
}

static void
an_explanation_ends_where_the_clock_does(struct sample *p)
{
    struct text t = text_new(&scratch);
    const struct due due = clock_due(&scratch, &p->c, &p->course, p->course.start);
    const int32_t n = p->c.limit.n + p->c.extension.n;
    const struct value *last, *to;
    struct error e = {0};
    struct value rows;
    char text[INSTANT_TEXT];

    assert_true(clock_explain(&t, &(struct explaining){.form = EXPLAIN_JSON}, &p->c, &p->course,
                              p->course.start));
    assert_true(json_read(&scratch, t.at, t.len, false, &rows, &e));
    check_row_order(&rows);
    if (rows.n == 0) {
        assert_int_equal(due.at, p->c.limit.date); /* a moment given, and the clock runs */
        return;
    }
    last = &rows.item[rows.n - 1];
    to = value_get(last, "to");
    if (to)
        assert_string_equal(to->string, instant_write(due.at, text));
    else
        assert_string_equal(value_get_string(last, "date"), day_write(due.last_day, text));
    if (p->c.limit.unit == UNIT_WORKING_DAYS || p->c.limit.unit == UNIT_DAYS)
        assert_int_equal(number_of(last, "number"), n);
    if (p->c.limit.unit == UNIT_WORKING_DAYS)
        assert_true(value_get(last, "counted")->boolean);
    if (p->c.limit.unit == UNIT_MINUTES && p->course.start % SPAN_SECOND == 0)
        assert_int_equal(number_of(last, "countedSeconds"), n * 60);
}

/* Counting back and forth: N working days before a day are N working days to it. */
static void
back_is_the_mirror_of_forth(struct sample *p)
{
    struct course k = {0};
    struct due back;

    p->c.extension.n = 0;
    p->c.applicant = false;
    if (p->c.limit.unit == UNIT_DATE)
        return;
    back = clock_back(&p->c, p->course.start);
    assert_true(back.at < p->course.start);
    k.start = back.at;
    if (p->c.limit.unit < UNIT_WORKING_DAYS) {
        /* The time between holds the limit exactly, and no later moment's does. */
        assert_int_equal(clock_measure(&scratch, &p->c, &k, p->course.start).remaining, 0);
        k.start++;
        assert_true(clock_measure(&scratch, &p->c, &k, p->course.start).remaining > 0);
    } else if (p->c.limit.unit == UNIT_WORKING_DAYS &&
               calendar_works(city, instant_day(p->course.start))) {
        assert_int_equal(clock_due(&scratch, &p->c, &k, k.start).last_day,
                         instant_day(p->course.start));
    } else if (p->c.limit.unit == UNIT_DAYS) {
        assert_true(calendar_works(city, back.last_day));
        assert_true(instant_day(p->course.start) - back.last_day >= p->c.limit.n);
    }
}

#define LAW(name)                                                                                  \
    static void name##_law(void **s)                                                               \
    {                                                                                              \
        (void)s;                                                                                   \
        holds(name);                                                                               \
    }
LAW(never_due_while_standing)
LAW(t01_order_is_irrelevant)
LAW(stops_are_a_union)
LAW(more_standing_is_never_sooner)
LAW(a_later_start_or_a_longer_limit_is_never_due_sooner)
LAW(t01_counted_and_stopped_make_the_whole)
LAW(measure_and_due_agree)
LAW(a_resume_fixes_the_due_date)
LAW(an_explanation_ends_where_the_clock_does)
LAW(back_is_the_mirror_of_forth)

static int
load(void **s)
{
    (void)s;
    if (getenv("ONESTOP_SEED"))
        seed = strtoull(getenv("ONESTOP_SEED"), NULL, 10);
    printf("seed %llu\n", (unsigned long long)seed);
    city = city_calendar(&keep);
    return city ? 0 : -1;
}

static int
release(void **s)
{
    (void)s;
    arena_release(&scratch);
    arena_release(&keep);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_due_while_standing_law),
        cmocka_unit_test(t01_order_is_irrelevant_law),
        cmocka_unit_test(stops_are_a_union_law),
        cmocka_unit_test(more_standing_is_never_sooner_law),
        cmocka_unit_test(a_later_start_or_a_longer_limit_is_never_due_sooner_law),
        cmocka_unit_test(t01_counted_and_stopped_make_the_whole_law),
        cmocka_unit_test(measure_and_due_agree_law),
        cmocka_unit_test(a_resume_fixes_the_due_date_law),
        cmocka_unit_test(an_explanation_ends_where_the_clock_does_law),
        cmocka_unit_test(back_is_the_mirror_of_forth_law),
    };

    return cmocka_run_group_tests(tests, load, release);
}
