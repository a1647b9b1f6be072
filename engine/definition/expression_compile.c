/* SPDX-License-Identifier: Apache-2.0 */
/* From JSON to flat arrays: everything about an expression that can be refused at load. */
#include "definition/expression_node.h"

#include <string.h>

/* Where the element of an all/some/none comes from. */
struct frame {
    const struct path *base; /* the array's path, or NULL when it is no field */
};

struct compiler {
    struct arena *arena;
    struct node *node;
    uint32_t used;
    bool anonymous;
    const struct frame *frame; /* NULL outside all/some/none */
    struct error *error;
};

static bool compile_node(struct compiler *c, const struct value *v, uint32_t at, int depth);

static bool
refuse(struct compiler *c, uint32_t at, const char *what)
{
    return error_at(c->error, ERROR_DEFINITION_INVALID, node_pointer(c->node, at).at, "%s", what);
}

/* An array without an operation in it means itself. */
static bool
is_literal(const struct value *v)
{
    if (v->kind == VALUE_ARRAY)
        for (uint32_t i = 0; i < v->n; i++)
            if (!is_literal(&v->item[i]))
                return false;
    return v->kind != VALUE_OBJECT;
}

/* How many nodes @v can need; more than may be means "too many". */
static uint32_t
count_nodes(const struct value *v, int depth)
{
    uint32_t n = 1;

    if (depth > EXPRESSION_DEPTH) /* compile_node() refuses it before it gets here */
        return 1;
    if (v->kind == VALUE_OBJECT && v->n == 1) {
        const struct value *operand = &v->member[0].value;

        if (operand->kind == VALUE_ARRAY)
            for (uint32_t i = 0; i < operand->n && n <= EXPRESSION_STEPS; i++)
                n += count_nodes(&operand->item[i], depth + 1);
        else
            n += count_nodes(operand, depth + 1);
    } else if (v->kind == VALUE_ARRAY && !is_literal(v)) {
        for (uint32_t i = 0; i < v->n && n <= EXPRESSION_STEPS; i++)
            n += count_nodes(&v->item[i], depth + 1);
    }
    return n;
}

static const char *
check_literal(const struct value *v)
{
    const char *what = NULL;

    if (v->kind == VALUE_NULL)
        return "null is no value; ask whether a field is there with "
               "{\"===\": [{\"missing\": [path]}, []]}";
    if (v->kind == VALUE_REAL)
        return "expressions know no fractions and no integers beyond int64; count in the smaller "
               "unit, money in fen";
    if (v->kind == VALUE_ARRAY)
        for (uint32_t i = 0; i < v->n && !what; i++)
            what = check_literal(&v->item[i]);
    return what;
}

static bool
compile_literal(struct compiler *c, const struct value *v, uint32_t at)
{
    const char *what = check_literal(v);

    if (what)
        return refuse(c, at, what);
    c->node[at].op = OP_LITERAL;
    c->node[at].value = value_copy(c->arena, v);
    return true;
}

static int32_t
place_in_array(const char *name, size_t len)
{
    int32_t n = 0;

    if (len == 0 || len > 9 || (name[0] == '0' && len > 1))
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (name[i] < '0' || name[i] > '9')
            return -1;
        n = n * 10 + (name[i] - '0');
    }
    return n;
}

/* Splits @text at its dots; NULL when a part is empty or holds '*', which is ours. */
static const struct segment *
split(struct arena *a, const char *text, uint16_t *n)
{
    struct segment *list = NULL;
    uint16_t k = 0;

    for (const char *at = text, *end; at; at = *end ? end + 1 : NULL) {
        const size_t len = strcspn(at, ".");

        end = at + len;
        if (len == 0 || memchr(at, '*', len) || k == EXPRESSION_DEPTH)
            return NULL;
        list = arena_grow(a, list, k, sizeof(*list));
        list[k].name = arena_strndup(a, at, len);
        list[k++].index = place_in_array(at, len);
    }
    *n = k;
    return list;
}

static const char *
join(struct arena *a, const char *one, const char *two)
{
    if (!*one || !*two)
        return *one ? one : two;
    return arena_printf(a, "%s.%s", one, two);
}

static void
place_in_element(struct compiler *c, struct path *path)
{
    const struct path *base = c->frame->base;

    path->element = true;
    path->root = base ? base->root : ROOT_COUNT;
    path->full = base ? join(c->arena, join(c->arena, base->full, "*"), path->text) : path->text;
}

