/* SPDX-License-Identifier: Apache-2.0 */
/* How a case moves: regions, joins, ends, marks, visits (DESIGN 4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/desk.h"

/* A branch of one task t, done, good or bad. */
#define BRANCH                                                                                     \
    "{'start': 't', 'steps': {"                                                                    \
    "'t': {'by': 'window', "                                                                       \
    "'actions': {'done': '$done', 'good': 'good', 'bad': 'bad', 'out': 'out'}}, "                  \
    "'good': {'end': 'good'}, 'bad': {'end': 'bad'}}}"

static void
parallel(const char *join, const char *more)
{
    desk_define(arena_printf(
        &desk.arena,
        "'start': 'p', 'steps': {'p': {'join': %s, 'to': 'after', %s 'branches': {'a': " BRANCH
        ", 'b': " BRANCH ", 'c': " BRANCH "}}, "
        "'after': {'by': 'window', 'actions': {'end': 'end'}}, "
        "'out': {'by': 'window', 'actions': {'again': 'p'}}, "
        "'else': {'by': 'window', 'actions': {'end': 'end'}}, 'end': {'end': 'over'}}",
        join, more));
    desk_open("{}");
    assert_string_equal(desk_steps(), "p.a.t, p.b.t, p.c.t");
}

static void
all_waits_for_every_branch_however_it_ended(void **state)
{
    (void)state;
    parallel("'all'", "");
    desk_act_in("window", "good", "p.b.t");
    assert_string_equal(desk_steps(), "p.a.t, p.c.t");
    assert_string_equal(desk_word("p.b.outcome"), "\"good\"");
    desk_act_in("window", "bad", "p.a.t");
    desk_act_in("window", "done", "p.c.t");
    assert_string_equal(desk_steps(), "after");
    assert_string_equal(desk_word("p.c.outcome"), "\"done\"");
}

static void
any_cancels_the_other_branches(void **state)
{
    (void)state;
    parallel("'any'", "");
    desk_act_in("window", "bad", "p.b.t");
    assert_string_equal(desk_steps(), "after");
    assert_string_equal(desk_word("p.a.outcome"), "\"cancelled\"");
    assert_true(desk_timing("p.a.t")->cancelled);
    assert_int_equal(desk_timing("p.a.t")->verdict, VERDICT_CANCELLED);
    assert_null(desk_timing("p.a.t")->by);
    assert_false(desk_timing("p.b.t")->cancelled);
    assert_string_equal(desk_timing("p.b.t")->by, "window");
    assert_false(desk_timing("p")->cancelled);
}

static void
a_count_waits_for_branches_with_that_outcome(void **state)
{
    (void)state;
    parallel("{'count': 2, 'of': 'good'}", "'else': 'else',");
    desk_act_in("window", "good", "p.a.t");
    desk_act_in("window", "bad", "p.b.t");
    assert_string_equal(desk_steps(), "p.c.t");
    desk_act_in("window", "good", "p.c.t");
    assert_string_equal(desk_steps(), "after");
}

static void
a_join_out_of_reach_goes_else_at_once(void **state)
{
    (void)state;
    parallel("{'count': 2, 'of': 'good'}", "'else': 'else',");
    desk_act_in("window", "bad", "p.a.t");
    desk_act_in("window", "done", "p.b.t");
    assert_string_equal(desk_steps(), "else");
    assert_string_equal(desk_word("p.c.outcome"), "\"cancelled\"");
}

static void
a_join_out_of_reach_without_else_is_a_fault_of_the_definition(void **state)
{
    (void)state;
    parallel("{'count': 3, 'of': 'good'}", "");
    desk_refused(desk_action("window", "bad", "p.a.t"), ERROR_DEFINITION_FAULT);
}

static void
leaving_outward_cancels_everything_inside(void **state)
{
    (void)state;
    parallel("'all'", "");
    desk_act_in("window", "good", "p.a.t");
    desk_act_in("window", "out", "p.b.t");
    assert_string_equal(desk_steps(), "out");
    assert_int_equal(desk.c->n_branch, 0);
    assert_string_equal(desk_word("p.a.outcome"), "\"good\"");
    assert_string_equal(desk_word("p.b.outcome"), "\"cancelled\"");
    assert_string_equal(desk_word("p.c.outcome"), "\"cancelled\"");
    assert_true(desk_timing("p")->cancelled);
    assert_false(desk_timing("p.b.t")->cancelled);
}

