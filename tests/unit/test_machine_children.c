/* SPDX-License-Identifier: Apache-2.0 */
/* Child cases: asked for, heard of, joined, tried again, recalled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define END "'end': {'end': 'over'}, 'bad': {'end': 'bad'}, 'gone': {'end': 'gone'}"

/* A list of shops; each becomes a case of workflow `shop`. */
static void
chain(const char *rest)
{
    desk_define(arena_printf(
        &desk.arena,
        "'form': {'required': ['owner', 'shops'], 'properties': {'owner': {'type': 'string'},"
        " 'shops': {'type': 'array', 'items': {'type': 'object'}}}}, 'withdraw': {'to': 'gone'},"
        " 'start': 'open', 'steps': {'open': {'by': 'registrar', 'to': 'end', 'cases': {"
        "'workflow': 'shop', 'each': 'form.shops', 'form': {'owner': {'var': 'form.owner'}} "
        "%s}," END "}",
        rest));
}

static const char shops[] =
    "{'owner': 'A', 'shops': [{'name': 'x'}, {'name': 'y'}, {'name': 'z'}]}";

static void
finished(int32_t child, const char *outcome)
{
    assert_true(desk_give(
        desk_relay("concluded", child, arena_printf(&desk.arena, "{'outcome': '%s'}", outcome))));
}

static const char *
said(uint32_t i)
{
    struct text t = text_new(&desk.arena);
    const struct relay *x = &desk.out.relay[i];

    value_write(&t, &x->value);
    return arena_printf(&desk.arena, "%lld %s %d %s", (long long)x->case_id, x->what, x->child,
                        t.at);
}

static void
a_step_asks_for_a_case_of_each_element_with_its_form(void **state)
{
    (void)state;
    chain("}, 'join': 'all'");
    desk_open(shops);
    assert_int_equal(desk.out.n_relay, 3);
    assert_string_equal(said(0), "0 open 1 {\"name\":\"x\",\"owner\":\"A\"}");
    assert_string_equal(said(2), "0 open 3 {\"name\":\"z\",\"owner\":\"A\"}");
    assert_string_equal(desk.out.relay[0].workflow, "shop");
    assert_string_equal(desk_word("open.entered"), "3");
    assert_string_equal(desk_steps(), "open");
}

static void
all_have_ended_and_the_step_is_left(void **state)
{
    (void)state;
    chain("}, 'join': 'all'");
    desk_open(shops);
    desk_born(1);
    finished(1, "done");
    finished(3, "refused"); /* before it was heard that it is there */
    desk_born(3);
    assert_string_equal(desk_word("open.ended"), "2");
    assert_string_equal(desk_steps(), "open");
    finished(2, "done");
    assert_string_equal(desk_steps(), "over");
    assert_int_equal(desk.out.n_relay, 0);
}

static void
no_element_no_case_and_the_step_is_left_at_once(void **state)
{
    (void)state;
    chain("}, 'join': 'all'");
    desk_open("{'owner': 'A', 'shops': []}");
    assert_string_equal(desk_steps(), "over");
}