static bool
place_in_root(struct compiler *c, uint32_t at, struct path *path)
{
    for (int r = 0; r < ROOT_COUNT && path->n; r++)
        if (!strcmp(path->segment[0].name, root_name((enum root)r))) {
            const char *dot = strchr(path->text, '.');

            path->root = (enum root)r;
            path->full = dot ? dot + 1 : "";
            path->segment++;
            path->n--;
            return true;
        }
    return error_at(c->error, ERROR_DEFINITION_INVALID, node_pointer(c->node, at).at,
                    "\"%s\" begins with no root; begin with form, input, case, step, actor, "
                    "tally or now, as in form.area",
                    excerpt(path->text).at);
}

static bool
compile_path(struct compiler *c, const char *text, uint32_t at, struct path *path)
{
    path->text = path->full = arena_strdup(c->arena, text);
    if (*text)
        path->segment = split(c->arena, path->text, &path->n);
    if (*text && !path->segment)
        return error_at(c->error, ERROR_DEFINITION_INVALID, node_pointer(c->node, at).at,
                        "\"%s\" is no path; write names with one dot between them, as in "
                        "form.area",
                        excerpt(text).at);
    if (c->frame)
        place_in_element(c, path);
    else if (!c->anonymous)
        return place_in_root(c, at, path);
    return true;
}

static bool
compile_var(struct compiler *c, const struct value *v, uint32_t at)
{
    const bool list = v->kind == VALUE_ARRAY;
    const struct value *text = list && v->n ? &v->item[0] : v;
    struct node *node = &c->node[at];
    struct path *path = arena_new(c->arena, struct path);

    if (text->kind != VALUE_STRING || (list && v->n > 2))
        return refuse(c, at,
                      "var takes a path, {\"var\": \"form.area\"}, or a path and a default, "
                      "{\"var\": [\"form.area\", 0]}");
    node->path = path;
    if (list && v->n == 2) {
        const char *what = is_literal(&v->item[1]) ? check_literal(&v->item[1])
                                                   : "the default of a var is a literal; use `if` "
                                                     "and `missing` where it must be computed";

        if (what)
            return refuse(c, at, what);
        node->value = value_copy(c->arena, &v->item[1]);
    }
    return compile_path(c, text->string, at, path);
}

static bool
compile_missing(struct compiler *c, const struct value *v, uint32_t at)
{
    const struct value *item = v->kind == VALUE_ARRAY ? v->item : v;
    const uint32_t n = v->kind == VALUE_ARRAY ? v->n : 1;
    struct path *path = arena_array(c->arena, n, struct path);

    c->node[at].n = (uint16_t)n;
    c->node[at].path = path;
    for (uint32_t i = 0; i < n; i++) {
        if (item[i].kind != VALUE_STRING || n > EXPRESSION_STEPS)
            return refuse(c, at, "missing takes paths, {\"missing\": [\"form.area\"]}");
        if (!compile_path(c, item[i].string, at, &path[i]))
            return false;
    }
    return true;
}

bool
expression_operator(const char *name)
{
    for (int op = OP_VAR; op < OP_COUNT; op++)
        if (!strcmp(name, operator_rule[op].name))
            return true;
    return false;
}

static bool
find_operator(struct compiler *c, const char *name, uint32_t at)
{
    static const char instead[][2][8] = {
        {"==", "==="}, {"!=", "!=="}, {"?:", "if"}, {"not", "!"}, {"!!", "==="}};

    for (int op = OP_VAR; op < OP_COUNT; op++)
        if (!strcmp(name, operator_rule[op].name)) {
            c->node[at].op = (uint8_t)op;
            return true;
        }
    for (size_t i = 0; i < sizeof(instead) / sizeof(*instead); i++)
        if (!strcmp(name, instead[i][0]))
            return error_at(c->error, ERROR_DEFINITION_INVALID, node_pointer(c->node, at).at,
                            "unknown operator %s; write %s", name, instead[i][1]);
    return error_at(c->error, ERROR_DEFINITION_INVALID, node_pointer(c->node, at).at,
                    "unknown operator \"%s\"; there are var missing === !== < <= > >= and or ! "
                    "if in all some none + - * plusTime after before not-after not-before "
                    "workingDaysBetween",
                    excerpt(name).at);
}

/* A date written into the expression is read once, here, to see that it is one. */
static bool
check_dates(struct compiler *c, uint32_t at)
{
    const struct node *node = &c->node[at];
    const uint32_t n = node->op == OP_PLUS_TIME ? 1 : node->n;
    instant t;

    if (node->op < OP_PLUS_TIME)
        return true;
    for (uint32_t i = node->first; i < node->first + n; i++)
        if (c->node[i].op == OP_LITERAL && !moment_read(&c->node[i].value, false, &t))
            return refuse(c, i, "no date; write \"2026-03-01\" or \"2026-03-01T09:00:00+08:00\"");
    return true;
}

