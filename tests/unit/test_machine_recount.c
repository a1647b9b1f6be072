/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars with versions (K10): by which a clock counts, and what a new version does to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "machine/recount.h"
#include "tests/support/city.h"
#include "tests/support/desk.h"

static const char hours_of_hall[] =
    "{\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\",\"spans\":[\"08:30-16:30\"]}]}";
static const char hours_of_tax[] =
    "{\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\",\"spans\":[\"10:00-15:00\"]}]}";

/* Two steps one after the other, a clock of the case and one of the first step. */
static void
define(void)
{
    desk_define("'clocks': {'c': {'kind': 'statutory', 'limit': '5 working days', 'from':"
                " 'opened', 'to': 'closed'}}, 'start': 'b', 'steps': {'b': {'by': 'window',"
                " 'limit': '3 working days', 'actions': {'go': 'd'}}, 'd': {'by': 'window',"
                " 'actions': {'end': 'over'}}, 'over': {'end': 'over'}}");
}

/* The house goes on by @house; the halls by @hall, where there is one. */
static void
load(const struct calendar *house, const struct calendar *hall, const struct calendar *department)
{
    const struct calendar *list[] = {house, hall ? hall : house, department ? department : house,
                                     city_calendar(&desk.arena)};
    const struct hall_calendar of[] = {{.district = "371500", .calendar = list[1]},
                                       {.department = "other", .calendar = list[2]}};

    desk.calendar = almanac_build(&desk.arena, list, 4, of, hall || department ? 2 : 0);
}

static void
recount(void)
{
    struct command cmd = desk_command(COMMAND_RECOUNT, "administrator");

    if (!desk_give(cmd))
        fail_msg("%s", desk.e.detail);
}

static void
a_clock_counts_by_the_hall_of_its_case(void **state)
{
    const struct calendar *hall;

    (void)state;
    hall = city_calendar_of(&desk.arena, hours_of_hall);
    load(city_calendar(&desk.arena), hall, NULL);
    define();
    desk_at("2026-03-02 09:00");
    desk_open("{}"); /* in 371502, of which 371500 is around */
    assert_string_equal(desk_due("c"), "2026-03-09 16:30");
    assert_string_equal(desk_clock("c")->calendar, hall->version);
    assert_string_equal(value_get_string(desk_json(desk.record[0]), "hallCalendar"), hall->version);
    assert_null(strstr(desk.record[0], "\"calendar\":\"\""));
    desk_act("window", "go");
    assert_string_equal(desk_timing("b")->calendar, hall->version);
}

