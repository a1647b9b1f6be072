/* SPDX-License-Identifier: Apache-2.0 */
/* An extension heals no breach, whenever that is learned of (DESIGN K3, K8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "machine/outage.h"
#include "tests/support/outages.h"

/* Opened on Monday 2 March at 09:00; without stops due on the 9th. */
static void
extensible(void)
{
    desk_define("'grounds': {'test': {'command': true}}, 'backdateBy': ['window'], 'form':"
                " {'properties': {'n': {'type': 'integer'}}}, 'clocks': {'c': {'kind':"
                " 'statutory', 'from': 'opened', 'warns': true, 'extension': {'limit':"
                " '5 working days', 'by': 'head'}, 'limit': [{'when': {'===': [{'var': 'form.n'},"
                " 1]}, 'limit': '1 working day'}, {'limit': '5 working days'}]}}, 'start': 't',"
                " 'steps': {'t': {'by': 'window', 'actions': {'done': 'end'}}, 'end': {'end':"
                " 'over'}}");
    desk_open("{'n': 5}");
}

static void
extend(void)
{
    struct command cmd = desk_command(COMMAND_EXTEND, "head");

    cmd.clock = "c";
    cmd.document = "聊告字1号";
    if (!desk_give(cmd))
        fail_msg("%s", desk.e.detail);
}

static void
stop_late(const char *happened)
{
    struct command cmd = desk_command(COMMAND_STOP, "window");

    cmd.step = "t";
    cmd.ground = "test";
    cmd.happened = desk_moment(happened);
    desk_history(&cmd);
    if (!desk_give(cmd))
        fail_msg("%s", desk.e.detail);
}

static void
resume_late(int32_t number, const char *happened)
{
    struct command cmd = desk_command(COMMAND_RESUME, "window");

    cmd.number = number;
    cmd.happened = desk_moment(happened);
    desk_history(&cmd);
    if (!desk_give(cmd))
        fail_msg("%s", desk.e.detail);
}

/* It stands from the 3rd and is extended on the 12th. */
static void
extended_while_it_stood(void)
{
    extensible();
    desk_at("2026-03-03 10:00");
    desk_stop("t", "test");
    desk_at("2026-03-12 10:00");
    extend();
    desk_at("2026-03-13 09:00");
}

static void
explained_as(const char *words)
{
    struct text t = text_new(&desk.arena);
    const struct case_clock *k = desk_clock("c");
    const struct counting counting = case_counting(desk.w, k, desk.calendar, &desk.arena);
    const struct course course = case_course(k);

    assert_true(
        clock_explain(&t, &(struct explaining){.form = EXPLAIN_EN}, &counting, &course, desk.now));
    if (!strstr(t.at, words))
        fail_msg("%s", t.at);
}

static void
t10_a_breach_learned_of_late_is_not_extended_away(void **state)
{
    struct command again = desk_command(COMMAND_EXTEND, "head");

    (void)state;
    extended_while_it_stood();
    resume_late(1, "2026-03-03 11:00");
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    explained_as("limit 5 working days (extended by 5 working days, which does not count: recorded"
                 " at 2026-03-12T10:00:00+08:00, when it was due already), from");
    again.clock = "c";
    again.document = "聊告字2号";
    desk_refused(again, ERROR_ALREADY_EXTENDED);
    desk_look("2026-03-13 09:00");
    assert_true(desk_clock("c")->late);
    desk_act("window", "done");
    assert_int_equal(desk_timing("c")->verdict, VERDICT_LATE);
}

static void
one_that_was_in_time_counts(void **state)
{
    (void)state;
    extended_while_it_stood();
    resume_late(1, "2026-03-10 11:00");
    /* The 3rd and those until the 9th it stood at closing: the 10th is the second day. */
    assert_string_equal(desk_due("c"), "2026-03-23 17:00");
    explained_as("limit 5 working days, extended by 5 working days, from");
    /* At the due instant itself is in time, too. */
    extensible();
    desk_at("2026-03-09 17:00");
    extend();
    desk_at("2026-03-10 09:00");
    stop_late("2026-03-10 08:59");
    resume_late(1, "2026-03-10 09:00");
    assert_string_equal(desk_due("c"), "2026-03-16 17:00");
}

