/* SPDX-License-Identifier: Apache-2.0 */
/* What happens by itself: timers, waits, and what came due before a command (DESIGN 6, K12). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define END "'end': {'end': 'over'}, 'gone': {'end': 'gone'}"

static void
a_timer_moves_at_its_own_moment_however_late_it_is_looked_at(void **state)
{
    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'applicant', 'actions': {'go': 'u'}, 'after':"
                " {'2 days': {'to': 'u'}}}, 'u': {'by': 'window', 'limit': '1 working day',"
                " 'actions': {'done': 'end'}}, " END "}");
    desk_open("{}");
    desk_look("2026-03-20 10:00");
    assert_string_equal(desk_steps(), "u");
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-05 00:00"));
    assert_string_equal(desk.out.record[0].actor, "engine");
    assert_null(desk_timing("t")->by);
    assert_string_equal(desk_timing("t")->action, "after 2 days");
    assert_int_equal(desk.c->revision, 1);
    /* Silence at 24:00 belongs to the day that ends: the next limit counts from it. */
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.record[1].at, desk_moment("2026-03-05 17:00"));
    assert_int_equal(desk.out.record[1].fact[0].kind, FACT_LATE);
}

static void
acting_at_the_moment_a_timer_is_due_comes_first(void **state)
{
    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'applicant', 'actions': {'go': 'end'},"
                " 'after': {'2 days': {'to': 'gone'}}}, " END "}");
    desk_open("{}");
    desk_at("2026-03-05 00:00");
    desk_act("applicant", "go");
    assert_string_equal(desk_steps(), "over");
    desk_define("'start': 't', 'steps': {'t': {'by': 'applicant', 'actions': {'go': 'end'},"
                " 'after': {'2 days': {'to': 'gone'}}}, " END "}");
    desk_open("{}");
    desk.now = desk_moment("2026-03-05 00:00") + 1;
    desk_refused(desk_action("applicant", "go", NULL), ERROR_CASE_CLOSED);
    desk_look("2026-03-06 00:00");
    assert_string_equal(desk_steps(), "gone");
}

static void
a_reminder_stays_and_may_set_send_and_mark(void **state)
{
    (void)state;
    desk_define("'clocks': {'c': {'kind': 'promised', 'limit': '3 days', 'from': 'reminded',"
                " 'party': 'applicant'}}, 'start': 't', 'steps': {'t': {'by': 'applicant',"
                " 'actions': {'go': 'end'}, 'after': {'1 day': {'marks': ['reminded'], 'do':"
                " [{'set': {'case.told': true}}, {'send': 'sms'}]}}}, " END "}");
    desk_open("{}");
    desk_look("2026-03-10 09:00");
    assert_string_equal(desk_steps(), "t");
    assert_int_equal(desk.out.n_message, 1);
    assert_true(value_get(&desk.c->vars, "told")->boolean);
    assert_int_equal(desk_clock("c")->started, desk_moment("2026-03-04 00:00"));
    assert_string_equal(desk_due("c"), "2026-03-07 00:00");
    assert_true(desk_clock("c")->late);
    desk_look("2026-03-20 09:00");
    assert_int_equal(desk.out.n_record, 0);
}

static void
leaving_cancels_a_timer_and_no_stop_holds_it(void **state)
{
    (void)state;
    desk_define("'grounds': {'test': {'command': true}}, 'start': 't', 'steps': {'t': {'by':"
                " 'window', 'actions': {'go': 'u'}, 'after': {'2 working days': {'to': 'gone'}}},"
                " 'u': {'by': 'window', 'actions': {'back': 't'}}, " END "}");
    desk_open("{}");
    desk_act("window", "go");
    desk_look("2026-03-10 09:00");
    assert_string_equal(desk_steps(), "u");
    desk_act("window", "back");
    desk_stop("t", "test");
    desk_look("2026-03-12 17:00");
    assert_string_equal(desk_steps(), "t");
    desk_look("2026-03-12 17:01");
    assert_string_equal(desk_steps(), "gone");
}

