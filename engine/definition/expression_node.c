/* SPDX-License-Identifier: Apache-2.0 */
/* The operators' table, and how nodes are named in errors. */
#include "definition/expression_node.h"

#include <string.h>

enum { MANY = 0xFFFF };

const struct operator_rule operator_rule[OP_COUNT] = {
    [OP_LITERAL] = {"", "", 0, 0},
    [OP_ARRAY] = {"", "", 0, MANY},
    [OP_VAR] = {"var", "", 0, 0},
    [OP_MISSING] = {"missing", "", 0, 0},
    [OP_SAME] = {"===", "two operands", 2, 2},
    [OP_DIFFERENT] = {"!==", "two operands", 2, 2},
    [OP_LESS] = {"<", "two or three operands", 2, 3},
    [OP_AT_MOST] = {"<=", "two or three operands", 2, 3},
    [OP_MORE] = {">", "two or three operands", 2, 3},
    [OP_AT_LEAST] = {">=", "two or three operands", 2, 3},
    [OP_AND] = {"and", "one or more operands", 1, MANY},
    [OP_OR] = {"or", "one or more operands", 1, MANY},
    [OP_NOT] = {"!", "one operand", 1, 1},
    [OP_IF] = {"if", "a condition, a value and an else", 3, MANY},
    [OP_IN] = {"in", "a value and an array", 2, 2},
    [OP_ALL] = {"all", "an array and a condition", 2, 2},
    [OP_SOME] = {"some", "an array and a condition", 2, 2},
    [OP_NONE] = {"none", "an array and a condition", 2, 2},
    [OP_PLUS] = {"+", "one or more operands", 1, MANY},
    [OP_MINUS] = {"-", "one or more operands", 1, MANY},
    [OP_TIMES] = {"*", "one or more operands", 1, MANY},
    [OP_PLUS_TIME] = {"plusTime", "a date, a number and a unit", 3, 3},
    [OP_AFTER] = {"after", "two or three dates", 2, 3},
    [OP_BEFORE] = {"before", "two or three dates", 2, 3},
    [OP_NOT_AFTER] = {"not-after", "two or three dates", 2, 3},
    [OP_NOT_BEFORE] = {"not-before", "two or three dates", 2, 3},
    [OP_WORKING_DAYS] = {"workingDaysBetween", "two dates", 2, 2},
};

const char *
root_name(enum root root)
{
    static const char name[ROOT_COUNT + 1][8] = {
        [ROOT_FORM] = "form",   [ROOT_INPUT] = "input", [ROOT_CASE] = "case", [ROOT_STEP] = "step",
        [ROOT_ACTOR] = "actor", [ROOT_TALLY] = "tally", [ROOT_EACH] = "each", [ROOT_NOW] = "now",
    };

    return name[root];
}

const char *
kind_phrase(enum value_kind kind)
{
    static const char phrase[][28] = {
        [VALUE_NULL] = "null",        [VALUE_BOOL] = "true or false",
        [VALUE_INT] = "an integer",   [VALUE_REAL] = "a number with a fraction",
        [VALUE_STRING] = "a string",  [VALUE_ARRAY] = "an array",
        [VALUE_OBJECT] = "an object",
    };

    return phrase[kind];
}

/* Adds @more as far as it fits into @cap bytes; by hand, because the core calls no printf. */
static void
add(char *text, size_t cap, const char *more)
{
    size_t len = strlen(text);

    while (*more && len + 1 < cap)
        text[len++] = *more++;
    while (len > 0 && ((unsigned char)*more & 0xC0) == 0x80) { /* never half a character */
        more--;
        len--;
    }
    text[len] = 0;
}

struct excerpt
excerpt(const char *text)
{
    struct excerpt x = {""};

    add(x.at, sizeof(x.at), text);
    return x;
}

static void
add_number(char *text, size_t cap, unsigned n)
{
    char digit[12];
    size_t at = sizeof(digit) - 1;

    digit[at] = 0;
    do
        digit[--at] = (char)('0' + n % 10);
    while (n /= 10);
    add(text, cap, digit + at);
}