static void
it_counts_again_when_it_turns_out_to_have_been_in_time(void **state)
{
    (void)state;
    extended_while_it_stood();
    resume_late(1, "2026-03-03 11:00");
    desk_look("2026-03-13 09:00");
    assert_true(desk_clock("c")->late);
    desk_at("2026-03-13 10:00");
    stop_late("2026-03-05 10:00");
    resume_late(2, "2026-03-12 09:00");
    assert_string_equal(desk_due("c"), "2026-03-23 17:00");
    assert_false(desk_clock("c")->late);
    explained_as("limit 5 working days, extended by 5 working days, from");
}

static void
an_outage_that_was_none_takes_its_extension_along(void **state)
{
    struct command none = desk_command(COMMAND_ANNUL_OUTAGE, "supervisor");

    (void)state;
    extensible();
    desk_at("2026-03-06 09:00");
    desk_suffer(1, "2026-03-03 16:00", "2026-03-05 17:30");
    assert_string_equal(desk_due("c"), "2026-03-12 17:00");
    desk_at("2026-03-11 10:00");
    extend();
    assert_string_equal(desk_due("c"), "2026-03-19 17:00");
    none.number = 1;
    desk_history(&none);
    assert_true(desk_give(none));
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    desk_look("2026-03-11 10:00");
    assert_true(desk_clock("c")->late);
}

static void
a_limit_chosen_anew_asks_again_whether_it_was_in_time(void **state)
{
    struct command cmd = desk_command(COMMAND_AMEND, "window");

    (void)state;
    extensible();
    desk_at("2026-03-06 10:00");
    extend();
    cmd.input = *desk_json("{'n': 1}");
    assert_true(desk_give(cmd));
    assert_string_equal(desk_due("c"), "2026-03-03 17:00");
    cmd.input = *desk_json("{'n': 2}");
    assert_true(desk_give(cmd));
    assert_string_equal(desk_due("c"), "2026-03-16 17:00");
}

/* Those rules did not ask. */
static void
an_extension_of_rules_6_counts_whatever_is_learned(void **state)
{
    struct setting s;
    const char *text;

    (void)state;
    extensible();
    desk_at("2026-03-03 10:00");
    desk_stop("t", "test");
    s = (struct setting){.workflow = desk.w, .calendar = desk.calendar, .now = desk.now};
    text = arena_printf(
        &desk.arena,
        "{'at':1773280800000000,'by':'head','calendar':'%s','command':'extend','definition':"
        "'%.16s','facts':[{'detail':'理由','fact':'extended','limit':'5 working days','name':"
        "'聊告字1号','number':1}],'number':%zu,'revision':3,'role':'head','rules':6}",
        desk.calendar->version, desk.w->hash, desk.n_record + 1);
    if (!machine_replay(&s, desk.c, desk_json(text), &desk.arena, &desk.e))
        fail_msg("%s", desk.e.detail);
    desk.record = arena_grow(&desk.arena, desk.record, desk.n_record, sizeof(*desk.record));
    desk.record[desk.n_record++] = text;
    desk_at("2026-03-13 09:00");
    resume_late(1, "2026-03-03 11:00");
    assert_string_equal(desk_due("c"), "2026-03-16 17:00");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(t10_a_breach_learned_of_late_is_not_extended_away),
        TEST(one_that_was_in_time_counts),
        TEST(it_counts_again_when_it_turns_out_to_have_been_in_time),
        TEST(an_outage_that_was_none_takes_its_extension_along),
        TEST(a_limit_chosen_anew_asks_again_whether_it_was_in_time),
        TEST(an_extension_of_rules_6_counts_whatever_is_learned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
