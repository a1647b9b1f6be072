/* SPDX-License-Identifier: Apache-2.0 */
/* What comes due by time alone, put into batches like commands. */
#include "runtime/alarms.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "runtime/failing.h"
#include "runtime/settling.h"
#include "store/rows.h"

enum { IN_FLIGHT = 256, INTERVAL_US = 100 * 1000 };

/* A case in flight. */
struct alarm {
    struct order order;
    struct alarms *of;
    struct alarm *next; /* of those in flight, or of the spare ones */
};

struct alarms {
    struct alarms_options o;
    struct failing *failing; /* cases */
    struct event *timer;
    struct alarm *flying, *spare;
    uint32_t n_flying;
    int most;     /* asked for */
    bool asking;  /* the question is on the wire */
    bool stopped; /* looks no more */
    bool full;    /* the last answer was as long as may be: there is more */
    struct settling *settling;
};

static void look(struct alarms *a);

static void
wait_for_next(struct alarms *a)
{
    const span s = a->o.interval;
    const struct timeval tv = {.tv_sec = s / SPAN_SECOND, .tv_usec = s % SPAN_SECOND};

    if (!a->stopped)
        require(event_add(a->timer, &tv) == 0);
}

/* Everything of the last look has been decided. */
static void
looked(struct alarms *a, bool found)
{
    if (!a->stopped && (a->full || (found && a->settling))) {
        look(a);
        return;
    }
    wait_for_next(a);
    settling_tell(&a->settling);
}

static void
on_done(struct order *m)
{
    struct alarm *l = m->arg, **at = &l->of->flying;
    struct alarms *a = l->of;

    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    l->next = a->spare;
    a->spare = l;
    /* What passes by itself needs nothing done: the case is still due at the next look. */
    if (!m->error.code)
        failing_over(a->failing, m->case_id);
    else if (!failing_put_off(a->failing, m->case_id, &(struct failing_topic){0}, &m->error))
        a->full = false;
    if (--a->n_flying == 0 && !a->asking)
        looked(a, !m->error.code);
}

static bool
is_flying(const struct alarms *a, int64_t id)
{
    for (const struct alarm *l = a->flying; l; l = l->next)
        if (l->order.case_id == id)
            return true;
    return false;
}

static void
put_in(struct alarms *a, int64_t id)
{
    struct alarm *l = a->spare;

    if (l)
        a->spare = l->next;
    else
        l = malloc(sizeof(*l));
    require(l != NULL);
    *l = (struct alarm){.of = a, .next = a->flying};
    l->order = (struct order){
        .case_id = id,
        .command = {.kind = COMMAND_ALARM, .actor = {.id = "engine"}, .revision = -1},
        .done = on_done,
        .arg = l,
    };
    a->flying = l;
    a->n_flying++;
    batch_submit(a->o.batch, &l->order);
}

static void
on_due(void *arg, const PGresult *res, const struct error *e)
{
    struct alarms *a = arg;
    const int n = e ? 0 : PQntuples(res);

    a->asking = false;
    a->full = n == a->most;
    for (int row = 0; row < n && !a->stopped; row++) {
        const int64_t id = row_int(res, row, 0);

        if (!failing_waits(a->failing, id) && !is_flying(a, id))
            put_in(a, id);
    }
    if (!e)
        failing_looked(a->failing, !a->full);
    if (a->n_flying == 0) {
        a->full = false;
        looked(a, false);
    }
}

static void
look(struct alarms *a)
{
    struct arena arena = {0};
    struct parameters v = parameters_new(&arena);

    if (a->asking || a->n_flying)
        return; /* looked() goes on when they are through */
    a->asking = true;
    event_del(a->timer);
    parameter_int(&v, a->o.cell);
    a->most = (int)(a->o.in_flight_max + failing_n(a->failing));
    parameter_int(&v, a->most);
    pipeline_ask(a->o.read, SQL_alarm_due, &v, on_due, a);
    arena_release(&arena);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    look(arg);
}

struct alarms *
alarms_new(struct event_base *base, const struct alarms_options *options)
{
    struct alarms *a = calloc(1, sizeof(*a));

    require(a != NULL);
    a->o = *options;
    a->o.in_flight_max = a->o.in_flight_max ? a->o.in_flight_max : IN_FLIGHT;
    a->o.interval = a->o.interval ? a->o.interval : INTERVAL_US;
    a->timer = event_new(base, -1, 0, on_timer, a);
    require(a->timer != NULL);
    a->failing = failing_new(&(struct failing_options){.noun = "case",
                                                       .message = "what is due in a case fails",
                                                       .n_failed = METRIC_alarms_failed,
                                                       .n_put_off = METRIC_failing_cases,
                                                       .monotonic = a->o.monotonic});
    wait_for_next(a);
    return a;
}

void
alarms_free(struct alarms *a)
{
    if (!a)
        return;
    settling_tell(&a->settling);
    while (a->spare) {
        struct alarm *l = a->spare;

        a->spare = l->next;
        free(l);
    }
    event_free(a->timer);
    failing_free(a->failing);
    free(a);
}

void
alarms_stop(struct alarms *a)
{
    a->stopped = true;
    event_del(a->timer);
}

void
alarms_settle(struct alarms *a, void (*settled)(void *arg), void *arg)
{
    settling_add(&a->settling, settled, arg);
    look(a);
}

uint32_t
alarms_in_flight(const struct alarms *a)
{
    return a->n_flying;
}
