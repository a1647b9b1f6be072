/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

/**
 * A JSON value in an arena, immutable once built, so that it may be shared by
 * threads and copied by assignment.
 *
 * Integers are int64; a number with a fraction or an exponent that is a whole
 * number within int64 is an integer too (1.0 is 1), everything else is a real
 * and is only ever seen by form validation: expressions know no reals.
 *
 * Strings are UTF-8 without U+0000 and NUL-terminated.  Members of an object
 * are sorted by name in the order of RFC 8785 (UTF-16 code units) and unique.
 */
enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_REAL,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT
};

struct value {
    enum value_kind kind;
    uint32_t n;    /* bytes of a string, items of an array, members of an object */
    uint32_t line; /* line of the source text it began on, 0 when unknown */
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *string;
        const struct value *item;
        const struct member *member;
    };
};

struct member {
    const char *name;
    uint32_t name_len;
    struct value value;
};

struct value value_null(void);
struct value value_bool(bool b);
struct value value_int(int64_t n);
struct value value_string(struct arena *a, const char *s); /* copies */
struct value value_borrow(const char *s);                  /* @s must outlive the value */
struct value value_array(const struct value *item, size_t n);

/**
 * Sorts @member (taking it over) into an object; the last of equal names wins.
 * @a is where sorting may take memory.
 */
struct value value_object(struct arena *a, struct member *member, size_t n);

/** The member of @object called @name, or NULL; NULL too when it is no object. */
const struct value *value_get(const struct value *object, const char *name);

/** The text of a string member, or NULL when absent or no string. */
const char *value_get_string(const struct value *object, const char *name);

/** How many characters a string has, which are code points. */
uint32_t value_characters(const struct value *text);

/** JSON equality: numbers by value, objects whatever their order. */
bool value_equal(const struct value *a, const struct value *b);

/** The order of member names in an object: UTF-16 code units, as RFC 8785 sorts. */
int value_name_compare(const char *a, size_t a_len, const char *b, size_t b_len);

/** A copy of @object in which @name is @v.  @object may be NULL (an empty one). */
struct value value_with(struct arena *a, const struct value *object, const char *name,
                        struct value v);

/** A copy of @v and everything in it in arena @a. */
struct value value_copy(struct arena *a, const struct value *v);

/** Appends canonical JSON (RFC 8785). */
void value_write(struct text *t, const struct value *v);

/**
 * Reads @len bytes that value_write() wrote (UTF-8 is taken on trust).
 * @return false for anything else, a number with a fraction among it: then
 * json_read() is to be asked.
 */
bool value_read(struct arena *a, const char *bytes, size_t len, struct value *out);

/** "null" "boolean" "integer" "number" "string" "array" "object" */
const char *value_kind_name(enum value_kind kind);

#endif
