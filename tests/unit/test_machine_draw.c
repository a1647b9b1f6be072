/* SPDX-License-Identifier: Apache-2.0 */
/* Random draws: committed to before, revealed after, computed again by anybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "definition/digest.h"
#include "tests/support/desk.h"

/* A list is handed in after the commitment; from it @draw is drawn. */
static void
lottery(const char *draw)
{
    desk_define(arena_printf(
        &desk.arena,
        "'form': {'required': ['names', 'weights', 'out', 'n', 'mix'], 'properties': {'names':"
        " {'type': 'array', 'items': {'type': 'string'}}, 'weights': {'type': 'array', 'items':"
        " {'type': 'integer'}}, 'out': {'type': 'array', 'items': {'type': 'string'}}, 'n':"
        " {'type': 'integer'}, 'mix': {'type': 'string'}}}, 'start': 'announce', 'steps': {"
        "'announce': {'by': 'window', 'do': [{'commit': 'lot'}], 'actions': {'draw': {'to': 'said',"
        " 'do': [{%s, 'into': 'case.lot'}]}, 'again': {'do': [{'commit': 'lot'}]}, 'skip': "
        "'said'}},"
        " 'said': {'by': 'window', 'actions': {'draw': {'do': [{%s, 'into': 'case.lot'}]}, 'redo':"
        " 'announce', 'end': 'end'}}, 'end': {'end': 'over'}}",
        draw, draw));
}

#define DRAW "'draw': 'lot', 'from': {'var': 'form.names'}, 'count': {'var': 'form.n'}"

static const struct fact *
fact_of(enum fact_kind kind)
{
    for (uint32_t i = 0; i < desk.out.n_record; i++)
        for (uint32_t f = 0; f < desk.out.record[i].n_fact; f++)
            if (desk.out.record[i].fact[f].kind == kind)
                return &desk.out.record[i].fact[f];
    fail_msg("there is no fact %s", fact_name(kind));
    return NULL;
}

static const char *
list_of(const char *name)
{
    struct text t = text_new(&desk.arena);

    value_write(&t, value_get(&fact_of(FACT_DRAWN)->value, name));
    return t.at;
}

static void
the_hash_is_published_before_and_the_seed_after(void **state)
{
    char hash[DIGEST_TEXT];
    const char *published;

    (void)state;
    lottery(DRAW);
    desk_open("{'names': ['c', 'a', 'b'], 'weights': [], 'out': [], 'n': 2, 'mix': ''}");
    published = fact_of(FACT_COMMITTED)->detail;
    assert_int_equal(desk.c->n_commitment, 1);
    desk_act("window", "draw");
    digest_text(fact_of(FACT_DRAWN)->detail, 64, hash);
    assert_string_equal(hash, published);
    assert_string_equal(value_get_string(&fact_of(FACT_DRAWN)->value, "hash"), published);
    assert_string_equal(list_of("candidates"), "[\"a\",\"b\",\"c\"]");
    assert_int_equal(value_get(&fact_of(FACT_DRAWN)->value, "drawn")->n, 2);
    assert_int_equal(value_get(&desk.c->vars, "lot")->n, 2);
    assert_int_equal(desk.c->n_commitment, 0);
}

/* Computed with sha256sum and bc, by the rule of draw.h, from the seed of this very case. */
static void
it_is_the_draw_that_the_rule_gives(void **state)
{
    (void)state;
    lottery(DRAW ", 'weights': {'var': 'form.weights'}, 'mix': {'var': 'form.mix'}");
    desk_open("{'names': ['c', 'a', 'b', 'd'], 'weights': [5, 1, 1, 0], 'out': [], 'n': 3, 'mix':"
              " '3 7 9'}");
    desk_act("window", "draw");
    assert_string_equal(fact_of(FACT_DRAWN)->detail,
                        "92e0fdedd18a6355ba586ddade1197d31138d36a94acf2c76b731d324ca46411");
    assert_string_equal(list_of("candidates"), "[\"a\",\"b\",\"c\"]");
    assert_string_equal(list_of("weights"), "[1,1,5]");
    assert_string_equal(list_of("drawn"), "[\"c\",\"b\",\"a\"]");
}

static void
each_draw_has_a_seed_of_its_own(void **state)
{
    const char *first;

    (void)state;
    lottery(DRAW);
    desk_open("{'names': ['a', 'b'], 'weights': [], 'out': [], 'n': 1, 'mix': ''}");
    first = fact_of(FACT_COMMITTED)->detail;
    desk_act("window", "again");
    assert_int_equal(desk_facts(FACT_COMMITTED), 0); /* one waits already */
    desk_act("window", "draw");
    desk_act("window", "redo");
    assert_string_not_equal(fact_of(FACT_COMMITTED)->detail, first);
}

