/* SPDX-License-Identifier: Apache-2.0 */
/* Promises that were found broken, of this case and of others. */
#include "machine/credit.h"

#include "machine/identity.h"
#include "machine/periods.h"

bool
credit_is_broken(const struct material *m)
{
    return m->broken != INSTANT_NONE && !m->restored;
}

/* Counted as the applicant's time is: to the end of the last day. */
static bool
counts(const struct run *r, instant broken)
{
    const struct limit within = r->w->credit_within;

    return !within.n || r->at <= period_due(r->a, run_calendar(r, NULL), within, true, broken).at;
}

int32_t
credit_elsewhere(const struct run *r)
{
    int32_t n = 0;

    for (uint32_t i = 0; i < r->s->n_broken && identity_is_known(r); i++)
        n += counts(r, r->s->broken[i]);
    return n;
}

int32_t
credit_broken(const struct run *r)
{
    int32_t n = credit_elsewhere(r);

    for (uint16_t i = 0; i < r->w->n_material; i++)
        n += credit_is_broken(&r->c->material[i]) && counts(r, r->c->material[i].broken);
    return n;
}

bool
case_credit_alike(const struct workflow *w, const struct case_state *x, const struct case_state *y)
{
    for (uint16_t i = 0; i < w->n_material; i++) {
        const struct material *a = &x->material[i], *b = &y->material[i];

        if (credit_is_broken(a) != credit_is_broken(b) ||
            (credit_is_broken(a) && a->broken != b->broken))
            return false;
    }
    return true;
}
