/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include "machine/case.h"
#include "machine/issued.h"
#include "machine/rules.h"
#include "machine/sent.h"

/*
 * The pure core (DESIGN 6).  Nothing here reads a clock, draws a random
 * number, allocates from the heap, logs, or knows that a database exists;
 * `make lint` proves it.  The shell reads a case, calls machine_decide(),
 * writes what came out; it never decides.
 */

/** Who commands: as the shell authenticated him. */
struct actor {
    const char *id;          /* account, system, or "applicant"; recorded in the facts */
    const char *const *role; /* roles he holds */
    uint16_t n_role;
    const char *department;      /* NULL: of no department */
    const char *district;        /* GB/T 2260; "*" for the whole city */
    const char *system;          /* an outside system's name; NULL */
    bool applicant;              /* came with case number and query code */
    bool public;                 /* anybody */
    int32_t mandate;             /* came with the code of the agent of that mandate; 0 */
    const struct mandate *under; /* acts for the applicant under it: machine_agent(); NULL */
};

enum command_kind {
    COMMAND_OPEN,      /* a new case; `opening` */
    COMMAND_ACT,       /* do `action` in `step` */
    COMMAND_ALARM,     /* look again: apply what came due */
    COMMAND_STOP,      /* make `step` stand on `ground` from now */
    COMMAND_RESUME,    /* end stop `number` */
    COMMAND_EXTEND,    /* extend the running clock called `clock` */
    COMMAND_CLAIM,     /* reserve `step` for the actor until `until` */
    COMMAND_RELEASE,   /* give the claim back */
    COMMAND_WITHDRAW,  /* the applicant withdraws the case */
    COMMAND_AMEND,     /* replace the form by `input` */
    COMMAND_ANNUL,     /* take back record `number`; `history` */
    COMMAND_REVOKE,    /* certificate `number` holds no more; also of a closed case */
    COMMAND_REPLACE,   /* issue certificate `number` anew, as the case is now; likewise */
    COMMAND_MESSAGE,   /* outside system actor.system says `action`; `message`, `input`, perhaps
                          `visit` or `step` */
    COMMAND_SETTLE,    /* what becomes of letter `number` that no step took: `step` takes it, or it
                          is filed; `reason` */
    COMMAND_VOTE,      /* `voter`, who has `code` or for whom the step's role writes it down, votes
                          for `action` in the ballot `step` */
    COMMAND_RELAY,     /* another case of the engine's says `action` of child `number`, "voided": of
                          certificate `number`; `input` */
    COMMAND_RETRY,     /* open child `number` anew, whose case ended otherwise than it should */
    COMMAND_MATERIAL,  /* do `action` (receive, tolerate, promise, restore …) with `material` */
    COMMAND_MIGRATE,   /* go on under another version: `migration` */
    COMMAND_HOLD,      /* `step` waits, for a reason; its clocks run on */
    COMMAND_CONTINUE,  /* it waits no more */
    COMMAND_RECONCILE, /* the contradiction with a move made by silence is dealt with */
    COMMAND_RECOUNT,   /* running clocks and periods count by the versions of their halls' calendars
                          that hold now (K10) */
    COMMAND_START,     /* optional `step` begins, beside its region's current one */
    COMMAND_LABEL,     /* put `label` on the case, or with `action` "remove" take it off */
    COMMAND_LANE,      /* move the case into `lane`, NULL: out of the one it is in; `reason` */
    COMMAND_HAND_OVER, /* to `district`, which has it from now on */
    COMMAND_TAKE_OVER, /* it accepts that */
    COMMAND_HAND_BACK, /* or gives it back, for a reason */
    COMMAND_REOPEN,    /* a closed case goes on, on `ground`; without one a contradicted case goes
                          back to the step that silence left, `history` */
    COMMAND_PREPARE,   /* `action` of `step` is worked out before the case comes to it; `input`,
                          perhaps `document` */
    COMMAND_UNPREPARE, /* what is prepared for `step` is kept no more */
    COMMAND_ENTRUST,   /* `account` is its first handler from now on; `reason` */
    COMMAND_MANDATE,   /* somebody acts for the applicant: `mandate`; `document` */
    COMMAND_REVOKE_MANDATE, /* he does no more: mandate `number`; `reason` */
    COMMAND_IDENTIFY,       /* who asks is who he says, as `document` shows */
    COMMAND_OUTAGE, /* its hall could not work from `from` until `until`: outage `number` of the
                       hall's (K13); `reason`, perhaps `document` */
    COMMAND_ANNUL_OUTAGE /* outage `number` of the hall's was none; `reason`, `history` */
};

