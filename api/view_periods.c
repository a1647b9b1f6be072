/* SPDX-License-Identifier: Apache-2.0 */
/* What a step waits for: time, whether the days till then are published, and systems; what could
 * not be done when it was due. */
#include "machine/names.h"
#include "machine/periods.h"

#include "api/view.h"

static void
put_until(struct text *t, const struct sight *s, const struct visit *v, const char *name,
          int32_t which)
{
    const instant at = which == PERIOD_WAIT ? v->wait_until : v->timer[which];

    put_member_instant(t, name, at);
    view_last_day(t, "lastDay", at);
    if (visit_provisional(t->arena, s->workflow, v, which, s->calendar))
        put_member_bool(t, "provisional", true);
}

static bool
has_timer(const struct step *step, const struct visit *v)
{
    bool yes = false;

    for (uint16_t i = 0; i < step->n_timer; i++)
        yes = yes || v->timer[i] != INSTANT_NONE;
    return yes;
}

void
view_periods(struct text *t, const struct sight *s, const struct visit *v)
{
    const struct step *step = &s->workflow->step[v->step];

    if (v->wait_until != INSTANT_NONE)
        put_until(t, s, v, "waitsUntil", PERIOD_WAIT);
    if (!has_timer(step, v))
        return;
    put_key(t, "timers");
    put_open(t, '[');
    for (uint16_t i = 0; i < step->n_timer; i++) {
        if (v->timer[i] == INSTANT_NONE)
            continue;
        put_open(t, '{');
        view_limit(t, "after", step->timer[i].limit);
        put_until(t, s, v, "at", i);
        put_close(t, '}');
    }
    put_close(t, ']');
}

void
view_awaits(struct text *t, const struct sight *s, const struct visit *v)
{
    const struct case_state *c = s->state;

    if (!s->workflow->step[v->step].awaits_undo || !c->n_undoing)
        return;
    put_key(t, "awaits");
    put_open(t, '[');
    for (uint32_t i = 0; i < c->n_undoing; i++) {
        put_open(t, '{');
        put_member_int(t, "message", c->undoing[i].message);
        put_member_string(t, "system", c->undoing[i].system);
        put_close(t, '}');
    }
    put_close(t, ']');
}

void
view_until(struct text *t, const struct sight *s, const struct visit *v)
{
    const struct step *step = &s->workflow->step[v->step];
    instant first = v->wait_until;
    int32_t which = PERIOD_WAIT;

    for (uint16_t i = 0; i < step->n_timer; i++)
        if (v->timer[i] != INSTANT_NONE && step->timer[i].to.kind != TARGET_NONE &&
            (first == INSTANT_NONE || v->timer[i] < first)) {
            first = v->timer[i];
            which = i;
        }
    if (first != INSTANT_NONE)
        put_until(t, s, v, "until", which);
}

void
view_stuck(struct text *t, const struct sight *s)
{
    const struct case_state *c = s->state;

    if (!c->n_stuck)
        return;
    put_key(t, "stuck");
    put_open(t, '[');
    for (uint32_t i = 0; i < c->n_stuck; i++) {
        const struct stuck *x = &c->stuck[i];
        const struct visit *v = case_visit(c, x->item.visit);

        put_open(t, '{');
        put_member_string(t, "what", stuck_name(x->item.kind));
        if (v)
            put_member_string(t, "step", visit_path(t->arena, s->workflow, v));
        if (x->item.kind == STUCK_TIMER)
            view_limit(t, "after", s->workflow->step[v->step].timer[x->item.timer].limit);
        if (x->item.material != NONE)
            put_member_string(t, "material", s->workflow->material[x->item.material].id);
        put_member_instant(t, "since", x->since);
        put_member_int(t, "record", x->number);
        put_member_string(t, "code", x->code);
        put_member_string(t, "detail", x->why);
        put_close(t, '}');
    }
    put_close(t, ']');
}
