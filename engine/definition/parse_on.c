/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from outside that a step takes. */
#include <string.h>

#include "definition/parse.h"

static struct hearing
read_hearing(struct parse *p, const struct place *at, const struct step *s)
{
    struct hearing h = {.id = at->key, .from = "", .line = at->v->line};
    struct speaker who = {.actor = true, .region = s->region, .step = s};
    const struct place *expires = place_get(p, at, "expires");
    const char *from;

    check_id(p, at, at->key);
    if (!shape_check(p, at, SHAPE_ON))
        return h;
    from = read_text(p, at, "from", true);
    if (from) {
        h.from = from;
        check_system(p, place_get(p, at, "from"), from);
    }
    if (value_get(at->v, "title"))
        h.title = read_title(p, at, true);
    h.to = read_way(p, at, "to", s);
    h.input = who.input = read_input(p, place_get(p, at, "input"), &h.input_schema);
    h.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    h.marks = read_marks(p, at);
    h.effects = read_effects(p, at, who);
    if (expires)
        (void)read_limit(p, expires, &h.expires);
    if (s->kind == STEP_TASK && s->by == ACTOR_SYSTEM && !strcmp(s->role, h.from) &&
        step_action(s, h.id))
        complain(p, at, PROBLEM_TWICE, "\"%s\" of system %s is an action of this step already",
                 h.id, h.from);
    return h;
}

void
read_hearings(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *list = place_get(p, at, "on");
    struct hearing *on;

    if (!expect(p, list, VALUE_OBJECT))
        return;
    if (!list->v->n)
        complain(p, list, PROBLEM_EMPTY, "there are no messages");
    if (list->v->n >= NONE) {
        complain(p, list, PROBLEM_TOO_MANY, "too many messages");
        return;
    }
    on = arena_array(p->arena, list->v->n, struct hearing);
    for (uint32_t i = 0; i < list->v->n; i++)
        on[s->n_on++] = read_hearing(p, place_member(p, list, i), s);
    s->on = on;
}
