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

/* What is said of a field, in the words of an expression: {"var": "each.code"}; undeclared. */
static struct form_field
field_named(const struct parse *p, const struct place *at, const struct speaker *who)
{
    const char *path =
        at->v->kind == VALUE_OBJECT && at->v->n == 1 ? value_get_string(at->v, "var") : NULL;
    const uint16_t each = p->region[who->region].each;
    const struct children *x = who->children;

    if (path && !strncmp(path, "form.", 5) && p->w->form)
        return form_field(p->w->form, path + 5);
    if (path && !strncmp(path, "input.", 6) && who->input)
        return form_field(who->input, path + 6);
    if (!path || strncmp(path, "each.", 5) != 0 || !p->w->form)
        return (struct form_field){.declared = false};
    if (each != NONE && !strcmp(p->region[each].id, path + 5))
        return form_field(p->w->form, p->step[p->region[each].owner].foreach_field);
    if (!x || !x->each)
        return (struct form_field){.declared = false};
    if (x->as && !strcmp(x->as, path + 5))
        return form_field(p->w->form, x->each);
    return form_item_field(p->w->form, x->each, path + 5);
}

/* {"kind": …, "name": …, "code": …}: who asks there is not who asks here. */
static const struct other_party *
read_other(struct parse *p, const struct place *at, struct speaker who)
{
    struct other_party *x = arena_new(p->arena, struct other_party);
    const struct place *name, *code;

    if (!at || !shape_check(p, at, SHAPE_OTHER_PARTY))
        return NULL;
    name = place_get(p, at, "name");
    code = place_get(p, at, "code");
    x->kind = read_text(p, at, "kind", true);
    if (!name)
        complain(p, at, PROBLEM_MISSING_KEY, "\"name\" is missing: who it is for");
    x->name = read_expression(p, name, VALUE_STRING, who);
    x->code = read_expression(p, code, VALUE_STRING, who);
    if (x->code && !field_named(p, code, &who).credit_code)
        complain(p, code, PROBLEM_OTHER_PARTY,
                 "the code is no {\"var\": FIELD} of format cn-uscc; name such a field");
    return x;
}

/* Who asks here gives up his own, and so does what is left here. */
static void
check_cascade(struct parse *p, const struct place *cases, const struct children *x)
{
    if (x->other && x->cascade & (CASCADE_WITHDRAW | CASCADE_CANCEL))
        complain(p, place_get(p, cases, "cascade"), PROBLEM_OTHER_PARTY,
                 "a case is withdrawn by its own applicant, not by this one's; \"stop\" alone "
                 "reaches another's");
}

void
read_cases(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *cases = place_get(p, at, "cases"), *form = place_get(p, cases, "form");
    struct children *x = arena_new(p->arena, struct children);
    const struct speaker who = {.step = s, .region = s->region, .children = x};

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
        x->member = read_named(p, form, who, &x->n_member);
    x->other = read_other(p, place_get(p, cases, "applicant"), who);
    check_cascade(p, cases, x);
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
    x.other = read_other(p, place_get(p, at, "applicant"), who);
    add_effect(p, out, x);
}
