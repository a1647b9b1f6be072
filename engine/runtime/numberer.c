/* SPDX-License-Identifier: Apache-2.0 */
/* The one who gives the journal its order. */
#include "runtime/numberer.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/require.h"
#include "store/rows.h"

enum { MOST = 1000, INTERVAL_US = 100 * 1000 };

struct numberer {
    struct numberer_options o;
    struct event *timer;
    bool stopped;
    struct numberer_state state;
};

static void look(struct numberer *n);

static void
wait_for_next(struct numberer *n)
{
    const struct timeval tv = {.tv_sec = n->o.interval / SPAN_SECOND,
                               .tv_usec = n->o.interval % SPAN_SECOND};

    if (!n->stopped)
        require(event_add(n->timer, &tv) == 0);
}

static void
on_numbered(void *arg, const PGresult *res, const struct error *e)
{
    struct numberer *n = arg;
    const int rows = e ? 0 : PQntuples(res);

    if (rows)
        n->state.last += rows;
    if (rows == (int)n->o.most && !n->stopped)
        look(n); /* there may be more */
    else
        wait_for_next(n);
}

static void
on_last(void *arg, const PGresult *res, const struct error *e)
{
    struct numberer *n = arg;
    struct arena a = {0};
    struct parameters v = parameters_new(&a);

    if (e) {
        wait_for_next(n);
        return;
    }
    n->state.last = row_int(res, 0, 0);
    n->state.lag = row_int(res, 0, 1);
    parameter_int(&v, n->o.cell);
    parameter_int(&v, n->state.last);
    parameter_int(&v, n->o.most);
    pipeline_ask(n->o.read, SQL_journal_number, &v, on_numbered, n);
    arena_release(&a);
}

static void
look(struct numberer *n)
{
    struct arena a = {0};
    struct parameters v = parameters_new(&a);

    parameter_int(&v, n->o.cell);
    pipeline_ask(n->o.read, SQL_journal_last, &v, on_last, n);
    arena_release(&a);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    look(arg);
}

struct numberer *
numberer_new(struct event_base *base, const struct numberer_options *options)
{
    struct numberer *n = calloc(1, sizeof(*n));

    require(n != NULL);
    n->o = *options;
    n->o.most = n->o.most ? n->o.most : MOST;
    n->o.interval = n->o.interval ? n->o.interval : INTERVAL_US;
    n->timer = event_new(base, -1, 0, on_timer, n);
    require(n->timer != NULL);
    wait_for_next(n);
    return n;
}

void
numberer_free(struct numberer *n)
{
    if (!n)
        return;
    event_free(n->timer);
    free(n);
}

void
numberer_stop(struct numberer *n)
{
    n->stopped = true;
    event_del(n->timer);
}

const struct numberer_state *
numberer_state(const struct numberer *n)
{
    return &n->state;
}
