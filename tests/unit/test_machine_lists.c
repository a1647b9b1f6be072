/* SPDX-License-Identifier: Apache-2.0 */
/* `foreach`: one branch for each element of a list of the form (DESIGN 4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/names.h"
#include "tests/support/desk.h"

#define LIST "{'type': 'array', 'uniqueItems': true, 'maxItems': 200, 'items': {'type': 'string'}}"
#define FORM                                                                                       \
    "'form': {'required': ['who'], 'properties': {'who': " LIST ", 'note': {'type': 'string'}}}, "
/* A draft, its check by somebody else, and an outcome. */
#define BRANCH                                                                                     \
    "{'title': {'zh': '题', 'en': 'B'}, 'start': 'draft', 'steps': {"                             \
    "'draft': {'by': 'window', 'limit': '2 working days', "                                        \
    "'actions': {'pass': 'check', 'bad': 'bad', 'out': 'out'}}, "                                  \
    "'check': {'by': 'window', 'distinctFrom': ['draft'], "                                        \
    "'actions': {'good': 'good', 'bad': 'bad', "                                                   \
    "'note': {'do': [{'set': {'form.note': {'var': 'each.item'}}}]}}}, "                           \
    "'good': {'end': 'good'}, 'bad': {'end': 'bad'}}}"

static void
consult(const char *join, const char *more, const char *who)
{
    desk_define(arena_printf(&desk.arena,
                             FORM "'start': 'p', 'steps': {'p': {'foreach': {'var': 'form.who'}, "
                                  "'join': %s, 'to': 'after', %s 'branch': " BRANCH "}, "
                                  "'after': {'by': 'window', 'actions': {'end': 'end'}}, "
                                  "'out': {'by': 'window', 'actions': {'again': 'p'}}, "
                                  "'else': {'by': 'window', 'actions': {'end': 'end'}}, "
                                  "'end': {'end': 'over'}}",
                             join, more));
    desk_open(arena_printf(&desk.arena, "{'who': [%s]}", who));
}

static void
each_element_has_a_branch_with_its_own_path_and_clock(void **state)
{
    (void)state;
    consult("'all'", "", "'fire', 'tax'");
    assert_string_equal(desk_steps(), "p.fire.draft, p.tax.draft");
    assert_int_equal(desk.c->n_clock, 2);
    assert_string_equal(clock_name(&desk.arena, desk.w, desk.c, &desk.c->clock[0]), "p.fire.draft");
    desk_at("2026-03-05 09:00");
    desk_act_in("window", "pass", "p.fire.draft");
    assert_string_equal(desk_steps(), "p.tax.draft, p.fire.check");
    assert_string_equal(desk_word("p.fire.draft.by"), "\"window\"");
    assert_string_equal(desk_word("p.tax.draft.by"), "none");
    assert_string_equal(desk.out.timing[0].element, "fire");
    assert_int_equal(desk.out.timing[0].verdict, VERDICT_LATE);
}

static void
an_action_that_names_no_element_is_ambiguous_where_two_fit(void **state)
{
    (void)state;
    consult("'all'", "", "'fire', 'tax'");
    desk_refused(desk_action("window", "pass", NULL), ERROR_STEP_AMBIGUOUS);
    desk_refused(desk_action("window", "pass", "p.item.draft"), ERROR_STEP_NOT_OPEN);
    desk_refused(desk_action("window", "pass", "p.land.draft"), ERROR_STEP_NOT_OPEN);
    desk_refused(desk_action("window", "pass", "p.fire.tax.draft"), ERROR_ACTION_NOT_ALLOWED);
}

static void
all_waits_for_every_element_and_none_at_all_is_left_at_once(void **state)
{
    (void)state;
    consult("'all'", "", "'fire', 'tax'");
    desk_act_in("window", "bad", "p.tax.draft");
    assert_string_equal(desk_word("p.tax.outcome"), "\"bad\"");
    desk_act("window", "bad");
    assert_string_equal(desk_steps(), "after");
    consult("'all'", "", "");
    assert_string_equal(desk_steps(), "after");
}

static void
any_and_a_count_cancel_the_branches_of_the_other_elements(void **state)
{
    (void)state;
    consult("'any'", "", "'fire', 'tax'");
    desk_act_in("window", "bad", "p.tax.draft");
    assert_string_equal(desk_steps(), "after");
    assert_string_equal(desk_word("p.fire.outcome"), "\"cancelled\"");
    consult("{'count': 2, 'of': 'bad'}", "'else': 'else',", "'a', 'b', 'c'");
    desk_act_in("window", "bad", "p.a.draft");
    desk_act_in("window", "bad", "p.c.draft");
    assert_string_equal(desk_steps(), "after");
    assert_string_equal(desk_word("p.b.outcome"), "\"cancelled\"");
}

/* More than half of those asked agree. */
#define MAJORITY                                                                                   \
    "{'when': {'>': [{'*': [{'var': 'tally.counted'}, 2]}, {'var': 'tally.entered'}]}, 'of': "     \
    "'bad'}"

