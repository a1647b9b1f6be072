/* SPDX-License-Identifier: Apache-2.0 */
/* Who may give which command, whatever state the case is in. */
#include <string.h>

#include "machine/identity.h"
#include "machine/mandates.h"
#include "machine/may.h"
#include "machine/sort.h"

static bool
forbidden(struct error *e, const struct command *cmd, const char *what)
{
    return error_set(e, ERROR_FORBIDDEN, "%s may not %s%s%s", cmd->actor.id ? cmd->actor.id : "?",
                     command_name(cmd->kind), what ? " " : "", what ? what : "");
}

/* An opening that names an agent is by who could give the mandate, or by that agent. */
static bool
may_open(const struct workflow *w, const struct command *cmd, struct error *e)
{
    const struct actor *who = &cmd->actor;
    const char *district = cmd->opening->district;

    if (opens_as_agent(w, cmd))
        return true;
    if (cmd->mandate && !who->public && !serves_as(w, NULL, district, who, "window"))
        return forbidden(e, cmd, "in another's name");
    if (serves_as(w, NULL, district, who, "import") ||
        role_among(w, w->open_by, w->n_open_by, district, who) ||
        (cmd->happened && backdating_role(w, NULL, district, who)))
        return true;
    for (uint16_t i = 0; i < w->n_open_by; i++)
        if (who->public && !strcmp(w->open_by[i], "applicant"))
            return true;
    if (who->district && strcmp(who->district, "*") != 0 && strcmp(who->district, district) != 0)
        return error_set(e, ERROR_FORBIDDEN, "%s is of district %.6s and opens no case in %.6s",
                         who->id, who->district, district);
    return forbidden(e, cmd, w->id);
}

/* Some step has the action (or is the one named), and he may act in it. */
static bool
may_in_step(const struct workflow *w, const struct case_state *c, const struct command *cmd,
            struct error *e)
{
    bool known = false;

    for (uint16_t i = 0; i < w->n_step; i++) {
        const struct step *s = &w->step[i];
        const struct post at = step_post(s);

        if (!step_is_leaf(s))
            continue;
        if ((cmd->step && !step_called(w, s, cmd->step)) ||
            (cmd->action && !step_action(s, cmd->action)))
            continue;
        known = true;
        if (command_role(w, &at, c->district, cmd))
            return true;
    }
    if (known)
        return forbidden(e, cmd, cmd->action);
    if (!cmd->action)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "this workflow has no step %.100s",
                         cmd->step ? cmd->step : "for it");
    return error_set(e, ERROR_ACTION_NOT_ALLOWED, "%s%.100s of this workflow has action %.60s",
                     cmd->step ? "no step " : "no step", cmd->step ? cmd->step : "", cmd->action);
}

/* The step he names is optional, and he is among those who may start it. */
static bool
may_start(const struct workflow *w, const struct case_state *c, const struct command *cmd,
          struct error *e)
{
    for (uint16_t i = 0; cmd->step && i < w->n_step; i++) {
        const struct step *s = &w->step[i];
        const uint16_t owner = w->region[s->region].owner;
        const struct post around = step_post(owner == NONE ? NULL : &w->step[owner]);

        if (s->optional && step_called(w, s, cmd->step))
            return start_role(w, s, &around, c->district, &cmd->actor) ||
                   forbidden(e, cmd, cmd->step);
    }
    return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/step", "no optional step is called %.100s",
                    cmd->step ? cmd->step : "(none named)");
}

/* The step he names may be prepared, and he is among those who decide there. */
static bool
may_prepare(const struct workflow *w, const struct case_state *c, const struct command *cmd,
            struct error *e)
{
    const uint16_t step = cmd->step ? step_named(w, cmd->step) : NONE;

    if (step == NONE || !w->step[step].prepare)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/step",
                        "no step that may be prepared is called %.100s",
                        cmd->step ? cmd->step : "(none named)");
    return prepare_role(w, &w->step[step], NULL, c->district, &cmd->actor) ||
           forbidden(e, cmd, cmd->step);
}

/* A supervisor restores what silence has wrongly moved; grounds name those who may. */
static bool
may_reopen(const struct workflow *w, const char *district, const struct command *cmd)
{
    bool yes = serves_as(w, NULL, district, &cmd->actor, "supervisor");

    for (uint16_t i = 0; cmd->ground && i < w->n_reopen; i++)
        if (!strcmp(w->reopen[i].id, cmd->ground))
            return reopening_role(w, &w->reopen[i], district, &cmd->actor) != NULL;
    for (uint16_t i = 0; cmd->ground && i < w->n_reopen; i++)
        yes = yes || reopening_role(w, &w->reopen[i], district, &cmd->actor);
    return yes;
}

/* He has a code, which the decision looks at, or keeps the ballot himself, or may say what was. */
static bool
may_vote(const struct workflow *w, const struct case_state *c, const struct command *cmd,
         struct error *e)
{
    bool known = false;

