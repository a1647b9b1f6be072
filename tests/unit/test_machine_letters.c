/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from outside: early, late, twice, unknown, and what a person makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define END "'end': {'end': 'over'}, 'lapsed': {'end': 'lapsed'}"

/* Accepted at the window, then a step that takes two messages, then the signature. */
static void
one_inquiry(void)
{
    desk_define(
        "'form': {'properties': {'n': {'type': 'integer', 'minimum': 0}}}, 'start': 'a',"
        " 'steps': {'a': {'by': 'window', 'actions': {'on': 'ask', 'off': 'end'}},"
        " 'ask': {'wait': {}, 'after': {'5 days': {'to': 'lapsed'}}, 'on': {"
        "'answer': {'from': 'fire', 'to': 'sign', 'input': {'required': ['n'], 'properties':"
        " {'n': {'type': 'integer'}}}, 'when': {'>': [{'var': 'input.n'}, 0]},"
        " 'expires': '2 days', 'marks': 'answered',"
        " 'do': [{'set': {'form.n': {'var': 'input.n'}}}]},"
        " 'note': {'from': 'fire'}}},"
        " 'sign': {'by': 'head', 'actions': {'sign': 'end', 'again': 'ask'}}, " END "}");
    desk_open("{'n': 1}");
}

static void
an_open_step_takes_a_message_at_once(void **state)
{
    (void)state;
    one_inquiry();
    desk_act("window", "on");
    desk_say("answer", "f-1", "{'n': 7}");
    assert_string_equal(desk_steps(), "sign");
    assert_string_equal(desk_fate(1), "taken");
    assert_int_equal(value_get(&desk.c->form, "n")->integer, 7);
    assert_int_equal(desk.out.letter, 1);
    assert_int_equal(desk.out.n_record, 1);
    assert_string_equal(desk.out.record[0].actor, "fire");
    assert_int_equal(desk.c->revision, 3);
}

static void
an_early_message_waits_for_its_step_and_is_taken_with_a_record_of_its_own(void **state)
{
    (void)state;
    one_inquiry();
    desk_say("answer", "f-1", "{'n': 7}");
    assert_string_equal(desk_fate(1), "early");
    assert_string_equal(desk_steps(), "a");
    assert_int_equal(desk.c->revision, 1);
    desk_act("window", "on");
    assert_string_equal(desk_steps(), "sign");
    assert_string_equal(desk_fate(1), "taken");
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.record[1].kind, COMMAND_MESSAGE);
    assert_string_equal(desk.out.record[1].actor, "fire");
    assert_int_equal(desk.c->letter[0].data.kind, VALUE_NULL);
}

static void
an_early_message_expires(void **state)
{
    (void)state;
    one_inquiry();
    desk_say("answer", "f-1", "{'n': 7}");
    assert_int_equal(desk.c->alarm, desk_moment("2026-03-05 00:00"));
    desk_look("2026-03-05 00:00:01");
    assert_string_equal(desk_fate(1), "expired");
    desk_act("window", "on");
    assert_string_equal(desk_steps(), "ask");
}

/* It has not expired, but nobody takes it any more: a person must see it. */
static void
a_kept_message_is_late_when_its_steps_are_left(void **state)
{
    (void)state;
    one_inquiry();
    desk_act("window", "on");
    desk_say("answer", "f-1", "{'n': 0}");
    assert_string_equal(desk_fate(1), "early");
    desk_say("answer", "f-2", "{'n': 1}");
    assert_string_equal(desk_steps(), "sign");
    assert_string_equal(desk_fate(2), "taken");
    assert_string_equal(desk_fate(1), "late");
    assert_int_equal(desk.out.n_record, 2);
    desk_act("head", "again");
    assert_string_equal(desk_steps(), "ask");
    assert_string_equal(desk_fate(1), "late");
}

