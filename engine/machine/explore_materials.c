/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Materials that are handed in, promised, tolerated, sent back: of them a state
 * keeps how many are owed, as far as somebody compares that with anything, and
 * which may lapse into a step.
 */
#include <string.h>

#include "machine/explore_search.h"
#include "machine/materials.h"
#include "machine/notice.h"

static bool
lapses(const struct workflow *w, const struct case_state *c, uint16_t i)
{
    return c->material[i].state == MATERIAL_TOLERATED &&
           (w->material[i].lapse.kind == TARGET_STEP ||
            (w->material[i].reminder.n && c->material[i].remind != INSTANT_NONE));
}

/* Sent back it is tolerated as before, or lapses, and never will be tolerated anew. */
static bool
is_kept(const struct workflow *w, const struct case_state *c, uint16_t i)
{
    return c->material[i].grace != INSTANT_NONE && w->material[i].lapse.kind == TARGET_STEP;
}

void
materials_topics(const struct workflow *w, struct topics *t)
{
    const struct pool *owed = topics_pool(t, "case.owed");

    for (uint32_t i = 0; owed && w->n_material && i < owed->n; i++)
        if (owed->item[i].kind == VALUE_INT && owed->item[i].integer >= t->owed_most)
            t->owed_most = owed->item[i].integer + 1;
    if (owed && w->n_material && !t->owed_most)
        t->owed_most = 1;
    for (uint16_t i = 0; i < w->n_material; i++)
        t->lapse =
            t->lapse || w->material[i].lapse.kind == TARGET_STEP || w->material[i].reminder.n;
}

void
materials_key(struct text *t, const struct workflow *w, const struct topics *topics,
              const struct case_state *c)
{
    const int64_t owed = topics->owed_most ? materials_owed(w, c) : 0;
    bool to_name = false;

    if (!topics->owed_most && !topics->lapse)
        return;
    for (uint16_t i = 0; i < w->n_material; i++) {
        to_name = to_name || can_be_named(w, c, i);
        if (lapses(w, c, i))
            text_printf(t, "t%u%s,", i,
                        w->material[i].reminder.n && c->material[i].remind != INSTANT_NONE ? "r"
                                                                                           : "");
        if (is_kept(w, c, i))
            text_printf(t, "k%u%s,", i, c->material[i].lapsed ? "l" : "");
    }
    text_printf(t, "o%d%s,", (int)(owed < topics->owed_most ? owed : topics->owed_most),
                to_name ? "n" : "");
}

bool
materials_pend(const struct workflow *w, const struct case_state *c)
{
    for (uint16_t i = 0; i < w->n_material; i++)
        if (lapses(w, c, i))
            return true;
    return false;
}

/* Deeds with materials, one after the other, until they lead to another class of states. */
struct dealing {
    struct search *s;
    const struct case_state *at;
    struct exploring_move move;
    struct exploring_deed *deed;
    bool done;
};

static struct dealing
dealing(struct search *s, const struct case_state *c)
{
    struct exploring_deed *deed = arena_array(s->a, s->w->n_material, struct exploring_deed);

    return (struct dealing){
        .s = s,
        .at = c,
        .deed = deed,
        .move = {.kind = COMMAND_MATERIAL, .at = s->node[s->now].now, .deed = deed}};
}

static bool
handle(struct dealing *h, const char *verb, uint16_t material)
{
    struct search *s = h->s;
    struct outcome out;
    struct command cmd = {.kind = COMMAND_MATERIAL,
                          .action = verb,
                          .material = s->w->material[material].id,
                          .document = "explored",
                          .reason = "explored"};
    uint32_t to;

    h->deed[h->move.n_deed++] = (struct exploring_deed){verb, cmd.material};
    cmd.actor = exploring_actor(s->w, &h->move, s->bounds->district, &s->scratch);
    if (!explored_give(s, h->at, &cmd, &h->move, &out)) {
        h->move.n_deed--;
        return false;
    }
    h->at = out.next;
    to = explored_node(s, out.next, h->move.at, &h->move);
    if (to != s->now) {
        explored_way(s, to);
        s->node[s->now].n_way--; /* papers alone are no way on */
        h->done = true;
    }
    return true;
}

/* What is owed comes: as a promise where one may stand for it, from shared data, or by hand. */
static void
bring(struct search *s, const struct case_state *c)
{
    struct dealing h = dealing(s, c);

    for (uint16_t i = 0; i < s->w->n_material && !h.done; i++) {
        const struct material_kind *kind = &s->w->material[i];

        if (!material_is_owed(&c->material[i]))
            continue;
        if (kind->promise && handle(&h, "promise", i))
            continue;
        if (!(kind->shared || kind->certificate) || !handle(&h, "fetch", i))
            (void)handle(&h, "receive", i);
    }
}

/* What is there is found to be none: a false promise, or what is sent back. */
static void
spoil(struct search *s, const struct case_state *c)
{
    struct dealing h = dealing(s, c);

    for (uint16_t i = 0; i < s->w->n_material && !h.done; i++) {
        if (c->material[i].state == MATERIAL_PROMISED)
            (void)handle(&h, "break", i);
        else if (c->material[i].state == MATERIAL_PRESENT)
            (void)handle(&h, "reject", i);
    }
}

/* What stands as broken is made good. */
static void
restore(struct search *s, const struct case_state *c)
{
    struct dealing h = dealing(s, c);

    for (uint16_t i = 0; i < s->w->n_material && !h.done; i++)
        if (credit_is_broken(&c->material[i]))
            (void)handle(&h, "restore", i);
}

/* One in a life may lapse; where that leads does not depend on the others. */
static void
tolerate(struct search *s, const struct case_state *c)
{
    for (uint16_t i = 0; i < s->w->n_material; i++)
        if (is_kept(s->w, c, i))
            return;
    for (uint16_t i = 0; i < s->w->n_material; i++)
        if (c->material[i].state == MATERIAL_MISSING && s->w->material[i].tolerance.n &&
            (s->w->material[i].lapse.kind == TARGET_STEP || s->w->material[i].reminder.n)) {
            struct dealing h = dealing(s, c);

            (void)handle(&h, "tolerate", i);
        }
}

void
explored_materials(struct search *s, const struct case_state *c, bool apart)
{
    const bool pend = materials_pend(s->w, c);

    if (!apart && (s->topics.owed_most || pend))
        bring(s, c);
    if (!apart && s->topics.owed_most)
        spoil(s, c);
    if (!apart && s->topics.asks_credit)
        restore(s, c);
    if (s->topics.lapse && !pend)
        tolerate(s, c);
}

const struct value *
materials_named(struct search *s, const struct case_state *c, const struct action *action,
                const struct value *input)
{
    struct value *item, *all;
    uint32_t n = 0;

    if (!action->notice)
        return input;
    item = arena_array(s->a, s->w->n_material, struct value);
    all = arena_new(s->a, struct value);
    for (uint16_t i = 0; i < s->w->n_material; i++) {
        item[n] = value_borrow(s->w->material[i].id);
        *all = value_with(s->a, input, "missing", value_array(&item[n], 1));
        n += can_be_named(s->w, c, i) && form_check(action->input, all, &s->scratch).n == 0;
    }
    *all = value_with(s->a, input, "missing", value_array(item, n));
    return n ? all : NULL;
}
