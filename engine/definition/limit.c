/* SPDX-License-Identifier: Apache-2.0 */
/* Limits as people write them. */
#include "definition/limit.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *one, *many, *zh;
} unit_name[] = {
    [UNIT_MINUTES] = {"minute", "minutes", "分钟"},
    [UNIT_HOURS] = {"hour", "hours", "小时"},
    [UNIT_WORKING_DAYS] = {"working day", "working days", "个工作日"},
    [UNIT_DAYS] = {"day", "days", "日"},
    [UNIT_MONTHS] = {"month", "months", "个月"},
    [UNIT_YEARS] = {"year", "years", "年"},
};

enum { LIMIT_MOST = 10000 };

bool
limit_read(const char *text, struct limit *out, struct error *e)
{
    const char *at = text;
    int32_t n = 0;

    while (*at >= '0' && *at <= '9' && n <= LIMIT_MOST)
        n = n * 10 + (*at++ - '0');
    if (at != text && *at == ' ' && n >= 1 && n <= LIMIT_MOST)
        for (int u = UNIT_MINUTES; u < UNIT_DATE; u++)
            if (!strcmp(at + 1, unit_name[u].one) || !strcmp(at + 1, unit_name[u].many)) {
                *out = (struct limit){.unit = (enum unit)u, .n = n};
                return true;
            }
    return error_set(e, ERROR_DEFINITION_INVALID,
                     "\"%.60s\" is no limit; write a number from 1 to %d and minutes, hours, "
                     "working days, days, months or years, as in \"20 working days\"",
                     text, LIMIT_MOST);
}

void
limit_write(struct text *t, struct limit l, enum language lang)
{
    char at[INSTANT_TEXT];

    if (l.unit == UNIT_DATE) {
        const day d = instant_day(l.date - 1);

        /* the end of a day: a date, not a moment */
        text_str(t, l.date == day_end(d) ? day_write(d, at) : instant_write(l.date, at));
        return;
    }
    text_int(t, l.n);
    if (lang == LANGUAGE_EN)
        text_char(t, ' ');
    text_str(t, lang == LANGUAGE_ZH ? unit_name[l.unit].zh
                : l.n == 1          ? unit_name[l.unit].one
                                    : unit_name[l.unit].many);
}

/* What remains under a minute, to the microsecond, without what is zero at its end. */
static void
say_seconds(struct text *t, span rest, enum language lang)
{
    const span micro = rest % SPAN_SECOND;
    char fraction[8];

    text_int(t, rest / SPAN_SECOND);
    if (micro) {
        int n = snprintf(fraction, sizeof(fraction), ".%06d", (int)micro);

        while (fraction[n - 1] == '0')
            n--;
        text_add(t, fraction, (size_t)n);
    }
    text_str(t, lang == LANGUAGE_ZH ? "秒" : rest == SPAN_SECOND ? " second" : " seconds");
}

void
span_say(struct text *t, span s, enum language lang)
{
    const struct limit part[] = {{.unit = UNIT_HOURS, .n = (int32_t)(s / SPAN_HOUR)},
                                 {.unit = UNIT_MINUTES, .n = (int32_t)(s / SPAN_MINUTE % 60)}};
    const span rest = s % SPAN_MINUTE;
    const size_t begun = t->len;

    for (size_t i = 0; i < 2; i++) {
        if (!part[i].n)
            continue;
        text_str(t, lang == LANGUAGE_EN && t->len > begun ? " " : "");
        limit_write(t, part[i], lang);
    }
    if (!rest && t->len > begun)
        return;
    text_str(t, lang == LANGUAGE_EN && t->len > begun ? " " : "");
    say_seconds(t, rest, lang);
}

bool
limit_is_set(struct limit l)
{
    return l.n > 0 || l.unit == UNIT_DATE;
}

bool
unit_is_time(enum unit u)
{
    return u == UNIT_MINUTES || u == UNIT_HOURS;
}

bool
limit_adds(struct limit to, struct limit more)
{
    const bool calendar_days =
        to.unit == UNIT_DAYS || to.unit == UNIT_MONTHS || to.unit == UNIT_YEARS;

    if (unit_is_time(to.unit))
        return unit_is_time(more.unit);
    if (calendar_days)
        return more.unit == UNIT_DAYS || more.unit == UNIT_MONTHS || more.unit == UNIT_YEARS;
    return more.unit == to.unit;
}
