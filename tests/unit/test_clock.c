/* SPDX-License-Identifier: Apache-2.0 */
/* When clocks come due: the vectors of the law and of the design, one by one. */
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

/* "2026-02-13 10:00" in UTC+8; a date alone is its 10:00; "-" is none. */
static instant
at(const char *s)
{
    char text[] = "YYYY-MM-DDT10:00:00+08:00";
    instant t;

    if (!strcmp(s, "-"))
        return INSTANT_NONE;
    memcpy(text, s, 10);
    if (strlen(s) > 10)
        memcpy(text + 11, s + 11, strlen(s) - 11);
    if (!instant_read(text, strlen(text), &t))
        fail_msg("no instant: %s", s);
    return t;
}

static struct counting
counting(const char *limit)
{
    struct counting c = {.calendar = city};
    struct error e = {0};

    if (!limit_read(limit, &c.limit, &e))
        fail_msg("%s", e.detail);
    return c;
}

enum { STANDS = 4 };

/* Stops as {"from", "to"} pairs, ended by NULL. */
struct stops {
    const char *of[STANDS][2];
};

static struct course
course(const char *start, const struct stops *stops, struct stand stand[STANDS])
{
    struct course k = {.start = at(start), .stand = stand};

    for (size_t i = 0; stops && i < STANDS && stops->of[i][0]; i++)
        stand[k.n_stand++] = (struct stand){at(stops->of[i][0]), at(stops->of[i][1]), "补正"};
    return k;
}

static struct due
due_of(const struct counting *c, const char *start, const struct stops *stops, const char *now)
{
    struct stand stand[STANDS];
    const struct course k = course(start, stops, stand);

    return clock_due(&arena, c, &k, at(now));
}

static void
assert_instant(instant is, const char *want, const char *what)
{
    char text[INSTANT_TEXT], wanted[INSTANT_TEXT];

    if (is != at(want))
        fail_msg("%s: %s instead of %s", what, is == INSTANT_NONE ? "-" : instant_write(is, text),
                 at(want) == INSTANT_NONE ? "-" : instant_write(at(want), wanted));
}

static void
expect(const char *start, const char *limit, const struct stops *stops, const char *due)
{
    const struct counting c = counting(limit);

    assert_instant(due_of(&c, start, stops, "2030-01-01").at, due, start);
}

static void
t02_working_days_end_where_the_law_says(void **s)
{
    static const struct {
        const char *start;
        const char *limit;
        const char *last;
    } row[] = {
        {"2022-01-26", "3 working days", "2022-01-29"},
        {"2022-01-27", "5 working days", "2022-02-08"},
        {"2022-01-28", "20 working days", "2022-03-02"},
        {"2022-04-20", "10 working days", "2022-05-06"},
        {"2022-04-29", "1 working day", "2022-05-05"},
        {"2022-09-30", "5 working days", "2022-10-12"},
        {"2022-12-30", "1 working day", "2023-01-03"},
        {"2023-01-20", "20 working days", "2023-02-22"},
        {"2023-04-21", "7 working days", "2023-05-04"},
        {"2023-06-21", "3 working days", "2023-06-27"},
        {"2023-09-28", "10 working days", "2023-10-18"},
        {"2024-02-09", "5 working days", "2024-02-22"},
        {"2024-02-02", "11 working days", "2024-02-22"},
        {"2024-09-13", "18 working days", "2024-10-15"},
        {"2024-09-30", "22 working days", "2024-11-05"},
        {"2025-01-24", "20 working days", "2025-02-27"},
        {"2025-04-25", "32 working days", "2025-06-13"},
        {"2025-09-26", "10 working days", "2025-10-16"},
        {"2026-01-01", "1 working day", "2026-01-04"},
        {"2026-02-13", "45 working days", "2026-04-24"},
        {"2026-02-14", "15 working days", "2026-03-13"},
        {"2026-09-18", "11 working days", "2026-10-10"},
        {"2026-09-30", "7 working days", "2026-10-15"},
        {"2026-11-20", "20 working days", "2026-12-18"},
    };

    (void)s;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        const struct counting c = counting(row[i].limit);
        const struct due due = due_of(&c, row[i].start, NULL, row[i].start);
        char last[DAY_TEXT];

        assert_string_equal(day_write(due.last_day, last), row[i].last);
        assert_int_equal(due.at, day_start(due.last_day) + 17 * SPAN_HOUR);
        assert_false(due.provisional);
        assert_false(due.stands);
    }
}

