/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_INBOX_H
#define RUNTIME_INBOX_H

#include "runtime/batch.h"

/**
 * Messages from outside systems on their way to a case (DESIGN 7 "Outbox and
 * inbox").  Whoever calls has found out which system it is; here the case is
 * found, and the message stored once, (source, id), with what became of it:
 *
 *   it came before          the first receipt again; with another body
 *                           ERROR_IDEMPOTENCY_KEY_REUSED
 *   one case fits           COMMAND_MESSAGE on it, in a batch; its row of the
 *                           inbox is written by the same transaction
 *   none fits               rejected, with the reason
 *   several fit equally     it waits, with its candidates, for a person
 *
 * A case is named by its number, by its business key (`key` of its workflow)
 * or by the credit code of its enterprise; by the latter two that case fits
 * best whose open step takes the message now, then one that would keep it
 * until a step does, then one in which a person would have to decide.
 *
 * Belongs to one worker and its thread.
 */
struct inbox;

struct inbox_options {
    int64_t cell;
    struct pipeline *read;
    struct batch *batch;
    struct catalogue *catalogue;
};

/** At most so many cases of one enterprise are looked at, the newest first. */
enum { CANDIDATES_MOST = 100 };

/** A message that came.  The owner fills the first part and keeps it until done(). */
struct arrival {
    const char *source; /* system, authenticated */
    const char *id;     /* its own for the message */
    const char *name;   /* of the message: a name under `on`, or an action */
    const char *number; /* exactly one of the three: a case number, */
    const char *key;    /* a business key, */
    const char *code;   /* a unified social credit code */
    const char *step;   /* whose it is; NULL: not said */
    int32_t visit;      /* the stay it answers; 0: not said */
    struct value data;  /* VALUE_NULL: none */
    const char *body;   /* the whole as it came, a JSON text: what is stored */
    size_t body_len;

    /** Tells the owner, once, from the loop; what follows is valid until it returns. */
    void (*done)(struct arrival *a);
    void *arg;

    struct error error;     /* ERROR_NONE: it is stored, and */
    struct receipt receipt; /* what became of it */
    int64_t inbox_id;       /* WAITING: inbox.id; else 0 */
};

struct inbox *inbox_new(const struct inbox_options *options);

/** Tells whoever is left ERROR_STORE_BUSY.  Pipeline and batch must be closed before. */
void inbox_free(struct inbox *i);

void inbox_submit(struct inbox *i, struct arrival *a);

/** From the catalogue's `changed`. */
void inbox_editions_changed(struct inbox *i);

#endif