    for (uint16_t i = 0; i < w->n_step; i++) {
        const struct step *s = &w->step[i];
        const struct post at = step_post(s);

        if (s->kind != STEP_BALLOT || (cmd->step && !step_called(w, s, cmd->step)))
            continue;
        known = true;
        if (cmd->code || command_role(w, &at, c->district, cmd))
            return true;
    }
    if (known)
        return forbidden(e, cmd, cmd->step);
    return error_set(e, ERROR_ACTION_NOT_ALLOWED, "there is no ballot%s%s in this workflow",
                     cmd->step ? " " : "", cmd->step ? cmd->step : "");
}

static bool
may_extend(const struct workflow *w, const struct case_state *c, const struct command *cmd)
{
    const uint16_t i = cmd->clock ? rule_called(w, cmd->clock) : NONE;
    const struct clock_rule *rule = i == NONE ? NULL : &w->clock[i];
    const struct post at = step_post(rule && rule->scope != NONE ? &w->step[rule->scope] : NULL);

    if (!rule || !rule->extension_by)
        return true;          /* the decision says what is wrong */
    if (rule->per_department) /* the decision looks for his department's */
        return actor_is(&cmd->actor, rule->extension_by, c->district);
    return serves_as(w, &at, c->district, &cmd->actor, rule->extension_by);
}

/* Which of them he means may be issued only by what came due before now: the decision looks. */
static bool
may_discard_any(const struct workflow *w, const char *district, const struct actor *who)
{
    for (uint16_t i = 0; i < w->n_certificate; i++)
        if (may_discard(w, &w->certificate[i], district, who))
            return true;
    return false;
}

/* He acts or leads in a step that opens child cases, or leads the case. */
static bool
may_retry(const struct workflow *w, const struct case_state *c, const struct command *cmd)
{
    for (uint16_t i = 0; i < w->n_step; i++) {
        const struct post at = step_post(&w->step[i]);

        if (w->step[i].children && command_role(w, &at, c->district, cmd))
            return true;
    }
    return leader_role(w, NULL, c->district, &cmd->actor) != NULL;
}

/* He leads in the step that is to take the message, or leads the case. */
static bool
may_settle(const struct workflow *w, const struct case_state *c, const struct command *cmd)
{
    for (uint16_t i = 0; cmd->step && i < w->n_step; i++) {
        const struct post at = step_post(&w->step[i]);

        if (step_called(w, at.step, cmd->step) && leader_role(w, &at, c->district, &cmd->actor))
            return true;
    }
    return leader_role(w, NULL, c->district, &cmd->actor) != NULL;
}

const char *
withdrawal_role(const struct workflow *w, const char *district, const struct command *cmd)
{
    const struct actor *who = &cmd->actor;

    if (who->applicant || who->under)
        return who->applicant ? "applicant" : "agent";
    if (serves_as(w, NULL, district, who, "window"))
        return "window";
    if (serves_as(w, NULL, district, who, "import"))
        return "import";
    return cmd->happened ? backdating_role(w, NULL, district, who) : NULL;
}

/* What people hand in, he takes down: COMMAND_WITHDRAW and COMMAND_AMEND. */
static bool
may_take_down(const struct workflow *w, const struct command *cmd, const char *district)
{
    const struct actor *who = &cmd->actor;

    if (cmd->kind == COMMAND_WITHDRAW)
        return withdrawal_role(w, district, cmd) != NULL;
    return serves_as(w, NULL, district, who, "window") ||
           serves_as(w, NULL, district, who, "import") || serves_as(w, NULL, district, who, "head");
}

/* What the case has or is in may change by what came due: the decision looks. */
static bool
may_sort(const struct workflow *w, const struct case_state *c, const struct command *cmd)
{
    const uint16_t n = cmd->kind == COMMAND_LABEL ? w->n_label : w->n_lane;

    for (uint16_t i = 0; i < n; i++)
        if (cmd->kind == COMMAND_LABEL
                ? label_role(w, &w->label[i], c->district, &cmd->actor) != NULL
                : lane_role(w, &w->lane[i], c->district, &cmd->actor) != NULL)
            return true;
    return n == 0; /* there is none: the decision says so */
}

/* Whether somebody holds the role that the definition names for it. */
static bool
may_as_declared(const struct workflow *w, const struct case_state *c, const struct command *cmd)
{
    if (cmd->kind == COMMAND_EXTEND)
        return may_extend(w, c, cmd);
    if (cmd->kind == COMMAND_REOPEN)
        return may_reopen(w, c->district, cmd);
    if (cmd->kind == COMMAND_MATERIAL)
        return !material_action(cmd->action) || material_role(w, cmd, c->district);
    if (cmd->kind == COMMAND_LABEL || cmd->kind == COMMAND_LANE)
        return may_sort(w, c, cmd);
    return may_discard_any(w, c->district, &cmd->actor);
}

