/* SPDX-License-Identifier: Apache-2.0 */
/* One question after the other, for subcommands. */
#include "daemon/ask.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/require.h"

enum { PATIENCE_S = 10 };

struct asker {
    struct event_base *base;
    struct event *deadline;
    struct pipeline *pipeline;
    void (*answer)(void *arg, const PGresult *res);
    void *arg;
    struct error error;
    bool late; /* the deadline came first, or the connection was refused or lost */
};

static void
on_changed(void *arg, bool ready)
{
    struct asker *a = arg;

    /* A person waits: the first failure is the answer, and the log says why. */
    a->late = a->late || !ready;
    (void)event_base_loopbreak(a->base);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
    struct asker *a = arg;

    (void)fd;
    (void)what;
    a->late = true;
    (void)event_base_loopbreak(a->base);
}

static void
on_answer(void *arg, const PGresult *res, const struct error *e)
{
    struct asker *a = arg;

    if (e)
        a->error = *e;
    else if (a->answer)
        a->answer(a->arg, res);
    (void)event_base_loopbreak(a->base);
}

/* Turns the loop until somebody breaks it; false when it was the deadline. */
static bool
turn(struct asker *a)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};

    a->late = false;
    require(evtimer_add(a->deadline, &patience) == 0);
    (void)event_base_dispatch(a->base);
    (void)evtimer_del(a->deadline);
    return !a->late;
}

struct asker *
asker_open(const char *conninfo, const char *name, struct error *e)
{
    struct asker *a = calloc(1, sizeof(*a));
    struct pipeline_options options = {
        .conninfo = conninfo, .name = name, .use = PIPELINE_READ, .changed = on_changed};

    require(a);
    options.arg = a;
    a->base = event_base_new();
    require(a->base);
    a->deadline = evtimer_new(a->base, on_deadline, a);
    require(a->deadline);
    a->pipeline = pipeline_open(a->base, &options);
    if (turn(a))
        return a;
    *e = *pipeline_trouble(a->pipeline);
    if (!e->code)
        error_set(e, ERROR_STORE_BUSY, "the database does not answer");
    asker_close(a);
    return NULL;
}

void
asker_close(struct asker *a)
{
    pipeline_close(a->pipeline);
    event_free(a->deadline);
    event_base_free(a->base);
    free(a);
}

bool
asker_ask(struct asker *a, enum statement_id s, const struct parameters *parameters,
          void (*answer)(void *arg, const PGresult *res), void *arg, struct error *e)
{
    a->answer = answer;
    a->arg = arg;
    a->error = (struct error){0};
    pipeline_ask(a->pipeline, s, parameters, on_answer, a);
    if (!turn(a)) {
        pipeline_break(a->pipeline, "no answer");
        return error_set(e, ERROR_STORE_BUSY, "the database does not answer");
    }
    if (a->error.code)
        *e = a->error;
    return a->error.code == ERROR_NONE;
}
