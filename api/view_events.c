/* SPDX-License-Identifier: Apache-2.0 */
/* Records told to people: which facts of them, to whom, in which words. */
#include "api/view_events.h"

#include <string.h>

#include "api/view.h"
#include "machine/names.h"

/* How a fact is told: the members its parts become; what is NULL is kept to the facts. */
struct telling {
    const char *fact;
    bool to_all; /* the applicant reads it too */
    const char *name, *detail, *value, *until, *number, *ref;
    const char *house_detail; /* the detail, where the applicant is not told it */
};

/* What is not here moves clocks and counters, and is shown where those are. */
static const struct telling tellings[] = {
    {"opened", true, .name = "district", .detail = "applicantKind"},
    {"entered", false, .name = "department"},
    {"decided", false, .detail = "basis"},
    {"branch-ended", false, .name = "outcome"},
    {"stopped", true, .name = "document", .detail = "reason"},
    {"resumed", true, .name = NULL},
    {"extended", true, .name = "document", .detail = "reason"},
    {"held", false, .detail = "reason"},
    {"continued", false, .name = NULL},
    {"set", false, .name = "field", .value = "value"},
    {"appended", false, .name = "field", .value = "value"},
    {"amended", false, .detail = "reason"},
    {"sent", false, .name = "system", .value = "data", .number = "message"},
    {"annulled", true, .number = "record"},
    {"closed", true, .name = "outcome"},
    {"reopened", true, .name = "ground", .detail = "reason"},
    {"deemed", true, .name = "meaning", .detail = "basis", .until = "effective"},
    {"contradicted", false, .name = "action"},
    {"reconciled", false, .detail = "how"},
    {"issued", true, .until = "until"},
    {"discarded", true, .name = "how", .detail = "reason", .ref = "replacedBy"},
    {"voided", true, .name = "how", .detail = "reason", .value = "kind", .ref = "voids"},
    {"material", true, .name = "state", .detail = "remark", .value = "file", .until = "until"},
    {"noticed", true, .name = "late", .value = "materials", .ref = "document"},
    {"notice-allowed", false, .detail = "reason"},
    {"sought", false, .detail = "where"},
    {"unchecked", false, .name = NULL},
    {"taken", false, .number = "letter"},
    {"too-late", false, .detail = "reason", .number = "letter"},
    {"expired", false, .number = "letter"},
    {"filed", false, .detail = "reason", .number = "letter"},
    {"committed", false, .name = "draw", .detail = "hash"},
    {"drawn", false, .name = "draw", .detail = "seed", .value = "list"},
    {"ballot", false, .number = "voters", .detail = "roll"},
    {"tallied", true, .value = "tally"},
    {"asked", false, .name = "workflow", .number = "child"},
    {"born", true, .name = "case", .number = "child"},
    {"concluded", true, .name = "outcome", .detail = "why", .number = "child"},
    {"signed", false, .name = "action", .detail = "by"},
    {"prepared", false, .name = NULL},
    {"unprepared", false, .name = "how", .detail = "preparedBy"},
    {"undone", false, .number = "reversal"},
    {"dropped", false, .number = "message"},
    {"labelled", false, .name = "label"},
    {"unlabelled", false, .name = "label"},
    {"lane", true, .name = "lane", .detail = "reason"},
    {"migrated", false, .name = "version", .detail = "reason"},
    {"handed-over", true, .name = "district", .detail = "reason"},
    {"taken-over", true, .name = NULL},
    {"handed-back", true, .name = "district", .detail = "reason"},
    {"entrusted", false, .name = "account", .detail = "reason"},
    {"mandated", false, .detail = "document", .until = "until", .number = "mandate"},
    {"mandate-revoked", false, .detail = "reason", .number = "mandate"},
    {"identity-claimed", true, .name = NULL},
    {"identified", true, .house_detail = "document"},
    {"outage", true, .name = "document", .detail = "reason", .until = "until", .number = "outage"},
    {"outage-annulled", true, .detail = "reason", .number = "outage"},
    {"withheld", true, .name = NULL},
    {"reminded", true, .until = "until"},
    {"restored", true, .detail = "reason"},
    {"succeeded", true, .until = "until", .ref = "replacedBy"},
    {"shortened", true, .until = "until"},
    {"stuck", false, .name = "code", .detail = "reason", .ref = "what"},
};

/* What becomes of another applicant's case is no matter of this one's. */
static bool
is_of_another(const struct value *fact, const char *kind)
{
    return value_get(fact, "declared") && (!strcmp(kind, "born") || !strcmp(kind, "concluded"));
}

