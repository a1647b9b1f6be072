/* SPDX-License-Identifier: Apache-2.0 */
/* What a clock says of itself: measures and derivations, word for word; and hostile courses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/clock.h"
#include "tests/support/city.h"

static struct arena arena;
static const struct calendar *city;

/* "2026-02-13 10:00" in UTC+8 */
static instant
at(const char *s)
{
    char text[] = "YYYY-MM-DDTHH:MM:00+08:00";
    instant t;

    memcpy(text, s, 10);
    memcpy(text + 11, s + 11, 5);
    if (!instant_read(text, strlen(text), &t))
        fail_msg("no instant: %s", s);
    return t;
}

static struct counting
counting(enum unit unit, int32_t n)
{
    return (struct counting){.calendar = city, .limit = {.unit = unit, .n = n}};
}

static const char *
explain(enum explain_form form, const struct counting *c, const struct course *k, const char *now)
{
    struct text t = text_new(&arena);

    assert_true(clock_explain(&t, &(struct explaining){.form = form}, c, k, at(now)));
    return t.at;
}

static void
days_are_derived_in_chinese(void **s)
{
    const struct stand stand = {at("2026-02-11 09:00"), at("2026-02-12 10:00"), "补正"};
    const struct course k = {at("2026-02-10 10:00"), &stand, 1};
    struct counting c = counting(UNIT_DAYS, 9);

    (void)s;
    c.extension = (struct limit){.unit = UNIT_DAYS, .n = 1};
    assert_string_equal(
        explain(EXPLAIN_ZH, &c, &k, "2026-02-13 10:00"),
        arena_printf(&arena,
                     "期限 9日，延期 1日，自 2026-02-10T10:00:00+08:00 起算；日历 cn %s\n"
                     "2026-02-10 周二 不计     0  起始日不计入\n"
                     "2026-02-11 周三 不计     0  中止：补正\n"
                     "2026-02-12 周四 计入     1  工作日\n"
                     "2026-02-13 周五 计入     2  工作日\n"
                     "2026-02-14 周六 计入     3  春节调休上班\n"
                     "2026-02-15 周日 计入     4  春节\n"
                     "2026-02-16 周一 计入     5  春节\n"
                     "2026-02-17 周二 计入     6  春节\n"
                     "2026-02-18 周三 计入     7  春节\n"
                     "2026-02-19 周四 计入     8  春节\n"
                     "2026-02-20 周五 计入     9  春节\n"
                     "2026-02-21 周六 计入    10  春节\n"
                     "2026-02-22 周日 不计    10  春节，末日顺延\n"
                     "2026-02-23 周一 不计    10  春节，末日顺延\n"
                     "2026-02-24 周二 不计    10  工作日，末日顺延至此\n"
                     "到期 2026-02-24T17:00:00+08:00，末日 2026-02-24\n",
                     city->version));
}

static void
minutes_are_derived_in_english(void **s)
{
    const struct stand stand = {at("2026-02-14 11:55"), at("2026-02-14 16:50"), NULL};
    const struct course k = {at("2026-02-13 17:30"), &stand, 1};
    const struct counting c = counting(UNIT_MINUTES, 190);

    (void)s;
    assert_string_equal(
        explain(EXPLAIN_EN, &c, &k, "2026-02-14 10:00"),
        arena_printf(&arena,
                     "limit 190 minutes, from 2026-02-13T17:30:00+08:00; calendar cn %s\n"
                     "2026-02-13 Fri 00:00:00–24:00:00    -        0:00:00  after closing time\n"
                     "2026-02-14 Sat 09:00:00–11:55:00 counted     2:55:00  open\n"
                     "2026-02-14 Sat 11:55:00–12:00:00    -        2:55:00  stands\n"
                     "2026-02-14 Sat 13:00:00–16:50:00    -        2:55:00  stands\n"
                     "2026-02-14 Sat 16:50:00–17:00:00 counted     3:05:00  open\n"
                     "2026-02-15 Sun 00:00:00–24:00:00    -        3:05:00  Spring Festival\n"
                     "2026-02-16 Mon 00:00:00–24:00:00    -        3:05:00  Spring Festival\n"
                     "2026-02-17 Tue 00:00:00–24:00:00    -        3:05:00  Spring Festival\n"
                     "2026-02-18 Wed 00:00:00–24:00:00    -        3:05:00  Spring Festival\n"
                     "2026-02-19 Thu 00:00:00–24:00:00    -        3:05:00  Spring Festival\n"
                     "2026-02-20 Fri 00:00:00–24:00:00    -        3:05:00  Spring Festival\n"
                     "2026-02-21 Sat 00:00:00–24:00:00    -        3:05:00  Spring Festival\n"
                     "2026-02-22 Sun 00:00:00–24:00:00    -        3:05:00  Spring Festival\n"
                     "2026-02-23 Mon 00:00:00–24:00:00    -        3:05:00  Spring Festival\n"
                     "2026-02-24 Tue 09:00:00–09:05:00 counted     3:10:00  open\n"
                     "due 2026-02-24T09:05:00+08:00, last day 2026-02-24\n",
                     city->version));
}

