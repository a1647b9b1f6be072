/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#include "base/error.h"
#include "base/value.h"
#include "definition/calendar.h"
#include "tests/model/construct.h"

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
    WATCHES = 160,
    MARKS = 8,
    STAYS = 64,
    SIGNS = 12,
    AROUND = 10,
    BESIDE = 4,
    MOVES = 1000,
    PAPERS = 900,
    THINGS = 3,
    KIDS = 1000,
    OWN = 6,
    LABELS = 2,
    KINDS = 3,
    JAMS = 64,
    ALL_WATCHES = WATCHES + STAYS * OWN
};

struct stay;

/* A region: the case, a stage's inside, a branch. */
struct room {
    const struct value *def;     /* has "start" and "steps" */
    const char *path;            /* "" for the case */
    const char *region;          /* path in the words of the definition */
    const char *written;         /* the same of a list's branch; else NULL */
    const struct value *each;    /* element of a list's branch; NULL */
    const char *as;              /* what the definition calls it */
    struct stay *around;         /* NULL for the case */
    struct stay *in;             /* who is there; NULL: nobody any more */
    struct stay *beside[BESIDE]; /* optional steps */
    uint32_t n_beside;
    const char *outcome; /* of a branch that is through; NULL */
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
    bool statutory, applicant, any, lead, continuous;
    const struct value *over; /* regions that drive it; NULL: all */
    bool warns;
    const char *department; /* whose turn it counts; NULL: everybody's */
    struct stay *scope;     /* NULL: the case's */
    const struct value *extension;
    bool extended;
    int32_t n, more; /* n 0: no limit, or a date or moment; more: of n, by the extension */
    char unit;       /* m minutes, d days, w working days, M months */
    bool hours;      /* minutes that are written as such */
    bool dated;      /* the limit is that day */
    day date;        /* to its end */
    instant moment;  /* or that moment; else INSTANT_NONE */
    instant started, extended_at;
    struct spell *spell; /* of this model alone */
    uint32_t n_spell;
    instant known;  /* the last moment at which it was due */
    instant carded; /* the one at which it was seen to be late, or that had passed already */
    instant warned_for;
    bool late, warned; /* a card says so */
    int32_t number;    /* in the order of beginning */
    bool ended;
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
    const char *department; /* that was chosen for it as it was entered; NULL */
    struct room *room;      /* it is in */
    int32_t number;         /* in the order of entering */
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
    struct value roll;  /* of a ballot, as it opened */
    char votes[8];      /* a letter for each on it */
    int32_t declared;   /* number of the stop it declares itself; 0: none */
    const char *holder; /* who has claimed it; NULL */
    instant held_until;
    const char *rests; /* why the work in it is on hold; NULL: it is not */
    instant rests_since;
    struct watch *own[OWN]; /* its limit and clocks */
    uint32_t n_own;
};

/* A stay that was, or is. */
struct past {
    int32_t number, around; /* around 0: none */
    const struct value *def;
    const char *id, *path, *room, *region, *holder, *department;
    instant entered, left;    /* INSTANT_NONE: it lasts */
    bool silent;              /* time ended it, nobody did */
    instant lawful;           /* until when, where that means something in law, one was in time */
    const struct value *roll; /* of a ballot that was counted: over which, */
    instant closed;           /* and when it had closed */
};

struct outage_known {
    int32_t number;
    struct spell spell;
};

/* A stop that was, or is. */
struct halt {
    int32_t number, stay;
    bool declared;
    instant from, to;
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
    instant known; /* by silence: when that had set it, it may count from before; else @at */
};