static const struct telling *
telling_of(const struct value *fact, enum audience audience)
{
    const char *kind = value_get_string(fact, "fact");

    if (kind && audience == AUDIENCE_APPLICANT && is_of_another(fact, kind))
        return NULL;
    for (size_t i = 0; kind && i < sizeof(tellings) / sizeof(tellings[0]); i++)
        if (!strcmp(tellings[i].fact, kind))
            return audience == AUDIENCE_HOUSE || tellings[i].to_all ? &tellings[i] : NULL;
    return NULL;
}

static bool
is_fact(const struct value *fact, const char *kind)
{
    const char *is = value_get_string(fact, "fact");

    return is && !strcmp(is, kind);
}

static int64_t
int_of(const struct value *v, const char *name, int64_t otherwise)
{
    const struct value *n = value_get(v, name);

    return n && n->kind == VALUE_INT ? n->integer : otherwise;
}

/* NULL: the version the case has now has no step called so. */
static const struct step *
step_known(const struct workflow *w, const char *name)
{
    const uint16_t i = name ? step_named(w, name) : NONE;

    return i == NONE ? NULL : &w->step[i];
}

static const struct step *
step_of(const struct workflow *w, const struct value *fact)
{
    return step_known(w, value_get_string(fact, "step"));
}

/* A command names its step where it has to. */
static const char *
step_of_event(const struct event *ev)
{
    return ev->step ? ev->step : value_get_string(ev->record, "step");
}

static void
put_copy(struct text *t, const char *key, const struct value *v)
{
    if (!v || !key)
        return;
    put_key(t, key);
    value_write(t, v);
}

static void
put_moment(struct text *t, const char *key, const struct value *v, const char *name)
{
    const int64_t at = int_of(v, name, INSTANT_NONE);

    if (key && at != INSTANT_NONE)
        put_member_instant(t, key, at);
}

/* {"id": …, "title": …}; the id alone where this version does not know it. */
static void
put_reference(struct text *t, const char *key, const char *id, const struct title *title)
{
    if (key)
        put_key(t, key);
    put_open(t, '{');
    put_member_string(t, "id", id);
    if (title)
        view_title(t, "title", *title);
    put_close(t, '}');
}

static void
put_material(struct text *t, const struct workflow *w, const char *key, const char *id)
{
    const uint16_t i = workflow_material(w, id);

    put_reference(t, key, id, i == NONE ? NULL : &w->material[i].title);
}

/* What a fact is about, with the titles of this version. */
static void
put_topics(struct text *t, const struct workflow *w, const struct value *fact)
{
    const char *ground = value_get_string(fact, "ground");
    const char *kind = value_get_string(fact, "certificate");
    const char *material = value_get_string(fact, "material");

    if (ground) {
        const uint16_t i = workflow_ground(w, ground);

        put_reference(t, "ground", ground, i == NONE ? NULL : &w->ground[i].title);
    }
    if (kind) {
        const uint16_t i = workflow_certificate(w, kind);

        put_reference(t, "certificate", kind, i == NONE ? NULL : &w->certificate[i].title);
    }
    if (material)
        put_material(t, w, "material", material);
}

/* A step or branch of a list is called by the element, as everywhere in a case. */
static const char *
step_in_list(struct arena *a, const struct workflow *w, const struct value *fact)
{
    const char *element = value_get_string(fact, "element");
    const char *path = value_get_string(fact, "step");
    const uint16_t i = path ? workflow_step(w, path) : NONE;

    return i == NONE || w->region[w->step[i].region].each == NONE ? path
                                                                  : step_name(a, w, i, element);
}

static const char *
branch_in_list(struct arena *a, const struct workflow *w, const struct value *fact)
{
    const char *element = value_get_string(fact, "element");
    const char *path = value_get_string(fact, "branch");
    const uint16_t i = path ? workflow_region(w, path) : NONE;

    return i == NONE || w->region[i].each == NONE ? path : region_name(a, w, i, element);
}

/* In which step; to the applicant only what he is told of it as its status. */
static void
put_place(struct text *t, const struct workflow *w, enum audience audience,
          const struct value *fact)
{
    const struct step *step = step_of(w, fact);

    if (audience == AUDIENCE_HOUSE) {
        put_member_string(t, "step", step_in_list(t->arena, w, fact));
        put_member_string(t, "element", element_text(t->arena, value_get_string(fact, "element")));
        put_member_string(t, "branch", branch_in_list(t->arena, w, fact));
    }
    if (step && (audience == AUDIENCE_HOUSE || is_fact(fact, "closed")))
        view_title(t, "title", step->title);
}

