/* SPDX-License-Identifier: Apache-2.0 */
/* What expressions may rely on in a valid form. */
#include <string.h>

#include "definition/form_node.h"

enum { MENTIONS_STEPS = 10000 }; /* schemas looked at for a name; then it counts as unknown */

/* Schemas that certainly hold for a value: its own, and those they refer to or include. */
struct certain {
    const struct form_node *node[FORM_DEPTH + 1];
    size_t n;
};

static void
collect(struct certain *s, const struct form_node *node)
{
    const struct form_rule *all = node->rule[FORM_ALL_OF];

    if (s->n == sizeof(s->node) / sizeof(s->node[0]))
        return; /* knowing less is safe */
    s->node[s->n++] = node;
    if (node->rule[FORM_REF])
        collect(s, node->rule[FORM_REF]->node);
    for (size_t i = 0; all && i < all->n; i++)
        collect(s, all->child[i].node);
}

static enum value_kind
kind_of_types(unsigned types)
{
    switch (types) {
    case FORM_BOOLEAN:
        return VALUE_BOOL;
    case FORM_INTEGER:
        return VALUE_INT;
    case FORM_STRING:
        return VALUE_STRING;
    case FORM_ARRAY:
        return VALUE_ARRAY;
    case FORM_OBJECT:
        return VALUE_OBJECT;
    }
    return VALUE_NULL;
}

/* The types a node leaves open by `type`, `enum` and `const`. */
static unsigned
types_of(const struct form_node *node)
{
    const struct form_rule *type = node->rule[FORM_TYPE], *list = node->rule[FORM_ENUM],
                           *one = node->rule[FORM_CONST];
    unsigned types = type ? type->types : ~0U, listed = 0;

    for (uint32_t i = 0; list && i < list->value->n; i++)
        listed |= form_type_of(&list->value->item[i], FORM_FORMATS_ASSERT);
    if (list)
        types &= listed;
    if (one)
        types &= form_type_of(one->value, FORM_FORMATS_ASSERT);
    return types;
}

static enum value_kind
kind_of(const struct certain *s)
{
    unsigned types = ~0U;

    for (size_t i = 0; i < s->n; i++)
        types &= types_of(s->node[i]);
    return kind_of_types(types);
}

static bool requires(const struct form_node *node, const char *name, size_t len)
{
    const struct form_rule *r = node->rule[FORM_REQUIRED];

    for (uint32_t i = 0; r && i < r->value->n; i++)
        if (r->value->item[i].n == len && memcmp(r->value->item[i].string, name, len) == 0)
            return true;
    return false;
}

/* Does @node name the member, be it only under some condition? */
static bool
mentions(const struct form_node *node, const char *name, size_t len, int *left)
{
    static const enum form_keyword single[] = {FORM_IF, FORM_THEN, FORM_ELSE, FORM_REF};
    static const enum form_keyword several[] = {FORM_ALL_OF, FORM_ANY_OF, FORM_ONE_OF,
                                                FORM_DEPENDENT_SCHEMAS};

    if (--*left < 0)
        return false;
    if (requires(node, name, len) || form_child_find(node->rule[FORM_PROPERTIES], name, len))
        return true;
    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
        if (node->rule[single[i]] && mentions(node->rule[single[i]]->node, name, len, left))
            return true;
    for (size_t i = 0; i < sizeof(several) / sizeof(several[0]); i++) {
        const struct form_rule *r = node->rule[several[i]];

        for (size_t j = 0; r && j < r->n; j++)
            if (mentions(r->child[j].node, name, len, left))
                return true;
    }
    return false;
}

