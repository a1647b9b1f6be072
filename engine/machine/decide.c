/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The product in one file: what follows from a command.  Guards first, then
 * facts; everything else is how a case moves (flow.c).
 */
#include <string.h>

#include "machine/ballot.h"
#include "machine/children.h"
#include "machine/credit.h"
#include "machine/deed.h"
#include "machine/due.h"
#include "machine/identity.h"
#include "machine/intake.h"
#include "machine/letters.h"
#include "machine/mandates.h"
#include "machine/materials.h"
#include "machine/may.h"
#include "machine/names.h"
#include "machine/paths.h"
#include "machine/prepare.h"
#include "machine/sign.h"
#include "machine/sort.h"
#include "machine/stands.h"
#include "machine/stuck.h"
#include "machine/undo.h"

void
finish_record(struct run *r, const struct command *cmd, const char *role)
{
    const struct calendar *hall = run_calendar(r, NULL);
    struct case_state *c = r->c;
    const enum handling handling = handling_of(c, cmd, role);

    undo_doomed(r);
    apply_handling(c, handling, cmd ? cmd->actor.id : NULL, r->at);
    c->recorded++;
    if (record_changes(r, cmd))
        r->changed = c->recorded;
    c->moment = r->at;
    case_index(r->w, c, r->s->calendar, r->at, r->a);
    for (uint32_t i = r->n_timing; i-- > 0 && r->timing[i].record == 0;)
        r->timing[i].record = c->recorded;
    note_cards(r);
    tell_standing(r);
    r->record = arena_grow(r->a, r->record, r->n_record, sizeof(*r->record));
    r->record[r->n_record++] =
        (struct record){.number = c->recorded,
                        .kind = cmd ? cmd->kind : COMMAND_ALARM,
                        .at = r->at,
                        .decided = cmd ? r->decided : 0,
                        .actor = cmd ? cmd->actor.id : "engine",
                        .role = role,
                        .mandate = acts_as_agent(cmd, role) ? cmd->actor.under->number : 0,
                        .handling = handling,
                        .elsewhere = r->w->asks_credit ? credit_elsewhere(r) : 0,
                        .calendar = r->s->calendar->version,
                        .hall = hall == r->s->calendar ? NULL : hall->version,
                        .command = cmd,
                        .fact = r->fact,
                        .n_fact = r->n_fact,
                        .revision = c->revision};
    r->fact = NULL;
    r->n_fact = 0;
}

bool
check_revision(const struct command *cmd, int64_t is, struct error *e)
{
    if (cmd->revision >= 0 && cmd->revision != is)
        return error_set(e, ERROR_STALE, "saw revision %lld, is %lld", (long long)cmd->revision,
                         (long long)is);
    return true;
}

bool
check_form(struct deed *d, const struct form *form, const struct value *v, struct error *e)
{
    const struct violations found = form_check(form, v, d->r->a);

    if (found.n == 0)
        return true;
    if (d->violations)
        *d->violations = found;
    return error_at(e, ERROR_FORM_INVALID, found.item[0].pointer, "%s", found.item[0].en);
}

bool
check_reason(const struct command *cmd, struct error *e)
{
    return (cmd->reason && *cmd->reason) ||
           error_set(e, ERROR_REASON_MISSING, "%s needs a reason", command_name(cmd->kind));
}

bool
check_right(struct deed *d, const struct visit *v, struct error *e)
{
    const struct post at = visit_post(d->r->w, v);
    struct command as = *d->cmd;

    if (as.happened == d->r->at) /* now: who may only say what was may not do it */
        as.happened = 0;
    d->role = command_role(d->r->w, &at, d->r->c->district, &as);
    return d->role || error_set(e, ERROR_FORBIDDEN, "%s may not %s in step %s", as.actor.id,
                                command_name(d->cmd->kind), at.step->path);
}

bool
check_guard(struct deed *d, struct place where, const struct action *action, struct error *e)
{
    if (!action->when)
        return true;
    if (!run_test(d->r, where, action->when))
        return !d->r->failed &&
               error_set(e, ERROR_GUARD_FAILED, "action %s: %s", action->id,
                         action->why_en ? action->why_en : "its condition does not hold");
    return true;
}

/* What `set` made of the form must still be the form. */
bool
recheck_form(struct deed *d, const struct value *form, const struct value *vars, struct error *e)
{
    struct run *r = d->r;

    rechoose_limits(r, form, vars);
    if (r->failed || value_equal(form, &r->c->form))
        return !r->failed;
    return rolls_stand(r->w, r->c, e) && (!r->w->form || check_form(d, r->w->form, &r->c->form, e));
}

