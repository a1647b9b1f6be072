/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars as data: what the notices say, what nobody has said yet, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "definition/calendar.h"
#include "definition/json.h"
#include "tests/support/city.h"

#define YEARS "workflows/calendar"

static struct arena arena;

static day
date(const char *s)
{
    day d;

    assert_true(day_read(s, strlen(s), &d));
    return d;
}

static struct value
json(const char *s)
{
    struct error e = {0};
    struct value v;

    if (!json_read(&arena, s, strlen(s), true, &v, &e))
        fail_msg("%s: %s", s, e.detail);
    return v;
}

static const struct calendar *
city(void)
{
    const struct calendar *c = city_calendar(&arena);

    assert_non_null(c);
    return c;
}

/* A calendar of one year, 2026, with these holidays, and a hall (NULL: the usual hours). */
static const struct calendar *
build(const char *holidays, const char *hall, struct error *e)
{
    const struct value years = json(arena_printf(
        &arena, "[{\"calendar\":\"cn\",\"year\":2026,\"source\":\"s\",\"holidays\":%s}]",
        holidays));
    struct value hours = hall ? json(hall) : value_null();
    const struct calendar *c = NULL;

    return calendar_build(&arena, "cn", &years, hall ? &hours : NULL, &c, e) ? c : NULL;
}

static const struct calendar *
built(const char *holidays, const char *hall)
{
    struct error e = {0};
    const struct calendar *c = build(holidays, hall, &e);

    if (!c)
        fail_msg("%s", e.detail);
    return c;
}

static void
refuse(const char *holidays, const char *hall, const char *why)
{
    struct error e = {0};

    if (build(holidays, hall, &e))
        fail_msg("taken: %s %s", holidays, hall ? hall : "");
    assert_int_equal(e.code, ERROR_BAD_FILE);
    if (!strstr(e.detail, why))
        fail_msg("\"%s\" does not say \"%s\"", e.detail, why);
}

static void
every_year_has_the_working_days_of_its_notice(void **s)
{
    static const struct {
        int year, working, make_up;
    } notice[] = {{2022, 249, 7}, {2023, 249, 7}, {2024, 251, 8}, {2025, 248, 5}, {2026, 248, 6}};
    const struct calendar *c = city();

    (void)s;
    assert_int_equal(c->first, date("2022-01-01"));
    assert_int_equal(c->last, date("2026-12-31"));
    for (size_t i = 0; i < sizeof(notice) / sizeof(notice[0]); i++) {
        int working = 0, make_up = 0;

        for (day d = day_from_civil(notice[i].year, 1, 1);
             d <= day_from_civil(notice[i].year, 12, 31); d++) {
            working += calendar_works(c, d);
            make_up += calendar_works(c, d) && day_weekday(d) >= 5;
        }
        assert_int_equal(working, notice[i].working);
        assert_int_equal(make_up, notice[i].make_up);
    }
}

static void
a_day_says_why_it_works_or_not(void **s)
{
    static const struct {
        const char *date;
        bool working;
        const char *zh, *en;
    } day_of[] = {
        {"2026-02-13", true, "工作日", "working day"},
        {"2026-02-14", true, "春节调休上班", "working day in exchange for Spring Festival"},
        {"2026-02-15", false, "春节", "Spring Festival"},
        {"2026-02-24", true, "工作日", "working day"},
        {"2026-03-01", false, "周末", "weekend"},
        {"2022-12-31", false, "元旦", "New Year's Day"},
        {"2023-10-06", false, "中秋节、国庆节", "Mid-Autumn Festival and National Day"},
    };
    const struct calendar *c = city();

    (void)s;
    for (size_t i = 0; i < sizeof(day_of) / sizeof(day_of[0]); i++) {
        const struct day_kind k = calendar_day(c, date(day_of[i].date));

        assert_int_equal(k.working, day_of[i].working);
        assert_string_equal(k.why, day_of[i].zh);
        assert_string_equal(k.why_en, day_of[i].en);
        assert_false(k.provisional);
    }
}

