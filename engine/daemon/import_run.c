/* SPDX-License-Identifier: Apache-2.0 */
/* Brings the cases of a log into the database. */
#include "daemon/import_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/require.h"
#include "daemon/progress.h"
#include "definition/digest.h"
#include "runtime/worker.h"

/*
 * IN_FLIGHT cases at a time, each with one order, so as many members a
 * transaction may have.
 */
enum { IN_FLIGHT = 256, KEY_TEXT = 80 };

/* A case on its way in. */
struct flight {
    struct order order;
    struct run *of;
    const struct import_case *c;
    uint32_t step;
    struct opening opening;
    char key[KEY_TEXT];
};

struct run {
    struct import_log *log;
    struct import_counts *counts;
    struct batch *batch;
    struct flight flight[IN_FLIGHT];
    uint32_t next; /* case to begin */
    uint32_t n_flying;
    instant answered;     /* when the database last took something */
    _Atomic bool through; /* every case is in, or the run was given up */
    struct error gave_up; /* why; read once it is through */
};

static instant
ticks(void)
{
    struct timespec now;

    require(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (instant)now.tv_sec * SPAN_SECOND + now.tv_nsec / 1000;
}

/* The next link of a digest: lists of other texts, or other divisions of one, give others. */
static void
digest_text_of(uint8_t hash[HASH_SIZE], const char *text)
{
    digest_chain(hash, text ? text : "", text ? strlen(text) : 0);
}

/* A case is known by the log's name and its own; its steps by their places. */
static void
name_step(struct flight *f)
{
    struct order *m = &f->order;
    uint8_t hash[HASH_SIZE] = {0};
    char at[INSTANT_TEXT];

    if (f->step) {
        (void)snprintf(f->key, sizeof(f->key), "step %u", f->step);
    } else {
        digest_text_of(hash, f->of->log->map->source);
        digest_text_of(hash, f->c->id);
        for (size_t i = 0; i < HASH_SIZE; i++)
            (void)snprintf(f->key + 2 * i, 3, "%02x", hash[i]);
    }
    m->key = f->key;
    memset(m->request, 0, HASH_SIZE);
    digest_text_of(m->request, instant_write(m->at, at));
    digest_text_of(m->request, m->command.action);
    digest_text_of(m->request, m->command.actor.id);
}

static void submit(struct flight *f);

static void
rest(struct run *r)
{
    r->n_flying--;
    if (r->n_flying == 0)
        r->through = true;
}

/* The next case that is whole takes the place. */
static void
begin_case(struct flight *f)
{
    struct run *r = f->of;
    const struct import_log *log = r->log;

    while (r->next < log->n && log->item[r->next].bad)
        r->next++;
    if (r->next == log->n || r->gave_up.code) {
        rest(r);
        return;
    }
    f->c = &log->item[r->next++];
    f->step = 0;
    f->opening = (struct opening){.district = log->map->district, .applicant_kind = log->map->kind};
    f->order.case_id = 0;
    submit(f);
}

/* The database is away or busy: the same again, for a minute. */
static void
try_again(struct flight *f)
{
    struct run *r = f->of;

    if (ticks() - r->answered > SPAN_MINUTE && !r->gave_up.code)
        r->gave_up = f->order.error;
    if (r->gave_up.code)
        rest(r);
    else
        submit(f);
}

static void
on_done(struct order *m)
{
    struct flight *f = m->arg;
    struct run *r = f->of;

    if (m->error.code && error_may_retry(m->error.code)) {
        try_again(f);
        return;
    }
    r->answered = ticks();
    if (m->error.code) {
        import_complain(r->log, import_line(f->c, f->step), "case %s: %s (%s)", f->c->id,
                        error_title(m->error.code, LANGUAGE_EN), m->error.detail);
        r->counts->refused += import_steps(f->c) - f->step;
        begin_case(f);
        return;
    }
    if (m->reply.replayed)
        r->counts->known++;
    else
        r->counts->recorded++;
    m->case_id = m->reply.case_id;
    if (++f->step < import_steps(f->c))
        submit(f);
    else
        begin_case(f);
}

static void
submit(struct flight *f)
{
    struct order *m = &f->order;

    m->workflow = f->c->workflow;
    m->command = import_command(f->of->log, f->c, f->step, &f->opening, &m->at);
    m->party = f->c->party;
    m->applicant = f->c->name;
    m->principal = "import";
    m->recorded = true;
    m->more = f->step + 1 < import_steps(f->c);
    m->done = on_done;
    m->arg = f;
    name_step(f);
    batch_submit(f->of->batch, m);
}

/* In the worker's thread. */
static void
begin(void *arg, struct worker *w)
{
    struct run *r = arg;

    r->batch = worker_batch(w);
    r->answered = ticks();
    r->n_flying = IN_FLIGHT;
    for (size_t i = 0; i < IN_FLIGHT; i++) {
        r->flight[i].of = r;
        begin_case(&r->flight[i]);
    }
}

static uint64_t
steps_of(const struct import_log *log)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < log->n; i++)
        n += log->item[i].bad ? 0 : import_steps(&log->item[i]);
    return n;
}

static bool
wait_until_ready(const struct worker *w)
{
    const struct timespec beat = {.tv_nsec = 20L * 1000 * 1000};
    const instant until = ticks() + SPAN_MINUTE;

    while (!worker_ready(w) && ticks() < until)
        nanosleep(&beat, NULL);
    return worker_ready(w);
}

static void
wait_until_through(const struct run *r)
{
    const struct timespec beat = {.tv_nsec = 20L * 1000 * 1000};
    struct progress p;

    progress_begin(&p, "import", (int64_t)steps_of(r->log));
    while (!r->through) {
        nanosleep(&beat, NULL);
        progress_step(&p, (int64_t)(r->counts->recorded + r->counts->known + r->counts->refused));
    }
    p.done = (int64_t)(r->counts->recorded + r->counts->known + r->counts->refused);
    progress_end(&p);
}

bool
import_run(struct import_log *log, const struct settings *settings, const struct house *house,
           const struct registry *registry, struct import_counts *counts, struct error *e)
{
    const struct worker_options o = {.conninfo = settings->database_conninfo,
                                     .name = "onestop import",
                                     .cell = settings->database_cell,
                                     .calendar = house->calendar,
                                     .registry = registry,
                                     .numbers = true,
                                     .statement_timeout = settings->database_statement_timeout,
                                     .lock_timeout = settings->database_lock_timeout,
                                     .wait_max = settings->limits_command_wait,
                                     .drain_max = settings->server_drain,
                                     .members_max = IN_FLIGHT};
    struct run *r = calloc(1, sizeof(*r));
    struct worker *w;
    bool done;

    require(r != NULL);
    r->log = log;
    r->counts = counts;
    w = worker_start(&o);
    done =
        wait_until_ready(w) ||
        error_set(e, ERROR_STORE_BUSY, "the database does not answer, or its schema is not here");
    if (done) {
        worker_call(w, begin, r);
        wait_until_through(r);
    }
    worker_stop(w);
    worker_join(w);
    if (done && r->gave_up.code) {
        *e = r->gave_up;
        done = false;
    }
    free(r);
    return done;
}
