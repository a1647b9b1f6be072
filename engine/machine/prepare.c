/* SPDX-License-Identifier: Apache-2.0 */
/* What may be prepared, preparing it, and what becomes of that. */
#include "machine/prepare.h"

#include <string.h>

#include "machine/may.h"
#include "machine/names.h"

/* The stay that stands in @region and holds @v, or is it; NULL: it lies elsewhere. */
static const struct visit *
stay_in(const struct workflow *w, const struct case_state *c, const struct visit *v,
        uint16_t region)
{
    while (v && w->step[v->step].region != region)
        v = case_visit(c, v->parent);
    return v;
}

bool
prepared_around(const struct workflow *w, const struct case_state *c, const struct preparation *p,
                const struct visit *v)
{
    const struct visit *home = stay_in(w, c, v, w->step[p->step].prepare->region);

    return home && home->parent == p->parent && same_element(home->element, p->element);
}

static bool
is_open(const struct workflow *w, const struct case_state *c, const struct preparation *p)
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (c->visit[i].step == p->step && prepared_around(w, c, p, &c->visit[i]))
            return true;
    return false;
}

/* What may be prepared of the case, as it grows. */
struct ahead {
    struct preparation *item;
    size_t n;
};

/* Step @s, while @v before it is open: once, whatever else is, and not while it is open itself. */
static void
add_ahead(struct ahead *all, const struct workflow *w, const struct case_state *c, uint16_t s,
          const struct visit *v, struct arena *a)
{
    const struct visit *home = stay_in(w, c, v, w->step[s].prepare->region);
    struct preparation one = {.step = s, .parent = home->parent, .element = home->element};
    const struct preparation *kept = prepared_like(c, &one);

    for (size_t i = 0; i < all->n; i++)
        if (prepared_alike(&all->item[i], &one))
            return;
    if (is_open(w, c, &one))
        return;
    all->item = arena_grow(a, all->item, all->n, sizeof(*all->item));
    all->item[all->n++] = kept ? *kept : one;
}

/* What lies ahead of the open steps, with what is kept for it. */
static struct ahead
find_all_ahead(const struct workflow *w, const struct case_state *c, struct arena *a)
{
    struct ahead all = {.n = 0};

    for (uint16_t s = 0; s < w->n_step; s++) {
        const struct foresight *f = w->step[s].prepare;

        for (uint32_t i = 0; f && i < c->n_visit; i++)
            for (uint16_t k = 0; k < f->n_during; k++)
                if (f->during[k] == c->visit[i].step)
                    add_ahead(&all, w, c, s, &c->visit[i], a);
    }
    return all;
}

size_t
machine_preparable(const struct workflow *w, const struct case_state *c, const struct actor *who,
                   struct arena *a, struct preparation **out)
{
    const struct ahead all = find_all_ahead(w, c, a);
    size_t n = 0;

    for (size_t i = 0; i < all.n; i++)
        if (!who || prepare_role(w, &w->step[all.item[i].step], NULL, c->district, who))
            all.item[n++] = all.item[i];
    *out = all.item;
    return n;
}

static bool
is_called(const struct run *r, const struct preparation *p, const char *name)
{
    return !strcmp(step_name(r->a, r->w, p->step, p->element), name);
}

/* The step that is to be prepared: one before it is open, it is not.  NULL: there is none. */
static const struct preparation *
find_ahead(const struct deed *d, struct error *e)
{
    const struct run *r = d->r;
    const char *name = d->cmd->step;
    const struct ahead all = find_all_ahead(r->w, r->c, r->a);

    for (size_t i = 0; i < all.n; i++)
        if (is_called(r, &all.item[i], name))
            return &all.item[i];
    error_at(e, ERROR_STEP_NOT_OPEN, "/step",
             "nothing is open during which %.100s could be prepared", name);
    for (uint32_t i = 0; i < r->c->n_visit; i++)
        if (!strcmp(visit_path(r->a, r->w, &r->c->visit[i]), name))
            error_at(e, ERROR_ACTION_NOT_ALLOWED, "/step",
                     "step %.100s is open: it is acted in, not prepared", name);
    return NULL;
}

/* In which role he may; the action must be one of the step's. */
static bool
check_preparer(struct deed *d, const struct step *s, const struct action **action, struct error *e)
{
    const struct command *cmd = d->cmd;

    *action = cmd->action ? step_action(s, cmd->action) : NULL;
    if (cmd->action && !*action)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/action", "action %.64s in step %s",
                        cmd->action, s->path);
    d->role = prepare_role(d->r->w, s, *action, d->r->c->district, &cmd->actor);
    return d->role ||
           error_set(e, ERROR_FORBIDDEN, "%s may not prepare step %s", cmd->actor.id, s->path);
}

