/* SPDX-License-Identifier: Apache-2.0 */
/* Worklists: what waits for whom, soonest due first. */
#include <stdint.h>
#include <string.h>

#include "api/lookup.h"
#include "api/page.h"
#include "api/submit.h"
#include "definition/json.h"
#include "machine/names.h"
#include "store/catalogue.h"

enum { COUNT_MOST = 1000, NEXT_LOOKED_AT = 20 };

/* A desk is a role in a department. */
struct desk {
    int64_t id;
    const char *role, *department;
};

struct worklist {
    struct app *app;
    struct http_request *r;
    struct page page;
    const char *role, *department, *workflow, *district, *due;
    struct desk *desk;
    size_t n_desk;
    void (*ready)(struct worklist *l); /* the desks are known */
    bool to_take;                      /* not only to look at */
    /* counts */
    struct text t;
    size_t counted;
};

static bool
holds(const struct session *s, const char *role)
{
    for (uint16_t i = 0; i < s->n_role; i++)
        if (!strcmp(s->role[i], role))
            return true;
    return false;
}

/* His roles, in his department or, for the hall's accounts, in all; a supervisor sees them all. */
static bool
is_his(const struct worklist *l, const char *role, const char *department)
{
    const struct session *s = app_session(l->r);

    if (l->role && strcmp(l->role, role) != 0)
        return false;
    if (l->department && strcmp(l->department, department) != 0)
        return false;
    if (session_classes(s) & ROLE_SUPERVISOR)
        return true;
    if (s->department && strcmp(s->department, department) != 0)
        return false;
    /* A head looks after the tasks of others; what he takes on is his own role's. */
    return holds(s, role) || (!l->to_take && session_classes(s) & ROLE_HEAD);
}

static void
on_desks(void *arg, const PGresult *res, const struct error *e)
{
    struct worklist *l = arg;

    if (e) {
        reply_error(l->r, e);
        return;
    }
    for (int row = 0; row < PQntuples(res); row++) {
        const char *role = row_text(res, row, 1), *department = row_text(res, row, 2);

        if (!is_his(l, role, department))
            continue;
        l->desk = arena_grow(&l->r->arena, l->desk, l->n_desk, sizeof(*l->desk));
        l->desk[l->n_desk++] = (struct desk){.id = row_int(res, row, 0),
                                             .role = arena_strdup(&l->r->arena, role),
                                             .department = arena_strdup(&l->r->arena, department)};
    }
    l->ready(l);
}

static void
ask_desks(struct worklist *l, void (*ready)(struct worklist *l))
{
    l->ready = ready;
    pipeline_ask(l->app->read, SQL_desk_list, NULL, on_desks, l);
}

static void
ask_tasks(struct worklist *l, int most, pipeline_answer_fn *answer)
{
    struct parameters p = parameters_new(&l->r->arena);
    struct column desks = column_new(&l->r->arena, COLUMN_INT);

    for (size_t i = 0; i < l->n_desk; i++)
        column_int(&desks, l->desk[i].id);
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_column(&p, &desks);
    parameter_text(&p, l->district);
    parameter_text(&p, l->workflow);
    parameter_int(&p, l->page.first ? INT64_MIN : l->page.position[0]);
    parameter_int(&p, l->page.position[1]);
    parameter_int(&p, l->page.position[2]);
    parameter_int(&p, most);
    pipeline_ask(l->app->read, SQL_task_list, &p, answer, l);
}

/* Columns of task_list. */
enum {
    T_DUE,
    T_CASE,
    T_VISIT,
    T_DESK,
    T_NUMBER,
    T_DEFINITION,
    T_DISTRICT,
    T_APPLICANT,
    T_STATE,
    T_MOMENT
};

/* The case of a row as far as a list needs it. */
static const struct visit *
read_task(struct worklist *l, const PGresult *res, int row, const struct workflow **w,
          struct case_state **c)
{
    const char *state = row_state(res, row, T_STATE, &l->r->arena);
    const struct edition *edition;
    struct error e = {0};
    struct value v;

