/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to PostgreSQL in pipeline mode.
 *
 * AWAY -> CONNECTING -> SETTING_UP -> READY, and from each back to AWAY, from
 * where a timer starts again.  Whatever is in flight when the connection is
 * lost is told so from the loop.
 */
#include "store/pipeline.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "store/pipeline_inside.h"
#include "store/rows.h"

void
pipeline_wait_ms(struct pipeline *p, uint32_t ms)
{
    const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};

    require(event_add(p->timer, &tv) == 0);
}

static void
drop_connection(struct pipeline *p)
{
    if (p->io)
        event_free(p->io);
    p->io = NULL;
    PQfinish(p->conn);
    p->conn = NULL;
    p->backend = 0;
    p->refused[0] = 0;
    p->uncommitted = (struct error){0};
    p->stage = STAGE_AWAY;
    waiters_move(&p->left, &p->flying);
}

/* Gives the connection up.  Those who wait are told from the loop. */
void
pipeline_lose(struct pipeline *p, const char *why)
{
    const uint32_t jitter = arc4random_uniform(p->delay_ms / 2 + 1);

    if (p->stage == STAGE_AWAY)
        return;
    error_set(&p->trouble, ERROR_STORE_BUSY, "%.*s", (int)strcspn(why, "\n"), why);
    log_warn("database connection lost", log_str("name", p->o.name), log_int("pid", p->backend),
             log_int("in_flight", (int64_t)p->flying.n), log_str("why", why));
    drop_connection(p);
    pipeline_wait_ms(p, p->delay_ms / 2 + jitter);
    p->delay_ms = p->delay_ms * 2 > DELAY_MOST_MS ? DELAY_MOST_MS : p->delay_ms * 2;
    event_active(p->later, EV_TIMEOUT, 0);
}

void
pipeline_tell_changed(struct pipeline *p)
{
    const bool ready = p->stage == STAGE_READY;

    if (p->told && ready == p->told_ready)
        return;
    p->told = true;
    p->told_ready = ready;
    if (p->o.changed)
        p->o.changed(p->o.arg, ready);
}

static void
tell_left(struct pipeline *p)
{
    struct error e = {0};

    error_set(&e, ERROR_STORE_BUSY, "the database is away");
    for (size_t n = p->left.n; n > 0; n--) { /* those who come meanwhile: the next turn */
        const struct waiter w = waiters_take(&p->left);

        if (w.answer)
            w.answer(w.arg, NULL, &e);
    }
    if (p->left.n)
        event_active(p->later, EV_TIMEOUT, 0);
}

static void
on_later(evutil_socket_t fd, short what, void *arg)
{
    struct pipeline *p = arg;

    (void)fd;
    (void)what;
    tell_left(p);
    pipeline_tell_changed(p);
}

/* The server is going, or has become a standby: a new connection finds the one that serves. */
static bool
means_away(const char *state)
{
    return !state || !strncmp(state, "08", 2) || !strncmp(state, "57P", 3) ||
           !strcmp(state, "25006");
}

static void
read_refusal(struct pipeline *p, const PGresult *res, const struct waiter *w, struct error *e)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

    if (means_away(state))
        error_set(e, ERROR_STORE_BUSY, "the database is away");
    else
        error_set(e, ERROR_STORE_FAILED, "the database refused");
    if (state)
        memcpy(e->sqlstate, state, sizeof(e->sqlstate) - 1);
    memcpy(p->refused, e->sqlstate, sizeof(p->refused));
    log_warn("statement refused",
             log_str("statement", w->statement < 0 ? "" : pipeline_statement[w->statement].name),
             log_str("sqlstate", e->sqlstate),
             log_str("message", message ? message : PQresultErrorMessage(res)));
}

/* The end of a segment, which is the commit of what stood in no transaction. */
static void
answer_sync(struct pipeline *p, const PGresult *res)
{
    const struct waiter w = waiters_take(&p->flying);
    const struct error e = p->uncommitted;

    p->refused[0] = 0;
    p->uncommitted = (struct error){0};
    if (w.answer)
        w.answer(w.arg, e.code ? NULL : res, e.code ? &e : NULL);
}

/* All statements were answered well, and then their commit was refused: that is a result of its
 * own, before the sync's. */
static void
refuse_commit(struct pipeline *p, const PGresult *res)
{
    const struct waiter w = waiters_first(&p->flying);

    read_refusal(p, res, &w, &p->uncommitted);
    if (p->uncommitted.code == ERROR_STORE_BUSY)
        pipeline_lose(p, "the server says so");
}

static void
answer_statement(struct pipeline *p, const PGresult *res)
{
    const struct waiter w = waiters_take(&p->flying);
    struct error e = {0};

    switch (PQresultStatus(res)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        if (w.answer)
            w.answer(w.arg, res, NULL);
        return;
    case PGRES_PIPELINE_ABORTED:
        error_set(&e, ERROR_STORE_FAILED, "an earlier statement was refused");
        memcpy(e.sqlstate, p->refused, sizeof(e.sqlstate));
        break;
    default:
        read_refusal(p, res, &w, &e);
        break;
    }
    if (e.code == ERROR_STORE_BUSY)
        pipeline_lose(p, "the server says so");
    if (w.answer)
        w.answer(w.arg, NULL, &e);
}

static void
answer_one(struct pipeline *p, const PGresult *res)
{
    if (PQresultStatus(res) == PGRES_PIPELINE_SYNC)
        answer_sync(p, res);
    else if (waiters_first(&p->flying).sync)
        refuse_commit(p, res);
    else
        answer_statement(p, res);
}

