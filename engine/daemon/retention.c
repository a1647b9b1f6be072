/* SPDX-License-Identifier: Apache-2.0 */
/* Cases whose retention is over: archived, then removed. */
#include "daemon/retention.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/require.h"
#include "daemon/ask.h"
#include "daemon/outlet.h"
#include "daemon/rounds.h"
#include "store/digest.h"
#include "store/rows.h"

enum { AT_ONCE = 50 };

/* Columns of purge_facts. */
enum { F_CASE, F_NUMBER, F_FACT, F_JOURNAL, F_BODY, F_HASH, F_RECORDED, F_HEAD };

struct retention {
    const struct settings *s;
    struct rounds *rounds;
};

/* A case of a piece as its facts tell it: what may go. */
struct leaver {
    int64_t id, facts, journal;
    uint8_t head[HASH_SIZE];
    bool young; /* a fact of it has no place in the journal yet */
    bool whole; /* so far its facts are what the chain was made of */
};

/* A piece: found, archived, removed. */
struct piece {
    const struct settings *s;
    struct asker *asker;
    struct arena arena;
    bool leads;
    int64_t horizon;
    int64_t definition, id; /* the cursor, with `closed` */
    instant closed;
    int64_t *case_id;
    size_t n;
    struct leaver *leaver;
    size_t n_leaver;
    struct outlet facts, anchor;
    int64_t n_fact;
    const char *name; /* of the archive, without its folder */
    int64_t removed;
};

/* --- what is due --- */

static void
on_lead(void *arg, const PGresult *res)
{
    ((struct piece *)arg)->leads = row_int(res, 0, 0) != 0;
}

static void
on_horizon(void *arg, const PGresult *res)
{
    ((struct piece *)arg)->horizon = row_int(res, 0, 0);
}

static void
on_due(void *arg, const PGresult *res)
{
    struct piece *p = arg;

    p->n = (size_t)PQntuples(res);
    p->case_id = arena_array(&p->arena, p->n, int64_t);
    for (int row = 0; row < PQntuples(res); row++) {
        p->definition = row_int(res, row, 0);
        p->closed = row_instant(res, row, 1);
        p->id = p->case_id[row] = row_int(res, row, 2);
    }
}

static bool
find(struct piece *p, struct error *e)
{
    struct parameters v = parameters_new(&p->arena);

    parameter_int(&v, p->s->database_cell);
    parameter_int(&v, p->definition);
    parameter_instant(&v, p->closed);
    parameter_int(&v, p->id);
    parameter_int(&v, AT_ONCE);
    return asker_ask(p->asker, SQL_purge_due, &v, on_due, p, e);
}

/* --- the archive --- */

/* Reads a row of a case's facts into @l; @return its line. */
static struct evidence
read_fact(struct leaver *l, const PGresult *res, int row)
{
    struct evidence line = {.kind = EVIDENCE_FACT,
                            .id = row_int(res, row, F_CASE),
                            .number = row_text(res, row, F_NUMBER),
                            .fact = row_int(res, row, F_FACT),
                            .journal = row_int(res, row, F_JOURNAL),
                            .record = PQgetvalue(res, row, F_BODY),
                            .record_len = (size_t)PQgetlength(res, row, F_BODY)};
    size_t len;
    const void *hash = row_bytes(res, row, F_HASH, &len);

    digest_chain(l->head, line.record, line.record_len);
    l->young = l->young || line.journal == 0;
    l->whole = l->whole && line.fact == l->facts + 1 && len == HASH_SIZE &&
               !memcmp(l->head, hash, HASH_SIZE);
    l->facts = line.fact;
    l->journal = line.journal;
    memcpy(line.hash, l->head, HASH_SIZE);
    return line;
}

/*
 * Whether the facts in rows @from .. @to - 1 are what the case's row says; fills @l.  One that
 * does not prove itself stays for a person to look at.
 */
