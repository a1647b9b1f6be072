/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts for the applicant, and who of the house answers for the case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/mandates.h"
#include "tests/support/desk.h"

static void
hall(void)
{
    desk_define("'materials': [{'id': 'articles', 'title': {'zh': '章程', 'en': 'Articles'}}],"
                " 'withdraw': {'to': 'gone'}, 'openBy': ['window', 'applicant', 'import'],"
                " 'reopen': {'again': {'to': 'a', 'by': ['head']}},"
                " 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'go': {'to': 'a'}}},"
                " 'a': {'by': 'applicant', 'actions': {'say': {'to': 'a'}, 'sign': {'to': 'r'}}},"
                " 'r': {'by': 'registrar', 'actions': {'back': {'to': 'a'}, 'note': {}, 'end': "
                "{'to': 'end'}}},"
                " 'end': {'end': 'granted'}, 'gone': {'end': 'withdrawn'}}");
}

static void
open_hall(void)
{
    hall();
    desk_open("{}");
    desk_act("window", "go");
}

/* Terms with the scope as JSON, "null" for all. */
static struct mandate *
terms(const char *account, const char *scope, const char *until)
{
    struct mandate *m = arena_new(&desk.arena, struct mandate);

    m->account = account;
    m->kind = account ? "helper" : "person";
    m->agent = account ? NULL : "0123";
    m->scope = *desk_json(scope);
    m->from = INSTANT_NONE;
    m->until = until ? desk_moment(until) : INSTANT_NONE;
    return m;
}

static struct command
giving(const char *who, const struct mandate *m)
{
    struct command cmd = desk_command(COMMAND_MANDATE, who);

    cmd.mandate = m;
    cmd.reason = NULL;
    return cmd;
}

static void
give(const char *who, const char *account, const char *scope, const char *until)
{
    assert_true(desk_give(giving(who, terms(account, scope, until))));
}

/* By who came with the code of the agent of mandate @number. */
static struct command
by_agent(struct command cmd, int32_t number)
{
    cmd.actor =
        (struct actor){.id = arena_printf(&desk.arena, "agent %d", number), .mandate = number};
    return cmd;
}

static struct command
agent_acts(const char *action, int32_t number)
{
    return by_agent(desk_action("applicant", action, NULL), number);
}

static struct command
revoking(const char *who, int32_t number)
{
    struct command cmd = desk_command(COMMAND_REVOKE_MANDATE, who);

    cmd.number = number;
    return cmd;
}

/* What the newest record says. */
static const struct value *
told(const char *name)
{
    return value_get(desk_json(desk.record[desk.n_record - 1]), name);
}

static void
an_agent_acts_for_the_applicant_and_the_record_says_so(void **state)
{
    (void)state;
    open_hall();
    give("applicant", NULL, "null", "2026-03-10 00:00");
    assert_int_equal(desk_facts(FACT_MANDATED), 1);
    assert_string_equal(desk.c->mandate[0].agent, "0123");
    assert_true(desk_give(agent_acts("say", 1)));
    assert_string_equal(told("by")->string, "agent 1");
    assert_string_equal(told("role")->string, "agent");
    assert_int_equal(told("mandate")->integer, 1);
    /* The applicant himself acts on. */
    desk_act("applicant", "say");
    assert_null(told("mandate"));
    assert_true(desk_give(agent_acts("sign", 1)));
    assert_string_equal(desk_steps(), "r");
    desk_refused(agent_acts("note", 1), ERROR_FORBIDDEN);
}

