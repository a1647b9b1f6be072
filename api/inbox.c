/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from outside that fit several cases: a person says whose they are, or that they are
 * nobody's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/command.h"
#include "api/inbox.h"
#include "api/lookup.h"
#include "api/outbox.h"
#include "api/page.h"
#include "base/word.h"
#include "definition/json.h"
#include "store/number.h"

enum { REASON_LONGEST = 2000, BODY_MOST = 4096 };

static const char *const states[] = {"waiting", "settled", "rejected"};

/* Columns of inbox_list and inbox_by_id. */
enum {
    I_ID,
    I_RECEIVED,
    I_STATE,
    I_SOURCE,
    I_MESSAGE,
    I_NAME,
    I_SUBJECT,
    I_BODY,
    I_ACTOR,
    I_REASON,
    I_CASE,
    I_NUMBER,
    I_CANDIDATES,
    I_HASH
};

/* The cases a message fits, as far as the caller may see them. */
struct candidates {
    const struct value **item; /* [n] */
    uint32_t n;
    uint32_t elsewhere; /* others */
};

/* --- what the caller may see --- */

static bool
sees(struct app *app, const struct session *s, const struct value *c)
{
    const char *workflow = value_get_string(c, "workflow"),
               *district = value_get_string(c, "district");
    const struct value *opened = value_get(c, "opened");
    const struct workflow *w =
        registry_find(worker_registry(app->worker), workflow, instant_day(opened->integer));

    return session_sees(s, district) && (!s->department || (w && lookup_concerns(w, s)));
}

static struct candidates
read_candidates(struct app *app, struct http_request *r, const PGresult *res, int row)
{
    const char *text = row_text(res, row, I_CANDIDATES);
    struct value *list = arena_new(&r->arena, struct value);
    struct candidates c = {0};
    struct error e;

    if (!text || !json_read_stored(&r->arena, text, strlen(text), list, &e))
        return c;
    c.item = arena_array(&r->arena, list->n, const struct value *);
    for (uint32_t i = 0; i < list->n; i++)
        if (sees(app, app_session(r), &list->item[i]))
            c.item[c.n++] = &list->item[i];
        else
            c.elsewhere++;
    return c;
}

static void
put_candidate(struct text *t, const struct value *c)
{
    const struct value *open = value_get(c, "open");

    put_open(t, '{');
    put_member_string(t, "case", value_get_string(c, "case"));
    put_member_string(t, "workflow", value_get_string(c, "workflow"));
    put_member_string(t, "district", value_get_string(c, "district"));
    put_member_string(t, "applicantName", value_get_string(c, "applicant"));
    put_member_instant(t, "opened", value_get(c, "opened")->integer);
    put_member_string(t, "phase", open->boolean ? "open" : "closed");
    put_close(t, '}');
}

/* What it says: the letter's data. */
static void
put_data(struct text *t, const char *body)
{
    const struct value *data;
    struct value v;
    struct error e;

    if (!json_read_stored(t->arena, body, strlen(body), &v, &e))
        return;
    data = value_get(&v, "data");
    if (!data)
        return;
    put_key(t, "data");
    value_write(t, data);
}

static void
put_message(struct text *t, const PGresult *res, int row, const struct candidates *c)
{
    put_open(t, '{');
    put_member_string(t, "id", arena_printf(t->arena, "%lld", (long long)row_int(res, row, I_ID)));
    put_member_string(t, "state", WORD_AT(states, row_int(res, row, I_STATE)));
    put_member_instant(t, "received", row_instant(res, row, I_RECEIVED));
    put_member_string(t, "from", row_text(res, row, I_SOURCE));
    put_member_string(t, "message", row_text(res, row, I_MESSAGE));
    put_member_string(t, "name", row_text(res, row, I_NAME));
    put_data(t, row_text(res, row, I_BODY));
    put_member_string(t, "case", row_text(res, row, I_NUMBER));
    put_member_string(t, "by", row_text(res, row, I_ACTOR));
    put_member_string(t, "reason", row_text(res, row, I_REASON));
    put_key(t, "candidates");
    put_open(t, '[');
    for (uint32_t i = 0; i < c->n; i++)
        put_candidate(t, c->item[i]);
    put_close(t, ']');
    put_member_int(t, "elsewhere", c->elsewhere);
    put_close(t, '}');
}

/* --- the list --- */

struct message_list {
    struct app *app;
    struct http_request *r;
    struct page page;
};

