/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks of cases, stages and steps: when they run, stand, come due and end (DESIGN 5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define GROUNDS "'grounds': {'test': {'command': true}, 'hear': {'command': true}, 'wait': {}}, "
#define END     "'end': {'end': 'over'}"

/* Two branches of one task each, of two departments, under one case clock. */
static void
two_branches(const char *clock)
{
    desk_define(arena_printf(
        &desk.arena,
        GROUNDS "'clocks': {'c': {'kind': 'promised', 'limit': '5 working days', 'from':"
                " 'opened'%s}}, 'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'end',"
                " 'branches': {"
                "'a': {'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'done': '$done',"
                " 'ask': 'w'}}, 'w': {'by': 'applicant', 'stops': {'ground': 'wait'}, 'actions':"
                " {'back': 't'}}}},"
                "'b': {'start': 't', 'steps': {'t': {'by': 'window', 'department': 'other',"
                " 'actions': {'done': '$done'}}}}}}, " END "}",
        clock));
    desk_open("{}");
}

static void
the_start_day_is_not_counted_and_the_last_day_ends_at_closing_time(void **state)
{
    (void)state;
    two_branches("");
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    assert_int_equal(desk.c->alarm, desk_moment("2026-03-09 17:00"));
}

static void
a_clock_stands_when_all_active_steps_stand(void **state)
{
    (void)state;
    two_branches("");
    desk_at("2026-03-03 10:00");
    desk_stop("p.a.t", "test");
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    desk_at("2026-03-04 10:00");
    desk_stop("p.b.t", "hear");
    assert_string_equal(desk_due("c"), "none");
    assert_int_equal(desk.c->alarm, INSTANT_NONE);
    assert_string_equal(desk_clock("c")->stand[0].ground, "test");
    desk_at("2026-03-05 10:00");
    desk_resume(1);
    assert_string_equal(desk_due("c"), "2026-03-10 17:00");
}

static void
with_any_one_standing_step_makes_it_stand(void **state)
{
    (void)state;
    two_branches(", 'stopsWhen': 'any'");
    desk_at("2026-03-03 10:00");
    desk_stop("p.a.t", "test");
    assert_string_equal(desk_due("c"), "none");
    desk_at("2026-03-04 10:00");
    desk_act_in("window", "done", "p.a.t");
    assert_string_equal(desk_due("c"), "2026-03-10 17:00");
}

static void
with_lead_only_the_steps_of_the_lead_count(void **state)
{
    (void)state;
    two_branches(", 'stopsWhen': 'lead'");
    desk_stop("p.b.t", "test");
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    desk_stop("p.a.t", "test");
    assert_string_equal(desk_due("c"), "none");
    desk_resume(2);
    desk_act_in("window", "done", "p.a.t");
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
}

static void
only_the_regions_it_is_over_drive_a_clock(void **state)
{
    (void)state;
    two_branches(", 'over': ['p.b']");
    desk_stop("p.a.t", "test");
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    desk_stop("p.b.t", "test");
    assert_string_equal(desk_due("c"), "none");
}

static void
over_a_parallel_step_means_over_its_branches(void **state)
{
    (void)state;
    two_branches(", 'over': ['p']");
    desk_stop("p.a.t", "test");
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    desk_stop("p.b.t", "test");
    assert_string_equal(desk_due("c"), "none");
}

static void
stops_of_one_step_are_a_union(void **state)
{
    (void)state;
    two_branches(", 'over': ['p.a']");
    desk_at("2026-03-03 10:00");
    desk_stop("p.a.t", "test");
    desk_at("2026-03-04 09:00");
    desk_stop("p.a.t", "hear");
    desk_at("2026-03-05 10:00");
    desk_resume(1);
    assert_string_equal(desk_due("c"), "none");
    desk_at("2026-03-06 10:00");
    desk_resume(2);
    assert_string_equal(desk_due("c"), "2026-03-12 17:00");
    assert_int_equal(desk_clock("c")->n_stand, 2);
}

static void
a_declared_stop_holds_as_long_as_its_step(void **state)
{
    (void)state;
    two_branches(", 'over': ['p.a']");
    desk_at("2026-03-03 10:00");
    desk_act("window", "ask");
    assert_string_equal(desk_due("c"), "none");
    desk_at("2026-03-04 10:00");
    desk_act("applicant", "back");
    assert_string_equal(desk_due("c"), "2026-03-10 17:00");
    assert_int_equal(desk.c->n_stop, 0);
    assert_int_equal(desk_timing("p.a.w")->n_stand, 1);
}

static void
the_epoch_rises_only_when_the_due_date_moves(void **state)
{
    (void)state;
    two_branches(", 'over': ['p.a']");
    assert_int_equal(desk_clock("c")->epoch, 1);
    desk_at("2026-03-03 10:00");
    desk_stop("p.a.t", "test");
    desk_at("2026-03-03 15:00");
    desk_resume(1);
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    assert_int_equal(desk_clock("c")->epoch, 1);
    desk_stop("p.a.t", "test");
    desk_at("2026-03-04 10:00");
    desk_resume(2);
    assert_int_equal(desk_clock("c")->epoch, 2);
}

static void
a_late_card_is_issued_once(void **state)
{
    (void)state;
    two_branches(", 'over': ['p.a']");
    desk_look("2026-03-09 17:00");
    assert_int_equal(desk_facts(FACT_LATE), 0);
    desk_look("2026-03-09 17:01");
    assert_int_equal(desk_facts(FACT_LATE), 1);
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-09 17:00"));
    assert_true(desk_clock("c")->late);
    /* Standing after the date changes nothing: it was due before. */
    desk_stop("p.a.t", "test");
    desk_at("2026-03-12 10:00");
    desk_resume(1);
    desk_look("2026-03-20 10:00");
    assert_int_equal(desk_facts(FACT_LATE), 0);
}

/* A stage with a limit and clocks between marks, which can be left outward. */
static void
stage(void)
{
    desk_define(GROUNDS
                "'clocks': {'c': {'kind': 'promised', 'limit': '2 working days', 'from': 'started',"
                " 'to': 'finished'}}, 'start': 's', 'steps': {'s': {'start': 't', 'to': 'u',"
                " 'limit': '3 working days', 'clocks': {'m': {'kind': 'promised', 'limit':"
                " '1 working day', 'from': 'seen', 'to': 'told'}, 'n': {'kind': 'promised',"
                " 'limit': '1 working day', 'from': 'opened', 'to': 'told'}}, 'steps': {"
                "'t': {'by': 'window', 'limit': '20 minutes', 'actions': {'next': 'v', 'see':"
                " {'marks': ['seen']}, 'tell': {'marks': 'told'}, 'begin': {'marks': ['started']},"
                " 'finish': {'marks': ['finished']}, 'out': 'u', 'pass': '$done'}}, 'v': {'by':"
                " 'window', 'actions': {'back': 't', 'out': 'u'}}}}, 'u': {'by': 'window',"
                " 'actions': {'done': 'end', 'again': 's'}}, " END "}");
    desk_open("{}");
}

static void
a_step_clock_lives_for_one_visit(void **state)
{
    (void)state;
    stage();
    assert_string_equal(desk_due("s.t"), "2026-03-02 09:20");
    desk_at("2026-03-02 09:10");
    desk_act("window", "next");
    assert_int_equal(desk_timing("s.t")->verdict, VERDICT_ON_TIME);
    assert_int_equal(desk_timing("s.t")->measure.counted, 10 * SPAN_MINUTE);
    assert_string_equal(desk_timing("s.t")->action, "next");
    desk_act("window", "back");
    assert_string_equal(desk_due("s.t"), "2026-03-02 09:30");
    assert_int_equal(desk_timing("s.v")->rule, NONE);
}

static void
a_clock_of_a_region_left_outward_is_cancelled_and_in_no_rate(void **state)
{
    (void)state;
    stage();
    desk_act("window", "next");
    desk_act("window", "out");
    assert_int_equal(desk_timing("s")->verdict, VERDICT_CANCELLED);
    assert_true(desk_timing("s")->cancelled);
    desk_act("window", "again");
    desk_act("window", "next");
    desk_at("2026-03-06 10:00");
    desk_act("window", "out");
    assert_int_equal(desk_timing("s")->verdict, VERDICT_LATE);
    assert_true(desk_timing("s")->cancelled);
}

static void
a_clock_within_a_stage_runs_between_marks(void **state)
{
    (void)state;
    stage();
    assert_string_equal(desk_due("s:n"), "2026-03-03 17:00");
    desk_at("2026-03-03 10:00");
    desk_act("window", "see");
    assert_string_equal(desk_due("s:m"), "2026-03-04 17:00");
    desk_act("window", "see");
    assert_int_equal(desk_facts(FACT_CLOCK_STARTED), 0);
    desk_act("window", "tell");
    assert_int_equal(desk.out.n_timing, 2);
    assert_int_equal(desk_timing("s:m")->verdict, VERDICT_ON_TIME);
    desk_act("window", "pass");
    assert_string_equal(desk_steps(), "u");
}

static void
a_step_clock_whose_mark_is_not_reached_ends_as_cancelled(void **state)
{
    (void)state;
    stage();
    desk_act("window", "pass");
    assert_int_equal(desk_timing("s:n")->verdict, VERDICT_CANCELLED);
    assert_int_equal(desk_timing("s")->verdict, VERDICT_ON_TIME);
}

static void
a_case_clock_runs_once_from_mark_to_mark(void **state)
{
    (void)state;
    stage();
    desk_act("window", "begin");
    assert_string_equal(desk_due("c"), "2026-03-04 17:00");
    desk_act("window", "finish");
    assert_int_equal(desk_clock("c")->verdict, VERDICT_ON_TIME);
    desk_act("window", "begin");
    assert_int_equal(desk_facts(FACT_CLOCK_STARTED), 0);
}

static void
a_case_clock_whose_mark_is_never_reached_is_cancelled_at_the_end(void **state)
{
    (void)state;
    stage();
    desk_act("window", "begin");
    desk_act("window", "pass");
    desk_act("window", "done");
    assert_int_equal(desk_timing("c")->verdict, VERDICT_CANCELLED);
    stage();
    desk_act("window", "begin");
    desk_at("2026-03-05 09:00");
    desk_act("window", "pass");
    desk_act("window", "done");
    assert_int_equal(desk_timing("c")->verdict, VERDICT_LATE);
}

static void
a_stop_of_the_stage_around_it_makes_a_step_stand(void **state)
{
    const struct timing *t;

    (void)state;
    desk_define("'grounds': {'wait': {}}, 'start': 'b', 'steps': {'b': {'by': 'window', 'actions':"
                " {'go': 's'}}, 's': {'start': 't', 'to': 'end', 'limit': '1 hour', 'stops':"
                " {'ground': 'wait'}, 'steps': {'t': {'by': 'window', 'actions': {'next': 'u'}},"
                " 'u': {'by': 'window', 'limit': '1 hour', 'actions': {'done': '$done'}}}}, " END
                "}");
    desk_open("{}");
    desk_act("window", "go");
    assert_string_equal(desk_due("s"), "none");
    desk_at("2026-03-02 11:00");
    desk_act("window", "next");
    t = desk_timing("s.t");
    assert_int_equal(t->measure.stopped, 2 * SPAN_HOUR);
    assert_int_equal(t->measure.counted, 0);
    assert_string_equal(desk_due("s.u"), "none");
    desk_at("2026-03-03 11:00");
    desk_act("window", "done");
    assert_int_equal(desk_timing("s.u")->verdict, VERDICT_ON_TIME);
    assert_int_equal(desk_timing("s")->measure.counted, 0);
}

static void
minutes_that_begin_at_midnight_are_whole(void **state)
{
    (void)state;
    desk_define("'clocks': {'c': {'kind': 'promised', 'limit': '20 minutes', 'from': 'opened',"
                " 'counts': 'continuous'}, 'd': {'kind': 'promised', 'limit': '2 days', 'from':"
                " 'opened', 'party': 'applicant'}}, 'start': 't', 'steps': {'t': {'by': 'window',"
                " 'actions': {'done': 'end'}}, " END "}");
    desk_at("2026-03-03 00:00");
    desk_open("{}");
    assert_int_equal(desk_clock("c")->due, desk_moment("2026-03-03 00:20"));
    /* What happens at 24:00 belongs to the day that ends. */
    assert_int_equal(desk_clock("d")->due, desk_moment("2026-03-05 00:00"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_start_day_is_not_counted_and_the_last_day_ends_at_closing_time),
        TEST(a_clock_stands_when_all_active_steps_stand),
        TEST(with_any_one_standing_step_makes_it_stand),
        TEST(with_lead_only_the_steps_of_the_lead_count),
        TEST(only_the_regions_it_is_over_drive_a_clock),
        TEST(over_a_parallel_step_means_over_its_branches),
        TEST(stops_of_one_step_are_a_union),
        TEST(a_declared_stop_holds_as_long_as_its_step),
        TEST(the_epoch_rises_only_when_the_due_date_moves),
        TEST(a_late_card_is_issued_once),
        TEST(a_step_clock_lives_for_one_visit),
        TEST(a_clock_of_a_region_left_outward_is_cancelled_and_in_no_rate),
        TEST(a_clock_within_a_stage_runs_between_marks),
        TEST(a_step_clock_whose_mark_is_not_reached_ends_as_cancelled),
        TEST(a_case_clock_runs_once_from_mark_to_mark),
        TEST(a_case_clock_whose_mark_is_never_reached_is_cancelled_at_the_end),
        TEST(a_stop_of_the_stage_around_it_makes_a_step_stand),
        TEST(minutes_that_begin_at_midnight_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
