/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_WORKER_H
#define RUNTIME_WORKER_H

#include "definition/registry.h"
#include "runtime/alarms.h"
#include "runtime/batch.h"
#include "runtime/inbox.h"
#include "runtime/janitor.h"
#include "runtime/lanes.h"
#include "runtime/numberer.h"
#include "runtime/outbox.h"

/**
 * One thread with its own event base, two connections for batches and one for
 * reads, two batches of which one relieves the other, the alarms and, in the
 * first worker, the numberer.  Workers
 * share nothing but what is immutable (registry, calendar) and counters.
 *
 * Functions marked "any thread" may be called by all; the others only by the
 * worker's own thread.
 */
struct worker;

struct worker_options {
    const char *conninfo;
    const char *name; /* application_name */
    int64_t cell;
    const struct calendar *calendar; /* the house's, which leads to those of all halls */
    const struct registry *registry; /* NULL: it publishes nothing, and opens no cases */
    bool numbers;                    /* this one runs the numberer */
    bool alarms;                     /* and this one looks for alarms */
    /** And this one delivers messages, on a connection of its own: what it needs beside cell and
     * pipeline; `systems` NULL: it does not. */
    struct outbox_options outbox;
    /** Whose certificates the one that numbers signs, see signer.h; NULL: it does not. */
    const char *sign_folder, *sign_key;
    bool files;   /* it has a connection for the bytes of files */
    span key_age; /* how long idempotency keys are remembered; swept by the one that numbers */
    span statement_timeout, lock_timeout, wait_max, drain_max;
    uint32_t members_max, queue_max;

    /** In the worker's thread, before and after its loop runs.  May be NULL. */
    void (*begin)(void *arg, struct worker *w);
    void (*end)(void *arg, struct worker *w);
    /** A version of a workflow was fetched, or could not be: who waits for one asks again.  NULL.
     */
    void (*editions)(void *arg, struct worker *w);
    /** Told to stop: refuse what comes, finish what is under way, then call worker_quiet(). */
    void (*drain)(void *arg, struct worker *w);
    void *arg;
};

/** Starts the thread.  Copies @options; what it points to must outlive the worker. */
struct worker *worker_start(const struct worker_options *options);

/** Any thread: begins to stop, returns at once. */
void worker_stop(struct worker *w);

/** Waits until the thread has ended, and frees. */
void worker_join(struct worker *w);

/** Any thread: versions to be published, and used for new cases and clocks from now on. */
void worker_set_registry(struct worker *w, const struct registry *r,
                         const struct calendar *calendar);

/** Any thread: calls @call in the worker's thread, soon. */
void worker_call(struct worker *w, void (*call)(void *arg, struct worker *w), void *arg);

/** Whoever drained on the worker's behalf has nothing left. */
void worker_quiet(struct worker *w);

struct event_base *worker_base(struct worker *w);
struct pipeline *worker_read(struct worker *w); /* for reads, and only for reads */
/** For the bytes of files, which nobody else shall wait behind; NULL: it takes no files. */
struct pipeline *worker_files(struct worker *w);
struct batch *worker_batch(struct worker *w);
struct inbox *worker_inbox(struct worker *w); /* messages from outside */
struct catalogue *worker_catalogue(struct worker *w);
const struct calendar *worker_calendar(const struct worker *w); /* the house's; NULL before it is
                                                                   ready */
const struct registry *worker_registry(struct worker *w);       /* any thread */

/**
 * The engine's time as last heard from the database, at most about 100 ms old
 * (never from the machine's clock: the database may have a test clock), and the
 * day it falls on in UTC+8.  For choosing a version or a term; what counts is
 * read in the transaction.  INSTANT_NONE before worker_ready().
 */
instant worker_now(const struct worker *w);
day worker_today(const struct worker *w);

/** The database has just said that it is @now: a test clock was moved. */
void worker_heard(struct worker *w, instant now);

/** Any thread: all connections stand and the registry's versions are published. */
bool worker_ready(const struct worker *w);

/** Decides every alarm that is due, then calls @settled, once, from the loop. */
void worker_settle_alarms(struct worker *w, void (*settled)(void *arg), void *arg);

/** Any thread; NULL: this worker does not number. */
const struct numberer_state *worker_numberer_state(const struct worker *w);

#endif
