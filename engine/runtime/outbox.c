/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outbox's rounds: what became of attempts is written, then what is due is
 * asked for, in one round trip.  One round is on the wire at a time, and all
 * statements are on one connection: so nothing is sent again before it is known
 * what became of it, and an answer that cannot be written is kept and written
 * in a later round.
 */
#include "runtime/outbox.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/require.h"
#include "runtime/loop.h"
#include "runtime/outbox_inside.h"
#include "store/rows.h"

enum { INTERVAL_US = 100 * 1000 };

/* How often destinations and secrets are asked for. */
static const span HOLD_EVERY = SPAN_SECOND;

static void round_begin(struct outbox *o);

static void
in(struct outbox *o, span s)
{
    const struct timeval tv = {.tv_sec = s / SPAN_SECOND, .tv_usec = s % SPAN_SECOND};

    require(event_add(o->timer, &tv) == 0);
}

void
outbox_wake(struct outbox *o)
{
    if (!o->asking)
        in(o, 0);
}

static struct destination *
find(const struct outbox *o, const char *system)
{
    for (uint32_t i = 0; i < o->n_destination; i++)
        if (!strcmp(o->destination[i].delivery->system, system))
            return &o->destination[i];
    return NULL;
}

/* --- answers --- */

static void
trouble(struct outbox *o, const struct error *e)
{
    if (e && !o->trouble.code)
        o->trouble = *e;
}

static void
on_written(void *arg, const PGresult *res, const struct error *e)
{
    (void)res;
    trouble(arg, e);
}

static void
on_time(void *arg, const PGresult *res, const struct error *e)
{
    struct outbox *o = arg;

    trouble(o, e);
    if (!e)
        o->moment = row_instant(res, 0, 0);
}

static void
on_blocked(void *arg, const PGresult *res, const struct error *e)
{
    trouble(arg, e);
    if (!e)
        outbox_send_park(arg, res);
}

/* What was not answered is held by another daemon. */
static void
on_held(void *arg, const PGresult *res, const struct error *e)
{
    struct outbox *o = arg;

    trouble(o, e);
    for (uint32_t i = 0; i < o->n_destination && !e; i++) {
        o->destination[i].held = false;
        o->destination[i].n_secret = 0; /* they come with the next answer */
    }
    for (int row = 0; !e && row < PQntuples(res); row++) {
        struct destination *d = find(o, row_text(res, row, 0));

        if (!d)
            continue;
        d->held = true;
        d->disabled = row_int(res, row, 4) != 0 || d->gone;
        /* Somebody enabled it, or we have just taken it over: what is stored holds. */
        if (!d->changed)
            d->breaker = (struct breaker){.state = breaker_read(row_int(res, row, 1)),
                                          .failures = (int32_t)row_int(res, row, 2),
                                          .until = row_instant(res, row, 3)};
    }
}

static void
on_secrets(void *arg, const PGresult *res, const struct error *e)
{
    struct outbox *o = arg;

    trouble(o, e);
    for (int row = 0; !e && row < PQntuples(res); row++) {
        struct destination *d = find(o, row_text(res, row, 0));
        struct secret *s;
        size_t len;
        const void *bytes = row_bytes(res, row, 2, &len);

        if (!d || d->n_secret == SECRETS_MOST || len > SECRET_MOST)
            continue;
        s = &d->secret[d->n_secret++];
        *s = (struct secret){.number = (int32_t)row_int(res, row, 1), .len = len};
        memcpy(s->byte, bytes, len);
    }
}

/* Noted until it is sure that they are marked: a mark that is rolled back lets a case drop what has
 * gone out. */
static void
on_due(void *arg, const PGresult *res, const struct error *e)
{
    struct outbox *o = arg;

    trouble(o, e);
    o->n_due = e ? 0 : (uint32_t)PQntuples(res);
    o->due = arena_array(&o->arena, o->n_due, struct ready);
    for (int row = 0; row < (int)o->n_due; row++)
        o->due[row] = (struct ready){.to = find(o, row_text(res, row, 2)),
                                     .message = {.case_id = row_int(res, row, 0),
                                                 .number = row_int(res, row, 1),
                                                 .visit = row_int(res, row, 3),
                                                 .step = row_copy(res, row, 4, &o->arena),
                                                 .at = row_instant(res, row, 5),
                                                 .tries = row_int(res, row, 6),
                                                 .body = row_copy(res, row, 7, &o->arena),
                                                 .case_number = row_copy(res, row, 8, &o->arena),
                                                 .workflow = row_copy(res, row, 9, &o->arena),
                                                 .district = row_copy(res, row, 10, &o->arena),
                                                 .awaited = row_int(res, row, 11) != 0,
                                                 .undoes = row_int(res, row, 12)}};
}

static void
fly(struct outbox *o)
{
    for (uint32_t i = 0; i < o->n_due; i++) {
        const struct ready *d = &o->due[i];

        if (!d->to || outbox_flight(o, d->message.case_id, d->message.number) ||
            !outbox_room(d->to))
            continue;
        budget_take(&d->to->budget, 1);
        outbox_fly(d->to, &d->message);
    }
}

/* --- a round --- */

/* What was written need not be known any more. */
static void
forget_written(struct outbox *o)
{
    struct flight **at = &o->flight;

    while (*at) {
        struct flight *f = *at;

        if (!f->sent) {
            at = &f->next;
            continue;
        }
        *at = f->next;
        o->n_flight--;
        o->n_ended--;
        free(f);
    }
}

