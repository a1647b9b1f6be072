/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that would be opened by cases they have opened, for ever. */
#include <string.h>

#include "definition/registry.h"

/* One place in a workflow that opens cases of another. */
struct opener {
    const struct workflow *w;
    const char *workflow; /* the other's id */
    struct spot spot;
};

/* All of them, in the order of the list; and while one is asked about, how it was come to. */
struct openers {
    struct arena *a;
    const struct registry *r;
    struct opener *item;
    uint32_t n;
    uint32_t *queue;  /* [n]: openers from which it was gone on */
    uint32_t *before; /* [n]: of each in the queue the one before it, by its place there */
    bool *seen;       /* [n] */
};

static void
add(struct openers *o, const struct workflow *w, const char *workflow, struct spot spot)
{
    o->item = arena_grow(o->a, o->item, o->n, sizeof(*o->item));
    o->item[o->n++] = (struct opener){w, workflow, spot};
}

static void
add_effects(struct openers *o, const struct workflow *w, const struct effects *effects,
            struct spot spot, uint32_t line)
{
    spot.line = line;
    for (uint16_t i = 0; i < effects->n; i++)
        if (effects->item[i].kind == EFFECT_OPEN)
            add(o, w, effects->item[i].name, spot);
}

static void
add_step(struct openers *o, const struct workflow *w, const struct step *s)
{
    const struct spot spot = {w->file, s->line, step_pointer(o->a, w, (uint16_t)(s - w->step))};

    if (s->children)
        add(o, w, s->children->workflow, spot);
    add_effects(o, w, &s->effects, spot, s->line);
    for (uint16_t i = 0; i < s->n_action; i++)
        add_effects(o, w, &s->action[i].effects, spot, s->action[i].line);
    for (uint16_t i = 0; i < s->n_timer; i++)
        add_effects(o, w, &s->timer[i].effects, spot, s->timer[i].line);
    for (uint16_t i = 0; i < s->n_on; i++)
        add_effects(o, w, &s->on[i].effects, spot, s->on[i].line);
}

static void
add_workflow(struct openers *o, const struct workflow *w)
{
    for (uint16_t s = 0; s < w->n_step; s++)
        add_step(o, w, &w->step[s]);
    for (uint16_t i = 0; i < w->n_material; i++) {
        const struct spot spot = {w->file, 0, arena_printf(o->a, "/materials/%u/remind", i)};

        add_effects(o, w, &w->material[i].reminder, spot, w->material[i].remind_line);
    }
}

/* Whether the cases that @x opens are of the version of @y: on day @d; 0: on any. */
static bool
leads_to(const struct openers *o, const struct opener *x, const struct workflow *y, day d)
{
    return !strcmp(x->workflow, y->id) && (!d || registry_find(o->r, y->id, d) == y);
}

/* "a, b, a": from the place of @at in the queue back to where it began. */
static const char *
chain(const struct openers *o, uint32_t at)
{
    const char *text = o->item[o->queue[at]].workflow;

    for (;;) {
        text = arena_printf(o->a, "%s, %s", o->item[o->queue[at]].w->id, text);
        if (at == 0)
            return text;
        at = o->before[at];
    }
}

/* How cases of opener @x come back to its own workflow, the shortest way; NULL: they do not. */
static const char *
come_back(struct openers *o, uint32_t x, day d)
{
    uint32_t n = 1;

    memset(o->seen, 0, o->n * sizeof(*o->seen));
    o->queue[0] = x;
    o->seen[x] = true;
    for (uint32_t at = 0; at < n; at++) {
        const struct opener *from = &o->item[o->queue[at]];

        if (leads_to(o, from, o->item[x].w, d))
            return chain(o, at);
        for (uint32_t i = 0; i < o->n; i++)
            if (!o->seen[i] && leads_to(o, from, o->item[i].w, d)) {
                o->seen[i] = true;
                o->before[n] = at;
                o->queue[n++] = i;
            }
    }
    return NULL;
}

/* The first day from @d on on which some version begins or ends; 0: there is none. */
static day
turn_after(const struct registry *r, day d)
{
    day next = 0;

    for (uint32_t i = 0; i < r->n; i++) {
        const day turn[] = {r->workflow[i]->from, r->workflow[i]->until};

        for (size_t j = 0; j < sizeof(turn) / sizeof(*turn); j++)
            if (turn[j] > d && (!next || turn[j] < next))
                next = turn[j];
    }
    return next;
}

/* On all days its workflow is in force: what another version stands for by then does not count. */
static void
check_opener(struct openers *o, uint32_t x, const char *file, struct problems *problems)
{
    const struct opener *at = &o->item[x];
    const struct spot spot = {file, at->spot.line, at->spot.pointer};
    char text[DAY_TEXT];

    if (!come_back(o, x, 0)) /* seldom: the days are many */
        return;
    for (day d = at->w->from; d && (!at->w->until || d < at->w->until); d = turn_after(o->r, d)) {
        const char *way = registry_find(o->r, at->w->id, d) == at->w ? come_back(o, x, d) : NULL;

        if (!way)
            continue;
        problems->origin = at->w->origin;
        problems->n_origin = at->w->n_origin;
        problem_add(problems, PROBLEM_OPENS_ITSELF, spot,
                    "on %s its cases open others without end: %.300s", day_write(d, text), way);
        return;
    }
}

void
registry_check_loops(const struct registry *r, const struct workflow *const *list, uint32_t n,
                     struct problems *problems)
{
    struct openers o = {.a = problems->arena, .r = r};

    for (uint32_t i = 0; i < r->n; i++)
        if (!r->workflow[i]->district)
            add_workflow(&o, r->workflow[i]);
    if (o.n == 0)
        return;
    o.queue = arena_array(o.a, o.n, uint32_t);
    o.before = arena_array(o.a, o.n, uint32_t);
    o.seen = arena_array(o.a, o.n, bool);
    for (uint32_t x = 0; x < o.n; x++)
        for (uint32_t i = 0; i < n; i++)
            if (!strcmp(list[i]->hash, o.item[x].w->hash)) {
                check_opener(&o, x, list[i]->file, problems);
                break;
            }
}
