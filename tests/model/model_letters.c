/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from outside systems: early, late, twice, unknown. */
#include <string.h>

#include "tests/model/model_inside.h"

static bool
is_own_step(const struct value *step, const char *system)
{
    const char *by = value_get_string(step, "by");

    return by && !strncmp(by, "system:", 7) && !strcmp(by + 7, system);
}

/* What @step makes of message @name of @system; NULL: it does not take it. */
static const struct value *
hearing_of(const struct value *step, const char *system, const char *name)
{
    const struct value *on = value_get(value_get(step, "on"), name);

    if (on && !strcmp(value_get_string(on, "from"), system))
        return on;
    return is_own_step(step, system) ? value_get(value_get(step, "actions"), name) : NULL;
}

/* Our messages have no data, or {"k": 0 … 9}. */
static bool
data_fits(const struct value *hearing, const struct value *data)
{
    const struct value *k = value_get(data, "k");

    if (!value_get(hearing, "input"))
        return !data->n;
    return data->n == 1 && k && k->kind == VALUE_INT && k->integer >= 0 && k->integer <= 9;
}

/* All steps of the definition that take a message. */
struct takers {
    uint32_t n, n_fit; /* of all; whose data fits */
    uint32_t n_left;   /* that are not open, and have been or would only answer a question */
};

static bool
is_open(struct model *m, const struct value *def)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (list[i]->def == def)
            return true;
    return false;
}

static bool
has_been(const struct model *m, const struct value *def)
{
    for (uint32_t i = 0; i < m->n_note; i++)
        if (m->note[i].def == def)
            return true;
    return false;
}

/* @only: the step it names; NULL: any. */
static void
look_at(struct model *m, const struct mail *l, const struct value *def, const struct value *only,
        struct takers *t)
{
    const struct value *steps = value_get(def, "steps"), *branches = value_get(def, "branches");
    const struct value *branch = value_get(def, "branch");
    const struct value *hearing = hearing_of(def, l->from, l->name);

    if (hearing && (!only || only == def)) {
        const bool asked = !value_get(value_get(def, "on"), l->name);

        t->n++;
        t->n_fit += data_fits(hearing, &l->data);
        t->n_left += (asked || has_been(m, def)) && !is_open(m, def);
    }
    for (uint32_t i = 0; steps && i < steps->n; i++)
        look_at(m, l, &steps->member[i].value, only, t);
    for (uint32_t i = 0; branches && i < branches->n; i++)
        look_at(m, l, &branches->member[i].value, only, t);
    if (branch)
        look_at(m, l, branch, only, t);
}

/* The stay it names, if it lasts; NULL. */
static struct stay *
named_stay(struct model *m, const struct mail *l)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (list[i]->number == l->visit)
            return list[i];
    return NULL;
}

/* Whether nobody will take it by himself any more. */
static bool
is_over(struct model *m, const struct mail *l)
{
    struct takers t = {.n = 0};

    if (m->closed || l->visit)
        return m->closed || !named_stay(m, l);
    look_at(m, l, m->def, NULL, &t);
    return t.n_left == t.n;
}

struct mail *
model_new_letter(struct model *m, const struct mail *l)
{
    m->letter = arena_grow(m->a, m->letter, m->n_letter, sizeof(*m->letter));
    m->letter[m->n_letter] = *l;
    m->letter[m->n_letter].number = (int32_t)m->n_letter + 1;
    m->letter[m->n_letter].at = m->now;
    m->letter[m->n_letter].expires = INSTANT_NONE;
    return &m->letter[m->n_letter++];
}

/* The oldest open step that takes @l now; NULL. */
static struct stay *
taker_of(struct model *m, const struct mail *l)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n && !m->failed; i++) {
        const struct value *hearing = hearing_of(list[i]->def, l->from, l->name);

        if (!hearing || model_awaits(m, list[i]) || !data_fits(hearing, &l->data) ||
            (l->visit && list[i]->number != l->visit) ||
            (l->step && strcmp(list[i]->path, l->step) != 0))
            continue;
        if (model_is_overtaken(m, list[i], m->now)) {
            model_saw(m, SEEN_LETTER_BEHIND);
            continue;
        }
        m->input = &l->data;
        m->here = list[i]->room;
        m->actor = l->from;
        if (model_holds(m, value_get(hearing, "when")))
            return list[i];
    }
    return NULL;
}

static void
take(struct model *m, struct mail *l, struct stay *s)
{
    const struct value *hearing = hearing_of(s->def, l->from, l->name);
    const struct model before = {.form = m->form, .vars = m->vars};
    const char *to = value_get_string(hearing, "to");

    l->fate = "taken";
    l->visit = s->number;
    l->expires = INSTANT_NONE;
    m->input = &l->data;
    m->actor = l->from;
    m->here = s->room;
    s->holder = NULL; /* as if somebody acted; work on hold waits on */
    model_note(m, s->path)->by = l->from;
    if (to)
        model_break_off(m, s);
    model_effects(m, hearing, s);
    model_marks(m, hearing);
    if (to && !m->failed)
        model_leave_by(m, s, to);
    model_choose_again(m, &before);
}

