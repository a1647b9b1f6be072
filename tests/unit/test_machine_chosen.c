/* SPDX-License-Identifier: Apache-2.0 */
/* Steps whose department a field of the form, or the element of a list, chooses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/explore.h"
#include "machine/may.h"
#include "machine/stands.h"
#include "tests/support/desk.h"

#define BUREAU "{'type': 'string', 'enum': ['fire', 'land', 'lead']}"
#define FORM                                                                                       \
    "'form': {'required': ['bureau', 'bureaus'], 'properties': {'bureau': " BUREAU                 \
    ", 'second': {'enum': ['land']}, 'bureaus': {'type': 'array', 'uniqueItems': true, "           \
    "'maxItems': 9, 'items': " BUREAU "}}}, "
#define CHOSEN "'department': {'var': 'form.bureau'}, "
#define PER_DEPARTMENT                                                                             \
    "'clocks': {'each': {'kind': 'promised', 'limit': '3 working days', 'per': 'department', "     \
    "'from': 'opened'}}, "

/* A window hands the case to the bureau the form names; a stage there, and a review in it. */
static void
define(const char *more)
{
    desk_define(arena_printf(&desk.arena,
                             FORM PER_DEPARTMENT
                             "'grounds': {'wait': {'command': true}}, 'start': 'accept', 'steps': {"
                             "'accept': {'by': 'window', 'actions': {'go': 'room', "
                             "'name': {'input': {'required': ['bureau'], 'properties': {'bureau': "
                             "{'type': 'string'}}}, 'do': [{'set': {'form.bureau': "
                             "{'var': 'input.bureau'}}}]}, "
                             "'name-and-go': {'to': 'room', 'input': {'required': ['bureau'], "
                             "'properties': {'bureau': {'type': 'string'}}}, 'do': [{'set': "
                             "{'form.bureau': {'var': 'input.bureau'}}}]}}}, "
                             "'room': {'start': 'review', 'to': 'after', " CHOSEN "'steps': {"
                             "'review': {'by': 'reviewer', 'limit': '2 working days', "
                             "'on': {'answer': {'from': 'fire'}}, 'clocks': {'own': {"
                             "'kind': 'promised', 'limit': '3 days', 'from': 'opened', "
                             "'extension': {'limit': '2 days', 'by': 'head'}}}, 'actions': {"
                             "'pass': 'check', 'back': 'accept'}}, "
                             "'check': {'by': 'head', 'actions': {'done': '$done'}}, "
                             "'land-only': {'optional': {'by': ['head']}, 'department': 'land', "
                             "'by': 'reviewer', 'actions': {'done': '$done'}}}}, "
                             "'after': {'by': 'window', 'actions': {'end': 'end'}}, "
                             "'end': {'end': 'over'}}%s",
                             more));
}

static void
open_for(const char *bureau)
{
    desk_open(arena_printf(&desk.arena, "{'bureau': '%s', 'bureaus': []}", bureau));
}

static const struct visit *
open_step(const char *path)
{
    for (uint32_t i = 0; i < desk.c->n_visit; i++)
        if (!strcmp(desk.w->step[desk.c->visit[i].step].path, path))
            return &desk.c->visit[i];
    fail_msg("%s is not open", path);
    return NULL;
}

static const char *
whose(const char *path)
{
    return visit_department(desk.w, open_step(path));
}

static void
it_is_the_field_s_and_what_says_nothing_inside_is_the_same(void **state)
{
    (void)state;
    define("");
    open_for("fire");
    assert_string_equal(whose("accept"), "lead");
    desk_act("window", "go");
    assert_string_equal(whose("room"), "fire");
    assert_string_equal(whose("room.review"), "fire");
    desk_act("reviewer@fire", "pass");
    assert_string_equal(whose("room.check"), "fire");
    desk_act("head@fire", "done");
    assert_string_equal(whose("after"), "lead");
}

static void
its_people_act_and_no_others_that_might_have_been_chosen(void **state)
{
    struct command claim;

    (void)state;
    define("");
    open_for("fire");
    desk_act("window", "go");
    desk_refused(desk_action("reviewer@land", "pass", "room.review"), ERROR_FORBIDDEN);
    desk_refused(desk_action("reviewer@lead", "pass", "room.review"), ERROR_FORBIDDEN);
    desk_refused(desk_action("reviewer@land", "pass", NULL), ERROR_ACTION_NOT_ALLOWED);
    claim = desk_command(COMMAND_CLAIM, "reviewer@land");
    claim.step = "room.review";
    desk_refused(claim, ERROR_FORBIDDEN);
    claim = desk_command(COMMAND_CLAIM, "reviewer@fire");
    claim.step = "room.review";
    assert_true(desk_give(claim));
    desk_act("reviewer@fire", "pass");
}

