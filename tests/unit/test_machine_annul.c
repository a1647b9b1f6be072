/* SPDX-License-Identifier: Apache-2.0 */
/* Taking back the wrong click (DESIGN 6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define END "'end': {'end': 'over'}"

static void
workshop(void)
{
    desk_define(
        "'form': {'properties': {'n': {'type': 'integer'}}}, 'grounds': {'test': {'command': true},"
        " 'wait': {}}, 'clocks': {'c': {'kind': 'promised', 'from': 'began', 'to': 'finished',"
        " 'limit': '3 working days'}, 'whole': {'kind': 'promised', 'from': 'opened', 'limit':"
        " [{'when': {'===': [{'var': ['form.n', 0]}, 5]}, 'limit': '9 working days'}, {'limit':"
        " '6 working days'}], 'extension': {'limit': '1 working day', 'by': 'head'}}},"
        " 'withdraw': {'to': 'end'}, 'start': 't', 'steps': {'t': {'by': 'window', 'limit':"
        " '2 working days', 'after': {'5 working days': {'to': 'end'}}, 'actions': {'go': {'to':"
        " 'p', 'marks': ['began']}, 'note': {'do': [{'set': {'form.n': 5, 'case.k': 1}}]}, 'send':"
        " {'to': 'u', 'do': [{'send': 'tax'}]}, 'stage': 's', 'ask': 'w', 'close': 'end'}},"
        " 'w': {'by': 'applicant', 'stops': {'ground': 'wait'}, 'actions': {'back': 't'}},"
        " 's': {'start': 'x', 'to': 'u', 'steps': {'x': {'by': 'window', 'actions': {'done':"
        " '$done'}}}}, 'p': {'join': 'all', 'to': 'u', 'branches': {'a': {'start': 't', 'steps':"
        " {'t': {'by': 'window', 'limit': '1 hour', 'actions': {'done': '$done', 'note': {},"
        " 'out': 'u'}}}}, 'b': {'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'done':"
        " '$done', 'note': {}}}}}}}, 'u': {'by': 'window', 'actions': {'finish': {'to': 'end',"
        " 'marks': ['finished']}}}, " END "}");
    desk_open("{'n': 1}");
}

/* The state without what an annulment must change: counters, revisions, the list of annulled. */
static const char *
bare_state(void)
{
    static const char *const word[] = {"lastClock", "lastStop", "lastVisit", "moment",
                                       "recorded",  "revision", "steps"};
    struct text t = text_new(&desk.arena);
    struct value v, whole;

    case_write(&t, desk.w, desk.c);
    v = *desk_json(t.at);
    whole = value_with(&desk.arena, value_get(&v, "wholeCase"), "annulled", value_null());
    v = value_with(&desk.arena, &v, "wholeCase", whole);
    for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
        v = value_with(&desk.arena, &v, word[i], value_null());
    t = text_new(&desk.arena);
    value_write(&t, &v);
    value_write(&t, &desk.c->form);
    for (char *at = t.at; (at = strstr(at, "\"rev\":")) != NULL; at += 6)
        at[6] = '0';
    return t.at;
}

static void
the_step_its_clock_and_its_timers_go_on_as_if_it_had_never_been_left(void **state)
{
    const char *before;

    (void)state;
    workshop();
    before = bare_state();
    desk_at("2026-03-02 10:00");
    desk_act("window", "go");
    assert_string_equal(desk_due("c"), "2026-03-05 17:00");
    desk_at("2026-03-03 10:00");
    desk_annul(2);
    assert_string_equal(bare_state(), before);
    assert_int_equal(desk.out.annulled, 2);
    assert_int_equal(desk.out.n_timing, 0);
    assert_string_equal(desk_due("t"), "2026-03-04 17:00");
    assert_string_equal(desk_word("p.visits"), "none");
    assert_string_equal(desk_word("t.visits"), "1");
    assert_string_equal(desk_word("t.by"), "none");
    desk_act("window", "go");
    assert_string_equal(desk_word("p.visits"), "1");
    assert_string_equal(desk_due("c"), "2026-03-06 17:00");
}