struct opening {
    const char *number; /* case number */
    const char *district;
    const char *applicant_kind;
    struct parent parent; /* it is a child case of that; .case_id 0: of none */
    bool claimed;         /* and who asks there is not known either */
    bool named;           /* it is another applicant's, and that case has named him */
};

/** An order, in the imperative.  Pointers are borrowed for the call. */
struct command {
    enum command_kind kind;
    struct actor actor;
    const char *action; /* ACT: its id */
    const char *step;   /* path; NULL where the action or stop leaves no doubt */
    int64_t revision;   /* the one the caller saw: the step's for ACT STOP RESUME CLAIM
                           RELEASE, the case's for the rest; -1: any (systems, imports) */
    const char *ground, *document, *reason, *clock, *material, *label, *lane;
    int32_t number;
    const char *message;  /* MESSAGE: the sender's id for it */
    int32_t visit;        /* MESSAGE: the stay it answers; 0: not said */
    const char *district; /* HAND_OVER: to which */
    const char *file;     /* MATERIAL: id of the uploaded file that shows it; NULL */
    struct value handed;  /* MATERIAL: what the shell knows of that file: {"bytes", "id", "name",
                             "sha256", "type"}; VALUE_NULL: there is no such file */
    const char *voter;    /* VOTE: as he stands on the roll */
    const char *code;     /* VOTE: ballot_code() of his, when he votes himself */
    const char *account;  /* ENTRUST: who is to be first handler, an account that there is */
    const struct mandate
        *mandate; /* MANDATE, OPEN (NULL: none): account, kind, agent, scope, from, until */
    instant from, until;
    struct value input; /* object; VALUE_NULL: none.  OPEN, AMEND: the form; MESSAGE: its data */
    const struct value
        *held; /* OPEN, IDENTIFY, `identified`, ACT that gives a notice: what the party
                  holds in force, {kind of certificate: number, or numbers with the newest first;
                  true: any}; NULL: not looked at.  ACT: needed where another case's certificate
                  is replaced or revoked; without it that fails with ERROR_NOT_LOOKED_AT */
    const struct opening *opening;
    const struct migration *migration; /* MIGRATE (machine/migrate.h) */
    const char *identified;  /* ACT: the document by which he has also looked who asks; NULL */
    instant happened;        /* OPEN, ACT, STOP, RESUME, WITHDRAW, MATERIAL, VOTE: when it happened
                                (K3); 0: now */
    const char *explanation; /* ACT: why it is late; NULL */
    bool prepared;           /* ACT: with the input that was prepared */
    bool of_case;            /* ACT: `revision` is the case's: it was done in a step left since */
    const struct value *history; /* ANNUL, ANNUL_OUTAGE, when `happened` is given, but of OPEN, and
                                    after an outcome that was blind: all records of the case, from
                                    the first on, as record_write() wrote them */
    size_t n_history;
};

/** Whether @cmd is decided on all records of the case: it speaks of what was. */
bool command_needs_history(const struct command *cmd);

