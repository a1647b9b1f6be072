/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#include "base/error.h"
#include "base/value.h"
#include "definition/calendar.h"

/*
 * The language a second time, to hold the engine against (Must show 2).
 *
 * Written from the manual, and on purpose of another build: no compiled
 * workflow, no facts, no indices, no list of visits.  It walks over the
 * definition's JSON and keeps a tree: the case is a room, in a room is one
 * stay, in the stay of a stage or parallel step are rooms again.  Whatever is
 * computed is computed afresh and as simply as can be: a period by looking at
 * one day after the other, whether a clock stands by asking every stay.  It
 * shares base/ (values, moments) and the calendar's days with the engine, and
 * nothing else.
 */

enum {
    ROOMS = 5,
    TIMERS = 4,
    HOLDS = 8,
    WATCHES = 6,
    MARKS = 8,
    STAYS = 64,
    SIGNS = 12,
    AROUND = 10,
    MOVES = 1000
};

/* What a life must come to, so that the comparison means something. */
#define CONSTRUCT_LIST(X)                                                                          \
    X(TIMER, "a timer or the end of a wait")                                                       \
    X(DECISION, "a decision")                                                                      \
    X(TABLE, "a decision table")                                                                   \
    X(COLLECTED, "a table that collects")                                                          \
    X(JOINED, "a join")                                                                            \
    X(QUORUM, "a quorum")                                                                          \
    X(ELSE, "the else of a join")                                                                  \
    X(LIST, "branches of a list")                                                                  \
    X(STOPPED, "a stop by command")                                                                \
    X(EXTENDED, "an extension")                                                                    \
    X(AMENDED, "an amended form")                                                                  \
    X(CHOSEN, "a limit chosen again")                                                              \
    X(ANNULLED, "an act taken back")                                                               \
    X(WITHDRAWN, "a withdrawal")                                                                   \
    X(HEARD, "a message that is taken at once")                                                    \
    X(EARLY, "an early message")                                                                   \
    X(KEPT, "a kept message that is taken")                                                        \
    X(LATE, "a late message")                                                                      \
    X(TWICE, "a message that comes twice")                                                         \
    X(EXPIRED, "a message that expires")                                                           \
    X(SETTLED, "a message a person settles")                                                       \
    X(SIGNED, "a signature")                                                                       \
    X(LAST_SIGNED, "the last signature")                                                           \
    X(VOTED, "a vote")                                                                             \
    X(VOTED_AGAIN, "a vote that takes the place of another")                                       \
    X(COUNTED, "a ballot that is counted")                                                         \
    X(COMMITTED, "a commitment to a draw")                                                         \
    X(DRAWN, "a random draw")                                                                      \
    X(ISSUED, "a certificate")                                                                     \
    X(WHOLE, "a comprehensive certificate")                                                        \
    X(REVOKED, "a certificate that is revoked")                                                    \
    X(REPLACED, "a certificate that is replaced")                                                  \
    X(PART_REVOKED, "a certificate of which a part is revoked")                                    \
    X(UNDONE, "a message that takes one back")                                                     \
    X(KIN, "child cases")                                                                          \
    X(CONCLUDED, "a child case that ends")                                                         \
    X(RETRIED, "a child case that is tried again")                                                 \
    X(RECALLED, "a child case that is recalled")

enum construct {
#define X(name, text) SEEN_##name,
    CONSTRUCT_LIST(X)
#undef X
        CONSTRUCTS
};
const char *model_construct_name(enum construct c);

struct stay;

/* A region: the case, a stage's inside, a branch. */
struct room {
    const struct value *def;  /* has "start" and "steps" */
    const char *path;         /* "" for the case */
    const char *written;      /* path in the definition where it differs: of a list's branch */
    const struct value *each; /* element of a list's branch; NULL */
    const char *as;           /* what the definition calls it */
    struct stay *around;      /* NULL for the case */
    struct stay *in;          /* who is there; NULL: nobody any more */
    const char *outcome;      /* of a branch that is through; NULL */
};

