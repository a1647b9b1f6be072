/* SPDX-License-Identifier: Apache-2.0 */
/* {"append": {"form.visits": element, …}}: lists of the form that grow as people act. */
#include <string.h>

#include "definition/parse.h"

/* A list whose elements are all of one kind, and that says how many it takes. */
static bool
check_grows(struct parse *p, const struct place *at, const char *list, const struct form_field *f)
{
    if (f->kind != VALUE_ARRAY || f->item_kind == VALUE_NULL || f->item_kind == VALUE_ARRAY)
        complain(p, at, PROBLEM_BAD_APPEND,
                 "\"%s\" is no list of the form whose elements are all texts, numbers, truths or "
                 "objects; name one that is",
                 at->key);
    else if (!f->bounded)
        complain(p, at, PROBLEM_BAD_APPEND,
                 "\"%s\" grows without end; give it \"maxItems\" in the form", list);
    else
        return true;
    return false;
}

/* An object: each member as its elements have it, and all that they must have. */
static void
read_members(struct parse *p, const struct place *at, const char *list, struct speaker who,
             struct effect *x)
{
    struct named *member = arena_array(p->arena, at->v->n, struct named);
    const char *required;

    for (uint32_t i = 0; i < at->v->n && i < NONE; i++) {
        const struct place *one = place_member(p, at, i);
        const struct form_field f = form_item_field(p->w->form, list, one->key);

        if (!f.declared)
            complain(p, one, PROBLEM_BAD_APPEND, "an element of \"%s\" has no \"%s\"; remove it",
                     list, one->key);
        member[x->n_member++] = (struct named){one->key, read_expression(p, one, f.kind, who)};
    }
    for (uint32_t i = 0; (required = form_item_required(p->w->form, list, i)) != NULL; i++)
        if (!value_get(at->v, required))
            complain(p, at, PROBLEM_BAD_APPEND, "an element of \"%s\" requires \"%s\"; give it",
                     list, required);
    x->member = member;
}

static void
read_element(struct parse *p, const struct place *at, const struct expression *when,
             struct speaker who, struct effects *out)
{
    struct effect x = {.kind = EFFECT_APPEND, .when = when, .name = at->key};
    const char *list = strncmp(at->key, "form.", 5) == 0 ? at->key + 5 : NULL;
    struct form_field f = {.declared = false};

    if (list && p->w->form)
        f = form_field(p->w->form, list);
    if (!check_grows(p, at, list, &f))
        return;
    if (f.item_kind != VALUE_OBJECT)
        x.value = read_expression(p, at, f.item_kind, who);
    else if (!expect(p, at, VALUE_OBJECT))
        return;
    else if (!at->v->n)
        complain(p, at, PROBLEM_EMPTY, "the element has nothing in it");
    else
        read_members(p, at, list, who, &x);
    add_effect(p, out, x);
}

void
read_append(struct parse *p, const struct place *at, struct speaker who, struct effects *out)
{
    const struct place *append = place_get(p, at, "append");
    const struct expression *when;

    if (!shape_check(p, at, SHAPE_APPEND) || !expect(p, append, VALUE_OBJECT))
        return;
    if (!append->v->n)
        complain(p, append, PROBLEM_EMPTY, "\"append\" appends nothing");
    if (!who.by_hand)
        complain(p, append, PROBLEM_KEY_NOT_HERE,
                 "an action alone appends: who acts is told that a list is full");
    when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    for (uint32_t i = 0; i < append->v->n; i++)
        read_element(p, place_member(p, append, i), when, who, out);
}
