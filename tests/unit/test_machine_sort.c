/* SPDX-License-Identifier: Apache-2.0 */
/* Labels and priority lanes: what sets them, who may, and what follows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define STEPS                                                                                      \
    "'start': 'look', 'steps': {'look': {'by': 'window', 'actions': {"                             \
    "'mark': {'to': 'look', 'do': [{'label': 'seen'}, {'label': 'odd', 'when': {'===': [{'var': "  \
    "'form.area'}, 3]}}]},"                                                                        \
    "'clear': {'to': 'look', 'do': [{'label': 'seen', 'remove': true}]}, 'go': 'end'}},"           \
    " 'end': {'end': 'over'}}"

static void
hall(void)
{
    desk_define(
        "'form': {'required': ['area'], 'properties': {'area': {'type': 'integer'}}}, 'labels':"
        " {'odd': {}, 'seen': {}, 'vip': {'by': ['head']}}, 'lanes': [{'id': 'green', 'title':"
        " {'zh': '绿', 'en': 'g'}, 'basis': 'b', 'by': ['head'], 'when': {'>': [{'var':"
        " 'form.area'}, 100]}}, {'id': 'urgent', 'title': {'zh': '急', 'en': 'u'}, 'basis': 'b',"
        " 'by': ['window', 'head']}], 'clocks': {'all': {'kind': 'promised', 'from': 'opened',"
        " 'limit': [{'when': {'!==': [{'var': 'case.lane'}, '']}, 'limit': '2 working days'},"
        " {'limit': '5 working days'}]}}, " STEPS);
}

static const char *
labels(void)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < desk.c->n_label; i++)
        text_printf(&t, "%s%s", i ? " " : "", desk.w->label[desk.c->label[i]].id);
    return t.len ? t.at : "none";
}

static const char *
lane(void)
{
    return desk.c->lane == NONE ? "none" : desk.w->lane[desk.c->lane].id;
}

static struct command
labelling(const char *who, const char *label, const char *action)
{
    struct command cmd = desk_command(COMMAND_LABEL, who);

    cmd.label = label;
    cmd.action = action;
    return cmd;
}

static struct command
moving(const char *who, const char *to)
{
    struct command cmd = desk_command(COMMAND_LANE, who);

    cmd.lane = to;
    return cmd;
}

static void
effects_put_labels_on_and_take_them_off(void **state)
{
    (void)state;
    hall();
    desk_open("{'area': 3}");
    desk_act("window", "mark");
    assert_string_equal(labels(), "odd seen");
    assert_int_equal(desk_facts(FACT_LABELLED), 2);
    desk_act("window", "mark"); /* it has them: nothing is recorded */
    assert_int_equal(desk_facts(FACT_LABELLED), 0);
    desk_act("window", "clear");
    assert_string_equal(labels(), "odd");
}

static void
clerks_label_without_raising_the_revision(void **state)
{
    (void)state;
    hall();
    desk_open("{'area': 1}");
    assert_true(desk_give(labelling("window", "seen", NULL)));
    assert_int_equal(desk.c->revision, 1);
    assert_string_equal(labels(), "seen");
    desk_refused(labelling("window", "seen", "add"), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(labelling("window", "odd", "remove"), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(labelling("window", "odd", "erase"), ERROR_FORM_INVALID);
    desk_refused(labelling("window", "even", NULL), ERROR_FORM_INVALID);
    assert_true(desk_give(labelling("supervisor", "seen", "remove")));
    assert_string_equal(labels(), "none");
    desk_act("window", "go");
    assert_true(desk_give(labelling("window", "seen", NULL))); /* a closed case is found, too */
}

static void
some_labels_are_of_some_roles_and_none_of_applicants(void **state)
{
    (void)state;
    hall();
    desk_open("{'area': 1}");
    desk_refused(labelling("window", "vip", NULL), ERROR_FORBIDDEN);
    desk_refused(labelling("applicant", "seen", NULL), ERROR_FORBIDDEN);
    desk_refused(labelling("reviewer", "seen", NULL), ERROR_FORBIDDEN);
    assert_true(desk_give(labelling("head", "vip", NULL)));
    assert_string_equal(labels(), "vip");
}

static void
a_case_comes_into_the_first_lane_that_takes_it_and_its_limit_is_of_that(void **state)
{
    (void)state;
    hall();
    desk_open("{'area': 101}");
    assert_string_equal(lane(), "green");
    assert_string_equal(desk_due("all"), "2026-03-04 17:00");
    hall();
    desk_open("{'area': 100}");
    assert_string_equal(lane(), "none");
    assert_string_equal(desk_due("all"), "2026-03-09 17:00");
}

static void
who_may_moves_it_with_a_reason_and_limits_are_chosen_again(void **state)
{
    struct command cmd;

    (void)state;
    hall();
    desk_open("{'area': 1}");
    desk_refused(moving("window", "green"), ERROR_FORBIDDEN);
    desk_refused(moving("window", "blue"), ERROR_FORM_INVALID);
    desk_refused(moving("window", NULL), ERROR_ACTION_NOT_ALLOWED);
    cmd = moving("window", "urgent");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd = moving("window", "urgent");
    cmd.revision = 9;
    desk_refused(cmd, ERROR_STALE);
    cmd.revision = 1;
    assert_true(desk_give(cmd));
    assert_int_equal(desk.c->revision, 2);
    assert_string_equal(lane(), "urgent");
    assert_string_equal(desk_due("all"), "2026-03-04 17:00");
    desk_refused(moving("window", "urgent"), ERROR_ACTION_NOT_ALLOWED);
    assert_true(desk_give(moving("head", "green")));
    desk_refused(moving("window", NULL), ERROR_FORBIDDEN); /* it is the head's lane */
    assert_true(desk_give(moving("head", NULL)));
    assert_string_equal(lane(), "none");
    assert_string_equal(desk_due("all"), "2026-03-09 17:00");
    desk_act("window", "go");
    desk_refused(moving("head", "green"), ERROR_CASE_CLOSED);
}

static void
where_nothing_is_declared_nothing_can_be_set(void **state)
{
    (void)state;
    desk_define("'start': 'look', 'steps': {'look': {'by': 'window', 'actions': {'go': 'end'}},"
                " 'end': {'end': 'over'}}");
    desk_open("{}");
    desk_refused(labelling("window", "seen", NULL), ERROR_FORM_INVALID);
    desk_refused(moving("head", "green"), ERROR_FORM_INVALID);
    desk_refused(moving("head", NULL), ERROR_ACTION_NOT_ALLOWED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(effects_put_labels_on_and_take_them_off),
        TEST(clerks_label_without_raising_the_revision),
        TEST(some_labels_are_of_some_roles_and_none_of_applicants),
        TEST(a_case_comes_into_the_first_lane_that_takes_it_and_its_limit_is_of_that),
        TEST(who_may_moves_it_with_a_reason_and_limits_are_chosen_again),
        TEST(where_nothing_is_declared_nothing_can_be_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
