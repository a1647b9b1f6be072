/* SPDX-License-Identifier: Apache-2.0 */
/* Applies the numbered files of schema/ to a database, once each. */
#include "store/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "definition/digest.h"

enum { FILE_MAX_BYTES = 4 * 1024 * 1024, TRIES_MOST = 10 };

/* "0001_words.sql" */
static int
is_numbered(const struct dirent *d)
{
    const char *name = d->d_name;
    const size_t len = strlen(name);

    return len > 9 && strspn(name, "0123456789") == 4 && name[4] == '_' &&
           strcmp(name + len - 4, ".sql") == 0;
}

static bool
read_file(struct arena *a, int dir, const char *name, char **text, size_t *len, struct error *e)
{
    const int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    const off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    ssize_t n = -1;

    if (size >= 0 && size < FILE_MAX_BYTES) {
        *text = arena_alloc(a, (size_t)size + 1);
        n = pread(fd, *text, (size_t)size, 0);
        *len = (size_t)size;
    }
    if (fd >= 0)
        close(fd);
    if (n != size || n < 0)
        return error_set(e, ERROR_BAD_FILE, "%s cannot be read", name);
    if (strlen(*text) != *len)
        return error_set(e, ERROR_BAD_FILE, "%s holds a NUL byte", name);
    return true;
}

static bool
read_all(struct arena *a, int dir, struct dirent **entry, struct migrations *m, struct error *e)
{
    for (size_t i = 0; i < m->n; i++) {
        struct migration *one = &m->item[i];
        char *sql = NULL;
        size_t len = 0;

        one->name = arena_strdup(a, entry[i]->d_name);
        one->number = (int)strtol(one->name, NULL, 10);
        if (one->number != (int)i + 1)
            return error_set(e, ERROR_BAD_FILE, "%s stands where %04zu_….sql belongs", one->name,
                             i + 1);
        if (!read_file(a, dir, one->name, &sql, &len, e))
            return false;
        one->sql = sql;
        digest_text(sql, len, one->digest);
    }
    return true;
}

bool
migrations_read(struct arena *a, const char *dir, struct migrations *m, struct error *e)
{
    struct dirent **entry;
    const int n = scandir(dir, &entry, is_numbered, alphasort);
    const int fd = n < 0 ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done;

    *m = (struct migrations){0};
    if (n < 0)
        return error_set(e, ERROR_BAD_FILE, "%s: %s", dir, strerrordesc_np(errno));
    m->n = (size_t)n;
    m->item = arena_array(a, m->n, struct migration);
    done = read_all(a, fd, entry, m, e);
    if (fd >= 0)
        close(fd);
    for (int i = 0; i < n; i++)
        free(entry[i]);
    free(entry);
    return done;
}

/* The first line of what the server or libpq said. */
static bool
refused(struct error *e, enum error_code code, const char *what, const char *said)
{
    error_set(e, code, "%s: %.*s", what, (int)strcspn(said, "\n"), said);
    return false;
}

static bool
result_failed(PGconn *db, const PGresult *r, const char *what, struct error *e)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *said = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;

    refused(e, ERROR_STORE_FAILED, what, said ? said : PQerrorMessage(db));
    if (state)
        (void)snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", state);
    return false;
}

static bool
execute(PGconn *db, const char *sql, const char *what, struct error *e)
{
    PGresult *r = PQexec(db, sql);
    const ExecStatusType status = PQresultStatus(r);
    const bool done =
        status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || result_failed(db, r, what, e);

    PQclear(r);
    return done;
}

static PGconn *
connect_to(const char *conninfo, struct error *e)
{
    static const char *const key[] = {"dbname", "fallback_application_name", "connect_timeout",
                                      NULL};
    const char *const value[] = {conninfo, "onestop migrate", "10", NULL};
    PGconn *db = PQconnectdbParams(key, value, 1);

    if (PQstatus(db) == CONNECTION_OK)
        return db;
    refused(e, ERROR_STORE_BUSY, "no connection", PQerrorMessage(db));
    PQfinish(db);
    return NULL;
}

/* One row of schema_versions against the file of its number. */
static bool
compare(struct migrations *m, int number, const char *name, const char *digest, struct error *e)
{
    struct migration *one;

    if (number < 1 || (size_t)number > m->n)
        return error_set(e, ERROR_BAD_FILE, "the database has %s, which this release does not know",
                         name);
    one = &m->item[number - 1];
    if (strcmp(one->digest, digest) != 0)
        return error_set(e, ERROR_BAD_FILE,
                         "%s was applied and then edited; write a new file with the next number",
                         name);
    one->applied = true;
    m->n_applied++;
    return true;
}

