/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_EXPRESSION_NODE_H
#define DEFINITION_EXPRESSION_NODE_H

#include "definition/expression.h"

/** How a compiled expression lies in memory.  Only expression*.c include this. */
enum op {
    OP_LITERAL,
    OP_ARRAY, /* an array with operations in it */
    OP_VAR,
    OP_MISSING,
    OP_SAME,
    OP_DIFFERENT,
    OP_LESS,
    OP_AT_MOST,
    OP_MORE,
    OP_AT_LEAST,
    OP_AND,
    OP_OR,
    OP_NOT,
    OP_IF,
    OP_IN,
    OP_ALL,
    OP_SOME,
    OP_NONE,
    OP_PLUS,
    OP_MINUS,
    OP_TIMES,
    OP_PLUS_TIME,
    OP_AFTER,
    OP_BEFORE,
    OP_NOT_AFTER,
    OP_NOT_BEFORE,
    OP_WORKING_DAYS,
    OP_COUNT
};

/** Units of plusTime. */
enum offset { OFFSET_YEAR, OFFSET_MONTH, OFFSET_DAY, OFFSET_HOUR, OFFSET_MINUTE, OFFSET_COUNT };

/** One part of a path: a member's name, or a place in an array when it is all digits. */
struct segment {
    const char *name;
    int32_t index; /* -1: never a place */
};

/**
 * A path, split.  Inside all/some/none it starts at the element; @full then
 * tells where that element came from, "items.*.qty".
 */
struct path {
    enum root root;   /* ROOT_COUNT: an element of an array that is no field */
    bool element;     /* starts at the element */
    uint16_t n;       /* segments below the root or the element */
    const char *text; /* as written */
    const char *full; /* below the root, see struct proof */
    const struct segment *segment;
};

struct node {
    uint8_t op;        /* enum op */
    uint8_t offset;    /* OP_PLUS_TIME: enum offset */
    bool bare;         /* {"!": x}: its operand stands without an array */
    uint16_t n;        /* operands; paths of OP_MISSING */
    uint16_t position; /* among the operands of its parent */
    uint32_t first;    /* node of the first operand; the others follow it */
    uint32_t parent;   /* its own number at the top */
    const struct path *path;
    struct value value; /* OP_LITERAL; the default of OP_VAR, VALUE_NULL when it has none */
};

struct expression {
    const struct node *node; /* [n], node[0] is the whole */
    uint32_t n;
    bool anonymous;
};

/** Names are arrays, not pointers: the tables of the core hold no relocated data. */
struct operator_rule {
    char name[20];
    char takes[44]; /* in words */
    uint16_t least, most;
};
extern const struct operator_rule operator_rule[OP_COUNT];
extern const char offset_name[OFFSET_COUNT][8];

/** The JSON pointer of a node, or of the nearest enclosing one that an error can hold. */
struct pointer {
    char at[120];
};
struct pointer node_pointer(const struct node *node, uint32_t at);

/** A node in words for an error: "form.area", "operand 2 of <", "the result of +". */
struct node_name {
    char at[100];
};
struct node_name node_name(const struct node *node, uint32_t at);

/** The beginning of a text for an error, whole characters. */
struct excerpt {
    char at[64];
};
struct excerpt excerpt(const char *text);

/** "a string", "an integer", "true or false" … */
const char *kind_phrase(enum value_kind kind);

/** The paths of the missing in {"===": [{"missing": […]}, []]} and !==, either way round, or NULL.
 */
const struct node *guard_paths(const struct expression *x, const struct node *same);

/** Reads a date or date-time; with @utc a date begins at 00:00 UTC instead of UTC+8. */
bool moment_read(const struct value *v, bool utc, instant *out);

/** @t moved by @n units on the calendar of UTC+8, or of UTC; false outside 1900..9999. */
bool moment_shift(instant t, int64_t n, enum offset unit, bool utc, instant *out);

/** The date of a date or a date-time in UTC+8. */
bool moment_day(const struct value *v, day *out);

#endif