static size_t
offered(const char *who)
{
    const struct command cmd = desk_command(COMMAND_ACT, who);
    struct allowed *a;

    return machine_allowed(desk.w, desk.c, &cmd.actor, &desk.arena, &a);
}

static void
what_is_offered_is_offered_to_them(void **state)
{
    (void)state;
    define("");
    open_for("land");
    desk_act("window", "go");
    assert_int_equal(offered("reviewer@land"), 2);
    assert_int_equal(offered("reviewer@fire"), 0);
    assert_int_equal(offered("reviewer@lead"), 0);
    assert_int_equal(offered("reviewer"), 2); /* the hall's */
}

static void
its_head_leads_there(void **state)
{
    struct command stop;

    (void)state;
    define("");
    open_for("fire");
    desk_act("window", "go");
    stop = desk_command(COMMAND_STOP, "head@land");
    stop.step = "room.review";
    stop.ground = "wait";
    desk_refused(stop, ERROR_FORBIDDEN);
    stop.actor = desk_command(COMMAND_STOP, "head@fire").actor;
    assert_true(desk_give(stop));
}

static void
who_might_be_chosen_sees_the_case_and_nobody_else(void **state)
{
    struct error e;
    struct actor who;

    (void)state;
    define("");
    open_for("fire");
    who = desk_command(COMMAND_ACT, "reviewer@land").actor;
    assert_true(may_look(desk.w, NULL, &who, &e));
    who = desk_command(COMMAND_ACT, "reviewer@water").actor;
    assert_false(may_look(desk.w, NULL, &who, &e));
}

static void
an_open_step_keeps_it_when_the_field_changes(void **state)
{
    struct command amend;

    (void)state;
    define("");
    open_for("fire");
    desk_act("window", "go");
    amend = desk_command(COMMAND_AMEND, "window");
    amend.input = *desk_json("{'bureau': 'land', 'bureaus': []}");
    assert_true(desk_give(amend));
    assert_string_equal(whose("room.review"), "fire");
    desk_refused(desk_action("reviewer@land", "pass", "room.review"), ERROR_FORBIDDEN);
    desk_act("reviewer@fire", "pass");
    assert_string_equal(whose("room.check"), "fire"); /* that of the stage around it, open still */
    desk_annul(4);
    assert_string_equal(whose("room.review"), "fire");
    desk_act("reviewer@fire", "back");
    desk_act("window", "go");
    assert_string_equal(whose("room.review"), "land");
}

static void
each_department_has_its_clock_and_the_rows_name_it(void **state)
{
    const char *holder[4];

    (void)state;
    define("");
    open_for("fire");
    desk_act("window", "go");
    assert_string_equal(desk_clock("each")->department, "fire");
    assert_int_equal(clock_holders(desk.w, desk.c, desk_clock("each"), holder), 1);
    assert_string_equal(holder[0], "fire");
    assert_string_equal(visit_holder(desk.w, open_step("room.review")), "fire");
    desk_act("reviewer@fire", "back");
    assert_string_equal(desk_timing("room.review")->department, "fire");
    assert_string_equal(desk.c->clock[1].stand[0].ground, elsewhere);
}

static void
a_taken_back_move_brings_back_whose_it_was(void **state)
{
    (void)state;
    define("");
    open_for("fire");
    desk_act("window", "go");
    desk_act("reviewer@fire", "back");
    assert_string_equal(desk_steps(), "accept");
    desk_annul(3);
    assert_string_equal(whose("room"), "fire");
    assert_string_equal(whose("room.review"), "fire");
}

static void
what_is_written_must_be_one_of_them(void **state)
{
    struct command name;

    (void)state;
    define("");
    open_for("fire");
    name = desk_action("window", "name", NULL);
    name.input = *desk_json("{'bureau': 'water'}");
    desk_refused(name, ERROR_FORM_INVALID);
    name.input = *desk_json("{'bureau': 'land'}");
    assert_true(desk_give(name));
    name = desk_action("window", "name-and-go", NULL);
    name.input = *desk_json("{'bureau': 'water'}");
    desk_refused(name, ERROR_FORM_INVALID);
    assert_string_equal(desk.e.pointer, "/form/bureau");
    desk_act("window", "go");
    assert_string_equal(whose("room.review"), "land");
}

static void
an_optional_step_is_started_by_whose_region_it_is(void **state)
{
    struct command start;

    (void)state;
    define("");
    open_for("fire");
    desk_act("window", "go");
    start = desk_command(COMMAND_START, "head@land");
    start.step = "room.land-only";
    desk_refused(start, ERROR_FORBIDDEN);
    start.actor = desk_command(COMMAND_START, "head@fire").actor;
    assert_true(desk_give(start));
    assert_string_equal(whose("room.land-only"), "land");
}

