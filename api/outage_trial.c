/* SPDX-License-Identifier: Apache-2.0 */
/* What an outage would do to the open cases, or taking it back, before it is done. */
#include <string.h>
#include <time.h>

#include "api/lookup.h"
#include "api/outages.h"
#include "base/require.h"
#include "definition/json.h"
#include "machine/names.h"
#include "machine/outage.h"
#include "machine/stands.h"
#include "store/catalogue.h"

/* A page is a piece of the ids, as in daemon/sweep.c; what is listed is counted all the same. */
enum { PAGE = 50, WINDOW = 50000, LISTED_MOST = 100 };

/* Columns of outage_page after those of case_by_id. */
enum { MOMENT = 11, DISTRICT = 12 };

/* What becomes of running clocks. */
struct figures {
    int64_t cases, clocks, later, earlier, on_time_again, newly_late, refused;
};

struct trial {
    struct app *app;
    struct http_request *r;
    const struct outage_wish *wish;
    int64_t after, upper, last; /* ids: looked at up to, of this page, and the greatest there is */
    int64_t looked;
    instant ends; /* monotonic: by then it is answered with what was looked at */
    instant now;  /* of the page */
    struct figures sum;
    struct text turned, unreached; /* items of JSON arrays; in the request's arena */
    int64_t n_turned;
    struct arena page;
    uint32_t asked;     /* cases of the page whose history is under way */
    bool whole;         /* the page was the last of its piece of the ids */
    struct error e;     /* what ends it */
    struct trial *next; /* waits for a version or a calendar */
};

/* A case whose history is being read. */
struct suspect {
    struct trial *t;
    struct case_row row;
    const struct workflow *w;
};

