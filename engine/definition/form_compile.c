/* SPDX-License-Identifier: Apache-2.0 */
/* From a JSON Schema to a form: every keyword known, every value of the right shape. */
#include <string.h>

#include "definition/form_node.h"

struct compile {
    struct arena *a;
    enum form_formats formats;
    struct form_links links;
    size_t n_node;
    struct error *e;
};

/* Where a schema stands. */
struct place {
    const struct form_path *path;
    const char *base; /* URI of the resource around it */
    enum form_keyword keyword;
    int depth;
};

static const char dialect[] = "https://json-schema.org/draft/2020-12/schema";

static bool compile_schema(struct compile *c, const struct value *v, struct place at,
                           struct form_node **out);

#define REFUSE(c, path, ...)                                                                       \
    error_at((c)->e, ERROR_DEFINITION_INVALID, form_pointer((c)->a, path), __VA_ARGS__)

/* Keywords of JSON Schema that are known not to be known here, and what to write instead. */
static const char *
advice(const char *keyword)
{
    static const char *const table[][2] = {
        {"$anchor", "refer by pointer, like #/$defs/name"},
        {"$dynamicAnchor", "refer by pointer, like #/$defs/name"},
        {"$dynamicRef", "use $ref"},
        {"$recursiveRef", "use $ref"},
        {"$vocabulary", "leave it out"},
        {"additionalItems", "use prefixItems and items"},
        {"contentSchema", "leave it out"},
        {"definitions", "use $defs"},
        {"dependencies", "use dependentRequired or dependentSchemas"},
        {"id", "use $id"},
        {"unevaluatedItems", "use items"},
        {"unevaluatedProperties", "use additionalProperties"},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(table[i][0], keyword) == 0)
            return table[i][1];
    return "correct its name, or put what is meant for people under \"ui\"";
}

static bool
compile_list(struct compile *c, struct form_rule *r, struct place at)
{
    const struct value *v = r->value;
    struct form_child *child = arena_array(c->a, v->n, struct form_child);

    for (uint32_t i = 0; i < v->n; i++) {
        const struct form_path path = {.up = at.path, .index = i};
        struct place below = at;

        below.path = &path;
        if (!compile_schema(c, &v->item[i], below, &child[i].node))
            return false;
    }
    r->child = child;
    r->n = v->n;
    return true;
}

static bool
compile_map(struct compile *c, struct form_rule *r, struct place at)
{
    const struct value *v = r->value;
    struct form_child *child = arena_array(c->a, v->n, struct form_child);

    for (uint32_t i = 0; i < v->n; i++) {
        const struct member *m = &v->member[i];
        const struct form_path path = {.up = at.path, .name = m->name, .len = m->name_len};
        struct place below = at;
        struct error why;

        below.path = &path;
        child[i].name = m->name;
        child[i].name_len = m->name_len;
        if (at.keyword == FORM_PATTERN_PROPERTIES &&
            !pattern_compile(c->a, m->name, m->name_len, &child[i].pattern, &why))
            return REFUSE(c, &path, "%s", why.detail);
        if (!compile_schema(c, &m->value, below, &child[i].node))
            return false;
    }
    r->child = child;
    r->n = v->n;
    return true;
}

static unsigned
type_bit(const struct value *v)
{
    static const struct {
        const char *name;
        unsigned bits;
    } table[] = {{"null", FORM_NULL},       {"boolean", FORM_BOOLEAN},
                 {"integer", FORM_INTEGER}, {"number", FORM_INTEGER | FORM_FRACTION},
                 {"string", FORM_STRING},   {"array", FORM_ARRAY},
                 {"object", FORM_OBJECT}};

    for (size_t i = 0; v->kind == VALUE_STRING && i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(table[i].name, v->string) == 0)
            return table[i].bits;
    return 0;
}

static bool
compile_type(struct compile *c, struct form_rule *r, const struct form_path *path)
{
    const struct value *v = r->value;
    const uint32_t n = v->kind == VALUE_ARRAY ? v->n : 1;
    unsigned types = 0;

    for (uint32_t i = 0; i < n; i++) {
        const unsigned bit = type_bit(v->kind == VALUE_ARRAY ? &v->item[i] : v);

        if (!bit)
            return REFUSE(c, path,
                          "a type is one of null, boolean, integer, number, string, array, object");
        types |= bit;
    }
    if (!types)
        return REFUSE(c, path, "name at least one type");
    r->types = types;
    return true;
}

