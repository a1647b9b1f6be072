/* SPDX-License-Identifier: Apache-2.0 */
/* Leaving outward: what is cancelled, and what was sent is taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define END "'end': {'end': 'over'}, 'gone': {'end': 'gone'}"

/*
 * Two branches: a tells tax, then asks fire within a stage with a timer, a
 * clock, a stop and a child case; b may call all of it off.
 */
static void
branches(const char *join)
{
    desk_define(arena_printf(
        &desk.arena,
        "'grounds': {'hold': {'command': true}}, 'withdraw': {'to': 'gone'}, 'start': 'p', 'steps':"
        " {'p': {'join': '%s', 'to': 'end', 'branches': {"
        "'a': {'start': 'tell', 'steps': {"
        "'tell': {'by': 'window', 'actions': {'tell': {'to': 'inner', 'do': ["
        "{'send': 'tax', 'data': 'one', 'undo': {'data': 'not one'}},"
        " {'send': 'tax', 'data': 'two', 'undo': {'send': 'fire', 'data': 'not two'}},"
        " {'send': 'tax', 'data': 'three'}]}}},"
        "'inner': {'start': 'ask', 'to': '$done', 'limit': '5 days', 'steps': {"
        "'ask': {'by': 'system:fire', 'limit': '3 days', 'after': {'4 days': {'to': '$done'}},"
        " 'undo': {'data': 'no question'}, 'actions': {'done': 'kids', 'on': 'kids'}},"
        "'kids': {'by': 'window', 'join': 'all', 'to': '$done', 'cases': {'workflow': 'kid',"
        " 'cascade': 'cancel'}}}}}},"
        "'b': {'start': 'look', 'steps': {'look': {'by': 'window', 'actions': {"
        "'pass': '$done', 'off': 'off'}}}}}},"
        "'off': {'by': 'window', 'awaits': 'undo', 'actions': {'end': 'end'}}, " END "}",
        join));
    desk_open("{}");
}

static const char *
sent(void)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < desk.out.n_message; i++) {
        const struct message *m = &desk.out.message[i];

        text_printf(&t, "%s%d %s", i ? ", " : "", m->number, m->system);
        if (m->undoes)
            text_printf(&t, " undoes %d", m->undoes);
        if (m->data.kind == VALUE_STRING)
            text_printf(&t, " %s", m->data.string);
    }
    return t.at;
}

/* What was left from outside, "visit branch", and the number of the last message there may be. */
static const char *
cancelled(void)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < desk.out.n_cancelled; i++) {
        const struct cancelled *x = &desk.out.cancelled[i];

        text_printf(&t, "%d%s%s, ", x->visit, x->branch ? " " : "", x->branch ? x->branch : "");
        assert_int_equal(x->record, desk.c->recorded);
        assert_int_equal(x->last, desk.out.cancelled[0].last);
    }
    text_printf(&t, "to %d", desk.out.cancelled[0].last);
    return t.at;
}

static struct command
undone(const char *from, int32_t message, const char *id)
{
    return desk_message(from, "undone", id, arena_printf(&desk.arena, "{'message': %d}", message));
}

static void
what_was_sent_is_taken_back_newest_first_before_the_next_step(void **state)
{
    (void)state;
    branches("all");
    desk_act("window", "tell");
    assert_string_equal(sent(), "1 tax one, 2 tax two, 3 tax three, 4 fire");
    desk_act("window", "off");
    assert_string_equal(sent(), "5 fire undoes 4 no question, 6 fire undoes 2 not two,"
                                " 7 tax undoes 1 not one");
    assert_int_equal(desk_facts(FACT_UNDONE), 3);
    assert_int_equal(desk.c->n_reversal, 0);
    assert_string_equal(desk_steps(), "off");
}

static void
a_region_that_is_left_as_it_should_be_takes_nothing_back(void **state)
{
    (void)state;
    branches("all");
    desk_act("window", "tell");
    desk_act("system:fire", "done");
    assert_int_equal(desk.out.n_message, 0);
    assert_int_equal(desk.c->n_reversal, 3);
    desk_act("window", "off"); /* and is of the branch until that is cancelled */
    assert_int_equal(desk.c->n_reversal, 0);
    assert_int_equal(desk_facts(FACT_UNDONE), 3);
}