/** What happened, in the past tense.  The list is complete: state changes by nothing else. */
enum fact_kind {
    FACT_OPENED,        /* value: form; name: district; detail: kind of applicant; id, ref, epoch,
                           declared: the parent, and whether it listens; number: which generation */
    FACT_ACTED,         /* visit; name: action; detail: who */
    FACT_ENTERED,       /* visit, number: parent visit, step; moments: its timers; until: wait;
                           element; ref: version of the calendar they count by, as of a clock;
                           name: the department, where it was chosen */
    FACT_LEFT,          /* visit; name: done, cancelled */
    FACT_DECIDED,       /* step: the decision; number: the arm or row, from 0; detail: its legal
                           basis; of a table that collects number: how many rows, value: which */
    FACT_BRANCHED,      /* visit: the parallel's; step: n/a; number: region entered; element;
                           value: the element itself */
    FACT_BRANCH_ENDED,  /* visit: the parallel's; number: region; element; name: outcome */
    FACT_MARKED,        /* mark */
    FACT_CLOCK_STARTED, /* number: clock; visit; rule; limit; element; name: the
                           department whose it is; ref: version of the calendar; NULL: its
                           record says it */
    FACT_LIMIT_CHOSEN,  /* number: clock; limit: chosen again after the form changed (K8) */
    FACT_CLOCK_ENDED,   /* number: clock; verdict */
    FACT_STOPPED,       /* number: stop; visit; ground; name: document; detail: reason; declared: by
                           the step itself */
    FACT_RESUMED,       /* number: stop */
    FACT_EXTENDED,      /* number: clock; limit: what is added; detail: reason */
    FACT_LATE,          /* number: clock; epoch: the card of being late */
    FACT_TIMED,        /* visit; number: which timer came due, -1 the wait; name: "passed" where its
                          condition did not hold and nothing followed */
    FACT_SET,          /* name: form.x or case.x; value */
    FACT_AMENDED,      /* value: the whole form */
    FACT_SENT,         /* number: message; name: system; value: data; visit: whose step waits */
    FACT_CLAIMED,      /* visit; name: holder; until */
    FACT_RELEASED,     /* visit */
    FACT_ANNULLED,     /* number: record; value: what is restored */
    FACT_CLOSED,       /* step: the end; name: outcome */
    FACT_WARNED,       /* number: clock; epoch: the card of turning blue */
    FACT_COURSE,       /* number: clock; value: when it stood, computed afresh */
    FACT_HELD,         /* visit; detail: why it waits */
    FACT_CONTINUED,    /* visit */
    FACT_DEEMED,       /* visit; name: what silence means; detail: basis; until: from when */
    FACT_CONTRADICTED, /* visit, left by silence; name: action; detail: who; value: its input; ref:
                          the material that came in time, NULL: he acted in the step.  Of a
                          vote name: "vote"; number: place on the roll; detail: voter; value:
                          choice; declared: how he voted is secret */
    FACT_RECONCILED,   /* detail: how */
    FACT_ISSUED,       /* number: certificate; certificate: kind; until; value: {"content": {…},
                          "parts": [numbers], "replaces": number, or as text another case's} */
    FACT_DISCARDED,    /* number: certificate; name: revoked, replaced, part-revoked; detail:
                          reason; ref: number of another case's that came in its place; NULL */
    FACT_RECEIVED,     /* number: letter; name: of the message; detail: system; ref: its id;
                          visit, step: named; until: expires; value: data; LETTER_EARLY */
    FACT_TAKEN,        /* number: letter; visit: by which */
    FACT_TOO_LATE,     /* number: letter; detail: why a person must decide */
    FACT_EXPIRED,      /* number: letter */
    FACT_FILED,        /* number: letter; detail: the person's reason */
    FACT_COMMITTED,    /* name: draw; detail: hash of its seed; value: the seed, secret */
    FACT_DRAWN,        /* name: draw; detail: its seed; value: from what, and who was drawn */
    FACT_BALLOT,       /* visit; number: voters; detail: hash of the roll; value: its key, secret */
    FACT_VOTED,        /* visit; number: place on the roll, from 1; name: choice; detail: voter;
                          declared: how he voted is secret */
    FACT_TALLIED,      /* visit; value: the tally */
    FACT_ASKED,        /* number: child; visit; epoch: index; name: workflow; value: its form;
                          no visit: by an effect, id: instead of which that could not be opened;
                          declared: it is another applicant's, value: {"applicant", "form"} */
    FACT_BORN,     /* number: child; name: its number; id: case; declared: another applicant's */
    FACT_FINISHED, /* number: child; name: outcome; detail: why it was not opened; declared: BORN */
    FACT_STANDS,   /* number: child, 0: the parent; id: its record that says so; declared: the
                      child stands; name: ground of the parent, NULL: it goes on */
    FACT_RECALLED, /* number: child that is to be withdrawn */
    FACT_REVERSIBLE, /* number: reversal; epoch: message; visit, step; name: system; value: data */
    FACT_UNDONE,     /* number: reversal; epoch: the message by which */
    FACT_ANSWERED,   /* epoch: message that took something back; number: letter that says so, 0:
                        it never left the house, or (detail: why) somebody gave it up */
    FACT_SIGNED,     /* visit; number: place among the signers; name: action; detail: who; value */
    FACT_MATERIAL, /* material; name: its state; detail: document or reason; until; id: when that is
                      said once more; ref: version
                      of the calendar it counts by, as of a clock; value: the file that was
                      handed in, with its hash; declared: the check of its promise was overdue */
    FACT_NOTICED,  /* value: ids of the materials asked for; name: "late" or NULL; detail: the
                      others it was about and that could be judged, a space between; NULL: none;
                      ref: its document, not before rules 6; declared: always; not before rules 5 */
    FACT_NOTICE_ALLOWED, /* detail: the supervisor's reason */
    FACT_LABELLED,       /* name: label */
    FACT_UNLABELLED,     /* name: label */
    FACT_LANE,           /* name: lane, NULL: none; detail: reason, NULL: by itself */
    FACT_REOPENED,    /* step: where it goes on; name: ground or NULL; detail: reason; value: ids of
                         the marks that are unset */
    FACT_MIGRATED,    /* name: hash of the new version, `into` it; detail: reason; value: the case
                         under it, {"form": {…}, "state": {…}} */
    FACT_RECOUNTED,   /* number: clock; ref: version of the calendar it counts by from now on; name:
                         the one before; NULL: it named none */
    FACT_HANDED_OVER, /* name: the district it went to; detail: reason */
    FACT_TAKEN_OVER,
    FACT_HANDED_BACK, /* name: the district it came from; detail: reason */
    FACT_PREPARED,    /* step; number: the visit around the region it is kept in; element; name:
                         action; detail: who; ref: document; value: the input */
    FACT_UNPREPARED,  /* step, number, element: of which; name: taken, left, cancelled, withdrawn,
                         migrated; detail: who had prepared it; value: the input that was taken */
    FACT_ENTRUSTED,   /* name: account, the first handler from now on; detail: reason */
    FACT_MANDATED,    /* number: mandate; name: account, NULL: of none; detail: document; until;
                         value: {"agent", "from", "kind", "scope"} */
    FACT_MANDATE_REVOKED,  /* number: mandate; detail: reason */
    FACT_UNCHECKED,        /* material: the deadline for the check of its promise has passed */
    FACT_SOUGHT,           /* material; detail: where it was looked for in shared data, in vain */
    FACT_IDENTITY_CLAIMED, /* who asks says so himself; declared: another case says it */
    FACT_IDENTIFIED,       /* name: who has looked; detail: at which document */
    FACT_OUTAGE, /* number: outage of the hall; happened: from when; until; name: document;
                   detail: reason */
    FACT_PERIODS_RECOUNTED, /* visit, step; moments: its timers; until: its wait; or no visit:
                               material; until; ref, name: as of RECOUNTED */
    FACT_DROPPED,           /* number: message that has not left the house, and does not any more */
    FACT_OUTAGE_ANNULLED,   /* number: outage of the hall; detail: reason */
    FACT_WITHHELD, /* certificate: kind, issued when it is known who asks; declared: no more */
    FACT_RESTORED, /* material whose broken promise is made good; detail: the reason */
    FACT_REMINDED, /* material; until: when its tolerance ends */
    FACT_VOIDED,   /* ref: another case's certificate; value: kind; name: as; number: by; detail */
    FACT_APPENDED, /* name: form.x, a list; value: the element at its end */
    FACT_STUCK, /* what was due could not be done: ref: what (stuck_name()); visit, step, element;
                  number: timer; material; epoch: the record that said so first; name: the error;
                  detail: in words; declared: it is done now, or there is nothing to do any more */
    FACT_SUCCEEDED, /* number: certificate; ref: what stands for it in another case; until */
    FACT_SHORTENED  /* number: certificate that comprises others; until: it ends no later */
};