static void
put_materials(struct text *t, const struct workflow *w, const struct value *ids)
{
    put_key(t, "materials");
    put_open(t, '[');
    for (uint32_t i = 0; ids->kind == VALUE_ARRAY && i < ids->n; i++)
        if (ids->item[i].kind == VALUE_STRING)
            put_material(t, w, NULL, ids->item[i].string);
    put_close(t, ']');
}

/* Of which clock, as it was called; the applicant is told of those of his whole case. */
static void
put_clock(struct text *t, const struct workflow *w, enum audience audience,
          const struct value *record)
{
    const char *name = value_get_string(record, "clock");
    const uint16_t rule = name ? rule_called(w, name) : NONE;
    const bool known = rule != NONE;

    if (audience == AUDIENCE_HOUSE ? name != NULL : known && w->clock[rule].scope == NONE)
        put_reference(t, "clock", name, known ? &w->clock[rule].title : NULL);
}

/* Until when something may still be done. */
static bool
is_due(const struct value *fact)
{
    return is_fact(fact, "material") || is_fact(fact, "reminded");
}

static void
put_effect(struct text *t, const struct workflow *w, enum audience audience,
           const struct telling *x, const struct value *record, const struct value *fact)
{
    const struct value *value = value_get(fact, "value");

    put_open(t, '{');
    put_member_string(t, "effect", x->fact);
    put_place(t, w, audience, fact);
    put_topics(t, w, fact);
    put_copy(t, x->number, value_get(fact, "number"));
    if (x->name)
        put_member_string(t, x->name, value_get_string(fact, "name"));
    if (x->detail)
        put_member_string(t, x->detail, value_get_string(fact, "detail"));
    if (x->house_detail && audience == AUDIENCE_HOUSE)
        put_member_string(t, x->house_detail, value_get_string(fact, "detail"));
    put_copy(t, x->ref, value_get(fact, "ref"));
    if (is_fact(fact, "stuck"))
        put_member_bool(t, "over", value_get(fact, "declared") != NULL);
    if (is_fact(fact, "extended"))
        put_clock(t, w, audience, record);
    put_copy(t, "limit", value_get(fact, "limit"));
    put_moment(t, "from", fact, "happened");
    put_moment(t, x->until, fact, "until");
    if (is_due(fact))
        view_last_day(t, "lastDay", int_of(fact, "until", INSTANT_NONE));
    if (value && is_fact(fact, "noticed"))
        put_materials(t, w, value);
    else
        put_copy(t, x->value, value);
    put_close(t, '}');
}

/* That the status changed, where the step that was entered says which it has. */
static bool
is_status(const struct workflow *w, const struct value *fact)
{
    const struct step *step = is_fact(fact, "entered") ? step_of(w, fact) : NULL;

    return step && step->public != PUBLIC_INHERIT;
}

static void
put_status(struct text *t, const struct workflow *w, const struct value *fact)
{
    const enum public_status status = step_of(w, fact)->public;

    put_open(t, '{');
    put_member_string(t, "effect", "status");
    put_member_string(t, "status", public_status_name(status));
    view_title(t, "title", public_status_title(status));
    put_close(t, '}');
}

/* Who, to those who are not told whose account it was. */
static const char *
side_of(const struct value *record)
{
    static const char *const outside[] = {"applicant", "agent", "public"};
    const char *role = value_get_string(record, "role");
    const char *by = value_get_string(record, "by");

    for (size_t i = 0; role && i < sizeof(outside) / sizeof(outside[0]); i++)
        if (!strcmp(role, outside[i]))
            return outside[i];
    return by && !strcmp(by, "engine") ? "engine" : "house";
}

static const struct value *
facts_of(const struct value *record)
{
    static const struct value none = {.kind = VALUE_ARRAY};
    const struct value *facts = value_get(record, "facts");

    return facts && facts->kind == VALUE_ARRAY ? facts : &none;
}

static bool
is_act(const struct value *record)
{
    const char *command = value_get_string(record, "command");

    return command && !strcmp(command, "act");
}

/* Whether the house, by what it did, says something to the applicant (view_events.h). */
static bool
is_said(const struct workflow *w, const struct value *record)
{
    const struct value *facts = facts_of(record);

    if (!is_act(record) || strcmp(side_of(record), "house") != 0)
        return false;
    for (uint32_t i = 0; i < facts->n; i++) {
        const struct step *step = step_of(w, &facts->item[i]);

        if (is_fact(&facts->item[i], "closed") ||
            (is_fact(&facts->item[i], "entered") && step && step->by == ACTOR_APPLICANT &&
             step_is_leaf(step)))
            return true;
    }
    return false;
}