static void
a_branch_that_a_join_cancels_is_taken_back_and_one_that_is_through_is_not(void **state)
{
    (void)state;
    branches("any");
    desk_act("window", "tell");
    desk_act("window", "pass");
    assert_string_equal(desk_steps(), "over");
    assert_int_equal(desk_facts(FACT_UNDONE), 3);
}

/* A message or timer of its own ends a stage before it is through, whatever is open in it then. */
static void
a_stage_that_is_broken_off_takes_back_all_that_was_sent_in_it(void **state)
{
    (void)state;
    for (int by_time = 0; by_time < 2; by_time++) {
        desk_define(
            "'start': 'g', 'steps': {'g': {'start': 'tell', 'to': 'end', 'on': {'stop': {'from':"
            " 'tax', 'to': 'off'}}, 'after': {'9 days': {'to': 'off'}}, 'steps': {"
            "'tell': {'by': 'window', 'actions': {'tell': {'to': 'p', 'do': ["
            "{'send': 'tax', 'data': 'one', 'undo': {'data': 'not one'}}]}}},"
            "'p': {'join': 'all', 'to': 'last', 'branches': {'a': {'start': 't', 'steps': {'t':"
            " {'by': 'window', 'actions': {'pay': {'to': '$done', 'do': [{'send': 'fire', 'data':"
            " 'paid', 'undo': {'data': 'refund'}}]}}}}}}},"
            "'last': {'by': 'window', 'actions': {'done': '$done'}}}},"
            "'off': {'by': 'window', 'awaits': 'undo', 'actions': {'end': 'end'}}, " END "}");
        desk_open("{}");
        desk_act("window", "tell");
        desk_act("window", "pay");
        assert_string_equal(desk_steps(), "g.last");
        assert_int_equal(desk.c->n_reversal, 2);
        if (by_time)
            desk_look("2026-03-20 10:00");
        else
            assert_true(desk_give(desk_message("system:tax", "stop", "t-1", NULL)));
        assert_string_equal(sent(), "3 fire undoes 2 refund, 4 tax undoes 1 not one");
        assert_string_equal(desk_steps(), "off");
    }
}

static void
a_withdrawal_takes_back_all_of_it(void **state)
{
    (void)state;
    branches("all");
    desk_act("window", "tell");
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    assert_string_equal(desk_steps(), "gone");
    assert_int_equal(desk_facts(FACT_UNDONE), 3);
}

/* Its step has been left as it should be, but the case it was sent in has not. */
static void
a_withdrawal_takes_back_what_earlier_steps_at_the_top_sent(void **state)
{
    (void)state;
    desk_define("'withdraw': {'to': 'gone'}, 'start': 'a', 'steps': {'a': {'by': 'window',"
                " 'actions': {'go': {'to': 'b', 'do': [{'send': 'tax', 'data': 'one', 'undo':"
                " {'data': 'not one'}}]}}}, 'b': {'by': 'window', 'actions': {'go': 'end'}},"
                " " END "}");
    desk_open("{}");
    desk_act("window", "go");
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    assert_string_equal(sent(), "2 tax undoes 1 not one");
    assert_string_equal(desk_steps(), "gone");
}

/* Nobody is in the step any more, so there is nothing to take back. */
static void
what_an_annulled_move_had_made_reversible_is_not(void **state)
{
    (void)state;
    desk_define("'withdraw': {'to': 'gone'}, 'start': 'a', 'steps': {'a': {'by': 'window',"
                " 'actions': {'go': 'b'}}, 'b': {'by': 'window', 'undo': {'send': 'tax', 'data':"
                " 'not b'}, 'actions': {'go': 'end'}}, " END "}");
    desk_open("{}");
    desk_act("window", "go");
    assert_int_equal(desk.c->n_reversal, 1);
    desk_annul(2);
    assert_int_equal(desk.c->n_reversal, 0);
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    assert_int_equal(desk.out.n_message, 0);
}

