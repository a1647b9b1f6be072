/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which actions and steps may ask for the document of a written notice: those that lead, without
 * anybody acting in between, into a step that stops the clocks on a ground with `notice`.
 */
#include "definition/parse.h"

static bool asks_beyond(const struct workflow *w, const struct step *owner);

static bool
asks_on(const struct workflow *w, const struct step *of, struct target to)
{
    if (to.kind == TARGET_STEP)
        return w->step[to.step].asks_paper;
    return to.kind == TARGET_DONE && !of->optional && of->region &&
           asks_beyond(w, &w->step[w->region[of->region].owner]);
}

/* Where it goes on when stage, parallel or wait @owner is through. */
static bool
asks_beyond(const struct workflow *w, const struct step *owner)
{
    return asks_on(w, owner, owner->to) || asks_on(w, owner, owner->otherwise);
}

/* An end finishes the branch around it, whatever the join makes of that. */
static bool
asks_after(const struct workflow *w, const struct step *end)
{
    uint16_t region = end->region;

    while (region && w->step[w->region[region].owner].kind != STEP_PARALLEL)
        region = w->region[region].parent;
    return region && asks_beyond(w, &w->step[w->region[region].owner]);
}

static bool
asks_in(const struct workflow *w, const struct step *s)
{
    if (s->stops != NONE && w->ground[s->stops].notice)
        return true;
    for (uint16_t i = 0; i < s->n_arm && s->kind == STEP_DECISION; i++)
        if (asks_on(w, s, s->arm[i].to))
            return true;
    for (uint16_t r = s->first_region; r < s->first_region + s->n_region; r++)
        if (w->step[w->region[r].start].asks_paper)
            return true;
    if (s->kind == STEP_END)
        return asks_after(w, s);
    /* It goes on at once where no branch begins, and no child case is opened. */
    return (s->kind == STEP_PARALLEL || s->children) && asks_beyond(w, s);
}

void
find_papers(struct parse *p)
{
    const struct workflow *w = p->w;
    struct step *step = (struct step *)(uintptr_t)w->step;
    bool found = true;

    while (found) {
        found = false;
        for (uint16_t i = w->n_step; i-- > 0;)
            if (!step[i].asks_paper && asks_in(w, &step[i]))
                found = step[i].asks_paper = true;
    }
    for (uint16_t i = 0; i < w->n_step; i++) {
        struct action *action = (struct action *)(uintptr_t)step[i].action;

        for (uint16_t j = 0; j < step[i].n_action; j++)
            action[j].asks_paper = action[j].notice || asks_on(w, &step[i], action[j].to);
    }
}
