/* SPDX-License-Identifier: Apache-2.0 */
/* What is due and cannot be done: a fact, tried again when something has happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/migrate.h"
#include "tests/support/desk.h"
#include "tests/support/versions.h"

#define END  "'end': {'end': 'over'}, 'gone': {'end': 'gone'}"
#define MOST "9223372036854775807"

/* n + 1 does not fit into 64 bits where n is the greatest number. */
#define SORT                                                                                       \
    "'sort': {'decide': [{'when': {'>': [{'+': [{'var': 'form.n'}, 1]}, 5]}, 'to': 'end'},"        \
    " {'to': 'gone'}]}, "

static void
define(const char *steps)
{
    desk_define(
        arena_printf(&desk.arena,
                     "'form': {'required': ['n'], 'properties': {'n': {'type': 'integer'}}},"
                     " 'withdraw': {'to': 'gone'}, 'start': 'w', 'steps': {%s " SORT END "}",
                     steps));
}

static struct command
amendment(const char *form)
{
    struct command cmd = desk_command(COMMAND_AMEND, "head");

    cmd.input = *desk_json(form);
    return cmd;
}

static void
amend(const char *form)
{
    assert_true(desk_give(amendment(form)));
}

/* "wait 1 guard_error; …" */
static const char *
stuck(void)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < desk.c->n_stuck; i++)
        text_printf(&t, "%s%s %lld %s", i ? "; " : "", stuck_name(desk.c->stuck[i].item.kind),
                    (long long)desk.c->stuck[i].number, desk.c->stuck[i].code);
    return t.len ? t.at : "";
}

static void
a_wait_that_cannot_be_left_is_a_fact_and_a_card(void **state)
{
    (void)state;
    define("'w': {'wait': '1 day', 'to': 'sort'},");
    desk_open("{'n': " MOST "}");
    desk_look("2026-03-04 09:00");
    assert_string_equal(desk_steps(), "w");
    assert_string_equal(stuck(), "wait 2 guard_error");
    assert_non_null(strstr(desk.c->stuck[0].why, "does not fit into 64 bits"));
    assert_true(desk.c->stuck[0].since == desk_moment("2026-03-04 00:00"));
    assert_int_equal(desk.out.n_record, 1);
    assert_int_equal(desk.out.n_card, 1);
    assert_int_equal(desk.out.card[0].kind, CARD_STUCK);
    assert_int_equal(desk.out.card[0].epoch, 2);
    assert_string_equal(desk.out.card[0].department, "lead");
    assert_string_equal(desk.out.card[0].step, "w");
    /* It is due no more: nobody looks for nothing. */
    assert_true(desk.c->alarm == INSTANT_NONE);
    desk_look("2026-03-09 09:00");
    assert_int_equal(desk.out.n_record, 0);
}

static void
what_is_mended_goes_on_at_that_moment(void **state)
{
    (void)state;
    define("'w': {'wait': '1 day', 'to': 'sort'},");
    desk_open("{'n': " MOST "}");
    desk_look("2026-03-04 09:00");
    desk_at("2026-03-06 10:00");
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "over");
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.record[1].kind, COMMAND_ALARM);
    assert_true(desk.out.record[1].at == desk_moment("2026-03-06 10:00"));
    assert_int_equal(desk.out.record[1].fact[0].kind, FACT_STUCK);
    assert_true(desk.out.record[1].fact[0].declared);
    assert_int_equal(desk.out.n_card, 1);
    assert_true(desk.out.card[0].withdrawn);
    assert_int_equal(desk.out.card[0].clock, 2);
    assert_int_equal(desk.c->n_stuck, 0);
}

static void
what_was_said_once_is_not_said_again(void **state)
{
    (void)state;
    define("'w': {'wait': '1 day', 'to': 'sort'},");
    desk_open("{'n': " MOST "}");
    desk_look("2026-03-04 09:00");
    amend("{'n': " MOST "}");
    assert_int_equal(desk.out.n_record, 1);
    assert_int_equal(desk.out.n_card, 0);
    assert_string_equal(stuck(), "wait 2 guard_error");
    desk_look("2026-03-05 09:00");
    assert_int_equal(desk.out.n_record, 0);
}

