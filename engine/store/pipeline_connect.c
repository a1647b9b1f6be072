/* SPDX-License-Identifier: Apache-2.0 */
/* From no connection to a usable one: handshake, settings, statements. */
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "store/pipeline_inside.h"
#include "store/rows.h"

enum { HOSTS_TEXT = 1000 }; /* a list of hosts */
enum { CONNECT_MS = 3000 }; /* for a server that does not answer */

const struct statement pipeline_statement[SQL_COUNT] = {
#define STATEMENT(name, n_args, text) [SQL_##name] = {#name, text, n_args},
#include "statements.h"
#undef STATEMENT
};

/* Prepared like statements, so that they need no parsing either. */
const char *const pipeline_verb_text[PIPELINE_VERBS] = {
    [PIPELINE_BEGIN] = "BEGIN",
    [PIPELINE_COMMIT] = "COMMIT",
    [PIPELINE_ROLLBACK] = "ROLLBACK",
};

static void
on_prepared(void *arg, const PGresult *res, const struct error *e)
{
    (void)res;
    if (e)
        pipeline_lose(arg, "the schema does not fit this release: onestop migrate");
}

static void
on_session(void *arg, const PGresult *res, const struct error *e)
{
    enum { PID = 10 };
    struct pipeline *p = arg;

    if (e)
        pipeline_lose(p, "the server refuses the session's settings");
    else
        p->backend = (int)row_int(res, 0, PID);
}

static void
on_set_up(void *arg, const PGresult *res, const struct error *e)
{
    struct pipeline *p = arg;

    (void)res;
    if (e || p->stage != STAGE_SETTING_UP)
        return;
    p->stage = STAGE_READY;
    p->delay_ms = DELAY_LEAST_MS;
    event_del(p->timer);
    pipeline_tell_changed(p);
}

static void
expect(struct pipeline *p, pipeline_answer_fn *answer, int statement_id)
{
    waiters_add(&p->flying, (struct waiter){.answer = answer, .arg = p, .statement = statement_id});
}

static bool
send_session(struct pipeline *p)
{
    enum { IDLE_MS = 10000 };
    static const int binary[4] = {1, 1, 1, 1};
    struct arena a = {0};
    struct parameters v = parameters_new(&a);
    bool ok;

    parameter_text(&v, p->o.name);
    parameter_int(&v, p->o.statement_timeout / 1000);
    parameter_int(&v, IDLE_MS);
    parameter_int(&v, p->o.use == PIPELINE_BATCH);
    ok = PQsendQueryParams(p->conn, pipeline_statement[SQL_session_begin].text, v.n, NULL, v.value,
                           v.length, binary, 1);
    arena_release(&a);
    expect(p, on_session, SQL_session_begin);
    return ok;
}

static void
set_up(struct pipeline *p)
{
    bool ok = PQsetnonblocking(p->conn, 1) == 0 && PQenterPipelineMode(p->conn);

    p->stage = STAGE_SETTING_UP;
    ok = ok && send_session(p);
    for (int i = 0; ok && i < SQL_COUNT; i++) {
        ok =
            PQsendPrepare(p->conn, pipeline_statement[i].name, pipeline_statement[i].text, 0, NULL);
        expect(p, on_prepared, i);
    }
    for (int i = 0; ok && i < PIPELINE_VERBS; i++) {
        ok = PQsendPrepare(p->conn, pipeline_verb_text[i], pipeline_verb_text[i], 0, NULL);
        expect(p, on_prepared, -1);
    }
    ok = ok && PQpipelineSync(p->conn);
    waiters_add(&p->flying,
                (struct waiter){.answer = on_set_up, .arg = p, .statement = -1, .sync = true});
    if (ok)
        pipeline_flush(p);
    else
        pipeline_lose(p, PQerrorMessage(p->conn));
}

void
pipeline_connecting(struct pipeline *p)
{
    switch (PQconnectPoll(p->conn)) {
    case PGRES_POLLING_READING:
        pipeline_watch(p, EV_READ);
        break;
    case PGRES_POLLING_WRITING:
        pipeline_watch(p, EV_WRITE);
        break;
    case PGRES_POLLING_OK:
        set_up(p);
        break;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
        pipeline_lose(p, PQerrorMessage(p->conn));
        break;
    }
}

static void
on_notice(void *arg, const PGresult *res)
{
    const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    struct pipeline *p = arg;

    if (!severity || strcmp(severity, "WARNING") != 0)
        return;
    p->warnings++;
    log_warn("database warns", log_str("name", p->o.name), log_str("message", message));
}

/* The value of libpq's option @key, from the connection string or else the environment. */
static void
option_value(const struct pipeline *p, const char *key, char *value, size_t size)
{
    PQconninfoOption *const list[] = {PQconninfoParse(p->o.conninfo, NULL), PQconndefaults()};

    value[0] = 0;
    for (size_t i = 0; i < 2; i++) {
        for (const PQconninfoOption *o = list[i]; o && o->keyword && !value[0]; o++)
            if (!strcmp(o->keyword, key) && o->val)
                (void)snprintf(value, size, "%s", o->val);
        PQconninfoFree(list[i]);
    }
}

/* Cuts @list down to its @n-th word, counted round and round. */
static void
choose(char *list, unsigned n)
{
    unsigned words = 1;
    char *from = list;
    size_t len;

    for (const char *c = list; *c; c++)
        words += *c == ',';
    for (n %= words; n > 0; n--)
        from = strchr(from, ',') + 1;
    len = strcspn(from, ",");
    memmove(list, from, len);
    list[len] = 0;
}

/*
 * Of several hosts one is tried at a time, the next with the next attempt:
 * left to libpq, a first host that does not answer would use up the time of
 * every attempt, for its own connect_timeout does not hold here.
 */
static void
choose_host(const struct pipeline *p, const char **key, const char **value,
            char text[3][HOSTS_TEXT])
{
    static const char *const option[] = {"host", "hostaddr", "port"};
    int n = 0;

    for (int i = 0; i < 3; i++) {
        option_value(p, option[i], text[i], HOSTS_TEXT);
        if (!strchr(text[i], ','))
            continue;
        choose(text[i], p->attempt);
        key[n] = option[i];
        value[n++] = text[i];
    }
}

void
pipeline_connect(struct pipeline *p)
{
    /* What stands before dbname may be overruled by the connection string. */
    const char *key[12] = {"tcp_user_timeout",         "keepalives_idle", "keepalives_interval",
                           "keepalives_count",         "dbname",          "client_encoding",
                           "fallback_application_name"};
    const char *value[12] = {"3000", "2", "1", "3", p->o.conninfo, "UTF8", p->o.name};
    char host[3][HOSTS_TEXT];

    choose_host(p, key + 7, value + 7, host);
    p->attempt++;
    p->stage = STAGE_CONNECTING;
    p->conn = PQconnectStartParams(key, value, 1);
    require(p->conn != NULL);
    PQsetNoticeReceiver(p->conn, on_notice, p);
    pipeline_wait_ms(p,
                     p->o.connect_timeout ? (uint32_t)(p->o.connect_timeout / 1000) : CONNECT_MS);
    if (PQstatus(p->conn) == CONNECTION_BAD)
        pipeline_lose(p, PQerrorMessage(p->conn));
    else
        pipeline_watch(p, EV_WRITE);
}
