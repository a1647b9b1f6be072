/* SPDX-License-Identifier: Apache-2.0 */
/* The proof at load that no operand of an expression can be missing or of the wrong kind. */
#include "definition/expression_node.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FACTS = 64 };

/* That a path is there.  Which of them hold is a set, one bit each. */
struct fact {
    enum root root;
    const char *full;
};
#define ALL_FACTS UINT64_MAX /* what cannot happen proves everything */

/* What is known of a node's result; of a condition also what its being true or false proves. */
struct finding {
    enum value_kind kind; /* VALUE_NULL: not known */
    enum value_kind item; /* of an array */
    bool date;            /* a string that is a date or date-time */
    uint64_t if_true, if_false;
};

struct prover {
    const struct expression *x;
    const struct proof *proof;
    struct fact fact[FACTS];
    int n_fact;
    struct finding element; /* of the innermost all/some/none */
    expression_problem_fn *problem;
    void *arg;
    int n_problem;
};

static struct finding examine(struct prover *p, uint32_t at, uint64_t known);

static void PRINTF(3, 4) complain(struct prover *p, uint32_t at, const char *what, ...)
{
    char text[280];
    va_list ap;

    va_start(ap, what);
    (void)vsnprintf(text, sizeof(text), what, ap);
    va_end(ap);
    p->n_problem++;
    if (p->problem)
        p->problem(p->arg, node_pointer(p->x->node, at).at, text);
}

static struct finding
of_kind(enum value_kind kind)
{
    return (struct finding){.kind = kind};
}

/* The bits of all facts from which it follows that @path is there. */
static uint64_t
proved_by(const struct prover *p, const struct path *path)
{
    const size_t len = strlen(path->full);
    uint64_t set = 0;

    for (int i = 0; i < p->n_fact; i++) {
        const struct fact *f = &p->fact[i];

        if (f->root == path->root && !strncmp(f->full, path->full, len) &&
            (f->full[len] == 0 || f->full[len] == '.' || len == 0))
            set |= UINT64_C(1) << i;
    }
    return set;
}

/* An element of no field has no name by which two guards could be told apart. */
static uint64_t
fact_bit(struct prover *p, const struct path *path)
{
    if (path->root == ROOT_COUNT)
        return 0;
    for (int i = 0; i < p->n_fact; i++)
        if (p->fact[i].root == path->root && !strcmp(p->fact[i].full, path->full))
            return UINT64_C(1) << i;
    if (p->n_fact == FACTS)
        return 0;
    p->fact[p->n_fact] = (struct fact){path->root, path->full};
    return UINT64_C(1) << p->n_fact++;
}

static struct known
look_up(const struct prover *p, const struct path *path)
{
    if (path->element && path->n == 0)
        return (struct known){true, true, p->element.kind, VALUE_NULL, p->element.date, NULL};
    if (path->root == ROOT_COUNT) /* the items of no field have no members one could know */
        return (struct known){.declared = false};
    if (path->root == ROOT_NOW && !path->element)
        return (struct known){path->n == 0, true, VALUE_STRING, VALUE_NULL, true, NULL};
    return p->proof->lookup(p->proof->arg, path->root, path->full);
}

/* VALUE_NULL, what is not known, differs from nothing. */
static bool
differ(enum value_kind a, enum value_kind b)
{
    return a != VALUE_NULL && b != VALUE_NULL && a != b;
}

static bool
is_scalar(enum value_kind kind)
{
    return kind == VALUE_BOOL || kind == VALUE_INT || kind == VALUE_STRING;
}

static struct finding
finding_of(const struct value *v)
{
    struct finding f = of_kind(v->kind);
    instant t;

    f.date = moment_read(v, false, &t);
    if (v->kind == VALUE_ARRAY && v->n) {
        f.item = v->item[0].kind;
        f.date = true;
    }
    for (uint32_t i = 0; v->kind == VALUE_ARRAY && i < v->n; i++) {
        f.date = f.date && moment_read(&v->item[i], false, &t);
        if (v->item[i].kind != f.item)
            f.item = VALUE_NULL;
    }
    if (v->kind == VALUE_BOOL && v->boolean)
        f.if_false = ALL_FACTS;
    if (v->kind == VALUE_BOOL && !v->boolean)
        f.if_true = ALL_FACTS;
    return f;
}