static void
gauge(const struct outbox *o)
{
    int64_t n[3] = {0, 0, 0}, disabled = 0;

    for (uint32_t i = 0; i < o->n_destination; i++) {
        const struct destination *d = &o->destination[i];

        if (!d->held)
            continue;
        if (d->disabled)
            disabled++;
        else
            n[d->breaker.state]++;
    }
    metric_set(METRIC_destinations_closed, n[BREAKER_CLOSED]);
    metric_set(METRIC_destinations_open, n[BREAKER_OPEN]);
    metric_set(METRIC_destinations_half_open, n[BREAKER_HALF_OPEN]);
    metric_set(METRIC_destinations_disabled, disabled);
    metric_set(METRIC_outbox_flying, o->n_flight - o->n_ended);
}

static void
tell_quiet(struct outbox *o)
{
    void (*quiet)(void *arg) = o->quiet;

    if (!quiet || o->n_flight || o->asking)
        return;
    o->quiet = NULL;
    quiet(o->quiet_arg);
}

static void
on_round(void *arg, const PGresult *res, const struct error *e)
{
    struct outbox *o = arg;

    (void)res;
    trouble(o, e);
    o->asking = false;
    if (o->trouble.code) {
        /* Nothing of it was done; what became of attempts is written in the next. */
        log_debug("the outbox's round failed", log_error_fields(&o->trouble));
        in(o, o->o.interval);
    } else {
        o->fresh = false;
        fly(o);
        in(o, o->n_ended ? 0 : o->o.interval);
    }
    gauge(o);
    tell_quiet(o);
}

/* A result that comes while the round is on the wire waits for the next. */
static void
on_written_all(void *arg, const PGresult *res, const struct error *e)
{
    struct outbox *o = arg;

    on_written(arg, res, e);
    if (!o->trouble.code)
        forget_written(o);
    for (uint32_t i = 0; i < o->n_destination; i++) {
        struct destination *d = &o->destination[i];

        if (d->noting && o->trouble.code)
            d->changed = true;
        else if (d->noting && !d->changed) {
            d->gone = d->success = false;
            d->trouble[0] = 0;
        }
        d->noting = false;
    }
}

static void
round_begin(struct outbox *o)
{
    const instant now = o->o.monotonic();
    const bool hold = o->fresh || now - o->looked >= HOLD_EVERY;

    arena_reset(&o->arena);
    o->trouble = (struct error){0};
    o->n_due = 0;
    o->asking = true;
    outbox_send_results(o, on_written);
    outbox_send_notes(o, on_written);
    /* Its answer says that all before it were done: a segment is one transaction. */
    pipeline_send(o->o.pipeline, SQL_clock_read, NULL, on_time, o);
    pipeline_sync(o->o.pipeline, on_written_all, o);
    if (hold) {
        o->looked = now;
        if (o->fresh)
            outbox_send_systems(o, SQL_destination_add, on_written);
        outbox_send_systems(o, SQL_destination_hold, on_held);
        outbox_send_systems(o, SQL_system_key_valid, on_secrets);
        outbox_send_systems(o, SQL_outbox_blocked, on_blocked);
    }
    outbox_send_due(o, on_due);
    pipeline_sync(o->o.pipeline, on_round, o);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct outbox *o = arg;

    (void)fd;
    (void)what;
    if (o->asking)
        return;
    if (pipeline_ready(o->o.pipeline))
        round_begin(o);
    else
        in(o, o->o.interval);
}

void
outbox_connection_changed(struct outbox *o, bool ready)
{
    (void)ready;
    o->fresh = true;
    for (uint32_t i = 0; i < o->n_destination; i++)
        o->destination[i].held = false;
}

bool
outbox_needed(const struct deliveries *systems)
{
    for (uint32_t i = 0; systems && i < systems->n; i++)
        if (systems->item[i].url)
            return true;
    return false;
}

struct outbox *
outbox_new(struct event_base *base, const struct outbox_options *options)
{
    struct outbox *o = calloc(1, sizeof(*o));

    require(o);
    o->o = *options;
    o->o.interval = o->o.interval ? o->o.interval : INTERVAL_US;
    o->o.monotonic = o->o.monotonic ? o->o.monotonic : loop_monotonic;
    o->base = base;
    o->fresh = true;
    o->moment = INSTANT_NONE;
    o->timer = event_new(base, -1, 0, on_timer, o);
    o->destination = calloc(o->o.systems->n, sizeof(*o->destination));
    require(o->timer && o->destination);
    for (uint32_t i = 0; i < o->o.systems->n; i++) {
        const struct delivery *delivery = &o->o.systems->item[i];
        struct destination *d = &o->destination[o->n_destination];

        if (!delivery->url)
            continue;
        o->n_destination++;
        *d = (struct destination){.of = o,
                                  .delivery = delivery,
                                  .budget = budget_new(delivery->per_minute, o->o.monotonic()),
                                  .breaker = {.until = INSTANT_NONE}};
        d->post = post_new(base, &(struct post_options){.delivery = delivery,
                                                        .ca_file = o->o.ca_file,
                                                        .connect_timeout = o->o.connect_timeout,
                                                        .timeout = o->o.timeout});
    }
    in(o, o->o.interval);
    return o;
}

void
outbox_free(struct outbox *o)
{
    if (!o)
        return;
    for (uint32_t i = 0; i < o->n_destination; i++)
        post_free(o->destination[i].post);
    while (o->flight) {
        struct flight *f = o->flight;

        o->flight = f->next;
        free(f);
    }
    explicit_bzero(o->destination, o->n_destination * sizeof(*o->destination));
    free(o->destination);
    event_free(o->timer);
    arena_release(&o->arena);
    free(o);
}

void
outbox_stop(struct outbox *o, void (*quiet)(void *arg), void *arg)
{
    o->stopped = true;
    o->quiet = quiet;
    o->quiet_arg = arg;
    outbox_wake(o);
    tell_quiet(o);
}
