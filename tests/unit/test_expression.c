/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: what every operator gives, and what it refuses. */
#include "tests/unit/expression_help.h"

static void
a_path_leads_to_its_value(void **state)
{
    (void)state;
    gives("{'var': 'form.area'}", "120");
    gives("{'var': ['form.area']}", "120");
    gives("{'var': 'form.place.code'}", "7");
    gives("{'var': 'form.sizes.1'}", "2");
    gives("{'var': 'form.items.1.price'}", "20");
    gives("{'var': 'form.place'}", "{'code': 7}");
    gives("{'var': 'now'}", "'2026-03-04T09:30:00+08:00'");
    gives("{'var': ['form.area', 5]}", "120");
}

static void
now_can_be_given_as_a_string(void **state)
{
    const struct value now = value_borrow("2026-01-01T00:00:00Z");
    const struct scope s = {.root = {[ROOT_NOW] = &now}, .now = INSTANT_NONE};
    const struct scope none = {.now = INSTANT_NONE};
    struct error e = {0};
    struct value v;

    (void)state;
    assert_true(expression_eval(compile("{'var': 'now'}"), &s, &arena, &v, &e));
    assert_string_equal(v.string, "2026-01-01T00:00:00Z");
    assert_false(expression_eval(compile("{'var': 'now'}"), &none, &arena, &v, &e));
    assert_string_equal(e.detail, "now is missing");
}

static void
what_is_missing_is_an_error_or_the_default(void **state)
{
    (void)state;
    refused("{'<': [{'var': 'form.floor'}, 300]}", "/</0", "form.floor is missing");
    refused("{'<': [{'var': 'form.gone'}, 300]}", "/</0", "form.gone is missing");
    refused("{'var': 'input.floor'}", "", "input.floor is missing");
    refused("{'var': 'form.sizes.3'}", "", "is missing");
    refused("{'var': 'form.name.0'}", "", "is missing");
    refused("{'===': [{'var': 'form.gone'}, 1]}", "/===/0", "form.gone is missing");
    refused("{'in': [{'var': 'form.gone'}, [1]]}", "/in/0", "form.gone is missing");
    gives("{'var': ['form.floor', 9]}", "9");
    gives("{'var': ['form.gone', ['x']]}", "['x']");
    gives("{'<': [{'var': ['form.floor', 0]}, 300]}", "true");
}

static void
missing_tells_which_paths_are_absent(void **state)
{
    (void)state;
    gives("{'missing': ['form.area', 'form.gone', 'input.x', 'form.place.code']}",
          "['form.gone', 'input.x']");
    gives("{'missing': 'form.floor'}", "['form.floor']");
    gives("{'missing': []}", "[]");
    gives("{'===': [{'missing': ['form.area', 'now']}, []]}", "true");
    gives("{'!==': [[], {'missing': ['form.area', 'form.gone']}]}", "true");
    gives(
        "{'and': [{'===': [{'missing': ['form.floor']}, []]}, {'<': [{'var': 'form.floor'}, 3]}]}",
        "false");
}

static void
a_fraction_is_of_no_use(void **state)
{
    (void)state;
    refused("{'<': [{'var': 'form.share'}, 1]}", "/</0", "form.share is a number with a fraction");
    malformed("{'<': [{'var': 'form.area'}, 0.5]}", "/</1", "no fractions");
    malformed("{'in': [1, [2, 1.5]]}", "/in/1", "no fractions");
    malformed("{'var': ['form.area', 0.5]}", "", "no fractions");
    gives("{'===': [1.0, 1]}", "true"); /* a whole number, however written */
}

static void
equality_knows_kinds(void **state)
{
    (void)state;
    gives("{'===': [{'var': 'form.name'}, '某公司']}", "true");
    gives("{'===': [1, '1']}", "false");
    gives("{'!==': [1, '1']}", "true");
    gives("{'===': [true, 1]}", "false");
    gives("{'===': [{'var': 'form.tags'}, ['a', 'b']]}", "true");
    gives("{'!==': [{'var': 'form.tags'}, ['b', 'a']]}", "true");
    refused("{'===': [{'var': 'form.place'}, 7]}", "/===/0", "is an object where === needs");
}