static struct finding
examine_literal(struct prover *p, uint32_t at)
{
    const struct value *v = &p->x->node[at].value;
    const struct finding f = finding_of(v);

    if (v->kind == VALUE_ARRAY && v->n && !is_scalar(f.item))
        complain(p, at,
                 "the items of an array are all integers, all strings, or all true or false");
    return f;
}

/* The default of a var has to be what the field is. */
static void
examine_default(struct prover *p, uint32_t at, const struct known *k)
{
    const struct value *v = &p->x->node[at].value;
    const struct finding f = finding_of(v);
    const struct node_name name = node_name(p->x->node, at);

    if (v->kind == VALUE_NULL || k->kind == VALUE_NULL)
        return;
    if (v->kind != k->kind)
        complain(p, at, "the default of %s is %s, and the field %s", name.at, kind_phrase(v->kind),
                 kind_phrase(k->kind));
    else if (v->kind == VALUE_ARRAY && v->n && k->item_kind != VALUE_NULL && f.item != k->item_kind)
        complain(p, at, "the items of the default of %s are not each %s, as the field's are",
                 name.at, kind_phrase(k->item_kind));
    else if (k->date && !f.date)
        complain(p, at, "the default of %s is no date, and the field is one", name.at);
}

static struct finding
examine_var(struct prover *p, uint32_t at, uint64_t known)
{
    const struct node *node = &p->x->node[at];
    const struct node_name name = node_name(p->x->node, at);
    const struct known k = look_up(p, node->path);

    if (!k.declared) {
        complain(p, at, "%s is not declared%s%s", name.at, k.instead ? "; " : "",
                 k.instead             ? k.instead
                 : node->path->element ? "; inside all, some and none a var sees the element alone"
                                       : "");
        return of_kind(VALUE_NULL);
    }
    if (!k.required && node->value.kind == VALUE_NULL && !(known & proved_by(p, node->path)))
        complain(p, at,
                 "%s may be missing: make it required, guard it with {\"===\": [{\"missing\": "
                 "[\"%s\"]}, []]}, or give a default",
                 name.at, excerpt(node->path->text).at);
    if (k.kind == VALUE_REAL)
        complain(p, at, "%s may be a number with a fraction; declare it an integer", name.at);
    examine_default(p, at, &k);
    return (struct finding){
        .kind = k.kind == VALUE_REAL ? VALUE_NULL : k.kind, .item = k.item_kind, .date = k.date};
}

static struct finding
examine_missing(struct prover *p, uint32_t at)
{
    const struct node *node = &p->x->node[at];

    for (uint16_t i = 0; i < node->n; i++)
        if (!look_up(p, &node->path[i]).declared)
            complain(p, at, "%s is not declared", excerpt(node->path[i].text).at);
    return (struct finding){.kind = VALUE_ARRAY, .item = VALUE_STRING};
}

/* Examines operand @i, which has to be of @kind. */
static struct finding
need(struct prover *p, const struct node *node, uint32_t i, enum value_kind kind, uint64_t known)
{
    const uint32_t at = node->first + i;
    const struct finding f = examine(p, at, known);

    if (differ(f.kind, kind))
        complain(p, at, "%s is %s where %s needs %s", node_name(p->x->node, at).at,
                 kind_phrase(f.kind), operator_rule[node->op].name, kind_phrase(kind));
    return f;
}

static void
need_date(struct prover *p, const struct node *node, uint32_t i, uint64_t known)
{
    const struct finding f = need(p, node, i, VALUE_STRING, known);

    if (f.kind == VALUE_STRING && !f.date)
        complain(p, node->first + i,
                 "%s may be any string where %s needs a date; give it the format date or date-time",
                 node_name(p->x->node, node->first + i).at, operator_rule[node->op].name);
}

