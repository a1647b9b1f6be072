/* SPDX-License-Identifier: Apache-2.0 */
/* What spans definitions: cases that open others, by `cases` or `open`. */
#include <string.h>

#include "definition/registry.h"

/* One place in a workflow that opens cases of another. */
struct kinship {
    const struct registry *r;
    const struct workflow *w;
    const char *workflow; /* the other's id */
    const struct named *member;
    uint16_t n_member;
    const struct children *children; /* NULL: it is an effect */
    const struct other_party *other; /* for whom; NULL: this one's applicant */
    struct spot spot;
    struct problems *problems;
};

/* The list under @name of an object schema that says so in the plainest way; NULL. */
static const struct value *
plain(const struct value *schema, const char *name, enum value_kind kind)
{
    const struct value *v = schema && schema->kind == VALUE_OBJECT ? value_get(schema, name) : NULL;

    return v && v->kind == kind ? v : NULL;
}

static bool
lists(const struct value *list, const char *text)
{
    for (uint32_t i = 0; list && i < list->n; i++)
        if (list->item[i].kind == VALUE_STRING && !strcmp(list->item[i].string, text))
            return true;
    return false;
}

/* The schema of an element of the list the children are opened for; NULL: it is not plain. */
static const struct value *
element_schema(const struct kinship *k)
{
    const struct value *properties = plain(k->w->form_schema, "properties", VALUE_OBJECT);
    const struct value *field = properties ? value_get(properties, k->children->each) : NULL;

    return plain(field, "items", VALUE_OBJECT);
}

/* Whether every form that is given has member @name: not only perhaps. */
static bool
gives(const struct kinship *k, const char *name)
{
    const struct value *items;

    for (uint16_t i = 0; i < k->n_member; i++)
        if (!strcmp(k->member[i].name, name))
            return true;
    if (!k->children || !k->children->each)
        return false;
    if (k->children->as && !strcmp(k->children->as, name))
        return true;
    items = element_schema(k);
    /* What is written otherwise than plainly may well say so. */
    return !items || !plain(items, "type", VALUE_STRING) || value_get(items, "allOf") ||
           value_get(items, "$ref") || lists(plain(items, "required", VALUE_ARRAY), name);
}

static void
check_member(const struct kinship *k, const struct workflow *other, const char *name)
{
    const struct value *more = value_get(other->form_schema, "additionalProperties");

    if (more && more->kind == VALUE_BOOL && !more->boolean &&
        !form_field(other->form, name).declared)
        problem_add(k->problems, PROBLEM_CHILD_UNFIT, k->spot,
                    "the form of \"%s\" has no member \"%s\"; give it what it takes", other->id,
                    name);
}

static void
check_form(const struct kinship *k, const struct workflow *other)
{
    const struct value *required = plain(other->form_schema, "required", VALUE_ARRAY);

    for (uint32_t i = 0; required && i < required->n; i++)
        if (required->item[i].kind == VALUE_STRING && !gives(k, required->item[i].string))
            problem_add(k->problems, PROBLEM_CHILD_UNFIT, k->spot,
                        "the form of \"%s\" requires \"%s\"; give it under \"form\"", other->id,
                        required->item[i].string);
    if (!other->form)
        return;
    for (uint16_t i = 0; i < k->n_member; i++)
        check_member(k, other, k->member[i].name);
    if (k->children && k->children->as)
        check_member(k, other, k->children->as);
}

static bool
is_for(const struct workflow *w, const char *kind)
{
    bool known = w->n_applicant == 0;

    for (uint16_t i = 0; i < w->n_applicant; i++)
        known = known || !strcmp(w->applicant[i], kind);
    return known;
}

/* The other is opened for this one's applicant, or for one of the kind that is named. */
static void
check_applicant(const struct kinship *k, const struct workflow *other)
{
    if (k->other && k->other->kind && !is_for(other, k->other->kind))
        problem_add(k->problems, PROBLEM_CHILD_UNFIT, k->spot,
                    "\"%s\" is not for applicants of kind \"%s\"; name a kind that it is for",
                    other->id, k->other->kind);
    for (uint16_t i = 0; !k->other && i < k->w->n_applicant; i++)
        if (!is_for(other, k->w->applicant[i]))
            problem_add(k->problems, PROBLEM_CHILD_UNFIT, k->spot,
                        "\"%s\" is not for applicants of kind \"%s\"; let it be, or this not",
                        other->id, k->w->applicant[i]);
}

