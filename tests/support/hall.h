/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_HALL_H
#define TESTS_SUPPORT_HALL_H

#include "definition/registry.h"
#include "runtime/batch.h"
#include "runtime/inbox.h"

/*
 * A hall for database tests: the database behind the PG* variables with a test
 * clock that stands, one small workflow, and as many batches as a test wants,
 * all in one event loop.
 */
enum { HALLS = 3 };

struct desk_of_batch {
    struct pipeline *write, *read;
    struct catalogue *catalogue;
    struct batch *batch;
    struct inbox *inbox;
};

struct hall {
    struct event_base *base;
    struct event *heartbeat;
    span deadline;      /* of transactions; set before a side is opened; 0: the usual one */
    struct arena arena; /* the workflow */
    const struct calendar *calendar;
    const struct workflow *workflow;
    struct desk_of_batch side[HALLS]; /* [0] is there, others by hall_open_side() */
    instant monotonic;                /* what the batches believe; moves by hand */
    /* called before the statements of a step go out; NULL */
    void (*stepping)(struct hall *h, struct batch *b, const char *step);
    void *arg;
};

/** An order with what became of it. */
struct errand {
    struct order order;
    int calls;          /* of done() */
    struct error error; /* and what it said */
    int status;
    char etag[32];
    char body[600];
    bool replayed;
    int64_t case_id;
    int64_t revision_seen; /* of the case shown with a refusal; -1: none */
};

/** Where the test clock stands at first: a Tuesday, 10:00. */
#define HALL_START "2026-03-03T10:00:00+08:00"

/** The one a test program has, and cmocka's setup and teardown of a group that needs no more. */
extern struct hall hall;
int hall_set_up(void **state);
int hall_tear_down(void **state);

void hall_open(struct hall *h);
void hall_close(struct hall *h);

/** Puts the definition in @text in the place of the small one; fails the test when it is unsound.
 */
void hall_define(struct hall *h, const char *text);

/** A further batch with connections of its own, as another daemon would have. */
void hall_open_side(struct hall *h, int side);
void hall_close_side(struct hall *h, int side);

/** Runs the loop until @n errands have been answered; fails the test after too many turns. */
void hall_wait(struct hall *h, const struct errand *e, int n);

/** Runs the loop until @ready answers true. */
void hall_until(struct hall *h, bool (*ready)(struct hall *h));
bool hall_is_ready(struct hall *h); /* all sides are connected and idle */

/** Opens a case and returns its id. */
int64_t hall_case(struct hall *h);

/** Errands.  The key may be NULL. */
void errand_open(struct errand *e, const struct hall *h, const char *key);
void errand_act(struct errand *e, int64_t case_id, const char *action, const char *key);
void errand_alarm(struct errand *e, int64_t case_id);
void hall_send(struct hall *h, int side, struct errand *e);
/** Sends and waits. */
void hall_do(struct hall *h, struct errand *e);

/** Runs SQL on a connection of its own; @return the first column of the first row, "" when none. */
const char *sql(const char *text, ...) __attribute__((format(printf, 1, 2)));
int64_t sql_int(const char *text, ...) __attribute__((format(printf, 1, 2)));

/** The same as the server's superuser, in its own database. */
const char *sql_as_admin(const char *text);

/** Asks one statement on the first side's read connection: the first column of the first row,
 * INT64_MIN when there is none. */
int64_t hall_ask(struct hall *h, enum statement_id s, const struct parameters *v);

/** Moves the test clock to an absolute moment, over all that is due. */
void hall_set_time(const char *rfc3339);

#endif
