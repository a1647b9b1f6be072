/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: what is said about a wrong value, and how numbers are judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/forms.h"

static void
all_violations_are_told_each_where_it_belongs(void **state)
{
    (void)state;
    assert_string_equal(
        forms_wrong(
            "{'type': 'object', 'required': ['name', 'phone', 'site'],"
            " 'additionalProperties': false,"
            " 'properties': {'name': {'type': 'string', 'minLength': 2},"
            "  'phone': {'format': 'cn-mobile'},"
            "  'site': {'type': 'object', 'required': ['area'],"
            "           'properties': {'area': {'type': 'integer', 'minimum': 1}}},"
            "  'people': {'type': 'array', 'items': {'required': ['id'],"
            "             'properties': {'id': {'format': 'cn-id'}}}}}}",
            "{'name': '厅', 'site': {'area': 0}, 'people': [{'id': '1'}, {}, 7], 'a/b~': 1}"),
        "/phone required\n/a~1b~0 additionalProperties\n/name minLength\n/people/0/id format\n"
        "/people/1/id required\n/site/area minimum");
}

static void
every_keyword_speaks(void **state)
{
    (void)state;
    assert_string_equal(forms_wrong("{'type': ['string', 'null']}", "1"), " type");
    assert_string_equal(forms_wrong("{'enum': ['a', 'b']}", "'c'"), " enum");
    assert_string_equal(forms_wrong("{'const': {'a': 1}}", "{'a': 2}"), " const");
    assert_string_equal(forms_wrong("{'multipleOf': 5}", "7"), " multipleOf");
    assert_string_equal(forms_wrong("{'maximum': 5, 'exclusiveMaximum': 6}", "6"),
                        " maximum\n exclusiveMaximum");
    assert_string_equal(forms_wrong("{'minimum': 5, 'exclusiveMinimum': 4}", "4"),
                        " minimum\n exclusiveMinimum");
    assert_string_equal(forms_wrong("{'maxLength': 2}", "'办事厅'"), " maxLength");
    assert_string_equal(forms_wrong("{'pattern': '^a'}", "'b'"), " pattern");
    assert_string_equal(forms_wrong("{'maxItems': 1, 'uniqueItems': true}", "[1, {'a': []}, 1.0]"),
                        " maxItems\n/2 uniqueItems");
    assert_string_equal(forms_wrong("{'minItems': 1}", "[]"), " minItems");
    assert_string_equal(
        forms_wrong("{'prefixItems': [{'type': 'null'}], 'items': false}", "[1, 2]"),
        "/0 type\n/1 items");
    assert_string_equal(forms_wrong("{'contains': {'const': 1}}", "[2]"), " contains");
    assert_string_equal(forms_wrong("{'contains': {'const': 1}, 'minContains': 2}", "[1]"),
                        " minContains");
    assert_string_equal(forms_wrong("{'contains': {'const': 1}, 'maxContains': 1}", "[1, 1]"),
                        " maxContains");
    assert_string_equal(forms_wrong("{'maxProperties': 1}", "{'a': 1, 'b': 2}"), " maxProperties");
    assert_string_equal(forms_wrong("{'minProperties': 1}", "{}"), " minProperties");
    assert_string_equal(forms_wrong("{'dependentRequired': {'a': ['b']}}", "{'a': 1}"),
                        "/b dependentRequired");
    assert_string_equal(forms_wrong("{'dependentSchemas': {'a': {'required': ['c']}}}", "{'a': 1}"),
                        "/c required");
    assert_string_equal(forms_wrong("{'propertyNames': {'maxLength': 1}}", "{'ab': 1}"),
                        "/ab propertyNames");
    assert_string_equal(forms_wrong("{'patternProperties': {'^x': {'type': 'null'}}}", "{'xa': 1}"),
                        "/xa type");
    assert_string_equal(forms_wrong("{'properties': {'a': false}}", "{'a': 1}"), "/a properties");
    assert_string_equal(forms_wrong("{'not': {'type': 'integer'}}", "1"), " not");
    assert_string_equal(forms_wrong("{'oneOf': [true, true]}", "1"), " oneOf");
    assert_string_equal(forms_wrong("{'if': {'const': 1}, 'then': {'minimum': 2}}", "1"),
                        " minimum");
    assert_string_equal(forms_wrong("{'if': {'const': 1}, 'else': {'minimum': 9}}", "2"),
                        " minimum");
    assert_string_equal(forms_wrong("false", "1"), " $schema");
}

