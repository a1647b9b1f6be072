/* SPDX-License-Identifier: Apache-2.0 */
/* Checking a value against a form: walks both at once and notes all that is wrong. */
#include <string.h>

#include "definition/form_check.h"

/* Cuts off at the first violation where only yes or no is asked. */
static bool
over(const struct form_checker *c)
{
    return c->spent || (c->quiet ? c->bad : c->n >= c->room);
}

/* Takes @n steps; false when there are none left, from which on nothing is looked at. */
static bool
step(struct form_checker *c, size_t n)
{
    c->steps += n;
    c->spent = c->spent || c->steps > FORM_STEPS;
    return !c->spent;
}

/* A pattern's answer; reaching its limits is a violation wherever the answer is used. */
static enum pattern_answer
match(struct form_checker *c, const struct pattern *p, const char *text, size_t len,
      const struct form_path *at)
{
    enum pattern_answer answer;

    if (!c->work)
        c->work = pattern_work_new(c->a);
    answer = pattern_match(p, c->work, text, len);
    if (answer == PATTERN_TOO_COSTLY)
        form_note_hard(c, at, "pattern");
    return answer;
}

static void
check_number(struct form_checker *c, const struct form_node *node, const struct value *v,
             const struct form_path *at)
{
    /* The sign of value minus limit that is wrong, and whether equality is. */
    static const struct {
        enum form_keyword keyword;
        int sign;
        bool exclusive;
    } bound[] = {{FORM_MAXIMUM, 1, false},
                 {FORM_EXCLUSIVE_MAXIMUM, 1, true},
                 {FORM_MINIMUM, -1, false},
                 {FORM_EXCLUSIVE_MINIMUM, -1, true}};
    const struct form_rule *r = node->rule[FORM_MULTIPLE_OF];

    if (r && !form_decimal_divides(r->divisor, form_decimal_of(c->a, v)))
        form_note(c, at, FORM_MULTIPLE_OF, r->value);
    for (size_t i = 0; i < sizeof(bound) / sizeof(bound[0]); i++) {
        int sign;

        r = node->rule[bound[i].keyword];
        if (!r)
            continue;
        sign = form_number_compare(v, r->value);
        if (sign == bound[i].sign || (sign == 0 && bound[i].exclusive))
            form_note(c, at, bound[i].keyword, r->value);
    }
}

/* Notes @count outside of the limits that keywords @most and @least set. */
static void
check_count(struct form_checker *c, const struct form_node *node, enum form_keyword most,
            enum form_keyword least, uint32_t count, const struct form_path *at)
{
    const struct form_rule *max = node->rule[most], *min = node->rule[least];

    if (max && count > max->value->integer)
        form_note(c, at, most, max->value);
    if (min && count < min->value->integer)
        form_note(c, at, least, min->value);
}

static void
check_string(struct form_checker *c, const struct form_node *node, const struct value *v,
             const struct form_path *at)
{
    const struct form_rule *r = node->rule[FORM_PATTERN];

    if (!step(c, v->n / 64))
        return;
    check_count(c, node, FORM_MAX_LENGTH, FORM_MIN_LENGTH, value_characters(v), at);
    if (r && match(c, r->pattern, v->string, v->n, at) == PATTERN_DIFFERS)
        form_note_pattern(c, at, node);
    r = node->rule[FORM_FORMAT];
    if (r && c->formats == FORM_FORMATS_ASSERT && !format_holds(r->format, v->string, v->n))
        form_note_format(c, at, r->format);
}

static void
check_contains(struct form_checker *c, const struct form_node *node, const struct value *v,
               const struct form_path *at)
{
    const struct form_rule *r = node->rule[FORM_CONTAINS], *min = node->rule[FORM_MIN_CONTAINS],
                           *max = node->rule[FORM_MAX_CONTAINS];
    const int64_t least = min ? min->value->integer : 1;
    int64_t found = 0;

    for (uint32_t i = 0; i < v->n && !c->spent; i++) {
        const struct form_path below = {.up = at, .index = i};

        found += form_holds(c, r->node, &v->item[i], &below);
    }
    if (found < least)
        form_note(c, at, min ? FORM_MIN_CONTAINS : FORM_CONTAINS, min ? min->value : NULL);
    if (max && found > max->value->integer)
        form_note(c, at, FORM_MAX_CONTAINS, max->value);
}

static void
check_array(struct form_checker *c, const struct form_node *node, const struct value *v,
            const struct form_path *at)
{
    const struct form_rule *prefix = node->rule[FORM_PREFIX_ITEMS], *items = node->rule[FORM_ITEMS];
    const struct form_rule *unique = node->rule[FORM_UNIQUE_ITEMS];
    uint32_t first, second;

    check_count(c, node, FORM_MAX_ITEMS, FORM_MIN_ITEMS, v->n, at);
    /* Sorting takes about n log n; 64 Ki items have a log of 16. */
    if (unique && unique->value->boolean && step(c, 4 * (size_t)v->n) &&
        form_repeats(c->a, v, &first, &second)) {
        const struct form_path below = {.up = at, .index = second};

        form_note(c, &below, FORM_UNIQUE_ITEMS, NULL);
    }
    if (node->rule[FORM_CONTAINS])
        check_contains(c, node, v, at);
    for (uint32_t i = 0; i < v->n && (prefix || items) && !over(c); i++) {
        const struct form_path below = {.up = at, .index = i};

        if (prefix && i < prefix->n)
            form_check_node(c, prefix->child[i].node, &v->item[i], &below);
        else if (items)
            form_check_node(c, items->node, &v->item[i], &below);
    }
}

