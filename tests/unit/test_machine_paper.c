/* SPDX-License-Identifier: Apache-2.0 */
/* What was handed in on paper and recorded later: openings and withdrawals (K3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

/* 2026-03-02 is a Monday.  Accepted within five working days, or deemed so; then a review. */
#define COUNTER                                                                                    \
    "'clocks': {'law': {'kind': 'statutory', 'from': 'accepted', 'limit': '20 working days'},"     \
    " 'whole': {'kind': 'promised', 'from': 'opened', 'limit': '9 working days'}}, 'withdraw':"    \
    " {'to': 'back'}, 'start': 'accept', 'steps': {'accept': {'by': 'window', 'limit':"            \
    " '2 working days', 'actions': {'accept': {'to': 'review', 'marks': 'accepted'}, 'refuse':"    \
    " 'gone'}, 'after': {'5 working days': {'to': 'review', 'marks': 'accepted', 'deem': {'kind':" \
    " 'accepted', 'basis': '32', 'effective': 'entered'}}}}, 'review': {'by': 'window',"           \
    " 'actions': {'done': 'end'}, 'after': {'30 working days': {'to': 'gone'}}}, " END "}"
#define END "'end': {'end': 'over'}, 'gone': {'end': 'lapsed'}, 'back': {'end': 'withdrawn'}"

static struct command
opening(const char *who, const char *happened)
{
    struct command cmd = desk_command(COMMAND_OPEN, who);
    struct opening *o = arena_new(&desk.arena, struct opening);

    *o = (struct opening){.number = "TEST-1", .district = "371502", .applicant_kind = "enterprise"};
    cmd.opening = o;
    cmd.input = *desk_json("{}");
    cmd.happened = happened ? desk_moment(happened) : 0;
    return cmd;
}

static struct command
withdrawal(const char *who, const char *happened)
{
    struct command cmd = desk_command(COMMAND_WITHDRAW, who);

    desk_history(&cmd);
    cmd.happened = desk_moment(happened);
    return cmd;
}

static void
give(struct command cmd)
{
    if (!desk_give(cmd))
        fail_msg("%s", desk.e.detail);
}

static void
an_application_on_paper_counts_when_it_was_handed_in(void **state)
{
    (void)state;
    desk_define(COUNTER);
    desk_at("2026-03-05 09:00");
    give(opening("head", "2026-03-02 10:00"));
    assert_int_equal(desk.c->opened, desk_moment("2026-03-02 10:00"));
    assert_int_equal(desk.c->mark[MARK_OPENED], desk_moment("2026-03-02 10:00"));
    assert_string_equal(desk_steps(), "accept");
    assert_int_equal(desk.c->visit[0].entered, desk_moment("2026-03-02 10:00"));
    assert_string_equal(desk_due("whole"), "2026-03-13 17:00");
    assert_string_equal(desk_due("accept"), "2026-03-04 17:00");
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-02 10:00"));
    assert_int_equal(desk.out.record[0].decided, desk_moment("2026-03-05 09:00"));
    assert_int_equal(desk.out.record[1].at, desk_moment("2026-03-04 17:00"));
    assert_int_equal(desk.out.record[1].decided, 0);
    assert_int_equal(desk.out.record[1].fact[0].kind, FACT_LATE);
    assert_true(desk_clock("accept")->late);
    assert_int_equal(desk.c->revision, 1);
    assert_non_null(strstr(desk.record[0], "\"decided\":"));
}

static void
what_silence_did_since_follows_at_its_own_moment(void **state)
{
    (void)state;
    desk_define(COUNTER);
    desk_at("2026-03-11 10:00");
    give(opening("supervisor", "2026-03-02 10:00"));
    assert_string_equal(desk_steps(), "review");
    assert_int_equal(desk_facts(FACT_DEEMED), 1);
    assert_int_equal(desk.c->visit[0].entered, desk_moment("2026-03-09 17:00"));
    assert_int_equal(desk_clock("law")->started, desk_moment("2026-03-02 10:00"));
    assert_string_equal(desk_due("law"), "2026-03-30 17:00");
    assert_int_equal(desk.c->moment, desk_moment("2026-03-09 17:00"));
    for (uint32_t i = 1; i < desk.out.n_record; i++)
        assert_true(desk.out.record[i].at >= desk.out.record[i - 1].at);
}

