/* SPDX-License-Identifier: Apache-2.0 */
/* What comes due by time alone, put into batches like commands. */
#include "runtime/alarms.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/require.h"
#include "runtime/breaker.h"
#include "runtime/loop.h"
#include "runtime/settling.h"
#include "store/rows.h"

enum { IN_FLIGHT = 256, INTERVAL_US = 100 * 1000, FAILING = 4096 };

/* A case in flight. */
struct alarm {
    struct order order;
    struct alarms *of;
    struct alarm *next; /* of those in flight, or of the spare ones */
};

/* A case that could not be looked at for a reason that does not pass by itself. */
struct failing {
    int64_t case_id;
    int64_t tries;
    int64_t next; /* on the monotonic clock; not before */
    bool seen;    /* among those that are due now */
};

struct alarms {
    struct alarms_options o;
    struct failing *failing; /* all of them are asked for besides, so that none keeps others out */
    uint32_t n_failing;
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

static struct failing *
find_failing(const struct alarms *a, int64_t id)
{
    for (uint32_t i = 0; i < a->n_failing; i++)
        if (a->failing[i].case_id == id)
            return &a->failing[i];
    return NULL;
}

static void
forget(struct alarms *a, struct failing *f)
{
    *f = a->failing[--a->n_failing];
}

/* It waits longer and longer, and the others do not wait for it. */
static void
put_off(struct alarms *a, const struct order *m)
{
    struct failing *f = find_failing(a, m->case_id);

    if (!f && a->n_failing == FAILING) {
        log_error("too many cases fail when they are due: others may wait behind them",
                  log_int("cases", FAILING));
        a->full = false;
        return;
    }
    if (!f) {
        f = &a->failing[a->n_failing++];
        *f = (struct failing){.case_id = m->case_id, .seen = true};
    }
    f->next = loop_monotonic() + back_off(++f->tries, arc4random());
    metric_add(METRIC_alarms_failed, 1);
    log_error("what is due in a case fails", log_int("case", m->case_id),
              log_error_fields(&m->error));
}

/* Those that are not due any more: somebody has mended them. */
static void
forget_mended(struct alarms *a)
{
    for (uint32_t i = a->n_failing; i-- > 0;) {
        if (!a->failing[i].seen && !a->full)
            forget(a, &a->failing[i]);
        else
            a->failing[i].seen = false;
    }
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
    if (m->error.code && error_may_retry(m->error.code))
        a->full = false;
    else if (m->error.code)
        put_off(a, m);
    else if (find_failing(a, m->case_id))
        forget(a, find_failing(a, m->case_id));
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
        struct failing *f = find_failing(a, id);

        if (f)
            f->seen = true;
        if (!is_flying(a, id) && (!f || f->next <= loop_monotonic()))
            put_in(a, id);
    }
    if (!e)
        forget_mended(a);
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
    a->most = (int)(a->o.in_flight_max + a->n_failing);
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
    a->failing = calloc(FAILING, sizeof(*a->failing));
    require(a->timer != NULL && a->failing != NULL);
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
    free(a->failing);
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
