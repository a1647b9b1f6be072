/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of other cases, replaced and revoked by this one; and this one's, by others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/certificates.h"
#include "tests/support/desk.h"

/* The party's number, when somebody says it, stands in the form. */
static void
office(void)
{
    desk_define(
        "'openBy': ['window', 'applicant'], 'form': {'properties': {'which': {'type': 'string'}}},"
        " 'certificates': {"
        "'food': {'number': 'F', 'partOf': 'whole', 'content': {'case': {'var': 'case.number'}}},"
        " 'whole': {'number': 'W', 'content': {'case': {'var': 'case.number'}}}},"
        " 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {"
        "'first': {'do': [{'issue': 'food'}, {'issue': 'whole'}]},"
        " 'change': {'do': [{'issue': 'food', 'replaces': 'food', 'number': {'var': ['form.which',"
        " '']}}]},"
        " 'perhaps': {'do': [{'issue': 'food', 'replaces': 'food', 'required': false}]},"
        " 'close': {'do': [{'revoke': 'food', 'basis': 'law'}]},"
        " 'end': 'end'}}, 'end': {'end': 'over'}}");
}

static bool
gives(struct command cmd, const char *held)
{
    cmd.held = held ? desk_json(held) : NULL;
    return desk_give(cmd);
}

static struct command
does(const char *action)
{
    return desk_action("window", action, NULL);
}

static void
refused(const char *action, const char *held, enum error_code code)
{
    struct command cmd = does(action);

    cmd.held = held ? desk_json(held) : NULL;
    desk_refused(cmd, code);
}

static enum certificate_state
state_of(int32_t number)
{
    return desk.c->certificate[number - 1].state;
}

static void
what_the_party_holds_is_replaced_by_what_is_issued(void **state)
{
    (void)state;
    office();
    desk_open("{}");
    refused("change", NULL, ERROR_NOT_LOOKED_AT);
    refused("change", "{'seal': 'S-1'}", ERROR_CERTIFICATE_NOT_HELD);
    assert_true(gives(does("change"), "{'food': 'F-1'}"));
    assert_int_equal(desk_facts(FACT_VOIDED), 1);
    assert_int_equal(desk.out.n_voiding, 1);
    assert_string_equal(desk.out.voiding[0].number, "F-1");
    assert_int_equal(desk.out.voiding[0].state, CERTIFICATE_REPLACED);
    assert_int_equal(desk.out.voiding[0].by, 1);
    assert_string_equal(desk.out.issue[0].of_another, "F-1");
    assert_string_equal(desk.c->voided[0].number, "F-1");
    /* What it has issued itself is replaced next, and nothing of another case once more. */
    assert_true(gives(does("change"), "{}"));
    assert_int_equal(desk.out.issue[0].replaces, 1);
    assert_null(desk.out.issue[0].of_another);
}

static void
of_several_it_is_said_which(void **state)
{
    (void)state;
    office();
    desk_open("{}");
    refused("change", "{'food': ['F-2', 'F-1']}", ERROR_CERTIFICATE_NOT_HELD);
    office();
    desk_open("{'which': 'f 1'}");
    refused("change", "{'food': ['F-2', 'F-3']}", ERROR_CERTIFICATE_NOT_HELD);
    refused("change", "{'food': 'F-12'}", ERROR_CERTIFICATE_NOT_HELD);
    assert_true(gives(does("change"), "{'food': ['F-2', 'F-1']}"));
    assert_string_equal(desk.out.voiding[0].number, "F-1");
}

static void
where_none_is_held_an_action_may_go_on_without(void **state)
{
    (void)state;
    office();
    desk_open("{}");
    assert_true(gives(does("perhaps"), "{}"));
    assert_int_equal(desk.out.n_voiding, 0);
    assert_int_equal(desk.out.n_issue, 1);
}

static void
all_that_is_held_is_revoked(void **state)
{
    (void)state;
    office();
    desk_open("{}");
    assert_true(gives(does("close"), "{'food': ['F-2', 'F-1'], 'seal': 'S-1'}"));
    assert_int_equal(desk.out.n_voiding, 2);
    assert_int_equal(desk.out.voiding[1].state, CERTIFICATE_REVOKED);
    assert_string_equal(desk.out.voiding[1].reason, "law");
    assert_int_equal(desk.c->n_voided, 2);
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
}