static void
what_the_restored_step_missed_comes_due_at_once(void **state)
{
    (void)state;
    workshop();
    desk_act("window", "ask");
    desk_look("2026-03-30 09:00");
    desk_annul(2);
    desk_look("2026-03-30 09:01");
    assert_string_equal(desk_steps(), "over");
}

static void
what_was_set_is_set_back_and_the_limit_chosen_again(void **state)
{
    (void)state;
    workshop();
    desk_act("window", "note");
    assert_string_equal(desk_due("whole"), "2026-03-13 17:00");
    desk_annul(2);
    assert_int_equal(value_get(&desk.c->form, "n")->integer, 1);
    assert_null(value_get(&desk.c->vars, "k"));
    assert_string_equal(desk_due("whole"), "2026-03-10 17:00");
    assert_int_equal(desk_facts(FACT_LIMIT_CHOSEN), 1);
}

static void
a_branch_and_the_join_it_made_come_back(void **state)
{
    const char *before;

    (void)state;
    workshop();
    desk_act("window", "go");
    desk_act_in("window", "done", "p.a.t");
    before = bare_state();
    desk_act_in("window", "done", "p.b.t");
    assert_string_equal(desk_steps(), "u");
    desk_annul(4);
    assert_string_equal(bare_state(), before);
    assert_string_equal(desk_steps(), "p.b.t");
    assert_string_equal(desk_word("p.b.outcome"), "none");
    assert_string_equal(desk_word("p.a.outcome"), "\"done\"");
    desk_act_in("window", "done", "p.b.t");
    assert_string_equal(desk_steps(), "u");
}

static void
what_other_branches_did_meanwhile_stays(void **state)
{
    (void)state;
    workshop();
    desk_act("window", "go");
    desk_act_in("window", "done", "p.a.t");
    desk_act_in("window", "note", "p.b.t");
    desk_annul(3);
    assert_string_equal(desk_steps(), "p.a.t, p.b.t");
    assert_string_equal(desk_word("p.b.t.by"), "\"window\"");
    assert_string_equal(desk_word("p.a.outcome"), "none");
    desk_act_in("window", "done", "p.b.t");
    assert_string_equal(desk_steps(), "p.a.t");
}

static void
what_was_cancelled_by_leaving_outward_comes_back(void **state)
{
    const char *before;

    (void)state;
    workshop();
    desk_act("window", "go");
    before = bare_state();
    desk_at("2026-03-02 09:30");
    desk_act("window", "out");
    desk_annul(3);
    assert_string_equal(bare_state(), before);
    assert_string_equal(desk_due("p.a.t"), "2026-03-02 10:00");
}

static void
a_closed_case_is_open_again(void **state)
{
    (void)state;
    workshop();
    desk_act("window", "close");
    assert_int_equal(desk_clock("whole")->verdict, VERDICT_ON_TIME);
    desk_at("2026-03-04 10:00");
    desk_annul(2);
    assert_string_equal(desk_steps(), "t");
    assert_int_equal(desk_clock("whole")->verdict, VERDICT_OPEN);
    assert_string_equal(desk_due("whole"), "2026-03-10 17:00");
    desk_act("window", "close");
    assert_int_equal(desk_clock("whole")->ended, desk_moment("2026-03-04 10:00"));
}

static void
what_has_left_the_house_cannot_be_taken_back(void **state)
{
    (void)state;
    workshop();
    desk_act("window", "send");
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
}

