/* SPDX-License-Identifier: Apache-2.0 */
/* Materials, and the one notice of what is missing. */
#include <string.h>

#include "tests/model/model_inside.h"

static bool
is(const struct thing *t, const char *state)
{
    return !strcmp(t->state, state);
}

static bool
is_owed(const struct thing *t)
{
    return is(t, "missing") || is(t, "tolerated") || is(t, "lapsed") || is(t, "broken");
}

int64_t
model_owed(const struct model *m)
{
    int64_t n = 0;

    for (uint32_t i = 0; i < m->n_thing; i++)
        n += is_owed(&m->thing[i]);
    return n;
}

static void
become(struct thing *t, const char *state, instant until)
{
    if (is(t, "tolerated"))
        t->grace = t->until;
    t->fell = t->fell || is(t, "lapsed");
    t->state = state;
    t->until = until;
    t->unchecked = false;
    t->left = 0;
}

/* The same where somebody says so, or a paper does. */
static void
is_now(const struct model *m, struct thing *t, const char *state)
{
    become(t, state, INSTANT_NONE);
    t->since = m->now;
}

static bool
is_held(const struct model *m, const struct thing *t)
{
    return m->holds && !m->claimed && value_get(t->def, "certificate");
}

/* Not what is tolerated no more, whatever could not follow of that. */
static bool
may_be_fetched(const struct model *m, const struct thing *t)
{
    return is(t, "missing") || (is(t, "tolerated") && !model_has_fallen(m, t, m->now));
}

uint32_t
model_fetch_held(struct model *m)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n_thing && !m->closed; i++) {
        struct thing *t = &m->thing[i];

        if (!is_held(m, t) || !may_be_fetched(m, t))
            continue;
        is_now(m, t, "fetched");
        model_saw(m, SEEN_HELD);
        n++;
    }
    return n;
}

void
model_open_things(struct model *m)
{
    const struct value *list = value_get(m->def, "materials");

    m->here = m->room;
    for (uint32_t i = 0; list && i < list->n; i++)
        m->thing[m->n_thing++] = (struct thing){.def = &list->item[i],
                                                .state = "missing",
                                                .since = m->now,
                                                .until = INSTANT_NONE,
                                                .grace = INSTANT_NONE};
    for (uint32_t i = 0; i < m->n_thing && !m->failed; i++)
        if (!model_holds(m, value_get(m->thing[i].def, "when")))
            m->thing[i].state = "not-needed";
    (void)model_fetch_held(m);
}

static struct thing *
find(struct model *m, const char *id)
{
    for (uint32_t i = 0; i < m->n_thing; i++)
        if (!strcmp(value_get_string(m->thing[i].def, "id"), id))
            return &m->thing[i];
    return NULL;
}

instant
model_thing_due(const struct model *m, const struct thing *t)
{
    const bool waits = is(t, "tolerated") ? !m->closed : is(t, "promised") && !t->unchecked;

    return waits ? t->until : INSTANT_NONE;
}

/* The time for which it was tolerated, or in which its promise was to be checked, is over. */
void
model_thing_is_due(struct model *m, struct thing *t)
{
    const char *to = value_get_string(t->def, "lapse");

    if (is(t, "promised")) {
        t->unchecked = true;
        model_saw(m, m->closed ? SEEN_UNCHECKED_CLOSED : SEEN_UNCHECKED);
        return;
    }
    model_saw(m, SEEN_LAPSED);
    become(t, "lapsed", INSTANT_NONE);
    if (!to)
        return;
    t->left = m->room->in->number;
    model_before_silence(m, m->room->in);
    m->silent_thing = (int32_t)(t - m->thing);
    m->silent = true;
    model_clear(m, m->room);
    model_enter(m, m->room, to);
}

static instant
end_of(const struct model *m, const struct value *length)
{
    return length ? model_period(m, length->string, true, m->now) : INSTANT_NONE;
}

