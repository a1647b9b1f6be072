/* SPDX-License-Identifier: Apache-2.0 */
/* What `onestop doctor` examines of the outside systems messages go to. */
#include <string.h>

#include "daemon/ask.h"
#include "daemon/doctor.h"
#include "definition/delivery.h"
#include "definition/registry.h"
#include "runtime/breaker.h"
#include "store/rows.h"

/* Columns of destination_list. */
enum {
    D_SYSTEM,
    D_BREAKER,
    D_FAILURES,
    D_OPEN_TILL,
    D_TROUBLE,
    D_TROUBLED,
    D_DELIVERED,
    D_DISABLED,
    D_DISABLED_BY,
    D_REASON,
    D_SERVED,
    D_WAITING,
    D_DEAD
};

struct world {
    struct findings *f;
    struct deliveries systems;
    const char **keyed; /* systems that have a secret that holds */
    size_t n_keyed;
    size_t n_well, n_bad;
};

static void
told_keys(void *arg, const PGresult *res)
{
    struct world *w = arg;

    w->keyed = arena_array(w->f->arena, PQntuples(res), const char *);
    for (int row = 0; row < PQntuples(res); row++)
        if (row_int(res, row, 4))
            w->keyed[w->n_keyed++] = row_copy(res, row, 0, w->f->arena);
}

static bool
has_key(const struct world *w, const char *system)
{
    for (size_t i = 0; i < w->n_keyed; i++)
        if (!strcmp(w->keyed[i], system))
            return true;
    return false;
}

static const char *
mend(const struct world *w, const char *verb, const char *system)
{
    return arena_printf(w->f->arena, "Run: onestop system %s %s", verb, system);
}

/* How it is faring, as far as anything was ever sent there. */
static bool
is_well(struct world *w, const char *system, const PGresult *res, int row)
{
    const enum breaker_state breaker = (enum breaker_state)row_int(res, row, D_BREAKER);
    const char *trouble = row_text(res, row, D_TROUBLE), *reason = row_text(res, row, D_REASON);
    char text[INSTANT_TEXT];

    if (row_instant(res, row, D_DISABLED) != INSTANT_NONE) {
        finding_bad(w->f, FINDING_PROBLEM, mend(w, "enable", system),
                    "system %s is disabled since %s by %s: %s", system,
                    instant_write(row_instant(res, row, D_DISABLED), text),
                    row_text(res, row, D_DISABLED_BY), reason ? reason : "");
        return false;
    }
    if (breaker == BREAKER_CLOSED)
        return true;
    finding_bad(w->f, FINDING_PROBLEM, "Look at that system, its URL and its networks.",
                "system %s is unwell after %lld failures in a row: %s", system,
                (long long)row_int(res, row, D_FAILURES), trouble ? trouble : "");
    return false;
}

static bool
has_dead(struct world *w, const char *system, const PGresult *res, int row)
{
    const int64_t dead = row_int(res, row, D_DEAD), waiting = row_int(res, row, D_WAITING);

    if (waiting && !row_int(res, row, D_SERVED))
        finding_bad(w->f, FINDING_PROBLEM,
                    "Start a daemon on this database with this organisation.",
                    "%lld messages wait for system %s and no daemon delivers them",
                    (long long)waiting, system);
    if (dead)
        finding_bad(w->f, FINDING_ADVICE, "Look at GET /v1/outbox; correct, replay or drop them.",
                    "%lld messages for system %s are dead", (long long)dead, system);
    return dead || (waiting && !row_int(res, row, D_SERVED));
}

static void
examine_one(struct world *w, const char *system, const PGresult *res)
{
    bool good = true;

    if (!has_key(w, system)) {
        finding_bad(w->f, FINDING_PROBLEM, mend(w, "key", system),
                    "system %s has no secret that holds: nothing is delivered to it", system);
        good = false;
    }
    for (int row = 0; row < PQntuples(res); row++)
        if (!strcmp(row_text(res, row, D_SYSTEM), system)) {
            good = is_well(w, system, res, row) && good;
            good = !has_dead(w, system, res, row) && good;
        }
    w->n_well += good;
    w->n_bad += !good;
}

static void
told_destinations(void *arg, const PGresult *res)
{
    struct world *w = arg;

    for (uint32_t i = 0; i < w->systems.n; i++)
        if (w->systems.item[i].url)
            examine_one(w, w->systems.item[i].system, res);
}

static bool
ask(struct world *w, const struct settings *s, struct error *e)
{
    struct asker *asker = asker_open(s->database_conninfo, "onestop doctor", e);
    struct parameters p = parameters_new(w->f->arena);
    bool ok;

    if (!asker)
        return false;
    parameter_int(&p, s->database_cell);
    ok = asker_ask(asker, SQL_system_key_list, NULL, told_keys, w, e) &&
         asker_ask(asker, SQL_destination_list, &p, told_destinations, w, e);
    asker_close(asker);
    return ok;
}

void
examine_world(struct findings *f, const struct settings *s)
{
    struct problems problems = {.arena = f->arena};
    struct world w = {.f = f};
    struct house house;
    struct error e;
    size_t n = 0;

    if (!house_load(f->arena, s->server_workflows, &house, &problems)) {
        finding_bad(f, FINDING_PROBLEM, "Run: onestop lint", "the organisation cannot be read");
        return;
    }
    w.systems = deliveries_read(f->arena, house.organisation.data);
    for (uint32_t i = 0; i < w.systems.n; i++)
        n += w.systems.item[i].url != NULL;
    if (n == 0)
        finding_good(f, "the organisation names no system that messages go to");
    else if (!ask(&w, s, &e))
        finding_bad(f, FINDING_PROBLEM, "Mend the database first.", "outside systems: %s",
                    e.detail);
    else if (w.n_well)
        finding_good(f, "%zu of %zu outside systems are well", w.n_well, n);
}
