/* SPDX-License-Identifier: Apache-2.0 */
/* Goes over the open cases of one version and moves them, or says what would become of them. */
#include "daemon/migrate_cases.h"

#include "daemon/ask.h"
#include "daemon/sweep.h"

static struct command
command_of(const struct sweep *s)
{
    const struct migration_report *r = s->arg;

    return (struct command){.kind = COMMAND_MIGRATE,
                            .actor = sweep_actor(s),
                            .revision = -1,
                            .reason = r->target.m.reason,
                            .migration = &r->target.m};
}

static bool
look(struct sweep *s, struct sweep_case *c, instant now)
{
    struct migration_report *r = s->arg;
    const struct case_state *after;
    struct error e;

    c->order.workflow = r->target.m.to;
    c->order.plan = r->target.plan;
    c->order.command = command_of(s);
    if (!s->dry_run)
        return true;
    s->looked++;
    after = sweep_rehearse(s, c, &c->order.command, now, &e);
    if (after)
        migration_count(r, c->row.c, after, now);
    else if (e.code != ERROR_CASE_CLOSED) /* what came due has closed it */
        migration_count_refused(r, c->row.c, e.detail);
    return false;
}

/* What it meant was written with it, and is read at the end. */
static void
told(struct sweep *s, struct sweep_case *c)
{
    s->looked++;
    if (c->order.error.code)
        migration_count_refused(s->arg, c->row.c, c->order.error.detail);
}

static void
unread(struct sweep *s, struct sweep_case *c, const struct error *e)
{
    s->looked++;
    migration_count_unread(s->arg, c->row.number, e->detail);
}

static void
prepare(struct sweep *s)
{
    const struct migration_report *r = s->arg;

    sweep_go(s, r->target.from);
}

/* What the plan says, and what was moved by it before. */
static bool
begin(const struct migration_wish *wish, struct migration_report *out, struct error *e)
{
    const struct settings *s = wish->settings;
    struct asker *asker = asker_open(s->database_conninfo, "onestop migrate-cases", e);
    bool done;

    if (!asker)
        return false;
    done = migration_target_find(wish, asker, out->a, &out->problems, &out->target, e) &&
           migration_moved(asker, s->database_cell, &out->target, &out->before, e);
    asker_close(asker);
    return done;
}

static bool
end(const struct migration_wish *wish, struct migration_report *out, struct error *e)
{
    const struct settings *s = wish->settings;
    struct asker *asker = asker_open(s->database_conninfo, "onestop migrate-cases", e);
    bool done;

    if (!asker)
        return false;
    done = migration_count_moved(out, asker, s->database_cell, e);
    asker_close(asker);
    return done;
}

bool
migrate_cases(const struct migration_wish *wish, struct migration_report *out, struct error *e)
{
    struct sweep s = {.name = "migrate-cases",
                      .settings = wish->settings,
                      .house = wish->house,
                      .dry_run = wish->dry_run,
                      .arg = out,
                      .prepare = prepare,
                      .look = look,
                      .told = told,
                      .unread = unread};
    struct error untold;
    bool done;

    if (!begin(wish, out, e))
        return false;
    if (out->problems.n_error || (out->target.waits && !wish->dry_run))
        return true;
    done = sweep_run(&s, e);
    out->looked = s.looked + (wish->dry_run ? 0 : out->before.moved);
    return (wish->dry_run || end(wish, out, done ? e : &untold)) && done;
}