static void
a_case_that_is_opened_late_is_as_if_it_had_been_opened_in_time(void **state)
{
    const char *in_time;
    size_t n;

    (void)state;
    desk_define("'backdateBy': ['window'], " COUNTER);
    desk_at("2026-03-02 10:00");
    give(opening("window", NULL));
    desk_look("2026-03-11 10:00");
    in_time = desk_state();
    n = desk.n_record;
    desk_define("'backdateBy': ['window'], " COUNTER);
    desk_at("2026-03-11 10:00");
    give(opening("window", "2026-03-02 10:00"));
    assert_string_equal(desk_state(), in_time);
    assert_int_equal(desk.n_record, n);
}

static void
what_was_handed_in_a_moment_ago_is_opened_as_any(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'backdateBy': ['head'], " COUNTER);
    desk_at("2026-03-02 10:00");
    cmd = opening("window", "2026-03-02 10:00");
    cmd.reason = NULL;
    give(cmd);
    assert_int_equal(desk.out.record[0].decided, 0);
    assert_int_equal(desk.out.n_record, 1);
}

static void
who_may_not_say_so_opens_nothing_late(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'backdateBy': ['head'], " COUNTER);
    desk_at("2026-03-05 09:00");
    desk_refused(opening("window", "2026-03-02 10:00"), ERROR_FORBIDDEN);
    desk_refused(opening("supervisor", "2026-03-02 10:00"), ERROR_FORBIDDEN);
    desk_refused(opening("public", "2026-03-02 10:00"), ERROR_FORBIDDEN);
    desk_refused(opening("head", NULL), ERROR_FORBIDDEN); /* that is for who openBy names */
    desk_refused(opening("head@fire", "2026-03-02 10:00"), ERROR_FORBIDDEN);
    cmd = opening("head", "2026-03-02 10:00");
    cmd.reason = "";
    desk_refused(cmd, ERROR_REASON_MISSING);
    give(opening("head@lead", "2026-03-02 10:00"));
}

static void
nothing_was_handed_in_before_the_version_or_the_calendar_or_after_now(void **state)
{
    struct calendar begins = *desk.calendar;
    const struct calendar *house = desk.calendar;

    (void)state;
    desk_define(COUNTER);
    desk_at("2026-03-05 09:00");
    desk_refused(opening("head", "2026-03-05 09:01"), ERROR_HAPPENED_OUTSIDE);
    assert_string_equal(desk.e.pointer, "/happened");
    desk_refused(opening("head", "2021-12-31 23:59"), ERROR_HAPPENED_OUTSIDE);
    assert_string_equal(desk.e.detail, "this version is in force from 2022-01-01 only");
    begins.first = instant_day(desk_moment("2026-03-03 00:00"));
    begins.almanac = NULL;
    desk.calendar = &begins;
    desk_refused(opening("head", "2026-03-02 23:59"), ERROR_HAPPENED_OUTSIDE);
    assert_string_equal(desk.e.detail, "the calendar of the hall begins with 2026-03-03");
    desk.calendar = house;
    give(opening("head", "2022-01-01 00:00"));
    assert_string_equal(desk_steps(), "lapsed");
}

/* Whether the last outcome withdrew the card of the clock. */
static bool
withdraws_card(int32_t clock)
{
    for (uint32_t i = 0; i < desk.out.n_card; i++)
        if (desk.out.card[i].withdrawn && desk.out.card[i].kind == CARD_BROKEN &&
            desk.out.card[i].clock == clock)
            return true;
    return false;
}

static void
a_withdrawal_counts_when_it_was_handed_in(void **state)
{
    int32_t accept, whole;

    (void)state;
    desk_define("'backdateBy': ['window', 'head'], " COUNTER);
    desk_open("{}"); /* 2026-03-02 09:00 */
    desk_look("2026-03-06 11:00");
    accept = desk_clock("accept")->id;
    whole = desk_clock("whole")->id;
    assert_true(desk_clock("accept")->late);
    give(withdrawal("head", "2026-03-03 16:00"));
    assert_string_equal(desk_steps(), "withdrawn");
    assert_int_equal(desk.c->mark[MARK_CLOSED], desk_moment("2026-03-03 16:00"));
    assert_int_equal(desk.c->moment, desk_moment("2026-03-06 11:00"));
    assert_string_equal(desk.out.record[desk.out.n_record - 1].role, "head");
    assert_int_equal(desk_timing("accept")->verdict, VERDICT_CANCELLED);
    assert_int_equal(desk_timing("accept")->ended, desk_moment("2026-03-03 16:00"));
    assert_true(withdraws_card(accept));
    assert_int_equal(case_clock(desk.c, whole)->ended, desk_moment("2026-03-03 16:00"));
    assert_int_equal(case_clock(desk.c, whole)->verdict, VERDICT_ON_TIME);
}

