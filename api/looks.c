/* SPDX-License-Identifier: Apache-2.0 */
/* Cases as they are: one, many, what may be done. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/contradiction.h"
#include "api/credit.h"
#include "api/mandates.h"
#include "api/page.h"
#include "machine/names.h"

/* What of the case is shown, to whom. */
typedef void view_fn(struct text *t, const struct sight *s, const struct actor *who);

static void
show(struct lookup *l, view_fn *view)
{
    const struct sight sight = lookup_sight(l);
    const struct actor asks = session_actor(app_session(l->request));
    const struct actor who = machine_agent(l->row.c, &asks, l->now);
    struct text t = text_new(&l->request->arena);
    char etag[ETAG_TEXT];

    view(&t, &sight, &who);
    http_reply_header(l->request, "ETag", view_case_etag(l->row.c, etag));
    reply_json(l->request, 200, &t);
}

static void
show_case(struct lookup *l)
{
    show(l, view_case);
}

static void
read_contradiction(struct lookup *l)
{
    contradiction_read(l, show_case);
}

static void
read_credit(struct lookup *l)
{
    credit_read(l, read_contradiction);
}

static void
read_agents(struct lookup *l)
{
    mandates_read(l, read_credit);
}

void
cases_show(void *arg, struct http_request *r)
{
    lookup_case(arg, r, NULL, read_agents, NULL);
}

static void
show_actions(struct lookup *l)
{
    show(l, view_actions);
}

void
cases_actions(void *arg, struct http_request *r)
{
    lookup_case(arg, r, NULL, show_actions, NULL);
}

/* A page of a list on its way. */
struct listing {
    struct app *app;
    struct http_request *r;
    struct page page;
};

void
view_case_head(struct text *t, struct app *app, const PGresult *res, int row)
{
    const struct workflow *w = registry_find(worker_registry(app->worker), row_text(res, row, 2),
                                             instant_day(row_instant(res, row, 9)));
    const enum public_status status = (enum public_status)row_int(res, row, 8);

    put_member_string(t, "number", row_text(res, row, 1));
    put_key(t, "workflow");
    put_open(t, '{');
    put_member_string(t, "id", row_text(res, row, 2));
    if (w)
        view_title(t, "title", w->title);
    put_close(t, '}');
    put_member_string(t, "district", row_text(res, row, 4));
    put_member_string(t, "applicantKind", row_text(res, row, 5));
    put_member_string(t, "applicantName", row_text(res, row, 6));
    put_member_string(t, "phase", row_int(res, row, 7) == PHASE_CLOSED ? "closed" : "open");
    put_key(t, "status");
    put_open(t, '{');
    put_member_string(t, "code", public_status_name(status));
    view_title(t, "title", public_status_title(status));
    put_close(t, '}');
    put_member_instant(t, "opened", row_instant(res, row, 9));
    if (row_instant(res, row, 10) != INSTANT_NONE)
        put_member_instant(t, "closed", row_instant(res, row, 10));
    put_member_string(t, "outcome", row_text(res, row, 11));
}

/* By id: which version gives the titles, the case itself says. */
static void
put_sorting(struct text *t, const char *lane, const char *labels)
{
    put_member_string(t, "lane", lane);
    if (!labels)
        return;
    put_key(t, "labels");
    put_open(t, '[');
    for (const char *at = labels; *at;) {
        const size_t len = strcspn(at, " ");

        put_string(t, arena_strndup(t->arena, at, len));
        at += len + (at[len] == ' ');
    }
    put_close(t, ']');
}

static void
put_case(void *arg, struct text *t, const PGresult *res, int row)
{
    put_open(t, '{');
    view_case_head(t, arg, res, row);
    put_sorting(t, row_text(res, row, 15), row_text(res, row, 16));
    if (row_text(res, row, 17)) {
        put_key(t, "firstHandler");
        put_open(t, '{');
        put_member_string(t, "account", row_text(res, row, 17));
        put_close(t, '}');
    }
    if (row_int(res, row, 18))
        put_member_bool(t, "contradicted", true);
    put_close(t, '}');
}

static void
on_cases(void *arg, const PGresult *res, const struct error *e)
{
    struct listing *list = arg;

    page_reply(list->r, &list->page, res, e, (int[]){0}, 1, put_case, list->app);
}

/* What a list of cases is asked for; NULL takes all. */
struct wanted {
    const char *workflow, *district, *phase, *code, *lane, *label;
    const char *first, *agent; /* account of the first handler, of an agent */
    bool unchecked;            /* a promise is to be checked */
    bool contradicted;         /* something learned late contradicts what silence did */
};

/*
 * A person of the house by his account: `me` for whoever asks, who finds his cases wherever they
 * are now; others for those who look after them.
 */
static bool
read_person(const struct http_request *r, const char *name, const char **out, const char **district,
            struct error *e)
{
    const struct session *s = app_session(r);
    const char *text;

