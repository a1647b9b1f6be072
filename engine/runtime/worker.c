/* SPDX-License-Identifier: Apache-2.0 */
/* One thread: its loop, its connections, its batch. */
#include "runtime/worker.h"

#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/require.h"
#include "runtime/loop.h"
#include "runtime/signer.h"
#include "runtime/worker_inside.h"
#include "store/rows.h"

enum { TICK_US = 100 * 1000 };

/* What another thread wants done here; goes through the pipe whole. */
struct call {
    void (*call)(void *arg, struct worker *w);
    void *arg;
};

static const struct registry nothing = {.n = 0};

/*
 * Publishes what is not yet; settled when every version has its number here.  Without any a
 * worker that opens cases has nothing to work by.
 */
static bool
publish(struct worker *w)
{
    const struct registry *r = w->registry;
    bool all;

    all = calendars_keep(catalogue_calendars(w->catalogue)) && (r->n > 0 || !w->o.registry);
    for (uint32_t i = 0; i < r->n; i++) {
        struct error e = {0};

        if (!catalogue_publish(w->catalogue, r->workflow[i], &e))
            all = false;
    }
    return all;
}

static void
update(struct worker *w)
{
    const bool connected = pipeline_ready(w->read) && lanes_ready(&w->lanes) &&
                           (!w->files || pipeline_ready(w->files));

    if (pipeline_ready(w->read) && !w->published)
        w->published = publish(w);
    w->ready = connected && w->published && w->now != INSTANT_NONE && !w->draining;
}

static void
on_time(void *arg, const PGresult *res, const struct error *e)
{
    struct worker *w = arg;

    w->asking = false;
    if (!e)
        w->now = row_instant(res, 0, 0);
    update(w);
}

static void
ask_time(struct worker *w)
{
    if (w->asking || !pipeline_ready(w->read))
        return;
    w->asking = true;
    pipeline_ask(w->read, SQL_clock_read, NULL, on_time, w);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    ask_time(arg);
}

static void
on_lanes_changed(void *arg)
{
    update(arg);
}

static void
on_read_changed(void *arg, bool ready)
{
    struct worker *w = arg;

    (void)ready;
    ask_time(w);
    lanes_editions_changed(&w->lanes); /* whoever waits for one asks again */
    inbox_editions_changed(w->inbox);
    if (w->o.editions)
        w->o.editions(w->o.arg, w);
    update(w);
}

static void
on_editions(void *arg)
{
    struct worker *w = arg;

    lanes_editions_changed(&w->lanes);
    inbox_editions_changed(w->inbox);
    if (w->o.editions)
        w->o.editions(w->o.arg, w);
    if (pipeline_ready(w->read))
        update(w);
}

static void
leave(struct worker *w)
{
    if (w->quiet && w->drained && w->delivered)
        event_base_loopbreak(w->base);
}

static void
on_drained(void *arg)
{
    struct worker *w = arg;

    w->drained = true;
    leave(w);
}

static void
on_delivered(void *arg)
{
    struct worker *w = arg;

    w->delivered = true;
    leave(w);
}

static void
on_cut(evutil_socket_t fd, short what, void *arg)
{
    struct worker *w = arg;

    (void)fd;
    (void)what;
    log_warn("stopping without waiting any longer", log_str("name", w->o.name));
    event_base_loopbreak(w->base);
}

static void
begin_drain(void *arg, struct worker *w)
{
    const struct timeval tv = {.tv_sec = w->o.drain_max / SPAN_SECOND,
                               .tv_usec = w->o.drain_max % SPAN_SECOND};

    (void)arg;
    if (w->draining)
        return;
    w->draining = true;
    w->ready = false;
    require(event_add(w->cut, &tv) == 0);
    if (w->alarms)
        alarms_stop(w->alarms);
    relays_stop(w->relays);
    if (w->numberer)
        numberer_stop(w->numberer);
    if (w->janitor)
        janitor_stop(w->janitor);
    if (w->outbox)
        outbox_stop(w->outbox, on_delivered, w);
    else
        w->delivered = true;
    if (w->signer)
        signer_stop(w->signer);
    lanes_drain(&w->lanes, on_drained);
    if (w->o.drain)
        w->o.drain(w->o.arg, w);
    else
        worker_quiet(w);
}

static void
on_calls(evutil_socket_t fd, short what, void *arg)
{
    struct call c;

    (void)what;
    while (read(fd, &c, sizeof(c)) == sizeof(c))
        c.call(c.arg, arg);
}

static void
registry_changed(void *arg, struct worker *w)
{
    (void)arg;
    calendars_use(catalogue_calendars(w->catalogue), w->calendar);
    w->published = false;
    update(w);
}

static void
on_out_going_changed(void *arg, bool ready)
{
    struct worker *w = arg;

    if (w->outbox)
        outbox_connection_changed(w->outbox, ready);
}

static void
set_up_outbox(struct worker *w)
{
    struct outbox_options o = w->o.outbox;

    if (!outbox_needed(o.systems))
        return;
    w->out_going = pipeline_open(
        w->base, &(struct pipeline_options){.conninfo = w->o.conninfo,
                                            .name = w->o.name,
                                            .use = PIPELINE_BATCH,
                                            .statement_timeout = w->o.statement_timeout,
                                            .changed = on_out_going_changed,
                                            .arg = w});
    o.cell = w->o.cell;
    o.pipeline = w->out_going;
    w->outbox = outbox_new(w->base, &o);
}