static void
a_branch_entered_again_has_no_outcome_yet(void **state)
{
    (void)state;
    parallel("'all'", "");
    desk_act_in("window", "good", "p.a.t");
    desk_act_in("window", "out", "p.b.t");
    desk_act("window", "again");
    assert_string_equal(desk_steps(), "p.a.t, p.b.t, p.c.t");
    assert_string_equal(desk_word("p.a.outcome"), "none");
    assert_string_equal(desk_word("p.a.t.visits"), "2");
    assert_string_equal(desk_word("p.visits"), "2");
}

static void
conditions_of_branches_are_decided_once_and_count_is_over_those_entered(void **state)
{
    (void)state;
    desk_define("'form': {'required': ['two'], 'properties': {'two': {'type': 'boolean'}}}, "
                "'start': 'p', 'steps': {'p': {'join': {'count': 3}, "
                "'to': 'end', 'branches': {'a': " BRANCH
                ", 'b': {'when': {'var': 'form.two'}, 'start': 't', 'steps': {"
                "'t': {'by': 'window', 'actions': {'done': '$done'}}}}, 'c': " BRANCH
                "}}, 'out': {'by': 'window', 'actions': {'end': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{'two': false}");
    assert_string_equal(desk_steps(), "p.a.t, p.c.t");
    desk_act_in("window", "good", "p.a.t");
    assert_string_equal(desk_steps(), "p.c.t");
    desk_act_in("window", "bad", "p.c.t");
    assert_string_equal(desk_steps(), "over");
}

