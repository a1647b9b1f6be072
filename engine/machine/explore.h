/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_EXPLORE_H
#define MACHINE_EXPLORE_H

#include "machine/machine.h"

/*
 * Exploration: from every reachable state an end can be reached (DESIGN 4).
 *
 * The core itself is asked: machine_decide() is given every action that an
 * actor who fits can take in each state, with inputs that make each condition
 * true and false, and time is let pass to each alarm.  States that differ in
 * moments and numbers only count as one; of each such class one case is
 * followed, which is why every example is a life a case can really have.
 *
 * What is abstracted from: stop, resume, extend, claim, amend, annul, prepare, handing
 * over and the withdrawal by the applicant (they lead nowhere new, or out: what is
 * taken as it was prepared could as well be done without); of forms and
 * inputs only fields that some expression asks for are varied, over the values
 * it compares them with and their neighbours; visits of a step above the
 * largest number anybody compares with; who acted, beyond three persons; and
 * the order in which branches go on that cannot influence one another.  The
 * parent of a child case stops it as clerks do, which is not played either.
 * Of what a state knows only that is kept which some expression asks for; a
 * number that is counted on, {"set": {"case.bids": {"+": [{"var": "case.bids"}, 1]}}},
 * up to one beyond all it is compared with.  Where somebody asks for `now`,
 * dates are known by how far away they are, and come with an action as far away
 * as at the beginning: there is always a day to come.
 *
 * Signers sign in the order of their places, each another; of the actions of a
 * step one at a time is signed.  A ballot is looked at with a voter of each
 * group, all of whose votes are tried (of more than three, as an example in the
 * schema may give them: one after the other, for the same), and at its closing
 * with whoever has voted by then.  A list of
 * child cases is looked at with no, and with two, elements; a child ends as the
 * join counts it or fails, and is tried again; where its parent stands with it
 * (stopsWhen) it stands and goes on.  Where some expression asks for the lane
 * the case is moved into each, and out of it.  Where one asks whether it is
 * known who asks, cases are opened by the house and by the applicant himself,
 * and at some moment somebody looks.  Where one asks for broken promises (but the
 * gate before a promise, which leads nowhere else), those of other cases become as
 * many as it compares with, and one more, and what this case broke is made good.
 *
 * Of materials a state keeps how many are owed, as far as some expression
 * compares that with anything, and which one's tolerance will lapse into a step
 * (one at a time is tolerated).  Where one of the two matters all that is owed
 * comes (as a promise, from shared data, or by hand), what is there is sent back
 * or its promise found false, and a tolerance runs out.  A notice names all it
 * can; that nothing is missing is not looked at for its sake alone, nor is a
 * supervisor's leave to give one late.
 *
 * A state in which something can be done for which no valid input could be made
 * counts as one that was not looked at: what follows is not known.
 */

/** What bounds the search. */
struct exploring {
    uint32_t most_states;
    bool (*go_on)(void *arg); /* asked before each state; NULL: always */
    void *arg;
    const char *district; /* in which the cases are opened */
};

enum explored_kind {
    EXPLORED_STUCK,   /* nobody can act there and no time helps */
    EXPLORED_TRAPPED, /* things go on, but no end can be reached any more */
    EXPLORED_ERROR    /* a condition, an effect or a join fails */
};

/** What was found, each of another place; where the states are few, the shortest way there. */
struct counterexample {
    enum explored_kind kind;
    uint16_t step;        /* where; NONE: everywhere */
    const char *what;     /* in a sentence without a full stop */
    const char *scenario; /* the life that leads there, as a .case */
};

struct explored {
    uint32_t n_state;
    bool whole;            /* every reachable state has been seen; false: a bound was reached */
    const char *unsampled; /* form or action for which no valid input could be made; NULL */
    const struct counterexample *item;
    uint32_t n;
};

/** Explores @w; everything in @out lives in @a. */
void machine_explore(const struct workflow *w, const struct calendar *calendar,
                     const struct exploring *bounds, struct arena *a, struct explored *out);

/**
 * Explores @w as machine_explore() and reports what it finds as problems, each
 * with its example, in @problems; @scratch is not kept.  Called where
 * promise_check() was, of what has no other problem.
 * @return false when there was one.
 */
MUST_CHECK bool explore_check(const struct workflow *w, const struct calendar *calendar,
                              const struct exploring *bounds, struct arena *scratch,
                              struct problems *problems, struct explored *out);

#endif
