/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include <libpq-fe.h>

#include "machine/machine.h"

/*
 * Reading the binary answers of statements.  Every function requires that the
 * column is of the kind it reads: a mistake here is a bug, not an error.
 */

/** smallint, integer, bigint or boolean; 0 when null. */
int64_t row_int(const PGresult *res, int row, int column);

/** timestamptz; INSTANT_NONE when null. */
instant row_instant(const PGresult *res, int row, int column);

/** Text, valid as long as @res; NULL when null. */
const char *row_text(const PGresult *res, int row, int column);

/** The same, copied into arena @a. */
const char *row_copy(const PGresult *res, int row, int column, struct arena *a);

/** Bytes; NULL when null. */
const void *row_bytes(const PGresult *res, int row, int column, size_t *len);

/** A bigint[] in arena @a. */
const int64_t *row_ints(const PGresult *res, int row, int column, struct arena *a, size_t *n);

/** The column `state` of a case without the spaces before it, in arena @a; NULL when null. */
const char *row_state(const PGresult *res, int row, int column, struct arena *a);

enum { HASH_BYTES = 32 };

/** A case as it is stored.  Texts live in the arena it was read into. */
struct case_row {
    int64_t id;
    int32_t definition; /* definitions.id */
    int rules;          /* of the core that wrote it */
    const char *number;
    const char *workflow;
    const char *party;
    const char *applicant;
    const void *query; /* HASH_BYTES: of number and query code, where it has a code of its own */
    uint8_t head[HASH_BYTES];
    const char *state, *form; /* JSON */
    struct case_state *c;     /* NULL until row_case_state() */
};

/** Reads the columns of batch_read, case_by_id and audit_cases. */
struct case_row row_case(const PGresult *res, int row, struct arena *a);

/**
 * Reads the state of @r, a case of @w, into r->c.
 * @return false with ERROR_NEWER_RULES when a newer release wrote it, with
 * ERROR_INTERNAL when it does not fit @w.
 */
MUST_CHECK bool row_case_state(struct case_row *r, const struct workflow *w, struct arena *a,
                               struct error *e);

#endif
