/* SPDX-License-Identifier: Apache-2.0 */
/* Why a clock says what it says: the derivation of its due instant, and who held it when. */
#include <string.h>

#include "api/lookup.h"
#include "api/page.h"
#include "machine/history.h"
#include "machine/names.h"

struct explanation {
    struct lookup *l;
    const char *name;
    int record; /* the clock that ran right after it; 0: any */
    enum explain_form form;
};

/* An applicant is told of the clocks of his case, not of those of single steps. */
static bool
is_told(const struct lookup *l, const struct case_clock *k)
{
    return !l->code || l->workflow->clock[k->rule].scope == NONE;
}

/* The clock that runs, or else the last one of that name that the case still has. */
static const struct case_clock *
find_clock(const struct explanation *x)
{
    const struct lookup *l = x->l;
    const struct case_clock *found = NULL;

    for (uint32_t i = 0; i < l->row.c->n_clock && !x->record; i++) {
        const struct case_clock *k = &l->row.c->clock[i];

        if (clock_called(&l->request->arena, l->workflow, l->row.c, k, x->name) && is_told(l, k) &&
            (!found || k->verdict == VERDICT_OPEN))
            found = k;
    }
    return found;
}

/* The clock that is asked for; @then receives the state that has it: the case's, or one of before.
 */
static const struct case_clock *
find(const struct explanation *x, const struct value *record, size_t n, struct case_state *then,
     struct error *e)
{
    const struct lookup *l = x->l;
    const struct case_clock *found = find_clock(x);
    const struct setting s = {.workflow = l->workflow, .calendar = worker_calendar(l->app->worker)};
    struct past_clock *past = arena_new(&l->request->arena, struct past_clock);

    *then = *l->row.c;
    if (found)
        return found;
    if (!history_clock(&s, record, n, x->name, x->record, &l->request->arena, past, e))
        return NULL;
    if (!is_told(l, &past->clock)) {
        error_set(e, ERROR_NOT_FOUND, "no clock of the whole case is called %.60s", x->name);
        return NULL;
    }
    for (uint32_t i = 0; i < l->row.c->n_clock; i++)
        if (l->row.c->clock[i].id == past->clock.id)
            return &l->row.c->clock[i];
    then->clock = &past->clock;
    then->n_clock = 1;
    then->visit = &past->visit;
    then->n_visit = past->visit.id != 0;
    return &past->clock;
}

/* The derivation of a clock's due instant (K11) and who held it when; as @how says. */
static void
put_explanation(struct text *t, const struct sight *s, const struct case_clock *k,
                const struct history *h, const struct holdings *held, const struct explaining *how)
{
    const enum explain_form form = how->form;
    struct counting counting = case_counting(s->workflow, k, s->calendar, t->arena);
    const struct course course = case_course(k);
    const instant now = k->verdict == VERDICT_OPEN ? s->now : k->ended;
    bool whole;

    counting.limit = k->limit; /* without one it is measured by another, and nothing is due */
    if (form != EXPLAIN_JSON) {
        (void)clock_explain(t, how, &counting, &course, now);
        holdings_write(t, how, held);
        outages_write(t, form, h, k, now);
        return;
    }
    put_open(t, '{');
    put_key(t, "clock");
    view_clock(t, s, k);
    put_member_string(t, "calendar", counting.calendar->version);
    put_member_bool(t, "limited", limit_is_set(k->limit));
    put_key(t, "derivation");
    whole = clock_explain(t, how, &counting, &course, now);
    put_member_bool(t, "complete", whole);
    put_key(t, "holdings");
    holdings_write(t, how, held);
    put_key(t, "outages");
    put_open(t, '[');
    outages_write(t, form, h, k, now);
    put_close(t, ']');
    put_close(t, '}');
}

static void
on_records(void *arg, const PGresult *res, const struct error *e)
{
    struct explanation *x = arg;
    struct http_request *r = x->l->request;
    struct sight sight = lookup_sight(x->l);
    const struct case_clock *clock;
    struct case_state then;
    struct case_clock k;
    struct text t = text_new(&r->arena);
    struct explaining how = {.form = x->form, .workflow = x->l->workflow};
    struct holdings held = {.n = 0};
    struct value *record;
    struct history h;
    struct error why = {0};
    size_t n;

    if (e) {
        reply_error(r, e);
        return;
    }
    record = lookup_records(x->l, res, &n, &why);
    if (record && !find_clock(x) && !lookup_knows_all(x->l, record, n))
        return;
    clock = record && history_read(&r->arena, x->l->workflow, record, n, &h, &why)
                ? find(x, record, n, &then, &why)
                : NULL;
    if (!clock) {
        reply_error(r, &why);
        return;
    }
    k = *clock;
    history_course(&r->arena, x->l->workflow, &h, &k, x->l->now, &held);
    sight.state = &then;
    how.organisation = &x->l->app->shared->house->organisation;
    put_explanation(&t, &sight, then.clock == x->l->row.c->clock ? clock : &k, &h, &held, &how);
    http_reply(r, 200, x->form == EXPLAIN_JSON ? "application/json" : "text/plain; charset=utf-8",
               t.at, t.len);
}

static void
explain(struct lookup *l)
{
    struct explanation *x = l->arg;
    struct parameters p = parameters_new(&l->request->arena);

    x->l = l;
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->id);
    pipeline_ask(l->app->read, SQL_case_history, &p, on_records, x);
}

/* What is asked for: in which form, and of which clock. */
static struct explanation *
read_question(struct http_request *r, struct error *e)
{
    static const char *const type[] = {"application/json", "text/plain"};
    static const char *const known[] = {"record", NULL};
    const char *stranger = http_query_stranger(r, known);
    struct explanation *x = arena_new(&r->arena, struct explanation);
    const int form = reply_media(r, type, 2);

    *x = (struct explanation){.name = router_param(r, "name")};
    if (stranger) {
        error_at(e, ERROR_BAD_PARAMETER, stranger, "%.60s is unknown or stands there twice",
                 stranger);
        return NULL;
    }
    if (!query_number(r, "record", INT32_MAX, &x->record, e))
        return NULL;
    if (form < 0) {
        error_set(e, ERROR_NOT_ACCEPTABLE, "there are application/json and text/plain");
        return NULL;
    }
    x->form = form == 0 ? EXPLAIN_JSON : reply_language(r) == LANGUAGE_ZH ? EXPLAIN_ZH : EXPLAIN_EN;
    return x;
}

void
cases_explain(void *arg, struct http_request *r)
{
    struct error e = {0};
    struct explanation *x = read_question(r, &e);

    if (x)
        lookup_case(arg, r, NULL, explain, x);
    else
        reply_error(r, &e);
}

void
progress_explain(void *arg, struct http_request *r)
{
    struct error e = {0};
    struct explanation *x = read_question(r, &e);
    const char *code = x ? lookup_code(r) : NULL;

    if (code)
        lookup_case(arg, r, code, explain, x);
    else if (!x)
        reply_error(r, &e);
}