static void
an_applicant_withdraws_now_and_a_house_that_says_otherwise_says_why(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'backdateBy': ['head'], " COUNTER);
    desk_open("{}");
    desk_at("2026-03-03 10:00");
    desk_refused(withdrawal("applicant", "2026-03-02 10:00"), ERROR_FORBIDDEN);
    desk_refused(withdrawal("window", "2026-03-02 10:00"), ERROR_FORBIDDEN);
    desk_refused(withdrawal("reviewer", "2026-03-02 10:00"), ERROR_FORBIDDEN);
    desk_refused(withdrawal("head@fire", "2026-03-02 10:00"), ERROR_FORBIDDEN);
    desk_refused(withdrawal("head", "2026-03-02 08:59"), ERROR_HAPPENED_OUTSIDE);
    desk_refused(withdrawal("head", "2026-03-03 10:01"), ERROR_HAPPENED_OUTSIDE);
    cmd = withdrawal("head", "2026-03-02 10:00");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd = desk_command(COMMAND_WITHDRAW, "head"); /* he takes down only what is late */
    desk_refused(cmd, ERROR_FORBIDDEN);
    give(withdrawal("applicant", "2026-03-03 10:00"));
    assert_string_equal(desk_steps(), "withdrawn");
}

static void
what_somebody_did_since_stands_against_it(void **state)
{
    (void)state;
    desk_define(COUNTER);
    desk_open("{}");
    desk_at("2026-03-04 10:00");
    desk_act("window", "accept");
    desk_at("2026-03-06 10:00");
    desk_refused(withdrawal("head", "2026-03-03 10:00"), ERROR_HAPPENED_OUTSIDE);
    assert_string_equal(desk.e.detail, "step accept was left only at 2026-03-04T10:00:00+08:00");
    desk_act("window", "done");
    desk_refused(withdrawal("head", "2026-03-05 10:00"), ERROR_CASE_CLOSED);
    assert_int_equal(desk.c->contradicted, 0);
}

static void
at_the_moment_of_an_act_it_is_behind_it(void **state)
{
    (void)state;
    desk_define(COUNTER);
    desk_open("{}");
    desk_at("2026-03-04 10:00");
    desk_act("window", "accept");
    desk_at("2026-03-06 10:00");
    give(withdrawal("head", "2026-03-04 10:00"));
    assert_string_equal(desk_steps(), "withdrawn");
    assert_int_equal(desk_timing("review")->ended, desk_moment("2026-03-04 10:00"));
}

/* Silence has accepted on the 9th what was withdrawn on the 6th. */
static void
contradict(void)
{
    desk_define(COUNTER);
    desk_open("{}");
    desk_look("2026-03-11 10:00");
    assert_string_equal(desk_steps(), "review");
    give(withdrawal("head", "2026-03-06 10:00"));
    assert_string_equal(desk_steps(), "review");
    assert_int_equal(desk.c->contradicted, 1);
    assert_int_equal(desk_facts(FACT_CONTRADICTED), 1);
    assert_int_equal(desk.out.record[0].fact[0].happened, desk_moment("2026-03-06 10:00"));
    assert_string_equal(desk.out.record[0].fact[0].name, "withdraw");
    assert_int_equal(desk.out.n_card, 1);
    assert_int_equal(desk.out.card[0].kind, CARD_CONTRADICTED);
}

static void
what_silence_moved_since_is_contradicted_and_annulled(void **state)
{
    int32_t silent = 0;

    (void)state;
    contradict();
    for (size_t i = 0; i < desk.n_record; i++)
        if (strstr(desk.record[i], "\"timed\""))
            silent = (int32_t)i + 1;
    desk_annul(silent);
    assert_int_equal(desk.c->contradicted, 0);
    assert_string_equal(desk_steps(), "accept");
    desk_at("2026-03-11 11:00");
    give(withdrawal("head", "2026-03-06 10:00"));
    assert_string_equal(desk_steps(), "withdrawn");
    assert_int_equal(desk.c->mark[MARK_CLOSED], desk_moment("2026-03-06 10:00"));
}