static void
calendar_days_roll_off_days_off(void **s)
{
    (void)s;
    expect("2022-01-11", "20 days", NULL, "2022-02-07 17:00");
    expect("2022-03-01", "20 days", NULL, "2022-03-21 17:00");
    expect("2022-04-10", "20 days", NULL, "2022-05-05 17:00");
    expect("2022-08-17", "45 days", NULL, "2022-10-08 17:00");
    expect("2022-12-11", "20 days", NULL, "2023-01-03 17:00");
    expect("2023-09-09", "20 days", NULL, "2023-10-07 17:00");
    expect("2024-02-01", "10 days", NULL, "2024-02-18 17:00");
    expect("2025-12-12", "20 days", NULL, "2026-01-04 17:00");
    expect("2026-08-23", "45 days", NULL, "2026-10-08 17:00");
    expect("2026-08-02", "60 days", NULL, "2026-10-08 17:00");
}

static void
the_hour_of_the_start_does_not_matter_to_days(void **s)
{
    (void)s;
    expect("2026-02-13 00:00", "5 working days", NULL, "2026-02-27 17:00");
    expect("2026-02-13 23:59", "5 working days", NULL, "2026-02-27 17:00");
    expect("2026-02-14 00:00", "5 working days", NULL, "2026-02-28 17:00");
}

static void
stops_are_a_union_and_cost_the_days_at_whose_close_they_stand(void **s)
{
    static const struct {
        struct stops stops;
        const char *limit, *due;
    } row[] = {
        {{{{NULL}}}, "5 working days", "2026-02-14 17:00"},
        {{{{"2026-02-11 10:00", "2026-02-11 15:00"}}}, "5 working days", "2026-02-14 17:00"},
        {{{{"2026-02-13 18:00", "2026-02-14 08:00"}}}, "5 working days", "2026-02-14 17:00"},
        {{{{"2026-02-13 10:00", "2026-02-14 10:00"}}}, "5 working days", "2026-02-24 17:00"},
        {{{{"2026-02-13 10:00", "2026-02-25 10:00"}}}, "5 working days", "2026-02-26 17:00"},
        {{{{"2026-02-10 10:00", "2026-02-12 10:00"}, {"2026-02-11 09:00", "2026-02-13 16:00"}}},
         "5 working days",
         "2026-02-26 17:00"},
        {{{{"2026-02-10 10:00", "2026-02-12 10:00"}, {"2026-02-11 09:00", "2026-02-13 16:00"}}},
         "5 days",
         "2026-02-24 17:00"},
        {{{{"2026-02-14 10:00", "2026-02-26 15:00"}}}, "5 working days", "2026-02-26 17:00"},
    };

    (void)s;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        expect("2026-02-09 10:00", row[i].limit, &row[i].stops, row[i].due);
}

static void
t03_a_stop_from_closing_to_opening_costs_nothing(void **s)
{
    static const struct stops night = {{{"2026-02-10 17:00", "2026-02-11 09:00"}}};
    static const struct stops until_close = {{{"2026-02-10 10:00", "2026-02-10 17:00"}}};
    static const struct stops both = {
        {{"2026-02-10 10:00", "2026-02-10 17:00"}, {"2026-02-10 17:00", "2026-02-11 09:00"}}};
    static const struct stops empty = {{{"2026-02-10 17:00", "2026-02-10 17:00"}}};
    static const struct stops reversed = {{{"2026-02-12 10:00", "2026-02-10 10:00"}}};

    (void)s;
    expect("2026-02-09", "5 working days", &night, "2026-02-14 17:00");
    expect("2026-02-09", "5 working days", &until_close, "2026-02-14 17:00");
    expect("2026-02-09", "5 working days", &both, "2026-02-24 17:00");
    expect("2026-02-09", "5 working days", &empty, "2026-02-14 17:00");
    expect("2026-02-09", "5 working days", &reversed, "2026-02-14 17:00");
}

static void
on_a_day_off_midnight_decides(void **s)
{
    static const struct stops evening = {{{"2026-02-15 18:00", "2026-02-15 23:00"}}};
    static const struct stops night = {{{"2026-02-15 18:00", "2026-02-16 01:00"}}};

    (void)s;
    expect("2026-02-13", "11 days", &evening, "2026-02-24 17:00");
    expect("2026-02-13", "11 days", &night, "2026-02-25 17:00");
}

