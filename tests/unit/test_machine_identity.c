/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: claimed by who opens a case himself, until somebody of the house has looked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/founding.h"
#include "tests/support/desk.h"

static const char certificate[] = "YYZZ-SAMPLE-1";

static void
hall(void)
{
    desk_define(
        "'openBy': ['registrar', 'applicant'], 'materials': [{'id': 'licence', 'title': {'zh':"
        " 'c', 'en': 'c'}, 'from': 'shared-data', 'certificate': 'business-licence'}], 'start':"
        " 't', 'steps': {'t': {'by': 'registrar', 'after': {'5 days': {'to': 'end'}}, 'actions':"
        " {'look': {}, 'go': {'to': 'a'}}}, 'a': {'by': 'window', 'actions': {'out': {'to':"
        " 'end'}}}, 'end': {'end': 'granted'}}");
}

/* What the shell found that the party holds: it is told, whoever asks. */
static struct command
holding(struct command cmd)
{
    cmd.held = desk_json(arena_printf(&desk.arena, "{'business-licence': '%s'}", certificate));
    return cmd;
}

static void
open_as(const char *who, bool claimed)
{
    struct opening *o = arena_new(&desk.arena, struct opening);
    struct command cmd = holding(desk_command(COMMAND_OPEN, who));

    *o = (struct opening){.number = "TEST-1",
                          .district = "371502",
                          .applicant_kind = "enterprise",
                          .claimed = claimed};
    desk.c = case_new(&desk.arena, desk.w);
    desk.n_record = 0;
    cmd.opening = o;
    cmd.input = *desk_json("{}");
    assert_true(desk_give(cmd));
}

static struct command
identify(const char *who, const char *document)
{
    struct command cmd = holding(desk_command(COMMAND_IDENTIFY, who));

    cmd.document = document;
    return cmd;
}

static struct command
acting(const char *who, const char *action, const char *document)
{
    struct command cmd = holding(desk_action(who, action, NULL));

    cmd.identified = document;
    return cmd;
}

static void
who_opens_it_himself_only_claims_who_he_is(void **state)
{
    (void)state;
    hall();
    open_as("registrar", false);
    assert_false(desk.c->identity.claimed);
    assert_string_equal(desk.c->material[0].document, certificate);
    open_as("public", false);
    assert_true(desk.c->identity.claimed);
    assert_int_equal(desk.c->material[0].state, MATERIAL_MISSING);
    /* What it opens is not known better. */
    open_as("registrar", true);
    assert_true(desk.c->identity.claimed);
    assert_int_equal(desk.c->material[0].state, MATERIAL_MISSING);
}

static void
somebody_of_the_house_looks_and_then_it_is_known(void **state)
{
    (void)state;
    hall();
    open_as("public", false);
    desk_refused(identify("applicant", "身份证"), ERROR_FORBIDDEN);
    desk_refused(identify("public", "身份证"), ERROR_FORBIDDEN);
    desk_refused(identify("window", "身份证"), ERROR_FORBIDDEN);
    desk_refused(identify("registrar", NULL), ERROR_DOCUMENT_MISSING);
    desk_at("2026-03-02 09:10");
    assert_true(desk_give(identify("registrar#wang", "营业执照")));
    assert_false(desk.c->identity.claimed);
    assert_string_equal(desk.c->identity.by, "wang");
    assert_string_equal(desk.c->identity.document, "营业执照");
    assert_int_equal(desk.c->identity.at, desk_moment("2026-03-02 09:10"));
    assert_int_equal(desk.c->material[0].state, MATERIAL_FETCHED);
    assert_string_equal(desk.c->material[0].document, certificate);
    desk_refused(identify("registrar", "营业执照"), ERROR_ALREADY_IDENTIFIED);
}

static void
who_takes_the_case_in_says_it_beside_what_he_does(void **state)
{
    (void)state;
    hall();
    open_as("public", false);
    desk_refused(acting("registrar", "look", ""), ERROR_DOCUMENT_MISSING);
    assert_true(desk_give(acting("registrar#wang", "look", "身份证")));
    assert_string_equal(desk.c->identity.by, "wang");
    assert_int_equal(desk.c->material[0].state, MATERIAL_FETCHED);
    desk_refused(acting("registrar", "look", "身份证"), ERROR_ALREADY_IDENTIFIED);
    /* Acting alone says nothing of it, and who may not look may not say so. */
    open_as("public", false);
    desk_act("registrar", "go");
    assert_true(desk.c->identity.claimed);
    desk_refused(acting("window", "out", "身份证"), ERROR_FORBIDDEN);
    /* A wrong click is taken back, what was seen is not. */
    open_as("public", false);
    assert_true(desk_give(acting("registrar", "go", "身份证")));
    desk_annul((int32_t)desk.c->recorded);
    assert_string_equal(desk_steps(), "t");
    assert_false(desk.c->identity.claimed);
}

