/* SPDX-License-Identifier: Apache-2.0 */
/* Outages of a hall: recorded once by a supervisor, or taken back; a daemon goes to the open cases.
 */
#include <string.h>

#include "api/command.h"
#include "api/lookup.h"
#include "api/outages.h"
#include "api/outbox.h"
#include "api/page.h"

/* Columns of outage_list, and of the others; each has one of its own behind them. */
enum {
    O_ID,
    O_DISTRICT,
    O_SINCE,
    O_UNTIL,
    O_REASON,
    O_DOCUMENT,
    O_ACCOUNT,
    O_RECORDED,
    O_DONE,
    O_CASES,
    O_REFUSED,
    O_TROUBLE,
    O_UNREACHED,
    O_ANNULLED,
    O_ANNULLED_BY,
    O_ANNULMENT,
    O_UNDONE,
    O_RESTORED,
    O_NEW,
};

/* Columns of outage_try. */
enum { TRY_MOMENT, TRY_NUMBER };

/* A request on its way. */
struct recording {
    struct app *app;
    struct http_request *r;
    const char *district, *reason, *document;
    instant from, until;
};

/* How far it is: with the cases, or back from them. */
static const char *
state_of(const PGresult *res, int row)
{
    if (row_instant(res, row, O_ANNULLED) != INSTANT_NONE)
        return row_instant(res, row, O_UNDONE) != INSTANT_NONE ? "annulled" : "annulling";
    return row_instant(res, row, O_DONE) != INSTANT_NONE ? "done" : "running";
}

static void
put_annulment(struct text *t, const PGresult *res, int row)
{
    put_key(t, "annulment");
    put_open(t, '{');
    put_member_string(t, "by", row_text(res, row, O_ANNULLED_BY));
    put_member_string(t, "reason", row_text(res, row, O_ANNULMENT));
    put_member_instant(t, "recorded", row_instant(res, row, O_ANNULLED));
    if (row_instant(res, row, O_UNDONE) != INSTANT_NONE) {
        put_member_instant(t, "done", row_instant(res, row, O_UNDONE));
        put_member_int(t, "cases", row_int(res, row, O_RESTORED));
    }
    put_close(t, '}');
}

static void
put_outage(void *arg, struct text *t, const PGresult *res, int row)
{
    const char *unreached = row_text(res, row, O_UNREACHED);

    (void)arg;
    put_open(t, '{');
    put_member_int(t, "number", row_int(res, row, O_ID));
    put_member_string(t, "district", row_text(res, row, O_DISTRICT));
    put_member_instant(t, "from", row_instant(res, row, O_SINCE));
    put_member_instant(t, "until", row_instant(res, row, O_UNTIL));
    put_member_string(t, "reason", row_text(res, row, O_REASON));
    put_member_string(t, "document", row_text(res, row, O_DOCUMENT));
    put_member_string(t, "by", row_text(res, row, O_ACCOUNT));
    put_member_instant(t, "recorded", row_instant(res, row, O_RECORDED));
    put_member_string(t, "state", state_of(res, row));
    if (row_instant(res, row, O_DONE) != INSTANT_NONE) {
        put_member_instant(t, "done", row_instant(res, row, O_DONE));
        put_member_int(t, "cases", row_int(res, row, O_CASES));
        put_member_int(t, "refused", row_int(res, row, O_REFUSED));
        put_member_string(t, "trouble", row_text(res, row, O_TROUBLE));
        if (unreached) {
            put_key(t, "unreached");
            text_str(t, unreached);
        }
    }
    if (row_instant(res, row, O_ANNULLED) != INSTANT_NONE)
        put_annulment(t, res, row);
    put_close(t, '}');
}

/* --- the list --- */

struct outage_list {
    struct http_request *r;
    struct page page;
};

static void
on_list(void *arg, const PGresult *res, const struct error *e)
{
    struct outage_list *list = arg;

    page_reply(list->r, &list->page, res, e, (int[]){O_ID}, 1, put_outage, NULL);
}

void
outages_list(void *arg, struct http_request *r)
{
    static const char *const known[] = {"district", "limit", "cursor", NULL};
    struct app *app = arg;
    struct outage_list *list = arena_new(&r->arena, struct outage_list);
    struct parameters p = parameters_new(&r->arena);
    const char *district;
    struct error e;

    *list = (struct outage_list){.r = r};
    if (!page_read(r, known, 1, &list->page, &e) || !page_district(r, &district, &e)) {
        reply_error(r, &e);
        return;
    }
    parameter_int(&p, app->shared->settings->database_cell);
    parameter_int(&p, list->page.position[0]);
    parameter_int(&p, list->page.limit + 1);
    parameter_text(&p, district);
    pipeline_ask(app->read, SQL_outage_list, &p, on_list, list);
}

/* --- recording --- */

