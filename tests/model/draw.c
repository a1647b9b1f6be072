/* SPDX-License-Identifier: Apache-2.0 */
/* Random definitions: every construct of the language, in small ones. */
#include "tests/model/draw_inside.h"

#include <string.h>

static void
plain_condition(struct drawing *d, bool input)
{
    switch (below(d, input ? 8 : 7)) {
    case 0:
        if (likes(d, LIKES_LANES, 2))
            text_printf(d->t, "{\"===\":[{\"var\":\"case.lane\"},\"%s\"]}",
                        one_in(d, 2) ? "green" : "");
        else
            text_str(d->t, "{\"var\":\"form.flag\"}");
        return;
    case 1:
        if (likes(d, LIKES_MATERIALS, 2))
            text_printf(d->t, "{\"<\":[{\"var\":\"case.owed\"},%u]}", 1 + below(d, 2));
        else
            text_printf(d->t, "{\"%s\":[{\"var\":\"form.n\"},%u]}",
                        one_in(d, 2) ? "<" : ">=", below(d, 10));
        return;
    case 2:
        text_printf(d->t, "{\"%s\":[{\"var\":\"form.kind\"},\"a\"]}", one_in(d, 2) ? "===" : "!==");
        return;
    case 3:
        text_printf(d->t, "{\"<=\":[{\"var\":[\"case.x\",0]},%u]}", below(d, 3));
        return;
    case 4:
        if (d->n_task)
            text_printf(d->t, "{\"<\":[{\"var\":[\"step.%s.visits\",0]},%u]}",
                        d->task[below(d, d->n_task)], 1 + below(d, 3));
        else
            text_str(d->t, "{\"<\":[{\"var\":\"form.n\"},4]}");
        return;
    case 5:
        if (d->n_branch)
            text_printf(d->t, "{\"===\":[{\"var\":[\"step.%s.outcome\",\"\"]},\"%s\"]}",
                        d->branch[below(d, d->n_branch)], one_in(d, 2) ? "yes" : "cancelled");
        else
            text_str(d->t, "{\"in\":[{\"var\":\"form.kind\"},[\"b\",\"c\"]]}");
        return;
    case 6:
        text_str(d->t, "{\"!==\":[{\"var\":\"case.today\"},{\"var\":\"form.on\"}]}");
        return;
    default:
        text_printf(d->t, "{\">\":[{\"var\":\"input.k\"},%u]}", below(d, 6));
        return;
    }
}

#define INPUT                                                                                      \
    ",\"input\":{\"type\":\"object\",\"required\":[\"k\"],\"properties\":{\"k\":"                  \
    "{\"type\":\"integer\",\"minimum\":0,\"maximum\":9}}}"

const char *const draw_material_id[3] = {"deed", "map", "proof"};

/* Of all materials, or of one or two. */
static void
draw_notice(struct drawing *d)
{
    const uint32_t i = below(d, d->n_material);

    text_str(d->t,
             ",\"notice\":true,\"input\":{\"type\":\"object\",\"required\":[\"missing\"],"
             "\"properties\":{\"missing\":{\"type\":\"array\",\"items\":{\"type\":\"string\"");
    if (one_in(d, 2)) {
        text_printf(d->t, ",\"enum\":[\"%s\"", draw_material_id[i]);
        if (i && one_in(d, 2))
            text_printf(d->t, ",\"%s\"", draw_material_id[0]);
        text_char(d->t, ']');
    }
    text_str(d->t, "}}}}");
}

/* One is found in shared data. */
static void
draw_found(struct drawing *d)
{
    const uint32_t i = d->n_material ? below(d, d->n_material) : 0;

    if (!d->shared[i])
        return;
    text_printf(d->t, "{\"material\":\"%s\",\"from\":{\"var\":\"form.kind\"}", draw_material_id[i]);
    draw_when(d, false, 2);
    text_str(d->t, "},");
}

void
draw_condition(struct drawing *d, bool input, int deep)
{
    if (deep > 1 || !one_in(d, 4)) {
        plain_condition(d, input);
        return;
    }
    if (one_in(d, 3)) {
        text_str(d->t, "{\"!\":[");
        draw_condition(d, input, deep + 1);
        text_str(d->t, "]}");
        return;
    }
    text_str(d->t, one_in(d, 2) ? "{\"and\":[" : "{\"or\":[");
    draw_condition(d, input, deep + 1);
    text_char(d->t, ',');
    draw_condition(d, input, deep + 1);
    text_str(d->t, "]}");
}

void
draw_when(struct drawing *d, bool input, uint32_t often)
{
    if (!one_in(d, often))
        return;
    text_str(d->t, ",\"when\":");
    draw_condition(d, input, 0);
}

