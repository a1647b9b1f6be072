/* SPDX-License-Identifier: Apache-2.0 */
/* Child cases. */
#include <string.h>

#include "tests/model/model_inside.h"

bool
model_has_kin(const struct model *m, const struct stay *s)
{
    for (uint32_t i = 0; i < m->n_kid; i++)
        if (m->kid[i].stay == s->number)
            return true;
    return false;
}

/* How the children of @s stand. */
struct value
model_kin_tally(struct model *m, const struct stay *s, const char *of)
{
    struct member *list = arena_array(m->a, 4, struct member);
    int64_t entered = 0, ended = 0, counted = 0;

    for (uint32_t i = 0; i < m->n_kid; i++) {
        const struct kid *k = &m->kid[i];

        if (k->stay != s->number)
            continue;
        entered++;
        ended += k->outcome != NULL;
        counted += k->outcome && (!of || !strcmp(k->outcome, of));
    }
    list[0] = (struct member){"counted", 7, value_int(counted)};
    list[1] = (struct member){"ended", 5, value_int(ended)};
    list[2] = (struct member){"entered", 7, value_int(entered)};
    list[3] = (struct member){"running", 7, value_int(entered - ended)};
    return value_object(m->a, list, 4);
}

static const struct value *
cases_of(const struct stay *s)
{
    return value_get(s->def, "cases");
}

/* For whom, where that is another. */
static struct value
other_of(struct model *m, const struct value *def)
{
    const struct value *who = value_get(def, "applicant"), *code = value_get(who, "code");
    struct value out = value_object(m->a, NULL, 0);

    if (!who)
        return value_null();
    if (code && !m->failed)
        out = value_with(m->a, &out, "code", model_value(m, code));
    out = value_with(m->a, &out, "kind", *value_get(who, "kind"));
    return m->failed ? out : value_with(m->a, &out, "name", model_value(m, value_get(who, "name")));
}

static void
tell_open(struct model *m, int32_t number, const struct value *form, const struct value *applicant)
{
    struct text who = text_new(m->a);

    model_tell(m, 0, "open", number, form);
    if (applicant->kind != VALUE_OBJECT)
        return;
    value_write(&who, applicant);
    text_printf(&m->told, " for %s", who.at);
}

static void
ask(struct model *m, const struct stay *s, struct kid *k, const struct value *element)
{
    const struct value *form = value_get(cases_of(s), "form");
    const char *as = value_get_string(cases_of(s), "as");
    struct value out = value_object(m->a, NULL, 0), given, applicant;

    m->here = s->room;
    if (element)
        out = value_with(m->a, &out, as ? as : "item", *element);
    given = out;
    m->given = &given;
    for (uint32_t i = 0; form && i < form->n && !m->failed; i++)
        out = value_with(m->a, &out, form->member[i].name, model_value(m, &form->member[i].value));
    applicant = other_of(m, cases_of(s));
    m->given = NULL;
    k->other = applicant.kind == VALUE_OBJECT;
    k->number = ++m->last_kid;
    tell_open(m, k->number, &out, &applicant);
    if (k->other)
        model_saw(m, SEEN_OTHERS);
}

static const struct value *
list_of(const struct model *m, const struct stay *s)
{
    const char *each = value_get_string(cases_of(s), "each");

    return each ? value_get(&m->form, each + 5) : NULL;
}

void
model_ask_kin(struct model *m, struct stay *s)
{
    const struct value *list = list_of(m, s);
    const uint32_t n = list ? list->n : value_get(cases_of(s), "each") ? 0 : 1;

    for (uint32_t i = 0; i < n && !m->failed; i++) {
        struct kid k = {.stay = s->number, .index = (int32_t)i};

        ask(m, s, &k, list ? &list->item[i] : NULL);
        m->kid = arena_grow(m->a, m->kid, m->n_kid, sizeof(*m->kid));
        m->kid[m->n_kid++] = k;
    }
    if (n)
        model_saw(m, SEEN_KIN);
}

static void
ask_apart(struct model *m, const struct value *form, const struct value *applicant)
{
    struct kid k = {.number = ++m->last_kid,
                    .apart = true,
                    .other = applicant->kind == VALUE_OBJECT,
                    .form = *form,
                    .applicant = *applicant};

    if (k.other)
        model_saw(m, SEEN_OPENED_OTHER);
    tell_open(m, k.number, form, applicant);
    m->kid = arena_grow(m->a, m->kid, m->n_kid, sizeof(*m->kid));
    m->kid[m->n_kid++] = k;
}

/* An effect opens a case and does not wait for it. */
void
model_open_apart(struct model *m, const struct value *def)
{
    const struct value *form = value_get(def, "form");
    struct value out = value_object(m->a, NULL, 0), applicant;

    for (uint32_t i = 0; form && i < form->n && !m->failed; i++)
        out = value_with(m->a, &out, form->member[i].name, model_value(m, &form->member[i].value));
    applicant = other_of(m, def);
    m->failed = m->failed || m->n_kid >= KIDS;
    if (m->failed)
        return;
    ask_apart(m, &out, &applicant);
    model_saw(m, SEEN_OPENED);
}