/* Whatever the workflow says; who acts for the applicant, he says himself or a window for him. */
static bool
may_by_role(const struct workflow *w, const struct command *cmd, const char *district)
{
    const struct actor *who = &cmd->actor;

    if (cmd->kind == COMMAND_MESSAGE)
        return who->system != NULL;
    if (cmd->kind == COMMAND_MIGRATE || cmd->kind == COMMAND_RECOUNT)
        return actor_is(who, "administrator", district);
    if (cmd->kind == COMMAND_MANDATE || cmd->kind == COMMAND_REVOKE_MANDATE)
        return who->applicant || serves_as(w, NULL, district, who, "window");
    if (cmd->kind == COMMAND_HAND_OVER || cmd->kind == COMMAND_TAKE_OVER ||
        cmd->kind == COMMAND_HAND_BACK)
        return serves_as(w, NULL, district, who, "window") || leader_role(w, NULL, district, who);
    return serves_as(w, NULL, district, who, "supervisor");
}

static bool
may_identify(const struct workflow *w, const struct case_state *c, const struct command *cmd,
             struct error *e)
{
    return identify_role(w, c->district, &cmd->actor) ||
           forbidden(e, cmd, cmd->kind == COMMAND_ACT ? "and identify" : NULL);
}

/*
 * He sees the case: nobody else is told anything of it, not even by a refusal.  Agents do wherever
 * it is; who migrates and recounts looks at none, and the engine at all.
 */
static bool
may_see(const struct workflow *w, const struct case_state *c, const struct command *cmd,
        struct error *e)
{
    const struct actor *who = &cmd->actor;

    if (who->under || cmd->kind == COMMAND_OPEN || cmd->kind == COMMAND_ALARM ||
        cmd->kind == COMMAND_RELAY || cmd->kind == COMMAND_MIGRATE || cmd->kind == COMMAND_RECOUNT)
        return true;
    return may_look(w, c->district, who, e);
}

bool
may_give(const struct workflow *w, const struct case_state *c, const struct command *cmd,
         struct error *e)
{
    const struct actor *who = &cmd->actor;
    const char *district = c->district;
    bool yes = false;

    if (!may_see(w, c, cmd, e))
        return false;
    switch (cmd->kind) {
    case COMMAND_OPEN:
        return may_open(w, cmd, e);
    case COMMAND_ALARM: /* nobody but the engine can give these */
    case COMMAND_RELAY:
        return true;
    case COMMAND_ACT:
    case COMMAND_CLAIM:
        return may_in_step(w, c, cmd, e) && (!cmd->identified || may_identify(w, c, cmd, e));
    case COMMAND_STOP:
    case COMMAND_RESUME:
    case COMMAND_RELEASE:
    case COMMAND_HOLD:
    case COMMAND_CONTINUE:
        return leader_role(w, NULL, district, who) || may_in_step(w, c, cmd, e);
    case COMMAND_IDENTIFY:
        return may_identify(w, c, cmd, e);
    case COMMAND_START:
        return may_start(w, c, cmd, e);
    case COMMAND_PREPARE ... COMMAND_UNPREPARE:
        return may_prepare(w, c, cmd, e);
    case COMMAND_WITHDRAW:
    case COMMAND_AMEND:
        yes = may_take_down(w, cmd, district);
        break;
    case COMMAND_SETTLE:
    case COMMAND_RETRY:
        yes = cmd->kind == COMMAND_RETRY ? may_retry(w, c, cmd) : may_settle(w, c, cmd);
        break;
    case COMMAND_VOTE:
        return may_vote(w, c, cmd, e);
    case COMMAND_MESSAGE:
    case COMMAND_MIGRATE:
    case COMMAND_RECOUNT:
    case COMMAND_HAND_OVER ... COMMAND_HAND_BACK:
    case COMMAND_MANDATE ... COMMAND_REVOKE_MANDATE:
    case COMMAND_ANNUL:
    case COMMAND_RECONCILE:
    case COMMAND_ENTRUST:
    case COMMAND_OUTAGE:
    case COMMAND_ANNUL_OUTAGE:
        yes = may_by_role(w, cmd, district);
        break;
    case COMMAND_EXTEND:
    case COMMAND_REOPEN:
    case COMMAND_MATERIAL:
    case COMMAND_LABEL:
    case COMMAND_LANE:
    case COMMAND_REVOKE ... COMMAND_REPLACE:
        yes = may_as_declared(w, c, cmd);
        break;
    }
    return yes || forbidden(e, cmd, cmd->kind == COMMAND_MATERIAL ? cmd->action : NULL);
}

bool
machine_may(const struct workflow *w, const struct case_state *c, const struct command *cmd,
            struct error *e)
{
    struct command as = *cmd;

    as.actor = agent_for(c, cmd, INSTANT_NONE);
    if (may_give(w, c, &as, e))
        return true;
    mandate_why(c, cmd, INSTANT_NONE, e);
    return false;
}