const char *
draw_length(struct drawing *d)
{
    static const char *const of[] = {"20 minutes",     "3 hours",    "1 day",   "3 days",
                                     "1 working day",  "2 hours",    "8 days",  "2 working days",
                                     "5 working days", "90 minutes", "1 month", "1 year"};

    return of[below(d, sizeof(of) / sizeof(*of))];
}

const char *
draw_date(struct drawing *d)
{
    const bool moment = one_in(d, 2);

    d->moments = d->moments || moment;
    return moment ? "{\"var\":\"form.at\"}" : "{\"var\":\"form.on\"}";
}

void
draw_limit(struct drawing *d)
{
    if (one_in(d, 8)) {
        text_printf(d->t, "{\"date\":%s}", draw_date(d));
    } else if (one_in(d, 8)) {
        text_printf(d->t,
                    "[{\"when\":{\"var\":\"form.flag\"},\"limit\":\"%s\"},{\"limit\":{"
                    "\"date\":%s}}]",
                    draw_length(d), draw_date(d));
    } else if (one_in(d, 3)) {
        text_str(d->t, "[{\"when\":");
        text_str(d->t, likes(d, LIKES_LANES, 2) ? "{\"===\":[{\"var\":\"case.lane\"},\"urgent\"]}"
                       : one_in(d, 2)           ? "{\"var\":\"form.flag\"}"
                                                : "{\"<\":[{\"var\":\"form.n\"},5]}");
        text_printf(d->t, ",\"limit\":\"%s\"},{\"limit\":\"%s\"}]", draw_length(d),
                    one_in(d, 4) ? "none" : draw_length(d));
    } else {
        text_printf(d->t, "\"%s\"", draw_length(d));
    }
}

static void
send(struct drawing *d)
{
    text_str(d->t, "{\"send\":\"tax\"");
    if (likes(d, LIKES_UNDO, 2))
        text_str(d->t, ",\"data\":{\"m\":{\"var\":\"form.n\"}},\"undo\":{\"data\":{\"var\":"
                       "\"form.n\"}}");
    else if (one_in(d, 4))
        text_str(d->t, ",\"data\":{\"var\":\"form.kind\"}");
    draw_when(d, false, 2);
    text_char(d->t, '}');
}

static void
append(struct drawing *d)
{
    static const char *const element[] = {"{\"var\":\"form.kind\"}", "{\"var\":\"actor.id\"}",
                                          "\"more\""};

    d->lists = true;
    text_printf(d->t, "{\"append\":{\"form.list\":%s}", element[below(d, 3)]);
    draw_when(d, false, 3);
    text_str(d->t, "},");
}

void
draw_effects(struct drawing *d, bool input)
{
    const bool paper = likes(d, LIKES_PAPERS, 2), lot = d->acts && likes(d, LIKES_LOTS, 1);
    const bool opens = likes(d, LIKES_OPENING, 3);
    const bool fails = !d->acts && likes(d, LIKES_SILENCE, 4);

    if (!paper && !lot && !opens && !fails && !one_in(d, 4))
        return;
    text_str(d->t, ",\"do\":[");
    if (opens) {
        text_str(d->t, "{\"open\":\"shop\"");
        if (one_in(d, 2))
            text_str(d->t, ",\"form\":{\"n\":{\"var\":\"form.n\"},\"x\":{\"var\":[\"case.x\",0]}}");
        if (one_in(d, 3))
            draw_other(d, false);
        draw_when(d, false, 3);
        text_str(d->t, "},");
    }
    if (likes(d, LIKES_MATERIALS, 3))
        draw_found(d);
    if (d->labels && one_in(d, 2)) {
        text_printf(d->t, "{\"label\":\"l%u\"%s", below(d, 2),
                    one_in(d, 3) ? ",\"remove\":true" : "");
        draw_when(d, false, 3);
        text_str(d->t, "},");
    }
    if (lot)
        draw_lot(d);
    if (paper)
        draw_paper(d);
    if (one_in(d, 2))
        text_str(d->t, "{\"set\":{\"case.x\":{\"+\":[{\"var\":[\"case.x\",0]},1]}}},");
    if (fails || one_in(d, 8)) /* more than there are numbers, unless form.n is small */
        text_printf(d->t, "{\"set\":{\"case.y\":{\"+\":[{\"var\":\"form.n\"},%lld]}}},",
                    (long long)INT64_MAX - 2 - below(d, 5));
    if (one_in(d, 3))
        text_printf(d->t, "{\"set\":{\"form.n\":%u,\"form.flag\":false}%s},", below(d, 10),
                    one_in(d, 2) ? ",\"when\":{\"var\":\"form.flag\"}" : "");
    if (input)
        text_str(d->t, "{\"set\":{\"form.n\":{\"var\":\"input.k\"}}},");
    if (d->acts && one_in(d, 3))
        append(d);
    send(d);
    text_char(d->t, ']');
}

