/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to members of a batch, and back. */
#include "api/submit.h"

#include <stdio.h>
#include <string.h>

#include "api/files.h"
#include "api/mandates.h"
#include "api/purged.h"
#include "base/require.h"
#include "machine/mandates.h"
#include "runtime/batch.h"

/* The reply is built inside the transaction, and stored with the key. */
static void
answer(const struct order *m, const struct decision *d, struct arena *a, struct reply *r)
{
    struct text t = text_new(a);

    view_result(&t, d->workflow, d->c, m->command.mandate ? (int32_t)d->c->n_mandate : 0,
                d->query_code, d->agent_code);
    r->status = m->command.kind == COMMAND_OPEN && !m->dry_run ? 201 : 200;
    r->etag = arena_printf(a, "c%lld", (long long)d->c->revision);
    r->body = t.at;
}

static void
conclude(struct submission *s)
{
    s->order.error = error_told(&s->order.error);
    if (s->done)
        s->done(s);
    else
        submission_reply(s);
}

/* What he could not see he is told nothing of when it is gone. */
static bool
saw(const struct submission *s, const char *district)
{
    const char *his = s->order.command.actor.district;

    return s->order.command.kind == COMMAND_OPEN || !his || !strcmp(his, "*") ||
           !strcmp(his, district);
}

/* A case whose retention is over is neither opened again nor answered for. */
static void
on_purged(void *arg, const PGresult *res, const struct error *e)
{
    struct submission *s = arg;
    struct purged *p = arena_new(&s->request->arena, struct purged);
    const bool gone = !e && purged_read(res, &s->request->arena, p);

    if (e) {
        s->order.error = *e;
    } else if (gone && !saw(s, p->district)) {
        error_set(&s->order.error, ERROR_FORBIDDEN, "the case belongs to another district");
    } else if (gone) {
        purged_error(p, &s->order.error);
        s->purged = p;
    }
    conclude(s);
}

/* What the order's reply and error point to lives until on_done() returns. */
static void
keep_reply(struct submission *s)
{
    struct reply *r = &s->order.reply;
    struct arena *a = &s->request->arena;

    r->etag = r->etag ? arena_strdup(a, r->etag) : NULL;
    r->body = r->body ? arena_strdup(a, r->body) : NULL;
    s->order.seen = NULL;
    s->order.seen_workflow = NULL;
}

static void
finish(struct submission *s)
{
    const struct order *m = &s->order;
    const bool opening = m->command.kind == COMMAND_OPEN;
    const bool unknown = m->error.code == ERROR_NOT_FOUND && !m->seen && !opening;
    const bool repeated = m->error.code == ERROR_NONE && m->reply.replayed && opening;

    if (unknown || repeated) {
        keep_reply(s);
        purged_ask(s->app, &s->request->arena, unknown ? m->case_id : m->reply.case_id, on_purged,
                   s);
    } else {
        conclude(s);
    }
}

static void ask_what_is_held(struct submission *s);

static void
on_done(struct order *m)
{
    struct submission *s = m->arg;

    /* Few actions need it; the core says which. */
    if (m->error.code == ERROR_NOT_LOOKED_AT && !m->command.held) {
        m->error = (struct error){0};
        m->violations = (struct violations){0};
        ask_what_is_held(s);
        return;
    }
    finish(s);
}

struct submission *
submission_new(struct app *app, struct http_request *r)
{
    struct submission *s = arena_new(&r->arena, struct submission);

    s->app = app;
    s->request = r;
    s->pointer = "";
    s->place = "cases";
    s->order.arg = s;
    s->order.answer = answer;
    s->order.done = on_done;
    s->order.bytes = r->body_len;
    s->order.command.revision = -1;
    return s;
}

bool
submission_key_check(const char *key, struct error *e)
{
    const size_t len = key ? strlen(key) : 0;

    if (!key)
        return error_set(e, ERROR_IDEMPOTENCY_KEY_MISSING, "the header Idempotency-Key is missing");
    for (size_t i = 0; i < len; i++)
        if (key[i] < '!' || key[i] > '~')
            return error_set(e, ERROR_BAD_REQUEST,
                             "Idempotency-Key takes printable ASCII without spaces");
    return (len >= 1 && len <= 128) ||
           error_set(e, ERROR_BAD_REQUEST, "Idempotency-Key takes 1 to 128 characters");
}

/* The request the key stands for: where it went and what it said. */
static void
digest_request(struct submission *s, const char *bytes, size_t len)
{
    const char *path = s->request->head.path;

    memset(s->order.request, 0, sizeof(s->order.request));
    digest_chain(s->order.request, path, strlen(path));
    digest_chain(s->order.request, bytes, len);
}

bool
submission_key(struct submission *s, const char *key, struct error *e)
{
    if (s->order.dry_run)
        return true;
    if (!submission_key_check(key, e))
        return false;
    s->order.key = key;
    digest_request(s, s->request->body, s->request->body_len);
    return true;
}