struct ended {
    const char *id, *department;
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

/* A message as it lies in the house until it goes: where it was sent. */
struct posted {
    int32_t number;
    const char *path;       /* of the step, or of the decision or end that nobody stays in */
    int32_t around[AROUND]; /* stays, from the inside */
    uint32_t n_around;
    bool dropped, now; /* unless it has gone: sometime; by the last command */
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

/* What was due and could not be done. */
enum kind_of_jam { JAM_TIMER, JAM_KIN, JAM_THING, JAM_WITHDRAWAL };

struct jam {
    enum kind_of_jam kind;
    int32_t stay;
    int timer; /* -1: the wait */
    uint32_t thing;
    instant since;
    bool tried; /* since something has happened */
    bool fresh; /* by the very thing that happens now */
};

struct paper { /* a certificate */
    const char *kind;
    int state;      /* 0 in force, 1 revoked, 2 replaced, 3 a part of it is revoked */
    uint64_t parts; /* bits of those it comprises; of one that was replaced, and of what came in
                       its place, too */
    instant at, until;
    struct value said;
};

struct thing { /* a material */
    const struct value *def;
    const char *state;
    instant until;
    instant grace;  /* was tolerated until then, before it came; INSTANT_NONE */
    bool fell;      /* or had lapsed */
    instant since;  /* when somebody said last how it was with it */
    int32_t left;   /* the stay from which its lapse has moved the case since; 0 */
    bool asked;     /* a notice has named it */
    bool passed;    /* a notice went over it, as it lay there or was missing, and none named it */
    bool sought;    /* in shared data, in vain */
    bool unchecked; /* a promise: the time to check it is over */
};

struct ballot_cast { /* a vote that counted when it was recorded */
    int32_t stay;
    uint32_t place; /* on the roll, from 0 */
    char letter;
    bool late; /* the ballot had closed */
    instant at;
};

struct kid {                     /* a child case */
    int32_t number, stay, index; /* stay 0: none waits for it any more */
    int64_t id;                  /* 0: it is not known to be there */
    const char *outcome;
    bool recalled;
    bool stands;
    int64_t heard; /* the last record of it that was heard of */
    bool apart;    /* nothing waits for it: it was opened by an effect */
    bool other;    /* it is another applicant's */
    struct value form, applicant;
};

struct opener { /* the case that has opened it */
    int64_t id; /* 0: none */
    int32_t child;
    bool listens, stood; /* stood: as it was told last */
    bool named;          /* it has named who asks here, and who asks there is another */
    int64_t heard;
    int32_t stop; /* number of the stop by which all stands with it; 0: none */
    const char *ground;
};

struct model {
    struct arena *a;
    const struct value *def;
    const struct calendar *calendar;
    struct room *room;
    struct value form, vars;
    bool overfull;             /* a list of the form has more than it takes, or one element twice */
    const struct value *given; /* what the element gives to the child that is asked for; NULL */
    const char *district, *number, *kind;
    const char *lane;   /* "" in none */
    bool holds;         /* the party: certificate "licence" */
    bool claimed;       /* who asks says so himself */
    const char *looked; /* who of the house has looked; NULL */
    bool label[LABELS]; /* as the definition lists them */
    struct note *note;
    uint32_t n_note;
    struct mark mark[MARKS];
    uint32_t n_mark;
    struct watch *watch[WATCHES]; /* the case's, running or over */
    uint32_t n_watch;
    uint32_t n_watch_before; /* those of before the last reopening */
    const char *turn_of;     /* whose clock is being started; NULL: one of all */
    instant opened, moment, now;
    instant reopened; /* the last time; INSTANT_NONE */
    instant recorded; /* while it is then, at which now it is recorded; else INSTANT_NONE */
    const struct model *as_learned; /* right after what was told last, if that was late; or NULL */
    struct past *past;
    uint32_t n_past;
    struct ballot_cast *cast;
    uint32_t n_cast;
    struct halt *halt;
    uint32_t n_halt;
    struct outage_known *outage;
    uint32_t n_outage;
    int32_t contradicted; /* the stay that silence ended wrongly; 0 */
    bool silent;          /* time moves it */
    bool nobody;          /* time does something */
    bool person;          /* somebody does, who could look first who asks */
    int32_t last_stay, last_stop, last_watch;
    struct opener parent;
    bool closed, was_closed; /* now; before it was reopened */
    const char *outcome, *status_at_end;
    struct ended *ended; /* clocks that ended since the last command */
    uint32_t n_ended;
    uint32_t n_sent;
    struct mail *letter;
    uint32_t n_letter;
    struct posted *posted; /* but what takes something back: that goes */
    uint32_t n_posted;
    struct regret *regret;
    uint32_t n_regret;
    struct dispatch *undoing; /* what takes back, and is not answered yet */
    uint32_t n_undoing;
    struct paper *paper;
    uint32_t n_paper;
    const char *withheld[KINDS]; /* until somebody has looked who asks */
    uint32_t n_withheld;
    struct jam jam[JAMS];
    uint32_t n_jam;
    struct thing thing[THINGS];
    uint32_t n_thing;
    int32_t n_notice, n_late_notice;
    bool notice_allowed;
    struct kid *kid;
    uint32_t n_kid;
    int32_t last_kid;
    uint32_t n_lot;        /* commitments and draws so far */
    bool committed;        /* to a draw that is to come */
    const char *seed;      /* of that draw, as the engine has it */
    struct dispatch *sent; /* since the last command, as are the two texts */
    uint32_t n_out;
    struct text issued, told;
    bool seen[CONSTRUCTS];
    /* before time last moved a stay, where that matters */
    const struct model *silence_on;
    int32_t silent_stay;
    int32_t silent_thing; /* the material whose tolerance had ended, from 0; -1: none */
    /* before the last command, when it was an act */
    const struct model *act_on;
    instant act_at;
    struct text chosen; /* arms, rows and what silence meant, since the last command */