/* The kinds of what came due, in the order of the records: "timed late late". */
static const char *
order(void)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < desk.out.n_record; i++) {
        const struct fact *f = &desk.out.record[i].fact[0];

        text_printf(&t, "%s%s", i ? " " : "", fact_name(f->kind));
        if (f->kind == FACT_LATE)
            text_printf(&t, ":%s", desk.w->clock[case_clock(desk.c, f->number)->rule].id);
    }
    return t.at;
}

static void
at_one_instant_moves_come_first_then_clocks_by_name_then_reminders(void **state)
{
    (void)state;
    desk_define("'clocks': {'b': {'kind': 'promised', 'limit': '2 days', 'from': 'opened',"
                " 'party': 'applicant'}, 'a': {'kind': 'promised', 'limit': '2 days', 'from':"
                " 'opened', 'party': 'applicant'}}, 'start': 'p', 'steps': {'p': {'join': 'all',"
                " 'to': 'end', 'branches': {"
                "'x': {'start': 't', 'steps': {'t': {'by': 'applicant', 'actions': {'go': '$done'},"
                " 'after': {'2 days': {'marks': ['told']}}}}},"
                "'y': {'start': 't', 'steps': {'t': {'by': 'applicant', 'actions': {'go': '$done'},"
                " 'after': {'2 days': {'to': '$done'}}}}}}}, " END "}");
    desk_open("{}");
    desk_look("2026-03-05 00:01");
    assert_string_equal(order(), "timed late:a late:b timed");
    assert_int_equal(desk.out.record[0].fact[0].visit, 3);
    assert_int_equal(desk.out.record[3].fact[0].visit, 2);
}

static void
a_wait_ends_by_itself_and_may_be_acted_on(void **state)
{
    (void)state;
    desk_define("'start': 'w', 'steps': {'w': {'wait': '20 days', 'to': 'u', 'actions': {'object':"
                " {'to': 'gone', 'input': {'required': ['why']}}}}, 'u': {'by': 'window',"
                " 'actions': {'done': 'end'}}, " END "}");
    desk_open("{}");
    /* The 20th day is a Sunday: the period ends on the Monday. */
    desk_look("2026-03-24 00:00");
    assert_string_equal(desk_steps(), "w");
    desk_look("2026-03-24 00:01");
    assert_string_equal(desk_steps(), "u");
    assert_string_equal(desk_timing("w")->action, "wait");
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-24 00:00"));
}

static void
a_wait_that_is_over_already_ends_at_the_moment_it_is_entered(void **state)
{
    (void)state;
    desk_define("'form': {'required': ['d'], 'properties': {'d': {'type': 'string', 'format':"
                " 'date'}}}, 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'go': 'w'}},"
                " 'w': {'wait': {'until': {'var': 'form.d'}}, 'to': 'u'}, 'u': {'by': 'window',"
                " 'actions': {'done': 'end'}}, " END "}");
    desk_open("{'d': '2026-01-01'}");
    desk_at("2026-03-02 10:00");
    desk_act("window", "go");
    assert_int_equal(desk.c->alarm, desk_moment("2026-01-02 00:00"));
    desk_look("2026-03-03 10:00");
    assert_string_equal(desk_steps(), "u");
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-02 10:00"));
    assert_int_equal(desk.c->moment, desk_moment("2026-03-02 10:00"));
}

static void
what_came_due_is_applied_in_order_of_moment_before_the_command(void **state)
{
    const char *in_time;

    (void)state;
    for (int late = 0; late < 2; late++) {
        desk_define("'start': 't', 'steps': {'t': {'by': 'applicant', 'limit': '1 day', 'actions':"
                    " {'go': 'u'}, 'after': {'2 days': {'to': 'u'}}}, 'u': {'by': 'window',"
                    " 'limit': '2 hours', 'actions': {'done': 'v'}, 'after': {'4 hours': {'to':"
                    " 'v'}}}, 'v': {'by': 'window', 'actions': {'done': 'end'}}, " END "}");
        desk_open("{}");
        if (!late) {
            desk_look("2026-03-04 00:01");
            desk_look("2026-03-05 00:01");
            desk_look("2026-03-05 11:01");
            desk_look("2026-03-05 14:01");
        }
        desk_at("2026-03-05 15:00");
        desk_act("window", "done");
        if (!late)
            in_time = desk_state();
    }
    assert_string_equal(desk_state(), in_time);
    assert_int_equal(desk.out.n_record, 5);
}