/* Though another message may come before the step. */
static void
the_answer_of_a_step_that_takes_messages_is_not_early(void **state)
{
    (void)state;
    desk_define("'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'on': 'ask', 'off':"
                " 'end'}}, 'ask': {'by': 'system:fire', 'on': {'note': {'from': 'fire'}},"
                " 'actions': {'done': 'end'}}, " END "}");
    desk_open("{}");
    desk_say("done", "f-1", NULL);
    assert_string_equal(desk_fate(1), "late");
    desk_say("note", "f-2", NULL);
    assert_string_equal(desk_fate(2), "early");
    desk_act("window", "on");
    assert_string_equal(desk_steps(), "ask");
    assert_string_equal(desk_fate(1), "late");
    assert_string_equal(desk_fate(2), "taken");
}

static void
a_message_whose_condition_does_not_hold_is_kept(void **state)
{
    (void)state;
    one_inquiry();
    desk_act("window", "on");
    desk_say("answer", "f-1", "{'n': 0}");
    assert_string_equal(desk_fate(1), "early");
    assert_string_equal(desk_steps(), "ask");
    desk_say("answer", "f-2", "{'n': 2}");
    assert_string_equal(desk_steps(), "sign");
}

static void
a_late_message_is_kept_and_a_person_decides(void **state)
{
    struct command settle;

    (void)state;
    one_inquiry();
    desk_act("window", "on");
    desk_say("answer", "f-1", "{'n': 7}");
    desk_say("answer", "f-2", "{'n': 8}");
    assert_string_equal(desk_fate(2), "late");
    assert_string_equal(desk_steps(), "sign");
    settle = desk_command(COMMAND_SETTLE, "window");
    settle.number = 2;
    desk_refused(settle, ERROR_FORBIDDEN);
    settle = desk_command(COMMAND_SETTLE, "head");
    settle.number = 3;
    desk_refused(settle, ERROR_NOT_FOUND);
    settle.number = 1;
    desk_refused(settle, ERROR_MESSAGE_SETTLED);
    settle.number = 2;
    settle.reason = NULL;
    desk_refused(settle, ERROR_REASON_MISSING);
    settle.reason = "重复来函";
    settle.step = "ask";
    desk_refused(settle, ERROR_STEP_NOT_OPEN);
    settle.step = NULL;
    assert_true(desk_give(settle));
    assert_string_equal(desk_fate(2), "filed");
    assert_string_equal(desk.c->letter[1].why, "重复来函");
}

static void
a_person_may_hand_a_late_message_to_an_open_step(void **state)
{
    struct command settle;

    (void)state;
    one_inquiry();
    desk_act("window", "on");
    desk_say("answer", "f-1", "{'n': 7}");
    desk_say("answer", "f-2", "{'n': 8}");
    desk_act("head", "again");
    assert_string_equal(desk_steps(), "ask"); /* what is late is not taken by itself */
    settle = desk_command(COMMAND_SETTLE, "head");
    settle.number = 2;
    settle.step = "ask";
    assert_true(desk_give(settle));
    assert_string_equal(desk_fate(2), "taken");
    assert_string_equal(desk_steps(), "sign");
    assert_int_equal(value_get(&desk.c->form, "n")->integer, 8);
}

static void
the_same_message_gets_the_first_answer_and_leaves_no_trace(void **state)
{
    const char *was;

    (void)state;
    one_inquiry();
    desk_act("window", "on");
    desk_say("note", "f-1", NULL);
    was = arena_strdup(&desk.arena, desk_state());
    desk_say("note", "f-1", NULL);
    assert_int_equal(desk.out.letter, 1);
    assert_int_equal(desk.out.n_record, 0);
    assert_string_equal(desk_state(), was);
}

