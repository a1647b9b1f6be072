/* SPDX-License-Identifier: Apache-2.0 */
/* Lateness is explained by who acts in it, where the workflow asks (DESIGN 5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

static void
hasty(void)
{
    desk_define("'explainLate': true, 'backdateBy': ['window'], 'start': 't', 'steps': {'t': {'by':"
                " 'window', 'limit': '1 hour', 'actions': {'go': 'u'}}, 'u': {'by': 'applicant',"
                " 'limit': '1 hour', 'actions': {'done': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{}");
}

static void
a_late_step_must_be_explained_before_it_is_acted_in_where_the_workflow_asks(void **state)
{
    struct command cmd;

    (void)state;
    hasty();
    desk_at("2026-03-02 10:01");
    desk_refused(desk_action("window", "go", NULL), ERROR_EXPLANATION_MISSING);
    /* What happened in time needs none. */
    assert_true(desk_give(desk_late_act("window", "go", "2026-03-02 10:00")));
    hasty();
    desk_at("2026-03-03 10:01");
    cmd = desk_action("window", "go", NULL);
    cmd.explanation = "系统停机";
    assert_true(desk_give(cmd));
    assert_non_null(strstr(desk.record[desk.n_record - 1], "\"explanation\":\"系统停机\""));
    assert_string_equal(desk_timing("t")->explanation, "系统停机");
    desk_at("2026-03-04 10:01");
    desk_act("applicant", "done");
}

static void
a_limit_around_the_step_is_explained_by_who_was_in_it_when_it_was_broken(void **state)
{
    struct command cmd;

    (void)state;
    desk_define(
        "'explainLate': true, 'clocks': {'all': {'kind': 'promised', 'limit': '2 hours',"
        " 'from': 'opened'}}, 'start': 't', 'steps': {'t': {'by': 'window', 'limit': '1 hour',"
        " 'actions': {'go': 'u'}}, 'u': {'by': 'window', 'limit': '1 working day',"
        " 'actions': {'note': {}, 'done': 'v'}}, 'v': {'by': 'window', 'limit':"
        " '1 working day', 'actions': {'over': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    desk_at("2026-03-02 09:30");
    desk_act("window", "go");
    desk_at("2026-03-02 11:00");
    desk_act("window", "note"); /* at the due instant it is on time */
    desk_at("2026-03-02 11:01");
    cmd = desk_action("window", "done", NULL);
    desk_refused(cmd, ERROR_EXPLANATION_MISSING);
    assert_string_equal(desk.e.detail, "clock all is late");
    cmd.explanation = "系统停机";
    assert_true(desk_give(cmd));
    desk_at("2026-03-02 11:02");
    desk_act("window", "over"); /* it was broken before this step began */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_late_step_must_be_explained_before_it_is_acted_in_where_the_workflow_asks, desk_setup,
            desk_teardown),
        cmocka_unit_test_setup_teardown(
            a_limit_around_the_step_is_explained_by_who_was_in_it_when_it_was_broken, desk_setup,
            desk_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