static bool
find_offset(struct compiler *c, uint32_t at)
{
    const uint32_t unit = c->node[at].first + 2;
    const struct value *v = &c->node[unit].value;

    for (int i = 0; i < OFFSET_COUNT; i++)
        if (c->node[unit].op == OP_LITERAL && v->kind == VALUE_STRING &&
            !strcmp(v->string, offset_name[i])) {
            c->node[at].offset = (uint8_t)i;
            return true;
        }
    return refuse(c, unit, "no unit; write \"year\", \"month\", \"day\", \"hour\" or \"minute\"");
}

static bool
compile_operands(struct compiler *c, const struct value *item, uint32_t at, int depth)
{
    const enum op op = (enum op)c->node[at].op;
    const uint32_t first = c->node[at].first;
    const bool scoped = op == OP_ALL || op == OP_SOME || op == OP_NONE;

    for (uint16_t i = 0; i < c->node[at].n; i++) {
        const struct node *array = &c->node[first];
        const struct frame *outer = c->frame;
        const struct frame inner = {array->op == OP_VAR ? array->path : NULL};
        bool done;

        if (scoped && i == 1)
            c->frame = &inner;
        done = compile_node(c, &item[i], first + i, depth + 1);
        c->frame = outer;
        if (!done)
            return false;
    }
    return (op != OP_PLUS_TIME || find_offset(c, at)) && check_dates(c, at);
}

static void
make_room(struct compiler *c, uint32_t at, uint32_t n)
{
    c->node[at].n = (uint16_t)n;
    c->node[at].first = c->used;
    for (uint32_t i = 0; i < n; i++) {
        c->node[c->used].parent = at;
        c->node[c->used++].position = (uint16_t)i;
    }
}

static bool
compile_operation(struct compiler *c, const struct value *v, uint32_t at, int depth)
{
    const struct value *operand;
    const struct operator_rule *rule;
    uint32_t n;

    if (v->n != 1)
        return refuse(c, at, "an operation is an object with one member, named by its operator");
    operand = &v->member[0].value;
    if (!find_operator(c, v->member[0].name, at))
        return false;
    if (c->node[at].op == OP_VAR)
        return compile_var(c, operand, at);
    if (c->node[at].op == OP_MISSING)
        return compile_missing(c, operand, at);

    rule = &operator_rule[c->node[at].op];
    c->node[at].bare = operand->kind != VALUE_ARRAY;
    n = c->node[at].bare ? 1 : operand->n;
    if (n < rule->least || n > rule->most || (c->node[at].op == OP_IF && n % 2 == 0))
        return error_at(c->error, ERROR_DEFINITION_INVALID, node_pointer(c->node, at).at,
                        "%s takes %s, not %u", rule->name, rule->takes, n);
    if (c->node[at].bare && c->node[at].op != OP_NOT)
        return refuse(c, at, "operands stand in an array; only ! may do without");
    make_room(c, at, n);
    return compile_operands(c, c->node[at].bare ? operand : operand->item, at, depth);
}

static bool
compile_node(struct compiler *c, const struct value *v, uint32_t at, int depth)
{
    if (depth > EXPRESSION_DEPTH)
        return refuse(c, at, "nested deeper than 32; split the condition");
    if (v->kind == VALUE_OBJECT)
        return compile_operation(c, v, at, depth);
    if (is_literal(v))
        return compile_literal(c, v, at);
    c->node[at].op = OP_ARRAY;
    make_room(c, at, v->n);
    return compile_operands(c, v->item, at, depth);
}

bool
expression_compile_as(struct arena *a, const struct value *source, unsigned option,
                      const struct expression **out, struct error *e)
{
    const uint32_t n = count_nodes(source, 1);
    struct compiler c = {.arena = a, .used = 1, .error = e};
    struct expression *x;

    if (n > EXPRESSION_STEPS)
        return error_set(e, ERROR_DEFINITION_INVALID,
                         "more than %d operators and operands; split the condition",
                         EXPRESSION_STEPS);
    c.anonymous = option & EXPRESSION_ANONYMOUS;
    c.node = arena_array(a, n, struct node);
    if (!compile_node(&c, source, 0, 1))
        return false;
    x = arena_new(a, struct expression);
    *x = (struct expression){.node = c.node, .n = c.used, .anonymous = c.anonymous};
    *out = x;
    return true;
}

bool
expression_compile(struct arena *a, const struct value *source, const struct expression **out,
                   struct error *e)
{
    return expression_compile_as(a, source, 0, out, e);
}
