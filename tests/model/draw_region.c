/* SPDX-License-Identifier: Apache-2.0 */
/* Steps, regions, and the whole of a random definition. */
#include <string.h>

#include "tests/model/draw_inside.h"

static void
around(struct drawing *d, struct field *f, uint32_t at, bool timed)
{
    static const char *const word[] = {"received", "accepted", "in-review", "decided"};

    if (one_in(d, 3))
        text_printf(d->t, ",\"public\":\"%s\"", word[below(d, 4)]);
    if (one_in(d, 2)) {
        text_str(d->t, ",\"limit\":");
        draw_limit(d);
    }
    if (timed || one_in(d, 4))
        draw_timers(d, f, at);
    if (one_in(d, 5)) {
        text_str(d->t, ",\"stops\":{\"ground\":\"ask\"}");
        d->asks = true;
    }
    if (one_in(d, 4))
        draw_on(d, f, at);
    draw_marks(d, 10);
    draw_effects(d, false);
}

static void region(struct drawing *d, struct field *f);

static void
task(struct drawing *d, struct field *f, uint32_t at)
{
    static const char *const by[] = {"clerk", "clerk", "clerk", "applicant", "system:tax"};

    if (d->n_task < NAMES && !f->list)
        d->task[d->n_task++] = arena_printf(d->a, "%s%s", f->path, f->id[at]);
    text_printf(d->t, TITLE ",\"by\":\"%s\",\"openEnded\":\"x\"", by[below(d, 5)]);
    if (f->n > 1 && at > 0 && one_in(d, 6))
        text_printf(d->t, ",\"distinctFrom\":[\"%s\"]", f->id[0]);
    around(d, f, at, false);
    draw_actions(d, f, at);
}

static void
wait_for(struct drawing *d, struct field *f, uint32_t at)
{
    text_str(d->t, TITLE ",\"to\":");
    draw_target(d, f, at, true);
    if (one_in(d, 3))
        text_str(d->t, ",\"wait\":{\"until\":{\"var\":\"form.on\"}}");
    else
        text_printf(d->t, ",\"wait\":\"%s\"", draw_length(d));
    around(d, f, at, false);
    if (one_in(d, 2))
        draw_actions(d, f, at);
}

static void
stage(struct drawing *d, struct field *f, uint32_t at)
{
    struct field in = {.around = f,
                       .deep = f->deep + 1,
                       .list = f->list,
                       .path = arena_printf(d->a, "%s%s.", f->path, f->id[at])};

    text_str(d->t, TITLE ",\"to\":");
    draw_target(d, f, at, true);
    around(d, f, at, false);
    region(d, &in);
}

static void
join(struct drawing *d, struct field *f, uint32_t at, uint32_t n)
{
    switch (below(d, 8)) {
    case 0:
    case 1:
        text_printf(d->t, ",\"join\":{\"count\":%u,\"of\":\"yes\"},\"else\":", 1 + below(d, n));
        draw_target(d, f, at, one_in(d, 2));
        return;
    case 2:
        text_printf(d->t, ",\"join\":{\"count\":%u}", 1 + below(d, n));
        return;
    case 3:
        text_printf(d->t,
                    ",\"join\":{\"of\":\"yes\",\"when\":{\">=\":[{\"*\":[{\"var\":"
                    "\"tally.counted\"},2]},{\"var\":\"tally.%s\"}]}},\"else\":",
                    one_in(d, 2) ? "ended" : "entered");
        draw_target(d, f, at, one_in(d, 2));
        return;
    default:
        text_printf(d->t, ",\"join\":\"%s\"", one_in(d, 3) ? "any" : "all");
    }
}

/* One branch for each element of the form's list. */
static void
list(struct drawing *d, struct field *f, const char *path)
{
    struct field in = {.around = f,
                       .deep = f->deep + 1,
                       .branch = true,
                       .list = arena_printf(d->a, "%s.each", path),
                       .path = arena_printf(d->a, "%s.each.", path)};

    text_str(d->t, ",\"foreach\":{\"var\":\"form.list\"},\"as\":\"each\",\"branch\":{" TITLE);
    if (one_in(d, 3))
        text_str(d->t, ",\"when\":{\"!==\":[{\"var\":\"each.each\"},\"A\"]}");
    region(d, &in);
    text_char(d->t, '}');
}