bool
submission_key_of(struct submission *s, const char *key, const struct value *item, struct error *e)
{
    struct text t = text_new(&s->request->arena);

    if (!submission_key_check(key, e))
        return false;
    value_write(&t, item);
    s->order.key = key;
    digest_request(s, t.at, t.len);
    return true;
}

bool
submission_match(struct submission *s, const char *etag, struct error *e)
{
    const struct actor *who = &s->order.command.actor;
    const char tag = command_tag(&s->order.command);

    s->order.command.revision = -1;
    if (!etag)
        return !tag || who->system != NULL || who->public ||
               error_set(e, ERROR_PRECONDITION_REQUIRED, "If-Match with the etag of the %s",
                         tag == 's' ? "step" : "case");
    if (!tag)
        return true;
    /* What was done in a step that is open no more is said of the case. */
    if (s->order.command.kind == COMMAND_ACT && s->order.command.happened &&
        !strncmp(etag, "\"c", 2)) {
        s->order.command.of_case = true;
        return view_read_etag(etag, 'c', &s->order.command.revision, e);
    }
    return view_read_etag(etag, tag, &s->order.command.revision, e);
}

bool
submission_case(struct submission *s, const char *number, struct error *e)
{
    char text[NUMBER_TEXT];

    s->number = number;
    return number_read(number, text, &s->order.case_id, e);
}

/* The core is told what the shell knows of the file: that there is none, too. */
static void
on_file(void *arg, const PGresult *res, const struct error *e)
{
    struct submission *s = arg;
    struct arena *a = &s->request->arena;
    struct member *m = arena_array(a, 5, struct member);

    if (e) {
        s->order.error = *e;
        on_done(&s->order);
        return;
    }
    if (PQntuples(res)) {
        m[0] = (struct member){"bytes", 5, value_int(row_int(res, 0, 0))};
        m[1] = (struct member){"id", 2, value_string(a, row_text(res, 0, 1))};
        m[2] = (struct member){"name", 4, value_string(a, row_text(res, 0, 2))};
        m[3] = (struct member){"sha256", 6, value_string(a, row_text(res, 0, 3))};
        m[4] = (struct member){"type", 4, value_string(a, row_text(res, 0, 4))};
        s->order.command.handed = value_object(a, m, 5);
    }
    batch_submit(worker_batch(s->app->worker), &s->order);
}

/* The core takes the account a command names on trust: it is there, and may do what it is named
 * for. */
static void
on_account(void *arg, const PGresult *res, const struct error *e)
{
    struct submission *s = arg;
    const struct command *cmd = &s->order.command;

    if (!e && PQntuples(res)) {
        s->account_known = true;
        submission_send(s);
        return;
    }
    if (e)
        s->order.error = *e;
    else if (cmd->mandate)
        error_at(&s->order.error, ERROR_FORM_INVALID,
                 arena_printf(&s->request->arena, "%s/mandate/agent/account", s->pointer),
                 "no helper of the house is called %.64s", cmd->mandate->account);
    else
        error_at(&s->order.error, ERROR_FORM_INVALID,
                 arena_printf(&s->request->arena, "%s/account", s->pointer),
                 "nobody of the house is called %.64s", cmd->account);
    on_done(&s->order);
}

static void
ask_account(struct submission *s, const char *account)
{
    struct parameters p = parameters_new(&s->request->arena);

    parameter_text(&p, account);
    parameter_text(&p, s->order.command.mandate ? "helper" : NULL);
    pipeline_ask(s->app->read, SQL_account_serves, &p, on_account, s);
}

/* @held, which is of newer ones, and one of @kind: its number, or a list of all. */
static struct value
holding(struct arena *a, const struct value *held, const char *kind, struct value number)
{
    const struct value *before = value_get(held, kind);
    const uint32_t n = !before ? 0 : before->kind == VALUE_ARRAY ? before->n : 1;
    struct value *list;

    if (!before)
        return value_with(a, held, kind, number);
    list = arena_array(a, n + 1, struct value);
    for (uint32_t i = 0; i < n; i++)
        list[i] = before->kind == VALUE_ARRAY ? before->item[i] : *before;
    list[n] = number;
    return value_with(a, held, kind, value_array(list, n + 1));
}

/* What the party holds is never asked for: the core is told what it is. */
static void
on_held(void *arg, const PGresult *res, const struct error *e)
{
    struct submission *s = arg;
    struct arena *a = &s->request->arena;
    struct value *held = arena_new(a, struct value);

    if (e) {
        s->order.error = *e;
        on_done(&s->order);
        return;
    }
    *held = value_object(a, NULL, 0);
    for (int row = 0; row < PQntuples(res); row++)
        *held = holding(a, held, row_copy(res, row, 0, a), value_string(a, row_text(res, row, 1)));
    s->order.command.held = held;
    submission_send(s);
}

/*
 * Whether a certificate may stand for what the command is about: an opening, a notice, that it is
 * known who asks.  Of a stranger who names somebody it is not asked what that one holds.
 */
