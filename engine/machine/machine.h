/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include "machine/case.h"

/*
 * The pure core (DESIGN 6).  Nothing here reads a clock, draws a random
 * number, allocates from the heap, logs, or knows that a database exists;
 * `make lint` proves it.  The shell reads a case, calls machine_decide(),
 * writes what came out; it never decides.
 */

/**
 * The number of the core's rules; raised when their meaning changes.
 *   2  A wait until a date ends with that day, not before it; 00:00 sharp is
 *      24:00 of the day before for `case.today` too.  The condition of a `set`
 *      is asked once, not again for each of its names.
 */
enum { MACHINE_RULES = 2 };

/** Who commands: as the shell authenticated him. */
struct actor {
    const char *id;          /* account, system, or "applicant"; recorded in the facts */
    const char *const *role; /* roles he holds */
    uint16_t n_role;
    const char *department; /* NULL: of no department */
    const char *district;   /* GB/T 2260; "*" for the whole city */
    const char *system;     /* an outside system's name; NULL */
    bool applicant;         /* came with case number and query code */
    bool public;            /* anybody */
};

enum command_kind {
    COMMAND_OPEN,     /* a new case; `opening` */
    COMMAND_ACT,      /* do `action` in `step` */
    COMMAND_ALARM,    /* look again: apply what came due */
    COMMAND_STOP,     /* make `step` stand on `ground` from now */
    COMMAND_RESUME,   /* end stop `number` */
    COMMAND_EXTEND,   /* extend the running clock called `clock` */
    COMMAND_CLAIM,    /* reserve `step` for the actor until `until` */
    COMMAND_RELEASE,  /* give the claim back */
    COMMAND_WITHDRAW, /* the applicant withdraws the case */
    COMMAND_AMEND,    /* replace the form by `input` */
    COMMAND_ANNUL,    /* take back record `number`; `before` */
    COMMAND_REVOKE,   /* certificate `number` holds no more; also of a closed case */
    COMMAND_REPLACE,  /* issue certificate `number` anew, as the case is now; likewise */
    COMMAND_MESSAGE,  /* outside system actor.system says `action`; `message`, `input`, perhaps
                         `visit` or `step` */
    COMMAND_SETTLE    /* what becomes of letter `number` that no step took: `step` takes it, or it
                         is filed; `reason` */
};

struct opening {
    const char *number; /* case number */
    const char *district;
    const char *applicant_kind;
};

/** An order, in the imperative.  Pointers are borrowed for the call. */
struct command {
    enum command_kind kind;
    struct actor actor;
    const char *action; /* ACT: its id */
    const char *step;   /* path; NULL where the action or stop leaves no doubt */
    int64_t revision;   /* the one the caller saw: the step's for ACT STOP RESUME CLAIM
                           RELEASE, the case's for the rest; -1: any (systems, imports) */
    const char *ground, *document, *reason, *clock;
    int32_t number;
    const char *message; /* MESSAGE: the sender's id for it */
    int32_t visit;       /* MESSAGE: the stay it answers; 0: not said */
    instant until;
    struct value input; /* object; VALUE_NULL: none.  OPEN, AMEND: the form; MESSAGE: its data */
    const struct opening *opening;
    const struct case_state *before; /* ANNUL: the state before record `number`, replayed */
    const struct case_state *after;  /* ANNUL: the state right after it */
};

/** What happened, in the past tense.  The list is complete: state changes by nothing else. */
enum fact_kind {
    FACT_OPENED,        /* value: form; name: district; detail: kind of applicant */
    FACT_ACTED,         /* visit; name: action; detail: who */
    FACT_ENTERED,       /* visit, number: parent visit, step; moments: its timers; until: wait;
                           element */
    FACT_LEFT,          /* visit; name: done, cancelled */
    FACT_DECIDED,       /* step: the decision; number: the arm or row, from 0; detail: its legal
                           basis; of a table that collects number: how many rows, value: which */
    FACT_BRANCHED,      /* visit: the parallel's; step: n/a; number: region entered; element;
                           value: the element itself */
    FACT_BRANCH_ENDED,  /* visit: the parallel's; number: region; element; name: outcome */
    FACT_MARKED,        /* mark */
    FACT_CLOCK_STARTED, /* number: clock; visit; rule; limit; element */
    FACT_LIMIT_CHOSEN,  /* number: clock; limit: chosen again after the form changed (K8) */
    FACT_CLOCK_ENDED,   /* number: clock; verdict */
    FACT_STOPPED,       /* number: stop; visit; ground; name: document; detail: reason */
    FACT_RESUMED,       /* number: stop */
    FACT_EXTENDED,      /* number: clock; limit: what is added; detail: reason */
    FACT_LATE,          /* number: clock; epoch: the card of being late */
    FACT_TIMED,     /* visit; number: which timer came due, -1 the wait; name: "passed" where its
                       condition did not hold and nothing followed */
    FACT_SET,       /* name: form.x or case.x; value */
    FACT_AMENDED,   /* value: the whole form */
    FACT_SENT,      /* number: message; name: system; value: data; visit: whose step waits */
    FACT_CLAIMED,   /* visit; name: holder; until */
    FACT_RELEASED,  /* visit */
    FACT_ANNULLED,  /* number: record; value: what is restored */
    FACT_CLOSED,    /* step: the end; name: outcome */
    FACT_ISSUED,    /* number: certificate; certificate: kind; until; value: what it says,
                       {"content": {…}, "parts": [numbers], "replaces": number} */
    FACT_DISCARDED, /* number: certificate; name: revoked, replaced; detail: reason */
    FACT_RECEIVED,  /* number: letter; name: of the message; detail: system; ref: its id;
                       visit, step: named; until: expires; value: data; LETTER_EARLY */
    FACT_TAKEN,     /* number: letter; visit: by which */
    FACT_TOO_LATE,  /* number: letter; detail: why a person must decide */
    FACT_EXPIRED,   /* number: letter */
    FACT_FILED,     /* number: letter; detail: the person's reason */
    FACT_COMMITTED, /* name: draw; detail: hash of its seed; value: the seed, secret */
    FACT_DRAWN      /* name: draw; detail: its seed; value: from what, and who was drawn */
};

