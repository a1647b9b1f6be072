/* SPDX-License-Identifier: Apache-2.0 */
/* The proof at load: what is missing or of the wrong kind is found before any case meets it. */
#include "tests/unit/expression_help.h"

/* A form of required, optional and dated fields. */
static struct known
lookup(const void *arg, enum root root, const char *path)
{
    static const struct {
        const char *path;
        struct known known;
    } field[] = {
        {"area", {true, true, VALUE_INT, VALUE_NULL, false, NULL}},
        {"name", {true, true, VALUE_STRING, VALUE_NULL, false, NULL}},
        {"urgent", {true, true, VALUE_BOOL, VALUE_NULL, false, NULL}},
        {"floor", {true, false, VALUE_INT, VALUE_NULL, false, NULL}},
        {"rooms", {true, false, VALUE_INT, VALUE_NULL, false, NULL}},
        {"old", {true, false, VALUE_BOOL, VALUE_NULL, false, NULL}},
        {"born", {true, true, VALUE_STRING, VALUE_NULL, true, NULL}},
        {"days", {true, true, VALUE_ARRAY, VALUE_STRING, true, NULL}},
        {"tags", {true, true, VALUE_ARRAY, VALUE_STRING, false, NULL}},
        {"sizes", {true, false, VALUE_ARRAY, VALUE_INT, false, NULL}},
        {"items", {true, true, VALUE_ARRAY, VALUE_OBJECT, false, NULL}},
        {"items.*.price", {true, true, VALUE_INT, VALUE_NULL, false, NULL}},
        {"items.*.note", {true, false, VALUE_STRING, VALUE_NULL, false, NULL}},
        {"place", {true, false, VALUE_OBJECT, VALUE_NULL, false, NULL}},
        {"place.code", {true, false, VALUE_INT, VALUE_NULL, false, NULL}},
        {"share", {true, true, VALUE_REAL, VALUE_NULL, false, NULL}},
        {"any", {true, true, VALUE_NULL, VALUE_NULL, false, NULL}},
    };

    assert_string_equal(arg, "the form");
    for (size_t i = 0; root == ROOT_FORM && i < sizeof(field) / sizeof(*field); i++)
        if (!strcmp(field[i].path, path))
            return field[i].known;
    return (struct known){.declared = false};
}

static void
note(void *arg, const char *pointer, const char *what)
{
    struct text *t = arg;

    text_printf(t, "%s: %s\n", pointer, what);
}

static const struct proof proof = {lookup, "the form"};

static void
proved(const char *text)
{
    struct text found = text_new(&arena);

    if (expression_prove(compile(text), &proof, VALUE_BOOL, note, &found))
        fail_msg("%s has a problem: %s", text, found.at);
}

/* One problem, at @pointer, that says @what. */
static void
problem(const char *text, const char *pointer, const char *what)
{
    struct text found = text_new(&arena);
    const int n = expression_prove(compile(text), &proof, VALUE_BOOL, note, &found);

    if (n != 1 || strncmp(found.at, pointer, strlen(pointer)) != 0 ||
        found.at[strlen(pointer)] != ':' || !strstr(found.at, what))
        fail_msg("%s: %d problems: %s", text, n, n ? found.at : "");
}

static void
required_fields_need_no_guard(void **state)
{
    (void)state;
    proved("{'<': [{'var': 'form.area'}, 300]}");
    proved("{'===': [{'var': 'form.name'}, 'x']}");
    proved(
        "{'and': [{'var': 'form.urgent'}, {'in': [{'var': 'form.name'}, {'var': 'form.tags'}]}]}");
    proved("{'before': [{'var': 'form.born'}, {'plusTime': [{'var': 'now'}, -18, 'year']}]}");
}

