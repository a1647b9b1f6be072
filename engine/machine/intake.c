/* SPDX-License-Identifier: Apache-2.0 */
/* Which district has the case, and who of the house answers for it. */
#include "machine/intake.h"

#include <string.h>

#include "machine/mandates.h"
#include "machine/may.h"

/* A person of the house: he has roles, and is no system. */
static bool
is_staff(const struct actor *who)
{
    return who->n_role > 0 && !who->system && !who->applicant && !who->public;
}

bool
check_taken_over(const struct case_state *c, const struct command *cmd, struct error *e)
{
    if (!c->handed_from || !is_staff(&cmd->actor) || cmd->actor.under ||
        cmd->kind == COMMAND_TAKE_OVER || cmd->kind == COMMAND_HAND_BACK ||
        cmd->kind == COMMAND_MIGRATE || cmd->kind == COMMAND_OUTAGE ||
        cmd->kind == COMMAND_ANNUL_OUTAGE)
        return true;
    return error_set(e, ERROR_NOT_TAKEN_OVER, "district %s has not taken it over from %s yet",
                     c->district, c->handed_from);
}

static void
note_role(struct deed *d)
{
    const char *district = d->r->c->district;

    d->role = actor_is(&d->cmd->actor, "window", district) ? "window"
              : actor_is(&d->cmd->actor, "head", district) ? "head"
                                                           : "supervisor";
}

/* What somebody of the other district has claimed is free again. */
static void
release_all(struct run *r)
{
    for (uint32_t i = 0; i < r->c->n_visit; i++)
        if (r->c->visit[i].holder)
            emit(r, (struct fact){.kind = FACT_RELEASED, .visit = r->c->visit[i].id});
}

static bool
decide_hand_over(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;

    note_role(d);
    if (!check_revision(cmd, r->c->revision, e) || !check_reason(cmd, e))
        return false;
    if (!cmd->district || !strcmp(cmd->district, r->c->district))
        return error_at(e, ERROR_FORM_INVALID, "/district", "name another district than its own");
    r->c->revision++;
    release_all(r);
    emit(r, (struct fact){.kind = FACT_HANDED_OVER, .name = cmd->district, .detail = cmd->reason});
    return !r->failed;
}

static bool
check_handed_over(struct deed *d, struct error *e)
{
    note_role(d);
    return check_revision(d->cmd, d->r->c->revision, e) &&
           (d->r->c->handed_from != NULL ||
            error_set(e, ERROR_NOT_HANDED_OVER, "nobody has handed the case over"));
}

static bool
decide_take_over(struct deed *d, struct error *e)
{
    if (!check_handed_over(d, e))
        return false;
    d->r->c->revision++;
    emit(d->r, (struct fact){.kind = FACT_TAKEN_OVER});
    return !d->r->failed;
}

static bool
decide_hand_back(struct deed *d, struct error *e)
{
    if (!check_handed_over(d, e) || !check_reason(d->cmd, e))
        return false;
    d->r->c->revision++;
    emit(d->r, (struct fact){.kind = FACT_HANDED_BACK,
                             .name = d->r->c->handed_from,
                             .detail = d->cmd->reason});
    return !d->r->failed;
}

bool
decide_handing(struct deed *d, struct error *e)
{
    if (d->cmd->kind == COMMAND_HAND_OVER)
        return decide_hand_over(d, e);
    return d->cmd->kind == COMMAND_TAKE_OVER ? decide_take_over(d, e) : decide_hand_back(d, e);
}

bool
decide_entrust(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;

    d->role = "supervisor";
    if (!check_reason(cmd, e))
        return false;
    if (!cmd->account || !*cmd->account)
        return error_at(e, ERROR_FORM_INVALID, "/account", "name the account");
    if (r->c->first.account && !strcmp(r->c->first.account, cmd->account))
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/account", "%.64s is its first handler",
                        cmd->account);
    emit(r, (struct fact){.kind = FACT_ENTRUSTED, .name = cmd->account, .detail = cmd->reason});
    return !r->failed;
}

/* What is brought in happened elsewhere, an agent stands on the applicant's side, and an
 * administrator does not look at the case. */
static bool
handles(const struct command *cmd, const char *role)
{
    return is_staff(&cmd->actor) && cmd->kind != COMMAND_MIGRATE && cmd->kind != COMMAND_RECOUNT &&
           !acts_as_agent(cmd, role) && !actor_is(&cmd->actor, "import", "*");
}

enum handling
handling_of(const struct case_state *c, const struct command *cmd, const char *role)
{
    if (!cmd)
        return HANDLING_UNSAID;
    if (cmd->kind == COMMAND_OPEN && actor_is(&cmd->actor, "import", c->district))
        return HANDLING_UNSAID;
    if (handles(cmd, role))
        return cmd->kind == COMMAND_OPEN || c->first.awaited ? HANDLING_BEGUN : HANDLING_UNSAID;
    return cmd->kind == COMMAND_OPEN ? HANDLING_AWAITED : HANDLING_UNSAID;
}

void
apply_handling(struct case_state *c, enum handling h, const char *who, instant at)
{
    if (h == HANDLING_BEGUN)
        c->first = (struct first_handler){.account = who, .since = at};
    else if (h == HANDLING_AWAITED)
        c->first = (struct first_handler){.awaited = true, .since = INSTANT_NONE};
}

/* No account is called "". */
void
note_first_handler(struct note *o, const struct case_state *c)
{
    note_string(o, "firstHandler", c->first.awaited ? "" : c->first.account);
    if (c->first.account)
        note_int(o, "since", c->first.since, c->opened);
}

bool
read_first_handler(const struct value *who, struct case_state *c)
{
    const char *account = value_get_string(who, "firstHandler");
    bool ok = true;

    c->first = (struct first_handler){.since = INSTANT_NONE};
    if (account && *account)
        c->first = (struct first_handler){.account = account,
                                          .since = read_instant(who, "since", c->opened, &ok)};
    else
        c->first.awaited = account != NULL;
    return ok;
}

void
apply_intake(struct case_state *c, const struct fact *f, instant at)
{
    if (f->kind == FACT_ENTRUSTED) {
        c->first = (struct first_handler){.account = f->name, .since = at};
    } else if (f->kind == FACT_HANDED_OVER) {
        c->handed_from = c->district;
        c->district = f->name;
    } else if (f->kind == FACT_HANDED_BACK) {
        c->district = f->name;
        c->handed_from = NULL;
    } else {
        c->handed_from = NULL;
    }
}

bool
intake_fits(const struct case_state *c, const struct fact *f)
{
    if (f->kind == FACT_ENTRUSTED)
        return f->name && *f->name && f->detail;
    if (f->kind == FACT_HANDED_OVER)
        return f->name && f->detail && !c->handed_from && c->phase == PHASE_OPEN;
    return c->handed_from &&
           (f->kind == FACT_TAKEN_OVER || (f->name && !strcmp(f->name, c->handed_from)));
}