struct fact {
    enum fact_kind kind;
    int32_t visit;
    int32_t number;
    uint16_t step, rule, mark, ground, certificate;
    bool declared; /* STOPPED: by the step itself */
    enum verdict verdict;
    int32_t epoch;
    const char *name, *detail, *ref;
    const char *element; /* whose branch of a list (foreach) it is about; NULL */
    struct limit limit;
    instant until;
    const instant *moment; /* [step.n_timer] */
    struct value value;
};

/** A command's trace: its inputs and what followed.  Stored as one row. */
struct record {
    int64_t number; /* 1, 2, 3 … within the case */
    enum command_kind kind;
    instant at;                    /* the moment it counts */
    const char *actor;             /* who; "engine" for what came due */
    const char *role;              /* in which role he could: the step's, "applicant" …; NULL */
    const char *calendar;          /* version of the calendar it was decided with */
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
    const struct stand *stand; /* for the time stopped by ground */
    uint32_t n_stand;
    const char *by;     /* who ended it by acting; NULL when cancelled or left by itself */
    const char *action; /* by which it was left; NULL */
};

/** A message to an outside system (FACT_SENT). */
struct message {
    int32_t number;
    const char *system;
    int32_t visit;
    const char *step;
    struct value data;
};

/** A certificate to be made and signed (FACT_ISSUED). */
struct issue {
    int32_t number;
    uint16_t kind;
    instant at, until;
    struct value content; /* object */
    const int32_t *part;  /* numbers of the parts it comprises */
    uint32_t n_part;
    int32_t replaces; /* number; 0: none */
};

/** A certificate that holds no more (FACT_DISCARDED). */
struct discard {
    int32_t number;
    enum certificate_state state;
    instant at;
    const char *by, *reason; /* NULL: none was given, by issuing the next */
};

/** Everything one command causes. */
struct outcome {
    struct case_state *next;
    const struct record *record;
    uint32_t n_record;
    const struct timing *timing;
    uint32_t n_timing;
    const struct message *message;
    uint32_t n_message;
    const struct issue *issue;
    uint32_t n_issue;
    const struct discard *discard;
    uint32_t n_discard;
    int64_t annulled; /* record whose timing rows are taken back; 0: none */
    bool form_changed;
    int32_t visit;  /* the visit acted in (ACT, CLAIM …), 0 otherwise */
    int32_t letter; /* MESSAGE: which it is in the case, also when it came before; else 0 */
};

/** What does not belong to the command: the world at its moment. */
struct setting {
    const struct workflow *workflow;
    const struct calendar *calendar;
    instant now;      /* the database's; raised to the case's last moment where it is behind */
    const char *seed; /* a text nobody can guess, where workflow->draws; NULL: no draw can begin */
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
 * First everything of the case that came due before now is applied, in order
 * of moment, each at its own moment, as records of their own; then the command.
 * @c is not changed; everything in @out lives in @a or borrows from the
 * arguments.  @out is written only when the result is true.
 *
 * @return false with ERROR_CASE_CLOSED, ERROR_STALE, ERROR_ACTION_NOT_ALLOWED,
 * ERROR_STEP_NOT_OPEN, ERROR_STEP_AMBIGUOUS, ERROR_FORBIDDEN, ERROR_CLAIMED,
 * ERROR_SAME_PERSON, ERROR_FORM_INVALID, ERROR_GUARD_FAILED, ERROR_GUARD_ERROR,
 * ERROR_GROUND_UNKNOWN, ERROR_DOCUMENT_MISSING, ERROR_REASON_MISSING,
 * ERROR_NOT_STOPPED, ERROR_CASE_SUSPENDED, ERROR_ALREADY_EXTENDED,
 * ERROR_LIMIT_PASSED, ERROR_ANNUL_IMPOSSIBLE, ERROR_CERTIFICATE_UNKNOWN,
 * ERROR_CERTIFICATE_DISCARDED, ERROR_MESSAGE_UNKNOWN, ERROR_MESSAGE_SETTLED or
 * ERROR_DEFINITION_FAULT.
 * @violations (may be NULL) receives the form's faults with ERROR_FORM_INVALID.
 */
MUST_CHECK bool machine_decide(const struct setting *s, const struct case_state *c,
                               const struct command *cmd, struct arena *a, struct outcome *out,
                               struct violations *violations, struct error *e);

/**
 * Applies one fact that counts at @at to @c, in place: the only way a state
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

/** What @who may do now: pairs of visit and action whose actor fits; guards are not asked. */
struct allowed {
    const struct visit *visit;
    const struct action *action;
};
size_t machine_allowed(const struct workflow *w, const struct case_state *c,
                       const struct actor *who, struct arena *a, struct allowed **out);

/** The state in which COMMAND_OPEN is decided. */
struct case_state *case_new(struct arena *a, const struct workflow *w);

/** A record's body as JSON (facts.body); machine_replay() reads it back. */
void record_write(struct text *t, const struct workflow *w, const struct record *r);

const char *command_name(enum command_kind kind);
const char *fact_name(enum fact_kind kind);

#endif