static bool
decide_open(struct deed *d, struct error *e)
{
    const struct opening *o = d->cmd->opening;
    struct run *r = d->r;
    const struct value vars = r->c->vars;
    bool known = r->w->n_applicant == 0;

    for (uint16_t i = 0; i < r->w->n_applicant && o->applicant_kind; i++)
        known = known || !strcmp(r->w->applicant[i], o->applicant_kind);
    if (!known)
        return error_at(e, ERROR_FORM_INVALID, "/applicant/kind",
                        "workflow %s is not for this kind of applicant", r->w->id);
    if (o->parent.generation > GENERATIONS_MOST)
        return error_set(e, ERROR_DEFINITION_FAULT,
                         "cases have opened one another %d deep, and this would be one more",
                         GENERATIONS_MOST);
    if (d->cmd->input.kind != VALUE_OBJECT)
        return error_at(e, ERROR_FORM_INVALID, "/form", "the form is not an object");
    if ((r->w->form && !check_form(d, r->w->form, &d->cmd->input, e)) || !backdate_opening(d, e))
        return false;
    r->c->number = o->number;
    r->c->revision = 1;
    d->out->form_changed = true;
    emit(r, (struct fact){.kind = FACT_OPENED,
                          .name = o->district,
                          .detail = o->applicant_kind,
                          .ref = o->parent.case_id ? o->parent.case_number : NULL,
                          .id = o->parent.case_id,
                          .epoch = o->parent.child,
                          .number = o->parent.generation,
                          .declared = o->parent.listens,
                          .value = d->cmd->input});
    if (!open_under_mandate(d, e))
        return false;
    tell_parent(r, "born", NULL);
    claim_identity(r);
    open_materials(r);
    choose_lane(r);
    run_mark(r, MARK_OPENED);
    enter(r, r->w->region[0].start, place_of_case());
    return recheck_form(d, &d->cmd->input, &vars, e);
}

static bool
decide_amend(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct value form = r->c->form, vars = r->c->vars;

    if (!check_revision(d->cmd, r->c->revision, e) || !check_reason(d->cmd, e))
        return false;
    if (d->cmd->input.kind != VALUE_OBJECT)
        return error_at(e, ERROR_FORM_INVALID, "/form", "the form is not an object");
    r->c->revision++;
    emit(r, (struct fact){.kind = FACT_AMENDED, .detail = d->cmd->reason, .value = d->cmd->input});
    return recheck_form(d, &form, &vars, e);
}

/* Lists, districts, people and drafts: what moves no step. */
static bool
decide_beside(struct deed *d, struct error *e)
{
    const enum command_kind kind = d->cmd->kind;

    if (kind == COMMAND_LABEL || kind == COMMAND_LANE)
        return kind == COMMAND_LABEL ? decide_label(d, e) : decide_lane(d, e);
    if (kind == COMMAND_MANDATE || kind == COMMAND_REVOKE_MANDATE)
        return kind == COMMAND_MANDATE ? decide_mandate(d, e) : decide_revoke_mandate(d, e);
    if (kind == COMMAND_PREPARE || kind == COMMAND_UNPREPARE)
        return kind == COMMAND_PREPARE ? decide_prepare(d, e) : decide_unprepare(d, e);
    return kind == COMMAND_ENTRUST ? decide_entrust(d, e) : decide_handing(d, e);
}

