/* SPDX-License-Identifier: Apache-2.0 */
/* Steps, regions, and the whole of a random definition. */
#include <string.h>

#include "tests/model/draw_inside.h"

void
draw_around(struct drawing *d, struct field *f, uint32_t at)
{
    static const char *const word[] = {"received", "accepted", "in-review", "decided"};

    if (one_in(d, 3))
        text_printf(d->t, ",\"public\":\"%s\"", word[below(d, 4)]);
    if (one_in(d, 2)) {
        text_str(d->t, ",\"limit\":");
        draw_limit(d);
    }
    if (one_in(d, 4) || likes(d, LIKES_LATE, 3))
        draw_timers(d, f, at);
    if (one_in(d, 5) || likes(d, LIKES_LATE, 3)) {
        text_str(d->t, ",\"stops\":{\"ground\":\"ask\"}");
        d->asks = true;
    }
    if (likes(d, LIKES_MESSAGES, 2))
        draw_on(d, f, at);
    draw_marks(d, 10);
    draw_effects(d, false);
}

static void
department(struct drawing *d, const struct field *f)
{
    static const char *const of[] = {"land", "fire", "lead"};

    if (!likes(d, LIKES_DEPARTMENTS, 2))
        return;
    if (!one_in(d, 3)) {
        text_printf(d->t, ",\"department\":\"%s\"", of[below(d, 3)]);
    } else if (f->list && one_in(d, 2)) {
        d->bureaus = true;
        text_str(d->t, ",\"department\":{\"var\":\"each.each\"}");
    } else {
        d->bureau = true;
        text_str(d->t, ",\"department\":{\"var\":\"form.bureau\"}");
    }
}

static void
task(struct drawing *d, struct field *f, uint32_t at)
{
    static const char *const of[] = {"clerk", "clerk", "clerk", "applicant", "system:tax"};
    const char *by = of[below(d, 5)];

    if (d->n_task < NAMES && !f->list)
        d->task[d->n_task++] = arena_printf(d->a, "%s%s", f->path, f->id[at]);
    text_printf(d->t, TITLE ",\"by\":\"%s\",\"openEnded\":\"x\"", by);
    if (strcmp(by, "applicant") != 0)
        draw_step_undo(d);
    if (f->n > 1 && at > 0 && one_in(d, 6))
        text_printf(d->t, ",\"distinctFrom\":[\"%s\"]", f->id[0]);
    department(d, f);
    draw_around(d, f, at);
    d->clerks = !strcmp(by, "clerk");
    draw_actions(d, f, at);
    d->clerks = false;
    if (one_in(d, 4))
        draw_stay_clocks(d, arena_printf(d->a, "%s%s.", f->path, f->id[at]));
}

static void
wait_for(struct drawing *d, struct field *f, uint32_t at)
{
    text_str(d->t, TITLE ",\"to\":");
    draw_target(d, f, at, true);
    if (one_in(d, 3))
        text_printf(d->t, ",\"wait\":{\"until\":%s}", draw_date(d));
    else
        text_printf(d->t, ",\"wait\":\"%s\"", draw_length(d));
    draw_deem(d);
    draw_around(d, f, at);
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
    department(d, f);
    draw_around(d, f, at);
    draw_region(d, &in);
    draw_stay_clocks(d, in.path);
}

void
draw_join(struct drawing *d, struct field *f, uint32_t at, uint32_t n)
{
    switch (below(d, d->kin ? 6 : 8)) {
    case 0:
    case 1:
        text_printf(d->t, ",\"join\":{\"count\":%u,\"of\":\"yes\"},\"else\":", 1 + below(d, n));
        draw_target(d, f, at, one_in(d, 2));
        return;
    case 2:
        text_printf(d->t, ",\"join\":{\"count\":%u}", 1 + below(d, n));
        return;
    case 6:
    case 7:
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

    d->lists = true;
    text_str(d->t, ",\"foreach\":{\"var\":\"form.list\"},\"as\":\"each\",\"branch\":{" TITLE);
    if (one_in(d, 3))
        text_str(d->t, ",\"when\":{\"!==\":[{\"var\":\"each.each\"},\"A\"]}");
    draw_region(d, &in);
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
        draw_region(d, &in);
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
    draw_join(d, f, at, n);
    department(d, f);
    draw_around(d, f, at);
    if (!f->list && likes(d, LIKES_LISTS, 1))
        list(d, f, path);
    else
        branches(d, f, path, n);
    draw_stay_clocks(d, arena_printf(d->a, "%s.", path));
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

/* Its name is none of those that moves lead to. */
static void
optional(struct drawing *d, struct field *f)
{
    static const char *const by[] = {"\"head\"", "[\"applicant\",\"clerk\"]"};
    const char *id = arena_printf(d->a, "o%u", d->n_step++);
    const uint32_t at = f->n;

    text_printf(d->t, ",\"%s\":{\"optional\":{\"by\":%s", id, by[below(d, 2)]);
    draw_when(d, false, 4);
    if (one_in(d, 2))
        text_printf(d->t, ",\"most\":%u", 1 + below(d, 3));
    text_printf(d->t, "%s},", one_in(d, 3) ? ",\"required\":true" : "");
    f->beside = true;
    f->id[at] = id;
    if (one_in(d, 4) && f->deep < DEEPEST)
        stage(d, f, at);
    else if (one_in(d, 4))
        wait_for(d, f, at);
    else
        task(d, f, at);
    f->beside = false;
    text_char(d->t, '}');
}

static void
step(struct drawing *d, struct field *f, uint32_t at)
{
    uint32_t kind = below(d, 12);

    if (likes(d, LIKES_LISTS, 3) && !f->list && f->deep < DEEPEST)
        kind = 8;

    text_printf(d->t, "%s\"%s\":{", at ? "," : "", f->id[at]);
    if (likes(d, LIKES_BALLOTS, 3))
        draw_ballot(d, f, at);
    else if (likes(d, LIKES_CHILDREN, 3))
        draw_cases(d, f, at);
    else if (kind < 5 || (kind < 9 && f->deep == DEEPEST))
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
void
draw_region(struct drawing *d, struct field *f)
{
    if (f->deep && d->n_region < NAMES)
        d->region[d->n_region++] = arena_strndup(d->a, f->path, strlen(f->path) - 1);
    f->n = 1 + below(d, f->deep ? 2 : 4);
    for (uint32_t i = 0; i < f->n; i++)
        f->id[i] = arena_printf(d->a, "s%u", d->n_step++);
    text_printf(d->t, ",\"start\":\"%s\",\"steps\":{", f->id[0]);
    for (uint32_t i = 0; i < f->n; i++)
        step(d, f, i);
    if (likes(d, LIKES_OPTIONAL, 2))
        optional(d, f);
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