static void
a_step_that_awaits_them_stands_until_all_are_answered(void **state)
{
    struct command unsent = desk_command(COMMAND_RELAY, "engine");

    (void)state;
    branches("all");
    desk_act("window", "tell");
    desk_act("window", "off");
    desk_refused(desk_action("window", "end", NULL), ERROR_GUARD_FAILED);
    assert_true(desk_give(undone("system:fire", 5, "f-1")));
    assert_string_equal(letter_fate_name(desk.c->letter[0].fate), "taken");
    desk_refused(undone("system:fire", 5, "f-2"), ERROR_MESSAGE_UNKNOWN);
    assert_string_equal(desk.e.detail, "no message of this number to fire waits for this; 6 does");
    desk_refused(undone("system:tax", 6, "t-1"), ERROR_MESSAGE_UNKNOWN);
    assert_true(desk_give(undone("system:fire", 6, "f-3")));
    desk_refused(desk_action("window", "end", NULL), ERROR_GUARD_FAILED);
    unsent.action = "undone";
    unsent.number = 7;
    unsent.input = *desk_json("{}");
    assert_true(desk_give(unsent));
    desk_refused(unsent, ERROR_ACTION_NOT_ALLOWED);
    desk_act("window", "end");
    assert_string_equal(desk_steps(), "over");
}

/* Whether @v names one of the visits 1 … @last that are cancelled, anywhere in the state. */
static bool
names_live(const struct value *v, const char *key, int64_t first, int64_t last)
{
    if (v->kind == VALUE_INT)
        return (!strcmp(key, "visit") || !strcmp(key, "in")) && v->integer >= first &&
               v->integer <= last;
    if (v->kind == VALUE_ARRAY) {
        for (uint32_t i = 0; i < v->n; i++)
            if (names_live(&v->item[i], key, first, last))
                return true;
    } else if (v->kind == VALUE_OBJECT) {
        for (uint32_t i = 0; i < v->n; i++)
            if (names_live(&v->member[i].value, v->member[i].name, first, last))
                return true;
    }
    return false;
}

static void
t8_after_a_cancel_nothing_refers_to_a_live_token_of_the_branch(void **state)
{
    struct command claim = desk_command(COMMAND_CLAIM, "window");
    struct text state_only;
    int32_t last;
    uint32_t rows = 0;

    (void)state;
    branches("all");
    desk_act("window", "tell");
    desk_act("system:fire", "on"); /* now a child case is on its way */
    claim.step = "p.a.inner.kids";
    claim.until = desk.now + SPAN_HOUR;
    assert_true(desk_give(claim));
    desk_stop("p.a.inner.kids", "hold");
    assert_int_equal(desk.c->n_visit, 4);
    last = desk.c->last_visit;
    desk_act("window", "off");

    assert_int_equal(desk.c->n_visit, 1);
    assert_int_equal(desk.c->visit[0].id, last + 1);
    assert_int_equal(desk.c->n_branch + desk.c->n_stop + desk.c->n_reversal, 0);
    for (uint32_t i = 0; i < desk.c->n_clock; i++)
        assert_int_equal(desk.c->clock[i].visit, 0);
    assert_int_equal(desk.c->alarm, INSTANT_NONE);
    state_only = text_new(&desk.arena);
    case_write(&state_only, desk.w, desk.c);
    assert_false(names_live(desk_json(state_only.at), "", 1, last));
    /* one transition says all of it: rows of measurement, the child, what to drop, what to undo */
    for (uint32_t i = 0; i < desk.out.n_timing; i++)
        rows += desk.out.timing[i].cancelled;
    assert_int_equal(rows, 3);
    assert_int_equal(desk_facts(FACT_RECALLED), 1);
    assert_string_equal(cancelled(), "6, 4, 1, 1 p.a, 1 p.b, to 4");
    assert_int_equal(desk_facts(FACT_UNDONE), 3);
    for (uint32_t i = 0; i < desk.out.n_message; i++)
        assert_int_equal(desk.out.message[i].visit, 0);
}

/* Its message says where it was sent, also that of a decision or an end, in which nobody stays. */
static void
what_a_branch_had_sent_before_is_cancelled_with_it(void **state)
{
    struct text t;

    (void)state;
    desk_define("'start': 'p', 'steps': {'p': {'join': 'any', 'to': 'end', 'branches': {'a':"
                " {'start': 'tell', 'steps': {'tell': {'by': 'window', 'actions': {'tell': {'to':"
                " 'sort', 'do': [{'send': 'tax', 'data': 'one'}]}}}, 'sort': {'do': [{'send':"
                " 'tax', 'data': 'two'}], 'decide': [{'to': 'rest'}]}, 'rest': {'by': 'window',"
                " 'actions': {'done': '$done'}}}}, 'b': {'start': 't', 'steps': {'t': {'by':"
                " 'window', 'actions': {'done': {'to': '$done', 'do': [{'send': 'tax', 'data':"
                " 'three'}]}}}}}}}, " END "}");
    desk_open("{}");
    desk_act("window", "tell");
    t = text_new(&desk.arena);
    for (uint32_t i = 0; i < desk.out.n_message; i++)
        text_printf(&t, "%s in %d, ", desk.out.message[i].region,
                    desk.out.message[i].around[desk.out.message[i].n_around - 1]);
    assert_string_equal(t.at, "p.a in 1, p.a in 1, ");
    desk_act_in("window", "done", "p.b.t");
    assert_string_equal(desk.out.message[0].region, "p.b");
    assert_string_equal(cancelled(), "4, 1 p.a, to 3");
}

