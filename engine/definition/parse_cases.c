/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that open child cases and wait for them. */
#include <string.h>

#include "definition/parse.h"

/* The list: a field of the form, of objects, texts or integers; its items say which. */
static void
read_each(struct parse *p, const struct place *at, struct children *x)
{
    const struct place *each = place_get(p, at, "each");
    struct form_field f;

    x->as = read_text(p, at, "as", false);
    x->each = read_text(p, at, "each", false);
    if (!x->each || !p->w->form)
        return;
    if (!strncmp(x->each, "form.", 5))
        x->each += 5;
    f = form_field(p->w->form, x->each);
    if (!f.declared || f.kind != VALUE_ARRAY || !f.required)
        complain(p, each, PROBLEM_BAD_LIST, "\"%s\" is no list that every form has", x->each);
    else if ((f.item_kind == VALUE_STRING || f.item_kind == VALUE_INT) && !x->as)
        complain(p, at, PROBLEM_MISSING_KEY,
                 "\"as\" is missing: which member of the child's form an element becomes");
}

/* A clerk's stop of the step is told to the children: some ground must be one of clerks. */
static void
read_stop(struct parse *p, const struct place *at, struct children *x)
{
    bool any = false;

    for (uint16_t i = 0; i < p->w->n_ground; i++)
        any = any || p->ground[i].command;
    if (!any)
        complain(p, at, PROBLEM_KEY_NOT_HERE, "no ground has \"command\": nobody stops the step");
    x->cascade |= CASCADE_STOP;
}

static void
read_cascade(struct parse *p, const struct place *at, struct children *x)
{
    uint16_t n;
    const char *const *word = read_texts(p, at, "cascade", &n);

    for (uint16_t i = 0; i < n; i++)
        if (!strcmp(word[i], "cancel"))
            x->cascade |= CASCADE_CANCEL;
        else if (!strcmp(word[i], "withdraw"))
            x->cascade |= CASCADE_WITHDRAW;
        else if (!strcmp(word[i], "stop"))
            read_stop(p, texts_item(p, at, "cascade", i), x);
        else
            complain(p, texts_item(p, at, "cascade", i), PROBLEM_BAD_WORD,
                     "\"%.40s\" is neither cancel, stop nor withdraw", word[i]);
}

/* {"children": "all" or "any", "ground": …}: the step stands when its children do. */
static void
read_stand(struct parse *p, const struct place *at, struct step *s, struct children *x)
{
    static const char *const whose[] = {"all", "any", NULL};
    const struct place *when = place_get(p, at, "stopsWhen");

    if (!when || !shape_check(p, when, SHAPE_STOPS_WHEN))
        return;
    x->stand = read_word(p, when, "children", whose, 0) ? CHILDREN_STAND_ANY : CHILDREN_STAND_ALL;
    x->ground = read_ground(p, when);
    if (value_get(at->v, "stops"))
        complain(p, when, PROBLEM_KEY_NOT_HERE, "\"%s\" stops the clocks whatever its children do",
                 s->path);
}

void
read_cases(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *cases = place_get(p, at, "cases"), *form = place_get(p, cases, "form");
    struct children *x = arena_new(p->arena, struct children);

    x->ground = NONE;
    read_stand(p, at, s, x);
    read_join(p, at, s, CHILDREN_MOST);
    if (s->join == JOIN_WHEN)
        complain(p, place_get(p, at, "join"), PROBLEM_KEY_NOT_HERE,
                 "child cases are joined by all, any or a count; ask step.%s.counted in an action",
                 s->path);
    read_acting(p, at, s);
    if (!value_get(at->v, "by"))
        complain(p, at, PROBLEM_MISSING_KEY,
                 "\"by\" is missing: who looks after the child cases, and may try one again");
    s->children = x;
    if (!shape_check(p, cases, SHAPE_CHILDREN))
        return;
    x->workflow = read_text(p, cases, "workflow", true);
    if (x->workflow)
        check_id(p, place_get(p, cases, "workflow"), x->workflow);
    read_each(p, cases, x);
    read_cascade(p, cases, x);
    if (expect(p, form, VALUE_OBJECT))
        x->member =
            read_named(p, form, (struct speaker){.step = s, .region = s->region}, &x->n_member);
    if (!s->has_else && !s->n_action && s->join_of)
        complain(p, at, PROBLEM_ELSE_MISSING,
                 "the child cases may end without enough of them being \"%s\"", s->join_of);
}

void
read_open(struct parse *p, const struct place *at, struct speaker who, struct effects *out)
{
    const struct place *form = place_get(p, at, "form");
    struct effect x = {.kind = EFFECT_OPEN};

    if (!shape_check(p, at, SHAPE_OPEN))
        return;
    x.name = read_text(p, at, "open", true);
    if (!x.name || !check_id(p, place_get(p, at, "open"), x.name))
        return;
    x.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    if (form && expect(p, form, VALUE_OBJECT))
        x.member = read_named(p, form, who, &x.n_member);
    add_effect(p, out, x);
}
