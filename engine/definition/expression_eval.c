/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluates compiled expressions: pure, bounded, and without a value that was guessed. */
#include "definition/expression_node.h"

#include "base/require.h"

struct run {
    const struct expression *x;
    const struct scope *scope;
    const struct value *element; /* of the innermost all/some/none */
    struct arena *arena;
    uint32_t steps;
    struct error *error;
};

static bool eval(struct run *r, uint32_t at, struct value *out);

static bool
refuse(struct run *r, uint32_t at, const char *what)
{
    return error_at(r->error, ERROR_GUARD_ERROR, node_pointer(r->x->node, at).at, "%s %s",
                    node_name(r->x->node, at).at, what);
}

static bool
spend(struct run *r, uint32_t at, uint32_t steps)
{
    if (steps > EXPRESSION_STEPS - r->steps)
        return error_at(r->error, ERROR_GUARD_ERROR, node_pointer(r->x->node, at).at,
                        "%s takes more than the %d steps an expression may take",
                        node_name(r->x->node, at).at, EXPRESSION_STEPS);
    r->steps += steps;
    return true;
}

static bool
wrong_kind(struct run *r, uint32_t at, enum value_kind is, const char *needed)
{
    const struct node *node = r->x->node;
    const char *of = at ? operator_rule[node[node[at].parent].op].name : "a condition";

    return error_at(r->error, ERROR_GUARD_ERROR, node_pointer(node, at).at,
                    "%s is %s where %s needs %s", node_name(node, at).at, kind_phrase(is), of,
                    needed);
}

static bool
eval_kind(struct run *r, uint32_t at, enum value_kind kind, struct value *out)
{
    return eval(r, at, out) &&
           (out->kind == kind || wrong_kind(r, at, out->kind, kind_phrase(kind)));
}

static bool
eval_bool(struct run *r, uint32_t at, bool *out)
{
    struct value v;

    if (!eval_kind(r, at, VALUE_BOOL, &v))
        return false;
    *out = v.boolean;
    return true;
}

/* What stands at @path, or NULL when it is missing. */
static const struct value *
find(struct run *r, const struct path *path)
{
    const struct value *v = path->element ? r->element : r->scope->root[path->root];

    if (!v && path->root == ROOT_NOW && path->n == 0 && r->scope->now != INSTANT_NONE) {
        struct value *now = arena_new(r->arena, struct value);
        char text[INSTANT_TEXT];

        *now = value_string(r->arena, instant_write(r->scope->now, text));
        v = now;
    }
    for (uint16_t i = 0; i < path->n && v; i++) {
        const struct segment *s = &path->segment[i];

        if (v->kind != VALUE_ARRAY)
            v = value_get(v, s->name);
        else
            v = s->index >= 0 && (uint32_t)s->index < v->n ? &v->item[s->index] : NULL;
    }
    return v && v->kind != VALUE_NULL ? v : NULL;
}

static bool
eval_var(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    const struct value *v = find(r, node->path);

    if (!v && node->value.kind == VALUE_NULL)
        return refuse(r, at, "is missing");
    *out = v ? *v : node->value;
    if (out->kind == VALUE_REAL)
        return refuse(r, at, "is a number with a fraction; expressions know integers alone");
    return true;
}

static bool
eval_missing(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    struct value *item = arena_array(r->arena, node->n, struct value);
    size_t n = 0;

    if (!spend(r, at, node->n))
        return false;
    for (uint16_t i = 0; i < node->n; i++)
        if (!find(r, &node->path[i]))
            item[n++] = value_borrow(node->path[i].text);
    *out = value_array(item, n);
    return true;
}

static bool
eval_array(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    struct value *item = arena_array(r->arena, node->n, struct value);

    for (uint16_t i = 0; i < node->n; i++)
        if (!eval(r, node->first + i, &item[i]))
            return false;
    *out = value_array(item, node->n);
    return true;
}

/* Everything that is compared costs a step, however deep it lies. */
static bool
spend_on(struct run *r, uint32_t at, const struct value *v)
{
    if (!spend(r, at, 1))
        return false;
    if (v->kind == VALUE_ARRAY)
        for (uint32_t i = 0; i < v->n; i++)
            if (!spend_on(r, at, &v->item[i]))
                return false;
    return true;
}