static void
what_has_been_acted_on_since_cannot_be_taken_back(void **state)
{
    (void)state;
    workshop();
    desk_act("window", "go");
    desk_act_in("window", "note", "p.a.t");
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    desk_act_in("window", "done", "p.a.t");
    desk_act_in("window", "done", "p.b.t");
    desk_refused(desk_annulment(4), ERROR_ANNUL_IMPOSSIBLE);
    desk_refused(desk_annulment(3), ERROR_ANNUL_IMPOSSIBLE);
}

static void
only_the_last_action_of_a_step_is_taken_back(void **state)
{
    (void)state;
    workshop();
    desk_act("window", "go");
    desk_act_in("window", "note", "p.a.t");
    desk_act_in("window", "note", "p.a.t");
    desk_refused(desk_annulment(3), ERROR_ANNUL_IMPOSSIBLE);
    desk_annul(4);
}

static void
a_record_is_taken_back_once(void **state)
{
    (void)state;
    workshop();
    desk_act("window", "close");
    desk_annul(2);
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    desk_act("window", "close");
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    desk_annul(4);
    assert_string_equal(desk_steps(), "t");
}

static void
only_actions_are_taken_back(void **state)
{
    struct command cmd;

    (void)state;
    workshop();
    desk_refused(desk_annulment(1), ERROR_ANNUL_IMPOSSIBLE);
    desk_stop("t", "test");
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    desk_resume(1);
    desk_refused(desk_annulment(3), ERROR_ANNUL_IMPOSSIBLE);
    cmd = desk_command(COMMAND_EXTEND, "head");
    cmd.clock = "whole";
    cmd.document = "聊告字1号";
    assert_true(desk_give(cmd));
    desk_refused(desk_annulment(4), ERROR_ANNUL_IMPOSSIBLE);
    cmd = desk_command(COMMAND_CLAIM, "window");
    cmd.step = "t";
    cmd.until = desk.now + SPAN_HOUR;
    assert_true(desk_give(cmd));
    desk_refused(desk_annulment(5), ERROR_ANNUL_IMPOSSIBLE);
    cmd = desk_command(COMMAND_AMEND, "window");
    cmd.input = *desk_json("{'n': 5}");
    assert_true(desk_give(cmd));
    desk_refused(desk_annulment(6), ERROR_ANNUL_IMPOSSIBLE);
    desk_act("window", "note");
    desk_annul(7);
    desk_refused(desk_annulment(8), ERROR_ANNUL_IMPOSSIBLE);
    desk_look("2026-03-20 10:00");
    assert_string_equal(desk_steps(), "over");
    desk_refused(desk_annulment((int32_t)desk.c->recorded), ERROR_ANNUL_IMPOSSIBLE);
}

static void
annulling_needs_a_supervisor_a_reason_and_a_record(void **state)
{
    struct command cmd;

    (void)state;
    workshop();
    desk_act("window", "close");
    cmd = desk_annulment(2);
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd = desk_annulment(2);
    cmd.n_history = 0;
    desk_refused(cmd, ERROR_ANNUL_IMPOSSIBLE);
    cmd = desk_annulment(2);
    cmd.revision = 1;
    desk_refused(cmd, ERROR_STALE);
    cmd = desk_annulment(2);
    cmd.actor = desk_command(COMMAND_ANNUL, "window").actor;
    desk_refused(cmd, ERROR_FORBIDDEN);
}

static void
stops_of_the_restored_step_hold_again(void **state)
{
    (void)state;
    workshop();
    desk_stop("t", "test");
    assert_string_equal(desk_due("t"), "none");
    desk_act("window", "stage");
    assert_int_equal(desk.c->n_stop, 0);
    desk_annul(3);
    assert_int_equal(desk.c->n_stop, 1);
    assert_string_equal(desk_due("t"), "none");
    desk_at("2026-03-04 10:00");
    desk_resume(1);
    assert_string_equal(desk_due("t"), "2026-03-05 17:00");
}

