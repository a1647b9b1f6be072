/* SPDX-License-Identifier: Apache-2.0 */
/* Is it alive, can it work, what has it counted, what is its contract, what time is it. */
#include <string.h>

#include "api/app.h"
#include "api/command.h"
#include "base/metrics.h"

void
system_live(void *arg, struct http_request *r)
{
    (void)arg;
    http_reply(r, 200, "text/plain; charset=utf-8", "ok\n", 3);
}

void
system_ready(void *arg, struct http_request *r)
{
    struct app *app = arg;
    const bool database = pipeline_ready(app->read) && worker_ready(app->worker);
    struct text t = text_new(&r->arena);

    put_open(&t, '{');
    put_key(&t, "checks");
    put_open(&t, '{');
    put_member_string(&t, "database",
                      database                                 ? "ok"
                      : pipeline_trouble(app->read)->detail[0] ? "not connected"
                                                               : "connecting");
    put_member_string(&t, "workflows",
                      !worker_registry(app->worker)->n ? "none"
                      : app->shared->refused           ? "refused"
                                                       : "ok");
    put_close(&t, '}');
    put_member_bool(&t, "ready", database);
    put_close(&t, '}');
    if (!database)
        http_reply_header(r, "Retry-After", "1");
    reply_json(r, database ? 200 : 503, &t);
}

void
system_metrics(void *arg, struct http_request *r)
{
    struct text t = text_new(&r->arena);

    (void)arg;
    metrics_write(&t);
    http_reply(r, 200, "text/plain; version=0.0.4; charset=utf-8", t.at, t.len);
}

void
system_contract(void *arg, struct http_request *r)
{
    const struct app *app = arg;
    const char *seen = http_header(r, "if-none-match");

    http_reply_header(r, "ETag", app->shared->contract_etag);
    http_reply_header(r, "Cache-Control", "no-cache");
    if (seen && strstr(seen, app->shared->contract_etag))
        http_reply(r, 304, NULL, NULL, 0);
    else
        http_reply(r, 200, "application/json", app->shared->contract, app->shared->contract_len);
}

/* The test clock: there is none on a database that was not made for tests. */

struct clock_question {
    struct app *app;
    struct http_request *r;
    instant to; /* INSTANT_NONE: only read */
};

static void
reply_clock(struct http_request *r, instant now)
{
    struct text t = text_new(&r->arena);

    put_open(&t, '{');
    put_member_instant(&t, "now", now);
    put_close(&t, '}');
    reply_json(r, 200, &t);
}

static void step_clock(struct clock_question *q);

static void
on_clock(void *arg, const PGresult *res, const struct error *e)
{
    struct clock_question *q = arg;
    struct error none;

    if (e) {
        reply_error(q->r, e);
    } else if (!row_int(res, 0, 1)) {
        error_set(&none, ERROR_NOT_FOUND, "this database tells the real time");
        reply_error(q->r, &none);
    } else if (q->to == INSTANT_NONE) {
        reply_clock(q->r, row_instant(res, 0, 0));
    } else {
        step_clock(q);
    }
}

void
clock_show(void *arg, struct http_request *r)
{
    struct app *app = arg;
    struct clock_question *q = arena_new(&r->arena, struct clock_question);

    *q = (struct clock_question){.app = app, .r = r, .to = INSTANT_NONE};
    pipeline_ask(app->read, SQL_clock_read, NULL, on_clock, q);
}

/* Time went to the next due moment, or as far as asked: then it is time to go on, or to answer. */
static void
on_stepped(void *arg, const PGresult *res, const struct error *e)
{
    struct clock_question *q = arg;
    instant now;

    if (e) {
        reply_error(q->r, e);
        return;
    }
    now = PQntuples(res) ? row_instant(res, 0, 0) : q->to;
    worker_heard(q->app->worker, now);
    if (now < q->to)
        step_clock(q);
    else
        reply_clock(q->r, now);
}

static void
on_alarms_done(void *arg)
{
    struct clock_question *q = arg;
    struct parameters p = parameters_new(&q->r->arena);

    parameter_int(&p, q->app->shared->settings->database_cell);
    parameter_instant(&p, q->to);
    parameter_int(&p, 0);
    pipeline_ask(q->app->read, SQL_clock_advance, &p, on_stepped, q);
}

/* What is due by now is decided before time goes on. */
static void
step_clock(struct clock_question *q)
{
    worker_settle_alarms(q->app->worker, on_alarms_done, q);
}

void
clock_move(void *arg, struct http_request *r)
{
    static const struct member_rule rule[] = {{"to", VALUE_STRING, true, 40}};
    struct app *app = arg;
    struct clock_question *q = arena_new(&r->arena, struct clock_question);
    const char *text;
    struct value v;
    struct error e;
    instant to;

    if (!body_read(r, &v, &e) || !body_check(&v, "", rule, 1, &e)) {
        reply_error(r, &e);
        return;
    }
    text = value_get_string(&v, "to");
    if (!instant_read(text, strlen(text), &to)) {
        error_at(&e, ERROR_FORM_INVALID, "/to", "to is RFC 3339, as in 2026-02-13T10:00:00+08:00");
        reply_error(r, &e);
        return;
    }
    *q = (struct clock_question){.app = app, .r = r, .to = to};
    pipeline_ask(app->read, SQL_clock_read, NULL, on_clock, q);
}