static void
on_recorded(void *arg, const PGresult *res, const struct error *e)
{
    const struct recording *q = arg;
    struct text t = text_new(&q->r->arena);
    char until[INSTANT_TEXT];
    struct error why;

    if (e) {
        reply_error(q->r, e);
        return;
    }
    if (PQntuples(res) == 0) {
        error_at(&why, ERROR_HAPPENED_OUTSIDE, "/until",
                 "%s is still to come; record an outage when it is over",
                 instant_write(q->until, until));
        reply_error(q->r, &why);
        return;
    }
    put_outage(NULL, &t, res, 0);
    reply_json(q->r, row_int(res, 0, O_NEW) ? 201 : 200, &t);
}

static bool
read_moment(const struct value *body, const char *name, instant *out, struct error *e)
{
    const struct value *v = value_get(body, name);

    return (instant_read(v->string, v->n, out) && *out > 0) ||
           error_at(e, ERROR_FORM_INVALID, *name == 'f' ? "/from" : "/until",
                    "%s is a date-time as in 2026-03-02T10:00:00+08:00", name);
}

static bool
read_recording(struct recording *q, struct error *e)
{
    static const struct member_rule rule[] = {
        {"district", VALUE_STRING, true, 6},    {"from", VALUE_STRING, true, 40},
        {"until", VALUE_STRING, true, 40},      {"reason", VALUE_STRING, true, 500},
        {"document", VALUE_STRING, false, 200},
    };
    struct value *body = arena_new(&q->r->arena, struct value);

    if (!body_read(q->r, body, e) || !body_check(body, "", rule, 5, e) ||
        !reason_read(body, &q->reason, e) || !read_moment(body, "from", &q->from, e) ||
        !read_moment(body, "until", &q->until, e))
        return false;
    q->district = value_get_string(body, "district");
    q->document = value_get_string(body, "document");
    if (strcmp(q->district, "*") != 0 &&
        (strlen(q->district) != 6 || strspn(q->district, "0123456789") != 6))
        return error_at(e, ERROR_FORM_INVALID, "/district",
                        "district is the six digits of GB/T 2260, as in 371502, or * for the "
                        "whole city");
    if (!session_sees(app_session(q->r), q->district))
        return error_set(e, ERROR_FORBIDDEN, "district %s is not yours", q->district);
    return q->from < q->until ||
           error_at(e, ERROR_HAPPENED_OUTSIDE, "/from", "it ends before it begins");
}

static void
record(struct recording *q)
{
    struct parameters p = parameters_new(&q->r->arena);

    parameter_int(&p, q->app->shared->settings->database_cell);
    parameter_text(&p, q->district);
    parameter_instant(&p, q->from);
    parameter_instant(&p, q->until);
    parameter_text(&p, q->reason);
    parameter_text(&p, q->document);
    parameter_text(&p, app_session(q->r)->account);
    pipeline_ask(q->app->read, SQL_outage_record, &p, on_recorded, q);
}

/* --- trying --- */

static void
on_try(void *arg, const PGresult *res, const struct error *e)
{
    struct recording *q = arg;
    struct outage_wish *wish = arena_new(&q->r->arena, struct outage_wish);
    char until[INSTANT_TEXT];
    struct error why;

    if (e) {
        reply_error(q->r, e);
    } else if (row_instant(res, 0, TRY_MOMENT) < q->until) {
        error_at(&why, ERROR_HAPPENED_OUTSIDE, "/until",
                 "%s is still to come; record an outage when it is over",
                 instant_write(q->until, until));
        reply_error(q->r, &why);
    } else {
        wish->number = (int32_t)row_int(res, 0, TRY_NUMBER);
        wish->district = q->district;
        wish->command = (struct command){.kind = COMMAND_OUTAGE,
                                         .number = wish->number ? wish->number : INT32_MAX,
                                         .from = q->from,
                                         .until = q->until,
                                         .reason = q->reason,
                                         .document = q->document};
        outage_try(q->app, q->r, wish);
    }
}

static void
try(struct recording *q)
{
    struct parameters p = parameters_new(&q->r->arena);

    parameter_int(&p, q->app->shared->settings->database_cell);
    parameter_text(&p, q->district);
    parameter_instant(&p, q->from);
    parameter_instant(&p, q->until);
    pipeline_ask(q->app->read, SQL_outage_try, &p, on_try, q);
}

void
outages_record(void *arg, struct http_request *r)
{
    struct recording *q = arena_new(&r->arena, struct recording);
    struct error e;
    bool dry;

    *q = (struct recording){.app = arg, .r = r};
    if (!query_dry_run(r, &dry, &e) || !read_recording(q, &e))
        reply_error(r, &e);
    else if (dry)
        try(q);
    else
        record(q);
}

/* --- one of them --- */

/* What is asked of an outage that was recorded. */
struct deed_on_outage {
    struct app *app;
    struct http_request *r;
    int32_t number;
    const char *action, *reason; /* action NULL: only to see it */
    bool dry;
};

static void
on_acted(void *arg, const PGresult *res, const struct error *e)
{
    struct deed_on_outage *d = arg;
    struct text t = text_new(&d->r->arena);

    if (e) {
        reply_error(d->r, e);
        return;
    }
    put_outage(NULL, &t, res, 0);
    reply_json(d->r, 200, &t);
}

