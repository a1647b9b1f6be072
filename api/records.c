/* SPDX-License-Identifier: Apache-2.0 */
/* What happened in a case: its facts, the same told to people, its draws for anybody. */
#include <stdio.h>
#include <string.h>

#include "api/lookup.h"
#include "api/page.h"
#include "api/view_events.h"
#include "base/log.h"
#include "definition/json.h"
#include "machine/names.h"

/* Columns of fact_list, draw_list and event_list; the last three of event_list alone. */
enum { R_NUMBER, R_AT, R_KIND, R_ACTOR, R_BODY, R_HASH, R_VISIT, R_STEP, R_ELEMENT };

/* A page of a case's records on its way. */
struct reading {
    struct lookup *lookup;
    struct http_request *r;
    struct page page;
    enum statement_id sql;
    page_row *put;
    enum audience audience;
};

static void
put_hex(struct text *t, const char *key, const uint8_t *bytes, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    char *hex = arena_alloc(t->arena, 2 * n + 1);

    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digit[bytes[i] >> 4];
        hex[2 * i + 1] = digit[bytes[i] & 15];
    }
    put_member_string(t, key, hex);
}

/* VALUE_NULL where it cannot be read: the others are still shown. */
static struct value
record_of(struct arena *a, const PGresult *res, int row)
{
    const char *body = row_text(res, row, R_BODY);
    struct value v;
    struct error e;

    if (json_read_stored(a, body, strlen(body), &v, &e))
        return v;
    log_error("a stored record cannot be read", log_int("number", row_int(res, row, R_NUMBER)),
              log_error_fields(&e));
    return value_null();
}

/* The stored body is JSON whose `at` is in microseconds; people get RFC 3339. */
static void
put_fact(void *arg, struct text *t, const PGresult *res, int row)
{
    static const char *const copied[] = {
        "action",  "brokenElsewhere", "by",       "calendar", "clock",
        "command", "definition",      "document", "facts",    "hallCalendar",
        "input",   "mandate",         "reason",   "role",     "rules",
        "step"};
    const struct value v = record_of(t->arena, res, row);
    size_t n;
    const uint8_t *hash = row_bytes(res, row, R_HASH, &n);

    (void)arg;
    put_open(t, '{');
    put_member_int(t, "number", row_int(res, row, R_NUMBER));
    put_member_instant(t, "at", row_instant(res, row, R_AT));
    for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
        if (value_get(&v, copied[i])) {
            put_key(t, copied[i]);
            if (!strcmp(copied[i], "facts"))
                view_facts(t, value_get(&v, copied[i]));
            else
                value_write(t, value_get(&v, copied[i]));
        }
    if (value_get(&v, "decided") && value_get(&v, "decided")->kind == VALUE_INT)
        put_member_instant(t, "decided", value_get(&v, "decided")->integer);
    if (value_get(&v, "mandate"))
        put_member_string(t, "onBehalfOf", "applicant");
    put_hex(t, "hash", hash, n);
    put_close(t, '}');
}

/* What a step that was left is called; its path where this version does not know it. */
static const char *
step_left(struct arena *a, const struct workflow *w, const PGresult *res, int row)
{
    const char *path = row_text(res, row, R_STEP), *element = row_text(res, row, R_ELEMENT);
    const uint16_t i = path ? workflow_step(w, path) : NONE;
    const bool listed = i != NONE && w->region[w->step[i].region].each != NONE;

    return listed && element ? step_name(a, w, i, arena_strdup(a, element)) : path;
}

/* What the step of an act is called; NULL: it was none. */
static const char *
step_acted_in(const struct reading *x, struct arena *a, const PGresult *res, int row)
{
    const struct case_state *c = x->lookup->row.c;

    if (row_text(res, row, R_STEP) || !row_text(res, row, R_VISIT))
        return step_left(a, x->lookup->workflow, res, row);
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (c->visit[i].id == row_int(res, row, R_VISIT))
            return visit_path(a, x->lookup->workflow, &c->visit[i]);
    return NULL;
}

static void
put_event(void *arg, struct text *t, const PGresult *res, int row)
{
    const struct reading *x = arg;
    const struct value v = record_of(t->arena, res, row);

    view_event(t, x->lookup->workflow, x->audience,
               &(struct event){.number = row_int(res, row, R_NUMBER),
                               .at = row_instant(res, row, R_AT),
                               .step = step_acted_in(x, t->arena, res, row),
                               .mandate = x->lookup->mandate,
                               .record = &v});
}

static void
put_draws(void *arg, struct text *t, const PGresult *res, int row)
{
    const struct reading *x = arg;
    const struct value v = record_of(t->arena, res, row);

    view_draws(t, x->lookup->row.c,
               &(struct event){.number = row_int(res, row, R_NUMBER),
                               .at = row_instant(res, row, R_AT),
                               .record = &v});
}

static void
on_records(void *arg, const PGresult *res, const struct error *e)
{
    struct reading *x = arg;

    page_reply(x->r, &x->page, res, e, (int[]){R_NUMBER}, 1, x->put, x);
}

static void
ask(struct lookup *l)
{
    struct reading *x = l->arg;
    struct parameters p = parameters_new(&l->request->arena);

    x->lookup = l;
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->id);
    parameter_int(&p, x->page.position[0]);
    parameter_int(&p, x->page.limit + 1);
    if (x->sql == SQL_draw_list)
        parameter_int(&p, l->row.c->phase == PHASE_CLOSED);
    pipeline_ask(l->app->read, x->sql, &p, on_records, x);
}

/* NULL: it is answered. */
static struct reading *
reading_new(struct http_request *r, enum statement_id sql, page_row *put)
{
    static const char *const known[] = {"limit", "cursor", NULL};
    struct reading *x = arena_new(&r->arena, struct reading);
    struct error e;

    *x = (struct reading){.r = r, .sql = sql, .put = put};
    if (page_read(r, known, 1, &x->page, &e))
        return x;
    reply_error(r, &e);
    return NULL;
}

void
cases_facts(void *arg, struct http_request *r)
{
    struct reading *x = reading_new(r, SQL_fact_list, put_fact);

    if (x)
        lookup_case(arg, r, NULL, ask, x);
}

void
cases_events(void *arg, struct http_request *r)
{
    struct reading *x = reading_new(r, SQL_event_list, put_event);

    if (!x)
        return;
    x->audience = AUDIENCE_HOUSE;
    lookup_case(arg, r, NULL, ask, x);
}

void
progress_events(void *arg, struct http_request *r)
{
    struct reading *x = reading_new(r, SQL_event_list, put_event);
    const char *code = x ? lookup_code(r) : NULL;

    if (!code)
        return;
    x->audience = AUDIENCE_APPLICANT;
    lookup_case(arg, r, code, ask, x);
}

void
draws_list(void *arg, struct http_request *r)
{
    struct reading *x = reading_new(r, SQL_draw_list, put_draws);

    if (x)
        lookup_openly(arg, r, ask, x);
}