static struct finding
examine_same(struct prover *p, uint32_t at, uint64_t known)
{
    const struct node *node = &p->x->node[at];
    const struct node *guard = guard_paths(p->x, node);
    const struct finding a = examine(p, node->first, known);
    const struct finding b = examine(p, node->first + 1, known);
    struct finding f = of_kind(VALUE_BOOL);
    uint64_t there = 0;

    if (a.kind == VALUE_OBJECT || b.kind == VALUE_OBJECT)
        complain(p, at, "%s compares no objects; compare their members",
                 operator_rule[node->op].name);
    else if (differ(a.kind, b.kind))
        complain(p, at, "%s is never the same as %s", kind_phrase(a.kind), kind_phrase(b.kind));
    for (uint16_t i = 0; guard && i < guard->n; i++)
        there |= fact_bit(p, &guard->path[i]);
    if (node->op == OP_SAME)
        f.if_true = there;
    else
        f.if_false = there;
    return f;
}

/* `and` is true when all were true, false when any was; the next is looked at when all were. */
static struct finding
examine_logic(struct prover *p, uint32_t at, uint64_t known)
{
    const struct node *node = &p->x->node[at];
    const bool is_and = node->op == OP_AND;
    uint64_t through = 0, stopped = ALL_FACTS;

    for (uint16_t i = 0; i < node->n; i++) {
        const struct finding f = need(p, node, i, VALUE_BOOL, known | through);

        stopped &= through | (is_and ? f.if_false : f.if_true);
        through |= is_and ? f.if_true : f.if_false;
    }
    return (struct finding){.kind = VALUE_BOOL,
                            .if_true = is_and ? through : stopped,
                            .if_false = is_and ? stopped : through};
}

static struct finding
examine_not(struct prover *p, uint32_t at, uint64_t known)
{
    const struct finding f = need(p, &p->x->node[at], 0, VALUE_BOOL, known);

    return (struct finding){.kind = VALUE_BOOL, .if_true = f.if_false, .if_false = f.if_true};
}

static struct finding
examine_if(struct prover *p, uint32_t at, uint64_t known)
{
    const struct node *node = &p->x->node[at];
    struct finding all = {.if_true = ALL_FACTS, .if_false = ALL_FACTS};
    uint64_t before = 0; /* what follows from the conditions that were false */

    for (uint32_t i = 0; i < node->n; i += 2) {
        const bool is_else = i + 1u == node->n;
        struct finding when = {.if_true = 0}, f;

        if (!is_else)
            when = need(p, node, i, VALUE_BOOL, known | before);
        f = examine(p, node->first + i + !is_else, known | before | when.if_true);
        all.if_true &= before | when.if_true | f.if_true;
        all.if_false &= before | when.if_true | f.if_false;
        if (differ(all.kind, f.kind) || differ(all.item, f.item))
            complain(p, node->first + i + !is_else,
                     "what an if gives is of one kind, and here not of the kind before");
        all.kind = i == 0 || all.kind == f.kind ? f.kind : VALUE_NULL;
        all.item = i == 0 || all.item == f.item ? f.item : VALUE_NULL;
        all.date = (i == 0 || all.date) && f.date;
        before |= when.if_false;
    }
    return all;
}

static struct finding
examine_in(struct prover *p, uint32_t at, uint64_t known)
{
    const struct node *node = &p->x->node[at];
    const struct finding needle = examine(p, node->first, known);
    const struct finding hay = need(p, node, 1, VALUE_ARRAY, known);

    if (needle.kind == VALUE_ARRAY || needle.kind == VALUE_OBJECT)
        complain(p, node->first, "%s is %s where in needs an integer, a string, or true or false",
                 node_name(p->x->node, node->first).at, kind_phrase(needle.kind));
    else if (differ(needle.kind, hay.item))
        complain(p, at, "%s is never in an array whose items are each %s", kind_phrase(needle.kind),
                 kind_phrase(hay.item));
    return of_kind(VALUE_BOOL);
}

static struct finding
examine_quantifier(struct prover *p, uint32_t at, uint64_t known)
{
    const struct node *node = &p->x->node[at];
    const struct finding outer = p->element;
    const struct finding array = need(p, node, 0, VALUE_ARRAY, known);

    p->element = (struct finding){.kind = array.item, .date = array.date};
    (void)need(p, node, 1, VALUE_BOOL, known);
    p->element = outer;
    return of_kind(VALUE_BOOL);
}

