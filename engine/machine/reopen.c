/* SPDX-License-Identifier: Apache-2.0 */
/* A closed case goes on. */
#include "machine/reopen.h"

#include <string.h>

#include "machine/certificates.h"
#include "machine/deed.h"
#include "machine/mandates.h"
#include "machine/may.h"
#include "machine/periods.h"

/* Where a case goes on, and what has not happened any more. */
struct resumption {
    uint16_t to;
    instant since;                     /* marks set from then on are unset */
    struct history past;               /* and those silence has set since, for when it may be */
    const struct reopening_rule *rule; /* NULL: silence had moved it */
};

static bool
is_of_outcome(const struct reopening_rule *rule, const char *outcome)
{
    bool yes = !rule->n_outcome;

    for (uint16_t i = 0; i < rule->n_outcome && outcome; i++)
        yes = yes || !strcmp(rule->outcome[i], outcome);
    return yes;
}

bool
machine_reopenable(const struct workflow *w, const struct case_state *c,
                   const struct reopening_rule *rule, const struct actor *who)
{
    return c->phase == PHASE_CLOSED && is_of_outcome(rule, c->outcome) &&
           reopening_role(w, rule, c->district, who);
}

/* Since the closing, counted as the applicant's time is: to the end of the last day. */
static bool
is_in_time(struct run *r, const struct limit *l)
{
    const instant closed = r->c->mark[MARK_CLOSED];

    return !l->n || r->at <= period_due(r->a, run_calendar(r, NULL), *l, true, closed).at;
}

static bool
check_ground(struct deed *d, const struct reopening_rule *rule, struct error *e)
{
    struct run *r = d->r;

    if (r->c->phase != PHASE_CLOSED)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "the case is open");
    d->role = reopening_role(r->w, rule, r->c->district, &d->cmd->actor);
    if (!d->role)
        return error_set(e, ERROR_FORBIDDEN, "%s may not reopen a case on ground %s",
                         d->cmd->actor.id, rule->id);
    if (!is_of_outcome(rule, r->c->outcome))
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/ground",
                        "ground %s reopens no case with outcome %s", rule->id, r->c->outcome);
    if (rule->notice && (!d->cmd->document || !*d->cmd->document))
        return error_at(e, ERROR_DOCUMENT_MISSING, "/document", "ground %s", rule->id);
    if (!is_in_time(r, &rule->within))
        return error_set(e, ERROR_LIMIT_PASSED, "the time for ground %s is over", rule->id);
    if (rule->when && !run_test(r, place_of_case(), rule->when))
        return !r->failed && error_set(e, ERROR_GUARD_FAILED, "ground %s: %s", rule->id,
                                       rule->why_en ? rule->why_en : "its condition does not hold");
    return true;
}

/* On a ground of the workflow all that was marked may happen again. */
static bool
resume_on_ground(struct deed *d, struct resumption *out, struct error *e)
{
    const struct workflow *w = d->r->w;

    for (uint16_t i = 0; i < w->n_reopen; i++)
        if (!strcmp(w->reopen[i].id, d->cmd->ground)) {
            *out = (struct resumption){
                .to = w->reopen[i].to, .since = INSTANT_MIN, .rule = &w->reopen[i]};
            return check_ground(d, out->rule, e);
        }
    return error_at(e, ERROR_GROUND_UNKNOWN, "/ground", "no case is reopened on ground %.60s",
                    d->cmd->ground);
}

/* Back to the step of the case that silence has left, or to the one around it. */
static bool
resume_contradicted(struct deed *d, struct resumption *out, struct error *e)
{
    struct run *r = d->r;
    int32_t visit = r->c->contradicted;
    struct history *h = &out->past;

    if (!visit)
        return r->c->phase == PHASE_CLOSED
                   ? error_at(e, ERROR_GROUND_UNKNOWN, "/ground", "no ground is named")
                   : error_set(e, ERROR_NOT_CONTRADICTED,
                               "the case is open, and nothing contradicts what silence did");
    d->role =
        serves_as(r->w, NULL, r->c->district, &d->cmd->actor, "supervisor") ? "supervisor" : NULL;
    if (!d->role)
        return error_set(e, ERROR_FORBIDDEN, "%s is no supervisor", d->cmd->actor.id);
    if (!read_history(r, h, e))
        return false;
    out->since = INSTANT_NONE;
    for (uint32_t i = h->n_stay; i-- > 0;) {
        if (h->stay[i].visit != visit)
            continue;
        if (out->since == INSTANT_NONE)
            out->since = h->stay[i].left;
        out->to = h->stay[i].step;
        visit = h->stay[i].parent;
    }
    if (visit || out->since == INSTANT_NONE || r->w->step[out->to].optional)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED,
                         "what silence left is not known to this version, or is optional; "
                         "reconcile it");
    return true;
}

static bool
was_set_since(const struct run *r, uint16_t mark, const struct resumption *back)
{
    bool yes = r->c->mark[mark] >= back->since;

    for (uint32_t i = 0; i < back->past.n_marking; i++)
        yes = yes ||
              (back->past.marking[i].mark == mark && back->past.marking[i].known >= back->since);
    return yes;
}

static struct value
marks_unset(const struct run *r, const struct resumption *back)
{
    struct value *item = arena_array(r->a, r->w->n_mark, struct value);
    uint32_t n = 0;

    for (uint16_t i = 0; i < r->w->n_mark; i++)
        if (i != MARK_OPENED && r->c->mark[i] != INSTANT_NONE && was_set_since(r, i, back))
            item[n++] = value_borrow(r->w->mark[i]);
    return value_array(item, n);
}

