/* SPDX-License-Identifier: Apache-2.0 */
/* What an agent did earlier than it is recorded: by the mandate he had then (K3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/mandates.h"
#include "tests/support/desk.h"

/* Opened on Monday 2026-03-02 at 09:00; by Thursday's end silence closes it. */
static void
hall(void)
{
    desk_define("'materials': [{'id': 'articles', 'title': {'zh': '章程', 'en': 'Articles'}}],"
                " 'withdraw': {'to': 'gone'}, 'openBy': ['window', 'applicant'],"
                " 'backdateBy': ['helper', 'window'], 'reopen': {'again': {'to': 'a', 'by':"
                " ['head']}}, 'start': 'a', 'steps': {'a': {'by': 'applicant', 'actions': {'say':"
                " {}, 'sign': {'to': 'end'}}, 'after': {'3 working days': {'to': 'late'}}},"
                " 'end': {'end': 'granted'}, 'late': {'end': 'lapsed'}, 'gone': {'end':"
                " 'withdrawn'}}");
}

static struct mandate *
terms(const char *scope, const char *from, const char *until)
{
    struct mandate *m = arena_new(&desk.arena, struct mandate);

    m->account = "li";
    m->kind = "helper";
    m->scope = *desk_json(scope);
    m->from = from ? desk_moment(from) : INSTANT_NONE;
    m->until = until ? desk_moment(until) : INSTANT_NONE;
    return m;
}

static void
give(const char *scope, const char *until)
{
    struct command cmd = desk_command(COMMAND_MANDATE, "applicant");

    cmd.mandate = terms(scope, NULL, until);
    assert_true(desk_give(cmd));
}

static void
revoke(int32_t number)
{
    struct command cmd = desk_command(COMMAND_REVOKE_MANDATE, "applicant");

    cmd.number = number;
    assert_true(desk_give(cmd));
}

/* Says now that he did it then. */
static struct command
had(struct command cmd, const char *happened)
{
    cmd.happened = desk_moment(happened);
    desk_history(&cmd);
    return cmd;
}

static struct command
had_said(const char *action, const char *happened)
{
    return had(desk_action("helper#li", action, NULL), happened);
}

static int64_t
under(void)
{
    const struct value *record = desk_json(desk.record[desk.n_record - 1]);

    assert_string_equal(value_get_string(record, "role"), "agent");
    return value_get(record, "mandate")->integer;
}

static void
what_was_done_under_a_mandate_that_has_ended_since_counts(void **state)
{
    (void)state;
    hall();
    desk_open("{}");
    desk_at("2026-03-02 12:00");
    give("null", "2026-03-04 00:00");
    desk_at("2026-03-05 10:00");
    desk_refused(desk_action("helper#li", "say", NULL), ERROR_MANDATE_ENDED);
    desk_refused(had_said("say", "2026-03-05 10:00"), ERROR_MANDATE_ENDED);
    desk_refused(had_said("say", "2026-03-04 00:00"), ERROR_MANDATE_ENDED);
    assert_true(desk_give(had_said("say", "2026-03-03 23:59")));
    assert_int_equal(under(), 1);
    /* It gives nothing for what he did before he had it. */
    desk_refused(had_said("say", "2026-03-02 11:59"), ERROR_MANDATE_ENDED);
    assert_true(desk_give(had_said("say", "2026-03-02 12:00")));
}

static void
a_mandate_is_revoked_from_that_moment_on(void **state)
{
    (void)state;
    hall();
    desk_open("{}");
    give("null", NULL);
    desk_at("2026-03-03 12:00");
    revoke(1);
    desk_at("2026-03-04 10:00");
    desk_refused(desk_action("helper#li", "say", NULL), ERROR_MANDATE_ENDED);
    desk_refused(had_said("say", "2026-03-03 12:00"), ERROR_MANDATE_ENDED);
    assert_true(desk_give(had_said("say", "2026-03-03 11:59")));
    assert_int_equal(under(), 1);
}

