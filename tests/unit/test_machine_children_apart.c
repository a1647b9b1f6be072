/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that an effect opens: nobody waits, and what could not be opened is somebody's task. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

static void
licence(void)
{
    desk_define("'form': {'required': ['name', 'account'], 'properties': {'name': {'type':"
                " 'string'}, 'account': {'type': 'boolean'}}}, 'start': 'issue', 'steps': {'issue':"
                " {'by': 'window', 'actions': {'go': {'to': 'end', 'do': [{'open': 'bank-account',"
                " 'form': {'name': {'var': 'form.name'}}, 'when': {'var': 'form.account'}}]},"
                " 'again': {'to': 'issue', 'do': [{'open': 'seal'}]}}}, 'end': {'end': 'over'}}");
}

static const char *
said(uint32_t i)
{
    struct text t = text_new(&desk.arena);
    const struct relay *x = &desk.out.relay[i];

    value_write(&t, &x->value);
    return arena_printf(&desk.arena, "%lld %s %d %s %s", (long long)x->case_id, x->what, x->child,
                        x->workflow, t.at);
}

static void
it_is_opened_with_what_it_is_given_and_the_case_goes_on(void **state)
{
    (void)state;
    licence();
    desk_open("{'name': 'A', 'account': true}");
    desk_act("window", "go");
    assert_string_equal(desk_steps(), "over");
    assert_int_equal(desk.out.n_relay, 1);
    assert_string_equal(said(0), "0 open 1 bank-account {\"name\":\"A\"}");
    assert_false(desk.out.relay[0].listens);
    /* The closed case shows which it became, and how it ended. */
    assert_true(desk_give(desk_relay("born", 1, "{'id': 9, 'number': 'B-1'}")));
    assert_string_equal(desk.c->child[0].case_number, "B-1");
    assert_true(desk.c->child[0].apart);
    assert_int_equal(desk.c->child[0].form.kind, VALUE_NULL);
    assert_true(desk_give(desk_relay("concluded", 1, "{'outcome': 'opened'}")));
    assert_string_equal(desk.c->child[0].outcome, "opened");
    assert_int_equal(desk.out.n_card, 0);
}

static void
its_condition_is_asked(void **state)
{
    (void)state;
    licence();
    desk_open("{'name': 'A', 'account': false}");
    desk_act("window", "go");
    assert_int_equal(desk.out.n_relay, 0);
    assert_int_equal(desk.c->n_child, 0);
}

static void
several_are_all_kept(void **state)
{
    (void)state;
    licence();
    desk_open("{'name': 'A', 'account': true}");
    desk_act("window", "again");
    desk_act("window", "again");
    desk_act("window", "go");
    assert_int_equal(desk.c->n_child, 3);
    assert_string_equal(desk.c->child[1].workflow, "seal");
}

static void
what_was_opened_is_not_taken_back(void **state)
{
    (void)state;
    licence();
    desk_open("{'name': 'A', 'account': true}");
    desk_act("window", "again");
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
}

static void
one_that_could_not_be_opened_is_a_card_and_is_tried_again(void **state)
{
    struct command retry = desk_command(COMMAND_RETRY, "supervisor");

    (void)state;
    licence();
    desk_open("{'name': 'A', 'account': true}");
    desk_act("window", "go");
    retry.number = 1;
    desk_refused(retry, ERROR_ACTION_NOT_ALLOWED); /* it is about to be */
    assert_true(desk_give(desk_relay(
        "concluded", 1, "{'outcome': 'failed', 'why': 'form_invalid: /name too short'}")));
    assert_int_equal(desk.out.n_card, 1);
    assert_int_equal(desk.out.card[0].kind, CARD_UNOPENED);
    assert_int_equal(desk.out.card[0].epoch, 1);
    assert_string_equal(desk.out.card[0].department, "lead");
    retry.actor = desk_command(COMMAND_RETRY, "window").actor;
    desk_refused(retry, ERROR_FORBIDDEN);
    retry.actor = desk_command(COMMAND_RETRY, "head").actor;
    retry.input = *desk_json("{'name': 'A and sons'}");
    assert_true(desk_give(retry));
    assert_string_equal(said(0), "0 open 2 bank-account {\"name\":\"A and sons\"}");
    assert_true(desk.out.card[0].withdrawn);
    assert_int_equal(desk.c->n_child, 1);
    retry.number = 1;
    desk_refused(retry, ERROR_NOT_FOUND);
    /* As it was given, when nothing else is said. */
    assert_true(desk_give(desk_relay("concluded", 2, "{'outcome': 'failed', 'why': 'x'}")));
    retry.number = 2;
    retry.input = value_null();
    assert_true(desk_give(retry));
    assert_string_equal(said(0), "0 open 3 bank-account {\"name\":\"A and sons\"}");
}

/* A case of generation @generation, as one that generation before it has asked for. */
static struct command
opening_of(int32_t generation)
{
    struct opening *o = arena_new(&desk.arena, struct opening);
    struct command open = desk_command(COMMAND_OPEN, "window");

    *o = (struct opening){
        .number = "C-7",
        .district = "371502",
        .applicant_kind = "enterprise",
        .parent = {.case_id = 42, .case_number = "P-1", .child = 7, .generation = generation}};
    open.opening = o;
    open.input = *desk_json("{'name': 'A', 'account': true}");
    return open;
}

static void
a_case_knows_which_generation_it_is_and_a_ninth_is_not_opened(void **state)
{
    struct command retry = desk_command(COMMAND_RETRY, "supervisor");

    (void)state;
    licence();
    desk_open("{'name': 'A', 'account': true}");
    desk_act("window", "again");
    assert_int_equal(desk.out.relay[0].generation, 1);

    licence();
    desk_refused(opening_of(GENERATIONS_MOST + 1), ERROR_DEFINITION_FAULT);
    assert_true(desk_give(opening_of(GENERATIONS_MOST)));
    assert_int_equal(desk.c->parent.generation, GENERATIONS_MOST);
    desk_act("window", "again");
    assert_int_equal(desk.out.relay[0].generation, GENERATIONS_MOST + 1);
    /* Also when it is tried again by hand. */
    assert_true(desk_give(desk_relay("concluded", 1, "{'outcome': 'failed', 'why': 'x'}")));
    retry.number = 1;
    assert_true(desk_give(retry));
    assert_int_equal(desk.out.relay[0].generation, GENERATIONS_MOST + 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_opened_with_what_it_is_given_and_the_case_goes_on),
        TEST(its_condition_is_asked),
        TEST(a_case_knows_which_generation_it_is_and_a_ninth_is_not_opened),
        TEST(several_are_all_kept),
        TEST(what_was_opened_is_not_taken_back),
        TEST(one_that_could_not_be_opened_is_a_card_and_is_tried_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
