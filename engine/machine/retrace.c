/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/retrace.h"

#include "machine/migrate.h"

bool
retrace_begin(const struct run *r, struct retrace *x, struct error *e)
{
    const int64_t moved = r->c->migrated;

    *x = (struct retrace){.r = r, .c = case_new(r->a, r->w), .done = moved};
    x->c->id = r->c->id;
    x->c->number = r->c->number;
    /* Records before that are of another version; what the case came to begins this one. */
    return !moved || migrate_begin(r->s, x->c, &r->history[moved - 1], r->a, e);
}

bool
retrace_goes_on(const struct retrace *x)
{
    return x->done < (int64_t)(x->r->n_history + x->r->n_record);
}

bool
retrace_next(struct retrace *x, struct error *e)
{
    const struct run *r = x->r;
    const size_t i = (size_t)x->done++;
    const struct record *now;

    if (i < r->n_history)
        return machine_replay(r->s, x->c, &r->history[i], r->a, e);
    now = &r->record[i - r->n_history];
    for (uint32_t k = 0; k < now->n_fact; k++)
        machine_apply(r->w, x->c, &now->fact[k], now->at, r->a);
    x->c->recorded = now->number;
    x->c->moment = now->at;
    return true;
}

bool
retrace_before(const struct run *r, int64_t number, struct case_state **out, struct error *e)
{
    struct retrace x;

    if (!retrace_begin(r, &x, e))
        return false;
    while (x.done + 1 < number)
        if (!retrace_next(&x, e))
            return false;
    *out = x.c;
    return true;
}