static void
a_loop_through_a_long_silence_is_no_fault(void **state)
{
    (void)state;
    desk_define("'start': 'a', 'steps': {'a': {'wait': '10 minutes', 'to': 'b', 'actions': {'x':"
                " 'end'}}, 'b': {'wait': '10 minutes', 'to': 'a'}, " END "}");
    desk_open("{}");
    desk_look("2026-06-30 12:00");
    assert_true(desk.out.n_record > 2000);
}

static void
a_wait_that_is_always_over_never_comes_to_rest(void **state)
{
    (void)state;
    desk_define("'start': 'a', 'steps': {'a': {'wait': {'until': '2026-01-01'}, 'to': 'b',"
                " 'actions': {'x': 'end'}}, 'b': {'decide': [{'to': 'a'}]}, " END "}");
    desk_open("{}");
    desk_look("2026-03-02 09:01");
    /* Of all its rounds no trace is left. */
    assert_int_equal(desk.out.n_record, 1);
    assert_int_equal(desk.c->n_stuck, 1);
    assert_string_equal(desk.c->stuck[0].code, "definition_fault");
    assert_string_equal(desk_steps(), "a");
    assert_true(desk.c->alarm == INSTANT_NONE);
    desk_look("2026-03-03 09:01");
    assert_int_equal(desk.out.n_record, 0);
    desk_act("applicant", "x");
    assert_string_equal(desk_steps(), "over");
    assert_int_equal(desk.c->n_stuck, 0);
}

static void
a_refused_command_leaves_what_came_due_to_the_next(void **state)
{
    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'applicant', 'actions': {'go': 'u'},"
                " 'after': {'2 days': {'to': 'u'}}}, 'u': {'by': 'window', 'actions': {'done':"
                " 'end'}}, " END "}");
    desk_open("{}");
    desk_at("2026-03-10 09:00");
    desk_refused(desk_action("window", "nonsense", "u"), ERROR_ACTION_NOT_ALLOWED);
    assert_string_equal(desk_steps(), "t");
    desk_act("window", "done");
    assert_string_equal(desk_steps(), "over");
    assert_int_equal(desk.out.n_record, 2);
}

static void
time_never_runs_back_within_a_case(void **state)
{
    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'go': 'u'}}, 'u':"
                " {'by': 'window', 'actions': {'done': 'end'}}, " END "}");
    desk_open("{}");
    desk_at("2026-03-02 08:00");
    desk_act("window", "go");
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-02 09:00"));
}

static void
a_timer_of_a_parallel_step_leaves_it_whole(void **state)
{
    (void)state;
    desk_define("'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'end', 'after': {'2 working"
                " days': {'to': 'gone'}}, 'branches': {'a': {'start': 't', 'steps': {'t': {'by':"
                " 'window', 'limit': '1 day', 'actions': {'done': '$done'}}}}, 'b': {'start': 't',"
                " 'steps': {'t': {'by': 'window', 'actions': {'done': '$done'}}}}}}, " END "}");
    desk_open("{}");
    desk_look("2026-03-05 09:00");
    assert_string_equal(desk_steps(), "gone");
    assert_string_equal(desk_word("p.a.outcome"), "\"cancelled\"");
    assert_int_equal(desk_timing("p.a.t")->verdict, VERDICT_LATE);
    assert_true(desk_timing("p.a.t")->cancelled);
    assert_int_equal(desk_timing("p.b.t")->verdict, VERDICT_CANCELLED);
}