static void
a_wait_that_had_ended_is_back_for_the_withdrawal(void **state)
{
    (void)state;
    desk_define("'withdraw': {'to': 'back'}, 'start': 'w', 'steps': {'w': {'wait': '3 working"
                " days', 'to': 't'}, 't': {'by': 'window', 'actions': {'go': 'end'}}, " END "}");
    desk_open("{}");
    desk_look("2026-03-10 10:00");
    assert_string_equal(desk_steps(), "t");
    give(withdrawal("head", "2026-03-04 10:00"));
    assert_int_equal(desk.c->contradicted, 1);
    desk_annul(2);
    assert_string_equal(desk_steps(), "w");
    desk_look("2026-03-20 10:00");
    assert_string_equal(desk_steps(), "w");
    give(withdrawal("head", "2026-03-04 10:00"));
    assert_string_equal(desk_steps(), "withdrawn");
    assert_int_equal(desk.c->mark[MARK_CLOSED], desk_moment("2026-03-04 10:00"));
}

static void
or_reopened_where_it_is_withdrawn_as_of_then(void **state)
{
    struct command cmd;

    (void)state;
    contradict();
    cmd = desk_command(COMMAND_REOPEN, "supervisor");
    desk_history(&cmd);
    give(cmd);
    assert_string_equal(desk_steps(), "accept");
    assert_int_equal(desk.c->contradicted, 0);
    desk_at("2026-03-11 11:00");
    desk_refused(withdrawal("head", "2026-03-06 10:00"), ERROR_HAPPENED_OUTSIDE);
    give(withdrawal("head", "2026-03-11 10:30"));
    assert_string_equal(desk_steps(), "withdrawn");
}

static void
or_reconciled(void **state)
{
    (void)state;
    contradict();
    give(desk_command(COMMAND_RECONCILE, "supervisor"));
    assert_int_equal(desk.c->contradicted, 0);
    assert_string_equal(desk_steps(), "review");
}

static void
what_silence_closed_is_contradicted_too(void **state)
{
    (void)state;
    desk_define(COUNTER);
    desk_open("{}");
    desk_look("2026-06-01 10:00");
    assert_string_equal(desk_steps(), "lapsed");
    give(withdrawal("head", "2026-03-25 10:00"));
    assert_string_equal(desk_steps(), "lapsed");
    assert_int_equal(desk.c->contradicted, 2); /* the review, which it was in then */
}

/* The first that moved it was a person: what silence did afterwards is of no account. */
static void
who_was_first_decides_whether_it_is_refused_or_contradicted(void **state)
{
    (void)state;
    desk_define(COUNTER);
    desk_open("{}");
    desk_at("2026-03-04 10:00");
    desk_act("window", "accept");
    desk_look("2026-06-01 10:00");
    desk_refused(withdrawal("head", "2026-03-03 10:00"), ERROR_CASE_CLOSED);
    desk_define(COUNTER);
    desk_open("{}");
    desk_look("2026-03-10 10:00");
    desk_act("window", "done");
    assert_string_equal(desk_steps(), "over");
    give(withdrawal("head", "2026-03-03 10:00"));
    assert_int_equal(desk.c->contradicted, 1);
}