static bool
decide(struct deed *d, struct error *e)
{
    switch (d->cmd->kind) {
    case COMMAND_OPEN:
        return decide_open(d, e);
    case COMMAND_ACT:
        return decide_act(d, e);
    case COMMAND_ALARM:
        return true;
    case COMMAND_STOP:
    case COMMAND_RESUME:
        return d->cmd->kind == COMMAND_STOP ? decide_stop(d, e) : decide_resume(d, e);
    case COMMAND_EXTEND:
        return decide_extend(d, e);
    case COMMAND_CLAIM:
    case COMMAND_RELEASE:
        return d->cmd->kind == COMMAND_CLAIM ? decide_claim(d, e) : decide_release(d, e);
    case COMMAND_WITHDRAW:
    case COMMAND_AMEND:
        return d->cmd->kind == COMMAND_WITHDRAW ? decide_withdraw(d, e) : decide_amend(d, e);
    case COMMAND_ANNUL:
        return decide_annul(d, e);
    case COMMAND_REVOKE:
    case COMMAND_REPLACE:
        return d->cmd->kind == COMMAND_REVOKE ? decide_revoke(d, e) : decide_replace(d, e);
    case COMMAND_MATERIAL:
        return decide_material(d, e);
    case COMMAND_MESSAGE:
    case COMMAND_SETTLE:
        return d->cmd->kind == COMMAND_MESSAGE ? decide_message(d, e) : decide_settle(d, e);
    case COMMAND_HOLD:
    case COMMAND_CONTINUE:
        return d->cmd->kind == COMMAND_HOLD ? decide_hold(d, e) : decide_continue(d, e);
    case COMMAND_VOTE:
        return decide_vote(d, e);
    case COMMAND_RELAY:
    case COMMAND_RETRY:
        return d->cmd->kind == COMMAND_RELAY ? decide_relay(d, e) : decide_retry(d, e);
    case COMMAND_MIGRATE:
        return decide_migrate(d, e);
    case COMMAND_RECOUNT:
        return decide_recount(d, e);
    case COMMAND_OUTAGE:
    case COMMAND_ANNUL_OUTAGE:
        return d->cmd->kind == COMMAND_OUTAGE ? decide_outage(d, e) : decide_annul_outage(d, e);
    case COMMAND_RECONCILE:
        return decide_reconcile(d, e);
    case COMMAND_START:
        return decide_start(d, e);
    case COMMAND_LABEL ... COMMAND_HAND_BACK:
    case COMMAND_ENTRUST:
    case COMMAND_MANDATE:
    case COMMAND_REVOKE_MANDATE:
    case COMMAND_PREPARE:
    case COMMAND_UNPREPARE:
        return decide_beside(d, e);
    case COMMAND_REOPEN:
    case COMMAND_IDENTIFY:
        return d->cmd->kind == COMMAND_REOPEN ? decide_reopen(d, e) : decide_identify(d, e);
    }
    return false;
}

/* A case it opened apart; an earlier try, which is gone, is told as such. */
static bool
retries_apart(const struct case_state *c, const struct command *cmd)
{
    const struct child *child = case_child(c, cmd->number);

    return cmd->kind == COMMAND_RETRY &&
           (child ? child->apart : cmd->number > 0 && cmd->number <= c->last_child);
}

/* A closed case can be opened again, and what it issued and what it opened apart live on. */
static bool
outlives_case(const struct case_state *c, const struct command *cmd)
{
    const enum command_kind kind = cmd->kind;

    return ((kind == COMMAND_ACT || kind == COMMAND_WITHDRAW || kind == COMMAND_VOTE) &&
            cmd->happened) ||
           kind == COMMAND_ANNUL || kind == COMMAND_RECONCILE || kind == COMMAND_REVOKE ||
           kind == COMMAND_REPLACE || kind == COMMAND_MESSAGE || kind == COMMAND_SETTLE ||
           kind == COMMAND_RELAY || retries_apart(c, cmd) || kind == COMMAND_MATERIAL ||
           kind == COMMAND_LABEL || kind == COMMAND_REOPEN || kind == COMMAND_IDENTIFY;
}

/* Only what somebody did at a counter may have happened earlier than it is said. */
static bool
check_happened(const struct command *cmd, struct error *e)
{
    return !cmd->happened || cmd->kind == COMMAND_ACT || cmd->kind == COMMAND_STOP ||
           cmd->kind == COMMAND_RESUME || cmd->kind == COMMAND_OPEN ||
           cmd->kind == COMMAND_WITHDRAW || cmd->kind == COMMAND_MATERIAL ||
           cmd->kind == COMMAND_VOTE ||
           error_at(e, ERROR_FORM_INVALID, "/happened",
                    "only opening, act, stop, resume, withdraw, material and vote may have "
                    "happened earlier");
}

/* What makes sense before the case is opened, while it is open, and afterwards. */
static bool
check_phase(const struct case_state *c, const struct command *cmd, struct error *e)
{
    if (cmd->kind == COMMAND_OPEN)
        return c->phase == PHASE_NONE ||
               error_set(e, ERROR_ACTION_NOT_ALLOWED, "the case was opened before");
    if (cmd->kind == COMMAND_ALARM)
        return true;
    if (c->phase == PHASE_NONE)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "the case is not opened yet");
    if (c->phase == PHASE_CLOSED && !outlives_case(c, cmd))
        return error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", c->outcome);
    return true;
}

/* Where nothing follows from it: a message that came before, what counts right, a known outage. */
static bool
leaves_no_trace(enum command_kind kind)
{
    return kind == COMMAND_MESSAGE || kind == COMMAND_RECOUNT || kind == COMMAND_OUTAGE ||
           kind == COMMAND_ANNUL_OUTAGE;
}

