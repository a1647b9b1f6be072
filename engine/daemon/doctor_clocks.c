/* SPDX-License-Identifier: Apache-2.0 */
/* What `onestop doctor` examines of running clocks and periods: do they count by what holds now? */
#include "daemon/ask.h"
#include "daemon/doctor.h"
#include "definition/registry.h"
#include "store/rows.h"

static void
told(void *arg, const PGresult *res)
{
    struct findings *f = arg;
    const int64_t clocks = row_int(res, 0, 0), places = row_int(res, 0, 1);
    const int64_t cases = row_int(res, 0, 2);

    if (cases)
        finding_bad(f, FINDING_ADVICE,
                    "Run: onestop recount --dry-run, and without it when the report is as meant.",
                    "%lld clocks, and timers, waits and deadlines of %lld steps and materials, of "
                    "%lld open cases count by an older calendar",
                    (long long)clocks, (long long)places, (long long)cases);
    else
        finding_good(f, "all running clocks and periods count by the calendars that hold now");
}

/* The house's calendar stands there as that of a hall without name. */
static void
add_halls(struct parameters *p, const struct calendar *house)
{
    struct column district = column_new(p->arena, COLUMN_TEXT);
    struct column department = column_new(p->arena, COLUMN_TEXT);
    struct column version = column_new(p->arena, COLUMN_TEXT);
    const struct almanac *all = house->almanac;

    column_text(&district, "");
    column_text(&department, NULL);
    column_text(&version, house->version);
    for (uint32_t i = 0; i < all->n_hall; i++) {
        column_text(&district, all->hall[i].district);
        column_text(&department, all->hall[i].department);
        column_text(&version, all->hall[i].calendar->version);
    }
    parameter_column(p, &district);
    parameter_column(p, &department);
    parameter_column(p, &version);
}

void
examine_clocks(struct findings *f, const struct settings *s)
{
    struct problems problems = {.arena = f->arena};
    struct parameters p = parameters_new(f->arena);
    struct asker *asker = NULL;
    struct house house;
    struct error e;

    if (!house_load(f->arena, s->server_workflows, &house, &problems)) {
        finding_bad(f, FINDING_PROBLEM, "Run: onestop lint", "the calendars cannot be read");
        return;
    }
    parameter_int(&p, s->database_cell);
    add_halls(&p, house.calendar);
    asker = asker_open(s->database_conninfo, "onestop doctor", &e);
    if (!asker || !asker_ask(asker, SQL_recount_waiting, &p, told, f, &e))
        finding_bad(f, FINDING_PROBLEM, "Mend the database first.", "running clocks: %s", e.detail);
    if (asker)
        asker_close(asker);
}

static void
told_outages(void *arg, const PGresult *res)
{
    struct findings *f = arg;
    const int64_t cases = row_int(res, 0, 1);

    if (cases)
        finding_bad(f, FINDING_PROBLEM,
                    "See GET /v1/outages, mend the cases named there, then retry the outage.",
                    "%lld outages of the halls could not come to, or be taken back from, some open "
                    "cases, %lld in all",
                    (long long)row_int(res, 0, 0), (long long)cases);
    else
        finding_good(f, "no outage of a hall has left out an open case");
}

void
examine_outages(struct findings *f, const struct settings *s)
{
    struct parameters p = parameters_new(f->arena);
    struct error e;
    struct asker *asker = asker_open(s->database_conninfo, "onestop doctor", &e);

    parameter_int(&p, s->database_cell);
    if (!asker || !asker_ask(asker, SQL_outage_unreached, &p, told_outages, f, &e))
        finding_bad(f, FINDING_PROBLEM, "Mend the database first.", "outages: %s", e.detail);
    if (asker)
        asker_close(asker);
}
