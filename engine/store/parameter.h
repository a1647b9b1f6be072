/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_PARAMETER_H
#define STORE_PARAMETER_H

#include "base/arena.h"
#include "base/instant.h"
#include "base/text.h"

/*
 * Arguments of statements, in PostgreSQL's binary form.  Statements take only
 * four kinds, and arrays of them, so that no cast can be forgotten: bigint
 * (every integer), timestamptz, text, bytea.  The SQL narrows where it must.
 */
enum { PARAMETERS_MAX = 32 };

/** The arguments of one call, in their order.  Everything lives in the arena. */
struct parameters {
    struct arena *arena;
    int n;
    const char *value[PARAMETERS_MAX]; /* NULL: SQL null */
    int length[PARAMETERS_MAX];
};

struct parameters parameters_new(struct arena *a);
void parameter_int(struct parameters *p, int64_t n);
void parameter_instant(struct parameters *p, instant t);  /* null when INSTANT_NONE */
void parameter_text(struct parameters *p, const char *s); /* null when NULL; copied */
void parameter_bytes(struct parameters *p, const void *bytes, size_t len);

enum column_type { COLUMN_INT, COLUMN_INSTANT, COLUMN_TEXT, COLUMN_BYTES };

/** An array argument that grows row by row. */
struct column {
    struct text bytes; /* in wire form, its header filled in at the end */
    enum column_type type;
    uint32_t n;
    bool has_null;
};

struct column column_new(struct arena *a, enum column_type type);
void column_int(struct column *c, int64_t n);
void column_instant(struct column *c, instant t);  /* null when INSTANT_NONE */
void column_text(struct column *c, const char *s); /* null when NULL */
void column_bytes(struct column *c, const void *bytes, size_t len);
void column_null(struct column *c);

/** Ends the array and makes it the next argument. */
void parameter_column(struct parameters *p, struct column *c);

#endif