/* Whether he did it himself, or somebody for him. */
static bool
is_his(const struct workflow *w, const struct event *ev)
{
    const struct step *step = step_known(w, step_of_event(ev));
    const char *side = side_of(ev->record);

    return !strcmp(side, "applicant") || !strcmp(side, "agent") ||
           (is_act(ev->record) && step && step->by == ACTOR_APPLICANT);
}

/* In which step it was acted. */
static void
put_step(struct text *t, const struct workflow *w, const char *name)
{
    const uint16_t i = name ? step_named(w, name) : NONE;

    put_member_string(t, "step", name);
    if (i == NONE)
        return;
    if (strcmp(name, w->step[i].path) != 0)
        put_member_string(t, "element",
                          element_text(t->arena, element_named(t->arena, w, i, name)));
    view_title(t, "stepTitle", w->step[i].title);
}

static void
put_head(struct text *t, const struct workflow *w, enum audience audience, const struct event *ev)
{
    static const char *const of_the_house[] = {"role",        "clock",   "document",
                                               "explanation", "lane",    "material",
                                               "mandate",     "message", "reason"};
    const struct value *v = ev->record;
    const struct step *step = step_known(w, step_of_event(ev));
    const char *id = value_get_string(v, "action");
    const struct action *action = step && id ? step_action(step, id) : NULL;
    const bool all = audience == AUDIENCE_HOUSE;
    const bool said = !all && is_said(w, v);

    put_member_int(t, "number", ev->number);
    /* The record of an opening that was told late counts when it happened. */
    put_member_instant(t, "at", int_of(v, "decided", ev->at));
    put_moment(t, "happened", v, "happened");
    put_member_string(t, "command", value_get_string(v, "command"));
    put_member_string(t, "by", all ? value_get_string(v, "by") : side_of(v));
    for (size_t i = 0; all && i < sizeof(of_the_house) / sizeof(of_the_house[0]); i++)
        put_copy(t, of_the_house[i], value_get(v, of_the_house[i]));
    if (all)
        put_step(t, w, step_of_event(ev));
    if (!all && !said && !is_his(w, ev))
        return;
    put_member_string(t, "action", id);
    if (action)
        view_title(t, "actionTitle", action->title);
    if (ev->mandate && !said && int_of(v, "mandate", 0) != ev->mandate)
        return;
    if (said)
        put_copy(t, "document", value_get(v, "document"));
    put_copy(t, "input", value_get(v, "input"));
}

static bool
has_effects(const struct workflow *w, enum audience audience, const struct value *facts)
{
    for (uint32_t i = 0; i < facts->n; i++)
        if (telling_of(&facts->item[i], audience) || is_status(w, &facts->item[i]))
            return true;
    return false;
}

void
view_event(struct text *t, const struct workflow *w, enum audience audience, const struct event *ev)
{
    const struct value *facts = facts_of(ev->record);

    if (audience == AUDIENCE_APPLICANT && !is_said(w, ev->record) && !is_his(w, ev) &&
        !has_effects(w, audience, facts))
        return;
    put_open(t, '{');
    put_head(t, w, audience, ev);
    put_key(t, "effects");
    put_open(t, '[');
    for (uint32_t i = 0; i < facts->n; i++) {
        const struct telling *x = telling_of(&facts->item[i], audience);

        if (x)
            put_effect(t, w, audience, x, ev->record, &facts->item[i]);
        else if (is_status(w, &facts->item[i]))
            put_status(t, w, &facts->item[i]);
    }
    put_close(t, ']');
    put_close(t, '}');
}

void
view_draws(struct text *t, const struct case_state *c, const struct event *ev)
{
    const struct value *facts = facts_of(ev->record);

    put_open(t, '{');
    put_member_int(t, "number", ev->number);
    put_member_instant(t, "at", ev->at);
    put_key(t, "facts");
    put_open(t, '[');
    for (uint32_t i = 0; i < facts->n; i++) {
        const struct value *fact = &facts->item[i];
        const bool drawn = is_fact(fact, "drawn") && c->phase == PHASE_CLOSED;

        if (!drawn && !is_fact(fact, "committed"))
            continue;
        put_open(t, '{');
        put_member_string(t, "fact", value_get_string(fact, "fact"));
        put_member_string(t, "name", value_get_string(fact, "name"));
        put_member_string(t, "detail", value_get_string(fact, "detail"));
        if (drawn)
            put_copy(t, "value", value_get(fact, "value"));
        put_close(t, '}');
    }
    put_close(t, ']');
    put_close(t, '}');
}
