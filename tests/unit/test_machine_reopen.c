/* SPDX-License-Identifier: Apache-2.0 */
/* A closed case goes on: on whose word, until when, with which clocks, and what stays as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

/* A permit that may be refused, and granted with a certificate. */
static void
permit(void)
{
    desk_define(
        "'start': 'accept', 'certificates': {'permit': {'number': 'XK', 'content': {'n': "
        "{'var': 'case.number'}}}}, 'clocks': {"
        "'promised': {'kind': 'promised', 'limit': '5 working days', 'from': 'accepted', 'to': "
        "'decided'}, 'whole': {'kind': 'statutory', 'limit': '9 working days', 'from': 'opened'},"
        " 'each': {'kind': 'promised', 'limit': '9 working days', 'from': 'opened', 'per': "
        "'department'}}, 'reopen': {"
        "'reconsidered': {'by': ['head', 'supervisor'], 'to': 'review', 'within': '60 days',"
        " 'outcomes': 'refused', 'notice': true, 'marks': 'accepted'},"
        "'revoked': {'by': 'supervisor', 'to': 'review', 'revoke': 'permit', 'when': {'<': [{'var':"
        " ['step.review.visits', 0]}, 3]}}}, 'steps': {"
        "'accept': {'by': 'window', 'actions': {'accept': {'to': 'review', 'marks': 'accepted'}}},"
        "'review': {'by': 'reviewer', 'actions': {'refuse': 'refused', 'grant': 'granted'},"
        " 'after': {'20 working days': {'to': 'lapsed'}}},"
        "'refused': {'end': 'refused', 'marks': 'decided'}, 'lapsed': {'end': 'lapsed'},"
        "'granted': {'end': 'granted', 'marks': 'decided', 'do': [{'issue': 'permit'}]}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_at("2026-03-03 09:00");
    desk_act("window", "accept");
}

static struct command
reopening(const char *who, const char *ground)
{
    struct command cmd = desk_command(COMMAND_REOPEN, who);

    cmd.ground = ground;
    if (!ground)
        desk_history(&cmd);
    return cmd;
}

static void
it_goes_on_where_the_ground_says_with_new_clocks_and_old_verdicts(void **state)
{
    const struct case_clock *old;
    uint32_t n_promised = 0;

    (void)state;
    permit();
    desk_at("2026-03-04 09:00");
    desk_act("reviewer", "refuse");
    assert_string_equal(desk_steps(), "refused");
    old = desk_clock("promised");
    assert_int_equal(old->verdict, VERDICT_ON_TIME);

    desk_at("2026-04-01 09:00");
    assert_true(desk_give(reopening("head", "reconsidered")));
    assert_string_equal(desk_steps(), "review");
    assert_int_equal(desk.c->phase, PHASE_OPEN);
    assert_int_equal(desk.c->reopened.times, 1);
    assert_string_equal(desk.c->reopened.outcome, "refused");
    assert_string_equal(desk.c->reopened.ground, "reconsidered");
    /* `accepted` has happened again, now; `opened` is what it was, and its clock begins anew. */
    assert_string_equal(desk_due("promised"), "2026-04-09 17:00");
    assert_string_equal(desk_due("whole"), "2026-04-15 17:00");
    assert_int_equal(desk_clock("each")->verdict, VERDICT_OPEN);
    for (uint32_t i = 0; i < desk.c->n_clock; i++)
        n_promised += !strcmp(desk.w->clock[desk.c->clock[i].rule].id, "promised");
    assert_int_equal(n_promised, 2);

    desk_act("reviewer", "grant");
    assert_string_equal(desk_steps(), "granted");
    assert_int_equal(desk_clock("promised")->verdict, VERDICT_ON_TIME);
    assert_int_equal(desk.c->reopened.times, 1);
}

static void
who_may_and_when_and_for_what_is_the_grounds(void **state)
{
    struct command cmd;

    (void)state;
    permit();
    desk_refused(reopening("head", "reconsidered"), ERROR_ACTION_NOT_ALLOWED);
    desk_at("2026-03-04 09:00");
    desk_act("reviewer", "refuse");
    desk_refused(reopening("reviewer", "reconsidered"), ERROR_FORBIDDEN);
    desk_refused(reopening("head", "revoked"), ERROR_FORBIDDEN);
    desk_refused(reopening("head", "whim"), ERROR_GROUND_UNKNOWN);
    desk_refused(reopening("supervisor", NULL), ERROR_GROUND_UNKNOWN);
    cmd = reopening("head", "reconsidered");
    cmd.document = NULL;
    desk_refused(cmd, ERROR_DOCUMENT_MISSING);
    cmd = reopening("head", "reconsidered");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd = reopening("head", "reconsidered");
    cmd.revision = 1;
    desk_refused(cmd, ERROR_STALE);
    desk_at("2026-05-04 00:00"); /* 24:00 of the 60th day, and a moment later */
    assert_true(desk_give(reopening("head", "reconsidered")));
    desk_act("reviewer", "refuse");
    desk_at("2026-07-04 00:00");
    desk_refused(reopening("head", "reconsidered"), ERROR_LIMIT_PASSED);
}

static void
what_was_issued_holds_unless_the_ground_revokes_it(void **state)
{
    (void)state;
    permit();
    desk_act("reviewer", "grant");
    assert_int_equal(desk.c->certificate[0].state, CERTIFICATE_IN_FORCE);
    desk_refused(reopening("head", "reconsidered"), ERROR_ACTION_NOT_ALLOWED);
    assert_true(desk_give(reopening("supervisor", "revoked")));
    assert_int_equal(desk.c->certificate[0].state, CERTIFICATE_REVOKED);
    assert_int_equal(desk.out.n_discard, 1);
    desk_act("reviewer", "grant");
    assert_int_equal(desk.c->n_certificate, 2);
    assert_int_equal(desk.c->certificate[1].state, CERTIFICATE_IN_FORCE);
    assert_true(desk_give(reopening("supervisor", "revoked")));
    desk_act("reviewer", "refuse");
    desk_refused(reopening("supervisor", "revoked"), ERROR_GUARD_FAILED);
}

static void
nothing_of_the_course_before_can_be_taken_back_nor_the_reopening(void **state)
{
    (void)state;
    permit();
    desk_act("reviewer", "refuse");
    assert_true(desk_give(reopening("head", "reconsidered")));
    desk_refused(desk_annulment(3), ERROR_ANNUL_IMPOSSIBLE);
    desk_refused(desk_annulment(4), ERROR_ANNUL_IMPOSSIBLE);
    desk_act("reviewer", "refuse");
    desk_annul(5);
    assert_string_equal(desk_steps(), "review");
    assert_int_equal(desk_clock("promised")->verdict, VERDICT_OPEN);
}

/* Silence let the case lapse, and a message that left the house with it makes that irrevocable. */
static void
lapsed(const char *to)
{
    desk_define(arena_printf(
        &desk.arena,
        "'start': 'work', 'clocks': {'whole': {'kind': 'statutory', 'limit': '9 working days',"
        " 'from': 'opened', 'to': 'decided'}}, 'steps': {"
        "'work': {'start': 'ask', 'to': 'over', 'steps': {'ask': {'by': 'applicant', 'actions': "
        "{'answer': '$done'}, 'after': {'5 days': {'to': '%s', 'do': [{'send': 'tax', 'data': "
        "1}]}}}}},"
        "'look': {'by': 'window', 'actions': {'end': 'over'}},"
        "'gone': {'end': 'lapsed', 'marks': 'decided'}, 'over': {'end': 'done'}}",
        to));
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_look("2026-03-11 09:00");
}

static void
contradict(void)
{
    struct command cmd = desk_action("supervisor", "answer", "work.ask");

    cmd.actor = desk_command(COMMAND_ACT, "window").actor;
    cmd.actor.role = (const char *const[]){"window", "head"};
    cmd.actor.n_role = 2;
    cmd.happened = desk_moment("2026-03-05 10:00");
    desk_history(&cmd);
    assert_true(desk_give(cmd));
    assert_int_not_equal(desk.c->contradicted, 0);
}

static void
a_supervisor_sends_a_contradicted_case_back_to_what_silence_left(void **state)
{
    (void)state;
    lapsed("gone");
    assert_string_equal(desk_steps(), "lapsed");
    contradict();
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE); /* a message has left with it */
    desk_refused(reopening("head", NULL), ERROR_FORBIDDEN);
    assert_true(desk_give(reopening("supervisor", NULL)));
    assert_string_equal(desk_steps(), "work.ask");
    assert_int_equal(desk.c->contradicted, 0);
    assert_int_equal(desk_clock("whole")->verdict, VERDICT_OPEN); /* `decided` was never to be */
    assert_string_equal(desk.c->reopened.outcome, "lapsed");
    assert_null(desk.c->reopened.ground);

    lapsed("look");
    assert_string_equal(desk_steps(), "look");
    desk_refused(reopening("supervisor", NULL), ERROR_NOT_CONTRADICTED);
    contradict();
    assert_true(desk_give(reopening("supervisor", NULL)));
    assert_string_equal(desk_steps(), "work.ask");
    assert_null(desk.c->reopened.outcome);
    assert_int_equal(desk.c->n_clock, 1); /* which never ended */
}

