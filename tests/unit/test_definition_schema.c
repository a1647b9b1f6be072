/* SPDX-License-Identifier: Apache-2.0 */
/* definition.schema.json says to editors what the reader knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "definition/form.h"
#include "definition/json.h"
#include "definition/parse.h"
#include "definition/registry.h"

static struct arena arena;
static struct value schema;
static const struct form *form;

static int
start(void **state)
{
    struct error e;

    (void)state;
    if (json_read_file(&arena, "workflows/definition.schema.json", &schema, &e) &&
        form_compile(&arena, &schema, FORM_FORMATS_ANNOTATE, &form, &e))
        return 0;
    print_message("%s %s\n", e.pointer, e.detail);
    return -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct value *
described(const struct shape *s)
{
    const struct value *at = strcmp(s->name, "definition") != 0
                                 ? value_get(value_get(&schema, "$defs"), s->name)
                                 : &schema;

    return value_get(at, "properties");
}

static bool
knows(const struct shape *s, const char *key)
{
    for (size_t i = 0; s->key[i]; i++)
        if (!strcmp(s->key[i], key))
            return true;
    return !strcmp(key, "$comment") ||
           (!strcmp(s->name, "definition") && !strcmp(key, "$schema")) ||
           (!strcmp(s->name, "fragment") && !strcmp(key, "$schema"));
}

static void
reader_and_schema_know_the_same_keys(void **state)
{
    (void)state;
    for (int id = 0; id < SHAPE_COUNT; id++) {
        const struct shape *s = shape_of((enum shape_id)id);
        const struct value *properties = described(s);

        assert_non_null(properties);
        for (size_t i = 0; s->key[i]; i++)
            if (!value_get(properties, s->key[i]))
                fail_msg("the schema does not know \"%s\" of %s", s->key[i], s->name);
        for (uint32_t i = 0; i < properties->n; i++)
            if (!knows(s, properties->member[i].name))
                fail_msg("the reader does not know \"%s\" of %s", properties->member[i].name,
                         s->name);
    }
}

static size_t
violations_of(const char *path)
{
    struct violations found;
    struct value v;
    struct error e;

    assert_true(json_read_file(&arena, path, &v, &e));
    found = form_check(form, &v, &arena);
    return found.n;
}

static void
every_workflow_of_the_hall_meets_the_schema(void **state)
{
    struct definition_files files;
    struct error e;

    (void)state;
    assert_int_equal(violations_of("tests/definitions/sound.json"), 0);
    assert_int_equal(violations_of("tests/definitions/sound-fragments.json"), 0);
    assert_int_equal(violations_of("tests/definitions/sound-core.json"), 0);
    assert_true(definition_find_files(&arena, "workflows", &files, &e));
    for (uint32_t i = 0; i < files.n; i++)
        if (violations_of(files.path[i]) != 0)
            fail_msg("%s does not meet the schema", files.path[i]);
}

static void
an_editor_sees_what_is_wrong_with_the_words(void **state)
{
    static const char *const names[] = {
        "wrong-kind",    "unknown-key",   "missing-key", "bad-id",
        "title-missing", "later-release", "step-kind",   "key-not-here",
        "bad-limit",     "bad-date",      "bad-word",    "empty",
        "twice",         "bad-prefix",    "bad-field",   "validity-unit"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (violations_of(arena_printf(&arena, "tests/definitions/%s.json", names[i])) == 0)
            fail_msg("the schema accepts %s.json", names[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_and_schema_know_the_same_keys),
        cmocka_unit_test(every_workflow_of_the_hall_meets_the_schema),
        cmocka_unit_test(an_editor_sees_what_is_wrong_with_the_words),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
