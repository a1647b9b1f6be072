/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parent and child tell one another that they stand and go on.  What is told is
 * how it is, with the number of the record that made it so: what is heard twice,
 * or later than what followed it, changes nothing.
 */
#include <string.h>

#include "machine/children.h"
#include "machine/stands.h"

static const struct children *
children_at(const struct run *r, int32_t visit)
{
    const struct visit *v = case_visit(r->c, visit);

    return v ? r->w->step[v->step].children : NULL;
}

/* The oldest stop of @visit that holds: one that clerks made, or another. */
static const struct stop *
holding(const struct case_state *c, int32_t visit, bool declared)
{
    for (uint32_t i = 0; i < c->n_stop; i++)
        if (c->stop[i].visit == visit && c->stop[i].declared == declared &&
            c->stop[i].to == INSTANT_NONE)
            return &c->stop[i];
    return NULL;
}

static bool
children_stand(const struct case_state *c, int32_t visit, enum children_stand rule)
{
    uint32_t running = 0, standing = 0;

    for (uint32_t i = 0; i < c->n_child; i++)
        if (c->child[i].visit == visit && !c->child[i].outcome) {
            running++;
            standing += c->child[i].stands;
        }
    return standing > 0 && (rule == CHILDREN_STAND_ANY || standing == running);
}

void
stand_as_children(struct run *r, int32_t visit)
{
    const struct children *x = children_at(r, visit);
    const struct stop *s = holding(r->c, visit, true);
    bool stands;

    if (r->failed || !x || x->stand == CHILDREN_STAND_APART)
        return;
    stands = children_stand(r->c, visit, x->stand);
    if (stands && !s)
        emit(r, (struct fact){.kind = FACT_STOPPED,
                              .number = r->c->last_stop + 1,
                              .visit = visit,
                              .ground = x->ground,
                              .declared = true});
    else if (!stands && s)
        emit(r, (struct fact){.kind = FACT_RESUMED, .visit = visit, .number = s->number});
}

/* By which ground clerks have stopped the step; NULL: they have not, or it tells nobody. */
static const char *
told_ground(const struct run *r, int32_t visit)
{
    const struct children *x = children_at(r, visit);
    const struct stop *s = holding(r->c, visit, false);

    return x && x->cascade & CASCADE_STOP && s ? r->w->ground[s->ground].id : NULL;
}

/* Since when clerks have stopped it. */
static instant
stopped_since(const struct case_state *c, int32_t visit)
{
    instant since = INSTANT_NONE;

    for (uint32_t i = 0; i < c->n_stop; i++)
        if (c->stop[i].visit == visit && !c->stop[i].declared && c->stop[i].to == INSTANT_NONE &&
            (since == INSTANT_NONE || c->stop[i].from < since))
            since = c->stop[i].from;
    return since;
}

/* What was recorded late says when it happened, and since when the step stands by it now. */
static void
tell(struct run *r, const struct child *x, const char *ground)
{
    struct value v = value_object(r->a, NULL, 0);

    v = value_with(r->a, &v, "record", value_int(r->c->recorded + 1));
    if (r->recorded && r->at < r->recorded)
        v = value_with(r->a, &v, "happened", value_int(r->at));
    if (r->recorded && r->at < r->recorded && ground)
        v = value_with(r->a, &v, "since", value_int(stopped_since(r->c, x->visit)));
    if (ground)
        v = value_with(r->a, &v, "ground", value_borrow(ground));
    say(r, (struct relay){.case_id = x->case_id, .what = "stop", .child = x->number, .value = v});
}

void
tell_children(struct run *r, int32_t visit)
{
    const struct children *x = children_at(r, visit);
    const char *ground = told_ground(r, visit);

    if (!x || !(x->cascade & CASCADE_STOP))
        return;
    for (uint32_t i = 0; i < r->c->n_child; i++)
        if (r->c->child[i].visit == visit && !r->c->child[i].outcome && r->c->child[i].case_id)
            tell(r, &r->c->child[i], ground);
}