struct fact {
    enum fact_kind kind;
    instant happened; /* when it counts (K3); 0: when its record does */
    int32_t visit;
    int32_t number;
    uint16_t step, rule, mark, ground, certificate, material;
    bool declared; /* STOPPED: by the step itself; VOTED: secretly */
    enum verdict verdict;
    int32_t epoch;
    const char *name, *detail, *ref;
    const char *element; /* whose branch of a list (foreach) it is about; NULL */
    int64_t id;          /* OPENED: the parent case, whose number is ref, epoch: child; BORN */
    struct limit limit;
    instant until;
    const instant *moment;       /* [step.n_timer] */
    const struct workflow *into; /* MIGRATED: never stored */
    struct value value;
};

/** Whether by this record the case got the first of the house who has to do with it. */
enum handling {
    HANDLING_UNSAID,
    HANDLING_AWAITED, /* it was opened, and by nobody of the house */
    HANDLING_BEGUN    /* who commanded is its first handler */
};

/** A command's trace: its inputs and what followed.  Stored as one row. */
struct record {
    int64_t number; /* 1, 2, 3 … within the case */
    enum command_kind kind;
    instant at;        /* the moment it counts */
    instant decided;   /* OPEN: when that was recorded, where it was later; 0 */
    const char *actor; /* who; "engine" for what came due */
    const char *role;  /* in which role he could: the step's, "applicant" …; NULL */
    int32_t mandate;   /* with role "agent": under which */
    enum handling handling;
    int32_t elsewhere;             /* promises of the party that were found broken in other cases,
                                      where the definition asks for them */
    const char *calendar;          /* version of the house's calendar it was decided with */
    const char *hall;              /* of that of the case's hall, where it is another; NULL */
    const struct command *command; /* NULL for what came due */
    const struct fact *fact;
    uint32_t n_fact;
    int64_t revision; /* the case's after it */
};

