/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a database one whose time is moved by hand. */
#include "store/test_clock.h"

#include <string.h>

#include "store/pipeline.h"

static const char *const statement[SQL_COUNT] = {
#define STATEMENT(name, n_args, text) [SQL_##name] = text,
#include "statements.h"
#undef STATEMENT
};

static bool
mark(PGconn *db, instant start, struct error *e)
{
    char text[INSTANT_TEXT];
    const char *const value[] = {start == INSTANT_NONE ? NULL : instant_write(start, text)};
    PGresult *r = PQexecParams(db, statement[SQL_clock_mark], 1, NULL, value, NULL, NULL, 0);
    bool done = PQresultStatus(r) == PGRES_TUPLES_OK;

    if (!done)
        error_set(e, ERROR_STORE_FAILED, "%s", PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
    else if (PQntuples(r) == 0)
        done =
            error_set(e, ERROR_USAGE,
                      "the database has a test clock already, or has had cases of the real time");
    PQclear(r);
    return done;
}

bool
test_clock_make(const char *conninfo, instant start, struct error *e)
{
    static const char *const key[] = {"dbname", "fallback_application_name", "connect_timeout",
                                      NULL};
    const char *const value[] = {conninfo, "onestop migrate", "10", NULL};
    PGconn *db = PQconnectdbParams(key, value, 1);
    const char *said = PQerrorMessage(db);
    bool done = false;

    if (PQstatus(db) == CONNECTION_OK)
        done = mark(db, start, e);
    else
        error_set(e, ERROR_STORE_BUSY, "%.*s", (int)strcspn(said, "\n"), said);
    PQfinish(db);
    return done;
}