static bool
is_shared(const struct thing *t)
{
    const char *from = value_get_string(t->def, "from");

    return from && !strcmp(from, "shared-data");
}

/* What the verb makes of it; NULL: nothing, and why. */
static const char *
made_of(struct model *m, const struct thing *t, const char *verb, enum error_code *why)
{
    const struct value *promise = value_get(t->def, "promise");

    *why = ERROR_ACTION_NOT_ALLOWED;
    if (!strcmp(verb, "receive"))
        return is_owed(t) || is(t, "promised") ? "present" : NULL;
    if (!strcmp(verb, "reject"))
        return !is(t, "present")          ? NULL
               : t->fell                  ? "lapsed"
               : t->grace != INSTANT_NONE ? "tolerated"
                                          : "missing";
    if (!strcmp(verb, "confirm"))
        return is(t, "promised") ? "present" : NULL;
    if (!strcmp(verb, "break"))
        return is(t, "promised") ? "broken" : NULL;
    if (!is(t, "missing") && !(is(t, "tolerated") && !strcmp(verb, "fetch")))
        return NULL;
    *why = ERROR_GUARD_FAILED;
    if (!strcmp(verb, "tolerate"))
        return value_get(t->def, "tolerance") ? "tolerated" : NULL;
    if (!strcmp(verb, "fetch"))
        return is_shared(t) ? "fetched" : NULL;
    if (!strcmp(verb, "seek"))
        return is_shared(t) ? "missing" : NULL;
    m->here = m->room;
    if (promise)
        *why = ERROR_PROMISE_REFUSED;
    return promise && model_holds(m, value_get(promise, "when")) ? "promised" : NULL;
}

static bool
may_hand_in(const struct thing *t, const char *verb, struct handing by, enum error_code *why)
{
    const bool promise = is(t, "promised") || is(t, "broken");

    if (strcmp(verb, "receive") != 0)
        return true;
    *why = by.own && promise ? ERROR_FORBIDDEN : ERROR_DOCUMENT_MISSING;
    return by.own ? !promise && by.shown : !promise || by.shown;
}

/* Between the last word on it and now; of a closed case before that was closed. */
static bool
may_have_come(struct model *m, const struct thing *t, struct handing by, enum error_code *why)
{
    for (uint32_t i = 0; m->closed && by.when != INSTANT_NONE && i < m->n_mark; i++)
        if (!strcmp(m->mark[i].id, "closed") && by.when > m->mark[i].at) {
            *why = ERROR_CASE_CLOSED;
            return false;
        }
    return model_happened(m, by.when, t->since, by.own ? "applicant" : "chief", why);
}

/* It is there from @when on.  Its end had not come then: what moved the case is contradicted. */
static void
came(struct model *m, struct thing *t, instant when)
{
    const bool in_time = is(t, "lapsed") && t->grace != INSTANT_NONE && when <= t->grace;
    const int32_t left = t->left;

    is_now(m, t, "present");
    model_saw(m, SEEN_CAME_EARLIER);
    if (in_time)
        model_saw(m, SEEN_HAD_NOT_LAPSED);
    if (in_time && left) {
        m->contradicted = left;
        model_saw(m, SEEN_LAPSE_CONTRADICTED);
    }
}

static struct model *
allow_notice(struct model *m, enum error_code *why)
{
    if (!m->n_notice)
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    m->moment = m->now;
    m->notice_allowed = true;
    model_look_at_letters(m);
    return m;
}

