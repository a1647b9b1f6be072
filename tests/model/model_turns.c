/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn it is: departments, and a clock for each of them. */
#include <string.h>

#include "tests/model/model_inside.h"

static const char *
named_around(const struct stay *s)
{
    for (; s; s = s->room->around)
        if (value_get(s->def, "department"))
            return value_get_string(s->def, "department");
    return NULL;
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

static void
start_for(struct model *m, const struct member *clock, const struct stay *s)
{
    const char *holder = model_holder(m, s), *by = is_task_of(s);
    uint32_t n = 0;

    if (s->n_inner || model_has_rooms(s) || !model_drives(s, NULL) ||
        (by && (!strcmp(by, "applicant") || !strcmp(by, "public"))))
        return;
    for (uint32_t i = m->n_watch_before; i < m->n_watch; i++)
        if (!strcmp(m->watch[i]->id, clock->name)) {
            if (!strcmp(m->watch[i]->department, holder))
                return;
            n++;
        }
    if (n)
        model_saw(m, SEEN_OWN_CLOCK);
    m->turn_of = holder;
    model_start_watch(m, clock->name, &clock->value, value_get(&clock->value, "limit"), NULL);
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
            start_for(m, &clocks->member[i], list[k]);
    }
}
