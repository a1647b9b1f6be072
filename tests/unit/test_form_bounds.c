/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: patterns mean what ECMA-262 says, and hostile input ends within bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "tests/support/forms.h"

static bool
matches(const char *pattern, const char *text)
{
    struct pattern_case {
        struct value schema, instance;
        struct member m[1];
    } *p = arena_new(&forms_arena, struct pattern_case);
    const struct form *f = NULL;
    struct error e = {0};

    p->m[0] = (struct member){.name = "pattern", .name_len = 7, .value = value_borrow(pattern)};
    p->schema = value_object(&forms_arena, p->m, 1);
    p->instance = value_borrow(text);
    if (!form_compile(&forms_arena, &p->schema, FORM_FORMATS_ASSERT, &f, &e))
        fail_msg("%s: %s", pattern, e.detail);
    return form_check(f, &p->instance, &forms_arena).n == 0;
}

static bool
is_pattern(const char *pattern)
{
    const struct member m = {.name = "pattern", .name_len = 7, .value = value_borrow(pattern)};
    const struct value schema = {.kind = VALUE_OBJECT, .n = 1, .member = &m};
    const struct form *f;
    struct error e;

    return form_compile(&forms_arena, &schema, FORM_FORMATS_ASSERT, &f, &e);
}

static const struct {
    const char *pattern, *text;
    bool found;
} meaning[] = {{"b", "abc", true},
               {"^\\d+$", "０１", false},
               {"^\\d+$", "01", true},
               {"^\\w$", "é", false},
               {"^\\w$", "厅", false},
               {"^\\s$", "\u3000", true},
               {"^\\S$", "\u3000", false},
               {"^[\\s]$", "\u00a0", true},
               {"^[\\S]$", "\u2028", false},
               {"^[^\\S]$", "\t", true},
               {"^.$", "\u2028", false},
               {"^.$", "厅", true},
               {"^.$", "😀", true},
               {"^a$", "a\n", false},
               {"^\\u5385$", "厅", true},
               {"^\\u{5385}$", "厅", true},
               {"^\\ud83d\\ude00$", "😀", true},
               {"^\\x41$", "A", true},
               {"^\\cA$", "\x01", true},
               {"^\\t\\n\\v\\f\\r$", "\t\n\v\f\r", true},
               {"^[\\b]$", "\b", true},
               {"\\bcat\\b", "a cat", true},
               {"^\\p{Letter}+$", "aé厅", true},
               {"^\\p{Lu}$", "É", true},
               {"^\\P{L}$", "1", true},
               {"^\\p{Script=Han}+$", "办事厅", true},
               {"^\\p{sc=Han}$", "a", false},
               {"^\\p{gc=Nd}$", "５", true},
               {"^\\p{General_Category=Decimal_Number}$", "5", true},
               {"^\\p{Alphabetic}$", "厅", true},
               {"^[\\p{L}\\d]+$", "a1厅", true},
               {"^[[:alpha:]+$", "a[:", true},
               {"^[[:alpha:]+$", "b", false},
               {"^[-a]+$", "a-", true},
               {"^[a-]+$", "a-", true},
               {"^[a\\-z]+$", "b", false},
               {"[]", "a", false},
               {"^[^]$", "\n", true},
               {"^(a)?\\1b$", "b", true},
               {"^(?<y>a)\\k<y>$", "aa", true},
               {"^(?:ab){2}$", "abab", true},
               {"^a{2,}$", "aaa", true},
               {"^a{1,2}?$", "aa", true},
               {"a(?=b)", "ab", true},
               {"a(?!b)", "ab", false},
               {"(?<=a)b", "ab", true},
               {"(?<!a)b", "ab", false},
               {"^a|b$", "xb", true},
               {"^\\/\\.\\*$", "/.*", true},
               {"^办$", "办", true},
               {"^[办-厅]$", "厅", true},
               {"^\\0$", "", false},
               {"", "anything", true},
               {"^#  x$", "#  x", true},
               {"^[\\w-]+@$", "a-b@", true}};

