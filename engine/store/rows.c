/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of statements as values of the engine. */
#include "store/rows.h"

#include <endian.h>
#include <string.h>

#include "base/require.h"
#include "definition/json.h"
#include "store/wire.h"

static int64_t
wire_int64(const char *at)
{
    uint64_t n;

    memcpy(&n, at, sizeof(n));
    return (int64_t)be64toh(n);
}

static int32_t
wire_int32(const char *at)
{
    uint32_t n;

    memcpy(&n, at, sizeof(n));
    return (int32_t)be32toh(n);
}

int64_t
row_int(const PGresult *res, int row, int column)
{
    const char *at = PQgetvalue(res, row, column);
    const int len = PQgetlength(res, row, column);
    uint16_t n;

    if (PQgetisnull(res, row, column))
        return 0;
    if (len == 8)
        return wire_int64(at);
    if (len == 4)
        return wire_int32(at);
    if (len == 1)
        return *at;
    require(len == sizeof(n));
    memcpy(&n, at, sizeof(n));
    return (int16_t)be16toh(n);
}

instant
row_instant(const PGresult *res, int row, int column)
{
    if (PQgetisnull(res, row, column))
        return INSTANT_NONE;
    require(PQgetlength(res, row, column) == 8);
    return wire_int64(PQgetvalue(res, row, column)) + WIRE_EPOCH;
}

const char *
row_text(const PGresult *res, int row, int column)
{
    return PQgetisnull(res, row, column) ? NULL : PQgetvalue(res, row, column);
}

const void *
row_bytes(const PGresult *res, int row, int column, size_t *len)
{
    *len = (size_t)PQgetlength(res, row, column);
    return row_text(res, row, column);
}

const int64_t *
row_ints(const PGresult *res, int row, int column, struct arena *a, size_t *n)
{
    enum { ARRAY_HEAD = 20, ITEM = 12 };
    const char *at = PQgetvalue(res, row, column);
    int64_t *list;

    *n = 0;
    if (PQgetlength(res, row, column) < ARRAY_HEAD) /* empty arrays have no dimension */
        return NULL;
    *n = (size_t)wire_int32(at + 12);
    require(wire_int32(at) == 1 && (size_t)PQgetlength(res, row, column) == ARRAY_HEAD + *n * ITEM);
    list = arena_array(a, *n, int64_t);
    for (size_t i = 0; i < *n; i++)
        list[i] = wire_int64(at + ARRAY_HEAD + i * ITEM + 4);
    return list;
}

const char *
row_copy(const PGresult *res, int row, int column, struct arena *a)
{
    const char *text = row_text(res, row, column);

    return text ? arena_strndup(a, text, (size_t)PQgetlength(res, row, column)) : NULL;
}

const char *
row_state(const PGresult *res, int row, int column, struct arena *a)
{
    const char *text = row_text(res, row, column);
    size_t len = (size_t)PQgetlength(res, row, column);

    for (; len && *text == ' '; text++)
        len--;
    return text ? arena_strndup(a, text, len) : NULL;
}

struct case_row
row_case(const PGresult *res, int row, struct arena *a)
{
    struct case_row r = {
        .id = row_int(res, row, 0),
        .definition = (int32_t)row_int(res, row, 1),
        .number = row_copy(res, row, 2, a),
        .rules = (int)row_int(res, row, 3),
        .state = row_state(res, row, 5, a),
        .form = row_copy(res, row, 6, a),
        .workflow = row_copy(res, row, 7, a),
        .party = row_copy(res, row, 8, a),
        .applicant = row_copy(res, row, 9, a),
    };

    require(PQgetlength(res, row, 4) == HASH_BYTES && PQgetlength(res, row, 10) == HASH_BYTES);
    memcpy(r.head, PQgetvalue(res, row, 4), HASH_BYTES);
    r.query = arena_copy(a, PQgetvalue(res, row, 10), HASH_BYTES);
    return r;
}

bool
row_case_state(struct case_row *r, const struct workflow *w, struct arena *a, struct error *e)
{
    struct case_state *c = case_new(a, w);
    struct value state, form;

    if (r->rules > MACHINE_RULES)
        return error_set(e, ERROR_NEWER_RULES, "case %s was written by rules %d, these are %d",
                         r->number, r->rules, MACHINE_RULES);
    if (!json_read_stored(a, r->state, strlen(r->state), &state, e) ||
        !json_read_stored(a, r->form, strlen(r->form), &form, e) ||
        !case_read(a, w, &state, &form, c, e))
        return false;
    c->id = r->id;
    c->number = r->number;
    r->c = c;
    return true;
}