static void
of_two_mandates_the_one_he_had_then_is_asked(void **state)
{
    (void)state;
    hall();
    desk_open("{}");
    give("['act:say']", NULL);
    desk_at("2026-03-03 12:00");
    give("['act:sign']", NULL);
    desk_at("2026-03-04 10:00");
    desk_refused(had_said("sign", "2026-03-03 11:00"), ERROR_MANDATE_SCOPE);
    desk_refused(had_said("say", "2026-03-03 13:00"), ERROR_MANDATE_SCOPE);
    assert_true(desk_give(had_said("say", "2026-03-03 11:00")));
    assert_int_equal(under(), 1);
    assert_true(desk_give(had_said("sign", "2026-03-03 13:00")));
    assert_int_equal(under(), 2);
    assert_string_equal(desk_steps(), "granted");
}

/* That somebody may say so is asked of him who says it, as of now. */
static void
it_is_said_by_who_may_say_that_something_happened_earlier(void **state)
{
    struct command cmd;

    (void)state;
    hall();
    desk_open("{}");
    give("null", NULL);
    cmd = desk_command(COMMAND_MANDATE, "applicant");
    cmd.mandate = terms("null", NULL, NULL);
    ((struct mandate *)cmd.mandate)->account = NULL;
    ((struct mandate *)cmd.mandate)->kind = "person";
    assert_true(desk_give(cmd));
    desk_at("2026-03-03 12:00");
    cmd = had_said("say", "2026-03-03 11:00");
    cmd.actor = (struct actor){.id = "agent 2", .mandate = 2};
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd = had_said("say", "2026-03-03 11:00");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    /* A window says it for him, whatever became of his mandate, and it is the window's record. */
    revoke(1);
    assert_true(desk_give(had(desk_action("window", "say", NULL), "2026-03-03 11:00")));
    assert_null(value_get(desk_json(desk.record[desk.n_record - 1]), "mandate"));
}

static void
what_he_handed_in_or_withdrew_is_judged_alike(void **state)
{
    struct command cmd;

    (void)state;
    hall();
    desk_open("{}");
    give("['materials', 'withdraw']", "2026-03-04 00:00");
    desk_at("2026-03-04 10:00");
    cmd = desk_command(COMMAND_MATERIAL, "helper#li");
    cmd.material = "articles";
    cmd.action = "receive";
    desk_refused(had(cmd, "2026-03-04 00:00"), ERROR_MANDATE_ENDED);
    assert_true(desk_give(had(cmd, "2026-03-03 10:00")));
    assert_int_equal(under(), 1);
    cmd = desk_command(COMMAND_WITHDRAW, "helper#li");
    desk_refused(cmd, ERROR_MANDATE_ENDED);
    assert_true(desk_give(had(cmd, "2026-03-03 11:00")));
    assert_int_equal(under(), 1);
    assert_string_equal(desk_steps(), "withdrawn");
}

static void
what_he_did_before_silence_closed_the_case_contradicts_it(void **state)
{
    struct command cmd;

    (void)state;
    hall();
    desk_open("{}");
    give("null", NULL);
    desk_look("2026-03-06 09:00");
    assert_string_equal(desk_steps(), "lapsed");
    assert_int_equal(desk.c->mark[MARK_CLOSED], desk_moment("2026-03-06 00:00"));
    /* At one instant people come before time. */
    assert_true(desk_give(had_said("sign", "2026-03-06 00:00")));
    assert_int_equal(under(), 1);
    assert_int_equal(desk.c->contradicted, 1);
    /* His mandate ended with the case, not when that was reopened: what came between is nobody's.
     */
    desk_at("2026-03-09 09:00");
    assert_true(desk_give(desk_command(COMMAND_RECONCILE, "supervisor")));
    cmd = desk_command(COMMAND_REOPEN, "head");
    cmd.ground = "again";
    assert_true(desk_give(cmd));
    assert_int_equal(desk.c->mandate[0].ended, desk_moment("2026-03-06 00:00"));
    cmd = desk_command(COMMAND_MATERIAL, "helper#li");
    cmd.material = "articles";
    cmd.action = "receive";
    desk_refused(had(cmd, "2026-03-06 10:00"), ERROR_MANDATE_ENDED);
    assert_true(desk_give(had(cmd, "2026-03-05 10:00")));
}

