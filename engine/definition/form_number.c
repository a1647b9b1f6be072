/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of forms as the decimals people write: 0.0075 is a multiple of 0.0001. */
#include "definition/form_node.h"

/*
 * The shortest decimal that reads back as the same double is what was written,
 * up to 15 digits; canonical JSON writes just that.
 */
struct form_decimal
form_decimal_of(struct arena *a, const struct value *number)
{
    struct form_decimal d = {0};
    struct text t;
    bool fraction = false, negative = false;
    int exponent = 0;
    const char *c;

    if (number->kind == VALUE_INT) {
        d.digits = number->integer < 0 ? 0 - (uint64_t)number->integer : (uint64_t)number->integer;
        return d;
    }
    t = text_new(a);
    value_write(&t, number);
    for (c = t.at; *c && *c != 'e'; c++) {
        if (*c == '.')
            fraction = true;
        if (*c < '0' || *c > '9')
            continue;
        /* More digits than 19 are the zeros of a large real: 2^63 to 10^21. */
        if (d.digits > UINT64_MAX / 10 - 1) {
            exponent += !fraction;
        } else {
            d.digits = d.digits * 10 + (uint64_t)(*c - '0');
            exponent -= fraction;
        }
    }
    if (*c == 'e') {
        negative = *++c == '-';
        for (c++; *c; c++)
            d.exponent = d.exponent * 10 + (*c - '0');
    }
    d.exponent = exponent + (negative ? -d.exponent : d.exponent);
    return d;
}

bool
form_decimal_divides(struct form_decimal divisor, struct form_decimal n)
{
    int shift = n.exponent - divisor.exponent;
    unsigned __int128 wide = divisor.digits;
    unsigned __int128 rest, ten;

    if (n.digits == 0)
        return true;
    for (; shift < 0 && wide <= n.digits; shift++)
        wide *= 10;
    if (shift < 0 || wide > UINT64_MAX)
        return false; /* the divisor is larger than the number */
    rest = n.digits % wide;
    /* rest x 10^shift, by squaring. */
    for (ten = 10 % wide; shift > 0; shift /= 2, ten = ten * ten % wide)
        if (shift % 2)
            rest = rest * ten % wide;
    return rest == 0;
}

int
form_number_compare(const struct value *a, const struct value *b)
{
    if (a->kind == VALUE_INT && b->kind == VALUE_INT)
        return a->integer < b->integer ? -1 : a->integer > b->integer;
    if (a->kind == VALUE_REAL && b->kind == VALUE_REAL)
        return a->real < b->real ? -1 : a->real > b->real;
    if (a->kind == VALUE_REAL)
        return -form_number_compare(b, a);
    /* A real is never a whole number within int64, so the cut-off part decides a tie. */
    if (b->real >= 9223372036854775808.0)
        return -1;
    if (b->real < -9223372036854775808.0)
        return 1;
    if (a->integer == (int64_t)b->real)
        return b->real > (double)a->integer ? -1 : 1;
    return a->integer < (int64_t)b->real ? -1 : 1;
}
