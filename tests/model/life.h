/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_LIFE_H
#define TESTS_MODEL_LIFE_H

#include "machine/machine.h"
#include "tests/model/model.h"
#include "tests/support/chance.h"

/* A command that was done, so that it can be decided again. */
struct deed_done {
    struct command cmd;
    instant now;
    size_t n_record; /* records of the case after it */
    bool last;       /* the newest of them is its own */
    const struct model *before;
};

struct envelope {
    struct message message;
    int64_t dropped; /* record by which; 0: it is not */
};

/*
 * One sequence of commands, given to the engine and to the model.  Between two
 * commands of which the first changed something, the engine's case is dropped.
 */
struct life {
    struct arena *a, *scratch; /* the sequence's; one command's */
    struct arena *back;        /* the case as it was read back last */
    struct chance *c;
    const struct workflow *w;
    const struct calendar *calendar;
    const struct value *def;
    bool takes_messages; /* some step does */
    bool holds;          /* who asks: a certificate of kind "licence" */
    bool has_optional;   /* steps */
    struct model *m;
    struct case_state *state; /* in @back; NULL: to be read from @stored */
    const char *stored, *form;
    const char **record;
    size_t n_record;
    struct deed_done *deed;
    size_t n_deed;
    instant now, alarm;
    struct envelope *outbox; /* what the engine has sent, as if nothing had gone yet */
    size_t n_outbox;
    struct text story;
    const char *wrong;
    uint32_t n_refused;
    bool closed;
    int64_t last_act; /* record of the last command when it was an act or a start; 0 */
};

/** Opens the case and gives it @n random commands, unless @l->wrong says something before. */
void life_live(struct life *l, int n);

/**
 * Decides everything again on what the records alone give: the same records must come, also
 * @with_alarms for all that came due in between.
 */
void life_again(struct life *l, bool with_alarms);

/* life.c, for life_do.c */

/** Gives @cmd to the engine and holds it against what the model made of it: @next, or @why. */
void life_hold(struct life *l, const struct command *cmd, struct model *next, enum error_code why);
const struct case_state *life_case(struct life *l);

/* life_outbox.c */
/** Puts what @o sends into the outbox, and says what it drops there: " 1 3". */
const char *life_post(struct life *l, const struct outcome *o);

/** Gives it the first @n records. */
void life_history(struct life *l, struct command *cmd, size_t n);

#endif