static bool
eval_same(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    struct value v[2];

    for (uint32_t i = 0; i < 2; i++) {
        if (!eval(r, node->first + i, &v[i]))
            return false;
        if (v[i].kind == VALUE_OBJECT)
            return wrong_kind(r, node->first + i, v[i].kind,
                              "an integer, a string, true or false, or an array");
        if (!spend_on(r, node->first + i, &v[i]))
            return false;
    }
    *out = value_bool(value_equal(&v[0], &v[1]) == (node->op == OP_SAME));
    return true;
}

static bool
holds(enum op op, int64_t a, int64_t b)
{
    if (op == OP_LESS || op == OP_BEFORE)
        return a < b;
    if (op == OP_AT_MOST || op == OP_NOT_AFTER)
        return a <= b;
    if (op == OP_MORE || op == OP_AFTER)
        return a > b;
    return a >= b;
}

static bool
eval_moment(struct run *r, uint32_t at, instant *out)
{
    struct value v;

    if (!eval_kind(r, at, VALUE_STRING, &v))
        return false;
    return moment_read(&v, r->x->anonymous, out) ||
           refuse(r, at, "is no date (2026-03-01) and no date-time (2026-03-01T09:00:00+08:00)");
}

/* a < b < c is a < b and b < c; all are evaluated first, so that none goes unchecked. */
static bool
eval_order(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    int64_t v[3];
    bool all = true;

    for (uint16_t i = 0; i < node->n; i++) {
        struct value number;

        if (node->op >= OP_AFTER) {
            if (!eval_moment(r, node->first + i, &v[i]))
                return false;
        } else {
            if (!eval_kind(r, node->first + i, VALUE_INT, &number))
                return false;
            v[i] = number.integer;
        }
    }
    for (uint16_t i = 1; i < node->n; i++)
        all = all && holds((enum op)node->op, v[i - 1], v[i]);
    *out = value_bool(all);
    return true;
}

/* `and` stops at the first false, `or` at the first true. */
static bool
eval_logic(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    const bool stop = node->op == OP_OR;
    bool b = !stop;

    for (uint16_t i = 0; i < node->n && b != stop; i++)
        if (!eval_bool(r, node->first + i, &b))
            return false;
    *out = value_bool(b);
    return true;
}

static bool
eval_not(struct run *r, uint32_t at, struct value *out)
{
    bool b;

    if (!eval_bool(r, r->x->node[at].first, &b))
        return false;
    *out = value_bool(!b);
    return true;
}

static bool
eval_if(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    uint32_t i = 0;
    bool yes = false;

    for (; i + 1 < node->n; i += 2) {
        if (!eval_bool(r, node->first + i, &yes))
            return false;
        if (yes)
            break;
    }
    return eval(r, node->first + i + yes, out);
}

static bool
eval_in(struct run *r, uint32_t at, struct value *out)
{
    const uint32_t first = r->x->node[at].first;
    struct value needle, hay;
    bool found = false;

    if (!eval(r, first, &needle))
        return false;
    if (needle.kind == VALUE_ARRAY || needle.kind == VALUE_OBJECT)
        return wrong_kind(r, first, needle.kind, "an integer, a string, or true or false");
    if (!eval_kind(r, first + 1, VALUE_ARRAY, &hay))
        return false;
    for (uint32_t i = 0; i < hay.n && !found; i++) {
        if (!spend(r, at, 1))
            return false;
        found = value_equal(&needle, &hay.item[i]);
    }
    *out = value_bool(found);
    return true;
}

/* all: none is false, and there is one; some: one is true; none: none is true. */
static bool
eval_quantifier(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    const struct value *outer = r->element;
    const bool wanted = node->op != OP_ALL;
    struct value array;
    bool found = false, done = true;

    if (!eval_kind(r, node->first, VALUE_ARRAY, &array))
        return false;
    for (uint32_t i = 0; i < array.n && done && !found; i++) {
        bool b = false;

        r->element = &array.item[i];
        done = spend(r, at, 1) && eval_bool(r, node->first + 1, &b);
        found = done && b == wanted;
    }
    r->element = outer;
    if (node->op == OP_ALL)
        *out = value_bool(!found && array.n > 0);
    else
        *out = value_bool(found == (node->op == OP_SOME));
    return done;
}