static void
order_is_of_two_or_three_integers(void **state)
{
    (void)state;
    gives("{'<': [1, 2]}", "true");
    gives("{'<': [2, 2]}", "false");
    gives("{'<=': [2, 2]}", "true");
    gives("{'>': [-1, -2]}", "true");
    gives("{'>=': [1, 2]}", "false");
    gives("{'<': [100, {'var': 'form.area'}, 300]}", "true");
    gives("{'<': [100, {'var': 'form.area'}, 120]}", "false");
    gives("{'<=': [100, {'var': 'form.area'}, 120]}", "true");
    gives("{'>': [3, 2, 1]}", "true");
    gives("{'>=': [3, 3, 4]}", "false");
    refused("{'<': ['a', 'b']}", "/</0", "operand 1 of < is a string where < needs an integer");
    refused("{'<': [1, true]}", "/</1", "operand 2 of < is true or false");
    refused("{'<': [2, 1, {'var': 'form.gone'}]}", "/</2", "form.gone is missing");
    malformed("{'<': [1]}", "", "< takes two or three operands, not 1");
    malformed("{'>': [1, 2, 3, 4]}", "", "not 4");
}

static void
and_or_if_stop_early_and_take_booleans_alone(void **state)
{
    (void)state;
    gives("{'and': [true, true]}", "true");
    gives("{'and': [false, {'var': 'form.gone'}]}", "false");
    gives("{'or': [true, {'var': 'form.gone'}]}", "true");
    gives("{'or': [false, false]}", "false");
    gives("{'!': [{'var': 'form.urgent'}]}", "false");
    gives("{'!': {'var': 'form.urgent'}}", "false");
    gives("{'if': [true, 1, {'var': 'form.gone'}]}", "1");
    gives("{'if': [false, {'var': 'form.gone'}, 2]}", "2");
    gives("{'if': [false, 1, true, 2, {'var': 'form.gone'}]}", "2");
    gives("{'if': [false, 1, false, 2, 3]}", "3");
    refused("{'and': [true, 1]}", "/and/1", "operand 2 of and is an integer where and needs true");
    refused("{'or': [{'var': 'form.name'}, true]}", "/or/0", "form.name is a string");
    refused("{'!': {'var': 'form.tags'}}", "/!", "form.tags is an array");
    refused("{'if': ['yes', 1, 2]}", "/if/0", "is a string where if needs true or false");
    malformed("{'and': []}", "", "and takes one or more operands, not 0");
    malformed("{'if': [true, 1]}", "", "a condition, a value and an else, not 2");
    malformed("{'if': [true, 1, false, 2]}", "", "not 4");
}

static void
in_looks_into_arrays(void **state)
{
    (void)state;
    gives("{'in': ['head', {'var': 'actor.roles'}]}", "true");
    gives("{'in': [4, {'var': 'form.sizes'}]}", "false");
    gives("{'in': ['2', {'var': 'form.sizes'}]}", "false");
    gives("{'in': [{'var': 'form.area'}, [100, {'+': [100, 20]}]]}", "true");
    gives("{'in': [1, []]}", "false");
    refused("{'in': ['某', {'var': 'form.name'}]}", "/in/1",
            "form.name is a string where in needs");
    refused("{'in': [{'var': 'form.tags'}, ['a']]}", "/in/0", "form.tags is an array where in");
}

