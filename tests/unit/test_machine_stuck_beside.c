/* SPDX-License-Identifier: Apache-2.0 */
/* What stands beside something that is stuck: a ballot that should have closed, what never rests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define END  "'end': {'end': 'over'}, 'gone': {'end': 'gone'}"
#define MOST "9223372036854775807"

/* n + 1 does not fit into 64 bits where n is the greatest number. */
#define SORT                                                                                       \
    "'sort': {'decide': [{'when': {'>': [{'+': [{'var': 'form.n'}, 1]}, 5]}, 'to': 'end'},"        \
    " {'to': 'gone'}]}, "

/* It is not open any more, though it could not be closed. */
static void
nobody_votes_after_a_closing_that_could_not_be_done(void **state)
{
    struct command vote, amend;

    (void)state;
    desk_define("'form': {'required': ['n', 'roll'], 'properties': {'n': {'type': 'integer'},"
                " 'roll': {'type': 'array', 'maxItems': 9, 'items': {'type': 'object', 'required':"
                " ['id'], 'properties': {'id': {'type': 'string'}}}}}}, 'start': 'v', 'steps': {"
                "'v': {'by': 'window', 'ballot': {'roll': 'roll', 'voter': 'id', 'choices':"
                " {'yes': {'title': {'zh': 'a', 'en': 'a'}}, 'no': {'title': {'zh': 'a', 'en': "
                "'a'}}}, 'closes': '1 day', 'result': [{'to': 'sort'}]}}, " SORT END "}");
    desk_open("{'n': " MOST ", 'roll': [{'id': 'v1'}, {'id': 'v2'}]}");
    vote = desk_command(COMMAND_VOTE, "window");
    vote.action = "yes";
    vote.voter = "v1";
    assert_true(desk_give(vote));
    desk_at("2026-03-04 09:00");
    vote.voter = "v2";
    desk_refused(vote, ERROR_STEP_NOT_OPEN);
    assert_string_equal(desk_steps(), "v");
    amend = desk_command(COMMAND_AMEND, "head");
    amend.input = *desk_json("{'n': 7, 'roll': [{'id': 'v1'}, {'id': 'v2'}]}");
    assert_true(desk_give(amend));
    assert_string_equal(desk_steps(), "over");
}

/* What is tried in vain between two rounds is no rest in which the count begins anew. */
static void
what_never_rests_is_found_beside_what_is_stuck(void **state)
{
    (void)state;
    desk_define("'form': {'required': ['n', 'd'], 'properties': {'n': {'type': 'integer'}, 'd':"
                " {'type': 'string', 'format': 'date'}}}, 'start': 'p', 'steps': {'p': {'join':"
                " 'all', 'to': 'end', 'branches': {'a': {'start': 't', 'steps': {'t': {'by':"
                " 'window', 'after': {'1 day': {'do': [{'set': {'case.x': {'+': [{'var':"
                " 'form.n'}, 1]}}}]}}, 'actions': {'done': '$done'}}}}, 'b': {'start': 'g',"
                " 'steps': {'g': {'by': 'window', 'actions': {'go': 'l'}}, 'l': {'wait': {'until':"
                " {'var': 'form.d'}}, 'to': 'm'}, 'm': {'decide': [{'when': {'>': [{'var':"
                " 'form.n'}, 5]}, 'to': 'l'}, {'to': '$done'}]}}}}}, " END "}");
    desk_open("{'n': " MOST ", 'd': '2026-03-05'}");
    desk_look("2026-03-04 09:00");
    assert_int_equal(desk.c->n_stuck, 1);
    desk_at("2026-03-09 09:00");
    desk_act_in("window", "go", "p.b.g");
    assert_int_equal(desk.c->n_stuck, 2);
    assert_string_equal(desk_steps(), "p.a.t, p.b.l");
}

/* It says nothing of the case that who decides has brought no seed: that fails, and is nowhere. */
static void
what_the_engine_owes_is_no_fact_of_the_case(void **state)
{
    const struct command look = {.kind = COMMAND_ALARM, .actor = {.id = "engine"}, .revision = -1};
    struct outcome out = {.n_record = 0};
    struct setting s;

    (void)state;
    desk_define("'form': {'required': ['roll'], 'properties': {'roll': {'type': 'array',"
                " 'maxItems': 9, 'items': {'type': 'object', 'required': ['id'], 'properties':"
                " {'id': {'type': 'string'}}}}}}, 'start': 'w', 'steps': {'w': {'wait': '1 day',"
                " 'to': 'v'}, 'v': {'by': 'window', 'ballot': {'roll': 'roll', 'voter': 'id',"
                " 'choices': {'yes': {'title': {'zh': 'a', 'en': 'a'}}, 'no': {'title': {'zh': 'a',"
                " 'en': 'a'}}}, 'closes': '1 day', 'result': [{'to': 'end'}]}}, " END "}");
    desk_open("{'roll': [{'id': 'v1'}]}");
    s = (struct setting){
        .workflow = desk.w, .calendar = desk.calendar, .now = desk_moment("2026-03-04 09:00")};
    assert_false(machine_decide(&s, desk.c, &look, &desk.arena, &out, NULL, &desk.e));
    assert_int_equal(desk.e.code, ERROR_INTERNAL);
    assert_int_equal(out.n_record, 0);
    s.seed = "a seed";
    assert_true(machine_decide(&s, desk.c, &look, &desk.arena, &out, NULL, &desk.e));
    assert_int_equal(out.next->n_stuck, 0);
    assert_int_equal(out.n_record, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nobody_votes_after_a_closing_that_could_not_be_done),
        TEST(what_never_rests_is_found_beside_what_is_stuck),
        TEST(what_the_engine_owes_is_no_fact_of_the_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
