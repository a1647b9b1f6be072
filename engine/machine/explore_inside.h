/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_EXPLORE_INSIDE_H
#define MACHINE_EXPLORE_INSIDE_H

#include "machine/explore.h"

/* Inside the exploration: what its files share. */

/** What some expression compares a path with. */
struct pool {
    uint32_t wide;             /* a list of so many is looked at, too; 0: not */
    const struct ballot *roll; /* it is the roll of this ballot; NULL */
    const char *path;          /* "form.area", "input.reason", "case.large", "step.review.visits" */
    struct value *item;
    uint32_t n;
    bool whole;  /* a department is chosen by it: each value is looked at */
    bool beside; /* it is compared with another path: one value is not enough */
    bool counts; /* it is set from itself: {"set": {"case.bids": {"+": [{"var": "case.bids"}, 1]}}}
                  */
};

/** What the expressions of a workflow speak of. */
struct topics {
    struct arena *a;
    struct pool *pool;
    uint32_t n_pool;
    bool persons;      /* somebody must be another than somebody */
    bool asks_time;    /* somebody asks now or today */
    bool asks_credit;  /* somebody but the gate before a promise asks how many were broken */
    bool asks_day;     /* and how long ago the case was opened, or for a certain day */
    int32_t far;       /* days: of a date further away than that nobody asks how far it is */
    bool asks_outcome; /* somebody asks how a branch ended */
    bool asks_by;      /* or who did something */
    bool asks_lane;    /* somebody asks in which lane the case is: else it leads nowhere else */
    bool lapse;        /* a material's tolerance may end in a step */
    int64_t owed_most; /* of materials so many are told apart; 0: nobody asks how many are owed */
};

/** Reads them from the canonical text of @w. */
void topics_read(const struct workflow *w, struct topics *out);
const struct pool *topics_pool(const struct topics *t, const char *path);

/* explore_materials.c */
void materials_topics(const struct workflow *w, struct topics *t);

/** What of the materials tells states apart. */
void materials_key(struct text *t, const struct workflow *w, const struct topics *topics,
                   const struct case_state *c);

/** Whether something tolerated will lapse into a step. */
bool materials_pend(const struct workflow *w, const struct case_state *c);

/** Values of one form. */
struct samples {
    const struct value *item;
    uint32_t n;
};

/**
 * Valid objects of @form, @most at most: one that is as small as can be, and
 * variations of the fields under root @root ("form", "input") that somebody
 * asks for.  @start is the moment by which dates are chosen.  Without a form,
 * the empty object.  None: no valid one could be made.  Beyond @most comes each value of a field
 * by which a department is chosen.
 */
struct samples samples_of(const struct topics *t, const struct form *form,
                          const struct value *schema, const char *root, instant start,
                          uint32_t most);

/** What comes with each action, and behind them each message, of each step. */
struct inputs {
    struct samples *item;  /* those of step i begin at first[i] */
    uint32_t *first;       /* [n_step] */
    bool persons;          /* somebody must be another than somebody */
    const char *unsampled; /* for which none could be made; NULL */
};
struct inputs inputs_sample(const struct workflow *w, const struct topics *topics, instant start);

/** A morning on which the hall works, from which the lives begin. */
instant exploring_start(const struct workflow *w, const struct calendar *calendar);

/** What is done with a material. */
struct exploring_deed {
    const char *verb, *material;
};

/** One move of a life. */
struct exploring_move {
    enum command_kind kind; /* OPEN, ACT, MESSAGE, START, REOPEN, ALARM, VOTE, RELAY, RETRY, LANE,
                               MATERIAL, IDENTIFY */
    instant at;
    const struct step *step;
    const char *department; /* whose step it is; START: whose region it stands in; else NULL */
    const char *name;       /* what the step is called: the element's name is in it */
    const struct action *action;
    const struct hearing *hearing;
    const char *role;  /* who signs, where the step's role is not meant; LANE: who moves it; NULL */
    const char *word;  /* VOTE: for what; RELAY: what the child says; MESSAGE "undone": whose;
                          LANE: which, NULL: out of the one it is in */
    const char *voter; /* VOTE */
    int32_t number;    /* RELAY, RETRY: of the child; elsewhere */
    const char *person; /* a name, where two of one role are told apart; NULL */
    const struct value *input;
    const char *applicant_kind;
    bool claimed;   /* OPEN: by the applicant himself */
    bool elsewhere; /* ALARM: it is known that of the party's promises in other cases `number` stand
                       as broken */
    const struct reopening_rule *ground;
    const struct exploring_deed *deed; /* MATERIAL: one after the other */
    uint32_t n_deed;
};

/** The role of the house that opens cases; NULL: the applicant alone does. */
const char *exploring_opener(const struct workflow *w);
/** Whether the applicant may open cases himself. */
bool exploring_opens(const struct workflow *w);

/** The actor of a move; his id lives in @a. */
struct actor exploring_actor(const struct workflow *w, const struct exploring_move *m,
                             const char *district, struct arena *a);

/** What several do together, in an open step: each move is given to @give. */
struct playing {
    const struct workflow *w;
    const struct step *step;
    const char *department, *name, *district;
    instant at;
    struct arena *a, *keep; /* for the command; for the move */
    void (*give)(void *arg, struct command *cmd, const struct exploring_move *m);
    void *arg;
};
void play_votes(const struct playing *p, const struct case_state *c, const struct visit *v);
void play_signature(const struct playing *p, const struct visit *v, const struct action *action,
                    const struct value *input);
void play_children(const struct playing *p, const struct case_state *c, const struct visit *v);

void play_answer(const struct playing *p, const struct case_state *c);

/** How far they are, for the key of the state; @persons: who signed matters. */
void play_key(struct text *t, const struct workflow *w, const struct case_state *c,
              const struct visit *v, bool persons);

/** The moves as a .case; @last says what follows the last line. */
const char *exploring_scenario(const struct workflow *w, const struct exploring *bounds,
                               const struct exploring_move *const *move, uint32_t n,
                               const char *last, struct arena *a);

/** The steps of a state that wait for somebody or for time, " a b", and the first; NONE. */
const char *exploring_waiting(const struct workflow *w, const struct case_state *c, struct arena *a,
                              uint16_t *first);

/** Of each parallel step whether its branches cannot influence one another, [n_step]. */
bool *orders_find(const struct workflow *w, struct arena *a);

/**
 * The one active step to go on with when the order does not matter: one that
 * nothing but somebody's act ends, else the one whose time comes first, and
 * then time passes (*@waits) too.  NULL: all are to be tried.
 */
const struct visit *order_choose(const struct workflow *w, const struct case_state *c,
                                 const bool *orderless, bool *waits);

/** The sum of a state without its moments and numbers: equal ones are one class. */
struct exploring_key {
    uint64_t a, b;
};
/* explore_dates.c */
/** Whether @v is a date or a moment. */
bool dates_one(const struct value *v);
/** @v with its dates as days away from @moment, @far at most. */
void dates_write(struct text *t, const struct value *v, instant moment, int32_t far);
/** {"plusTime": @list} and {"workingDaysBetween": …} look so many days ahead, or back; 0: another.
 */
int32_t dates_reach(const char *operator, const struct value * list);
struct exploring_key exploring_key(const struct workflow *w, const struct topics *topics,
                                   const struct case_state *c, int32_t elsewhere, struct arena *a);

#endif
