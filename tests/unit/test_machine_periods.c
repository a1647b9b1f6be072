/* SPDX-License-Identifier: Apache-2.0 */
/* Timers, waits and deadlines of materials, and what a new calendar does to them (K10). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "machine/migrate.h"
#include "machine/periods.h"
#include "machine/recount.h"
#include "tests/support/city.h"
#include "tests/support/desk.h"

/* @house holds from now on; the versions of before are still known. */
static void
load(const struct calendar *house)
{
    const struct calendar *list[] = {house, city_calendar(&desk.arena),
                                     city_calendar_corrected(&desk.arena),
                                     city_calendar_next(&desk.arena)};

    desk.calendar = almanac_build(&desk.arena, list, 4, NULL, 0);
}

static void
recount(void)
{
    if (!desk_give(desk_command(COMMAND_RECOUNT, "administrator")))
        fail_msg("%s", desk.e.detail);
}

/* Objections are heard until silence accepts. */
static void
silence(const char *after)
{
    desk_define(arena_printf(
        &desk.arena,
        "'start': 'b', 'steps': {'b': {'by': 'window', 'actions': {'end': 'over'}, 'after': {'%s':"
        " {'to': 'granted', 'deem': {'kind': 'accepted', 'basis': 'B'}}}},"
        " 'over': {'end': 'over'}, 'granted': {'end': 'granted'}}",
        after));
}

static const char *
moment(instant t)
{
    char *text = arena_alloc(&desk.arena, INSTANT_TEXT);

    return t == INSTANT_NONE ? "none" : instant_write(t, text);
}

static const char *
timer(uint32_t i)
{
    return moment(desk.c->visit[0].timer[i]);
}

static bool
provisional(int32_t which)
{
    return visit_provisional(&desk.arena, desk.w, &desk.c->visit[0], which, desk.calendar);
}

/* The Spring Festival was not published when the step was entered. */
static void
silence_waits_for_what_the_notice_says(void **state)
{
    const char *was;

    (void)state;
    load(city_calendar(&desk.arena));
    was = desk.calendar->version;
    silence("20 working days");
    desk_at("2027-01-20 09:00");
    desk_open("{}");
    assert_string_equal(timer(0), "2027-02-17T17:00:00+08:00");
    assert_true(provisional(0));
    assert_string_equal(desk.c->visit[0].calendar, was);
    assert_null(strstr(desk.record[0], arena_printf(&desk.arena, "{\"calendar\":\"%s", was)));
    desk_at("2027-01-25 09:00");
    load(city_calendar_next(&desk.arena));
    assert_true(provisional(0)); /* by the version it counts by */
    assert_int_equal(case_recounts(desk.w, desk.c, desk.calendar), 1);
    recount();
    assert_int_equal(desk_facts(FACT_PERIODS_RECOUNTED), 1);
    assert_non_null(
        strstr(desk.record[1], arena_printf(&desk.arena,
                                            "{\"calendar\":\"%s\",\"fact\":\"periods-"
                                            "recounted\",\"name\":\"%s\",\"step\":\"b\"",
                                            desk.calendar->version, was)));
    assert_string_equal(timer(0), "2027-02-22T17:00:00+08:00");
    assert_false(provisional(0));
    assert_int_equal(desk.c->alarm, desk_moment("2027-02-22 17:00"));
    assert_int_equal(desk.c->revision, 1); /* what clerks have seen holds */
    assert_int_equal(case_recounts(desk.w, desk.c, desk.calendar), 0);
    recount();
    assert_int_equal(desk.out.n_record, 0);
    desk_look("2027-02-17 17:01"); /* when it would have fired */
    assert_string_equal(desk_steps(), "b");
    desk_look("2027-02-22 17:01");
    assert_string_equal(desk_steps(), "granted");
    assert_int_equal(desk.c->moment, desk_moment("2027-02-22 17:00"));
}

/* The right end is over already: what follows happens when that is found out, not before. */
static void
nothing_has_happened_before_it_was_recounted(void **state)
{
    (void)state;
    load(city_calendar_corrected(&desk.arena));
    silence("3 working days");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    assert_string_equal(timer(0), "2026-03-06T17:00:00+08:00");
    desk_at("2026-03-06 10:00");
    load(city_calendar(&desk.arena));
    recount();
    assert_string_equal(desk_steps(), "b");
    assert_string_equal(timer(0), "2026-03-05T17:00:00+08:00");
    desk_at("2026-03-06 11:00");
    desk_refused(desk_action("window", "end", NULL), ERROR_CASE_CLOSED);
    desk_look("2026-03-06 12:00");
    assert_string_equal(desk_steps(), "granted");
    assert_int_equal(desk.c->moment, desk_moment("2026-03-06 10:00"));
}