static void
patterns_mean_what_ecma_262_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(meaning) / sizeof(meaning[0]); i++)
        if (matches(meaning[i].pattern, meaning[i].text) != meaning[i].found)
            fail_msg("%s on \"%s\"", meaning[i].pattern, meaning[i].text);
}

static void
what_only_pcre2_understands_is_no_pattern(void **state)
{
    static const char *const foreign[] = {
        "a++",         "a*+",      "(?i)a",       "(?>a)",  "(*UTF)a", "(?#x)",   "\\Aa",
        "a\\z",        "\\Qa\\E",  "\\h",         "\\R",    "\\X",     "\\K",     "\\G",
        "\\pL",        "(?P<x>a)", "(?R)",        "(?1)",   "a{,3}",   "a{",      "a}",
        "]",           "*a",       "^*",          "(*)",    "\\a",     "\\e",     "\\u12",
        "\\x1",        "\\ud800",  "\\u{110000}", "\\u{}",  "[z-a]",   "[a-\\d]", "[\\w-a]",
        "[a",          "(a",       "a)",          "\\2(a)", "\\",      "[\\",     "\\p{Foo}",
        "\\p{sc=Foo}", "\\p{x=y}", "\\p{L",       "\\p",    "(?<1>a)", "(?",      "(?<",
        "\\k<x>",      "\\01",     "\\c1",        "\\-",    "a{2}{3}", "(?|a)",   "\\C"};

    (void)state;
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
        if (is_pattern(foreign[i]))
            fail_msg("%s compiled", foreign[i]);
    assert_true(is_pattern(forms_repeat("a", 1024)));
    assert_false(is_pattern(forms_repeat("a", 1025)));
    assert_false(is_pattern(forms_repeat("(", 1000)));
    assert_false(is_pattern("((((a{1,1000}){1,1000}){1,1000}){1,1000})"));
}

static void
a_catastrophic_pattern_ends_as_a_violation(void **state)
{
    static const char *const evil[] = {"(a+)+$", "(a|aa)+$", "^(a?){30}a{30}$", "(.*a){12}[bc]"};
    struct member m = {.name = "pattern", .name_len = 7};
    const struct value schema = {.kind = VALUE_OBJECT, .n = 1, .member = &m};
    const struct value text =
        value_borrow(arena_printf(&forms_arena, "%s!", forms_repeat("a", 60)));

    (void)state;
    for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
        const struct form *f = NULL;
        struct violations v;
        struct error e;

        m.value = value_borrow(evil[i]);
        assert_true(form_compile(&forms_arena, &schema, FORM_FORMATS_ASSERT, &f, &e));
        v = form_check(f, &text, &forms_arena);
        assert_int_equal(v.n, 1);
        assert_string_equal(v.item[0].keyword, "pattern");
        assert_non_null(strstr(v.item[0].en, "too complex"));
    }
}

static void
a_pattern_out_of_its_depth_is_no_match_under_not_either(void **state)
{
    (void)state;
    assert_string_equal(forms_wrong("{'not': {'pattern': '^(a+)+$'}}",
                                    arena_printf(&forms_arena, "'%s!'", forms_repeat("a", 60))),
                        " pattern");
}

static void
the_matches_of_one_check_share_a_budget(void **state)
{
    /* Each text alone stays within the limits of a match. */
    const char *one = arena_printf(&forms_arena, "'%s',", forms_repeat("ab", 500));
    const char *many = arena_printf(&forms_arena, "[%s'x']", forms_repeat(one, 64));
    const char *schema = "{'items': {'not': {'pattern': 'a.*[cd]'}}}";

    (void)state;
    assert_string_equal(forms_wrong(schema, arena_printf(&forms_arena, "[%s'x']", one)), "");
    assert_non_null(strstr(forms_wrong(schema, many), " pattern"));
}

