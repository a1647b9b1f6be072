/* SPDX-License-Identifier: Apache-2.0 */
/* Who waits for a transaction, who is taken into it, who waited too long. */
#include <event2/event.h>

#include "base/metrics.h"
#include "runtime/batch_inside.h"

enum { SKIPS = 3 }; /* then it waits for the lock, alone */

void
batch_wake(struct batch *b)
{
    event_active(b->go, EV_TIMEOUT, 0);
}

void
orders_move(struct orders *to, struct orders *from, bool to_front)
{
    struct orders all = TAILQ_HEAD_INITIALIZER(all);

    if (to_front) {
        TAILQ_CONCAT(&all, from, next);
        TAILQ_CONCAT(&all, to, next);
        TAILQ_CONCAT(to, &all, next);
    } else
        TAILQ_CONCAT(to, from, next);
}

void
batch_take_back(struct batch *b, struct orders *from)
{
    const struct order *m;

    TAILQ_FOREACH (m, from, next)
        b->n_waiting++;
    orders_move(&b->waiting, from, true);
}

static void
refuse(struct batch *b, struct orders *from, struct order *m, enum error_code code)
{
    TAILQ_REMOVE(from, m, next);
    b->n_waiting--;
    error_set(&m->error, code,
              code == ERROR_OVERLOADED ? "it waited too long to be decided"
                                       : "the database did not answer in time");
    if (code == ERROR_OVERLOADED) {
        b->counts.overloaded++;
        metric_add(METRIC_commands_shed, 1);
    }
    TAILQ_INSERT_TAIL(&b->refused, m, next);
    batch_wake(b);
}

void
batch_refuse_old(struct batch *b, struct orders *list)
{
    const instant now = b->o.monotonic();
    struct order *m = TAILQ_FIRST(list), *following;

    for (; m; m = following) {
        const span waited = now - m->since;

        following = TAILQ_NEXT(m, next);
        if (m->in_doubt ? waited > b->o.deadline : waited > b->o.wait_max)
            refuse(b, list, m,
                   m->in_doubt || !pipeline_ready(b->o.pipeline) ? ERROR_STORE_BUSY
                                                                 : ERROR_OVERLOADED);
    }
}

void
order_finish(struct order *m)
{
    m->entry = NULL;
    m->done(m);
}

void
batch_tell_refused(struct batch *b)
{
    struct order *m;

    while ((m = TAILQ_FIRST(&b->refused))) {
        TAILQ_REMOVE(&b->refused, m, next);
        order_finish(m);
    }
}

/* The version a case is opened under, or moved to, and the calendars; false when it has to wait or
 * cannot be had. */
static bool
edition_is_here(struct batch *b, struct order *m)
{
    const bool kept = calendars_house(catalogue_calendars(b->o.catalogue));
    const bool names = !m->case_id || m->command.kind == COMMAND_MIGRATE;
    struct error e = {0};

    if (names)
        m->edition = catalogue_publish(b->o.catalogue, m->workflow, &e);
    if (kept && (!names || m->edition))
        return true;
    TAILQ_REMOVE(&b->waiting, m, next);
    if (e.code) {
        m->error = e;
        b->n_waiting--;
        TAILQ_INSERT_TAIL(&b->refused, m, next);
        batch_wake(b);
    } else
        TAILQ_INSERT_TAIL(&b->aside, m, next);
    return false;
}

void
batch_take(struct batch *b)
{
    struct order *m;
    size_t n = 0, bytes = 0;
    bool alone = false;

    while (!alone && n < b->o.members_max && (m = TAILQ_FIRST(&b->waiting))) {
        alone = m->alone || m->skipped >= SKIPS;
        if (n && (alone || bytes + m->bytes > b->o.bytes_max))
            break;
        if (!edition_is_here(b, m)) {
            alone = false;
            continue;
        }
        m->alone = alone;
        TAILQ_REMOVE(&b->waiting, m, next);
        TAILQ_INSERT_TAIL(&b->running, m, next);
        b->n_waiting--;
        n++;
        bytes += m->bytes;
    }
}