static bool
prove(struct leaver *l, const PGresult *res, int from, int to)
{
    size_t len;
    const void *head = row_bytes(res, from, F_HEAD, &len);

    *l = (struct leaver){.id = row_int(res, from, F_CASE), .whole = true};
    for (int row = from; row < to; row++)
        (void)read_fact(l, res, row);
    l->whole = l->whole && l->facts == row_int(res, from, F_RECORDED) && len == HASH_SIZE &&
               !memcmp(l->head, head, HASH_SIZE);
    if (!l->whole)
        log_error("a case past its retention is not what its chain says, and stays",
                  log_str("case", row_text(res, from, F_NUMBER)));
    return l->whole && !l->young;
}

static void
put_case(struct piece *p, const PGresult *res, int from, int to)
{
    struct leaver l = {.whole = true};
    struct evidence line;

    for (int row = from; row < to; row++) {
        line = read_fact(&l, res, row);
        outlet_put(&p->facts, &p->arena, &line);
    }
    line.kind = EVIDENCE_CASE;
    outlet_put(&p->anchor, &p->arena, &line);
    p->n_fact += to - from;
}

static void
on_facts(void *arg, const PGresult *res)
{
    struct piece *p = arg;
    const int n = PQntuples(res);

    p->leaver = arena_array(&p->arena, p->n, struct leaver);
    for (int from = 0, to = 0; from < n; from = to) {
        struct leaver *l = &p->leaver[p->n_leaver];

        while (to < n && row_int(res, to, F_CASE) == row_int(res, from, F_CASE))
            to++;
        if (prove(l, res, from, to)) {
            put_case(p, res, from, to);
            p->n_leaver++;
        }
    }
}

static void
on_rows(void *arg, const PGresult *res)
{
    struct piece *p = arg;

    for (int row = 0; row < PQntuples(res); row++)
        outlet_put(&p->facts, &p->arena,
                   &(struct evidence){.kind = EVIDENCE_ROW,
                                      .id = row_int(res, row, 0),
                                      .number = row_text(res, row, 3),
                                      .archive = row_text(res, row, 1),
                                      .record = PQgetvalue(res, row, 2),
                                      .record_len = (size_t)PQgetlength(res, row, 2)});
}

/* Never one that is there: it may be all that is left of other cases. */
static void
name_archive(struct piece *p, const char **facts, const char **anchor)
{
    uint32_t chance;

    arc4random_buf(&chance, sizeof(chance));
    p->name = arena_printf(&p->arena, "cell%" PRId64 "-%" PRId64 "-%" PRId64 "-%08" PRIx32 ".facts",
                           p->s->database_cell, p->case_id[0], p->case_id[p->n - 1], chance);
    *facts = arena_printf(&p->arena, "%s/%s", p->s->retention_folder, p->name);
    *anchor =
        arena_printf(&p->arena, "%.*sanchor", (int)(strlen(*facts) - strlen("facts")), *facts);
}

static bool
ask_facts(struct piece *p, struct error *e)
{
    struct parameters v = parameters_new(&p->arena);
    struct column id = column_new(&p->arena, COLUMN_INT);

    for (size_t i = 0; i < p->n; i++)
        column_int(&id, p->case_id[i]);
    parameter_int(&v, p->s->database_cell);
    parameter_column(&v, &id);
    return asker_ask(p->asker, SQL_purge_facts, &v, on_facts, p, e);
}

static bool
ask_rows(struct piece *p, struct error *e)
{
    struct parameters v = parameters_new(&p->arena);
    struct column id = column_new(&p->arena, COLUMN_INT);

    for (size_t i = 0; i < p->n_leaver; i++)
        column_int(&id, p->leaver[i].id);
    parameter_int(&v, p->s->database_cell);
    parameter_column(&v, &id);
    return asker_ask(p->asker, SQL_purge_rows, &v, on_rows, p, e);
}

static bool
write_archive(struct piece *p, struct error *e)
{
    struct evidence line = {.cell = p->s->database_cell, .horizon = p->horizon};

    line.kind = EVIDENCE_FACTS;
    outlet_put(&p->facts, &p->arena, &line);
    line.kind = EVIDENCE_ANCHOR;
    outlet_put(&p->anchor, &p->arena, &line);
    if (!ask_facts(p, e) || (p->n_leaver && !ask_rows(p, e)))
        return false;
    line =
        (struct evidence){.kind = EVIDENCE_END, .cases = (int64_t)p->n_leaver, .facts = p->n_fact};
    outlet_put(&p->facts, &p->arena, &line);
    outlet_put(&p->anchor, &p->arena, &line);
    return true;
}

