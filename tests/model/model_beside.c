/* SPDX-License-Identifier: Apache-2.0 */
/* Optional steps: they run beside the step their room is in. */
#include <string.h>

#include "tests/model/model_inside.h"

bool
model_is_optional(const struct stay *s)
{
    return value_get(s->def, "optional") != NULL;
}

/* Out of the room with it. */
void
model_vacate(struct stay *s)
{
    struct room *r = s->room;
    uint32_t kept = 0;

    if (r->in == s)
        r->in = NULL;
    for (uint32_t i = 0; i < r->n_beside; i++)
        if (r->beside[i] != s)
            r->beside[kept++] = r->beside[i];
    r->n_beside = kept;
}

/* All that is open in the room; the oldest first. */
void
model_clear(struct model *m, struct room *r)
{
    while (!m->failed && (r->in || r->n_beside)) {
        struct stay *oldest = r->in ? r->in : r->beside[0];

        for (uint32_t i = 0; i < r->n_beside; i++)
            if (r->beside[i]->number < oldest->number)
                oldest = r->beside[i];
        model_leave(m, oldest, true);
    }
}

/* Whether @s must not be cancelled by what somebody does elsewhere. */
bool
model_is_awaited(struct model *m, const struct stay *s)
{
    if (!m->acts || m->redone || !value_get(value_get(s->def, "optional"), "required"))
        return false;
    for (uint32_t i = 0; i < m->n_around; i++)
        if (m->around[i] == s->number)
            return false;
    if (!m->failed)
        m->failed_as = ERROR_STEP_AWAITED;
    m->failed = true;
    return true;
}

void
model_ask_paper(struct model *m)
{
    if (!m->acts || !m->unnamed || m->redone || m->failed)
        return;
    m->failed_as = ERROR_DOCUMENT_MISSING;
    m->failed = true;
}

void
model_acts(struct model *m, const struct stay *in)
{
    m->acts = m->person = true;
    m->n_around = 0;
    for (; in; in = in->room->around)
        m->around[m->n_around++] = in->number;
}

/* The room in which @path could be started: something is open there that is not optional. */
static struct room *
room_for(struct model *m, const char *path, const struct value **def, const char **id)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++) {
        const struct value *steps = value_get(list[i]->room->def, "steps");

        for (uint32_t k = 0; k < steps->n && !model_is_optional(list[i]); k++) {
            *id = steps->member[k].name;
            *def = value_get(&steps->member[k].value, "optional");
            if (*def && !strcmp(model_path(m, list[i]->room, *id), path))
                return list[i]->room;
        }
    }
    return NULL;
}

struct model *
model_start(const struct model *m, struct arena *a, const char *path, instant now,
            enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    const struct model before = {.form = out->form, .vars = out->vars};
    const struct value *def, *most;
    const char *id = NULL;
    struct room *room = room_for(out, path, &def, &id);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (!room)
        return model_refuse(why, ERROR_STEP_NOT_OPEN);
    most = value_get(def, "most");
    if (model_stay(out, path) || model_note(out, path)->visits >= (most ? most->integer : 1))
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    if (model_is_overtaken(out, room->around, out->now))
        return model_refuse(why, ERROR_SILENCE_STUCK);
    out->here = room;
    out->act_on = m;
    out->act_at = now;
    if (!model_holds(out, value_get(def, "when")))
        return model_refuse(why, out->failed ? ERROR_GUARD_ERROR : ERROR_GUARD_FAILED);
    out->moment = out->now;
    model_saw(out, SEEN_STARTED);
    model_acts(out, room->around);
    out->acted_in = room->around ? room->around->number : 0;
    model_enter(out, room, id);
    out->acts = false;
    return model_done(out, &before, why);
}