static void
all_some_none_see_the_element_alone(void **state)
{
    (void)state;
    gives("{'all': [{'var': 'form.sizes'}, {'>': [{'var': ''}, 0]}]}", "true");
    gives("{'all': [{'var': 'form.sizes'}, {'>': [{'var': ''}, 1]}]}", "false");
    gives("{'some': [{'var': 'form.sizes'}, {'>': [{'var': ''}, 2]}]}", "true");
    gives("{'none': [{'var': 'form.sizes'}, {'>': [{'var': ''}, 3]}]}", "true");
    gives("{'none': [{'var': 'form.sizes'}, {'===': [{'var': ''}, 3]}]}", "false");
    gives("{'some': [{'var': 'form.items'}, {'===': [{'var': 'price'}, 20]}]}", "true");
    gives("{'all': [{'var': 'form.items'}, {'>': [{'var': ['price', 1]}, 0]}]}", "true");
    gives("{'all': [{'var': 'form.items'}, {'===': [{'missing': ['price']}, []]}]}", "false");
    gives("{'all': [[[1], [2]], {'some': [{'var': ''}, {'<': [{'var': ''}, 3]}]}]}", "true");
    refused("{'all': [{'var': 'form.items'}, {'>': [{'var': 'price'}, 0]}]}", "/all/1/>/0",
            "price of the element is missing");
    refused("{'all': [{'var': 'form.sizes'}, {'>': [{'var': 'form.area'}, 0]}]}", "/all/1/>/0",
            "form.area of the element is missing");
    refused("{'some': [{'var': 'form.sizes'}, {'var': ''}]}", "/some/1",
            "the element is an integer where some needs true or false");
    refused("{'some': [{'var': 'form.name'}, true]}", "/some/0", "form.name is a string");
}

static void
all_and_some_of_nothing_are_false(void **state)
{
    (void)state;
    gives("{'all': [{'var': 'form.none'}, {'>': [{'var': ''}, 0]}]}", "false");
    gives("{'some': [{'var': 'form.none'}, {'>': [{'var': ''}, 0]}]}", "false");
    gives("{'none': [{'var': 'form.none'}, {'>': [{'var': ''}, 0]}]}", "true");
}

static void
sums_do_not_overflow_in_silence(void **state)
{
    (void)state;
    gives("{'+': [1, 2, 3]}", "6");
    gives("{'-': [10, 1, 2]}", "7");
    gives("{'-': [{'var': 'form.area'}]}", "-120");
    gives("{'*': [2, 3, -4]}", "-24");
    gives("{'+': [5]}", "5");
    gives("{'*': [5]}", "5");
    gives("{'+': [9223372036854775806, 1]}", "9223372036854775807");
    gives("{'-': [{'-': [9223372036854775807]}, 1]}", "-9223372036854775808");
    refused("{'+': [{'var': 'form.big'}, 1]}", "", "the result of + does not fit into 64 bits");
    refused("{'*': [{'var': 'form.big'}, 2]}", "", "the result of * does not fit");
    refused("{'-': [-9223372036854775807, 2]}", "", "the result of - does not fit");
    refused("{'-': [{'-': [{'-': [9223372036854775807]}, 1]}]}", "", "does not fit");
    refused("{'<': [{'+': [{'var': 'form.big'}, 1]}, 5]}", "/</0", "does not fit");
    refused("{'+': ['1', 1]}", "/+/0", "is a string where + needs an integer");
    refused("{'*': [true, 1]}", "/*/0", "is true or false where * needs an integer");
}

static void
dates_are_compared_as_moments(void **state)
{
    (void)state;
    gives("{'after': [{'var': 'now'}, {'var': 'form.day'}]}", "true");
    gives("{'before': [{'var': 'form.day'}, {'var': 'now'}, {'var': 'form.moment'}]}", "true");
    gives("{'before': ['2026-03-03', '2026-03-02T16:00:00Z']}", "false"); /* the same moment */
    gives("{'not-after': ['2026-03-03', '2026-03-02T16:00:00Z', '2026-03-04']}", "true");
    gives("{'not-before': ['2026-03-03', '2026-03-02T16:00:00.001Z']}", "false");
    refused("{'after': [{'var': 'form.name'}, '2026-03-03']}", "/after/0", "form.name is no date");
    refused("{'after': [{'var': 'form.area'}, '2026-03-03']}", "/after/0",
            "form.area is an integer where after needs a string");
    refused("{'before': ['2026-03-03', '2026-03-02', {'var': 'form.gone'}]}", "/before/2",
            "is missing");
    malformed("{'after': ['2026-02-29', {'var': 'now'}]}", "/after/0", "no date; write");
    malformed("{'after': [{'var': 'now'}, '2026-02-20T10:00:00']}", "/after/1", "no date");
    malformed("{'after': [{'var': 'now'}, 5]}", "/after/1", "no date");
}