static void
without_a_limit_that_is_said_and_no_row_is_invented(void **s)
{
    const struct course k = {.start = at("2026-03-02 10:05")};
    const struct counting c = {.calendar = city};

    (void)s;
    assert_string_equal(explain(EXPLAIN_ZH, &c, &k, "2026-03-03 10:00"),
                        arena_printf(&arena,
                                     "没有期限，自 2026-03-02T10:05:00+08:00 起算；日历 cn %s\n",
                                     city->version));
    assert_string_equal(explain(EXPLAIN_EN, &c, &k, "2026-03-03 10:00"),
                        arena_printf(&arena,
                                     "no limit, from 2026-03-02T10:05:00+08:00; calendar cn %s\n",
                                     city->version));
    assert_string_equal(explain(EXPLAIN_JSON, &c, &k, "2026-03-03 10:00"), "[]");
}

static void
rows_are_json(void **s)
{
    const struct course days = {.start = at("2026-12-31 10:00")};
    const struct course time = {.start = at("2026-03-03 11:50")};
    struct counting c = counting(UNIT_WORKING_DAYS, 1);

    (void)s;
    assert_string_equal(
        explain(EXPLAIN_JSON, &c, &days, "2026-12-31 10:00"),
        "[{\"date\":\"2026-12-31\",\"working\":true,\"counted\":false,\"why\":{\"zh\":"
        "\"起始日不计入\",\"en\":\"the start day\"},\"number\":0},"
        "{\"date\":\"2027-01-01\",\"working\":false,\"counted\":false,\"why\":{\"zh\":"
        "\"元旦（暂定）\",\"en\":\"New Year's Day (provisional)\"},\"number\":0},"
        "{\"date\":\"2027-01-02\",\"working\":false,\"counted\":false,\"why\":{\"zh\":"
        "\"周末（暂定）\",\"en\":\"weekend (provisional)\"},\"number\":0},"
        "{\"date\":\"2027-01-03\",\"working\":false,\"counted\":false,\"why\":{\"zh\":"
        "\"周末（暂定）\",\"en\":\"weekend (provisional)\"},\"number\":0},"
        "{\"date\":\"2027-01-04\",\"working\":true,\"counted\":true,\"why\":{\"zh\":"
        "\"工作日（暂定）\",\"en\":\"working day (provisional)\"},\"number\":1,\"last\":true}]");
    c = counting(UNIT_MINUTES, 20);
    assert_string_equal(
        explain(EXPLAIN_JSON, &c, &time, "2026-03-03 11:50"),
        "[{\"date\":\"2026-03-03\",\"from\":\"2026-03-03T11:50:00+08:00\",\"to\":"
        "\"2026-03-03T12:00:00+08:00\",\"counted\":true,\"why\":{\"zh\":\"办公时间\",\"en\":"
        "\"open\"},\"countedSeconds\":600},"
        "{\"date\":\"2026-03-03\",\"from\":\"2026-03-03T13:00:00+08:00\",\"to\":"
        "\"2026-03-03T13:10:00+08:00\",\"counted\":true,\"why\":{\"zh\":\"办公时间\",\"en\":"
        "\"open\"},\"countedSeconds\":1200,\"last\":true}]");
}

