/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Promises that parties broke in other cases: asked for in a round trip of
 * their own, and only where the definition of a member speaks of them, so that
 * no other transaction pays for it.
 */
#include <string.h>

#include "runtime/batch_inside.h"

static bool
asks(const struct edition *of)
{
    return of && of->w->asks_credit;
}

/* An edition that comes only now is not asked for: read_entry() tells. */
static const char *
party_asked(struct batch *b, const struct order *m)
{
    struct case_entry *en = m->entry;
    struct error e = {0};

    if (!m->case_id)
        return asks(m->edition) ? m->party : NULL;
    if (!en->found || !en->locked)
        return NULL;
    if (!en->edition)
        en->edition = catalogue_edition(b->o.catalogue, en->row.definition, &e);
    en->asked = asks(en->edition) || asks(m->edition);
    return en->asked ? en->row.party : NULL;
}

static void
on_broken(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;

    batch_trouble(b, e);
    if (e)
        return;
    b->broken = arena_array(&b->arena, PQntuples(res), struct broken_promise);
    for (int row = 0; row < PQntuples(res); row++)
        b->broken[b->n_broken++] =
            (struct broken_promise){.party = row_copy(res, row, 0, &b->arena),
                                    .case_id = row_int(res, row, 1),
                                    .at = row_instant(res, row, 2)};
}

bool
batch_send_credit(struct batch *b, pipeline_answer_fn *asked)
{
    struct column party = column_new(&b->arena, COLUMN_TEXT);
    struct column id = column_new(&b->arena, COLUMN_INT);
    struct parameters v = parameters_new(&b->arena);
    const struct order *m;

    TAILQ_FOREACH (m, &b->running, next) {
        const char *of = party_asked(b, m);

        if (!of)
            continue;
        column_text(&party, of);
        column_int(&id, m->case_id);
    }
    if (id.n == 0)
        return false;
    parameter_int(&v, b->o.cell);
    parameter_column(&v, &party);
    parameter_column(&v, &id);
    pipeline_send(b->o.pipeline, SQL_party_broken, &v, on_broken, b);
    pipeline_sync(b->o.pipeline, asked, b);
    return true;
}

void
batch_credit(struct batch *b, const struct order *m, struct setting *s)
{
    const char *party = m->case_id ? NULL : m->party;
    instant *at = arena_array(&b->arena, b->n_broken, instant);

    for (size_t i = 0; i < b->n_broken; i++)
        if (b->broken[i].case_id == m->case_id &&
            (m->case_id || (party && !strcmp(b->broken[i].party, party))))
            at[s->n_broken++] = b->broken[i].at;
    s->broken = at;
}
