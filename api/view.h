/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_VIEW_H
#define API_VIEW_H

#include "machine/history.h"

/*
 * What people and systems are shown of a case, as JSON (schemas in
 * openapi.yaml).  Pure: everything comes in, nothing is read.
 */

/** A case as its row holds it, and the moment it is looked at. */
struct sight {
    const struct workflow *workflow;
    const struct case_state *state;
    const struct calendar *calendar;
    instant now;
    const char *applicant_name; /* NULL: not given */
    const char *applicant_code; /* unified social credit code; NULL: not given */
    const char *first_title, *first_department, *first_district; /* of its first handler; NULL */
    const char **agent;    /* [state->n_mandate]: who he is, JSON, NULL where an account; or NULL */
    const instant *broken; /* [n_broken]: see struct setting */
    uint32_t n_broken;
    const struct contradiction *contradiction; /* what is known of it; NULL: nothing */
    int32_t mandate;                           /* of the agent who looks: he sees no other; 0 */
};

/** Entity tags: of the case, of one open step.  Strong, with their quotes. */
enum { ETAG_TEXT = 32 };
char *view_case_etag(const struct case_state *c, char text[ETAG_TEXT]);
char *view_step_etag(const struct visit *v, char text[ETAG_TEXT]);

/**
 * Reads an If-Match value: "c17" for a case, "s17" for a step (@kind says
 * which is due).  @return false with ERROR_STALE for any other single tag and
 * ERROR_BAD_REQUEST for "*", a list or a weak tag.
 */
MUST_CHECK bool view_read_etag(const char *text, char kind, int64_t *revision, struct error *e);

/**
 * What a command made of the case, in short (schema Result); @query_code NULL but for a new one, or
 * that of the agent of new mandate @mandate, 0 for none; @agent_code where a new case names an
 * agent from outside, else NULL.
 */
void view_result(struct text *t, const struct workflow *w, const struct case_state *c,
                 int32_t mandate, const char *query_code, const char *agent_code);

/** What every view of a case begins with: which it is, of which workflow, and how it stands. */
void view_head(struct text *t, const struct sight *s);

/** The member `by`: who does the step. */
void view_actor(struct text *t, const struct step *s);

/** The member `mandates`: who acts for the applicant (mandates.c); absent where nobody does. */
void view_mandates(struct text *t, const struct sight *s);

/** The member `firstHandler`; his account is for the house alone. */
void view_first_handler(struct text *t, const struct sight *s, bool of_the_house);

/** A limit as the definition writes it; absent where there is none. */
void view_limit(struct text *t, const char *key, struct limit l);

/**
 * Member @key beside a due instant: the date that people see.  24:00 belongs to the day it ends.
 * Absent where nothing is due.
 */
void view_last_day(struct text *t, const char *key, instant due);

/**
 * The member `contradicted`: what was learned late and contradicts what silence did, and by which
 * commands @who may deal with it (contradiction.c); absent where nothing does.
 */
void view_contradiction(struct text *t, const struct sight *s, const struct actor *who);

/** What was due and could not be done, and why. */
void view_stuck(struct text *t, const struct sight *s);

/** What is still to come of a stay: `waitsUntil`, `timers`; each says whether it is provisional. */
void view_periods(struct text *t, const struct sight *s, const struct visit *v);

/** The member `until`: the first moment at which the stay ends by itself, if it does. */
void view_until(struct text *t, const struct sight *s, const struct visit *v);

/** Member `awaits` of the step of @v: what was taken back and is not answered; nothing if none. */
void view_awaits(struct text *t, const struct sight *s, const struct visit *v);

/** The member `identity`: whether it is known who asks; to the @whole who looked, and at what. */
void view_identity(struct text *t, const struct case_state *c, bool whole);

/** Messages, children, parent; nothing where there are none. */
void view_kin(struct text *t, const struct workflow *w, const struct case_state *c);

/**
 * The member `children` for applicants, who follow those cases with the code they have; of cases of
 * other applicants `others` says only how many there are.
 */
void view_family(struct text *t, const struct case_state *c);

/** The member `lane`, with its title and basis; absent where it is in none. */
void view_lane(struct text *t, const struct workflow *w, const struct case_state *c);

/** The member `labels`, with their titles; absent where it has none. */
void view_labels(struct text *t, const struct workflow *w, const struct case_state *c);

/** Draws that are to come, by the hashes of their seeds; nothing when there are none. */
void view_commitments(struct text *t, const struct case_state *c);

/** The facts of a stored record without what is secret: seeds, keys of ballots, secret votes. */
void view_facts(struct text *t, const struct value *facts);

/** The whole case, for those who work on it; @who decides over allowedActions. */
void view_case(struct text *t, const struct sight *s, const struct actor *who);

/** The member `materials`: what is there and what not; absent where the workflow lists none. */
void view_materials(struct text *t, const struct sight *s, bool gates);

/** The member `certificates`: what the case has issued; absent when nothing. */
void view_certificates(struct text *t, const struct sight *s);

/** What @who may do now, as a list: open steps, actions, the forms of their inputs. */
void view_action_list(struct text *t, const struct sight *s, const struct actor *who);

/**
 * The members `actions`, what @who may do in @v now, and `mayRecord`, what he may only record as
 * having happened earlier, absent where nothing is; with their forms where @forms.
 */
void view_allowed(struct text *t, const struct sight *s, const struct actor *who,
                  const struct visit *v, bool forms);

/** The same of all open steps, and what he may prepare. */
void view_actions(struct text *t, const struct sight *s, const struct actor *who);

/** What the applicant sees: status, what he must do, when it is due.  No internal names. */
void view_progress(struct text *t, const struct sight *s, const struct actor *who);

/** One clock, as a member of `clocks`. */
void view_clock(struct text *t, const struct sight *s, const struct case_clock *k);

/** Why and since when the work in @v waits, as the member `onHold`; nothing when it does not. */
void view_hold(struct text *t, const struct visit *v);

/**
 * The member `mayWithdraw`: whether @who may withdraw the whole case; its `when` is asked when he
 * does.
 */
void view_withdrawal(struct text *t, const struct sight *s, const struct actor *who);

/** The member `mayStart`: optional steps that @who may start now (view_ahead.c). */
void view_startable(struct text *t, const struct sight *s, const struct actor *who);

/** The member `mayPrepare`: steps that @who may prepare now; with their forms where @forms. */
void view_preparable(struct text *t, const struct sight *s, const struct actor *who, bool forms);

/**
 * The member `prepared`: what is worked out for steps ahead and open ones, for people of the
 * house; absent when nothing is.
 */
void view_prepared(struct text *t, const struct sight *s, const struct actor *who);

/** One action somebody may take; with the form of its input where @forms. */
void view_action(struct text *t, const struct action *a, bool forms);

/** `reopened`: that the case was closed and goes on; `mayReopen`: grounds on which @who may. */
void view_reopened(struct text *t, const struct sight *s, const struct actor *who);

void view_title(struct text *t, const char *key, struct title title);

#endif
