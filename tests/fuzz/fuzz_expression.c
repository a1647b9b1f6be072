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
    if (!v || v->kind == VALUE_NULL) /* an optional integer, not filled in */
        return (struct known){.declared = true, .kind = VALUE_INT};
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

/* Reads choices from the input; out of input everything is 0. */
struct writer {
    const uint8_t *at, *end;
    struct arena *arena;
};

static unsigned
choose(struct writer *w, unsigned n)
{
    return w->at < w->end ? *w->at++ % n : 0;
}

static struct value
operation(struct writer *w, const char *name, const struct value *item, unsigned n)
{
    struct member *m = arena_new(w->arena, struct member);

    *m = (struct member){name, (uint32_t)strlen(name),
                         value_array(arena_copy(w->arena, item, n * sizeof(*item)), n)};
    return value_object(w->arena, m, 1);
}

static struct value
write_leaf(struct writer *w)
{
    static const char path[][4] = {"i", "j", "s", "d", "b", "t", "n", "x", "o", "o.i", "n.0", ""};
    static const char string[][28] = {"", "a", "2026-03-31", "2026-03-31T10:00:00.5+08:00"};
    struct value item[2] = {value_borrow(path[choose(w, 12)]), value_int(0)};

    switch (choose(w, 6)) {
    case 0:
        return value_bool(choose(w, 2));
    case 1:
        return value_int(choose(w, 8) == 7 ? INT64_MAX : (int64_t)choose(w, 5) - 2);
    case 2:
        return value_borrow(string[choose(w, 4)]);
    case 3:
        return operation(
            w, "===", (struct value[]){operation(w, "missing", item, 1), value_array(NULL, 0)}, 2);
    case 4:
        return operation(w, "var", item, 2);
    default:
        return operation(w, "var", item, 1);
    }
}

static struct value
write_expression(struct writer *w, int depth)
{
    static const struct {
        char name[20];
        unsigned least, more;
    } rule[] = {
        {"===", 2, 1},   {"!==", 2, 1},       {"<", 2, 2},        {">=", 2, 2},
        {"and", 1, 3},   {"or", 1, 3},        {"!", 1, 1},        {"if", 3, 1},
        {"if", 5, 1},    {"in", 2, 1},        {"all", 2, 1},      {"some", 2, 1},
        {"none", 2, 1},  {"+", 1, 3},         {"-", 1, 3},        {"*", 1, 3},
        {"after", 2, 2}, {"not-after", 2, 2}, {"plusTime", 2, 1}, {"workingDaysBetween", 2, 1},
        {"", 0, 3}};
    static const char unit[][8] = {"year", "month", "day", "hour", "minute"};
    const unsigned r = choose(w, 21 + 6);
    struct value item[6];
    unsigned n;

    if (depth == 0 || r >= 21)
        return write_leaf(w);
    n = rule[r].least + choose(w, rule[r].more);
    for (unsigned i = 0; i < n; i++)
        item[i] = write_expression(w, depth - 1);
    if (!strcmp(rule[r].name, "plusTime"))
        item[n++] = value_borrow(unit[choose(w, 5)]);
    if (!*rule[r].name)
        return value_array(arena_copy(w->arena, item, n * sizeof(*item)), n);
    return operation(w, rule[r].name, item, n);
}

static void
check_written(struct arena *a, const uint8_t *data, size_t size)
{
    static const char form[] = "{\"i\": 3, \"j\": -1, \"s\": \"a\", \"d\": \"2026-03-02\", \"b\": "
                               "true, \"t\": [\"a\", \"b\"],"
                               " \"n\": [1, 2, 3], \"o\": {\"i\": 5}}";
    struct writer w = {data, data + size, a};
    const struct value rule = write_expression(&w, 5);
    struct error e = {0};
    struct value v;

    demand(json_read(a, form, strlen(form), false, &v, &e));
    check(a, &rule, &v, EXPRESSION_ANONYMOUS);
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
    } else {
        check_written(&a, data, size);
    }
    arena_release(&a);
    return 0;
}