static void
a_document_may_be_looked_at_later_too(void **state)
{
    (void)state;
    hall();
    /* He stood before who opened it; at what that one looked is written down once. */
    open_as("registrar", false);
    assert_true(desk_give(identify("supervisor", "授权委托书")));
    desk_refused(identify("head", "授权委托书"), ERROR_ALREADY_IDENTIFIED);
    /* Of a closed case as well; nothing is fetched for it any more. */
    open_as("public", false);
    desk_look("2026-03-20 09:00");
    assert_string_equal(desk_steps(), "granted");
    assert_true(desk_give(identify("head", "营业执照")));
    assert_false(desk.c->identity.claimed);
    assert_int_equal(desk.c->material[0].state, MATERIAL_MISSING);
}

/* The definition has a step that silence has left, in which somebody had acted in time. */
static void
what_silence_has_left_says_nothing_of_who_asked(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'openBy': ['registrar', 'applicant'], 'backdateBy': ['registrar'], 'start': 't',"
                " 'steps': {'t': {'by': 'registrar', 'after': {'5 days': {'to': 'a'}}, 'actions':"
                " {'go': {'to': 'a'}}}, 'a': {'by': 'registrar', 'actions': {'out': {'to':"
                " 'end'}}}, 'end': {'end': 'granted'}}");
    open_as("public", false);
    desk_look("2026-03-20 09:00");
    cmd = acting("registrar", "go", "身份证");
    cmd.happened = desk_moment("2026-03-03 09:00");
    desk_history(&cmd);
    desk_refused(cmd, ERROR_STEP_NOT_OPEN);
    cmd.identified = NULL;
    assert_true(desk_give(cmd));
    assert_true(desk.c->identity.claimed);
}

static void
licensing(void)
{
    desk_define(
        "'openBy': ['registrar', 'applicant'], 'certificates': {'permit': {'number': 'P', 'valid':"
        " '1 year', 'content': {'n': {'var': ['case.n', 0]}}}, 'note': {'number': 'N', 'content':"
        " {'n': 1}}}, 'reopen': {'again': {'by': 'head', 'to': 't', 'revoke': ['permit']}},"
        " 'start': 't', 'steps': {'t': {'by': 'registrar', 'on': {'found': {'from': 'tax', 'do':"
        " [{'issue': 'note'}]}}, 'after': {'5 days': {'to': 'end', 'do': [{'issue': 'permit'}]}},"
        " 'actions': {'give': {'to': 'end', 'do': [{'issue': 'permit'}]}, 'count': {'do': [{'set':"
        " {'case.n': 7}}]}, 'known': {'when': {'var': 'case.identified'}, 'do': [{'set': {'case.n':"
        " 8}}]}}}, 'end': {'end': 'granted'}}");
}

static const char *
withheld(void)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < desk.c->n_withheld; i++)
        text_printf(&t, "%s%s", i ? " " : "", desk.w->certificate[desk.c->withheld[i]].id);
    return t.len ? t.at : "";
}

static void
nothing_is_issued_to_somebody_nobody_has_looked_at(void **state)
{
    (void)state;
    licensing();
    open_as("public", false);
    desk_refused(desk_action("registrar", "give", NULL), ERROR_NOT_IDENTIFIED);
    assert_int_equal(desk.c->n_certificate, 0);
    assert_string_equal(withheld(), "");
    assert_string_equal(desk_steps(), "t");
    /* Who looks and gives it in one go has looked first. */
    assert_true(desk_give(acting("registrar", "give", "身份证")));
    assert_int_equal(desk.c->n_certificate, 1);
    open_as("registrar", false);
    desk_act("registrar", "give");
    assert_int_equal(desk.c->n_certificate, 1);
}