static void
a_timer_whose_condition_does_not_hold_when_it_is_due_is_passed_over(void **state)
{
    static const char *const form[] = {"{'n': 1}", "{'n': 2}"};
    static const char *const then[] = {"t", "gone"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        desk_define("'form': {'type': 'object', 'required': ['n'], 'properties': {'n': {'type':"
                    " 'integer'}}}, 'start': 't', 'steps': {'t': {'by': 'applicant', 'actions':"
                    " {'go': 'end'}, 'after': {'2 days': {'to': 'gone', 'when': {'>': [{'var':"
                    " 'form.n'}, 1]}}, '1 day': {'marks': ['told'], 'when': {'===': [{'var':"
                    " 'case.today'}, '2026-03-03']}}}}, " END "}");
        desk_open(form[i]);
        desk_look("2026-03-05 00:01");
        assert_string_equal(desk_steps(), then[i]);
        assert_int_equal(desk.out.n_record, 2);
        /* 24:00 of the day after is still that day. */
        assert_null(desk.out.record[0].fact[0].name);
        assert_int_equal(desk.out.record[0].n_fact, 2);
        assert_int_equal(desk.out.record[1].fact[0].kind, FACT_TIMED);
        assert_int_equal(desk.out.record[1].at, desk_moment("2026-03-05 00:00"));
        if (i == 0) {
            assert_string_equal(desk.out.record[1].fact[0].name, "passed");
            assert_int_equal(desk.out.record[1].n_fact, 1);
            assert_int_equal(desk.c->alarm, INSTANT_NONE);
        }
        desk_look("2026-03-20 00:00");
        assert_int_equal(desk.out.n_record, 0);
    }
}

#define UNTIL                                                                                      \
    "'form': {'type': 'object', 'required': ['d'], 'properties': {'d': {'type': 'string',"         \
    " 'format': 'date'}}}, 'start': 'w', 'steps': {'w': {'wait': {'until': {'var': 'form.d'}},"    \
    " 'to': 'ask', 'actions': {'object': 'gone'}}, 'ask': {'decide': [{'when': {'===': [{'var':"   \
    " 'case.today'}, {'var': 'form.d'}]}, 'to': 'u'}, {'to': 'gone'}]}, 'u': {'by': 'applicant',"  \
    " 'actions': {'go': 'end'}, 'after': {'1 day': {'to': 'gone'}}}, " END "}"

static void
a_wait_until_a_date_ends_with_that_day_which_counts_for_what_follows(void **state)
{
    (void)state;
    desk_define(UNTIL);
    desk_open("{'d': '2026-03-05'}");
    desk_look("2026-03-06 00:00");
    assert_string_equal(desk_steps(), "w");
    desk.now++;
    desk_look("2026-03-06 00:01");
    assert_string_equal(desk_steps(), "u");
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-06 00:00"));
    /* The day after the 5th is the 6th, and it ends at 24:00. */
    assert_int_equal(desk.c->alarm, desk_moment("2026-03-07 00:00"));
    desk_define(UNTIL);
    desk_open("{'d': '2026-03-05'}");
    desk_at("2026-03-06 00:00");
    desk_act("public", "object");
    assert_string_equal(desk_steps(), "gone");
    desk_define(UNTIL);
    desk_open("{'d': '2026-03-05'}");
    desk.now = desk_moment("2026-03-06 00:00") + 1;
    desk_refused(desk_action("public", "object", NULL), ERROR_ACTION_NOT_ALLOWED);
    desk_define(UNTIL);
    desk_open("{'d': '9999-12-31'}");
    assert_int_equal(desk.c->alarm, INSTANT_MAX);
}

/* Written by rules 1, under which a wait until a date ended as that day began. */
static void
a_wait_recorded_under_rules_1_stays_as_it_was_recorded(void **state)
{
    const struct setting s = {.calendar = desk.calendar, .now = desk_moment("2026-03-02 09:00")};
    struct setting with = s;
    struct case_state *c;

    (void)state;
    desk_define(UNTIL);
    with.workflow = desk.w;
    c = case_new(&desk.arena, desk.w);
    assert_true(machine_replay(
        &with, c,
        desk_json("{'by':'window','at':1772413200000000,'calendar':'x','command':'open',"
                  "'facts':[{'detail':'enterprise','fact':'opened','name':'371502','value':"
                  "{'d':'2026-03-05'}},{'fact':'marked','mark':'opened'},{'fact':'entered','step':"
                  "'w','until':1772640000000000,'visit':1}],'number':1,'revision':1,'rules':1}"),
        &desk.arena, &desk.e));
    desk.c = c;
    assert_int_equal(c->alarm, desk_moment("2026-03-05 00:00"));
    desk.now = c->alarm + 1;
    assert_true(machine_decide(
        &(struct setting){.workflow = desk.w, .calendar = desk.calendar, .now = desk.now}, c,
        &(struct command){.kind = COMMAND_ALARM, .revision = -1}, &desk.arena, &desk.out, NULL,
        &desk.e));
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-05 00:00"));
}

