/* SPDX-License-Identifier: Apache-2.0 */
/* An action: which step is meant, may he, is it as it must be; then what follows. */
#include <string.h>

#include "machine/ballot.h"
#include "machine/children.h"
#include "machine/deed.h"
#include "machine/due.h"
#include "machine/identity.h"
#include "machine/letters.h"
#include "machine/may.h"
#include "machine/names.h"
#include "machine/notice.h"
#include "machine/paths.h"
#include "machine/prepare.h"
#include "machine/sign.h"
#include "machine/stands.h"
#include "machine/stuck.h"
#include "machine/undo.h"

static bool
spoken_of(const struct run *r, const struct command *cmd, const struct visit *v)
{
    const struct post at = visit_post(r->w, v);
    const struct step *s = at.step;

    if (!step_is_leaf(s))
        return false;
    if (cmd->step)
        return !strcmp(cmd->step, visit_path(r->a, r->w, v));
    return (!cmd->action || step_action(s, cmd->action)) &&
           command_role(r->w, &at, r->c->district, cmd);
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
    if (!found && !cmd->of_case && step_was_left(r->c, cmd->revision))
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
    if (!check_right(d, found, e))
        return false;
    if (cmd->of_case && cmd->happened >= found->entered)
        return error_set(e, ERROR_STALE, "step %s is open: it has a tag of its own",
                         visit_path(r->a, r->w, found));
    return check_revision(cmd, cmd->of_case ? r->c->revision : found->revision, e);
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

bool
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

/* The move that acting makes: facts of the act, effects, marks, and on. */
static bool
take(struct deed *d, int32_t visit, const struct action *action, struct error *e)
{
    struct run *r = d->r;
    const struct place from = place_of(r, visit);
    const struct value form = r->c->form, vars = r->c->vars;

    r->action = action->id;
    if (action->notice && !check_paper(d->cmd, "notice", action->id, e))
        return false;
    r->acts = true;
    r->around = stays_around(r->c, visit, r->a, &r->n_around);
    emit(r,
         (struct fact){
             .kind = FACT_ACTED, .visit = visit, .name = action->id, .detail = d->cmd->actor.id});
    if (action->notice)
        give_notice(r, action, value_get(&d->cmd->input, "missing"));
    run_effects(r, &action->effects, from, visit);
    run_marks(r, &action->marks);
    prepared_taken(r, visit, action->id);
    if (action->to.kind != TARGET_NONE && !r->failed) {
        leave(r, visit, false);
        move(r, from, action->to);
    }
    r->acts = false;
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

/*
 * The late clock of the house that has to be explained by who acts in @v; NULL.
 * One of the step itself each time; one around it, of a stage or the case, by
 * those in whose step its limit was broken, and by nobody after them.
 */
static const struct case_clock *
late_clock(const struct deed *d, const struct visit *v)
{
    const struct run *r = d->r;

    for (uint32_t i = 0; i < r->c->n_clock; i++) {
        const struct case_clock *k = &r->c->clock[i];

        if (k->verdict != VERDICT_OPEN || k->due == INSTANT_NONE || r->at <= k->due ||
            r->w->clock[k->rule].applicant)
            continue;
        if (k->visit == v->id || (k->due >= v->entered && clock_driven_by(r->w, r->c, k, v)))
            return k;
    }
    return NULL;
}

static bool
check_explained(const struct deed *d, const struct visit *v, struct error *e)
{
    const struct actor *who = &d->cmd->actor;
    const struct case_clock *k;

    if (!d->r->w->explain_late || who->applicant || who->public || who->system || who->under ||
        (d->cmd->explanation && *d->cmd->explanation))
        return true;
    k = late_clock(d, v);
    return !k || error_at(e, ERROR_EXPLANATION_MISSING, "/explanation", "clock %s is late",
                          clock_name(d->r->a, d->r->w, d->r->c, k));
}

/* Why no step is open: of a closed case that is all there is to say. */
static bool
is_over(const struct deed *d, struct error *e)
{
    return d->r->c->phase == PHASE_CLOSED
               ? error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", d->r->c->outcome)
               : false;
}

/*
 * He acted in time where silence was quicker: that is all that can be said of it now.  It is said
 * of the case, as he sees it: who holds the tag of a step does not know that this has been left.
 */
static bool
contradict(struct deed *d, const struct stay *silent, struct error *e)
{
    const struct run *r = d->r;

    if (!d->cmd->of_case && d->cmd->revision >= 0)
        return error_set(e, ERROR_STALE,
                         "silence has left step %s: what was done in it is recorded with the tag "
                         "of the case",
                         step_name(r->a, r->w, silent->step, silent->element));
    if (d->cmd->of_case && !check_revision(d->cmd, r->c->revision, e))
        return false;
    if (d->cmd->identified)
        return error_at(e, ERROR_STEP_NOT_OPEN, "/identified",
                        "silence has left the step: say it by identify");
    return decide_contradiction(d, silent, e);
}

bool
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
        return !d->cmd->prepared && find_silent_stay(d, &silent) ? contradict(d, &silent, e)
                                                                 : is_over(d, e);
    if (d->cmd->happened && d->cmd->happened < v->entered && find_silent_stay(d, &silent))
        return contradict(d, &silent, e);
    if (!check_silence(r, v->id, d->cmd->happened ? d->cmd->happened : r->at, e))
        return false;
    s = &r->w->step[v->step];
    action = step_action(s, d->cmd->action);
    d->out->visit = v->id;
    if (!use_prepared(d, v, action, e))
        return false;
    if (is_signed(action, r->c, d->cmd))
        sign_the_same(d, v, action);
    if (!check_undone(d, s, e) || !check_holder(d, v, e) || !check_distinct(d, v, e) ||
        !check_input(d, action, e) || !backdate_begin(d, v->entered, e) ||
        !check_explained(d, v, e) || !check_guard(d, place_of(r, v->id), action, e))
        return false;
    if (action->notice && !check_notice(r, value_get(&d->cmd->input, "missing"), e))
        return false;
    if (d->cmd->identified && !check_identifiable(d, d->cmd->identified, e))
        return false;
    r->c->revision++;
    visit = v->id;
    if (d->cmd->identified)
        identify(r, d->cmd->actor.id, d->cmd->identified);
    if (r->failed)
        return false;
    if (is_signed(action, r->c, d->cmd)) {
        if (!sign(d, visit, action, &last, e))
            return false;
        if (!last)
            return backdate_end(d, e);
    }
    return take(d, visit, action, e) && backdate_end(d, e);
}
