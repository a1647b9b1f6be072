/* SPDX-License-Identifier: Apache-2.0 */
/* Parent and child tell one another that they stand. */
#include <string.h>

#include "tests/model/model_inside.h"

void
model_tell(struct model *m, int64_t to, const char *what, int32_t child, const struct value *value)
{
    struct text t = text_new(m->a);

    value_write(&t, value);
    text_printf(&m->told, "\ntold %lld %s %d %s", (long long)to, what, child, t.at);
}

/* What the parent hears of it; of which record the model does not know. */
static struct value
without_record(struct model *m)
{
    return value_with(m->a, NULL, "record", value_null());
}

void
model_tell_parent(struct model *m, const char *what, const char *outcome)
{
    struct value v = value_with(m->a, NULL, "id", value_int(0));

    if (!m->parent.id)
        return;
    v = value_with(m->a, &v, "number", value_borrow("TEST-1"));
    if (outcome)
        v = value_with(m->a, &v, "outcome", value_borrow(outcome));
    model_tell(m, m->parent.id, what, m->parent.child, &v);
}

/* By its leading clock; where none runs, by all that is open. */
static bool
case_stands(const struct model *m)
{
    const struct watch *lead = m->closed ? NULL : model_leading(m);
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    if (lead || m->closed)
        return lead && model_stands(lead);
    for (uint32_t i = 0; i < n; i++)
        if (!model_has_rooms(list[i]) && !model_stopped(m, list[i]))
            return false;
    return true;
}

void
model_tell_standing(struct model *m)
{
    const bool stands = case_stands(m);
    struct value v = without_record(m);

    if (stands != m->parent.stood && !m->was_closed && m->parent.listens && !m->closed) {
        v = value_with(m->a, &v, "stands", value_bool(stands));
        model_tell(m, m->parent.id, "stands", m->parent.child, &v);
        model_saw(m, SEEN_TOLD_PARENT);
    }
    m->parent.stood = stands;
}

/* Since when any of what clerks have stopped it by lasts. */
static instant
stopped_since(const struct model *m, const struct stay *s)
{
    instant first = INSTANT_NONE;

    for (uint32_t i = 0; i < m->n_halt; i++)
        for (uint32_t k = 0; k < s->n_hold; k++)
            if (m->halt[i].number == s->hold[k].number &&
                (first == INSTANT_NONE || m->halt[i].from < first))
                first = m->halt[i].from;
    return first;
}

/* By what clerks have stopped it. */
static void
tell_stop(struct model *m, const struct stay *s, const struct kid *k)
{
    struct value v = without_record(m);
    const struct hold *first = s->n_hold ? &s->hold[0] : NULL;

    for (uint32_t i = 1; i < s->n_hold; i++)
        if (s->hold[i].number < first->number)
            first = &s->hold[i];
    if (first)
        v = value_with(m->a, &v, "ground", value_borrow(first->ground));
    if (m->recorded != INSTANT_NONE && m->now < m->recorded) {
        v = value_with(m->a, &v, "happened", value_int(m->now));
        if (first)
            v = value_with(m->a, &v, "since", value_int(stopped_since(m, s)));
        model_saw(m, SEEN_TOLD_LATE);
    }
    model_tell(m, k->id, "stop", k->number, &v);
    model_saw(m, SEEN_TOLD_CHILDREN);
}

void
model_tell_kin(struct model *m, const struct stay *s)
{
    if (!value_get(s->def, "cases") || !model_cascades(s, "stop"))
        return;
    for (uint32_t i = 0; i < m->n_kid; i++)
        if (m->kid[i].stay == s->number && !m->kid[i].outcome && m->kid[i].id)
            tell_stop(m, s, &m->kid[i]);
}

void
model_tell_newborn(struct model *m, const struct kid *k)
{
    const struct stay *s = model_waiting_stay(m, k);

    if (s && model_cascades(s, "stop") && s->n_hold && !k->outcome)
        tell_stop(m, s, k);
}

/* The step stands while its children do. */
void
model_stand_as_kin(struct model *m, struct stay *s)
{
    const struct value *when = s ? value_get(s->def, "stopsWhen") : NULL;
    uint32_t running = 0, standing = 0;
    bool stand;

    if (!when || m->failed)
        return;
    for (uint32_t i = 0; i < m->n_kid; i++)
        if (m->kid[i].stay == s->number && !m->kid[i].outcome) {
            running++;
            standing += m->kid[i].stands;
        }
    stand = standing && (!strcmp(value_get_string(when, "children"), "any") || standing == running);
    if (stand && !s->declared) {
        s->declared = ++m->last_stop;
        model_halted(m, s->number, s->declared, true);
        model_saw(m, SEEN_STOOD_AS_CHILDREN);
    } else if (!stand && s->declared) {
        model_resumed(m, s->declared);
        s->declared = 0;
    }
    model_restand(m);
}

struct model *
model_hear_standing(const struct model *m, struct arena *a, int32_t number, int64_t record,
                    bool stands, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct kid *k = model_kid(out, number);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (!k || k->outcome || record <= k->heard)
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    out->moment = out->now;
    k->heard = record;
    k->stands = stands;
    model_stand_as_kin(out, model_waiting_stay(out, k));
    model_look_at_letters(out);
    return out;
}

/* Not before the case began, nor later than now; what is not said is now. */
static instant
heard_of(const struct model *m, instant t)
{
    const instant began = m->reopened != INSTANT_NONE ? m->reopened : m->opened;

    if (t == INSTANT_NONE || t > m->now)
        return m->now;
    return t < began ? began : t;
}

static struct halt *
halt_of(const struct model *m, int32_t number)
{
    for (uint32_t i = 0; i < m->n_halt; i++)
        if (m->halt[i].number == number)
            return &m->halt[i];
    return NULL;
}

/*
 * The parent's stop is one here.  One that has begun too late ends as it began, in favour of one
 * that did not; where the parent went on for a while, so does the case.
 */
static void
stand_with(struct model *m, const char *ground, instant happened, instant since)
{
    struct opener *p = &m->parent;
    struct halt *h = p->stop ? halt_of(m, p->stop) : NULL;
    const bool same = h && ground && !strcmp(p->ground, ground);

    if (same && h->from <= since && since <= happened)
        return;
    if (h)
        h->to = happened < h->from || (ground && since < h->from) ? h->from : happened;
    p->stop = 0;
    if (!ground)
        return;
    p->stop = ++m->last_stop;
    p->ground = ground;
    model_halted(m, 0, p->stop, true);
    halt_of(m, p->stop)->from = since;
    model_saw(m, SEEN_STOOD_WITH_PARENT);
}

struct model *
model_hear_parent(const struct model *m, struct arena *a, int64_t record, const char *ground,
                  instant happened, instant since, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct opener *p = &out->parent;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (!p->id || record <= p->heard)
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    if (ground && !value_get(value_get(out->def, "grounds"), ground))
        return model_refuse(why, ERROR_GROUND_UNKNOWN);
    out->moment = out->now;
    p->heard = record;
    stand_with(out, ground, heard_of(out, happened), heard_of(out, since));
    model_restand(out);
    if (heard_of(out, happened) < out->now || heard_of(out, since) < out->now) {
        model_saw(out, SEEN_STOOD_WITH_PARENT_LATE);
        model_count_again(out);
    }
    model_look_at_letters(out);
    return out;
}
