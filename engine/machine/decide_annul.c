/* SPDX-License-Identifier: Apache-2.0 */
/* Taking back a record: what was before it, and all that happened since. */
#include <string.h>

#include "machine/annul.h"
#include "machine/deed.h"
#include "machine/migrate.h"
#include "machine/notes.h"

/* The states before and after the record that is to be taken back, made from the records. */
static bool
replay_around(struct deed *d, struct case_state **before, const struct case_state **after,
              struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    struct case_state *c = case_new(r->a, r->w);
    const int64_t moved = r->c->migrated;

    if (cmd->number < 1 || (size_t)cmd->number > cmd->n_history)
        return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "record %d is no action", cmd->number);
    if (cmd->number <= moved)
        return error_set(e, ERROR_ANNUL_IMPOSSIBLE,
                         "the case was moved to another version after record %d", cmd->number);
    if (cmd->number <= r->c->reopened.record)
        return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "the case was reopened after record %d",
                         cmd->number);
    c->id = r->c->id;
    c->number = r->c->number;
    /* Records before that are of another version; what the case came to begins this one. */
    if (moved && !migrate_begin(r->s, c, &cmd->history[moved - 1], r->a, e))
        return false;
    for (int64_t i = moved; i < cmd->number; i++) {
        if (i + 1 == cmd->number)
            *before = case_clone(r->a, r->w, c);
        if (!machine_replay(r->s, c, &cmd->history[i], r->a, e))
            return false;
    }
    *after = c;
    return true;
}

/* What the case has been through, what came due just now included. */
bool
read_history(struct run *r, struct history *h, struct error *e)
{
    if (!history_read(r->a, r->w, r->cmd->history, r->cmd->n_history, h, e))
        return false;
    for (uint32_t i = 0; i < r->n_record; i++)
        history_add(r->a, r->w, h, &r->record[i]);
    return true;
}

/*
 * Whether such a fact came after the record, and stands: of this stay (0: any), mark (NONE: any)
 * and action.
 */
static bool
came_since(const struct run *r, enum fact_kind kind, int32_t visit, uint16_t mark,
           const char *action)
{
    for (size_t i = (size_t)r->cmd->number; i < r->cmd->n_history; i++) {
        const struct value *facts = value_get(&r->cmd->history[i], "facts");
        const char *is = value_get_string(&r->cmd->history[i], "action");

        for (uint32_t k = 0; facts && k < facts->n && !annul_done(r->c, (int32_t)i + 1); k++) {
            struct fact f;

            if (read_fact(r->a, r->w, &facts->item[k], &f) && f.kind == kind &&
                (mark == NONE || f.mark == mark) && (!visit || f.visit == visit) &&
                (!action || (is && !strcmp(is, action))))
                return true;
        }
    }
    return false;
}

/* What was on hold before, and went on since whatever the record did, is not on hold again. */
static void
forget_holds(const struct run *r, struct case_state *before)
{
    static const enum fact_kind ends[] = {FACT_CONTINUED, FACT_ACTED, FACT_SIGNED};

    for (uint32_t i = 0; i < before->n_visit; i++)
        for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++)
            if (before->visit[i].hold && came_since(r, ends[k], before->visit[i].id, NONE, NULL))
                before->visit[i].hold = NULL;
}

/* What was fetched: had it been missing, the notice would have had to name it. */
static bool
check_materials(const struct run *r, const struct case_state *before,
                const struct case_state *after, struct error *e)
{
    for (uint16_t i = 0; i < r->w->n_material; i++) {
        const enum material_state then = after->material[i].state;

        if (before->material[i].state == then)
            continue;
        if (r->c->material[i].state != then)
            return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "material %s has changed since",
                             r->w->material[i].id);
        if (r->c->n_notice != after->n_notice)
            return error_set(e, ERROR_ANNUL_IMPOSSIBLE,
                             "a notice has been given since it fetched material %s",
                             r->w->material[i].id);
    }
    return true;
}

/* What others have written or marked again since would be lost with what the record did. */
static bool
check_again(const struct run *r, const struct case_state *before, const struct case_state *after,
            struct error *e)
{
    const bool wrote =
        !value_equal(&before->form, &after->form) || !value_equal(&before->vars, &after->vars);

    if (wrote &&
        (came_since(r, FACT_SET, 0, NONE, NULL) || came_since(r, FACT_AMENDED, 0, NONE, NULL)))
        return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "what it wrote has been written again since");
    for (uint16_t i = 0; i < r->w->n_mark; i++)
        if (before->mark[i] == INSTANT_NONE && after->mark[i] != INSTANT_NONE &&
            came_since(r, FACT_MARKED, 0, i, NULL))
            return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "mark %s has been set again since",
                             r->w->mark[i]);
    for (uint32_t i = 0; i < after->n_visit; i++) {
        const struct visit *v = &after->visit[i], *was = case_visit(before, v->id);

        if (was && v->n_signature > was->n_signature &&
            came_since(r, FACT_ACTED, v->id, NONE, v->signature[v->n_signature - 1].action))
            return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "what was signed has happened since");
    }
    return true;
}

/* A mark that was set since would have begun or ended a clock of a stay that comes back. */
static bool
check_stays(const struct run *r, const struct case_state *before, struct error *e)
{
    for (uint32_t i = 0; i < before->n_visit; i++) {
        const struct step *s = &r->w->step[before->visit[i].step];

        for (uint16_t k = 0; !case_visit(r->c, before->visit[i].id) && k < s->n_clock; k++) {
            const struct clock_rule *rule = &r->w->clock[s->clock[k]];

            if ((rule->from >= MARK_GIVEN && came_since(r, FACT_MARKED, 0, rule->from, NULL)) ||
                (rule->to >= MARK_GIVEN && came_since(r, FACT_MARKED, 0, rule->to, NULL)))
                return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "a mark of clock %s has been set since",
                                 rule->id);
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
    const struct case_state *after = NULL;
    struct case_state *before = NULL;
    struct history h;
    struct value plan;

    if (!check_revision(cmd, r->c->revision, e) || !check_reason(cmd, e) ||
        !replay_around(d, &before, &after, e) || !read_history(r, &h, e))
        return false;
    if (annul_done(r->c, cmd->number))
        return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "record %d was taken back before", cmd->number);
    forget_holds(r, before);
    if (!check_again(r, before, after, e) || !check_materials(r, before, after, e) ||
        !check_stays(r, before, e) ||
        !annul_plan(r->w, r->c, before, after, &h, r->at, r->a, &plan, e))
        return false;
    d->role = "supervisor";
    d->out->annulled = cmd->number;
    d->out->form_changed = true;
    r->c->revision++;
    emit(r,
         (struct fact){
             .kind = FACT_ANNULLED, .number = cmd->number, .detail = cmd->reason, .value = plan});
    if (lane != before->lane) /* what comes back was chosen in another */
        choose_limits_again(r);
    else
        rechoose_limits(r, &form, &vars);
    return !r->failed;
}
