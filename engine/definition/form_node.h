/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_FORM_NODE_H
#define DEFINITION_FORM_NODE_H

#include "definition/form.h"
#include "definition/format.h"
#include "definition/pattern.h"

/*
 * The inside of a form, shared by the form_*.c files only.  A schema becomes a
 * node, each of its keywords a rule of that node.
 */

/** What the value of a keyword must look like; from it follows how it is compiled. */
enum form_shape {
    SHAPE_ANY,
    SHAPE_SCHEMA,     /* a schema */
    SHAPE_SCHEMAS,    /* a non-empty array of schemas */
    SHAPE_SCHEMA_MAP, /* schemas by name */
    SHAPE_TYPE,       /* the name of a type or several */
    SHAPE_ARRAY,
    SHAPE_OBJECT,
    SHAPE_STRING,
    SHAPE_BOOL,
    SHAPE_COUNT,    /* an integer, not negative */
    SHAPE_NUMBER,   /* any number */
    SHAPE_POSITIVE, /* a number above zero */
    SHAPE_NAMES,    /* different strings */
    SHAPE_NAMES_MAP /* different strings, by name */
};

/* KEYWORD(enum, name, shape), in no particular order. */
#define FORM_KEYWORDS(KEYWORD)                                                                     \
    KEYWORD(SCHEMA, "$schema", STRING)                                                             \
    KEYWORD(ID, "$id", STRING)                                                                     \
    KEYWORD(REF, "$ref", STRING)                                                                   \
    KEYWORD(DEFS, "$defs", SCHEMA_MAP)                                                             \
    KEYWORD(COMMENT, "$comment", STRING)                                                           \
    KEYWORD(TITLE, "title", STRING)                                                                \
    KEYWORD(DESCRIPTION, "description", STRING)                                                    \
    KEYWORD(DEFAULT, "default", ANY)                                                               \
    KEYWORD(EXAMPLES, "examples", ARRAY)                                                           \
    KEYWORD(READ_ONLY, "readOnly", BOOL)                                                           \
    KEYWORD(WRITE_ONLY, "writeOnly", BOOL)                                                         \
    KEYWORD(DEPRECATED, "deprecated", BOOL)                                                        \
    KEYWORD(CONTENT_ENCODING, "contentEncoding", STRING)                                           \
    KEYWORD(CONTENT_MEDIA_TYPE, "contentMediaType", STRING)                                        \
    KEYWORD(UI, "ui", OBJECT)                                                                      \
    KEYWORD(TYPE, "type", TYPE)                                                                    \
    KEYWORD(ENUM, "enum", ARRAY)                                                                   \
    KEYWORD(CONST, "const", ANY)                                                                   \
    KEYWORD(MULTIPLE_OF, "multipleOf", POSITIVE)                                                   \
    KEYWORD(MAXIMUM, "maximum", NUMBER)                                                            \
    KEYWORD(EXCLUSIVE_MAXIMUM, "exclusiveMaximum", NUMBER)                                         \
    KEYWORD(MINIMUM, "minimum", NUMBER)                                                            \
    KEYWORD(EXCLUSIVE_MINIMUM, "exclusiveMinimum", NUMBER)                                         \
    KEYWORD(MAX_LENGTH, "maxLength", COUNT)                                                        \
    KEYWORD(MIN_LENGTH, "minLength", COUNT)                                                        \
    KEYWORD(PATTERN, "pattern", STRING)                                                            \
    KEYWORD(FORMAT, "format", STRING)                                                              \
    KEYWORD(MAX_ITEMS, "maxItems", COUNT)                                                          \
    KEYWORD(MIN_ITEMS, "minItems", COUNT)                                                          \
    KEYWORD(UNIQUE_ITEMS, "uniqueItems", BOOL)                                                     \
    KEYWORD(PREFIX_ITEMS, "prefixItems", SCHEMAS)                                                  \
    KEYWORD(ITEMS, "items", SCHEMA)                                                                \
    KEYWORD(CONTAINS, "contains", SCHEMA)                                                          \
    KEYWORD(MAX_CONTAINS, "maxContains", COUNT)                                                    \
    KEYWORD(MIN_CONTAINS, "minContains", COUNT)                                                    \
    KEYWORD(MAX_PROPERTIES, "maxProperties", COUNT)                                                \
    KEYWORD(MIN_PROPERTIES, "minProperties", COUNT)                                                \
    KEYWORD(REQUIRED, "required", NAMES)                                                           \
    KEYWORD(DEPENDENT_REQUIRED, "dependentRequired", NAMES_MAP)                                    \
    KEYWORD(DEPENDENT_SCHEMAS, "dependentSchemas", SCHEMA_MAP)                                     \
    KEYWORD(PROPERTY_NAMES, "propertyNames", SCHEMA)                                               \
    KEYWORD(PROPERTIES, "properties", SCHEMA_MAP)                                                  \
    KEYWORD(PATTERN_PROPERTIES, "patternProperties", SCHEMA_MAP)                                   \
    KEYWORD(ADDITIONAL_PROPERTIES, "additionalProperties", SCHEMA)                                 \
    KEYWORD(ALL_OF, "allOf", SCHEMAS)                                                              \
    KEYWORD(ANY_OF, "anyOf", SCHEMAS)                                                              \
    KEYWORD(ONE_OF, "oneOf", SCHEMAS)                                                              \
    KEYWORD(NOT, "not", SCHEMA)                                                                    \
    KEYWORD(IF, "if", SCHEMA)                                                                      \
    KEYWORD(THEN, "then", SCHEMA)                                                                  \
    KEYWORD(ELSE, "else", SCHEMA)

