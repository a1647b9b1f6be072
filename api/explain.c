/* SPDX-License-Identifier: Apache-2.0 */
/* Why a clock says what it says: the derivation of its due instant, and who held it when. */
#include <string.h>

#include "api/lookup.h"
#include "definition/json.h"
#include "machine/history.h"
#include "machine/names.h"

struct explanation {
    struct lookup *l;
    const struct case_clock *clock;
    enum explain_form form;
};

/* "own@fire" is the clock "own" of the department "fire". */
static bool
is_called(const struct lookup *l, const struct case_clock *k, const char *name)
{
    const char *id = clock_name(&l->request->arena, l->workflow, l->row.c, k);
    const size_t len = strlen(id);

    if (strncmp(name, id, len) != 0)
        return false;
    return !name[len] ||
           (k->department && name[len] == '@' && !strcmp(name + len + 1, k->department));
}

/* The clock that runs, or else the last one of that name. */
static const struct case_clock *
find_clock(const struct lookup *l, const char *name)
{
    const struct case_clock *found = NULL;

    for (uint32_t i = 0; i < l->row.c->n_clock; i++) {
        const struct case_clock *k = &l->row.c->clock[i];

        if (is_called(l, k, name) && (!found || k->verdict == VERDICT_OPEN))
            found = k;
    }
    return found;
}

/* The records up to the state that was read: more may have been written since. */
static bool
read_records(struct explanation *x, const PGresult *res, struct history *h, struct error *e)
{
    struct arena *a = &x->l->request->arena;
    const int n =
        PQntuples(res) < x->l->row.c->recorded ? PQntuples(res) : (int)x->l->row.c->recorded;
    struct value *record = arena_array(a, (size_t)n, struct value);

    for (int row = 0; row < n; row++) {
        const char *body = arena_strdup(a, row_text(res, row, 0));

        if (!json_read(a, body, strlen(body), false, &record[row], e))
            return false;
    }
    return history_read(a, x->l->workflow, record, (size_t)n, h, e);
}

/* The derivation of a clock's due instant (K11) and who held it when; @form as clock_explain(). */
static void
put_explanation(struct text *t, const struct sight *s, const struct case_clock *k,
                const struct holdings *held, enum explain_form form)
{
    const struct counting counting = case_counting(s->workflow, k, s->calendar);
    const struct course course = case_course(k);
    const instant now = k->verdict == VERDICT_OPEN ? s->now : k->ended;
    bool whole;

    if (form != EXPLAIN_JSON) {
        (void)clock_explain(t, form, &counting, &course, now);
        holdings_write(t, form, held);
        return;
    }
    put_open(t, '{');
    put_key(t, "clock");
    view_clock(t, s, k);
    put_member_string(t, "calendar", counting.calendar->version);
    put_key(t, "derivation");
    whole = clock_explain(t, form, &counting, &course, now);
    put_member_bool(t, "complete", whole);
    put_key(t, "holdings");
    holdings_write(t, form, held);
    put_close(t, '}');
}

static void
on_records(void *arg, const PGresult *res, const struct error *e)
{
    struct explanation *x = arg;
    struct http_request *r = x->l->request;
    const struct sight sight = lookup_sight(x->l);
    struct case_clock k = *x->clock;
    struct text t = text_new(&r->arena);
    struct holdings held = {.n = 0};
    struct history h;
    struct error why;

    if (e || !read_records(x, res, &h, &why)) {
        reply_error(r, e ? e : &why);
        return;
    }
    history_course(&r->arena, x->l->workflow, &h, &k, x->l->now, &held);
    put_explanation(&t, &sight, x->clock, &held, x->form);
    http_reply(r, 200, x->form == EXPLAIN_JSON ? "application/json" : "text/plain; charset=utf-8",
               t.at, t.len);
}

static void
explain(struct lookup *l)
{
    static const char *const type[] = {"application/json", "text/plain"};
    struct http_request *r = l->request;
    struct explanation *x = arena_new(&r->arena, struct explanation);
    struct parameters p = parameters_new(&r->arena);
    const int form = reply_media(r, type, 2);
    struct error e;

    *x = (struct explanation){.l = l, .clock = find_clock(l, router_param(r, "name"))};
    if (!x->clock) {
        error_set(&e, ERROR_NOT_FOUND, "no clock %.60s runs or has run in this case",
                  router_param(r, "name"));
        reply_error(r, &e);
        return;
    }
    if (form < 0) {
        error_set(&e, ERROR_NOT_ACCEPTABLE, "there are application/json and text/plain");
        reply_error(r, &e);
        return;
    }
    x->form = form == 0 ? EXPLAIN_JSON : reply_language(r) == LANGUAGE_ZH ? EXPLAIN_ZH : EXPLAIN_EN;
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->id);
    pipeline_ask(l->app->read, SQL_case_history, &p, on_records, x);
}

void
cases_explain(void *arg, struct http_request *r)
{
    lookup_case(arg, r, NULL, explain, NULL);
}
