/* SPDX-License-Identifier: Apache-2.0 */
/* Outages of a hall: recorded once by a supervisor; a daemon takes them to the open cases. */
#include <string.h>

#include "api/command.h"
#include "api/outbox.h"
#include "api/page.h"

/* Columns of outage_list and outage_record. */
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
    O_NEW
};

/* A request on its way. */
struct recording {
    struct app *app;
    struct http_request *r;
    const char *district, *reason, *document;
    instant from, until;
};

static void
put_outage(void *arg, struct text *t, const PGresult *res, int row)
{
    const bool done = row_instant(res, row, O_DONE) != INSTANT_NONE;

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
    put_member_string(t, "state", done ? "done" : "running");
    if (done) {
        put_member_instant(t, "done", row_instant(res, row, O_DONE));
        put_member_int(t, "cases", row_int(res, row, O_CASES));
        put_member_int(t, "refused", row_int(res, row, O_REFUSED));
        put_member_string(t, "trouble", row_text(res, row, O_TROUBLE));
    }
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

void
outages_record(void *arg, struct http_request *r)
{
    struct app *app = arg;
    struct recording *q = arena_new(&r->arena, struct recording);
    struct parameters p = parameters_new(&r->arena);
    struct error e;

    *q = (struct recording){.app = app, .r = r};
    if (!read_recording(q, &e)) {
        reply_error(r, &e);
        return;
    }
    parameter_int(&p, app->shared->settings->database_cell);
    parameter_text(&p, q->district);
    parameter_instant(&p, q->from);
    parameter_instant(&p, q->until);
    parameter_text(&p, q->reason);
    parameter_text(&p, q->document);
    parameter_text(&p, app_session(r)->account);
    pipeline_ask(app->read, SQL_outage_record, &p, on_recorded, q);
}