    /* by the last command */
    int32_t acted_in;     /* the stay that it acted in, stopped or started something in; 0: none */
    struct value *wrote;  /* names, "form" for the whole form */
    struct value *marked; /* marks, those that were set before, too */
    uint32_t n_wrote, n_marked;
    /*
     * What expressions said since the last command, those of limits aside; and, while something is
     * done again as it was done, what they said then, whatever they would say now.
     */
    struct value *said;
    uint32_t n_said;
    bool redone;
    const struct value *as_said;
    uint32_t n_as_said;

    /* while it moves */
    struct room *here; /* where an expression stands */
    const struct value *tally;
    const struct value *input;
    const char *actor;
    uint32_t moves; /* since something happened: a definition may turn for ever */
    bool withdraws;
    bool acts;    /* somebody does: in which stays, from the inside */
    bool unnamed; /* and he names no document */
    int32_t around[AROUND];
    uint32_t n_around;
    bool failed;
    enum error_code failed_as; /* 0: an expression cannot be evaluated */
};

/*
 * Each returns a new model; the old one is as it was.  Not done: NULL, and why.
 * @happened: when, if that was earlier than now; INSTANT_NONE: now.
 */
struct model *model_open(struct arena *a, const struct value *def, const struct calendar *calendar,
                         const struct value *form, const char *district, const char *kind,
                         const struct opener *parent, bool himself, bool holds, const char *role,
                         instant happened, instant now, enum error_code *why);
/** @actor has looked at @document who asks. */
struct model *model_identify(const struct model *m, struct arena *a, const char *actor,
                             const char *document, instant now, enum error_code *why);
/** The parent case says that @actor has looked there. */
struct model *model_hear_looked(const struct model *m, struct arena *a, const char *actor,
                                instant now, enum error_code *why);
struct model *model_act(const struct model *m, struct arena *a, const char *step,
                        const char *action, const char *actor, const char *role,
                        const struct value *input, bool explained, const char *identified,
                        instant happened, instant now, enum error_code *why);
/** The hall could not work: outage @number of it. */
struct model *model_outage(const struct model *m, struct arena *a, int32_t number, instant from,
                           instant to, instant now, enum error_code *why);
/** A contradiction has been dealt with. */
struct model *model_reconcile(const struct model *m, struct arena *a, instant now,
                              enum error_code *why);
/** An optional step. */
struct model *model_start(const struct model *m, struct arena *a, const char *path, instant now,
                          enum error_code *why);
struct model *model_wait(const struct model *m, struct arena *a, instant now);
struct model *model_stop(const struct model *m, struct arena *a, const char *step,
                         const char *ground, instant happened, instant now, enum error_code *why);
struct model *model_resume(const struct model *m, struct arena *a, int32_t number, instant happened,
                           instant now, enum error_code *why);
/** @by_parent: it does not want the case any more, and @back (model_then.h) is not asked. */
struct lookback;
struct model *model_withdraw(const struct model *m, struct arena *a, bool by_parent,
                             instant happened, const char *role, const struct lookback *back,
                             instant now, enum error_code *why);
/* Who hands it in: the applicant? does he say what shows it?  When it came; INSTANT_NONE: now. */
struct handing {
    bool own, shown;
    instant when;
};
struct model *model_material(const struct model *m, struct arena *a, const char *id,
                             const char *verb, struct handing by, instant now,
                             enum error_code *why);
struct model *model_label(const struct model *m, struct arena *a, const char *label, bool remove,
                          instant now, enum error_code *why);
/** @until INSTANT_NONE: he gives it back, or somebody who leads takes it from whoever has it. */
struct model *model_claim(const struct model *m, struct arena *a, const char *step,
                          const char *actor, bool leads, instant until, instant now,
                          enum error_code *why);
/** @lane NULL: into none. */
struct model *model_lane(const struct model *m, struct arena *a, const char *lane, instant now,
                         enum error_code *why);
/** Of a closed case; @ground NULL: what silence did is wrong. */
struct model *model_reopen(const struct model *m, struct arena *a, const char *ground, instant now,
                           enum error_code *why);
struct model *model_extend(const struct model *m, struct arena *a, const char *clock, instant now,
                           enum error_code *why);
/** Puts the work in @step on hold; @reason NULL: it goes on. */
struct model *model_rest(const struct model *m, struct arena *a, const char *step,
                         const char *reason, instant now, enum error_code *why);
struct model *model_amend(const struct model *m, struct arena *a, const struct value *form,
                          instant now, enum error_code *why);
/** Takes the last command back, which was an act; nothing may be due (model_is_due()). */
struct model *model_annul(const struct model *m, struct arena *a, instant now,
                          enum error_code *why);
/** Takes back what silence did last, which an act has contradicted and nothing else followed. */
struct model *model_annul_silence(const struct model *m, struct arena *a, instant now,
                                  enum error_code *why);
struct model *model_message(const struct model *m, struct arena *a, const struct mail *said,
                            instant now, enum error_code *why);
/** The system answers, or (NULL) the house says that it had never been told. */
struct model *model_undone(const struct model *m, struct arena *a, const struct mail *said,
                           int32_t message, instant now, enum error_code *why);
/** A person decides: @step takes it, or (NULL) it is filed. */
struct model *model_settle(const struct model *m, struct arena *a, int32_t number, const char *step,
                           instant now, enum error_code *why);
/** @himself: with his code; then nobody tells him who is on the roll.  @when it came. */
struct model *model_vote(const struct model *m, struct arena *a, const char *step,
                         const char *voter, bool himself, const char *choice, instant when,
                         instant now, enum error_code *why);
struct model *model_revoke(const struct model *m, struct arena *a, int32_t number, instant now,
                           enum error_code *why);
struct model *model_replace(const struct model *m, struct arena *a, int32_t number, instant now,
                            enum error_code *why);
/** A child case is there (@outcome NULL), or has ended. */
struct model *model_hear_kin(const struct model *m, struct arena *a, int32_t number, int64_t id,
                             const char *outcome, instant now, enum error_code *why);
/** Record @record of child @number says whether it stands. */
struct model *model_hear_standing(const struct model *m, struct arena *a, int32_t number,
                                  int64_t record, bool stands, instant now, enum error_code *why);
/** The parent stands on @ground, or (NULL) goes on; if said late, it @happened, stands @since. */
struct model *model_hear_parent(const struct model *m, struct arena *a, int64_t record,
                                const char *ground, instant happened, instant since, instant now,
                                enum error_code *why);
struct model *model_retry(const struct model *m, struct arena *a, int32_t number, instant now,
                          enum error_code *why);
bool model_is_due(const struct model *m, instant now);
struct model *model_copy(const struct model *m, struct arena *a);

/* model_show.c */
/** What can be seen, a line each, as the driver writes of the engine's case; @cards of clocks. */
void model_show(const struct model *m, bool cards, struct text *t);

#endif