static void
another_reason_is_told_on_the_same_card(void **state)
{
    struct command once = amendment("{'list': ['x'], 'n': 1}");

    (void)state;
    desk_define("'form': {'required': ['n', 'list'], 'properties': {'n': {'type': 'integer'},"
                " 'list': {'type': 'array', 'maxItems': 20, 'items': {'type': 'string'}}}},"
                " 'start': 'w', 'steps': {'w': {'do': [{'commit': 'experts'}], 'wait': '1 day',"
                " 'to': 'end'}, 'end': {'do': [{'set': {'case.m': {'+': [{'var': 'form.n'}, 1]}}},"
                " {'draw': 'experts', 'from': {'var': 'form.list'}, 'count': 2, 'into':"
                " 'case.drawn'}], 'end': 'over'}}");
    desk_open("{'list': ['x'], 'n': " MOST "}");
    desk_look("2026-03-04 09:00");
    assert_string_equal(stuck(), "wait 2 guard_error");
    once.input = *desk_json("{'list': ['x'], 'n': 1}");
    assert_true(desk_give(once));
    assert_string_equal(stuck(), "wait 2 guard_failed");
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.n_card, 0);
    once.input = *desk_json("{'list': ['x', 'y'], 'n': 1}");
    assert_true(desk_give(once));
    assert_string_equal(desk_steps(), "over");
}

static void
the_attempt_leaves_no_trace(void **state)
{
    (void)state;
    define("'w': {'by': 'window', 'actions': {'go': 'end'}, 'limit': '5 days', 'after': {'1 day':"
           " {'to': 'sort', 'marks': 'm', 'do': [{'set': {'case.x': 1}}, {'send': 'tax'}]}}},");
    desk_open("{'n': " MOST "}");
    desk_look("2026-03-04 09:00");
    assert_string_equal(stuck(), "timer 2 guard_error");
    assert_int_equal(desk.c->vars.n, 0);
    assert_int_equal(desk.c->last_message, 0);
    assert_int_equal(desk.out.n_message, 0);
    assert_int_equal(desk.out.n_timing, 0);
    assert_int_equal(desk.out.record[0].n_fact, 1);
    /* All else goes on: clocks, and who acts. */
    desk_look("2026-03-10 09:00");
    assert_int_equal(desk_facts(FACT_LATE), 1);
    assert_string_equal(stuck(), "timer 2 guard_error");
    desk_act("window", "go");
    assert_string_equal(desk_steps(), "over");
    assert_true(desk.out.card[desk.out.n_card - 1].withdrawn);
    assert_int_equal(desk.out.card[desk.out.n_card - 1].kind, CARD_STUCK);
}

static void
a_command_is_decided_after_what_could_not_be_done(void **state)
{
    struct command withdraw = desk_command(COMMAND_WITHDRAW, "applicant");

    (void)state;
    define("'w': {'wait': '1 day', 'to': 'sort'},");
    desk_open("{'n': " MOST "}");
    desk_at("2026-03-09 09:00");
    assert_true(desk_give(withdraw));
    assert_string_equal(desk_steps(), "gone");
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.n_card, 2);
    assert_false(desk.out.card[0].withdrawn);
    assert_true(desk.out.card[1].withdrawn);
}

/* A reminder of the third day makes the number smaller. */
static void
remind(bool late)
{
    define("'w': {'by': 'window', 'actions': {'go': 'end'}, 'after': {'1 day': {'to': 'sort'},"
           " '3 days': {'do': [{'set': {'form.n': 9}}]}}},");
    desk_at("2026-03-02 09:00");
    desk_open("{'n': " MOST "}");
    if (!late)
        desk_look("2026-03-04 00:01");
    desk_look("2026-03-09 09:00");
    assert_string_equal(desk_steps(), "over");
}

