/* SPDX-License-Identifier: Apache-2.0 */
/* Silence with an effect in law has it when it is due, also where that could not be done yet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define END  "'end': {'end': 'over'}, 'gone': {'end': 'gone'}"
#define MOST "9223372036854775807"

/* n + 1 does not fit into 64 bits where n is the greatest number. */
#define SORT                                                                                       \
    "'sort': {'decide': [{'when': {'>': [{'+': [{'var': 'form.n'}, 1]}, 5]}, 'to': 'end'},"        \
    " {'to': 'gone'}]}, "
#define FAILS "'do': [{'set': {'case.x': {'+': [{'var': 'form.n'}, 1]}}}]"
#define DEEM  "'deem': {'kind': 'accepted', 'basis': '32'}"

static void
define(const char *steps)
{
    desk_define(
        arena_printf(&desk.arena,
                     "'backdateBy': ['window'], 'form': {'required': ['n'], 'properties': {'n':"
                     " {'type': 'integer'}}}, 'withdraw': {'to': 'gone'}, 'start': 'w', 'steps':"
                     " {%s " SORT END "}",
                     steps));
    desk_open("{'n': " MOST "}");
}

static void
amend(const char *form)
{
    struct command cmd = desk_command(COMMAND_AMEND, "head");

    cmd.input = *desk_json(form);
    assert_true(desk_give(cmd));
}

static struct command
happened(struct command cmd, const char *when)
{
    desk_history(&cmd);
    cmd.happened = desk_moment(when);
    return cmd;
}

/* In a day the department's silence is consent. */
#define CONSENT                                                                                    \
    "'w': {'by': 'window', 'actions': {'refuse': 'gone', 'note': {}}, 'after': {'1 day': {'to':"   \
    " 'sort', " DEEM "}}},"

#define STAGE(inside)                                                                              \
    "'w': {'start': 'a', 'to': 'gone', 'after': {'1 day': {'to': 'sort', " DEEM "}}, 'steps': {"   \
    "" inside "}},"

static void
whose_silence_has_had_its_effect_acts_no_more(void **state)
{
    (void)state;
    define(CONSENT);
    /* At the very end it is in time. */
    desk_at("2026-03-03 17:00");
    desk_act("window", "note");
    desk_at("2026-03-06 10:00");
    desk_refused(desk_action("window", "refuse", NULL), ERROR_SILENCE_STUCK);
    assert_string_equal(desk.e.detail,
                        "step w: silence has had its effect since 2026-03-03T17:00:00+08:00, and "
                        "that could not be done yet: />/0: the result of + does not fit into 64 "
                        "bits");
    assert_non_null(strstr(desk.e.zh, "自 2026-03-03T17:00:00+08:00 起已依法生效"));
    desk_refused(desk_action("window", "note", NULL), ERROR_SILENCE_STUCK);
    /* Who mends what it says lets it have its effect. */
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "over");
}

static void
the_applicant_withdraws_all_the_same(void **state)
{
    struct command withdraw = desk_command(COMMAND_WITHDRAW, "applicant");

    (void)state;
    define(CONSENT);
    desk_at("2026-03-06 10:00");
    assert_true(desk_give(withdraw));
    assert_string_equal(desk_steps(), "gone");
    assert_int_equal(desk.c->n_stuck, 0);
}

static void
what_was_done_in_time_and_is_recorded_later_was_in_time(void **state)
{
    (void)state;
    define(CONSENT);
    desk_look("2026-03-05 09:00");
    desk_at("2026-03-06 10:00");
    desk_refused(happened(desk_action("window", "refuse", NULL), "2026-03-03 17:01"),
                 ERROR_SILENCE_STUCK);
    assert_true(desk_give(happened(desk_action("window", "refuse", NULL), "2026-03-03 17:00")));
    assert_string_equal(desk_steps(), "gone");
    assert_int_equal(desk.c->n_stuck, 0);
    assert_int_equal(desk.c->contradicted, 0);
}

/* Once it has been done nothing is otherwise: what came after it had its effect came too late. */
static void
what_came_after_it_contradicts_nothing_when_it_is_done(void **state)
{
    (void)state;
    define(CONSENT);
    desk_at("2026-03-06 10:00");
    desk_refused(happened(desk_action("window", "refuse", NULL), "2026-03-03 17:01"),
                 ERROR_SILENCE_STUCK);
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "over");
    desk_refused(happened(desk_action("window", "refuse", NULL), "2026-03-03 17:01"),
                 ERROR_CASE_CLOSED);
    assert_true(desk_give(happened(desk_action("window", "refuse", NULL), "2026-03-03 17:00")));
    assert_int_not_equal(desk.c->contradicted, 0);
}

