/* SPDX-License-Identifier: Apache-2.0 */
/* JSON values: building, finding, comparing, writing. */
#include "base/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct value
value_null(void)
{
    return (struct value){.kind = VALUE_NULL};
}

struct value
value_bool(bool b)
{
    return (struct value){.kind = VALUE_BOOL, .boolean = b};
}

struct value
value_int(int64_t n)
{
    return (struct value){.kind = VALUE_INT, .integer = n};
}

struct value
value_borrow(const char *s)
{
    return (struct value){.kind = VALUE_STRING, .n = (uint32_t)strlen(s), .string = s};
}

struct value
value_string(struct arena *a, const char *s)
{
    return value_borrow(arena_strdup(a, s));
}

struct value
value_array(const struct value *item, size_t n)
{
    return (struct value){.kind = VALUE_ARRAY, .n = (uint32_t)n, .item = item};
}

int
value_name_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
    const size_t n = a_len < b_len ? a_len : b_len;
    size_t i = 0;

    while (i < n && a[i] == b[i])
        i++;
    if (i < n) {
        const unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];

        /*
         * UTF-8 sorts like code points.  UTF-16 differs in one thing: what
         * needs a surrogate pair (lead byte F0..F4) comes before U+E000..U+FFFF
         * (lead byte EE, EF).
         */
        if (x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0))
            return x >= 0xF0 ? -1 : 1;
        return x < y ? -1 : 1;
    }
    return a_len < b_len ? -1 : a_len > b_len;
}

static int
member_compare(const struct member *a, const struct member *b)
{
    return value_name_compare(a->name, a->name_len, b->name, b->name_len);
}

/* Merges the sorted halves of @member, cut at @mid; stable. */
static void
merge(struct member *member, size_t mid, size_t n, struct member *left)
{
    size_t i = 0, j = mid, to = 0;

    memcpy(left, member, mid * sizeof(*left));
    while (i < mid && j < n)
        member[to++] = member_compare(&left[i], &member[j]) <= 0 ? left[i++] : member[j++];
    while (i < mid)
        member[to++] = left[i++];
}

static void
sort(struct member *member, size_t n, struct member *spare)
{
    if (n < 2)
        return;
    sort(member, n / 2, spare);
    sort(member + n / 2, n - n / 2, spare);
    if (member_compare(&member[n / 2 - 1], &member[n / 2]) > 0)
        merge(member, n / 2, n, spare);
}

struct value
value_object(struct arena *a, struct member *member, size_t n)
{
    bool sorted = true;
    size_t kept = 0;

    for (size_t i = 1; i < n && sorted; i++)
        sorted = member_compare(&member[i - 1], &member[i]) < 0;
    if (!sorted) {
        sort(member, n, arena_array(a, n, struct member));
        for (size_t i = 0; i < n; i++) {
            if (kept && member_compare(&member[kept - 1], &member[i]) == 0)
                kept--;
            member[kept++] = member[i];
        }
        n = kept;
    }
    return (struct value){.kind = VALUE_OBJECT, .n = (uint32_t)n, .member = member};
}

static const struct value *
find_among_few(const struct value *object, const char *name, size_t len)
{
    for (uint32_t i = 0; i < object->n; i++) {
        const struct member *m = &object->member[i];

        if (m->name_len == len && memcmp(m->name, name, len) == 0)
            return &m->value;
    }
    return NULL;
}

const struct value *
value_get(const struct value *object, const char *name)
{
    enum { FEW = 16 };
    const size_t len = strlen(name);
    uint32_t low = 0, high;

    if (!object || object->kind != VALUE_OBJECT)
        return NULL;
    high = object->n;
    if (high <= FEW) /* most lengths differ: half the cost of halving */
        return find_among_few(object, name, len);
    while (low < high) {
        const uint32_t mid = low + (high - low) / 2;
        const struct member *m = &object->member[mid];
        const int c = value_name_compare(name, len, m->name, m->name_len);

        if (c == 0)
            return &m->value;
        if (c < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

const char *
value_get_string(const struct value *object, const char *name)
{
    const struct value *v = value_get(object, name);

    return v && v->kind == VALUE_STRING ? v->string : NULL;
}

uint32_t
value_characters(const struct value *text)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < text->n; i++)
        n += ((unsigned char)text->string[i] & 0xC0) != 0x80;
    return n;
}

static bool
equal_numbers(const struct value *a, const struct value *b)
{
    if (a->kind == b->kind)
        return a->kind == VALUE_INT ? a->integer == b->integer : a->real == b->real;
    return false; /* a real is never a whole number within int64 */
}

bool
value_equal(const struct value *a, const struct value *b)
{
    if ((a->kind == VALUE_INT || a->kind == VALUE_REAL) &&
        (b->kind == VALUE_INT || b->kind == VALUE_REAL))
        return equal_numbers(a, b);
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_NULL:
    case VALUE_INT:
    case VALUE_REAL:
        return true;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_STRING:
        return a->n == b->n && memcmp(a->string, b->string, a->n) == 0;
    case VALUE_ARRAY:
        for (uint32_t i = 0; i < a->n && a->n == b->n; i++)
            if (!value_equal(&a->item[i], &b->item[i]))
                return false;
        return a->n == b->n;
    case VALUE_OBJECT:
        for (uint32_t i = 0; i < a->n && a->n == b->n; i++)
            if (member_compare(&a->member[i], &b->member[i]) != 0 ||
                !value_equal(&a->member[i].value, &b->member[i].value))
                return false;
        return a->n == b->n;
    }
    return false;
}