/* A mandate's end as it is told by records of rules before these. */
static void
records_of_before_say_that_it_ended_with_the_reopening(void **state)
{
    struct setting s = {.calendar = desk.calendar};
    struct command cmd;
    struct case_state *c;
    struct error e;

    (void)state;
    hall();
    desk_open("{}");
    give("null", NULL);
    desk_act("applicant", "sign");
    desk_at("2026-03-04 10:00");
    cmd = desk_command(COMMAND_REOPEN, "head");
    cmd.ground = "again";
    assert_true(desk_give(cmd));
    assert_int_equal(desk.c->mandate[0].ended, desk_moment("2026-03-02 09:00"));
    s.workflow = desk.w;
    c = case_new(&desk.arena, desk.w);
    c->number = desk.c->number;
    for (size_t i = 0; i < desk.n_record; i++) {
        const struct value is = *desk_json(desk.record[i]);
        const struct value old = value_with(&desk.arena, &is, "rules", value_int(6));

        assert_true(machine_replay(&s, c, &old, &desk.arena, &e));
    }
    assert_int_equal(c->mandate[0].ended, desk_moment("2026-03-04 10:00"));
}

static struct command
filed(const struct mandate *m, const char *happened)
{
    static const struct opening o = {.number = "371502-TEST-20260302-000001-0",
                                     .district = "371502",
                                     .applicant_kind = "enterprise"};
    struct command cmd = desk_command(COMMAND_OPEN, "helper#li");

    cmd.opening = &o;
    cmd.input = *desk_json("{}");
    cmd.mandate = m;
    cmd.document = "授权委托书";
    cmd.happened = desk_moment(happened);
    return cmd;
}

static void
he_files_under_the_mandate_that_was_in_force_then(void **state)
{
    (void)state;
    hall();
    desk_at("2026-03-04 10:00");
    desk_refused(filed(terms("null", NULL, "2026-03-02 09:00"), "2026-03-02 09:00"),
                 ERROR_FORM_INVALID);
    desk_refused(filed(terms("null", NULL, "2026-03-01 00:00"), "2026-03-02 09:00"),
                 ERROR_FORM_INVALID);
    desk_refused(filed(terms("null", "2026-03-03 00:00", NULL), "2026-03-02 09:00"),
                 ERROR_MANDATE_ENDED);
    assert_true(desk_give(filed(terms("null", NULL, "2026-03-03 00:00"), "2026-03-02 09:00")));
    assert_int_equal(under(), 1);
    assert_int_equal(desk.c->mandate[0].from, desk_moment("2026-03-02 09:00"));
    /* By now it has ended; what he did before it did is said like all else. */
    desk_refused(desk_action("helper#li", "say", NULL), ERROR_MANDATE_ENDED);
    desk_refused(had_said("say", "2026-03-03 00:00"), ERROR_MANDATE_ENDED);
    assert_true(desk_give(had_said("say", "2026-03-02 10:00")));
    assert_int_equal(under(), 1);
}

#define TEST(x) cmocka_unit_test_setup_teardown(x, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_done_under_a_mandate_that_has_ended_since_counts),
        TEST(a_mandate_is_revoked_from_that_moment_on),
        TEST(of_two_mandates_the_one_he_had_then_is_asked),
        TEST(it_is_said_by_who_may_say_that_something_happened_earlier),
        TEST(what_he_handed_in_or_withdrew_is_judged_alike),
        TEST(what_he_did_before_silence_closed_the_case_contradicts_it),
        TEST(records_of_before_say_that_it_ended_with_the_reopening),
        TEST(he_files_under_the_mandate_that_was_in_force_then),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