static bool
archive(struct piece *p, struct error *e)
{
    const char *facts, *anchor;
    bool ok;

    name_archive(p, &facts, &anchor);
    p->anchor = (struct outlet){0};
    ok = outlet_open(&p->facts, facts, e) && outlet_open(&p->anchor, anchor, e) &&
         write_archive(p, e);
    if (ok && p->n_leaver)
        ok = outlet_close(&p->facts, e) && outlet_close(&p->anchor, e);
    outlet_drop(&p->facts);
    outlet_drop(&p->anchor);
    return ok;
}

/* --- removing --- */

static void
on_removed(void *arg, const PGresult *res)
{
    ((struct piece *)arg)->removed += PQntuples(res);
}

static bool
purge(struct piece *p, struct error *e)
{
    struct parameters v = parameters_new(&p->arena);
    struct column id = column_new(&p->arena, COLUMN_INT), facts = column_new(&p->arena, COLUMN_INT),
                  head = column_new(&p->arena, COLUMN_BYTES),
                  journal = column_new(&p->arena, COLUMN_INT);

    for (size_t i = 0; i < p->n_leaver; i++) {
        column_int(&id, p->leaver[i].id);
        column_int(&facts, p->leaver[i].facts);
        column_bytes(&head, p->leaver[i].head, HASH_SIZE);
        column_int(&journal, p->leaver[i].journal);
    }
    parameter_int(&v, p->s->database_cell);
    parameter_column(&v, &id);
    parameter_column(&v, &facts);
    parameter_column(&v, &head);
    parameter_column(&v, &journal);
    parameter_text(&v, p->name);
    return asker_ask(p->asker, SQL_purge, &v, on_removed, p, e);
}

/* --- the thread --- */

static bool
take_lead(struct piece *p, struct error *e)
{
    struct parameters v = parameters_new(&p->arena), w = parameters_new(&p->arena);

    parameter_int(&v, p->s->database_cell);
    parameter_int(&w, p->s->database_cell);
    return asker_ask(p->asker, SQL_purge_lead, &v, on_lead, p, e) &&
           (!p->leads || asker_ask(p->asker, SQL_evidence_horizon, &w, on_horizon, p, e));
}

/* Piece by piece until nothing is due behind the cursor. */
static bool
go_over(struct rounds *r, struct piece *p, struct error *e)
{
    if (!take_lead(p, e))
        return false;
    p->closed = INSTANT_MIN;
    while (p->leads && !rounds_ended(r)) {
        arena_reset(&p->arena);
        p->n_leaver = 0;
        p->n_fact = 0;
        if (!find(p, e))
            return false;
        if (p->n == 0)
            return true;
        if (!archive(p, e) || (p->n_leaver && !purge(p, e)))
            return false;
    }
    return true;
}

static void
look(struct rounds *rounds, void *arg)
{
    struct retention *r = arg;
    struct piece p = {.s = r->s};
    struct error e;

    p.asker = asker_open(r->s->database_conninfo, "onestop retention", &e);
    if (!p.asker || !go_over(rounds, &p, &e))
        log_warn("retention put off", log_error_fields(&e));
    if (p.asker)
        asker_close(p.asker);
    if (p.removed) {
        metric_add(METRIC_purged, p.removed);
        log_info("cases past their retention removed", log_int("cases", p.removed),
                 log_str("folder", r->s->retention_folder));
    }
    arena_release(&p.arena);
    digest_release();
}

struct retention *
retention_start(const struct settings *settings)
{
    struct retention *r;

    if (!*settings->retention_folder) {
        log_info("no case is ever removed: retention.folder names no folder");
        return NULL;
    }
    r = calloc(1, sizeof(*r));
    require(r);
    r->s = settings;
    r->rounds = rounds_start(settings->retention_interval, look, r);
    return r;
}

void
retention_stop(struct retention *r)
{
    if (!r)
        return;
    rounds_stop(r->rounds);
    free(r);
}
