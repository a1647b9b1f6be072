/* SPDX-License-Identifier: Apache-2.0 */
/* Labels and lanes: who sets them, what follows, and how they are kept. */
#include "machine/sort.h"

#include <string.h>

#include "machine/may.h"

bool
case_has_label(const struct case_state *c, uint16_t label)
{
    for (uint32_t i = 0; i < c->n_label; i++)
        if (c->label[i] == label)
            return true;
    return false;
}

void
set_label(struct run *r, uint16_t label, bool remove)
{
    if (case_has_label(r->c, label) == remove)
        emit(r, (struct fact){.kind = remove ? FACT_UNLABELLED : FACT_LABELLED,
                              .name = r->w->label[label].id});
}

void
choose_lane(struct run *r)
{
    for (uint16_t i = 0; i < r->w->n_lane && !r->failed; i++)
        if (r->w->lane[i].when && run_test(r, place_of_case(), r->w->lane[i].when)) {
            emit(r, (struct fact){.kind = FACT_LANE, .name = r->w->lane[i].id});
            return;
        }
}

/* Unless the label says who: whoever acts or leads in one of its steps. */
const char *
label_role(const struct workflow *w, const struct label_kind *l, const char *district,
           const struct actor *who)
{
    const char *role = NULL;

    if (who->applicant || who->public || who->system || who->mandate)
        return NULL;
    if (l->n_by)
        return role_among(w, l->by, l->n_by, district, who);
    for (uint16_t i = 0; i < w->n_step && !role; i++) {
        const struct post at = step_post(&w->step[i]);

        role = step_role(w, &at, district, who);
    }
    for (uint16_t i = 0; i < w->n_step && !role; i++) {
        const struct post at = step_post(&w->step[i]);

        role = leader_role(w, &at, district, who);
    }
    return role;
}

const char *
lane_role(const struct workflow *w, const struct priority_lane *l, const char *district,
          const struct actor *who)
{
    return role_among(w, l->by, l->n_by, district, who);
}

bool
decide_label(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct command *cmd = d->cmd;
    const uint16_t label = cmd->label ? workflow_label(r->w, cmd->label) : NONE;
    const bool remove = cmd->action && !strcmp(cmd->action, "remove");

    if (label == NONE)
        return error_at(e, ERROR_FORM_INVALID, "/label", "workflow %s has no label %.60s", r->w->id,
                        cmd->label ? cmd->label : "(none given)");
    if (cmd->action && !remove && strcmp(cmd->action, "add") != 0)
        return error_at(e, ERROR_FORM_INVALID, "/action",
                        "a label is put on (add) or off (remove)");
    d->role = label_role(r->w, &r->w->label[label], r->c->district, &cmd->actor);
    if (!d->role)
        return error_set(e, ERROR_FORBIDDEN, "%s may not set label %s", cmd->actor.id, cmd->label);
    if (case_has_label(r->c, label) != remove)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/label",
                        remove ? "the case has no label %s" : "the case has label %s already",
                        cmd->label);
    set_label(r, label, remove);
    return !r->failed;
}

bool
decide_lane(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct command *cmd = d->cmd;
    const uint16_t to = cmd->lane ? workflow_lane(r->w, cmd->lane) : NONE;
    const uint16_t of = to == NONE ? r->c->lane : to; /* whose right it is */

    if (cmd->lane && to == NONE)
        return error_at(e, ERROR_FORM_INVALID, "/lane", "workflow %s has no lane %.60s", r->w->id,
                        cmd->lane);
    if (!check_reason(cmd, e) || !check_revision(cmd, r->c->revision, e))
        return false;
    if (to == r->c->lane)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/lane", "the case is in %s",
                        to == NONE ? "no lane" : "that lane already");
    d->role = lane_role(r->w, &r->w->lane[of], r->c->district, &cmd->actor);
    if (!d->role)
        return error_set(e, ERROR_FORBIDDEN, "%s may not move a case %s lane %s", cmd->actor.id,
                         to == NONE ? "out of" : "into", r->w->lane[of].id);
    r->c->revision++;
    emit(r, (struct fact){.kind = FACT_LANE,
                          .name = to == NONE ? NULL : r->w->lane[to].id,
                          .detail = cmd->reason});
    choose_limits_again(r);
    return !r->failed;
}

void
apply_sorted(const struct workflow *w, struct case_state *c, const struct fact *f, struct arena *a)
{
    const uint16_t label = f->kind == FACT_LANE ? NONE : workflow_label(w, f->name);
    uint16_t *list;
    uint32_t n = 0;

    if (f->kind == FACT_LANE) {
        c->lane = f->name ? workflow_lane(w, f->name) : NONE;
        return;
    }
    list = arena_array(a, c->n_label + 1, uint16_t);
    for (uint32_t i = 0; i < c->n_label; i++) {
        if (f->kind == FACT_LABELLED && n == i && c->label[i] > label)
            list[n++] = label;
        if (c->label[i] != label)
            list[n++] = c->label[i];
    }
    if (f->kind == FACT_LABELLED && n == c->n_label)
        list[n++] = label;
    c->label = list;
    c->n_label = n;
}

bool
sorted_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    if (f->kind == FACT_LANE)
        return !f->name || workflow_lane(w, f->name) != NONE;
    return f->name && workflow_label(w, f->name) != NONE &&
           case_has_label(c, workflow_label(w, f->name)) == (f->kind == FACT_UNLABELLED);
}

struct value
note_labels(struct arena *a, const struct workflow *w, const struct case_state *c)
{
    struct value *item = arena_array(a, c->n_label, struct value);

    for (uint32_t i = 0; i < c->n_label; i++)
        item[i] = value_borrow(w->label[c->label[i]].id);
    return value_array(item, c->n_label);
}

bool
read_noted_labels(struct arena *a, const struct workflow *w, const struct value *n,
                  struct case_state *c)
{
    const uint32_t most = n && n->kind == VALUE_ARRAY ? n->n : 0;
    uint16_t *list = arena_array(a, most, uint16_t);

    for (uint32_t i = 0; i < most; i++) {
        list[i] = n->item[i].kind == VALUE_STRING ? workflow_label(w, n->item[i].string) : NONE;
        if (list[i] == NONE || (i && list[i] <= list[i - 1]))
            return false;
    }
    c->label = list;
    c->n_label = most;
    return true;
}