static void
plus_time_walks_along_the_calendar(void **state)
{
    (void)state;
    gives("{'plusTime': ['2026-03-03', 0, 'day']}", "'2026-03-03T00:00:00+08:00'");
    gives("{'plusTime': ['2020-02-29', 1, 'day']}", "'2020-03-01T00:00:00+08:00'");
    gives("{'plusTime': ['2020-02-29', 1, 'month']}", "'2020-03-29T00:00:00+08:00'");
    gives("{'plusTime': ['2020-02-29', 1, 'year']}", "'2021-03-01T00:00:00+08:00'");
    gives("{'plusTime': ['2020-02-29', -1, 'year']}", "'2019-03-01T00:00:00+08:00'");
    gives("{'plusTime': ['2026-01-31', 1, 'month']}", "'2026-03-03T00:00:00+08:00'");
    gives("{'plusTime': ['2026-01-31', -2, 'month']}", "'2025-12-01T00:00:00+08:00'");
    gives("{'plusTime': ['2026-01-15T20:00:00Z', 1, 'month']}", "'2026-02-16T04:00:00+08:00'");
    gives("{'plusTime': [{'var': 'now'}, -10, 'hour']}", "'2026-03-03T23:30:00+08:00'");
    gives("{'plusTime': [{'var': 'now'}, 45, 'minute']}", "'2026-03-04T10:15:00+08:00'");
    gives("{'plusTime': [{'plusTime': ['2026-03-03', 1, 'day']}, 1, 'hour']}",
          "'2026-03-04T01:00:00+08:00'");
    gives("{'plusTime': ['9999-12-31', 0, 'year']}", "'9999-12-31T00:00:00+08:00'");
    refused("{'plusTime': ['9999-12-31', 1, 'year']}", "", "outside the years 1900 to 9999");
    refused("{'plusTime': ['1900-02-01', -2, 'month']}", "", "outside the years");
    refused("{'plusTime': ['2026-03-03', 9223372036854775807, 'year']}", "", "outside the years");
    refused("{'plusTime': ['2026-03-03', 9223372036854775807, 'month']}", "", "outside the years");
    refused("{'plusTime': ['2026-03-03', 9223372036854775807, 'minute']}", "", "outside the years");
    refused("{'plusTime': ['2026-03-03', '1', 'day']}", "/plusTime/1", "is a string");
    malformed("{'plusTime': ['2026-03-03', 1, 'week']}", "/plusTime/2", "no unit; write");
    malformed("{'plusTime': ['2026-03-03', 1, {'var': 'form.name'}]}", "/plusTime/2", "no unit");
    malformed("{'plusTime': ['2026-03-03', 1]}", "", "a date, a number and a unit, not 2");
}

static void
working_days_are_counted_after_the_first_to_the_last(void **state)
{
    (void)state;
    gives("{'workingDaysBetween': ['2026-03-02', '2026-03-02']}", "0");
    gives("{'workingDaysBetween': ['2026-03-02', '2026-03-03']}", "1");
    gives("{'workingDaysBetween': ['2026-03-06', '2026-03-08']}", "0");
    gives("{'workingDaysBetween': ['2026-03-06', '2026-03-09']}", "1");
    gives("{'workingDaysBetween': ['2026-03-09', '2026-03-06']}", "-1");
    gives("{'workingDaysBetween': ['2026-03-08', '2026-03-02']}", "-4");
    gives("{'workingDaysBetween': ['2026-03-02T15:59:59Z', '2026-03-02T16:00:00Z']}", "1");
    gives("{'workingDaysBetween': [{'var': 'form.day'}, {'var': 'now'}]}", "1");
    refused("{'workingDaysBetween': [{'var': 'form.name'}, {'var': 'now'}]}",
            "/workingDaysBetween/0", "form.name is no date");
    refused("{'workingDaysBetween': ['1900-01-01', '2026-01-01']}", "",
            "more than the 10000 steps");
}

