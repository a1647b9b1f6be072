/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The product in one file: what follows from a command.  Guards first, then
 * facts; everything else is how a case moves (flow.c).
 */
#include <string.h>

#include "machine/ballot.h"
#include "machine/children.h"
#include "machine/deed.h"
#include "machine/due.h"
#include "machine/letters.h"
#include "machine/materials.h"
#include "machine/may.h"
#include "machine/names.h"
#include "machine/paths.h"
#include "machine/sign.h"
#include "machine/undo.h"

void
finish_record(struct run *r, const struct command *cmd, const char *role)
{
    struct case_state *c = r->c;

    undo_doomed(r);
    c->recorded++;
    c->moment = r->at;
    case_index(r->w, c, r->s->calendar, r->at, r->a);
    for (uint32_t i = r->n_timing; i-- > 0 && r->timing[i].record == 0;)
        r->timing[i].record = c->recorded;
    note_cards(r);
    r->record = arena_grow(r->a, r->record, r->n_record, sizeof(*r->record));
    r->record[r->n_record++] = (struct record){.number = c->recorded,
                                               .kind = cmd ? cmd->kind : COMMAND_ALARM,
                                               .at = r->at,
                                               .actor = cmd ? cmd->actor.id : "engine",
                                               .role = role,
                                               .calendar = r->s->calendar->version,
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

static bool
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
check_right(struct deed *d, const struct step *s, struct error *e)
{
    const struct actor *who = &d->cmd->actor;

    d->role = command_role(d->r->w, s, d->r->c->district, d->cmd);
    return d->role || error_set(e, ERROR_FORBIDDEN, "%s may not %s in step %s", who->id,
                                command_name(d->cmd->kind), s->path);
}

static bool
spoken_of(const struct run *r, const struct command *cmd, const struct visit *v)
{
    const struct step *s = &r->w->step[v->step];

    if (!step_is_leaf(s))
        return false;
    if (cmd->step)
        return !strcmp(cmd->step, visit_path(r->a, r->w, v));
    return (!cmd->action || step_action(s, cmd->action)) &&
           command_role(r->w, s, r->c->district, cmd);
}

/* He holds the tag of a step that is open no more: somebody was quicker. */
static bool
step_was_left(const struct case_state *c, int64_t revision)
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (c->visit[i].revision == revision)
            return false;
    return revision >= 0;
}

bool
find_visit(struct deed *d, struct visit **out, struct error *e)
{
    const struct command *cmd = d->cmd;
    const struct run *r = d->r;
    struct visit *found = NULL;
    const struct step *s;

    for (uint32_t i = 0; i < r->c->n_visit; i++) {
        struct visit *v = &r->c->visit[i];

        if (!spoken_of(r, cmd, v))
            continue;
        if (found)
            return error_set(e, ERROR_STEP_AMBIGUOUS, "%s and %s are both open",
                             visit_path(r->a, r->w, found), visit_path(r->a, r->w, v));
        found = v;
    }
    if (!found && step_was_left(r->c, cmd->revision))
        return error_set(e, ERROR_STALE, "the step whose tag this is has been left");
    if (!found && cmd->step)
        return error_set(e, ERROR_STEP_NOT_OPEN, "step %s", cmd->step);
    if (!found && cmd->action)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "no open step of yours has action %s",
                         cmd->action);
    if (!found)
        return error_set(e, ERROR_STEP_NOT_OPEN, "no open step is yours");
    s = &r->w->step[found->step];
    if (cmd->action && !step_action(s, cmd->action))
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "action %s in step %s", cmd->action, s->path);
    *out = found;
    return check_right(d, s, e) && check_revision(cmd, found->revision, e);
}

bool
check_holder(const struct deed *d, const struct visit *v, struct error *e)
{
    if (v->holder && v->held_until > d->r->at && strcmp(v->holder, d->cmd->actor.id) != 0)
        return error_set(e, ERROR_CLAIMED, "held by %s", v->holder);
    return true;
}