/* Notes the names of @names that @v has no member of. */
static void
check_present(struct form_checker *c, const struct value *names, const struct value *v,
              enum form_keyword k, const struct form_path *at)
{
    for (uint32_t i = 0; i < names->n && step(c, 1) && !over(c); i++) {
        const struct value *name = &names->item[i];
        const struct form_path below = {.up = at, .name = name->string, .len = name->n};

        if (!value_get(v, name->string))
            form_note(c, &below, k, NULL);
    }
}

/* Applies properties, patternProperties and additionalProperties to one member. */
static void
check_member(struct form_checker *c, const struct form_node *node, const struct member *m,
             const struct form_path *at)
{
    const struct form_rule *patterns = node->rule[FORM_PATTERN_PROPERTIES];
    const struct form_rule *others = node->rule[FORM_ADDITIONAL_PROPERTIES];
    const struct form_child *named =
        form_child_find(node->rule[FORM_PROPERTIES], m->name, m->name_len);
    bool known = named != NULL;

    if (named)
        form_check_node(c, named->node, &m->value, at);
    for (size_t i = 0; patterns && i < patterns->n && step(c, 1); i++) {
        const struct form_child *child = &patterns->child[i];

        if (match(c, child->pattern, m->name, m->name_len, at) != PATTERN_MATCHES)
            continue;
        known = true;
        form_check_node(c, child->node, &m->value, at);
    }
    if (!known && others)
        form_check_node(c, others->node, &m->value, at);
}

static void
check_names(struct form_checker *c, const struct form_node *node, const struct member *m,
            const struct form_path *at)
{
    const struct value name = {.kind = VALUE_STRING, .n = m->name_len, .string = m->name};
    const struct form_rule *r = node->rule[FORM_PROPERTY_NAMES];

    if (r && !form_holds(c, r->node, &name, at))
        form_note(c, at, FORM_PROPERTY_NAMES, NULL);
}

static void
check_object(struct form_checker *c, const struct form_node *node, const struct value *v,
             const struct form_path *at)
{
    const struct form_rule *r;

    check_count(c, node, FORM_MAX_PROPERTIES, FORM_MIN_PROPERTIES, v->n, at);
    if (node->rule[FORM_REQUIRED])
        check_present(c, node->rule[FORM_REQUIRED]->value, v, FORM_REQUIRED, at);
    r = node->rule[FORM_DEPENDENT_REQUIRED];
    for (uint32_t i = 0; r && i < r->value->n && step(c, 1); i++)
        if (value_get(v, r->value->member[i].name))
            check_present(c, &r->value->member[i].value, v, FORM_DEPENDENT_REQUIRED, at);
    for (uint32_t i = 0; i < v->n && step(c, 1) && !over(c); i++) {
        const struct member *m = &v->member[i];
        const struct form_path below = {.up = at, .name = m->name, .len = m->name_len};

        check_names(c, node, m, &below);
        check_member(c, node, m, &below);
    }
    r = node->rule[FORM_DEPENDENT_SCHEMAS];
    for (size_t i = 0; r && i < r->n && step(c, 1); i++)
        if (value_get(v, r->child[i].name))
            form_check_node(c, r->child[i].node, v, at);
}

/* Keywords that look at the value as a whole. */
static void
check_value(struct form_checker *c, const struct form_node *node, const struct value *v,
            const struct form_path *at)
{
    const struct form_rule *r = node->rule[FORM_TYPE];
    bool found = false;

    if (r && !(r->types & form_type_of(v, c->formats)))
        form_note(c, at, FORM_TYPE, r->value);
    r = node->rule[FORM_ENUM];
    if (r) {
        for (uint32_t i = 0; i < r->value->n && !found && step(c, 1); i++)
            found = value_equal(v, &r->value->item[i]);
        if (!found)
            form_note(c, at, FORM_ENUM, r->value);
    }
    r = node->rule[FORM_CONST];
    if (r && !value_equal(v, r->value))
        form_note(c, at, FORM_CONST, r->value);
}

static void
check_kind(struct form_checker *c, const struct form_node *node, const struct value *v,
           const struct form_path *at)
{
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_BOOL:
        return;
    case VALUE_INT:
    case VALUE_REAL:
        check_number(c, node, v, at);
        return;
    case VALUE_STRING:
        check_string(c, node, v, at);
        return;
    case VALUE_ARRAY:
        check_array(c, node, v, at);
        return;
    case VALUE_OBJECT:
        check_object(c, node, v, at);
        return;
    }
}

void
form_check_node(struct form_checker *c, const struct form_node *node, const struct value *v,
                const struct form_path *at)
{
    if (over(c) || !step(c, 1))
        return;
    if (c->depth == FORM_CHECK_DEPTH) {
        form_note_hard(c, at, "limit");
        return;
    }
    if (node->refuses) {
        form_note(c, at, node->keyword, NULL);
        return;
    }
    c->depth++;
    check_value(c, node, v, at);
    check_kind(c, node, v, at);
    form_check_branches(c, node, v, at);
    c->depth--;
}

struct violations
form_check(const struct form *f, const struct value *instance, struct arena *a)
{
    const struct form_path root = {0};
    struct form_checker c = {.a = a, .formats = f->formats, .room = FORM_VIOLATIONS_MAX};

    c.item = arena_array(a, FORM_VIOLATIONS_MAX + 1, struct violation);
    form_check_node(&c, f->root, instance, &root);
    if (c.spent)
        form_note_hard(&c, &root, "limit");
    return (struct violations){.item = c.item, .n = c.n};
}