static void
without_a_calendar_no_working_day_is_guessed(void **state)
{
    const struct scope s = {.now = INSTANT_NONE};
    struct error e = {0};
    struct value v;

    (void)state;
    assert_false(expression_eval(compile("{'workingDaysBetween': ['2026-03-02', '2026-03-03']}"),
                                 &s, &arena, &v, &e));
    assert_non_null(strstr(e.detail, "needs a calendar"));
}

static void
a_condition_is_true_or_false(void **state)
{
    const struct scope s = scope();
    struct error e = {0};
    bool yes = false;

    (void)state;
    assert_true(
        expression_test(compile("{'<': [{'var': 'form.area'}, 300]}"), &s, &arena, &yes, &e));
    assert_true(yes);
    assert_int_equal(e.code, 0);
    assert_false(expression_test(compile("{'var': 'form.area'}"), &s, &arena, &yes, &e));
    assert_int_equal(e.code, ERROR_GUARD_ERROR);
    assert_string_equal(e.detail, "form.area is an integer where a condition needs true or false");
}

static void
two_are_the_same_when_they_say_the_same(void **state)
{
    static const char *const all[] = {
        "{'<': [{'var': 'form.area'}, 300]}",
        "{'<': [{'var': 'form.area'}, 301]}",
        "{'<=': [{'var': 'form.area'}, 300]}",
        "{'<': [{'var': 'form.floor'}, 300]}",
        "{'<': [{'var': ['form.area', 1]}, 300]}",
        "{'<': [{'var': ['form.area', 2]}, 300]}",
        "{'<': [1, {'var': 'form.area'}, 300]}",
        "{'===': [{'missing': ['form.area', 'form.floor']}, []]}",
        "{'===': [{'missing': ['form.area', 'form.gone']}, []]}",
        "{'===': [{'missing': ['form.area']}, []]}",
        "{'===': [{'plusTime': ['2026-01-01', 1, 'day']}, '2026-01-02']}",
        "{'===': [{'plusTime': ['2026-01-01', 1, 'month']}, '2026-01-02']}",
        "{'all': [{'var': 'form.sizes'}, {'>': [{'var': ''}, 1]}]}",
        "{'all': [{'var': 'form.sizes'}, {'>': [{'var': 'form.area'}, 1]}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++)
            assert_int_equal(expression_same(compile(all[i]), compile(all[k])), i == k);
        assert_false(expression_same(compile(all[i]), NULL));
    }
    assert_true(expression_same(NULL, NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_leads_to_its_value),
        cmocka_unit_test(now_can_be_given_as_a_string),
        cmocka_unit_test(what_is_missing_is_an_error_or_the_default),
        cmocka_unit_test(missing_tells_which_paths_are_absent),
        cmocka_unit_test(a_fraction_is_of_no_use),
        cmocka_unit_test(equality_knows_kinds),
        cmocka_unit_test(order_is_of_two_or_three_integers),
        cmocka_unit_test(and_or_if_stop_early_and_take_booleans_alone),
        cmocka_unit_test(in_looks_into_arrays),
        cmocka_unit_test(all_some_none_see_the_element_alone),
        cmocka_unit_test(all_and_some_of_nothing_are_false),
        cmocka_unit_test(sums_do_not_overflow_in_silence),
        cmocka_unit_test(dates_are_compared_as_moments),
        cmocka_unit_test(plus_time_walks_along_the_calendar),
        cmocka_unit_test(working_days_are_counted_after_the_first_to_the_last),
        cmocka_unit_test(without_a_calendar_no_working_day_is_guessed),
        cmocka_unit_test(a_condition_is_true_or_false),
        cmocka_unit_test(two_are_the_same_when_they_say_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
