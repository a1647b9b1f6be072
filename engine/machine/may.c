/* SPDX-License-Identifier: Apache-2.0 */
/* Who may give which command, whatever state the case is in. */
#include "machine/may.h"

#include <string.h>

#include "machine/identity.h"
#include "machine/mandates.h"
#include "machine/sort.h"

static bool
holds(const struct actor *who, const char *role)
{
    for (uint16_t i = 0; i < who->n_role; i++)
        if (!strcmp(who->role[i], role))
            return true;
    return false;
}

static bool
of_district(const struct actor *who, const char *district)
{
    return who->district && district &&
           (!strcmp(who->district, "*") || !strcmp(who->district, district));
}

bool
actor_is(const struct actor *who, const char *role, const char *district)
{
    return holds(who, role) && of_district(who, district);
}

/* Of no department: of the hall, which serves all of them. */
static bool
of_department(const struct actor *who, const char *department)
{
    return !who->department || !strcmp(who->department, department);
}

/* On the applicant's behalf: an agent whose mandate reaches to @action (NULL: some), or a window.
 */
static const char *
for_applicant(const struct actor *who, const char *district, const char *action)
{
    if (who->under && mandate_covers(who->under, "act", action))
        return "agent";
    return actor_is(who, "window", district) ? "window" : NULL;
}

const char *
step_role(const struct workflow *w, const struct step *s, const char *district,
          const struct actor *who)
{
    if (!step_is_leaf(s))
        return NULL;
    if (actor_is(who, "import", district))
        return "import";
    switch (s->by) {
    case ACTOR_ROLE:
        return actor_is(who, s->role, district) && of_department(who, step_department(w, s))
                   ? s->role
                   : NULL;
    case ACTOR_APPLICANT:
        return who->applicant ? "applicant" : for_applicant(who, district, NULL);
    case ACTOR_PUBLIC:
        return who->public || who->applicant ? "public" : for_applicant(who, district, NULL);
    case ACTOR_SYSTEM:
        return who->system && !strcmp(who->system, s->role) ? who->system : NULL;
    }
    return NULL;
}

const char *
action_role(const struct workflow *w, const struct step *s, const struct action *a,
            const char *district, const struct actor *who)
{
    const char *role = step_role(w, s, district, who);

    if (!a->signers.role || actor_is(who, "import", district))
        return role && !strcmp(role, "agent") ? for_applicant(who, district, a->id) : role;
    for (uint16_t i = 0; i < a->signers.n; i++)
        if (actor_is(who, a->signers.role[i], district) &&
            of_department(who, step_department(w, s)))
            return a->signers.role[i];
    return NULL;
}

const char *
prepare_role(const struct workflow *w, const struct step *s, const struct action *action,
             const char *district, const struct actor *who)
{
    const char *role = NULL;

    if (action)
        return action_role(w, s, action, district, who);
    for (uint16_t i = 0; i < s->n_action && !role; i++)
        role = action_role(w, s, &s->action[i], district, who);
    return role;
}

const char *
reopening_role(const struct reopening_rule *rule, const char *district, const struct actor *who)
{
    if (actor_is(who, "import", district))
        return "import";
    for (uint16_t i = 0; i < rule->n_by; i++)
        if (actor_is(who, rule->by[i], district))
            return rule->by[i];
    return NULL;
}

const char *
start_role(const struct workflow *w, const struct step *s, const char *district,
           const struct actor *who)
{
    const uint16_t owner = w->region[s->region].owner;
    const char *department = owner == NONE ? w->lead : step_department(w, &w->step[owner]);

    if (actor_is(who, "import", district))
        return "import";
    for (uint16_t i = 0; i < s->optional->n_by; i++) {
        const char *role = s->optional->by[i];

        if (strcmp(role, "applicant") != 0) {
            if (actor_is(who, role, district) && of_department(who, department))
                return role;
        } else if (who->applicant || for_applicant(who, district, "")) {
            return who->applicant ? role : for_applicant(who, district, "");
        }
    }
    return NULL;
}

bool
leads(const struct actor *who, const char *district)
{
    return actor_is(who, "head", district) || actor_is(who, "supervisor", district);
}

