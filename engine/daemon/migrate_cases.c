/* SPDX-License-Identifier: Apache-2.0 */
/* Goes over the open cases of one version and moves them, or says what would become of them. */
#include "daemon/migrate_cases.h"

#include <string.h>

#include "daemon/sweep.h"

/* What the sweep is for. */
struct moving {
    const struct migration_wish *wish;
    struct migration_report *report;
    const struct workflow *to;
    struct migration m;
    int32_t from; /* definitions.id; 0: not found yet */
};

static struct command
command_of(const struct moving *g)
{
    return (struct command){.kind = COMMAND_MIGRATE, .reason = g->m.reason, .migration = &g->m};
}

static void
count(struct sweep *s, const struct sweep_case *c, const struct case_state *after, instant now,
      const char *why)
{
    struct moving *g = s->arg;

    migration_count(g->report, &g->m, c->row.c, after, now, why);
    s->looked = g->report->looked;
}

static bool
look(struct sweep *s, struct sweep_case *c, instant now)
{
    struct moving *g = s->arg;
    struct command cmd = command_of(g);
    const struct case_state *after;
    struct error e;

    c->order.workflow = g->to;
    c->order.command = cmd;
    if (!s->dry_run)
        return true;
    cmd.actor = sweep_actor(s);
    cmd.revision = -1;
    after = sweep_rehearse(s, c, &cmd, now, &e);
    if (!after && e.code == ERROR_CASE_CLOSED)
        s->looked = ++g->report->looked; /* what came due has closed it */
    else
        count(s, c, after, now, after ? NULL : e.detail);
    return false;
}

/* Counted once it is durable; what it means is decided again, which is cheap and pure. */
static void
told(struct sweep *s, struct sweep_case *c)
{
    const struct order *m = &c->order;
    const struct case_state *after = NULL;
    struct error e;

    if (!m->error.code)
        after = sweep_rehearse(s, c, &m->command, m->now, &e);
    count(s, c, m->error.code ? NULL : after ? after : c->row.c, m->now, m->error.detail);
}

static void
unread(struct sweep *s, struct sweep_case *c, const struct error *e)
{
    struct moving *g = s->arg;

    migration_count_unread(g->report, c->row.number, e->detail);
    s->looked = g->report->looked;
}

/* The old version may have to be fetched: a moment later it is here. */
static void
plan(struct sweep *s)
{
    struct moving *g = s->arg;
    struct error e = {0};
    const struct edition *from = catalogue_edition(worker_catalogue(s->worker), g->from, &e);

    if (from && migration_read(&s->keep, from->w, g->to, g->wish->plan, &g->m, &e))
        sweep_go(s, g->from);
    else if (e.code)
        sweep_end(s, &e);
    else
        sweep_wait(s, plan);
}

static void
on_versions(void *arg, const PGresult *res, const struct error *e)
{
    struct sweep *s = arg;
    struct moving *g = s->arg;
    const char *from = value_get_string(g->wish->plan, "from");
    struct error none;

    for (int row = 0; !e && row < PQntuples(res); row++)
        if (from && strlen(from) >= 12 && !strncmp(row_text(res, row, 1), from, strlen(from)))
            g->from = (int32_t)row_int(res, row, 0);
    if (!e && !g->from)
        error_at(&none, ERROR_NOT_FOUND, "/from",
                 "the database has no version %.64s; a version's hash, or 12 digits of it",
                 from ? from : "");
    if (e || !g->from)
        sweep_end(s, e ? e : &none);
    else
        plan(s);
}

static void
prepare(struct sweep *s)
{
    struct parameters p = parameters_new(&s->page);

    pipeline_ask(worker_read(s->worker), SQL_definition_list, &p, on_versions, s);
}

static const struct workflow *
find_to(const struct migration_wish *wish)
{
    const char *to = value_get_string(wish->plan, "to");
    const struct workflow *found = NULL;

    for (uint32_t i = 0; to && strlen(to) >= 12 && i < wish->registry->n; i++)
        if (!strncmp(wish->registry->workflow[i]->hash, to, strlen(to)))
            found = wish->registry->workflow[i];
    return found;
}

bool
migrate_cases(const struct migration_wish *wish, struct migration_report *out, struct error *e)
{
    struct moving g = {.wish = wish, .report = out, .to = find_to(wish)};
    struct sweep s = {.name = "migrate-cases",
                      .settings = wish->settings,
                      .house = wish->house,
                      .registry = wish->registry,
                      .dry_run = wish->dry_run,
                      .arg = &g,
                      .prepare = prepare,
                      .look = look,
                      .told = told,
                      .unread = unread};
    bool done;

    if (!g.to)
        return error_at(e, ERROR_NOT_FOUND, "/to",
                        "the folder of the workflows has no version that begins with this hash");
    done = sweep_run(&s, e);
    out->looked = s.looked;
    return done;
}
