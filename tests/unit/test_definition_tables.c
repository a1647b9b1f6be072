/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables: what is proved of them, and by what example the contrary is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "definition/definition.h"
#include "tests/support/chance.h"
#include "tests/support/desk.h"

static const char *const form =
    "'form': {'type': 'object', 'required': ['n', 'use', 'risky', 'on', 'x', 'y', 'z'], "
    "'properties': {'n':"
    " {'type': 'integer', 'minimum': 0, 'maximum': 99}, 'use': {'type': 'string', 'enum': ['shop',"
    " 'hall', 'flat']}, 'risky': {'type': 'boolean'}, 'on': {'type': 'string', 'format': 'date'},"
    " 'free': {'type': 'string'}, 'any': {'type': 'integer'}, 'x': {'type': 'integer', 'minimum': "
    "0,"
    " 'maximum': 3}, 'y': {'type': 'integer', 'minimum': 0, 'maximum': 3}, 'z': {'type': 'integer',"
    " 'minimum': 0, 'maximum': 3}}}";

static struct problems problems;

/* The problems of a definition whose decision is this table; three ends: a, b, c. */
static void
check(const char *inputs, const char *rows, const char *more)
{
    const struct organisation nothing = {.data = NULL};
    const struct workflow *w;

    problems = (struct problems){.arena = &desk.arena};
    (void)!definition_read(
        &desk.arena,
        desk_json(arena_printf(
            &desk.arena,
            "{'id': 'x', 'title': {'zh': 'x', 'en': 'x'}, 'source': {'law': ['l']}, 'effective':"
            " {'from': '2022-01-01'}, 'lead': 'l', 'applicant': 'e', %s, 'start': 't', 'steps':"
            " {'t': {'decide': {%s, 'inputs': [%s], 'rows': [%s]}}, 'a': {'title': {'zh': 'a',"
            " 'en': 'a'}, 'end': 'a'}, 'b': {'title': {'zh': 'b', 'en': 'b'}, 'end': 'b'}, 'c':"
            " {'title': {'zh': 'c', 'en': 'c'}, 'end': 'c'}}}",
            form, more, inputs, rows)),
        "x.json", &nothing, NULL, &w, &problems);
}

/* Of the ends not all need be led to here. */
static const char *
told(void)
{
    struct text t = text_new(&desk.arena);

    for (size_t i = 0; i < problems.n; i++)
        if (problems.item[i].number != PROBLEM_STEP_UNREACHABLE)
            text_printf(&t, "%s%d %.*s", t.len ? " | " : "", problems.item[i].number,
                        (int)strcspn(problems.item[i].text, ";"), problems.item[i].text);
    for (char *c = t.at; *c; c++)
        *c = *c == '"' ? '\'' : *c;
    return t.at;
}

#define N    "{'value': {'var': 'form.n'}, 'kind': 'integer'}"
#define USE  "{'value': {'var': 'form.use'}, 'kind': 'text'}"
#define RISK "{'value': {'var': 'form.risky'}, 'kind': 'boolean'}"
#define ON   "{'value': {'var': 'form.on'}, 'kind': 'date'}"
#define FREE "{'value': {'var': ['form.free', 'none']}, 'kind': 'text'}"
#define ANY  "{'value': {'var': ['form.any', 7]}, 'kind': 'integer'}"

static void
a_hole_is_shown_by_an_input_that_fits_no_row(void **state)
{
    (void)state;
    check(N, "{'if': [{'below': 50}], 'to': 'a'}, {'if': [{'above': 50}], 'to': 'b'}",
          "'hit': 'unique'");
    assert_string_equal(told(), "714 no row of 't' fits form.n = 50");
    check(N, "{'if': [{'below': 50}], 'to': 'a'}, {'if': [{'from': 50, 'to': 98}], 'to': 'b'}",
          "'hit': 'first'");
    assert_string_equal(told(), "714 no row of 't' fits form.n = 99");
    check(N, "{'if': [{'below': 50}], 'to': 'a'}, {'if': [{'from': 50, 'to': 99}], 'to': 'b'}",
          "'hit': 'first'");
    assert_string_equal(told(), "");
    check(USE "," RISK,
          "{'if': ['shop', '-'], 'to': 'a'}, {'if': [{'not': 'shop'}, true], 'to':"
          " 'b'}, {'if': ['hall', false], 'to': 'c'}",
          "'hit': 'unique'");
    assert_string_equal(told(), "714 no row of 't' fits form.use = 'flat', form.risky = false");
    check(ON,
          "{'if': [{'to': '2026-01-31'}], 'to': 'a'}, {'if': [{'from': '2026-02-02'}], 'to':"
          " 'b'}",
          "'hit': 'any'");
    assert_string_equal(told(), "714 no row of 't' fits form.on = 2026-02-01");
    check(FREE, "{'if': [['x', 'y']], 'to': 'a'}, {'if': ['none'], 'to': 'b'}", "'hit': 'unique'");
    assert_string_equal(told(), "714 no row of 't' fits form.free = any other text");
    check(ANY, "{'if': [{'from': 0}], 'to': 'a'}", "'hit': 'unique'");
    assert_string_equal(told(), "714 no row of 't' fits form.any = -9223372036854775808");
    check(ANY, "{'if': [{'from': 0}], 'to': 'a'}", "'hit': 'unique', 'else': {'to': 'b'}");
    assert_string_equal(told(), "");
}