/* Nobody is there who could look: the case goes on, and what it issues waits. */
static void
what_time_and_messages_issue_waits_until_somebody_has_looked(void **state)
{
    struct command cmd;

    (void)state;
    licensing();
    open_as("public", false);
    cmd = desk_action("system:tax", "found", NULL);
    cmd.kind = COMMAND_MESSAGE;
    cmd.message = "m1";
    assert_true(desk_give(cmd));
    cmd.message = "m2";
    assert_true(desk_give(cmd));
    assert_string_equal(withheld(), "note");
    desk_act("registrar", "count");
    desk_look("2026-03-20 09:00");
    assert_string_equal(desk_steps(), "granted");
    assert_string_equal(withheld(), "note permit");
    assert_int_equal(desk.c->n_certificate, 0);
    assert_int_equal(desk.out.n_issue, 0);
    desk_at("2026-03-23 10:00");
    assert_true(desk_give(identify("head", "营业执照")));
    assert_string_equal(withheld(), "");
    assert_int_equal(desk.c->n_certificate, 2);
    assert_int_equal(desk.out.n_issue, 2);
    assert_int_equal(desk.out.issue[1].at, desk_moment("2026-03-23 10:00"));
    assert_int_equal(value_get(&desk.out.issue[1].content, "n")->integer, 7);
}

static void
what_is_reopened_is_not_issued_for_the_course_before(void **state)
{
    struct command cmd;

    (void)state;
    licensing();
    open_as("public", false);
    desk_look("2026-03-20 09:00");
    assert_string_equal(withheld(), "permit");
    cmd = desk_command(COMMAND_REOPEN, "head");
    cmd.ground = "again";
    cmd.reason = "复议";
    assert_true(desk_give(cmd));
    assert_string_equal(withheld(), "");
    assert_true(desk_give(identify("head", "营业执照")));
    assert_int_equal(desk.c->n_certificate, 0);
}

static void
a_condition_asks_whether_it_is_known_who_asks(void **state)
{
    (void)state;
    licensing();
    assert_true(desk.w->asks_identified);
    open_as("registrar", false);
    desk_act("registrar", "known");
    open_as("public", false);
    desk_refused(desk_action("registrar", "known", NULL), ERROR_GUARD_FAILED);
    assert_true(desk_give(acting("registrar", "known", "身份证")));
    desk_act("registrar", "known");
    /* An author's name of before is his own. */
    desk_define(
        "'openBy': ['registrar', 'applicant'], 'start': 't', 'steps': {'t': {'by':"
        " 'registrar', 'actions': {'say': {'do': [{'set': {'case.identified': 'by hand'}}]},"
        " 'go': {'to': 'end', 'when': {'===': [{'var': ['case.identified', '']},"
        " 'by hand']}}}}, 'end': {'end': 'granted'}}");
    assert_false(desk.w->asks_identified);
    open_as("registrar", false);
    desk_refused(desk_action("registrar", "go", NULL), ERROR_GUARD_FAILED);
    desk_act("registrar", "say");
    desk_act("registrar", "go");
}

static void
what_brings_an_enterprise_into_being_says_its_credit_code(void **state)
{
    struct command cmd;

    (void)state;
    desk_define(
        "'openBy': ['registrar'], 'founds': 'case.code', 'start': 't', 'steps': {'t': {'by':"
        " 'registrar', 'actions': {'go': {'input': {'type': 'object', 'required': ['code'],"
        " 'properties': {'code': {'type': 'string'}}}, 'do': [{'set': {'case.code': {'var':"
        " 'input.code'}}}, {'set': {'case.other': 'free'}}]}, 'out': 'end'}}, 'end': {'end':"
        " 'over'}}");
    open_as("registrar", false);
    assert_null(case_founded(desk.w, desk.c));
    cmd = desk_action("registrar", "go", NULL);
    cmd.input = *desk_json("{'code': '91371502MA3D123471'}");
    desk_refused(cmd, ERROR_GUARD_ERROR);
    cmd.input = *desk_json("{'code': ''}");
    desk_refused(cmd, ERROR_GUARD_ERROR);
    cmd.input = *desk_json("{'code': '91371502MA3D123470'}");
    assert_true(desk_give(cmd));
    assert_string_equal(case_founded(desk.w, desk.c), "91371502MA3D123470");
    desk_annul((int32_t)desk.out.record[0].number);
    assert_null(case_founded(desk.w, desk.c));
}

#define TEST(x) cmocka_unit_test_setup_teardown(x, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_opens_it_himself_only_claims_who_he_is),
        TEST(somebody_of_the_house_looks_and_then_it_is_known),
        TEST(who_takes_the_case_in_says_it_beside_what_he_does),
        TEST(a_document_may_be_looked_at_later_too),
        TEST(what_silence_has_left_says_nothing_of_who_asked),
        TEST(nothing_is_issued_to_somebody_nobody_has_looked_at),
        TEST(what_time_and_messages_issue_waits_until_somebody_has_looked),
        TEST(what_is_reopened_is_not_issued_for_the_course_before),
        TEST(a_condition_asks_whether_it_is_known_who_asks),
        TEST(what_brings_an_enterprise_into_being_says_its_credit_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