static void
on_list(void *arg, const PGresult *res, const struct error *e)
{
    struct message_list *l = arg;
    struct text t = text_new(&l->r->arena);
    int64_t last = 0;

    if (e) {
        reply_error(l->r, e);
        return;
    }
    page_begin(&t);
    for (int row = 0; row < PQntuples(res) && row < l->page.limit; row++) {
        const struct candidates c = read_candidates(l->app, l->r, res, row);

        last = row_int(res, row, I_ID);
        if (c.n)
            put_message(&t, res, row, &c);
    }
    page_end(&t, l->r, &l->page, PQntuples(res), &last, 1);
}

static int
state_index(const char *text)
{
    int i = 0;

    while (i < 3 && strcmp(states[i], text) != 0)
        i++;
    return i;
}

void
inbound_list(void *arg, struct http_request *r)
{
    static const char *const known[] = {"state", "system", "limit", "cursor", NULL};
    struct message_list *l = arena_new(&r->arena, struct message_list);
    struct parameters p = parameters_new(&r->arena);
    const char *state, *system;
    struct error e;

    *l = (struct message_list){.app = arg, .r = r};
    if (!page_read(r, known, 1, &l->page, &e) || !query_text(r, "state", 16, &state, &e) ||
        !query_text(r, "system", 64, &system, &e)) {
        reply_error(r, &e);
        return;
    }
    if (state && state_index(state) == 3) {
        error_at(&e, ERROR_BAD_PARAMETER, "state", "state is waiting, settled or rejected");
        reply_error(r, &e);
        return;
    }
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->page.position[0]);
    parameter_int(&p, l->page.limit + 1);
    parameter_int(&p, state ? state_index(state) : INBOX_WAITING);
    parameter_text(&p, system);
    pipeline_ask(l->app->read, SQL_inbox_list, &p, on_list, l);
}

/* --- one is assigned or rejected --- */

struct assignment {
    struct app *app;
    struct http_request *r;
    int64_t id;
    bool rejects;
    const char *number; /* as he wrote it; NULL: rejects */
    const char *reason;
    int64_t case_id; /* that it is assigned to */
    bool again;      /* somebody was quicker: looked at once more */
    struct inbound inbound;
    struct arrival letter;
    uint8_t hash[HASH_SIZE];
    struct order order;
};

static void
refuse(struct assignment *v, enum error_code code, const char *pointer, const char *why)
{
    struct error e;

    error_at(&e, code, pointer, "%s", why);
    reply_error(v->r, &e);
}

static void look(struct assignment *v);

static void
on_rejected(void *arg, const PGresult *res, const struct error *e)
{
    struct assignment *v = arg;

    (void)res;
    if (e)
        reply_error(v->r, e);
    else
        look(v); /* as it is now: his doing, or that of who was quicker */
}

static void
reject(struct assignment *v)
{
    struct parameters p = parameters_new(&v->r->arena);

    v->again = true;
    parameter_int(&p, v->app->shared->settings->database_cell);
    parameter_int(&p, v->id);
    parameter_text(&p, app_session(v->r)->account);
    parameter_text(&p, v->reason);
    pipeline_ask(v->app->read, SQL_inbox_reject, &p, on_rejected, v);
}

static void
on_assigned(struct order *m)
{
    struct assignment *v = m->arg;

    if (m->error.code)
        reply_error(v->r, &m->error);
    else
        look(v);
}

/* The same order as if it had come to that case alone; its transaction writes who found it. */
static void
assign(struct assignment *v, const PGresult *res)
{
    struct arena *a = &v->r->arena;
    const char *body = row_copy(res, 0, I_BODY, a);
    const char *source = row_copy(res, 0, I_SOURCE, a);
    const char *id = row_copy(res, 0, I_MESSAGE, a);
    const void *hash;
    struct value *letter = arena_new(a, struct value);
    struct error e = {0};
    size_t len;

    hash = row_bytes(res, 0, I_HASH, &len);
    memcpy(v->hash, hash, len < HASH_SIZE ? len : HASH_SIZE);
    if (!json_read_stored(a, body, strlen(body), letter, &e) ||
        !letter_read(value_get(letter, "data"), &v->letter, &e)) {
        reply_error(v->r, &e);
        return;
    }
    v->again = true;
    v->inbound = (struct inbound){.source = source,
                                  .id = id,
                                  .assigned_by = app_session(v->r)->account,
                                  .reason = v->reason,
                                  .hash = v->hash};
    v->order = (struct order){.case_id = v->case_id,
                              .command = {.kind = COMMAND_MESSAGE,
                                          .actor = {.id = source, .system = source},
                                          .action = v->letter.name,
                                          .step = v->letter.step,
                                          .revision = -1,
                                          .message = id,
                                          .visit = v->letter.visit,
                                          .input = v->letter.data},
                              .principal = source,
                              .bytes = strlen(body),
                              .inbound = &v->inbound,
                              .done = on_assigned,
                              .arg = v};
    batch_submit(worker_batch(v->app->worker), &v->order);
}

