/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: [expression, data] must compile or not, evaluate twice alike, and keep what was
 * proved. */
#include <stdint.h>
#include <string.h>

#include "definition/expression.h"
#include "definition/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define demand(condition) ((condition) ? (void)0 : __builtin_trap())

/* The data told as if it were a schema: what is there is required, and of its kind. */
struct schema {
    const struct value *data;
    bool vague; /* something was asked that this cannot tell */
};

static bool
is_date(const struct value *v)
{
    instant t;
    day d;

    return v->kind == VALUE_STRING &&
           (day_read(v->string, v->n, &d) || instant_read(v->string, v->n, &t));
}

static const struct value *
step_into(const struct value *v, const char *name, size_t len)
{
    char part[64];
    uint32_t at = 0;

    if (len >= sizeof(part))
        return NULL;
    memcpy(part, name, len);
    part[len] = 0;
    if (v->kind == VALUE_OBJECT)
        return value_get(v, part);
    if (v->kind != VALUE_ARRAY || len > 9 || (len > 1 && *part == '0'))
        return NULL;
    for (size_t i = 0; i < len; i++) {
        if (part[i] < '0' || part[i] > '9')
            return NULL;
        at = at * 10 + (uint32_t)(part[i] - '0');
    }
    return at < v->n ? &v->item[at] : NULL;
}

static struct known
describe(const struct value *v, struct schema *schema)
{
    struct known k = {.declared = true, .required = true, .kind = v->kind, .date = is_date(v)};

    if (v->kind != VALUE_ARRAY)
        return k;
    k.date = true;
    for (uint32_t i = 0; i < v->n; i++) {
        k.date = k.date && is_date(&v->item[i]);
        if (v->item[i].kind != v->item[0].kind || v->item[i].kind == VALUE_NULL ||
            v->item[i].kind == VALUE_ARRAY)
            schema->vague = true;
    }
    if (v->n)
        k.item_kind = v->item[0].kind;
    return k;
}

static struct known
lookup(const void *arg, enum root root, const char *path)
{
    struct schema *schema = *(struct schema *const *)arg;
    const struct value *v = schema->data;

    demand(root == ROOT_FORM);
    if (strchr(path, '*')) {
        schema->vague = true;
        return (struct known){.declared = true, .required = true};
    }
    for (const char *at = path; v && *at;) {
        const size_t len = strcspn(at, ".");

        if (len > 63)
            schema->vague = true;
        v = step_into(v, at, len);
        at += len + (at[len] == '.');
    }
    if (!v || v->kind == VALUE_NULL)
        return (struct known){.declared = true};
    return describe(v, schema);
}

/* What no proof at load can exclude. */
static bool
is_excused(const struct error *e)
{
    return strstr(e->detail, "does not fit") || strstr(e->detail, "outside the years") ||
           strstr(e->detail, " steps ") || strstr(e->detail, "needs a calendar");
}

static void
check_proof(const struct expression *x, const struct value *data, bool done, const struct error *e)
{
    struct schema schema = {.data = data};
    const struct schema *to = &schema;
    const struct proof proof = {lookup, &to};

    if (expression_prove(x, &proof, VALUE_NULL, NULL, NULL) == 0 && !schema.vague)
        demand(done || is_excused(e));
}

static void
check(struct arena *a, const struct value *rule, const struct value *data, unsigned option)
{
    const struct scope scope = {.root = {data, data, data, data, data, data}, .now = 0};
    const struct wording wording = {LANGUAGE_ZH, NULL, NULL};
    const struct expression *x = NULL;
    struct error e[2] = {{.code = ERROR_NONE}, {.code = ERROR_NONE}};
    struct value v[2];
    struct text said = text_new(a);
    bool done;

    if (!expression_compile_as(a, rule, option, &x, &e[0])) {
        demand(e[0].code == ERROR_DEFINITION_INVALID && *e[0].detail);
        return;
    }
    done = expression_eval(x, &scope, a, &v[0], &e[0]);
    demand(done == expression_eval(x, &scope, a, &v[1], &e[1]));
    if (done)
        demand(value_equal(&v[0], &v[1]) && v[0].kind != VALUE_NULL && v[0].kind != VALUE_REAL);
    else
        demand(e[0].code == ERROR_GUARD_ERROR && *e[0].detail &&
               !strcmp(e[0].detail, e[1].detail) && !strcmp(e[0].pointer, e[1].pointer));
    if (option & EXPRESSION_ANONYMOUS)
        check_proof(x, data, done, &e[0]);
    expression_say(x, &wording, &said);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct error e = {0};
    struct value v;

    if (json_read(&a, (const char *)data, size, false, &v, &e) && v.kind == VALUE_ARRAY &&
        v.n == 2) {
        check(&a, &v.item[0], &v.item[1], 0);
        check(&a, &v.item[0], &v.item[1], EXPRESSION_ANONYMOUS);
    }
    arena_release(&a);
    return 0;
}
