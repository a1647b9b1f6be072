/* SPDX-License-Identifier: Apache-2.0 */
/* What is recorded later than it happened. */
#include <string.h>

#include "tests/model/model_inside.h"

bool
model_may_say_when(const struct model *m, const char *role)
{
    const struct value *by = value_get(m->def, "backdateBy");

    if (!by)
        return !strcmp(role, "head") || !strcmp(role, "supervisor") || !strcmp(role, "chief");
    for (uint32_t i = 0; i < by->n; i++)
        if (!strcmp(by->item[i].string, role) || !strcmp(role, "chief"))
            return true;
    return false;
}

bool
model_speaks_for(const struct model *m, const struct value *step, const struct value *action,
                 const char *role, instant when)
{
    const char *by = value_get_string(step, "by");

    if (strcmp(role, "supervisor") != 0)
        return true;
    return model_may_say_when(m, role) && when != INSTANT_NONE && when != m->now &&
           !(by && !strncmp(by, "system:", 7)) && !value_get(action, "signers");
}

/* What is to end began only after that. */
void
model_too_early(struct model *m)
{
    if (!m->failed)
        m->failed_as = ERROR_HAPPENED_OUTSIDE;
    m->failed = true;
}

/* @earliest: since when it can have happened.  What follows is of that moment. */
bool
model_happened(struct model *m, instant when, instant earliest, const char *role,
               enum error_code *why)
{
    if (when == INSTANT_NONE)
        return true;
    if (when > m->now || when < earliest)
        *why = ERROR_HAPPENED_OUTSIDE;
    else if (when < m->now && !model_may_say_when(m, role))
        *why = ERROR_FORBIDDEN;
    else {
        m->recorded = m->now;
        m->now = when;
        return true;
    }
    return false;
}

bool
model_may_tell(const struct model *m, instant when, instant began, const char *role,
               enum error_code *why)
{
    if (when > m->now || when < began)
        *why = ERROR_HAPPENED_OUTSIDE;
    else if (when < m->now && !model_may_say_when(m, role))
        *why = ERROR_FORBIDDEN;
    else
        return true;
    return false;
}

static bool
earlier(instant t, instant *first)
{
    if (t == INSTANT_NONE || (*first != INSTANT_NONE && *first <= t))
        return false;
    *first = t;
    return true;
}

bool
model_has_moved(const struct model *m, instant when, const struct past **by_time)
{
    instant first = INSTANT_NONE;
    bool people = false;

    *by_time = NULL;
    for (uint32_t i = 0; i < m->n_past; i++) {
        const struct past *p = &m->past[i];

        if (p->entered > when)
            (void)earlier(p->entered, &first);
        else if (p->left > when || (p->silent && p->left == when))
            (void)earlier(p->left, &first);
    }
    for (uint32_t i = 0; first != INSTANT_NONE && i < m->n_past; i++) {
        const struct past *p = &m->past[i];

        if (p->entered > when || p->left != first)
            continue;
        if (p->silent)
            *by_time = *by_time ? *by_time : p;
        else if (first > when)
            people = true;
    }
    if (people)
        *by_time = NULL;
    return first != INSTANT_NONE;
}

/* The limit of the stay itself, or one around it that was broken while it was that stay's turn. */
static bool
is_to_explain(struct model *m, const struct watch *w, const struct stay *s)
{
    const instant due = w->applicant ? INSTANT_NONE : model_due(m, w);
    const struct stay *around = s;

    if (due == INSTANT_NONE || m->now <= due)
        return false;
    while (around && around != w->scope)
        around = around->room->around;
    if (w->scope == s || around != w->scope)
        return w->scope == s;
    return due >= s->entered && !model_has_rooms(s) && model_drives(s, w->over, w->scope) &&
           (!w->department || !strcmp(w->department, model_holder(m, s)));
}

bool
model_is_late(struct model *m, const struct stay *s, const char *role)
{
    const struct value *asked = value_get(m->def, "explainLate");
    struct watch *w[ALL_WATCHES];
    const uint32_t n = model_watches(m, w);
    bool late = false;

    for (uint32_t i = 0; asked && asked->boolean && *role && i < n; i++) {
        if (!is_to_explain(m, w[i], s))
            continue;
        late = true;
        if (w[i]->scope != s)
            model_saw(m, SEEN_EXPLAINED_AROUND);
    }
    return late;
}

/* From here on it is now again. */
void
model_learned(struct model *m)
{
    const bool late = m->recorded != INSTANT_NONE && m->now < m->recorded;

    if (m->recorded == INSTANT_NONE)
        return;
    m->now = m->recorded;
    m->recorded = INSTANT_NONE;
    if (!late)
        return;
    model_saw(m, SEEN_LATE_FACT);
    model_count_again(m);
    m->as_learned = model_copy(m, m->a);
}

const struct past *
model_silent_stay(const struct model *m, const char *path, const char *action, instant when)
{
    for (uint32_t i = m->n_past; when != INSTANT_NONE && when <= m->now && i-- > 0;) {
        const struct past *p = &m->past[i];
        const instant last = p->lawful == INSTANT_NONE ? p->left : p->lawful;

        if (p->silent && p->left != INSTANT_NONE && p->entered <= when && when <= last &&
            !strcmp(p->path, path) && value_get(value_get(p->def, "actions"), action))
            return p;
    }
    return NULL;
}

struct model *
model_contradict(struct model *m, const struct past *p, const char *role, instant when,
                 enum error_code *why)
{
    if (when < m->now && !model_may_say_when(m, role))
        return model_refuse(why, ERROR_FORBIDDEN);
    m->moment = m->now;
    m->contradicted = p->number;
    model_saw(m, SEEN_CONTRADICTED);
    model_look_at_letters(m);
    return m;
}

struct model *
model_reconcile(const struct model *m, struct arena *a, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (!out->contradicted)
        return model_refuse(why, ERROR_NOT_CONTRADICTED);
    out->moment = out->now;
    out->contradicted = 0;
    model_saw(out, SEEN_RECONCILED);
    model_look_at_letters(out);
    return out;
}
