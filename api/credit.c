/* SPDX-License-Identifier: Apache-2.0 */
/* What the gate before a promise asks of other cases. */
#include "api/credit.h"

static void
on_broken(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;
    instant *at;

    if (e) {
        reply_error(l->request, e);
        return;
    }
    at = arena_array(&l->request->arena, PQntuples(res), instant);
    for (int row = 0; row < PQntuples(res); row++)
        at[row] = row_instant(res, row, 2);
    l->broken = at;
    l->n_broken = (uint32_t)PQntuples(res);
    l->then(l);
}

void
credit_read(struct lookup *l, void (*then)(struct lookup *l))
{
    struct arena *a = &l->request->arena;
    struct parameters p = parameters_new(a);
    struct column party = column_new(a, COLUMN_TEXT), id = column_new(a, COLUMN_INT);

    if (!l->workflow->asks_credit || !l->row.party || l->row.c->identity.claimed) {
        then(l);
        return;
    }
    l->then = then;
    column_text(&party, l->row.party);
    column_int(&id, l->id);
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_column(&p, &party);
    parameter_column(&p, &id);
    pipeline_ask(l->app->read, SQL_party_broken, &p, on_broken, l);
}