enum form_keyword {
#define KEYWORD(name, text, shape) FORM_##name,
    FORM_KEYWORDS(KEYWORD)
#undef KEYWORD
        FORM_KEYWORD_COUNT
};

const char *form_keyword_name(enum form_keyword k);
enum form_shape form_keyword_shape(enum form_keyword k);
bool form_keyword_find(const char *name, size_t len, enum form_keyword *out);

/* Types as bits; an integer is a number too. */
enum {
    FORM_NULL = 1,
    FORM_BOOLEAN = 2,
    FORM_INTEGER = 4,
    FORM_FRACTION = 8, /* a number that is no integer */
    FORM_STRING = 16,
    FORM_ARRAY = 32,
    FORM_OBJECT = 64
};

/** A decimal number: digits x 10^exponent, without sign; exact for what a schema writes. */
struct form_decimal {
    uint64_t digits;
    int exponent;
};

/** A schema under a name or, name NULL, in a list. */
struct form_child {
    const char *name;
    uint32_t name_len;
    struct form_node *node;
    const struct pattern *pattern; /* of patternProperties */
};

/** A keyword with its value as written and as compiled. */
struct form_rule {
    const struct value *value;
    union {
        struct form_node *node; /* SHAPE_SCHEMA; what a $ref refers to */
        struct {
            const struct form_child *child; /* SHAPE_SCHEMAS; SHAPE_SCHEMA_MAP, sorted by name */
            size_t n;
        };
        unsigned types;                /* FORM_TYPE */
        const struct pattern *pattern; /* FORM_PATTERN */
        enum format format;            /* FORM_FORMAT, when asserted */
        struct form_decimal divisor;   /* FORM_MULTIPLE_OF */
    };
};

/** A schema. */
struct form_node {
    bool refuses;              /* the schema `false` */
    enum form_keyword keyword; /* under which it stands; FORM_SCHEMA at the root */
    unsigned char height;      /* longest chain of nodes that see the same value; form_link()'s */
    const struct form_rule *rule[FORM_KEYWORD_COUNT]; /* NULL where absent */
};

struct form {
    const struct form_node *root;
    enum form_formats formats;
};

/** The child called @name of a SHAPE_SCHEMA_MAP rule (NULL: none), or NULL. */
const struct form_child *form_child_find(const struct form_rule *r, const char *name, size_t len);

/** Where one is in a schema or an instance: a chain on the stack, from the inside out. */
struct form_path {
    const struct form_path *up; /* NULL at the root, whose other members mean nothing */
    const char *name;           /* NULL: @index counts */
    size_t len;
    uint32_t index;
};

/** The JSON pointer (RFC 6901) of @p in @a. */
const char *form_pointer(struct arena *a, const struct form_path *p);

/** A $ref whose target is found when all schemas are compiled. */
struct form_reference {
    struct form_node *from; /* the schema it is a keyword of */
    struct form_rule *rule;
    const char *base;    /* URI of the resource it stands in */
    const char *pointer; /* its own place */
};

/** A schema with an $id, or the root. */
struct form_resource {
    const char *uri;
    struct form_node *node;
};

struct form_links {
    struct form_reference *reference;
    size_t n_reference;
    struct form_resource *resource;
    size_t n_resource;
};

/** The type of @v as bits; in forms (ASSERT) only what fits int64 is an integer. */
unsigned form_type_of(const struct value *v, enum form_formats formats);

/** Finds the targets of all references, and refuses those that would never end. */
MUST_CHECK bool form_link(struct arena *a, const struct form_links *links, struct error *e);

/** Resolves @reference against @base (RFC 3986 5.2); the fragment, decoded, goes to @fragment. */
const char *form_uri_resolve(struct arena *a, const char *base, const char *reference,
                             const char **fragment);

/** Numbers, exactly. */
struct form_decimal form_decimal_of(struct arena *a, const struct value *number);
bool form_decimal_divides(struct form_decimal divisor, struct form_decimal n);
int form_number_compare(const struct value *a, const struct value *b);

/** True when two items of @array are equal; *second is the first that repeats an earlier one. */
bool form_repeats(struct arena *a, const struct value *array, uint32_t *first, uint32_t *second);

/** The sentences of a violated keyword whose value in the schema is @limit (may be NULL). */
void form_word(struct arena *a, enum form_keyword k, const struct value *limit,
               struct violation *out);

#endif
