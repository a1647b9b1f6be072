/* SPDX-License-Identifier: Apache-2.0 */
/* What a case issues, and what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/certificates.h"
#include "tests/support/desk.h"

static void
office(void)
{
    desk_define(
        "'form': {'required': ['name', 'until'], 'properties': {'name': {'type': 'string'}, "
        "'until':"
        " {'type': 'string', 'format': 'date'}}}, 'certificates': {"
        "'food': {'number': 'F', 'partOf': 'whole', 'valid': '2 months', 'content': {'name': "
        "{'var':"
        " 'form.name'}}}, 'health': {'number': 'H', 'partOf': 'whole', 'valid': {'until': {'var':"
        " 'form.until'}}, 'content': {'case': {'var': 'case.number'}}}, 'whole': {'number': 'W',"
        " 'valid': '5 years', 'revokedBy': 'head', 'content': {'name': {'var': 'form.name'}}}},"
        " 'withdraw': {'to': 'end'}, 'start': 't', 'steps': {'t': {'by': 'window', 'after':"
        " {'90 days': {'to': 'end', 'do': [{'issue': 'food'}]}}, 'actions': {'food': {'do':"
        " [{'issue': 'food'}]}, 'health': {'do': [{'issue': 'health'}]}, 'note': {}, 'whole':"
        " {'to': 'end', 'do': [{'issue': 'whole'}]}}}, 'end': {'end': 'over'}}");
    desk_open("{'name': '甲', 'until': '2026-04-30'}");
}

static struct command
order(enum command_kind kind, const char *who, int32_t number)
{
    struct command cmd = desk_command(kind, who);

    cmd.number = number;
    return cmd;
}

static const char *
until_of(uint32_t i)
{
    char text[DAY_TEXT];

    if (desk.c->certificate[i].until == INSTANT_NONE)
        return "never";
    return arena_strdup(&desk.arena, day_write(instant_day(desk.c->certificate[i].until), text));
}

static void
a_certificate_says_what_the_case_says_and_holds_as_long_as_its_kind(void **state)
{
    struct text t;

    (void)state;
    office();
    desk_act("window", "food");
    assert_int_equal(desk.c->n_certificate, 1);
    assert_int_equal(desk.out.n_issue, 1);
    assert_int_equal(desk.out.issue[0].number, 1);
    t = text_new(&desk.arena);
    value_write(&t, &desk.out.issue[0].content);
    assert_string_equal(t.at, "{\"name\":\"甲\"}");
    assert_int_equal(desk.c->certificate[0].issued, desk_moment("2026-03-02 09:00"));
    /* Two months from 2 March end with 1 May: on 2 May it holds no more. */
    assert_string_equal(until_of(0), "2026-05-02");
    desk_act("window", "health");
    assert_string_equal(until_of(1), "2026-05-01");
    assert_false(certificate_expired(&desk.c->certificate[1], desk_moment("2026-04-30 23:59:59")));
    assert_true(certificate_expired(&desk.c->certificate[1], desk_moment("2026-05-01 00:00")));
}

static void
no_certificate_ends_before_it_begins(void **state)
{
    (void)state;
    office();
    desk_at("2026-04-30 23:59");
    desk_act("window", "health");
    desk_at("2026-05-01 00:00");
    desk_refused(desk_action("window", "health", NULL), ERROR_CERTIFICATE_ENDED);
    assert_string_equal(desk.e.detail, "certificate health would end on 2026-04-30");
    assert_int_equal(desk.c->n_certificate, 1);
}

/* Many write so what holds for ever. */
static void
a_certificate_may_hold_until_the_last_day_there_is(void **state)
{
    struct command amend;
    struct text stored;
    struct value form;

    (void)state;
    office();
    amend = desk_command(COMMAND_AMEND, "head");
    amend.input = *desk_json("{'name': '甲', 'until': '9999-12-31'}");
    assert_true(desk_give(amend));
    desk_act("window", "health");
    assert_string_equal(until_of(0), "9999-12-31");
    stored = text_new(&desk.arena);
    case_write(&stored, desk.w, desk.c);
    form = desk.c->form;
    assert_true(case_read(&desk.arena, desk.w, desk_json(stored.at), &form, desk.c, &desk.e));
    assert_string_equal(until_of(0), "9999-12-31");
}

