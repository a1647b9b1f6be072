/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_FLOW_H
#define MACHINE_FLOW_H

#include "machine/history.h"
#include "machine/machine.h"

/*
 * The inside of one decision: facts are emitted, and applied at once, so that
 * what follows sees what came before.  Lives on the stack of machine_decide().
 *
 * A move that fails (an expression that cannot be decided, a definition that
 * never comes to rest) sets `failed` and makes the rest of the run do nothing;
 * the whole decision is then thrown away, or the attempt it was part of.
 */
struct run {
    const struct setting *s;
    const struct workflow *w;
    const struct command *cmd;   /* NULL while what came due is applied */
    const struct value *history; /* [n_history]: the command's, whatever is applied */
    size_t n_history;
    bool knows_past; /* that is all of it */
    bool blind;      /* the past was asked for and is not known */
    struct case_state *c;
    struct arena *a;
    instant at;       /* the moment at which facts count */
    instant recorded; /* the moment of the record, where that is another; 0: the same */
    instant decided;  /* now, where a case is opened that began earlier; 0 */
    int moves;
    bool failed;
    struct error *e; /* why it failed */

    struct fact *fact; /* of the record being written */
    uint32_t n_fact;
    struct record *record;
    uint32_t n_record;
    struct timing *timing;
    uint32_t n_timing;
    struct card *card;
    uint32_t n_card;
    const struct case_clock *clock_before; /* as of the record before */
    const struct workflow *w_before;       /* whose rules those are */
    uint32_t n_clock_before;
    int32_t contradicted_before;
    const struct stuck *stuck_before;
    uint32_t n_stuck_before;
    int64_t changed; /* the last record of this run by which something happened; 0: none yet */
    bool stood;      /* the case, as of the record before */
    struct message *message;
    uint32_t n_message;
    struct issue *issue;
    uint32_t n_issue;
    struct discard *discard;
    uint32_t n_discard;
    struct voiding *voiding;
    uint32_t n_voiding;
    struct shortening *shortening;
    uint32_t n_shortening;
    struct relay *relay;
    uint32_t n_relay;
    struct cancelled *cancelled;
    uint32_t n_cancelled;
    int32_t *doomed; /* reversals that are to be told before the next step is entered */
    uint32_t n_doomed;
    const char *action;    /* by which steps are being left: for their rows */
    bool acts;             /* somebody moves the case on, not time or a message */
    const int32_t *around; /* [n_around]: the stay he acts in, and those around it */
    uint32_t n_around;
};

/** What moves more often without coming to rest is at fault. */
enum { MOST_MOVES = 1000 };

/* stuck.c */
/** What is tried: where it fails, nothing has happened. */
struct attempt {
    struct run before;
    struct error why;
};
void attempt_begin(struct run *r, struct attempt *t);
/**
 * Whether it has not failed; else the run is as it was, and t->why says why.  What is the engine's
 * own mistake, and no fact of the case, has failed the run, too.
 */
bool attempt_end(struct run *r, struct attempt *t);

/** Where a move starts, and what expressions see: a region, and the visit of its owner. */
struct place {
    uint16_t region;
    int32_t parent;      /* 0: the case */
    const char *element; /* inside a list's branch: its name; else NULL */
    bool beside;         /* of an optional step: "$done" from there ends nothing else */
};

/** Appends the fact to the record and applies it. */
void emit(struct run *r, struct fact f);

/** Fails the run as a fault of the definition, unless it has failed already. */
void run_fail(struct run *r, const char *what);

/** Fails the run: who decides has given no seed for @what, which is the engine's own mistake. */
void run_unseeded(struct run *r, const char *what);

/** Fails the run: @what began after the moment at which this is said to have happened. */
void run_too_early(struct run *r, const char *what);

/** Takes the effects, in order, at @where: sets what is set, records what @visit sends. */
void run_effects(struct run *r, const struct effects *effects, struct place where, int32_t visit);

/** Sets the marks; clocks that begin or end with them do so. */
void run_marks(struct run *r, const struct marks *marks);

/** Starts the case clocks that run from @mark and ends those that run to it. */
void run_mark(struct run *r, uint16_t mark);

/** Leaves active step @visit, cancelling what is active inside it. */
void leave(struct run *r, int32_t visit, bool cancelled);

/** Goes from @from to @to, and on until the case is at rest. */
void move(struct run *r, struct place from, struct target to);

/** Enters @step, which stands at @where. */
void enter(struct run *r, uint16_t step, struct place where);

/** Where the steps of the case itself stand. */
struct place place_of_case(void);

