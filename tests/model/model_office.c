/* SPDX-License-Identifier: Apache-2.0 */
/* What the office does to a case beside acting in it. */
#include <string.h>

#include "tests/model/model_inside.h"

struct model *
model_extend(const struct model *m, struct arena *a, const char *clock, instant now,
             enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct watch *w = NULL;
    instant due;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    for (uint32_t i = 0; i < out->n_watch; i++)
        if (!strcmp(out->watch[i]->id, clock) && !out->watch[i]->ended &&
            !out->watch[i]->department)
            w = out->watch[i];
    if (!w || !w->extension)
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    if (w->extended)
        return model_refuse(why, ERROR_ALREADY_EXTENDED);
    due = model_due(out, w);
    if (!out->redone && due != INSTANT_NONE && out->now > due)
        return model_refuse(why, ERROR_LIMIT_PASSED);
    out->moment = out->now;
    w->extended = true;
    w->extended_at = out->now;
    model_choose(out, w);
    model_saw(out, SEEN_EXTENDED);
    model_look_at_letters(out);
    return out;
}

struct model *
model_rest(const struct model *m, struct arena *a, const char *step, const char *reason,
           instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct stay *s = model_stay(out, step);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (!s || model_has_rooms(s))
        return model_refuse(why, ERROR_STEP_NOT_OPEN);
    if (!reason && !s->rests)
        return model_refuse(why, ERROR_NOT_HELD);
    out->moment = out->now;
    s->rests = reason;
    s->rests_since = out->now;
    model_saw(out, reason ? SEEN_RESTS : SEEN_GOES_ON);
    model_look_at_letters(out);
    return out;
}

static bool *
find_label(struct model *m, const char *label)
{
    const struct value *labels = value_get(m->def, "labels");

    for (uint32_t i = 0; labels && i < labels->n; i++)
        if (!strcmp(labels->member[i].name, label))
            return &m->label[i];
    return NULL;
}

void
model_put_label(struct model *m, const struct value *effect)
{
    *find_label(m, value_get_string(effect, "label")) = !value_get(effect, "remove");
    model_saw(m, SEEN_LABEL_EFFECT);
}

struct model *
model_label(const struct model *m, struct arena *a, const char *label, bool remove, instant now,
            enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    bool *has = find_label(out, label);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (!out->redone && *has != remove)
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    out->moment = out->now;
    *has = !remove;
    model_saw(out, SEEN_LABELLED);
    model_look_at_letters(out);
    return out;
}

bool
model_is_held(struct model *m, const struct stay *s, const char *actor)
{
    const bool others = s->holder && strcmp(s->holder, actor) != 0;

    if (others && s->held_until <= m->now)
        model_saw(m, SEEN_CLAIM_OVER);
    return others && s->held_until > m->now;
}

struct model *
model_claim(const struct model *m, struct arena *a, const char *step, const char *actor, bool leads,
            instant until, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct stay *s = model_stay(out, step);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (!s)
        return model_refuse(why, ERROR_STEP_NOT_OPEN);
    if (!out->redone && !leads && model_is_held(out, s, actor))
        return model_refuse(why, ERROR_CLAIMED);
    out->moment = out->now;
    s->holder = until == INSTANT_NONE ? NULL : actor;
    s->held_until = until;
    model_saw(out, s->holder ? SEEN_CLAIMED : SEEN_RELEASED);
    model_look_at_letters(out);
    return out;
}

/* The first whose condition holds, at the opening. */
void
model_choose_lane(struct model *m)
{
    const struct value *lanes = value_get(m->def, "lanes");

    m->here = m->room;
    for (uint32_t i = 0; lanes && i < lanes->n && !*m->lane; i++)
        if (value_get(&lanes->item[i], "when") &&
            model_holds(m, value_get(&lanes->item[i], "when"))) {
            m->lane = value_get_string(&lanes->item[i], "id");
            model_saw(m, SEEN_IN_LANE);
        }
}

struct model *
model_lane(const struct model *m, struct arena *a, const char *lane, instant now,
           enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (!strcmp(lane ? lane : "", out->lane))
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    out->moment = out->now;
    out->lane = lane ? lane : "";
    model_choose_all(out);
    model_saw(out, SEEN_MOVED_LANE);
    model_look_at_letters(out);
    return model_or_why(out, why);
}

/* Somebody is at work whom the form, as it is now, would not choose. */
static void
see_kept(struct model *m)
{
    const char *says = value_get_string(&m->form, "bureau");
    struct stay *list[STAYS];
    const uint32_t n = model_stays(m, NULL, list);

    for (uint32_t i = 0; says && i < n; i++) {
        const struct value *of = value_get(list[i]->def, "department");
        const char *var = value_get_string(of, "var");

        if (var && !strcmp(var, "form.bureau") && strcmp(list[i]->department, says) != 0)
            model_saw(m, SEEN_BUREAU_KEPT);
    }
}

struct model *
model_amend(const struct model *m, struct arena *a, const struct value *form, instant now,
            enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    const struct model before = {.form = out->form, .vars = out->vars};

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    out->moment = out->now;
    out->form = *form;
    model_wrote(out, "form");
    if (!model_rolls_stand(out))
        return model_refuse(why, ERROR_GUARD_FAILED);
    model_saw(out, SEEN_AMENDED);
    see_kept(out);
    return model_done(out, &before, why);
}
