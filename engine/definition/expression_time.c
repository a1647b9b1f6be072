/* SPDX-License-Identifier: Apache-2.0 */
/* Dates in expressions: reading them and moving along the calendar. */
#include "definition/expression_node.h"

const char offset_name[OFFSET_COUNT][8] = {
    [OFFSET_YEAR] = "year", [OFFSET_MONTH] = "month",   [OFFSET_DAY] = "day",
    [OFFSET_HOUR] = "hour", [OFFSET_MINUTE] = "minute",
};

/* What a moment is ahead when the calendar of UTC is read with that of UTC+8. */
static span
ahead(bool utc)
{
    return utc ? 8 * SPAN_HOUR : 0;
}

bool
moment_read(const struct value *v, bool utc, instant *out)
{
    day d;

    if (v->kind != VALUE_STRING)
        return false;
    if (!day_read(v->string, v->n, &d))
        return instant_read(v->string, v->n, out);
    *out = day_start(d) + ahead(utc);
    return true;
}

bool
moment_day(const struct value *v, day *out)
{
    instant t;

    if (v->kind != VALUE_STRING)
        return false;
    if (day_read(v->string, v->n, out))
        return true;
    if (!instant_read(v->string, v->n, &t))
        return false;
    *out = instant_day(t);
    return true;
}

static bool
shift_span(instant t, int64_t n, span unit, instant *out)
{
    span by;

    return !__builtin_mul_overflow(n, unit, &by) && !__builtin_add_overflow(t, by, out);
}

static bool
shift_months(instant t, int64_t n, bool utc, instant *out)
{
    const instant local = t - ahead(utc);
    const day d = instant_day(local);
    int year, month, dom;
    int64_t months;

    day_to_civil(d, &year, &month, &dom);
    if (__builtin_add_overflow(n, (int64_t)year * 12 + month - 1, &months))
        return false;
    if (months < 1900 * 12 || months >= 10000 * 12)
        return false;
    *out =
        t + (instant)(day_from_civil((int)(months / 12), (int)(months % 12) + 1, 1) + dom - 1 - d) *
                SPAN_DAY;
    return true;
}

bool
moment_shift(instant t, int64_t n, enum offset unit, bool utc, instant *out)
{
    int64_t months = n;
    bool done = false;

    switch (unit) {
    case OFFSET_YEAR:
        done = !__builtin_mul_overflow(n, 12, &months) && shift_months(t, months, utc, out);
        break;
    case OFFSET_MONTH:
        done = shift_months(t, months, utc, out);
        break;
    case OFFSET_DAY:
        done = shift_span(t, n, SPAN_DAY, out);
        break;
    case OFFSET_HOUR:
        done = shift_span(t, n, SPAN_HOUR, out);
        break;
    case OFFSET_MINUTE:
        done = shift_span(t, n, SPAN_MINUTE, out);
        break;
    case OFFSET_COUNT:
        break;
    }
    return done && *out >= INSTANT_MIN && *out <= INSTANT_MAX;
}
