/* SPDX-License-Identifier: Apache-2.0 */
/* Goes over the open cases of one version and moves them, or says what would become of them. */
#include "daemon/migrate_cases.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/require.h"
#include "daemon/progress.h"
#include "runtime/worker.h"
#include "store/rows.h"

/*
 * A page is a piece of the ids, so that no statement takes long however few of
 * them are open.  IN_FLIGHT cases at a time are in the group commit.
 */
enum { PAGE = 200, PAGE_DRY = 1000, WINDOW = 50000, IN_FLIGHT = 16, PAUSE_MOST_MS = 500 };

struct going;

/* A case on its way through the batch. */
struct flight {
    struct order order;
    struct going *of;
    struct case_row row;
};

struct going {
    const struct migration_wish *wish;
    struct migration_report *report;
    struct worker *worker;
    const struct workflow *to;
    struct migration m;
    bool planned;
    int32_t from;               /* definitions.id; 0: not found yet */
    int64_t after, upper, last; /* ids: looked at up to, of this page, and the greatest there is */
    struct arena keep, page;
    struct flight *flight; /* of the page */
    uint32_t n_flight, next, n_flying;
    instant began, answered; /* monotonic */
    struct event *pause;
    _Atomic uint64_t looked;
    _Atomic int64_t reached;
    _Atomic bool through;
    struct error gave_up;
};

