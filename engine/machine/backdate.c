/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts learned late (K3): what happened at the counter earlier than it is
 * recorded.  It counts when it happened; clocks are computed afresh, and a move
 * that silence has made since is not undone but contradicted.
 */
#include <string.h>

#include "machine/deed.h"
#include "machine/may.h"
#include "machine/names.h"
#include "machine/notes.h"

/* Not after now; earlier than now takes a role for it, of that district, and a reason. */
static bool
check_past(const struct deed *d, const char *district, struct error *e)
{
    const instant t = d->cmd->happened;

    if (t < d->r->at && !may_backdate(d->r->w, district, &d->cmd->actor))
        return error_set(e, ERROR_FORBIDDEN, "%s may not say that it happened earlier",
                         d->cmd->actor.id);
    return t == d->r->at || check_reason(d->cmd, e);
}

static bool
check_not_to_come(const struct deed *d, struct error *e)
{
    char text[INSTANT_TEXT];

    return d->cmd->happened <= d->r->at ||
           error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened", "%s is still to come",
                    instant_write(d->cmd->happened, text));
}

/* Since when the case is of its version: before that it was another's; 0: always. */
static instant
moved_at(const struct deed *d)
{
    const int64_t record = d->r->c->migrated;
    bool ok = true;

    return record ? read_instant(&d->cmd->history[record - 1], "at", 0, &ok) : 0;
}

static bool
check_moment(const struct deed *d, instant earliest, struct error *e)
{
    const instant t = d->cmd->happened, moved = moved_at(d);
    char text[INSTANT_TEXT];

    if (!check_not_to_come(d, e))
        return false;
    if (t < earliest)
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened", "it began only at %s",
                        instant_write(earliest, text));
    if (t < moved)
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened",
                        "the case was moved to another version at %s", instant_write(moved, text));
    return check_past(d, d->r->c->district, e);
}

bool
backdate_begin(struct deed *d, instant earliest, struct error *e)
{
    struct run *r = d->r;

    if (!d->cmd->happened)
        return true;
    if (!check_moment(d, earliest, e))
        return false;
    r->recorded = r->at;
    r->at = d->cmd->happened;
    return true;
}

bool
backdate_opening(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct workflow *w = r->w;
    const char *district = d->cmd->opening->district;
    const day received = instant_day(d->cmd->happened);
    char text[DAY_TEXT];
    day first;

    if (!d->cmd->happened)
        return true;
    if (!check_not_to_come(d, e))
        return false;
    first = almanac_hall(r->s->calendar, district, NULL)->first;
    if (received < w->from)
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened",
                        "this version is in force from %s only", day_write(w->from, text));
    if (w->until && received >= w->until)
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened",
                        "this version was in force until %s only", day_write(w->until, text));
    if (received < first)
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened",
                        "the calendar of the hall begins with %s", day_write(first, text));
    if (!check_past(d, district, e))
        return false;
    if (d->cmd->happened < r->at) {
        r->decided = r->at;
        r->at = d->cmd->happened;
    }
    return true;
}

/* Whether @x moved the case before @y did: at one instant people come before time. */
static bool
moves_before(const struct stay *x, const struct stay *y)
{
    return x->left != y->left ? x->left < y->left : !x->silent && y->silent;
}

/*
 * What moved the case first after @t, of what was active then: the outermost stay that was left;
 * NULL where nothing did.  What was due at @t was not left before it.
 */
static const struct stay *
first_left(const struct history *h, instant t)
{
    const struct stay *first = NULL;

    for (uint32_t i = 0; i < h->n_stay; i++) {
        const struct stay *s = &h->stay[i];

        if (s->entered <= t && s->left != INSTANT_NONE &&
            (s->left > t || (s->silent && s->left == t)) && (!first || moves_before(s, first)))
            first = s;
    }
    return first;
}

/* The first stay that was entered after @t. */
static const struct stay *
first_entered(const struct history *h, instant t)
{
    const struct stay *first = NULL;

    for (uint32_t i = 0; i < h->n_stay; i++)
        if (h->stay[i].entered > t && (!first || h->stay[i].entered < first->entered))
            first = &h->stay[i];
    return first;
}

bool
backdate_withdrawal(struct deed *d, struct stay *silent, struct error *e)
{
    struct run *r = d->r;
    const struct case_state *c = r->c;
    const instant t = d->cmd->happened;
    const struct stay *left, *entered;
    char text[INSTANT_TEXT];
    struct history h;

    *silent = (struct stay){.visit = 0};
    if (!t)
        return true;
    if (!check_moment(d, c->reopened.times ? c->reopened.at : c->opened, e) ||
        !read_history(r, &h, e))
        return false;
    left = first_left(&h, t);
    entered = first_entered(&h, t);
    if (left && left->silent && !(entered && entered->entered < left->left)) {
        *silent = *left;
        return true;
    }
    if (c->phase == PHASE_CLOSED)
        return error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", c->outcome);
    if (left && !(entered && entered->entered < left->left))
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened", "step %s was left only at %s",
                        r->w->step[left->step].path, instant_write(left->left, text));
    return !entered ||
           error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened", "step %s began only at %s",
                    r->w->step[entered->step].path, instant_write(entered->entered, text));
}