bool
model_cascades(const struct stay *s, const char *how)
{
    const struct value *c = value_get(cases_of(s), "cascade");

    if (c && c->kind == VALUE_STRING)
        return !strcmp(c->string, how);
    for (uint32_t i = 0; c && i < c->n; i++)
        if (!strcmp(c->item[i].string, how))
            return true;
    return false;
}

void
model_leave_kin(struct model *m, const struct stay *s)
{
    const struct value nothing = value_object(m->a, NULL, 0);
    const bool recall = model_cascades(s, m->withdraws ? "withdraw" : "cancel");

    for (uint32_t i = 0; i < m->n_kid; i++) {
        struct kid *k = &m->kid[i];

        if (k->stay != s->number)
            continue;
        k->stay = 0;
        if (!recall || k->outcome || k->other)
            continue;
        k->recalled = true;
        model_saw(m, SEEN_RECALLED);
        if (k->id)
            model_tell(m, k->id, "withdraw", k->number, &nothing);
    }
}

struct kid *
model_kid(struct model *m, int32_t number)
{
    for (uint32_t i = 0; i < m->n_kid; i++)
        if (m->kid[i].number == number)
            return &m->kid[i];
    return NULL;
}

struct stay *
model_waiting_stay(struct model *m, const struct kid *k)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (k->stay && list[i]->number == k->stay)
            return list[i];
    return NULL;
}

/* What follows when a child has ended; where that cannot be, it has ended all the same. */
static void
follow(struct model *m, int32_t stay)
{
    const struct jam j = {.kind = JAM_KIN, .stay = stay};
    const struct model before = {.form = m->form, .vars = m->vars};
    struct model *try = model_try(m);

    model_kin_joined(try, model_jammed_stay(try, &j));
    model_choose_again(try, &before);
    if (try->failed) {
        model_jam(m, j);
        return;
    }
    *m = *try;
    model_unjam(m, j);
}

struct model *
model_hear_kin(const struct model *m, struct arena *a, int32_t number, int64_t id,
               const char *outcome, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct kid *k = model_kid(out, number);
    struct stay *s;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (!k || (outcome ? k->outcome != NULL : k->id != 0))
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    out->moment = out->now;
    if (!outcome) {
        const struct value nothing = value_object(a, NULL, 0);

        k->id = id;
        model_tell_newborn(out, k);
        model_tell_who(out, k);
        if (k->recalled && !k->outcome)
            model_tell(out, id, "withdraw", number, &nothing);
        model_look_at_letters(out);
        return out;
    }
    k->outcome = outcome;
    s = model_waiting_stay(out, k);
    model_saw(out, SEEN_CONCLUDED);
    if (s)
        follow(out, s->number);
    model_stand_as_kin(out, model_waiting_stay(out, model_kid(out, number)));
    return model_done(out, out, why);
}

static struct model *
try_apart_again(struct model *m, const struct kid *k, enum error_code *why)
{
    const struct value form = k->form, applicant = k->applicant;

    if (!k->outcome || k->id)
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    for (uint32_t i = (uint32_t)(k - m->kid) + 1; i < m->n_kid; i++)
        m->kid[i - 1] = m->kid[i];
    m->n_kid--;
    ask_apart(m, &form, &applicant);
    m->moment = m->now;
    model_saw(m, SEEN_OPENED_AGAIN);
    model_look_at_letters(m);
    return m;
}

struct model *
model_retry(const struct model *m, struct arena *a, int32_t number, instant now,
            enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct kid *k = model_kid(out, number);
    struct stay *s = k ? model_waiting_stay(out, k) : NULL;
    const struct value *list = s ? list_of(out, s) : NULL;
    const char *of = s ? value_get_string(value_get(s->def, "join"), "of") : NULL;
    struct kid again;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed && !(k ? k->apart : number > 0 && number <= out->last_kid))
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (!k)
        return model_refuse(why, ERROR_NOT_FOUND);
    if (k->apart)
        return try_apart_again(out, k, why);
    if (!s)
        return model_refuse(why, ERROR_STEP_NOT_OPEN);
    if (!k->outcome || (of && !strcmp(of, k->outcome)))
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    if (value_get(cases_of(s), "each") && (uint32_t)k->index >= list->n)
        return model_refuse(why, ERROR_GUARD_FAILED);
    out->moment = out->now;
    again = *k;
    again.outcome = NULL;
    again.id = again.heard = 0;
    again.stands = false;
    for (uint32_t i = (uint32_t)(k - out->kid) + 1; i < out->n_kid; i++)
        out->kid[i - 1] = out->kid[i];
    k = &out->kid[out->n_kid - 1]; /* the newest is the last */
    *k = again;
    ask(out, s, k, list ? &list->item[k->index] : NULL);
    model_stand_as_kin(out, s);
    model_saw(out, SEEN_RETRIED);
    model_look_at_letters(out);
    return model_or_why(out, why);
}
