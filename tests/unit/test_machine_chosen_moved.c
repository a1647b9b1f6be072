/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that move to a version which chooses a step's department otherwise, or for the first time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/may.h"
#include "machine/migrate.h"
#include "tests/support/desk.h"

#define CHOSEN            "'department': {'var': 'form.bureau'}, "
#define SECOND(otherwise) "'department': {'var': ['form.second', '" otherwise "']}, "

/* A window hands the case to a room, in which one reviews; @room and @review say whose they are. */
static const struct workflow *
version(const char *room, const char *review)
{
    desk_define(arena_printf(
        &desk.arena,
        "'form': {'required': ['bureau'], 'properties': {'bureau': {'type': 'string', 'enum': "
        "['fire', 'land', 'lead']}, 'second': {'enum': ['land']}}}, "
        "'clocks': {'each': {'kind': 'promised', 'limit': '3 working days', 'per': 'department', "
        "'from': 'opened'}}, 'start': 'accept', 'steps': {"
        "'accept': {'by': 'window', 'actions': {'go': 'room'}}, "
        "'room': {'start': 'review', 'to': 'after', %s'steps': {"
        "'review': {'by': 'reviewer', %s'limit': '2 working days', 'actions': {"
        "'pass': 'check', 'again': 'review', 'back': 'accept'}}, "
        "'check': {'by': 'head', 'actions': {'done': '$done'}}}}, "
        "'after': {'by': 'window', 'actions': {'end': 'end'}}, 'end': {'end': 'over'}}",
        room, review));
    return desk.w;
}

/* The case of the version that is taken up goes on under @to; the refusal's words, or NULL. */
static const char *
move_to(const struct workflow *to)
{
    const struct setting s = {.calendar = desk.calendar, .workflow = desk.w, .now = desk.now};
    struct command cmd = desk_command(COMMAND_MIGRATE, "administrator");
    struct migration m;

    migration_plain(&desk.arena, desk.w, to, &m);
    cmd.migration = &m;
    if (!machine_decide(&s, desk.c, &cmd, &desk.arena, &desk.out, NULL, &desk.e)) {
        assert_int_equal(desk.e.code, ERROR_MIGRATION_REFUSED);
        return desk.e.detail;
    }
    desk.w = to;
    desk.c = desk.out.next;
    return NULL;
}

/* A case of the bureau @bureau is in review, where room and review say so, and moves. */
static const char *
moved(const char *bureau, const char *room, const char *review, const char *to_room,
      const char *to_review)
{
    const struct workflow *to = version(to_room, to_review);

    (void)version(room, review);
    desk_open(arena_printf(&desk.arena, "{'bureau': '%s'}", bureau));
    desk_act("window", "go");
    return move_to(to);
}

/* An action in the review under the version it has moved to, whose records are not all of it. */
static enum error_code
act(const char *who, const char *action)
{
    const struct setting s = {.calendar = desk.calendar, .workflow = desk.w, .now = desk.now};
    struct command cmd = desk_action(who, action, "room.review");

    if (!machine_may(desk.w, desk.c, &cmd, &desk.e) ||
        !machine_decide(&s, desk.c, &cmd, &desk.arena, &desk.out, NULL, &desk.e))
        return desk.e.code;
    desk.c = desk.out.next;
    return ERROR_NONE;
}

static const char *
whose(const char *path)
{
    for (uint32_t i = 0; i < desk.c->n_visit; i++)
        if (!strcmp(desk.w->step[desk.c->visit[i].step].path, path))
            return visit_department(desk.w, &desk.c->visit[i]);
    return "nobody's";
}

static void
refused_for(const char *why, const char *words)
{
    assert_non_null(why);
    if (!strstr(why, words))
        fail_msg("%s", why);
}

static void
what_was_chosen_is_kept_where_it_may_be_chosen(void **state)
{
    (void)state;
    assert_null(moved("fire", CHOSEN, "", SECOND("fire"), ""));
    assert_string_equal(whose("room"), "fire");
    assert_string_equal(whose("room.review"), "fire");
    refused_for(moved("fire", CHOSEN, "", SECOND("land"), ""), "its department cannot be chosen");
    assert_null(moved("fire", CHOSEN, "", "'department': 'land', ", ""));
    assert_string_equal(whose("room.review"), "land");
}

static void
whose_turn_comes_by_the_move_has_its_clock_from_then(void **state)
{
    const struct workflow *to = version("", "'department': 'land', ");
    int32_t last;

    (void)state;
    (void)version("", "'department': 'fire', ");
    desk_open("{'bureau': 'fire'}");
    desk_act("window", "go");
    last = desk.c->last_clock;
    desk_at("2026-03-03 10:00");
    assert_null(move_to(to));
    assert_string_equal(desk_clock("each")->department, "land");
    assert_int_equal(desk_clock("each")->started, desk_moment("2026-03-03 10:00"));
    assert_string_equal(desk_due("each"), "2026-03-06 17:00");
    assert_int_equal(desk.c->last_clock, last + 1);
    assert_int_equal(act("reviewer@land", "again"), ERROR_NONE);
    assert_int_equal(desk_clock("each")->id, last + 1); /* and no other */
}

