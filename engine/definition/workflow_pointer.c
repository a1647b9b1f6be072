/* SPDX-License-Identifier: Apache-2.0 */
/* Where in its file a part of a compiled workflow stands. */
#include <string.h>

#include "definition/overlay.h"

/* Ids need no escaping: they are lower-case letters, digits and hyphens. */
static void
write_region(struct text *t, const struct workflow *w, uint16_t region)
{
    const struct region *r = &w->region[region];
    const struct step *owner;

    if (r->owner == NONE)
        return;
    owner = &w->step[r->owner];
    write_region(t, w, owner->region);
    text_printf(t, "/steps/%s", owner->id);
    if (owner->foreach)
        text_str(t, "/branch");
    else if (owner->kind == STEP_PARALLEL)
        text_printf(t, "/branches/%s", r->id);
}

char *
region_pointer(struct arena *a, const struct workflow *w, uint16_t region)
{
    struct text t = text_new(a);

    write_region(&t, w, region);
    return t.at;
}

char *
step_pointer(struct arena *a, const struct workflow *w, uint16_t step)
{
    const struct step *s = &w->step[step];

    return arena_printf(a, "%s/steps/%s", region_pointer(a, w, s->region), s->id);
}

char *
clock_pointer(struct arena *a, const struct workflow *w, uint16_t rule)
{
    const struct clock_rule *c = &w->clock[rule];

    if (c->scope == NONE)
        return arena_printf(a, "/clocks/%s", c->id);
    if (c->is_limit)
        return arena_printf(a, "%s/limit", step_pointer(a, w, c->scope));
    return arena_printf(a, "%s/clocks/%s", step_pointer(a, w, c->scope),
                        c->id + strlen(w->step[c->scope].path) + 1);
}

bool
limit_is_laid(const struct problems *p, const struct workflow *w, uint16_t rule, uint16_t arm)
{
    const uint32_t origin = w->clock[rule].arm[arm].line / ORIGIN_LINES;

    return origin && origin <= p->n_origin && !p->origin[origin - 1].use;
}

struct spot
limit_spot(struct arena *a, const struct problems *p, const struct workflow *w, uint16_t rule,
           uint16_t arm)
{
    const struct clock_rule *c = &w->clock[rule];

    if (limit_is_laid(p, w, rule, arm))
        return (struct spot){w->file, c->arm[arm].line, arena_printf(a, "/limits/%s", c->id)};
    return (struct spot){w->file, c->line, clock_pointer(a, w, rule)};
}