void
draw_marks(struct drawing *d, uint32_t often)
{
    const uint32_t i = below(d, 2);

    if (!one_in(d, often))
        return;
    d->marks[i] = true;
    text_printf(d->t, ",\"marks\":\"m%u\"", i + 1);
}

/* An end of the region, or out of it. */
static void
end_of(struct drawing *d, struct field *f)
{
    const bool yes = one_in(d, 2);

    if ((f->around && (!f->branch || one_in(d, 2))) || (f->beside && one_in(d, 2))) {
        text_str(d->t, "\"$done\"");
        return;
    }
    f->yes = f->yes || yes;
    f->nay = f->nay || !yes;
    text_str(d->t, yes ? "\"yes\"" : "\"nay\"");
}

/* To the next step of the region, so that all are reached; or anywhere. */
void
draw_target(struct drawing *d, struct field *f, uint32_t at, bool onward)
{
    struct field *to = !onward && f->around && one_in(d, 6) ? f->around : f;

    if (onward && at + 1 < f->n)
        text_printf(d->t, "\"%s\"", f->id[at + 1]);
    else if (onward || one_in(d, 3))
        end_of(d, f);
    else
        text_printf(d->t, "\"%s\"", to->id[below(d, to->n)]);
}

void
draw_deem(struct drawing *d)
{
    static const char *const since[] = {"", ",\"effective\":\"entered\"",
                                        ",\"effective\":\"opened\""};

    if (likes(d, LIKES_LATE, 1) || likes(d, LIKES_SILENCE, 1) || one_in(d, 3))
        text_printf(d->t, ",\"deem\":{\"kind\":\"%s\",\"basis\":\"b\"%s}",
                    one_in(d, 2) ? "accepted" : "renewed", since[below(d, 3)]);
}

void
draw_timers(struct drawing *d, struct field *f, uint32_t at)
{
    const char *first = draw_length(d), *second = draw_length(d);

    text_printf(d->t, ",\"after\":{\"%s\":{\"to\":", first);
    draw_target(d, f, at, one_in(d, 2));
    draw_when(d, false, 4);
    draw_deem(d);
    draw_marks(d, 4);
    draw_effects(d, false);
    text_char(d->t, '}');
    if (one_in(d, 3) && strcmp(first, second) != 0) {
        text_printf(d->t, ",\"%s\":{\"basis\":\"b\"", second);
        draw_when(d, false, 3);
        draw_effects(d, false);
        draw_marks(d, 4);
        draw_deem(d);
        text_char(d->t, '}');
    }
    text_char(d->t, '}');
}

void
draw_actions(struct drawing *d, struct field *f, uint32_t at)
{
    const bool office = d->clerks && d->n_material; /* it says what is missing, most often */
    const uint32_t n = (office ? 2 : 1) + below(d, office ? 2 : 3);

    text_str(d->t, ",\"actions\":{");
    for (uint32_t i = 0; i < n; i++) {
        const bool notice = office && (i == 0 ? one_in(d, 4) : !one_in(d, 4));
        const bool input = !notice && one_in(d, 4);

        text_printf(d->t, "%s\"%c\":{" TITLE, i ? "," : "", 'a' + (int)i);
        if (i == 0 || !one_in(d, notice ? 2 : 5)) {
            text_str(d->t, ",\"to\":");
            draw_target(d, f, at, i == 0);
        }
        if (input)
            text_str(d->t, INPUT);
        if (notice)
            draw_notice(d);
        draw_when(d, input, i == 0 || notice ? 6 : 3);
        draw_marks(d, i == 0 ? 4 : 8);
        if (d->clerks && !notice)
            draw_signers(d);
        d->acts = d->clerks;
        draw_effects(d, input);
        d->acts = false;
        text_char(d->t, '}');
    }
    text_char(d->t, '}');
}

/* The messages it takes. */
void
draw_on(struct drawing *d, struct field *f, uint32_t at)
{
    static const char *const name[] = {"news", "report"};
    const uint32_t n = 1 + below(d, 2), first = below(d, 2);

    text_str(d->t, ",\"on\":{");
    for (uint32_t i = 0; i < n; i++) {
        const bool input = one_in(d, 3);

        text_printf(d->t, "%s\"%s\":{\"from\":\"tax\"", i ? "," : "", name[(first + i) % 2]);
        if (one_in(d, 2)) {
            text_str(d->t, ",\"to\":");
            draw_target(d, f, at, one_in(d, 2));
        }
        if (input)
            text_str(d->t, INPUT);
        /* Whose word and time count where several take it is left open: all say the same hours. */
        if (!d->expires)
            d->expires = one_in(d, 2) ? "2 hours" : "9 hours";
        if (!strcmp(name[(first + i) % 2], "report"))
            text_printf(d->t, ",\"expires\":\"%s\"", d->expires);
        draw_when(d, input, 2);
        draw_marks(d, 8);
        draw_effects(d, input);
        text_char(d->t, '}');
    }
    text_char(d->t, '}');
}