static void
what_a_child_says_twice_or_too_late_is_refused(void **state)
{
    (void)state;
    chain("}, 'join': 'all'");
    desk_open(shops);
    desk_born(1);
    desk_refused(desk_relay("born", 1, "{'id': 101, 'number': 'C-1'}"), ERROR_ACTION_NOT_ALLOWED);
    finished(1, "done");
    desk_refused(desk_relay("concluded", 1, "{'outcome': 'done'}"), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(desk_relay("concluded", 9, "{'outcome': 'done'}"), ERROR_ACTION_NOT_ALLOWED);
}

static void
a_count_of_an_outcome_joins_or_goes_else(void **state)
{
    (void)state;
    chain("}, 'join': {'count': 2, 'of': 'done'}, 'else': 'bad'");
    desk_open(shops);
    finished(2, "done");
    finished(3, "done");
    assert_string_equal(desk_steps(), "over");
    chain("}, 'join': {'count': 2, 'of': 'done'}, 'else': 'bad'");
    desk_open(shops);
    finished(1, "failed");
    finished(2, "failed");
    assert_string_equal(desk_steps(), "bad");
}

static void
one_that_failed_is_tried_again_and_partial_failure_is_an_outcome(void **state)
{
    struct command retry = desk_command(COMMAND_RETRY, "registrar");

    (void)state;
    chain("}, 'join': {'count': 200, 'of': 'done'}, 'actions': {'settle': {'to': 'bad', 'when':"
          " {'===': [{'var': 'step.open.ended'}, {'var': 'step.open.entered'}]}}}");
    desk_open(shops);
    finished(1, "done");
    finished(2, "failed");
    desk_refused(desk_action("registrar", "settle", NULL), ERROR_GUARD_FAILED);
    retry.number = 1;
    desk_refused(retry, ERROR_ACTION_NOT_ALLOWED);
    retry.number = 3;
    desk_refused(retry, ERROR_ACTION_NOT_ALLOWED);
    retry.number = 2;
    retry.actor = desk_command(COMMAND_RETRY, "window").actor;
    desk_refused(retry, ERROR_FORBIDDEN);
    retry.actor = desk_command(COMMAND_RETRY, "registrar").actor;
    assert_true(desk_give(retry));
    assert_string_equal(said(0), "0 open 4 {\"name\":\"y\",\"owner\":\"A\"}");
    assert_string_equal(desk_word("open.entered"), "3");
    desk_refused(desk_relay("concluded", 2, "{'outcome': 'done'}"), ERROR_ACTION_NOT_ALLOWED);
    finished(4, "failed");
    finished(3, "done");
    assert_string_equal(desk_steps(), "open"); /* it cannot be joined any more: a person decides */
    assert_string_equal(desk_word("open.counted"), "2");
    desk_act("registrar", "settle");
    assert_string_equal(desk_steps(), "bad");
}

static void
leaving_recalls_those_that_run_where_the_cascade_says_so(void **state)
{
    (void)state;
    chain(", 'cascade': 'withdraw'}, 'join': 'all'");
    desk_open(shops);
    desk_born(1);
    desk_born(2);
    finished(2, "done");
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    assert_string_equal(desk_steps(), "gone");
    assert_int_equal(desk.out.n_relay, 1);
    assert_string_equal(said(0), "101 withdraw 1 {}");
    desk_born(3); /* it was on its way: as soon as it is there it is told, too */
    assert_string_equal(said(0), "103 withdraw 3 {}");
    chain(", 'cascade': 'cancel'}, 'join': 'all'");
    desk_open(shops);
    desk_born(1);
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    assert_int_equal(desk.out.n_relay, 0);
    chain(", 'cascade': ['cancel']}, 'join': 'any'");
    desk_open(shops);
    desk_born(1);
    desk_born(2);
    finished(2, "done");
    assert_string_equal(desk_steps(), "over");
    assert_string_equal(said(0), "101 withdraw 1 {}");
}

/* What the step that follows sets counts, as after an action. */
static void
the_end_of_a_child_chooses_limits_again(void **state)
{
    (void)state;
    desk_define("'form': {'required': ['n'], 'properties': {'n': {'type': 'integer'}}}, 'clocks':"
                " {'c': {'kind': 'statutory', 'from': 'opened', 'limit': [{'when': {'===': [{'var':"
                " 'form.n'}, 1]}, 'limit': '1 working day'}, {'limit': '5 working days'}]}},"
                " 'start': 'open', 'steps': {'open': {'by': 'registrar', 'to': 'next', 'join':"
                " 'all', 'cases': {'workflow': 'shop'}}, 'next': {'by': 'window', 'do': [{'set':"
                " {'form.n': 1}}], 'actions': {'go': 'end'}}, " END "}");
    desk_open("{'n': 2}");
    finished(1, "done");
    assert_string_equal(desk_steps(), "next");
    assert_string_equal(desk_due("c"), "2026-03-03 17:00");
}

/* The two messages may come in either order. */
static void
a_child_that_has_ended_is_not_recalled(void **state)
{
    (void)state;
    chain(", 'cascade': 'withdraw'}, 'join': 'all'");
    desk_open(shops);
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    finished(1, "done");
    desk_born(1);
    assert_int_equal(desk.out.n_relay, 0);
    desk_born(2);
    assert_string_equal(said(0), "102 withdraw 2 {}");
}

static void
a_child_tells_its_parent_that_it_is_there_and_how_it_ended(void **state)
{
    const struct opening o = {.number = "C-7",
                              .district = "371502",
                              .applicant_kind = "enterprise",
                              .parent = {.case_id = 42, .case_number = "P-1", .child = 7}};
    struct command open = desk_command(COMMAND_OPEN, "window");

    (void)state;
    desk_define("'withdraw': {'to': 'gone'}, 'start': 'a', 'steps': {'a': {'by': 'window',"
                " 'actions': {'go': 'end'}}, " END "}");
    open.opening = &o;
    open.input = *desk_json("{}");
    assert_true(desk_give(open));
    assert_string_equal(said(0), "42 born 7 {\"id\":0,\"number\":\"C-7\"}");
    desk_act("window", "go");
    assert_string_equal(said(0),
                        "42 concluded 7 {\"id\":0,\"number\":\"C-7\",\"outcome\":\"over\"}");
    desk_refused(desk_relay("withdraw", 7, "{}"), ERROR_CASE_CLOSED);
}

static void
a_child_that_is_not_wanted_any_more_goes_as_if_withdrawn(void **state)
{
    const struct opening o = {.number = "C-7",
                              .district = "371502",
                              .applicant_kind = "enterprise",
                              .parent = {.case_id = 42, .case_number = "P-1", .child = 7}};
    struct command open = desk_command(COMMAND_OPEN, "window");

    (void)state;
    desk_define("'withdraw': {'to': 'gone'}, 'start': 'a', 'steps': {'a': {'by': 'window',"
                " 'actions': {'go': 'end'}}, " END "}");
    open.opening = &o;
    open.input = *desk_json("{}");
    assert_true(desk_give(open));
    assert_true(desk_give(desk_relay("withdraw", 7, "{}")));
    assert_string_equal(desk_steps(), "gone");
    assert_string_equal(said(0),
                        "42 concluded 7 {\"id\":0,\"number\":\"C-7\",\"outcome\":\"gone\"}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_step_asks_for_a_case_of_each_element_with_its_form),
        TEST(all_have_ended_and_the_step_is_left),
        TEST(no_element_no_case_and_the_step_is_left_at_once),
        TEST(what_a_child_says_twice_or_too_late_is_refused),
        TEST(a_count_of_an_outcome_joins_or_goes_else),
        TEST(one_that_failed_is_tried_again_and_partial_failure_is_an_outcome),
        TEST(leaving_recalls_those_that_run_where_the_cascade_says_so),
        TEST(the_end_of_a_child_chooses_limits_again),
        TEST(a_child_that_has_ended_is_not_recalled),
        TEST(a_child_tells_its_parent_that_it_is_there_and_how_it_ended),
        TEST(a_child_that_is_not_wanted_any_more_goes_as_if_withdrawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
