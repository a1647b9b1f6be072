/* SPDX-License-Identifier: Apache-2.0 */
/* Worklists: what waits for whom, lane by lane, soonest due first. */
#include <stdint.h>
#include <string.h>

#include "api/lookup.h"
#include "api/submit.h"
#include "api/worklist.h"
#include "definition/json.h"
#include "machine/names.h"
#include "store/catalogue.h"

enum { COUNT_MOST = 1000 };

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

void
worklist_desks(struct worklist *l, void (*ready)(struct worklist *l))
{
    l->ready = ready;
    pipeline_ask(l->app->read, SQL_desk_list, NULL, on_desks, l);
}

void
worklist_tasks(struct worklist *l, int most, pipeline_answer_fn *answer)
{
    struct parameters p = parameters_new(&l->r->arena);
    struct column desks = column_new(&l->r->arena, COLUMN_INT);

    for (size_t i = 0; i < l->n_desk; i++)
        column_int(&desks, l->desk[i].id);
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_column(&p, &desks);
    parameter_text(&p, l->district);
    parameter_text(&p, l->workflow);
    parameter_int(&p, l->page.position[2]);
    parameter_int(&p, l->page.position[3]);
    parameter_int(&p, l->page.position[4]);
    parameter_int(&p, most);
    parameter_text(&p, l->lane);
    parameter_text(&p, l->label);
    parameter_int(&p, l->page.position[0]);
    parameter_int(&p, l->page.first ? -1 : l->page.position[1]);
    parameter_text(&p, l->due);
    parameter_int(&p, l->ahead);
    parameter_int(&p, l->contradicted);
    pipeline_ask(l->app->read, SQL_task_list, &p, answer, l);
}

