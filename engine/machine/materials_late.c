/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A material that was handed in before it is recorded (K3).  It is there from
 * when it came: a tolerance that has run out since had not, and a promise that
 * was found broken since stood no more.  A move that its lapse has made is not
 * undone but contradicted.
 */
#include <string.h>

#include "machine/annul.h"
#include "machine/credit.h"
#include "machine/materials_late.h"
#include "machine/may.h"
#include "machine/notes.h"

/* What a record says of the material, besides what its facts do. */
struct telling {
    int64_t number;
    instant at;
    const struct fact *fact;
    uint32_t n_fact;
};

static bool
is_named(const struct fact *f, enum material_state s)
{
    return f->name && !strcmp(f->name, material_state_name(s));
}

/*
 * The stay of the case itself that the record ended first, to which a contradicted case goes back:
 * not one beside it, nor one on the way.
 */
static int32_t
stay_left(const struct run *r, const struct history *h, const struct telling *t)
{
    for (uint32_t i = 0; i < t->n_fact; i++)
        for (uint32_t k = 0; t->fact[i].kind == FACT_LEFT && k < h->n_stay; k++)
            if (h->stay[k].visit == t->fact[i].visit && !h->stay[k].parent &&
                !r->w->step[h->stay[k].step].optional)
                return h->stay[k].visit;
    return 0;
}

/*
 * Time makes a material lapse that is not there, and finding a promise broken says nothing of when
 * something came; all else somebody said in view of what lay there.
 */
static void
hear(struct material_past *p, const struct run *r, const struct history *h, uint16_t material,
     const struct telling *t)
{
    for (uint32_t i = 0; i < t->n_fact; i++) {
        const struct fact *f = &t->fact[i];
        const bool lapses = f->kind == FACT_MATERIAL && is_named(f, MATERIAL_LAPSED) && !p->present;

        if (f->kind != FACT_MATERIAL || f->material != material)
            continue;
        p->present = is_named(f, MATERIAL_PRESENT);
        p->left = lapses && t->number > r->c->reopened.record ? stay_left(r, h, t) : 0;
        if (!lapses && !is_named(f, MATERIAL_BROKEN))
            p->since = f->happened ? f->happened : t->at;
    }
}

static bool
hear_stored(struct material_past *p, const struct run *r, const struct history *h,
            uint16_t material, const struct value *record, int64_t number)
{
    const struct value *facts = value_get(record, "facts");
    struct fact *f = arena_array(r->a, facts ? facts->n : 0, struct fact);
    bool ok = facts && facts->kind == VALUE_ARRAY;
    struct telling t = {
        .number = number, .at = read_instant(record, "at", INSTANT_NONE, &ok), .fact = f};

    for (uint32_t i = 0; ok && i < facts->n; i++)
        ok = read_fact(r->a, r->w, &facts->item[i], &f[t.n_fact++]);
    if (ok && !annul_done(r->c, (int32_t)number))
        hear(p, r, h, material, &t);
    return ok;
}

static bool
read_past(struct run *r, uint16_t material, struct material_past *p, struct error *e)
{
    struct history h;

    *p = (struct material_past){.since = r->c->opened};
    if (!read_history(r, &h, e))
        return false;
    for (int64_t i = r->c->migrated; i < (int64_t)r->cmd->n_history; i++)
        if (!hear_stored(p, r, &h, material, &r->cmd->history[i], i + 1))
            return error_set(e, ERROR_INTERNAL, "record %lld does not fit workflow %s",
                             (long long)i + 1, r->w->id);
    for (uint32_t i = 0; i < r->n_record; i++) {
        const struct record *x = &r->record[i];

        hear(p, r, &h, material,
             &(struct telling){
                 .number = x->number, .at = x->at, .fact = x->fact, .n_fact = x->n_fact});
    }
    return true;
}

/* It came before its promise was found broken: that says who may say so of a promise. */
static bool
check_broken(struct deed *d, const struct material *m, struct material_past *p, struct error *e)
{
    p->unbroken =
        m->state == MATERIAL_BROKEN && credit_is_broken(m) && d->cmd->happened < m->broken;
    return !p->unbroken || leader_role(d->r->w, NULL, d->r->c->district, &d->cmd->actor) ||
           error_set(e, ERROR_FORBIDDEN,
                     "%s may not say that a promise stood no more when it was found broken",
                     d->cmd->actor.id);
}

bool
material_late_begin(struct deed *d, uint16_t material, struct material_past *p, struct error *e)
{
    struct run *r = d->r;
    const struct material *m = &r->c->material[material];
    const instant happened = d->cmd->happened;

    *p = (struct material_past){.left = 0};
    if (!happened)
        return true;
    if (r->c->phase == PHASE_CLOSED && happened > r->c->mark[MARK_CLOSED])
        return error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", r->c->outcome);
    if (!read_past(r, material, p, e) || !check_broken(d, m, p, e))
        return false;
    /* What comes at the very end of its tolerance is in time. */
    if (m->state != MATERIAL_LAPSED || m->grace == INSTANT_NONE || happened > m->grace)
        p->left = 0;
    return backdate_begin(d, p->since, e);
}

bool
material_late_end(struct deed *d, uint16_t material, const struct material_past *p, struct error *e)
{
    struct run *r = d->r;

    if (p->left)
        emit(r, (struct fact){.kind = FACT_CONTRADICTED,
                              .visit = p->left,
                              .name = d->cmd->action,
                              .detail = d->cmd->actor.id,
                              .ref = r->w->material[material].id});
    if (!backdate_end(d, e))
        return false;
    if (p->unbroken)
        emit(r,
             (struct fact){.kind = FACT_RESTORED, .material = material, .detail = d->cmd->reason});
    return !r->failed;
}