static void
an_unknown_message_is_refused_with_the_reason(void **state)
{
    struct command cmd;

    (void)state;
    one_inquiry();
    desk_refused(desk_message("system:tax", "answer", "t-1", NULL), ERROR_MESSAGE_UNKNOWN);
    desk_refused(desk_message("system:fire", "reply", "f-1", NULL), ERROR_MESSAGE_UNKNOWN);
    desk_refused(desk_message("system:fire", "answer", "f-1", "{'n': 'x'}"), ERROR_FORM_INVALID);
    desk_refused(desk_message("system:fire", "note", "f-1", "{'n': 1}"), ERROR_FORM_INVALID);
    cmd = desk_message("system:fire", "note", "f-1", NULL);
    cmd.step = "nowhere";
    desk_refused(cmd, ERROR_MESSAGE_UNKNOWN);
    cmd.step = "sign";
    desk_refused(cmd, ERROR_MESSAGE_UNKNOWN);
    cmd.step = NULL;
    cmd.visit = 9;
    desk_refused(cmd, ERROR_MESSAGE_UNKNOWN);
    desk_refused(desk_command(COMMAND_MESSAGE, "window"), ERROR_FORBIDDEN);
}

static void
a_message_for_a_stay_that_is_over_is_late(void **state)
{
    struct command cmd;

    (void)state;
    one_inquiry();
    desk_act("window", "on");
    desk_say("answer", "f-1", "{'n': 7}");
    desk_act("head", "again");
    cmd = desk_message("system:fire", "answer", "f-2", "{'n': 8}");
    cmd.visit = 2;
    assert_true(desk_give(cmd));
    assert_string_equal(desk_fate(2), "late");
    cmd.message = "f-3";
    cmd.visit = 4;
    assert_true(desk_give(cmd));
    assert_string_equal(desk_fate(3), "taken");
}

static void
a_closed_case_keeps_what_comes_late(void **state)
{
    (void)state;
    one_inquiry();
    desk_say("answer", "f-1", "{'n': 7}");
    desk_act("window", "off");
    assert_string_equal(desk_fate(1), "late");
    desk_say("note", "f-2", NULL);
    assert_string_equal(desk_fate(2), "late");
    assert_string_equal(desk_steps(), "over");
}

static void
a_kept_message_that_cannot_be_taken_does_not_stop_the_clerk(void **state)
{
    (void)state;
    desk_define("'form': {'properties': {'n': {'type': 'integer', 'maximum': 9}}}, 'start': 'a',"
                " 'steps': {'a': {'by': 'window', 'actions': {'on': 'b'}}, 'b': {'by': 'window',"
                " 'actions': {'done': 'end'}, 'on': {'m': {'from': 'fire', 'to': 'end', 'input':"
                " {'required': ['n'], 'properties': {'n': {'type': 'integer'}}},"
                " 'do': [{'set': {'form.n': {'var': 'input.n'}}}]}}}, " END "}");
    desk_open("{'n': 1}");
    desk_say("m", "f-1", "{'n': 10}");
    desk_act("window", "on");
    assert_string_equal(desk_steps(), "b");
    assert_string_equal(desk_fate(1), "late");
    assert_int_equal(value_get(&desk.c->form, "n")->integer, 1);
    desk_refused(desk_message("system:fire", "m", "f-2", "{'n': 10}"), ERROR_FORM_INVALID);
}

static void
the_answer_of_a_systems_own_step_is_its_action(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'on': 'b'}},"
                " 'b': {'by': 'system:fire', 'actions': {'done': 'c', 'no': 'end'}},"
                " 'c': {'by': 'window', 'actions': {'back': 'b'}}, " END "}");
    desk_open("{}");
    desk_say("done", "f-0", NULL);
    assert_string_equal(desk_fate(1), "late"); /* nobody had asked */
    desk_act("window", "on");
    cmd = desk_message("system:fire", "done", "f-1", NULL);
    cmd.visit = 2;
    assert_true(desk_give(cmd));
    assert_string_equal(desk_steps(), "c");
    cmd.message = "f-2";
    assert_true(desk_give(cmd));
    assert_string_equal(desk_fate(3), "late");
}

static void
a_record_with_a_message_cannot_be_annulled(void **state)
{
    (void)state;
    one_inquiry();
    desk_act("window", "on");
    desk_say("note", "f-1", NULL);
    desk_refused(desk_annulment(3), ERROR_ANNUL_IMPOSSIBLE);
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE); /* the step has been acted in since */
}