static void
optional_and_undeclared_fields_are_found(void **state)
{
    (void)state;
    problem("{'<': [{'var': 'form.floor'}, 3]}", "/</0",
            "form.floor may be missing: make it required");
    problem("{'<': [{'var': 'form.flor'}, 3]}", "/</0", "form.flor is not declared");
    problem("{'<': [{'var': 'input.area'}, 3]}", "/</0", "input.area is not declared");
    problem("{'===': [{'var': 'now.x'}, 3]}", "/===/0", "now.x is not declared");
    problem("{'===': [{'missing': ['form.flor']}, []]}", "/===/0", "form.flor is not declared");
    problem("{'some': [{'var': 'form.sizes'}, {'<': [{'var': ''}, 3]}]}", "/some/0",
            "form.sizes may be missing");
}

static void
a_default_proves_presence(void **state)
{
    (void)state;
    proved("{'<': [{'var': ['form.floor', 0]}, 3]}");
    proved("{'some': [{'var': ['form.sizes', []]}, {'<': [{'var': ''}, 3]}]}");
    problem("{'<': [{'var': ['form.floor', '0']}, 3]}", "/</0",
            "the default of form.floor is a string");
    problem("{'some': [{'var': ['form.sizes', ['x']]}, {'<': [{'var': ''}, 3]}]}", "/some/0",
            "the items of the default of form.sizes are not each an integer");
    problem("{'before': [{'var': ['form.born', 'x']}, {'var': 'now'}]}", "/before/0",
            "the default of form.born is no date");
}

static void
a_guard_proves_presence_in_and(void **state)
{
    (void)state;
    proved(
        "{'and': [{'===': [{'missing': ['form.floor']}, []]}, {'<': [{'var': 'form.floor'}, 3]}]}");
    proved("{'and': [{'===': [[], {'missing': 'form.floor'}]}, true, {'<': [{'var': 'form.floor'}, "
           "3]}]}");
    proved("{'and': [{'===': [{'missing': ['form.floor', 'form.rooms']}, []]},"
           " {'<': [{'var': 'form.floor'}, {'var': 'form.rooms'}]}]}");
    proved("{'and': [{'!': {'!==': [{'missing': ['form.floor']}, []]}}, {'<': [{'var': "
           "'form.floor'}, 3]}]}");
    /* too late, the wrong field, the wrong way round */
    problem(
        "{'and': [{'<': [{'var': 'form.floor'}, 3]}, {'===': [{'missing': ['form.floor']}, []]}]}",
        "/and/0/</0", "may be missing");
    problem(
        "{'and': [{'===': [{'missing': ['form.rooms']}, []]}, {'<': [{'var': 'form.floor'}, 3]}]}",
        "/and/1/</0", "may be missing");
    problem(
        "{'and': [{'!==': [{'missing': ['form.floor']}, []]}, {'<': [{'var': 'form.floor'}, 3]}]}",
        "/and/1/</0", "may be missing");
    problem("{'and': [{'===': [{'missing': ['form.floor']}, ['x']]}, {'<': [{'var': 'form.floor'}, "
            "3]}]}",
            "/and/1/</0", "may be missing");
}

static void
a_guard_proves_presence_in_or(void **state)
{
    (void)state;
    proved(
        "{'or': [{'!==': [{'missing': ['form.floor']}, []]}, {'<': [{'var': 'form.floor'}, 3]}]}");
    problem(
        "{'or': [{'===': [{'missing': ['form.floor']}, []]}, {'<': [{'var': 'form.floor'}, 3]}]}",
        "/or/1/</0", "may be missing");
    /* either guard may have let it through */
    problem("{'and': [{'or': [{'===': [{'missing': ['form.floor']}, []]}, {'var': 'form.urgent'}]},"
            " {'<': [{'var': 'form.floor'}, 3]}]}",
            "/and/1/</0", "may be missing");
    proved("{'and': [{'or': [{'===': [{'missing': ['form.floor']}, []]},"
           " {'===': [{'missing': ['form.rooms', 'form.floor']}, []]}]},"
           " {'<': [{'var': 'form.floor'}, 3]}]}");
    /* and the other way round: when the `and` is false, either may be missing */
    problem("{'or': [{'and': [{'!==': [{'missing': ['form.floor']}, []]}, {'var': 'form.urgent'}]},"
            " {'<': [{'var': 'form.floor'}, 3]}]}",
            "/or/1/</0", "may be missing");
}

