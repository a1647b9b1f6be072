/* SPDX-License-Identifier: Apache-2.0 */
/* Stopping, resuming and extending clocks; letting work wait; claiming steps and giving them back.
 */
#include <string.h>

#include "machine/children.h"
#include "machine/deed.h"
#include "machine/may.h"
#include "machine/names.h"
#include "machine/notice.h"

bool
decide_stop(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const uint16_t ground = cmd->ground ? workflow_ground(r->w, cmd->ground) : NONE;
    struct visit *v;

    if (ground == NONE)
        return error_at(e, ERROR_GROUND_UNKNOWN, "/ground", "ground %.60s",
                        cmd->ground ? cmd->ground : "(none given)");
    if (!r->w->ground[ground].command)
        return error_at(e, ERROR_GROUND_UNKNOWN, "/ground",
                        "ground %s stops only the steps that declare it", cmd->ground);
    if (r->w->ground[ground].notice && !check_paper(cmd, "ground", cmd->ground, e))
        return false;
    if (!find_visit(d, &v, e))
        return false;
    for (uint32_t i = 0; i < r->c->n_stop; i++)
        if (r->c->stop[i].visit == v->id && r->c->stop[i].ground == ground &&
            r->c->stop[i].to == INSTANT_NONE)
            return error_set(e, ERROR_CASE_SUSPENDED, "step %s stands on %s since stop %d",
                             r->w->step[v->step].path, cmd->ground, r->c->stop[i].number);
    d->out->visit = v->id;
    if (!backdate_begin(d, v->entered, e))
        return false;
    r->c->revision++;
    emit(r, (struct fact){.kind = FACT_STOPPED,
                          .number = r->c->last_stop + 1,
                          .visit = v->id,
                          .ground = ground,
                          .name = cmd->document,
                          .detail = cmd->reason});
    tell_children(r, v->id);
    return backdate_end(d, e);
}

bool
decide_resume(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct stop *s = NULL;
    struct visit *v;

    for (uint32_t i = 0; i < r->c->n_stop; i++)
        if (r->c->stop[i].number == d->cmd->number && r->c->stop[i].to == INSTANT_NONE)
            s = &r->c->stop[i];
    if (!s)
        return error_set(e, ERROR_NOT_STOPPED, "stop %d does not hold", d->cmd->number);
    v = case_visit(r->c, s->visit);
    if (!v)
        return error_set(e, ERROR_NOT_STOPPED, "stop %d ends when the parent case goes on",
                         s->number);
    if (s->declared)
        return error_set(e, ERROR_NOT_STOPPED, "stop %d was made by step %s itself, which ends it",
                         s->number, r->w->step[v->step].path);
    if (!check_right(d, v, e) || !check_revision(d->cmd, v->revision, e))
        return false;
    d->out->visit = v->id;
    if (!backdate_begin(d, s->from, e))
        return false;
    r->c->revision++;
    emit(r, (struct fact){.kind = FACT_RESUMED, .visit = v->id, .number = s->number});
    tell_children(r, v->id);
    return backdate_end(d, e);
}

/* An outside system has nobody here who could ask for it: the lead does. */
static bool
is_system(const struct workflow *w, const char *department)
{
    for (uint16_t i = 0; i < w->n_step; i++)
        if (w->step[i].by == ACTOR_SYSTEM && w->step[i].role &&
            !strcmp(w->step[i].role, department))
            return true;
    return false;
}

/*
 * The clock of a department is its own to extend; who is of no department is of every one, and
 * says whose (@named).
 */
static bool
may_extend_of(const struct workflow *w, const char *department, const struct actor *who, bool named)
{
    if (who->department && !strcmp(who->department, department))
        return true;
    return named &&
           (!who->department || (is_system(w, department) && !strcmp(who->department, w->lead)));
}

