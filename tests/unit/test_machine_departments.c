/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks of departments beside the joint one: whose turn it is, and who holds them (K6, K8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/history.h"
#include "tests/support/desk.h"

#define GROUNDS "'grounds': {'test': {'command': true}, 'hear': {'command': true}, 'wait': {}}, "
#define END     "'end': {'end': 'over'}"

/* A joint limit, and one of each department (T12). */
static void
joint(void)
{
    desk_define(GROUNDS
                "'clocks': {'joint': {'kind': 'statutory', 'from': 'opened', 'limit':"
                " '9 working days'}, 'own': {'kind': 'statutory', 'from': 'opened', 'per':"
                " 'department', 'limit': '3 working days', 'extension': {'limit': '1 working day',"
                " 'by': 'head'}}}, 'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'u',"
                " 'branches': {'a': {'start': 't', 'steps': {'t': {'by': 'window', 'department':"
                " 'fire', 'actions': {'done': '$done', 'ask': 'w'}}, 'w': {'by': 'applicant',"
                " 'actions': {'back': 't'}}}}, 'b': {'start': 't', 'steps': {'t': {'by': 'window',"
                " 'department': 'water', 'actions': {'done': '$done'}}}}}}, 'u': {'by': 'window',"
                " 'actions': {'done': 'end'}}, " END "}");
    desk_open("{}");
}

static const struct case_clock *
own(const char *department)
{
    for (uint32_t i = 0; i < desk.c->n_clock; i++)
        if (desk.c->clock[i].department && !strcmp(desk.c->clock[i].department, department))
            return &desk.c->clock[i];
    return NULL;
}

static void
t12_a_stop_of_one_department_stops_neither_the_joint_clock_nor_anothers(void **state)
{
    (void)state;
    joint();
    desk_at("2026-03-03 10:00");
    desk_stop("p.a.t", "test");
    assert_string_equal(desk_due("joint"), "2026-03-13 17:00");
    assert_int_equal(own("fire")->due, INSTANT_NONE);
    assert_int_equal(own("water")->due, desk_moment("2026-03-05 17:00"));
    desk_at("2026-03-04 10:00");
    desk_stop("p.b.t", "hear");
    assert_string_equal(desk_due("joint"), "none");
    desk_at("2026-03-05 10:00");
    desk_resume(1);
    assert_string_equal(desk_due("joint"), "2026-03-16 17:00");
    assert_int_equal(own("fire")->due, desk_moment("2026-03-09 17:00"));
    assert_int_equal(own("water")->due, INSTANT_NONE);
}

static void
a_department_has_a_clock_from_its_first_turn_that_runs_in_its_turns(void **state)
{
    (void)state;
    joint();
    assert_null(own("lead"));
    desk_at("2026-03-03 10:00");
    desk_act_in("window", "ask", "p.a.t");
    assert_string_equal(own("fire")->stand[0].ground, "elsewhere");
    assert_int_equal(own("fire")->due, INSTANT_NONE);
    desk_at("2026-03-05 10:00");
    desk_act("applicant", "back");
    assert_int_equal(own("fire")->due, desk_moment("2026-03-09 17:00"));
    desk_act_in("window@fire", "done", "p.a.t");
    desk_act_in("window@water", "done", "p.b.t");
    assert_int_equal(own("lead")->due, desk_moment("2026-03-10 17:00"));
    desk_act("window", "done");
    assert_int_equal(desk.out.n_timing, 5);
    for (uint32_t i = 0; i < desk.out.n_timing; i++)
        if (desk.out.timing[i].clock && desk.out.timing[i].measure.counted_days == 3)
            assert_string_equal(desk.out.timing[i].department, "water");
}

static void
a_head_extends_the_clock_of_his_department(void **state)
{
    struct command cmd;

    (void)state;
    joint();
    cmd = desk_command(COMMAND_EXTEND, "head@water");
    cmd.clock = "own";
    cmd.document = "a notice";
    assert_true(desk_give(cmd));
    assert_int_equal(own("water")->due, desk_moment("2026-03-06 17:00"));
    assert_int_equal(own("fire")->due, desk_moment("2026-03-05 17:00"));
    cmd.actor = desk_command(COMMAND_EXTEND, "head@lead").actor;
    desk_refused(cmd, ERROR_ACTION_NOT_ALLOWED);
    assert_non_null(strstr(desk.e.detail, "say whose: own@"));
    cmd.clock = "own@fire";
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd.clock = "own@police";
    desk_refused(cmd, ERROR_ACTION_NOT_ALLOWED);
    /* Who is of the hall is of every department, and says which. */
    cmd.actor = desk_command(COMMAND_EXTEND, "head").actor;
    cmd.clock = "own@fire";
    assert_true(desk_give(cmd));
    assert_int_equal(own("fire")->due, desk_moment("2026-03-06 17:00"));
}

static void
the_lead_extends_the_clock_of_an_outside_system(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'clocks': {'own': {'kind': 'statutory', 'from': 'opened', 'per': 'department',"
                " 'limit': '3 working days', 'extension': {'limit': '1 working day', 'by':"
                " 'head'}}}, 'start': 't', 'steps': {'t': {'by': 'system:police', 'actions':"
                " {'done': 'end'}}, " END "}");
    desk_open("{}");
    cmd = desk_command(COMMAND_EXTEND, "head@fire");
    cmd.clock = "own@police";
    cmd.document = "a notice";
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd.actor = desk_command(COMMAND_EXTEND, "head@lead").actor;
    assert_true(desk_give(cmd));
    assert_int_equal(own("police")->due, desk_moment("2026-03-06 17:00"));
}

static void
expect_holding(const struct holding *h, const char *from, const char *to, const char *holders,
               const char *ground)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < h->n_holder; i++)
        text_printf(&t, "%s%s", i ? "," : "", h->holder[i]);
    assert_int_equal(h->from, desk_moment(from));
    assert_int_equal(h->to, desk_moment(to));
    assert_string_equal(t.at ? t.at : "", holders);
    assert_string_equal(h->ground ? h->ground : "runs", ground);
}