/* Goes into member @name of what @s describes; what is known of it replaces @s. */
static void
enter(struct certain *s, const char *name, size_t len, struct form_field *f)
{
    struct certain below = {.n = 0};
    int left = MENTIONS_STEPS;
    bool named = false, required = false;

    for (size_t i = 0; i < s->n; i++) {
        const struct form_child *child =
            form_child_find(s->node[i]->rule[FORM_PROPERTIES], name, len);

        required = required || requires(s->node[i], name, len);
        if (child)
            collect(&below, child->node);
    }
    for (size_t i = 0; i < s->n && !named; i++)
        named = mentions(s->node[i], name, len, &left);
    f->declared = f->declared && named;
    f->required = f->required && required;
    *s = below;
}

/* Whether a string certainly has one of the formats. */
static bool
has_format(const struct form *form, const struct certain *s, enum format one, enum format other)
{
    for (size_t i = 0; form->formats == FORM_FORMATS_ASSERT && i < s->n; i++) {
        const struct form_rule *r = s->node[i]->rule[FORM_FORMAT];

        if (r && (r->format == one || r->format == other))
            return true;
    }
    return false;
}

/* What holds for every item of an array. */
static struct certain
items_of(const struct certain *s)
{
    struct certain items = {.n = 0};

    for (size_t i = 0; i < s->n; i++)
        if (s->node[i]->rule[FORM_ITEMS] && !s->node[i]->rule[FORM_PREFIX_ITEMS])
            collect(&items, s->node[i]->rule[FORM_ITEMS]->node);
    return items;
}

/* Along @path, from what @s is certain of to what lies there. */
static struct form_field
follow(struct certain *s, const char *path)
{
    struct form_field f = {.declared = true, .required = true};

    for (;;) {
        const size_t len = strcspn(path, ".");

        enter(s, path, len, &f);
        f.kind = kind_of(s);
        if (!path[len])
            return f;
        /* `required` and `properties` bind objects only. */
        if (f.kind != VALUE_OBJECT) {
            f = (struct form_field){.declared = f.declared && s->n > 0};
            s->n = 0;
            return f;
        }
        path += len + 1;
    }
}

static struct form_field
field_at(const struct form *form, struct certain *s, const char *path)
{
    struct form_field f = follow(s, path);
    bool text;

    for (size_t i = 0; f.kind == VALUE_ARRAY && i < s->n; i++)
        f.bounded = f.bounded || s->node[i]->rule[FORM_MAX_ITEMS];
    if (f.kind == VALUE_ARRAY) {
        *s = items_of(s);
        f.item_kind = kind_of(s);
    }
    text = (f.kind == VALUE_ARRAY ? f.item_kind : f.kind) == VALUE_STRING;
    f.date = text && has_format(form, s, FORMAT_DATE, FORMAT_DATE_TIME);
    f.credit_code = text && has_format(form, s, FORMAT_CN_USCC, FORMAT_CN_USCC);
    return f.declared ? f : (struct form_field){.declared = false};
}

struct form_field
form_field(const struct form *form, const char *path)
{
    struct certain s = {.n = 0};

    collect(&s, form->root);
    return field_at(form, &s, path);
}

/* What holds for every element of the array at @list. */
static struct certain
elements_of(const struct form *form, const char *list)
{
    struct certain s = {.n = 0};

    collect(&s, form->root);
    (void)follow(&s, list);
    return items_of(&s);
}

struct form_field
form_item_field(const struct form *form, const char *list, const char *path)
{
    const struct form_field f = form_field(form, list);
    struct certain s = elements_of(form, list);

    if (f.kind != VALUE_ARRAY || f.item_kind != VALUE_OBJECT)
        return (struct form_field){.declared = false};
    return field_at(form, &s, path);
}

const char *
form_item_required(const struct form *form, const char *list, uint32_t i)
{
    const struct certain s = elements_of(form, list);

    for (size_t k = 0; k < s.n; k++) {
        const struct form_rule *r = s.node[k]->rule[FORM_REQUIRED];

        if (r && i < r->value->n)
            return r->value->item[i].string;
        i -= r ? r->value->n : 0;
    }
    return NULL;
}