static bool
runs(const struct case_state *c, uint16_t rule)
{
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (c->clock[i].rule == rule && c->clock[i].verdict == VERDICT_OPEN)
            return true;
    return false;
}

/* New clocks of the case where the old ones had ended: whose mark to begin with is set. */
static void
start_anew(struct run *r)
{
    for (uint16_t i = 0; i < r->w->n_clock && !r->failed; i++) {
        const struct clock_rule *rule = &r->w->clock[i];

        if (rule->scope == NONE && !rule->per_department &&
            r->c->mark[rule->from] != INSTANT_NONE && r->c->mark[rule->to] == INSTANT_NONE &&
            !runs(r->c, i))
            start_clock(r, i, 0, NULL);
    }
}

static void
revoke(struct run *r, const struct reopening_rule *rule, const char *reason)
{
    for (uint32_t i = 0; i < r->c->n_certificate && !r->failed; i++)
        for (uint16_t k = 0; k < rule->n_revoke; k++)
            if (r->c->certificate[i].kind == rule->revoke[k] &&
                !certificate_is_discarded(&r->c->certificate[i]))
                discard_certificate(r, (int32_t)i + 1, reason);
    for (uint16_t k = 0; k < rule->n_revoke; k++)
        drop_withheld(r, rule->revoke[k]);
}

/* What silence was wrong about is not issued by looking who asks. */
static void
drop_all_withheld(struct run *r)
{
    while (r->c->n_withheld && !r->failed)
        drop_withheld(r, r->c->withheld[0]);
}

/* What the parent case had stopped it for is over. */
static void
stand_alone(struct run *r)
{
    for (uint32_t i = 0; i < r->c->n_stop && !r->failed; i++)
        if (!r->c->stop[i].visit && r->c->stop[i].to == INSTANT_NONE)
            emit(r, (struct fact){.kind = FACT_RESUMED, .number = r->c->stop[i].number});
}

bool
decide_reopen(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const struct value form = r->c->form, vars = r->c->vars;
    struct resumption back = {.to = NONE};

    if (!check_revision(cmd, r->c->revision, e) || !check_reason(cmd, e) ||
        !(cmd->ground ? resume_on_ground(d, &back, e) : resume_contradicted(d, &back, e)))
        return false;
    r->c->revision++;
    r->action = "reopen";
    while (r->c->n_visit && !r->failed)
        leave(r, r->c->visit[0].id, true);
    emit(r, (struct fact){.kind = FACT_REOPENED,
                          .step = back.to,
                          .name = cmd->ground,
                          .detail = cmd->reason,
                          .value = marks_unset(r, &back)});
    stand_alone(r);
    if (back.rule) {
        revoke(r, back.rule, cmd->reason);
        run_marks(r, &back.rule->marks);
    } else {
        drop_all_withheld(r);
    }
    start_anew(r);
    if (!r->failed)
        enter(r, back.to, place_of_case());
    return recheck_form(d, &form, &vars, e);
}

void
apply_reopened(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
               struct arena *a)
{
    const bool closed = c->phase == PHASE_CLOSED;
    const instant since = c->mark[MARK_CLOSED];
    instant *mark = arena_copy(a, c->mark, w->n_mark * sizeof(*mark));

    for (uint32_t i = 0; i < f->value.n; i++)
        mark[workflow_mark(w, f->value.item[i].string)] = INSTANT_NONE;
    c->mark = mark;
    c->reopened = (struct reopened){.times = c->reopened.times + 1,
                                    .record = c->recorded + 1,
                                    .at = at,
                                    .ground = f->name,
                                    .outcome = closed ? c->outcome : c->reopened.outcome,
                                    .last_clock = closed ? c->last_clock : c->reopened.last_clock};
    if (closed)
        end_mandates(c, since);
    c->phase = PHASE_OPEN;
    c->outcome = NULL;
    c->contradicted = 0;
}

bool
reopened_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const enum step_kind kind = w->step[f->step].kind;

    for (uint32_t i = 0; i < f->value.n; i++)
        if (f->value.kind != VALUE_ARRAY || f->value.item[i].kind != VALUE_STRING ||
            workflow_mark(w, f->value.item[i].string) == NONE)
            return false;
    return c->n_visit == 0 && w->step[f->step].region == 0 && kind != STEP_END && f->detail &&
           c->reopened.times < INT32_MAX;
}

void
note_reopened(struct note *o, struct arena *a, const struct case_state *c)
{
    const struct reopened *x = &c->reopened;
    struct note n = {.n = 0};

    if (!x->times)
        return;
    note_add(&n, "at", value_int(x->at));
    note_int(&n, "clock", x->last_clock, 0);
    note_string(&n, "ground", x->ground);
    note_string(&n, "outcome", x->outcome);
    note_add(&n, "record", value_int(x->record));
    note_add(&n, "times", value_int(x->times));
    note_add(o, "reopened", note_done(a, &n));
}

bool
read_reopened(const struct value *state, struct case_state *c)
{
    const struct value *n = value_get(state, "reopened");
    bool ok = true;

    c->reopened = (struct reopened){.times = 0};
    if (n)
        c->reopened = (struct reopened){.times = read_small(n, "times", 0, &ok),
                                        .record = read_int(n, "record", 0, &ok),
                                        .at = read_instant(n, "at", INSTANT_NONE, &ok),
                                        .ground = value_get_string(n, "ground"),
                                        .outcome = value_get_string(n, "outcome"),
                                        .last_clock = read_small(n, "clock", 0, &ok)};
    return ok && (!n || (c->reopened.times > 0 && c->reopened.at != INSTANT_NONE &&
                         c->reopened.last_clock <= c->last_clock));
}
