/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_DEED_H
#define MACHINE_DEED_H

#include "machine/flow.h"
#include "machine/history.h"

/*
 * One command being decided: what its arms (decide.c, decide_stop.c) share.
 * Guards first: they return false and write @e; then facts.
 */
struct deed {
    struct run *r;
    const struct command *cmd;
    struct violations *violations; /* may be NULL */
    struct outcome *out;
    const char *role; /* in which the actor could; for the record */
};

/** ERROR_STALE unless the caller saw revision @is, or says that any will do. */
bool check_revision(const struct command *cmd, int64_t is, struct error *e);

/** ERROR_REASON_MISSING. */
bool check_reason(const struct command *cmd, struct error *e);

/** ERROR_CLAIMED when somebody else holds @v. */
bool check_holder(const struct deed *d, const struct visit *v, struct error *e);

/** ERROR_FORBIDDEN unless he may do this in step @s; notes in which role. */
bool check_right(struct deed *d, const struct visit *v, struct error *e);

/**
 * The active step the command speaks of: the one named, else the only one in
 * which the actor may do it.  ERROR_STEP_AMBIGUOUS, ERROR_STEP_NOT_OPEN,
 * ERROR_ACTION_NOT_ALLOWED, ERROR_FORBIDDEN, ERROR_STALE.
 */
bool find_visit(struct deed *d, struct visit **out, struct error *e);

/** All the case has been through: the command's history, and what came due just now. */
bool read_history(struct run *r, struct history *h, struct error *e);

/* backdate.c: facts learned late (K3) */
/**
 * Takes the moment at which the command says it happened: the run's until
 * backdate_end().  Not before @earliest, not after now; earlier than now needs
 * one of the workflow's roles for it and a reason.
 */
bool backdate_begin(struct deed *d, instant earliest, struct error *e);
/**
 * The same of the opening, for which the version must have been in force, and the calendar have
 * begun: it is decided as of that moment, and what has come due since follows.
 */
bool backdate_opening(struct deed *d, struct error *e);
/**
 * Whether nothing has moved the case since the withdrawal happened.  Where silence was the first
 * to, @silent is the outermost stay it left, and the withdrawal contradicts that; else .visit is 0.
 * ERROR_HAPPENED_OUTSIDE, ERROR_CASE_CLOSED where somebody was.
 */
bool backdate_withdrawal(struct deed *d, struct stay *silent, struct error *e);
/** What follows for the clocks from what was learned late; back to now. */
bool backdate_end(struct deed *d, struct error *e);
/** When what another case says was at @t can have been here: not before this one began, nor later.
 */
instant backdate_heard(const struct deed *d, instant t);
/** Emits @n facts, each as of when it happened, and what follows for the clocks. */
bool backdate_facts(struct run *r, const struct fact *f, const instant *when, uint32_t n,
                    struct error *e);
/**
 * Somebody acted in time in a step that silence has left since: the stay, or
 * NULL where there is none of which the command could speak.
 */
bool find_silent_stay(struct deed *d, struct stay *out);
/** Accepts into the facts what happened during @s, which silence has ended; it moves nothing. */
bool accept_late(struct deed *d, const struct stay *s, struct fact f, struct error *e);
/** Accepts such an act into the facts; it moves nothing. */
bool decide_contradiction(struct deed *d, const struct stay *s, struct error *e);
/** Accepts what is called @name, which somebody may do, into the facts as contradicting @s. */
bool contradict_silence(struct deed *d, const struct stay *s, const char *name);
bool decide_reconcile(struct deed *d, struct error *e);

/* decide_annul.c */
bool decide_annul(struct deed *d, struct error *e);

/* migrate.c */
bool decide_migrate(struct deed *d, struct error *e);

/* recount.c */
bool decide_recount(struct deed *d, struct error *e);

/* outage.c */
bool decide_outage(struct deed *d, struct error *e);
bool decide_annul_outage(struct deed *d, struct error *e);

/** ERROR_FORM_INVALID with d->violations unless @v is what @form asks for. */
bool check_form(struct deed *d, const struct form *form, const struct value *v, struct error *e);

/** ERROR_GUARD_FAILED unless the condition of @action holds at @where. */
bool check_guard(struct deed *d, struct place where, const struct action *action, struct error *e);

/** ERROR_FORM_INVALID, ERROR_UNKNOWN_MEMBER unless the command's input is what @action takes. */
bool check_input(struct deed *d, const struct action *action, struct error *e);

/* decide_withdraw.c */
/** The case is left as its workflow says under `withdraw`, which is there. */
bool withdraw_case(struct deed *d, struct error *e);
bool decide_withdraw(struct deed *d, struct error *e);

/** What `set` made of the form must still be the form; limits are chosen again. */
bool recheck_form(struct deed *d, const struct value *form, const struct value *vars,
                  struct error *e);

/* decide_act.c */
bool decide_act(struct deed *d, struct error *e);

/* optional.c */
bool decide_start(struct deed *d, struct error *e);

/* reopen.c */
bool decide_reopen(struct deed *d, struct error *e);

/* decide_stop.c */
bool decide_stop(struct deed *d, struct error *e);
bool decide_resume(struct deed *d, struct error *e);
bool decide_extend(struct deed *d, struct error *e);
bool decide_claim(struct deed *d, struct error *e);
bool decide_hold(struct deed *d, struct error *e);
bool decide_continue(struct deed *d, struct error *e);
bool decide_release(struct deed *d, struct error *e);

/* certificates.c */
bool decide_revoke(struct deed *d, struct error *e);
bool decide_replace(struct deed *d, struct error *e);

/* materials.c */
bool decide_material(struct deed *d, struct error *e);

#endif
