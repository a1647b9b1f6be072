/* SPDX-License-Identifier: Apache-2.0 */
/* What lies beside a case's current steps and ahead of them. */
#include "api/view.h"
#include "machine/may.h"
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

/* The actions of the step that he could take there, with their forms where @forms. */
static void
put_preparable(struct text *t, const struct sight *s, const struct actor *who,
               const struct step *step, bool forms)
{
    put_key(t, "actions");
    put_open(t, '[');
    for (uint16_t i = 0; i < step->n_action; i++)
        if (prepare_role(s->workflow, step, &step->action[i], s->state->district, who))
            view_action(t, &step->action[i], forms);
    put_close(t, ']');
}

void
view_preparable(struct text *t, const struct sight *s, const struct actor *who, bool forms)
{
    struct preparation *all;
    const size_t n = machine_preparable(s->workflow, s->state, who, t->arena, &all);

    put_key(t, "mayPrepare");
    put_open(t, '[');
    for (size_t i = 0; i < n; i++) {
        const struct step *step = &s->workflow->step[all[i].step];

        put_open(t, '{');
        put_member_string(t, "step", step_name(t->arena, s->workflow, all[i].step, all[i].element));
        view_title(t, "title", step->title);
        put_member_bool(t, "prepared", all[i].action != NULL);
        put_preparable(t, s, who, step, forms);
        put_close(t, '}');
    }
    put_close(t, ']');
}

void
view_prepared(struct text *t, const struct sight *s, const struct actor *who)
{
    if (!s->state->n_prepared || who->system)
        return;
    put_key(t, "prepared");
    put_open(t, '[');
    for (uint32_t i = 0; i < s->state->n_prepared; i++) {
        const struct preparation *p = &s->state->prepared[i];

        put_open(t, '{');
        put_member_string(t, "step", step_name(t->arena, s->workflow, p->step, p->element));
        put_member_string(t, "action", p->action);
        if (p->input.kind != VALUE_NULL) {
            put_key(t, "input");
            value_write(t, &p->input);
        }
        put_member_string(t, "document", p->document);
        put_member_string(t, "by", p->by);
        put_member_instant(t, "at", p->at);
        put_close(t, '}');
    }
    put_close(t, ']');
}

void
view_withdrawal(struct text *t, const struct sight *s, const struct actor *who)
{
    const struct command cmd = {.kind = COMMAND_WITHDRAW, .actor = *who};
    struct error e;

    put_member_bool(t, "mayWithdraw",
                    s->workflow->withdraw && s->state->phase == PHASE_OPEN &&
                        machine_may(s->workflow, s->state, &cmd, &e));
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
        if (!machine_reopenable(w, s->state, &w->reopen[i], who))
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
