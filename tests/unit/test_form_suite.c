/* SPDX-License-Identifier: Apache-2.0 */
/* The public JSON Schema test suite against our subset, with `format` as annotation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>
#include <jansson.h>

#include "definition/form.h"

/* What is outside of the subset, by file and name; refused when the form is compiled. */
static const struct {
    const char *file, *name, *why;
} refused[] = {
    {"defs", "validate definition against metaschema", "refers to the metaschema"},
    {"not", "collect annotations inside a 'not', even if collection is disabled",
     "unevaluatedProperties"},
    {"ref", "remote ref, containing refs itself", "refers to the metaschema"},
    {"ref", "ref creates new scope when adjacent to keywords", "unevaluatedProperties"},
    {"ref", "order of evaluation: $id and $anchor and $ref", "$anchor"},
    {"ref", "URN base URI with URN and anchor ref", "$anchor"},
};

struct tally {
    int passed, refused, failed, groups_refused;
};

/*
 * The suite has strings with U+0000, which json_read() refuses; a form must
 * judge them all the same, so jansson reads here.
 */
static struct value
convert(struct arena *a, json_t *j)
{
    switch (json_typeof(j)) {
    case JSON_NULL:
        return value_null();
    case JSON_TRUE:
    case JSON_FALSE:
        return value_bool(json_is_true(j));
    case JSON_INTEGER:
        return value_int(json_integer_value(j));
    case JSON_REAL: {
        const double d = json_real_value(j);

        if (d > -9e18 && d < 9e18 && (double)(int64_t)d == d)
            return value_int((int64_t)d);
        return (struct value){.kind = VALUE_REAL, .real = d};
    }
    case JSON_STRING:
        return (struct value){.kind = VALUE_STRING,
                              .n = (uint32_t)json_string_length(j),
                              .string = json_string_value(j)};
    case JSON_ARRAY: {
        struct value *item = arena_array(a, json_array_size(j), struct value);

        for (size_t i = 0; i < json_array_size(j); i++)
            item[i] = convert(a, json_array_get(j, i));
        return value_array(item, json_array_size(j));
    }
    case JSON_OBJECT: {
        struct member *m = arena_array(a, json_object_size(j), struct member);
        const char *name;
        json_t *child;
        size_t n = 0;

        json_object_foreach (j, name, child) {
            m[n].name = name;
            m[n].name_len = (uint32_t)strlen(name);
            m[n++].value = convert(a, child);
        }
        return value_object(a, m, n);
    }
    }
    return value_null();
}

static bool
is_refused_by_name(const char *file, const char *name)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (strcmp(refused[i].file, file) == 0 && strcmp(refused[i].name, name) == 0)
            return true;
    return false;
}

static void
play_group(const char *file, const struct value *group, struct arena *a, struct tally *t)
{
    const struct value *tests = value_get(group, "tests");
    const char *name = value_get_string(group, "description");
    const bool outside = is_refused_by_name(file, name);
    struct error e = {0};
    const struct form *f = NULL;
    const bool compiled =
        form_compile(a, value_get(group, "schema"), FORM_FORMATS_ANNOTATE, &f, &e);

    if (compiled == outside) {
        printf("%s: %s: %s\n", file, name, compiled ? "compiled, is to be refused" : e.detail);
        t->failed += (int)tests->n;
        return;
    }
    if (outside) {
        assert_int_equal(e.code, ERROR_DEFINITION_INVALID);
        t->refused += (int)tests->n;
        t->groups_refused++;
        return;
    }
    for (uint32_t i = 0; i < tests->n; i++) {
        const struct value *one = &tests->item[i];
        const bool valid = form_check(f, value_get(one, "data"), a).n == 0;

        if (valid == value_get(one, "valid")->boolean) {
            t->passed++;
            continue;
        }
        t->failed++;
        printf("%s: %s: %s\n", file, name, value_get_string(one, "description"));
    }
}

static void
play_file(const char *path, struct tally *t)
{
    struct arena a = {0};
    json_t *root = json_load_file(path, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    const char *slash = strrchr(path, '/');
    struct value groups;
    char *file;

    assert_non_null(root);
    groups = convert(&a, root);
    file = arena_strndup(&a, slash + 1, strlen(slash + 1) - strlen(".json"));
    for (uint32_t i = 0; i < groups.n; i++)
        play_group(file, &groups.item[i], &a, t);
    json_decref(root);
    arena_release(&a);
}

static void
the_suite_passes_but_for_what_is_refused_by_name(void **state)
{
    const char *shared = getenv("ONESTOP_SHARED");
    struct tally t = {0};
    char pattern[512];
    glob_t files;

    (void)state;
    (void)snprintf(pattern, sizeof(pattern), "%s/suites/json-schema/*.json",
                   shared ? shared : "../shared");
    if (glob(pattern, 0, NULL, &files) != 0) {
        printf("json-schema: skipped, the suite is not here\n");
        return;
    }
    for (size_t i = 0; i < files.gl_pathc; i++)
        play_file(files.gl_pathv[i], &t);
    globfree(&files);
    printf("json-schema: %d of %d pass, %d refused by name\n", t.passed,
           t.passed + t.refused + t.failed, t.refused);
    assert_int_equal(t.failed, 0);
    assert_int_equal(t.passed + t.refused, 991);
    assert_int_equal(t.groups_refused, sizeof(refused) / sizeof(refused[0]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_suite_passes_but_for_what_is_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