/* He acted last in what is called @path. */
static bool
acted_in(const struct deed *d, const char *path, struct error *e)
{
    const struct value *steps = &d->r->c->steps;
    const struct value *by = path_get(steps, arena_printf(d->r->a, "%s.by", path));
    const struct value *hands = path_get(steps, arena_printf(d->r->a, "%s.hands", path));
    bool his = by && by->kind == VALUE_STRING && !strcmp(by->string, d->cmd->actor.id);

    for (uint32_t i = 0; hands && hands->kind == VALUE_ARRAY && i < hands->n; i++)
        his = his || (hands->item[i].kind == VALUE_STRING &&
                      !strcmp(hands->item[i].string, d->cmd->actor.id));
    if (!his)
        return false;
    error_set(e, ERROR_SAME_PERSON, "%s acted in step %s already", d->cmd->actor.id, path);
    return true;
}

/* The same of @other as seen from @v: of its own branch of a list, or of every one. */
static bool
acted_before(const struct deed *d, const struct step *other, const struct visit *v, struct error *e)
{
    const struct workflow *w = d->r->w;
    const uint16_t each = w->region[other->region].each;
    const struct value *all;

    if (each == NONE)
        return acted_in(d, other->path, e);
    if (each == w->region[w->step[v->step].region].each)
        return acted_in(d, path_of_element(d->r->a, w, each, other->path, v->element), e);
    all = path_get(&d->r->c->steps, w->step[w->region[each].owner].path);
    for (uint32_t i = 0; all && all->kind == VALUE_OBJECT && i < all->n; i++)
        if (acted_in(d, path_of_element(d->r->a, w, each, other->path, all->member[i].name), e))
            return true;
    return false;
}

static bool
check_distinct(const struct deed *d, const struct visit *v, struct error *e)
{
    const struct step *s = &d->r->w->step[v->step];

    for (uint16_t i = 0; i < s->n_distinct_from; i++)
        if (acted_before(d, &d->r->w->step[s->distinct_from[i]], v, e))
            return false;
    return true;
}

static bool
check_input(struct deed *d, const struct action *action, struct error *e)
{
    const struct value *input = &d->cmd->input;
    const struct value empty = value_object(d->r->a, NULL, 0);

    if (action->input)
        return check_form(d, action->input, input->kind == VALUE_NULL ? &empty : input, e);
    if (input->kind == VALUE_OBJECT ? input->n > 0 : input->kind != VALUE_NULL)
        return error_at(e, ERROR_UNKNOWN_MEMBER, "/input", "action %s takes no input", action->id);
    return true;
}

static bool
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
static bool
recheck_form(struct deed *d, const struct value *form, const struct value *vars, struct error *e)
{
    struct run *r = d->r;

    rechoose_limits(r, form, vars);
    if (r->failed || value_equal(form, &r->c->form))
        return !r->failed;
    return rolls_stand(r->w, r->c, e) && (!r->w->form || check_form(d, r->w->form, &r->c->form, e));
}

/* The move that acting makes: facts of the act, effects, marks, and on. */
static bool
take(struct deed *d, int32_t visit, const struct action *action, struct error *e)
{
    struct run *r = d->r;
    const struct place from = place_of(r, visit);
    const struct value form = r->c->form, vars = r->c->vars;

    r->action = action->id;
    emit(r,
         (struct fact){
             .kind = FACT_ACTED, .visit = visit, .name = action->id, .detail = d->cmd->actor.id});
    if (action->notice)
        give_notice(r, value_get(&d->cmd->input, "missing"));
    run_effects(r, &action->effects, from, visit);
    run_marks(r, &action->marks);
    if (action->to.kind != TARGET_NONE && !r->failed) {
        leave(r, visit, false);
        move(r, from, action->to);
    }
    return recheck_form(d, &form, &vars, e);
}

/* Who signs after others and says nothing signs what they did. */
static void
sign_the_same(struct deed *d, const struct visit *v, const struct action *action)
{
    const struct signature *first = first_signature(v, action->id);
    struct command *same;

    if (!first || d->cmd->input.kind != VALUE_NULL)
        return;
    same = arena_copy(d->r->a, d->cmd, sizeof(*d->cmd));
    same->input = first->input;
    d->cmd = d->r->cmd = same;
}