struct hold { /* a stop by command */
    int32_t number;
    const char *ground;
};

struct spell {
    instant from, to; /* to INSTANT_NONE: it lasts */
};

/* A clock. */
struct watch {
    const char *id;
    const struct value *limit; /* as written: text or list */
    const char *to;            /* mark; NULL: closed */
    bool statutory, applicant, any, continuous;
    struct stay *scope; /* NULL: the case's */
    const struct value *extension;
    bool extended;
    int32_t n; /* 0: no limit */
    char unit; /* m minutes, d days, w working days */
    instant started;
    struct spell *spell; /* of this model alone */
    uint32_t n_spell;
    instant carded; /* the due moment at which it was seen to be late */
    bool over;
    int verdict; /* 1 on time, 2 late, 3 cancelled, 0 runs */
};

/* A signature under an action that has not happened yet. */
struct signing {
    const char *action, *by;
    int32_t place;
    struct value input;
};

struct stay {
    const struct value *def;
    const char *id, *path;
    struct room *room; /* it is in */
    int32_t number;    /* in the order of entering */
    instant entered;
    instant timer[TIMERS]; /* as the step's `after`: moves first, then reminders, each by text */
    uint32_t n_timer;
    instant wait;
    struct room *inner[ROOMS];
    uint32_t n_inner;
    struct hold hold[HOLDS];
    uint32_t n_hold;
    struct signing sign[SIGNS];
    uint32_t n_sign;
    struct value roll; /* of a ballot, as it opened */
    char votes[8];     /* a letter for each on it */
    int32_t declared;  /* number of the stop it declares itself; 0: none */
    struct watch *own; /* its limit; NULL */
};

struct note { /* what is known of a path */
    const char *path;
    const struct value *def; /* of the step; NULL: a branch */
    int64_t visits;
    const char *by, *outcome;
    const char *also; /* all who signed, with a space before each; NULL */
};

struct mark {
    const char *id;
    instant at;
};

struct ended {
    const char *id;
    int verdict;
};

/* A message from outside. */
struct mail {
    int32_t number;
    const char *from, *id, *name;
    struct value data; /* object */
    const char *step;  /* named; NULL */
    int32_t visit;     /* named, then the one that took it; 0 */
    const char *life;  /* how long it is kept; NULL */
    instant at, expires;
    const char *fate;
};

/* What went to an outside system. */
struct dispatch {
    int32_t number;
    const char *system;
    struct value data;
    int32_t undoes;
};

/* How a message, or what people did, would be taken back. */
struct regret {
    int32_t message;
    const char *system, *path;
    struct value data;
    int32_t around[AROUND]; /* stays, from the inside */
    uint32_t n_around;
    bool doomed;
};

struct paper { /* a certificate */
    const char *kind;
    int state;      /* 0 in force, 1 revoked, 2 replaced, 3 a part of it is revoked */
    uint64_t parts; /* bits of those it comprises; of one that was replaced, and of what came in
                       its place, too */
    instant at, until;
    struct value said;
};

struct kid {                     /* a child case */
    int32_t number, stay, index; /* stay 0: none waits for it any more */
    int64_t id;                  /* 0: it is not known to be there */
    const char *outcome;
    bool recalled;
};

struct model {
    struct arena *a;
    const struct value *def;
    const struct calendar *calendar;
    struct room *room;
    struct value form, vars;
    const char *district, *number, *kind;
    struct note *note;
    uint32_t n_note;
    struct mark mark[MARKS];
    uint32_t n_mark;
    struct watch *watch[WATCHES]; /* the case's, running or over */
    uint32_t n_watch;
    instant opened, moment, now;
    int32_t last_stay, last_stop;
    bool closed;
    const char *outcome, *status_at_end;
    struct ended *ended; /* clocks that ended since the last command */
    uint32_t n_ended;
    uint32_t n_sent;

