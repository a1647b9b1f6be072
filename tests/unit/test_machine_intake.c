/* SPDX-License-Identifier: Apache-2.0 */
/* Which district has a case: handed over, accepted, given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

static void
hall(void)
{
    desk_define(
        "'clocks': {'promised': {'kind': 'promised', 'limit': '5 working days', 'from':"
        " 'opened'}}, 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'go': {'to':"
        " 'a'}}}, 'a': {'by': 'applicant', 'actions': {'say': {'to': 'end'}}}, 'end':"
        " {'end': 'granted'}}");
    desk_open("{}");
}

static struct command
over(const char *who, const char *district)
{
    struct command cmd = desk_command(COMMAND_HAND_OVER, who);

    cmd.district = district;
    cmd.reason = "it lies there";
    return cmd;
}

/* As somebody of @district. */
static struct command
of(struct command cmd, const char *district)
{
    cmd.actor.district = district;
    return cmd;
}

static void
a_case_goes_with_its_clocks_and_waits_until_it_is_accepted(void **state)
{
    struct command cmd;
    const char *from;
    instant due;

    (void)state;
    hall();
    from = desk.c->district;
    due = desk.c->clock[0].due;
    desk_refused(over("window", from), ERROR_FORM_INVALID);
    desk_refused(desk_command(COMMAND_TAKE_OVER, "window"), ERROR_NOT_HANDED_OVER);
    desk_refused(over("reviewer", "371599"), ERROR_FORBIDDEN);
    cmd = over("window", "371599");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd = desk_command(COMMAND_CLAIM, "window");
    cmd.step = "t";
    cmd.until = desk.c->moment + SPAN_DAY;
    assert_true(desk_give(cmd));
    assert_true(desk_give(over("window", "371599")));
    assert_string_equal(desk.c->district, "371599");
    assert_string_equal(desk.c->handed_from, from);
    assert_null(desk.c->visit[0].holder);
    assert_int_equal(desk.c->clock[0].due, due);
    desk_refused(of(desk_action("window", "go", NULL), from), ERROR_FORBIDDEN);
    desk_refused(of(desk_action("window", "go", NULL), "371599"), ERROR_NOT_TAKEN_OVER);
    desk_refused(of(over("window", "371500"), "371599"), ERROR_NOT_TAKEN_OVER);
    assert_true(desk_give(of(desk_command(COMMAND_TAKE_OVER, "window"), "371599")));
    assert_null(desk.c->handed_from);
    assert_true(desk_give(of(desk_action("window", "go", NULL), "371599")));
}

static void
what_is_not_accepted_goes_back_for_a_reason(void **state)
{
    struct command cmd;
    const char *from;

    (void)state;
    hall();
    from = desk.c->district;
    desk_act("window", "go");
    assert_true(desk_give(over("supervisor", "371599")));
    cmd = of(desk_command(COMMAND_HAND_BACK, "window"), "371599");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd.reason = "not ours";
    assert_true(desk_give(cmd));
    assert_string_equal(desk.c->district, from);
    assert_null(desk.c->handed_from);
    /* The applicant does not wait for two halls to agree. */
    assert_true(desk_give(over("window", "371599")));
    desk_act("applicant", "say");
    assert_string_equal(desk_steps(), "granted");
}

#define TEST(x) cmocka_unit_test_setup_teardown(x, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_case_goes_with_its_clocks_and_waits_until_it_is_accepted),
        TEST(what_is_not_accepted_goes_back_for_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
