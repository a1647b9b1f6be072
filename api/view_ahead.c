/* SPDX-License-Identifier: Apache-2.0 */
/* What lies beside a case's current steps and ahead of them. */
#include "api/view.h"
#include "machine/names.h"

void
view_startable(struct text *t, const struct sight *s, const struct actor *who)
{
    struct startable *all;
    const size_t n = machine_startable(s->workflow, s->state, who, t->arena, &all);

    put_key(t, "mayStart");
    put_open(t, '[');
    for (size_t i = 0; i < n; i++) {
        const struct step *step = &s->workflow->step[all[i].step];

        put_open(t, '{');
        put_member_string(t, "step", step_name(t->arena, s->workflow, all[i].step, all[i].element));
        view_title(t, "title", step->title);
        put_member_int(t, "started", all[i].started);
        put_member_int(t, "most", step->optional->most);
        put_close(t, '}');
    }
    put_close(t, ']');
}

static void
put_reopened(struct text *t, const struct reopened *x)
{
    put_key(t, "reopened");
    put_open(t, '{');
    put_member_instant(t, "at", x->at);
    put_member_string(t, "ground", x->ground);
    put_member_string(t, "outcome", x->outcome);
    put_member_int(t, "record", x->record);
    put_member_int(t, "times", x->times);
    put_close(t, '}');
}

void
view_reopened(struct text *t, const struct sight *s, const struct actor *who)
{
    const struct workflow *w = s->workflow;

    if (s->state->reopened.times)
        put_reopened(t, &s->state->reopened);
    if (s->state->phase != PHASE_CLOSED)
        return;
    put_key(t, "mayReopen");
    put_open(t, '[');
    for (uint16_t i = 0; i < w->n_reopen; i++) {
        if (!machine_reopenable(s->state, &w->reopen[i], who))
            continue;
        put_open(t, '{');
        put_member_string(t, "ground", w->reopen[i].id);
        view_title(t, "title", w->reopen[i].title);
        put_member_string(t, "basis", w->reopen[i].basis);
        put_member_bool(t, "notice", w->reopen[i].notice);
        put_close(t, '}');
    }
    put_close(t, ']');
}