static void
beyond_the_last_notice_only_the_law_is_known(void **s)
{
    static const struct {
        const char *date;
        bool working;
        const char *zh;
    } day_of[] = {
        {"2027-01-01", false, "元旦"},   {"2027-01-04", true, "工作日"},
        {"2027-02-08", true, "工作日"},  {"2027-05-01", false, "劳动节"},
        {"2027-05-02", false, "劳动节"}, {"2027-05-03", true, "工作日"},
        {"2027-10-01", false, "国庆节"}, {"2027-10-03", false, "国庆节"},
        {"2027-10-04", true, "工作日"},  {"2027-10-09", false, "周末"},
        {"2021-12-31", true, "工作日"},
    };
    const struct calendar *c = city();

    (void)s;
    for (size_t i = 0; i < sizeof(day_of) / sizeof(day_of[0]); i++) {
        const struct day_kind k = calendar_day(c, date(day_of[i].date));

        assert_int_equal(k.working, day_of[i].working);
        assert_string_equal(k.why, day_of[i].zh);
        assert_true(k.provisional);
    }
}

static void
a_hall_without_a_file_opens_from_nine_to_twelve_and_one_to_five(void **s)
{
    const struct season *hours = calendar_season(city(), date("2026-07-01"));

    (void)s;
    assert_int_equal(hours->n_span, 2);
    assert_int_equal(hours->span[0].from, 9 * 60);
    assert_int_equal(hours->span[0].to, 12 * 60);
    assert_int_equal(hours->span[1].from, 13 * 60);
    assert_int_equal(hours->span[1].to, 17 * 60);
}

#define SUMMER "{\"from\":\"05-01\",\"to\":\"09-30\",\"spans\":[\"08:30-12:00\",\"14:00-17:30\"]}"
#define WINTER "{\"from\":\"10-01\",\"to\":\"04-30\",\"spans\":[\"09:00-17:00\"]}"

static void
hours_follow_the_season_over_new_year(void **s)
{
    const struct calendar *c = built("[]", "{\"seasons\":[" SUMMER "," WINTER "]}");

    (void)s;
    assert_int_equal(calendar_season(c, date("2026-04-30"))->n_span, 1);
    assert_int_equal(calendar_season(c, date("2026-05-01"))->n_span, 2);
    assert_int_equal(calendar_season(c, date("2026-05-01"))->span[0].from, 8 * 60 + 30);
    assert_int_equal(calendar_season(c, date("2026-09-30"))->n_span, 2);
    assert_int_equal(calendar_season(c, date("2026-10-01"))->n_span, 1);
    assert_int_equal(calendar_season(c, date("2028-02-29"))->n_span, 1);
}

static void
a_hall_may_close_on_a_working_day(void **s)
{
    const struct calendar *c = built(
        "[]", "{\"hall\":\"East\",\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\",\"spans\":"
              "[\"00:00-24:00\"]}],\"days\":[{\"date\":\"2026-03-05\",\"working\":false,"
              "\"title\":{\"zh\":\"迁址\",\"en\":\"moving house\"}}]}");

    (void)s;
    assert_true(calendar_works(c, date("2026-03-04")));
    assert_false(calendar_works(c, date("2026-03-05")));
    assert_string_equal(calendar_day(c, date("2026-03-05")).why, "迁址");
    assert_int_equal(calendar_season(c, date("2026-03-04"))->span[0].to, 24 * 60);
}

static void
the_version_follows_what_is_said_and_not_how(void **s)
{
    static const char plain[] = "[{\"title\":{\"zh\":\"a\",\"en\":\"A\"},\"from\":\"2026-05-04\","
                                "\"to\":\"2026-05-05\"}]";
    static const char other[] = "[{\"$comment\":\"x\",\"to\":\"2026-05-05\",\"from\":"
                                "\"2026-05-04\",\"title\":{\"en\":\"A\",\"zh\":\"a\"}}]";
    static const char more[] = "[{\"title\":{\"zh\":\"a\",\"en\":\"A\"},\"from\":\"2026-05-04\","
                               "\"to\":\"2026-05-06\"}]";
    const char *version = built(plain, NULL)->version;

    (void)s;
    assert_int_equal(strlen(version), 12);
    assert_string_equal(version, built(other, NULL)->version);
    assert_string_not_equal(version, built(more, NULL)->version);
    assert_string_not_equal(version,
                            built(plain, "{\"seasons\":[" SUMMER "," WINTER "]}")->version);
}

#define TITLE "\"title\":{\"zh\":\"a\",\"en\":\"A\"}"

