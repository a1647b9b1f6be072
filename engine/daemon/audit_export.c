/* SPDX-License-Identifier: Apache-2.0 */
/* Facts and where each case stands, as files that prove themselves. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/audit.h"
#include "store/evidence.h"
#include "store/rows.h"

enum { PAGE = 1000, PATH = 4096 };

/* A file that gets its name when it is whole. */
struct outlet {
    const char *path; /* NULL: not wanted */
    char part[PATH];
    FILE *f;
};

struct exporting {
    struct outlet facts, anchor;
    struct audit_export *out;
    int64_t cell, after_case, after_fact;
    struct evidence last; /* of the case under way: where it stands; id 0: none */
    char number[64];
    struct arena arena; /* of a page */
    struct error error;
    bool ended;
};

static bool
outlet_open(struct outlet *o, const char *path, struct error *e)
{
    int fd;

    o->path = path;
    if (!path)
        return true;
    if (snprintf(o->part, sizeof(o->part), "%s.part", path) >= PATH)
        return error_set(e, ERROR_BAD_FILE, "%.60s…: the name is too long", path);
    /* What persons said stands in it. */
    fd = open(o->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    o->f = fd < 0 ? NULL : fdopen(fd, "w");
    return o->f || error_set(e, ERROR_BAD_FILE, "%s: %s", o->part, strerrordesc_np(errno));
}

static bool
outlet_close(struct outlet *o, struct error *e)
{
    bool ok;

    if (!o->f)
        return true;
    ok = fflush(o->f) == 0 && fsync(fileno(o->f)) == 0;
    ok = fclose(o->f) == 0 && ok;
    o->f = NULL;
    return (ok && rename(o->part, o->path) == 0) ||
           error_set(e, ERROR_BAD_FILE, "%s: %s", o->path, strerrordesc_np(errno));
}

static void
outlet_drop(struct outlet *o)
{
    if (!o->f)
        return;
    (void)fclose(o->f);
    (void)unlink(o->part);
}

static void
put(struct exporting *x, struct outlet *o, const struct evidence *line)
{
    struct text t = text_new(&x->arena);

    if (!o->f)
        return;
    evidence_write(&t, line);
    if (fwrite(t.at, 1, t.len, o->f) != t.len && !x->error.code)
        error_set(&x->error, ERROR_BAD_FILE, "%s: %s", o->part, strerrordesc_np(errno));
}

static void
end_case(struct exporting *x)
{
    if (x->last.id == 0)
        return;
    x->last.kind = EVIDENCE_CASE;
    x->last.number = x->number;
    put(x, &x->anchor, &x->last);
    x->out->cases++;
    x->last.id = 0;
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
    put(x, &x->facts, line);
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
    if (!asker_ask(asker, SQL_evidence_page, &p, on_page, x, e))
        return false;
    if (x->error.code)
        *e = x->error;
    return !x->error.code;
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
    put(x, &x->facts, &line);
    line.kind = EVIDENCE_ANCHOR;
    put(x, &x->anchor, &line);
    while (!x->ended)
        if (!ask(x, asker, e))
            return false;
    end_case(x);
    line = (struct evidence){.kind = EVIDENCE_END, .cases = x->out->cases, .facts = x->out->facts};
    put(x, &x->facts, &line);
    put(x, &x->anchor, &line);
    if (x->error.code)
        *e = x->error;
    return !x->error.code;
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