static void
a_quorum_is_an_expression_over_the_counted_branches(void **state)
{
    (void)state;
    consult(MAJORITY, "'else': 'else',", "'a', 'b', 'c', 'd'");
    desk_act_in("window", "bad", "p.a.draft");
    desk_act_in("window", "bad", "p.b.draft");
    assert_string_equal(desk_steps(), "p.c.draft, p.d.draft");
    desk_act_in("window", "bad", "p.d.draft");
    assert_string_equal(desk_steps(), "after");
}

static void
a_quorum_that_was_missed_when_all_are_through_goes_else(void **state)
{
    (void)state;
    consult(MAJORITY, "'else': 'else',", "'a', 'b'");
    desk_act_in("window", "bad", "p.a.draft");
    desk_act_in("window#li", "pass", "p.b.draft");
    desk_act("window#wang", "good");
    assert_string_equal(desk_steps(), "else");
}

static void
expressions_inside_see_the_element_and_their_own_branch(void **state)
{
    (void)state;
    desk_define(FORM
                "'start': 'p', 'steps': {'p': {'foreach': {'var': 'form.who'}, 'as': 'one', "
                "'join': 'all', 'to': 'end', 'branch': {'title': {'zh': '题', 'en': 'B'}, "
                "'start': 'sort', 'when': {'!==': [{'var': 'each.one'}, 'nobody']}, 'steps': {"
                "'sort': {'decide': [{'when': {'===': [{'var': 'each.one'}, 'tax']}, 'to': 'far'}, "
                "{'to': 'near'}]}, "
                "'far': {'by': 'window', 'actions': {'again': 'far', 'go': {'to': '$done', "
                "'when': {'>': [{'var': 'step.p.one.far.visits'}, 1]}}}}, "
                "'near': {'by': 'window', 'actions': {'go': {'to': '$done', 'when': "
                "{'>': [{'var': ['step.p.tax.far.visits', 0]}, 1]}}}}}}}, 'end': {'end': 'over'}}");
    desk_open("{'who': ['nobody', 'tax', 'fire']}");
    assert_string_equal(desk_steps(), "p.tax.far, p.fire.near");
    desk_refused(desk_action("window", "go", "p.tax.far"), ERROR_GUARD_FAILED);
    desk_refused(desk_action("window", "go", "p.fire.near"), ERROR_GUARD_FAILED);
    desk_act("window", "again");
    desk_act_in("window", "go", "p.fire.near");
    desk_act_in("window", "go", "p.tax.far");
    assert_string_equal(desk_steps(), "over");
}

static void
four_eyes_look_at_the_same_branch_only(void **state)
{
    (void)state;
    consult("'all'", "", "'fire', 'tax'");
    desk_act_in("window#wang", "pass", "p.fire.draft");
    desk_act_in("window#li", "pass", "p.tax.draft");
    desk_refused(desk_action("window#wang", "good", "p.fire.check"), ERROR_SAME_PERSON);
    desk_act_in("window#wang", "note", "p.tax.check");
    assert_string_equal(value_get_string(&desk.c->form, "note"), "tax");
    desk_act_in("window#wang", "good", "p.tax.check");
    desk_act_in("window#li", "good", "p.fire.check");
    assert_string_equal(desk_steps(), "after");
}

static void
names_of_elements_are_single_words_and_never_meet(void **state)
{
    static const char *const odd[] = {"a.b", "a%2Eb", "visits", "by", "item", "", "%", "税 务"};
    const char *name[8];

    (void)state;
    consult("'all'", "", "'x'");
    for (size_t i = 0; i < 8; i++) {
        const struct value v = value_borrow(odd[i]);

        name[i] = element_name(&desk.arena, desk.w, desk.w->region[1].each, &v);
        assert_null(strpbrk(name[i], "., "));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(name[i], name[j]);
    }
    assert_string_equal(name[0], "a%2Eb");
    assert_string_equal(name[2], "%76isits");
    consult("'all'", "", "'a.b', 'visits', 'item'");
    assert_string_equal(desk_steps(), "p.a%2Eb.draft, p.%76isits.draft, p.%69tem.draft");
    desk_act_in("window", "bad", "p.%76isits.draft");
    assert_string_equal(desk_word("p.visits"), "1");
}

static struct command
asking(const char *input)
{
    struct command cmd = desk_action("window", "go", NULL);

    cmd.input = *desk_json(input);
    return cmd;
}

static void
an_element_twice_or_too_many_are_refused_when_an_action_sets_the_list(void **state)
{
    const char *many = "'0'";

    (void)state;
    desk_define(
        FORM "'start': 'ask', 'steps': {'ask': {'by': 'window', 'actions': {'go': {'to': 'p', "
             "'input': {'required': ['who'], 'properties': {'who': {'type': 'array'}}}, "
             "'do': [{'set': {'form.who': {'var': 'input.who'}}}]}}}, "
             "'p': {'foreach': {'var': 'form.who'}, 'join': 'all', 'to': 'end', 'branch': " BRANCH
             "}, 'out': {'by': 'window', 'actions': {'end': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{'who': []}");
    desk_refused(asking("{'who': ['a', 'b', 'a']}"), ERROR_FORM_INVALID);
    assert_string_equal(desk.e.pointer, "/form/who/2");
    desk_refused(asking("{'who': ['a', true]}"), ERROR_FORM_INVALID);
    for (int i = 1; i <= 200; i++)
        many = arena_printf(&desk.arena, "%s, '%d'", many, i);
    desk_refused(asking(arena_printf(&desk.arena, "{'who': [%s]}", many)), ERROR_FORM_INVALID);
    assert_true(desk_give(asking("{'who': ['a', 'b']}")));
    assert_string_equal(desk_steps(), "p.a.draft, p.b.draft");
}

