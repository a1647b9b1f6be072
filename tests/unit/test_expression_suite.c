/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions against the public suites of CertLogic and JsonLogic: equal results, or a refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "definition/expression.h"
#include "definition/json.h"

/*
 * A case is kept when it uses our operators alone.  Its result must be the
 * suite's, or it must be refused, never anything else; where the suite expects
 * an error ours is one too.  Every kept case that is refused where the suite has
 * a value stands by name in expression-exclusions.txt with the reason, and the
 * reason is compared with what the engine said.  A case that uses another
 * operator is out by that rule, and must be refused when compiled.
 */
static const char kept_operators[][20] = {
    "var",   "missing", "===",       "!==",        "<",
    "<=",    ">",       ">=",        "and",        "or",
    "!",     "if",      "in",        "all",        "some",
    "none",  "+",       "-",         "*",          "plusTime",
    "after", "before",  "not-after", "not-before", "workingDaysBetween"};

/* Why a kept case is refused, and by which words of the error it is known. */
static const struct {
    char code[12];
    char words[44];
    char why[72];
} reason[] = {
    {"truthy", "needs true or false", "only true and false are conditions"},
    {"integers", " needs an integer", "numbers are not made of strings, booleans or arrays"},
    {"substring", "where in needs an array", "in looks into arrays, not into strings"},
    {"missing", " is missing", "a missing operand is an error, not null"},
    {"null", "null is no value", "null is not a value of the language"},
    {"fraction", "expressions know no fractions", "integers alone"},
    {"fraction", "is a number with a fraction", "integers alone"},
    {"path", "var takes a path", "a path is a literal string"},
    {"path", "missing takes paths", "paths are literal strings"},
    {"operands", " takes ", "too few or too many operands; no if without an else"},
    {"operands", "operands stand in an array", "no short form but that of !"},
    {"object", "an object", "objects are no operands and no literals"},
    {"date", "is no date", "whole dates, and date-times with an offset (RFC 3339)"},
};
enum { N_REASON = sizeof(reason) / sizeof(*reason), LIST = 1000, OPERATORS = 64 };

struct listed {
    const char *code, *name;
    bool met;
};

static struct suite {
    struct arena arena;
    char folder[200];
    struct listed listed[LIST];
    int n_listed;
    int same, error, out, refused, wrong; /* cases */
    int by_reason[N_REASON];
    struct {
        const char *name;
        int n;
    } operator_out[OPERATORS];
} suite;

static void
read_list(void)
{
    static char line[1000];
    FILE *f = fopen("tests/unit/expression-exclusions.txt", "r");

    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        char *tab = strchr(line, '\t');

        line[strcspn(line, "\n")] = 0;
        if (*line == '#' || !*line)
            continue;
        assert_non_null(tab);
        assert_true(suite.n_listed < LIST);
        *tab = 0;
        suite.listed[suite.n_listed++] = (struct listed){
            arena_strdup(&suite.arena, line), arena_strdup(&suite.arena, tab + 1), false};
    }
    (void)fclose(f);
}

static int
find_folder(void **state)
{
    const char *shared = getenv("ONESTOP_SHARED");
    FILE *f;

    (void)state;
    (void)snprintf(suite.folder, sizeof(suite.folder), "%s/suites", shared ? shared : "../shared");
    f = fopen(arena_printf(&suite.arena, "%s/json-logic/compatible.json", suite.folder), "r");
    if (f)
        (void)fclose(f);
    else
        *suite.folder = 0;
    read_list();
    return 0;
}

static int
release(void **state)
{
    (void)state;
    arena_release(&suite.arena);
    return 0;
}

/* The first operator in @rule that is not ours, or NULL. */
static const char *
foreign_operator(const struct value *rule)
{
    const char *found = NULL;
    bool kept = rule->kind != VALUE_OBJECT || rule->n != 1;

    if (rule->kind == VALUE_ARRAY)
        for (uint32_t i = 0; i < rule->n && !found; i++)
            found = foreign_operator(&rule->item[i]);
    if (rule->kind != VALUE_OBJECT || rule->n != 1)
        return found;
    for (size_t i = 0; i < sizeof(kept_operators) / sizeof(*kept_operators); i++)
        kept = kept || !strcmp(kept_operators[i], rule->member[0].name);
    return kept ? foreign_operator(&rule->member[0].value) : rule->member[0].name;
}