    if (!query_text(r, name, 64, &text, e))
        return false;
    *out = text;
    if (!text)
        return true;
    if (!strcmp(text, "me") || !strcmp(text, s->account)) {
        *out = s->account;
        if (!http_query(r, "district"))
            *district = NULL;
        return true;
    }
    return (session_classes(s) & (ROLE_HEAD | ROLE_SUPERVISOR | ROLE_AUDITOR)) ||
           error_set(e, ERROR_FORBIDDEN, "%s=me is yours", name);
}

static bool
read_wanted(const struct http_request *r, struct wanted *x, struct error *e)
{
    x->phase = http_query(r, "phase");
    if (!page_district(r, &x->district, e) || !query_text(r, "workflow", 64, &x->workflow, e) ||
        !query_text(r, "applicantCode", 32, &x->code, e) ||
        !query_text(r, "lane", 64, &x->lane, e) || !query_text(r, "label", 64, &x->label, e) ||
        !read_person(r, "firstHandler", &x->first, &x->district, e) ||
        !read_person(r, "agent", &x->agent, &x->district, e) ||
        !query_flag(r, "unchecked", &x->unchecked, e) ||
        !query_flag(r, "contradicted", &x->contradicted, e))
        return false;
    if (x->first && x->agent)
        return error_at(e, ERROR_BAD_PARAMETER, "agent", "either firstHandler or agent");
    return !x->phase || !strcmp(x->phase, "open") || !strcmp(x->phase, "closed") ||
           error_at(e, ERROR_BAD_PARAMETER, "phase", "phase is open or closed");
}

/*
 * Whose procedures are listed: all, or to people of a department those in which it has a part, by
 * any version (api/lookup.c asks the same of one case).  Those whom somebody answers for himself,
 * or acts for, are his wherever they are.  @return false: none.
 */
static bool
parameter_workflows(struct parameters *p, const struct app *app, const struct session *s,
                    const struct wanted *x)
{
    const struct registry *registry = worker_registry(app->worker);
    const bool all = !s->department || (x->first && !strcmp(x->first, s->account)) ||
                     (x->agent && !strcmp(x->agent, s->account));
    struct column c = column_new(p->arena, COLUMN_TEXT);
    const char *last = NULL;
    const struct workflow *w;
    uint32_t at = 0;

    if (all && !x->workflow) {
        parameter_text(p, NULL);
        return true;
    }
    if (all)
        column_text(&c, x->workflow);
    while (!all && (w = registry_next_of_all(registry, &at))) {
        if ((last && !strcmp(last, w->id)) || (x->workflow && strcmp(x->workflow, w->id) != 0) ||
            !lookup_concerns(w, s))
            continue;
        last = w->id;
        column_text(&c, w->id);
    }
    parameter_column(p, &c);
    return c.n > 0;
}

static void
reply_none(struct listing *list)
{
    struct text t = text_new(&list->r->arena);

    page_begin(&t);
    page_end(&t, list->r, &list->page, 0, NULL, 1);
}

void
cases_list(void *arg, struct http_request *r)
{
    static const char *const known[] = {
        "workflow",     "district",  "phase",        "applicantCode", "lane",   "label", "agent",
        "firstHandler", "unchecked", "contradicted", "limit",         "cursor", NULL};
    struct app *app = arg;
    struct listing *list = arena_new(&r->arena, struct listing);
    struct parameters p = parameters_new(&r->arena);
    struct wanted x;
    struct error e;

    *list = (struct listing){.app = app, .r = r};
    if (!page_read(r, known, 1, &list->page, &e) || !read_wanted(r, &x, &e)) {
        reply_error(r, &e);
        return;
    }
    parameter_int(&p, app->shared->settings->database_cell);
    parameter_int(&p, list->page.position[0]);
    parameter_int(&p, list->page.limit + 1);
    if (!parameter_workflows(&p, app, app_session(r), &x)) {
        reply_none(list);
        return;
    }
    parameter_text(&p, x.district);
    parameter_int(&p, !x.phase ? 0 : !strcmp(x.phase, "closed") ? PHASE_CLOSED : PHASE_OPEN);
    parameter_text(&p, x.code);
    if (x.lane || x.label || x.first || x.agent) {
        parameter_text(&p, x.lane);
        parameter_text(&p, x.label);
    }
    if (x.first || x.agent)
        parameter_text(&p, x.first ? x.first : x.agent);
    parameter_int(&p, x.unchecked);
    parameter_int(&p, x.contradicted);
    pipeline_ask(app->read,
                 x.first   ? SQL_case_list_first
                 : x.agent ? SQL_case_list_agent
                 : x.label ? SQL_case_list_label
                 : x.lane  ? SQL_case_list_lane
                           : SQL_case_list,
                 &p, on_cases, list);
}
