/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a case could be withdrawn when it was, which is recorded later (K3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define NOT_DONE "{'!': [{'var': ['case.done', false]}]}"

/* Opened on Monday 2026-03-02 at 09:00; with Tuesday's end a reminder writes what it asks. */
static void
define(const char *when, const char *timer)
{
    desk_define(arena_printf(
        &desk.arena,
        "'form': {'required': ['n'], 'properties': {'n': {'type': 'integer'}}}, 'backdateBy':"
        " ['window'], 'withdraw': {'to': 'gone', 'when': %s, 'why': {'zh': '不能', 'en': 'too"
        " late'}}, 'start': 't', 'steps': {'t': {'by': 'window', %s 'actions': {'do': {'do':"
        " [{'set': {'case.done': true}}]}, 'undo': {'do': [{'set': {'case.done': false}}]},"
        " 'close': 'end'}}, 'later': {'by': 'window', 'actions': {'end': 'end'}}, 'end': {'end': "
        "'over'}, 'gone': {'end': 'withdrawn'}}",
        when, timer));
}

static void
open_when(const char *when)
{
    define(when, "");
    desk_open("{'n': 1}");
}

static struct command
late(struct command cmd, const char *happened)
{
    cmd.happened = desk_moment(happened);
    desk_history(&cmd);
    return cmd;
}

static struct command
withdrawn(const char *happened)
{
    return late(desk_command(COMMAND_WITHDRAW, "window"), happened);
}

static void
had_done(const char *action, const char *happened)
{
    assert_true(desk_give(late(desk_action("window", action, NULL), happened)));
}

static void
amend(const char *form)
{
    struct command cmd = desk_command(COMMAND_AMEND, "window");

    cmd.input = *desk_json(form);
    assert_true(desk_give(cmd));
}

static void
it_is_asked_on_the_day_it_happened(void **state)
{
    (void)state;
    open_when("{'before': [{'var': 'case.today'}, '2026-03-04']}");
    desk_at("2026-03-05 10:00");
    desk_refused(desk_command(COMMAND_WITHDRAW, "window"), ERROR_GUARD_FAILED);
    desk_refused(withdrawn("2026-03-04 10:00"), ERROR_GUARD_FAILED);
    assert_true(desk_give(withdrawn("2026-03-03 10:00")));
    assert_string_equal(desk_steps(), "withdrawn");
    open_when("{'not-before': [{'var': 'case.today'}, '2026-03-04']}");
    desk_at("2026-03-05 10:00");
    desk_refused(withdrawn("2026-03-03 10:00"), ERROR_GUARD_FAILED);
    assert_true(desk_give(withdrawn("2026-03-04 10:00")));
}

static void
what_was_written_since_does_not_count(void **state)
{
    (void)state;
    open_when("{'<': [{'var': 'form.n'}, 5]}");
    desk_at("2026-03-03 10:00");
    amend("{'n': 7}");
    desk_at("2026-03-04 10:00");
    amend("{'n': 2}");
    desk_at("2026-03-05 10:00");
    desk_refused(withdrawn("2026-03-03 10:00"), ERROR_GUARD_FAILED);
    desk_refused(withdrawn("2026-03-04 09:59"), ERROR_GUARD_FAILED);
    assert_true(desk_give(withdrawn("2026-03-03 09:59")));
    open_when(NOT_DONE);
    desk_at("2026-03-03 10:00");
    desk_act("window", "do");
    desk_refused(withdrawn("2026-03-03 10:00"), ERROR_GUARD_FAILED);
    assert_true(desk_give(withdrawn("2026-03-03 09:00")));
}

/* All of it was on paper: what had happened by then counts, though it is recorded after it. */
static void
what_is_learned_of_before_counts(void **state)
{
    (void)state;
    open_when(NOT_DONE);
    desk_at("2026-03-05 10:00");
    had_done("do", "2026-03-03 10:00");
    desk_refused(withdrawn("2026-03-03 11:00"), ERROR_GUARD_FAILED);
    assert_true(desk_give(withdrawn("2026-03-03 09:00")));
    open_when("{'var': ['case.done', false]}");
    desk_at("2026-03-05 10:00");
    had_done("do", "2026-03-03 10:00");
    desk_refused(withdrawn("2026-03-03 09:00"), ERROR_GUARD_FAILED);
    assert_true(desk_give(withdrawn("2026-03-03 11:00")));
}

/* It is learned that it was done on Monday; on Wednesday it had been undone. */
static void
where_both_came_and_it_matters_nobody_can_tell(void **state)
{
    (void)state;
    open_when(NOT_DONE);
    desk_at("2026-03-04 10:00");
    desk_act("window", "undo");
    desk_at("2026-03-05 10:00");
    had_done("do", "2026-03-02 10:00");
    desk_refused(withdrawn("2026-03-03 10:00"), ERROR_HAPPENED_OUTSIDE);
    assert_string_equal(desk.e.pointer, "/happened");
    assert_non_null(strstr(desk.e.detail, "cannot be told"));
    /* Then as now: it does not matter what came when. */
    desk_act("window", "undo");
    assert_true(desk_give(withdrawn("2026-03-03 10:00")));
}

static void
what_was_taken_back_has_not_been(void **state)
{
    int32_t click;

    (void)state;
    open_when(NOT_DONE);
    desk_at("2026-03-03 10:00");
    desk_act("window", "do");
    click = (int32_t)desk.c->recorded;
    desk_at("2026-03-05 10:00");
    desk_refused(withdrawn("2026-03-04 10:00"), ERROR_GUARD_FAILED);
    desk_annul(click);
    assert_true(desk_give(withdrawn("2026-03-04 10:00")));
}

/* Nobody had looked since: what came due is found by the same command. */
static void
what_came_due_since_does_not_count(void **state)
{
    (void)state;
    for (int looked = 0; looked < 2; looked++) {
        define(NOT_DONE, "'after': {'1 day': {'do': [{'set': {'case.done': true}}]}},");
        desk_open("{'n': 1}");
        if (looked)
            desk_look("2026-03-05 09:00");
        desk_at("2026-03-05 10:00");
        desk_refused(desk_command(COMMAND_WITHDRAW, "window"), ERROR_GUARD_FAILED);
        desk_refused(withdrawn("2026-03-03 17:00:01"), ERROR_GUARD_FAILED);
        /* At one instant people come before time. */
        assert_true(desk_give(withdrawn("2026-03-03 17:00")));
        assert_string_equal(desk_steps(), "withdrawn");
    }
}

static void
overtaken(const char *form)
{
    define("{'<': [{'var': 'form.n'}, 5]}", "'after': {'2 working days': {'to': 'end'}},");
    desk_open(form);
    desk_look("2026-03-06 09:00");
    assert_string_equal(desk_steps(), "over");
}

/* What was no withdrawal then contradicts nothing. */
static void
what_silence_overtook_is_asked_alike(void **state)
{
    (void)state;
    overtaken("{'n': 1}");
    assert_true(desk_give(withdrawn("2026-03-03 10:00")));
    assert_int_equal(desk.c->contradicted, 1);
    overtaken("{'n': 7}");
    desk_refused(withdrawn("2026-03-03 10:00"), ERROR_GUARD_FAILED);
    /* Where none can tell, a supervisor looks. */
    define(NOT_DONE, "'after': {'3 working days': {'to': 'later'}}, ");
    desk_open("{'n': 1}");
    desk_at("2026-03-04 10:00");
    desk_act("window", "undo");
    desk_at("2026-03-05 10:00");
    had_done("do", "2026-03-02 10:00");
    desk_look("2026-03-06 09:00");
    assert_string_equal(desk_steps(), "later");
    assert_true(desk_give(withdrawn("2026-03-03 10:00")));
    assert_int_equal(desk.c->contradicted, 1);
}

/* What silence had gone through on the way was gone through by nobody, once that is annulled. */
static void
what_was_passed_by_an_annulled_move_is_not_contradicted(void **state)
{
    (void)state;
    desk_define(
        "'form': {'required': ['d', 'list'], 'properties': {'d': {'type': 'string', 'format':"
        " 'date'}, 'list': {'type': 'array', 'maxItems': 3, 'uniqueItems': true, 'items': {'type':"
        " 'string'}}}}, 'backdateBy': ['window'], 'withdraw': {'to': 'gone'}, 'start': 'w',"
        " 'steps': {'w': {'by': 'window', 'wait': {'until': {'var': 'form.d'}}, 'to': 'p',"
        " 'actions': {'go': 'p'}}, 'p': {'join': 'all', 'to': 't', 'foreach': {'var':"
        " 'form.list'}, 'branch': {'title': {'zh': 'b', 'en': 'b'}, 'start': 'x', 'steps': {'x':"
        " {'by': 'window', 'actions': {'done': '$done'}}}}}, 't': {'by': 'window', 'actions':"
        " {'end': 'end'}}, 'end': {'end': 'over'}, 'gone': {'end': 'withdrawn'}}");
    desk_open("{'d': '2026-02-27', 'list': []}");
    desk_look("2026-03-02 10:00");
    assert_string_equal(desk_steps(), "t");
    had_done("go", "2026-03-02 09:00");
    desk_annul(2);
    desk_act("window", "go");
    desk_refused(withdrawn("2026-03-02 09:00"), ERROR_HAPPENED_OUTSIDE);
    assert_int_equal(desk.c->contradicted, 0);
}

#define TEST(x) cmocka_unit_test_setup_teardown(x, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_asked_on_the_day_it_happened),
        TEST(what_was_written_since_does_not_count),
        TEST(what_is_learned_of_before_counts),
        TEST(where_both_came_and_it_matters_nobody_can_tell),
        TEST(what_was_taken_back_has_not_been),
        TEST(what_came_due_since_does_not_count),
        TEST(what_silence_overtook_is_asked_alike),
        TEST(what_was_passed_by_an_annulled_move_is_not_contradicted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
