/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which role somebody does what.  Whose people a command takes, of which department, is asked
 * in serves_as() and nowhere else.
 */
#include "machine/may.h"

#include <string.h>

#include "machine/mandates.h"

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

struct post
visit_post(const struct workflow *w, const struct visit *v)
{
    return (struct post){&w->step[v->step], visit_department(w, v)};
}

struct post
step_post(const struct step *s)
{
    return (struct post){.step = s};
}

/* Of the department that does the step, or while that is open of one that may. */
static bool
of_post(const struct workflow *w, const struct post *at, const struct actor *who)
{
    if (!at || !at->step)
        return of_department(who, w->lead);
    if (at->department || !who->department)
        return of_department(who, at->department);
    return step_department_called(w, at->step, who->department) != NULL;
}

bool
serves_as(const struct workflow *w, const struct post *at, const char *district,
          const struct actor *who, const char *role)
{
    return actor_is(who, role, district) && of_post(w, at, who);
}

/* For the step, as somebody of its department or of the one that leads. */
static bool
serves_around(const struct workflow *w, const struct post *at, const char *district,
              const struct actor *who, const char *role)
{
    return serves_as(w, at, district, who, role) || serves_as(w, NULL, district, who, role);
}

const char *
leader_role(const struct workflow *w, const struct post *at, const char *district,
            const struct actor *who)
{
    if (serves_around(w, at, district, who, "supervisor"))
        return "supervisor";
    return serves_around(w, at, district, who, "head") ? "head" : NULL;
}

const char *
role_among(const struct workflow *w, const char *const *role, uint16_t n, const char *district,
           const struct actor *who)
{
    for (uint16_t i = 0; i < n; i++)
        if (serves_as(w, NULL, district, who, role[i]))
            return role[i];
    return NULL;
}

static bool
issues(const struct workflow *w, const char *department)
{
    for (uint16_t i = 0; i < w->n_certificate; i++)
        if (w->certificate[i].issuer && !strcmp(w->certificate[i].issuer, department))
            return true;
    return false;
}

static bool
does_a_step(const struct workflow *w, const struct actor *who)
{
    for (uint16_t i = 0; i < w->n_step; i++) {
        const struct step *s = &w->step[i];

        if (((s->department || s->choice) && step_department_called(w, s, who->department)) ||
            (s->by == ACTOR_SYSTEM && s->role && who->system && !strcmp(s->role, who->system)))
            return true;
    }
    return false;
}

bool
may_look(const struct workflow *w, const char *district, const struct actor *who, struct error *e)
{
    if (!of_department(who, w->lead) && !issues(w, who->department) && !does_a_step(w, who))
        return error_set(e, ERROR_FORBIDDEN, "your department has no step in this case");
    return !district || !who->district || of_district(who, district) ||
           error_set(e, ERROR_FORBIDDEN, "the case belongs to another district");
}

/*
 * On the applicant's behalf: an agent whose mandate reaches to @action (NULL: some), or a window:
 * in a step that is that of @at or in it, or (NULL) of the case as a whole.
 */
static const char *
for_applicant(const struct workflow *w, const struct post *at, const char *district,
              const struct actor *who, const char *action)
{
    if (who->under && mandate_covers(who->under, "act", action))
        return "agent";
    return serves_around(w, at, district, who, "window") ? "window" : NULL;
}

const char *
step_role(const struct workflow *w, const struct post *at, const char *district,
          const struct actor *who)
{
    const struct step *s = at->step;

    if (!step_is_leaf(s))
        return NULL;
    if (serves_around(w, at, district, who, "import"))
        return "import";
    switch (s->by) {
    case ACTOR_ROLE:
        return serves_as(w, at, district, who, s->role) ? s->role : NULL;
    case ACTOR_APPLICANT:
        return who->applicant ? "applicant" : for_applicant(w, at, district, who, NULL);
    case ACTOR_PUBLIC:
        return who->public || who->applicant ? "public" : for_applicant(w, at, district, who, NULL);
    case ACTOR_SYSTEM:
        return who->system && !strcmp(who->system, s->role) ? who->system : NULL;
    }
    return NULL;
}

const char *
action_role(const struct workflow *w, const struct post *at, const struct action *a,
            const char *district, const struct actor *who)
{
    const char *role = step_role(w, at, district, who);

    if (!a->signers.role || actor_is(who, "import", district))
        return role && !strcmp(role, "agent") ? for_applicant(w, at, district, who, a->id) : role;
    for (uint16_t i = 0; i < a->signers.n; i++)
        if (serves_as(w, at, district, who, a->signers.role[i]))
            return a->signers.role[i];
    return NULL;
}