    edition = catalogue_edition(worker_catalogue(l->app->worker),
                                (int32_t)row_int(res, row, T_DEFINITION), &e);
    *c = arena_new(&l->r->arena, struct case_state);
    if (!edition || !json_read_stored(&l->r->arena, state, strlen(state), &v, &e) ||
        !case_read(&l->r->arena, edition->w, &v, NULL, *c, &e))
        return NULL;
    *w = edition->w;
    return case_visit(*c, (int32_t)row_int(res, row, T_VISIT));
}

static const struct desk *
desk_of(const struct worklist *l, int64_t id)
{
    for (size_t i = 0; i < l->n_desk; i++)
        if (l->desk[i].id == id)
            return &l->desk[i];
    return NULL;
}

/* The clock of the step itself, or NULL. */
static const struct case_clock *
limit_of(const struct workflow *w, const struct case_state *c, const struct visit *v)
{
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (c->clock[i].visit == v->id && w->clock[c->clock[i].rule].is_limit)
            return &c->clock[i];
    return NULL;
}

static void
put_task(struct text *t, struct worklist *l, const PGresult *res, int row)
{
    const struct desk *desk = desk_of(l, row_int(res, row, T_DESK));
    const int64_t due = row_int(res, row, T_DUE);
    const instant now = row_instant(res, row, T_MOMENT);
    const struct case_clock *k;
    const struct workflow *w;
    const struct visit *v;
    struct case_state *c;
    char etag[ETAG_TEXT];

    v = read_task(l, res, row, &w, &c);
    if (!v)
        return;
    k = limit_of(w, c, v);
    put_open(t, '{');
    put_member_string(t, "case", row_text(res, row, T_NUMBER));
    put_member_string(t, "applicantName", row_text(res, row, T_APPLICANT));
    put_member_string(t, "step", visit_path(t->arena, w, v));
    put_member_string(t, "element", element_text(t->arena, w, c, v));
    view_title(t, "title", w->step[v->step].title);
    put_key(t, "workflow");
    put_open(t, '{');
    put_member_string(t, "id", w->id);
    view_title(t, "title", w->title);
    put_member_string(t, "version", w->hash);
    put_close(t, '}');
    put_member_int(t, "visit", v->id);
    put_member_string(t, "etag", view_step_etag(v, etag));
    put_member_string(t, "role", desk ? desk->role : NULL);
    put_member_string(t, "department", desk ? desk->department : NULL);
    put_member_string(t, "district", row_text(res, row, T_DISTRICT));
    put_member_instant(t, "entered", v->entered);
    put_member_instant(t, "due", due < INSTANT_MAX ? due : INSTANT_NONE);
    put_member_string(t, "colour", colour_name(lookup_colour(l->app, w, c, k, now)));
    if (v->holder && v->held_until > now) {
        put_member_string(t, "holder", v->holder);
        put_member_instant(t, "heldUntil", v->held_until);
    }
    view_hold(t, v);
    put_close(t, '}');
}

/* "late" and "today" are a beginning of the list, which is by due instant. */
static bool
beyond(const struct worklist *l, const PGresult *res, int row)
{
    const instant now = row_instant(res, row, T_MOMENT);
    const int64_t due = row_int(res, row, T_DUE);

    if (!l->due)
        return false;
    return !strcmp(l->due, "late") ? due >= now : due > day_start(instant_day(now) + 1);
}

static void
on_tasks(void *arg, const PGresult *res, const struct error *e)
{
    struct worklist *l = arg;
    struct text t = text_new(&l->r->arena);
    int n = e ? 0 : PQntuples(res), shown = 0;

    if (e) {
        reply_error(l->r, e);
        return;
    }
    page_begin(&t);
    for (; shown < n && shown < l->page.limit; shown++) {
        if (beyond(l, res, shown)) {
            n = shown;
            break;
        }
        put_task(&t, l, res, shown);
    }
    page_end(&t, l->r, &l->page, n,
             shown ? (int64_t[]){row_int(res, shown - 1, T_DUE), row_int(res, shown - 1, T_CASE),
                                 row_int(res, shown - 1, T_VISIT)}
                   : NULL,
             3);
}

static void
list_tasks(struct worklist *l)
{
    ask_tasks(l, l->page.limit + 1, on_tasks);
}

