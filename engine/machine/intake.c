/* SPDX-License-Identifier: Apache-2.0 */
/* Which district has the case. */
#include "machine/intake.h"

#include <string.h>

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
    if (!c->handed_from || !is_staff(&cmd->actor) || cmd->kind == COMMAND_TAKE_OVER ||
        cmd->kind == COMMAND_HAND_BACK || cmd->kind == COMMAND_MIGRATE ||
        cmd->kind == COMMAND_OUTAGE)
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

void
apply_intake(struct case_state *c, const struct fact *f)
{
    if (f->kind == FACT_HANDED_OVER) {
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
    if (f->kind == FACT_HANDED_OVER)
        return f->name && f->detail && !c->handed_from && c->phase == PHASE_OPEN;
    return c->handed_from &&
           (f->kind == FACT_TAKEN_OVER || (f->name && !strcmp(f->name, c->handed_from)));
}