static void
annul(struct deed_on_outage *d)
{
    struct parameters p = parameters_new(&d->r->arena);

    parameter_int(&p, d->app->shared->settings->database_cell);
    parameter_int(&p, d->number);
    parameter_text(&p, app_session(d->r)->account);
    parameter_text(&p, d->reason);
    pipeline_ask(d->app->read, SQL_outage_annul, &p, on_acted, d);
}

static void
retry(struct deed_on_outage *d)
{
    struct parameters p = parameters_new(&d->r->arena), again = parameters_new(&d->r->arena);

    parameter_int(&p, d->app->shared->settings->database_cell);
    parameter_int(&p, d->number);
    parameter_int(&again, d->app->shared->settings->database_cell);
    parameter_int(&again, d->number);
    pipeline_send(d->app->read, SQL_outage_retry, &p, NULL, NULL);
    pipeline_send(d->app->read, SQL_outage_show, &again, on_acted, d);
    pipeline_sync(d->app->read, NULL, NULL);
}

static void
try_annulment(struct deed_on_outage *d, const char *district)
{
    struct outage_wish *wish = arena_new(&d->r->arena, struct outage_wish);

    *wish = (struct outage_wish){
        .number = d->number,
        .district = arena_strdup(&d->r->arena, district),
        .command = {.kind = COMMAND_ANNUL_OUTAGE, .number = d->number, .reason = d->reason}};
    outage_try(d->app, d->r, wish);
}

static void
on_found(void *arg, const PGresult *res, const struct error *e)
{
    struct deed_on_outage *d = arg;
    const struct session *s = app_session(d->r);
    const char *district = e || !PQntuples(res) ? NULL : row_text(res, 0, O_DISTRICT);
    struct error why;

    if (e) {
        reply_error(d->r, e);
    } else if (!district) {
        error_set(&why, ERROR_NOT_FOUND, "there is no such outage");
        reply_error(d->r, &why);
    } else if (!session_sees(s, district) && (d->action || strcmp(district, "*") != 0)) {
        error_set(&why, ERROR_FORBIDDEN, "district %s is not yours", district);
        reply_error(d->r, &why);
    } else if (!d->action) {
        on_acted(d, res, NULL);
    } else if (!strcmp(d->action, "retry")) {
        retry(d);
    } else if (d->dry) {
        try_annulment(d, district);
    } else {
        annul(d);
    }
}

static void
find(struct deed_on_outage *d)
{
    struct parameters p = parameters_new(&d->r->arena);
    const char *text = router_param(d->r, "number");
    int64_t number = 0;
    struct error e;

    for (const char *c = text; *c >= '0' && *c <= '9' && number <= INT32_MAX; c++)
        number = number * 10 + (*c - '0');
    if (strspn(text, "0123456789") != strlen(text) || number < 1 || number > INT32_MAX) {
        error_set(&e, ERROR_NOT_FOUND, "there is no such outage");
        reply_error(d->r, &e);
        return;
    }
    d->number = (int32_t)number;
    parameter_int(&p, d->app->shared->settings->database_cell);
    parameter_int(&p, d->number);
    pipeline_ask(d->app->read, SQL_outage_show, &p, on_found, d);
}

void
outages_show(void *arg, struct http_request *r)
{
    struct deed_on_outage *d = arena_new(&r->arena, struct deed_on_outage);

    *d = (struct deed_on_outage){.app = arg, .r = r};
    find(d);
}

/* {"action": "annul", "reason"} or {"action": "retry"} */
static bool
read_deed(struct deed_on_outage *d, struct error *e)
{
    static const struct member_rule rule[] = {
        {"action", VALUE_STRING, true, 16},
        {"reason", VALUE_STRING, false, 500},
    };
    struct value *body = arena_new(&d->r->arena, struct value);
    bool annuls;

    if (!query_dry_run(d->r, &d->dry, e) || !body_read(d->r, body, e) ||
        !body_check(body, "", rule, 2, e))
        return false;
    d->action = value_get_string(body, "action");
    annuls = !strcmp(d->action, "annul");
    if (!annuls && strcmp(d->action, "retry") != 0)
        return error_at(e, ERROR_FORM_INVALID, "/action", "action is annul or retry");
    if (annuls && !value_get(body, "reason"))
        return error_at(e, ERROR_FORM_INVALID, "/reason", "reason is required");
    if (annuls && !reason_read(body, &d->reason, e))
        return false;
    if (!annuls && value_get(body, "reason"))
        return error_at(e, ERROR_FORM_INVALID, "/reason", "to retry needs no reason");
    return !d->dry || annuls ||
           error_at(e, ERROR_BAD_PARAMETER, "validateOnly", "only to annul can be tried");
}

void
outages_act(void *arg, struct http_request *r)
{
    struct deed_on_outage *d = arena_new(&r->arena, struct deed_on_outage);
    struct error e;

    *d = (struct deed_on_outage){.app = arg, .r = r};
    if (read_deed(d, &e))
        find(d);
    else
        reply_error(r, &e);
}