void
tell_newborn(struct run *r, const struct child *x)
{
    const char *ground = told_ground(r, x->visit);

    if (ground && !x->outcome)
        tell(r, x, ground);
}

void
tell_standing(struct run *r)
{
    const bool stands = case_stands(r->w, r->c);
    struct value v = value_object(r->a, NULL, 0);

    /* That it is closed says all; who goes on after that stands alone. */
    if (stands != r->stood && !r->c->reopened.outcome && r->c->parent.listens &&
        r->c->phase == PHASE_OPEN) {
        v = value_with(r->a, &v, "record", value_int(r->c->recorded));
        v = value_with(r->a, &v, "stands", value_bool(stands));
        say(r, (struct relay){.case_id = r->c->parent.case_id,
                              .what = "stands",
                              .child = r->c->parent.child,
                              .value = v});
    }
    r->stood = stands;
}

/* The record of the other case, newer than the last one heard of. */
static bool
read_told(const struct command *cmd, int64_t heard, int64_t *record, struct error *e)
{
    const struct value *v = value_get(&cmd->input, "record");

    if (!v || v->kind != VALUE_INT || v->integer < 1)
        return error_set(e, ERROR_INTERNAL, "another case does not say which record it tells of");
    *record = v->integer;
    if (v->integer > heard)
        return true;
    return error_set(e, ERROR_ACTION_NOT_ALLOWED, "record %lld of that case has been heard of",
                     (long long)heard);
}

bool
hear_standing(struct deed *d, const struct child *x, struct error *e)
{
    const struct value *stands = value_get(&d->cmd->input, "stands");
    const int32_t visit = x->visit;
    int64_t record;

    if (!read_told(d->cmd, x->heard, &record, e))
        return false;
    if (!stands || stands->kind != VALUE_BOOL)
        return error_set(e, ERROR_INTERNAL, "a child case does not say whether it stands");
    emit(d->r,
         (struct fact){
             .kind = FACT_STANDS, .number = x->number, .id = record, .declared = stands->boolean});
    stand_as_children(d->r, visit);
    return !d->r->failed;
}

/* When it was here; what does not say so is of now, and needs no history. */
static instant
told_moment(const struct deed *d, const char *name)
{
    const struct value *v = value_get(&d->cmd->input, name);

    return v && v->kind == VALUE_INT ? backdate_heard(d, v->integer) : d->r->at;
}

/* The case stands since @since, or goes on since @happened (@by NONE), with its parent. */
static bool
stand_with_parent(struct run *r, uint16_t by, instant happened, instant since, struct error *e)
{
    const struct stop *s = holding(r->c, 0, true);
    struct fact f[2];
    instant when[2];
    uint32_t n = 0;

    if (s && s->ground == by && since >= s->from && since <= happened)
        return true;
    if (s) {
        when[n] = since < s->from || happened < s->from ? s->from : happened;
        f[n++] = (struct fact){.kind = FACT_RESUMED, .number = s->number};
    }
    if (by != NONE) {
        when[n] = since;
        f[n++] = (struct fact){
            .kind = FACT_STOPPED, .number = r->c->last_stop + 1, .ground = by, .declared = true};
    }
    return backdate_facts(r, f, when, n, e);
}

bool
hear_stop(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const char *ground = value_get_string(&d->cmd->input, "ground");
    const uint16_t by = ground ? workflow_ground(r->w, ground) : NONE;
    const instant happened = told_moment(d, "happened"), since = told_moment(d, "since");
    int64_t record;

    if (r->c->phase == PHASE_CLOSED)
        return error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", r->c->outcome);
    if (!r->c->parent.case_id)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "no case has opened this one");
    if (!read_told(d->cmd, r->c->parent.heard, &record, e))
        return false;
    if (ground && by == NONE)
        return error_set(e, ERROR_GROUND_UNKNOWN, "ground %s of the parent case", ground);
    emit(r, (struct fact){.kind = FACT_STANDS, .id = record, .name = ground});
    return !r->failed && stand_with_parent(r, by, happened, since, e);
}