/** The place in which the active step @visit stands. */
struct place place_of(const struct run *r, int32_t visit);

/** When a period of @l that begins now for @s comes due. */
instant period_end(struct run *r, struct limit l, const struct step *s);

/**
 * Chooses conditional limits again (K8) where the form or what `set` wrote
 * under case.* is no longer @form and @vars.
 */
void rechoose_limits(struct run *r, const struct value *form, const struct value *vars);

/** Chooses them again whatever changed. */
void choose_limits_again(struct run *r);

/* backdate.c */
/**
 * What is learned late goes on from the last thing known to have happened inside
 * @visit, where that came after it; clocks have run till then as is known now.
 */
void meet_known(struct run *r, int32_t visit);

/* branches.c */
/** Enters the branches of parallel step @s, whose visit @visit has just begun. */
void enter_branches(struct run *r, const struct step *s, int32_t visit);
/** Ends the branch at @branch, whatever is active in it; the parallel step may be left by it. */
void branch_end(struct run *r, struct place branch, const char *outcome);
/**
 * Says for each running clock when it stood, where by @h it stood at other
 * times than the state has it: after facts that were learned late.  Only
 * clocks started after clock @after; 0: all.
 */
void rewrite_courses(struct run *r, const struct history *h, int32_t after);

/** Tells the register of the record that is being finished (cards.c). */
void note_cards(struct run *r);

/* clocks.c */
/**
 * The first arm that holds, of a clock of @visit, 0: of the case; n == 0: this case has no limit.
 */
struct limit choose_limit(struct run *r, const struct clock_rule *rule, int32_t visit);
/** The calendar by which what begins now is counted: the @department's, NULL: the case's hall's. */
const struct calendar *run_calendar(const struct run *r, const char *department);
/** Starts a clock of @rule; @department is whose it is where each has one, else NULL. */
void start_clock(struct run *r, uint16_t rule, int32_t visit, const char *department);
/** Whether the department of @like has such a clock, begun since the case was reopened last. */
bool has_department_clock(const struct case_state *c, const struct case_clock *like);
/** Starts the clocks of departments whose first turn has come. */
void start_department_clocks(struct run *r);
void end_clock(struct run *r, int32_t clock, bool cancelled);
void note_step(struct run *r, const struct visit *v, bool cancelled);

/* certificates.c */
/** One of the kind that is withheld is not to be issued any more. */
void drop_withheld(struct run *r, uint16_t kind);
/**
 * Issues a certificate; one of the kind that is in force is replaced by it, else what @x says the
 * party holds, the one of @number unless that is VALUE_NULL.
 */
void issue_certificate(struct run *r, const struct effect *x, struct value number);
/** What came in the place of certificate @number in another case is revoked. */
void revoke_successor(struct run *r, int32_t number, const char *reason);
/** Certificate @number, which is in force, is replaced by another case's, @successor, which ends at
 * @until. */
void replace_certificate(struct run *r, int32_t number, const char *successor, instant until,
                         const char *reason);
/** What came in the place of @number in another case has been replaced there by @successor. */
void move_successor(struct run *r, int32_t number, const char *successor, instant until,
                    const char *reason);
/** Revokes certificate @number, which is in force. */
void discard_certificate(struct run *r, int32_t number, const char *reason);

/* scope.c: what expressions see at @where */
struct scope run_scope(struct run *r, const struct place *where);
/** Evaluates; on an error fails the run and returns false. */
bool run_test(struct run *r, struct place where, const struct expression *x);
struct value run_value(struct run *r, struct place where, const struct expression *x);
/** The same for the child case of @element, an object or NULL: its members are under `each`, too.
 */
struct value run_value_of(struct run *r, struct place where, const struct value *element,
                          const struct expression *x);
struct value run_object(struct run *r, struct place where, const struct named *of, uint16_t n);
/** The same of element @item of a list, at @branch, which is not entered yet. */
bool run_each(struct run *r, const struct place *branch, const struct value *item,
              const struct expression *x);
/** The same with the root `tally`. */
bool run_tally(struct run *r, struct place where, const struct expression *x,
               const struct value *tally);

/* choose.c */
/** Takes the way of decision @s at @here, in which nobody stays. */
void choose_way(struct run *r, const struct step *s, struct place here);
/**
 * Which department does @s from now on, where that is chosen: as the field or the element says
 * now, or as was chosen for the step around it.  NULL: the definition says it.
 */
const char *choose_department(struct run *r, const struct step *s, struct place where);

#endif