static void
a_rolled_last_day_waits_for_a_working_day_on_which_the_clock_runs(void **s)
{
    static const struct stops after_holiday = {{{"2026-02-24 10:00", "2026-02-25 10:00"}}};
    static const struct stops through = {{{"2026-02-16 10:00", "2026-02-27 18:00"}}};

    (void)s;
    /* 5 days from 02-10 end on 02-15, a day off; on 02-24 it stands at closing time. */
    expect("2026-02-10", "5 days", &after_holiday, "2026-02-25 17:00");
    expect("2026-02-10", "5 days", &through, "2026-02-28 17:00");
}

static void
minutes_count_the_hours_in_which_the_hall_is_open(void **s)
{
    static const struct stops noon = {{{"2026-03-03 11:50", "2026-03-03 13:05"}}};
    static const struct stops two = {
        {{"2026-03-03 11:30", "2026-03-03 11:50"}, {"2026-03-03 11:40", "2026-03-03 13:30"}}};

    (void)s;
    expect("2026-03-03 11:40", "20 minutes", NULL, "2026-03-03 12:00");
    expect("2026-03-03 11:41", "20 minutes", NULL, "2026-03-03 13:01");
    expect("2026-03-03 12:15", "20 minutes", NULL, "2026-03-03 13:20");
    expect("2026-03-03 08:00", "20 minutes", NULL, "2026-03-03 09:20");
    expect("2026-03-03 17:00", "1 minute", NULL, "2026-03-04 09:01");
    expect("2026-02-14 16:50", "20 minutes", NULL, "2026-02-24 09:10");
    expect("2026-02-20 12:00", "420 minutes", NULL, "2026-02-24 17:00");
    expect("2026-03-03 10:00", "7 hours", NULL, "2026-03-04 10:00");
    expect("2026-03-03 11:40", "20 minutes", &noon, "2026-03-03 13:15");
    expect("2026-03-03 11:25", "20 minutes", &two, "2026-03-03 13:45");
}

static void
continuous_minutes_count_round_the_clock(void **s)
{
    static const struct stops night = {{{"2026-02-14 20:00", "2026-02-15 06:00"}}};
    struct counting c = counting("24 hours");

    (void)s;
    c.continuous = true;
    assert_instant(due_of(&c, "2026-02-14 16:50", NULL, "2026-02-14").at, "2026-02-15 16:50", "");
    assert_instant(due_of(&c, "2026-02-14 16:50", &night, "2026-02-14").at, "2026-02-16 02:50", "");
}

static void
months_and_years_end_on_the_corresponding_day(void **s)
{
    (void)s;
    expect("2022-01-31", "1 month", NULL, "2022-02-28 17:00");
    expect("2024-01-31", "1 month", NULL, "2024-02-29 17:00");
    expect("2023-08-31", "1 month", NULL, "2023-10-07 17:00"); /* 09-30 is a day off */
    expect("2022-11-30", "3 months", NULL, "2023-02-28 17:00");
    expect("2024-02-29", "1 year", NULL, "2025-02-28 17:00");
    expect("2022-03-15", "12 months", NULL, "2023-03-15 17:00");
    expect("2022-03-15", "1 year", NULL, "2023-03-15 17:00");
    expect("2022-10-14", "2 months", NULL, "2022-12-14 17:00");
}

static void
a_stop_moves_a_month_by_the_days_it_cost(void **s)
{
    static const struct stops cheap = {{{"2026-03-10 10:00", "2026-03-10 16:00"}}};
    static const struct stops dear = {{{"2026-03-10 10:00", "2026-03-13 10:00"}}};

    (void)s;
    expect("2026-03-05", "1 month", NULL, "2026-04-07 17:00"); /* 04-05 is a day off */
    expect("2026-03-09", "1 month", NULL, "2026-04-09 17:00");
    expect("2026-03-09", "1 month", &cheap, "2026-04-09 17:00");
    expect("2026-03-09", "1 month", &dear, "2026-04-13 17:00"); /* 04-12, a Sunday, rolls */
    expect("2026-03-06", "1 month", &dear, "2026-04-09 17:00"); /* 04-06 plus 3 days */
}