/* The candidate he names; its id stands beside its number. */
static bool
find_candidate(struct assignment *v, const struct candidates *c)
{
    char number[NUMBER_TEXT];
    int64_t least;
    struct error e;

    if (!number_read(v->number, number, &least, &e)) {
        e.code = ERROR_FORM_INVALID;
        (void)snprintf(e.pointer, sizeof(e.pointer), "/case");
        reply_error(v->r, &e);
        return false;
    }
    for (uint32_t i = 0; i < c->n; i++)
        if (!strcmp(value_get_string(c->item[i], "case"), number)) {
            v->case_id = value_get(c->item[i], "id")->integer;
            return true;
        }
    refuse(v, ERROR_FORM_INVALID, "/case", "the message does not fit this case");
    return false;
}

/* What was decided is told to who decides the same, now or again. */
static void
tell_settled(struct assignment *v, const PGresult *res, const struct candidates *c)
{
    const bool rejected = row_int(res, 0, I_STATE) == INBOX_REJECTED;
    struct text t = text_new(&v->r->arena);

    if (rejected != v->rejects || (!rejected && row_int(res, 0, I_CASE) != v->case_id)) {
        refuse(v, ERROR_MESSAGE_SETTLED, "",
               rejected ? "the message was rejected" : "the message is with another case");
        return;
    }
    put_message(&t, res, 0, c);
    reply_json(v->r, 200, &t);
}

static void
on_found(void *arg, const PGresult *res, const struct error *e)
{
    struct assignment *v = arg;
    struct candidates c;

    if (e) {
        reply_error(v->r, e);
        return;
    }
    c = PQntuples(res) ? read_candidates(v->app, v->r, res, 0) : (struct candidates){0};
    if (PQntuples(res) == 0 || c.n + c.elsewhere == 0)
        refuse(v, ERROR_NOT_FOUND, "", "no message that fits several cases has this id");
    else if (c.n == 0 || (v->rejects && c.elsewhere))
        refuse(v, ERROR_FORBIDDEN, "",
               c.n ? "it may be for a case of another district or department: who sees them all "
                     "rejects it"
                   : "the cases it may be for are of another district or department");
    else if (!v->rejects && !find_candidate(v, &c))
        return;
    else if (row_int(res, 0, I_STATE) != INBOX_WAITING)
        tell_settled(v, res, &c);
    else if (v->again)
        refuse(v, ERROR_STORE_BUSY, "", "the message still waits");
    else if (v->rejects)
        reject(v);
    else
        assign(v, res);
}

static void
look(struct assignment *v)
{
    struct parameters p = parameters_new(&v->r->arena);

    parameter_int(&p, v->app->shared->settings->database_cell);
    parameter_int(&p, v->id);
    pipeline_ask(v->app->read, SQL_inbox_by_id, &p, on_found, v);
}

static bool
read_verdict(struct assignment *v, struct error *e)
{
    static const struct member_rule rule[] = {
        {"action", VALUE_STRING, true, 16},
        {"case", VALUE_STRING, false, 40},
        {"reason", VALUE_STRING, true, REASON_LONGEST},
    };
    struct value *body = arena_new(&v->r->arena, struct value);
    const char *action;

    if (!body_read(v->r, body, e) || !body_check(body, "", rule, 3, e) ||
        !reason_read(body, &v->reason, e))
        return false;
    action = value_get_string(body, "action");
    v->number = value_get_string(body, "case");
    v->rejects = !strcmp(action, "reject");
    if (!v->rejects && strcmp(action, "assign") != 0)
        return error_at(e, ERROR_FORM_INVALID, "/action", "action is assign or reject");
    if (v->rejects == (v->number != NULL))
        return error_at(e, ERROR_FORM_INVALID, "/case",
                        v->rejects ? "what is rejected goes to no case"
                                   : "assign needs case: one of the candidates");
    return true;
}

void
inbound_act(void *arg, struct http_request *r)
{
    struct assignment *v = arena_new(&r->arena, struct assignment);
    const char *id = router_param(r, "id");
    const size_t n = strlen(id);
    struct error e;

    *v = (struct assignment){.app = arg, .r = r};
    if (n < 1 || n > 18 || strspn(id, "0123456789") != n) {
        refuse(v, ERROR_NOT_FOUND, "", "a message's id is a number");
        return;
    }
    v->id = strtoll(id, NULL, 10);
    if (read_verdict(v, &e))
        look(v);
    else
        reply_error(r, &e);
}