/* Every order of the messages, each twice: the same end, or a letter that says it came too late. */
static void
play_order(const int *order, const char *const *name, int n)
{
    bool late = false;

    desk_open("{}");
    for (int i = 0; i < n; i++)
        for (int twice = 0; twice < 2; twice++) {
            desk_say(name[order[i]], name[order[i]], NULL);
            if (i + 1 < n && twice)
                desk_say(name[order[0]], name[order[0]], NULL); /* and once more, long after */
        }
    desk_look("2026-03-02 09:00:01");
    assert_int_equal(desk.c->n_letter, n);
    for (int i = 1; i <= n; i++) {
        late = late || !strcmp(desk_fate(i), "late");
        assert_string_not_equal(desk_fate(i), "early");
    }
    if (strcmp(desk_steps(), "over") != 0)
        assert_true(late);
}

static void
permute(int *order, int k, int n, const char *definition, const char *const *name)
{
    if (k == n) {
        desk_define(definition);
        play_order(order, name, n);
        return;
    }
    for (int i = k; i < n; i++) {
        const int was = order[k];

        order[k] = order[i];
        order[i] = was;
        permute(order, k + 1, n, definition, name);
        order[i] = order[k];
        order[k] = was;
    }
}

static void
t9_shuffled_and_doubled_messages_give_the_same_final_state_or_say_that_they_are_late(void **state)
{
    static const char *const in_line[] = {"one", "two", "three", "four"};
    static const char *const with_cut[] = {"one", "two", "cut"};
    int order[] = {0, 1, 2, 3};

    (void)state;
    permute(order, 0, 4,
            "'start': 'a', 'steps': {'a': {'wait': {}, 'on': {'one': {'from': 'fire', 'to': 'p'}}},"
            " 'p': {'join': 'all', 'to': 'd', 'branches': {"
            "'b': {'start': 'w', 'steps': {'w': {'wait': {}, 'on': {'two': {'from': 'fire', 'to':"
            " '$done'}}}}},"
            "'c': {'start': 'w', 'steps': {'w': {'wait': {}, 'on': {'three': {'from': 'fire', 'to':"
            " '$done'}}}}}}},"
            " 'd': {'wait': {}, 'on': {'four': {'from': 'fire', 'to': 'end'}}}, " END "}",
            in_line);
    /* "cut" leaves the first step another way: what then comes too late says so. */
    permute(order, 0, 3,
            "'start': 'a', 'steps': {'a': {'wait': {}, 'on': {'one': {'from': 'fire', 'to': 'b'},"
            " 'cut': {'from': 'fire', 'to': 'lapsed'}}},"
            " 'b': {'wait': {}, 'on': {'two': {'from': 'fire', 'to': 'end'}}}, " END "}",
            with_cut);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_open_step_takes_a_message_at_once),
        TEST(an_early_message_waits_for_its_step_and_is_taken_with_a_record_of_its_own),
        TEST(an_early_message_expires),
        TEST(a_message_whose_condition_does_not_hold_is_kept),
        TEST(a_late_message_is_kept_and_a_person_decides),
        TEST(a_person_may_hand_a_late_message_to_an_open_step),
        TEST(the_same_message_gets_the_first_answer_and_leaves_no_trace),
        TEST(an_unknown_message_is_refused_with_the_reason),
        TEST(a_message_for_a_stay_that_is_over_is_late),
        TEST(a_closed_case_keeps_what_comes_late),
        TEST(a_kept_message_that_cannot_be_taken_does_not_stop_the_clerk),
        TEST(the_answer_of_a_systems_own_step_is_its_action),
        TEST(a_kept_message_is_late_when_its_steps_are_left),
        TEST(the_answer_of_a_step_that_takes_messages_is_not_early),
        TEST(a_record_with_a_message_cannot_be_annulled),
        TEST(t9_shuffled_and_doubled_messages_give_the_same_final_state_or_say_that_they_are_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