static void
count_operator(const char *name)
{
    int i = 0;

    while (suite.operator_out[i].name && strcmp(suite.operator_out[i].name, name) != 0)
        i++;
    assert_true(i < OPERATORS);
    suite.operator_out[i].name = name;
    suite.operator_out[i].n++;
    suite.out++;
}

static void
judge_refusal(const char *name, const struct error *e)
{
    int r = 0;

    while (r < N_REASON && !strstr(e->detail, reason[r].words))
        r++;
    for (int i = 0; i < suite.n_listed && r < N_REASON; i++)
        if (!strcmp(suite.listed[i].name, name) && !strcmp(suite.listed[i].code, reason[r].code)) {
            suite.listed[i].met = true;
            suite.by_reason[r]++;
            suite.refused++;
            return;
        }
    print_error("refused and not listed: %s\t%s\t(%s)\n", r < N_REASON ? reason[r].code : "?", name,
                e->detail);
    suite.wrong++;
}

/* One case; @expected is NULL where the suite expects an error. */
static void
run(const char *name, const struct value *rule, const struct value *data,
    const struct value *expected)
{
    const struct scope scope = {.root = {data}, .now = INSTANT_NONE};
    const struct expression *x = NULL;
    const char *foreign = foreign_operator(rule);
    struct error e = {0};
    struct value v;
    bool done = expression_compile_as(&suite.arena, rule, EXPRESSION_ANONYMOUS, &x, &e);

    if (foreign) {
        assert_false(done);
        count_operator(foreign);
        return;
    }
    done = done && expression_eval(x, &scope, &suite.arena, &v, &e);
    if (done && expected && value_equal(&v, expected)) {
        suite.same++;
    } else if (done) {
        print_error("another result: %s\n", name);
        suite.wrong++;
    } else if (!expected) {
        suite.error++;
    } else {
        judge_refusal(name, &e);
    }
}

static struct value
load(const char *path)
{
    struct error e = {0};
    struct value v = value_null();

    if (!json_read_file(&suite.arena, arena_printf(&suite.arena, "%s/%s", suite.folder, path), &v,
                        &e))
        print_error("%s: %s\n", path, e.detail);
    return v;
}

static void
report(const char *what)
{
    print_message("%s: %d same result, %d errors as expected, %d refused by name, %d out by "
                  "operator, %d wrong\n",
                  what, suite.same, suite.error, suite.refused, suite.out, suite.wrong);
    for (int r = 0; r < N_REASON; r++)
        if (suite.by_reason[r])
            print_message("  refused %4d  %s: %s\n", suite.by_reason[r], reason[r].code,
                          reason[r].why);
    print_message("  out by operator:");
    for (int i = 0; suite.operator_out[i].name; i++)
        print_message(" %s %d", suite.operator_out[i].name, suite.operator_out[i].n);
    print_message("\n");
    assert_int_equal(suite.wrong, 0);
    suite.same = suite.error = suite.refused = suite.out = 0;
    memset(suite.by_reason, 0, sizeof(suite.by_reason));
    memset(suite.operator_out, 0, sizeof(suite.operator_out));
}

static bool
is_absent(void)
{
    if (!*suite.folder)
        print_message("skipped: the suites are not there\n");
    return !*suite.folder;
}

static void
json_logic_file(const char *file)
{
    const struct value cases = load(arena_printf(&suite.arena, "json-logic/%s", file));
    const struct value null = value_null();

    assert_int_equal(cases.kind, VALUE_ARRAY);
    for (uint32_t i = 0; i < cases.n; i++) {
        const struct value *c = &cases.item[i];
        const struct value *data = value_get(c, "data");

        if (c->kind == VALUE_STRING) /* a heading */
            continue;
        assert_non_null(value_get(c, "rule"));
        assert_true(value_get(c, "result") || value_get(c, "error"));
        run(arena_printf(&suite.arena, "json-logic/%s %u %s", file, i,
                         value_get_string(c, "description")),
            value_get(c, "rule"), data ? data : &null, value_get(c, "result"));
    }
}

