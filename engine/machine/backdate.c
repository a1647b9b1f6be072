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

static bool
may_backdate(const struct deed *d)
{
    const struct workflow *w = d->r->w;

    for (uint16_t i = 0; i < w->n_backdate_by; i++)
        if (actor_is(&d->cmd->actor, w->backdate_by[i], d->r->c->district))
            return true;
    return false;
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

    if (t > d->r->at)
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened", "%s is still to come",
                        instant_write(t, text));
    if (t < earliest)
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened", "it began only at %s",
                        instant_write(earliest, text));
    if (t < moved)
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened",
                        "the case was moved to another version at %s", instant_write(moved, text));
    if (t < d->r->at && !may_backdate(d))
        return error_set(e, ERROR_FORBIDDEN, "%s may not say that it happened earlier",
                         d->cmd->actor.id);
    return t == d->r->at || check_reason(d->cmd, e);
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
backdate_end(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    struct record now = {.fact = r->fact, .n_fact = r->n_fact, .at = r->recorded};
    struct history h;

    if (!r->recorded)
        return true;
    if (!r->failed && d->cmd->happened < r->recorded) {
        if (!read_history(r, &h, e))
            return false;
        history_add(r->a, r->w, &h, &now);
        rewrite_courses(r, &h, 0);
    }
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
            cmd->happened > s->left ||
            (cmd->step && strcmp(cmd->step, step_name(r->a, r->w, s->step, s->element)) != 0))
            continue;
        if (!step_action(at.step, cmd->action) || !command_role(r->w, &at, r->c->district, cmd))
            continue;
        *out = *s;
        found = true;
    }
    return found;
}

bool
decide_contradiction(struct deed *d, const struct stay *s, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const struct visit was = stay_visit(s);

    if (!check_moment(d, s->entered, e) || !check_right(d, &was, e))
        return false;
    r->c->revision++;
    r->recorded = r->at;
    r->at = cmd->happened;
    emit(r, (struct fact){.kind = FACT_CONTRADICTED,
                          .visit = s->visit,
                          .name = cmd->action,
                          .detail = cmd->actor.id,
                          .value = cmd->input});
    r->at = r->recorded;
    r->recorded = 0;
    return !r->failed;
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
