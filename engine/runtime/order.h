/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_ORDER_H
#define RUNTIME_ORDER_H

#include <sys/queue.h>

#include "machine/machine.h"
#include "store/agent.h"
#include "store/digest.h"
#include "store/number.h"

struct order;

/** What a command made of its case; what a reply is built from.  Borrowed for the call. */
struct decision {
    const struct workflow *workflow;
    const struct case_state *c;    /* after it; c->id and c->number are set */
    const struct outcome *outcome; /* outcome->next is c */
    const char *query_code;        /* OPEN, MANDATE, and when it is looked who he is whom another
                                      case has named: told once; else NULL */
    const char *agent_code;        /* OPEN: of the agent it names, told once; else NULL */
    instant now;
};

/** The reply to a command, as it is kept with its idempotency key. */
struct reply {
    int status;       /* of HTTP, 200 .. 299 */
    const char *etag; /* without quotes; NULL: none */
    const char *body; /* JSON; NULL: none */
    int64_t case_id;  /* the case concerned */
    bool replayed;    /* it is the reply to an earlier sending of the same request */
};

/** What becomes of a message from outside: inbox.state. */
enum inbox_state {
    INBOX_WAITING, /* fits several cases: a person assigns it */
    INBOX_SETTLED, /* a case has it; its further fate is that of the case's letter */
    INBOX_REJECTED /* no case takes it */
};

/** A message on its way to its case, as the inbox keeps it (COMMAND_MESSAGE). */
struct inbound {
    const char *source, *id; /* the command's actor.system and message */
    const char *subject;     /* how it names its case: "number …", "key …", "code …" */
    const char *body;        /* as it came, a JSON text; NULL when it is in the inbox already: */
    const char *assigned_by; /* who found its case, and why */
    const char *reason;
    const uint8_t *hash; /* HASH_SIZE, of the body */
};

/** What became of it, as it is told to the sender, the first time and every time. */
struct receipt {
    enum inbox_state state;
    int64_t case_id;    /* SETTLED */
    int32_t letter;     /* SETTLED: its number in the case */
    const char *reason; /* REJECTED, in words */
    bool repeated;      /* it came before */
};

/**
 * One command on its way through a batch.  The owner fills the first part,
 * keeps it and everything it points to until done() was called, and is called
 * exactly once, from the loop.
 */
struct order {
    int64_t case_id; /* 0 with COMMAND_OPEN */
    struct command command;
    const struct workflow *workflow; /* OPEN, MIGRATE: the version; else ignored */
    const char *party, *applicant;   /* OPEN: credit code and name for lists; may be NULL */
    const char *follows;        /* OPEN: number of the case whose query code opens this one, too;
                                   NULL: it gets a code of its own */
    const void *query;          /* with `follows`: hash of that code as it is just then, for daemons
                                   of the release before */
    const char *principal;      /* whose key it is */
    const char *key;            /* Idempotency-Key; NULL: none, the command is not repeated */
    uint8_t request[HASH_SIZE]; /* SHA-256 of the request the key stands for */
    bool broad; /* the key is of the principal alone, as that of an opening: whatever case it finds
                 */
    size_t bytes; /* of its input, for the bound of a batch; may be 0 */
    const uint8_t
        *plan;    /* MIGRATE: HASH_SIZE, under which it is kept what the move meant; NULL: not
                   */
    bool dry_run; /* decide and reply, change nothing */
    const struct agent_change *agent; /* MANDATE, OPEN: who he is, as it is kept beside the case; of
                                         OPEN without `query`, which takes the case's number */
    const char *agent_code; /* the same: his query code, told once; NULL: he has an account */

    /**
     * It came from outside: the transaction that applies it writes its row of
     * the inbox.  A repetition is told by (source, id) and gets the first
     * receipt, with another body ERROR_IDEMPOTENCY_KEY_REUSED; what the core
     * refuses is recorded as rejected and no error, unless a person assigned it.
     */
    const struct inbound *inbound;
    struct receipt receipt;

    /**
     * What another case says, or a child that a parent asks for: the row of
     * `relay` that goes with the transaction which applies it.  When the core
     * refuses it, it is gone all the same, and a parent is told that its child
     * could not be opened.  0: it is none.  `heard` says that it is gone.
     */
    int64_t relay;
    bool heard;

    /**
     * History of an older system: the command counts at `at` and not now.  Only
     * of the role import; ERROR_STALE before the case's last moment,
     * ERROR_GUARD_FAILED after now.  With `more` of the case to come soon its
     * alarms wait for that, so that nothing is decided without it.
     */
    bool recorded, more;
    instant at;

    /**
     * Builds the reply of a success, inside the transaction, so that it is
     * stored with the key.  Memory from @a.  May be called again for the same
     * member when a transaction has to be repeated.  NULL: an empty 204.
     */
    void (*answer)(const struct order *m, const struct decision *d, struct arena *a,
                   struct reply *r);

    /** Tells the owner; what follows is valid until it returns.  It may submit again. */
    void (*done)(struct order *m);
    void *arg;

    struct error error; /* ERROR_NONE: done, durable, and `reply` says so */
    struct reply reply;
    struct violations violations;         /* with ERROR_FORM_INVALID */
    const struct workflow *seen_workflow; /* with a refusal: the case as it is; NULL when there */
    const struct case_state *seen;        /*   is none or it was not looked at */
    instant now;                          /* when it was decided */

    /* the batch's own */
    TAILQ_ENTRY(order) next;
    instant since;                 /* monotonic: submitted, or put in doubt */
    uint8_t digest[KEY_SIZE];      /* of principal and key, where there is one */
    struct case_entry *entry;      /* its case in the transaction under way */
    const struct edition *edition; /* OPEN, MIGRATE */
    bool alone;                    /* a transaction of its own: its neighbours failed with it */
    bool looks_back;               /* it is decided on all records of its case */
    bool in_doubt;                 /* a COMMIT with it went out and was not answered */
    uint8_t skipped;               /* how often its case was held by another batch */
};

/** What its key belongs to, besides the principal: the case, or 0. */
static inline int64_t
order_scope(const struct order *m)
{
    return m->broad ? 0 : m->case_id;
}

TAILQ_HEAD(orders, order);

#endif
