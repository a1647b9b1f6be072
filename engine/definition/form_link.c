/* SPDX-License-Identifier: Apache-2.0 */
/* References of a form: finding their targets, refusing those that never end. */
#include <stdlib.h>
#include <string.h>

#include "definition/form_node.h"

enum { HEIGHT_OPEN = 255 }; /* a node the walk for loops is still in */

static struct form_node *
resource_find(const struct form_links *l, const char *uri)
{
    for (size_t i = 0; i < l->n_resource; i++)
        if (strcmp(l->resource[i].uri, uri) == 0)
            return l->resource[i].node;
    return NULL;
}

/* Reads one token of a JSON pointer into @token, which has room; returns what is behind it. */
static const char *
read_token(const char *at, char *token, size_t *len)
{
    *len = 0;
    for (; *at && *at != '/'; at++) {
        char c = *at;

        if (c == '~' && (at[1] == '0' || at[1] == '1'))
            c = *++at == '0' ? '~' : '/';
        token[(*len)++] = c;
    }
    token[*len] = 0;
    return at;
}

/*
 * Follows a JSON pointer from schema to schema.  Because it steps through
 * compiled keywords, it can only end at what really is a schema.
 */
static struct form_node *
follow(struct arena *a, struct form_node *node, const char *at)
{
    char *token = arena_alloc(a, strlen(at) + 1);
    size_t len;

    while (node && *at == '/') {
        const struct form_rule *r;
        const struct form_child *child = NULL;
        enum form_keyword k;
        char *end;

        at = read_token(at + 1, token, &len);
        r = form_keyword_find(token, len, &k) ? node->rule[k] : NULL;
        if (r && form_keyword_shape(k) == SHAPE_SCHEMA) {
            node = r->node;
            continue;
        }
        if (!r || *at != '/')
            return NULL;
        at = read_token(at + 1, token, &len);
        if (form_keyword_shape(k) == SHAPE_SCHEMA_MAP) {
            child = form_child_find(r, token, len);
        } else if (form_keyword_shape(k) == SHAPE_SCHEMAS && len && len < 8) {
            const unsigned long i = strtoul(token, &end, 10);

            child = !*end && i < r->n ? &r->child[i] : NULL;
        }
        node = child ? child->node : NULL;
    }
    return *at ? NULL : node;
}

static bool
find_target(struct arena *a, const struct form_links *l, struct form_reference *ref,
            struct error *e)
{
    const char *text = ref->rule->value->string, *fragment;
    const char *uri = form_uri_resolve(a, ref->base, text, &fragment);
    struct form_node *node = resource_find(l, uri);

    if (!node)
        return error_at(e, ERROR_DEFINITION_INVALID, ref->pointer,
                        "$ref \"%s\" leaves the form: copy what it refers to under $defs", text);
    if (*fragment && *fragment != '/')
        return error_at(e, ERROR_DEFINITION_INVALID, ref->pointer,
                        "$ref \"%s\" is an anchor: refer by pointer, like #/$defs/name", text);
    ref->rule->node = follow(a, node, fragment);
    if (!ref->rule->node)
        return error_at(e, ERROR_DEFINITION_INVALID, ref->pointer,
                        "$ref \"%s\" points at no schema: correct the pointer", text);
    return true;
}

static unsigned measure(struct form_node *node, unsigned depth);

static unsigned
measure_rule(const struct form_node *node, enum form_keyword k, unsigned depth)
{
    const struct form_rule *r = node->rule[k];
    unsigned highest = 0;

    if (!r)
        return 0;
    if (k == FORM_REF || form_keyword_shape(k) == SHAPE_SCHEMA)
        return measure(r->node, depth + 1);
    for (size_t i = 0; i < r->n && highest <= FORM_DEPTH; i++) {
        const unsigned height = measure(r->child[i].node, depth + 1);

        highest = height > highest ? height : highest;
    }
    return highest;
}

/*
 * The longest chain of schemas that see the same value from @node on; more
 * than FORM_DEPTH when there is no end, or it is too far away.
 */
static unsigned
measure(struct form_node *node, unsigned depth)
{
    static const enum form_keyword same_value[] = {
        FORM_REF, FORM_ALL_OF, FORM_ANY_OF, FORM_ONE_OF,           FORM_NOT,
        FORM_IF,  FORM_THEN,   FORM_ELSE,   FORM_DEPENDENT_SCHEMAS};
    unsigned highest = 0;

    if (node->height == HEIGHT_OPEN || depth > FORM_DEPTH)
        return FORM_DEPTH + 1;
    if (node->height)
        return node->height;
    node->height = HEIGHT_OPEN;
    for (size_t i = 0; i < sizeof(same_value) / sizeof(same_value[0]); i++) {
        const unsigned height = measure_rule(node, same_value[i], depth);

        highest = height > highest ? height : highest;
        if (highest > FORM_DEPTH)
            return highest;
    }
    node->height = (unsigned char)(highest + 1);
    return node->height;
}

bool
form_link(struct arena *a, const struct form_links *links, struct error *e)
{
    for (size_t i = 0; i < links->n_reference; i++)
        if (!find_target(a, links, &links->reference[i], e))
            return false;
    /* Every loop runs through a reference. */
    for (size_t i = 0; i < links->n_reference; i++)
        if (measure(links->reference[i].from, 0) > FORM_DEPTH)
            return error_at(e, ERROR_DEFINITION_INVALID, links->reference[i].pointer,
                            "$ref \"%s\" leads back to itself, or over more than %d schemas, "
                            "without going into a member or an item: break the loop",
                            links->reference[i].rule->value->string, FORM_DEPTH);
    return true;
}