static void
a_message_tells_how_to_mend_in_both_languages(void **state)
{
    struct violation v = forms_only("{'minLength': 2}", "'a'");

    (void)state;
    assert_string_equal(v.zh, "请至少填写 2 个字");
    assert_string_equal(v.en, "Give at least 2 characters");
    v = forms_only("{'type': ['integer', 'null']}", "'a'");
    assert_string_equal(v.zh, "类型不符，应为整数或空值");
    assert_string_equal(v.en, "Give a whole number or nothing (null)");
    v = forms_only("{'enum': ['国有', 1, null]}", "'a'");
    assert_string_equal(v.zh, "请从下列各项中选择：国有、1、null");
    assert_string_equal(v.en, "Choose one of: 国有, 1, null");
    v = forms_only("{'format': 'cn-mobile'}", "'a'");
    assert_string_equal(v.en,
                        "Give the 11 digits of a mobile number without spaces or country code");
}

static void
a_pattern_speaks_through_the_hint_of_its_ui(void **state)
{
    const struct violation v =
        forms_only("{'pattern': '^[0-9]{4}$',"
                   " 'ui': {'hint': {'zh': '请填写四位年份', 'en': 'Give a year'}}}",
                   "'22'");

    (void)state;
    assert_string_equal(v.zh, "请填写四位年份");
    assert_string_equal(v.en, "Give a year");
    assert_string_equal(forms_only("{'pattern': '^a'}", "'b'").en,
                        "Give a text of this pattern: ^a");
}

static void
alternatives_tell_what_each_of_them_wants(void **state)
{
    const struct violation v =
        forms_only("{'anyOf': [{'required': ['phone']}, {'required': ['email']}]}", "{'name': 1}");

    (void)state;
    assert_string_equal(v.keyword, "anyOf");
    assert_string_equal(v.pointer, "");
    assert_string_equal(v.zh, "请至少符合其中一种情形：（1）/phone 此项必填，请补填；（2）/email "
                              "此项必填，请补填");
    assert_string_equal(v.en, "Meet at least one of these: (1) /phone: This is required: fill it "
                              "in; (2) /email: This is required: fill it in");
}

static void
the_same_thing_is_told_once(void **state)
{
    (void)state;
    assert_string_equal(
        forms_wrong("{'required': ['a'], 'allOf': [{'required': ['a']}, {'required': ['a', 'b']}]}",
                    "{}"),
        "/a required\n/b required");
}

static void
a_message_never_quotes_the_value(void **state)
{
    static const char *const schema[] = {"{'const': 1}",        "{'enum': [1]}",
                                         "{'format': 'cn-id'}", "{'pattern': '^a'}",
                                         "{'type': 'null'}",    "{'maxLength': 1}",
                                         "{'not': true}",       "{'anyOf': [false, {'enum': []}]}"};

    (void)state;
    for (size_t i = 0; i < sizeof(schema) / sizeof(schema[0]); i++) {
        const struct violation v = forms_only(schema[i], "'371502199003070018'");

        assert_null(strstr(v.zh, "3715"));
        assert_null(strstr(v.en, "3715"));
    }
}

