/* SPDX-License-Identifier: Apache-2.0 */
/* Comprehensive certificates: they end with the first of their parts as these stand. */
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
        "'openBy': ['window', 'applicant'], 'form': {'properties': {'until': {'type': 'string',"
        " 'format': 'date'}}}, 'certificates': {"
        "'food': {'number': 'F', 'partOf': 'whole', 'valid': {'until': {'var': 'form.until'}},"
        " 'content': {'case': {'var': 'case.number'}}},"
        " 'noise': {'number': 'N', 'partOf': 'whole', 'content': {'case': {'var': 'case.number'}}},"
        " 'whole': {'number': 'W', 'content': {'case': {'var': 'case.number'}}}},"
        " 'start': 't', 'steps': {'t': {'by': 'window', 'after': {'90 days': {'to': 'end', 'do':"
        " [{'issue': 'whole'}]}}, 'actions': {"
        "'grant': {'do': [{'issue': 'food'}, {'issue': 'noise'}, {'issue': 'whole'}]},"
        " 'food': {'do': [{'issue': 'food'}]}, 'whole': {'do': [{'issue': 'whole'}]},"
        " 'change': {'do': [{'issue': 'food', 'replaces': 'food'}]},"
        " 'merge': {'do': [{'issue': 'food'}, {'issue': 'whole', 'replaces': 'whole'}]},"
        " 'end': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{'until': '2026-12-31'}");
}

static void
amend(const char *until)
{
    struct command cmd = desk_command(COMMAND_AMEND, "head");

    cmd.input = *desk_json(until);
    assert_true(desk_give(cmd));
}

static struct command
order(enum command_kind kind, int32_t number)
{
    struct command cmd = desk_command(kind, "supervisor");

    cmd.number = number;
    return cmd;
}

static const char *
until_of(int32_t number)
{
    const instant until = desk.c->certificate[number - 1].until;
    char text[DAY_TEXT];

    if (until == INSTANT_NONE)
        return "never";
    return arena_strdup(&desk.arena, day_write(instant_day(until), text));
}

static enum certificate_state
state_of(int32_t number)
{
    return desk.c->certificate[number - 1].state;
}

/* As the case hears it that issued the part; the day after @last the successor ends. */
static void
hears(int32_t number, const char *what, const char *last)
{
    struct command cmd = desk_command(COMMAND_RELAY, "engine");
    char input[200];
    day d = 0;

    assert_true(!last || day_read(last, strlen(last), &d));
    (void)snprintf(input, sizeof(input), last ? "{%s, 'until': %lld}" : "{%s}", what,
                   (long long)(last ? day_end(d) : 0));
    cmd.actor.id = "371502-9";
    cmd.action = "voided";
    cmd.number = number;
    cmd.reason = cmd.document = NULL;
    cmd.input = *desk_json(input);
    assert_true(desk_give(cmd));
}

/* What is kept of the case says the same. */
static void
is_kept(void)
{
    struct text stored = text_new(&desk.arena), again = text_new(&desk.arena);
    struct value form = desk.c->form;

    case_write(&stored, desk.w, desk.c);
    assert_true(case_read(&desk.arena, desk.w, desk_json(stored.at), &form, desk.c, &desk.e));
    case_write(&again, desk.w, desk.c);
    assert_string_equal(again.at, stored.at);
}

static void
a_part_that_is_issued_anew_and_ends_earlier_shortens_the_whole(void **state)
{
    (void)state;
    office();
    desk_act("window", "grant");
    assert_string_equal(until_of(3), "2027-01-01");
    amend("{'until': '2026-06-30'}");
    desk_act("window", "food");
    assert_int_equal(desk_facts(FACT_SHORTENED), 1);
    assert_int_equal(desk.out.n_shortening, 1);
    assert_int_equal(desk.out.shortening[0].number, 3);
    assert_string_equal(until_of(3), "2026-07-01");
    is_kept();
    /* One that ends later lengthens nothing: the file says when it ends. */
    amend("{'until': '2027-06-30'}");
    desk_act("window", "food");
    assert_int_equal(desk_facts(FACT_SHORTENED), 0);
    assert_string_equal(until_of(3), "2026-07-01");
}

static void
so_does_one_of_another_case_and_what_comes_in_its_place_there(void **state)
{
    (void)state;
    office();
    desk_act("window", "grant");
    hears(1, "'as': 'replaced', 'by': 'F-9'", "2026-06-30");
    assert_int_equal(state_of(1), CERTIFICATE_REPLACED);
    assert_int_equal(state_of(3), CERTIFICATE_IN_FORCE);
    assert_string_equal(until_of(3), "2026-07-01");
    hears(1, "'as': 'replaced', 'moved': true, 'by': 'F-10'", "2026-05-31");
    assert_string_equal(until_of(3), "2026-06-01");
    assert_string_equal(desk.c->certificate[0].successor, "F-10");
    is_kept();
}