/** A finished measurement: a step left, or a clock ended.  Stored as one row. */
struct timing {
    int64_t record;      /* the record that ended it */
    int32_t visit;       /* 0 for a case clock */
    int32_t clock;       /* the clock's number; 0 for a step's row */
    uint16_t step;       /* NONE for a case clock */
    uint16_t rule;       /* NONE for a step without a limit */
    const char *element; /* whose branch of a list it was; NULL */
    const char *department;
    instant started, ended, due;
    struct limit limit;
    enum verdict verdict;
    bool cancelled; /* the step was left from outside */
    struct measure measure;
    const char *calendar;      /* version by which it was counted */
    const struct stand *stand; /* for the time stopped by ground */
    uint32_t n_stand;
    const char *by;          /* who ended it by acting; NULL when cancelled or left by itself */
    const char *action;      /* by which it was left; NULL */
    const char *explanation; /* why it was late, where that was said; NULL */
};

/** What the register of cards is told (K9).  One per clock, epoch and kind, for ever. */
enum card_kind {
    CARD_BLUE,         /* the clock turns blue */
    CARD_BROKEN,       /* it is late: yellow of a promise, red of the law */
    CARD_CONTRADICTED, /* what silence moved is contradicted: for the supervisor */
    CARD_UNOPENED,     /* a case that was to be opened could not be: for who leads */
    CARD_UNCHECKED,    /* a promise was not checked in time: for who leads */
    CARD_STUCK         /* what was due could not be done: for who leads */
};
struct card {
    int64_t record; /* of the fact that issued it, or made it void */
    enum card_kind kind;
    bool withdrawn;    /* not issued: what was issued before this record is void */
    bool again;        /* the clock came back with what it had: its newest card holds again */
    int32_t clock;     /* 0: of no clock; UNCHECKED: the material's index + 1; STUCK: as epoch */
    int32_t epoch;     /* of the clock; CONTRADICTED: the visit; UNOPENED: the child's number;
                          UNCHECKED, STUCK: the record; withdrawn: 0, all of that clock and kind */
    uint16_t rule;     /* NONE: of no clock */
    uint16_t material; /* UNCHECKED; of what is STUCK; NONE */
    const char *department, *step; /* step NULL: a clock of the case */
    const char *name, *element;    /* the clock's whole, its list's element's; NULL: none */
    enum colour colour;            /* BLUE, YELLOW, RED; NONE: of no clock */
    instant due;
};

