/* SPDX-License-Identifier: Apache-2.0 */
/* `signers`: an action that several persons take together (DESIGN 4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define REASON "{'required': ['reason']}"

static void
define(const char *signers)
{
    desk_define(arena_printf(
        &desk.arena,
        "'form': {'properties': {'note': {'type': 'string'}}}, 'start': 'a', 'steps': {"
        "'a': {'by': 'reviewer', 'actions': {'pass': {'to': 'b', 'signers': %s, 'input': " REASON
        ", 'do': [{'set': {'form.note': {'var': 'input.reason'}}}]}, 'drop': 'end', "
        "'stay': {'signers': {'count': 2}}}}, "
        "'b': {'by': 'reviewer', 'distinctFrom': ['a'], 'actions': {'done': 'end'}}, "
        "'end': {'end': 'over'}}",
        signers));
    desk_open("{}");
}

static struct command
signature(const char *who, const char *input)
{
    struct command cmd = desk_action(who, "pass", NULL);

    if (input)
        cmd.input = *desk_json(input);
    return cmd;
}

static void
signs(const char *who, const char *input)
{
    if (!desk_give(signature(who, input)))
        fail_msg("%s: %s", who, desk.e.detail);
}

static void
the_action_happens_with_the_last_signature(void **state)
{
    (void)state;
    define("{'count': 3}");
    signs("reviewer#wang", "{'reason': 'r'}");
    assert_string_equal(desk_steps(), "a");
    assert_int_equal(desk_facts(FACT_SIGNED), 1);
    assert_int_equal(desk_facts(FACT_ACTED), 0);
    signs("reviewer#li", NULL);
    assert_string_equal(desk_steps(), "a");
    signs("reviewer#zhao", NULL);
    assert_string_equal(desk_steps(), "b");
    assert_int_equal(desk_facts(FACT_SIGNED), 1);
    assert_int_equal(desk_facts(FACT_ACTED), 1);
    assert_string_equal(value_get_string(&desk.c->form, "note"), "r");
    assert_string_equal(desk_word("a.hands"), "[\"wang\",\"li\",\"zhao\"]");
}

static void
nobody_signs_twice_and_all_sign_the_same(void **state)
{
    (void)state;
    define("{'count': 2}");
    desk_refused(signature("reviewer#wang", NULL), ERROR_FORM_INVALID);
    signs("reviewer#wang", "{'reason': 'r'}");
    desk_refused(signature("reviewer#wang", NULL), ERROR_SAME_PERSON);
    desk_refused(signature("reviewer#li", "{'reason': 'other'}"), ERROR_FORM_INVALID);
    assert_string_equal(desk.e.pointer, "/input");
    signs("reviewer#li", "{'reason': 'r'}");
    assert_string_equal(desk_steps(), "b");
}

static void
each_role_signs_once_in_any_order_or_in_the_one_given(void **state)
{
    (void)state;
    define("{'roles': ['reviewer', 'head']}");
    signs("head#chen", "{'reason': 'r'}");
    desk_refused(signature("head#sun", NULL), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(signature("window#sun", NULL), ERROR_FORBIDDEN);
    signs("reviewer#wang", NULL);
    assert_string_equal(desk_steps(), "b");
    define("{'roles': ['reviewer', 'head'], 'order': 'given'}");
    desk_refused(signature("head#chen", "{'reason': 'r'}"), ERROR_ACTION_NOT_ALLOWED);
    signs("reviewer#wang", "{'reason': 'r'}");
    signs("head#chen", NULL);
    assert_string_equal(desk_steps(), "b");
}

static void
four_eyes_mean_all_who_signed(void **state)
{
    (void)state;
    define("{'count': 2}");
    signs("reviewer#wang", "{'reason': 'r'}");
    signs("reviewer#li", NULL);
    desk_refused(desk_action("reviewer#wang", "done", NULL), ERROR_SAME_PERSON);
    desk_refused(desk_action("reviewer#li", "done", NULL), ERROR_SAME_PERSON);
    desk_act("reviewer#zhao", "done");
    assert_string_equal(desk_steps(), "over");
}

static void
one_signature_is_taken_back_whatever_was_signed_since(void **state)
{
    (void)state;
    define("{'count': 3}");
    signs("reviewer#wang", "{'reason': 'r'}");
    signs("reviewer#li", NULL);
    desk_annul(2);
    assert_int_equal(desk.c->visit[0].n_signature, 1);
    assert_string_equal(desk.c->visit[0].signature[0].by, "li");
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    signs("reviewer#wang", NULL);
    signs("reviewer#zhao", NULL);
    assert_string_equal(desk_steps(), "b");
    assert_string_equal(value_get_string(&desk.c->form, "note"), "r");
    desk_refused(desk_annulment(3), ERROR_ANNUL_IMPOSSIBLE);
}

static void
what_the_last_signature_did_is_taken_back_with_it_alone(void **state)
{
    (void)state;
    define("{'count': 2}");
    signs("reviewer#wang", "{'reason': 'r'}");
    signs("reviewer#li", NULL);
    desk_annul(3);
    assert_string_equal(desk_steps(), "a");
    assert_int_equal(desk.c->visit[0].n_signature, 1);
    assert_string_equal(desk_word("a.hands"), "none");
    signs("reviewer#zhao", NULL);
    assert_string_equal(desk_word("a.hands"), "[\"wang\",\"zhao\"]");
}

static void
an_action_that_only_records_asks_for_new_signatures_each_time(void **state)
{
    (void)state;
    define("{'count': 2}");
    desk_act("reviewer#wang", "stay");
    desk_act("reviewer#li", "stay");
    assert_int_equal(desk_facts(FACT_ACTED), 1);
    assert_int_equal(desk.c->visit[0].n_signature, 0);
    desk_annul(3);
    assert_int_equal(desk.c->visit[0].n_signature, 1);
    desk_act("reviewer#zhao", "stay");
    desk_act("reviewer#wang", "stay");
    assert_int_equal(desk.c->visit[0].n_signature, 1);
}

static void
another_action_lets_the_signatures_go_with_the_step(void **state)
{
    (void)state;
    define("{'count': 2}");
    signs("reviewer#wang", "{'reason': 'r'}");
    desk_act("reviewer#li", "drop");
    assert_string_equal(desk_steps(), "over");
    desk_annul(3);
    assert_int_equal(desk.c->visit[0].n_signature, 1);
}

static void
a_signature_under_what_has_happened_is_not_that_under_what_is_signed_anew(void **state)
{
    (void)state;
    define("{'count': 2}");
    for (int i = 0; i < 3; i++) {
        struct command cmd = desk_action(i == 1 ? "reviewer#li" : "reviewer#wang", "stay", NULL);

        assert_true(desk_give(cmd));
    }
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    assert_int_equal(desk.c->visit[0].n_signature, 1);
    desk_annul(4);
    assert_int_equal(desk.c->visit[0].n_signature, 0);
}

static void
hold(const char *reason)
{
    struct command cmd = desk_command(COMMAND_HOLD, "head");

    cmd.step = "a";
    cmd.reason = reason;
    assert_true(desk_give(cmd));
}

static void
signing_ends_a_hold_and_what_is_taken_back_is_on_hold_again(void **state)
{
    (void)state;
    define("{'count': 2}");
    hold("r");
    signs("reviewer#wang", "{'reason': 'r'}");
    assert_null(desk.c->visit[0].hold);
    desk_annul(3);
    assert_string_equal(desk.c->visit[0].hold, "r");
    assert_int_equal(desk.c->visit[0].n_signature, 0);
    /* An action that only records, likewise. */
    desk_define("'start': 'a', 'steps': {'a': {'by': 'reviewer', 'actions': {'note': {}, 'go':"
                " 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    hold("s");
    desk_act("reviewer", "note");
    assert_null(desk.c->visit[0].hold);
    desk_annul(3);
    assert_string_equal(desk.c->visit[0].hold, "s");
    assert_int_equal(desk.c->visit[0].hold_since, desk.now);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_action_happens_with_the_last_signature),
        TEST(nobody_signs_twice_and_all_sign_the_same),
        TEST(each_role_signs_once_in_any_order_or_in_the_one_given),
        TEST(four_eyes_mean_all_who_signed),
        TEST(one_signature_is_taken_back_whatever_was_signed_since),
        TEST(what_the_last_signature_did_is_taken_back_with_it_alone),
        TEST(an_action_that_only_records_asks_for_new_signatures_each_time),
        TEST(another_action_lets_the_signatures_go_with_the_step),
        TEST(a_signature_under_what_has_happened_is_not_that_under_what_is_signed_anew),
        TEST(signing_ends_a_hold_and_what_is_taken_back_is_on_hold_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
