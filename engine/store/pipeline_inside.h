/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_PIPELINE_INSIDE_H
#define STORE_PIPELINE_INSIDE_H

#include "store/pipeline.h"
#include "store/pipeline_queue.h"

/* Inside the pipeline: what its two files share.  Others include store/pipeline.h. */

enum stage {
    STAGE_AWAY,       /* no connection; the timer says when to try */
    STAGE_CONNECTING, /* libpq shakes hands; the timer says when to give up */
    STAGE_SETTING_UP, /* the session's settings and the statements are on the wire */
    STAGE_READY
};

enum { DELAY_LEAST_MS = 50, DELAY_MOST_MS = 1000 }; /* between attempts */

struct pipeline {
    struct event_base *base;
    struct pipeline_options o; /* its texts are ours */
    PGconn *conn;              /* NULL while AWAY */
    struct event *io;          /* NULL while AWAY */
    struct event *timer;       /* to reconnect, or to give up connecting */
    struct event *later;       /* tells those whom the connection left */
    enum stage stage;
    struct waiters flying; /* sent, in order */
    struct waiters left;   /* to be told that the connection is gone */
    struct error trouble;
    struct error uncommitted; /* why the commit of that segment was refused */
    char refused[6]; /* sqlstate of the first refusal of the segment that is being answered */
    uint64_t warnings;
    uint32_t delay_ms;
    unsigned attempt; /* to connect: which of several hosts is next */
    int backend;
    bool told, told_ready; /* whether `changed` was called, and what it was last told */
};

struct statement {
    const char *name;
    const char *text;
    int n_args;
};
extern const struct statement pipeline_statement[SQL_COUNT];

enum { PIPELINE_VERBS = 3 };
extern const char *const pipeline_verb_text[PIPELINE_VERBS];

/** Begins an attempt to connect (pipeline_connect.c). */
void pipeline_connect(struct pipeline *p);

/** The socket has something to say while libpq connects. */
void pipeline_connecting(struct pipeline *p);

/** The connection has become usable: tells `changed`. */
void pipeline_tell_changed(struct pipeline *p);

/** Gives the connection up.  Those who wait are told from the loop. */
void pipeline_lose(struct pipeline *p, const char *why);

/** Waits for the socket: EV_READ, EV_WRITE. */
void pipeline_watch(struct pipeline *p, short want);

/** Sends what libpq has, as far as the socket takes it. */
void pipeline_flush(struct pipeline *p);

void pipeline_wait_ms(struct pipeline *p, uint32_t ms);

#endif
