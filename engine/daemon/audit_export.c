/* SPDX-License-Identifier: Apache-2.0 */
/* Facts and where each case stands, as files that prove themselves. */
#include <stdio.h>

#include "daemon/audit.h"
#include "daemon/outlet.h"
#include "store/rows.h"

enum { PAGE = 1000 };

struct exporting {
    struct outlet facts, anchor;
    struct audit_export *out;
    int64_t cell, after_case, after_fact;
    struct evidence last; /* of the case under way: where it stands; id 0: none */
    char number[64];
    struct arena arena; /* of a page */
    bool ended;
};

static void
end_case(struct exporting *x)
{
    if (x->last.id == 0)
        return;
    x->last.kind = EVIDENCE_CASE;
    x->last.number = x->number;
    outlet_put(&x->anchor, &x->arena, &x->last);
    x->out->cases++;
    x->last.id = 0;
}

/* One line for a case that is gone, which stands in the anchor as ever. */
static void
take_purged(struct exporting *x, const PGresult *res, int row, struct evidence *line)
{
    line->kind = EVIDENCE_PURGED;
    line->purged = row_instant(res, row, 6);
    line->archive = row_text(res, row, 7);
    outlet_put(&x->facts, &x->arena, line);
    x->out->facts += line->fact;
    x->out->purged++;
}

static void
take_fact(struct exporting *x, const PGresult *res, int row)
{
    struct evidence *line = &x->last;
    const void *hash;
    size_t len;

    /* Younger than the horizon: it, and what follows it in its case, is of the next export. */
    if (PQgetisnull(res, row, 3) || row_int(res, row, 3) > x->out->horizon)
        return;
    if (row_int(res, row, 0) != line->id)
        end_case(x);
    *line = (struct evidence){.kind = EVIDENCE_FACT,
                              .id = row_int(res, row, 0),
                              .fact = row_int(res, row, 2),
                              .journal = row_int(res, row, 3),
                              .record = PQgetvalue(res, row, 4),
                              .record_len = (size_t)PQgetlength(res, row, 4)};
    (void)snprintf(x->number, sizeof(x->number), "%s",
                   PQgetisnull(res, row, 1) ? "-" : row_text(res, row, 1));
    line->number = x->number;
    hash = row_bytes(res, row, 5, &len);
    memcpy(line->hash, hash, len < HASH_SIZE ? len : HASH_SIZE);
    if (PQgetisnull(res, row, 4)) {
        take_purged(x, res, row, line);
        return;
    }
    outlet_put(&x->facts, &x->arena, line);
    x->out->facts++;
}

static void
on_page(void *arg, const PGresult *res)
{
    struct exporting *x = arg;
    const int n = PQntuples(res);

    for (int row = 0; row < n; row++)
        take_fact(x, res, row);
    if (n > 0) {
        x->after_case = row_int(res, n - 1, 0);
        x->after_fact = row_int(res, n - 1, 2);
    }
    x->ended = n < PAGE;
    arena_reset(&x->arena);
}

static void
on_horizon(void *arg, const PGresult *res)
{
    ((struct exporting *)arg)->out->horizon = row_int(res, 0, 0);
}

static bool
ask(struct exporting *x, struct asker *asker, struct error *e)
{
    struct parameters p = parameters_new(&x->arena);

    parameter_int(&p, x->cell);
    parameter_int(&p, x->after_case);
    parameter_int(&p, x->after_fact);
    parameter_int(&p, PAGE);
    return asker_ask(asker, SQL_evidence_page, &p, on_page, x, e);
}

static bool
run(struct exporting *x, struct asker *asker, struct error *e)
{
    struct parameters p = parameters_new(&x->arena);
    struct evidence line = {.cell = x->cell};

    parameter_int(&p, x->cell);
    if (!asker_ask(asker, SQL_evidence_horizon, &p, on_horizon, x, e))
        return false;
    line.horizon = x->out->horizon;
    line.kind = EVIDENCE_FACTS;
    outlet_put(&x->facts, &x->arena, &line);
    line.kind = EVIDENCE_ANCHOR;
    outlet_put(&x->anchor, &x->arena, &line);
    while (!x->ended && !x->facts.error.code)
        if (!ask(x, asker, e))
            return false;
    end_case(x);
    line = (struct evidence){.kind = EVIDENCE_END, .cases = x->out->cases, .facts = x->out->facts};
    outlet_put(&x->facts, &x->arena, &line);
    outlet_put(&x->anchor, &x->arena, &line);
    return true;
}

bool
audit_export(struct asker *asker, int64_t cell, const char *facts, const char *anchor,
             struct audit_export *out, struct error *e)
{
    struct exporting x = {.cell = cell, .out = out};
    bool ok;

    *out = (struct audit_export){0};
    ok = outlet_open(&x.facts, facts, e) && outlet_open(&x.anchor, anchor, e) &&
         run(&x, asker, e) && outlet_close(&x.facts, e) && outlet_close(&x.anchor, e);
    outlet_drop(&x.facts);
    outlet_drop(&x.anchor);
    arena_release(&x.arena);
    return ok;
}
