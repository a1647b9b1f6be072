/* SPDX-License-Identifier: Apache-2.0 */
/* Outside systems as destinations: how they fare, enabled or not, all their dead sent again. */
#include <string.h>

#include "api/command.h"
#include "api/outbox.h"
#include "definition/delivery.h"
#include "runtime/breaker.h"

enum { REASON_LONGEST = 500, REPLAYED_AT_ONCE = 1000, COUNTED_MOST = 1000 };

/* Columns of destination_list. */
enum {
    D_SYSTEM,
    D_BREAKER,
    D_FAILURES,
    D_OPEN_TILL,
    D_TROUBLE,
    D_TROUBLED,
    D_DELIVERED,
    D_DISABLED,
    D_DISABLED_BY,
    D_REASON,
    D_SERVED,
    D_WAITING,
    D_DEAD
};

/* A request about destinations on its way. */
struct inquiry {
    struct app *app;
    struct http_request *r;
    const struct delivery *one; /* NULL: all */
    const char *action, *reason;
    int64_t replayed; /* -1: nobody asked for that */
};

static void
put_instant_if(struct text *t, const char *key, instant when)
{
    if (when != INSTANT_NONE)
        put_member_instant(t, key, when);
}

static void
put_faring(struct text *t, const PGresult *res, int row)
{
    const bool disabled = row_instant(res, row, D_DISABLED) != INSTANT_NONE;

    put_member_string(t, "state",
                      disabled ? "disabled"
                               : breaker_name((enum breaker_state)row_int(res, row, D_BREAKER)));
    put_member_int(t, "failures", row_int(res, row, D_FAILURES));
    put_instant_if(t, "openUntil", row_instant(res, row, D_OPEN_TILL));
    put_member_string(t, "trouble", row_text(res, row, D_TROUBLE));
    put_instant_if(t, "troubled", row_instant(res, row, D_TROUBLED));
    put_instant_if(t, "delivered", row_instant(res, row, D_DELIVERED));
    put_instant_if(t, "disabled", row_instant(res, row, D_DISABLED));
    if (disabled)
        put_member_string(t, "disabledBy", row_text(res, row, D_DISABLED_BY));
    if (disabled)
        put_member_string(t, "reason", row_text(res, row, D_REASON));
    put_member_int(t, "waiting", row_int(res, row, D_WAITING));
    put_member_int(t, "dead", row_int(res, row, D_DEAD));
    if (row_int(res, row, D_WAITING) == COUNTED_MOST || row_int(res, row, D_DEAD) == COUNTED_MOST)
        put_member_bool(t, "atLeast", true);
}

static int
row_of(const PGresult *res, const char *system)
{
    for (int row = 0; row < PQntuples(res); row++)
        if (!strcmp(row_text(res, row, D_SYSTEM), system))
            return row;
    return -1;
}

static void
put_destination(struct text *t, const struct inquiry *q, const struct delivery *d,
                const PGresult *res)
{
    const int row = row_of(res, d->system);

    put_open(t, '{');
    put_member_string(t, "system", d->system);
    put_member_string(t, "url", d->url);
    if (row >= 0) {
        put_faring(t, res, row);
    } else {
        put_member_string(t, "state", breaker_name(BREAKER_CLOSED));
        put_member_int(t, "failures", 0);
        put_member_int(t, "waiting", 0);
        put_member_int(t, "dead", 0);
    }
    if (q->replayed >= 0)
        put_member_int(t, "replayed", q->replayed);
    put_close(t, '}');
}

static void
on_destinations(void *arg, const PGresult *res, const struct error *e)
{
    const struct inquiry *q = arg;
    const struct deliveries *all = q->app->shared->systems;
    struct text t = text_new(&q->r->arena);

    if (e) {
        reply_error(q->r, e);
        return;
    }
    if (q->one) {
        put_destination(&t, q, q->one, res);
    } else {
        put_open(&t, '{');
        put_key(&t, "items");
        put_open(&t, '[');
        for (uint32_t i = 0; i < all->n; i++)
            put_destination(&t, q, &all->item[i], res);
        put_close(&t, ']');
        put_close(&t, '}');
    }
    reply_json(q->r, 200, &t);
}

static void
show(struct inquiry *q)
{
    struct parameters p = parameters_new(&q->r->arena);

    parameter_int(&p, q->app->shared->settings->database_cell);
    pipeline_ask(q->app->read, SQL_destination_list, &p, on_destinations, q);
}

static struct inquiry *
inquiry_new(struct app *app, struct http_request *r)
{
    struct inquiry *q = arena_new(&r->arena, struct inquiry);

    *q = (struct inquiry){.app = app, .r = r, .replayed = -1};
    return q;
}

void
destinations_list(void *arg, struct http_request *r)
{
    show(inquiry_new(arg, r));
}

static void
on_switched(void *arg, const PGresult *res, const struct error *e)
{
    struct inquiry *q = arg;

    (void)res; /* nothing comes when it was so already, which is as well */
    if (e)
        reply_error(q->r, e);
    else
        show(q);
}

static void
on_replayed(void *arg, const PGresult *res, const struct error *e)
{
    struct inquiry *q = arg;

    if (!e)
        q->replayed = row_int(res, 0, 0);
    on_switched(arg, res, e);
}

static void
obey(struct inquiry *q)
{
    const bool replay = !strcmp(q->action, "replay");
    struct parameters p = parameters_new(&q->r->arena);

    parameter_int(&p, q->app->shared->settings->database_cell);
    parameter_text(&p, q->one->system);
    if (replay)
        parameter_int(&p, REPLAYED_AT_ONCE);
    else
        parameter_int(&p, !strcmp(q->action, "disable"));
    parameter_text(&p, app_session(q->r)->account);
    parameter_text(&p, q->reason);
    pipeline_ask(q->app->read, replay ? SQL_outbox_replay_all : SQL_destination_switch, &p,
                 replay ? on_replayed : on_switched, q);
}

static bool
read_wish(struct inquiry *q, struct error *e)
{
    static const struct member_rule rule[] = {
        {"action", VALUE_STRING, true, 16},
        {"reason", VALUE_STRING, true, REASON_LONGEST},
    };
    struct value *body = arena_new(&q->r->arena, struct value);

    if (!body_read(q->r, body, e) || !body_check(body, "", rule, 2, e) ||
        !reason_read(body, &q->reason, e))
        return false;
    q->action = value_get_string(body, "action");
    if (strcmp(q->action, "enable") != 0 && strcmp(q->action, "disable") != 0 &&
        strcmp(q->action, "replay") != 0)
        return error_at(e, ERROR_FORM_INVALID, "/action", "action is enable, disable or replay");
    q->one = deliveries_find(q->app->shared->systems, router_param(q->r, "system"));
    return q->one || error_set(e, ERROR_NOT_FOUND, "the organisation names no such system");
}

void
destinations_act(void *arg, struct http_request *r)
{
    struct inquiry *q = inquiry_new(arg, r);
    struct error e;

    if (!read_wish(q, &e)) {
        reply_error(r, &e);
        return;
    }
    obey(q);
}