/* Two branches under one clock; either can be stopped, or sent to the applicant. */
static void
branches(void)
{
    desk_define("'grounds': {'test': {'command': true}, 'wait': {}}, 'clocks': {'c': {'kind':"
                " 'promised', 'from': 'opened', 'limit': '5 working days'}}, 'start': 'p',"
                " 'steps': {'p': {'join': 'all', 'to': 'end', 'branches': {'a': {'start': 't',"
                " 'steps': {'t': {'by': 'window', 'actions': {'ask': 'w', 'done': '$done'}},"
                " 'w': {'by': 'applicant', 'stops': {'ground': 'wait'}, 'actions': {'back':"
                " 't'}}}}, 'b': {'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'done':"
                " '$done', 'ask': 'w'}}, 'w': {'by': 'applicant', 'stops': {'ground': 'wait'},"
                " 'actions': {'back': 't'}}}}}}, " END "}");
    desk_open("{}");
}

static void
a_clock_of_the_case_goes_on_as_if_the_step_had_never_been_left(void **state)
{
    (void)state;
    workshop();
    assert_string_equal(desk_due("whole"), "2026-03-10 17:00");
    desk_at("2026-03-03 10:00");
    desk_act("window", "ask");
    assert_string_equal(desk_due("whole"), "none");
    desk_at("2026-03-05 10:00");
    desk_annul(2);
    assert_string_equal(desk_due("whole"), "2026-03-10 17:00");
    assert_int_equal(desk_clock("whole")->n_stand, 0);
}

static void
a_clock_stands_again_from_the_moment_the_annulled_move_set_it_going(void **state)
{
    (void)state;
    workshop();
    desk_at("2026-03-03 10:00");
    desk_stop("t", "test");
    desk_at("2026-03-04 10:00");
    desk_act("window", "stage");
    assert_string_equal(desk_due("whole"), "2026-03-11 17:00");
    desk_at("2026-03-06 10:00");
    desk_annul(3);
    assert_string_equal(desk_due("whole"), "none");
    assert_int_equal(desk_clock("whole")->n_stand, 1);
    assert_int_equal(desk_clock("whole")->stand[0].from, desk_moment("2026-03-03 10:00"));
    desk_at("2026-03-06 16:00");
    desk_resume(1);
    assert_string_equal(desk_due("whole"), "2026-03-13 17:00");
}

static void
what_other_branches_said_meanwhile_counts(void **state)
{
    (void)state;
    branches();
    desk_at("2026-03-03 10:00");
    desk_act_in("window", "ask", "p.a.t");
    desk_at("2026-03-04 10:00");
    desk_act_in("window", "ask", "p.b.t");
    assert_string_equal(desk_due("c"), "none");
    desk_at("2026-03-05 10:00");
    desk_act_in("applicant", "back", "p.b.w");
    desk_act_in("window", "done", "p.b.t");
    assert_string_equal(desk_due("c"), "none");
    desk_at("2026-03-06 10:00");
    desk_annul(2);
    assert_int_equal(desk_clock("c")->n_stand, 0);
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
}

static void
a_clock_that_had_ended_has_stood_as_the_others_stood(void **state)
{
    (void)state;
    branches();
    desk_at("2026-03-03 10:00");
    desk_act_in("window", "ask", "p.b.t");
    desk_act_in("window", "done", "p.a.t");
    assert_string_equal(desk_due("c"), "none");
    desk_at("2026-03-05 10:00");
    desk_annul(3);
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
}

/* Two branches that mark and write the same. */
static void
two_of_one_mark(void)
{
    desk_define("'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'end', 'branches': {"
                "'a': {'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'seen': {'marks':"
                " 'seen'}, 'write': {'do': [{'set': {'case.k': 1}}]}}, 'after': {'9 days': {'to':"
                " '$done'}}}}},"
                "'b': {'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'seen': {'marks':"
                " 'seen'}, 'write': {'do': [{'set': {'case.k': 1}}]}}, 'after': {'9 days': {'to':"
                " '$done'}}}}}}}, " END "}");
    desk_open("{}");
}

