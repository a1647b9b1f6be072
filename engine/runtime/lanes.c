/* SPDX-License-Identifier: Apache-2.0 */
/* The batches of a worker as one. */
#include "runtime/lanes.h"

static void
on_changed(void *arg, bool ready)
{
    const struct lane *lane = arg;

    batch_connection_changed(lane->batch, ready);
    lane->of->changed(lane->of->arg);
}

static void
on_drained(void *arg)
{
    struct lanes *l = arg;

    if (--l->n_draining == 0)
        l->drained(l->arg);
}

void
lanes_connect(struct lanes *l, struct event_base *base, struct pipeline_options o,
              void (*changed)(void *arg), void *arg)
{
    *l = (struct lanes){.changed = changed, .arg = arg};
    o.changed = on_changed;
    for (int i = 0; i < LANES; i++) {
        l->lane[i].of = l;
        o.arg = &l->lane[i];
        l->lane[i].write = pipeline_open(base, &o);
    }
}

void
lanes_open(struct lanes *l, struct event_base *base, struct batch_options o)
{
    for (int i = 0; i < LANES; i++) {
        o.pipeline = l->lane[i].write;
        l->lane[i].batch = batch_new(base, &o);
    }
    batch_relieve(l->lane[0].batch, l->lane[1].batch);
}

bool
lanes_ready(const struct lanes *l)
{
    bool ready = true;

    for (int i = 0; i < LANES; i++)
        ready = ready && pipeline_ready(l->lane[i].write);
    return ready;
}

void
lanes_editions_changed(struct lanes *l)
{
    for (int i = 0; i < LANES; i++)
        batch_editions_changed(l->lane[i].batch);
}

void
lanes_drain(struct lanes *l, void (*drained)(void *arg))
{
    l->drained = drained;
    l->n_draining = LANES;
    for (int i = 0; i < LANES; i++)
        batch_drain(l->lane[i].batch, on_drained, l);
}

instant
lanes_moment(const struct lanes *l)
{
    instant last = INSTANT_NONE;

    for (int i = 0; i < LANES; i++) {
        const instant decided = batch_moment(l->lane[i].batch);

        last = decided > last ? decided : last;
    }
    return last;
}

void
lanes_disconnect(struct lanes *l)
{
    for (int i = 0; i < LANES; i++)
        pipeline_close(l->lane[i].write);
}

void
lanes_free(struct lanes *l)
{
    for (int i = 0; i < LANES; i++)
        batch_free(l->lane[i].batch);
}
