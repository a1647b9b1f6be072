/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody acts in a step. */
#include <string.h>

#include "tests/model/model_inside.h"

/* Steps are named from where @s stands, as a move is; none of the tests names one by its path. */
static bool
acted_before(struct model *m, const struct stay *s, const char *actor)
{
    const struct value *list = value_get(s->def, "distinctFrom");

    for (uint32_t i = 0; list && i < list->n; i++)
        for (const struct room *r = s->room; r; r = r->around ? r->around->room : NULL) {
            const struct note *note;

            if (!model_find(r, list->item[i].string))
                continue;
            note = model_note(m, model_path(m, r, list->item[i].string));
            if ((note->by && !strcmp(note->by, actor)) ||
                (note->also && strstr(note->also, arena_printf(m->a, " %s", actor))))
                return true;
            break;
        }
    return false;
}

/* The action happens: with the last signature, where several sign it. */
static void
happen(struct model *m, struct stay *s, const char *action, const char *actor, const char *role)
{
    const struct value *def = value_get(value_get(s->def, "actions"), action);
    const struct value *signers = value_get(def, "signers");

    m->here = s->room;
    s->rests = s->holder = NULL;
    if (signers && !model_sign(m, s, action, signers, actor, role))
        return;
    if (value_get(def, "notice"))
        model_ask_paper(m);
    if (m->failed)
        return;
    model_note(m, s->path)->by = actor;
    if (!signers)
        model_note(m, s->path)->also = NULL;
    if (value_get(def, "notice"))
        model_notify(m, def, value_get(m->input, "missing"));
    model_effects(m, def, s);
    model_marks(m, def);
    if (value_get(def, "to") && !m->failed)
        model_leave_by(m, s, value_get_string(def, "to"));
}

/* Silence was quicker. */
static struct model *
act_in_vain(struct model *m, const struct past *silent, const char *action, const char *role,
            instant happened, enum error_code *why)
{
    const struct value *def = value_get(value_get(silent->def, "actions"), action);

    if (!model_speaks_for(m, silent->def, def, role, happened))
        return model_refuse(why, ERROR_FORBIDDEN);
    return model_contradict(m, silent, role, happened, why);
}

/* Whether he may take action @def in @s, where both are there. */
static enum error_code
may_act(struct model *m, struct stay *s, const struct value *def, const char *actor,
        const char *role, instant happened)
{
    if (m->closed)
        return ERROR_CASE_CLOSED;
    if (!def)
        return ERROR_STEP_NOT_OPEN;
    if (!model_speaks_for(m, s->def, def, role, happened))
        return ERROR_FORBIDDEN;
    if (!strcmp(role, "supervisor"))
        model_saw(m, SEEN_RECORDED_FOR);
    if (model_is_overtaken(m, s, happened == INSTANT_NONE ? m->now : happened))
        return ERROR_SILENCE_STUCK;
    if (model_is_overtaken(m, s, m->now))
        model_saw(m, SEEN_BEFORE_SILENCE);
    if (model_awaits(m, s))
        return ERROR_GUARD_FAILED;
    if (!m->redone && model_is_held(m, s, actor))
        return ERROR_CLAIMED;
    return !m->redone && acted_before(m, s, actor) ? ERROR_SAME_PERSON : ERROR_NONE;
}

struct model *
model_act(const struct model *m, struct arena *a, const char *step, const char *action,
          const char *actor, const char *role, const struct value *input, bool explained,
          const char *identified, instant happened, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    const struct model before = {.form = out->form, .vars = out->vars};
    struct stay *s = model_stay(out, step);
    const struct value *def = s ? value_get(value_get(s->def, "actions"), action) : NULL;
    const struct value *signers = value_get(def, "signers");
    const struct past *silent = model_silent_stay(out, step, action, happened);
    const struct signing *first = signers ? model_first_signing(s, action) : NULL;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    out->act_on = m;
    out->act_at = now;
    if (silent && (!def || happened < s->entered))
        return act_in_vain(out, silent, action, role, happened, why);
    *why = may_act(out, s, def, actor, role, happened);
    if (*why != ERROR_NONE)
        return NULL;
    if (value_get(def, "input") && !first && input->kind == VALUE_NULL)
        return model_refuse(why, ERROR_FORM_INVALID);
    out->input = first ? arena_copy(a, &first->input, sizeof(first->input)) : input;
    out->actor = actor;
    out->here = s->room;
    if (!model_happened(out, happened, s->entered, role, why))
        return NULL;
    if (!out->redone && model_is_late(out, s, role)) {
        model_saw(out, SEEN_EXPLAINED);
        if (!explained)
            return model_refuse(why, ERROR_EXPLANATION_MISSING);
    }
    if (!model_holds(out, value_get(def, "when")))
        return model_refuse(why, out->failed ? ERROR_GUARD_ERROR : ERROR_GUARD_FAILED);
    if (value_get(def, "notice") &&
        (*why = model_may_notify(out, value_get(input, "missing"))) != ERROR_NONE)
        return NULL;
    if (identified && (*why = model_may_look(out, identified)) != ERROR_NONE)
        return NULL;
    if (signers && (*why = model_may_sign(s, action, signers, actor, role)) != ERROR_NONE)
        return NULL;
    out->moment = out->recorded == INSTANT_NONE ? out->now : out->recorded;
    if (identified) {
        model_look_who(out, actor);
        model_saw(out, SEEN_IDENTIFIED_IN_ACT);
    }
    model_acts(out, s);
    out->acted_in = s->number;
    happen(out, s, action, actor, role);
    out->acts = false;
    model_choose_again(out, &before);
    model_learned(out);
    return model_done(out, out, why);
}