static void
branches(struct drawing *d, struct field *f, const char *path, uint32_t n)
{
    text_str(d->t, ",\"branches\":{");
    for (uint32_t i = 0; i < n; i++) {
        struct field in = {.around = f,
                           .deep = f->deep + 1,
                           .branch = true,
                           .list = f->list,
                           .path = arena_printf(d->a, "%s.b%u.", path, i)};

        if (d->n_branch < NAMES && !f->list)
            d->branch[d->n_branch++] = arena_printf(d->a, "%s.b%u", path, i);
        text_printf(d->t, "%s\"b%u\":{" TITLE, i ? "," : "", i);
        draw_when(d, false, 3);
        region(d, &in);
        text_char(d->t, '}');
    }
    text_char(d->t, '}');
}

static void
parallel(struct drawing *d, struct field *f, uint32_t at)
{
    const uint32_t n = 1 + below(d, 3);
    const char *path = arena_printf(d->a, "%s%s", f->path, f->id[at]);

    text_str(d->t, TITLE ",\"to\":");
    draw_target(d, f, at, true);
    join(d, f, at, n);
    around(d, f, at, false);
    if (!f->list && one_in(d, 3))
        list(d, f, path);
    else
        branches(d, f, path, n);
}

static void
decision(struct drawing *d, struct field *f, uint32_t at)
{
    if (one_in(d, 2)) {
        draw_table(d, f, at);
        return;
    }
    text_str(d->t, "\"decide\":[{\"when\":");
    draw_condition(d, false, 0);
    text_str(d->t, ",\"to\":");
    draw_target(d, f, at, false);
    text_str(d->t, "},{\"to\":");
    draw_target(d, f, at, true);
    text_str(d->t, "}]");
    draw_marks(d, 8);
    draw_effects(d, false);
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

/* Limits that can be extended are in the unit of what is added. */
static void
extendable(struct drawing *d)
{
    static const char *const unit[] = {"minutes", "days", "working days"};
    const char *u = unit[below(d, 3)];

    if (one_in(d, 2))
        text_printf(d->t, "\"%u %s\"", 1 + below(d, 40), u);
    else
        text_printf(
            d->t, "[{\"when\":{\"var\":\"form.flag\"},\"limit\":\"%u %s\"},{\"limit\":\"%u %s\"}]",
            1 + below(d, 40), u, 1 + below(d, 40), u);
    text_printf(d->t, ",\"extension\":{\"limit\":\"%u %s\",\"by\":\"head\"}", 1 + below(d, 9), u);
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
        if (one_in(d, 3))
            extendable(d);
        else
            draw_limit(d);
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
    text_str(
        t,
        "{\"id\":\"x\"," TITLE ",\"source\":{\"law\":[\"x\"]},\"effective\":{\"from\":"
        "\"2022-01-01\"},\"lead\":\"lead\",\"applicant\":\"enterprise\",\"form\":{\"type\":"
        "\"object\",\"required\":[\"n\",\"flag\",\"kind\",\"on\",\"list\"],\"properties\":{\"n\":{"
        "\"type\":\"integer\",\"minimum\":0,\"maximum\":9},\"flag\":{\"type\":\"boolean\"},"
        "\"kind\":{\"type\":\"string\"},\"on\":{\"type\":\"string\",\"format\":\"date\"},\"list\":{"
        "\"type\":\"array\",\"maxItems\":5,\"uniqueItems\":true,"
        "\"items\":{\"type\":\"string\"}}}}");
    region(&d, &top);
    clocks(&d);
    text_str(t, ",\"grounds\":{\"hold\":{" TITLE ",\"command\":true},\"pause\":{" TITLE
                ",\"command\":true}");
    if (d.asks)
        text_str(t, ",\"ask\":{" TITLE "}");
    text_char(t, '}');
    if (d.withdraws) {
        text_str(t, ",\"withdraw\":{\"to\":\"out\"");
        draw_when(&d, false, 3);
        text_char(t, '}');
    }
    text_char(t, '}');
}