static void
what_came_after_the_end_of_a_wait_contradicts_nothing(void **state)
{
    (void)state;
    define("'w': {'wait': '1 day', " DEEM ", 'to': 'sort', 'actions': {'object': 'gone'}},");
    desk_at("2026-03-06 10:00");
    amend("{'n': 7}");
    desk_refused(happened(desk_action("window", "object", NULL), "2026-03-04 00:01"),
                 ERROR_CASE_CLOSED);
    assert_true(desk_give(happened(desk_action("window", "object", NULL), "2026-03-04 00:00")));
}

static void
nor_does_what_came_after_it_inside_the_step_whose_silence_it_was(void **state)
{
    (void)state;
    define(STAGE("'a': {'by': 'window', 'actions': {'go': '$done'}}"));
    desk_at("2026-03-06 10:00");
    amend("{'n': 7}");
    desk_refused(happened(desk_action("window", "go", "w.a"), "2026-03-03 17:01"),
                 ERROR_CASE_CLOSED);
    assert_true(desk_give(happened(desk_action("window", "go", "w.a"), "2026-03-03 17:00")));
}

/* Without an effect in law it was in time until the case was moved. */
static void
a_timer_without_it_is_contradicted_until_it_is_done(void **state)
{
    (void)state;
    define("'w': {'by': 'window', 'actions': {'go': 'gone'}, 'after': {'1 day': {'to': 'sort'}}},");
    desk_at("2026-03-06 10:00");
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "over");
    desk_refused(happened(desk_action("window", "go", NULL), "2026-03-06 10:01"),
                 ERROR_CASE_CLOSED);
    assert_true(desk_give(happened(desk_action("window", "go", NULL), "2026-03-06 09:00")));
    assert_int_not_equal(desk.c->contradicted, 0);
}

/* A timer that has no effect in law is the house's own affair. */
static void
who_is_only_late_acts(void **state)
{
    (void)state;
    define("'w': {'by': 'window', 'actions': {'go': 'gone'}, 'after': {'1 day': {'to': 'sort'}}},");
    desk_at("2026-03-06 10:00");
    desk_act("window", "go");
    assert_string_equal(desk_steps(), "gone");
}

/* It stays in its step: what follows is done after it, as it was to be. */
static void
silence_that_moves_nothing_comes_first_too(void **state)
{
    (void)state;
    define("'w': {'by': 'window', 'actions': {'go': 'gone'}, 'after': {'1 day': {" FAILS ", " DEEM
           "}}},");
    desk_at("2026-03-06 10:00");
    desk_refused(desk_action("window", "go", NULL), ERROR_SILENCE_STUCK);
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "w");
    desk_act("window", "go");
    assert_string_equal(desk_steps(), "gone");
}

static void
a_wait_whose_end_has_an_effect_in_law_is_over(void **state)
{
    (void)state;
    define("'w': {'wait': '1 day', " DEEM ", 'to': 'sort', 'actions': {'object': 'gone'}},");
    desk_at("2026-03-06 10:00");
    desk_refused(desk_action("public", "object", NULL), ERROR_SILENCE_STUCK);
    define("'w': {'wait': '1 day', 'to': 'sort', 'actions': {'object': 'gone'}},");
    desk_at("2026-03-06 10:00");
    desk_act("public", "object");
    assert_string_equal(desk_steps(), "gone");
}

/* What lies in the step is to be left with it. */
static void
nobody_acts_starts_or_votes_inside(void **state)
{
    struct command start = desk_command(COMMAND_START, "window");

    (void)state;
    define(STAGE("'a': {'by': 'window', 'actions': {'go': '$done'}}, 'b': {'by': 'window',"
                 " 'optional': {'by': 'window', 'most': 2}, 'actions': {'go': '$done'}}"));
    start.step = "w.b";
    assert_true(desk_give(start));
    desk_act_in("window", "go", "w.b");
    desk_at("2026-03-06 10:00");
    desk_refused(desk_action("window", "go", "w.a"), ERROR_SILENCE_STUCK);
    desk_refused(start, ERROR_SILENCE_STUCK);
    assert_string_equal(desk_steps(), "w.a");
}

static struct command
vote(const char *voter)
{
    struct command cmd = desk_command(COMMAND_VOTE, "window");

    cmd.action = "yes";
    cmd.voter = voter;
    return cmd;
}