static void
a_guard_proves_presence_in_if(void **state)
{
    (void)state;
    proved("{'if': [{'===': [{'missing': ['form.floor']}, []]}, {'<': [{'var': 'form.floor'}, 3]}, "
           "false]}");
    proved("{'if': [{'!==': [{'missing': ['form.floor']}, []]}, false, {'<': [{'var': "
           "'form.floor'}, 3]}]}");
    proved("{'if': [{'!==': [{'missing': ['form.floor']}, []]}, true, {'var': 'form.urgent'}, true,"
           " {'<': [{'var': 'form.floor'}, 3]}]}");
    problem("{'if': [{'===': [{'missing': ['form.floor']}, []]}, true, {'<': [{'var': "
            "'form.floor'}, 3]}]}",
            "/if/2/</0", "may be missing");
    /* an `if` as a guard: its false arm cannot be what let us through */
    proved("{'and': [{'if': [{'===': [{'missing': ['form.floor']}, []]}, {'var': 'form.urgent'}, "
           "false]},"
           " {'<': [{'var': 'form.floor'}, 3]}]}");
    problem("{'and': [{'if': [{'===': [{'missing': ['form.floor']}, []]}, {'var': 'form.urgent'}, "
            "true]},"
            " {'<': [{'var': 'form.floor'}, 3]}]}",
            "/and/1/</0", "may be missing");
}

static void
what_is_inside_a_guarded_field_guards_it_too(void **state)
{
    (void)state;
    proved("{'and': [{'===': [{'missing': ['form.place.code']}, []]},"
           " {'===': [{'var': 'form.place.code'}, 7]}]}");
    problem("{'and': [{'===': [{'missing': ['form.place']}, []]},"
            " {'===': [{'var': 'form.place.code'}, 7]}]}",
            "/and/1/===/0", "form.place.code may be missing");
}

static void
elements_are_proved_too(void **state)
{
    (void)state;
    proved("{'all': [{'var': 'form.items'}, {'>': [{'var': 'price'}, 0]}]}");
    proved("{'all': [{'var': 'form.items'}, {'and': [{'===': [{'missing': ['note']}, []]},"
           " {'===': [{'var': 'note'}, 'x']}]}]}");
    proved("{'some': [{'var': 'form.days'}, {'after': [{'var': ''}, '2026-01-01']}]}");
    problem("{'some': [{'var': 'form.days'}, {'after': [{'var': ''}, {'var': 'now'}]}]}",
            "/some/1/after/1", "now of the element is not declared; inside all");
    problem("{'all': [{'var': 'form.items'}, {'===': [{'var': 'note'}, 'x']}]}", "/all/1/===/0",
            "note of the element may be missing");
    problem("{'all': [{'var': 'form.items'}, {'>': [{'var': 'prize'}, 0]}]}", "/all/1/>/0",
            "prize of the element is not declared");
    problem("{'all': [{'var': 'form.tags'}, {'>': [{'var': ''}, 0]}]}", "/all/1/>/0",
            "the element is a string where > needs an integer");
    problem("{'some': [[1, 2], {'===': [{'var': 'x'}, 1]}]}", "/some/1/===/0",
            "x of the element is not declared");
    problem("{'some': [[true], {'<': [{'var': ['x', 'y']}, 1]}]}", "/some/1/</0",
            "x of the element is not declared");
    /* what one loop guards says nothing about the next */
    problem("{'and': [{'all': [{'var': 'form.items'}, {'===': [{'missing': ['note']}, []]}]},"
            " {'all': [{'var': 'form.items'}, {'===': [{'var': 'note'}, 'x']}]}]}",
            "/and/1/all/1/===/0", "may be missing");
}

