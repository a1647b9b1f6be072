/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_FORM_H
#define DEFINITION_FORM_H

#include "base/arena.h"
#include "base/error.h"
#include "base/value.h"

/**
 * A form: a compiled JSON Schema (2020-12, a documented subset) that tells what
 * is wrong with a value and what expressions may rely on in one that is right.
 * Immutable, in the arena it was compiled in, shared by threads.
 *
 * The subset.  Asserted: type enum const, multipleOf maximum exclusiveMaximum
 * minimum exclusiveMinimum, maxLength minLength pattern, maxItems minItems
 * uniqueItems maxContains minContains, maxProperties minProperties required
 * dependentRequired.  Applied: properties patternProperties
 * additionalProperties propertyNames items prefixItems contains allOf anyOf
 * oneOf not if then else dependentSchemas, $ref within the schema by pointer or
 * by $id, boolean schemas.  Read and not asserted: $schema $id $defs $comment
 * title description default examples readOnly writeOnly deprecated
 * contentEncoding contentMediaType, and our own `ui`, an object for whoever
 * draws the form; its `hint` {"zh","en"} takes the place of the message where
 * `pattern` is not met.  Everything else is refused, never ignored.
 */
struct form;

/** What `format` does. */
enum form_formats {
    FORM_FORMATS_ANNOTATE, /* nothing, as in plain JSON Schema */
    FORM_FORMATS_ASSERT    /* asserted; an unknown one is refused; an integer must fit int64 */
};

enum {
    FORM_DEPTH = 64,          /* nesting of a schema, and of schemas applied to one value */
    FORM_SCHEMAS = 10000,     /* schemas in a form */
    FORM_CHECK_DEPTH = 512,   /* nesting of schemas and values while checking */
    FORM_STEPS = 1000000,     /* steps of one check */
    FORM_VIOLATIONS_MAX = 100 /* more are not looked for */
};

/**
 * Compiles @schema, which must live as long as @a.
 *
 * @return false with ERROR_DEFINITION_INVALID: a keyword that is unknown or has
 *         a faulty value, a reference that leaves the schema or leads back to
 *         itself; pointer and detail name it and tell how to mend it.
 */
MUST_CHECK bool form_compile(struct arena *a, const struct value *schema, enum form_formats formats,
                             const struct form **out, struct error *e);

/** One thing that is wrong.  Never quotes the value itself, which may be personal. */
struct violation {
    const char
        *pointer; /* JSON pointer into the instance; for a missing member, where it belongs */
    const char *keyword; /* of JSON Schema; "limit" when checking would take too long */
    const char *zh, *en; /* one sentence that tells how to mend it */
};

struct violations {
    const struct violation *item;
    size_t n;
};

/**
 * Finds everything that is wrong with @instance, at most FORM_VIOLATIONS_MAX,
 * in an order that depends on the arguments alone; n == 0 means it is valid.
 *
 * Bounded in time and memory whatever the arguments are: what cannot be
 * decided within the bounds is a violation.  Pure; memory comes from @a.
 */
struct violations form_check(const struct form *f, const struct value *instance, struct arena *a);

/**
 * What may be relied on at a dotted path ("area", "site.area") of an object
 * that form_check() found valid.
 */
struct form_field {
    bool declared;             /* the form names it */
    bool required;             /* present in every valid object, all the way along the path */
    enum value_kind kind;      /* BOOL INT STRING ARRAY OBJECT when it is certain, else NULL */
    enum value_kind item_kind; /* of the items of an array: the same; else NULL */
    bool date;                 /* the string, or each item, certainly has the format date or
                                  date-time; only where formats are asserted */
    bool credit_code;          /* the same of the format cn-uscc */
    bool bounded;              /* an array that has at most so many items */
};

/** @path is what follows "form." in an expression. */
struct form_field form_field(const struct form *f, const char *path);

/** The same at @path of each element of the array at @list; undeclared where they are no objects.
 */
struct form_field form_item_field(const struct form *f, const char *list, const char *path);

/** The @i-th member that each element of the array at @list must have, twice perhaps; NULL: none.
 */
const char *form_item_required(const struct form *f, const char *list, uint32_t i);

#endif
