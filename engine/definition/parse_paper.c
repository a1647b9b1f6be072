/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which actions and steps may ask for the document of a written notice: those that lead, without
 * anybody acting in between, into a step that stops the clocks on a ground with `notice`.
 */
#include <string.h>

#include "definition/parse.h"

static uint16_t behind(const struct workflow *w, uint16_t step, bool *seen);

static uint16_t
on_the_way(const struct workflow *w, const struct step *of, struct target to, bool *seen)
{
    const struct step *owner;
    uint16_t found;

    if (to.kind == TARGET_STEP)
        return behind(w, to.step, seen);
    if (to.kind != TARGET_DONE || of->optional || !of->region)
        return NONE;
    owner = &w->step[w->region[of->region].owner];
    found = on_the_way(w, owner, owner->to, seen);
    return found != NONE ? found : on_the_way(w, owner, owner->otherwise, seen);
}

/* Where it goes on when parallel or wait @s is through. */
static uint16_t
beyond(const struct workflow *w, const struct step *s, bool *seen)
{
    const uint16_t found = on_the_way(w, s, s->to, seen);

    return found != NONE ? found : on_the_way(w, s, s->otherwise, seen);
}

/* An end finishes the branch around it, whatever the join makes of that. */
static uint16_t
after_end(const struct workflow *w, const struct step *end, bool *seen)
{
    uint16_t region = end->region;

    while (region && w->step[w->region[region].owner].kind != STEP_PARALLEL)
        region = w->region[region].parent;
    return region ? beyond(w, &w->step[w->region[region].owner], seen) : NONE;
}

/* Whether it goes on at once where no branch begins, or no child case is opened. */
static bool
may_be_empty(const struct workflow *w, const struct step *s)
{
    if (s->kind != STEP_PARALLEL)
        return s->children && s->children->each;
    for (uint16_t r = s->first_region; !s->foreach && r < s->first_region + s->n_region; r++)
        if (!w->region[r].when)
            return false;
    return true;
}

static uint16_t
behind(const struct workflow *w, uint16_t step, bool *seen)
{
    const struct step *s = &w->step[step];
    uint16_t found = NONE;

    if (seen[step])
        return NONE;
    seen[step] = true;
    if (s->stops != NONE && w->ground[s->stops].notice)
        return step;
    for (uint16_t i = 0; i < s->n_arm && s->kind == STEP_DECISION && found == NONE; i++)
        found = on_the_way(w, s, s->arm[i].to, seen);
    for (uint16_t r = s->first_region; r < s->first_region + s->n_region && found == NONE; r++)
        found = behind(w, w->region[r].start, seen);
    if (found == NONE && s->kind == STEP_END)
        found = after_end(w, s, seen);
    if (found == NONE && may_be_empty(w, s))
        found = beyond(w, s, seen);
    return found;
}

uint16_t
notice_behind(const struct workflow *w, const struct step *of, struct target to,
              struct arena *scratch)
{
    return on_the_way(w, of, to, arena_array(scratch, w->n_step, bool));
}

void
find_papers(struct parse *p)
{
    const struct workflow *w = p->w;
    struct step *step = (struct step *)(uintptr_t)w->step;
    bool *seen = arena_array(p->arena, w->n_step, bool);

    for (uint16_t i = 0; i < w->n_step; i++) {
        struct action *action = (struct action *)(uintptr_t)step[i].action;

        memset(seen, 0, w->n_step * sizeof(*seen));
        step[i].asks_paper = behind(w, i, seen) != NONE;
        for (uint16_t j = 0; j < step[i].n_action; j++) {
            memset(seen, 0, w->n_step * sizeof(*seen));
            action[j].asks_paper =
                action[j].notice || on_the_way(w, &step[i], action[j].to, seen) != NONE;
        }
    }
}
