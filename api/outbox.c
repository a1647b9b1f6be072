/* SPDX-License-Identifier: Apache-2.0 */
/* Messages to outside systems that are dead: looked at, corrected, sent again or dropped. */
#include "api/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/command.h"
#include "api/page.h"
#include "base/word.h"
#include "definition/json.h"
#include "store/number.h"

enum { SYSTEM_LONGEST = 64, REASON_LONGEST = 500 };

/* Columns of outbox_dead and outbox_find. */
enum {
    O_CASE,
    O_NUMBER,
    O_SYSTEM,
    O_VISIT,
    O_STEP,
    O_AT,
    O_STATE,
    O_TRIES,
    O_NEXT,
    O_TRIED,
    O_STATUS,
    O_TROUBLE,
    O_BODY,
    O_CASE_NUMBER,
    O_WORKFLOW,
    O_HELD,
    O_DISTRICT,
    O_UNDOES
};

static const char *const state_name[] = {"waiting", "delivered", "dead", "dropped"};

static void
put_message(void *arg, struct text *t, const PGresult *res, int row)
{
    (void)arg;
    const int64_t status = row_int(res, row, O_STATUS);

    put_open(t, '{');
    put_member_string(t, "id",
                      arena_printf(t->arena, "%s-m%lld", row_text(res, row, O_CASE_NUMBER),
                                   (long long)row_int(res, row, O_NUMBER)));
    put_member_string(t, "case", row_text(res, row, O_CASE_NUMBER));
    put_member_string(t, "workflow", row_text(res, row, O_WORKFLOW));
    put_member_string(t, "system", row_text(res, row, O_SYSTEM));
    put_member_string(t, "step", row_text(res, row, O_STEP));
    if (row_int(res, row, O_VISIT))
        put_member_int(t, "visit", row_int(res, row, O_VISIT));
    if (row_int(res, row, O_UNDOES))
        put_member_int(t, "undoes", row_int(res, row, O_UNDOES));
    put_member_instant(t, "at", row_instant(res, row, O_AT));
    put_member_string(t, "state", WORD_AT(state_name, row_int(res, row, O_STATE)));
    put_member_int(t, "tries", row_int(res, row, O_TRIES));
    if (row_instant(res, row, O_TRIED) != INSTANT_NONE)
        put_member_instant(t, "tried", row_instant(res, row, O_TRIED));
    if (status)
        put_member_int(t, "status", status);
    put_member_string(t, "trouble", row_text(res, row, O_TROUBLE));
    put_member_int(t, "held", row_int(res, row, O_HELD));
    put_key(t, "data");
    text_str(t, row_text(res, row, O_BODY));
    put_close(t, '}');
}

/* --- the list --- */

struct listing {
    struct http_request *r;
    struct page page;
};

static void
on_dead(void *arg, const PGresult *res, const struct error *e)
{
    struct listing *l = arg;

    page_reply(l->r, &l->page, res, e, (int[]){O_CASE, O_NUMBER}, 2, put_message, NULL);
}

void
outbox_list(void *arg, struct http_request *r)
{
    static const char *const known[] = {"system", "district", "limit", "cursor", NULL};
    struct app *app = arg;
    struct listing *l = arena_new(&r->arena, struct listing);
    struct parameters p = parameters_new(&r->arena);
    const char *system, *district;
    struct error e;

    l->r = r;
    if (!page_read(r, known, 2, &l->page, &e) ||
        !query_text(r, "system", SYSTEM_LONGEST, &system, &e) || !page_district(r, &district, &e)) {
        reply_error(r, &e);
        return;
    }
    parameter_int(&p, app->shared->settings->database_cell);
    parameter_text(&p, system);
    parameter_text(&p, district);
    parameter_int(&p, l->page.position[0]);
    parameter_int(&p, l->page.position[1]);
    parameter_int(&p, l->page.limit + 1);
    pipeline_ask(app->read, SQL_outbox_dead, &p, on_dead, l);
}

/* --- one message --- */

/* What somebody wants done with a dead message. */
struct deed_on_message {
    struct app *app;
    struct http_request *r;
    int64_t case_id, number;
    const char *action, *reason;
    const struct value *data; /* NULL: as they are */
};

static void
refuse(struct http_request *r, enum error_code code, const char *detail)
{
    struct error e;

    error_set(&e, code, "%s", detail);
    reply_error(r, &e);
}

static void
ask(const struct deed_on_message *d, enum statement_id s, struct parameters *p,
    pipeline_answer_fn *answer)
{
    pipeline_ask(d->app->read, s, p, answer, (void *)(uintptr_t)d);
}

static struct parameters
named(const struct deed_on_message *d)
{
    struct parameters p = parameters_new(&d->r->arena);

    parameter_int(&p, d->app->shared->settings->database_cell);
    parameter_int(&p, d->case_id);
    parameter_int(&p, d->number);
    return p;
}

static void
find(const struct deed_on_message *d, pipeline_answer_fn *answer)
{
    struct parameters p = named(d);

    ask(d, SQL_outbox_find, &p, answer);
}

static void
on_shown(void *arg, const PGresult *res, const struct error *e)
{
    const struct deed_on_message *d = arg;
    struct text t = text_new(&d->r->arena);

    if (e || PQntuples(res) == 0) {
        refuse(d->r, e ? e->code : ERROR_NOT_FOUND, e ? e->detail : "there is no such message");
        return;
    }
    put_message(NULL, &t, res, 0);
    reply_json(d->r, 200, &t);
}

