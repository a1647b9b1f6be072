/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: opening, acting, looking. */
#include <string.h>

#include "api/lookup.h"
#include "api/mandates.h"
#include "api/page.h"
#include "api/submit.h"

/* The version in force on the day of receipt, and a district the hall knows. */
static bool
place_opening(struct submission *s, const struct opening_body *body, struct error *e)
{
    const instant happened = s->order.command.happened, now = worker_now(s->app->worker);
    const day received =
        happened && happened < now ? instant_day(happened) : worker_today(s->app->worker);

    if (!organisation_district(&s->app->shared->house->organisation, body->district))
        return error_at(e, ERROR_FORM_INVALID, "/district", "there is no district %.6s here",
                        body->district);
    if (body->code && !credit_code_check(body->code, ERROR_FORM_INVALID, "/applicant/code", e))
        return false;
    s->order.workflow =
        registry_find_in(worker_registry(s->app->worker), body->workflow, body->district, received);
    return s->order.workflow ||
           error_at(e, ERROR_WORKFLOW_UNKNOWN, "/workflow", "no workflow %.64s %s in force",
                    body->workflow, happened ? "was then" : "is");
}

/* The same for a window and for the applicant himself: who he is, @s says. */
static void
open_case(struct submission *s)
{
    struct http_request *r = s->request;
    struct opening *opening = arena_new(&r->arena, struct opening);
    struct opening_body body;
    struct value v;
    struct error e;

    if (!query_dry_run(r, &s->order.dry_run, &e) ||
        !submission_key(s, http_header(r, "idempotency-key"), &e) || !body_read(r, &v, &e) ||
        !opening_read(&v, &body, &s->order.command, &e) || !place_opening(s, &body, &e) ||
        !mandate_take(s, &v, "", &e)) {
        reply_error(r, &e);
        return;
    }
    *opening = (struct opening){.district = body.district, .applicant_kind = body.kind};
    s->order.command.opening = opening;
    s->order.command.document = body.document;
    s->order.party = body.code;
    s->order.applicant = body.name;
    submission_send(s);
}

void
cases_open(void *arg, struct http_request *r)
{
    struct submission *s = submission_new(arg, r);

    s->order.command.actor = session_actor(app_session(r));
    s->order.principal = app_session(r)->account;
    open_case(s);
}

/* Anybody may, where the workflow's openBy says so; the query code makes him the applicant. */
void
progress_open(void *arg, struct http_request *r)
{
    struct submission *s = submission_new(arg, r);

    s->order.command.actor = (struct actor){.id = "applicant", .public = true};
    s->order.principal = arena_printf(&r->arena, "public %s", r->peer);
    s->place = "progress";
    open_case(s);
}

/* Who commands, and how long a claim of his holds. */
static void
command_of(struct submission *s, const struct session *session)
{
    s->order.command.actor = session_actor(session);
    s->order.command.until = worker_now(s->app->worker) + s->app->shared->settings->limits_claim;
    s->order.principal = session->account;
}

/* The hall knows the district a case is to go to. */
static bool
check_district(const struct submission *s, const char *at, struct error *e)
{
    const char *district = s->order.command.district;

    if (!district || s->order.command.kind != COMMAND_HAND_OVER ||
        organisation_district(&s->app->shared->house->organisation, district))
        return true;
    return error_at(e, ERROR_FORM_INVALID, arena_printf(&s->request->arena, "%s/district", at),
                    "there is no district %.6s here", district);
}

void
cases_act(void *arg, struct http_request *r)
{
    struct submission *s = submission_new(arg, r);
    struct value v;
    struct error e;

    if (!query_dry_run(r, &s->order.dry_run, &e) ||
        !submission_key(s, http_header(r, "idempotency-key"), &e) || !body_read(r, &v, &e) ||
        !command_read(&v, "", &s->order.command, &e) || !check_district(s, "", &e) ||
        !submission_case(s, router_param(r, "number"), &e) || !mandate_take(s, &v, "", &e)) {
        reply_error(r, &e);
        return;
    }
    command_of(s, app_session(r));
    if (!submission_match(s, http_header(r, "if-match"), &e)) {
        reply_error(r, &e);
        return;
    }
    submission_send(s);
}