/* Clocks are computed afresh by what this record says happened earlier. */
static bool
recount_courses(struct run *r, struct error *e)
{
    struct record now = {.fact = r->fact, .n_fact = r->n_fact, .at = r->recorded};
    struct history h;

    if (r->failed)
        return true;
    if (!read_history(r, &h, e))
        return false;
    history_add(r->a, r->w, &h, &now);
    rewrite_courses(r, &h, 0);
    return true;
}

bool
backdate_end(struct deed *d, struct error *e)
{
    struct run *r = d->r;

    if (!r->recorded)
        return true;
    if (d->cmd->happened < r->recorded && !recount_courses(r, e))
        return false;
    r->at = r->recorded;
    r->recorded = 0;
    return !r->failed;
}

instant
backdate_heard(const struct deed *d, instant t)
{
    const struct case_state *c = d->r->c;
    const instant began = c->reopened.times ? c->reopened.at : c->opened, moved = moved_at(d);

    t = t < began ? began : t;
    t = t < moved ? moved : t;
    return t > d->r->at ? d->r->at : t;
}

bool
backdate_facts(struct run *r, const struct fact *f, const instant *when, uint32_t n,
               struct error *e)
{
    bool late = false;

    r->recorded = r->at;
    for (uint32_t i = 0; i < n; i++) {
        r->at = when[i];
        late = late || r->at < r->recorded;
        emit(r, f[i]);
    }
    if (late && !recount_courses(r, e))
        return false;
    r->at = r->recorded;
    r->recorded = 0;
    return !r->failed;
}

/* Whether @s lay in the stay @visit. */
static bool
is_inside(const struct history *h, const struct stay *s, int32_t visit)
{
    for (uint32_t i = h->n_stay; i-- > 0 && s->parent != visit;)
        if (h->stay[i].visit == s->parent)
            s = &h->stay[i];
    return s->parent == visit;
}

void
meet_known(struct run *r, int32_t visit)
{
    struct record now = {.fact = r->fact, .n_fact = r->n_fact, .at = r->recorded};
    instant known = r->at;
    struct history h;

    if (r->failed || !r->recorded)
        return;
    if (!read_history(r, &h, r->e)) {
        r->failed = true;
        return;
    }
    for (uint32_t i = 0; i < h.n_stay; i++) {
        if (!is_inside(&h, &h.stay[i], visit))
            continue;
        if (h.stay[i].entered > known)
            known = h.stay[i].entered;
        if (h.stay[i].left > known)
            known = h.stay[i].left;
    }
    if (known == r->at)
        return;
    history_add(r->a, r->w, &h, &now);
    rewrite_courses(r, &h, 0);
    r->at = known;
}

/* The last moment at which what was done in @s, which silence has left, was in time. */
static instant
in_time_until(const struct stay *s)
{
    return s->deemed != INSTANT_NONE ? s->deemed : s->left;
}

bool
find_silent_stay(struct deed *d, struct stay *out)
{
    const struct command *cmd = d->cmd;
    const struct run *r = d->r;
    struct history h;
    struct error e;
    bool found = false;

    if (!cmd->happened || cmd->happened > r->at || !cmd->action || !read_history(d->r, &h, &e))
        return false;
    for (uint32_t i = 0; i < h.n_stay; i++) {
        const struct stay *s = &h.stay[i];
        const struct visit was = stay_visit(s);
        const struct post at = visit_post(r->w, &was);

        if (!s->silent || s->left == INSTANT_NONE || cmd->happened < s->entered ||
            cmd->happened > in_time_until(s) ||
            (cmd->step && strcmp(cmd->step, step_name(r->a, r->w, s->step, s->element)) != 0))
            continue;
        if (!step_action(at.step, cmd->action) || !command_role(r->w, &at, r->c->district, cmd))
            continue;
        *out = *s;
        found = true;
    }
    return found;
}

/* The case has moved since: @f is what is known of it, as of when it happened. */
static bool
keep_late(struct deed *d, struct fact f)
{
    struct run *r = d->r;

    r->c->revision++;
    r->recorded = r->at;
    r->at = d->cmd->happened;
    emit(r, f);
    r->at = r->recorded;
    r->recorded = 0;
    return !r->failed;
}

bool
accept_late(struct deed *d, const struct stay *s, struct fact f, struct error *e)
{
    if (!check_moment(d, s->entered, e))
        return false;
    return keep_late(d, f);
}

bool
contradict_silence(struct deed *d, const struct stay *s, const char *name)
{
    return keep_late(d, (struct fact){.kind = FACT_CONTRADICTED,
                                      .visit = s->visit,
                                      .name = name,
                                      .detail = d->cmd->actor.id,
                                      .value = d->cmd->input});
}

bool
decide_contradiction(struct deed *d, const struct stay *s, struct error *e)
{
    const struct visit was = stay_visit(s);

    return check_moment(d, s->entered, e) && check_right(d, &was, e) &&
           contradict_silence(d, s, d->cmd->action);
}

bool
decide_reconcile(struct deed *d, struct error *e)
{
    struct run *r = d->r;

    if (!check_revision(d->cmd, r->c->revision, e) || !check_reason(d->cmd, e))
        return false;
    if (!r->c->contradicted)
        return error_set(e, ERROR_NOT_CONTRADICTED, "nothing contradicts what silence did");
    d->role = "supervisor";
    r->c->revision++;
    emit(r, (struct fact){.kind = FACT_RECONCILED, .detail = d->cmd->reason});
    return !r->failed;
}