static bool
are_names(const struct value *v)
{
    if (v->kind != VALUE_ARRAY)
        return false;
    for (uint32_t i = 0; i < v->n; i++)
        if (v->item[i].kind != VALUE_STRING)
            return false;
    return true;
}

static bool
check_names(struct compile *c, const struct value *v, const struct form_path *path)
{
    uint32_t first, second;

    if (!are_names(v))
        return REFUSE(c, path, "write an array of member names");
    if (form_repeats(c->a, v, &first, &second))
        return REFUSE(c, path, "\"%s\" is named twice: remove one", v->item[second].string);
    return true;
}

static bool
check_names_map(struct compile *c, const struct value *v, const struct form_path *path)
{
    for (uint32_t i = 0; i < v->n; i++) {
        const struct member *m = &v->member[i];
        const struct form_path below = {.up = path, .name = m->name, .len = m->name_len};

        if (!check_names(c, &m->value, &below))
            return false;
    }
    return true;
}

/* Strings that mean something to us. */
static bool
compile_string(struct compile *c, struct form_rule *r, struct place at)
{
    const struct value *v = r->value;
    struct error why;

    if (at.keyword == FORM_PATTERN && !pattern_compile(c->a, v->string, v->n, &r->pattern, &why))
        return REFUSE(c, at.path, "%s", why.detail);
    if (at.keyword == FORM_FORMAT && c->formats == FORM_FORMATS_ASSERT &&
        !format_find(v->string, &r->format))
        return REFUSE(c, at.path,
                      "format \"%s\" is not known: use date, date-time, email, uri, uuid, cn-uscc, "
                      "cn-id, cn-mobile, cn-region, cn-project, cn-real-estate, or a pattern",
                      v->string);
    if (at.keyword == FORM_SCHEMA && strcmp(v->string, dialect) != 0)
        return REFUSE(c, at.path, "$schema is %s or absent", dialect);
    return true;
}

/* What is said about a value of the wrong shape; NULL when the shape is right. */
static const char *
shape_fault(enum form_shape shape, const struct value *v)
{
    const bool number = v->kind == VALUE_INT || v->kind == VALUE_REAL;

    switch (shape) {
    case SHAPE_ANY:
    case SHAPE_SCHEMA:
    case SHAPE_TYPE:
    case SHAPE_NAMES:
        break;
    case SHAPE_SCHEMAS:
        return v->kind == VALUE_ARRAY && v->n ? NULL : "an array of at least one schema";
    case SHAPE_SCHEMA_MAP:
        return v->kind == VALUE_OBJECT ? NULL : "an object whose members are schemas";
    case SHAPE_NAMES_MAP:
        return v->kind == VALUE_OBJECT ? NULL : "an object whose members are arrays of names";
    case SHAPE_ARRAY:
        return v->kind == VALUE_ARRAY ? NULL : "an array";
    case SHAPE_OBJECT:
        return v->kind == VALUE_OBJECT ? NULL : "an object";
    case SHAPE_STRING:
        return v->kind == VALUE_STRING ? NULL : "a string";
    case SHAPE_BOOL:
        return v->kind == VALUE_BOOL ? NULL : "true or false";
    case SHAPE_COUNT:
        return v->kind == VALUE_INT && v->integer >= 0 ? NULL : "an integer that is not negative";
    case SHAPE_NUMBER:
        return number ? NULL : "a number";
    case SHAPE_POSITIVE:
        return number && (v->kind == VALUE_INT ? v->integer > 0 : v->real > 0)
                   ? NULL
                   : "a number above zero";
    }
    return NULL;
}