/* One department has looked; @second does what the case is reopened for. */
static const struct workflow *
reopened_for(const char *second)
{
    desk_define(arena_printf(
        &desk.arena,
        "'clocks': {'each': {'kind': 'promised', 'limit': '3 working days', 'per': 'department', "
        "'from': 'opened'}}, 'reopen': {'again': {'by': 'head', 'to': 'other'}}, 'start': 'look', "
        "'steps': {'look': {'by': 'reviewer', 'department': 'land', 'actions': {'end': 'end'}}, "
        "'other': {'by': 'reviewer', 'department': '%s', 'actions': {'end': 'end'}}, "
        "'end': {'end': 'over'}}",
        second));
    return desk.w;
}

static uint32_t
clocks_that_run(const char *department)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < desk.c->n_clock; i++)
        n += desk.c->clock[i].verdict == VERDICT_OPEN &&
             !strcmp(desk.c->clock[i].department, department);
    return n;
}

static void
its_clock_of_before_the_case_was_reopened_is_none_of_now(void **state)
{
    const struct workflow *to = reopened_for("land");
    struct command cmd;

    (void)state;
    (void)reopened_for("fire");
    desk_open("{}");
    desk_act("reviewer@land", "end");
    assert_int_equal(clocks_that_run("land"), 0);
    cmd = desk_command(COMMAND_REOPEN, "head");
    cmd.ground = "again";
    assert_true(desk_give(cmd));
    assert_int_equal(clocks_that_run("land"), 0);
    desk_at("2026-03-03 10:00");
    assert_null(move_to(to));
    assert_int_equal(clocks_that_run("land"), 1);
    assert_int_equal(desk_clock("each")->started, desk_moment("2026-03-03 10:00"));
}

static void
who_has_a_step_in_hand_keeps_it_where_a_field_chooses_for_the_first_time(void **state)
{
    (void)state;
    assert_null(moved("fire", "", "'department': 'land', ", "", CHOSEN));
    assert_string_equal(whose("room.review"), "land");
    assert_string_equal(desk_clock("each")->department, "land");
    assert_int_equal(act("reviewer@fire", "pass"), ERROR_FORBIDDEN);
    assert_int_equal(act("reviewer@land", "again"), ERROR_NONE);
    assert_string_equal(whose("room.review"), "fire"); /* entered anew, it is the field's */
    assert_int_equal(act("reviewer@land", "pass"), ERROR_FORBIDDEN);
    assert_int_equal(act("reviewer@fire", "pass"), ERROR_NONE);
    assert_string_equal(desk_steps(), "room.check");
    refused_for(moved("fire", "", "'department': 'water', ", "", CHOSEN),
                "its department cannot be chosen");
}

static void
a_stage_that_chooses_keeps_what_it_and_its_steps_were(void **state)
{
    (void)state;
    assert_null(moved("fire", "'department': 'land', ", "", CHOSEN, ""));
    assert_string_equal(whose("room"), "land");
    assert_string_equal(whose("room.review"), "land");
    assert_int_equal(act("reviewer@land", "pass"), ERROR_NONE);
    assert_string_equal(whose("room.check"), "land"); /* the stage has not been entered anew */
    assert_null(moved("fire", "", "", CHOSEN, ""));
    assert_string_equal(whose("room.review"), "lead");
}

static void
a_step_of_another_department_than_the_stage_that_is_to_decide_for_it_stays(void **state)
{
    (void)state;
    refused_for(moved("fire", "'department': 'fire', ", "'department': 'land', ", CHOSEN, ""),
                "the step around it decides");
    assert_string_equal(whose("room.review"), "land");
    assert_null(moved("fire", "'department': 'fire', ", "'department': 'land', ", CHOSEN,
                      "'department': 'land', "));
    assert_string_equal(whose("room"), "fire");
    assert_string_equal(whose("room.review"), "land");
    assert_int_equal(act("reviewer@land", "pass"), ERROR_NONE);
    assert_string_equal(whose("room.check"), "fire");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_chosen_is_kept_where_it_may_be_chosen, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(whose_turn_comes_by_the_move_has_its_clock_from_then,
                                        desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(its_clock_of_before_the_case_was_reopened_is_none_of_now,
                                        desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(
            who_has_a_step_in_hand_keeps_it_where_a_field_chooses_for_the_first_time, desk_setup,
            desk_teardown),
        cmocka_unit_test_setup_teardown(a_stage_that_chooses_keeps_what_it_and_its_steps_were,
                                        desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(
            a_step_of_another_department_than_the_stage_that_is_to_decide_for_it_stays, desk_setup,
            desk_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