static void
a_comprehensive_certificate_ends_with_the_first_of_its_parts(void **state)
{
    (void)state;
    office();
    desk_act("window", "food");
    desk_act("window", "health");
    desk_act("window", "whole");
    assert_string_equal(until_of(2), "2026-05-01");
    assert_int_equal(desk.out.issue[0].n_part, 2);
    assert_int_equal(desk.out.issue[0].part[0], 1);
    assert_int_equal(desk.out.issue[0].part[1], 2);
}

static void
what_is_revoked_or_expired_is_no_part(void **state)
{
    (void)state;
    office();
    desk_act("window", "food");
    desk_act("window", "health");
    assert_true(desk_give(order(COMMAND_REVOKE, "supervisor", 1)));
    desk_at("2026-05-01 09:00");
    desk_refused(desk_action("window", "whole", NULL), ERROR_CERTIFICATE_WITHOUT_PARTS);
    assert_string_equal(desk.e.detail, "no certificate that whole comprises is in force");
    assert_true(desk_give(order(COMMAND_REVOKE, "supervisor", 2)));
}

static enum certificate_state
state_of(int32_t number)
{
    return desk.c->certificate[number - 1].state;
}

static void
a_comprehensive_certificate_of_which_a_part_is_revoked_is_no_whole(void **state)
{
    (void)state;
    office();
    desk_act("window", "food");
    desk_act("window", "health");
    desk_act("window", "whole");
    assert_true(desk_give(order(COMMAND_REVOKE, "supervisor", 2)));
    assert_int_equal(state_of(2), CERTIFICATE_REVOKED);
    assert_int_equal(state_of(3), CERTIFICATE_PART_REVOKED);
    assert_string_equal(certificate_state_name(state_of(3)), "part-revoked");
    /* A new one takes in the rest. */
    assert_true(desk_give(order(COMMAND_REPLACE, "head", 3)));
    assert_int_equal(state_of(3), CERTIFICATE_REPLACED);
    assert_int_equal(state_of(4), CERTIFICATE_IN_FORCE);
    assert_int_equal(desk.out.issue[0].n_part, 1);
    /* Of what it does not comprise nothing follows; of the last part that goes, all. */
    assert_true(desk_give(order(COMMAND_REVOKE, "supervisor", 1)));
    assert_int_equal(state_of(4), CERTIFICATE_PART_REVOKED);
    assert_true(desk_give(order(COMMAND_REVOKE, "head", 4)));
    assert_int_equal(state_of(4), CERTIFICATE_REVOKED);
    desk_refused(order(COMMAND_REVOKE, "head", 4), ERROR_CERTIFICATE_DISCARDED);
}

static void
what_takes_the_place_of_a_part_stands_for_it(void **state)
{
    (void)state;
    office();
    desk_act("window", "food");
    desk_act("window", "whole");
    assert_true(desk_give(order(COMMAND_REPLACE, "supervisor", 1)));
    assert_int_equal(state_of(2), CERTIFICATE_IN_FORCE);
    assert_true(desk_give(order(COMMAND_REPLACE, "supervisor", 3)));
    assert_true(desk_give(order(COMMAND_REVOKE, "supervisor", 4)));
    assert_int_equal(state_of(2), CERTIFICATE_PART_REVOKED);
}

static void
what_was_no_part_when_the_whole_was_issued_is_none_later(void **state)
{
    (void)state;
    office();
    desk_act("window", "health");
    desk_at("2026-05-10 09:00"); /* it has expired */
    desk_act("window", "food");
    desk_act("window", "whole");
    assert_int_equal(desk.out.issue[0].n_part, 1);
    assert_true(desk_give(order(COMMAND_REVOKE, "supervisor", 1)));
    assert_int_equal(state_of(3), CERTIFICATE_IN_FORCE);
}

