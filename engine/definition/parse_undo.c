/* SPDX-License-Identifier: Apache-2.0 */
/* How what was sent is taken back, and which step waits until it is. */
#include <string.h>

#include "definition/parse.h"

const struct reversal_rule *
read_undo(struct parse *p, const struct place *at, const char *system, struct speaker who)
{
    const struct place *undo = place_get(p, at, "undo");
    struct reversal_rule *u;
    struct effect x = {.kind = EFFECT_SEND};

    if (!undo || !shape_check(p, undo, SHAPE_UNDO))
        return NULL;
    u = arena_new(p->arena, struct reversal_rule);
    u->system = read_text(p, undo, "send", !system);
    if (u->system)
        check_system(p, place_get(p, undo, "send"), u->system);
    else
        u->system = system ? system : "";
    read_data(p, place_get(p, undo, "data"), who, &x);
    u->value = x.value;
    u->member = x.member;
    u->n_member = x.n_member;
    return u;
}

/* An end and a decision are left at once: there is no stay whose leaving would tell. */
static void
check_effects(struct parse *p, const struct place *at, const struct step *s)
{
    for (uint16_t i = 0; i < s->effects.n; i++)
        if (s->effects.item[i].undo && (s->kind == STEP_END || s->kind == STEP_DECISION))
            complain(p, place_get(p, at, "do"), PROBLEM_KEY_NOT_HERE,
                     "\"undo\" has no meaning in %s",
                     s->kind == STEP_END ? "an end" : "a decision");
}

void
read_step_undo(struct parse *p, const struct place *at, struct step *s)
{
    static const char *const words[] = {"undo", NULL};
    const bool asks = s->kind == STEP_TASK && s->by == ACTOR_SYSTEM;

    check_effects(p, at, s);
    if (s->kind != STEP_END && s->kind != STEP_DECISION)
        s->undo = read_undo(p, at, asks ? s->role : NULL,
                            (struct speaker){.step = s, .region = s->region});
    if (s->kind == STEP_TASK && value_get(at->v, "awaits"))
        s->awaits_undo = read_word(p, at, "awaits", words, 1) == 0;
}
