/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of a form while time goes on: what matters of them is how far away they are. */
#include <string.h>

#include "machine/explore_search.h"

enum { FAR = 5000 }; /* days: further away is far away */

int32_t
dates_reach(const char *operator, const struct value * list)
{
    static const struct {
        char unit[8];
        int32_t days;
    } word[] = {{"year", 366}, {"month", 31}, {"day", 1}, {"hour", 1}, {"minute", 1}};
    const struct value *amount = list->n > 1 ? &list->item[1] : NULL;
    int64_t n = FAR;

    if (!strcmp(operator, "workingDaysBetween")) /* what it is compared with is not known here */
        return FAR;
    if (strcmp(operator, "plusTime") != 0 || list->n != 3 || list->item[2].kind != VALUE_STRING)
        return 0;
    if (amount->kind == VALUE_INT && amount->integer < FAR && amount->integer > -FAR)
        n = amount->integer < 0 ? -amount->integer : amount->integer;
    for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
        if (!strcmp(list->item[2].string, word[i].unit))
            n *= word[i].days;
    return n < FAR ? (int32_t)n : FAR;
}

static bool
read_date(const struct value *v, instant *at)
{
    const size_t len = v->kind == VALUE_STRING ? strlen(v->string) : 0;
    day d;

    if (len == 10 && day_read(v->string, len, &d)) {
        *at = day_start(d);
        return true;
    }
    return len > 10 && instant_read(v->string, len, at);
}

bool
dates_one(const struct value *v)
{
    instant at;

    return read_date(v, &at);
}

void
dates_write(struct text *t, const struct value *v, instant moment, int32_t far)
{
    const instant away = SPAN_DAY * (far + 2);
    instant at;

    if (v->kind == VALUE_OBJECT || v->kind == VALUE_ARRAY) {
        text_char(t, '[');
        for (uint32_t i = 0; i < v->n; i++) {
            if (v->kind == VALUE_OBJECT)
                text_printf(t, "%s:", v->member[i].name);
            dates_write(t, v->kind == VALUE_OBJECT ? &v->member[i].value : &v->item[i], moment,
                        far);
            text_char(t, ',');
        }
        text_char(t, ']');
    } else if (read_date(v, &at)) {
        at -= moment;
        at = at > away ? away : at < -away ? -away : at;
        text_printf(t, "@%d", (int)((at + away) / SPAN_DAY)); /* rounded down, past and future */
    } else {
        value_write(t, v);
    }
}

/* Whether expressions compare the field with just this date: then it stays. */
static bool
is_named(const struct topics *t, const char *field, const struct value *date, struct arena *a)
{
    const struct pool *p = topics_pool(t, arena_printf(a, "input.%s", field));

    for (uint32_t i = 0; p && i < p->n; i++)
        if (value_equal(&p->item[i], date))
            return true;
    return false;
}

static struct value
moved(struct arena *a, const char *date, day days)
{
    char text[DAY_TEXT], at[INSTANT_TEXT];
    instant t;
    day d;

    if (strlen(date) == 10 && day_read(date, 10, &d))
        return value_string(a, day_write(d + days, text));
    if (!instant_read(date, strlen(date), &t))
        return value_borrow(date);
    return value_string(a, instant_write(t + days * SPAN_DAY, at));
}

const struct value *
dates_moved(struct search *s, const struct form *form, const struct value *input)
{
    const day days = (day)((s->node[s->now].now - s->start) / SPAN_DAY);
    struct value *out;

    if (!s->topics.asks_time || !days || !input || !form || input->kind != VALUE_OBJECT)
        return input;
    out = arena_new(&s->scratch, struct value);
    *out = *input;
    for (uint32_t i = 0; i < input->n; i++) {
        const char *name = input->member[i].name;
        const struct value *v = &input->member[i].value;

        if (v->kind == VALUE_STRING && form_field(form, name).date &&
            !is_named(&s->topics, name, v, &s->scratch))
            *out = value_with(&s->scratch, out, name, moved(&s->scratch, v->string, days));
    }
    return out;
}