    struct mail *letter;
    uint32_t n_letter;
    struct regret *regret;
    uint32_t n_regret;
    struct paper *paper;
    uint32_t n_paper;
    struct kid *kid;
    uint32_t n_kid;
    int32_t last_kid;
    uint32_t n_lot;        /* commitments and draws so far */
    bool committed;        /* to a draw that is to come */
    const char *seed;      /* of that draw, as the engine has it */
    struct dispatch *sent; /* since the last command, as are the two texts */
    uint32_t n_out;
    struct text issued, told;
    uint64_t seen; /* constructs, a bit each */
    /* before the last command, when it was an act */
    const struct model *act_on;
    instant act_at;
    struct text chosen; /* arms and rows since the last command */

    /* while it moves */
    struct room *here; /* where an expression stands */
    const struct value *tally;
    const struct value *input;
    const char *actor;
    uint32_t moves; /* since something happened: a definition may turn for ever */
    bool withdraws;
    bool failed;
    enum error_code failed_as; /* 0: an expression cannot be evaluated */
};

/* Each returns a new model; the old one is as it was.  Not done: NULL, and why. */
struct model *model_open(struct arena *a, const struct value *def, const struct calendar *calendar,
                         const struct value *form, const char *district, const char *kind,
                         instant now);
struct model *model_act(const struct model *m, struct arena *a, const char *step,
                        const char *action, const char *actor, const char *role,
                        const struct value *input, instant now, enum error_code *why);
struct model *model_wait(const struct model *m, struct arena *a, instant now);
struct model *model_stop(const struct model *m, struct arena *a, const char *step,
                         const char *ground, instant now, enum error_code *why);
struct model *model_resume(const struct model *m, struct arena *a, int32_t number, instant now,
                           enum error_code *why);
struct model *model_withdraw(const struct model *m, struct arena *a, instant now,
                             enum error_code *why);
struct model *model_extend(const struct model *m, struct arena *a, const char *clock, instant now,
                           enum error_code *why);
struct model *model_amend(const struct model *m, struct arena *a, const struct value *form,
                          instant now, enum error_code *why);
/** Takes the last command back, which was an act; nothing may be due (model_is_due()). */
struct model *model_annul(const struct model *m, struct arena *a, instant now,
                          enum error_code *why);
struct model *model_message(const struct model *m, struct arena *a, const struct mail *said,
                            instant now, enum error_code *why);
/** A person decides: @step takes it, or (NULL) it is filed. */
struct model *model_settle(const struct model *m, struct arena *a, int32_t number, const char *step,
                           instant now, enum error_code *why);
/** @himself: with his code; then nobody tells him who is on the roll. */
struct model *model_vote(const struct model *m, struct arena *a, const char *step,
                         const char *voter, bool himself, const char *choice, instant now,
                         enum error_code *why);
struct model *model_revoke(const struct model *m, struct arena *a, int32_t number, instant now,
                           enum error_code *why);
struct model *model_replace(const struct model *m, struct arena *a, int32_t number, instant now,
                            enum error_code *why);
/** A child case is there (@outcome NULL), or has ended. */
struct model *model_hear_kin(const struct model *m, struct arena *a, int32_t number, int64_t id,
                             const char *outcome, instant now, enum error_code *why);
struct model *model_retry(const struct model *m, struct arena *a, int32_t number, instant now,
                          enum error_code *why);
bool model_is_due(const struct model *m, instant now);
struct model *model_copy(const struct model *m, struct arena *a);

/* model.c */
/** A copy that arena_grow() may grow. */
void *model_list_copy(struct arena *a, const void *list, uint32_t n, size_t size);
struct model *model_refuse(enum error_code *why, enum error_code is);
struct model *model_catch_up(const struct model *m, struct arena *a, instant now);
struct stay *model_stay(struct model *m, const char *path);
/** What follows a command: limits by condition are chosen again where @before differs. */
struct model *model_done(struct model *m, const struct model *before, enum error_code *why);
void model_saw(struct model *m, enum construct c);