/* @at is the place of the keyword's value. */
static bool
compile_rule(struct compile *c, struct form_rule *r, struct place at)
{
    const enum form_shape shape = form_keyword_shape(at.keyword);
    const char *fault = shape_fault(shape, r->value);

    if (fault)
        return REFUSE(c, at.path, "%s wants %s", form_keyword_name(at.keyword), fault);
    switch (shape) {
    case SHAPE_SCHEMA:
        return compile_schema(c, r->value, at, &r->node);
    case SHAPE_SCHEMAS:
        return compile_list(c, r, at);
    case SHAPE_SCHEMA_MAP:
        return compile_map(c, r, at);
    case SHAPE_TYPE:
        return compile_type(c, r, at.path);
    case SHAPE_NAMES:
        return check_names(c, r->value, at.path);
    case SHAPE_NAMES_MAP:
        return check_names_map(c, r->value, at.path);
    case SHAPE_STRING:
        return compile_string(c, r, at);
    case SHAPE_POSITIVE:
        r->divisor = form_decimal_of(c->a, r->value);
        return true;
    case SHAPE_ANY:
    case SHAPE_ARRAY:
    case SHAPE_OBJECT:
    case SHAPE_BOOL:
    case SHAPE_COUNT:
    case SHAPE_NUMBER:
        return true;
    }
    return true;
}

/* Enters @node under its $id, or under no name when it is the root and has none. */
static bool
add_resource(struct compile *c, struct form_node *node, const char *id, struct place *at)
{
    struct form_links *l = &c->links;
    const char *fragment;

    at->base = form_uri_resolve(c->a, at->base, id, &fragment);
    if (*fragment)
        return REFUSE(c, at->path, "an $id has no fragment: remove what follows #");
    for (size_t i = 0; i < l->n_resource; i++)
        if (strcmp(l->resource[i].uri, at->base) == 0)
            return REFUSE(c, at->path, "$id \"%s\" is given twice: change one", id);
    l->resource = arena_grow(c->a, l->resource, l->n_resource, sizeof(*l->resource));
    l->resource[l->n_resource++] = (struct form_resource){.uri = at->base, .node = node};
    return true;
}

static void
add_reference(struct compile *c, struct form_node *node, struct form_rule *r, struct place at)
{
    struct form_links *l = &c->links;

    l->reference = arena_grow(c->a, l->reference, l->n_reference, sizeof(*l->reference));
    l->reference[l->n_reference++] = (struct form_reference){
        .from = node, .rule = r, .base = at.base, .pointer = form_pointer(c->a, at.path)};
}

static bool
compile_object(struct compile *c, const struct value *v, struct place at, struct form_node *node)
{
    const char *id = value_get_string(v, "$id");

    if ((id || !at.path->up) && !add_resource(c, node, id ? id : "", &at))
        return false;
    for (uint32_t i = 0; i < v->n; i++) {
        const struct member *m = &v->member[i];
        const struct form_path path = {.up = at.path, .name = m->name, .len = m->name_len};
        struct form_rule *r = arena_new(c->a, struct form_rule);
        struct place below = {.path = &path, .base = at.base, .depth = at.depth + 1};

        if (!form_keyword_find(m->name, m->name_len, &below.keyword))
            return REFUSE(c, &path, "keyword \"%s\" is not supported: %s", m->name,
                          advice(m->name));
        r->value = &m->value;
        if (!compile_rule(c, r, below))
            return false;
        node->rule[below.keyword] = r;
        if (below.keyword == FORM_REF)
            add_reference(c, node, r, below);
    }
    return true;
}

static bool
compile_schema(struct compile *c, const struct value *v, struct place at, struct form_node **out)
{
    struct form_node *node = arena_new(c->a, struct form_node);

    if (at.depth > FORM_DEPTH)
        return REFUSE(c, at.path, "nested deeper than %d schemas", FORM_DEPTH);
    if (++c->n_node > FORM_SCHEMAS)
        return REFUSE(c, at.path, "a form has at most %d schemas", FORM_SCHEMAS);
    *out = node;
    node->keyword = at.keyword;
    node->refuses = v->kind == VALUE_BOOL && !v->boolean;
    if (v->kind == VALUE_OBJECT)
        return compile_object(c, v, at, node);
    if (v->kind != VALUE_BOOL)
        return REFUSE(c, at.path, "a schema is an object, true or false");
    return true;
}

bool
form_compile(struct arena *a, const struct value *schema, enum form_formats formats,
             const struct form **out, struct error *e)
{
    struct compile c = {.a = a, .formats = formats, .e = e};
    const struct form_path root = {0};
    const struct place at = {.path = &root, .base = "", .keyword = FORM_SCHEMA};
    struct form *f = arena_new(a, struct form);
    struct form_node *node;

    f->formats = formats;
    if (!compile_schema(&c, schema, at, &node) || !form_link(a, &c.links, e))
        return false;
    f->root = node;
    *out = f;
    return true;
}