static void
a_department_with_hours_of_its_own_is_counted_by_them(void **state)
{
    (void)state;
    load(city_calendar(&desk.arena), city_calendar_of(&desk.arena, hours_of_hall),
         city_calendar_of(&desk.arena, hours_of_tax));
    desk_define("'clocks': {'c': {'kind': 'promised', 'limit': '5 working days', 'per':"
                " 'department', 'from': 'opened', 'to': 'closed'}}, 'start': 'b', 'steps': {'b':"
                " {'by': 'window', 'department': 'other', 'actions': {'go': 'd'}}, 'd': {'by':"
                " 'window', 'actions': {'end': 'over'}}, 'over': {'end': 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    assert_string_equal(desk_due("c"), "2026-03-09 15:00");
    desk_act("window", "go");
    assert_string_equal(desk_due("c"), "2026-03-09 16:30"); /* the lead's: the hall's */
}

static void
a_new_version_leaves_what_runs_until_it_is_recounted(void **state)
{
    const struct calendar *old, *new;
    int32_t epoch;

    (void)state;
    load(city_calendar(&desk.arena), NULL, NULL);
    define();
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    old = desk.calendar;
    epoch = desk_clock("c")->epoch;
    new = city_calendar_corrected(&desk.arena);
    load(new, NULL, NULL);
    desk_act("window", "go"); /* its clock is new, the other keeps what it has */
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    assert_string_equal(desk_clock("c")->calendar, old->version);
    assert_int_equal(case_recounts(desk.w, desk.c, desk.calendar), 1);
    recount();
    assert_int_equal(desk_facts(FACT_RECOUNTED), 1);
    assert_string_equal(desk_due("c"), "2026-03-10 17:00");
    assert_string_equal(desk_clock("c")->calendar, new->version);
    assert_int_equal(desk_clock("c")->epoch, epoch + 1);
    assert_int_equal(desk.c->alarm, desk_moment("2026-03-10 17:00"));
    assert_int_equal(case_recounts(desk.w, desk.c, desk.calendar), 0);
    assert_int_equal(desk.c->revision, 2); /* what clerks have seen holds */
    recount();
    assert_int_equal(desk.out.n_record, 0);
}

static void
who_was_late_by_the_old_version_is_so_no_longer(void **state)
{
    (void)state;
    load(city_calendar(&desk.arena), NULL, NULL);
    define();
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_look("2026-03-09 18:00");
    assert_true(desk_clock("c")->late);
    load(city_calendar_corrected(&desk.arena), NULL, NULL);
    recount();
    assert_false(desk_clock("c")->late);
    assert_int_equal(desk.out.n_card, 1); /* the step's is late by both, and has its card */
    assert_true(desk.out.card[0].withdrawn);
    assert_int_equal(desk.out.card[0].clock, desk_clock("c")->id);
    desk_look("2026-03-10 18:00");
    assert_true(desk_clock("c")->late);
}

static void
who_is_late_by_the_new_version_gets_his_card(void **state)
{
    (void)state;
    load(city_calendar_corrected(&desk.arena), NULL, NULL);
    define();
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_look("2026-03-09 18:00");
    assert_false(desk_clock("c")->late);
    load(city_calendar(&desk.arena), NULL, NULL);
    assert_int_equal(case_recounts(desk.w, desk.c, desk.calendar), 2);
    desk.calendar =
        almanac_with(&desk.arena, desk.calendar,
                     (const struct calendar *const[]){city_calendar_corrected(&desk.arena)}, 1);
    recount();
    assert_int_equal(desk.c->alarm, desk_moment("2026-03-09 17:00"));
    desk_look("2026-03-09 18:00");
    assert_true(desk_clock("c")->late);
    assert_int_equal(desk.out.card[0].due, desk_moment("2026-03-09 17:00"));
}

static void
what_has_ended_keeps_its_verdict_and_its_version(void **state)
{
    const struct calendar *old;

    (void)state;
    load(city_calendar(&desk.arena), NULL, NULL);
    old = desk.calendar;
    desk_define("'clocks': {'c': {'kind': 'statutory', 'limit': '3 working days', 'from':"
                " 'opened', 'to': 'm'}}, 'start': 'b', 'steps': {'b': {'by': 'window', 'actions':"
                " {'go': {'to': 'd', 'marks': 'm'}}}, 'd': {'by': 'window', 'actions': {'end':"
                " 'over'}}, 'over': {'end': 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_at("2026-03-05 18:00");
    desk_act("window", "go");
    assert_int_equal(desk_clock("c")->verdict, VERDICT_LATE);
    load(city_calendar_corrected(&desk.arena), NULL, NULL);
    recount();
    assert_int_equal(desk.out.n_record, 0);
    assert_int_equal(desk_clock("c")->verdict, VERDICT_LATE);
    assert_string_equal(desk_clock("c")->calendar, old->version);
}

/* Written before clocks named their calendar: they counted by the house's. */
static void
a_clock_that_names_no_version_is_the_houses(void **state)
{
    (void)state;
    define();
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    for (uint32_t i = 0; i < desk.c->n_clock; i++)
        desk.c->clock[i].calendar = NULL;
    assert_int_equal(case_recounts(desk.w, desk.c, desk.calendar), 2);
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    assert_null(strstr(desk_state(), "\"calendar\""));
}

static void
without_the_version_nothing_is_decided(void **state)
{
    const char *missing;

    (void)state;
    define();
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk.calendar = city_calendar_corrected(&desk.arena);
    assert_false(case_calendars_known(desk.w, desk.c, desk.calendar, &missing));
    desk_refused(desk_action("window", "go", NULL), ERROR_INTERNAL);
    assert_non_null(strstr(desk.e.detail, missing));
}

static void
only_an_administrator_recounts(void **state)
{
    (void)state;
    define();
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_refused(desk_command(COMMAND_RECOUNT, "window"), ERROR_FORBIDDEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_clock_counts_by_the_hall_of_its_case),
        TEST(a_department_with_hours_of_its_own_is_counted_by_them),
        TEST(a_new_version_leaves_what_runs_until_it_is_recounted),
        TEST(who_was_late_by_the_old_version_is_so_no_longer),
        TEST(who_is_late_by_the_new_version_gets_his_card),
        TEST(what_has_ended_keeps_its_verdict_and_its_version),
        TEST(a_clock_that_names_no_version_is_the_houses),
        TEST(without_the_version_nothing_is_decided),
        TEST(only_an_administrator_recounts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