/* A clerk's stop is told by its ground. */
static void
check_grounds(const struct kinship *k, const struct workflow *other)
{
    for (uint16_t i = 0; i < k->w->n_ground; i++)
        if (k->w->ground[i].command && workflow_ground(other, k->w->ground[i].id) == NONE)
            problem_add(k->problems, PROBLEM_CHILD_UNFIT, k->spot,
                        "\"%s\" has no ground \"%s\" to stand on; declare it there", other->id,
                        k->w->ground[i].id);
}

/* On day @d; @last is what was looked at before. */
static bool
check_on(const struct kinship *k, day d, const struct workflow **last)
{
    const struct workflow *other;
    char text[DAY_TEXT];

    if (registry_find(k->r, k->w->id, d) != k->w)
        return true; /* another version has taken its place by then */
    other = registry_find(k->r, k->workflow, d);
    if (!other) {
        problem_add(k->problems, PROBLEM_UNKNOWN_WORKFLOW, k->spot,
                    "on %s no workflow \"%s\" is in force", day_write(d, text), k->workflow);
        return false;
    }
    if (other == *last)
        return true;
    *last = other;
    check_form(k, other);
    check_applicant(k, other);
    if (k->children && k->children->cascade & CASCADE_STOP)
        check_grounds(k, other);
    return true;
}

/* From the first day this version is in force, and wherever another version of the other begins or
 * ends. */
static void
check_kinship(const struct kinship *k)
{
    const struct workflow *last = NULL;
    day d = k->w->from;

    while (check_on(k, d, &last)) {
        day next = 0;

        for (uint32_t i = 0; i < k->r->n; i++) {
            const struct workflow *x = k->r->workflow[i];
            const day turn[] = {x->from, x->until};

            for (size_t j = 0; j < 2 && !strcmp(x->id, k->workflow); j++)
                if (turn[j] > d && (!next || turn[j] < next))
                    next = turn[j];
        }
        if (!next || (k->w->until && next >= k->w->until))
            return;
        d = next;
    }
}

static bool
issues(const struct workflow *w, const char *certificate)
{
    return workflow_certificate(w, certificate) != NONE;
}

/* What a party is to hold, some workflow issues. */
static void
check_held(const struct kinship *k, const char *held)
{
    for (uint32_t i = 0; i < k->r->n; i++)
        if (issues(k->r->workflow[i], held))
            return;
    problem_add(k->problems, PROBLEM_HELD_UNKNOWN, k->spot,
                "no workflow issues certificates of kind \"%.60s\"", held);
}

static void
check_effects(struct kinship k, const struct effects *effects, uint32_t line)
{
    for (uint16_t i = 0; i < effects->n; i++) {
        const struct effect *x = &effects->item[i];

        k.spot.line = line;
        if (x->held)
            check_held(&k, x->held);
        if (x->kind != EFFECT_OPEN)
            continue;
        k.workflow = x->name;
        k.member = x->member;
        k.n_member = x->n_member;
        k.children = NULL;
        k.other = x->other;
        check_kinship(&k);
    }
}

static void
check_step(struct kinship k, const struct step *s)
{
    if (s->children) {
        k.children = s->children;
        k.workflow = s->children->workflow;
        k.member = s->children->member;
        k.n_member = s->children->n_member;
        k.other = s->children->other;
        check_kinship(&k);
    }
    check_effects(k, &s->effects, s->line);
    for (uint16_t i = 0; i < s->n_action; i++)
        check_effects(k, &s->action[i].effects, s->action[i].line);
    for (uint16_t i = 0; i < s->n_timer; i++)
        check_effects(k, &s->timer[i].effects, s->timer[i].line);
    for (uint16_t i = 0; i < s->n_on; i++)
        check_effects(k, &s->on[i].effects, s->on[i].line);
}

static void
check_workflow(struct kinship k)
{
    struct arena *a = k.problems->arena;

    for (uint16_t s = 0; s < k.w->n_step; s++) {
        k.spot = (struct spot){k.w->file, k.w->step[s].line, step_pointer(a, k.w, s)};
        check_step(k, &k.w->step[s]);
    }
    for (uint16_t i = 0; i < k.w->n_material; i++) {
        k.spot = (struct spot){k.w->file, 0, arena_printf(a, "/materials/%u/remind", i)};
        check_effects(k, &k.w->material[i].reminder, k.w->material[i].remind_line);
    }
}

void
registry_check_kin(const struct registry *r, const struct workflow *const *list, uint32_t n,
                   struct problems *problems)
{
    for (uint32_t i = 0; i < n; i++) {
        const struct workflow *w = list[i];

        problems->origin = w->origin;
        problems->n_origin = w->n_origin;
        check_workflow((struct kinship){.r = r, .w = w, .problems = problems});
    }
}