static void
numbers_are_compared_exactly(void **state)
{
    (void)state;
    assert_string_equal(forms_wrong("{'maximum': 9007199254740992}", "9007199254740993"),
                        " maximum");
    assert_string_equal(forms_wrong("{'minimum': 9223372036854775807}", "9223372036854775807"), "");
    assert_string_equal(forms_wrong("{'maximum': 9223372036854775807}", "1e19"), " maximum");
    assert_string_equal(forms_wrong("{'minimum': -9223372036854775808}", "-1e19"), " minimum");
    assert_string_equal(forms_wrong("{'maximum': 3}", "3.5"), " maximum");
    assert_string_equal(forms_wrong("{'maximum': 3.5}", "3"), "");
    assert_string_equal(forms_wrong("{'minimum': -3}", "-3.5"), " minimum");
    assert_string_equal(forms_wrong("{'minimum': -3.5}", "-3"), "");
    assert_string_equal(forms_wrong("{'exclusiveMaximum': 0.5}", "0.5"), " exclusiveMaximum");
    assert_string_equal(forms_wrong("{'maximum': 0.25}", "0.5"), " maximum");
}

static void
multiples_are_those_of_the_decimals_written(void **state)
{
    static const struct {
        const char *schema, *instance;
        bool holds;
    } row[] = {{"{'multipleOf': 0.01}", "19.99", true},
               {"{'multipleOf': 0.01}", "19.999", false},
               {"{'multipleOf': 0.1}", "0.3", true},
               {"{'multipleOf': 0.3}", "0.9", true},
               {"{'multipleOf': 7}", "9223372036854775807", true},
               {"{'multipleOf': 7}", "9223372036854775806", false},
               {"{'multipleOf': 3}", "-9", true},
               {"{'multipleOf': 9223372036854775807}", "1", false},
               {"{'multipleOf': 10}", "0", true},
               {"{'multipleOf': 1e300}", "5", false},
               {"{'multipleOf': 1e-300}", "5", true},
               {"{'multipleOf': 3}", "1e300", false},
               {"{'multipleOf': 1e19}", "1e300", true},
               {"{'multipleOf': 0.5}", "-9223372036854775808", true}};

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        if (row[i].holds != (*forms_wrong(row[i].schema, row[i].instance) == 0))
            fail_msg("%s of %s", row[i].instance, row[i].schema);
}

static void
an_integer_of_a_form_fits_int64(void **state)
{
    const struct form *f;
    struct error e;

    (void)state;
    assert_string_equal(forms_wrong("{'type': 'integer'}", "1e30"), " type");
    assert_string_equal(forms_wrong("{'type': 'integer'}", "1.5"), " type");
    assert_string_equal(forms_wrong("{'type': 'integer'}", "1e3"), "");
    assert_string_equal(forms_wrong("{'type': 'number'}", "1e30"), "");
    /* In plain JSON Schema 1e30 is an integer. */
    assert_true(form_compile(&forms_arena, forms_json("{'type': 'integer'}"), FORM_FORMATS_ANNOTATE,
                             &f, &e));
    assert_int_equal(form_check(f, forms_json("1e30"), &forms_arena).n, 0);
}

static void
a_format_is_an_annotation_where_formats_are_not_asserted(void **state)
{
    const struct form *f;
    struct error e;

    (void)state;
    assert_true(form_compile(&forms_arena, forms_json("{'format': 'cn-id'}"), FORM_FORMATS_ANNOTATE,
                             &f, &e));
    assert_int_equal(form_check(f, forms_json("'x'"), &forms_arena).n, 0);
    assert_true(form_compile(&forms_arena, forms_json("{'format': 'ipv4'}"), FORM_FORMATS_ANNOTATE,
                             &f, &e));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, forms_release)
    const struct CMUnitTest tests[] = {
        TEST(all_violations_are_told_each_where_it_belongs),
        TEST(every_keyword_speaks),
        TEST(a_message_tells_how_to_mend_in_both_languages),
        TEST(a_pattern_speaks_through_the_hint_of_its_ui),
        TEST(alternatives_tell_what_each_of_them_wants),
        TEST(the_same_thing_is_told_once),
        TEST(a_message_never_quotes_the_value),
        TEST(numbers_are_compared_exactly),
        TEST(multiples_are_those_of_the_decimals_written),
        TEST(an_integer_of_a_form_fits_int64),
        TEST(a_format_is_an_annotation_where_formats_are_not_asserted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
