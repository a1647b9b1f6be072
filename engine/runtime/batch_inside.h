/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_BATCH_INSIDE_H
#define RUNTIME_BATCH_INSIDE_H

#include "runtime/batch.h"
#include "store/rows.h"
#include "store/writing.h"

/* Inside the batch: what its files share.  Others include runtime/batch.h. */

enum batch_step {
    BATCH_IDLE, /* nothing is on the wire */
    BATCH_LOAD, /* BEGIN, the locks and the reads are on the wire */
    BATCH_ASK,  /* what only few definitions ask for is */
    BATCH_SAVE, /* decided; the writes and COMMIT are on the wire */
    BATCH_UNDO, /* something was refused; ROLLBACK is on the wire */
    BATCH_TELL  /* every member gets its answer */
};

/** A case of the transaction under way. */
struct case_entry {
    int64_t id;
    bool locked, found;
    struct case_row row;
    instant look; /* columns look and near */
    const int64_t *near;
    size_t n_near;
    const struct edition *edition;
    struct case_change *change; /* NULL until it was read well */
    struct error trouble;       /* why it could not be */
    bool asked;                 /* for the promises its party broke */
};

/** That a party broke in another case than `case_id`, which asks. */
struct broken_promise {
    const char *party;
    int64_t case_id; /* 0: one that is being opened */
    instant at;
};

/** A key that was found, with its reply. */
struct stored_key {
    int64_t scope;
    uint8_t digest[KEY_SIZE], request[KEY_SIZE];
    struct reply reply; /* status 0: reserved by this very transaction */
};

/** A message that came before, with what became of it. */
struct stored_message {
    const char *source, *id;
    uint8_t hash[HASH_SIZE];
    struct receipt receipt;
};

struct batch {
    struct event_base *base;
    struct batch_options o;
    struct event *go;       /* takes what waits, after everything of this turn */
    struct event *deadline; /* of the transaction */
    struct event *tick;     /* looks for those who have waited too long */
    enum batch_step step;
    struct orders waiting, running;
    struct orders again;             /* taken out of the transaction, to run in the next */
    struct orders aside;             /* until an edition is here */
    struct orders refused;           /* to be told from the loop */
    size_t n_waiting;                /* in waiting and aside */
    struct batch *relief, *relieves; /* the other one of batch_relieve(), or NULL */
    bool draining;
    void (*drained)(void *arg);
    void *drained_arg;
    struct batch_counts counts;

    /* the transaction under way; memory from the arena, reset after it */
    struct arena arena;
    instant began;        /* monotonic: when it was sent */
    uint64_t warnings;    /* of the pipeline, when COMMIT was sent */
    struct error trouble; /* the first that happened */
    bool committed;
    struct case_entry *entry; /* sorted by id */
    size_t n_entry;
    struct stored_key *stored;
    size_t n_stored;
    struct stored_message *message;
    size_t n_message;
    struct broken_promise *broken;
    size_t n_broken;
    int64_t *relay; /* taken */
    size_t n_relay;
    struct case_change *change; /* [n_change], of n_entry + members at most */
    size_t n_change;
    instant now;
    int64_t journal;
    const int64_t *new_id;
    size_t n_new_id, used_id;
    struct writing writing;
    const char **history; /* all records of the one case that looks back */
    size_t n_history;
    struct command *outage; /* of the hall, since a case began that is opened late */
    size_t n_outage;
};

/** Something is to be done at the end of this turn of the loop. */
void batch_wake(struct batch *b);

/** Appends @from to @to, or puts it before; @from is empty then. */
void orders_move(struct orders *to, struct orders *from, bool to_front);

/** Puts the members of @from back before all others that wait. */
void batch_take_back(struct batch *b, struct orders *from);

/**
 * Refuses those of @list that have waited too long.  Never after it was
 * decided: a command in doubt has its own, longer time, and is told only that
 * nobody knows.
 */
void batch_refuse_old(struct batch *b, struct orders *list);

/** Tells those who were refused without having been decided. */
void batch_tell_refused(struct batch *b);

/** Calls done(); the order is its owner's again. */
void order_finish(struct order *m);

/** Moves what fits into one transaction from waiting to running. */
void batch_take(struct batch *b);

/** Sends BEGIN, locks and reads of the running members; @loaded is called when all are answered. */
void batch_send_load(struct batch *b, pipeline_answer_fn *loaded);

/** Decides the running members one after the other and fills b->writing. */
void batch_decide(struct batch *b);

/* batch_credit.c: promises that parties broke in other cases. */
/** Asks for them where a member's definition does; @asked is called when they are there.
 * @return false when nobody asks. */
bool batch_send_credit(struct batch *b, pipeline_answer_fn *asked);
/** Tells @s of those that member @m is to know. */
void batch_credit(struct batch *b, const struct order *m, struct setting *s);

/* batch_outage.c: outages of the hall that a case has had which is opened late. */
/**
 * It is told to have begun earlier, by who may say so: it stands alone in its transaction.  Who may
 * not is refused, and holds up nobody for it.
 */
bool order_opens_late(const struct order *m);
/** Asks for them where the member does, and has who takes one to the cases wait for the commit. */
void batch_send_outages(struct batch *b);
/** They come to the case of @m, which *@out has opened: all but the last outcome is written, and
 * that is *@out. @return false when one is refused: then nothing is. */
bool batch_suffer(struct batch *b, const struct order *m, const struct setting *s,
                  struct case_change *change, struct outcome **out, struct error *e);

/* batch_message.c: members that came from outside. */
/** Asks for those that came before. */
void batch_send_messages(struct batch *b);
/** An earlier member of this transaction is the same message. */
bool batch_message_is_under_way(const struct batch *b, const struct order *m);
/** It came before: writes its receipt, or the error.  @return false when it is new. */
bool batch_message_replay(struct batch *b, struct order *m);
/** The core has decided it, or refused it with m->error: the inbox is told. */
void batch_message_decided(struct batch *b, struct order *m, int64_t case_id, int32_t letter);

/* batch_relay.c: what other cases say. */
void batch_send_relays(struct batch *b);
/** Somebody else applies it, or has: there is nothing to do. */
bool batch_relay_is_gone(const struct batch *b, const struct order *m);
/** It was applied, or refused with m->error, and goes. */
void batch_relay_heard(struct batch *b, struct order *m);

/** The case's entry, or NULL. */
struct case_entry *batch_entry(const struct batch *b, int64_t id);

/** Notes the first thing that went wrong. */
void batch_trouble(struct batch *b, const struct error *e);

#endif