static void
on_woken(void *arg, const PGresult *res, const struct error *e)
{
    (void)res;
    (void)e; /* who was not woken looks by himself within the hour */
    find(arg, on_shown);
}

/* Those that stood behind it may go. */
static void
wake(const struct deed_on_message *d)
{
    struct parameters p = named(d);

    ask(d, SQL_outbox_wake, &p, on_woken);
}

static void
on_settled(void *arg, const PGresult *res, const struct error *e)
{
    const struct deed_on_message *d = arg;

    if (e)
        reply_error(d->r, e);
    else if (PQntuples(res) == 0)
        refuse(d->r, ERROR_MESSAGE_NOT_DEAD, "the message is not dead, or no longer");
    else if (!strcmp(d->action, "drop"))
        wake(d);
    else
        find(d, on_shown);
}

static void
settle(const struct deed_on_message *d)
{
    enum { AGAIN = 0, DROPPED = 3 };
    struct parameters p = named(d);

    parameter_int(&p, !strcmp(d->action, "drop") ? DROPPED : AGAIN);
    parameter_text(&p, app_session(d->r)->account);
    parameter_text(&p, d->action);
    parameter_text(&p, d->reason);
    ask(d, SQL_outbox_settle, &p, on_settled);
}

static void
on_edited(void *arg, const PGresult *res, const struct error *e)
{
    const struct deed_on_message *d = arg;

    if (e || PQntuples(res) == 0 || !strcmp(d->action, "edit"))
        on_settled(arg, res, e);
    else
        settle(d);
}

static void
edit(const struct deed_on_message *d)
{
    struct parameters p = named(d);
    struct text t = text_new(&d->r->arena);

    value_write(&t, d->data);
    parameter_text(&p, t.at);
    parameter_text(&p, app_session(d->r)->account);
    parameter_text(&p, d->reason);
    ask(d, SQL_outbox_edit, &p, on_edited);
}

static void
on_found(void *arg, const PGresult *res, const struct error *e)
{
    const struct deed_on_message *d = arg;

    if (e)
        reply_error(d->r, e);
    else if (PQntuples(res) == 0)
        refuse(d->r, ERROR_NOT_FOUND, "there is no such message");
    else if (!session_sees(app_session(d->r), row_text(res, 0, O_DISTRICT)))
        refuse(d->r, ERROR_FORBIDDEN, "the message is of another district");
    else if (d->data)
        edit(d);
    else
        settle(d);
}

/* "371502-8KQ1-20260303-00001X-7-m3": number of a case and of its message. */
static bool
read_id(const char *id, struct deed_on_message *d, struct error *e)
{
    const char *end = strrchr(id, '-');
    char number[40], text[NUMBER_TEXT];
    char *rest;

    if (!end || end[1] != 'm' || end[2] < '1' || end[2] > '9' ||
        (size_t)(end - id) >= sizeof(number))
        return error_set(e, ERROR_NOT_FOUND, "there is no such message");
    memcpy(number, id, (size_t)(end - id));
    number[end - id] = 0;
    d->number = strtoll(end + 2, &rest, 10);
    if (*rest || d->number > INT32_MAX)
        return error_set(e, ERROR_NOT_FOUND, "there is no such message");
    return number_read(number, text, &d->case_id, e);
}

bool
reason_read(const struct value *body, const char **out, struct error *e)
{
    const char *reason = value_get_string(body, "reason");

    if (!*reason)
        return error_at(e, ERROR_REASON_MISSING, "/reason", "say why; it is recorded");
    *out = reason;
    return true;
}

/* {"action": "edit" | "replay" | "drop", "reason", "data": {…} to send instead} */
static bool
read_deed(struct http_request *r, struct deed_on_message *d, struct error *e)
{
    static const struct member_rule rule[] = {
        {"action", VALUE_STRING, true, 16},
        {"data", VALUE_OBJECT, false, 0},
        {"reason", VALUE_STRING, true, REASON_LONGEST},
    };
    struct value *body = arena_new(&r->arena, struct value);

    if (!body_read(r, body, e) || !body_check(body, "", rule, 3, e) ||
        !reason_read(body, &d->reason, e))
        return false;
    d->action = value_get_string(body, "action");
    d->data = value_get(body, "data");
    if (strcmp(d->action, "edit") != 0 && strcmp(d->action, "replay") != 0 &&
        strcmp(d->action, "drop") != 0)
        return error_at(e, ERROR_FORM_INVALID, "/action", "action is edit, replay or drop");
    if (!d->data && !strcmp(d->action, "edit"))
        return error_at(e, ERROR_FORM_INVALID, "/data", "edit needs data: what is to be sent");
    if (d->data && !strcmp(d->action, "drop"))
        return error_at(e, ERROR_FORM_INVALID, "/data", "what is dropped has no data to send");
    return true;
}

void
outbox_act(void *arg, struct http_request *r)
{
    struct deed_on_message *d = arena_new(&r->arena, struct deed_on_message);
    struct error e;

    d->app = arg;
    d->r = r;
    if (!read_deed(r, d, &e) || !read_id(router_param(r, "id"), d, &e)) {
        reply_error(r, &e);
        return;
    }
    find(d, on_found);
}
