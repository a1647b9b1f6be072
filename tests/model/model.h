/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

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

enum { ROOMS = 5, TIMERS = 4, HOLDS = 8, WATCHES = 6, MARKS = 8 };

struct stay;

/* A region: the case, a stage's inside, a branch. */
struct room {
    const struct value *def; /* has "start" and "steps" */
    const char *path;        /* "" for the case */
    struct stay *around;     /* NULL for the case */
    struct stay *in;         /* who is there; NULL: nobody any more */
    const char *outcome;     /* of a branch that is through; NULL */
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
    int32_t n;          /* 0: no limit */
    char unit;          /* m minutes, d days, w working days */
    instant started;
    struct spell *spell; /* of this model alone */
    uint32_t n_spell;
    bool over;
    int verdict; /* 1 on time, 2 late, 3 cancelled, 0 runs */
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
    int32_t declared;  /* number of the stop it declares itself; 0: none */
    struct watch *own; /* its limit; NULL */
};

struct note { /* what is known of a path */
    const char *path;
    int64_t visits;
    const char *by, *outcome;
};

struct mark {
    const char *id;
    instant at;
};

struct ended {
    const char *id;
    int verdict;
};

struct model {
    struct arena *a;
    const struct value *def;
    const struct calendar *calendar;
    struct room *room;
    struct value form, vars;
    const char *district, *number, *kind;
    struct note note[60];
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

    /* while it moves */
    const struct value *input;
    const char *actor;
    bool failed;
};

/** What became of a command. */
enum answer {
    ANSWER_DONE,
    ANSWER_CLOSED,
    ANSWER_NOT_OPEN,  /* the step is not, or has no such action */
    ANSWER_GUARD,     /* the condition does not hold */
    ANSWER_SAME,      /* somebody else must */
    ANSWER_FAILED,    /* an expression cannot be evaluated */
    ANSWER_SUSPENDED, /* it stands on that ground already */
    ANSWER_NOT_STOPPED
};

/* Each returns a new model; the old one is as it was.  Not done: NULL, and why. */
struct model *model_open(struct arena *a, const struct value *def, const struct calendar *calendar,
                         const struct value *form, const char *district, const char *kind,
                         instant now);
struct model *model_act(const struct model *m, struct arena *a, const char *step,
                        const char *action, const char *actor, const struct value *input,
                        instant now, enum answer *why);
struct model *model_wait(const struct model *m, struct arena *a, instant now);
struct model *model_stop(const struct model *m, struct arena *a, const char *step,
                         const char *ground, instant now, enum answer *why);
struct model *model_resume(const struct model *m, struct arena *a, int32_t number, instant now,
                           enum answer *why);
struct model *model_withdraw(const struct model *m, struct arena *a, instant now, enum answer *why);
struct model *model_copy(const struct model *m, struct arena *a);

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
void model_effects(struct model *m, const struct value *of);
/** Timer @at of the step in its order: moves, then reminders, each as the keys stand. */
const struct value *model_timer(const struct stay *s, uint32_t at, const char **length);
void model_enter(struct model *m, struct room *room, const char *id);
void model_leave(struct model *m, struct stay *s, bool cancelled);
/** Leaves @s and goes @to, which is seen from where it stands; NULL: nowhere. */
void model_leave_by(struct model *m, struct stay *s, const char *to);

#endif
