/* SPDX-License-Identifier: Apache-2.0 */
/* Steps at somebody's discretion: beside what they run, what they hold up, how they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/history.h"
#include "machine/stands.h"
#include "tests/support/desk.h"

/*
 * A review under a clock of 5 working days.  Beside it a head may ask experts, for whom the clock
 * stands, and a reviewer may take notes, which move nothing.
 */
static void
review(const char *experts)
{
    desk_define(arena_printf(
        &desk.arena,
        "'grounds': {'experts': {}}, 'withdraw': {'to': 'gone'}, 'start': 'accept', 'clocks': "
        "{'promised': {'kind': 'promised', 'limit': '5 working days', 'from': 'opened'}}, 'steps': "
        "{"
        "'accept': {'by': 'window', 'actions': {'accept': 'review'}},"
        "'review': {'by': 'reviewer', 'limit': '3 working days',"
        " 'actions': {'approve': 'sign', 'refuse': 'refused'}},"
        "'experts': {'by': 'reviewer', 'department': 'panel', 'stops': {'ground': 'experts'},"
        " 'limit': '10 working days', 'optional': {'by': 'head', %s},"
        " 'actions': {'report': '$done', 'reject': 'refused'}},"
        "'notes': {'by': 'reviewer', 'optional': {'by': ['reviewer', 'applicant']},"
        " 'actions': {'close': '$done'}},"
        "'sign': {'by': 'head', 'actions': {'sign': 'end', 'back': 'review'}},"
        "'refused': {'end': 'refused'}, 'end': {'end': 'granted'}, 'gone': {'end': 'gone'}}",
        experts));
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_act("window", "accept");
}

static struct command
starting(const char *who, const char *step)
{
    struct command cmd = desk_command(COMMAND_START, who);

    cmd.step = step;
    return cmd;
}

static void
start(const char *who, const char *step)
{
    assert_true(desk_give(starting(who, step)));
}

static void
it_runs_beside_the_regions_step_and_goes_on_when_that_moves(void **state)
{
    (void)state;
    review("'most': 2");
    start("head", "experts");
    assert_string_equal(desk_steps(), "review, experts");
    desk_act("reviewer", "approve");
    assert_string_equal(desk_steps(), "experts, sign");
    desk_act_in("reviewer", "report", "experts");
    assert_string_equal(desk_steps(), "sign");
    assert_string_equal(desk_word("experts.visits"), "1");
}

