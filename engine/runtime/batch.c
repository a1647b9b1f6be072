/* SPDX-License-Identifier: Apache-2.0 */
/* Group commit: the queue and the one driver of a transaction. */
#include "runtime/batch.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/require.h"
#include "runtime/batch_inside.h"
#include "runtime/loop.h"

enum { MEMBERS = 128, RELIEF_AT = 24, QUEUE = 10000, BYTES = 1024 * 1024, TICK_MS = 100 };

static void advance(struct batch *b, enum batch_step to);

static void
add_timer(struct event *timer, span s)
{
    const struct timeval tv = {.tv_sec = s / SPAN_SECOND, .tv_usec = s % SPAN_SECOND};

    require(event_add(timer, &tv) == 0);
}

static void
run(struct batch *b)
{
    if (b->step != BATCH_IDLE || !pipeline_ready(b->o.pipeline))
        return;
    batch_refuse_old(b, &b->waiting);
    batch_take(b);
    if (!TAILQ_EMPTY(&b->running))
        advance(b, BATCH_LOAD);
}

static void
tell_drained(struct batch *b)
{
    void (*drained)(void *arg) = b->drained;

    if (!drained || !batch_idle(b))
        return;
    b->drained = NULL;
    drained(b->drained_arg);
}

/* While its own transaction is under way the other batch takes over what waits, if it is enough. */
static void
hand_over(struct batch *b)
{
    struct batch *to = b->relief;
    struct order *m;

    if (!to || b->draining || b->step == BATCH_IDLE || b->n_waiting < b->o.relief_at ||
        !batch_idle(to) || !pipeline_ready(to->o.pipeline))
        return;
    while (to->n_waiting < to->o.members_max && (m = TAILQ_FIRST(&b->waiting))) {
        TAILQ_REMOVE(&b->waiting, m, next);
        TAILQ_INSERT_TAIL(&to->waiting, m, next);
        b->n_waiting--;
        to->n_waiting++;
    }
    if (to->n_waiting) /* else they wait for editions */
        batch_wake(to);
}

static void
on_go(evutil_socket_t fd, short what, void *arg)
{
    struct batch *b = arg;

    (void)fd;
    (void)what;
    batch_tell_refused(b);
    run(b);
    hand_over(b);
    if (b->relieves && batch_idle(b))
        batch_wake(b->relieves); /* once: what it then finds, it hands over or leaves */
    if (b->n_waiting && b->step == BATCH_IDLE && !evtimer_pending(b->tick, NULL))
        add_timer(b->tick, TICK_MS * 1000);
    tell_drained(b);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct batch *b = arg;

    (void)fd;
    (void)what;
    batch_refuse_old(b, &b->waiting);
    batch_refuse_old(b, &b->aside);
    batch_wake(b);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
    struct batch *b = arg;

    (void)fd;
    (void)what;
    log_warn("transaction took too long", log_int("step", b->step));
    pipeline_break(b->o.pipeline, "a transaction took too long");
}

static void
on_loaded(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;

    (void)res;
    batch_trouble(b, e);
    if (b->trouble.code) {
        advance(b, BATCH_UNDO);
        return;
    }
    advance(b, BATCH_ASK);
}

static void
on_asked(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;

    (void)res;
    batch_trouble(b, e);
    if (b->trouble.code) {
        advance(b, BATCH_UNDO);
        return;
    }
    batch_decide(b);
    advance(b, BATCH_SAVE);
}

static void
on_written(void *arg, const PGresult *res, const struct error *e)
{
    (void)res;
    batch_trouble(arg, e);
}

static void
on_committed(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;

    batch_trouble(b, e);
    b->committed = res && !e;
}

/* Nobody knows whether it happened; the members run again, and what they find tells. */
static void
doubt(struct batch *b)
{
    struct order *m = TAILQ_FIRST(&b->running), *following;

    for (; m; m = following) {
        following = TAILQ_NEXT(m, next);
        b->counts.in_doubt++;
        metric_add(METRIC_unknown_commits, 1);
        if (!m->in_doubt)
            m->since = b->o.monotonic();
        m->in_doubt = true;
        m->heard = false;
        if (m->key || m->inbound || m->relay)
            continue;
        /* Nothing would tell whether it had been done: it is not done a second time. */
        m->reply = (struct reply){0};
        error_set(&m->error, ERROR_STORE_BUSY, "the database did not confirm the commit");
        TAILQ_REMOVE(&b->running, m, next);
        TAILQ_INSERT_TAIL(&b->refused, m, next);
    }
    batch_take_back(b, &b->running);
}