struct model *
model_material(const struct model *m, struct arena *a, const char *id, const char *verb,
               struct handing by, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    const bool breaks = !strcmp(verb, "break");
    const bool later = breaks || !strcmp(verb, "confirm") || by.when != INSTANT_NONE;
    struct thing *t = find(out, id);
    const char *state;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed && !later)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (!strcmp(verb, "allow-notice"))
        return allow_notice(out, why);
    if (!t)
        return model_refuse(why, ERROR_MATERIAL_UNKNOWN);
    state = made_of(out, t, verb, why);
    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (!state || !may_hand_in(t, verb, by, why))
        return NULL;
    if ((!strcmp(state, "present") || !strcmp(state, "fetched")) &&
        model_has_fallen(out, t, by.when == INSTANT_NONE ? out->now : by.when))
        return model_refuse(why, ERROR_SILENCE_STUCK);
    out->moment = out->now;
    if (!may_have_come(out, t, by, why))
        return NULL;
    if (by.when != INSTANT_NONE)
        came(out, t, by.when);
    else if (breaks || !strcmp(verb, "seek"))
        become(t, state, INSTANT_NONE);
    else
        is_now(out, t, state);
    model_learned(out);
    if (!strcmp(verb, "seek")) {
        t->sought = true;
        model_saw(out, SEEN_SOUGHT);
    }
    if (t->passed && !strcmp(verb, "reject"))
        model_saw(out, SEEN_SPOILT);
    if (!strcmp(verb, "reject") && is(t, "tolerated")) {
        t->until = t->grace;
        t->grace = INSTANT_NONE;
        model_saw(out, SEEN_STANDS_AGAIN);
    }
    if (!strcmp(verb, "tolerate"))
        t->until = end_of(out, value_get(t->def, "tolerance"));
    else if (!strcmp(verb, "promise"))
        t->until = end_of(out, value_get(value_get(t->def, "promise"), "check"));
    for (uint32_t i = 0; breaks && i < out->n_paper; i++)
        model_lose_paper(out, i);
    model_saw(out, breaks ? SEEN_BROKEN : SEEN_MATERIAL);
    model_look_at_letters(out);
    model_fall_due(out, now);
    return model_or_why(out, why);
}

void
model_found(struct model *m, const struct value *effect)
{
    struct thing *t = find(m, value_get_string(effect, "material"));

    (void)model_value(m, value_get(effect, "from"));
    if (m->failed || !may_be_fetched(m, t))
        return;
    is_now(m, t, "fetched");
    model_saw(m, SEEN_FOUND);
}

/* A promise that was false is something new: nobody could have seen it. */
static bool
was_overlooked(const struct thing *t)
{
    return t->passed && !is(t, "broken");
}

enum error_code
model_may_notify(struct model *m, const struct value *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        const struct thing *t = find(m, list->item[i].string);

        if (!t)
            return ERROR_MATERIAL_UNKNOWN;
        if (!is_owed(t) || is_held(m, t) || (is_shared(t) && !t->sought))
            return ERROR_GUARD_FAILED;
        if (was_overlooked(t) && !m->notice_allowed)
            return ERROR_NOTICE_LATE;
    }
    return ERROR_NONE;
}

static bool
lists(const struct value *list, const struct thing *t)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (!strcmp(list->item[i].string, value_get_string(t->def, "id")))
            return true;
    return false;
}

/* What the notice is about: the materials its input lists, or all. */
static const struct value *
about(const struct value *def)
{
    const struct value *fields = value_get(value_get(def, "input"), "properties");

    return value_get(value_get(value_get(fields, "missing"), "items"), "enum");
}

void
model_notify(struct model *m, const struct value *def, const struct value *list)
{
    const struct value *only = about(def);
    bool late = false;

    if (model_fetch_held(m))
        model_saw(m, SEEN_HELD_AT_NOTICE);
    for (uint32_t i = 0; i < m->n_thing; i++) {
        struct thing *t = &m->thing[i];

        if (lists(list, t)) {
            late = late || was_overlooked(t);
            if (t->passed && is(t, "broken"))
                model_saw(m, SEEN_FALSE_ASKED);
            t->asked = true;
            t->passed = false;
        } else if (!t->asked && (!only || lists(only, t)) &&
                   (is(t, "missing") || is(t, "present"))) {
            t->passed = true;
        }
    }
    m->n_notice++;
    m->n_late_notice += late;
    m->notice_allowed = false;
    model_saw(m, late ? SEEN_NOTICE_LATE : SEEN_NOTICE);
}
