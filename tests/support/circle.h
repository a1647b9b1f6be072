/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_CIRCLE_H
#define TESTS_SUPPORT_CIRCLE_H

#include "store/pipeline.h"

/*
 * Two who could wait for one another in a circle, brought to the place where
 * they would: a third holds what both need in the middle of what they do, until
 * each of them waits.
 */

/** What became of what was said to the database on one connection. */
struct talk {
    int n, over; /* segments that were sent, and those that are answered */
    int rows;    /* of the last answer, or that it changed */
    struct error error;
};

/** Notes an answer; its argument is the talk. */
void talk_heard(void *arg, const PGresult *res, const struct error *e);

/** Ends a segment. */
void talk_sync(struct talk *t, struct pipeline *p);

/** A statement that stands alone. */
void talk_ask(struct talk *t, struct pipeline *p, enum statement_id s, const struct parameters *v);

/** The statements between BEGIN and COMMIT were sent: ends the transaction, whatever became of it.
 */
void talk_commit(struct talk *t, struct pipeline *p);

/** Runs the hall's loop until all of it is answered. */
void talk_wait(struct talk *t);

/** Begins a transaction that holds what @text takes. */
void circle_hold(const char *text, ...) __attribute__((format(printf, 1, 2)));

/** Runs the hall's loop until @n sessions wait for another. */
void circle_wait(int n);

/** The same, or until what @t says is answered: then it need not wait. */
void circle_wait_or(int n, struct talk *t);

/** Takes back what circle_hold() did, if anything. */
void circle_release(void);

/** Deadlocks that PostgreSQL has found in this database. */
int64_t circle_deadlocks(void);

#endif