static void
who_is_excluded_or_weighs_nothing_is_never_drawn(void **state)
{
    (void)state;
    lottery(DRAW ", 'weights': {'var': 'form.weights'}, 'exclude': {'var': 'form.out'}");
    desk_open("{'names': ['a', 'b', 'c'], 'weights': [9, 0, 1], 'out': ['a'], 'n': 1, 'mix': ''}");
    desk_act("window", "draw");
    assert_string_equal(list_of("drawn"), "[\"c\"]");
    assert_string_equal(list_of("exclude"), "[\"a\"]");
}

static void
a_draw_that_cannot_be_made_refuses_the_action(void **state)
{
    static const char *const form[] = {
        "{'names': ['a'], 'weights': [1], 'out': [], 'n': 2, 'mix': ''}",
        "{'names': ['a', 'b'], 'weights': [1, 1], 'out': ['b'], 'n': 2, 'mix': ''}",
        "{'names': ['a', 'a'], 'weights': [1, 1], 'out': [], 'n': 1, 'mix': ''}",
        "{'names': ['a', 'b'], 'weights': [1], 'out': [], 'n': 1, 'mix': ''}",
        "{'names': ['a', 'b'], 'weights': [1, -1], 'out': [], 'n': 1, 'mix': ''}",
        "{'names': ['a', 'b'], 'weights': [9223372036854775807, 1], 'out': [], 'n': 1, 'mix': ''}",
        "{'names': [], 'weights': [], 'out': [], 'n': 1, 'mix': ''}",
        "{'names': ['a'], 'weights': [1], 'out': [], 'n': 0, 'mix': ''}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(form) / sizeof(*form); i++) {
        lottery(DRAW ", 'weights': {'var': 'form.weights'}, 'exclude': {'var': 'form.out'}");
        desk_open(form[i]);
        desk_refused(desk_action("window", "draw", NULL), ERROR_GUARD_FAILED);
    }
}

static void
nothing_is_drawn_without_a_commitment(void **state)
{
    (void)state;
    lottery(DRAW);
    desk_open("{'names': ['a'], 'weights': [], 'out': [], 'n': 1, 'mix': ''}");
    desk_act("window", "draw");
    desk_refused(desk_action("window", "draw", NULL), ERROR_GUARD_FAILED);
}

static void
a_draw_cannot_be_taken_back(void **state)
{
    (void)state;
    lottery(DRAW);
    desk_open("{'names': ['a', 'b'], 'weights': [], 'out': [], 'n': 1, 'mix': ''}");
    desk_act("window", "draw");
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    desk_act("window", "redo");
    desk_refused(desk_annulment(3), ERROR_ANNUL_IMPOSSIBLE);
}

/* Over many seeds each is drawn about as often as it weighs: 1, 2 and 3 of 6, within 5 sigma. */
static void
nobody_is_favoured(void **state)
{
    enum { ROUNDS = 3000 };
    int seen[3] = {0};

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        lottery(DRAW ", 'weights': {'var': 'form.weights'}, 'mix': {'var': 'form.mix'}");
        desk_open(arena_printf(&desk.arena,
                               "{'names': ['a', 'b', 'c'], 'weights': [1, 2, 3], 'out': [], 'n': 1,"
                               " 'mix': '%d'}",
                               i));
        desk_act("window", "draw");
        seen[value_get(&fact_of(FACT_DRAWN)->value, "drawn")->item[0].string[0] - 'a']++;
    }
    assert_in_range(seen[0], 500 - 102, 500 + 102);
    assert_in_range(seen[1], 1000 - 130, 1000 + 130);
    assert_in_range(seen[2], 1500 - 137, 1500 + 137);
}

int
main(void)
{
#define draw_test(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)
    const struct CMUnitTest tests[] = {
        draw_test(the_hash_is_published_before_and_the_seed_after),
        draw_test(it_is_the_draw_that_the_rule_gives),
        draw_test(each_draw_has_a_seed_of_its_own),
        draw_test(who_is_excluded_or_weighs_nothing_is_never_drawn),
        draw_test(a_draw_that_cannot_be_made_refuses_the_action),
        draw_test(nothing_is_drawn_without_a_commitment),
        draw_test(a_draw_cannot_be_taken_back),
        draw_test(nobody_is_favoured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
