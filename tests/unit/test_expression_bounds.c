/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: what does not compile, and the bounds of what does. */
#include "tests/unit/expression_help.h"

/* {operator: [v, more]}; @more may be NULL */
static struct value
operation(const char *operator, struct value v, const struct value *more)
{
    struct value *item = arena_array(&arena, 2, struct value);
    struct member *m = arena_new(&arena, struct member);

    item[0] = v;
    if (more)
        item[1] = *more;
    *m = (struct member){operator,(uint32_t) strlen(operator), value_array(item, more ? 2 : 1)};
    return value_object(&arena, m, 1);
}

static void
what_cannot_be_meant_does_not_compile(void **state)
{
    (void)state;
    malformed("{}", "", "one member");
    malformed("{'<': [1, 2], '>': [1, 2]}", "", "one member");
    malformed("{'and': [true, {'==': [1, 1]}]}", "/and/1", "unknown operator ==; write ===");
    malformed("{'reduce': [1]}", "", "unknown operator \"reduce\"");
    malformed("null", "", "null is no value");
    malformed("{'if': [true, 1, null]}", "/if/2", "null is no value");
    malformed("{'+': 5}", "", "operands stand in an array");
    malformed("{'var': 5}", "", "var takes a path");
    malformed("{'var': []}", "", "var takes a path");
    malformed("{'var': ['form.a', 1, 2]}", "", "var takes a path");
    malformed("{'var': ['form.a', {'var': 'form.b'}]}", "", "default of a var is a literal");
    malformed("{'var': ''}", "", "begins with no root");
    malformed("{'var': 'area'}", "", "\"area\" begins with no root; begin with form");
    malformed("{'var': 'form.'}", "", "is no path");
    malformed("{'var': 'form..a'}", "", "is no path");
    malformed("{'var': 'form.*.a'}", "", "is no path");
    malformed("{'missing': ['form.a', 5]}", "", "missing takes paths");
    malformed("{'missing': ['area']}", "", "begins with no root");
    malformed("[1, {'+': [{'var': 'x'}, 1]}]", "/1/+/0", "begins with no root");
}

static void
an_expression_has_a_depth(void **state)
{
    struct text pointer = text_new(&arena);
    const struct expression *x;
    struct error e = {0};
    struct value v = value_bool(true);

    (void)state;
    for (int i = 1; i < EXPRESSION_DEPTH; i++)
        v = operation("!", v, NULL);
    assert_true(expression_compile(&arena, &v, &x, &e));
    v = operation("!", v, NULL);
    for (int i = 0; i < 29; i++) /* as much of the pointer as an error holds */
        text_str(&pointer, "/!/0");
    malformed_value(&v, pointer.at, "nested deeper than 32");
}

static void
an_expression_has_a_size(void **state)
{
    struct value *item = arena_array(&arena, EXPRESSION_STEPS, struct value);
    struct member m = {"and", 3, value_array(item, EXPRESSION_STEPS)};
    const struct value v = value_object(&arena, &m, 1);

    (void)state;
    for (int i = 0; i < EXPRESSION_STEPS; i++)
        item[i] = value_bool(true);
    malformed_value(&v, "", "more than 10000 operators and operands");
}

/* {"some": [form.sizes, {"===": ["", 0]}]} with that many items costs 1 + 1 + 6 each. */
static void
an_expression_has_a_budget(void **state)
{
    enum { FITS = (EXPRESSION_STEPS - 2) / 6 };
    struct value item[FITS + 1];
    struct value sizes;
    struct member m = {"sizes", 5, value_null()};
    struct value form;
    struct scope s = {.now = INSTANT_NONE};
    const struct expression *x =
        compile("{'some': [{'var': 'form.sizes'}, {'===': [{'var': ''}, 0]}]}");
    struct error e = {0};
    bool yes = true;

    (void)state;
    for (int i = 0; i <= FITS; i++)
        item[i] = value_int(1);
    sizes = value_array(item, FITS);
    m.value = sizes;
    form = value_object(&arena, &m, 1);
    s.root[ROOT_FORM] = &form;
    assert_true(expression_test(x, &s, &arena, &yes, &e));
    assert_false(yes);
    m.value = value_array(item, FITS + 1);
    form = value_object(&arena, &m, 1);
    assert_false(expression_test(x, &s, &arena, &yes, &e));
    assert_int_equal(e.code, ERROR_GUARD_ERROR);
    assert_non_null(strstr(e.detail, "more than the 10000 steps"));
}

