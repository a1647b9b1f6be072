/* SPDX-License-Identifier: Apache-2.0 */
/* A closed case goes on. */
#include <string.h>

#include "tests/model/model_inside.h"

/* A text, or a list of them. */
static bool
says(const struct value *v, const char *word)
{
    if (v->kind == VALUE_STRING)
        return !strcmp(v->string, word);
    for (uint32_t i = 0; i < v->n; i++)
        if (!strcmp(v->item[i].string, word))
            return true;
    return false;
}

static instant
when_marked(const struct model *m, const char *id)
{
    for (uint32_t i = 0; i < m->n_mark; i++)
        if (!strcmp(m->mark[i].id, id))
            return m->mark[i].at;
    return INSTANT_NONE;
}

static bool
in_time(const struct model *m, const struct value *rule)
{
    const char *within = value_get_string(rule, "within");

    return !within || m->now <= model_period(m, within, true, when_marked(m, "closed"));
}

/* Those of the case whose mark is set and whose end is not. */
static void
start_watches(struct model *m)
{
    const struct value *clocks = value_get(m->def, "clocks");

    for (uint32_t i = 0; clocks && i < clocks->n && !m->failed; i++) {
        const struct member *k = &clocks->member[i];
        const char *to = value_get_string(&k->value, "to");
        bool runs = false;

        for (uint32_t j = 0; j < m->n_watch; j++)
            runs = runs || (!m->watch[j]->ended && !strcmp(m->watch[j]->id, k->name));
        if (!runs && !value_get(&k->value, "per") &&
            when_marked(m, value_get_string(&k->value, "from")) != INSTANT_NONE &&
            when_marked(m, to ? to : "closed") == INSTANT_NONE)
            model_start_watch(m, k->name, &k->value, value_get(&k->value, "limit"), NULL);
    }
}

/* What was marked from @since on, but the opening, is so no more. */
static void
go_on(struct model *m, instant since)
{
    uint32_t kept = 0;

    m->n_watch_before = m->closed ? m->n_watch : m->n_watch_before;
    m->was_closed = m->was_closed || m->closed;
    m->closed = false;
    if (m->parent.stop)
        model_resumed(m, m->parent.stop);
    m->parent.stop = 0;
    m->outcome = NULL;
    m->contradicted = 0;
    m->reopened = m->now;
    for (uint32_t i = 0; i < m->n_thing; i++)
        m->thing[i].left = 0;
    for (uint32_t i = 0; i < m->n_mark; i++)
        if (!strcmp(m->mark[i].id, "opened") || m->mark[i].known < since)
            m->mark[kept++] = m->mark[i];
        else if (m->mark[i].at < since)
            model_saw(m, SEEN_RESTORED_SINCE);
    m->n_mark = kept;
}

static void
go_on_by(struct model *m, const struct value *rule)
{
    const struct value *revoke = value_get(rule, "revoke");

    go_on(m, INSTANT_MIN);
    for (uint32_t i = 0; revoke && i < m->n_paper; i++)
        if (says(revoke, m->paper[i].kind))
            model_lose_paper(m, i);
    for (uint32_t i = m->n_withheld; revoke && i-- > 0;)
        if (says(revoke, m->withheld[i]))
            model_drop_withheld(m, m->withheld[i]);
    model_marks(m, rule);
    start_watches(m);
    model_enter(m, m->room, value_get_string(rule, "to"));
}

/* In the step at the top that silence had left, or in which that lies. */
static struct model *
restore(struct model *m, enum error_code *why)
{
    const struct model before = {.form = m->form, .vars = m->vars};
    const struct past *p = model_past(m, m->contradicted);
    instant since;

    if (!m->contradicted)
        return model_refuse(why, m->closed ? ERROR_GROUND_UNKNOWN : ERROR_NOT_CONTRADICTED);
    since = p ? p->left : INSTANT_NONE;
    while (p && p->around)
        p = model_past(m, p->around);
    if (!p || since == INSTANT_NONE || value_get(p->def, "optional"))
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    m->moment = m->now;
    m->person = true;
    model_saw(m, SEEN_RESTORED);
    if (!m->closed)
        model_clear(m, m->room);
    m->n_withheld = 0;
    go_on(m, since);
    start_watches(m);
    model_enter(m, m->room, p->id);
    return model_done(m, &before, why);
}

struct model *
model_reopen(const struct model *m, struct arena *a, const char *ground, instant now,
             enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    const struct model before = {.form = out->form, .vars = out->vars};
    const struct value *rule = ground ? value_get(value_get(out->def, "reopen"), ground) : NULL;
    const struct value *outcomes = value_get(rule, "outcomes");

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (!ground)
        return restore(out, why);
    if (!rule)
        return model_refuse(why, ERROR_GROUND_UNKNOWN);
    if (!out->closed || (outcomes && !says(outcomes, out->outcome)))
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    if (!in_time(out, rule))
        return model_refuse(why, ERROR_LIMIT_PASSED);
    out->here = out->room;
    if (!model_holds(out, value_get(rule, "when")))
        return model_refuse(why, out->failed ? ERROR_GUARD_ERROR : ERROR_GUARD_FAILED);
    out->moment = out->now;
    out->person = true;
    model_saw(out, SEEN_REOPENED);
    go_on_by(out, rule);
    return model_done(out, &before, why);
}
