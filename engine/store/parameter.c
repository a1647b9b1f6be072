/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of statements in PostgreSQL's binary form. */
#include "store/parameter.h"

#include <endian.h>
#include <limits.h>
#include <string.h>

#include "base/require.h"
#include "store/wire.h"

enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_TIMESTAMPTZ = 1184 };

/* Dimensions, null flag, element type, length, lower bound: an array's head. */
enum { HEAD_BYTES = 5 * 4 };

static void
add_int32(struct text *t, int32_t n)
{
    const uint32_t wire = htobe32((uint32_t)n);

    text_add(t, (const char *)&wire, sizeof(wire));
}

static void
add_int64(struct text *t, int64_t n)
{
    const uint64_t wire = htobe64((uint64_t)n);

    text_add(t, (const char *)&wire, sizeof(wire));
}

struct parameters
parameters_new(struct arena *a)
{
    return (struct parameters){.arena = a};
}

static void
add(struct parameters *p, const char *value, size_t len)
{
    require(p->n < PARAMETERS_MAX && len <= INT_MAX);
    p->value[p->n] = value;
    p->length[p->n++] = (int)len;
}

void
parameter_int(struct parameters *p, int64_t n)
{
    const uint64_t wire = htobe64((uint64_t)n);

    add(p, arena_copy(p->arena, &wire, sizeof(wire)), sizeof(wire));
}

void
parameter_instant(struct parameters *p, instant t)
{
    if (t == INSTANT_NONE)
        add(p, NULL, 0);
    else
        parameter_int(p, t - WIRE_EPOCH);
}

void
parameter_text(struct parameters *p, const char *s)
{
    if (s)
        add(p, arena_strdup(p->arena, s), strlen(s));
    else
        add(p, NULL, 0);
}

void
parameter_bytes(struct parameters *p, const void *bytes, size_t len)
{
    add(p, arena_copy(p->arena, bytes, len), len);
}

struct column
column_new(struct arena *a, enum column_type type)
{
    static const char head[HEAD_BYTES];
    struct column c = {.bytes = text_new(a), .type = type};

    text_add(&c.bytes, head, sizeof(head));
    return c;
}

void
column_null(struct column *c)
{
    add_int32(&c->bytes, -1);
    c->has_null = true;
    c->n++;
}

void
column_int(struct column *c, int64_t n)
{
    add_int32(&c->bytes, sizeof(n));
    add_int64(&c->bytes, n);
    c->n++;
}

void
column_instant(struct column *c, instant t)
{
    if (t == INSTANT_NONE)
        column_null(c);
    else
        column_int(c, t - WIRE_EPOCH);
}

void
column_bytes(struct column *c, const void *bytes, size_t len)
{
    require(len <= INT_MAX);
    add_int32(&c->bytes, (int32_t)len);
    text_add(&c->bytes, bytes, len);
    c->n++;
}

void
column_text(struct column *c, const char *s)
{
    if (s)
        column_bytes(c, s, strlen(s));
    else
        column_null(c);
}

static int32_t
element_oid(enum column_type type)
{
    switch (type) {
    case COLUMN_INT:
        return OID_INT8;
    case COLUMN_INSTANT:
        return OID_TIMESTAMPTZ;
    case COLUMN_TEXT:
        return OID_TEXT;
    case COLUMN_BYTES:
        return OID_BYTEA;
    }
    return 0;
}

void
parameter_column(struct parameters *p, struct column *c)
{
    const uint32_t head[5] = {htobe32(1), htobe32(c->has_null),
                              htobe32((uint32_t)element_oid(c->type)), htobe32(c->n), htobe32(1)};

    memcpy(c->bytes.at, head, sizeof(head));
    add(p, c->bytes.at, c->bytes.len);
}