static void
a_withdrawal_cancels_what_was_sent_before_it_and_not_what_it_sends(void **state)
{
    (void)state;
    desk_define("'withdraw': {'to': 'lost'}, 'start': 'a',"
                " 'steps': {'a': {'by': 'window', 'actions': {'go': {'to': 'b', 'do': [{'send':"
                " 'tax', 'data': 'one'}]}}}, 'b': {'by': 'window', 'actions': {'go': 'end'}},"
                " 'lost': {'end': 'lost', 'do': [{'send': 'tax', 'data': 'two'}]}, " END "}");
    desk_open("{}");
    desk_act("window", "go");
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    assert_string_equal(sent(), "2 tax two");
    assert_int_equal(desk.out.cancelled[1].visit, 0);
    assert_int_equal(desk.out.cancelled[1].last, 1);
}

/* What a command of the shell says: messages that have never left the house. */
static void
what_was_dropped_is_a_fact_of_the_case(void **state)
{
    struct command dropped = desk_command(COMMAND_RELAY, "engine");

    (void)state;
    branches("any");
    desk_act("window", "tell");
    desk_act("window", "pass");
    dropped.action = "dropped";
    dropped.number = 3;
    dropped.input = *desk_json("{'messages': [3, 8]}");
    desk_refused(dropped, ERROR_ACTION_NOT_ALLOWED);
    dropped.input = *desk_json("{'messages': [3]}");
    assert_true(desk_give(dropped));
    assert_int_equal(desk_facts(FACT_DROPPED), 1);
    assert_int_equal(desk.out.record[0].fact[0].number, 3);
}

/* By the time the case hears of it, the record is taken back, and the message goes after all. */
static void
what_was_dropped_with_an_annulled_move_is_none(void **state)
{
    struct command dropped = desk_command(COMMAND_RELAY, "engine");

    (void)state;
    desk_define("'start': 's', 'steps': {'s': {'start': 'a', 'to': 'end', 'steps': {'a': {'by':"
                " 'window', 'actions': {'go': {'to': 'b', 'do': [{'send': 'tax'}]}}}, 'b': {'by':"
                " 'window', 'actions': {'out': 'c', 'go': '$done'}}}}, 'c': {'by': 'window',"
                " 'actions': {'go': 'end'}}, " END "}");
    desk_open("{}");
    desk_act("window", "go");
    desk_act("window", "out");
    assert_string_equal(cancelled(), "1, to 1");
    desk_annul(3);
    dropped.action = "dropped";
    dropped.number = 3;
    dropped.input = *desk_json("{'messages': [1]}");
    desk_refused(dropped, ERROR_ACTION_NOT_ALLOWED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_sent_is_taken_back_newest_first_before_the_next_step),
        TEST(a_region_that_is_left_as_it_should_be_takes_nothing_back),
        TEST(a_branch_that_a_join_cancels_is_taken_back_and_one_that_is_through_is_not),
        TEST(a_stage_that_is_broken_off_takes_back_all_that_was_sent_in_it),
        TEST(a_withdrawal_takes_back_all_of_it),
        TEST(a_withdrawal_takes_back_what_earlier_steps_at_the_top_sent),
        TEST(what_an_annulled_move_had_made_reversible_is_not),
        TEST(a_step_that_awaits_them_stands_until_all_are_answered),
        TEST(what_a_branch_had_sent_before_is_cancelled_with_it),
        TEST(a_withdrawal_cancels_what_was_sent_before_it_and_not_what_it_sends),
        TEST(what_was_dropped_is_a_fact_of_the_case),
        TEST(what_was_dropped_with_an_annulled_move_is_none),
        TEST(t8_after_a_cancel_nothing_refers_to_a_live_token_of_the_branch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