static bool
load_versions(PGconn *db, struct migrations *m, struct error *e)
{
    PGresult *r = PQexec(db, "SELECT number, name, digest FROM schema_versions ORDER BY number");
    bool done = PQresultStatus(r) == PGRES_TUPLES_OK;
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

    m->n_applied = 0;
    for (size_t i = 0; i < m->n; i++)
        m->item[i].applied = false;
    if (!done)
        done = (state && strcmp(state, "42P01") == 0) /* no such table: nothing applied yet */
               || result_failed(db, r, "schema_versions", e);
    else
        for (int i = 0; done && i < PQntuples(r); i++)
            done = compare(m, (int)strtol(PQgetvalue(r, i, 0), NULL, 10), PQgetvalue(r, i, 1),
                           PQgetvalue(r, i, 2), e);
    PQclear(r);
    if (done && m->n_applied && !m->item[m->n_applied - 1].applied)
        return error_set(e, ERROR_STORE_FAILED, "schema_versions has a gap");
    return done;
}

bool
migrations_ask(const char *conninfo, struct migrations *m, struct error *e)
{
    PGconn *db = connect_to(conninfo, e);
    bool done;

    if (!db)
        return false;
    done = load_versions(db, m, e);
    PQfinish(db);
    return done;
}

/* The line of @sql at which the server's character position @at lies. */
static int
line_of(const char *sql, const char *at)
{
    long left = at ? strtol(at, NULL, 10) - 1 : 0;
    int line = 1;

    for (; *sql && left > 0; sql++) {
        line += *sql == '\n';
        left -= ((unsigned char)*sql & 0xc0) != 0x80; /* counts characters, not bytes */
    }
    return line;
}

static bool
run_file(PGconn *db, const struct migration *one, struct error *e)
{
    PGresult *r = PQexec(db, one->sql);
    const ExecStatusType status = PQresultStatus(r);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    char what[160];

    if (!done) {
        (void)snprintf(what, sizeof(what), "%s:%d", one->name,
                       line_of(one->sql, PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION)));
        result_failed(db, r, what, e);
    } else if (PQtransactionStatus(db) != PQTRANS_INTRANS) {
        done = error_set(e, ERROR_BAD_FILE, "%s must not begin or end transactions", one->name);
    }
    PQclear(r);
    return done;
}

static bool
record(PGconn *db, const struct migration *one, struct error *e)
{
    char number[12];
    const char *const value[] = {number, one->name, one->digest};
    PGresult *r;
    bool done;

    (void)snprintf(number, sizeof(number), "%d", one->number);
    r = PQexecParams(db, "INSERT INTO schema_versions (number, name, digest) VALUES ($1, $2, $3)",
                     3, NULL, value, NULL, NULL, 0);
    done = PQresultStatus(r) == PGRES_COMMAND_OK || result_failed(db, r, one->name, e);
    PQclear(r);
    return done;
}

static span
ticks(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (span)now.tv_sec * SPAN_SECOND + now.tv_nsec / 1000;
}

static bool
try_one(PGconn *db, const struct migration *one, struct error *e)
{
    struct error ignored;

    if (execute(db, "BEGIN", one->name, e) && run_file(db, one, e) && record(db, one, e) &&
        execute(db, "COMMIT", one->name, e))
        return true;
    if (PQtransactionStatus(db) != PQTRANS_IDLE)
        (void)!execute(db, "ROLLBACK", one->name, &ignored);
    return false;
}

/* Daemons may be at work, and take the same tables in another order: a circle that PostgreSQL has
 * opened is no fault of the file. */
static bool
apply_one(PGconn *db, const struct migration *one, struct error *e)
{
    struct error refused = {0};

    for (int i = 0; i < TRIES_MOST; i++) {
        if (try_one(db, one, &refused))
            return true;
        if (!error_passed(&refused))
            break;
    }
    *e = refused;
    return false;
}

static bool
apply_all(PGconn *db, struct migrations *m, migration_fn tell, void *owner, struct error *e)
{
    for (size_t i = m->n_applied; i < m->n; i++) {
        struct migration *one = &m->item[i];
        const span began = ticks();

        tell(owner, one, -1);
        if (!apply_one(db, one, e))
            return false;
        one->applied = true;
        m->n_applied++;
        tell(owner, one, ticks() - began);
    }
    return true;
}

/* The lock is the session's: it ends with the connection, however that ends. */
static bool
take_lock(PGconn *db, struct error *e)
{
    if (execute(db,
                "SET client_min_messages = warning; SET lock_timeout = '60s';"
                " SELECT pg_advisory_lock(7310579482);"
                " SET lock_timeout = 0; SET statement_timeout = 0",
                "lock", e))
        return true;
    if (strcmp(e->sqlstate, "55P03") == 0)
        return error_set(e, ERROR_STORE_BUSY, "another migration has been running for a minute");
    return false;
}

bool
migrations_apply(const char *conninfo, struct migrations *m, migration_fn tell, void *owner,
                 struct error *e)
{
    PGconn *db = connect_to(conninfo, e);
    bool done;

    if (!db)
        return false;
    done = take_lock(db, e) &&
           execute(db,
                   "CREATE TABLE IF NOT EXISTS schema_versions ("
                   " number integer PRIMARY KEY,"
                   " name text NOT NULL,"
                   " digest text NOT NULL,"
                   " applied timestamptz NOT NULL DEFAULT clock_timestamp(),"
                   " applied_by text NOT NULL DEFAULT current_user)",
                   "schema_versions", e) &&
           load_versions(db, m, e) && apply_all(db, m, tell, owner, e);
    PQfinish(db);
    return done;
}