/* What is written on in it does not show in @t. */
struct text
model_text_apart(struct arena *a, const struct text *t)
{
    struct text apart = text_new(a);

    if (t->len)
        text_str(&apart, t->at);
    return apart;
}

/* One that is kept: an open step takes it, or its time is over. */
static bool
look_again(struct model *m, uint32_t i)
{
    struct model *try = model_try(m);
    struct stay *s;

    s = taker_of(try, &try->letter[i]);
    if (s) {
        take(try, &try->letter[i], s);
        if (try->failed) {
            m->letter[i].fate = "late";
            m->letter[i].expires = INSTANT_NONE;
            return true;
        }
        model_saw(try, SEEN_KEPT);
        *m = *try;
        return true;
    }
    if (!is_over(m, &m->letter[i]))
        return false;
    m->letter[i].fate = "late";
    m->letter[i].expires = INSTANT_NONE;
    return true;
}

bool
model_letters_taken(struct model *m)
{
    bool any = false;

    model_settle_clocks(m);
    model_tell_standing(m);
    for (uint32_t i = 0; i < m->n_letter && !m->failed && !m->closed; i++)
        if (!strcmp(m->letter[i].fate, "early") && look_again(m, i)) {
            model_settle_clocks(m);
            model_tell_standing(m);
            i = UINT32_MAX; /* from the oldest on, once more */
            any = true;
        }
    return any;
}

/* Something has happened: who waited for that? */
void
model_look_at_letters(struct model *m)
{
    (void)model_letters_taken(m);
    model_has_happened(m);
    if (m->n_jam && !m->failed)
        model_fall_due(m, m->now);
}

void
model_close_letters(struct model *m)
{
    for (uint32_t i = 0; i < m->n_letter; i++)
        if (!strcmp(m->letter[i].fate, "early")) {
            m->letter[i].fate = "late";
            m->letter[i].expires = INSTANT_NONE;
        }
}

/* Nobody takes it now: whether it may be taken yet. */
static void
keep(struct model *m, const struct mail *l)
{
    const bool over = is_over(m, l);
    struct mail *kept = model_new_letter(m, l);

    kept->fate = over ? "late" : "early";
    model_saw(m, over ? SEEN_LATE : SEEN_EARLY);
    if (!over && l->life)
        kept->expires = model_period(m, l->life, false, m->now);
}

/* The first `expires` that a step which takes it says. */
static const char *
life_of(const struct value *def, const struct mail *l)
{
    const struct value *steps = value_get(def, "steps"), *branches = value_get(def, "branches");
    const char *life = value_get_string(value_get(value_get(def, "on"), l->name), "expires");

    for (uint32_t i = 0; !life && steps && i < steps->n; i++)
        life = life_of(&steps->member[i].value, l);
    for (uint32_t i = 0; !life && branches && i < branches->n; i++)
        life = life_of(&branches->member[i].value, l);
    if (!life && value_get(def, "branch"))
        life = life_of(value_get(def, "branch"), l);
    return life;
}

bool
model_came_before(struct model *m, const struct mail *l)
{
    for (uint32_t i = 0; i < m->n_letter; i++)
        if (!strcmp(m->letter[i].id, l->id)) {
            model_saw(m, SEEN_TWICE);
            return true;
        }
    return false;
}

struct model *
model_message(const struct model *m, struct arena *a, const struct mail *said, instant now,
              enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct mail l = *said;
    struct takers t = {.n = 0};
    struct stay *s;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (model_came_before(out, &l))
        return out;
    s = named_stay(out, &l);
    look_at(out, &l, out->def, s ? s->def : NULL, &t);
    if (!t.n)
        return model_refuse(why, ERROR_MESSAGE_UNKNOWN);
    if (!t.n_fit)
        return model_refuse(why, ERROR_FORM_INVALID);
    s = taker_of(out, &l);
    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    out->moment = out->now;
    if (s) {
        take(out, model_new_letter(out, &l), s);
        model_saw(out, SEEN_HEARD);
    } else {
        l.life = life_of(out->def, &l);
        keep(out, &l);
    }
    model_look_at_letters(out);
    return model_or_why(out, why);
}

struct model *
model_settle(const struct model *m, struct arena *a, int32_t number, const char *step, instant now,
             enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct mail *l;
    struct stay *s;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (number < 1 || number > (int32_t)out->n_letter)
        return model_refuse(why, ERROR_NOT_FOUND);
    l = &out->letter[number - 1];
    if (strcmp(l->fate, "late") != 0 && strcmp(l->fate, "early") != 0)
        return model_refuse(why, ERROR_MESSAGE_SETTLED);
    out->moment = out->now;
    model_saw(out, SEEN_SETTLED);
    if (!step) {
        l->fate = "filed";
        l->expires = INSTANT_NONE;
        model_look_at_letters(out);
        return out;
    }
    l->step = step;
    l->visit = 0;
    s = taker_of(out, l);
    if (!s && model_stay(out, step) && model_is_overtaken(out, model_stay(out, step), now))
        return model_refuse(why, ERROR_SILENCE_STUCK);
    if (!s)
        return model_refuse(why, ERROR_STEP_NOT_OPEN);
    take(out, l, s);
    model_look_at_letters(out);
    return model_or_why(out, why);
}