void model_choose_again(struct model *m, const struct model *before);

/* model_letters.c: kept ones, after something has happened; when the case is closed */
void model_look_at_letters(struct model *m);
void model_close_letters(struct model *m);

/* model_people.c */
const struct signing *model_first_signing(const struct stay *s, const char *action);
enum error_code model_may_sign(const struct stay *s, const char *action,
                               const struct value *signers, const char *actor, const char *role);
/** Adds a signature; whether it was the last one. */
bool model_sign(struct model *m, struct stay *s, const char *action, const struct value *signers,
                const char *actor, const char *role);
void model_open_ballot(struct model *m, struct stay *s);
const char *model_close_ballot(struct model *m, struct stay *s); /* where its result leads */
bool model_rolls_stand(const struct model *m);

/* model_chance.c, model_papers.c */
void model_draw(struct model *m, const struct value *def);
void model_issue(struct model *m, const char *kind);

/* model_regret.c */
void model_send(struct model *m, const char *system, struct value data, int32_t undoes);
void model_may_regret(struct model *m, const struct stay *s, const struct value *undo,
                      const char *system, int32_t message);
void model_doom(struct model *m, int32_t stay,
                const char *branch); /* NULL: all in the stay; 0: all */
void model_take_back(struct model *m);

/* model_kin.c */
void model_ask_kin(struct model *m, struct stay *s);
void model_leave_kin(struct model *m, const struct stay *s);
bool model_has_kin(const struct model *m, const struct stay *s);
struct value model_kin_tally(struct model *m, const struct stay *s, const char *of);

/* model_join.c: whether the join is met (1), can be no more (-1), or waits */
int model_join(struct model *m, struct stay *s);
void model_kin_joined(struct model *m, struct stay *s);
void model_make_branches(struct model *m, struct stay *s);

/* model_table.c: where a decision leads; NULL when it fails */
const char *model_decide(struct model *m, const struct value *decide);

/** What can be seen of it, a line each, as the driver writes of the engine's case. */
void model_show(const struct model *m, struct text *t);

/* model_say.c */
struct value model_value(struct model *m, const struct value *x);
bool model_holds(struct model *m, const struct value *x); /* NULL: yes */
struct note *model_note(struct model *m, const char *path);

/* model_time.c */
instant model_period(const struct model *m, const char *length, bool applicant, instant from);
void model_choose(struct model *m, struct watch *w);
instant model_due(const struct model *m, const struct watch *w); /* INSTANT_NONE: it has none */
void model_restand(struct model *m);
void model_end(struct model *m, struct watch *w, bool cancelled);
bool model_stands(const struct watch *w);

/* model.c: every stay inside @s (NULL: of the case), in the order of entering */
uint32_t model_stays(const struct model *m, const struct stay *inside, struct stay **out);
bool model_inside(const struct stay *s, const struct stay *around);

/* model_move.c: the parts of a move */
const char *model_path(struct model *m, const struct room *room, const char *id);
const struct value *model_find(const struct room *room, const char *id); /* a step; NULL */
void model_mark(struct model *m, const char *id);
void model_marks(struct model *m, const struct value *of);
/** @s: the stay they are of; NULL: none. */
void model_effects(struct model *m, const struct value *of, const struct stay *s);
bool model_outsiders_time(const struct stay *s);
void model_start_watch(struct model *m, const char *id, const struct value *def,
                       const struct value *limit, struct stay *scope);
/** Timer @at of the step in its order: moves, then reminders, each as the keys stand. */
const struct value *model_timer(const struct stay *s, uint32_t at, const char **length);
void model_enter(struct model *m, struct room *room, const char *id);
void model_leave(struct model *m, struct stay *s, bool cancelled);
/** Leaves @s and goes @to, which is seen from where it stands; NULL: nowhere. */
void model_leave_by(struct model *m, struct stay *s, const char *to);

#endif
