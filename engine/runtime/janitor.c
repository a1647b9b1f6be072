/* SPDX-License-Identifier: Apache-2.0 */
/* What is forgotten, and when. */
#include "runtime/janitor.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/require.h"

enum { KEYS_AT_ONCE = 1000 };

struct janitor {
    struct janitor_options o;
    struct event *due;
    struct arena arena;
    bool sweeping; /* an answer is still to come */
    bool stopped;
};

static void sweep_keys(struct janitor *j);

static void
on_swept(void *arg, const PGresult *res, const struct error *e)
{
    struct janitor *j = arg;

    (void)res;
    if (e)
        log_debug("sweep put off", log_error_fields(e));
    j->sweeping = false;
    arena_reset(&j->arena);
}

static void
on_keys(void *arg, const PGresult *res, const struct error *e)
{
    struct janitor *j = arg;

    arena_reset(&j->arena);
    if (!e && !j->stopped &&
        strtoll(PQcmdTuples((PGresult *)(uintptr_t)res), NULL, 10) >= KEYS_AT_ONCE) {
        sweep_keys(j); /* there are more */
        return;
    }
    pipeline_ask(j->o.read, SQL_session_sweep, NULL, NULL, NULL);
    pipeline_ask(j->o.read, SQL_attempt_sweep, NULL, on_swept, j);
}

static void
sweep_keys(struct janitor *j)
{
    struct parameters p = parameters_new(&j->arena);

    parameter_int(&p, j->o.cell);
    parameter_int(&p, j->o.key_age / SPAN_SECOND);
    parameter_int(&p, KEYS_AT_ONCE);
    pipeline_ask(j->o.read, SQL_key_purge, &p, on_keys, j);
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
    struct janitor *j = arg;

    (void)fd;
    (void)what;
    if (j->sweeping || j->stopped || !pipeline_ready(j->o.read))
        return;
    j->sweeping = true;
    sweep_keys(j);
}

struct janitor *
janitor_new(struct event_base *base, const struct janitor_options *options)
{
    struct janitor *j = calloc(1, sizeof(*j));
    struct timeval tv;

    require(j);
    j->o = *options;
    if (!j->o.key_age)
        j->o.key_age = 30 * SPAN_DAY;
    if (!j->o.interval)
        j->o.interval = SPAN_MINUTE;
    tv = (struct timeval){.tv_sec = j->o.interval / SPAN_SECOND,
                          .tv_usec = j->o.interval % SPAN_SECOND};
    j->due = event_new(base, -1, EV_PERSIST, on_due, j);
    require(j->due && event_add(j->due, &tv) == 0);
    return j;
}

void
janitor_stop(struct janitor *j)
{
    j->stopped = true;
    (void)event_del(j->due);
}

void
janitor_free(struct janitor *j)
{
    if (!j)
        return;
    event_free(j->due);
    arena_release(&j->arena);
    free(j);
}
