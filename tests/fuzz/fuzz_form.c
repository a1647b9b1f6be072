/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes forms: a schema, a line break, an instance; checking twice must say the same. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/require.h"
#include "definition/form.h"
#include "definition/json.h"

static void
check_twice(const struct form *f, const struct value *instance, struct arena *a)
{
    const struct violations one = form_check(f, instance, a), two = form_check(f, instance, a);

    require(one.n <= FORM_VIOLATIONS_MAX + 1 && one.n == two.n);
    for (size_t i = 0; i < one.n; i++) {
        require(strcmp(one.item[i].pointer, two.item[i].pointer) == 0);
        require(strcmp(one.item[i].keyword, two.item[i].keyword) == 0);
        require(strcmp(one.item[i].zh, two.item[i].zh) == 0);
        require(strcmp(one.item[i].en, two.item[i].en) == 0);
    }
}

/* What a valid object has must be what form_field() promised. */
static void
compare_fields(const struct form *f, const struct value *instance, struct arena *a)
{
    if (instance->kind != VALUE_OBJECT || form_check(f, instance, a).n)
        return;
    for (uint32_t i = 0; i < instance->n; i++) {
        const struct member *m = &instance->member[i];
        const struct form_field x = form_field(f, m->name);

        if (x.kind != VALUE_NULL && !strchr(m->name, '.'))
            require(x.kind == m->value.kind);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *cut = size ? memchr(text, '\n', size) : NULL;
    struct value schema, instance;
    const struct form *f;
    struct arena a = {0};
    struct error e;

    if (cut && json_read(&a, text, (size_t)(cut - text), false, &schema, &e) &&
        json_read(&a, cut + 1, size - (size_t)(cut + 1 - text), false, &instance, &e)) {
        if (form_compile(&a, &schema, FORM_FORMATS_ANNOTATE, &f, &e))
            check_twice(f, &instance, &a);
        if (form_compile(&a, &schema, FORM_FORMATS_ASSERT, &f, &e)) {
            check_twice(f, &instance, &a);
            compare_fields(f, &instance, &a);
            (void)form_field(f, "a.b.c");
        }
    }
    arena_release(&a);
    return 0;
}
