/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Branches that cannot influence one another need not be tried in every order:
 * one step at a time goes on, and what the others do is seen after it.
 */
#include <string.h>

#include "machine/explore_inside.h"

/* What an expression inside a parallel step asks for. */
struct asked {
    const char *own;       /* path of the branch it stands in: of that it may ask */
    bool step, time, lane; /* of the lane: it may change between what two branches do */
};

/* "project.main.outcome": how the branch itself ended, which it cannot know of. */
static bool
branch_outcome(const char *path, size_t len)
{
    return !strcmp(path + len, ".outcome");
}

static void
note_root(void *arg, enum root root, const char *path)
{
    struct asked *asked = arg;

    const size_t len = strlen(asked->own);

    asked->step =
        asked->step || (root == ROOT_STEP && (strncmp(path, asked->own, len) != 0 ||
                                              path[len] != '.' || branch_outcome(path, len)));
    asked->time = asked->time || root == ROOT_NOW ||
                  (root == ROOT_CASE &&
                   (path[0] == 0 || (path[0] == 't' && path[1] == 'o') || !strcmp(path, "owed")));
    asked->lane = asked->lane || (root == ROOT_CASE && !strcmp(path, "lane"));
}

static void
ask(const struct expression *x, struct asked *asked)
{
    if (x)
        expression_vars(x, note_root, asked);
}

static bool
inside(const struct workflow *w, uint16_t step, uint16_t around)
{
    while (step != around && step != NONE)
        step = w->region[w->step[step].region].owner;
    return step == around;
}

/* Writes nothing that others read. */
static bool
writes(const struct effects *effects, struct asked *asked)
{
    for (uint16_t i = 0; i < effects->n; i++) {
        if (effects->item[i].kind != EFFECT_SEND && effects->item[i].kind != EFFECT_ISSUE &&
            effects->item[i].kind != EFFECT_OPEN && effects->item[i].kind != EFFECT_LABEL &&
            effects->item[i].kind != EFFECT_REVOKE)
            return true;
        ask(effects->item[i].when, asked);
    }
    return false;
}

/* The path of the branch of @around that @s is in. */
static const char *
branch_of(const struct workflow *w, const struct step *s, uint16_t around)
{
    uint16_t r = s->region;

    while (w->region[r].owner != around)
        r = w->region[r].parent;
    return w->region[r].path;
}

/*
 * Whether step @s depends on nothing outside its branch, and changes nothing
 * there.  It may lead out of @around: that ends the other branches, whatever
 * they have come to, and while it does not they go on.
 */
static bool
keeps_to_itself(const struct workflow *w, const struct step *s, uint16_t around)
{
    struct asked asked = {.own = branch_of(w, s, around)};
    bool yes = !s->optional && !s->n_distinct_from && !s->n_on && !writes(&s->effects, &asked) &&
               !(s->table && s->table->into);

    ask(s->wait_until, &asked);
    ask(s->foreach, &asked);
    ask(s->join_when, &asked);
    for (uint16_t i = 0; i < s->n_action; i++) {
        ask(s->action[i].when, &asked);
        yes = yes && !writes(&s->action[i].effects, &asked);
    }
    for (uint16_t i = 0; i < s->n_timer; i++) {
        ask(s->timer[i].when, &asked);
        yes = yes && !writes(&s->timer[i].effects, &asked);
    }
    for (uint16_t i = 0; i < s->n_arm; i++)
        ask(s->arm[i].when, &asked);
    for (uint16_t r = 0; r < s->n_region; r++)
        ask(w->region[s->first_region + r].when, &asked);
    return yes && !asked.step && !asked.time && !asked.lane;
}

/* All branches are waited for, so that none ends the others' time early while all goes well. */
static bool
waits_for_all(const struct step *s)
{
    return s->join == JOIN_ALL ||
           (s->join == JOIN_COUNT && !s->foreach && s->join_count >= s->n_region);
}

bool *
orders_find(const struct workflow *w, struct arena *a)
{
    bool *orderless = arena_array(a, w->n_step, bool);

    for (uint16_t i = 0; i < w->n_step; i++) {
        const struct step *s = &w->step[i];

        orderless[i] = s->kind == STEP_PARALLEL && waits_for_all(s) && !s->n_timer;
        for (uint16_t k = 0; k < w->n_step && orderless[i]; k++)
            if (k != i && inside(w, k, i))
                orderless[i] = keeps_to_itself(w, &w->step[k], i);
    }
    return orderless;
}

/* Whether something may be started in @region whenever somebody likes. */
static bool
offers(const struct workflow *w, uint16_t region)
{
    for (uint16_t i = 0; i < w->n_step; i++)
        if (w->step[i].optional && w->step[i].region == region)
            return true;
    return false;
}

/* Whether every step around @v lets its branches go on in any order, and none is timed. */
static bool
any_order(const struct workflow *w, const struct case_state *c, const struct visit *v,
          const bool *orderless)
{
    bool branch = false;

    for (v = case_visit(c, v->parent); v; v = case_visit(c, v->parent)) {
        const struct step *s = &w->step[v->step];

        if (s->n_timer || offers(w, s->region) ||
            (s->kind == STEP_PARALLEL && !orderless[s->index]))
            return false;
        branch = branch || s->kind == STEP_PARALLEL;
    }
    return branch;
}

static instant
next_moment(const struct workflow *w, const struct visit *v)
{
    instant least = v->wait_until;

    for (uint16_t i = 0; i < w->step[v->step].n_timer; i++)
        if (v->timer[i] != INSTANT_NONE && (least == INSTANT_NONE || v->timer[i] < least))
            least = v->timer[i];
    return least;
}

const struct visit *
order_choose(const struct workflow *w, const struct case_state *c, const bool *orderless,
             bool *waits)
{
    const struct visit *first = NULL;
    instant least = INSTANT_NONE;

    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];
        const instant at = next_moment(w, v);

        if (w->step[v->step].n_region)
            continue;
        if (at == INSTANT_NONE && any_order(w, c, v, orderless)) {
            *waits = false;
            return v;
        }
        if (at != INSTANT_NONE && (least == INSTANT_NONE || at < least)) {
            least = at;
            first = v;
        }
    }
    *waits = true;
    return first && any_order(w, c, first, orderless) ? first : NULL;
}