static struct finding
examine_array(struct prover *p, uint32_t at, uint64_t known)
{
    const struct node *node = &p->x->node[at];
    struct finding all = {.kind = VALUE_ARRAY, .date = true};
    enum value_kind seen = VALUE_NULL; /* the last kind that is known */

    for (uint32_t i = 0; i < node->n; i++) {
        const struct finding f = examine(p, node->first + i, known);

        if (f.kind != VALUE_NULL && (!is_scalar(f.kind) || differ(seen, f.kind)))
            complain(p, node->first + i,
                     "the items of an array are all integers, all strings, or all true or false");
        seen = f.kind != VALUE_NULL ? f.kind : seen;
        all.item = i == 0 || all.item == f.kind ? f.kind : VALUE_NULL;
        all.date = all.date && f.date;
    }
    return all;
}

static struct finding
examine_numbers(struct prover *p, uint32_t at, uint64_t known)
{
    const struct node *node = &p->x->node[at];

    for (uint16_t i = 0; i < node->n; i++)
        (void)need(p, node, i, VALUE_INT, known);
    return of_kind(node->op <= OP_AT_LEAST ? VALUE_BOOL : VALUE_INT);
}

static struct finding
examine_dates(struct prover *p, uint32_t at, uint64_t known)
{
    const struct node *node = &p->x->node[at];

    for (uint16_t i = 0; i < node->n; i++)
        need_date(p, node, i, known);
    return of_kind(node->op == OP_WORKING_DAYS ? VALUE_INT : VALUE_BOOL);
}

static struct finding
examine_plus_time(struct prover *p, uint32_t at, uint64_t known)
{
    need_date(p, &p->x->node[at], 0, known);
    (void)need(p, &p->x->node[at], 1, VALUE_INT, known);
    return (struct finding){.kind = VALUE_STRING, .date = true};
}

static struct finding
examine(struct prover *p, uint32_t at, uint64_t known)
{
    switch ((enum op)p->x->node[at].op) {
    case OP_LITERAL:
        return examine_literal(p, at);
    case OP_ARRAY:
        return examine_array(p, at, known);
    case OP_VAR:
        return examine_var(p, at, known);
    case OP_MISSING:
        return examine_missing(p, at);
    case OP_SAME:
    case OP_DIFFERENT:
        return examine_same(p, at, known);
    case OP_AND:
    case OP_OR:
        return examine_logic(p, at, known);
    case OP_NOT:
        return examine_not(p, at, known);
    case OP_IF:
        return examine_if(p, at, known);
    case OP_IN:
        return examine_in(p, at, known);
    case OP_ALL:
    case OP_SOME:
    case OP_NONE:
        return examine_quantifier(p, at, known);
    case OP_LESS:
    case OP_AT_MOST:
    case OP_MORE:
    case OP_AT_LEAST:
    case OP_PLUS:
    case OP_MINUS:
    case OP_TIMES:
        return examine_numbers(p, at, known);
    case OP_PLUS_TIME:
        return examine_plus_time(p, at, known);
    case OP_AFTER:
    case OP_BEFORE:
    case OP_NOT_AFTER:
    case OP_NOT_BEFORE:
    case OP_WORKING_DAYS:
        return examine_dates(p, at, known);
    case OP_COUNT:
        break;
    }
    return of_kind(VALUE_NULL);
}

int
expression_prove(const struct expression *x, const struct proof *proof, enum value_kind expected,
                 expression_problem_fn *problem, void *arg)
{
    struct prover p = {.x = x, .proof = proof, .problem = problem, .arg = arg};
    const struct finding f = examine(&p, 0, 0);

    if (differ(f.kind, expected))
        complain(&p, 0, "%s is %s where %s is needed", node_name(x->node, 0).at,
                 kind_phrase(f.kind), kind_phrase(expected));
    return p.n_problem;
}

bool
expression_gives_date(const struct expression *x, const struct proof *proof)
{
    struct prover p = {.x = x, .proof = proof};
    const struct finding f = examine(&p, 0, 0);

    return f.kind == VALUE_STRING && f.date;
}
