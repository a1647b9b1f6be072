/* SPDX-License-Identifier: Apache-2.0 */
/* Steps at somebody's discretion: what may be started, and starting it. */
#include <string.h>

#include "machine/deed.h"
#include "machine/may.h"
#include "machine/names.h"
#include "machine/paths.h"
#include "machine/stuck.h"
#include "machine/undo.h"

static int32_t
times_started(const struct workflow *w, const struct case_state *c, const struct startable *s,
              struct arena *a)
{
    const struct value *n =
        path_get(&c->steps, arena_printf(a, "%s.visits", step_name(a, w, s->step, s->element)));

    return n && n->kind == VALUE_INT ? (int32_t)n->integer : 0;
}

/* Beside each step that is no optional one itself, those of its region: open or not. */
static size_t
candidates(const struct workflow *w, const struct case_state *c, struct arena *a,
           struct startable **out)
{
    size_t n = 0;

    *out = NULL;
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];

        for (uint16_t s = 0; s < w->n_step && !w->step[v->step].optional; s++) {
            struct startable one = {.step = s, .parent = v->parent, .element = v->element};

            if (!w->step[s].optional || w->step[s].region != w->step[v->step].region)
                continue;
            one.started = times_started(w, c, &one, a);
            *out = arena_grow(a, *out, n, sizeof(**out));
            (*out)[n++] = one;
        }
    }
    return n;
}

/* In which role he may start it here. */
static const char *
starter_role(const struct workflow *w, const struct case_state *c, const struct startable *s,
             const struct actor *who)
{
    const struct visit *v = case_visit(c, s->parent);
    const struct post around = v ? visit_post(w, v) : step_post(NULL);

    return start_role(w, &w->step[s->step], &around, c->district, who);
}

static bool
is_open(const struct case_state *c, const struct startable *s)
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (c->visit[i].step == s->step && c->visit[i].parent == s->parent &&
            same_element(c->visit[i].element, s->element))
            return true;
    return false;
}

size_t
machine_startable(const struct workflow *w, const struct case_state *c, const struct actor *who,
                  struct arena *a, struct startable **out)
{
    const size_t most = candidates(w, c, a, out);
    size_t n = 0;

    for (size_t i = 0; i < most; i++) {
        const struct startable one = (*out)[i];
        const struct step *s = &w->step[one.step];

        if (one.started < s->optional->most && !is_open(c, &one) &&
            (!who || starter_role(w, c, &one, who)))
            (*out)[n++] = one;
    }
    return n;
}

/* What the command's step is called here; it may be open already, or have been started enough. */
static bool
find_startable(const struct deed *d, struct startable *out, struct error *e)
{
    const struct run *r = d->r;
    struct startable *all;
    const size_t n = candidates(r->w, r->c, r->a, &all);
    size_t i = 0;

    while (i < n && strcmp(step_name(r->a, r->w, all[i].step, all[i].element), d->cmd->step) != 0)
        i++;
    if (i == n)
        return error_at(e, ERROR_STEP_NOT_OPEN, "/step",
                        "nothing is open beside which %.100s could be started", d->cmd->step);
    *out = all[i];
    if (is_open(r->c, out))
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/step", "step %.100s is open already",
                        d->cmd->step);
    if (out->started >= r->w->step[out->step].optional->most)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/step",
                        "step %.100s was started %d times, which is the most", d->cmd->step,
                        out->started);
    return true;
}

bool
decide_start(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct value form = r->c->form, vars = r->c->vars;
    const struct discretion *optional;
    struct startable s;
    struct place where;

    if (!find_startable(d, &s, e) || !check_revision(d->cmd, r->c->revision, e))
        return false;
    optional = r->w->step[s.step].optional;
    where = (struct place){
        .region = r->w->step[s.step].region, .parent = s.parent, .element = s.element};
    d->role = starter_role(r->w, r->c, &s, &d->cmd->actor);
    if (!d->role)
        return error_set(e, ERROR_FORBIDDEN, "%s may not start step %s", d->cmd->actor.id,
                         d->cmd->step);
    if (!check_silence(r, s.parent, r->at, e))
        return false;
    if (optional->when && !run_test(r, where, optional->when))
        return !r->failed &&
               error_set(e, ERROR_GUARD_FAILED, "step %s: %s", d->cmd->step,
                         optional->why_en ? optional->why_en : "its condition does not hold");
    r->c->revision++;
    r->action = "start";
    r->acts = true;
    r->around = stays_around(r->c, s.parent, r->a, &r->n_around);
    d->out->visit = r->c->last_visit + 1;
    enter(r, s.step, where);
    r->acts = false;
    return recheck_form(d, &form, &vars, e);
}
