/* SPDX-License-Identifier: Apache-2.0 */
/* Who records what happened earlier, and with which tag (DESIGN 5, K3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/may.h"
#include "tests/support/desk.h"

#define END "'end': {'end': 'over'}, 'gone': {'end': 'lapsed'}"

/* Received within five working days, or deemed; reviewed within thirty, or refused. */
static void
counter(void)
{
    desk_define("'backdateBy': ['window'], 'start': 'accept', 'steps': {'accept': {'by': 'window',"
                " 'actions': {'accept': 'review', 'refuse': 'gone'}, 'after': {'5 working days':"
                " {'to': 'review'}}}, 'review': {'by': 'window', 'actions': {'done': 'end'},"
                " 'after': {'30 working days': {'to': 'gone'}}}, " END "}");
    desk_open("{}");
}

/* What is said of a step that is open no more changes the case, as its teller sees it. */
static void
a_late_act_in_a_step_that_was_left_takes_the_tag_of_the_case(void **state)
{
    struct command cmd;

    (void)state;
    counter();
    cmd = desk_late_act("window", "refuse", "2026-03-02 09:00");
    cmd.revision = desk.c->revision;
    cmd.of_case = true;
    desk_refused(cmd, ERROR_STALE); /* it is open */
    desk_look("2026-03-10 09:00");
    cmd = desk_late_act("window", "refuse", "2026-03-06 10:00");
    cmd.step = "accept";
    for (cmd.revision = 0; cmd.revision < 9; cmd.revision++)
        desk_refused(cmd, ERROR_STALE); /* of a step, whichever */
    cmd.of_case = true;
    desk_refused(cmd, ERROR_STALE);
    cmd.revision = desk.c->revision;
    assert_true(desk_give(cmd));
    assert_int_equal(desk.c->contradicted, 1);
}

/* Steps of a window, of two people who sign, of the applicant, of an outside system. */
static void
house(void)
{
    desk_define("'start': 'look', 'steps': {'look': {'by': 'window', 'actions': {'pass': 'check'}},"
                " 'check': {'by': 'reviewer', 'distinctFrom': ['look'], 'department': 'other',"
                " 'actions': {'pass': 'sign'}}, 'sign': {'by': 'reviewer', 'actions': {'agree':"
                " {'to': 'hand-in', 'signers': {'roles': ['reviewer', 'judge']}}}}, 'hand-in':"
                " {'by': 'applicant', 'actions': {'submit': 'tell'}}, 'tell': {'by':"
                " 'system:fire', 'actions': {'done': 'end'}}, " END "}");
    desk_open("{}");
}

static const char *
role_of_last(void)
{
    return desk.out.record[desk.out.n_record - 1].role;
}

static void
who_may_say_that_it_was_earlier_records_it_without_the_role_of_the_step(void **state)
{
    struct command cmd;

    (void)state;
    house();
    desk_at("2026-03-03 10:00");
    desk_refused(desk_action("head", "pass", NULL), ERROR_FORBIDDEN); /* now it is not his */
    cmd = desk_late_act("head", "pass", "2026-03-03 10:00");
    desk_refused(cmd, ERROR_FORBIDDEN); /* and that is now */
    desk_refused(desk_late_act("window", "pass", "2026-03-02 10:00"), ERROR_FORBIDDEN);
    cmd = desk_late_act("reviewer", "pass", "2026-03-02 10:00");
    cmd.step = "look";
    desk_refused(cmd, ERROR_FORBIDDEN);
    desk_refused(desk_late_act("head", "pass", "2026-03-03 10:01"), ERROR_HAPPENED_OUTSIDE);
    cmd = desk_late_act("head", "pass", "2026-03-02 10:00");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd = desk_late_act("head", "pass", "2026-03-02 10:00");
    cmd.actor.district = "371503";
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd.actor.district = "*";
    cmd.step = "look";
    cmd.actor.department = "other"; /* neither does the step nor leads */
    desk_refused(cmd, ERROR_FORBIDDEN);
    assert_true(desk_give(desk_late_act("head", "pass", "2026-03-02 10:00")));
    assert_string_equal(role_of_last(), "head");
    assert_string_equal(desk_steps(), "check");
    assert_string_equal(desk_word("look.by"), "\"head\"");
}