static void
a_clock_that_silence_ends_from_before_it_began_ends_where_it_began(void **state)
{
    (void)state;
    desk_define("'clocks': {'check': {'kind': 'promised', 'limit': '3 days', 'from': 'checked',"
                " 'to': 'decided'}}, 'start': 't', 'steps': {'t': {'by': 'window', 'actions':"
                " {'go': 'u'}}, 'u': {'by': 'window', 'marks': 'checked', 'actions': {'go':"
                " 'end'}, 'after': {'2 days': {'to': 'gone', 'marks': 'decided', 'deem': {'kind':"
                " 'granted', 'effective': 'opened'}}}}, " END "}");
    desk_open("{}");
    desk_at("2026-03-03 10:00");
    desk_act("window", "go");
    desk_look("2026-03-09 09:00");
    assert_string_equal(desk_steps(), "gone");
    assert_int_equal(desk_timing("check")->verdict, VERDICT_ON_TIME);
    assert_int_equal(desk_timing("check")->ended, desk_moment("2026-03-03 10:00"));
    assert_int_equal(desk_timing("check")->measure.elapsed, 0);
}

static void
where_silence_is_annulled_nothing_else_that_was_due_moves_the_step_again(void **state)
{
    int32_t silent;

    (void)state;
    desk_define("'backdateBy': ['window'], 'start': 'a', 'steps': {'a': {'by': 'window', 'actions':"
                " {'done': 'end'}, 'after': {'2 working days': {'to': 'b'}, '4 working days':"
                " {'to': 'gone'}}}, 'b': {'by': 'window', 'actions': {'done': 'end'}}, " END "}");
    desk_open("{}");
    desk_look("2026-03-06 09:00");
    assert_string_equal(desk_steps(), "b");
    silent = (int32_t)desk.c->recorded;
    assert_true(desk_give(desk_late_act("window", "done", "2026-03-03 10:00")));
    desk_at("2026-03-09 10:00");
    desk_annul(silent);
    desk_look("2026-03-09 11:00");
    assert_string_equal(desk_steps(), "a");
    assert_true(desk_give(desk_late_act("window", "done", "2026-03-03 10:00")));
    assert_string_equal(desk_steps(), "over");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_timer_moves_at_its_own_moment_however_late_it_is_looked_at),
        TEST(acting_at_the_moment_a_timer_is_due_comes_first),
        TEST(a_reminder_stays_and_may_set_send_and_mark),
        TEST(leaving_cancels_a_timer_and_no_stop_holds_it),
        TEST(at_one_instant_moves_come_first_then_clocks_by_name_then_reminders),
        TEST(a_wait_ends_by_itself_and_may_be_acted_on),
        TEST(a_wait_that_is_over_already_ends_at_the_moment_it_is_entered),
        TEST(what_came_due_is_applied_in_order_of_moment_before_the_command),
        TEST(a_loop_through_a_long_silence_is_no_fault),
        TEST(a_wait_that_is_always_over_never_comes_to_rest),
        TEST(a_refused_command_leaves_what_came_due_to_the_next),
        TEST(time_never_runs_back_within_a_case),
        TEST(a_timer_of_a_parallel_step_leaves_it_whole),
        TEST(a_timer_whose_condition_does_not_hold_when_it_is_due_is_passed_over),
        TEST(a_wait_until_a_date_ends_with_that_day_which_counts_for_what_follows),
        TEST(a_clock_that_silence_ends_from_before_it_began_ends_where_it_began),
        TEST(a_wait_recorded_under_rules_1_stays_as_it_was_recorded),
        TEST(where_silence_is_annulled_nothing_else_that_was_due_moves_the_step_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
