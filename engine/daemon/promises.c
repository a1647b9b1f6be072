/* SPDX-License-Identifier: Apache-2.0 */
/* Broken promises that were written before their table was there. */
#include "daemon/promises.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/require.h"
#include "daemon/ask.h"
#include "daemon/rounds.h"
#include "store/rows.h"

enum { PIECE = 10000 }; /* ids */

struct promises {
    const struct settings *s;
    struct rounds *rounds;
    struct asker *asker; /* the thread's; it holds the lock of who leads */
    struct arena arena;
    bool leads, through;
    bool troubled;       /* and the log says so */
    int64_t after, last; /* ids: done up to, and the greatest there was at the start */
    int64_t added;
};

static void
on_lead(void *arg, const PGresult *res)
{
    ((struct promises *)arg)->leads = row_int(res, 0, 0) != 0;
}

static void
on_last(void *arg, const PGresult *res)
{
    ((struct promises *)arg)->last = row_int(res, 0, 0);
}

static void
on_added(void *arg, const PGresult *res)
{
    ((struct promises *)arg)->added += PQntuples(res);
}

static bool
take_lead(struct promises *p, struct error *e)
{
    struct parameters lead = parameters_new(&p->arena), last = parameters_new(&p->arena);

    parameter_int(&lead, p->s->database_cell);
    parameter_int(&last, p->s->database_cell);
    return asker_ask(p->asker, SQL_broken_lead, &lead, on_lead, p, e) &&
           (!p->leads || asker_ask(p->asker, SQL_sweep_last, &last, on_last, p, e));
}

static bool
add_piece(struct promises *p, struct error *e)
{
    struct parameters v = parameters_new(&p->arena);

    parameter_int(&v, p->s->database_cell);
    parameter_int(&v, p->after);
    parameter_int(&v, p->after + PIECE);
    if (!asker_ask(p->asker, SQL_broken_sweep, &v, on_added, p, e))
        return false;
    p->after += PIECE;
    return true;
}

static void
disconnect(struct promises *p)
{
    if (p->asker)
        asker_close(p->asker);
    p->asker = NULL;
    p->leads = false;
}

static void
look(struct rounds *r, void *arg)
{
    struct promises *p = arg;
    struct error e = {0};
    bool ok;

    if (p->through)
        return;
    if (!p->asker)
        p->asker = asker_open(p->s->database_conninfo, "onestop promises", &e);
    ok = p->asker && (p->leads || take_lead(p, &e)) && (!p->leads || add_piece(p, &e));
    arena_reset(&p->arena);
    if (!ok && !p->troubled && !rounds_ended(r))
        log_warn("broken promises of before are put off", log_error_fields(&e));
    p->troubled = !ok;
    p->through = ok && p->leads && p->after >= p->last;
    if (p->through && p->added)
        log_info("broken promises of before are known", log_int("promises", p->added));
    if (!ok || p->through)
        disconnect(p);
}

struct promises *
promises_start(const struct settings *settings)
{
    struct promises *p = calloc(1, sizeof(*p));

    require(p);
    p->s = settings;
    p->rounds = rounds_start(SPAN_SECOND, look, p);
    return p;
}

void
promises_stop(struct promises *p)
{
    if (!p)
        return;
    rounds_stop(p->rounds);
    disconnect(p);
    arena_release(&p->arena);
    free(p);
}