static void
its_head_extends_its_clock(void **state)
{
    struct command extend;

    (void)state;
    define("");
    open_for("fire");
    desk_act("window", "go");
    extend = desk_command(COMMAND_EXTEND, "head@land");
    extend.clock = "room.review:own";
    extend.document = "延期决定书1号";
    desk_refused(extend, ERROR_FORBIDDEN);
    extend.actor = desk_command(COMMAND_EXTEND, "head@fire").actor;
    assert_true(desk_give(extend));
}

static void
its_head_settles_what_it_is_to_take(void **state)
{
    struct command late, settle;

    (void)state;
    define("");
    open_for("fire");
    desk_act("window", "go");
    late = desk_message("system:fire", "answer", "f-1", NULL);
    late.visit = open_step("room.review")->id;
    desk_act("reviewer@fire", "back");
    desk_act("window", "go");
    assert_true(desk_give(late));
    assert_string_equal(desk_fate(1), "late");
    settle = desk_command(COMMAND_SETTLE, "head@land");
    settle.number = 1;
    settle.step = "room.review";
    desk_refused(settle, ERROR_FORBIDDEN);
    settle.actor = desk_command(COMMAND_SETTLE, "head@fire").actor;
    assert_true(desk_give(settle));
    assert_string_equal(desk_fate(1), "taken");
}

/* One review by each of the bureaus of a list. */
static void
consult(const char *bureaus)
{
    desk_define(FORM PER_DEPARTMENT
                "'start': 'accept', 'steps': {"
                "'accept': {'by': 'window', 'actions': {'go': 'joint'}}, "
                "'joint': {'foreach': {'var': 'form.bureaus'}, 'as': 'bureau', 'join': 'all', "
                "'to': 'end', 'branch': {'title': {'zh': '题', 'en': 'B'}, 'start': 'review', "
                "'steps': {'review': {'by': 'reviewer', 'department': {'var': 'each.bureau'}, "
                "'limit': '2 working days', 'actions': {'agree': 'agreed'}}, "
                "'agreed': {'end': 'agreed'}}}}, 'end': {'end': 'over'}}");
    desk_open(arena_printf(&desk.arena, "{'bureau': 'lead', 'bureaus': [%s]}", bureaus));
    desk_act("window", "go");
}

static void
each_branch_is_of_its_element_s(void **state)
{
    (void)state;
    consult("'fire', 'land'");
    assert_string_equal(desk_steps(), "joint.fire.review, joint.land.review");
    assert_string_equal(visit_department(desk.w, &desk.c->visit[1]), "fire");
    assert_string_equal(visit_department(desk.w, &desk.c->visit[2]), "land");
    desk_refused(desk_action("reviewer@land", "agree", "joint.fire.review"), ERROR_FORBIDDEN);
    desk_act("reviewer@land", "agree"); /* his own is the only one */
    assert_string_equal(desk_steps(), "joint.fire.review");
    assert_string_equal(desk.out.timing[0].department, "land");
    desk_act("reviewer@fire", "agree");
    assert_string_equal(desk_steps(), "over");
}

static void
one_that_is_not_among_the_chosen_is_told_so(void **state)
{
    (void)state;
    consult("'fire'");
    desk_refused(desk_action("reviewer@land", "agree", NULL), ERROR_ACTION_NOT_ALLOWED);
}

static uint32_t
explored_states(void)
{
    struct arena scratch = {0};
    const struct exploring bounds = {.most_states = 20000, .district = "371500"};
    struct explored found = {0};
    uint32_t n;

    machine_explore(desk.w, desk.calendar, &bounds, &scratch, &found);
    assert_true(found.whole);
    assert_int_equal(found.n, 0);
    n = found.n_state;
    arena_release(&scratch);
    return n;
}

static void
exploring_tries_each_of_them(void **state)
{
    uint32_t chosen;

    (void)state;
    define("");
    chosen = explored_states();
    assert_true(chosen >= 3 * 5); /* each bureau's accept, room, check, after and end */
    consult("'fire'");
    assert_true(explored_states() > 0);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_the_field_s_and_what_says_nothing_inside_is_the_same,
                                        desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(its_people_act_and_no_others_that_might_have_been_chosen,
                                        desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(what_is_offered_is_offered_to_them, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(its_head_leads_there, desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(who_might_be_chosen_sees_the_case_and_nobody_else,
                                        desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(an_open_step_keeps_it_when_the_field_changes, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(each_department_has_its_clock_and_the_rows_name_it,
                                        desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(a_taken_back_move_brings_back_whose_it_was, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(what_is_written_must_be_one_of_them, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(an_optional_step_is_started_by_whose_region_it_is,
                                        desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(its_head_extends_its_clock, desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(its_head_settles_what_it_is_to_take, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(each_branch_is_of_its_element_s, desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(one_that_is_not_among_the_chosen_is_told_so, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(exploring_tries_each_of_them, desk_setup, desk_teardown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