void
tasks_list(void *arg, struct http_request *r)
{
    static const char *const known[] = {"workflow", "district", "role",   "department",
                                        "due",      "limit",    "cursor", NULL};
    struct worklist *l = arena_new(&r->arena, struct worklist);
    struct error e;

    *l = (struct worklist){.app = arg, .r = r, .due = http_query(r, "due")};
    if (!page_read(r, known, 3, &l->page, &e) || !page_district(r, &l->district, &e) ||
        !query_text(r, "role", 64, &l->role, &e) ||
        !query_text(r, "department", 128, &l->department, &e) ||
        !query_text(r, "workflow", 64, &l->workflow, &e)) {
        reply_error(r, &e);
        return;
    }
    if (l->due && strcmp(l->due, "late") != 0 && strcmp(l->due, "today") != 0) {
        error_at(&e, ERROR_BAD_PARAMETER, "due", "due is late or today");
        reply_error(r, &e);
        return;
    }
    ask_desks(l, list_tasks);
}

static void count_next(struct worklist *l);

static void
on_count(void *arg, const PGresult *res, const struct error *e)
{
    struct worklist *l = arg;
    const struct desk *desk = &l->desk[l->counted];
    int64_t n;

    if (e) {
        reply_error(l->r, e);
        return;
    }
    n = row_int(res, 0, 0);
    if (n) {
        put_open(&l->t, '{');
        put_member_int(&l->t, "count", n);
        put_member_bool(&l->t, "capped", n >= COUNT_MOST);
        put_member_string(&l->t, "department", desk->department);
        put_member_string(&l->t, "role", desk->role);
        put_close(&l->t, '}');
    }
    l->counted++;
    count_next(l);
}

static void
count_next(struct worklist *l)
{
    struct parameters p = parameters_new(&l->r->arena);
    struct column desks = column_new(&l->r->arena, COLUMN_INT);

    if (l->counted == l->n_desk) {
        put_close(&l->t, ']');
        put_close(&l->t, '}');
        reply_json(l->r, 200, &l->t);
        return;
    }
    column_int(&desks, l->desk[l->counted].id);
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_column(&p, &desks);
    parameter_text(&p, l->district);
    parameter_text(&p, l->workflow);
    parameter_int(&p, COUNT_MOST);
    pipeline_ask(l->app->read, SQL_task_count, &p, on_count, l);
}

static void
count_tasks(struct worklist *l)
{
    l->t = text_new(&l->r->arena);
    page_begin(&l->t);
    count_next(l);
}

void
tasks_count(void *arg, struct http_request *r)
{
    static const char *const known[] = {"district", "workflow", NULL};
    struct worklist *l = arena_new(&r->arena, struct worklist);
    struct error e;

    *l = (struct worklist){.app = arg, .r = r};
    if (!page_read(r, known, 3, &l->page, &e) || !page_district(r, &l->district, &e) ||
        !query_text(r, "workflow", 64, &l->workflow, &e)) {
        reply_error(r, &e);
        return;
    }
    ask_desks(l, count_tasks);
}

/* --- the next task, claimed --- */

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
        const struct visit *v = read_task(l, res, row, &w, &state);

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
    ask_tasks(l, 200, on_candidates);
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
        ask_desks(l, find_candidates);
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
    static const struct member_rule rule[] = {{"role", VALUE_STRING, false, 64},
                                              {"workflow", VALUE_STRING, false, 64}};
    const struct session *s = app_session(r);
    struct worklist *l = arena_new(&r->arena, struct worklist);
    struct value v = value_object(&r->arena, NULL, 0);
    struct error e;

    /* The key is looked at even where nothing will wait. */
    if (!submission_key(submission_new(arg, r), http_header(r, "idempotency-key"), &e) ||
        (r->body_len && !body_read(r, &v, &e)) || !body_check(&v, "", rule, 2, &e)) {
        reply_error(r, &e);
        return;
    }
    *l = (struct worklist){.app = arg,
                           .r = r,
                           .page = {.first = true},
                           .to_take = true,
                           .role = value_get_string(&v, "role"),
                           .workflow = value_get_string(&v, "workflow"),
                           .district = strcmp(s->district, "*") ? s->district : NULL};
    look_for_key(l);
}
