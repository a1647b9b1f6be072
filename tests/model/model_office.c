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
    if (due != INSTANT_NONE && out->now > due)
        return model_refuse(why, ERROR_LIMIT_PASSED);
    out->moment = out->now;
    w->extended = true;
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
    if (*has != remove)
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
    if (!leads && model_is_held(out, s, actor))
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
    return out->failed ? model_refuse(why, ERROR_GUARD_ERROR) : out;
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
    if (!model_rolls_stand(out))
        return model_refuse(why, ERROR_GUARD_FAILED);
    model_saw(out, SEEN_AMENDED);
    return model_done(out, &before, why);
}

/* Whether one met another fate. */
static bool
letters_moved(const struct model *before, const struct model *after)
{
    for (uint32_t i = 0; i < before->n_letter; i++)
        if (strcmp(before->letter[i].fate, after->letter[i].fate) != 0)
            return true;
    return before->n_letter != after->n_letter;
}

/* Whether one was asked for, or is waited for no more. */
static bool
kids_moved(const struct model *before, const struct model *after)
{
    for (uint32_t i = 0; i < before->n_kid; i++)
        if (before->kid[i].stay != after->kid[i].stay ||
            before->kid[i].number != after->kid[i].number)
            return true;
    return before->n_kid != after->n_kid;
}

bool
model_left_a_trace(const struct model *before, const struct model *after)
{
    return after->n_sent > before->n_sent || after->n_notice != before->n_notice ||
           after->n_paper != before->n_paper || kids_moved(before, after) ||
           after->n_lot != before->n_lot || letters_moved(before, after);
}

struct model *
model_annul(const struct model *m, struct arena *a, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m->act_on, a, m->act_at);

    if (m->contradicted != out->contradicted || model_left_a_trace(out, m))
        return model_refuse(why, ERROR_ANNUL_IMPOSSIBLE);
    return model_as_if(out, m, a, now);
}

/* What comes back is free; what stayed is claimed as it is. */
static void
keep_claims(struct model *m, const struct model *now)
{
    struct stay *list[STAYS], *is[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);
    const uint32_t n_is = now->closed ? 0 : model_stays(now, NULL, is);

    for (uint32_t i = 0; i < n; i++) {
        list[i]->holder = NULL;
        for (uint32_t k = 0; k < n_is; k++)
            if (is[k]->number == list[i]->number) {
                list[i]->holder = is[k]->holder;
                list[i]->held_until = is[k]->held_until;
            }
    }
}

struct model *
model_as_if(struct model *out, const struct model *m, struct arena *a, instant now)
{
    out->moment = out->now = now > m->moment ? now : m->moment;
    out->last_stay = m->last_stay;
    out->last_stop = m->last_stop;
    out->issued = text_new(a);
    out->told = text_new(a);
    out->parent = m->parent;
    keep_claims(out, m);
    if (m->looked && !out->looked) { /* he has looked, whatever else he did */
        out->claimed = false;
        out->looked = m->looked;
    }
    memcpy(out->label, m->label, sizeof(out->label)); /* an annulment leaves them */
    out->sent = NULL;
    out->n_out = 0;
    out->ended = NULL;
    out->n_ended = 0;
    out->chosen = text_new(a);
    model_saw(out, SEEN_ANNULLED);
    model_look_at_letters(out);
    return out;
}
