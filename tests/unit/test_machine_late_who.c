/* SPDX-License-Identifier: Apache-2.0 */
/* Who records what happened earlier, and with which tag (DESIGN 5, K3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define END "'end': {'end': 'over'}, 'gone': {'end': 'lapsed'}"

/* Received within five working days, or deemed; reviewed within thirty, or refused. */
static void
counter(void)
{
    desk_define("'backdateBy': ['window'], 'start': 'accept', 'steps': {'accept': {'by': 'window',"
                " 'actions': {'accept': 'review', 'refuse': 'gone'}, 'after': {'5 working days':"
                " {'to': 'review'}}}, 'review': {'by': 'window', 'actions': {'done': 'end'},"
                " 'after': {'30 working days': {'to': 'gone'}}}, " END "}");
    desk_open("{}");
}

static struct command
late_act(const char *who, const char *action, const char *happened)
{
    struct command cmd = desk_action(who, action, NULL);

    desk_history(&cmd);
    cmd.happened = desk_moment(happened);
    return cmd;
}

/* What is said of a step that is open no more changes the case, as its teller sees it. */
static void
a_late_act_in_a_step_that_was_left_takes_the_tag_of_the_case(void **state)
{
    struct command cmd;

    (void)state;
    counter();
    cmd = late_act("window", "refuse", "2026-03-02 09:00");
    cmd.revision = desk.c->revision;
    cmd.of_case = true;
    desk_refused(cmd, ERROR_STALE); /* it is open */
    desk_look("2026-03-10 09:00");
    cmd = late_act("window", "refuse", "2026-03-06 10:00");
    cmd.step = "accept";
    for (cmd.revision = 0; cmd.revision < 9; cmd.revision++)
        desk_refused(cmd, ERROR_STALE); /* of a step, whichever */
    cmd.of_case = true;
    desk_refused(cmd, ERROR_STALE);
    cmd.revision = desk.c->revision;
    assert_true(desk_give(cmd));
    assert_int_equal(desk.c->contradicted, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_late_act_in_a_step_that_was_left_takes_the_tag_of_the_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
