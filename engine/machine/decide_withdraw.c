/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The applicant gives the whole case up.  Where that happened earlier than it
 * is recorded, whether he might is asked of the case as it was then: as it had
 * been recorded, and what has been recorded since of before then counts, too.
 */
#include <string.h>

#include "machine/deed.h"
#include "machine/may.h"
#include "machine/paths.h"
#include "machine/retrace.h"
#include "machine/undo.h"

bool
withdraw_case(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct action *action = r->w->withdraw;
    const struct value form = r->c->form, vars = r->c->vars;

    r->action = "withdraw";
    r->c->revision++;
    run_effects(r, &action->effects, place_of_case(), 0);
    run_marks(r, &action->marks);
    while (r->c->n_visit && !r->failed)
        leave(r, r->c->visit[0].id, true);
    doom_all(r);
    enter(r, action->to.step, place_of_case());
    return recheck_form(d, &form, &vars, e);
}

/* What the condition @x asks, whatever it makes of it. */
struct sight {
    struct scope scope;
    struct arena *a;
    struct value *is;
    uint32_t n;
};

/* Of what is asked of each element of a list, the list. */
static void
look_at(void *arg, enum root root, const char *path)
{
    struct sight *s = arg;
    const char *each = strstr(path, ".*");
    const struct value *v = s->scope.root[root];

    if (v && *path)
        v = path_get(v, each ? arena_strndup(s->a, path, (size_t)(each - path)) : path);
    s->is = arena_grow(s->a, s->is, s->n, sizeof(*s->is));
    s->is[s->n++] = v ? *v : value_null();
}

static struct run
as_of(const struct run *r, struct case_state *c, instant t)
{
    struct run then = *r;

    then.c = c;
    then.at = t;
    return then;
}

static struct sight
sight_of(const struct run *r, struct case_state *c, instant t, const struct expression *x)
{
    const struct place where = place_of_case();
    struct run then = as_of(r, c, t);
    struct sight s = {.scope = run_scope(&then, &where), .a = r->a};

    expression_vars(x, look_at, &s);
    return s;
}

static bool
is_same(const struct sight *x, const struct sight *y)
{
    for (uint32_t i = 0; i < x->n; i++)
        if (!value_equal(&x->is[i], &y->is[i]))
            return false;
    return true;
}

/* The case at a moment, and what has changed since of what is asked. */
struct hindsight {
    struct case_state *then;
    bool learned; /* by what happened before it, or was taken back */
    bool changed; /* by all else */
};

static bool
look_back(const struct run *r, instant t, const struct expression *x, struct hindsight *out,
          struct error *e)
{
    struct retrace past;

    *out = (struct hindsight){.then = NULL};
    if (!retrace_begin(r, &past, e))
        return false;
    while (retrace_goes_on(&past)) {
        const bool learned = retrace_learns(&past, t);
        struct sight before, after;

        if (!out->then && !retrace_by(&past, t))
            out->then = case_clone(r->a, r->w, past.c);
        if (out->then)
            before = sight_of(r, past.c, t, x);
        if (!retrace_next(&past, e))
            return false;
        if (!out->then)
            continue;
        after = sight_of(r, past.c, t, x);
        if (!is_same(&before, &after) && learned)
            out->learned = true;
        else if (!is_same(&before, &after))
            out->changed = true;
    }
    if (!out->then)
        out->then = past.c;
    return true;
}

static bool
holds(struct run *r, struct case_state *c, instant t, const struct expression *x)
{
    struct run then = as_of(r, c, t);
    const bool yes = run_test(&then, place_of_case(), x);

    r->failed = r->failed || then.failed;
    return yes;
}

/* Whether it might be withdrawn when it was, as far as what is recorded can tell. */
static bool
check_then(struct deed *d, const struct action *action, struct error *e)
{
    struct run *r = d->r;
    const instant t = d->cmd->happened;
    struct hindsight h;
    bool yes, now;

    if (!look_back(r, t, action->when, &h, e))
        return false;
    yes = holds(r, h.learned && !h.changed ? r->c : h.then, t, action->when);
    now = h.learned && h.changed ? holds(r, r->c, t, action->when) : yes;
    if (r->failed)
        return false;
    if (yes != now)
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/happened",
                        "what it asks has changed since, and more was learned of before: whether "
                        "it could be withdrawn then cannot be told");
    return yes || error_set(e, ERROR_GUARD_FAILED, "action %s: %s", action->id,
                            action->why_en ? action->why_en : "its condition did not hold then");
}

static bool
check_allowed(struct deed *d, const struct action *action, struct error *e)
{
    const instant happened = d->cmd->happened;

    return action->when && happened && happened < d->r->at
               ? check_then(d, action, e)
               : check_guard(d, place_of_case(), action, e);
}

static bool
overtaken(struct deed *d, const struct stay *silent)
{
    return contradict_silence(d, silent, command_name(COMMAND_WITHDRAW));
}

bool
decide_withdraw(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct action *action = r->w->withdraw;
    struct stay silent;

    if (!action)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "workflow %s knows no withdrawal", r->w->id);
    if (!check_revision(d->cmd, r->c->revision, e) || !backdate_withdrawal(d, &silent, e))
        return false;
    d->role = withdrawal_role(r->w, r->c->district, d->cmd);
    if (!check_allowed(d, action, e))
        /* Where none can tell, and silence may be wrong, a supervisor looks. */
        return silent.visit && e->code == ERROR_HAPPENED_OUTSIDE && overtaken(d, &silent);
    if (silent.visit)
        return overtaken(d, &silent);
    return backdate_begin(d, r->c->opened, e) && withdraw_case(d, e) && backdate_end(d, e);
}
