/* SPDX-License-Identifier: Apache-2.0 */
/* Taking back a record: what was before it, and all that happened since. */
#include <string.h>

#include "machine/annul.h"
#include "machine/ballot.h"
#include "machine/deed.h"
#include "machine/notes.h"
#include "machine/paths.h"
#include "machine/retrace.h"

/* The states before and after the record that is to be taken back, made from the records. */
static bool
replay_around(struct deed *d, struct case_state **before, const struct case_state **after,
              struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const int64_t moved = r->c->migrated;
    struct case_state *c;

    if (cmd->number < 1 || (size_t)cmd->number > cmd->n_history)
        return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "record %d is no action", cmd->number);
    if (cmd->number <= moved)
        return error_set(e, ERROR_ANNUL_IMPOSSIBLE,
                         "the case was moved to another version after record %d", cmd->number);
    if (cmd->number <= r->c->reopened.record)
        return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "the case was reopened after record %d",
                         cmd->number);
    if (!retrace_before(r, cmd->number, &c, e))
        return false;
    *before = case_clone(r->a, r->w, c);
    if (!machine_replay(r->s, c, &cmd->history[cmd->number - 1], r->a, e))
        return false;
    *after = c;
    return true;
}

/* What the case has been through, what came due just now included. */
bool
read_history(struct run *r, struct history *h, struct error *e)
{
    if (!history_read(r->a, r->w, r->history, r->n_history, h, e))
        return false;
    for (uint32_t i = 0; i < r->n_record; i++)
        history_add(r->a, r->w, h, &r->record[i]);
    return true;
}

/* A fact that came after the record that is taken back, and stands. */
struct later {
    struct fact fact;
    const char *action; /* it came of; NULL */
};

/* What is taken back, and what others did since. */
struct taking {
    struct run *r;
    struct case_state *before;
    const struct case_state *after;
    struct value form, vars; /* as they were before */
    const struct fact *own;
    uint32_t n_own;
    struct later *later;
    uint32_t n_later;
};

static bool
impossible(struct error *e, const char *what, const char *why)
{
    return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "%s %s", what, why);
}

static const struct fact *
facts_of(const struct run *r, int64_t number, uint32_t *n)
{
    const struct value *facts = value_get(&r->cmd->history[number - 1], "facts");
    struct fact *out = arena_array(r->a, facts ? facts->n : 0, struct fact);

    *n = 0;
    for (uint32_t i = 0; facts && i < facts->n; i++)
        if (read_fact(r->a, r->w, &facts->item[i], &out[*n]))
            ++*n;
    return out;
}

static void
add_later(struct taking *u, const struct fact *f, uint32_t n, const char *action)
{
    for (uint32_t i = 0; i < n; i++) {
        u->later = arena_grow(u->r->a, u->later, u->n_later, sizeof(*u->later));
        u->later[u->n_later++] = (struct later){.fact = f[i], .action = action};
    }
}

/* What came due just now is of it, too. */
static void
read_facts(struct taking *u)
{
    const struct run *r = u->r;
    const struct fact *f;
    uint32_t n;

    u->own = facts_of(r, r->cmd->number, &u->n_own);
    for (int64_t i = r->cmd->number + 1; i <= (int64_t)r->cmd->n_history; i++)
        if (!annul_done(r->c, (int32_t)i)) {
            f = facts_of(r, i, &n);
            add_later(u, f, n, value_get_string(&r->cmd->history[i - 1], "action"));
        }
    for (uint32_t i = 0; i < r->n_record; i++)
        add_later(u, r->record[i].fact, r->record[i].n_fact, NULL);
}

/* Whether such a fact came since: of this stay (0: any), mark (NONE: any) and action. */
static bool
came_since(const struct taking *u, enum fact_kind kind, int32_t visit, uint16_t mark,
           const char *action)
{
    for (uint32_t i = 0; i < u->n_later; i++) {
        const struct later *l = &u->later[i];

        if (l->fact.kind == kind && (mark == NONE || l->fact.mark == mark) &&
            (!visit || l->fact.visit == visit) &&
            (!action || (l->action && !strcmp(l->action, action))))
            return true;
    }
    return false;
}

/* What was on hold before, and went on since whatever the record did, is not on hold again. */
static void
forget_holds(struct taking *u)
{
    static const enum fact_kind ends[] = {FACT_CONTINUED, FACT_ACTED, FACT_SIGNED};
    struct case_state *before = u->before;

    for (uint32_t i = 0; i < before->n_visit; i++)
        for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++)
            if (before->visit[i].hold && came_since(u, ends[k], before->visit[i].id, NONE, NULL))
                before->visit[i].hold = NULL;
}

/*
 * What was fetched: had it been missing, the notice would have had to name it.  What lapsed stays
 * as it is now, and only what followed is taken back.
 */
static bool
check_materials(const struct taking *u, struct error *e)
{
    const struct case_state *c = u->r->c, *after = u->after;

    for (uint16_t i = 0; i < u->r->w->n_material; i++) {
        const enum material_state then = after->material[i].state;

        if (u->before->material[i].state == then || then == MATERIAL_LAPSED)
            continue;
        if (c->material[i].state != then)
            return impossible(e, u->r->w->material[i].id, "has changed since");
        if (c->n_notice != after->n_notice)
            return impossible(e, u->r->w->material[i].id, "was fetched, and a notice given since");
    }
    return true;
}

static bool
writes_a_name(const struct fact *f)
{
    return f->kind == FACT_SET || f->kind == FACT_APPENDED;
}