static void
a_new_whole_takes_in_what_stands_in_another_case(void **state)
{
    (void)state;
    office();
    desk_act("window", "grant");
    hears(1, "'as': 'replaced', 'by': 'F-9'", "2026-06-30");
    assert_true(desk_give(order(COMMAND_REVOKE, 2)));
    assert_int_equal(state_of(3), CERTIFICATE_PART_REVOKED);
    assert_true(desk_give(order(COMMAND_REPLACE, 3)));
    assert_int_equal(desk.out.issue[0].n_part, 1);
    assert_int_equal(desk.out.issue[0].part[0], 1);
    assert_string_equal(until_of(4), "2026-07-01");
    /* What it has taken in is revoked: it is no whole, and there is none without. */
    hears(1, "'as': 'revoked', 'later': true", NULL);
    assert_int_equal(state_of(4), CERTIFICATE_PART_REVOKED);
    desk_refused(order(COMMAND_REPLACE, 4), ERROR_CERTIFICATE_WITHOUT_PARTS);
    /* Its kind is issued here again: that is no part of the whole of before. */
    desk_act("window", "food");
    assert_true(desk_give(order(COMMAND_REPLACE, 4)));
    assert_int_equal(desk.out.issue[0].part[0], 5);
    hears(1, "'as': 'revoked', 'later': true", NULL);
    assert_int_equal(state_of(6), CERTIFICATE_IN_FORCE);
}

static void
there_is_no_whole_without_a_part(void **state)
{
    (void)state;
    office();
    desk_refused(desk_action("window", "whole", NULL), ERROR_CERTIFICATE_WITHOUT_PARTS);
    assert_string_equal(desk.e.detail, "no certificate that whole comprises is in force");
    desk_look("2026-06-02 09:00"); /* silence issues none either, and says so */
    assert_int_equal(desk_facts(FACT_STUCK), 1);
    assert_int_equal(desk.c->n_certificate, 0);
    assert_string_equal(desk_steps(), "t");
}

static void
whoever_was_replaced_hears_when_what_came_in_its_place_is(void **state)
{
    struct command cmd;

    (void)state;
    office();
    cmd = desk_action("window", "change", NULL);
    cmd.held = desk_json("{'food': 'F-1'}");
    assert_true(desk_give(cmd));
    desk_act("window", "food");
    assert_int_equal(desk.out.n_voiding, 1);
    assert_string_equal(desk.out.voiding[0].number, "F-1");
    assert_true(desk.out.voiding[0].moved);
    assert_int_equal(desk.out.voiding[0].by, 2);
    hears(2, "'as': 'replaced', 'by': 'F-9'", "2026-05-31");
    assert_int_equal(desk.out.n_voiding, 1);
    assert_string_equal(desk.out.voiding[0].successor, "F-9");
    assert_true(desk.out.voiding[0].moved);
}

static void
and_when_that_ends_sooner_than_it_said(void **state)
{
    struct command cmd;

    (void)state;
    office();
    cmd = desk_action("window", "merge", NULL);
    cmd.held = desk_json("{'whole': 'W-1'}");
    assert_true(desk_give(cmd));
    assert_string_equal(until_of(2), "2027-01-01");
    amend("{'until': '2026-06-30'}");
    desk_act("window", "food");
    assert_string_equal(until_of(2), "2026-07-01");
    assert_int_equal(desk.out.n_voiding, 1);
    assert_string_equal(desk.out.voiding[0].number, "W-1");
    assert_true(desk.out.voiding[0].moved);
    assert_int_equal(desk.out.voiding[0].by, 2); /* which ends when the case says now */
    hears(3, "'as': 'replaced', 'by': 'F-9'", "2026-05-31");
    assert_int_equal(desk.out.n_voiding, 1);
    assert_string_equal(until_of(2), "2026-06-01");
    /* What changes nothing of its end is not told. */
    hears(3, "'as': 'replaced', 'moved': true, 'by': 'F-10'", "2026-12-31");
    assert_int_equal(desk.out.n_voiding, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_part_that_is_issued_anew_and_ends_earlier_shortens_the_whole),
        TEST(so_does_one_of_another_case_and_what_comes_in_its_place_there),
        TEST(a_new_whole_takes_in_what_stands_in_another_case),
        TEST(there_is_no_whole_without_a_part),
        TEST(whoever_was_replaced_hears_when_what_came_in_its_place_is),
        TEST(and_when_that_ends_sooner_than_it_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