static void
what_time_changes_is_looked_at_too_and_in_time_as_late(void **state)
{
    char in_time[4000];

    remind(false);
    assert_int_equal(desk.out.n_record, 2);
    (void)snprintf(in_time, sizeof(in_time), "%s", desk_state());
    desk_teardown(state);
    desk_setup(state);
    remind(true);
    assert_string_equal(desk_state(), in_time);
    assert_int_equal(desk.out.n_record, 3);
    assert_int_equal(desk.out.record[0].fact[0].kind, FACT_STUCK);
    assert_int_equal(desk.out.record[1].fact[0].kind, FACT_TIMED);
    assert_int_equal(desk.out.record[2].fact[0].kind, FACT_STUCK);
    assert_true(desk.out.record[2].at == desk.out.record[1].at);
}

static void
that_a_child_has_ended_is_known_in_any_case(void **state)
{
    struct command retry = desk_command(COMMAND_RETRY, "registrar");

    (void)state;
    define("'w': {'by': 'registrar', 'to': 'sort', 'join': {'count': 1, 'of': 'granted'},"
           " 'else': 'sort', 'cases': {'workflow': 'shop'}},");
    desk_open("{'n': " MOST "}");
    assert_true(desk_give(desk_relay("born", 1, "{'id': 101, 'number': 'C-1'}")));
    assert_true(desk_give(desk_relay("concluded", 1, "{'outcome': 'refused'}")));
    assert_string_equal(desk.c->child[0].outcome, "refused");
    assert_string_equal(stuck(), "children 3 guard_error");
    assert_int_equal(desk.out.n_record, 1);
    assert_int_equal(desk.out.n_card, 1);
    assert_int_equal(desk.out.card[0].kind, CARD_STUCK);
    assert_string_equal(desk_steps(), "w");
    /* Where one is tried again there is nothing to follow yet. */
    retry.number = 1;
    assert_true(desk_give(retry));
    assert_int_equal(desk.c->n_stuck, 0);
    assert_true(desk.out.card[0].withdrawn);
    assert_true(desk_give(desk_relay("born", 2, "{'id': 102, 'number': 'C-2'}")));
    assert_true(desk_give(desk_relay("concluded", 2, "{'outcome': 'granted'}")));
    assert_int_equal(desk.c->n_stuck, 1);
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "over");
}

/* As it was when both could have been done: what is told at that very instant is on time. */
static void
the_end_of_a_child_goes_before_a_timer_of_the_same_instant(void **state)
{
    (void)state;
    define("'w': {'by': 'registrar', 'to': 'sort', 'join': 'all', 'cases': {'workflow': 'shop'},"
           " 'after': {'1 day': {'to': 'gone', 'do': [{'set': {'case.a': {'+': [{'var': 'form.n'},"
           " 1]}}}]}}},");
    desk_open("{'n': " MOST "}");
    assert_true(desk_give(desk_relay("born", 1, "{'id': 101, 'number': 'C-1'}")));
    desk.now = desk.c->visit[0].timer[0];
    assert_true(desk_give(desk_relay("concluded", 1, "{'outcome': 'granted'}")));
    desk_look("2026-03-05 09:00");
    assert_string_equal(stuck(), "children 3 guard_error; timer 4 guard_error");
    assert_true(desk.c->stuck[0].since == desk.c->stuck[1].since);
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "over");
}

static void
that_the_parent_withdraws_the_case_is_not_forgotten(void **state)
{
    struct command open = desk_command(COMMAND_OPEN, "window");
    const struct opening opening = {
        .number = "C-7",
        .district = "371502",
        .applicant_kind = "enterprise",
        .parent = {.case_id = 42, .case_number = "C-1", .child = 7, .generation = 1}};

    (void)state;
    desk_define(
        "'form': {'required': ['n'], 'properties': {'n': {'type': 'integer'}}},"
        " 'withdraw': {'to': 'sort'}, 'start': 'w', 'steps': {'w': {'by': 'window',"
        " 'do': [{'send': 'tax', 'undo': {'data': 1}}], 'actions': {'go': 'end'}}, " SORT END "}");
    open.opening = &opening;
    open.input = *desk_json("{'n': " MOST "}");
    assert_true(desk_give(open));
    assert_true(desk_give(desk_relay("withdraw", 7, "{}")));
    assert_string_equal(desk_steps(), "w");
    assert_string_equal(stuck(), "withdraw 2 guard_error");
    assert_int_equal(desk.out.n_message, 0); /* nothing is taken back */
    amend("{'n': 1}");
    assert_string_equal(desk_steps(), "gone");
    assert_int_equal(desk.out.n_message, 1);
}