static void
a_helper_of_the_house_acts_by_his_account(void **state)
{
    struct command say;

    (void)state;
    open_hall();
    say = desk_action("helper#li", "say", NULL);
    desk_refused(say, ERROR_FORBIDDEN);
    give("applicant", "li", "['act:say']", NULL);
    say.actor.district = "371599"; /* he goes with the applicant wherever that is */
    assert_true(desk_give(say));
    assert_string_equal(told("role")->string, "agent");
    assert_int_equal(told("mandate")->integer, 1);
    desk_refused(desk_action("helper#li", "sign", NULL), ERROR_MANDATE_SCOPE);
    desk_refused(desk_action("registrar#li", "say", NULL), ERROR_FORBIDDEN);
    desk_refused(desk_action("helper#wang", "say", NULL), ERROR_FORBIDDEN);
    /* A new one takes the place of the one before. */
    give("window", "li", "['act:sign']", NULL);
    assert_string_equal(mandate_state_name(mandate_state_at(desk.c, &desk.c->mandate[0], desk.now)),
                        "revoked");
    desk_refused(say, ERROR_MANDATE_SCOPE);
    assert_true(desk_give(desk_action("helper#li", "sign", NULL)));
}

static void
what_a_mandate_does_not_reach_to_is_refused(void **state)
{
    struct command cmd;

    (void)state;
    open_hall();
    give("applicant", NULL, "['materials']", NULL);
    give("applicant", NULL, "null", NULL);
    give("applicant", NULL, "['withdraw']", NULL);
    give("applicant", NULL, "['progress']", NULL);
    desk_refused(agent_acts("say", 1), ERROR_MANDATE_SCOPE);
    desk_refused(agent_acts("say", 4), ERROR_MANDATE_SCOPE);
    cmd = by_agent(desk_command(COMMAND_MATERIAL, "applicant"), 1);
    cmd.material = "articles";
    cmd.action = "reject";
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd.action = "receive";
    desk_refused(by_agent(cmd, 3), ERROR_MANDATE_SCOPE);
    assert_true(desk_give(cmd));
    assert_string_equal(told("role")->string, "agent");
    /* To give the right itself up must be named. */
    cmd = desk_command(COMMAND_WITHDRAW, "applicant");
    desk_refused(by_agent(cmd, 2), ERROR_MANDATE_SCOPE);
    /* What is for the applicant himself, and for the house, is not for agents. */
    desk_refused(by_agent(giving("applicant", terms(NULL, "null", NULL)), 2), ERROR_FORBIDDEN);
    desk_refused(by_agent(revoking("applicant", 1), 2), ERROR_FORBIDDEN);
    cmd = desk_command(COMMAND_CLAIM, "applicant");
    cmd.step = "a";
    desk_refused(by_agent(cmd, 2), ERROR_FORBIDDEN);
    cmd = desk_command(COMMAND_HOLD, "applicant");
    cmd.step = "a";
    desk_refused(by_agent(cmd, 2), ERROR_FORBIDDEN);
    assert_true(desk_give(by_agent(desk_command(COMMAND_WITHDRAW, "applicant"), 3)));
    assert_string_equal(told("role")->string, "agent");
    assert_int_equal(told("mandate")->integer, 3);
    assert_string_equal(desk_steps(), "withdrawn");
}

static void
a_mandate_is_given_by_the_applicant_or_at_a_window_with_its_document(void **state)
{
    struct command cmd;

    (void)state;
    open_hall();
    cmd = giving("applicant", terms(NULL, "null", NULL));
    cmd.document = NULL;
    assert_true(desk_give(cmd));
    assert_string_equal(told("role")->string, "applicant");
    cmd = giving("window", terms(NULL, "null", NULL));
    cmd.document = NULL;
    desk_refused(cmd, ERROR_DOCUMENT_MISSING);
    cmd.document = "授权委托书";
    assert_true(desk_give(cmd));
    assert_string_equal(desk.c->mandate[1].document, "授权委托书");
    desk_refused(giving("registrar", terms(NULL, "null", NULL)), ERROR_FORBIDDEN);
    desk_refused(giving("public", terms(NULL, "null", NULL)), ERROR_FORBIDDEN);
    desk_refused(giving("applicant", NULL), ERROR_FORM_INVALID);
    desk_refused(giving("applicant", terms(NULL, "[]", NULL)), ERROR_FORM_INVALID);
    desk_refused(giving("applicant", terms(NULL, "['all']", NULL)), ERROR_FORM_INVALID);
    desk_refused(giving("applicant", terms(NULL, "['act:end']", NULL)), ERROR_FORM_INVALID);
    desk_refused(giving("applicant", terms(NULL, "null", "2026-03-02 09:00")), ERROR_FORM_INVALID);
    while (desk.c->n_mandate < MANDATES_MOST)
        give("applicant", NULL, "null", NULL);
    desk_refused(giving("applicant", terms(NULL, "null", NULL)), ERROR_ACTION_NOT_ALLOWED);
}