static void
kinds_that_cannot_fit_are_found(void **state)
{
    (void)state;
    problem("{'<': [{'var': 'form.name'}, 3]}", "/</0",
            "form.name is a string where < needs an integer");
    problem("{'<': [{'+': [{'var': 'form.urgent'}, 1]}, 3]}", "/</0/+/0",
            "form.urgent is true or false where + needs an integer");
    problem("{'===': [{'var': 'form.area'}, '3']}", "", "an integer is never the same as a string");
    problem(
        "{'and': [{'===': [{'missing': 'form.place'}, []]}, {'===': [{'var': 'form.place'}, 7]}]}",
        "/and/1", "=== compares no objects");
    problem("{'and': [{'var': 'form.area'}, true]}", "/and/0", "and needs true or false");
    problem("{'!': {'var': 'form.name'}}", "/!", "! needs true or false");
    problem("{'if': [{'var': 'form.area'}, true, false]}", "/if/0", "if needs true or false");
    problem("{'in': [{'var': 'form.area'}, {'var': 'form.tags'}]}", "",
            "an integer is never in an array");
    problem("{'in': [{'var': 'form.tags'}, {'var': 'form.tags'}]}", "/in/0",
            "in needs an integer, a");
    problem("{'in': ['x', {'var': 'form.name'}]}", "/in/1", "in needs an array");
    problem("{'<': [{'var': 'form.share'}, 3]}", "/</0", "may be a number with a fraction");
    problem("{'after': [{'var': 'form.name'}, {'var': 'now'}]}", "/after/0",
            "form.name may be any string where after needs a date");
    problem("{'<': [{'workingDaysBetween': [{'var': 'form.area'}, {'var': 'now'}]}, 3]}",
            "/</0/workingDaysBetween/0", "needs a string");
    problem("{'before': [{'plusTime': [{'var': 'form.born'}, '1', 'day']}, {'var': 'now'}]}",
            "/before/0/plusTime/1", "needs an integer");
    problem("{'+': [1, 2]}", "", "the result of + is an integer where true or false is needed");
    problem("{'in': [1, [1, 'x']]}", "/in/1", "the items of an array are all integers");
    problem("{'===': [{'var': 'form.tags'}, [['x']]]}", "/===/1",
            "the items of an array are all integers");
    problem("{'in': [1, [2, {'var': 'form.name'}]]}", "/in/1/1", "the items of an array");
    problem("{'===': [{'if': [{'var': 'form.urgent'}, 1, 'x']}, 1]}", "/===/0/if/2",
            "what an if gives is of one kind");
    proved("{'<': [{'var': 'form.any'}, 3]}"); /* checked when evaluated */
}

static void
every_problem_is_told(void **state)
{
    struct text found = text_new(&arena);
    const struct expression *x = compile(
        "{'or': [{'<': [{'var': 'form.floor'}, 'x']}, {'===': [{'var': 'form.flor'}, 1]}]}");

    (void)state;
    assert_int_equal(expression_prove(x, &proof, VALUE_BOOL, note, &found), 3);
    assert_int_equal(expression_prove(x, &proof, VALUE_BOOL, NULL, NULL), 3);
}