static void
it_is_started_by_those_named_when_its_condition_holds_and_so_often(void **state)
{
    (void)state;
    review("'when': {'!==': [{'var': ['step.notes.visits', 0]}, 0]}, 'most': 2");
    desk_refused(starting("reviewer", "experts"), ERROR_FORBIDDEN);
    desk_refused(starting("head", "sign"), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(starting("head", "nothing"), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(starting("head", "experts"), ERROR_GUARD_FAILED);
    start("applicant", "notes");
    desk_refused(starting("applicant", "notes"), ERROR_ACTION_NOT_ALLOWED);
    for (int i = 0; i < 2; i++) {
        start("head", "experts");
        desk_act("reviewer", "report");
    }
    desk_refused(starting("head", "experts"), ERROR_ACTION_NOT_ALLOWED);
}

static void
what_may_be_started_is_told_to_those_who_may(void **state)
{
    const struct command head = desk_command(COMMAND_START, "head");
    struct startable *list;

    (void)state;
    review("'most': 2");
    assert_int_equal(machine_startable(desk.w, desk.c, &head.actor, &desk.arena, &list), 1);
    assert_string_equal(desk.w->step[list[0].step].path, "experts");
    assert_int_equal(list[0].started, 0);
    start("head", "experts");
    assert_int_equal(machine_startable(desk.w, desk.c, &head.actor, &desk.arena, &list), 0);
    assert_int_equal(machine_startable(desk.w, desk.c, NULL, &desk.arena, &list), 1);
    desk_act("reviewer", "refuse");
    assert_int_equal(machine_startable(desk.w, desk.c, NULL, &desk.arena, &list), 0);
}

static void
its_declared_stop_makes_all_beside_it_stand_and_its_department_holds_the_clock(void **state)
{
    struct command asking = desk_command(COMMAND_ANNUL, "supervisor");
    struct holdings held = {.n = 0};
    struct case_clock k;
    struct history h;

    (void)state;
    review("'most': 2");
    assert_string_equal(desk_due("promised"), "2026-03-09 17:00");
    desk_at("2026-03-03 10:00");
    start("head", "experts");
    assert_string_equal(desk_due("promised"), "none");
    assert_string_equal(desk_due("review"), "none");
    desk_at("2026-03-05 10:00");
    desk_act("reviewer", "report");
    assert_string_equal(desk_due("promised"), "2026-03-11 17:00");
    desk_history(&asking);
    assert_true(history_read(&desk.arena, desk.w, asking.history, asking.n_history, &h, &desk.e));
    k = *desk_clock("promised");
    history_course(&desk.arena, desk.w, &h, &k, desk.now, &held);
    assert_int_equal(held.n, 3);
    assert_string_equal(held.item[1].ground, "experts");
    assert_string_equal(held.item[1].holder[0], "panel");
    assert_int_equal(held.item[1].n_holder, 1);
}

static void
without_a_stop_it_moves_no_clock_around_it(void **state)
{
    const char *holder[4];

    (void)state;
    review("'most': 2");
    start("reviewer", "notes");
    assert_string_equal(desk_due("promised"), "2026-03-09 17:00");
    assert_int_equal(clock_holders(desk.w, desk.c, desk_clock("promised"), holder), 1);
    assert_string_equal(holder[0], "lead");
}

static void
leaving_the_region_cancels_it_and_leading_elsewhere_cancels_the_region(void **state)
{
    (void)state;
    review("'most': 2");
    start("head", "experts");
    start("reviewer", "notes");
    desk_act("reviewer", "reject");
    assert_string_equal(desk_steps(), "refused");
    assert_int_equal(desk.c->n_visit, 0);
    assert_int_equal(desk.out.n_cancelled, 2);

    review("'most': 2");
    start("head", "experts");
    desk_act("reviewer", "refuse");
    assert_string_equal(desk_steps(), "refused");
    assert_int_equal(desk.out.n_cancelled, 1);
    assert_true(desk_timing("experts")->cancelled);
}

static void
a_required_one_holds_up_what_people_do_but_neither_its_own_end_nor_a_withdrawal(void **state)
{
    (void)state;
    review("'required': true");
    start("head", "experts");
    desk_refused(desk_action("reviewer", "approve", NULL), ERROR_STEP_AWAITED);
    desk_refused(desk_action("reviewer", "refuse", NULL), ERROR_STEP_AWAITED);
    desk_act("reviewer", "report");
    desk_act("reviewer", "approve");

    review("'required': true");
    start("head", "experts");
    desk_act("reviewer", "reject");
    assert_string_equal(desk_steps(), "refused");

    review("'required': true");
    start("head", "experts");
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    assert_string_equal(desk_steps(), "gone");
}

static void
starting_is_taken_back_as_long_as_nobody_has_acted_in_it(void **state)
{
    (void)state;
    review("'most': 2");
    start("head", "experts");
    desk_annul(3);
    desk_refused(desk_annulment(4), ERROR_ANNUL_IMPOSSIBLE);
    assert_string_equal(desk_steps(), "review");
    assert_string_equal(desk_due("promised"), "2026-03-09 17:00");
    assert_string_equal(desk_word("experts.visits"), "none");
    start("head", "experts");
    desk_act("reviewer", "report");
    desk_refused(desk_annulment(5), ERROR_ANNUL_IMPOSSIBLE);
    desk_annul(6);
    assert_string_equal(desk_steps(), "review, experts");
}

/* Branches of a list, in each of them a stage beside which something may be started. */
static void
a_stage_in_a_branch_is_started_by_name_and_one_stop_does_not_reach_another_branch(void **state)
{
    (void)state;
    desk_define(
        "'form': {'type': 'object', 'required': ['who'], 'properties': {'who': {'type': 'array',"
        " 'uniqueItems': true, 'maxItems': 9, 'items': {'type': 'string'}}}}, 'grounds': {'test': "
        "{}},"
        " 'start': 'all', 'steps': {'all': {'foreach': {'var': 'form.who'}, 'as': 'one', 'join': "
        "'all',"
        " 'to': 'end', 'clocks': {'whole': {'kind': 'promised', 'limit': '9 working days', 'from':"
        " 'opened', 'stopsWhen': 'all'}}, 'branch': {'title': {'zh': '枝', 'en': 'Branch'}, "
        "'start': 'ask', 'steps': {"
        "'ask': {'by': 'window', 'actions': {'answer': '$done'}},"
        "'test': {'optional': {'by': 'window'}, 'stops': {'ground': 'test'}, 'start': 'take',"
        " 'to': '$done', 'steps': {'take': {'by': 'window', 'actions': {'on': 'read'}},"
        " 'read': {'by': 'window', 'actions': {'good': '$done', 'bad': 'over'}}}},"
        "'over': {'end': 'over'}}}}, 'end': {'end': 'done'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{'who': ['a', 'b']}");
    start("window", "all.a.test");
    assert_string_equal(desk_steps(), "all.a.ask, all.b.ask, all.a.test.take");
    assert_string_not_equal(desk_due("all:whole"), "none");
    start("window", "all.b.test");
    assert_string_equal(desk_due("all:whole"), "none");
    desk_act_in("window", "on", "all.a.test.take");
    desk_act_in("window", "good", "all.a.test.read");
    assert_string_equal(desk_steps(), "all.a.ask, all.b.ask, all.b.test.take");
    assert_string_not_equal(desk_due("all:whole"), "none");
    desk_act_in("window", "on", "all.b.test.take");
    desk_act_in("window", "bad", "all.b.test.read");
    assert_string_equal(desk_steps(), "all.a.ask");
    desk_act("window", "answer");
    assert_string_equal(desk_steps(), "done");
}

static void
a_decision_it_leads_to_may_leave_the_region(void **state)
{
    (void)state;
    desk_define("'start': 'p', 'steps': {'p': {'to': 'end', 'join': 'all', 'branches': {"
                "'b': {'start': 'a', 'steps': {'a': {'by': 'reviewer', 'actions': {'done':"
                " '$done'}}, 'ask': {'by': 'reviewer', 'optional': {'by': 'head'}, 'actions':"
                " {'enough': 'sort', 'close': '$done'}}, 'sort': {'decide': [{'to': '$done'}]}}},"
                "'c': {'start': 'a', 'steps': {'a': {'by': 'reviewer', 'actions': {'done':"
                " '$done'}}}}}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    start("head", "p.b.ask");
    desk_act_in("reviewer", "enough", "p.b.ask");
    assert_string_equal(desk_steps(), "p.c.a");
    assert_string_equal(desk_word("p.b.outcome"), "\"done\"");
    desk_act_in("reviewer", "done", "p.c.a");
    assert_string_equal(desk_steps(), "over");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_runs_beside_the_regions_step_and_goes_on_when_that_moves),
        TEST(it_is_started_by_those_named_when_its_condition_holds_and_so_often),
        TEST(what_may_be_started_is_told_to_those_who_may),
        TEST(its_declared_stop_makes_all_beside_it_stand_and_its_department_holds_the_clock),
        TEST(without_a_stop_it_moves_no_clock_around_it),
        TEST(leaving_the_region_cancels_it_and_leading_elsewhere_cancels_the_region),
        TEST(a_required_one_holds_up_what_people_do_but_neither_its_own_end_nor_a_withdrawal),
        TEST(starting_is_taken_back_as_long_as_nobody_has_acted_in_it),
        TEST(a_decision_it_leads_to_may_leave_the_region),
        TEST(a_stage_in_a_branch_is_started_by_name_and_one_stop_does_not_reach_another_branch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