static void
what_has_come_due_is_over(void **state)
{
    (void)state;
    load(city_calendar(&desk.arena));
    desk_define("'start': 'b', 'steps': {'b': {'by': 'window', 'actions': {'end':"
                " 'over'}, 'after': {'3 working days': {'marks': 'm'}, '9 working days': {'to':"
                " 'over'}}}, 'over': {'end': 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    assert_string_equal(timer(1), "2026-03-05T17:00:00+08:00");
    desk_look("2026-03-05 17:01");
    assert_string_equal(timer(1), "none");
    desk_at("2026-03-05 18:00");
    load(city_calendar_corrected(&desk.arena));
    recount();
    assert_string_equal(timer(1), "none");
    assert_string_equal(timer(0), "2026-03-16T17:00:00+08:00");
}

static void
a_wait_moves_and_one_until_a_date_does_not(void **state)
{
    (void)state;
    load(city_calendar(&desk.arena));
    desk_define("'form': {'required': ['d'], 'properties': {'d': {'type': 'string', 'format':"
                " 'date'}}}, 'start': 'w', 'steps': {'w': {'wait': '3 working days', 'to': 'u'},"
                " 'u': {'wait': {'until': {'var': 'form.d'}}, 'to': 'over'}, 'over': {'end':"
                " 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{'d': '2026-03-09'}");
    assert_string_equal(moment(desk.c->visit[0].wait_until), "2026-03-06T00:00:00+08:00");
    load(city_calendar_corrected(&desk.arena));
    recount();
    assert_string_equal(moment(desk.c->visit[0].wait_until), "2026-03-07T00:00:00+08:00");
    desk_look("2026-03-08 09:00");
    assert_string_equal(desk_steps(), "u");
    load(city_calendar(&desk.arena));
    assert_int_equal(case_recounts(desk.w, desk.c, desk.calendar), 0);
    recount();
    assert_int_equal(desk.out.n_record, 0);
    assert_string_equal(moment(desk.c->visit[0].wait_until), "2026-03-10T00:00:00+08:00");
}

static void
material(const char *verb, const char *id)
{
    struct command cmd = desk_command(COMMAND_MATERIAL, "window");

    cmd.action = verb;
    cmd.material = id;
    cmd.document = "D";
    if (!desk_give(cmd))
        fail_msg("%s", desk.e.detail);
}

static void
deadlines_of_materials_move(void **state)
{
    (void)state;
    load(city_calendar(&desk.arena));
    desk_define("'materials': [{'id': 'a', 'title': {'zh': '材', 'en': 'M'}, 'tolerance':"
                " '3 working days', 'lapse': 'refused'}, {'id': 'p', 'title': {'zh': '材', 'en':"
                " 'M'}, 'promise': {'check': '3 working days'}}], 'start': 'b', 'steps': {'b':"
                " {'by': 'window', 'actions': {'end': 'over'}}, 'over': {'end': 'over'}, 'refused':"
                " {'end': 'refused'}}");
    desk_at("2026-03-01 09:00");
    desk_open("{}");
    desk_at("2026-03-02 09:00");
    material("tolerate", "a");
    material("promise", "p");
    assert_string_equal(moment(desk.c->material[0].until), "2026-03-06T00:00:00+08:00");
    assert_false(material_provisional(&desk.arena, desk.w, desk.c, 0, desk.calendar));
    load(city_calendar_corrected(&desk.arena));
    assert_int_equal(case_recounts(desk.w, desk.c, desk.calendar), 2);
    recount();
    assert_int_equal(desk_facts(FACT_PERIODS_RECOUNTED), 2);
    assert_string_equal(moment(desk.c->material[0].until), "2026-03-07T00:00:00+08:00");
    assert_string_equal(moment(desk.c->material[1].until), "2026-03-07T00:00:00+08:00");
    desk_look("2026-03-06 09:00");
    assert_int_equal(desk.c->material[0].state, MATERIAL_TOLERATED);
    material("receive", "a"); /* nothing of it is to come */
    load(city_calendar(&desk.arena));
    assert_int_equal(case_recounts(desk.w, desk.c, desk.calendar), 1);
}

/* Written before periods named their calendar: nobody knows by which they count. */
static void
a_period_that_names_no_version_is_recounted_and_a_deadline_stays(void **state)
{
    struct material *m;

    (void)state;
    load(city_calendar(&desk.arena));
    desk_define(
        "'materials': [{'id': 'a', 'title': {'zh': '材', 'en': 'M'}, 'tolerance':"
        " '3 working days', 'lapse': 'over'}], 'start': 'b', 'steps': {'b': {'by':"
        " 'window', 'actions': {'end': 'over'}, 'after': {'3 working days': {'to': 'over'}}},"
        " 'over': {'end': 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    material("tolerate", "a");
    desk.c->visit[0].calendar = NULL;
    m = &desk.c->material[0];
    m->calendar = NULL;
    m->since = INSTANT_NONE;
    assert_null(strstr(desk_state(), "\"calendar\""));
    assert_int_equal(case_recounts(desk.w, desk.c, desk.calendar), 1);
    assert_false(material_provisional(&desk.arena, desk.w, desk.c, 0, desk.calendar));
}

static void
without_the_version_nothing_is_decided(void **state)
{
    const char *missing;

    (void)state;
    silence("3 working days");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk.calendar = city_calendar_corrected(&desk.arena);
    assert_false(case_calendars_known(desk.w, desk.c, desk.calendar, &missing));
    assert_string_equal(missing, desk.c->visit[0].calendar);
    desk_refused(desk_action("window", "end", NULL), ERROR_INTERNAL);
}

/* What @cmd makes of @c, which is of version @w. */
static struct case_state *
decided(const struct workflow *w, const struct case_state *c, const struct command *cmd)
{
    const struct setting s = {.workflow = w, .calendar = desk.calendar, .now = desk.now};

    if (!machine_decide(&s, c, cmd, &desk.arena, &desk.out, NULL, &desk.e))
        fail_msg("%s", desk.e.detail);
    return desk.out.next;
}

/* A wait keeps its end for good; a new timer counts by the version that its stay counts by. */
static void
another_version_of_the_workflow_counts_by_the_same_calendar(void **state)
{
    static const char members[] =
        "'start': 'w', 'steps': {'w': {'wait': '%s', 'to': 'over', 'after': {'%s': {'do': [{'set':"
        " {'case.x': 1}}]}}}, 'over': {'end': 'over'}}";
    struct command cmd = desk_command(COMMAND_MIGRATE, "administrator");
    struct command again = desk_command(COMMAND_RECOUNT, "administrator");
    const struct workflow *from;
    const struct calendar *old;
    struct case_state *c;
    struct migration m;

    (void)state;
    load(city_calendar(&desk.arena));
    old = desk.calendar;
    desk_define(arena_printf(&desk.arena, members, "3 working days", "2 working days"));
    from = desk.w;
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    c = desk.c;
    desk_define(arena_printf(&desk.arena, members, "8 working days", "4 working days"));
    migration_plain(&desk.arena, from, desk.w, &m);
    m.reason = "changed";
    cmd.migration = &m;
    load(city_calendar_corrected(&desk.arena));
    c = decided(from, c, &cmd);
    assert_string_equal(c->visit[0].calendar, old->version);
    assert_string_equal(moment(c->visit[0].timer[0]), "2026-03-07T00:00:00+08:00");
    assert_string_equal(moment(c->visit[0].wait_until), "2026-03-06T00:00:00+08:00");
    c = decided(desk.w, c, &again);
    assert_string_equal(moment(c->visit[0].timer[0]), "2026-03-10T00:00:00+08:00");
    assert_string_equal(moment(c->visit[0].wait_until), "2026-03-06T00:00:00+08:00");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(silence_waits_for_what_the_notice_says),
        TEST(nothing_has_happened_before_it_was_recounted),
        TEST(what_has_come_due_is_over),
        TEST(a_wait_moves_and_one_until_a_date_does_not),
        TEST(deadlines_of_materials_move),
        TEST(a_period_that_names_no_version_is_recounted_and_a_deadline_stays),
        TEST(without_the_version_nothing_is_decided),
        TEST(another_version_of_the_workflow_counts_by_the_same_calendar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