static instant
ticks(void)
{
    struct timespec now;

    require(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (instant)now.tv_sec * SPAN_SECOND + now.tv_nsec / 1000;
}

/* --- one case --- */

static void
leave_out(struct trial *t, const char *number, const char *why)
{
    if (t->sum.refused++ >= LISTED_MOST)
        return;
    put_open(&t->unreached, '{');
    put_member_string(&t->unreached, "case", number);
    put_member_string(&t->unreached, "why", why);
    put_close(&t->unreached, '}');
}

static void
list_turned(struct trial *t, const struct case_row *row, const struct workflow *w,
            const struct case_clock *was, const struct case_clock *is)
{
    if (t->n_turned++ >= LISTED_MOST)
        return;
    put_open(&t->turned, '{');
    put_member_string(&t->turned, "case", row->number);
    put_member_string(&t->turned, "clock", clock_whole_name(&t->r->arena, w, row->c, was));
    put_member_instant(&t->turned, "wasDue", was->due);
    view_last_day(&t->turned, "wasLastDay", was->due);
    put_member_instant(&t->turned, "due", is->due);
    view_last_day(&t->turned, "lastDay", is->due);
    put_close(&t->turned, '}');
}

static void
compare(struct trial *t, const struct case_row *row, const struct workflow *w,
        const struct case_state *then)
{
    for (uint32_t i = 0; i < row->c->n_clock; i++) {
        const struct case_clock *was = &row->c->clock[i], *is = case_clock(then, was->id);
        bool was_late, is_late;

        if (was->verdict != VERDICT_OPEN || !is || is->verdict != VERDICT_OPEN ||
            clock_same_course(was, is))
            continue;
        was_late = was->due != INSTANT_NONE && was->due < t->now;
        is_late = is->due != INSTANT_NONE && is->due < t->now;
        t->sum.clocks++;
        t->sum.later += was->due != INSTANT_NONE && is->due != INSTANT_NONE && is->due > was->due;
        t->sum.earlier += was->due != INSTANT_NONE && is->due != INSTANT_NONE && is->due < was->due;
        t->sum.on_time_again += was_late && !is_late;
        t->sum.newly_late += is_late && !was_late;
        if (was_late != is_late)
            list_turned(t, row, w, was, is);
    }
}

static void
decide(struct trial *t, const struct case_row *row, const struct workflow *w,
       const struct value *record, size_t n)
{
    const struct setting s = {
        .workflow = w, .calendar = worker_calendar(t->app->worker), .now = t->now};
    struct command cmd = t->wish->command;
    struct outcome out;
    struct error e;

    cmd.actor = session_actor(app_session(t->r));
    cmd.revision = -1;
    cmd.history = record;
    cmd.n_history = n;
    if (machine_decide(&s, row->c, &cmd, &t->page, &out, NULL, &e)) {
        t->sum.cases++;
        compare(t, row, w, out.next);
    } else if (e.code != ERROR_CASE_CLOSED) { /* what came due has closed it */
        leave_out(t, row->number, e.detail);
    }
}

static bool
concerns(const struct trial *t, const struct case_state *c)
{
    const struct outage o = {.number = t->wish->command.number,
                             .from = t->wish->command.from,
                             .to = t->wish->command.until};

    if (t->wish->command.kind == COMMAND_ANNUL_OUTAGE)
        return case_annuls_outage(c, o.number);
    return case_suffers(c, &o);
}

/* --- all of them --- */

static void
answer(struct trial *t, bool complete)
{
    struct text out = text_new(&t->r->arena);
    const struct figures *f = &t->sum;

    arena_release(&t->page);
    if (t->e.code) {
        reply_error(t->r, &t->e);
        return;
    }
    put_open(&out, '{');
    if (t->wish->number)
        put_member_int(&out, "number", t->wish->number);
    put_member_bool(&out, "complete", complete);
    put_member_int(&out, "looked", t->looked);
    put_member_int(&out, "cases", f->cases);
    put_member_int(&out, "clocks", f->clocks);
    put_member_int(&out, "dueLater", f->later);
    put_member_int(&out, "dueEarlier", f->earlier);
    put_member_int(&out, "onTimeAgain", f->on_time_again);
    put_member_int(&out, "newlyLate", f->newly_late);
    put_member_int(&out, "refused", f->refused);
    put_key(&out, "turned");
    text_printf(&out, "[%s]", t->turned.at);
    put_key(&out, "unreached");
    text_printf(&out, "[%s]", t->unreached.at);
    put_close(&out, '}');
    reply_json(t->r, 200, &out);
}

static void ask_page(struct trial *t);

static void
page_done(struct trial *t)
{
    arena_reset(&t->page);
    if (t->whole)
        t->after = t->upper;
    if (t->e.code || t->after >= t->last)
        answer(t, true);
    else if (http_orphaned(t->r) || ticks() > t->ends)
        answer(t, false);
    else
        ask_page(t);
}

static void
on_history(void *arg, const PGresult *res, const struct error *e)
{
    struct suspect *x = arg;
    struct trial *t = x->t;
    struct value *record;
    struct error why = e ? *e : (struct error){0};
    size_t n = e ? 0 : (size_t)PQntuples(res);

    if ((int64_t)n > x->row.c->recorded)
        n = (size_t)x->row.c->recorded; /* more was written since the state was read */
    record = arena_array(&t->page, n, struct value);
    for (size_t i = 0; i < n && !why.code; i++) {
        const char *body = row_copy(res, (int)i, 0, &t->page);

        (void)!json_read_stored(&t->page, body, strlen(body), &record[i], &why);
    }
    if (!why.code)
        decide(t, &x->row, x->w, record, n);
    else if (error_may_retry(why.code))
        t->e = why;
    else
        leave_out(t, x->row.number, why.detail);
    if (--t->asked == 0)
        page_done(t);
}

static void
ask_history(struct trial *t, const struct case_row *row, const struct workflow *w)
{
    struct suspect *x = arena_new(&t->page, struct suspect);
    struct parameters p = parameters_new(&t->page);

    *x = (struct suspect){.t = t, .row = *row, .w = w};
    parameter_int(&p, t->app->shared->settings->database_cell);
    parameter_int(&p, row->id);
    t->asked++;
    pipeline_send(t->app->read, SQL_case_history, &p, on_history, x);
}

/* @return false: its version or a calendar is being fetched. */
static bool
look(struct trial *t, struct case_row *row, const char *district)
{
    struct catalogue *catalogue = worker_catalogue(t->app->worker);
    struct error e = {0};
    const struct edition *edition = catalogue_edition(catalogue, row->definition, &e);

    if (!edition || !row_case_state(row, edition->w, &t->page, &e) ||
        !calendars_know(catalogue_calendars(catalogue), edition->w, row->c, &e)) {
        if (!e.code)
            return false;
        t->looked++;
        if (!strcmp(t->wish->district, "*") || !strcmp(t->wish->district, district))
            leave_out(t, row->number, e.detail);
        return true;
    }
    t->looked++;
    if (!concerns(t, row->c))
        return true;
    if (t->wish->command.kind == COMMAND_ANNUL_OUTAGE)
        ask_history(t, row, edition->w);
    else
        decide(t, row, edition->w, NULL, 0);
    return true;
}

static void
on_page(void *arg, const PGresult *res, const struct error *e)
{
    struct trial *t = arg;
    const int n = e ? 0 : PQntuples(res);
    int row = 0;

    if (e)
        t->e = *e;
    t->whole = n < PAGE;
    t->asked = 0;
    for (; row < n; row++) {
        struct case_row one = row_case(res, row, &t->page);

        t->now = row_instant(res, row, MOMENT);
        if (!look(t, &one, row_text(res, row, DISTRICT)))
            break;
        t->after = one.id;
    }
    t->whole = t->whole && row == n;
    if (t->asked) {
        pipeline_sync(t->app->read, NULL, NULL);
    } else if (row < n && !t->e.code) { /* goes on when what is being fetched is here */
        arena_release(&t->page);
        t->next = t->app->trials;
        t->app->trials = t;
    } else {
        page_done(t);
    }
}

static void
ask_page(struct trial *t)
{
    struct parameters p = parameters_new(&t->page);
    const bool all = t->wish->command.kind == COMMAND_ANNUL_OUTAGE; /* wherever they are by now */

    t->upper = t->after - t->after % WINDOW + WINDOW;
    parameter_int(&p, t->app->shared->settings->database_cell);
    parameter_text(&p, all || !strcmp(t->wish->district, "*") ? NULL : t->wish->district);
    parameter_int(&p, t->after);
    parameter_int(&p, t->upper);
    parameter_int(&p, PAGE);
    pipeline_ask(t->app->read, SQL_outage_page, &p, on_page, t);
}

static void
on_last(void *arg, const PGresult *res, const struct error *e)
{
    struct trial *t = arg;

    if (e)
        t->e = *e;
    else
        t->last = row_int(res, 0, 0);
    if (t->e.code || !t->last)
        answer(t, true);
    else
        ask_page(t);
}

void
outages_editions_changed(struct app *app)
{
    struct trial *t = app->trials;

    app->trials = NULL;
    while (t) {
        struct trial *next = t->next;

        ask_page(t);
        t = next;
    }
}

void
outage_try(struct app *app, struct http_request *r, const struct outage_wish *wish)
{
    const span time = app->shared->settings->limits_handler_time;
    struct parameters p = parameters_new(&r->arena);
    struct trial *t = arena_new(&r->arena, struct trial);

    *t = (struct trial){.app = app, .r = r, .wish = wish, .ends = ticks() + time - time / 4};
    t->turned = text_new(&r->arena);
    t->unreached = text_new(&r->arena);
    text_str(&t->turned, "");
    text_str(&t->unreached, "");
    parameter_int(&p, app->shared->settings->database_cell);
    pipeline_ask(app->read, SQL_sweep_last, &p, on_last, t);
}