static void
holdings_follow_one_another_and_add_up_to_the_elapsed_time(void **state)
{
    struct command cmd = {.n_history = 0};
    struct holdings held;
    struct case_clock k;
    struct history h;

    (void)state;
    joint();
    desk_at("2026-03-03 10:00");
    desk_act_in("window", "ask", "p.a.t");
    desk_at("2026-03-03 12:00");
    desk_stop("p.b.t", "test");
    desk_at("2026-03-04 10:00");
    desk_act("applicant", "back");
    desk_stop("p.a.t", "hear");
    desk_at("2026-03-05 10:00");
    desk_resume(2);
    desk_history(&cmd);
    assert_true(history_read(&desk.arena, desk.w, cmd.history, cmd.n_history, &h, &desk.e));
    k = *desk_clock("joint");
    history_course(&desk.arena, desk.w, &h, &k, desk_moment("2026-03-06 10:00"), &held);
    assert_int_equal(held.n, 4);
    expect_holding(&held.item[0], "2026-03-02 09:00", "2026-03-03 10:00", "fire,water", "runs");
    expect_holding(&held.item[1], "2026-03-03 10:00", "2026-03-04 10:00", "applicant,water",
                   "runs");
    expect_holding(&held.item[2], "2026-03-04 10:00", "2026-03-05 10:00", "fire,water", "test");
    expect_holding(&held.item[3], "2026-03-05 10:00", "2026-03-06 10:00", "fire,water", "runs");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(t12_a_stop_of_one_department_stops_neither_the_joint_clock_nor_anothers),
        TEST(a_department_has_a_clock_from_its_first_turn_that_runs_in_its_turns),
        TEST(a_head_extends_the_clock_of_his_department),
        TEST(the_lead_extends_the_clock_of_an_outside_system),
        TEST(holdings_follow_one_another_and_add_up_to_the_elapsed_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