const char *
prepare_role(const struct workflow *w, const struct step *s, const struct action *action,
             const char *district, const struct actor *who)
{
    const struct post at = step_post(s);
    const char *role = NULL;

    if (action)
        return action_role(w, &at, action, district, who);
    for (uint16_t i = 0; i < s->n_action && !role; i++)
        role = action_role(w, &at, &s->action[i], district, who);
    return role;
}

const char *
reopening_role(const struct workflow *w, const struct reopening_rule *rule, const char *district,
               const struct actor *who)
{
    if (serves_as(w, NULL, district, who, "import"))
        return "import";
    return role_among(w, rule->by, rule->n_by, district, who);
}

bool
may_backdate(const struct workflow *w, const char *district, const struct actor *who)
{
    for (uint16_t i = 0; i < w->n_backdate_by; i++)
        if (actor_is(who, w->backdate_by[i], district))
            return true;
    return false;
}

const char *
start_role(const struct workflow *w, const struct step *s, const struct post *around,
           const char *district, const struct actor *who)
{
    if (serves_around(w, around, district, who, "import"))
        return "import";
    for (uint16_t i = 0; i < s->optional->n_by; i++) {
        const char *role = s->optional->by[i];

        if (strcmp(role, "applicant") != 0) {
            if (serves_as(w, around, district, who, role))
                return role;
        } else if (who->applicant || for_applicant(w, around, district, who, "")) {
            return who->applicant ? role : for_applicant(w, around, district, who, "");
        }
    }
    return NULL;
}

/* A helper does what he does under a mandate, early or late: no rank stands in for that. */
const char *
backdating_role(const struct workflow *w, const struct post *around, const char *district,
                const struct actor *who)
{
    for (uint16_t i = 0; i < w->n_backdate_by; i++)
        if (strcmp(w->backdate_by[i], "helper") != 0 &&
            serves_around(w, around, district, who, w->backdate_by[i]))
            return w->backdate_by[i];
    return NULL;
}

const char *
recorder_role(const struct workflow *w, const struct post *at, const struct action *a,
              const char *district, const struct actor *who)
{
    if (at->step->by == ACTOR_SYSTEM || (a && a->signers.role))
        return NULL;
    return backdating_role(w, at, district, who);
}

/* What he may do there now; or, by a command that says so, have done there. */
static const char *
role_in(const struct workflow *w, const struct post *at, const struct action *a,
        const char *district, const struct command *cmd)
{
    const struct actor *who = &cmd->actor;
    const char *role = a ? action_role(w, at, a, district, who) : step_role(w, at, district, who);

    return role || !cmd->happened || !step_is_leaf(at->step)
               ? role
               : recorder_role(w, at, a, district, who);
}

const char *
command_role(const struct workflow *w, const struct post *at, const char *district,
             const struct command *cmd)
{
    const struct actor *who = &cmd->actor;
    const bool staff = !who->applicant && !who->public;
    const struct action *a =
        cmd->kind == COMMAND_ACT && cmd->action ? step_action(at->step, cmd->action) : NULL;
    const char *role = role_in(w, at, a, district, cmd);

    if (cmd->kind == COMMAND_ACT || cmd->kind == COMMAND_VOTE || (role && staff))
        return role;
    return cmd->kind == COMMAND_CLAIM ? NULL : leader_role(w, at, district, who);
}

bool
may_discard(const struct workflow *w, const struct certificate_kind *kind, const char *district,
            const struct actor *who)
{
    return actor_is(who, kind->revoked_by, district) &&
           of_department(who, kind->issuer ? kind->issuer : w->lead);
}

static size_t
list_actions(const struct workflow *w, const struct case_state *c, const struct actor *who,
             bool late, struct arena *a, struct allowed **out)
{
    size_t n = 0;

    *out = NULL;
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct post at = visit_post(w, &c->visit[i]);
        const struct step *s = at.step;

        if (!step_is_leaf(s))
            continue;
        for (uint16_t j = 0; j < s->n_action; j++) {
            const struct action *action = &s->action[j];
            const bool now = action_role(w, &at, action, c->district, who) != NULL;

            if (late ? now || !recorder_role(w, &at, action, c->district, who) : !now)
                continue;
            *out = arena_grow(a, *out, n, sizeof(**out));
            (*out)[n++] = (struct allowed){.visit = &c->visit[i], .action = action};
        }
    }
    return n;
}

size_t
machine_allowed(const struct workflow *w, const struct case_state *c, const struct actor *who,
                struct arena *a, struct allowed **out)
{
    return list_actions(w, c, who, false, a, out);
}

size_t
machine_recordable(const struct workflow *w, const struct case_state *c, const struct actor *who,
                   struct arena *a, struct allowed **out)
{
    return list_actions(w, c, who, true, a, out);
}