static void
what_an_act_led_to_is_stuck_no_more_when_it_is_annulled(void **state)
{
    (void)state;
    define("'w': {'by': 'window', 'actions': {'go': 'q'}}, 'q': {'wait': '1 day', 'to': 'sort'},");
    desk_open("{'n': " MOST "}");
    desk_act("window", "go");
    desk_look("2026-03-04 09:00");
    assert_string_equal(stuck(), "wait 3 guard_error");
    desk_annul(2);
    assert_string_equal(desk_steps(), "w");
    assert_int_equal(desk.c->n_stuck, 0);
    assert_true(desk.out.card[0].withdrawn);
    desk_act("window", "go");
    desk_look("2026-03-09 09:00");
    assert_string_equal(stuck(), "wait 6 guard_error");
}

static void
a_step_that_comes_back_gets_stuck_anew(void **state)
{
    (void)state;
    define("'w': {'by': 'window', 'actions': {'go': 'v'}, 'after': {'1 day': {'to': 'sort'}}},"
           " 'v': {'by': 'window', 'actions': {'go': 'end'}},");
    desk_open("{'n': " MOST "}");
    desk_look("2026-03-04 09:00");
    desk_act("window", "go");
    assert_int_equal(desk.c->n_stuck, 0);
    desk_annul(3);
    desk_look("2026-03-05 09:00");
    assert_string_equal(desk_steps(), "w");
    assert_int_equal(desk.c->n_stuck, 1);
    amend("{'n': 1}");
    assert_string_equal(desk_steps(), "gone");
}

static void
two_that_are_stuck_are_tried_one_after_the_other(void **state)
{
    (void)state;
    define("'w': {'by': 'window', 'actions': {'go': 'end'}, 'after': {'1 day': {'do': [{'set':"
           " {'case.a': {'+': [{'var': 'form.n'}, 1]}}}]}, '2 days': {'do': [{'set': {'case.b':"
           " {'+': [{'var': 'form.n'}, 2]}}}]}}},");
    desk_open("{'n': " MOST "}");
    desk_look("2026-03-09 09:00");
    assert_string_equal(stuck(), "timer 2 guard_error; timer 3 guard_error");
    amend("{'n': 9223372036854775806}");
    assert_string_equal(stuck(), "timer 3 guard_error");
    assert_int_equal(desk.out.n_record, 2);
    amend("{'n': 1}");
    assert_int_equal(desk.c->n_stuck, 0);
    assert_string_equal(desk_steps(), "w");
}

static void
a_tolerance_that_cannot_end_is_stuck_and_its_reminder_is_another(void **state)
{
    struct command tolerate = desk_command(COMMAND_MATERIAL, "window");

    (void)state;
    desk_define(
        "'form': {'required': ['n'], 'properties': {'n': {'type': 'integer'}}},"
        " 'materials': [{'id': 'deed', 'title': {'zh': '契',"
        " 'en': 'Deed'}, 'tolerance': '10 days', 'lapse': 'sort', 'remind':"
        " {'before': '3 days', 'do': [{'set': {'case.m': {'+': [{'var': 'form.n'}, 1]}}}]}}],"
        " 'start': 'w', 'steps': {'w': {'by': 'window', 'actions': {'go': 'end'}}, " SORT END "}");
    desk_open("{'n': " MOST "}");
    tolerate.material = "deed";
    tolerate.action = "tolerate";
    assert_true(desk_give(tolerate));
    desk_look("2026-03-11 09:00");
    assert_string_equal(stuck(), "reminder 3 guard_error");
    desk_look("2026-03-16 09:00");
    assert_string_equal(stuck(), "reminder 3 guard_error; lapse 4 guard_error");
    assert_int_equal(desk.c->material[0].state, MATERIAL_TOLERATED);
    assert_true(desk.c->alarm == INSTANT_NONE);
    amend("{'n': 7}");
    assert_string_equal(desk_steps(), "over");
    assert_int_equal(desk.c->material[0].state, MATERIAL_LAPSED);
    assert_int_equal(desk.c->n_stuck, 0);
}

