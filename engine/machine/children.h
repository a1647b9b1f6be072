/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_CHILDREN_H
#define MACHINE_CHILDREN_H

#include "machine/deed.h"

/*
 * Child cases (DESIGN 4 `cases`).  A step asks for them, one or one for each
 * element of a list, and waits; the shell opens them, and cases tell one
 * another by relays what has become of them: a child that it is there (born),
 * that it is closed (concluded) and, where the parent listens, that it stands or
 * goes on (stands); a parent that the child is not wanted any more (withdraw),
 * that it was stopped and that it goes on (stop), that it is known who asks
 * (identified).  Each is a command of its own
 * on one case; none is ever decided together with another case.
 *
 * `step.PATH.entered`, `.ended` and `.counted` (those with the outcome that the
 * join counts; without one: those that ended) tell how far they are.
 */

/** Asks for the children of step @s, which has just been entered as @visit. */
void ask_children(struct run *r, const struct step *s, int32_t visit);

enum meeting { MEETING_OPEN, MEETING_JOINED, MEETING_MISSED };

/** How the join of @s, which waits as @visit, stands; pure. */
enum meeting children_meet(const struct case_state *c, const struct step *s, int32_t visit);

/** Who @x says is the applicant, of the child of @element (an object or NULL); null where @x is. */
struct value other_party(struct run *r, struct place where, const struct other_party *x,
                         const struct value *element);

/** What FACT_ASKED keeps of a child with @form, for another @applicant or (null) the same. */
struct value asked_value(struct run *r, const struct value *form, const struct value *applicant);

/**
 * Where the join of @visit is met, or cannot be any more, the step is left; else people may try
 * again.
 */
void join_children(struct run *r, int32_t visit);

/** Tries once more to withdraw the case, which its parent does not want any more. */
void withdraw_again(struct run *r);

/** @v is being left: children of it that run are recalled where the cascade says so. */
void dismiss_children(struct run *r, const struct visit *v);

/** Tells the parent case, where there is one. */
void tell_parent(struct run *r, const char *what, const char *outcome);

/* children_stand.c */
/**
 * The step @visit waits for children: it begins or ceases to stand as they do, where it says so.
 * Nothing where it has been left.
 */
void stand_as_children(struct run *r, int32_t visit);

/** Tells the children of @visit that clerks have stopped it, or that it goes on. */
void tell_children(struct run *r, int32_t visit);

/** The same to one that has just come; nothing where the step runs. */
void tell_newborn(struct run *r, const struct child *x);

/** At the end of a record: tells a parent that listens that the case stands now, or goes on. */
void tell_standing(struct run *r);

bool hear_standing(struct deed *d, const struct child *x, struct error *e);
bool hear_stop(struct deed *d, struct error *e);

/** What this case has to say to another; kept until it is committed. */
void say(struct run *r, struct relay one);

/* children_apart.c */
/**
 * Opens a case of @workflow that nobody here waits for; @form is an object or null, @applicant
 * another's or null.
 */
void open_apart(struct run *r, const char *workflow, struct value form, struct value applicant);
/** @x could not be opened: once more, with the command's input as its form where there is one. */
bool retry_apart(struct deed *d, const struct child *x, struct error *e);

bool decide_relay(struct deed *d, struct error *e);
bool decide_retry(struct deed *d, struct error *e);

/* children_apply.c */
/** Writes how far the children of @visit are, for expressions. */
void count_children(const struct workflow *w, struct case_state *c, int32_t visit, struct arena *a);
void apply_child(const struct workflow *w, struct case_state *c, const struct fact *f,
                 struct arena *a);
bool child_fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f);
/** Whether any was heard of, recalled, or is not waited for any more. */
bool children_differ(const struct case_state *before, const struct case_state *after);
bool children_fit(const struct workflow *w, const struct case_state *c);

#endif
