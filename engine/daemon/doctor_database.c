/* SPDX-License-Identifier: Apache-2.0 */
/* What `onestop doctor` examines in the database. */
#include <stdlib.h>

#include "daemon/doctor.h"
#include "store/inspect.h"
#include "store/migrate.h"

/* What must be so for no acknowledged step to be lost. */
static void
examine_durability(struct findings *f, const struct database_state *db)
{
    const struct {
        bool good;
        enum finding_weight weight;
        const char *name, *mend;
    } row[] = {
        {db->fsync, FINDING_PROBLEM, "fsync",
         "Set fsync = on: without it a power cut loses acknowledged steps."},
        {db->full_page_writes, FINDING_PROBLEM, "full_page_writes",
         "Set full_page_writes = on: without it a power cut may tear pages."},
        {db->synchronous_commit, FINDING_PROBLEM, "synchronous_commit",
         "Set synchronous_commit = on: without it a crash loses acknowledged steps."},
        {db->checksums, FINDING_ADVICE, "data_checksums",
         "Enable them with pg_checksums: they find a disk that lies."},
        {db->checks_clients, FINDING_ADVICE, "client_connection_check_interval",
         "Set it to 1s, so that the locks of a daemon that died are let go."},
        {db->utf8, FINDING_PROBLEM, "server_encoding", "Make the database with ENCODING 'UTF8'."},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        if (row[i].good)
            finding_good(f, "%s is as it should be", row[i].name);
        else
            finding_bad(f, row[i].weight, row[i].mend, "%s is not as it should be", row[i].name);
}

static void
examine_clock(struct findings *f, const struct database_state *db)
{
    const span apart = llabs(db->ahead);

    if (apart - db->unsure <= SPAN_SECOND)
        finding_good(f, "the database's clock and this machine's agree");
    else
        finding_bad(f, FINDING_PROBLEM,
                    "Run a time service (chrony) on both; the database's clock decides limits.",
                    "the database's clock is %.1f s %s", (double)apart / SPAN_SECOND,
                    db->ahead > 0 ? "ahead" : "behind");
}

static void
examine_schema(struct findings *f, const struct settings *s)
{
    struct migrations m;
    struct error e;

    if (!migrations_read(f->arena, s->database_schema, &m, &e) ||
        !migrations_ask(s->database_conninfo, &m, &e))
        finding_bad(f, FINDING_PROBLEM, "Install the release that fits the database.", "schema: %s",
                    e.detail);
    else if (m.n_applied < m.n)
        finding_bad(f, FINDING_PROBLEM, "Run: onestop migrate",
                    "the schema is at version %zu of %zu", m.n_applied, m.n);
    else
        finding_good(f, "the schema is at version %zu", m.n);
}

static void
examine_server(struct findings *f, const struct settings *s, const struct database_state *db)
{
    const int64_t wanted = 4 * workers_of(s) + 10;

    if (db->version >= 150000)
        finding_good(f, "PostgreSQL %d.%d", db->version / 10000, db->version % 10000);
    else
        finding_bad(f, FINDING_PROBLEM, "Use PostgreSQL 15 or later.",
                    "PostgreSQL %d.%d is too old", db->version / 10000, db->version % 10000);
    if (db->standby)
        finding_bad(f, FINDING_PROBLEM, "Connect to the primary: target_session_attrs=read-write.",
                    "the database is a standby");
    if (db->superuser)
        finding_bad(f, FINDING_PROBLEM, "Connect as a role of its own that owns the database.",
                    "the daemon's role is a superuser");
    if (db->max_connections < wanted)
        finding_bad(f, FINDING_ADVICE, "Raise max_connections, or set server.workers.",
                    "max_connections is %lld, this many workers may use %lld",
                    (long long)db->max_connections, (long long)wanted);
    else
        finding_good(f, "max_connections is %lld", (long long)db->max_connections);
}

bool
examine_database(struct findings *f, const struct settings *s)
{
    struct database_state db = {0};
    struct error e;

    if (!database_inspect(s->database_conninfo, &db, &e)) {
        finding_bad(f, FINDING_PROBLEM,
                    "Check database.conninfo (or PGHOST, PGUSER, PGDATABASE) and that it runs.",
                    "database: %s", e.detail);
        return false;
    }
    examine_server(f, s, &db);
    examine_durability(f, &db);
    examine_clock(f, &db);
    examine_schema(f, s);
    return true;
}