bool
decide_prepare(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    const struct preparation *p;
    const struct action *action;
    struct run *r = d->r;

    if (!cmd->action)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/action", "no action is named");
    p = find_ahead(d, e);
    if (!p || !check_preparer(d, &r->w->step[p->step], &action, e) ||
        !check_revision(cmd, r->c->revision, e) || !check_input(d, action, e))
        return false;
    r->c->revision++;
    emit(r, (struct fact){.kind = FACT_PREPARED,
                          .step = p->step,
                          .number = p->parent,
                          .element = p->element,
                          .name = action->id,
                          .detail = cmd->actor.id,
                          .ref = cmd->document,
                          .value = cmd->input});
    return !r->failed;
}

static void
unprepare(struct run *r, const struct preparation *p, const char *why, struct value taken)
{
    emit(r, (struct fact){.kind = FACT_UNPREPARED,
                          .step = p->step,
                          .number = p->parent,
                          .element = p->element,
                          .name = why,
                          .detail = p->by,
                          .value = taken});
}

bool
decide_unprepare(struct deed *d, struct error *e)
{
    const struct action *action;
    struct run *r = d->r;
    uint32_t i = 0;

    while (i < r->c->n_prepared && !is_called(r, &r->c->prepared[i], d->cmd->step))
        i++;
    if (i == r->c->n_prepared)
        return error_at(e, ERROR_NOT_PREPARED, "/step", "nothing is prepared for %.100s",
                        d->cmd->step);
    if (!check_preparer(d, &r->w->step[r->c->prepared[i].step], &action, e) ||
        !check_revision(d->cmd, r->c->revision, e))
        return false;
    r->c->revision++;
    unprepare(r, &r->c->prepared[i], "withdrawn", value_null());
    return !r->failed;
}

const struct preparation *
prepared_for(const struct workflow *w, const struct case_state *c, const struct visit *v)
{
    for (uint32_t i = 0; i < c->n_prepared; i++)
        if (c->prepared[i].step == v->step && prepared_around(w, c, &c->prepared[i], v))
            return &c->prepared[i];
    return NULL;
}

bool
use_prepared(struct deed *d, const struct visit *v, const struct action *action, struct error *e)
{
    const struct preparation *p = prepared_for(d->r->w, d->r->c, v);
    struct command *same;

    if (!d->cmd->prepared)
        return true;
    if (!p || strcmp(p->action, action->id) != 0)
        return error_set(e, ERROR_NOT_PREPARED, "action %s of step %s", action->id,
                         visit_path(d->r->a, d->r->w, v));
    if (d->cmd->input.kind != VALUE_NULL)
        return error_at(e, ERROR_UNKNOWN_MEMBER, "/input",
                        "what was prepared brings its own input");
    same = arena_copy(d->r->a, d->cmd, sizeof(*d->cmd));
    same->input = p->input;
    d->cmd = d->r->cmd = same;
    return true;
}

void
prepared_taken(struct run *r, int32_t visit, const char *action)
{
    const struct visit *v = case_visit(r->c, visit);
    const struct preparation *p = v ? prepared_for(r->w, r->c, v) : NULL;

    if (p && !strcmp(p->action, action) && value_equal(&p->input, &r->cmd->input))
        unprepare(r, p, "taken", p->input);
}

void
prepared_left(struct run *r, const struct visit *v)
{
    const struct preparation *own = prepared_for(r->w, r->c, v);
    const int32_t visit = v->id;

    if (own)
        unprepare(r, own, "left", value_null());
    for (uint32_t i = r->c->n_prepared; i-- > 0 && !r->failed;)
        if (r->c->prepared[i].parent == visit)
            unprepare(r, &r->c->prepared[i], "cancelled", value_null());
}

void
prepared_cancelled(struct run *r, struct place here)
{
    for (uint32_t i = r->c->n_prepared; i-- > 0 && !r->failed;) {
        const struct preparation *p = &r->c->prepared[i];

        if (p->parent == here.parent && r->w->step[p->step].prepare->region == here.region &&
            same_element(p->element, here.element))
            unprepare(r, p, "cancelled", value_null());
    }
}

/* Whether the new version knows the step, its action, and that it may be prepared there. */
static bool
goes_over(const struct migration *m, const struct preparation *p)
{
    const struct foresight *was = m->from->step[p->step].prepare;
    const struct step *is = m->step[p->step] == NONE ? NULL : &m->to->step[m->step[p->step]];

    return is && is->prepare && m->region[was->region] == is->prepare->region &&
           step_action(is, p->action);
}

void
prepared_unknown(struct run *r, const struct migration *m)
{
    for (uint32_t i = r->c->n_prepared; i-- > 0 && !r->failed;)
        if (!goes_over(m, &r->c->prepared[i]))
            unprepare(r, &r->c->prepared[i], "migrated", value_null());
}

void
prepared_moved(struct case_state *next, const struct migration *m)
{
    for (uint32_t i = 0; i < next->n_prepared; i++)
        next->prepared[i].step = m->step[next->prepared[i].step];
}
