/* SPDX-License-Identifier: Apache-2.0 */
/* Random definitions: every construct of the language, in small ones. */
#include "tests/model/draw.h"

#include <string.h>

enum { DEEPEST = 2, NAMES = 40 };

#define TITLE "\"title\":{\"zh\":\"a\",\"en\":\"a\"}"

struct drawing {
    struct chance *c;
    struct text *t;
    struct arena *a;
    const char *task[NAMES]; /* paths of tasks written so far */
    uint32_t n_task;
    const char *branch[NAMES];
    uint32_t n_branch;
    uint32_t n_step; /* so far: ids differ everywhere */
    bool asks;       /* the ground "ask" is used */
    bool marks[2];   /* m1, m2 are set */
    bool withdraws;
};

/* A region while it is written. */
struct field {
    struct field *around;
    const char *path;
    const char *id[8];
    uint32_t n, deep;
    bool branch;
    bool yes, nay; /* ends that are led to: granted and refused, or those of a branch */
};

static bool
one_in(struct drawing *d, uint32_t n)
{
    return chance_one_in(d->c, n);
}

static uint32_t
below(struct drawing *d, uint32_t n)
{
    return chance_below(d->c, n);
}

static void condition(struct drawing *d, bool input, int deep);

static void
plain_condition(struct drawing *d, bool input)
{
    switch (below(d, input ? 8 : 7)) {
    case 0:
        text_str(d->t, "{\"var\":\"form.flag\"}");
        return;
    case 1:
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

static void
condition(struct drawing *d, bool input, int deep)
{
    if (deep > 1 || !one_in(d, 4)) {
        plain_condition(d, input);
        return;
    }
    if (one_in(d, 3)) {
        text_str(d->t, "{\"!\":[");
        condition(d, input, deep + 1);
        text_str(d->t, "]}");
        return;
    }
    text_str(d->t, one_in(d, 2) ? "{\"and\":[" : "{\"or\":[");
    condition(d, input, deep + 1);
    text_char(d->t, ',');
    condition(d, input, deep + 1);
    text_str(d->t, "]}");
}

static void
when(struct drawing *d, bool input, uint32_t often)
{
    if (!one_in(d, often))
        return;
    text_str(d->t, ",\"when\":");
    condition(d, input, 0);
}

static const char *
length(struct drawing *d)
{
    static const char *const of[] = {"20 minutes",     "3 hours",   "1 day",  "3 days",
                                     "1 working day",  "2 hours",   "8 days", "2 working days",
                                     "5 working days", "90 minutes"};

    return of[below(d, sizeof(of) / sizeof(*of))];
}

static void
limit(struct drawing *d)
{
    if (one_in(d, 3)) {
        text_str(d->t, "[{\"when\":");
        text_str(d->t,
                 one_in(d, 2) ? "{\"var\":\"form.flag\"}" : "{\"<\":[{\"var\":\"form.n\"},5]}");
        text_printf(d->t, ",\"limit\":\"%s\"},{\"limit\":\"%s\"}]", length(d),
                    one_in(d, 4) ? "none" : length(d));
    } else {
        text_printf(d->t, "\"%s\"", length(d));
    }
}

static void
effects(struct drawing *d, bool input)
{
    if (!one_in(d, 4))
        return;
    text_str(d->t, ",\"do\":[");
    if (one_in(d, 2))
        text_str(d->t, "{\"set\":{\"case.x\":{\"+\":[{\"var\":[\"case.x\",0]},1]}}},");
    if (one_in(d, 3))
        text_printf(d->t, "{\"set\":{\"form.n\":%u,\"form.flag\":false}%s},", below(d, 10),
                    one_in(d, 2) ? ",\"when\":{\"var\":\"form.flag\"}" : "");
    if (input)
        text_str(d->t, "{\"set\":{\"form.n\":{\"var\":\"input.k\"}}},");
    text_str(d->t, "{\"send\":\"tax\"");
    when(d, input, 2);
    text_str(d->t, "}]");
}

static void
marks(struct drawing *d, uint32_t often)
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

    if (f->around && (!f->branch || one_in(d, 2))) {
        text_str(d->t, "\"$done\"");
        return;
    }
    f->yes = f->yes || yes;
    f->nay = f->nay || !yes;
    text_str(d->t, yes ? "\"yes\"" : "\"nay\"");
}

/* To the next step of the region, so that all are reached; or anywhere. */
static void
target(struct drawing *d, struct field *f, uint32_t at, bool onward)
{
    struct field *to = !onward && f->around && one_in(d, 6) ? f->around : f;

    if (onward && at + 1 < f->n)
        text_printf(d->t, "\"%s\"", f->id[at + 1]);
    else if (onward || one_in(d, 3))
        end_of(d, f);
    else
        text_printf(d->t, "\"%s\"", to->id[below(d, to->n)]);
}

static void
timers(struct drawing *d, struct field *f, uint32_t at)
{
    const char *first = length(d), *second = length(d);

    text_printf(d->t, ",\"after\":{\"%s\":{\"to\":", first);
    target(d, f, at, one_in(d, 2));
    when(d, false, 4);
    effects(d, false);
    text_char(d->t, '}');
    if (one_in(d, 3) && strcmp(first, second) != 0) {
        text_printf(d->t, ",\"%s\":{\"basis\":\"b\"", second);
        when(d, false, 3);
        effects(d, false);
        marks(d, 4);
        text_char(d->t, '}');
    }
    text_char(d->t, '}');
}

static void
actions(struct drawing *d, struct field *f, uint32_t at)
{
    const uint32_t n = 1 + below(d, 3);

    text_str(d->t, ",\"actions\":{");
    for (uint32_t i = 0; i < n; i++) {
        const bool input = one_in(d, 4);

        text_printf(d->t, "%s\"%c\":{" TITLE, i ? "," : "", 'a' + (int)i);
        if (i == 0 || !one_in(d, 5)) {
            text_str(d->t, ",\"to\":");
            target(d, f, at, i == 0);
        }
        if (input)
            text_str(d->t,
                     ",\"input\":{\"type\":\"object\",\"required\":[\"k\"],\"properties\":{\"k\":"
                     "{\"type\":\"integer\",\"minimum\":0,\"maximum\":9}}}");
        when(d, input, i == 0 ? 6 : 3);
        marks(d, i == 0 ? 4 : 8);
        effects(d, input);
        text_char(d->t, '}');
    }
    text_char(d->t, '}');
}

static void
around(struct drawing *d, struct field *f, uint32_t at, bool timed)
{
    static const char *const word[] = {"received", "accepted", "in-review", "decided"};

    if (one_in(d, 3))
        text_printf(d->t, ",\"public\":\"%s\"", word[below(d, 4)]);
    if (one_in(d, 2)) {
        text_str(d->t, ",\"limit\":");
        limit(d);
    }
    if (timed || one_in(d, 4))
        timers(d, f, at);
    if (one_in(d, 5)) {
        text_str(d->t, ",\"stops\":{\"ground\":\"ask\"}");
        d->asks = true;
    }
    marks(d, 10);
    effects(d, false);
}

static void region(struct drawing *d, struct field *f);

static void
task(struct drawing *d, struct field *f, uint32_t at)
{
    static const char *const by[] = {"clerk", "clerk", "clerk", "applicant", "system:tax"};

    if (d->n_task < NAMES)
        d->task[d->n_task++] = arena_printf(d->a, "%s%s", f->path, f->id[at]);
    text_printf(d->t, TITLE ",\"by\":\"%s\",\"openEnded\":\"x\"", by[below(d, 5)]);
    if (f->n > 1 && at > 0 && one_in(d, 6))
        text_printf(d->t, ",\"distinctFrom\":[\"%s\"]", f->id[0]);
    around(d, f, at, false);
    actions(d, f, at);
}

static void
wait_for(struct drawing *d, struct field *f, uint32_t at)
{
    text_str(d->t, TITLE ",\"to\":");
    target(d, f, at, true);
    if (one_in(d, 3))
        text_str(d->t, ",\"wait\":{\"until\":{\"var\":\"form.on\"}}");
    else
        text_printf(d->t, ",\"wait\":\"%s\"", length(d));
    around(d, f, at, false);
    if (one_in(d, 2))
        actions(d, f, at);
}

static void
stage(struct drawing *d, struct field *f, uint32_t at)
{
    struct field in = {
        .around = f, .deep = f->deep + 1, .path = arena_printf(d->a, "%s%s.", f->path, f->id[at])};

    text_str(d->t, TITLE ",\"to\":");
    target(d, f, at, true);
    around(d, f, at, false);
    region(d, &in);
}

static void
parallel(struct drawing *d, struct field *f, uint32_t at)
{
    const uint32_t n = 1 + below(d, 3);
    const char *path = arena_printf(d->a, "%s%s", f->path, f->id[at]);

    text_str(d->t, TITLE ",\"to\":");
    target(d, f, at, true);
    if (one_in(d, 3)) {
        text_printf(d->t, ",\"join\":{\"count\":%u,\"of\":\"yes\"},\"else\":", 1 + below(d, n));
        target(d, f, at, one_in(d, 2));
    } else if (one_in(d, 4)) {
        text_printf(d->t, ",\"join\":{\"count\":%u}", 1 + below(d, n));
    } else {
        text_printf(d->t, ",\"join\":\"%s\"", one_in(d, 3) ? "any" : "all");
    }
    around(d, f, at, false);
    text_str(d->t, ",\"branches\":{");
    for (uint32_t i = 0; i < n; i++) {
        struct field in = {.around = f,
                           .deep = f->deep + 1,
                           .branch = true,
                           .path = arena_printf(d->a, "%s.b%u.", path, i)};

        if (d->n_branch < NAMES)
            d->branch[d->n_branch++] = arena_printf(d->a, "%s.b%u", path, i);
        text_printf(d->t, "%s\"b%u\":{" TITLE, i ? "," : "", i);
        when(d, false, 3);
        region(d, &in);
        text_char(d->t, '}');
    }
    text_char(d->t, '}');
}

static void
decision(struct drawing *d, struct field *f, uint32_t at)
{
    text_str(d->t, "\"decide\":[{\"when\":");
    condition(d, false, 0);
    text_str(d->t, ",\"to\":");
    target(d, f, at, false);
    text_str(d->t, "},{\"to\":");
    target(d, f, at, true);
    text_str(d->t, "}]");
    marks(d, 8);
    effects(d, false);
}

static void
step(struct drawing *d, struct field *f, uint32_t at)
{
    const uint32_t kind = below(d, 12);

    text_printf(d->t, "%s\"%s\":{", at ? "," : "", f->id[at]);
    if (kind < 5 || (kind < 9 && f->deep == DEEPEST))
        task(d, f, at);
    else if (kind < 7)
        stage(d, f, at);
    else if (kind < 9)
        parallel(d, f, at);
    else if (kind < 11 && at)
        decision(d, f, at);
    else
        wait_for(d, f, at);
    text_char(d->t, '}');
}

/* "start" and "steps" of @f; the ends of a branch, and of the case. */
static void
region(struct drawing *d, struct field *f)
{
    f->n = 1 + below(d, f->deep ? 2 : 4);
    for (uint32_t i = 0; i < f->n; i++)
        f->id[i] = arena_printf(d->a, "s%u", d->n_step++);
    text_printf(d->t, ",\"start\":\"%s\",\"steps\":{", f->id[0]);
    for (uint32_t i = 0; i < f->n; i++)
        step(d, f, i);
    if (f->yes)
        text_printf(d->t,
                    ",\"yes\":{" TITLE ",\"end\":\"yes\",\"do\":[{\"set\":{\"case.x\":0}}]%s}",
                    one_in(d, 3) ? ",\"marks\":\"m2\"" : "");
    if (f->nay)
        text_str(d->t, ",\"nay\":{" TITLE ",\"end\":\"nay\",\"public\":\"delivered\"}");
    if (!f->deep && d->withdraws)
        text_str(d->t,
                 ",\"out\":{" TITLE ",\"end\":\"withdrawn\",\"do\":[{\"set\":{\"case.x\":3}}]}");
    text_char(d->t, '}');
}

static void
clocks(struct drawing *d)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < 3; i++) {
        const char *from = one_in(d, 2) && d->marks[0] ? "m1" : "opened";

        if (one_in(d, 2))
            continue;
        text_printf(d->t, "%s\"k%u\":{\"kind\":\"%s\",\"exceeds\":\"x\",\"from\":\"%s\"",
                    n++ ? "," : ",\"clocks\":{", i, one_in(d, 2) ? "promised" : "statutory", from);
        if (d->marks[1] && one_in(d, 2))
            text_str(d->t, ",\"to\":\"m2\"");
        if (one_in(d, 4))
            text_str(d->t, ",\"party\":\"applicant\"");
        if (one_in(d, 5))
            text_str(d->t, ",\"counts\":\"continuous\"");
        if (one_in(d, 3))
            text_str(d->t, ",\"stopsWhen\":\"any\"");
        text_str(d->t, ",\"limit\":");
        limit(d);
        text_char(d->t, '}');
    }
    if (n)
        text_char(d->t, '}');
}