static void
on_saved(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;
    const bool warned = pipeline_warnings(b->o.pipeline) != b->warnings;

    (void)res;
    batch_trouble(b, e);
    if (b->committed && !e && !warned) {
        b->counts.transactions++;
        metric_add(METRIC_batches, 1);
        metric_observe(HISTOGRAM_commit, b->o.monotonic() - b->began);
        advance(b, BATCH_TELL);
    } else if (b->committed || b->trouble.code == ERROR_STORE_BUSY) {
        log_warn("commit in doubt", log_bool("warned", warned), log_int("journal", b->journal));
        doubt(b);
        advance(b, BATCH_TELL);
    } else
        advance(b, BATCH_UNDO);
}

/* The database's refusal as the caller is told it. */
static struct error
blame(const struct batch *b, const struct error *trouble)
{
    struct error e = *trouble;

    if (!strcmp(trouble->sqlstate, "23505") && writing_voids(&b->writing))
        error_set(&e, ERROR_CERTIFICATE_DISCARDED,
                  "somebody else has replaced or revoked the certificate at this moment");
    if (error_passes(trouble))
        e.code = ERROR_STORE_BUSY;
    return e;
}

/*
 * The transaction did not happen.  A lost connection is nobody's fault, a
 * refusal that of one of the members: which, they show one by one.  That it
 * stood in a circle of waiters is not its own either: it is tried again for as
 * long as it may wait.
 */
static void
undone(struct batch *b)
{
    struct order *m = TAILQ_FIRST(&b->running);
    const bool lost = b->trouble.code == ERROR_STORE_BUSY;

    b->counts.undone++;
    metric_add(METRIC_batch_retries, 1);
    if (!lost && !error_passed(&b->trouble) && m && m->alone && !TAILQ_NEXT(m, next)) {
        m->reply = (struct reply){0};
        m->heard = false;
        m->error = blame(b, &b->trouble);
        return;
    }
    TAILQ_FOREACH (m, &b->running, next)
        m->alone = m->alone || !lost;
    batch_take_back(b, &b->running);
}

static void
on_undone(void *arg, const PGresult *res, const struct error *e)
{
    (void)res;
    (void)e; /* a lost connection undoes, too */
    undone(arg);
    advance(arg, BATCH_TELL);
}

static void
tell(struct batch *b)
{
    struct orders told = TAILQ_HEAD_INITIALIZER(told);
    struct order *m;
    int64_t n = 0;

    orders_move(&told, &b->running, false);
    batch_take_back(b, &b->again);
    while ((m = TAILQ_FIRST(&told))) {
        TAILQ_REMOVE(&told, m, next); /* done() may free it */
        b->counts.members++;
        b->counts.refused += m->error.code != ERROR_NONE;
        metric_add(m->error.code                      ? METRIC_commands_refused
                   : m->reply.replayed                ? METRIC_commands_repeated
                   : m->command.kind == COMMAND_ALARM ? METRIC_alarms_fired
                                                      : METRIC_commands_accepted,
                   1);
        n++;
        order_finish(m);
    }
    if (n)
        metric_observe(HISTOGRAM_members, n);
    arena_reset(&b->arena);
    b->entry = NULL;
    b->stored = NULL;
    b->message = NULL;
    b->relay = NULL;
    b->n_relay = 0;
    b->broken = NULL;
    b->n_broken = 0;
    b->outage = NULL;
    b->n_outage = 0;
    b->history = NULL;
    b->n_entry = b->n_stored = b->n_message = b->n_change = b->n_history = b->n_new_id =
        b->used_id = 0;
    b->trouble = (struct error){0};
    b->committed = false;
}

static void
send_save(struct batch *b)
{
    writing_send(&b->writing, b->o.pipeline, b->change, b->n_change, on_written, b);
    b->warnings = pipeline_warnings(b->o.pipeline);
    pipeline_send_verb(b->o.pipeline, PIPELINE_COMMIT, on_committed, b);
    pipeline_sync(b->o.pipeline, on_saved, b);
}

static void
stepping(struct batch *b, const char *step)
{
    if (b->o.stepping)
        b->o.stepping(b->o.arg, b, step);
}

/*
 * The batch's only driver.  Every answer comes back here with the step it
 * leads to, so the order of things is read from top to bottom in one place.
 */
static void
advance(struct batch *b, enum batch_step to)
{
    b->step = to;
    switch (to) {
    case BATCH_IDLE:
        break;

    case BATCH_LOAD:
        b->began = b->o.monotonic();
        add_timer(b->deadline, b->o.deadline);
        stepping(b, "load");
        batch_send_load(b, on_loaded);
        break; /* on_loaded() goes on */

    case BATCH_ASK:
        if (!batch_send_credit(b, on_asked))
            on_asked(b, NULL, NULL);
        break; /* on_asked() goes on */

    case BATCH_SAVE:
        stepping(b, "save");
        send_save(b);
        break; /* on_saved() goes on */

    case BATCH_UNDO:
        pipeline_send_verb(b->o.pipeline, PIPELINE_ROLLBACK, NULL, NULL);
        pipeline_sync(b->o.pipeline, on_undone, b);
        break; /* on_undone() goes on */

    case BATCH_TELL:
        event_del(b->deadline);
        stepping(b, "tell");
        tell(b);
        advance(b, BATCH_IDLE);
        batch_wake(b);
        break;
    }
}

