/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_OUTBOX_INSIDE_H
#define RUNTIME_OUTBOX_INSIDE_H

#include "runtime/breaker.h"
#include "runtime/outbox.h"
#include "runtime/post.h"
#include "runtime/signature.h"

/* Inside the outbox: what its files share.  Others include runtime/outbox.h. */

/** States of a message: column outbox.state. */
enum outbox_state { OUTBOX_WAITING, OUTBOX_DELIVERED, OUTBOX_DEAD, OUTBOX_DROPPED };

/** A destination as the outbox knows it. */
struct destination {
    struct outbox *of;
    const struct delivery *delivery;
    struct post *post;
    struct budget budget;
    struct breaker breaker;
    bool held;     /* it is ours */
    bool disabled; /* by somebody, or by its 410 */
    bool gone;     /* it has just answered 410: to be written */
    bool changed;  /* its state is to be written */
    bool noting;   /* and is on the wire */
    bool success;  /* since it was written last */
    char trouble[240];
    struct secret secret[SECRETS_MOST];
    size_t n_secret;
    uint32_t flying;
};

/** A message that is under way, and then what became of it until that is written. */
struct flight {
    struct destination *to;
    int64_t case_id;
    int64_t number;
    int64_t tries;    /* before this one */
    bool ended, sent; /* the result is known; it is on the wire to the database */
    enum outbox_state state;
    span wait;
    int status;
    char trouble[240];
    struct flight *next;
};

/** A message as it stands in its row. */
struct outbound {
    int64_t case_id, number, tries;
    int64_t visit;    /* 0: nobody's */
    int64_t undoes;   /* the message it takes back; 0: none */
    const char *step; /* NULL: none's */
    const char *body, *case_number, *workflow, *district;
    bool awaited; /* the step waits for the system's answer */
    instant at;
};

/** One that may go out, as soon as its mark is durable. */
struct ready {
    struct destination *to;
    struct outbound message;
};

struct outbox {
    struct outbox_options o;
    struct event_base *base;
    struct event *timer;
    struct destination *destination;
    uint32_t n_destination;
    struct flight *flight;
    uint32_t n_flight, n_ended;
    instant moment; /* the database's time as last heard */
    instant looked; /* monotonic: when destinations and secrets were last asked for */
    bool asking;    /* a round is on the wire */
    bool fresh;     /* the connection is new: nothing is ours yet */
    bool stopped;
    struct error trouble; /* of the round */
    struct arena arena;   /* of the round */
    struct ready *due;    /* found in it */
    uint32_t n_due;
    void (*quiet)(void *arg);
    void *quiet_arg;
};

/** Is it under way, or what became of it not yet written? */
struct flight *outbox_flight(const struct outbox *o, int64_t case_id, int64_t number);

/** Sends @m; when it has ended the outbox is woken. */
void outbox_fly(struct destination *to, const struct outbound *m);

/** How many more may be begun at @d: its breaker and its budget say. */
uint32_t outbox_room(struct destination *d);

/** A statement about all destinations; about those that are ours where it looks for the blocked. */
void outbox_send_systems(struct outbox *o, enum statement_id s, pipeline_answer_fn *answer);

/** What became of attempts; of those delivered the followers are due at once. */
void outbox_send_results(struct outbox *o, pipeline_answer_fn *answer);

/** Puts off those that @blocked lists, in a segment of their own. */
void outbox_send_park(struct outbox *o, const PGresult *blocked);

/** How the destinations are faring, where that has changed. */
void outbox_send_notes(struct outbox *o, pipeline_answer_fn *answer);

/** Asks for as many messages as there is room for. */
void outbox_send_due(struct outbox *o, pipeline_answer_fn *answer);

/** Something is to be written or asked: a round at the end of this turn of the loop. */
void outbox_wake(struct outbox *o);

/** The id that is equal in every attempt: number of the case and of the message. */
const char *outbound_id(struct arena *a, const struct outbound *m);

/** Appends the message as a CloudEvent in structured JSON. */
void outbound_write(struct text *t, const char *source, const char *system,
                    const struct outbound *m);

#endif