static void
a_year_that_contradicts_itself_is_refused(void **s)
{
    (void)s;
    refuse("[{" TITLE "}]", NULL, "names no day");
    refuse("[{\"from\":\"2026-05-01\",\"to\":\"2026-05-02\"}]", NULL, "title");
    refuse("[{" TITLE ",\"from\":\"2026-05-01\"}]", NULL, "a date like");
    refuse("[{" TITLE ",\"from\":\"2026-05-02\",\"to\":\"2026-05-01\"}]", NULL, "ends before");
    refuse("[{" TITLE ",\"from\":\"2026-02-29\",\"to\":\"2026-05-01\"}]", NULL, "2026-02-29");
    refuse("[{" TITLE ",\"from\":\"2026-12-31\",\"to\":\"2027-01-01\"}]", NULL, "not belong");
    refuse("[{" TITLE ",\"workdays\":[\"2026-05-04\"]}]", NULL, "no weekend day");
    refuse("[{" TITLE ",\"from\":\"2026-05-01\",\"to\":\"2026-05-03\",\"workdays\":"
           "[\"2026-05-02\"]}]",
           NULL, "named twice");
    refuse("[{" TITLE ",\"workdays\":\"2026-05-02\"}]", NULL, "not an array");
    refuse("[{" TITLE ",\"workdays\":[\"2026-05-02\"],\"form\":1}]", NULL, "\"form\"");
    refuse("[7]", NULL, "an object");
    refuse("{}", NULL, "holidays is not an array");
}

static void
a_hall_that_contradicts_itself_is_refused(void **s)
{
    (void)s;
    refuse("[]", "{}", "seasons is missing");
    refuse("[]", "{\"seasons\":[]}", "1 to 4 seasons");
    refuse("[]", "{\"seasons\":[" SUMMER "]}", "0 seasons hold on 01-01");
    refuse("[]", "{\"seasons\":[" SUMMER "," WINTER "," WINTER "]}", "2 seasons hold on 01-01");
    refuse("[]", "{\"seasons\":[{\"from\":\"5-1\",\"to\":\"12-31\",\"spans\":[\"09:00-12:00\"]}]}",
           "05-01");
    refuse("[]", "{\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\",\"spans\":[]}]}", "1 to 4");
    refuse("[]", "{\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\",\"spans\":[\"9-12\"]}]}",
           "09:00-12:00");
    refuse("[]",
           "{\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\",\"spans\":[\"09:00-24:01\"]}]}",
           "09:00-12:00");
    refuse("[]",
           "{\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\",\"spans\":[\"09:00-12:00\","
           "\"12:00-13:00\"]}]}",
           "begins before");
    refuse("[]",
           "{\"seasons\":[" SUMMER "," WINTER "],\"days\":[{\"date\":\"2025-03-05\","
           "\"working\":false," TITLE "}]}",
           "not belong");
    refuse("[]",
           "{\"seasons\":[" SUMMER "," WINTER "],\"days\":[{\"date\":\"2026-03-05\"," TITLE "}]}",
           "true or false");
}

static void
years_must_be_adjacent_and_of_one_calendar(void **s)
{
    static const char year[] = "{\"calendar\":\"%s\",\"year\":%d,\"source\":\"s\",\"holidays\":[]}";
    static const struct {
        const char *id[3];
        int year[3];
        bool good;
    } set[] = {
        {{"cn", "cn", "cn"}, {2026, 2024, 2025}, true},
        {{"cn", "cn", "cn"}, {2026, 2024, 2027}, false},
        {{"cn", "cn", "cn"}, {2026, 2025, 2025}, false},
        {{"cn", "cn", "sd"}, {2026, 2024, 2025}, false},
        {{"cn", "cn", "cn"}, {2026, 2025, 0}, false},
    };

    (void)s;
    for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++) {
        const struct calendar *c = NULL;
        struct error e = {0};
        struct value item[3];

        for (int j = 0; j < 3; j++) {
            char text[120];

            assert_true(snprintf(text, sizeof(text), year, set[i].id[j], set[i].year[j]) < 120);
            item[j] = json(text);
        }
        const struct value years = value_array(item, 3);

        assert_int_equal(calendar_build(&arena, "cn", &years, NULL, &c, &e), set[i].good);
        if (set[i].good)
            assert_int_equal(c->first, date("2024-01-01"));
        else
            assert_int_equal(e.code, ERROR_BAD_FILE);
    }
}