static void
to_a_stranger_nothing_is_issued(void **state)
{
    struct command cmd;
    struct opening opening = {.number = "371502-1",
                              .district = "371502",
                              .applicant_kind = "enterprise",
                              .claimed = true};

    (void)state;
    office();
    cmd = desk_command(COMMAND_OPEN, "public");
    cmd.opening = &opening;
    cmd.input = *desk_json("{}");
    assert_true(desk_give(cmd));
    refused("change", "{'food': 'F-1'}", ERROR_NOT_IDENTIFIED);
}

/* As the case hears it that issued them. */
static bool
hears(int32_t number, const char *input)
{
    struct command cmd = desk_command(COMMAND_RELAY, "engine");

    cmd.actor.id = "371502-9";
    cmd.action = "voided";
    cmd.number = number;
    cmd.reason = cmd.document = NULL;
    cmd.input = *desk_json(input);
    return desk_give(cmd);
}

static void
issued(void)
{
    office();
    desk_open("{}");
    desk_act("window", "first");
    desk_act("window", "end");
    assert_int_equal(desk.c->phase, PHASE_CLOSED);
}

static void
a_closed_case_hears_that_what_it_issued_was_replaced(void **state)
{
    (void)state;
    issued();
    assert_true(hears(1, "{'as': 'replaced', 'by': 'F-9'}"));
    assert_int_equal(state_of(1), CERTIFICATE_REPLACED);
    assert_string_equal(desk.out.discard[0].successor, "F-9");
    assert_string_equal(desk.out.discard[0].by, "371502-9");
    /* A part that is replaced takes nothing from the whole; one whose successor is revoked does. */
    assert_int_equal(state_of(2), CERTIFICATE_IN_FORCE);
    assert_true(hears(1, "{'as': 'revoked', 'later': true}"));
    assert_int_equal(state_of(1), CERTIFICATE_REPLACED);
    assert_int_equal(state_of(2), CERTIFICATE_PART_REVOKED);
}

static void
it_hears_it_once_and_what_it_has_said_itself_stands(void **state)
{
    struct command cmd = desk_command(COMMAND_REVOKE, "supervisor");

    (void)state;
    issued();
    cmd.number = 1;
    assert_true(desk_give(cmd));
    assert_true(desk.out.discard[0].asked);
    assert_false(hears(1, "{'as': 'replaced', 'by': 'F-9'}"));
    assert_int_equal(desk.e.code, ERROR_CERTIFICATE_DISCARDED);
    assert_int_equal(state_of(1), CERTIFICATE_REVOKED);
    assert_false(hears(3, "{'as': 'revoked'}"));
    assert_false(hears(2, "{'as': 'part-revoked'}"));
    assert_true(hears(2, "{'as': 'revoked', 'reason': 'law'}"));
    assert_int_equal(state_of(2), CERTIFICATE_REVOKED);
}

static void
whoever_was_replaced_hears_that_its_successor_is_revoked(void **state)
{
    struct command cmd = desk_command(COMMAND_REVOKE, "supervisor");

    (void)state;
    office();
    desk_open("{}");
    assert_true(gives(does("change"), "{'food': 'F-1'}"));
    assert_true(gives(does("change"), "{}"));
    cmd.number = 2;
    assert_true(desk_give(cmd));
    assert_int_equal(desk.out.n_voiding, 1);
    assert_string_equal(desk.out.voiding[0].number, "F-1");
    assert_true(desk.out.voiding[0].later);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_party_holds_is_replaced_by_what_is_issued),
        TEST(of_several_it_is_said_which),
        TEST(where_none_is_held_an_action_may_go_on_without),
        TEST(all_that_is_held_is_revoked),
        TEST(to_a_stranger_nothing_is_issued),
        TEST(a_closed_case_hears_that_what_it_issued_was_replaced),
        TEST(it_hears_it_once_and_what_it_has_said_itself_stands),
        TEST(whoever_was_replaced_hears_that_its_successor_is_revoked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
