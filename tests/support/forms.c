/* SPDX-License-Identifier: Apache-2.0 */
/* Forms for tests: compiling, checking, and telling what was found. */
#include "tests/support/forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "definition/json.h"

struct arena forms_arena;

int
forms_release(void **state)
{
    (void)state;
    arena_release(&forms_arena);
    return 0;
}

const struct value *
forms_json(const char *text)
{
    struct value *v = arena_new(&forms_arena, struct value);
    char *copy = arena_strdup(&forms_arena, text);
    struct error e = {0};

    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    if (!json_read(&forms_arena, copy, strlen(copy), false, v, &e))
        fail_msg("%s: %s", text, e.detail);
    return v;
}

const struct form *
forms_compile(const char *schema)
{
    const struct form *f = NULL;
    struct error e = {0};

    if (!form_compile(&forms_arena, forms_json(schema), FORM_FORMATS_ASSERT, &f, &e))
        fail_msg("%s: %s: %s", schema, e.pointer, e.detail);
    return f;
}

const char *
forms_wrong(const char *schema, const char *instance)
{
    const struct violations v =
        form_check(forms_compile(schema), forms_json(instance), &forms_arena);
    struct text t = text_new(&forms_arena);

    for (size_t i = 0; i < v.n; i++) {
        text_printf(&t, "%s%s %s", i ? "\n" : "", v.item[i].pointer, v.item[i].keyword);
        assert_true(*v.item[i].zh && *v.item[i].en);
    }
    return t.at;
}

struct violation
forms_only(const char *schema, const char *instance)
{
    const struct violations v =
        form_check(forms_compile(schema), forms_json(instance), &forms_arena);

    assert_int_equal(v.n, 1);
    return v.item[0];
}

void
forms_refused(const char *schema, const char *pointer, const char *word)
{
    const struct form *f = NULL;
    struct error e = {0};

    if (form_compile(&forms_arena, forms_json(schema), FORM_FORMATS_ASSERT, &f, &e))
        fail_msg("%s compiled", schema);
    assert_null(f);
    assert_int_equal(e.code, ERROR_DEFINITION_INVALID);
    assert_string_equal(e.pointer, pointer);
    if (!strstr(e.detail, word))
        fail_msg("%s: \"%s\" does not say \"%s\"", schema, e.detail, word);
}

char *
forms_repeat(const char *piece, size_t n)
{
    struct text t = text_new(&forms_arena);

    while (n--)
        text_str(&t, piece);
    return t.at;
}