static void
an_extension_is_added_to_the_limit_and_rolled_once(void **s)
{
    struct counting c = counting("20 days");

    (void)s;
    c.extension = (struct limit){.unit = UNIT_DAYS, .n = 10};
    assert_instant(due_of(&c, "2022-01-11", NULL, "2022-01-11").at, "2022-02-10 17:00", "days");
    c = counting("2 months");
    c.extension = (struct limit){.unit = UNIT_DAYS, .n = 30};
    assert_instant(due_of(&c, "2022-12-31", NULL, "2023-01-01").at, "2023-03-30 17:00", "month");
    c = counting("1 month");
    c.extension = (struct limit){.unit = UNIT_MONTHS, .n = 1};
    assert_instant(due_of(&c, "2022-12-31", NULL, "2023-01-01").at, "2023-02-28 17:00", "months");
    c = counting("20 minutes");
    c.extension = (struct limit){.unit = UNIT_HOURS, .n = 1};
    assert_instant(due_of(&c, "2026-03-03 11:40", NULL, "2026-03-03").at, "2026-03-03 14:00", "h");
}

static void
a_clock_that_stands_has_no_due_date(void **s)
{
    static const struct stops open = {{{"2026-02-11 10:00", "-"}}};
    struct counting c = counting("5 working days");
    struct due due = due_of(&c, "2026-02-09", &open, "2026-02-13 10:00");

    (void)s;
    assert_true(due.stands);
    assert_instant(due.at, "-", "days");
    assert_instant(due.if_resumed, "2026-02-25 17:00", "resumed at once");
    assert_int_equal(due.last_day, instant_day(at("2026-02-25")));
    due = due_of(&c, "2026-02-09", &open, "2026-02-24 18:00");
    assert_instant(due.if_resumed, "2026-02-28 17:00", "resumed later");
    c = counting("20 minutes");
    due = due_of(&c, "2026-02-11 09:50", &open, "2026-02-11 15:00");
    assert_instant(due.at, "-", "minutes");
    assert_instant(due.if_resumed, "2026-02-11 15:10", "minutes");
}

static void
a_stop_after_the_due_instant_changes_nothing(void **s)
{
    static const struct stops at_due = {{{"2026-02-14 17:00", "-"}}};
    static const struct stops early = {{{"2026-02-14 16:59", "-"}}};
    struct counting c = counting("5 working days");
    struct due due = due_of(&c, "2026-02-09", &at_due, "2026-02-15");

    (void)s;
    assert_instant(due.at, "2026-02-14 17:00", "at the due instant");
    assert_true(due.stands);
    assert_instant(due.if_resumed, "-", "at the due instant");
    assert_instant(due_of(&c, "2026-02-09", &early, "2026-02-15").at, "-", "a minute before");
    c = counting("420 minutes");
    assert_instant(due_of(&c, "2026-02-14 08:00", &at_due, "2026-02-15").at, "2026-02-14 17:00",
                   "minutes");
    assert_instant(due_of(&c, "2026-02-14 08:00", &early, "2026-02-15").at, "-", "minutes");
}

static void
an_interval_known_in_advance_counts_at_once(void **s)
{
    static const struct stops outage = {{{"2026-03-03 09:00", "2026-03-03 11:00"}}};
    const struct counting c = counting("2 hours");
    const struct due due = due_of(&c, "2026-03-02 16:00", &outage, "2026-03-03 10:00");

    (void)s;
    assert_true(due.stands);
    assert_instant(due.at, "2026-03-03 12:00", "outage");
}

static void
the_applicant_has_until_midnight(void **s)
{
    static const struct stops evening = {{{"2026-03-04 16:00", "2026-03-04 20:00"}}};
    struct counting c = counting("5 days");
    struct due due;

    (void)s;
    c.applicant = true;
    due = due_of(&c, "2026-02-10", NULL, "2026-02-10");
    assert_instant(due.at, "2026-02-25 00:00", "rolled");
    assert_int_equal(due.last_day, instant_day(at("2026-02-24")));
    due = due_of(&c, "2026-02-27", &evening, "2026-02-27");
    assert_instant(due.at, "2026-03-05 00:00", "stopped in the evening");
    c.applicant = false;
    due = due_of(&c, "2026-02-27", &evening, "2026-02-27");
    assert_instant(due.at, "2026-03-05 17:00", "the office stopped at closing time");
}