static void
a_vote_inside_counts_if_it_came_in_time(void **state)
{
    struct command stranger = vote("v1");

    (void)state;
    desk_define(
        "'backdateBy': ['window'], 'form': {'required': ['n', 'roll'], 'properties': {'n': {"
        "'type': 'integer'}, 'roll': {'type': 'array', 'maxItems': 9, 'items': {'type': 'object',"
        " 'required': ['id'], 'properties': {'id': {'type': 'string'}}}}}}, 'start': 'w', 'steps':"
        " {" STAGE(
            "'a': {'by': 'window', 'ballot': {'roll': 'roll', 'voter': 'id', 'choices': {'yes': {"
            "'title': {'zh': 'a', 'en': 'a'}}, 'no': {'title': {'zh': 'a', 'en': 'a'}}}, 'closes':"
            " '10 days', 'result': [{'to': '$done'}]}}") SORT END "}");
    desk_open("{'n': " MOST ", 'roll': [{'id': 'v1'}, {'id': 'v2'}]}");
    desk_at("2026-03-06 10:00");
    desk_refused(vote("v1"), ERROR_SILENCE_STUCK);
    /* Who may not vote is not told how it is with the case. */
    stranger.code = "0000000000";
    desk_refused(stranger, ERROR_FORBIDDEN);
    desk_refused(vote("v3"), ERROR_VOTER_UNKNOWN);
    assert_true(desk_give(happened(vote("v2"), "2026-03-03 10:00")));
    /* Its closing is behind that silence, too. */
    desk_look("2026-03-20 09:00");
    assert_string_equal(desk_steps(), "w.a");
    assert_int_equal(desk.c->n_stuck, 2);
    assert_string_equal(desk.c->stuck[1].code, "silence_stuck");
}

static bool
tell(const char *id)
{
    struct command cmd = desk_command(COMMAND_MESSAGE, "engine");

    cmd.actor = (struct actor){.id = "tax", .system = "tax"};
    cmd.action = "answer";
    cmd.message = id;
    return desk_give(cmd);
}

static const char *
fates(void)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < desk.c->n_letter; i++)
        text_printf(&t, "%s%s", i ? " " : "", letter_fate_name(desk.c->letter[i].fate));
    return t.len ? t.at : "";
}

static struct command
settlement(void)
{
    struct command cmd = desk_command(COMMAND_SETTLE, "head");

    cmd.number = 1;
    cmd.step = "w";
    return cmd;
}

static void
a_system_that_answers_late_answers_to_nobody(void **state)
{
    (void)state;
    define("'w': {'by': 'window', 'actions': {'go': 'gone'}, 'on': {'answer': {'from': 'tax', "
           "'to': 'gone'}}, 'after': {"
           "'1 day': {'to': 'sort', " DEEM "}}},");
    desk_at("2026-03-06 10:00");
    assert_true(tell("m1"));
    assert_string_equal(desk_steps(), "w");
    assert_string_equal(fates(), "early");
    desk_refused(settlement(), ERROR_SILENCE_STUCK);
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "over");
    assert_string_equal(fates(), "late");
}

static void
a_message_waits_for_silence_that_moves_nothing(void **state)
{
    (void)state;
    define("'w': {'by': 'window', 'actions': {'go': 'gone'}, 'on': {'answer': {'from': 'tax', "
           "'to': 'gone'}}, 'after': {"
           "'1 day': {" FAILS ", " DEEM "}}},");
    desk_at("2026-03-06 10:00");
    assert_true(tell("m1"));
    assert_string_equal(fates(), "early");
    amend("{'n': 7}");
    assert_string_equal(fates(), "taken");
    assert_string_equal(desk_steps(), "gone");
    assert_int_equal(desk_facts(FACT_DEEMED), 1);
}

static struct command
relay(const char *what, const char *input)
{
    struct command cmd = desk_command(COMMAND_RELAY, "engine");

    cmd.action = what;
    cmd.number = 1;
    cmd.reason = cmd.document = NULL;
    cmd.input = *desk_json(input);
    return cmd;
}

static void
child_cases_that_end_late_are_behind_it(void **state)
{
    (void)state;
    define("'w': {'by': 'registrar', 'to': 'gone', 'join': 'all', 'cases': {'workflow': 'shop'},"
           " 'after': {'1 day': {" FAILS ", " DEEM "}}},");
    assert_true(desk_give(relay("born", "{'id': 101, 'number': 'C-1'}")));
    desk_at("2026-03-06 10:00");
    assert_true(desk_give(relay("concluded", "{'outcome': 'granted'}")));
    assert_string_equal(desk_steps(), "w");
    assert_int_equal(desk.c->n_stuck, 2);
    assert_string_equal(desk.c->stuck[1].code, "silence_stuck");
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "gone");
    assert_int_equal(desk_facts(FACT_DEEMED), 1);
}