static void
he_answers_for_it_as_who_has_acted_there(void **state)
{
    struct command cmd;

    (void)state;
    house();
    desk_at("2026-03-04 10:00");
    assert_true(desk_give(desk_late_act("head", "pass", "2026-03-02 10:00")));
    desk_refused(desk_late_act("head", "pass", "2026-03-03 10:00"), ERROR_SAME_PERSON);
    cmd = desk_late_act("supervisor", "pass", "2026-03-03 10:00");
    cmd.actor.department = "other"; /* which does the step */
    assert_true(desk_give(cmd));
    assert_string_equal(desk_steps(), "sign");
}

static void
neither_signatures_nor_the_word_of_a_system_are_recorded_for_others(void **state)
{
    (void)state;
    house();
    desk_at("2026-03-06 10:00");
    assert_true(desk_give(desk_late_act("head", "pass", "2026-03-02 10:00")));
    assert_true(desk_give(desk_late_act("supervisor", "pass", "2026-03-02 11:00")));
    desk_refused(desk_late_act("head", "agree", "2026-03-03 10:00"), ERROR_FORBIDDEN);
    desk_act("reviewer", "agree");
    desk_act("judge", "agree");
    desk_at("2026-03-09 10:00");
    assert_true(desk_give(desk_late_act("head", "submit", "2026-03-06 11:00")));
    desk_refused(desk_late_act("head", "done", "2026-03-09 09:00"), ERROR_FORBIDDEN);
}

static void
he_contradicts_silence_too(void **state)
{
    (void)state;
    desk_define("'start': 'accept', 'steps': {'accept': {'by': 'window', 'actions': {'accept':"
                " 'end'}, 'after': {'5 working days': {'to': 'gone'}}}, " END "}");
    desk_open("{}");
    desk_look("2026-03-10 09:00");
    desk_refused(desk_late_act("window", "accept", "2026-03-06 10:00"), ERROR_FORBIDDEN);
    assert_true(desk_give(desk_late_act("head", "accept", "2026-03-06 10:00")));
    assert_int_equal(desk.c->contradicted, 1);
}

static void
he_writes_down_a_vote_that_came_earlier(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'form': {'required': ['members'], 'properties': {'members': {'type': 'array',"
                " 'items': {'type': 'object', 'required': ['who'], 'properties': {'who': {'type':"
                " 'string'}}}}}}, 'start': 'vote', 'steps': {'vote': {'by': 'window', 'ballot':"
                " {'roll': 'members', 'voter': 'who', 'closes': '2 days', 'choices': {'yes':"
                " {'title': {'zh': '同意', 'en': 'Yes'}}, 'no': {'title': {'zh': '反对', 'en':"
                " 'No'}}}, 'result': [{'to': 'end'}]}}, 'end': {'end': 'over'}}");
    desk_open("{'members': [{'who': 'A'}, {'who': 'B'}]}");
    desk_at("2026-03-03 10:00");
    cmd = desk_command(COMMAND_VOTE, "head");
    cmd.action = "yes";
    cmd.voter = "A";
    desk_refused(cmd, ERROR_FORBIDDEN);
    desk_history(&cmd);
    cmd.happened = desk_moment("2026-03-03 10:00");
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd.happened = desk_moment("2026-03-02 10:00");
    assert_true(desk_give(cmd));
    assert_int_equal(desk_facts(FACT_VOTED), 1);
}

static void
what_he_may_record_is_listed_apart(void **state)
{
    const struct command cmd = desk_command(COMMAND_ACT, "head");
    struct allowed *list;

    (void)state;
    house();
    assert_int_equal(machine_allowed(desk.w, desk.c, &cmd.actor, &desk.arena, &list), 0);
    assert_int_equal(machine_recordable(desk.w, desk.c, &cmd.actor, &desk.arena, &list), 1);
    assert_string_equal(list[0].action->id, "pass");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_late_act_in_a_step_that_was_left_takes_the_tag_of_the_case),
        TEST(who_may_say_that_it_was_earlier_records_it_without_the_role_of_the_step),
        TEST(he_answers_for_it_as_who_has_acted_there),
        TEST(neither_signatures_nor_the_word_of_a_system_are_recorded_for_others),
        TEST(he_contradicts_silence_too),
        TEST(he_writes_down_a_vote_that_came_earlier),
        TEST(what_he_may_record_is_listed_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