/* Decides under @w, on the case as it is; it must be accepted. */
static void
decide(const struct workflow *w, struct case_state **c, struct command cmd)
{
    const struct setting s = {.workflow = w, .calendar = desk.calendar, .now = desk.now};
    struct error e = {0};

    if (!machine_decide(&s, *c, &cmd, &desk.arena, &desk.out, NULL, &e))
        fail_msg("%s", e.detail);
    *c = desk.out.next;
}

/* Whether what was stuck in @step is done under a version that does it otherwise. */
static void
another_version(const char *step, const char *end)
{
    static const char *const role[] = {"administrator"};
    const struct workflow *const from = desk.w;
    struct case_state *c = desk.c;
    const int32_t was = desk.c->stuck[0].number;
    const instant now = desk.now;
    struct migration m;
    struct command move = desk_command(COMMAND_MIGRATE, "window");

    desk_define(arena_printf(
        &desk.arena,
        "'form': {'required': ['n'], 'properties': {'n': {'type': 'integer'}}},"
        " 'withdraw': {'to': 'gone'}, 'start': 'w', 'steps': {%s 'sort': {'decide': [{'when': {'>':"
        " [{'var': 'form.n'}, 5]}, 'to': 'end'}, {'to': 'gone'}]}, " END "}",
        step));
    desk.now = now;
    migration_plain(&desk.arena, from, desk.w, &m);
    move.actor = (struct actor){.id = "zhao", .role = role, .n_role = 1, .district = "*"};
    move.migration = &m;
    decide(from, &c, move);
    assert_true(c->alarm != INSTANT_NONE && c->alarm <= desk.now);
    desk.now += SPAN_SECOND;
    decide(desk.w, &c, desk_command(COMMAND_ALARM, "engine"));
    assert_string_equal(c->outcome, end);
    assert_int_equal(c->n_stuck, 0);
    assert_int_equal(was, 2 + (strstr(step, "cases") != NULL));
}

static void
another_version_of_the_workflow_is_tried_at_once(void **state)
{
    static const char wait[] = "'w': {'wait': '1 day', 'to': 'sort'},";
    static const char cases[] =
        "'w': {'by': 'registrar', 'to': 'sort', 'join': 'all', 'cases': {'workflow': 'shop'}},";

    (void)state;
    define(wait);
    desk_open("{'n': " MOST "}");
    desk_look("2026-03-04 09:00");
    another_version(wait, "over");
    desk_teardown(state);
    desk_setup(state);
    define(cases);
    desk_open("{'n': " MOST "}");
    assert_true(desk_give(desk_relay("born", 1, "{'id': 101, 'number': 'C-1'}")));
    assert_true(desk_give(desk_relay("concluded", 1, "{'outcome': 'refused'}")));
    another_version(cases, "over");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_wait_that_cannot_be_left_is_a_fact_and_a_card),
        TEST(what_is_mended_goes_on_at_that_moment),
        TEST(what_was_said_once_is_not_said_again),
        TEST(another_reason_is_told_on_the_same_card),
        TEST(the_attempt_leaves_no_trace),
        TEST(a_command_is_decided_after_what_could_not_be_done),
        TEST(what_time_changes_is_looked_at_too_and_in_time_as_late),
        TEST(that_a_child_has_ended_is_known_in_any_case),
        TEST(the_end_of_a_child_goes_before_a_timer_of_the_same_instant),
        TEST(that_the_parent_withdraws_the_case_is_not_forgotten),
        TEST(what_an_act_led_to_is_stuck_no_more_when_it_is_annulled),
        TEST(a_step_that_comes_back_gets_stuck_anew),
        TEST(two_that_are_stuck_are_tried_one_after_the_other),
        TEST(another_version_of_the_workflow_is_tried_at_once),
        TEST(a_tolerance_that_cannot_end_is_stuck_and_its_reminder_is_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