const char *
command_role(const struct workflow *w, const struct step *s, const char *district,
             const struct command *cmd)
{
    const struct actor *who = &cmd->actor;
    const bool staff = !who->applicant && !who->public;
    const struct action *a =
        cmd->kind == COMMAND_ACT && cmd->action ? step_action(s, cmd->action) : NULL;
    const char *role = a ? action_role(w, s, a, district, who) : step_role(w, s, district, who);

    if (cmd->kind == COMMAND_ACT || (role && staff))
        return role;
    if (cmd->kind == COMMAND_CLAIM || !leads(who, district))
        return NULL;
    return actor_is(who, "supervisor", district) ? "supervisor" : "head";
}

static bool
forbidden(struct error *e, const struct command *cmd, const char *what)
{
    return error_set(e, ERROR_FORBIDDEN, "%s may not %s%s%s", cmd->actor.id ? cmd->actor.id : "?",
                     command_name(cmd->kind), what ? " " : "", what ? what : "");
}

static bool
may_open(const struct workflow *w, const struct command *cmd, struct error *e)
{
    const struct actor *who = &cmd->actor;
    const char *district = cmd->opening->district;

    if (actor_is(who, "import", district))
        return true;
    for (uint16_t i = 0; i < w->n_open_by; i++)
        if (actor_is(who, w->open_by[i], district) ||
            (who->public && !strcmp(w->open_by[i], "applicant")))
            return true;
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

        if (!step_is_leaf(s))
            continue;
        if ((cmd->step && !step_called(w, s, cmd->step)) ||
            (cmd->action && !step_action(s, cmd->action)))
            continue;
        known = true;
        if (command_role(w, s, c->district, cmd))
            return true;
    }
    if (known)
        return forbidden(e, cmd, cmd->action);
    return error_set(e, ERROR_ACTION_NOT_ALLOWED, "no step %s%s%s%s of this workflow",
                     cmd->step ? cmd->step : "", cmd->action ? " has action " : "",
                     cmd->action ? cmd->action : "", cmd->step ? "" : " in any step");
}

/* The step he names is optional, and he is among those who may start it. */
static bool
may_start(const struct workflow *w, const struct case_state *c, const struct command *cmd,
          struct error *e)
{
    for (uint16_t i = 0; cmd->step && i < w->n_step; i++)
        if (w->step[i].optional && step_called(w, &w->step[i], cmd->step))
            return start_role(w, &w->step[i], c->district, &cmd->actor) ||
                   forbidden(e, cmd, cmd->step);
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
    bool yes = actor_is(&cmd->actor, "supervisor", district);

    for (uint16_t i = 0; cmd->ground && i < w->n_reopen; i++)
        if (!strcmp(w->reopen[i].id, cmd->ground))
            return reopening_role(&w->reopen[i], district, &cmd->actor) != NULL;
    for (uint16_t i = 0; cmd->ground && i < w->n_reopen; i++)
        yes = yes || reopening_role(&w->reopen[i], district, &cmd->actor);
    return yes;
}

/* He has a code, which the decision looks at, or keeps the ballot himself. */
static bool
may_vote(const struct workflow *w, const struct case_state *c, const struct command *cmd,
         struct error *e)
{
    bool known = false;