struct pointer
node_pointer(const struct node *node, uint32_t at)
{
    struct pointer p = {""};
    uint32_t up[EXPRESSION_DEPTH + 1];
    int depth = 0;

    for (; at != 0 && depth <= EXPRESSION_DEPTH; at = node[at].parent)
        up[depth++] = at;
    while (depth-- > 0) {
        const struct node *parent = &node[node[up[depth]].parent];
        const char *name = operator_rule[parent->op].name;
        char part[40] = "";

        add(part, sizeof(part), *name ? "/" : "");
        add(part, sizeof(part), name);
        if (!parent->bare) {
            add(part, sizeof(part), "/");
            add_number(part, sizeof(part), node[up[depth]].position);
        }
        if (strlen(p.at) + strlen(part) >= sizeof(p.at))
            break;
        add(p.at, sizeof(p.at), part);
    }
    return p;
}

static void
name_var(struct node_name *s, const struct path *path)
{
    const bool whole = !*path->text;

    if (!whole)
        add(s->at, sizeof(s->at) - sizeof(" of the element"), path->text);
    if (path->element)
        add(s->at, sizeof(s->at), whole ? "the element" : " of the element");
    else if (whole)
        add(s->at, sizeof(s->at), "the data");
}

struct node_name
node_name(const struct node *node, uint32_t at)
{
    struct node_name s = {""};
    const struct node *x = &node[at];
    const char *of = operator_rule[node[x->parent].op].name;

    if (x->op == OP_VAR) {
        name_var(&s, x->path);
    } else if (x->op != OP_LITERAL && x->op != OP_ARRAY) {
        add(s.at, sizeof(s.at), "the result of ");
        add(s.at, sizeof(s.at), operator_rule[x->op].name);
    } else if (at == 0) {
        add(s.at, sizeof(s.at), "the expression");
    } else {
        add(s.at, sizeof(s.at), *of ? "operand " : "item ");
        add_number(s.at, sizeof(s.at), x->position + 1u);
        add(s.at, sizeof(s.at), *of ? " of " : " of the array");
        add(s.at, sizeof(s.at), of);
    }
    return s;
}

static bool
is_empty_array(const struct node *x)
{
    return x->op == OP_LITERAL && x->value.kind == VALUE_ARRAY && x->value.n == 0;
}

const struct node *
guard_paths(const struct expression *x, const struct node *same)
{
    const struct node *operand = &x->node[same->first];

    if (same->op != OP_SAME && same->op != OP_DIFFERENT)
        return NULL;
    if (operand[0].op == OP_MISSING && is_empty_array(&operand[1]))
        return &operand[0];
    if (operand[1].op == OP_MISSING && is_empty_array(&operand[0]))
        return &operand[1];
    return NULL;
}

void
expression_vars(const struct expression *x,
                void (*seen)(void *arg, enum root root, const char *path), void *arg)
{
    for (uint32_t i = 0; i < x->n; i++) {
        const struct node *node = &x->node[i];
        const uint16_t n = node->op == OP_MISSING ? node->n : node->op == OP_VAR;

        for (uint16_t k = 0; k < n; k++) {
            const struct path *path = &node->path[k];

            /* the element itself came with its array, and an element of no field has no name */
            if (path->root != ROOT_COUNT && !(path->element && path->n == 0))
                seen(arg, path->root, path->full);
        }
    }
}

static bool
same_path(const struct path *x, const struct path *y)
{
    return x == y ||
           (x && y && x->root == y->root && x->element == y->element && !strcmp(x->text, y->text));
}

static bool
same_node(const struct node *x, const struct node *y)
{
    if (x->op != y->op || x->offset != y->offset || x->n != y->n || x->first != y->first)
        return false;
    if (x->op == OP_MISSING) /* an array of paths */
        for (uint16_t i = 0; i < x->n; i++)
            if (!same_path(&x->path[i], &y->path[i]))
                return false;
    return (x->op == OP_MISSING || same_path(x->path, y->path)) &&
           value_equal(&x->value, &y->value);
}

bool
expression_same(const struct expression *x, const struct expression *y)
{
    if (!x || !y || x->n != y->n || x->anonymous != y->anonymous)
        return x == y;
    for (uint32_t i = 0; i < x->n; i++)
        if (!same_node(&x->node[i], &y->node[i]))
            return false;
    return true;
}