/* The running clock of that name; of those of departments the actor's own, or the one named. */
static const struct case_clock *
running_clock(const struct deed *d, const char *name, struct error *e)
{
    const struct actor *who = &d->cmd->actor;
    const struct case_clock *found = NULL, *of_others = NULL;
    const struct run *r = d->r;
    bool named = false;

    for (uint32_t i = 0; i < r->c->n_clock; i++) {
        const struct case_clock *k = &r->c->clock[i];

        if (k->verdict != VERDICT_OPEN || !clock_called(r->a, r->w, r->c, k, name))
            continue;
        named = strcmp(clock_name(r->a, r->w, r->c, k), name) != 0;
        if (!k->department || may_extend_of(r->w, k->department, who, named))
            found = k;
        else
            of_others = k;
    }
    if (!found && of_others && named)
        (void)error_set(e, ERROR_FORBIDDEN, "%s may not extend the clock of %s", who->id,
                        of_others->department);
    else if (!found && of_others)
        (void)error_at(e, ERROR_ACTION_NOT_ALLOWED, "/clock", "say whose: %.60s@%s", name,
                       of_others->department);
    else if (!found)
        (void)error_at(e, ERROR_ACTION_NOT_ALLOWED, "/clock", "no clock %.60s runs", name);
    return found;
}

/* The clock of a step is its department's: which that is may be known only now. */
static bool
check_extender(const struct deed *d, const struct case_clock *k, struct error *e)
{
    const struct run *r = d->r;
    const struct visit *v = case_visit(r->c, k->visit);
    const char *by = r->w->clock[k->rule].extension_by;
    struct post at;

    if (!v || k->department)
        return true;
    at = visit_post(r->w, v);
    return serves_as(r->w, &at, r->c->district, &d->cmd->actor, by) ||
           error_set(e, ERROR_FORBIDDEN, "%s may not extend the clock of step %s", d->cmd->actor.id,
                     at.step->path);
}

bool
decide_extend(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const struct case_clock *k = running_clock(d, cmd->clock ? cmd->clock : "(none given)", e);
    const uint16_t rule = k ? k->rule : NONE;

    if (!k)
        return false;
    if (!r->w->clock[rule].extension.n)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/clock", "clock %s cannot be extended",
                        cmd->clock);
    if (!limit_is_set(k->limit) || !limit_adds(k->limit, r->w->clock[rule].extension))
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/clock",
                        "the limit of clock %s in this case cannot be extended", cmd->clock);
    if (!check_extender(d, k, e) || !check_revision(cmd, r->c->revision, e) ||
        !check_reason(cmd, e))
        return false;
    if (!cmd->document || !*cmd->document)
        return error_at(e, ERROR_DOCUMENT_MISSING, "/document", "clock %s", cmd->clock);
    if (limit_is_set(k->extension))
        return error_set(e, ERROR_ALREADY_EXTENDED, "clock %s", cmd->clock);
    if (k->late || (k->due != INSTANT_NONE && r->at > k->due))
        return error_set(e, ERROR_LIMIT_PASSED, "clock %s", cmd->clock);
    d->role = r->w->clock[rule].extension_by;
    r->c->revision++;
    emit(r, (struct fact){.kind = FACT_EXTENDED,
                          .number = k->id,
                          .limit = r->w->clock[rule].extension,
                          .name = cmd->document,
                          .detail = cmd->reason});
    return !r->failed;
}

bool
decide_claim(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    struct visit *v;

    if (!find_visit(d, &v, e) || !check_holder(d, v, e))
        return false;
    d->out->visit = v->id;
    emit(r, (struct fact){.kind = FACT_CLAIMED,
                          .visit = v->id,
                          .name = d->cmd->actor.id,
                          .until = d->cmd->until});
    return !r->failed;
}

bool
decide_release(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    struct post at;
    struct visit *v;

    if (!find_visit(d, &v, e))
        return false;
    d->out->visit = v->id;
    at = visit_post(r->w, v);
    if (!leader_role(r->w, &at, r->c->district, &d->cmd->actor) && !check_holder(d, v, e))
        return false;
    emit(r, (struct fact){.kind = FACT_RELEASED, .visit = v->id});
    return !r->failed;
}

bool
decide_hold(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    struct visit *v;

    if (!check_reason(d->cmd, e) || !find_visit(d, &v, e))
        return false;
    d->out->visit = v->id;
    emit(r, (struct fact){.kind = FACT_HELD, .visit = v->id, .detail = d->cmd->reason});
    return !r->failed;
}

bool
decide_continue(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    struct visit *v;

    if (!find_visit(d, &v, e))
        return false;
    d->out->visit = v->id;
    if (!v->hold)
        return error_set(e, ERROR_NOT_HELD, "step %s", r->w->step[v->step].path);
    emit(r, (struct fact){.kind = FACT_CONTINUED, .visit = v->id});
    return !r->failed;
}