    for (uint16_t i = 0; i < w->n_step; i++) {
        const struct step *s = &w->step[i];

        if (s->kind != STEP_BALLOT || (cmd->step && !step_called(w, s, cmd->step)))
            continue;
        known = true;
        if (cmd->code || step_role(w, s, c->district, &cmd->actor))
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

    if (!rule || !rule->extension_by)
        return true;          /* the decision says what is wrong */
    if (rule->per_department) /* the decision looks for his department's */
        return actor_is(&cmd->actor, rule->extension_by, c->district);
    return actor_is(&cmd->actor, rule->extension_by, c->district) &&
           of_department(&cmd->actor,
                         rule->scope == NONE ? w->lead : step_department(w, &w->step[rule->scope]));
}

bool
may_discard(const struct workflow *w, const struct certificate_kind *kind, const char *district,
            const struct actor *who)
{
    return actor_is(who, kind->revoked_by, district) &&
           of_department(who, kind->issuer ? kind->issuer : w->lead);
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

/* He may act in a step that opens child cases. */
static bool
may_look_after(const struct workflow *w, const struct case_state *c, const struct actor *who)
{
    for (uint16_t i = 0; i < w->n_step; i++)
        if (w->step[i].children && step_role(w, &w->step[i], c->district, who))
            return true;
    return false;
}

/* What people hand in, he takes down. */
static bool
receives(const struct actor *who, const char *district)
{
    return actor_is(who, "window", district) || actor_is(who, "import", district);
}

/* What the case has or is in may change by what came due: the decision looks. */
static bool
may_sort(const struct workflow *w, const struct case_state *c, const struct command *cmd)
{
    const uint16_t n = cmd->kind == COMMAND_LABEL ? w->n_label : w->n_lane;

    for (uint16_t i = 0; i < n; i++)
        if (cmd->kind == COMMAND_LABEL
                ? label_role(w, &w->label[i], c->district, &cmd->actor) != NULL
                : lane_role(&w->lane[i], c->district, &cmd->actor) != NULL)
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
        return material_role(cmd, c->district) != NULL;
    if (cmd->kind == COMMAND_LABEL || cmd->kind == COMMAND_LANE)
        return may_sort(w, c, cmd);
    return may_discard_any(w, c->district, &cmd->actor);
}

/* Whatever the workflow says; who acts for the applicant, he says himself or a window for him. */
static bool
may_by_role(const struct command *cmd, const char *district)
{
    const struct actor *who = &cmd->actor;

    if (cmd->kind == COMMAND_MESSAGE)
        return who->system != NULL;
    if (cmd->kind == COMMAND_MIGRATE || cmd->kind == COMMAND_RECOUNT)
        return actor_is(who, "administrator", district);
    if (cmd->kind == COMMAND_MANDATE || cmd->kind == COMMAND_REVOKE_MANDATE)
        return who->applicant || actor_is(who, "window", district);
    if (cmd->kind == COMMAND_HAND_OVER || cmd->kind == COMMAND_TAKE_OVER ||
        cmd->kind == COMMAND_HAND_BACK)
        return actor_is(who, "window", district) || leads(who, district);
    return actor_is(who, "supervisor", district);
}

static bool
may_identify(const struct workflow *w, const struct case_state *c, const struct command *cmd,
             struct error *e)
{
    return identify_role(w, c->district, &cmd->actor) ||
           forbidden(e, cmd, cmd->kind == COMMAND_ACT ? "and identify" : NULL);
}

bool
may_give(const struct workflow *w, const struct case_state *c, const struct command *cmd,
         struct error *e)
{
    const struct actor *who = &cmd->actor;
    const char *district = c->district;
    bool yes = false;

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
        return leads(who, district) || may_in_step(w, c, cmd, e);
    case COMMAND_IDENTIFY:
        return may_identify(w, c, cmd, e);
    case COMMAND_START:
        return may_start(w, c, cmd, e);
    case COMMAND_PREPARE ... COMMAND_UNPREPARE:
        return may_prepare(w, c, cmd, e);
    case COMMAND_WITHDRAW:
    case COMMAND_AMEND:
        yes = receives(who, district) ||
              (cmd->kind == COMMAND_WITHDRAW ? who->applicant || who->under
                                             : actor_is(who, "head", district));
        break;
    case COMMAND_SETTLE:
    case COMMAND_RETRY:
        yes = leads(who, district) || (cmd->kind == COMMAND_RETRY && may_look_after(w, c, who));
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
        yes = may_by_role(cmd, district);
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
    return yes || forbidden(e, cmd, NULL);
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

size_t
machine_allowed(const struct workflow *w, const struct case_state *c, const struct actor *who,
                struct arena *a, struct allowed **out)
{
    size_t n = 0;

    *out = NULL;
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct step *s = &w->step[c->visit[i].step];

        if (!step_is_leaf(s))
            continue;
        for (uint16_t j = 0; j < s->n_action; j++) {
            if (!action_role(w, s, &s->action[j], c->district, who))
                continue;
            *out = arena_grow(a, *out, n, sizeof(**out));
            (*out)[n++] = (struct allowed){.visit = &c->visit[i], .action = &s->action[j]};
        }
    }
    return n;
}
