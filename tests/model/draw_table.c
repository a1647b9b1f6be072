/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables over the fields of the form. */
#include <string.h>

#include "tests/model/draw_inside.h"

static void
to(struct drawing *d, struct field *f, uint32_t at, bool onward)
{
    text_str(d->t, "\"to\":");
    draw_target(d, f, at, onward);
}

static void
inputs(struct drawing *d)
{
    text_str(d->t, "\"inputs\":[{\"value\":{\"var\":\"form.n\"},\"kind\":\"integer\"},");
    text_str(d->t, one_in(d, 2) ? "{\"value\":{\"var\":\"form.kind\"},\"kind\":\"text\"}]"
                                : "{\"value\":{\"var\":\"form.on\"},\"kind\":\"date\"}]");
}

/* No two rows fit one case: n is cut in three, the middle by the other input. */
static void
unique(struct drawing *d, struct field *f, uint32_t at)
{
    const uint32_t low = 1 + below(d, 4), high = low + 1 + below(d, 4);
    const bool text = one_in(d, 2);

    text_str(d->t, "\"hit\":\"unique\",\"inputs\":[{\"value\":{\"var\":\"form.n\"},\"kind\":"
                   "\"integer\"},{\"value\":");
    text_str(d->t, text ? "{\"var\":\"form.kind\"},\"kind\":\"text\"}"
                        : "{\"var\":\"form.on\"},\"kind\":\"date\"}");
    text_printf(d->t, "],\"rows\":[{\"if\":[{\"below\":%u},\"-\"],", low);
    to(d, f, at, one_in(d, 2));
    text_printf(d->t, "},{\"if\":[{\"from\":%u,\"to\":%u},%s],", low, high,
                text ? "{\"not\":[\"a\",\"c\"]}" : "{\"above\":\"2026-03-10\"}");
    to(d, f, at, false);
    text_printf(d->t, "},{\"if\":[[{\"from\":%u,\"to\":%u}],%s],\"basis\":\"b\",", low, high,
                text ? "[\"a\",\"c\"]" : "{\"to\":\"2026-03-10\"}");
    to(d, f, at, true);
    text_str(d->t, "}],\"else\":{");
    to(d, f, at, one_in(d, 2));
    text_char(d->t, '}');
}

static void
first(struct drawing *d, struct field *f, uint32_t at)
{
    text_str(d->t, "\"hit\":\"first\",");
    inputs(d);
    text_printf(d->t, ",\"rows\":[{\"if\":[[%u,%u],\"-\"],", below(d, 4), 4 + below(d, 3));
    to(d, f, at, false);
    text_printf(d->t, "},{\"if\":[{\"above\":%u},\"-\"],", 6 + below(d, 2));
    to(d, f, at, one_in(d, 2));
    text_str(d->t, "},{\"if\":[\"-\",\"-\"],");
    to(d, f, at, true);
    text_str(d->t, "}]");
}

/* Rows that overlap lead to one step. */
static void
any(struct drawing *d, struct field *f, uint32_t at)
{
    struct text there = text_new(d->a), *t = d->t;

    d->t = &there;
    to(d, f, at, true);
    d->t = t;
    text_str(d->t, "\"hit\":\"any\",");
    inputs(d);
    text_printf(d->t, ",\"rows\":[{\"if\":[{\"below\":%u},\"-\"],", 5 + below(d, 3));
    text_str(d->t, there.at);
    text_printf(d->t, "},{\"if\":[{\"from\":%u},\"-\"],", 3 + below(d, 2));
    text_str(d->t, there.at);
    text_str(d->t, "}]");
}

static void
collect(struct drawing *d, struct field *f, uint32_t at)
{
    static const char *const as[] = {"list", "sum", "count"};
    const uint32_t how = below(d, 3);
    const char *one = how == 1 ? ",\"give\":{\"var\":\"form.n\"}"
                      : how    ? ""
                               : ",\"give\":{\"var\":\"form.kind\"}";

    text_printf(d->t, "\"hit\":\"collect\",\"into\":\"case.%s\",\"as\":\"%s\",",
                how ? "x" : "names", as[how]);
    inputs(d);
    text_printf(d->t,
                ",\"rows\":[{\"if\":[{\"below\":%u},\"-\"]%s},{\"if\":[{\"from\":%u},\"-\"]%s}],",
                2 + below(d, 7), one, 1 + below(d, 8), how == 1 ? ",\"give\":7" : one);
    to(d, f, at, true);
}

void
draw_table(struct drawing *d, struct field *f, uint32_t at)
{
    static void (*const kind[])(struct drawing *, struct field *, uint32_t) = {unique, first, any,
                                                                               collect};

    text_str(d->t, "\"decide\":{");
    kind[below(d, 4)](d, f, at);
    text_char(d->t, '}');
    draw_marks(d, 8);
    draw_effects(d, false);
}
