/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a database how it is set up; for `onestop doctor`. */
#include "store/inspect.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char question[] =
    "SELECT current_setting('server_version_num'), current_setting('fsync'),"
    " current_setting('full_page_writes'), current_setting('synchronous_commit'),"
    " current_setting('data_checksums'), current_setting('server_encoding'),"
    " current_setting('client_connection_check_interval'), current_setting('max_connections'),"
    " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), pg_is_in_recovery(),"
    " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

static instant
machine_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (instant)now.tv_sec * SPAN_SECOND + now.tv_nsec / 1000;
}

static bool
is(const PGresult *r, int column, const char *value)
{
    return strcmp(PQgetvalue(r, 0, column), value) == 0;
}

static void
take(const PGresult *r, struct database_state *out)
{
    out->version = (int)strtol(PQgetvalue(r, 0, 0), NULL, 10);
    out->fsync = is(r, 1, "on");
    out->full_page_writes = is(r, 2, "on");
    out->synchronous_commit = !is(r, 3, "off") && !is(r, 3, "local");
    out->checksums = is(r, 4, "on");
    out->utf8 = is(r, 5, "UTF8");
    out->checks_clients = !is(r, 6, "0");
    out->max_connections = strtoll(PQgetvalue(r, 0, 7), NULL, 10);
    out->superuser = is(r, 8, "t");
    out->standby = is(r, 9, "t");
}

static bool
ask(PGconn *db, struct database_state *out, struct error *e)
{
    const instant before = machine_clock();
    PGresult *r = PQexec(db, question);
    const instant after = machine_clock();
    const bool done = PQresultStatus(r) == PGRES_TUPLES_OK;

    if (done) {
        take(r, out);
        out->unsure = (after - before) / 2;
        out->ahead = strtoll(PQgetvalue(r, 0, 10), NULL, 10) - before - out->unsure;
    } else {
        error_set(e, ERROR_STORE_FAILED, "%s", PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
    }
    PQclear(r);
    return done;
}

bool
database_inspect(const char *conninfo, struct database_state *out, struct error *e)
{
    static const char *const key[] = {"dbname", "fallback_application_name", "connect_timeout",
                                      NULL};
    const char *const value[] = {conninfo, "onestop doctor", "10", NULL};
    PGconn *db = PQconnectdbParams(key, value, 1);
    const char *said = PQerrorMessage(db);
    bool done = false;

    if (PQstatus(db) == CONNECTION_OK)
        done = ask(db, out, e);
    else
        error_set(e, ERROR_STORE_BUSY, "%.*s", (int)strcspn(said, "\n"), said);
    PQfinish(db);
    return done;
}
