/* SPDX-License-Identifier: Apache-2.0 */
/* Random draws: {"commit": NAME} and {"draw": NAME, …}. */
#include <string.h>

#include "definition/parse.h"

static struct named_draw *
draw_called(struct parse *p, const char *name)
{
    for (uint32_t i = 0; i < p->n_draw; i++)
        if (!strcmp(p->draw[i].name, name))
            return &p->draw[i];
    p->draw = arena_grow(p->scratch, p->draw, p->n_draw, sizeof(*p->draw));
    p->draw[p->n_draw] = (struct named_draw){.name = name};
    return &p->draw[p->n_draw++];
}

/* The draw's name; NULL when it is none. */
static const char *
read_name(struct parse *p, const struct place *at, const char *key)
{
    const char *name = read_text(p, at, key, true);

    return name && check_id(p, place_get(p, at, key), name) ? name : NULL;
}

void
read_commit(struct parse *p, const struct place *at, struct speaker who, struct effects *out)
{
    struct effect x = {.kind = EFFECT_COMMIT};
    struct named_draw *d;

    if (!shape_check(p, at, SHAPE_COMMIT))
        return;
    x.name = read_name(p, at, "commit");
    x.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    if (!x.name)
        return;
    d = draw_called(p, x.name);
    d->committed = d->committed ? d->committed : at;
    add_effect(p, out, x);
}

/* An expression that has to be there. */
static const struct expression *
needed(struct parse *p, const struct place *at, const char *key, enum value_kind kind,
       struct speaker who)
{
    const struct place *member = place_get(p, at, key);

    if (!member)
        complain(p, at, PROBLEM_MISSING_KEY, "\"%s\" is missing", key);
    return read_expression(p, member, kind, who);
}

/* What is drawn is written to a name of the author's, and is of the candidates' kind. */
static const struct expression *
read_from(struct parse *p, const struct place *at, const char *into, struct speaker who)
{
    const struct place *from = place_get(p, at, "from");
    const struct expression *x;

    if (!into || strncmp(into, "case.", 5) != 0) {
        if (into)
            complain(p, place_get(p, at, "into"), PROBLEM_BAD_SET,
                     "\"%s\" is no name under \"case.\"", into);
        return needed(p, at, "from", VALUE_ARRAY, who);
    }
    if (!from) {
        complain(p, at, PROBLEM_MISSING_KEY, "\"from\" is missing");
        return NULL;
    }
    x = read_set(p, from, into, who);
    if (x)
        p->duty[p->n_duty - 1].expected = VALUE_ARRAY;
    return x;
}

void
read_draw(struct parse *p, const struct place *at, struct speaker who, struct effects *out)
{
    struct drawing *g = arena_new(p->arena, struct drawing);
    struct effect x = {.kind = EFFECT_DRAW, .drawing = g};
    struct named_draw *d;

    if (!shape_check(p, at, SHAPE_DRAW))
        return;
    x.name = read_name(p, at, "draw");
    x.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    g->into = read_text(p, at, "into", true);
    g->from = read_from(p, at, g->into, who);
    g->count = needed(p, at, "count", VALUE_INT, who);
    g->weights = read_expression(p, place_get(p, at, "weights"), VALUE_ARRAY, who);
    g->exclude = read_expression(p, place_get(p, at, "exclude"), VALUE_ARRAY, who);
    g->mix = read_expression(p, place_get(p, at, "mix"), VALUE_STRING, who);
    if (!x.name)
        return;
    d = draw_called(p, x.name);
    d->drawn = d->drawn ? d->drawn : at;
    add_effect(p, out, x);
}

void
check_draws(struct parse *p)
{
    for (uint32_t i = 0; i < p->n_draw; i++) {
        const struct named_draw *d = &p->draw[i];

        if (!d->committed)
            complain(p, d->drawn, PROBLEM_DRAW_UNCOMMITTED,
                     "nothing commits to the draw \"%s\" before it is made", d->name);
        else if (!d->drawn)
            complain(p, d->committed, PROBLEM_DRAW_IDLE, "the draw \"%s\" is never made", d->name);
    }
    p->w->takes_seed = p->w->takes_seed || p->n_draw > 0;
}