/*
 * An agent is told which mandate he acts under.  Who could give the command by
 * a mandate alone, and by none that is in force now, is told why not.
 */
static bool
introduce_agent(struct deed *d, struct error *e)
{
    const struct command *given = d->cmd;
    struct run *r = d->r;
    struct command *as;

    if (!r->c->n_mandate || given->kind == COMMAND_OPEN)
        return true;
    as = arena_copy(r->a, given, sizeof(*given));
    as->actor = agent_for(r->c, given, r->at);
    d->cmd = r->cmd = as;
    if (as->actor.under || !agent_for(r->c, given, INSTANT_NONE).under ||
        may_give(r->w, r->c, as, e))
        return true;
    mandate_why(r->c, given, r->at, e);
    return false;
}

/* What has come of it. */
static void
tell(const struct run *r, struct outcome *o)
{
    o->next = r->c;
    o->record = r->record;
    o->n_record = r->n_record;
    o->timing = r->timing;
    o->n_timing = r->n_timing;
    o->card = r->card;
    o->n_card = r->n_card;
    o->message = r->message;
    o->n_message = r->n_message;
    o->issue = r->issue;
    o->n_issue = r->n_issue;
    o->discard = r->discard;
    o->n_discard = r->n_discard;
    o->voiding = r->voiding;
    o->n_voiding = r->n_voiding;
    o->shortening = r->shortening;
    o->n_shortening = r->n_shortening;
    o->relay = r->relay;
    o->n_relay = r->n_relay;
    o->cancelled = r->cancelled;
    o->n_cancelled = r->n_cancelled;
    o->blind = r->blind;
}

/* A tolerance that stands again may be over already, and what began earlier; what was stuck may be
 * done now, unless under a new version. */
static void
go_on(struct run *r, const struct command *cmd)
{
    if (r->decided)
        r->at = r->decided;
    if (r->decided || cmd->kind == COMMAND_MATERIAL ||
        (r->c->n_stuck && cmd->kind != COMMAND_MIGRATE))
        catch_up(r);
}

bool
machine_decide(const struct setting *s, const struct case_state *c, const struct command *cmd,
               struct arena *a, struct outcome *out, struct violations *violations, struct error *e)
{
    struct error why = {0};
    struct outcome o = {.annulled = 0};
    struct run r = {.s = s, .w = s->workflow, .cmd = cmd, .a = a, .e = &why};
    struct deed d = {.r = &r, .cmd = cmd, .violations = violations, .out = &o};
    const char *missing = NULL;
    bool done, happened;

    r.history = cmd->history;
    r.n_history = cmd->n_history;
    r.knows_past = cmd->n_history == (size_t)c->recorded;
    r.c = case_clone(a, s->workflow, c);
    r.w_before = s->workflow;
    r.clock_before = c->clock;
    r.n_clock_before = c->n_clock;
    r.contradicted_before = c->contradicted;
    r.stuck_before = c->stuck;
    r.n_stuck_before = c->n_stuck;
    r.stood = case_stands(s->workflow, c);
    r.at = c->moment != INSTANT_NONE && c->moment > s->now ? c->moment : s->now;
    o.form_changed = false;
    if (!case_calendars_known(s->workflow, c, s->calendar, &missing))
        return error_set(e, ERROR_INTERNAL, "calendar %.20s is not known", missing);
    if (c->phase != PHASE_NONE)
        catch_up(&r);
    done = !r.failed && check_happened(cmd, &why) && check_phase(r.c, cmd, &why) &&
           introduce_agent(&d, &why);
    cmd = d.cmd;
    done = done && check_taken_over(r.c, cmd, &why) && decide(&d, &why) && !r.failed;
    cmd = d.cmd; /* an opening, too, may be by an agent */
    happened = done && cmd->kind != COMMAND_ALARM && (r.n_fact || !leaves_no_trace(cmd->kind));
    if (happened)
        finish_record(&r, cmd, d.role);
    /* What the new version takes is looked at under it. */
    if (happened && cmd->kind != COMMAND_MIGRATE)
        take_letters(&r);
    if (happened)
        go_on(&r, cmd);
    if (done && !r.failed) {
        tell(&r, &o);
        o.form_changed = o.form_changed || !value_equal(&c->form, &r.c->form);
        *out = o;
        return true;
    }
    out->blind = r.blind;
    *e = why;
    return false;
}