/* Silence had it accepted from the receipt on, and a message left the house with it. */
static void
what_silence_had_marked_for_an_earlier_moment_is_unset_too(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'clocks': {'law': {'kind': 'statutory', 'limit': '9 working days', 'from':"
                " 'accepted'}}, 'start': 'accept', 'steps': {'accept': {'by': 'window', 'limit':"
                " '2 days', 'actions': {'accept': {'to': 'look', 'marks': 'accepted'}, 'refuse':"
                " 'over'}, 'after': {'5 days': {'to': 'look', 'marks': 'accepted', 'do': [{'send':"
                " 'tax', 'data': 1}], 'deem': {'kind': 'accepted', 'basis': '32', 'effective':"
                " 'entered'}}}}, 'look': {'by': 'window', 'actions': {'end': 'over'}}, 'over':"
                " {'end': 'done'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_look("2026-03-11 09:00");
    cmd = desk_action("head", "refuse", "accept");
    cmd.actor.role = (const char *const[]){"window", "head"};
    cmd.actor.n_role = 2;
    cmd.happened = desk_moment("2026-03-05 10:00");
    desk_history(&cmd);
    assert_true(desk_give(cmd));
    assert_true(desk_give(reopening("supervisor", NULL)));
    assert_string_equal(desk_steps(), "accept");
    assert_int_equal(desk.c->mark[2], INSTANT_NONE); /* it was never accepted */
    desk_act("window", "accept");
    assert_int_equal(desk.c->mark[2], desk.now);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_goes_on_where_the_ground_says_with_new_clocks_and_old_verdicts),
        TEST(who_may_and_when_and_for_what_is_the_grounds),
        TEST(what_was_issued_holds_unless_the_ground_revokes_it),
        TEST(nothing_of_the_course_before_can_be_taken_back_nor_the_reopening),
        TEST(a_supervisor_sends_a_contradicted_case_back_to_what_silence_left),
        TEST(what_silence_had_marked_for_an_earlier_moment_is_unset_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
