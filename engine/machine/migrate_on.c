/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a case goes on where it is.  Exploration proves it of what a version's own cases
 * come to; one from elsewhere may stand where none of them ever does.
 */
#include "machine/migrate_inside.h"

/* Somebody can, as far as it is known who: what asks for him, or for what he says, may hold. */
static bool
can_act(struct run *r, const struct visit *v)
{
    const struct step *s = &r->w->step[v->step];
    bool yes = false;

    for (uint16_t i = 0; i < s->n_action && !yes; i++) {
        struct error unread;
        struct run asked = *r;

        asked.e = &unread;
        yes = !s->action[i].when || run_test(&asked, place_of(r, v->id), s->action[i].when) ||
              asked.failed;
    }
    return yes;
}

/* Something comes by itself, or from elsewhere. */
static bool
awaits(const struct workflow *w, const struct visit *v)
{
    const struct step *s = &w->step[v->step];
    bool yes = s->ballot || s->children || s->n_on > 0 || v->wait_until != INSTANT_NONE;

    for (uint16_t i = 0; i < s->n_timer; i++)
        yes = yes || v->timer[i] != INSTANT_NONE;
    return yes;
}

/* What no step has may change what its conditions say: papers, lanes, who asks, steps beside. */
static bool
may_change(const struct workflow *w)
{
    bool yes = w->n_material > 0 || w->n_lane > 0 || w->asks_identified || w->asks_credit;

    for (uint16_t i = 0; i < w->n_step; i++)
        yes = yes || w->step[i].optional;
    return yes;
}

static bool
somebody_can_act(struct run *r)
{
    for (uint32_t i = 0; i < r->c->n_visit; i++)
        if (can_act(r, &r->c->visit[i]))
            return true;
    return false;
}

static bool
something_comes(const struct workflow *w, const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (awaits(w, &c->visit[i]))
            return true;
    return may_change(w);
}

bool
migrate_goes_on(struct move_over *x)
{
    struct run was = {
        .s = x->old->s, .w = x->m->from, .c = x->old->c, .a = x->old->a, .at = x->old->at};

    return something_comes(x->m->to, x->next) || !somebody_can_act(&was) ||
           somebody_can_act(&x->run) ||
           migrate_refuse(x, "nobody could act in it any more",
                          x->m->to->step[x->next->visit[x->next->n_visit - 1].step].path);
}