/* Time does not move the case on without it either; a reminder may mend what it fails by. */
static void
what_time_would_do_later_is_behind_it(void **state)
{
    (void)state;
    define("'w': {'by': 'window', 'actions': {'go': 'gone'}, 'after': {'1 day': {'to': 'sort',"
           " " DEEM "}, '2 days': {'to': 'gone', " DEEM "}}},");
    desk_look("2026-03-06 10:00");
    assert_string_equal(desk_steps(), "w");
    assert_int_equal(desk.c->n_stuck, 2);
    assert_string_equal(desk.c->stuck[0].code, "guard_error");
    assert_string_equal(desk.c->stuck[1].code, "silence_stuck");
    assert_true(desk.c->alarm == INSTANT_NONE);
    /* The first is not behind the second. */
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "over");
    assert_int_equal(desk.c->n_stuck, 0);
    define("'w': {'by': 'window', 'actions': {'go': 'gone'}, 'after': {'1 day': {'to': 'sort',"
           " " DEEM "}, '2 days': {'do': [{'set': {'form.n': 9}}]}}},");
    desk_look("2026-03-06 10:00");
    assert_string_equal(desk_steps(), "over");
}

/* --- materials --- */

static struct command
material(const char *what)
{
    struct command cmd = desk_command(COMMAND_MATERIAL, "window");

    cmd.material = "deed";
    cmd.action = what;
    return cmd;
}

static void
tolerate(void)
{
    desk_define("'backdateBy': ['window'], 'form': {'required': ['n'], 'properties': {'n': {'type':"
                " 'integer'}}}, 'materials': [{'id': 'deed', 'from': 'shared-data', 'title': {'zh':"
                " '契', 'en': 'Deed'}, 'tolerance': '10 days', 'lapse': 'sort'}], 'start': 'w',"
                " 'steps': {'w': {'by': 'window', 'actions': {'go': 'end', 'look': {'do': [{"
                "'material': 'deed', 'from': 'the register'}]}}}, " SORT END "}");
    desk_open("{'n': " MOST "}");
    assert_true(desk_give(material("tolerate")));
    desk_look("2026-03-16 09:00");
    assert_int_equal(desk.c->n_stuck, 1);
    assert_int_equal(desk.c->material[0].state, MATERIAL_TOLERATED);
}

static void
what_comes_after_its_tolerance_does_not_come_in_time(void **state)
{
    (void)state;
    tolerate();
    desk_refused(material("receive"), ERROR_SILENCE_STUCK);
    assert_non_null(strstr(desk.e.detail, "material deed: its tolerance ended at 2026-03-13"));
    desk_refused(material("fetch"), ERROR_SILENCE_STUCK);
    /* Nor by what somebody does otherwise: the act is done. */
    desk_act("window", "look");
    assert_int_equal(desk.c->material[0].state, MATERIAL_TOLERATED);
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "over");
    assert_int_equal(desk.c->material[0].state, MATERIAL_LAPSED);
}

static void
what_came_by_its_end_and_is_recorded_later_is_there(void **state)
{
    (void)state;
    tolerate();
    desk_refused(happened(material("receive"), "2026-03-13 00:01"), ERROR_SILENCE_STUCK);
    assert_true(desk_give(happened(material("receive"), "2026-03-13 00:00")));
    assert_int_equal(desk.c->material[0].state, MATERIAL_PRESENT);
    assert_int_equal(desk.c->n_stuck, 0);
    assert_string_equal(desk_steps(), "w");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(whose_silence_has_had_its_effect_acts_no_more),
        TEST(the_applicant_withdraws_all_the_same),
        TEST(what_was_done_in_time_and_is_recorded_later_was_in_time),
        TEST(what_came_after_it_contradicts_nothing_when_it_is_done),
        TEST(what_came_after_the_end_of_a_wait_contradicts_nothing),
        TEST(nor_does_what_came_after_it_inside_the_step_whose_silence_it_was),
        TEST(a_timer_without_it_is_contradicted_until_it_is_done),
        TEST(who_is_only_late_acts),
        TEST(silence_that_moves_nothing_comes_first_too),
        TEST(a_wait_whose_end_has_an_effect_in_law_is_over),
        TEST(nobody_acts_starts_or_votes_inside),
        TEST(a_vote_inside_counts_if_it_came_in_time),
        TEST(a_system_that_answers_late_answers_to_nobody),
        TEST(a_message_waits_for_silence_that_moves_nothing),
        TEST(child_cases_that_end_late_are_behind_it),
        TEST(what_time_would_do_later_is_behind_it),
        TEST(what_comes_after_its_tolerance_does_not_come_in_time),
        TEST(what_came_by_its_end_and_is_recorded_later_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