static void
rows_in_one_anothers_way_are_shown_by_an_input_that_fits_both(void **state)
{
    static const char rows[] = "{'if': [{'to': 50}, 'shop'], 'to': 'a'}, {'if': [{'from': 50},"
                               " ['hall', 'shop']], 'to': 'b'}, {'if': ['-', 'flat'], 'to': 'c'},"
                               " {'if': [{'below': 50}, 'hall'], 'to': 'a'}";
    (void)state;
    check(N "," USE, rows, "'hit': 'unique'");
    assert_string_equal(told(), "713 rows 1 and 2 both fit form.n = 50, form.use = 'shop'");
    check(N "," USE, rows, "'hit': 'first'");
    assert_string_equal(told(), "");
    check(N "," USE, rows, "'hit': 'any'");
    assert_string_equal(told(), "713 rows 1 and 2 both fit form.n = 50, form.use = 'shop'");
    check(N, "{'if': [{'to': 50}], 'to': 'a'}, {'if': ['-'], 'to': 'a'}", "'hit': 'any'");
    assert_string_equal(told(), "");
}

static void
a_row_nothing_comes_to_is_told(void **state)
{
    (void)state;
    check(N,
          "{'if': [{'to': 50}], 'to': 'a'}, {'if': [{'from': 40}], 'to': 'b'}, {'if': [45],"
          " 'to': 'c'}",
          "'hit': 'first'");
    assert_string_equal(told(), "715 nothing ever comes to row 3");
    check(N, "{'if': [{'to': 99}], 'to': 'a'}, {'if': [{'from': 100}], 'to': 'b'}",
          "'hit': 'unique'");
    assert_string_equal(told(), "715 nothing ever comes to row 2");
    check(USE, "{'if': [{'not': ['gym']}], 'to': 'a'}, {'if': ['gym'], 'to': 'b'}",
          "'hit': 'unique'");
    assert_string_equal(told(), "715 nothing ever comes to row 2");
}

static void
cells_and_words_of_another_kind_are_refused(void **state)
{
    static const struct {
        const char *cell, *told;
    } wrong[] = {
        {"{'from': 3, 'above': 2}",
         "712 a range begins 'from' or 'above' and ends 'to' or 'below'"},
        {"{'from': 3, 'to': 2}", "712 nothing lies in this range"},
        {"{'above': 3, 'below': 4}", "712 nothing lies in this range"},
        {"true", "712 expected an integer or a range of integers"},
        {"[]", "113 the cell lists nothing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        check(N, arena_printf(&desk.arena, "{'if': [%s], 'to': 'a'}", wrong[i].cell),
              "'hit': 'first', 'else': {'to': 'b'}");
        assert_string_equal(told(), wrong[i].told);
    }
    check(N, "{'if': [1, 2], 'to': 'a'}", "'hit': 'first'");
    assert_string_equal(told(), "712 2 cells for 1 inputs");
    check(N, "{'if': [1], 'to': 'a'}", "'hit': 'first', 'into': 'case.x'");
    assert_string_equal(told(), "711 only a table that collects has 'into' and 'as'");
    check(N, "{'if': [1], 'to': 'a', 'give': 1}", "'hit': 'collect', 'into': 'case.x', 'to': 'b'");
    assert_string_equal(told(), "711 where a table that collects leads, it says itself");
    check(N, "{'if': [1], 'give': 'x'}",
          "'hit': 'collect', 'into': 'case.x', 'as': 'sum', 'to':"
          " 'b'");
    assert_non_null(strstr(told(), "603 "));
}

/* A cell of input @i, at random; what it takes in. */
struct random_cell {
    int64_t from, to;
};

