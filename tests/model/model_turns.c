/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn it is: departments, and a clock for each of them. */
#include <string.h>

#include "base/require.h"
#include "tests/model/model_inside.h"

static const char *
named_around(const struct stay *s)
{
    for (; s; s = s->room->around)
        if (value_get(s->def, "department"))
            return s->department ? s->department : value_get_string(s->def, "department");
    return NULL;
}

/* The field says who does it: what it says now holds as long as the stay lasts. */
void
model_choose_department(struct model *m, struct stay *s)
{
    const struct value *of = value_get(s->def, "department");
    struct value v;

    if (!of || of->kind != VALUE_OBJECT)
        return;
    v = model_value(m, of);
    if (m->failed)
        return;
    require(v.kind == VALUE_STRING);
    s->department = v.string;
    model_saw(m, strncmp(value_get_string(of, "var"), "each.", 5) ? SEEN_BUREAU
                                                                  : SEEN_BUREAU_OF_ELEMENT);
}

const char *
model_department(const struct model *m, const struct stay *s)
{
    const char *named = named_around(s);

    return named ? named : value_get_string(m->def, "lead");
}

static const char *
is_task_of(const struct stay *s)
{
    return value_get(s->def, "wait") || value_get(s->def, "ballot") || value_get(s->def, "cases")
               ? NULL
               : value_get_string(s->def, "by");
}

/* The department; of outsiders' steps they themselves. */
const char *
model_holder(const struct model *m, const struct stay *s)
{
    const char *by = is_task_of(s);

    if (by && (!strcmp(by, "applicant") || !strcmp(by, "public")))
        return by;
    if (by && !strncmp(by, "system:", 7) && !named_around(s))
        return by + 7;
    return model_department(m, s);
}

static bool
has_mark(const struct model *m, const char *id)
{
    for (uint32_t i = 0; i < m->n_mark; i++)
        if (!strcmp(m->mark[i].id, id))
            return true;
    return false;
}

/* The same clock of the same department has run in this course of the case, or in this stay. */
static bool
had_its_turn(const struct model *m, const char *id, const char *holder, const struct stay *scope,
             uint32_t *others)
{
    for (uint32_t i = m->n_watch_before; !scope && i < m->n_watch; i++)
        if (!strcmp(m->watch[i]->id, id)) {
            if (!strcmp(m->watch[i]->department, holder))
                return true;
            ++*others;
        }
    for (uint32_t i = 0; scope && i < scope->n_own; i++)
        if (!strcmp(scope->own[i]->id, id)) {
            if (!strcmp(scope->own[i]->department, holder))
                return true;
            ++*others;
        }
    return false;
}

static bool
is_inside(const struct stay *s, const struct stay *around)
{
    while (s && s != around)
        s = s->room->around;
    return s != NULL;
}

static void
start_for(struct model *m, const char *id, const struct value *def, struct stay *scope,
          const struct stay *s)
{
    const char *holder = model_holder(m, s), *by = is_task_of(s);
    uint32_t others = 0;

    if (model_has_rooms(s) || (scope && !is_inside(s, scope)) ||
        !model_drives(s, value_get(def, "over"), scope) ||
        (by && (!strcmp(by, "applicant") || !strcmp(by, "public"))) ||
        had_its_turn(m, id, holder, scope, &others))
        return;
    if (others)
        model_saw(m, SEEN_OWN_CLOCK);
    m->turn_of = holder;
    model_start_watch(m, id, def, value_get(def, "limit"), scope);
    m->turn_of = NULL;
}

/* For every department whose turn has come and that had none yet. */
void
model_start_turns(struct model *m)
{
    const struct value *clocks = value_get(m->def, "clocks");
    struct stay *list[STAYS];
    const uint32_t n = model_stays(m, NULL, list);

    for (uint32_t i = 0; clocks && i < clocks->n; i++) {
        const struct value *def = &clocks->member[i].value;
        const char *to = value_get_string(def, "to");

        if (!value_get(def, "per") || !has_mark(m, value_get_string(def, "from")) ||
            has_mark(m, to ? to : "closed"))
            continue;
        for (uint32_t k = 0; k < n && !m->failed; k++)
            start_for(m, clocks->member[i].name, def, NULL, list[k]);
    }
    for (uint32_t i = 0; i < n; i++) {
        const struct value *own = value_get(list[i]->def, "clocks");

        for (uint32_t j = 0; own && j < own->n; j++)
            for (uint32_t k = 0; value_get(&own->member[j].value, "per") && k < n; k++)
                start_for(m, model_clock_of(m, list[i], own->member[j].name), &own->member[j].value,
                          list[i], list[k]);
    }
}