static void
a_mandate_ends_by_its_giver_by_its_time_and_with_the_case(void **state)
{
    struct command cmd;
    struct mandate *later;

    (void)state;
    open_hall();
    give("applicant", NULL, "null", "2026-03-10 00:00");
    give("applicant", NULL, "null", NULL);
    later = terms(NULL, "null", NULL);
    later->from = desk_moment("2026-03-05 00:00");
    assert_true(desk_give(giving("applicant", later)));
    desk_refused(agent_acts("say", 3), ERROR_MANDATE_ENDED);
    desk_at("2026-03-09 23:59");
    assert_true(desk_give(agent_acts("say", 1)));
    assert_true(desk_give(agent_acts("say", 3)));
    desk_at("2026-03-10 00:00");
    desk_refused(agent_acts("say", 1), ERROR_MANDATE_ENDED);
    desk_refused(revoking("applicant", 1), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(revoking("applicant", 9), ERROR_FORM_INVALID);
    cmd = revoking("window", 3);
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    assert_true(desk_give(revoking("window", 3)));
    desk_refused(agent_acts("say", 3), ERROR_MANDATE_ENDED);
    desk_refused(revoking("window", 3), ERROR_ACTION_NOT_ALLOWED);
    assert_true(desk_give(agent_acts("sign", 2)));
    desk_act("registrar", "end");
    assert_int_equal(mandate_state_at(desk.c, &desk.c->mandate[1], desk.now), MANDATE_CLOSED);
    assert_int_equal(mandate_state_at(desk.c, &desk.c->mandate[0], desk.now), MANDATE_EXPIRED);
    /* Ended is ended, also when the case goes on. */
    cmd = desk_command(COMMAND_REOPEN, "head");
    cmd.ground = "again";
    assert_true(desk_give(cmd));
    desk_refused(agent_acts("say", 2), ERROR_MANDATE_ENDED);
    give("applicant", NULL, "null", NULL);
    assert_true(desk_give(agent_acts("say", 4)));
}

static void
an_agent_is_shown_what_he_may_do(void **state)
{
    const struct actor asks = {.id = "agent 1", .mandate = 1};
    struct actor who;
    struct allowed *list;

    (void)state;
    open_hall();
    give("applicant", NULL, "['act:sign']", "2026-03-10 00:00");
    who = machine_agent(desk.c, &asks, desk.now);
    assert_int_equal(machine_allowed(desk.w, desk.c, &who, &desk.arena, &list), 1);
    assert_string_equal(list[0].action->id, "sign");
    who = machine_agent(desk.c, &asks, desk_moment("2026-03-10 00:00"));
    assert_int_equal(machine_allowed(desk.w, desk.c, &who, &desk.arena, &list), 0);
}

static void
who_opens_a_case_at_a_window_is_its_first_handler(void **state)
{
    (void)state;
    hall();
    desk_open("{}");
    assert_string_equal(desk.c->first.account, "window");
    assert_int_equal(desk.c->first.since, desk.now);
    assert_true(told("handled")->boolean);
    desk_act("window#wang", "go");
    assert_null(told("handled"));
    assert_string_equal(desk.c->first.account, "window");
}

/* Opened by @who with no account of the house. */
static void
open_by(const char *who)
{
    struct opening *o = arena_new(&desk.arena, struct opening);
    struct command cmd = desk_command(COMMAND_OPEN, who);

    o->number = "371502-TEST-20260302-000001-0";
    o->district = "371502";
    o->applicant_kind = "enterprise";
    cmd.opening = o;
    cmd.input = *desk_json("{}");
    assert_true(desk_give(cmd));
}

static void
else_who_first_has_to_do_with_it_is(void **state)
{
    struct command cmd;

    (void)state;
    hall();
    open_by("public");
    assert_null(desk.c->first.account);
    assert_true(desk.c->first.awaited);
    give("applicant", "li", "null", NULL);
    desk_at("2026-03-02 10:00");
    desk_look("2026-03-02 10:30");
    assert_null(desk.c->first.account);
    cmd = desk_command(COMMAND_CLAIM, "window#wang");
    cmd.step = "t";
    cmd.until = desk.now + SPAN_HOUR;
    desk_at("2026-03-02 11:00");
    assert_true(desk_give(cmd));
    assert_string_equal(desk.c->first.account, "wang");
    assert_int_equal(desk.c->first.since, desk.now);
    /* What is brought in was handled elsewhere. */
    hall();
    open_by("import");
    assert_null(desk.c->first.account);
    assert_false(desk.c->first.awaited);
    desk_act("window#wang", "go");
    assert_null(desk.c->first.account);
}

static void
an_agent_stands_on_the_applicants_side(void **state)
{
    (void)state;
    desk_define("'openBy': ['applicant'], 'start': 'a', 'steps': {'a': {'by': 'applicant',"
                " 'actions': {'say': {'to': 'a'}}}, 'end': {'end': 'granted'}}");
    open_by("public");
    give("applicant", "li", "null", NULL);
    assert_true(desk_give(desk_action("helper#li", "say", NULL)));
    assert_null(desk.c->first.account);
    assert_true(desk.c->first.awaited);
}

/* An opening that says who files it, under @m. */
static struct command
filing(const char *who, const struct mandate *m)
{
    static const struct opening o = {.number = "371502-TEST-20260302-000001-0",
                                     .district = "371502",
                                     .applicant_kind = "enterprise"};
    struct command cmd = desk_command(COMMAND_OPEN, who);

    cmd.opening = &o;
    cmd.input = *desk_json("{}");
    cmd.mandate = m;
    return cmd;
}

static void
an_agent_files_for_the_applicant_and_the_first_record_says_so(void **state)
{
    struct command cmd;

    (void)state;
    hall();
    cmd = filing("helper#li", terms("li", "['act', 'materials']", "2026-03-10 00:00"));
    cmd.document = "授权委托书";
    assert_true(desk_give(cmd));
    assert_int_equal(desk.n_record, 1);
    assert_string_equal(told("command")->string, "open");
    assert_string_equal(told("by")->string, "li");
    assert_string_equal(told("role")->string, "agent");
    assert_int_equal(told("mandate")->integer, 1);
    assert_string_equal(told("document")->string, "授权委托书");
    assert_int_equal(desk_facts(FACT_MANDATED), 1);
    assert_string_equal(desk.c->mandate[0].document, "授权委托书");
    /* He is on the applicant's side: nobody of the house has it, nor looked who asks. */
    assert_null(desk.c->first.account);
    assert_true(desk.c->first.awaited);
    assert_true(desk.c->identity.claimed);
    desk_act("window#wang", "go");
    assert_string_equal(desk.c->first.account, "wang");
    assert_true(desk_give(desk_action("helper#li", "say", NULL)));
    assert_int_equal(told("mandate")->integer, 1);
}

static void
an_opening_names_its_agent(void **state)
{
    struct command cmd;

    (void)state;
    hall();
    cmd = filing("window#wang", terms(NULL, "null", NULL));
    cmd.document = NULL;
    desk_refused(cmd, ERROR_DOCUMENT_MISSING);
    cmd.document = "授权委托书";
    assert_true(desk_give(cmd));
    assert_string_equal(told("role")->string, "window");
    assert_null(told("mandate"));
    assert_string_equal(desk.c->first.account, "wang");
    assert_false(desk.c->identity.claimed);
    assert_string_equal(desk.c->mandate[0].agent, "0123");
    desk_act("window", "go");
    assert_true(desk_give(agent_acts("say", 1)));
    /* By the applicant himself, who needs no document. */
    hall();
    cmd = filing("public", terms("li", "null", NULL));
    cmd.document = NULL;
    assert_true(desk_give(cmd));
    assert_string_equal(told("role")->string, "applicant");
    assert_null(told("mandate"));
    assert_string_equal(desk.c->mandate[0].account, "li");
}

static void
who_may_not_give_the_mandate_does_not_file_under_it(void **state)
{
    struct command cmd;

    (void)state;
    hall();
    desk_refused(filing("helper#li", NULL), ERROR_FORBIDDEN);
    desk_refused(filing("helper#li", terms("wang", "null", NULL)), ERROR_FORBIDDEN);
    desk_refused(filing("helper#li", terms(NULL, "null", NULL)), ERROR_FORBIDDEN);
    desk_refused(filing("import", terms("li", "null", NULL)), ERROR_FORBIDDEN);
    desk_refused(filing("registrar#li", terms("li", "null", NULL)), ERROR_FORBIDDEN);
    cmd = filing("helper#li", terms("li", "null", NULL));
    cmd.actor.district = "371599"; /* the case would be of another district */
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd = filing("helper#li", terms("li", "null", NULL));
    cmd.document = NULL;
    desk_refused(cmd, ERROR_DOCUMENT_MISSING);
    cmd.document = "授权委托书";
    cmd.mandate = terms("li", "['materials', 'act:say']", NULL);
    desk_refused(cmd, ERROR_MANDATE_SCOPE);
    cmd.mandate = terms("li", "['all']", NULL);
    desk_refused(cmd, ERROR_FORM_INVALID);
    cmd.mandate = terms("li", "null", NULL);
    ((struct mandate *)cmd.mandate)->from = desk_moment("2026-03-05 00:00");
    desk_refused(cmd, ERROR_MANDATE_ENDED);
    cmd.mandate = terms("li", "['act']", NULL);
    assert_true(desk_give(cmd));
    /* Where the applicant could not open it himself, nobody can in his name. */
    desk_define("'openBy': ['window'], 'start': 'a', 'steps': {'a': {'by': 'applicant',"
                " 'actions': {'say': {'to': 'end'}}}, 'end': {'end': 'granted'}}");
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd = filing("public", terms("li", "null", NULL));
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd = filing("window", terms("li", "null", NULL));
    cmd.document = "授权委托书";
    assert_true(desk_give(cmd));
}

static void
a_supervisor_entrusts_another_for_a_reason(void **state)
{
    struct command cmd;

    (void)state;
    open_hall();
    cmd = desk_command(COMMAND_ENTRUST, "supervisor");
    cmd.account = "zhao";
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd.reason = "on leave";
    desk_at("2026-03-03 10:00");
    assert_true(desk_give(cmd));
    assert_string_equal(desk.c->first.account, "zhao");
    assert_int_equal(desk.c->first.since, desk.now);
    desk_refused(cmd, ERROR_ACTION_NOT_ALLOWED);
    cmd.account = NULL;
    desk_refused(cmd, ERROR_FORM_INVALID);
    cmd = desk_command(COMMAND_ENTRUST, "head");
    cmd.account = "wang";
    desk_refused(cmd, ERROR_FORBIDDEN);
    desk_refused(desk_command(COMMAND_ENTRUST, "window"), ERROR_FORBIDDEN);
}

#define TEST(x) cmocka_unit_test_setup_teardown(x, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_agent_acts_for_the_applicant_and_the_record_says_so),
        TEST(a_helper_of_the_house_acts_by_his_account),
        TEST(what_a_mandate_does_not_reach_to_is_refused),
        TEST(a_mandate_is_given_by_the_applicant_or_at_a_window_with_its_document),
        TEST(a_mandate_ends_by_its_giver_by_its_time_and_with_the_case),
        TEST(an_agent_is_shown_what_he_may_do),
        TEST(who_opens_a_case_at_a_window_is_its_first_handler),
        TEST(else_who_first_has_to_do_with_it_is),
        TEST(an_agent_stands_on_the_applicants_side),
        TEST(an_agent_files_for_the_applicant_and_the_first_record_says_so),
        TEST(an_opening_names_its_agent),
        TEST(who_may_not_give_the_mandate_does_not_file_under_it),
        TEST(a_supervisor_entrusts_another_for_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