/* The proof against trying every input: small tables, all combinations. */
static void
what_is_proved_is_what_trying_every_input_shows(void **state)
{
    struct chance chance;

    (void)state;
    for (unsigned round = 0; round < 400; round++) {
        struct random_cell cell[5][3];
        struct text rows = text_new(&desk.arena);
        bool hole = false, both = false;
        uint32_t n_row;

        chance = (struct chance){.state = round + 1};
        n_row = 1 + chance_below(&chance, 5);
        for (uint32_t r = 0; r < n_row; r++) {
            text_printf(&rows, "%s{'if': [", r ? ", " : "");
            for (int i = 0; i < 3; i++) {
                struct random_cell *c = &cell[r][i];

                *c = (struct random_cell){0, 3};
                if (chance_one_in(&chance, 2)) {
                    c->from = chance_below(&chance, 4);
                    c->to = c->from + chance_below(&chance, (uint32_t)(4 - c->from));
                    text_printf(&rows, "%s{'from': %d, 'to': %d}", i ? ", " : "", (int)c->from,
                                (int)c->to);
                } else {
                    text_printf(&rows, "%s'-'", i ? ", " : "");
                }
            }
            text_str(&rows, "], 'to': 'a'}");
        }
        for (int64_t v = 0; v < 64; v++) {
            const int64_t at[] = {v % 4, v / 4 % 4, v / 16};
            int fit = 0;

            for (uint32_t r = 0; r < n_row; r++) {
                bool fits = true;

                for (int i = 0; i < 3; i++)
                    fits = fits && at[i] >= cell[r][i].from && at[i] <= cell[r][i].to;
                fit += fits;
            }
            hole = hole || fit == 0;
            both = both || fit > 1;
        }
        problems = (struct problems){.arena = &desk.arena};
        check("{'value': {'var': 'form.x'}, 'kind': 'integer'}, {'value': {'var': 'form.y'},"
              " 'kind': 'integer'}, {'value': {'var': 'form.z'}, 'kind': 'integer'}",
              rows.at, "'hit': 'unique'");
        assert_int_equal(strstr(told(), "714 ") != NULL, hole);
        assert_int_equal(strstr(told(), "713 ") != NULL, both);
    }
}

static void
the_core_takes_the_row_and_says_which_and_by_which_law(void **state)
{
    const struct fact *f;

    (void)state;
    desk_define(arena_printf(
        &desk.arena,
        "%s, 'start': 't', 'steps': {'t': {'decide': {'hit': 'first', 'inputs': [" N ", " ON
        "], 'rows': [{'if': [{'below': 10}, '-'], 'to': 'a', 'basis': 'law 1'}, {'if': ['-', {'to':"
        " '2026-01-31'}], 'to': 'b', 'basis': 'law 2'}], 'else': {'to': 'c', 'basis': 'law 3'}}},"
        " 'a': {'end': 'a'}, 'b': {'end': 'b'}, 'c': {'end': 'c'}}",
        form));
    desk_open(
        "{'n': 10, 'use': 'shop', 'risky': true, 'on': '2026-01-31', 'x': 0, 'y': 0, 'z': 0}");
    assert_string_equal(desk_steps(), "b");
    f = &desk.out.record[0].fact[2];
    assert_int_equal(f->kind, FACT_DECIDED);
    assert_int_equal(f->number, 1);
    assert_string_equal(f->detail, "law 2");
    desk.c = case_new(&desk.arena, desk.w);
    desk.n_record = 0;
    desk_open(
        "{'n': 10, 'use': 'shop', 'risky': true, 'on': '2026-02-01', 'x': 0, 'y': 0, 'z': 0}");
    assert_string_equal(desk_steps(), "c");
    assert_string_equal(desk.out.record[0].fact[2].detail, "law 3");
}

static const char *
collected(const char *as, const char *give, const char *n)
{
    struct text t = text_new(&desk.arena);

    desk_define(arena_printf(
        &desk.arena,
        "%s, 'start': 't', 'steps': {'t': {'decide': {'hit': 'collect', 'into': 'case.got', %s "
        "'to':"
        " 'a', 'inputs': [" N ", " RISK "], 'rows': [{'if': [{'below': 10}, '-'], %s 'basis':"
        " 'law 1'}, {'if': [{'to': 20}, true], 'give': {'var': 'form.n'}, 'basis': 'law 2'},"
        " {'if': [99, '-'], 'give': 3}]}}, 'a': {'end': 'a'}}",
        form, as, give));
    desk_open(arena_printf(
        &desk.arena,
        "{'n': %s, 'use': 'shop', 'risky': true, 'on': '2026-01-31', 'x': 0, 'y': 0, 'z': 0}", n));
    value_write(&t, value_get(&desk.c->vars, "got"));
    return t.at;
}

static void
a_table_that_collects_writes_what_its_rows_give(void **state)
{
    const struct fact *f;

    (void)state;
    assert_string_equal(collected("", "'give': 'few',", "9"), "[\"few\",9]");
    f = &desk.out.record[0].fact[2];
    assert_int_equal(f->kind, FACT_DECIDED);
    assert_int_equal(f->number, 2);
    assert_string_equal(f->detail, "law 1; law 2");
    assert_int_equal(f->value.item[1].integer, 1);
    assert_int_equal(desk.out.record[0].fact[3].kind, FACT_SET);
    assert_string_equal(collected("", "'give': 'few',", "21"), "[]");
    assert_string_equal(collected("'as': 'sum',", "'give': 4,", "9"), "13");
    assert_string_equal(collected("'as': 'sum',", "'give': 4,", "21"), "0");
    assert_string_equal(collected("'as': 'count',", "", "9"), "2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hole_is_shown_by_an_input_that_fits_no_row),
        TEST(rows_in_one_anothers_way_are_shown_by_an_input_that_fits_both),
        TEST(a_row_nothing_comes_to_is_told),
        TEST(cells_and_words_of_another_kind_are_refused),
        TEST(what_is_proved_is_what_trying_every_input_shows),
        TEST(the_core_takes_the_row_and_says_which_and_by_which_law),
        TEST(a_table_that_collects_writes_what_its_rows_give),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