static void
open_connections(struct worker *w)
{
    struct pipeline_options o = {.conninfo = w->o.conninfo,
                                 .name = w->o.name,
                                 .use = PIPELINE_READ,
                                 .statement_timeout = w->o.statement_timeout,
                                 .changed = on_read_changed,
                                 .arg = w};

    w->read = pipeline_open(w->base, &o);
    o.use = PIPELINE_BATCH;
    lanes_connect(&w->lanes, w->base, o, on_lanes_changed, w);
    o.changed = NULL; /* the next tick looks */
    if (w->o.files)
        w->files = pipeline_open(w->base, &o);
}

static const struct workflow *
workflow_in_force(void *arg, const char *id, const char *district)
{
    return registry_find_in(worker_registry(arg), id, district, worker_today(arg));
}

static void
set_up(struct worker *w)
{
    const struct timeval tv = {.tv_usec = TICK_US};

    w->base = loop_new();
    open_connections(w);
    w->catalogue = catalogue_new(w->read, on_editions, w);
    calendars_use(catalogue_calendars(w->catalogue), w->o.calendar);
    lanes_open(&w->lanes, w->base,
               (struct batch_options){.cell = w->o.cell,
                                      .catalogue = w->catalogue,
                                      .members_max = w->o.members_max,
                                      .queue_max = w->o.queue_max,
                                      .wait_max = w->o.wait_max,
                                      .lock_timeout = w->o.lock_timeout});
    w->inbox = inbox_new(&(struct inbox_options){
        .cell = w->o.cell, .read = w->read, .batch = worker_batch(w), .catalogue = w->catalogue});
    if (w->o.alarms)
        w->alarms = alarms_new(
            w->base,
            &(struct alarms_options){.cell = w->o.cell, .read = w->read, .batch = worker_batch(w)});
    if (w->alarms)
        w->relays = relays_new(w->base, &(struct relays_options){.cell = w->o.cell,
                                                                 .read = w->read,
                                                                 .batch = worker_batch(w),
                                                                 .workflow = workflow_in_force,
                                                                 .arg = w});
    if (w->o.numbers)
        w->numberer =
            numberer_new(w->base, &(struct numberer_options){.cell = w->o.cell, .read = w->read});
    if (w->o.numbers)
        w->janitor = janitor_new(
            w->base,
            &(struct janitor_options){.cell = w->o.cell, .read = w->read, .key_age = w->o.key_age});
    set_up_outbox(w);
    if (w->o.numbers && w->o.sign_folder)
        w->signer =
            signer_new(w, &(struct signer_options){
                              .cell = w->o.cell, .folder = w->o.sign_folder, .key = w->o.sign_key});
    w->calls = event_new(w->base, w->in, EV_READ | EV_PERSIST, on_calls, w);
    w->tick = event_new(w->base, -1, EV_PERSIST, on_tick, w);
    w->cut = event_new(w->base, -1, 0, on_cut, w);
    require(w->calls && w->tick && w->cut);
    require(event_add(w->calls, NULL) == 0 && event_add(w->tick, &tv) == 0);
}

/* First those who wait are told, by the connections and the batch; then nobody is left. */
static void
tear_down(struct worker *w)
{
    pipeline_close(w->read);
    lanes_disconnect(&w->lanes);
    if (w->files)
        pipeline_close(w->files);
    if (w->out_going)
        pipeline_close(w->out_going);
    lanes_free(&w->lanes);
    inbox_free(w->inbox);
    if (w->o.end)
        w->o.end(w->o.arg, w);
    relays_stop(w->relays); /* alarms tell those who wait for both */
    alarms_free(w->alarms);
    relays_free(w->relays);
    numberer_free(w->numberer);
    janitor_free(w->janitor);
    outbox_free(w->outbox);
    signer_free(w->signer);
    catalogue_free(w->catalogue);
    event_free(w->calls);
    event_free(w->tick);
    event_free(w->cut);
    event_base_free(w->base);
    digest_release();
}

static void *
thread_main(void *arg)
{
    struct worker *w = arg;

    if (w->o.begin)
        w->o.begin(w->o.arg, w);
    event_base_dispatch(w->base);
    tear_down(w);
    return NULL;
}

struct worker *
worker_start(const struct worker_options *options)
{
    struct worker *w = calloc(1, sizeof(*w));
    int fd[2];

    require(w && pipe2(fd, O_CLOEXEC) == 0 && fcntl(fd[0], F_SETFL, O_NONBLOCK) == 0);
    w->o = *options;
    w->in = fd[0];
    w->out = fd[1];
    w->registry = options->registry ? options->registry : &nothing;
    w->calendar = options->calendar;
    w->now = INSTANT_NONE;
    set_up(w); /* here, so that everything is there for any thread to ask */
    require(pthread_create(&w->thread, NULL, thread_main, w) == 0);
    return w;
}

void
worker_call(struct worker *w, void (*call)(void *arg, struct worker *w), void *arg)
{
    const struct call c = {.call = call, .arg = arg};

    require(write(w->out, &c, sizeof(c)) == sizeof(c));
}

void
worker_stop(struct worker *w)
{
    worker_call(w, begin_drain, NULL);
}

void
worker_join(struct worker *w)
{
    require(pthread_join(w->thread, NULL) == 0);
    close(w->in);
    close(w->out);
    free(w);
}

void
worker_set_registry(struct worker *w, const struct registry *r, const struct calendar *calendar)
{
    w->registry = r;
    w->calendar = calendar;
    worker_call(w, registry_changed, NULL);
}

void
worker_quiet(struct worker *w)
{
    w->quiet = true;
    leave(w);
}