struct batch *
batch_new(struct event_base *base, const struct batch_options *options)
{
    struct batch *b = calloc(1, sizeof(*b));

    require(b != NULL);
    b->base = base;
    b->o = *options;
    b->o.members_max = b->o.members_max ? b->o.members_max : MEMBERS;
    b->o.relief_at = b->o.relief_at ? b->o.relief_at : RELIEF_AT;
    b->o.queue_max = b->o.queue_max ? b->o.queue_max : QUEUE;
    b->o.bytes_max = b->o.bytes_max ? b->o.bytes_max : BYTES;
    b->o.wait_max = b->o.wait_max ? b->o.wait_max : 2 * SPAN_SECOND;
    b->o.deadline = b->o.deadline ? b->o.deadline : 5 * SPAN_SECOND;
    b->o.lock_timeout = b->o.lock_timeout ? b->o.lock_timeout : 2 * SPAN_SECOND;
    b->o.monotonic = b->o.monotonic ? b->o.monotonic : loop_monotonic;
    TAILQ_INIT(&b->waiting);
    TAILQ_INIT(&b->running);
    TAILQ_INIT(&b->again);
    TAILQ_INIT(&b->aside);
    TAILQ_INIT(&b->refused);
    b->now = INSTANT_NONE;
    b->go = event_new(base, -1, 0, on_go, b);
    b->deadline = event_new(base, -1, 0, on_deadline, b);
    b->tick = event_new(base, -1, 0, on_tick, b);
    require(b->go && b->deadline && b->tick);
    return b;
}

void
batch_relieve(struct batch *b, struct batch *other)
{
    b->relief = other;
    other->relieves = b;
}

void
batch_free(struct batch *b)
{
    struct orders *const list[] = {&b->running, &b->again, &b->aside, &b->waiting};

    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct order *m;

        TAILQ_FOREACH (m, list[i], next)
            error_set(&m->error, ERROR_STORE_BUSY, "the service is stopping");
        orders_move(&b->refused, list[i], false);
    }
    batch_tell_refused(b);
    event_free(b->go);
    event_free(b->deadline);
    event_free(b->tick);
    arena_release(&b->arena);
    free(b);
}

void
batch_submit(struct batch *b, struct order *m)
{
    m->error = (struct error){0};
    m->reply = (struct reply){0};
    m->violations = (struct violations){0};
    m->seen_workflow = NULL;
    m->seen = NULL;
    m->entry = NULL;
    m->in_doubt = false;
    m->heard = false;
    m->looks_back = command_needs_history(&m->command);
    m->alone = m->looks_back || order_opens_late(m);
    m->skipped = 0;
    m->since = b->o.monotonic();
    if (m->key)
        digest_key(m->principal, m->key, m->digest);
    if (b->draining || b->n_waiting >= b->o.queue_max) {
        error_set(&m->error, ERROR_OVERLOADED,
                  b->draining ? "the service is stopping" : "too many commands are waiting");
        b->counts.overloaded++;
        metric_add(METRIC_commands_shed, 1);
        TAILQ_INSERT_TAIL(&b->refused, m, next);
    } else {
        TAILQ_INSERT_TAIL(&b->waiting, m, next);
        b->n_waiting++;
    }
    batch_wake(b);
}

void
batch_connection_changed(struct batch *b, bool ready)
{
    (void)ready;
    batch_wake(b);
}

void
batch_editions_changed(struct batch *b)
{
    orders_move(&b->waiting, &b->aside, true);
    batch_wake(b);
}

void
batch_drain(struct batch *b, void (*drained)(void *arg), void *arg)
{
    b->draining = true;
    b->drained = drained;
    b->drained_arg = arg;
    batch_wake(b);
}

size_t
batch_waiting(const struct batch *b)
{
    return b->n_waiting + (b->relief ? b->relief->n_waiting : 0);
}

bool
batch_idle(const struct batch *b)
{
    return b->step == BATCH_IDLE && b->n_waiting == 0 && TAILQ_EMPTY(&b->refused);
}

instant
batch_moment(const struct batch *b)
{
    return b->now;
}

const struct batch_counts *
batch_counts(const struct batch *b)
{
    return &b->counts;
}