/* Whatever is proved and meets a form that keeps to its schema is never in error. */
static void
what_is_proved_evaluates(void **state)
{
    static const char *const form[] = {
        "{'area': 1, 'urgent': true}", "{'area': 1, 'urgent': false, 'floor': 2}",
        "{'area': 1, 'urgent': true, 'rooms': 3}",
        "{'area': 9, 'urgent': false, 'floor': 4, 'rooms': 2}",
        "{'area': 9, 'urgent': true, 'floor': 4, 'rooms': 2, 'old': true}"};
    static const char *const atom[] = {"{'var': 'form.urgent'}",
                                       "{'===': [{'missing': ['form.floor']}, []]}",
                                       "{'!==': [{'missing': ['form.floor', 'form.rooms']}, []]}",
                                       "{'===': [{'missing': ['form.old']}, []]}",
                                       "{'<': [{'var': 'form.floor'}, {'var': 'form.area'}]}",
                                       "{'<': [{'var': 'form.rooms'}, {'var': ['form.floor', 0]}]}",
                                       "{'var': 'form.old'}",
                                       "true",
                                       "false"};
    enum { ATOMS = sizeof(atom) / sizeof(*atom), FORMS = sizeof(form) / sizeof(*form) };
    static const char *const shape[] = {"{'and': [%s, %s, %s]}",
                                        "{'or': [%s, %s, %s]}",
                                        "{'if': [%s, %s, %s]}",
                                        "{'and': [{'or': [%s, %s]}, %s]}",
                                        "{'or': [{'and': [%s, %s]}, %s]}",
                                        "{'or': [{'!': {'if': [%s, %s, false]}}, %s]}",
                                        "{'and': [{'!': {'or': [%s, %s]}}, %s]}",
                                        "{'if': [{'and': [%s, %s]}, %s, true]}",
                                        "{'if': [{'if': [%s, true, %s]}, %s, false]}"};
    int n_proved = 0;

    (void)state;
    for (size_t i = 0; i < ATOMS * ATOMS * ATOMS * (sizeof(shape) / sizeof(*shape)); i++) {
        const size_t s = i / (ATOMS * ATOMS * ATOMS);
        struct text t = text_new(&arena);
        const struct expression *x;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        text_printf(&t, shape[s], atom[i % ATOMS], atom[i / ATOMS % ATOMS],
                    atom[i / ATOMS / ATOMS % ATOMS]);
#pragma GCC diagnostic pop
        x = compile(t.at);
        if (expression_prove(x, &proof, VALUE_BOOL, NULL, NULL))
            continue;
        n_proved++;
        for (size_t f = 0; f < FORMS; f++) {
            const struct scope with = {.root = {json(form[f])}, .now = INSTANT_NONE};
            struct error e = {0};
            bool yes;

            if (!expression_test(x, &with, &arena, &yes, &e))
                fail_msg("%s is proved, and with %s: %s", t.at, form[f], e.detail);
        }
    }
    print_message("%d conditions proved, each without error on %d forms\n", n_proved, FORMS);
    assert_true(n_proved > 1000);
}

static void
collect(void *arg, enum root root, const char *path)
{
    struct text *t = arg;

    text_printf(t, "%s %s;", root_name(root), path);
}

static void
every_path_used_is_told(void **state)
{
    struct text t = text_new(&arena);

    (void)state;
    expression_vars(
        compile("{'and': [{'all': [{'var': 'form.items'}, {'>': [{'var': 'price'}, 0]}]},"
                " {'===': [{'missing': ['form.floor', 'input.a.b']}, []]},"
                " {'some': [{'var': 'form.sizes'}, {'<': [{'var': ''}, 1]}]},"
                " {'some': [[1], {'<': [{'var': ''}, 1]}]},"
                " {'before': [{'var': 'now'}, {'var': ['case.due', '2026-01-01']}]}]}"),
        collect, &t);
    assert_string_equal(t.at, "form items;form items.*.price;form floor;input a.b;form sizes;now ;"
                              "case due;");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(required_fields_need_no_guard),
        cmocka_unit_test(optional_and_undeclared_fields_are_found),
        cmocka_unit_test(a_default_proves_presence),
        cmocka_unit_test(a_guard_proves_presence_in_and),
        cmocka_unit_test(a_guard_proves_presence_in_or),
        cmocka_unit_test(a_guard_proves_presence_in_if),
        cmocka_unit_test(what_is_inside_a_guarded_field_guards_it_too),
        cmocka_unit_test(elements_are_proved_too),
        cmocka_unit_test(kinds_that_cannot_fit_are_found),
        cmocka_unit_test(every_problem_is_told),
        cmocka_unit_test(what_is_proved_evaluates),
        cmocka_unit_test(every_path_used_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