static void
a_date_is_due_at_the_end_of_its_day(void **s)
{
    static const struct stops over = {{{"2026-03-04 10:00", "2026-03-05 10:00"}}};
    static const struct stops open = {{{"2026-03-04 10:00", "-"}}};
    struct counting c = {.calendar = city, .limit = clock_date(instant_day(at("2026-03-04")))};

    (void)s;
    assert_instant(due_of(&c, "2026-03-01", NULL, "2026-03-01").at, "2026-03-04 17:00", "date");
    assert_instant(due_of(&c, "2026-03-01", &over, "2026-03-01").at, "2026-03-05 17:00", "stood");
    assert_instant(due_of(&c, "2026-03-01", &open, "2026-03-04").at, "-", "stands");
    c.extension = clock_date(instant_day(at("2026-03-07"))); /* a Saturday */
    assert_instant(due_of(&c, "2026-03-01", NULL, "2026-03-01").at, "2026-03-09 17:00", "later");
    c = (struct counting){.calendar = city,
                          .limit = {.unit = UNIT_DATE, .date = at("2026-03-04 15:00")}};
    assert_instant(due_of(&c, "2026-03-01", NULL, "2026-03-01").at, "2026-03-04 15:00", "moment");
    assert_instant(due_of(&c, "2026-03-01", &over, "2026-03-01").at, "2026-03-05 10:00", "resumed");
}

static void
beyond_the_published_calendar_it_is_provisional(void **s)
{
    struct counting c = counting("20 working days");

    (void)s;
    assert_false(due_of(&c, "2026-12-03", NULL, "2026-12-03").provisional);
    assert_instant(due_of(&c, "2026-12-03", NULL, "2026-12-03").at, "2026-12-31 17:00", "in");
    assert_true(due_of(&c, "2026-12-04", NULL, "2026-12-04").provisional);
    assert_instant(due_of(&c, "2026-12-04", NULL, "2026-12-04").at, "2027-01-04 17:00", "out");
    assert_true(due_of(&c, "2021-12-31", NULL, "2021-12-31").provisional);
    c = counting("30 hours");
    c.continuous = true;
    assert_false(due_of(&c, "2026-12-31", NULL, "2026-12-31").provisional);
}

static void
a_period_counted_back_is_rolled_away(void **s)
{
    static const struct {
        const char *from, *limit, *at;
    } row[] = {
        {"2026-03-05", "7 working days", "2026-02-25 17:00"},
        {"2026-03-05", "8 working days", "2026-02-24 17:00"},
        {"2026-03-05", "9 working days", "2026-02-14 17:00"},
        {"2026-03-05", "10 days", "2026-02-14 17:00"}, /* 02-23 is a day off */
        {"2026-03-31", "1 month", "2026-02-28 17:00"},
        {"2026-03-31", "2 months", "2026-01-30 17:00"}, /* 01-31 is a Saturday */
        {"2024-02-29", "1 year", "2023-02-28 17:00"},
        {"2026-03-03 13:10", "20 minutes", "2026-03-03 11:50"},
        {"2026-03-03 13:20", "20 minutes", "2026-03-03 13:00"},
        {"2026-02-24 08:00", "1 hour", "2026-02-14 16:00"},
    };

    (void)s;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        const struct counting c = counting(row[i].limit);
        const struct due due = clock_back(&c, at(row[i].from));

        assert_instant(due.at, row[i].at, row[i].limit);
        assert_int_equal(due.last_day, instant_day(at(row[i].at)));
        assert_false(due.provisional);
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
        cmocka_unit_test(t02_working_days_end_where_the_law_says),
        cmocka_unit_test(calendar_days_roll_off_days_off),
        cmocka_unit_test(the_hour_of_the_start_does_not_matter_to_days),
        cmocka_unit_test(stops_are_a_union_and_cost_the_days_at_whose_close_they_stand),
        cmocka_unit_test(t03_a_stop_from_closing_to_opening_costs_nothing),
        cmocka_unit_test(on_a_day_off_midnight_decides),
        cmocka_unit_test(a_rolled_last_day_waits_for_a_working_day_on_which_the_clock_runs),
        cmocka_unit_test(minutes_count_the_hours_in_which_the_hall_is_open),
        cmocka_unit_test(continuous_minutes_count_round_the_clock),
        cmocka_unit_test(months_and_years_end_on_the_corresponding_day),
        cmocka_unit_test(a_stop_moves_a_month_by_the_days_it_cost),
        cmocka_unit_test(an_extension_is_added_to_the_limit_and_rolled_once),
        cmocka_unit_test(a_clock_that_stands_has_no_due_date),
        cmocka_unit_test(a_stop_after_the_due_instant_changes_nothing),
        cmocka_unit_test(an_interval_known_in_advance_counts_at_once),
        cmocka_unit_test(the_applicant_has_until_midnight),
        cmocka_unit_test(a_date_is_due_at_the_end_of_its_day),
        cmocka_unit_test(beyond_the_published_calendar_it_is_provisional),
        cmocka_unit_test(a_period_counted_back_is_rolled_away),
    };

    return cmocka_run_group_tests(tests, load, release);
}