static bool
asks_what_is_held(const struct submission *s)
{
    const struct command *cmd = &s->order.command;
    const struct workflow *w = s->order.workflow;
    const struct value *missing = value_get(&cmd->input, "missing");

    if (cmd->held)
        return false;
    if (cmd->kind == COMMAND_IDENTIFY || cmd->identified)
        return true;
    if (cmd->kind == COMMAND_ACT)
        return missing && missing->kind == VALUE_ARRAY;
    if (cmd->kind != COMMAND_OPEN || cmd->actor.public || !s->order.party || opens_as_agent(w, cmd))
        return false;
    for (uint16_t i = 0; i < w->n_material; i++)
        if (w->material[i].certificate)
            return true;
    return false;
}

static void
ask_what_is_held(struct submission *s)
{
    struct parameters p = parameters_new(&s->request->arena);

    parameter_int(&p, s->app->shared->settings->database_cell);
    parameter_text(&p, s->order.party);
    parameter_int(&p, s->order.case_id);
    pipeline_ask(s->app->read, SQL_party_holds, &p, on_held, s);
}

/* An applicant, and an agent, names his own files only. */
static void
ask_for_file(struct submission *s)
{
    const struct command *cmd = &s->order.command;
    struct parameters p = parameters_new(&s->request->arena);

    parameter_int(&p, s->app->shared->settings->database_cell);
    parameter_int(&p, s->order.case_id);
    parameter_text(&p, cmd->file);
    parameter_text(&p, cmd->actor.applicant || cmd->actor.mandate ? cmd->actor.id : NULL);
    pipeline_ask(worker_files(s->app->worker), SQL_file_touch, &p, on_file, s);
}

void
submission_send(struct submission *s)
{
    const struct command *cmd = &s->order.command;
    const char *account = cmd->kind == COMMAND_ENTRUST ? cmd->account
                          : cmd->mandate               ? cmd->mandate->account
                                                       : NULL;

    if (account && !s->account_known)
        ask_account(s, account);
    else if (s->order.command.file)
        ask_for_file(s);
    else if (asks_what_is_held(s))
        ask_what_is_held(s);
    else
        batch_submit(worker_batch(s->app->worker), &s->order);
}

/* allowedActions on a conflict, the current tag when it was stale. */
static void
put_extra(struct text *t, void *arg)
{
    const struct submission *s = arg;
    const struct order *m = &s->order;
    const struct sight sight = {.workflow = m->seen_workflow,
                                .state = m->seen,
                                .calendar = worker_calendar(s->app->worker),
                                .now = m->now};
    const int status = error_http_status(m->error.code);
    struct actor agent;
    char etag[ETAG_TEXT];

    if (s->purged)
        purged_extra(t, s->purged);
    if (!m->seen || !m->seen_workflow || (status != 409 && status != 412))
        return;
    put_member_string(t, "etag", view_case_etag(m->seen, etag));
    agent = machine_agent(m->seen, &m->command.actor, m->now);
    put_key(t, "allowedActions");
    view_action_list(t, &sight, &agent);
}

static struct problem_document
describe(struct submission *s, const struct error *e)
{
    const struct violations *v = &s->order.violations;
    struct problem_document p = {.error = e, .extra = put_extra, .arg = s};
    struct problem_item *item;

    if (e->code != ERROR_FORM_INVALID || v->n == 0)
        return p;
    item = arena_array(&s->request->arena, v->n, struct problem_item);
    for (size_t i = 0; i < v->n; i++)
        item[i] = (struct problem_item){
            .pointer = arena_printf(&s->request->arena, "%s%s%s", s->pointer,
                                    s->order.command.kind == COMMAND_OPEN ? "/form" : "/input",
                                    v->item[i].pointer),
            .code = v->item[i].keyword,
            .detail = reply_language(s->request) == LANGUAGE_ZH ? v->item[i].zh : v->item[i].en};
    p.item = item;
    p.n_item = v->n;
    return p;
}

void
submission_refuse(struct submission *s, const struct error *e)
{
    const struct problem_document p = describe(s, e);

    reply_problem(s->request, &p);
}

void
submission_problem(struct text *t, const struct submission *s)
{
    const struct problem_document p = describe((struct submission *)(uintptr_t)s, &s->order.error);

    problem_write(t, s->request, &p);
}

void
submission_reply(struct submission *s)
{
    const struct order *m = &s->order;
    char etag[ETAG_TEXT];

    if (m->error.code != ERROR_NONE) {
        submission_refuse(s, &m->error);
        return;
    }
    if (m->reply.etag) {
        (void)snprintf(etag, sizeof(etag), "\"%s\"", m->reply.etag);
        http_reply_header(s->request, "ETag", etag);
    }
    if (m->reply.replayed)
        http_reply_header(s->request, "Idempotent-Replayed", "true");
    if (m->reply.status == 201) {
        struct text place = text_new(&s->request->arena);
        const char *number = strstr(m->reply.body, "\"number\":\"");

        require(number);
        number += strlen("\"number\":\"");
        text_printf(&place, "/v1/%s/%.*s", s->place, (int)strcspn(number, "\""), number);
        http_reply_header(s->request, "Location", place.at);
    }
    http_reply(s->request, m->reply.status, "application/json", m->reply.body,
               m->reply.body ? strlen(m->reply.body) : 0);
}