static void
issuing_a_kind_again_replaces_the_earlier_one(void **state)
{
    (void)state;
    office();
    desk_act("window", "food");
    desk_at("2026-03-09 09:00");
    desk_act("window", "food");
    assert_int_equal(desk.c->certificate[0].state, CERTIFICATE_REPLACED);
    assert_int_equal(desk.c->certificate[1].state, CERTIFICATE_IN_FORCE);
    assert_int_equal(desk.out.issue[0].replaces, 1);
    assert_int_equal(desk.out.n_discard, 1);
    assert_string_equal(desk.out.discard[0].by, "window");
    desk_look("2026-06-02 09:00"); /* silence issues too */
    assert_int_equal(desk.c->n_certificate, 3);
    assert_string_equal(desk.out.discard[0].by, "engine");
}

static void
a_role_revokes_with_a_reason_also_when_the_case_is_closed(void **state)
{
    struct command cmd;

    (void)state;
    office();
    desk_act("window", "food");
    desk_act("window", "whole");
    assert_string_equal(desk_steps(), "over");
    desk_refused(order(COMMAND_REVOKE, "supervisor", 2), ERROR_FORBIDDEN);
    desk_refused(order(COMMAND_REVOKE, "window", 1), ERROR_FORBIDDEN);
    desk_refused(order(COMMAND_REVOKE, "supervisor@fire", 1), ERROR_FORBIDDEN);
    cmd = order(COMMAND_REVOKE, "head", 2);
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd.reason = "欺骗手段取得";
    cmd.revision = desk.c->revision - 1;
    desk_refused(cmd, ERROR_STALE);
    cmd.revision = desk.c->revision;
    assert_true(desk_give(cmd));
    assert_int_equal(desk.c->certificate[1].state, CERTIFICATE_REVOKED);
    assert_string_equal(desk.out.discard[0].reason, "欺骗手段取得");
    desk_refused(order(COMMAND_REVOKE, "head", 2), ERROR_CERTIFICATE_DISCARDED);
    desk_refused(order(COMMAND_REPLACE, "head", 2), ERROR_CERTIFICATE_DISCARDED);
    desk_refused(order(COMMAND_REVOKE, "head", 3), ERROR_CERTIFICATE_UNKNOWN);
}

static void
a_replacement_says_what_the_case_says_now_and_holds_no_longer(void **state)
{
    struct command amend;
    struct text t;

    (void)state;
    office();
    desk_act("window", "food");
    desk_at("2026-04-01 09:00");
    amend = desk_command(COMMAND_AMEND, "head");
    amend.input = *desk_json("{'name': '乙', 'until': '2026-04-30'}");
    assert_true(desk_give(amend));
    assert_true(desk_give(order(COMMAND_REPLACE, "supervisor", 1)));
    t = text_new(&desk.arena);
    value_write(&t, &desk.out.issue[0].content);
    assert_string_equal(t.at, "{\"name\":\"乙\"}");
    assert_string_equal(until_of(1), "2026-05-02");
    assert_int_equal(desk.c->certificate[0].state, CERTIFICATE_REPLACED);
    desk_at("2026-05-02 09:00");
    desk_refused(order(COMMAND_REPLACE, "supervisor", 2), ERROR_CERTIFICATE_DISCARDED);
}

static void
nothing_is_taken_back_once_a_certificate_was_issued(void **state)
{
    (void)state;
    office();
    desk_act("window", "note");
    desk_act("window", "food");
    desk_refused(desk_annulment(3), ERROR_ANNUL_IMPOSSIBLE);
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    desk_act("window", "note");
    desk_annul(4);
    assert_int_equal(desk.c->n_certificate, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, desk_setup, desk_teardown)
        TEST(a_certificate_says_what_the_case_says_and_holds_as_long_as_its_kind),
        TEST(no_certificate_ends_before_it_begins),
        TEST(a_certificate_may_hold_until_the_last_day_there_is),
        TEST(a_comprehensive_certificate_ends_with_the_first_of_its_parts),
        TEST(a_comprehensive_certificate_of_which_a_part_is_revoked_is_no_whole),
        TEST(what_takes_the_place_of_a_part_stands_for_it),
        TEST(what_was_no_part_when_the_whole_was_issued_is_none_later),
        TEST(what_is_revoked_or_expired_is_no_part),
        TEST(issuing_a_kind_again_replaces_the_earlier_one),
        TEST(a_role_revokes_with_a_reason_also_when_the_case_is_closed),
        TEST(a_replacement_says_what_the_case_says_now_and_holds_no_longer),
        TEST(nothing_is_taken_back_once_a_certificate_was_issued),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