/** Everything one command causes. */
struct outcome {
    struct case_state *next;
    const struct record *record;
    uint32_t n_record;
    const struct timing *timing;
    uint32_t n_timing;
    const struct card *card;
    uint32_t n_card;
    const struct message *message;
    uint32_t n_message;
    const struct issue *issue;
    uint32_t n_issue;
    const struct discard *discard;
    uint32_t n_discard;
    const struct voiding *voiding;
    uint32_t n_voiding;
    const struct shortening *shortening;
    uint32_t n_shortening;
    const struct relay *relay;
    uint32_t n_relay;
    const struct cancelled *cancelled;
    uint32_t n_cancelled;
    int64_t annulled; /* record whose timing rows are taken back; 0: none */
    bool form_changed;
    int32_t visit;  /* the visit acted in (ACT, CLAIM …), 0 otherwise */
    int32_t letter; /* MESSAGE: which it is in the case, also when it came before; else 0 */
    /*
     * Silence has begun a clock for an earlier moment, and without the command's history nobody
     * knows when the case stood since: it is told as if only what is active now had ever stopped
     * it.  Good enough to try what would become of a command; to be stored it is decided again,
     * with all records.  Written also when the command is refused, which may be for that reason.
     */
    bool blind;
};

/** What does not belong to the command: the world at its moment. */
struct setting {
    const struct workflow *workflow;
    const struct calendar *calendar; /* the house's, which leads to those of all halls */
    instant now;      /* the database's; raised to the case's last moment where it is behind */
    const char *seed; /* a text nobody can guess, where workflow->takes_seed; NULL: no draw or
                         ballot begins */
    const struct workflow *into; /* replay of a record that migrates: the version it goes to */
    const instant *broken; /* [n_broken], where workflow->asks_credit: when promises of the party,
                              in other cases, were found broken that stand so now */
    uint32_t n_broken;
};

/**
 * May this actor give this command at all, whatever state the case is in?
 * Asked before the idempotency key is looked up.
 * @return false with ERROR_FORBIDDEN or, for an action no step has,
 *         ERROR_ACTION_NOT_ALLOWED.
 */
MUST_CHECK bool machine_may(const struct workflow *w, const struct case_state *c,
                            const struct command *cmd, struct error *e);

