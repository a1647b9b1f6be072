/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_WRITING_H
#define STORE_WRITING_H

#include "machine/machine.h"
#include "machine/migrate.h"
#include "store/agent.h"
#include "store/catalogue.h"
#include "store/digest.h"
#include "store/pipeline.h"

/**
 * A case within one transaction: what was read, and what is to be written.
 * Several commands may change it one after the other; it is written once.
 */
struct case_change {
    int64_t id;
    const struct edition *edition;
    const struct case_state *c; /* as of the last command */
    uint8_t head[HASH_SIZE];    /* hash of its last fact; zero before the first */
    bool changed, form_changed, district_changed;
    bool sorted;          /* its lane or labels have changed */
    bool first_changed;   /* its first handler has */
    bool identified;      /* what is known of who asks has changed */
    bool credit;          /* which promises stand as broken has */
    bool founded;         /* which enterprise it has brought into being has changed */
    const char *was_born; /* … which it was before; NULL: none */
    instant look;         /* as stored; see schema/0002_cases.sql */
    const int64_t *near;  /* [n_near], as stored */
    size_t n_near;
    bool looked;   /* an alarm came and nothing was due: `look` is brought up to date */
    instant quiet; /* its alarm does not ring before */
    bool coded;    /* it has a query code now, which is told: `query` */
    bool created;  /* and then: */
    uint8_t query[HASH_SIZE];
    const char *follows;           /* number of the case whose code opens it; NULL: its own */
    const char *party, *applicant; /* of a case that is not created as stored; may be NULL */
};

/** What is written of an idempotency key. */
struct key_change {
    int64_t scope;          /* the case; 0: creating */
    bool unreserved;        /* of scope 0 all the same, and not reserved before */
    const uint8_t *digest;  /* KEY_SIZE, of digest_key() */
    const uint8_t *request; /* KEY_SIZE, of the request's hash */
    instant created;        /* INSTANT_MAX: never forgotten */
    int64_t case_id;        /* the case concerned */
    int status;             /* of the reply; 0: give a reserved key back */
    const char *etag, *body;
};

/** What is written of a message from outside. */
struct message_change {
    const char *source, *id, *name, *subject, *body;
    const uint8_t *hash; /* HASH_SIZE, of the body */
    int state;           /* inbox.state */
    int64_t case_id;     /* 0: none */
    int32_t letter;
    const char *reason; /* NULL: none */
    const char
        *assigned_by; /* it is in the inbox, and this person found its case; NULL: it is new */
};

/**
 * Everything one transaction writes, mostly as arrays: one statement per
 * table, however many commands there are.  Lives in its arena.
 */
/** The hash of one fact, and its place in its case. */
struct link {
    int64_t case_id, number;
    uint8_t hash[HASH_SIZE];
};

/** A stay in a step. */
struct stay {
    int64_t case_id, visit, record; /* the one by which it was left */
};

struct writing {
    struct arena *arena;
    int64_t cell, journal;
    instant moment;
    struct link *link; /* the facts' hashes, for the journal's; one for each of fact's rows */
    size_t n_link;
    bool mark; /* write a journal row even without facts: a commit that proves */
    struct column fact[7], timing[26], outbox[11], key[8], inbox[10], relay[5], heard, undo[3],
        cancelled[5], attached[3], agent[6];
    struct column card[14], card_void[5], card_back[4];
    struct message_change *assigned; /* messages a person found the case of */
    size_t n_assigned;
    struct column issue[10], discard[6], parted[2], shorten[3]; /* certificates */
    struct column void_row[8];                                  /* those that hold no more */
    bool voids;                                                 /* because somebody asked for it */
    struct key_change *reserved;                                /* by openings */
    size_t n_reserved;
    struct stay *over; /* in steps of systems, that ended */
    size_t n_over;
    struct column moved[7];                 /* to another version */
    struct column hold;                     /* cases whose messages are changed */
    int64_t annulled_case, annulled_record; /* 0: none */
};

void writing_begin(struct writing *w, struct arena *a, int64_t cell, int64_t journal,
                   instant moment);

/** Adds what @out, decided on @change, has caused; @change becomes what is next. */
void writing_outcome(struct writing *w, struct case_change *change, const struct outcome *out);

/** The case of @change, whose migration has been added, is one of version @to from here. */
void writing_migrated(struct case_change *change, const struct edition *to);

void writing_key(struct writing *w, const struct key_change *key);

/* writing_relay.c: what cases say to one another, and relays that were heard */
void writing_relay_begin(struct writing *w);
void writing_relay(struct writing *w, int64_t source, const struct relay *r);
void writing_heard(struct writing *w, int64_t relay);
void writing_relay_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer,
                        void *arg);

/* writing_voids.c: certificates that hold no more, of this case and of others */
void writing_voids_begin(struct writing *w);
void writing_discard(struct writing *w, const struct case_change *change, const struct discard *x);
void writing_shortening(struct writing *w, const struct case_change *change,
                        const struct shortening *x);
void writing_voiding(struct writing *w, const struct case_change *change, const struct voiding *x);
/** Whether the database may refuse it, because somebody else was first. */
bool writing_voids(const struct writing *w);
void writing_voids_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer,
                        void *arg);

/*
 * writing_undo.c: messages that are taken back, what is left from outside and whose messages are
 * dropped, and what was dropped by a record that is annulled
 */
void writing_undo_begin(struct writing *w);
void writing_undo(struct writing *w, int64_t case_id, int32_t original, int32_t undo);
void writing_cancelled(struct writing *w, int64_t case_id, const struct cancelled *x);
void writing_over(struct writing *w, const struct case_change *change, const struct outcome *out);
void writing_undo_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer,
                       void *arg);

/* writing_files.c: files that facts name, which are kept from then on */
void writing_files_begin(struct writing *w);
void writing_files(struct writing *w, int64_t case_id, const struct record *r);
void writing_files_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer,
                        void *arg);

/** The agent of mandate @number. */
void writing_agent(struct writing *w, int64_t case_id, int32_t number,
                   const struct agent_change *agent);

/* writing_inbox.c */
void writing_message(struct writing *w, const struct message_change *m);
void writing_inbox_begin(struct writing *w);
/** Sends the messages, and the business keys of cases that are new or whose form changed. */
void writing_inbox_send(struct writing *w, struct pipeline *p, const struct case_change *change,
                        size_t n_change, pipeline_answer_fn *answer, void *arg);

/** What a migration meant for one case. */
struct move_row {
    const uint8_t *plan; /* HASH_SIZE */
    struct migration_effect effect;
    struct value departments;
};

/* writing_moves.c */
void writing_moves_begin(struct writing *w);
/** Of what writing_outcome() has just written. */
void writing_move(struct writing *w, const struct case_change *change, const struct move_row *move);
void writing_moves_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer,
                        void *arg);

/* writing_cards.c */
void writing_cards_begin(struct writing *w);
void writing_card(struct writing *w, const struct case_change *change, const struct card *card);
void writing_cards_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer,
                        void *arg);

/** Sends the statements, in the order of the tables, and nothing else: no COMMIT, no sync. */
void writing_send(struct writing *w, struct pipeline *p, const struct case_change *change,
                  size_t n_change, pipeline_answer_fn *answer, void *arg);

#endif
