/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker shows of itself to those on its loop. */
#include "runtime/worker_inside.h"

struct event_base *
worker_base(struct worker *w)
{
    return w->base;
}

struct pipeline *
worker_read(struct worker *w)
{
    return w->read;
}

struct pipeline *
worker_files(struct worker *w)
{
    return w->files;
}

struct batch *
worker_batch(struct worker *w)
{
    return w->lanes.lane[0].batch;
}

struct inbox *
worker_inbox(struct worker *w)
{
    return w->inbox;
}

struct catalogue *
worker_catalogue(struct worker *w)
{
    return w->catalogue;
}

const struct calendar *
worker_calendar(const struct worker *w)
{
    return calendars_house(catalogue_calendars(w->catalogue));
}

const struct registry *
worker_registry(struct worker *w)
{
    return w->registry;
}

instant
worker_now(const struct worker *w)
{
    const instant decided = lanes_moment(&w->lanes);

    return decided > w->now ? decided : w->now;
}

day
worker_today(const struct worker *w)
{
    return instant_day(worker_now(w));
}

void
worker_heard(struct worker *w, instant now)
{
    w->now = now;
}

bool
worker_ready(const struct worker *w)
{
    return w->ready;
}

void
worker_settle_alarms(struct worker *w, void (*settled)(void *arg), void *arg)
{
    if (w->alarms)
        relays_settle_after(w->relays, w->alarms, settled, arg);
    else
        settled(arg);
}

const struct numberer_state *
worker_numberer_state(const struct worker *w)
{
    return w->numberer ? numberer_state(w->numberer) : NULL;
}