/**
 * Decides what follows from @cmd on @c.  Total and deterministic: the same
 * arguments give the same outcome, on any machine, for ever.
 *
 * First everything of the case that came due before now is applied, in order of moment, each at
 * its own moment, as records of their own; then the command.  What an opening that happened earlier
 * has made come due is applied after it.  What cannot be done of that leaves no trace but the fact
 * that it is stuck, and is tried again right after the command that changes the case.
 * Only what is no fact of the case, as that its records cannot be read, fails the whole decision.
 * @c is not changed; @out lives in @a or borrows from the arguments, and is written when done.
 *
 * @return false with ERROR_CASE_CLOSED, ERROR_STALE, ERROR_ACTION_NOT_ALLOWED,
 * ERROR_STEP_NOT_OPEN, ERROR_STEP_AMBIGUOUS, ERROR_FORBIDDEN, ERROR_CLAIMED,
 * ERROR_SAME_PERSON, ERROR_FORM_INVALID, ERROR_GUARD_FAILED, ERROR_GUARD_ERROR,
 * ERROR_GROUND_UNKNOWN, ERROR_DOCUMENT_MISSING, ERROR_REASON_MISSING,
 * ERROR_NOT_STOPPED, ERROR_CASE_SUSPENDED, ERROR_ALREADY_EXTENDED,
 * ERROR_LIMIT_PASSED, ERROR_EXPLANATION_MISSING, ERROR_HAPPENED_OUTSIDE,
 * ERROR_ANNUL_IMPOSSIBLE, ERROR_NOT_PREPARED, ERROR_CERTIFICATE_UNKNOWN,
 * ERROR_CERTIFICATE_DISCARDED, ERROR_MESSAGE_UNKNOWN, ERROR_MESSAGE_SETTLED,
 * ERROR_NOT_LOOKED_AT, ERROR_CERTIFICATE_NOT_HELD, ERROR_CERTIFICATE_ENDED, ERROR_SILENCE_STUCK,
 * ERROR_MANDATE_ENDED, ERROR_MANDATE_SCOPE, ERROR_NOT_IDENTIFIED, ERROR_PROMISE_REFUSED,
 * ERROR_DEFINITION_FAULT or ERROR_INTERNAL.
 * @violations (may be NULL) receives the form's faults with ERROR_FORM_INVALID.
 */
MUST_CHECK bool machine_decide(const struct setting *s, const struct case_state *c,
                               const struct command *cmd, struct arena *a, struct outcome *out,
                               struct violations *violations, struct error *e);

/**
 * Applies one fact of a record that counts at @at to @c, in place: the only way a state
 * changes, live and in replay; never decides.  Requires that the fact fits.
 */
void machine_apply(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
                   struct arena *a);

/**
 * Applies a stored record: its facts, its revision, its moment, then the
 * indices.  @return false with ERROR_INTERNAL when it does not fit.
 */
MUST_CHECK bool machine_replay(const struct setting *s, struct case_state *c,
                               const struct value *record, struct arena *a, struct error *e);

/**
 * @who with the mandate under which he may act for the applicant at @at, where he is an agent of
 * the case; as it is for machine_allowed() and machine_startable().
 */
struct actor machine_agent(const struct case_state *c, const struct actor *who, instant at);

/** What @who may do now: pairs of visit and action whose actor fits; guards are not asked. */
struct allowed {
    const struct visit *visit;
    const struct action *action;
};
size_t machine_allowed(const struct workflow *w, const struct case_state *c,
                       const struct actor *who, struct arena *a, struct allowed **out);

/** An optional step that somebody may start. */
struct startable {
    uint16_t step;
    int32_t parent; /* visit of the stage or parallel around it; 0: the case */
    const char *element;
    int32_t started; /* times so far */
};

/** What @who may start now, by COMMAND_START; NULL: anybody.  Its condition is not asked. */
size_t machine_startable(const struct workflow *w, const struct case_state *c,
                         const struct actor *who, struct arena *a, struct startable **out);

/**
 * What @who may prepare now, by COMMAND_PREPARE; NULL: anybody.  Steps that are prepared
 * already are among them, with what is kept for them.
 */
size_t machine_preparable(const struct workflow *w, const struct case_state *c,
                          const struct actor *who, struct arena *a, struct preparation **out);

/** Whether @who may reopen closed case @c on ground @rule, if its condition and time allow it. */
bool machine_reopenable(const struct workflow *w, const struct case_state *c,
                        const struct reopening_rule *rule, const struct actor *who);

/** The state in which COMMAND_OPEN is decided. */
struct case_state *case_new(struct arena *a, const struct workflow *w);

/** A record's body as JSON (facts.body); machine_replay() reads it back. */
void record_write(struct text *t, const struct workflow *w, const struct record *r);

const char *command_name(enum command_kind kind);
const char *fact_name(enum fact_kind kind);

#endif