static void
what_a_tolerance_that_lapsed_moved_is_contradicted_too(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'materials': [{'id': 'm', 'title': {'zh': '题', 'en': 'T'}, 'tolerance':"
                " '2 working days', 'lapse': 'gone'}], 'withdraw': {'to': 'back'}, 'start': 't',"
                " 'steps': {'t': {'by': 'window', 'actions': {'go': 'end'}}, " END "}");
    desk_open("{}");
    cmd = desk_command(COMMAND_MATERIAL, "window");
    cmd.action = "tolerate";
    cmd.material = "m";
    give(cmd);
    desk_look("2026-03-10 10:00");
    assert_string_equal(desk_steps(), "lapsed");
    give(withdrawal("head", "2026-03-03 10:00"));
    assert_int_equal(desk.c->contradicted, 1);
    cmd = desk_command(COMMAND_REOPEN, "supervisor");
    desk_history(&cmd);
    give(cmd);
    assert_string_equal(desk_steps(), "t");
}

static void
a_branch_that_somebody_ended_since_stands_against_it_and_one_silence_ended_is_contradicted(
    void **state)
{
    (void)state;
    desk_define("'withdraw': {'to': 'back'}, 'start': 'p', 'steps': {'p': {'join': 'all', 'to':"
                " 'end', 'branches': {'x': {'start': 't', 'steps': {'t': {'by': 'window',"
                " 'actions': {'go': '$done'}, 'after': {'3 working days': {'to': '$done'}}}}}, 'y':"
                " {'start': 'u', 'steps': {'u': {'by': 'reviewer', 'actions': {'go':"
                " '$done'}}}}}}, " END "}");
    desk_open("{}");
    desk_at("2026-03-04 10:00");
    desk_act("reviewer", "go");
    desk_refused(withdrawal("head", "2026-03-03 10:00"), ERROR_HAPPENED_OUTSIDE);
    desk_look("2026-03-06 10:00");
    desk_refused(withdrawal("head", "2026-03-03 10:00"), ERROR_CASE_CLOSED);
    desk_define("'withdraw': {'to': 'back'}, 'start': 'p', 'steps': {'p': {'join': 'all', 'to':"
                " 'end', 'branches': {'x': {'start': 't', 'steps': {'t': {'by': 'window',"
                " 'actions': {'go': '$done'}, 'after': {'3 working days': {'to': '$done'}}}}}, 'y':"
                " {'start': 'u', 'steps': {'u': {'by': 'reviewer', 'actions': {'go':"
                " '$done'}}}}}}, " END "}");
    desk_open("{}");
    desk_look("2026-03-06 10:00");
    assert_string_equal(desk_steps(), "p.y.u");
    give(withdrawal("head", "2026-03-03 10:00"));
    assert_string_equal(desk_steps(), "p.y.u");
    assert_int_equal(desk.c->contradicted, 2);
    desk_act("reviewer", "go");
    assert_string_equal(desk_steps(), "over");
}

static void
a_clock_that_began_since_stands_against_it(void **state)
{
    (void)state;
    desk_define("'clocks': {'law': {'kind': 'statutory', 'from': 'seen', 'limit': '20 working"
                " days'}}, 'withdraw': {'to': 'back'}, 'start': 't', 'steps': {'t': {'by':"
                " 'window', 'actions': {'look': {'marks': 'seen'}, 'go': 'end'}}, " END "}");
    desk_open("{}");
    desk_at("2026-03-04 10:00");
    desk_act("window", "look");
    desk_at("2026-03-06 10:00");
    desk_refused(withdrawal("head", "2026-03-03 10:00"), ERROR_HAPPENED_OUTSIDE);
    assert_string_equal(desk.e.detail, "law began only after that");
    give(withdrawal("head", "2026-03-04 10:00"));
    assert_string_equal(desk_steps(), "withdrawn");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_application_on_paper_counts_when_it_was_handed_in),
        TEST(what_silence_did_since_follows_at_its_own_moment),
        TEST(a_case_that_is_opened_late_is_as_if_it_had_been_opened_in_time),
        TEST(what_was_handed_in_a_moment_ago_is_opened_as_any),
        TEST(who_may_not_say_so_opens_nothing_late),
        TEST(nothing_was_handed_in_before_the_version_or_the_calendar_or_after_now),
        TEST(a_withdrawal_counts_when_it_was_handed_in),
        TEST(an_applicant_withdraws_now_and_a_house_that_says_otherwise_says_why),
        TEST(what_somebody_did_since_stands_against_it),
        TEST(at_the_moment_of_an_act_it_is_behind_it),
        TEST(what_silence_moved_since_is_contradicted_and_annulled),
        TEST(a_wait_that_had_ended_is_back_for_the_withdrawal),
        TEST(or_reopened_where_it_is_withdrawn_as_of_then),
        TEST(or_reconciled),
        TEST(what_silence_closed_is_contradicted_too),
        TEST(who_was_first_decides_whether_it_is_refused_or_contradicted),
        TEST(what_a_tolerance_that_lapsed_moved_is_contradicted_too),
        TEST(
            a_branch_that_somebody_ended_since_stands_against_it_and_one_silence_ended_is_contradicted),
        TEST(a_clock_that_began_since_stands_against_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