static bool
fold(enum op op, int64_t a, int64_t b, int64_t *out)
{
    if (op == OP_PLUS)
        return !__builtin_add_overflow(a, b, out);
    if (op == OP_MINUS)
        return !__builtin_sub_overflow(a, b, out);
    return !__builtin_mul_overflow(a, b, out);
}

static bool
eval_arithmetic(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    const enum op op = (enum op)node->op;
    int64_t sum = 0;

    for (uint16_t i = 0; i < node->n; i++) {
        struct value v;

        if (!eval_kind(r, node->first + i, VALUE_INT, &v))
            return false;
        if (i == 0 && (op != OP_MINUS || node->n > 1))
            sum = v.integer;
        else if (!fold(op, sum, v.integer, &sum))
            return refuse(r, at, "does not fit into 64 bits");
    }
    *out = value_int(sum);
    return true;
}

static bool
eval_plus_time(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    char text[INSTANT_TEXT];
    struct value n;
    instant t;

    if (!eval_moment(r, node->first, &t) || !eval_kind(r, node->first + 1, VALUE_INT, &n))
        return false;
    if (!moment_shift(t, n.integer, (enum offset)node->offset, r->x->anonymous, &t))
        return refuse(r, at, "lies outside the years 1900 to 9999");
    *out = value_string(r->arena, instant_write(t, text));
    return true;
}

static bool
eval_working_days(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];
    const struct calendar *calendar = r->scope->calendar;
    day d[2];
    int64_t n = 0;

    for (uint32_t i = 0; i < 2; i++) {
        struct value v;

        if (!eval_kind(r, node->first + i, VALUE_STRING, &v))
            return false;
        if (!moment_day(&v, &d[i]))
            return refuse(r, node->first + i, "is no date and no date-time");
    }
    if (!calendar)
        return refuse(r, at, "needs a calendar, and there is none here");
    if (!spend(r, at, (uint32_t)(d[0] < d[1] ? d[1] - d[0] : d[0] - d[1])))
        return false;
    for (day i = d[0] + 1; i <= d[1]; i++)
        n += calendar_works(calendar, i);
    for (day i = d[1] + 1; i <= d[0]; i++)
        n -= calendar_works(calendar, i);
    *out = value_int(n);
    return true;
}

static bool
eval(struct run *r, uint32_t at, struct value *out)
{
    const struct node *node = &r->x->node[at];

    if (!spend(r, at, 1))
        return false;
    switch ((enum op)node->op) {
    case OP_LITERAL:
        *out = node->value;
        return true;
    case OP_ARRAY:
        return eval_array(r, at, out);
    case OP_VAR:
        return eval_var(r, at, out);
    case OP_MISSING:
        return eval_missing(r, at, out);
    case OP_SAME:
    case OP_DIFFERENT:
        return eval_same(r, at, out);
    case OP_LESS:
    case OP_AT_MOST:
    case OP_MORE:
    case OP_AT_LEAST:
    case OP_AFTER:
    case OP_BEFORE:
    case OP_NOT_AFTER:
    case OP_NOT_BEFORE:
        return eval_order(r, at, out);
    case OP_AND:
    case OP_OR:
        return eval_logic(r, at, out);
    case OP_NOT:
        return eval_not(r, at, out);
    case OP_IF:
        return eval_if(r, at, out);
    case OP_IN:
        return eval_in(r, at, out);
    case OP_ALL:
    case OP_SOME:
    case OP_NONE:
        return eval_quantifier(r, at, out);
    case OP_PLUS:
    case OP_MINUS:
    case OP_TIMES:
        return eval_arithmetic(r, at, out);
    case OP_PLUS_TIME:
        return eval_plus_time(r, at, out);
    case OP_WORKING_DAYS:
        return eval_working_days(r, at, out);
    case OP_COUNT:
        break;
    }
    require(node->op < OP_COUNT); /* the compiler writes no other */
    return false;
}

bool
expression_eval(const struct expression *x, const struct scope *s, struct arena *a,
                struct value *out, struct error *e)
{
    struct run r = {.x = x, .scope = s, .arena = a, .error = e};
    struct value v;

    if (!eval(&r, 0, &v))
        return false;
    *out = v;
    return true;
}

bool
expression_test(const struct expression *x, const struct scope *s, struct arena *a, bool *out,
                struct error *e)
{
    struct run r = {.x = x, .scope = s, .arena = a, .error = e};

    return eval_bool(&r, 0, out);
}