void
pipeline_flush(struct pipeline *p)
{
    int rc;

    if (p->stage != STAGE_SETTING_UP && p->stage != STAGE_READY)
        return;
    rc = PQflush(p->conn);
    if (rc < 0)
        pipeline_lose(p, PQerrorMessage(p->conn));
    else
        pipeline_watch(p, rc > 0 ? EV_READ | EV_WRITE : EV_READ);
}

/* An answer is followed by a NULL, a sync's is not. */
static void
read_answers(struct pipeline *p)
{
    bool pause = false;

    if (!PQconsumeInput(p->conn)) {
        pipeline_lose(p, PQerrorMessage(p->conn));
        return;
    }
    while (p->conn && p->flying.n && !PQisBusy(p->conn)) {
        PGresult *res = PQgetResult(p->conn);

        if (!res && pause) {
            pipeline_lose(p, "answers ended before their time");
            return;
        }
        pause = !res;
        if (!res)
            continue;
        answer_one(p, res);
        PQclear(res);
    }
    pipeline_flush(p);
}

static void
on_io(evutil_socket_t fd, short what, void *arg)
{
    struct pipeline *p = arg;

    (void)fd;
    (void)what;
    if (p->stage == STAGE_CONNECTING)
        pipeline_connecting(p);
    else
        read_answers(p);
}

/* While it connects libpq changes sockets as it tries addresses. */
void
pipeline_watch(struct pipeline *p, short want)
{
    want |= EV_PERSIST;
    if (p->io && event_get_fd(p->io) == PQsocket(p->conn) && event_get_events(p->io) == want)
        return;
    if (p->io)
        event_free(p->io);
    p->io = event_new(p->base, PQsocket(p->conn), want, on_io, p);
    require(p->io && event_add(p->io, NULL) == 0);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct pipeline *p = arg;

    (void)fd;
    (void)what;
    if (p->stage == STAGE_AWAY)
        pipeline_connect(p);
    else
        pipeline_lose(p, "connecting took too long");
}

struct pipeline *
pipeline_open(struct event_base *base, const struct pipeline_options *options)
{
    struct pipeline *p = calloc(1, sizeof(*p));

    require(p != NULL);
    p->base = base;
    p->o = *options;
    p->o.conninfo = strdup(options->conninfo);
    p->o.name = strdup(options->name);
    p->delay_ms = DELAY_LEAST_MS;
    p->timer = event_new(base, -1, 0, on_timer, p);
    p->later = event_new(base, -1, 0, on_later, p);
    require(p->o.conninfo && p->o.name && p->timer && p->later);
    pipeline_connect(p);
    return p;
}

void
pipeline_close(struct pipeline *p)
{
    if (!p)
        return;
    p->o.changed = NULL;
    drop_connection(p);
    while (p->left.n)
        tell_left(p);
    event_free(p->timer);
    event_free(p->later);
    waiters_release(&p->flying);
    waiters_release(&p->left);
    free((char *)p->o.conninfo);
    free((char *)p->o.name);
    free(p);
}

/* Notes who waits; @return false when there is nobody to send to. */
static bool
may_send(struct pipeline *p, struct waiter w)
{
    if (p->stage != STAGE_READY) {
        waiters_add(&p->left, w);
        event_active(p->later, EV_TIMEOUT, 0);
        return false;
    }
    waiters_add(&p->flying, w);
    return true;
}

void
pipeline_send(struct pipeline *p, enum statement_id s, const struct parameters *parameters,
              pipeline_answer_fn *answer, void *arg)
{
    static const int binary[PARAMETERS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                               1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    static const struct parameters none;
    const struct parameters *v = parameters ? parameters : &none;

    require(v->n == pipeline_statement[s].n_args);
    if (may_send(p, (struct waiter){.answer = answer, .arg = arg, .statement = (int)s}) &&
        !PQsendQueryPrepared(p->conn, pipeline_statement[s].name, v->n, v->value, v->length, binary,
                             1))
        pipeline_lose(p, PQerrorMessage(p->conn));
}

void
pipeline_send_verb(struct pipeline *p, enum pipeline_verb verb, pipeline_answer_fn *answer,
                   void *arg)
{
    if (may_send(p, (struct waiter){.answer = answer, .arg = arg, .statement = -1}) &&
        !PQsendQueryPrepared(p->conn, pipeline_verb_text[verb], 0, NULL, NULL, NULL, 1))
        pipeline_lose(p, PQerrorMessage(p->conn));
}

void
pipeline_sync(struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    if (!may_send(p, (struct waiter){.answer = answer, .arg = arg, .statement = -1, .sync = true}))
        return;
    if (PQpipelineSync(p->conn))
        pipeline_flush(p);
    else
        pipeline_lose(p, PQerrorMessage(p->conn));
}

void
pipeline_ask(struct pipeline *p, enum statement_id s, const struct parameters *parameters,
             pipeline_answer_fn *answer, void *arg)
{
    pipeline_send(p, s, parameters, answer, arg);
    pipeline_sync(p, NULL, NULL);
}

void
pipeline_break(struct pipeline *p, const char *why)
{
    pipeline_lose(p, why);
}

bool
pipeline_ready(const struct pipeline *p)
{
    return p->stage == STAGE_READY;
}

const struct error *
pipeline_trouble(const struct pipeline *p)
{
    return &p->trouble;
}

uint64_t
pipeline_warnings(const struct pipeline *p)
{
    return p->warnings;
}

int
pipeline_backend(const struct pipeline *p)
{
    return p->backend;
}

size_t
pipeline_waiting(const struct pipeline *p)
{
    return p->flying.n + p->left.n;
}

const char *
pipeline_statement_name(enum statement_id s)
{
    return pipeline_statement[s].name;
}