static void
deep_and_wide_values_end_within_bounds(void **state)
{
    const struct form *f = forms_compile("{'$defs': {'tree': {'items': {'$ref': '#/$defs/tree'}}},"
                                         " '$ref': '#/$defs/tree'}");
    struct value *deep = arena_array(&forms_arena, 100000, struct value);
    struct violations v;

    (void)state;
    for (int i = 1; i < 100000; i++)
        deep[i] = value_array(&deep[i - 1], 1);
    v = form_check(f, &deep[99999], &forms_arena);
    assert_int_equal(v.n, 1);
    assert_string_equal(v.item[0].keyword, "limit");
    assert_int_equal(form_check(f, &deep[200], &forms_arena).n, 0);
}

static void
schemas_that_fan_out_end_within_bounds(void **state)
{
    struct text t = text_new(&forms_arena);

    (void)state;
    text_str(&t, "{'$ref': '#/$defs/n0', '$defs': {");
    for (int i = 0; i < 30; i++)
        text_printf(&t, "'n%d': {'anyOf': [{'$ref': '#/$defs/n%d'}, {'$ref': '#/$defs/n%d'}]},", i,
                    i + 1, i + 1);
    text_str(&t, "'n30': {'type': 'null'}}}");
    assert_non_null(strstr(forms_wrong(t.at, "1"), " limit"));
    assert_string_equal(forms_wrong(t.at, "null"), "");
}

static void
equal_items_of_a_large_array_are_found_by_sorting(void **state)
{
    enum { N = 60000 };
    const struct form *f = forms_compile("{'uniqueItems': true}");
    struct value *item = arena_array(&forms_arena, N, struct value);
    struct value array = value_array(item, N);
    struct violations v;

    (void)state;
    for (int i = 0; i < N; i++)
        item[i] = value_int((i * 7919LL) % N);
    assert_int_equal(form_check(f, &array, &forms_arena).n, 0);
    item[40000] = item[17];
    item[50000] = item[18];
    v = form_check(f, &array, &forms_arena);
    assert_int_equal(v.n, 1);
    assert_string_equal(v.item[0].pointer, "/40000");
}

static void
at_most_a_hundred_violations_are_told(void **state)
{
    (void)state;
    assert_int_equal(
        form_check(forms_compile("{'items': {'type': 'null'}}"),
                   forms_json(arena_printf(&forms_arena, "[%s1]", forms_repeat("1,", 5000))),
                   &forms_arena)
            .n,
        FORM_VIOLATIONS_MAX);
}

static void
a_form_has_at_most_ten_thousand_schemas(void **state)
{
    (void)state;
    forms_refused(arena_printf(&forms_arena, "{'allOf': [%strue]}", forms_repeat("true,", 10000)),
                  "/allOf/9999", "at most 10000");
}

static const struct form *shared;

static void *
check_often(void *answer)
{
    struct arena a = {0};
    const struct value good = value_borrow("371502-abc"), bad = value_borrow("371502-ABC");
    size_t wrong_answers = 0;

    for (int i = 0; i < 2000; i++) {
        wrong_answers += form_check(shared, &good, &a).n != 0;
        wrong_answers += form_check(shared, &bad, &a).n != 1;
        arena_reset(&a);
    }
    arena_release(&a);
    *(size_t *)answer = wrong_answers;
    return NULL;
}

static void
one_form_serves_many_threads(void **state)
{
    pthread_t thread[4];
    size_t answer[4];

    (void)state;
    shared = forms_compile("{'type': 'string', 'pattern': '^([0-9]{6})-([a-z]|x)+$'}");
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, check_often, &answer[i]), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_int_equal(answer[i], 0);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, forms_release)
    const struct CMUnitTest tests[] = {
        TEST(patterns_mean_what_ecma_262_says),
        TEST(what_only_pcre2_understands_is_no_pattern),
        TEST(a_catastrophic_pattern_ends_as_a_violation),
        TEST(a_pattern_out_of_its_depth_is_no_match_under_not_either),
        TEST(the_matches_of_one_check_share_a_budget),
        TEST(deep_and_wide_values_end_within_bounds),
        TEST(schemas_that_fan_out_end_within_bounds),
        TEST(equal_items_of_a_large_array_are_found_by_sorting),
        TEST(at_most_a_hundred_violations_are_told),
        TEST(a_form_has_at_most_ten_thousand_schemas),
        TEST(one_form_serves_many_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