/* Many commands in one request: the answer when the last one is through. */
struct crowd {
    struct http_request *request;
    struct submission **item;
    size_t n, left;
};

static void
put_result(struct text *t, struct submission *s)
{
    const struct order *o = &s->order;

    put_open(t, '{');
    put_member_string(t, "case", s->name);
    if (o->error.code != ERROR_NONE) {
        put_member_int(t, "status", error_http_status(o->error.code));
        put_key(t, "problem");
        submission_problem(t, s);
    } else {
        put_member_int(t, "status", o->reply.status);
        put_member_bool(t, "replayed", o->reply.replayed);
        put_key(t, "result");
        text_str(t, o->reply.body);
    }
    put_close(t, '}');
}

static void
reply_crowd(struct crowd *crowd)
{
    struct text t = text_new(&crowd->request->arena);

    put_open(&t, '{');
    put_key(&t, "items");
    put_open(&t, '[');
    for (size_t i = 0; i < crowd->n; i++) {
        if (i)
            text_char(&t, ',');
        text_str(&t, crowd->item[i]->result);
    }
    put_close(&t, ']');
    put_close(&t, '}');
    reply_json(crowd->request, 200, &t);
}

/* What an order's done() shows is gone when it returns, so each result is written at once. */
static void
on_one(struct submission *s)
{
    struct crowd *crowd = s->arg;
    struct text t = text_new(&s->request->arena);

    put_result(&t, s);
    s->result = t.at;
    if (--crowd->left == 0)
        reply_crowd(crowd);
}

/* In a path it is a place where nothing is, in a body a member with a mistake. */
static bool
item_case(struct submission *s, const char *at, struct error *e)
{
    struct error unread;

    return submission_case(s, s->name, &unread) ||
           error_at(e, ERROR_FORM_INVALID, arena_printf(&s->request->arena, "%s/case", at), "%s",
                    unread.detail);
}

/* One item; what is wrong with its form is wrong with the request, and refuses all of it. */
static bool
read_item(struct submission *s, const struct value *v, const char *at, struct error *e)
{
    static const struct member_rule rule[] = {
        {"case", VALUE_STRING, true, 40},
        {"command", VALUE_OBJECT, true, 0},
        {"etag", VALUE_STRING, false, 32},
        {"key", VALUE_STRING, true, 128},
    };

    if (!body_check(v, at, rule, sizeof(rule) / sizeof(rule[0]), e))
        return false;
    s->name = value_get_string(v, "case");
    s->pointer = arena_printf(&s->request->arena, "%s/command", at);
    command_of(s, app_session(s->request));
    return command_read(value_get(v, "command"), s->pointer, &s->order.command, e) &&
           check_district(s, s->pointer, e) &&
           submission_key_of(s, value_get_string(v, "key"), v, e) && item_case(s, at, e) &&
           mandate_take(s, value_get(v, "command"), s->pointer, e) &&
           submission_match(s, value_get_string(v, "etag"), e);
}

void
cases_act_many(void *arg, struct http_request *r)
{
    enum { ITEMS_MOST = 100 };
    static const struct member_rule rule[] = {{"items", VALUE_ARRAY, true, 0}};
    struct crowd *crowd = arena_new(&r->arena, struct crowd);
    const struct value *items;
    struct value v;
    struct error e = {0};

    if (!body_read(r, &v, &e) || !body_check(&v, "", rule, 1, &e)) {
        reply_error(r, &e);
        return;
    }
    items = value_get(&v, "items");
    if (items->n < 1 || items->n > ITEMS_MOST)
        error_at(&e, ERROR_FORM_INVALID, "/items", "1 to %d items", ITEMS_MOST);
    *crowd = (struct crowd){.request = r, .n = items->n, .left = items->n};
    crowd->item = arena_array(&r->arena, items->n, struct submission *);
    for (uint32_t i = 0; i < items->n && !e.code; i++) {
        crowd->item[i] = submission_new(arg, r);
        crowd->item[i]->done = on_one;
        crowd->item[i]->arg = crowd;
        if (!read_item(crowd->item[i], &items->item[i], arena_printf(&r->arena, "/items/%u", i),
                       &e))
            break;
    }
    if (e.code) {
        reply_error(r, &e);
        return;
    }
    for (size_t i = 0; i < crowd->n; i++)
        submission_send(crowd->item[i]);
}