static instant
ticks(void)
{
    struct timespec now;

    require(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (instant)now.tv_sec * SPAN_SECOND + now.tv_nsec / 1000;
}

static void
end(struct going *g, const struct error *e)
{
    if (e && !g->gave_up.code)
        g->gave_up = *e;
    if (g->pause)
        event_free(g->pause);
    g->pause = NULL;
    g->through = true;
}

static void ask_page(struct going *g);
static void prepare(struct going *g);

static void
on_pause(evutil_socket_t fd, short what, void *arg)
{
    struct going *g = arg;

    (void)fd;
    (void)what;
    if (g->planned)
        ask_page(g);
    else
        prepare(g);
}

static void
wait_ms(struct going *g, int64_t ms)
{
    const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    require(evtimer_add(g->pause, &tv) == 0);
}

/* As long as the page took, so that at most half of what the database can do is ours. */
static void
page_done(struct going *g)
{
    int64_t ms = (ticks() - g->began) / 1000;

    g->looked = g->report->looked;
    g->reached = g->after;
    arena_reset(&g->page);
    g->flight = NULL;
    ms = ms > PAUSE_MOST_MS ? PAUSE_MOST_MS : ms;
    wait_ms(g, g->wish->dry_run ? ms / 4 : ms);
}

/* --- moving --- */

static void send_next(struct going *g);

static void
on_done(struct order *m)
{
    struct flight *f = m->arg;
    struct going *g = f->of;

    g->n_flying--;
    if (m->error.code && error_may_retry(m->error.code)) {
        if (ticks() - g->answered > SPAN_MINUTE) {
            g->gave_up = m->error;
        } else {
            g->n_flying++;
            batch_submit(worker_batch(g->worker), m);
            return;
        }
    } else {
        g->answered = ticks();
        /* Closed, or moved by somebody else, since it was read. */
        if (m->error.code == ERROR_CASE_CLOSED || m->error.code == ERROR_STALE)
            g->report->looked++;
        else if (m->error.code)
            migration_count(g->report, &g->m, f->row.c, NULL, m->now, m->error.detail);
    }
    send_next(g);
}

/* Counted once it is durable; what it means is decided again, which is cheap and pure. */
static void
on_moved(struct order *m)
{
    struct flight *f = m->arg;
    struct going *g = f->of;

    if (!m->error.code) {
        struct setting s = {
            .workflow = g->m.from, .calendar = g->wish->house->calendar, .now = m->now};
        struct outcome out;
        struct error e;
        struct case_state *after = NULL;

        if (machine_decide(&s, f->row.c, &m->command, &g->page, &out, NULL, &e))
            after = out.next;
        migration_count(g->report, &g->m, f->row.c, after ? after : f->row.c, m->now, "");
    }
    on_done(m);
}

static void
send_next(struct going *g)
{
    static const char *const role[] = {"administrator"};

    while (g->next < g->n_flight && g->n_flying < IN_FLIGHT && !g->gave_up.code) {
        struct flight *f = &g->flight[g->next++];

        f->order = (struct order){.case_id = f->row.id,
                                  .workflow = g->to,
                                  .principal = "migrate-cases",
                                  .done = on_moved,
                                  .arg = f};
        f->order.command = (struct command){
            .kind = COMMAND_MIGRATE,
            .actor = {.id = "migrate-cases", .role = role, .n_role = 1, .district = "*"},
            .reason = g->m.reason,
            .revision = -1,
            .migration = &g->m};
        g->n_flying++;
        batch_submit(worker_batch(g->worker), &f->order);
    }
    if (g->n_flying)
        return;
    if (g->gave_up.code)
        end(g, NULL);
    else
        page_done(g);
}

/* --- rehearsing --- */

static void
rehearse(struct going *g, struct case_row *row, instant now)
{
    static const char *const role[] = {"administrator"};
    const struct setting s = {
        .workflow = g->m.from, .calendar = g->wish->house->calendar, .now = now};
    const struct command cmd = {
        .kind = COMMAND_MIGRATE,
        .actor = {.id = "migrate-cases", .role = role, .n_role = 1, .district = "*"},
        .revision = -1,
        .migration = &g->m};
    struct outcome out;
    struct error e;

    if (machine_decide(&s, row->c, &cmd, &g->page, &out, NULL, &e))
        migration_count(g->report, &g->m, row->c, out.next, now, NULL);
    else if (e.code == ERROR_CASE_CLOSED)
        g->report->looked++; /* what came due has closed it */
    else
        migration_count(g->report, &g->m, row->c, NULL, now, e.detail);
}

static void
on_page(void *arg, const PGresult *res, const struct error *e)
{
    struct going *g = arg;
    const int most = g->wish->dry_run ? PAGE_DRY : PAGE, n = e ? 0 : PQntuples(res);
    struct error why = {0};

    if (e) {
        end(g, e);
        return;
    }
    g->flight = arena_array(&g->page, n, struct flight);
    g->n_flight = g->next = 0;
    for (int row = 0; row < n && !why.code; row++) {
        struct flight *f = &g->flight[g->n_flight++];

        f->of = g;
        f->row = row_case(res, row, &g->page);
        g->after = f->row.id;
        if (!row_case_state(&f->row, g->m.from, &g->page, &why))
            break;
        if (g->wish->dry_run)
            rehearse(g, &f->row, row_instant(res, row, 11));
    }
    if (why.code) {
        end(g, &why);
        return;
    }
    if (n < most) /* nothing more in this piece of the ids */
        g->after = g->upper;
    if (g->wish->dry_run || n == 0)
        page_done(g);
    else
        send_next(g);
}

static void
ask_page(struct going *g)
{
    struct parameters p = parameters_new(&g->page);

    if (g->after >= g->last) {
        end(g, NULL);
        return;
    }
    g->began = ticks();
    g->upper = g->after - g->after % WINDOW + WINDOW;
    parameter_int(&p, g->wish->settings->database_cell);
    parameter_int(&p, g->from);
    parameter_int(&p, g->after);
    parameter_int(&p, g->upper);
    parameter_int(&p, g->wish->dry_run ? PAGE_DRY : PAGE);
    pipeline_ask(worker_read(g->worker), SQL_migrate_page, &p, on_page, g);
}

/* --- the two versions --- */

static void
on_last(void *arg, const PGresult *res, const struct error *e)
{
    struct going *g = arg;

    if (e) {
        end(g, e);
        return;
    }
    g->last = row_int(res, 0, 0);
    ask_page(g);
}

static void
plan(struct going *g, const struct edition *from)
{
    struct parameters p = parameters_new(&g->page);
    struct error e = {0};

    if (!migration_read(&g->keep, from->w, g->to, g->wish->plan, &g->m, &e)) {
        end(g, &e);
        return;
    }
    g->planned = true;
    parameter_int(&p, g->wish->settings->database_cell);
    pipeline_ask(worker_read(g->worker), SQL_migrate_last, &p, on_last, g);
}

/* The old version may have to be fetched: a moment later it is here. */
static void
prepare(struct going *g)
{
    struct error e = {0};
    const struct edition *from = catalogue_edition(worker_catalogue(g->worker), g->from, &e);

    if (from)
        plan(g, from);
    else if (e.code)
        end(g, &e);
    else
        wait_ms(g, 20);
}

static void
on_versions(void *arg, const PGresult *res, const struct error *e)
{
    struct going *g = arg;
    const char *from = value_get_string(g->wish->plan, "from");
    struct error none;

    for (int row = 0; !e && row < PQntuples(res); row++)
        if (from && strlen(from) >= 12 && !strncmp(row_text(res, row, 1), from, strlen(from)))
            g->from = (int32_t)row_int(res, row, 0);
    if (!e && !g->from)
        error_at(&none, ERROR_NOT_FOUND, "/from",
                 "the database has no version %.64s; a version's hash, or 12 digits of it",
                 from ? from : "");
    if (e || !g->from)
        end(g, e ? e : &none);
    else
        prepare(g);
}

static const struct workflow *
find_to(const struct migration_wish *wish)
{
    const char *to = value_get_string(wish->plan, "to");
    const struct workflow *found = NULL;

    for (uint32_t i = 0; to && strlen(to) >= 12 && i < wish->registry->n; i++)
        if (!strncmp(wish->registry->workflow[i]->hash, to, strlen(to)))
            found = wish->registry->workflow[i];
    return found;
}

static void
begin(void *arg, struct worker *w)
{
    struct going *g = arg;
    struct parameters p = parameters_new(&g->page);

    g->worker = w;
    g->answered = ticks();
    g->pause = evtimer_new(worker_base(w), on_pause, g);
    require(g->pause != NULL);
    pipeline_ask(worker_read(w), SQL_definition_list, &p, on_versions, g);
}

static bool
go(struct going *g, struct worker *w, struct error *e)
{
    const struct timespec beat = {.tv_nsec = 20L * 1000 * 1000};
    const instant until = ticks() + SPAN_MINUTE;
    struct progress p;

    while (!worker_ready(w) && ticks() < until)
        nanosleep(&beat, NULL);
    if (!worker_ready(w))
        return error_set(e, ERROR_STORE_BUSY,
                         "the database does not answer, or its schema is not here");
    worker_call(w, begin, g);
    progress_begin(&p, "migrate-cases", 0);
    while (!g->through) {
        nanosleep(&beat, NULL);
        progress_step(&p, (int64_t)g->looked);
    }
    p.done = (int64_t)g->report->looked;
    progress_end(&p);
    return true;
}

bool
migrate_cases(const struct migration_wish *wish, struct migration_report *out, struct error *e)
{
    const struct settings *s = wish->settings;
    const struct worker_options o = {.conninfo = s->database_conninfo,
                                     .name = "onestop migrate-cases",
                                     .cell = s->database_cell,
                                     .calendar = wish->house->calendar,
                                     .registry = wish->registry,
                                     .statement_timeout = s->database_statement_timeout,
                                     .lock_timeout = s->database_lock_timeout,
                                     .wait_max = s->limits_command_wait,
                                     .drain_max = s->server_drain,
                                     .members_max = IN_FLIGHT};
    struct going *g = calloc(1, sizeof(*g));
    struct worker *w;
    bool done;

    require(g != NULL);
    g->wish = wish;
    g->report = out;
    g->to = find_to(wish);
    if (!g->to) {
        free(g);
        return error_at(e, ERROR_NOT_FOUND, "/to",
                        "the folder of the workflows has no version that begins with this hash");
    }
    w = worker_start(&o);
    done = go(g, w, e);
    worker_stop(w);
    worker_join(w);
    if (done && g->gave_up.code) {
        *e = g->gave_up;
        done = false;
    }
    arena_release(&g->page);
    arena_release(&g->keep);
    free(g);
    return done;
}