void
draw_definition(struct chance *c, struct text *t)
{
    struct drawing d = {.c = c, .t = t, .a = t->arena};
    struct field top = {.path = ""};

    d.withdraws = one_in(&d, 2);
    text_str(t,
             "{\"id\":\"x\"," TITLE ",\"source\":{\"law\":[\"x\"]},\"effective\":{\"from\":"
             "\"2022-01-01\"},\"lead\":\"lead\",\"applicant\":\"enterprise\",\"form\":{\"type\":"
             "\"object\",\"required\":[\"n\",\"flag\",\"kind\",\"on\"],\"properties\":{\"n\":{"
             "\"type\":\"integer\",\"minimum\":0,\"maximum\":9},\"flag\":{\"type\":\"boolean\"},"
             "\"kind\":{\"type\":\"string\"},\"on\":{\"type\":\"string\",\"format\":\"date\"}}}");
    region(&d, &top);
    clocks(&d);
    text_str(t, ",\"grounds\":{\"hold\":{" TITLE ",\"command\":true},\"pause\":{" TITLE
                ",\"command\":true}");
    if (d.asks)
        text_str(t, ",\"ask\":{" TITLE "}");
    text_char(t, '}');
    if (d.withdraws) {
        text_str(t, ",\"withdraw\":{\"to\":\"out\"");
        when(&d, false, 3);
        text_char(t, '}');
    }
    text_char(t, '}');
}
