/* SPDX-License-Identifier: Apache-2.0 */
/* The next task: the first of the worklist that is free, claimed. */
#include <stdint.h>
#include <string.h>

#include "api/submit.h"
#include "api/worklist.h"
#include "machine/names.h"

enum { NEXT_LOOKED_AT = 20 };

struct candidate {
    int64_t case_id;
    const char *step;
};

struct candidates {
    struct worklist *list;
    struct candidate item[NEXT_LOOKED_AT];
    size_t n, tried;
};

static void try_next(struct candidates *c);
static void look_for_key(struct worklist *l);

static void
on_claimed(struct submission *s)
{
    const enum error_code code = s->order.error.code;

    /* The same request has claimed a task meanwhile, by way of another daemon: that one it is. */
    if (!strcmp(s->order.error.sqlstate, "23505"))
        look_for_key(((struct candidates *)s->arg)->list);
    /* Somebody was quicker, or it must be another person: the next one. */
    else if (code == ERROR_CLAIMED || code == ERROR_STEP_NOT_OPEN || code == ERROR_CASE_CLOSED ||
             code == ERROR_SAME_PERSON || code == ERROR_FORBIDDEN)
        try_next(s->arg);
    else
        submission_reply(s);
}

static void
try_next(struct candidates *c)
{
    struct worklist *l = c->list;
    struct submission *s;
    struct error e;

    if (c->tried == c->n) {
        http_reply(l->r, 204, NULL, NULL, 0);
        return;
    }
    s = submission_new(l->app, l->r);
    s->done = on_claimed;
    s->arg = c;
    if (!submission_key(s, http_header(l->r, "idempotency-key"), &e)) {
        reply_error(l->r, &e);
        return;
    }
    s->order.case_id = c->item[c->tried].case_id;
    s->order.command = (struct command){.kind = COMMAND_CLAIM,
                                        .actor = session_actor(app_session(l->r)),
                                        .step = c->item[c->tried].step,
                                        .revision = -1,
                                        .until = worker_now(l->app->worker) +
                                                 l->app->shared->settings->limits_claim};
    s->order.principal = app_session(l->r)->account;
    s->order.broad = true;
    c->tried++;
    submission_send(s);
}

static void
on_candidates(void *arg, const PGresult *res, const struct error *e)
{
    struct worklist *l = arg;
    struct candidates *c = arena_new(&l->r->arena, struct candidates);

    if (e) {
        reply_error(l->r, e);
        return;
    }
    c->list = l;
    for (int row = 0; row < PQntuples(res) && c->n < NEXT_LOOKED_AT; row++) {
        const struct workflow *w;
        struct case_state *state;
        const struct visit *v = worklist_read(l, res, row, &w, &state)
                                    ? case_visit(state, (int32_t)row_int(res, row, T_VISIT))
                                    : NULL;

        if (!v || (v->holder && v->held_until > row_instant(res, row, T_MOMENT)))
            continue;
        c->item[c->n++] = (struct candidate){.case_id = row_int(res, row, T_CASE),
                                             .step = visit_path(&l->r->arena, w, v)};
    }
    try_next(c);
}

static void
find_candidates(struct worklist *l)
{
    worklist_tasks(l, 200, on_candidates);
}

/* The reply is stored, and the case it speaks of is known: the batch gives it again. */
static void
on_key(void *arg, const PGresult *res, const struct error *e)
{
    struct worklist *l = arg;
    struct candidates *c;

    if (e) {
        reply_error(l->r, e);
        return;
    }
    if (PQntuples(res) == 0) {
        worklist_desks(l, find_candidates);
        return;
    }
    c = arena_new(&l->r->arena, struct candidates);
    c->list = l;
    c->item[c->n++].case_id = row_int(res, 0, 0);
    try_next(c);
}

/* Sent again after a lost reply it must not claim a further task. */
static void
look_for_key(struct worklist *l)
{
    struct parameters p = parameters_new(&l->r->arena);
    uint8_t digest[KEY_SIZE];

    digest_key(app_session(l->r)->account, http_header(l->r, "idempotency-key"), digest);
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_bytes(&p, digest, KEY_SIZE);
    pipeline_ask(l->app->read, SQL_key_find, &p, on_key, l);
}

void
tasks_next(void *arg, struct http_request *r)
{
    static const struct member_rule rule[] = {{"lane", VALUE_STRING, false, 64},
                                              {"role", VALUE_STRING, false, 64},
                                              {"workflow", VALUE_STRING, false, 64}};
    const struct session *s = app_session(r);
    struct worklist *l = arena_new(&r->arena, struct worklist);
    struct value v = value_object(&r->arena, NULL, 0);
    struct error e;

    /* The key is looked at even where nothing will wait. */
    if (!submission_key(submission_new(arg, r), http_header(r, "idempotency-key"), &e) ||
        (r->body_len && !body_read(r, &v, &e)) || !body_check(&v, "", rule, 3, &e)) {
        reply_error(r, &e);
        return;
    }
    *l = (struct worklist){.app = arg,
                           .r = r,
                           .page = {.first = true},
                           .to_take = true,
                           .role = value_get_string(&v, "role"),
                           .workflow = value_get_string(&v, "workflow"),
                           .lane = value_get_string(&v, "lane"),
                           .district = strcmp(s->district, "*") ? s->district : NULL};
    look_for_key(l);
}
