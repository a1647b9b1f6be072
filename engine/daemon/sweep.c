/* SPDX-License-Identifier: Apache-2.0 */
/* Goes over the open cases and gives each the command it needs, or says what would become of it. */
#include "daemon/sweep.h"

#include <event2/event.h>
#include <stdio.h>
#include <time.h>

#include "base/require.h"
#include "daemon/progress.h"

/*
 * A page is a piece of the ids, so that no statement takes long however few of
 * them are open.  IN_FLIGHT cases at a time are in the group commit.
 */
enum { PAGE = 200, PAGE_DRY = 1000, WINDOW = 50000, IN_FLIGHT = 16, PAUSE_MOST_MS = 500 };

static instant
ticks(void)
{
    struct timespec now;

    require(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (instant)now.tv_sec * SPAN_SECOND + now.tv_nsec / 1000;
}

void
sweep_end(struct sweep *s, const struct error *e)
{
    if (e && !s->gave_up.code)
        s->gave_up = *e;
    if (s->pause)
        event_free(s->pause);
    s->pause = NULL;
    s->through = true;
}

static void
on_pause(evutil_socket_t fd, short what, void *arg)
{
    struct sweep *s = arg;

    (void)fd;
    (void)what;
    s->resume(s);
}

static void
wait_ms(struct sweep *s, int64_t ms, void (*resume)(struct sweep *s))
{
    const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    s->resume = resume;
    require(evtimer_add(s->pause, &tv) == 0);
}

void
sweep_wait(struct sweep *s, void (*resume)(struct sweep *s))
{
    wait_ms(s, 20, resume);
}

struct actor
sweep_actor(const struct sweep *s)
{
    static const char *const role[] = {"administrator"};

    if (s->actor)
        return *s->actor;
    return (struct actor){.id = s->name, .role = role, .n_role = 1, .district = "*"};
}

struct case_state *
sweep_rehearse(struct sweep *s, const struct sweep_case *c, const struct command *cmd, instant now,
               struct error *e)
{
    const struct setting setting = {
        .workflow = c->edition->w, .calendar = worker_calendar(s->worker), .now = now};
    struct outcome out;

    return machine_decide(&setting, c->row.c, cmd, &s->page, &out, NULL, e) ? out.next : NULL;
}

static void ask_page(struct sweep *s);

/* As long as the page took, so that at most half of what the database can do is ours. */
static void
page_done(struct sweep *s)
{
    int64_t ms = (ticks() - s->began) / 1000;

    s->shown = s->looked;
    arena_reset(&s->page);
    s->flight = NULL;
    ms = ms > PAUSE_MOST_MS ? PAUSE_MOST_MS : ms;
    wait_ms(s, s->dry_run ? ms / 4 : ms, ask_page);
}

static void send_next(struct sweep *s);

/* Whether it is the database that cannot, and not this case: a daemon that knows its rules can. */
static bool
passes(enum error_code code)
{
    return error_may_retry(code) && code != ERROR_NEWER_RULES;
}

static void
on_done(struct order *m)
{
    struct sweep_case *c = m->arg;
    struct sweep *s = c->of;

    s->n_flying--;
    if (m->error.code && passes(m->error.code)) {
        if (ticks() - s->answered > SPAN_MINUTE) {
            s->gave_up = m->error;
        } else {
            s->n_flying++;
            batch_submit(worker_batch(s->worker), m);
            return;
        }
    } else {
        s->answered = ticks();
        /* Closed, or taken on by somebody else, since it was read. */
        if (m->error.code == ERROR_CASE_CLOSED || m->error.code == ERROR_STALE)
            s->looked++;
        else
            s->told(s, c);
    }
    send_next(s);
}

static void
send_next(struct sweep *s)
{
    if (s->stopped && !s->gave_up.code && s->stopped(s))
        error_set(&s->gave_up, ERROR_STORE_BUSY, "%s was told to end", s->name);
    while (s->next < s->n_flight && s->n_flying < IN_FLIGHT && !s->gave_up.code) {
        struct sweep_case *c = &s->flight[s->next++];

        c->order.case_id = c->row.id;
        c->order.principal = s->name;
        c->order.command.actor = sweep_actor(s);
        c->order.command.revision = -1;
        c->order.done = on_done;
        c->order.arg = c;
        s->n_flying++;
        batch_submit(worker_batch(s->worker), &c->order);
    }
    if (s->n_flying)
        return;
    if (s->gave_up.code)
        sweep_end(s, NULL);
    else
        page_done(s);
}

/* Its version and its calendars; false while they are being fetched, or with @e. */
static bool
understand(struct sweep *s, struct sweep_case *c, struct error *e)
{
    struct catalogue *catalogue = worker_catalogue(s->worker);

    c->edition = catalogue_edition(catalogue, c->row.definition, e);
    return c->edition && row_case_state(&c->row, c->edition->w, &s->page, e) &&
           calendars_know(catalogue_calendars(catalogue), c->edition->w, c->row.c, e);
}

/* The database cannot just now: it has a minute, as for a command. */
static bool
is_patient(const struct sweep *s, const struct error *e)
{
    return (passes(e->code) || error_passes(e)) && ticks() - s->answered <= SPAN_MINUTE;
}

static void
ask_again(struct sweep *s, const struct error *e, void (*ask)(struct sweep *s))
{
    arena_reset(&s->page);
    s->flight = NULL;
    if (is_patient(s, e) && !(s->stopped && s->stopped(s)))
        wait_ms(s, PAUSE_MOST_MS, ask);
    else
        sweep_end(s, e);
}

static void
on_page(void *arg, const PGresult *res, const struct error *e)
{
    struct sweep *s = arg;
    const int most = s->dry_run ? PAGE_DRY : PAGE, n = e ? 0 : PQntuples(res);
    struct error why = {0};
    int row = 0;

    if (e) {
        ask_again(s, e, ask_page);
        return;
    }
    s->flight = arena_array(&s->page, n, struct sweep_case);
    s->n_flight = s->next = 0;
    for (; row < n; row++) {
        struct sweep_case *c = &s->flight[s->n_flight];

        *c = (struct sweep_case){.of = s,
                                 .row = row_case(res, row, &s->page),
                                 .district = row_copy(res, row, 12, &s->page)};
        if (understand(s, c, &why)) {
            s->n_flight += s->look(s, c, row_instant(res, row, 11));
        } else if (why.code && !passes(why.code)) {
            s->unread(s, c, &why);
            why.code = ERROR_NONE;
        } else {
            break;
        }
        s->after = c->row.id;
    }
    if (why.code && !is_patient(s, &why)) {
        sweep_end(s, &why);
        return;
    }
    if (row > 0 || n == 0)
        s->answered = ticks();
    if (row == n && n < most) /* nothing more in this piece of the ids */
        s->after = s->upper;
    send_next(s);
}

static void
ask_page(struct sweep *s)
{
    struct parameters p = parameters_new(&s->page);

    if (s->after >= s->last) {
        sweep_end(s, NULL);
        return;
    }
    s->began = ticks();
    s->upper = s->after - s->after % WINDOW + WINDOW;
    parameter_int(&p, s->settings->database_cell);
    parameter_int(&p, s->definition);
    parameter_int(&p, s->after);
    parameter_int(&p, s->upper);
    parameter_int(&p, s->dry_run ? PAGE_DRY : PAGE);
    pipeline_ask(worker_read(s->worker), SQL_sweep_page, &p, on_page, s);
}

static void ask_last(struct sweep *s);

static void
on_last(void *arg, const PGresult *res, const struct error *e)
{
    struct sweep *s = arg;

    if (e) {
        ask_again(s, e, ask_last);
        return;
    }
    s->last = row_int(res, 0, 0);
    ask_page(s);
}

static void
ask_last(struct sweep *s)
{
    struct parameters p = parameters_new(&s->page);

    parameter_int(&p, s->settings->database_cell);
    pipeline_ask(worker_read(s->worker), SQL_sweep_last, &p, on_last, s);
}

void
sweep_go(struct sweep *s, int32_t definition)
{
    s->definition = definition;
    ask_last(s);
}

static void
begin(void *arg, struct worker *w)
{
    struct sweep *s = arg;

    s->worker = w;
    s->answered = ticks();
    s->pause = evtimer_new(worker_base(w), on_pause, s);
    require(s->pause != NULL);
    s->prepare(s);
}

static bool
go(struct sweep *s, struct worker *w, struct error *e)
{
    const struct timespec beat = {.tv_nsec = 20L * 1000 * 1000};
    const instant until = ticks() + SPAN_MINUTE;
    struct progress p;

    while (!worker_ready(w) && ticks() < until && !(s->stopped && s->stopped(s)))
        nanosleep(&beat, NULL);
    if (!worker_ready(w))
        return error_set(e, ERROR_STORE_BUSY,
                         "the database does not answer, or its schema is not here");
    worker_call(w, begin, s);
    if (!s->stopped)
        progress_begin(&p, s->name, 0);
    while (!s->through) {
        nanosleep(&beat, NULL);
        if (!s->stopped)
            progress_step(&p, (int64_t)s->shown);
    }
    p.done = (int64_t)s->looked;
    if (!s->stopped)
        progress_end(&p);
    return true;
}

bool
sweep_run(struct sweep *s, struct error *e)
{
    const struct settings *set = s->settings;
    char name[64];
    const struct worker_options o = {.conninfo = set->database_conninfo,
                                     .name = name,
                                     .cell = set->database_cell,
                                     .calendar = s->house->calendar,
                                     .statement_timeout = set->database_statement_timeout,
                                     .lock_timeout = set->database_lock_timeout,
                                     .wait_max = set->limits_command_wait,
                                     .drain_max = set->server_drain,
                                     .members_max = IN_FLIGHT};
    struct worker *w;
    bool done;

    (void)snprintf(name, sizeof(name), "onestop %s", s->name);
    w = worker_start(&o);
    done = go(s, w, e);
    worker_stop(w);
    worker_join(w);
    if (done && s->gave_up.code) {
        *e = s->gave_up;
        done = false;
    }
    arena_release(&s->page);
    arena_release(&s->keep);
    return done;
}