static void
a_parallel_step_without_branches_is_left_at_once(void **state)
{
    (void)state;
    desk_define("'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'next', "
                "'branches': {'a': {'when': false, 'start': 't', 'steps': {"
                "'t': {'by': 'window', 'actions': {'done': '$done'}}}}}}, "
                "'next': {'by': 'window', 'actions': {'end': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    assert_string_equal(desk_steps(), "next");
    assert_int_equal(desk_timing("p")->ended, desk.now);
}

static void
a_join_satisfied_while_branches_are_entered_enters_no_more(void **state)
{
    (void)state;
    desk_define("'start': 'p', 'steps': {'p': {'join': 'any', 'to': 'next', "
                "'branches': {'a': {'start': 't', 'steps': {"
                "'t': {'by': 'window', 'actions': {'done': '$done'}}}}, "
                "'b': {'start': 'e', 'steps': {'e': {'end': 'quick'}}}, "
                "'c': {'start': 't', 'steps': {"
                "'t': {'by': 'window', 'actions': {'done': '$done'}}}}}}, "
                "'next': {'by': 'window', 'actions': {'again': 'p', 'end': 'end'}}, "
                "'end': {'end': 'over'}}");
    desk_open("{}");
    assert_string_equal(desk_steps(), "next");
    assert_string_equal(desk_word("p.a.outcome"), "\"cancelled\"");
    assert_string_equal(desk_word("p.c.outcome"), "\"cancelled\"");
    assert_string_equal(desk_word("p.a.t.visits"), "1");
    assert_string_equal(desk_word("p.c.t.visits"), "none");
    desk_act("window", "again");
    assert_string_equal(desk_steps(), "next");
}

static void
an_end_finishes_the_innermost_branch_and_the_stages_in_it(void **state)
{
    (void)state;
    desk_define("'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'end', "
                "'branches': {'a': {'start': 's', 'steps': {"
                "'s': {'start': 't', 'to': 'more', 'steps': {"
                "'t': {'by': 'window', 'actions': {'stop': 'stop', 'done': '$done'}}, "
                "'stop': {'end': 'stopped'}}}, "
                "'more': {'by': 'window', 'actions': {'done': '$done'}}}}, "
                "'b': {'start': 't', 'steps': {"
                "'t': {'by': 'window', 'actions': {'done': '$done'}}}}}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    desk_act("window", "stop");
    assert_string_equal(desk_steps(), "p.b.t");
    assert_string_equal(desk_word("p.a.outcome"), "\"stopped\"");
    assert_false(desk_timing("p.a.s")->cancelled);
}

static void
an_end_inside_a_stage_closes_the_case_where_there_is_no_branch(void **state)
{
    (void)state;
    desk_define("'start': 's', 'steps': {'s': {'start': 'r', 'to': 'end', 'steps': {"
                "'r': {'start': 't', 'to': '$done', 'steps': {"
                "'t': {'by': 'window', 'actions': {'refuse': 'no', 'pass': '$done'}}, "
                "'no': {'end': 'refused'}}}}}, 'end': {'end': 'granted'}}");
    desk_open("{}");
    desk_act("window", "refuse");
    assert_string_equal(desk_steps(), "refused");
    assert_int_equal(desk.c->n_visit, 0);
    assert_int_equal(desk.out.n_timing, 3);
}

static void
done_leaves_the_stage_and_goes_where_it_leads(void **state)
{
    (void)state;
    desk_define("'start': 's', 'steps': {'s': {'start': 'r', 'to': 'end', 'steps': {"
                "'r': {'start': 't', 'to': '$done', 'steps': {"
                "'t': {'by': 'window', 'actions': {'pass': '$done'}}}}}}, "
                "'end': {'end': 'granted'}}");
    desk_open("{}");
    desk_act("window", "pass");
    assert_string_equal(desk_steps(), "granted");
}

static void
a_branch_may_hold_a_parallel_step_of_its_own(void **state)
{
    (void)state;
    desk_define("'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'end', "
                "'branches': {'a': {'start': 'q', 'steps': {"
                "'q': {'join': 'any', 'to': '$done', 'branches': {"
                "'x': {'start': 't', 'steps': {"
                "'t': {'by': 'window', 'actions': {'done': '$done', 'up': 'u'}}}}, "
                "'y': {'start': 't', 'steps': {"
                "'t': {'by': 'window', 'actions': {'done': '$done'}}}}}}, "
                "'u': {'by': 'window', 'actions': {'done': '$done'}}}}, "
                "'b': {'start': 't', 'steps': {"
                "'t': {'by': 'window', 'actions': {'done': '$done'}}}}}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    desk_act_in("window", "done", "p.a.q.y.t");
    assert_string_equal(desk_steps(), "p.b.t");
    assert_string_equal(desk_word("p.a.outcome"), "\"done\"");
    assert_string_equal(desk_word("p.a.q.x.outcome"), "\"cancelled\"");
    desk_act("window", "done");
    assert_string_equal(desk_steps(), "over");
}

static void
a_mark_keeps_the_first_time_it_was_set(void **state)
{
    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'window', "
                "'actions': {'m': {'marks': 'seen'}, 'end': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    desk_act("window", "m");
    desk_at("2026-03-02 10:00");
    desk_act("window", "m");
    assert_int_equal(desk.c->mark[workflow_mark(desk.w, "seen")], desk_moment("2026-03-02 09:00"));
}

static void
decisions_follow_at_once_and_the_first_arm_that_holds_is_taken(void **state)
{
    (void)state;
    desk_define("'form': {'required': ['n'], 'properties': {'n': {'type': 'integer'}}}, "
                "'start': 'd', 'steps': {'d': {'decide': ["
                "{'when': {'<': [{'var': 'form.n'}, 2]}, 'to': 'one'}, "
                "{'when': {'<': [{'var': 'form.n'}, 3]}, 'to': 'two'}, {'to': 'd2'}]}, "
                "'d2': {'decide': [{'to': 'three'}]}, 'one': {'end': 'one'}, "
                "'two': {'end': 'two'}, 'three': {'end': 'three'}}");
    desk_open("{'n': 1}");
    assert_string_equal(desk_steps(), "one");
    desk.c = case_new(&desk.arena, desk.w);
    desk.n_record = 0;
    desk_open("{'n': 7}");
    assert_string_equal(desk_steps(), "three");
    assert_int_equal(desk_facts(FACT_DECIDED), 2);
}

static void
what_never_comes_to_rest_is_a_fault_of_the_definition(void **state)
{
    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'go': 'a', "
                "'end': 'end'}}, 'a': {'decide': [{'to': 'b'}]}, "
                "'b': {'decide': [{'to': 'a'}]}, 'end': {'end': 'over'}}");
    desk_open("{}");
    desk_refused(desk_action("window", "go", NULL), ERROR_DEFINITION_FAULT);
    desk_act("window", "end");
}

static void
messages_are_numbered_and_name_the_step_that_waits(void **state)
{
    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'go': {'to': 's', "
                "'do': [{'send': 'seal', 'data': {'var': 'form.n'}}]}}}, "
                "'s': {'by': 'system:tax', 'actions': {'done': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{'n': 5}");
    desk_act("window", "go");
    assert_int_equal(desk.out.n_message, 2);
    assert_string_equal(desk.out.message[0].system, "seal");
    assert_string_equal(desk.out.message[0].step, "t");
    assert_int_equal(desk.out.message[0].data.integer, 5);
    assert_string_equal(desk.out.message[1].system, "tax");
    assert_string_equal(desk.out.message[1].step, "s");
    assert_int_equal(desk.out.message[1].number, 2);
    desk_act("system:tax", "done");
    assert_string_equal(desk_steps(), "over");
}

static void
the_data_of_a_message_may_be_an_object_of_named_expressions(void **state)
{
    struct text t = text_new(&desk.arena);

    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'go': {'to': 'end', "
                "'do': [{'send': 'seal', 'data': {'n': {'var': 'form.n'}, 'more': {'+': [{'var':"
                " 'form.n'}, 1]}, 'by': {'var': 'actor.id'}, 'kind': 'plain'}}]}}}, "
                "'end': {'end': 'over'}}");
    desk_open("{'n': 5}");
    desk_act("window", "go");
    value_write(&t, &desk.out.message[0].data);
    assert_string_equal(t.at, "{\"by\":\"window\",\"kind\":\"plain\",\"more\":6,\"n\":5}");
}

static void
a_department_holds_for_the_steps_inside_that_name_none(void **state)
{
    (void)state;
    desk_define(
        "'start': 's', 'steps': {'s': {'start': 'p', 'department': 'fire', 'to': 'end',"
        " 'steps': {'p': {'join': 'all', 'to': '$done', 'branches': {"
        "'a': {'start': 't', 'steps': {'t': {'by': 'reviewer', 'actions': {'a': '$done'}}}},"
        "'b': {'start': 't', 'steps': {'t': {'by': 'reviewer', 'department': 'water',"
        " 'actions': {'b': '$done'}}}}}}}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    desk_refused(desk_action("reviewer@water", "a", NULL), ERROR_FORBIDDEN);
    desk_act("reviewer@fire", "a");
    assert_string_equal(desk_timing("s.p.a.t")->department, "fire");
    desk_act("reviewer@water", "b");
    assert_string_equal(desk_timing("s.p.b.t")->department, "water");
    assert_string_equal(desk_timing("s.p")->department, "fire");
    assert_string_equal(desk_steps(), "over");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_waits_for_every_branch_however_it_ended),
        TEST(any_cancels_the_other_branches),
        TEST(a_count_waits_for_branches_with_that_outcome),
        TEST(a_join_out_of_reach_goes_else_at_once),
        TEST(a_join_out_of_reach_without_else_is_a_fault_of_the_definition),
        TEST(leaving_outward_cancels_everything_inside),
        TEST(a_branch_entered_again_has_no_outcome_yet),
        TEST(conditions_of_branches_are_decided_once_and_count_is_over_those_entered),
        TEST(a_parallel_step_without_branches_is_left_at_once),
        TEST(a_join_satisfied_while_branches_are_entered_enters_no_more),
        TEST(an_end_finishes_the_innermost_branch_and_the_stages_in_it),
        TEST(an_end_inside_a_stage_closes_the_case_where_there_is_no_branch),
        TEST(done_leaves_the_stage_and_goes_where_it_leads),
        TEST(a_branch_may_hold_a_parallel_step_of_its_own),
        TEST(a_mark_keeps_the_first_time_it_was_set),
        TEST(decisions_follow_at_once_and_the_first_arm_that_holds_is_taken),
        TEST(what_never_comes_to_rest_is_a_fault_of_the_definition),
        TEST(messages_are_numbered_and_name_the_step_that_waits),
        TEST(the_data_of_a_message_may_be_an_object_of_named_expressions),
        TEST(a_department_holds_for_the_steps_inside_that_name_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
