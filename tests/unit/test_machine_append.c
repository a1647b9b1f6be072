/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of the form that grow as people act. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

/* A file of visits: each is noted with who and when, a word at most once. */
static void
patrol(void)
{
    desk_define("'form': {'required': ['name'], 'properties': {'name': {'type': 'string'}, 'words':"
                " {'type': 'array', 'maxItems': 2, 'uniqueItems': true, 'items': {'type':"
                " 'string'}}, 'visits': {'type': 'array', 'maxItems': 3, 'items': {'type':"
                " 'object', 'required': ['by', 'on'], 'additionalProperties': false, 'properties':"
                " {'by': {'type': 'string'}, 'on': {'type': 'string', 'format': 'date'}, 'n':"
                " {'type': 'integer', 'maximum': 5}}}}}}, 'start': 'look', 'steps': {'look': {'by':"
                " 'window', 'actions': {'visit': {'do': [{'append': {'form.visits': {'by': {'var':"
                " 'actor.id'}, 'on': {'var': 'case.today'}}}}]}, 'count': {'input': {'type':"
                " 'object', 'required': ['n'], 'properties': {'n': {'type': 'integer'}}}, 'do':"
                " [{'append': {'form.visits': {'by': 'nobody', 'on': {'var': 'case.today'}, 'n':"
                " {'var': 'input.n'}}}}]}, 'say': {'input': {'required': ['word']}, 'do':"
                " [{'append': {'form.words': {'var': 'input.word'}}, 'when': {'!==': [{'var':"
                " 'input.word'}, 'nothing']}}]}, 'twice': {'do': [{'append': {'form.words':"
                " 'one'}}, {'append': {'form.words': 'two'}}]}, 'go': 'end'}}, 'end': {'end':"
                " 'over'}}");
    desk_open("{'name': 'A'}");
}

static const char *
list(const char *name)
{
    struct text t = text_new(&desk.arena);
    const struct value *v = value_get(&desk.c->form, name);

    if (!v)
        return "none";
    value_write(&t, v);
    return t.at;
}

static struct command
with_input(const char *action, const char *input)
{
    struct command cmd = desk_action("window#li", action, NULL);

    cmd.input = *desk_json(input);
    return cmd;
}

static void
say(const char *word)
{
    assert_true(desk_give(with_input("say", arena_printf(&desk.arena, "{'word': '%s'}", word))));
}

static void
an_element_stands_at_the_end_as_it_was_when_somebody_acted(void **state)
{
    const struct record *r;

    (void)state;
    patrol();
    assert_string_equal(list("visits"), "none");
    desk_act("window#li", "visit");
    desk_at("2026-03-03 10:00");
    desk_act("window#wang", "visit");
    assert_string_equal(list("visits"), "[{\"by\":\"li\",\"on\":\"2026-03-02\"},"
                                        "{\"by\":\"wang\",\"on\":\"2026-03-03\"}]");
    assert_true(desk.out.form_changed);
    /* The fact says what was added, not what the list has become. */
    assert_int_equal(desk_facts(FACT_APPENDED), 1);
    assert_int_equal(desk_facts(FACT_SET), 0);
    r = &desk.out.record[desk.out.n_record - 1];
    for (uint32_t i = 0; i < r->n_fact; i++)
        if (r->fact[i].kind == FACT_APPENDED) {
            assert_string_equal(r->fact[i].name, "form.visits");
            assert_string_equal(value_get_string(&r->fact[i].value, "by"), "wang");
        }
}

static void
its_condition_is_asked(void **state)
{
    (void)state;
    patrol();
    say("nothing");
    assert_string_equal(list("words"), "none");
    say("one");
    assert_string_equal(list("words"), "[\"one\"]");
}

static void
who_acts_is_told_that_the_list_does_not_take_it(void **state)
{
    (void)state;
    patrol();
    say("one");
    desk_refused(with_input("say", "{'word': 'one'}"), ERROR_FORM_INVALID); /* twice */
    desk_refused(desk_action("window", "twice", NULL), ERROR_FORM_INVALID);
    assert_string_equal(list("words"), "[\"one\"]");
    say("two");
    desk_refused(with_input("say", "{'word': 'three'}"), ERROR_FORM_INVALID); /* full */
    assert_string_equal(desk.e.pointer, "/words");
    assert_string_equal(list("words"), "[\"one\",\"two\"]");
    desk_refused(with_input("count", "{'n': 6}"), ERROR_FORM_INVALID);
    assert_true(desk_give(with_input("count", "{'n': 5}")));
}

static void
several_of_one_act_come_in_their_order(void **state)
{
    (void)state;
    patrol();
    desk_act("window", "twice");
    assert_string_equal(list("words"), "[\"one\",\"two\"]");
    desk_annul((int32_t)desk.c->recorded);
    assert_string_equal(list("words"), "none");
}

static void
what_was_added_is_taken_off_unless_somebody_wrote_since(void **state)
{
    struct command amend = desk_command(COMMAND_AMEND, "window");

    (void)state;
    patrol();
    desk_act("window#li", "visit");
    desk_act("window#li", "visit");
    desk_annul((int32_t)desk.c->recorded);
    assert_string_equal(list("visits"), "[{\"by\":\"li\",\"on\":\"2026-03-02\"}]");
    desk_act("window#wang", "visit");
    amend.input = *desk_json("{'name': 'B', 'visits': [{'by': 'wang', 'on': '2026-03-02'}]}");
    assert_true(desk_give(amend));
    desk_refused(desk_annulment((int32_t)desk.c->recorded - 1), ERROR_ANNUL_IMPOSSIBLE);
    assert_string_equal(list("visits"), "[{\"by\":\"wang\",\"on\":\"2026-03-02\"}]");
}

#define TEST(x) cmocka_unit_test_setup_teardown(x, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_element_stands_at_the_end_as_it_was_when_somebody_acted),
        TEST(its_condition_is_asked),
        TEST(who_acts_is_told_that_the_list_does_not_take_it),
        TEST(several_of_one_act_come_in_their_order),
        TEST(what_was_added_is_taken_off_unless_somebody_wrote_since),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
