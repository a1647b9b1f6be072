/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: what is refused at load, and what expressions may rely on. */
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
an_unknown_keyword_is_refused_and_never_ignored(void **state)
{
    (void)state;
    forms_refused("{'properties': {'a': {'minlength': 3}}}", "/properties/a/minlength",
                  "correct its name");
    forms_refused("{'$anchor': 'x'}", "/$anchor", "#/$defs/name");
    forms_refused("{'unevaluatedProperties': false}", "/unevaluatedProperties",
                  "additionalProperties");
    forms_refused("{'unevaluatedItems': false}", "/unevaluatedItems", "use items");
    forms_refused("{'$dynamicRef': '#x'}", "/$dynamicRef", "use $ref");
    forms_refused("{'definitions': {}}", "/definitions", "use $defs");
    forms_refused("{'dependencies': {}}", "/dependencies", "dependentRequired");
    forms_refused("{'allOf': [true, {'x/y~z': 1}]}", "/allOf/1/x~1y~0z", "not supported");
}

static void
a_keyword_with_a_faulty_value_is_refused(void **state)
{
    (void)state;
    forms_refused("7", "", "a schema is");
    forms_refused("{'type': 'int'}", "/type", "integer");
    forms_refused("{'type': []}", "/type", "at least one");
    forms_refused("{'minLength': -1}", "/minLength", "not negative");
    forms_refused("{'minLength': 1.5}", "/minLength", "not negative");
    forms_refused("{'multipleOf': 0}", "/multipleOf", "above zero");
    forms_refused("{'maximum': '3'}", "/maximum", "a number");
    forms_refused("{'required': 'name'}", "/required", "array of member names");
    forms_refused("{'required': ['a', 'b', 'a']}", "/required", "twice");
    forms_refused("{'dependentRequired': {'a': ['b', 1]}}", "/dependentRequired/a", "names");
    forms_refused("{'properties': []}", "/properties", "object");
    forms_refused("{'properties': {'a': null}}", "/properties/a", "a schema is");
    forms_refused("{'allOf': []}", "/allOf", "at least one");
    forms_refused("{'enum': 'a'}", "/enum", "an array");
    forms_refused("{'uniqueItems': 1}", "/uniqueItems", "true or false");
    forms_refused("{'pattern': '('}", "/pattern", "pattern");
    forms_refused("{'patternProperties': {'[': true}}", "/patternProperties/[", "without ]");
    forms_refused("{'format': 'ipv4'}", "/format", "cn-uscc");
    forms_refused("{'$schema': 'http://json-schema.org/draft-07/schema#'}", "/$schema", "2020-12");
    forms_refused("{'$id': 'http://a.example/x#y'}", "", "no fragment");
    forms_refused("{'ui': 'wide'}", "/ui", "an object");
}

static void
a_reference_stays_inside_and_points_at_a_schema(void **state)
{
    (void)state;
    forms_refused("{'$ref': 'https://json-schema.org/draft/2020-12/schema'}", "/$ref",
                  "leaves the form");
    forms_refused("{'items': {'$ref': 'other.json'}}", "/items/$ref", "leaves the form");
    forms_refused("{'$ref': '#name'}", "/$ref", "anchor");
    forms_refused("{'$ref': '#/$defs/b', '$defs': {'a': true}}", "/$ref", "no schema");
    forms_refused("{'$ref': '#/enum/0', 'enum': [{}]}", "/$ref", "no schema");
    forms_refused("{'$ref': '#/allOf/2', 'allOf': [true]}", "/$ref", "no schema");
    forms_refused("{'$ref': '#/allOf/-1', 'allOf': [true]}", "/$ref", "no schema");
    forms_refused("{'$ref': '#/properties', 'properties': {}}", "/$ref", "no schema");
    forms_refused("{'$defs': {'a': {'$id': 'x'}, 'b': {'$id': 'x'}}}", "/$defs/b", "twice");
}

static void
a_reference_that_leads_back_to_itself_is_refused(void **state)
{
    (void)state;
    forms_refused("{'$ref': '#'}", "/$ref", "leads back");
    forms_refused(
        "{'$defs': {'a': {'$ref': '#/$defs/b'}, 'b': {'allOf': [{'$ref': '#/$defs/a'}]}}}",
        "/$defs/a/$ref", "leads back");
    forms_refused("{'if': true, 'then': {'not': {'$ref': '#'}}}", "/then/not/$ref", "leads back");
    forms_refused("{'dependentSchemas': {'a': {'$ref': '#'}}}", "/dependentSchemas/a/$ref",
                  "leads back");
    assert_string_equal(forms_wrong("{'properties': {'a': {'$ref': '#'}}, 'required': ['b']}",
                                    "{'b': 1, 'a': {'b': 1, 'a': {}}}"),
                        "/a/a/b required");
}