static void
a_clock_that_stands_is_explained_as_if_resumed(void **s)
{
    const struct stand stand = {at("2026-03-03 10:00"), INSTANT_NONE, "检测"};
    const struct course k = {at("2026-03-02 10:00"), &stand, 1};
    struct counting c = counting(UNIT_WORKING_DAYS, 2);

    (void)s;
    assert_string_equal(
        explain(EXPLAIN_ZH, &c, &k, "2026-03-04 12:00"),
        arena_printf(&arena,
                     "期限 2个工作日，自 2026-03-02T10:00:00+08:00 起算；日历 cn %s\n"
                     "2026-03-02 周一 不计     0  起始日不计入\n"
                     "2026-03-03 周二 不计     0  中止：检测\n"
                     "2026-03-04 周三 计入     1  工作日\n"
                     "2026-03-05 周四 计入     2  工作日\n"
                     "中止中，没有到期时刻；如于 2026-03-04T12:00:00+08:00 恢复："
                     "到期 2026-03-05T17:00:00+08:00，末日 2026-03-05\n",
                     city->version));
    c = (struct counting){.calendar = city,
                          .limit = {.unit = UNIT_DATE, .date = at("2026-03-03 15:00")}};
    assert_non_null(strstr(explain(EXPLAIN_EN, &c, &k, "2026-03-04 12:00"),
                           "2026-03-03 Tue 15:00:00–2026-03-04T12:00:00    -        0:00:00  "
                           "stands: 检测\nstands; resumed at 2026-03-04T12:00:00+08:00: due "
                           "2026-03-04T12:00:00+08:00"));
}

static void
a_measure_splits_service_time(void **s)
{
    const struct stand stand[] = {{at("2026-03-03 11:00"), at("2026-03-03 14:00"), NULL},
                                  {at("2026-03-03 13:30"), at("2026-03-03 16:00"), NULL}};
    const struct course k = {at("2026-03-02 16:00"), stand, 2};
    struct counting c = counting(UNIT_HOURS, 8);
    struct measure m = clock_measure(&arena, &c, &k, at("2026-03-04 10:30"));

    (void)s;
    assert_int_equal(m.elapsed, 42 * SPAN_HOUR + 30 * SPAN_MINUTE);
    assert_int_equal(m.counted, 5 * SPAN_HOUR + 30 * SPAN_MINUTE);
    assert_int_equal(m.stopped, 4 * SPAN_HOUR);
    assert_int_equal(m.remaining, 2 * SPAN_HOUR + 30 * SPAN_MINUTE);
    assert_int_equal(m.counted_days, 0);
    c.continuous = true;
    m = clock_measure(&arena, &c, &k, at("2026-03-04 10:30"));
    assert_int_equal(m.stopped, 5 * SPAN_HOUR);
    assert_int_equal(m.counted, 37 * SPAN_HOUR + 30 * SPAN_MINUTE);
    assert_int_equal(m.remaining, -(29 * SPAN_HOUR + 30 * SPAN_MINUTE));
}

static void
a_measure_counts_days_that_have_closed(void **s)
{
    static const struct {
        const char *end;
        int32_t counted, remaining;
    } row[] = {
        {"2026-02-09 12:00", 0, 5},  {"2026-02-10 16:59", 0, 5},  {"2026-02-10 17:00", 1, 4},
        {"2026-02-13 18:00", 4, 1},  {"2026-02-14 17:00", 5, 0},  {"2026-02-20 12:00", 5, 0},
        {"2026-02-24 17:00", 6, -1}, {"2026-02-25 17:00", 7, -2},
    };
    const struct course k = {.start = at("2026-02-09 10:00")};
    const struct counting c = counting(UNIT_WORKING_DAYS, 5);

    (void)s;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        const struct measure m = clock_measure(&arena, &c, &k, at(row[i].end));

        assert_int_equal(m.counted_days, row[i].counted);
        assert_int_equal(m.remaining_days, row[i].remaining);
        assert_int_equal(m.remaining, at("2026-02-14 17:00") - at(row[i].end));
    }
}