static void
two_hundred_elements_come_to_rest(void **state)
{
    const char *many = "'0'";

    (void)state;
    for (int i = 1; i < 200; i++)
        many = arena_printf(&desk.arena, "%s, '%d'", many, i);
    consult("'all'", "", many);
    assert_int_equal(desk.c->n_branch, 200);
    assert_int_equal(desk.c->n_visit, 201);
    desk_act_in("window", "out", "p.77.draft");
    assert_string_equal(desk_steps(), "out");
    desk_act("window", "again");
    assert_string_equal(desk_word("p.77.draft.visits"), "2");
}

static void
a_wrong_click_in_one_branch_is_taken_back_there(void **state)
{
    (void)state;
    consult("'all'", "", "'fire', 'tax'");
    desk_act_in("window", "bad", "p.fire.draft");
    desk_act_in("window", "pass", "p.tax.draft");
    desk_annul(2);
    assert_string_equal(desk_steps(), "p.fire.draft, p.tax.check");
    assert_string_equal(desk_word("p.fire.outcome"), "none");
    assert_string_equal(desk_word("p.fire.draft.by"), "none");
    assert_string_equal(desk_word("p.tax.draft.by"), "\"window\"");
    assert_string_equal(clock_name(&desk.arena, desk.w, desk.c, &desk.c->clock[0]), "p.fire.draft");
    desk_annul(3);
    assert_string_equal(desk_steps(), "p.fire.draft, p.tax.draft");
    desk_act_in("window", "bad", "p.fire.draft");
    desk_act("window", "bad");
    assert_string_equal(desk_steps(), "after");
}

static void
a_changed_list_counts_when_the_step_is_entered_again(void **state)
{
    struct command amend;

    (void)state;
    consult("'all'", "", "'fire', 'tax'");
    amend = desk_command(COMMAND_AMEND, "window");
    amend.input = *desk_json("{'who': ['land']}");
    assert_true(desk_give(amend));
    assert_string_equal(desk_steps(), "p.fire.draft, p.tax.draft");
    desk_act_in("window", "out", "p.fire.draft");
    desk_act("window", "again");
    assert_string_equal(desk_steps(), "p.land.draft");
}

static void
cards_of_branches_name_their_elements_and_no_two_are_called_alike(void **state)
{
    const struct card *x;

    (void)state;
    consult("'all'", "", "'a.b', ''");
    desk_look("2026-03-05 09:00");
    x = desk.out.card;
    assert_int_equal(desk.out.n_card, 2);
    assert_string_equal(x[0].step, "p.a%2Eb.draft");
    assert_string_equal(x[0].name, "p.a%2Eb.draft");
    assert_string_equal(element_text(&desk.arena, x[0].element), "a.b");
    assert_string_equal(x[1].name, "p.%.draft");
    assert_string_equal(element_text(&desk.arena, x[1].element), "");
}

static void
an_element_is_read_back_from_its_name(void **state)
{
    static const char *const as_it_stands[] = {"fire", "税 务", "visits", "100%/a,b\n", "%20", ""};

    (void)state;
    consult("'all'", "", "'fire'");
    for (size_t i = 0; i < sizeof(as_it_stands) / sizeof(as_it_stands[0]); i++) {
        const struct value item = value_borrow(as_it_stands[i]);
        const char *name = element_name(&desk.arena, desk.w, 1, &item);

        assert_string_equal(element_text(&desk.arena, name), as_it_stands[i]);
    }
    assert_null(element_text(&desk.arena, NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_element_has_a_branch_with_its_own_path_and_clock),
        TEST(an_action_that_names_no_element_is_ambiguous_where_two_fit),
        TEST(all_waits_for_every_element_and_none_at_all_is_left_at_once),
        TEST(any_and_a_count_cancel_the_branches_of_the_other_elements),
        TEST(a_quorum_is_an_expression_over_the_counted_branches),
        TEST(a_quorum_that_was_missed_when_all_are_through_goes_else),
        TEST(expressions_inside_see_the_element_and_their_own_branch),
        TEST(four_eyes_look_at_the_same_branch_only),
        TEST(names_of_elements_are_single_words_and_never_meet),
        TEST(an_element_twice_or_too_many_are_refused_when_an_action_sets_the_list),
        TEST(two_hundred_elements_come_to_rest),
        TEST(a_wrong_click_in_one_branch_is_taken_back_there),
        TEST(cards_of_branches_name_their_elements_and_no_two_are_called_alike),
        TEST(an_element_is_read_back_from_its_name),
        TEST(a_changed_list_counts_when_the_step_is_entered_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