struct value
value_with(struct arena *a, const struct value *object, const char *name, struct value v)
{
    const uint32_t n = object && object->kind == VALUE_OBJECT ? object->n : 0;
    struct member *m = arena_array(a, n + 1, struct member);

    if (n)
        memcpy(m, object->member, n * sizeof(*m));
    m[n] = (struct member){.name = name, .name_len = (uint32_t)strlen(name), .value = v};
    return value_object(a, m, n + 1);
}

struct value
value_copy(struct arena *a, const struct value *v)
{
    struct value copy = *v;

    if (v->kind == VALUE_STRING) {
        copy.string = arena_strndup(a, v->string, v->n);
    } else if (v->kind == VALUE_ARRAY) {
        struct value *item = arena_array(a, v->n, struct value);

        for (uint32_t i = 0; i < v->n; i++)
            item[i] = value_copy(a, &v->item[i]);
        copy.item = item;
    } else if (v->kind == VALUE_OBJECT) {
        struct member *m = arena_array(a, v->n, struct member);

        for (uint32_t i = 0; i < v->n; i++) {
            m[i].name = arena_strndup(a, v->member[i].name, v->member[i].name_len);
            m[i].name_len = v->member[i].name_len;
            m[i].value = value_copy(a, &v->member[i].value);
        }
        copy.member = m;
    }
    return copy;
}

/* The shortest decimal that reads back as the same double, in ECMAScript's form. */
static void
write_real(struct text *t, double d)
{
    char digit[32], *e;
    int precision = 1, exponent, n;

    do
        (void)snprintf(digit, sizeof(digit), "%.*e", precision - 1, d);
    while (strtod(digit, NULL) != d && precision++ < 17);
    if (digit[0] == '-') {
        text_char(t, '-');
        memmove(digit, digit + 1, strlen(digit));
    }
    e = strchr(digit, 'e');
    exponent = (int)strtol(e + 1, NULL, 10);
    *e = 0;
    if (precision > 1)
        memmove(digit + 1, digit + 2, strlen(digit + 1));
    n = precision;
    if (exponent >= 0 && exponent < 21) {
        for (int i = 0; i <= exponent || i < n; i++) {
            if (i == exponent + 1)
                text_char(t, '.');
            text_char(t, i < n ? digit[i] : '0');
        }
    } else if (exponent < 0 && exponent >= -6) {
        text_str(t, "0.");
        for (int i = -1; i > exponent; i--)
            text_char(t, '0');
        text_add(t, digit, (size_t)n);
    } else {
        text_char(t, digit[0]);
        if (n > 1) {
            text_char(t, '.');
            text_add(t, digit + 1, (size_t)n - 1);
        }
        text_printf(t, "e%c%d", exponent < 0 ? '-' : '+', abs(exponent));
    }
}

void
value_write(struct text *t, const struct value *v)
{
    switch (v->kind) {
    case VALUE_NULL:
        put_null(t);
        return;
    case VALUE_BOOL:
        put_bool(t, v->boolean);
        return;
    case VALUE_INT:
        put_int(t, v->integer);
        return;
    case VALUE_REAL:
        put_int(t, 0); /* puts the comma; the digit is then replaced */
        t->at[--t->len] = 0;
        write_real(t, v->real);
        return;
    case VALUE_STRING:
        put_bytes(t, v->string, v->n);
        return;
    case VALUE_ARRAY:
        put_open(t, '[');
        for (uint32_t i = 0; i < v->n; i++)
            value_write(t, &v->item[i]);
        put_close(t, ']');
        return;
    case VALUE_OBJECT:
        put_open(t, '{');
        for (uint32_t i = 0; i < v->n; i++) {
            put_bytes(t, v->member[i].name, v->member[i].name_len);
            text_char(t, ':');
            value_write(t, &v->member[i].value);
        }
        put_close(t, '}');
        return;
    }
}

const char *
value_kind_name(enum value_kind kind)
{
    static const char *const name[] = {"null",   "boolean", "integer", "number",
                                       "string", "array",   "object"};

    return name[kind];
}