bool
worklist_read(struct worklist *l, const PGresult *res, int row, const struct workflow **w,
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
        return false;
    *w = edition->w;
    return true;
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

/* An open step: who has claimed it, and when it is due. */
static void
put_open_step(struct text *t, struct worklist *l, const struct workflow *w,
              const struct case_state *c, const struct visit *v, instant now)
{
    const struct case_clock *k = limit_of(w, c, v);
    char etag[ETAG_TEXT];

    put_member_string(t, "step", visit_path(t->arena, w, v));
    put_member_string(t, "element", element_text(t->arena, v->element));
    view_title(t, "title", w->step[v->step].title);
    put_member_int(t, "visit", v->id);
    put_member_string(t, "etag", view_step_etag(v, etag));
    put_member_instant(t, "entered", v->entered);
    put_member_string(t, "colour", colour_name(lookup_colour(l->app, w, c, k, now)));
    if (v->holder && v->held_until > now) {
        put_member_string(t, "holder", v->holder);
        put_member_instant(t, "heldUntil", v->held_until);
    }
    if (c->contradicted)
        put_member_bool(t, "contradicted", true);
    view_identity(t, c, true);
    view_hold(t, v);
}

/* What may be prepared: by the number it has in the row of the case (writing_case.c); NULL. */
static const struct preparation *
find_ahead(struct arena *a, const struct workflow *w, const struct case_state *c, int64_t visit)
{
    struct preparation *ahead;
    const size_t n = machine_preparable(w, c, NULL, a, &ahead);

    return visit < 0 && visit >= -(int64_t)n ? &ahead[-visit - 1] : NULL;
}

static void
put_step_ahead(struct text *t, const struct workflow *w, const struct case_state *c,
               const struct preparation *ahead)
{
    char etag[ETAG_TEXT];

    put_member_string(t, "step", step_name(t->arena, w, ahead->step, ahead->element));
    put_member_string(t, "element", element_text(t->arena, ahead->element));
    view_title(t, "title", w->step[ahead->step].title);
    put_member_string(t, "etag", view_case_etag(c, etag));
    put_member_bool(t, "ahead", true);
    put_member_bool(t, "prepared", ahead->action != NULL);
}

static void
put_task(struct text *t, struct worklist *l, const PGresult *res, int row)
{
    const struct desk *desk = desk_of(l, row_int(res, row, T_DESK));
    const instant due =
        row_int(res, row, T_DUE) < INSTANT_MAX ? row_int(res, row, T_DUE) : INSTANT_NONE;
    const int64_t visit = row_int(res, row, T_VISIT);
    const struct preparation *ahead;
    const struct workflow *w;
    const struct visit *v;
    struct case_state *c;

    if (!worklist_read(l, res, row, &w, &c))
        return;
    v = case_visit(c, (int32_t)visit);
    ahead = find_ahead(t->arena, w, c, visit);
    if (!v && !ahead)
        return;
    put_open(t, '{');
    put_member_string(t, "case", row_text(res, row, T_NUMBER));
    put_member_string(t, "applicantName", row_text(res, row, T_APPLICANT));
    if (v)
        put_open_step(t, l, w, c, v, row_instant(res, row, T_MOMENT));
    else
        put_step_ahead(t, w, c, ahead);
    put_key(t, "workflow");
    put_open(t, '{');
    put_member_string(t, "id", w->id);
    view_title(t, "title", w->title);
    put_member_string(t, "version", w->hash);
    put_close(t, '}');
    put_member_string(t, "role", desk ? desk->role : NULL);
    put_member_string(t, "department", desk ? desk->department : NULL);
    put_member_string(t, "district", row_text(res, row, T_DISTRICT));
    put_member_instant(t, "due", due);
    view_last_day(t, "lastDay", due);
    view_lane(t, w, c);
    view_labels(t, w, c);
    put_close(t, '}');
}

bool
worklist_sorting(struct worklist *l, struct error *e)
{
    return query_text(l->r, "lane", 64, &l->lane, e) && query_text(l->r, "label", 64, &l->label, e);
}

static void
on_tasks(void *arg, const PGresult *res, const struct error *e)
{
    struct worklist *l = arg;
    struct text t = text_new(&l->r->arena);
    const int n = e ? 0 : PQntuples(res), shown = n < l->page.limit ? n : l->page.limit;

    if (e) {
        reply_error(l->r, e);
        return;
    }
    page_begin(&t);
    for (int row = 0; row < shown; row++)
        put_task(&t, l, res, row);
    page_end(&t, l->r, &l->page, n,
             shown ? (int64_t[]){row_int(res, shown - 1, T_AS_OF), row_int(res, shown - 1, T_RANK),
                                 row_int(res, shown - 1, T_DUE), row_int(res, shown - 1, T_CASE),
                                 row_int(res, shown - 1, T_VISIT)}
                   : NULL,
             5);
}

static void
list_tasks(struct worklist *l)
{
    worklist_tasks(l, l->page.limit + 1, on_tasks);
}

/* Which tasks he asks for.  What may be prepared has no limit yet. */
static bool
read_wanted(struct worklist *l, struct error *e)
{
    if (!query_text(l->r, "role", 64, &l->role, e) ||
        !query_text(l->r, "department", 128, &l->department, e) ||
        !query_text(l->r, "workflow", 64, &l->workflow, e) ||
        !query_flag(l->r, "ahead", &l->ahead, e) ||
        !query_flag(l->r, "contradicted", &l->contradicted, e))
        return false;
    if (l->due && strcmp(l->due, "late") != 0 && strcmp(l->due, "today") != 0)
        return error_at(e, ERROR_BAD_PARAMETER, "due", "due is late or today");
    return !l->due || !l->ahead ||
           error_at(e, ERROR_BAD_PARAMETER, "due", "what lies ahead is not due");
}

void
tasks_list(void *arg, struct http_request *r)
{
    static const char *const known[] = {"workflow", "district",     "role",   "department",
                                        "due",      "ahead",        "lane",   "label",
                                        "limit",    "contradicted", "cursor", NULL};
    struct worklist *l = arena_new(&r->arena, struct worklist);
    struct error e;

    *l = (struct worklist){.app = arg, .r = r, .due = http_query(r, "due")};
    if (!page_read(r, known, 5, &l->page, &e) || !page_district(r, &l->district, &e) ||
        !worklist_sorting(l, &e) || !read_wanted(l, &e)) {
        reply_error(r, &e);
        return;
    }
    worklist_desks(l, list_tasks);
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
    parameter_text(&p, l->lane);
    parameter_text(&p, l->label);
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
    static const char *const known[] = {"district", "workflow", "lane", "label", NULL};
    struct worklist *l = arena_new(&r->arena, struct worklist);
    struct error e;

    *l = (struct worklist){.app = arg, .r = r};
    if (!page_read(r, known, 3, &l->page, &e) || !page_district(r, &l->district, &e) ||
        !query_text(r, "workflow", 64, &l->workflow, &e) || !worklist_sorting(l, &e)) {
        reply_error(r, &e);
        return;
    }
    worklist_desks(l, count_tasks);
}