static void
what_another_has_marked_or_written_again_is_not_taken_from_him(void **state)
{
    static const char *const action[] = {"seen", "write"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        two_of_one_mark();
        desk_act_in("window", action[i], "p.a.t");
        desk_act_in("window", action[i], "p.b.t");
        desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
        desk_annul(3);
        desk_annul(2);
        assert_string_equal(desk_steps(), "p.a.t, p.b.t");
    }
}

static void
a_start_of_what_was_left_at_once_is_taken_back(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'done': 'end'}},"
                " 'more': {'optional': {'by': 'window'}, 'start': 'sort', 'to': '$done', 'steps':"
                " {'sort': {'decide': [{'to': '$done'}]}}}, " END "}");
    desk_open("{}");
    cmd = desk_command(COMMAND_START, "window");
    cmd.step = "more";
    assert_true(desk_give(cmd));
    assert_string_equal(desk_steps(), "t");
    desk_refused(cmd, ERROR_ACTION_NOT_ALLOWED);
    desk_annul(2);
    assert_true(desk_give(cmd));
}

/* What comes back would have begun a clock with a mark that was set while it was left. */
static void
a_stay_whose_clock_a_mark_would_have_begun_since_does_not_come_back(void **state)
{
    (void)state;
    desk_define("'start': 's', 'steps': {'s': {'start': 't', 'to': 'u', 'clocks': {'own': {'kind':"
                " 'promised', 'from': 'asked', 'limit': '2 days'}}, 'steps': {'t': {'by':"
                " 'window', 'actions': {'ask': {'marks': 'asked'}, 'done': '$done'}}}}, 'u': {"
                "'by': 'window', 'actions': {'done': 'end'}}, 'o': {'optional': {'by': 'head'},"
                " 'by': 'window', 'marks': 'asked', 'actions': {'close': '$done'}},"
                " 'end': {'end': 'over'}}");
    desk_open("{}");
    desk_act_in("window", "done", "s.t");
    desk_refused(desk_annulment(1), ERROR_ANNUL_IMPOSSIBLE);
    assert_true(desk_give((struct command){.kind = COMMAND_START,
                                           .actor = desk_command(COMMAND_START, "head").actor,
                                           .step = "o",
                                           .revision = -1}));
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    assert_non_null(strstr(desk.e.detail, "s:own"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_step_its_clock_and_its_timers_go_on_as_if_it_had_never_been_left),
        TEST(what_the_restored_step_missed_comes_due_at_once),
        TEST(what_was_set_is_set_back_and_the_limit_chosen_again),
        TEST(a_branch_and_the_join_it_made_come_back),
        TEST(what_other_branches_did_meanwhile_stays),
        TEST(what_was_cancelled_by_leaving_outward_comes_back),
        TEST(a_closed_case_is_open_again),
        TEST(what_has_left_the_house_cannot_be_taken_back),
        TEST(what_has_been_acted_on_since_cannot_be_taken_back),
        TEST(only_the_last_action_of_a_step_is_taken_back),
        TEST(a_record_is_taken_back_once),
        TEST(only_actions_are_taken_back),
        TEST(annulling_needs_a_supervisor_a_reason_and_a_record),
        TEST(stops_of_the_restored_step_hold_again),
        TEST(a_clock_of_the_case_goes_on_as_if_the_step_had_never_been_left),
        TEST(a_clock_stands_again_from_the_moment_the_annulled_move_set_it_going),
        TEST(what_other_branches_said_meanwhile_counts),
        TEST(a_clock_that_had_ended_has_stood_as_the_others_stood),
        TEST(what_another_has_marked_or_written_again_is_not_taken_from_him),
        TEST(a_start_of_what_was_left_at_once_is_taken_back),
        TEST(a_stay_whose_clock_a_mark_would_have_begun_since_does_not_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