static void
a_directory_is_loaded_with_all_its_years(void **s)
{
    const struct calendar *c = NULL, *five = city();
    struct error e = {0};

    (void)s;
    if (!calendar_load(&arena, YEARS, NULL, &c, &e))
        fail_msg("%s", e.detail);
    assert_string_equal(c->id, "cn");
    assert_int_equal(c->first, five->first);
    assert_true(c->last >= five->last);
    for (day d = five->first; d <= five->last; d++)
        assert_int_equal(calendar_works(c, d), calendar_works(five, d));
}

static void
a_directory_without_years_is_refused(void **s)
{
    const struct calendar *c = NULL;
    struct error e = {0};

    (void)s;
    assert_false(calendar_load(&arena, "tests/unit", NULL, &c, &e));
    assert_int_equal(e.code, ERROR_BAD_FILE);
    assert_false(calendar_load(&arena, "no/such/directory", NULL, &c, &e));
    assert_false(calendar_load(&arena, YEARS, "no/such/hall.json", &c, &e));
    assert_null(c);
}

/* The transcription of the notices that the project was handed, where it is at hand. */
static void
the_files_say_what_the_transcribed_notices_say(void **s)
{
    const char *root = getenv("ONESTOP_SHARED") ? getenv("ONESTOP_SHARED") : "../shared";
    const struct calendar *c = city();

    (void)s;
    if (access(root, R_OK) != 0) {
        puts("skipped: the transcribed notices are not at hand");
        return;
    }
    for (int year = 2022; year <= 2026; year++) {
        const day first = day_from_civil(year, 1, 1);
        bool working[366];
        struct value v;
        struct error e = {0};

        assert_true(json_read_file(
            &arena, arena_printf(&arena, "%s/calendar/cn-%d.json", root, year), &v, &e));
        for (int i = 0; i < 366; i++)
            working[i] = day_weekday(first + i) < 5;
        for (uint32_t i = 0; i < value_get(&v, "holidays")->n; i++)
            working[date(value_get_string(&value_get(&v, "holidays")->item[i], "date")) - first] =
                false;
        for (uint32_t i = 0; i < value_get(&v, "workdays")->n; i++)
            working[date(value_get_string(&value_get(&v, "workdays")->item[i], "date")) - first] =
                true;
        for (day d = first; d < day_from_civil(year + 1, 1, 1); d++)
            assert_int_equal(calendar_works(c, d), working[d - first]);
    }
}

static int
release(void **s)
{
    (void)s;
    arena_release(&arena);
    return 0;
}

/* Whatever a date or a moment says can be stored, or is no date or moment. */
static void
moments_lie_within_the_years_1900_to_9999(void **state)
{
    static const char *const inside[] = {"1900-01-01T00:00:00+08:00", "9999-12-31T23:59:59+08:00",
                                         "9999-12-31T15:59:59Z"};
    static const char *const outside[] = {"1900-01-01T00:00:00+08:01", "9999-12-31T16:00:00Z",
                                          "9999-12-31T23:59:59.000001+08:00"};
    instant t;

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(instant_read(inside[i], strlen(inside[i]), &t));
        assert_true(t >= INSTANT_MIN && t <= INSTANT_MAX);
        assert_false(instant_read(outside[i], strlen(outside[i]), &t));
    }
    assert_true(day_start(date("1900-01-01")) >= INSTANT_MIN);
    assert_true(day_end(date("9999-12-31")) == INSTANT_MAX);
    assert_true(day_end(date("2026-02-13")) == day_start(date("2026-02-14")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_year_has_the_working_days_of_its_notice),
        cmocka_unit_test(a_day_says_why_it_works_or_not),
        cmocka_unit_test(moments_lie_within_the_years_1900_to_9999),
        cmocka_unit_test(beyond_the_last_notice_only_the_law_is_known),
        cmocka_unit_test(a_hall_without_a_file_opens_from_nine_to_twelve_and_one_to_five),
        cmocka_unit_test(hours_follow_the_season_over_new_year),
        cmocka_unit_test(a_hall_may_close_on_a_working_day),
        cmocka_unit_test(the_version_follows_what_is_said_and_not_how),
        cmocka_unit_test(a_year_that_contradicts_itself_is_refused),
        cmocka_unit_test(a_hall_that_contradicts_itself_is_refused),
        cmocka_unit_test(years_must_be_adjacent_and_of_one_calendar),
        cmocka_unit_test(a_directory_is_loaded_with_all_its_years),
        cmocka_unit_test(a_directory_without_years_is_refused),
        cmocka_unit_test(the_files_say_what_the_transcribed_notices_say),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