/* Whether a clock of the step itself, the house's, is late. */
static bool
is_late(const struct deed *d, const struct visit *v)
{
    const struct case_state *c = d->r->c;

    for (uint32_t i = 0; i < c->n_clock; i++) {
        const struct case_clock *k = &c->clock[i];

        if (k->visit == v->id && k->verdict == VERDICT_OPEN && !d->r->w->clock[k->rule].applicant &&
            k->due != INSTANT_NONE && d->r->at > k->due)
            return true;
    }
    return false;
}

static bool
check_explained(const struct deed *d, const struct visit *v, struct error *e)
{
    const struct actor *who = &d->cmd->actor;

    if (!d->r->w->explain_late || who->applicant || who->public || who->system ||
        (d->cmd->explanation && *d->cmd->explanation) || !is_late(d, v))
        return true;
    return error_at(e, ERROR_EXPLANATION_MISSING, "/explanation", "step %s is late",
                    d->r->w->step[v->step].path);
}

/* Why no step is open: of a closed case that is all there is to say. */
static bool
is_over(const struct deed *d, struct error *e)
{
    return d->r->c->phase == PHASE_CLOSED
               ? error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", d->r->c->outcome)
               : false;
}

static bool
decide_act(struct deed *d, struct error *e)
{
    bool last = false;
    int32_t visit;
    struct run *r = d->r;
    const struct action *action;
    const struct step *s;
    struct stay silent;
    struct visit *v;

    if (!d->cmd->action)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/action", "no action is named");
    if (!find_visit(d, &v, e))
        return find_silent_stay(d, &silent) ? decide_contradiction(d, &silent, e) : is_over(d, e);
    if (d->cmd->happened && d->cmd->happened < v->entered && find_silent_stay(d, &silent))
        return decide_contradiction(d, &silent, e);
    s = &r->w->step[v->step];
    action = step_action(s, d->cmd->action);
    d->out->visit = v->id;
    if (is_signed(action, r->c, d->cmd))
        sign_the_same(d, v, action);
    if (!check_undone(d, s, e) || !check_holder(d, v, e) || !check_distinct(d, v, e) ||
        !check_input(d, action, e) || !backdate_begin(d, v->entered, e) ||
        !check_explained(d, v, e) || !check_guard(d, place_of(r, v->id), action, e))
        return false;
    if (action->notice && !check_notice(r, value_get(&d->cmd->input, "missing"), e))
        return false;
    r->c->revision++;
    visit = v->id;
    if (is_signed(action, r->c, d->cmd)) {
        if (!sign(d, visit, action, &last, e))
            return false;
        if (!last)
            return backdate_end(d, e);
    }
    return take(d, visit, action, e) && backdate_end(d, e);
}

static bool
decide_open(struct deed *d, struct error *e)
{
    const struct opening *o = d->cmd->opening;
    struct run *r = d->r;
    bool known = r->w->n_applicant == 0;

    for (uint16_t i = 0; i < r->w->n_applicant && o->applicant_kind; i++)
        known = known || !strcmp(r->w->applicant[i], o->applicant_kind);
    if (!known)
        return error_at(e, ERROR_FORM_INVALID, "/applicant/kind",
                        "workflow %s is not for this kind of applicant", r->w->id);
    if (d->cmd->input.kind != VALUE_OBJECT)
        return error_at(e, ERROR_FORM_INVALID, "/form", "the form is not an object");
    if (r->w->form && !check_form(d, r->w->form, &d->cmd->input, e))
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
                          .value = d->cmd->input});
    tell_parent(r, "born", NULL);
    open_materials(r);
    run_mark(r, MARK_OPENED);
    enter(r, r->w->region[0].start, place_of_case());
    return !r->failed;
}