static void
while_it_stands_remaining_is_as_if_resumed(void **s)
{
    const struct stand stand = {at("2026-02-11 10:00"), INSTANT_NONE, NULL};
    const struct course k = {at("2026-02-09 10:00"), &stand, 1};
    const struct counting c = counting(UNIT_WORKING_DAYS, 5);
    const struct measure m = clock_measure(&arena, &c, &k, at("2026-02-13 10:00"));

    (void)s;
    assert_int_equal(m.counted_days, 1);
    assert_int_equal(m.remaining_days, 4);
    assert_int_equal(m.remaining, at("2026-02-25 17:00") - at("2026-02-13 10:00"));
    assert_int_equal(m.stopped, 14 * SPAN_HOUR);
}

/* Thousands of overlapping stops, latest first: sorted and merged once. */
static void
a_hostile_list_of_stops_is_merged(void **s)
{
    enum { N = 50000 };
    struct stand *stand = arena_array(&arena, N, struct stand);
    const struct course k = {at("2026-02-09 10:00"), stand, N};
    const struct counting c = counting(UNIT_WORKING_DAYS, 5);

    (void)s;
    for (int i = 0; i < N; i++) {
        stand[i].from = at("2026-02-10 10:00") + (N - i) * SPAN_SECOND;
        stand[i].to = stand[i].from + 2 * SPAN_DAY - i % 7 * SPAN_HOUR;
    }
    assert_int_equal(clock_due(&arena, &c, &k, k.start).at, at("2026-02-26 17:00"));
    assert_int_equal(clock_measure(&arena, &c, &k, at("2026-02-14 17:00")).stopped,
                     20 * SPAN_HOUR - SPAN_SECOND);
}

static void
the_longest_limits_end_within_the_years_there_are(void **s)
{
    static const enum unit unit[] = {UNIT_MINUTES, UNIT_HOURS,  UNIT_WORKING_DAYS,
                                     UNIT_DAYS,    UNIT_MONTHS, UNIT_YEARS};
    const struct stand stand = {at("2026-03-01 10:00"), INSTANT_MAX, NULL};
    struct course k = {.start = at("9999-12-31 10:00"), .stand = &stand};

    (void)s;
    for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
        const struct counting c = counting(unit[i], 10000);
        struct text t = text_new(&arena);
        struct course near = {.start = at("2026-03-03 10:00")};

        assert_true(clock_due(&arena, &c, &k, k.start).at <= INSTANT_MAX);
        assert_true(clock_due(&arena, &c, &near, near.start).at > near.start);
        assert_int_equal(
            clock_explain(&t, &(struct explaining){.form = EXPLAIN_JSON}, &c, &near, near.start),
            unit[i] != UNIT_MONTHS && unit[i] != UNIT_YEARS);
        near.stand = &stand;
        near.n_stand = 1;
        assert_int_equal(clock_due(&arena, &c, &near, near.start).at, INSTANT_MAX);
        assert_true(clock_back(&c, near.start).at >= INSTANT_MIN);
    }
}

static int
load(void **s)
{
    (void)s;
    city = city_calendar(&arena);
    return city ? 0 : -1;
}

static int
release(void **s)
{
    (void)s;
    arena_release(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_derived_in_chinese),
        cmocka_unit_test(minutes_are_derived_in_english),
        cmocka_unit_test(without_a_limit_that_is_said_and_no_row_is_invented),
        cmocka_unit_test(rows_are_json),
        cmocka_unit_test(a_clock_that_stands_is_explained_as_if_resumed),
        cmocka_unit_test(a_measure_splits_service_time),
        cmocka_unit_test(a_measure_counts_days_that_have_closed),
        cmocka_unit_test(while_it_stands_remaining_is_as_if_resumed),
        cmocka_unit_test(a_hostile_list_of_stops_is_merged),
        cmocka_unit_test(the_longest_limits_end_within_the_years_there_are),
    };

    return cmocka_run_group_tests(tests, load, release);
}