static void
a_chain_of_references_may_not_be_endless(void **state)
{
    struct text t = text_new(&forms_arena);

    (void)state;
    text_str(&t, "{'$defs': {");
    for (int i = 0; i < 5000; i++)
        text_printf(&t, "'n%d': {'$ref': '#/$defs/n%d'},", i, i + 1);
    text_str(&t, "'n5000': true}, '$ref': '#/$defs/n0'}");
    forms_refused(t.at, "/$defs/n0/$ref", "more than 64 schemas");
}

static void
expect_field(const struct form *f, const char *path, const char *expected)
{
    const struct form_field x = form_field(f, path);
    const char *seen =
        arena_printf(&forms_arena, "%s%s%s%s%s", x.declared ? "declared" : "unknown",
                     x.required ? " required" : "", x.kind == VALUE_NULL ? "" : " ",
                     x.kind == VALUE_NULL ? "" : value_kind_name(x.kind),
                     x.item_kind == VALUE_NULL
                         ? ""
                         : arena_printf(&forms_arena, " of %s", value_kind_name(x.item_kind)));

    if (strcmp(seen, expected) != 0)
        fail_msg("%s is \"%s\", not \"%s\"", path, seen, expected);
}

static void
a_field_is_known_by_its_dotted_path(void **state)
{
    const struct form *f = forms_compile(
        "{'type': 'object', 'required': ['area', 'site', 'loose', 'tags', 'missing'],"
        " 'properties': {'area': {'type': 'integer'}, 'name': {'type': 'string'},"
        "  'agree': {'const': true}, 'kind': {'enum': ['a', 'b']}, 'mixed': {'enum': ['a', 1]},"
        "  'price': {'type': 'number'}, 'either': {'type': ['string', 'null']},"
        "  'site': {'type': 'object', 'required': ['area'],"
        "           'properties': {'area': {'type': 'integer'}, 'city': {'$ref': '#/$defs/c'}}},"
        "  'loose': {'required': ['x'], 'properties': {'x': {'type': 'integer'}}},"
        "  'tags': {'type': 'array', 'items': {'type': 'string'}},"
        "  'pair': {'type': 'array', 'prefixItems': [true], 'items': {'type': 'string'}}},"
        " '$defs': {'c': {'type': 'string', 'minLength': 1}}}");

    (void)state;
    expect_field(f, "area", "declared required integer");
    expect_field(f, "name", "declared string");
    expect_field(f, "agree", "declared boolean");
    expect_field(f, "kind", "declared string");
    expect_field(f, "mixed", "declared");
    expect_field(f, "price", "declared");
    expect_field(f, "either", "declared");
    expect_field(f, "site", "declared required object");
    expect_field(f, "site.area", "declared required integer");
    expect_field(f, "site.city", "declared string");
    expect_field(f, "site.none", "unknown");
    expect_field(f, "none", "unknown");
    expect_field(f, "none.area", "unknown");
    expect_field(f, "", "unknown");
    expect_field(f, "area.x", "declared");
    expect_field(f, "tags", "declared required array of string");
    expect_field(f, "pair", "declared array");
    expect_field(f, "missing", "declared required");
    /* `required` does not bind what may be no object. */
    expect_field(f, "loose", "declared required");
    expect_field(f, "loose.x", "declared");
}

static void
a_field_is_certain_only_where_no_condition_stands_before_it(void **state)
{
    const struct form *f = forms_compile(
        "{'allOf': [{'$ref': '#/$defs/base'}], '$defs': {'base': {'required': ['a'],"
        "  'properties': {'a': {'type': 'integer'}, 'n': {'type': 'number'}}}},"
        " 'properties': {'n': {'type': 'integer'}},"
        " 'anyOf': [{'required': ['b'], 'properties': {'b': {'type': 'string'}}}, true],"
        " 'if': {'required': ['a']}, 'then': {'required': ['c']}}");

    (void)state;
    expect_field(f, "a", "declared required integer");
    expect_field(f, "n", "declared integer");
    expect_field(f, "b", "declared");
    expect_field(f, "c", "declared");
}

static void
the_short_form_of_an_input_is_a_schema_like_any_other(void **state)
{
    (void)state;
    expect_field(forms_compile("{'required': ['missing']}"), "missing", "declared required");
    assert_string_equal(forms_wrong("{'required': ['missing']}", "{}"), "/missing required");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, forms_release)
    const struct CMUnitTest tests[] = {
        TEST(an_unknown_keyword_is_refused_and_never_ignored),
        TEST(a_keyword_with_a_faulty_value_is_refused),
        TEST(a_reference_stays_inside_and_points_at_a_schema),
        TEST(a_reference_that_leads_back_to_itself_is_refused),
        TEST(a_chain_of_references_may_not_be_endless),
        TEST(a_field_is_known_by_its_dotted_path),
        TEST(a_field_is_certain_only_where_no_condition_stands_before_it),
        TEST(the_short_form_of_an_input_is_a_schema_like_any_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