/* Nesting all in all would multiply; the budget is one for the whole. */
static void
nested_loops_share_one_budget(void **state)
{
    struct value *item = arena_array(&arena, 100, struct value);
    struct value *row = arena_array(&arena, 100, struct value);
    struct member sizes = {"sizes", 5, value_array(item, 100)};
    struct member rows = {"rows", 4, value_array(row, 100)};
    const struct value form = value_object(&arena, &rows, 1);
    const struct scope s = {.root = {[ROOT_FORM] = &form}, .now = INSTANT_NONE};
    struct error e = {0};
    bool yes;

    (void)state;
    for (int i = 0; i < 100; i++) {
        item[i] = value_int(1);
        row[i] = value_object(&arena, &sizes, 1);
    }
    assert_false(expression_test(compile("{'all': [{'var': 'form.rows'}, {'all': [{'var': "
                                         "'sizes'}, {'<': [0, {'var': ''}]}]}]}"),
                                 &s, &arena, &yes, &e));
    assert_non_null(strstr(e.detail, "steps"));
}

static void
an_expression_lives_without_its_source(void **state)
{
    struct arena own = {0}, other = {0};
    const struct expression *x = NULL;
    const struct scope s = scope();
    struct error e = {0};
    struct value v;
    const char text[] = "{\"in\": [{\"var\": [\"form.x\", \"b\"]}, [\"a\", \"b\"]]}";

    (void)state;
    assert_true(json_read(&other, text, strlen(text), false, &v, &e));
    assert_true(expression_compile(&own, &v, &x, &e));
    arena_release(&other);
    assert_true(expression_eval(x, &s, &arena, &v, &e));
    assert_true(v.boolean);
    arena_release(&own);
}

static void
an_error_never_shows_content(void **state)
{
    (void)state;
    const struct scope s = scope();
    struct error e = {0};
    struct value v;

    assert_false(expression_eval(compile("{'+': [{'var': 'form.name'}, 1]}"), &s, &arena, &v, &e));
    assert_null(strstr(e.detail, "某公司"));
    assert_false(expression_eval(compile("{'after': [{'var': 'form.name'}, '2026-01-01']}"), &s,
                                 &arena, &v, &e));
    assert_null(strstr(e.detail, "某公司"));
}

/* An error is shown to people: it is UTF-8 to its end, however long the names are. */
static void
an_error_ends_with_a_whole_character(void **state)
{
    static const char long_name[] =
        "办理办理办理办理办理办理办理办理办理办理办理办理办理办理办理办理办理办理";
    static const char *const before[] = {"", "a", "ab"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct value path = value_borrow(arena_printf(&arena, "%s%s", before[i], long_name));
        struct member var = {"var", 3, path};
        const struct value source = value_object(&arena, &var, 1);
        const struct expression *x;
        struct error e = {0};
        const char *end;

        assert_false(expression_compile(&arena, &source, &x, &e));
        end = strstr(e.detail, "\" begins with no root");
        assert_non_null(end);
        assert_memory_equal(end - 3, (end - 3 - e.detail - 1 - i) / 3 % 2 ? "理" : "办", 3);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_meant_does_not_compile),
        cmocka_unit_test(an_expression_has_a_depth),
        cmocka_unit_test(an_expression_has_a_size),
        cmocka_unit_test(an_expression_has_a_budget),
        cmocka_unit_test(nested_loops_share_one_budget),
        cmocka_unit_test(an_expression_lives_without_its_source),
        cmocka_unit_test(an_error_never_shows_content),
        cmocka_unit_test(an_error_ends_with_a_whole_character),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