static void
json_logic_gives_the_same_or_is_refused_by_name(void **state)
{
    static const char file[][32] = {"arithmetic-divide",
                                    "arithmetic-minus",
                                    "arithmetic-modulo",
                                    "arithmetic-multiply",
                                    "arithmetic-plus",
                                    "array-all",
                                    "array-filter",
                                    "array-map",
                                    "array-merge",
                                    "array-none",
                                    "array-reduce",
                                    "array-some",
                                    "comparison-greaterThan",
                                    "comparison-greaterThanEquals",
                                    "comparison-lessThan",
                                    "comparison-lessThanEquals",
                                    "comparison-softEquals",
                                    "comparison-softNotEquals",
                                    "comparison-strictEquals",
                                    "comparison-strictNotEquals",
                                    "compatible",
                                    "control-and",
                                    "control-doublebang",
                                    "control-if",
                                    "control-not",
                                    "control-or",
                                    "string-cat",
                                    "string-in",
                                    "string-substr"};

    (void)state;
    if (is_absent())
        return;
    for (size_t i = 0; i < sizeof(file) / sizeof(*file); i++)
        json_logic_file(arena_printf(&suite.arena, "%s.json", file[i]));
    report("JsonLogic");
}

static void
cert_logic_case(const char *file, uint32_t at, const struct value *c)
{
    const struct value *list = value_get(c, "assertions");
    const struct value null = value_null();

    assert_non_null(list);
    for (uint32_t i = 0; i < list->n; i++) {
        const struct value *rule = value_get(&list->item[i], "certLogicExpression");
        const struct value *data = value_get(&list->item[i], "data");

        run(arena_printf(&suite.arena, "certlogic/%s %u.%u %s", file, at, i,
                         value_get_string(c, "name")),
            rule ? rule : value_get(c, "certLogicExpression"), data ? data : &null,
            value_get(&list->item[i], "expected"));
    }
}

static void
cert_logic_gives_the_same_or_is_refused_by_name(void **state)
{
    static const char file[][40] = {"JsonLogic-testSuite.json",
                                    "and.json",
                                    "comparison.json",
                                    "date-times.json",
                                    "detect-missing-values.json",
                                    "equality.json",
                                    "extractFromUCVI.json",
                                    "if.json",
                                    "in.json",
                                    "ins-with-nulls.json",
                                    "patched-reduce.json",
                                    "recognising-minors-with-DCC-DOB.json",
                                    "recognising-minors-with-plusTime.json",
                                    "var.json"};

    (void)state;
    if (is_absent())
        return;
    for (size_t f = 0; f < sizeof(file) / sizeof(*file); f++) {
        const struct value all = load(arena_printf(&suite.arena, "certlogic/%s", file[f]));
        const struct value *cases = value_get(&all, "cases");

        assert_non_null(cases);
        for (uint32_t i = 0; i < cases->n; i++)
            cert_logic_case(file[f], i, &cases->item[i]);
    }
    report("CertLogic");
}

/* Its validator's verdicts: an expression with issues is refused, one without compiles. */
static void
cert_logic_agrees_on_what_is_an_expression(void **state)
{
    static const char file[][44] = {
        "validation-basic-literals-invalid.json", "validation-basic-literals-valid.json",
        "validation-operation-objects.json", "validation-var-operations.json"};
    int n = 0;

    (void)state;
    if (is_absent())
        return;
    for (size_t f = 0; f < sizeof(file) / sizeof(*file); f++) {
        const struct value all = load(arena_printf(&suite.arena, "certlogic/%s", file[f]));
        const struct value *cases = value_get(&all, "cases");

        assert_non_null(cases);
        for (uint32_t i = 0; i < cases->n; i++, n++) {
            const struct expression *x;
            struct error e = {0};

            assert_int_equal(expression_compile_as(
                                 &suite.arena, value_get(&cases->item[i], "certLogicExpression"),
                                 EXPRESSION_ANONYMOUS, &x, &e),
                             value_get(&cases->item[i], "issues")->n == 0);
        }
    }
    print_message("CertLogic validation: %d verdicts, all the same\n", n);
}

static void
every_listed_case_was_refused(void **state)
{
    int unmet = 0;

    (void)state;
    if (is_absent())
        return;
    for (int i = 0; i < suite.n_listed; i++)
        if (!suite.listed[i].met) {
            print_error("listed and not refused: %s\t%s\n", suite.listed[i].code,
                        suite.listed[i].name);
            unmet++;
        }
    assert_int_equal(unmet, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_logic_gives_the_same_or_is_refused_by_name),
        cmocka_unit_test(cert_logic_gives_the_same_or_is_refused_by_name),
        cmocka_unit_test(cert_logic_agrees_on_what_is_an_expression),
        cmocka_unit_test(every_listed_case_was_refused),
    };

    return cmocka_run_group_tests(tests, find_folder, release);
}