static bool
decide_withdraw(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct action *action = r->w->withdraw;

    if (!action)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "workflow %s knows no withdrawal", r->w->id);
    if (!check_revision(d->cmd, r->c->revision, e) || !check_guard(d, place_of_case(), action, e))
        return false;
    d->role = d->cmd->actor.applicant                              ? "applicant"
              : actor_is(&d->cmd->actor, "window", r->c->district) ? "window"
                                                                   : "import";
    r->action = "withdraw";
    r->c->revision++;
    run_effects(r, &action->effects, place_of_case(), 0);
    run_marks(r, &action->marks);
    while (r->c->n_visit && !r->failed)
        leave(r, r->c->visit[0].id, true);
    enter(r, action->to.step, place_of_case());
    return !r->failed;
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
        return decide_stop(d, e);
    case COMMAND_RESUME:
        return decide_resume(d, e);
    case COMMAND_EXTEND:
        return decide_extend(d, e);
    case COMMAND_CLAIM:
        return decide_claim(d, e);
    case COMMAND_RELEASE:
        return decide_release(d, e);
    case COMMAND_WITHDRAW:
        return decide_withdraw(d, e);
    case COMMAND_AMEND:
        return decide_amend(d, e);
    case COMMAND_ANNUL:
        return decide_annul(d, e);
    case COMMAND_REVOKE:
        return decide_revoke(d, e);
    case COMMAND_REPLACE:
        return decide_replace(d, e);
    case COMMAND_MATERIAL:
        return decide_material(d, e);
    case COMMAND_MESSAGE:
        return decide_message(d, e);
    case COMMAND_HOLD:
        return decide_hold(d, e);
    case COMMAND_CONTINUE:
        return decide_continue(d, e);
    case COMMAND_SETTLE:
        return decide_settle(d, e);
    case COMMAND_VOTE:
        return decide_vote(d, e);
    case COMMAND_RELAY:
        return decide_relay(d, e);
    case COMMAND_RETRY:
        return decide_retry(d, e);
    case COMMAND_MIGRATE:
        return decide_migrate(d, e);
    case COMMAND_RECONCILE:
        return decide_reconcile(d, e);
    }
    return false;
}

/* A closed case can be opened again, and what it issued lives on. */
static bool
outlives_case(const struct command *cmd)
{
    const enum command_kind kind = cmd->kind;

    return (kind == COMMAND_ACT && cmd->happened) || kind == COMMAND_ANNUL ||
           kind == COMMAND_RECONCILE || kind == COMMAND_REVOKE || kind == COMMAND_REPLACE ||
           kind == COMMAND_MESSAGE || kind == COMMAND_SETTLE || kind == COMMAND_RELAY ||
           kind == COMMAND_MATERIAL;
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
    if (c->phase == PHASE_CLOSED && !outlives_case(cmd))
        return error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", c->outcome);
    return true;
}

bool
machine_decide(const struct setting *s, const struct case_state *c, const struct command *cmd,
               struct arena *a, struct outcome *out, struct violations *violations, struct error *e)
{
    struct error why = {0};
    struct outcome o = {.annulled = 0};
    struct run r = {.s = s, .w = s->workflow, .cmd = cmd, .a = a, .e = &why};
    struct deed d = {.r = &r, .cmd = cmd, .violations = violations, .out = &o};
    bool done;

    r.c = case_clone(a, s->workflow, c);
    r.w_before = s->workflow;
    r.clock_before = c->clock;
    r.n_clock_before = c->n_clock;
    r.contradicted_before = c->contradicted;
    r.at = c->moment != INSTANT_NONE && c->moment > s->now ? c->moment : s->now;
    o.form_changed = false;
    if (c->phase == PHASE_OPEN)
        catch_up(&r);
    done = !r.failed && check_phase(r.c, cmd, &why) && decide(&d, &why) && !r.failed;
    /* A message that came before leaves no trace. */
    if (done && cmd->kind != COMMAND_ALARM && (r.n_fact || cmd->kind != COMMAND_MESSAGE))
        finish_record(&r, cmd, d.role);
    /* What the new version takes is looked at under it. */
    if (done && cmd->kind != COMMAND_MIGRATE)
        take_letters(&r);
    if (done && !r.failed) {
        o.next = r.c;
        o.record = r.record;
        o.n_record = r.n_record;
        o.timing = r.timing;
        o.n_timing = r.n_timing;
        o.card = r.card;
        o.n_card = r.n_card;
        o.message = r.message;
        o.n_message = r.n_message;
        o.issue = r.issue;
        o.n_issue = r.n_issue;
        o.discard = r.discard;
        o.n_discard = r.n_discard;
        o.relay = r.relay;
        o.n_relay = r.n_relay;
        o.cancelled = r.cancelled;
        o.n_cancelled = r.n_cancelled;
        o.form_changed = o.form_changed || !value_equal(&c->form, &r.c->form);
        *out = o;
        return true;
    }
    *e = why;
    return false;
}
