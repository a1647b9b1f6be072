/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_PIPELINE_H
#define STORE_PIPELINE_H

#include <libpq-fe.h>

#include "base/error.h"
#include "store/parameter.h"

struct event_base;

enum statement_id {
#define STATEMENT(name, n_args, text) SQL_##name,
#include "statements.h"
#undef STATEMENT
    SQL_COUNT
};

/**
 * One connection to PostgreSQL in pipeline mode, which looks after itself: it
 * connects without blocking, prepares every statement, and connects anew when
 * it is lost (after 50 ms, doubling to 1 s, with jitter).
 *
 * Answers come in the order the statements were sent.  Each waiter is called
 * exactly once, from the event loop, never from inside a call of this header:
 * with the result, or with an error when the server refused or the connection
 * is gone.  Not thread-safe: belongs to the thread of its event base.
 */
struct pipeline;

/**
 * @res  the answer, in binary form (see store/rows.h), valid during the call; NULL when
 *       @e tells why not
 * @e    NULL on success.  ERROR_STORE_BUSY: the connection is lost, and whether
 *       the statement was done nobody knows; ERROR_STORE_FAILED: the server
 *       refused, it was not done; with its sqlstate, or that of the statement
 *       before it that was refused in the same segment
 */
typedef void pipeline_answer_fn(void *arg, const PGresult *res, const struct error *e);

enum pipeline_use {
    PIPELINE_BATCH, /* point queries only: plans that never read a whole table */
    PIPELINE_READ   /* lists and statistics */
};

struct pipeline_options {
    const char *conninfo; /* "": the PG* variables; several hosts are tried in turn; copied */
    const char *name;     /* application_name; copied */
    enum pipeline_use use;
    span statement_timeout; /* 0: none */
    span connect_timeout;   /* of one attempt; 0: 3 s */
    /** Called from the loop whenever the connection becomes usable or is lost, and when it could
     * not be made the first time.  May be NULL. */
    void (*changed)(void *arg, bool ready);
    void *arg;
};

/** Begins to connect and returns at once. */
struct pipeline *pipeline_open(struct event_base *base, const struct pipeline_options *options);

/** Closes.  Waiters still queued are told ERROR_STORE_BUSY before it returns. */
void pipeline_close(struct pipeline *p);

bool pipeline_ready(const struct pipeline *p);

/** Why the last connection was lost or could not be made; code ERROR_NONE at first. */
const struct error *pipeline_trouble(const struct pipeline *p);

/**
 * Queues one statement.  @parameters may be NULL when it takes none; they are
 * copied before return.  @answer may be NULL when only the segment's end matters.
 * Nothing is sure to go out before pipeline_sync().
 */
void pipeline_send(struct pipeline *p, enum statement_id s, const struct parameters *parameters,
                   pipeline_answer_fn *answer, void *arg);

enum pipeline_verb { PIPELINE_BEGIN, PIPELINE_COMMIT, PIPELINE_ROLLBACK };
void pipeline_send_verb(struct pipeline *p, enum pipeline_verb verb, pipeline_answer_fn *answer,
                        void *arg);

/**
 * Ends a segment and sends it: an error before it does not reach past it.  The
 * transaction a failed segment began stays open and broken until ROLLBACK.
 */
void pipeline_sync(struct pipeline *p, pipeline_answer_fn *answer, void *arg);

/** A statement that stands alone: pipeline_send() and pipeline_sync(). */
void pipeline_ask(struct pipeline *p, enum statement_id s, const struct parameters *parameters,
                  pipeline_answer_fn *answer, void *arg);

/**
 * Closes the socket now: the deadline of a transaction has passed, or its
 * outcome is not believed.  The waiters are told from the loop.  Nothing is
 * ever cancelled: a cancelled commit answers as if it were done.
 */
void pipeline_break(struct pipeline *p, const char *why);

/** Warnings received since the connection was made; one that comes with a COMMIT puts it in doubt.
 */
uint64_t pipeline_warnings(const struct pipeline *p);

/** Process id of the server's backend, 0 while not connected. */
int pipeline_backend(const struct pipeline *p);

/** Statements in flight. */
size_t pipeline_waiting(const struct pipeline *p);

/** The name of a statement, for logs. */
const char *pipeline_statement_name(enum statement_id s);

#endif