/* Whether @name, of the form or the case's own, was written since, as a whole or a part of it. */
static bool
written_since(const struct taking *u, const char *name)
{
    for (uint32_t i = 0; i < u->n_later; i++) {
        const struct fact *f = &u->later[i].fact;

        if (f->kind == FACT_AMENDED && !strncmp(name, "form.", 5))
            return true;
        if (writes_a_name(f) && path_touches(f->name, name))
            return true;
    }
    return false;
}

/* The names it wrote are as they were before; what others have written since stays. */
static bool
set_back(struct taking *u, struct error *e)
{
    struct value form = u->r->c->form, vars = u->r->c->vars;

    for (uint32_t i = 0; i < u->n_own; i++) {
        const char *name = u->own[i].name;
        const bool of_form = writes_a_name(&u->own[i]) && !strncmp(name, "form.", 5);
        struct value *all = of_form ? &form : &vars;
        const struct value *was;

        if (!writes_a_name(&u->own[i]))
            continue;
        if (written_since(u, name))
            return impossible(e, name, "has been written again since");
        was = path_get(of_form ? &u->form : &u->vars, name + 5);
        *all = was ? path_with(u->r->a, all, name + 5, *was) : path_without(u->r->a, all, name + 5);
    }
    u->before->form = form;
    u->before->vars = vars;
    return true;
}

/* What others have marked or signed again since would be lost with what the record did. */
static bool
check_again(const struct taking *u, struct error *e)
{
    const struct case_state *before = u->before, *after = u->after;
    const struct workflow *w = u->r->w;

    for (uint16_t i = 0; i < w->n_mark; i++)
        if (before->mark[i] == INSTANT_NONE && after->mark[i] != INSTANT_NONE &&
            came_since(u, FACT_MARKED, 0, i, NULL))
            return impossible(e, w->mark[i], "has been marked again since");
    for (uint32_t i = 0; i < after->n_visit; i++) {
        const struct visit *v = &after->visit[i], *was = case_visit(before, v->id);

        if (was && v->n_signature > was->n_signature &&
            came_since(u, FACT_ACTED, v->id, NONE, v->signature[v->n_signature - 1].action))
            return impossible(e, v->signature[v->n_signature - 1].action,
                              "was signed, and has happened since");
    }
    return true;
}

/* With what others did since, what it was before may fit no more. */
static bool
check_restored(const struct run *r, const struct value *form, struct error *e)
{
    struct error why;

    if (!rolls_stand(r->w, r->c, &why))
        return impossible(e, "the roll",
                          "of an open ballot would be another; amend it back first, or reopen");
    if (r->w->form && !value_equal(form, &r->c->form) &&
        form_check(r->w->form, &r->c->form, r->a).n)
        return impossible(e, "the form", "would not be valid with what was written since");
    return true;
}

/* The votes that had come in time are counted in the ballot that comes back, and then it closes. */
static bool
count_late_votes(struct taking *u)
{
    struct visit *v = case_visit(u->before, u->r->c->contradicted);
    bool any = false;

    for (uint32_t i = 0; v && v->votes && i < u->n_later; i++) {
        const struct fact *f = &u->later[i].fact;

        if (f->kind != FACT_CONTRADICTED || !f->number || f->visit != v->id)
            continue;
        cast_late(u->r->w, v, f, u->r->a);
        any = true;
    }
    return any;
}

/* It was left with the act, not by others since. */
static bool
comes_back(const struct taking *u, int32_t visit)
{
    return !case_visit(u->after, visit) && !case_visit(u->r->c, visit);
}

/* A mark that was set since would have begun or ended a clock of a stay that comes back. */
static bool
check_stays(const struct taking *u, struct error *e)
{
    const struct case_state *before = u->before;
    const struct run *r = u->r;

    for (uint32_t i = 0; i < before->n_visit; i++) {
        const struct step *s = &r->w->step[before->visit[i].step];

        for (uint16_t k = 0; comes_back(u, before->visit[i].id) && k < s->n_clock; k++) {
            const struct clock_rule *rule = &r->w->clock[s->clock[k]];

            if ((rule->from >= MARK_GIVEN && came_since(u, FACT_MARKED, 0, rule->from, NULL)) ||
                (rule->to >= MARK_GIVEN && came_since(u, FACT_MARKED, 0, rule->to, NULL)))
                return impossible(e, rule->id, "has had a mark set since");
        }
    }
    return true;
}

bool
decide_annul(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const struct value form = r->c->form, vars = r->c->vars;
    const uint16_t lane = r->c->lane;
    struct taking u = {.r = r};
    struct history h;
    struct value plan;
    bool counts;

    if (!check_revision(cmd, r->c->revision, e) || !check_reason(cmd, e) ||
        !replay_around(d, &u.before, &u.after, e) || !read_history(r, &h, e))
        return false;
    if (annul_done(r->c, cmd->number))
        return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "record %d was taken back before", cmd->number);
    u.form = u.before->form;
    u.vars = u.before->vars;
    read_facts(&u);
    forget_holds(&u);
    counts = count_late_votes(&u);
    if (!check_again(&u, e) || !check_materials(&u, e) || !check_stays(&u, e) || !set_back(&u, e) ||
        !annul_plan(r->w, r->c, u.before, u.after, counts, &h, r->at, r->a, &plan, e))
        return false;
    d->role = "supervisor";
    d->out->annulled = cmd->number;
    d->out->form_changed = true;
    r->c->revision++;
    emit(r,
         (struct fact){
             .kind = FACT_ANNULLED, .number = cmd->number, .detail = cmd->reason, .value = plan});
    rechoose_limits(r, &form, &vars);
    if (lane != u.before->lane) /* what comes back was chosen in another */
        choose_limits_again(r);
    else
        rechoose_limits(r, &u.form, &u.vars);
    return !r->failed && check_restored(r, &form, e);
}
