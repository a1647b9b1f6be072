/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_BALLOT_H
#define MACHINE_BALLOT_H

#include "machine/machine.h"

struct run;
struct deed;

/*
 * Ballots 表决: creditors' meetings and the like.
 *
 * Who may vote, with what weight and in which group, is a list in the form; it
 * is fixed when the ballot opens and cannot change until it is counted.  Each
 * voter has one effective vote.  At the closing instant, a vote at that very
 * moment included, the votes are counted and the result's arms are asked, over
 * `tally`; all numbers are integers, so that shares are compared by
 * multiplication.
 * @source 企业破产法 64, 82, 84, 97; 最高法 企业破产法解释(三) 11, 12; plan 91 and following
 */

enum { VOTERS_MOST = 2000 };

/** Opens the ballot of the stay @visit; fails the run when the roll is none. */
void open_ballot(struct run *r, const struct step *s, int32_t visit);

/** Counts it, and says where its result leads. */
struct target close_ballot(struct run *r, int32_t visit);

/**
 * The voting code of @voter in the ballot with @key: ten characters without
 * I, L, O and U.  Whoever keeps the ballot hands it to him.
 */
char *ballot_code(struct arena *a, const char *key, const char *voter);

/** Whether code @is was @said, in time that does not tell how much of it is right. */
bool ballot_code_is(const char *is, const char *said);

/** The roll of the ballot step @s as the form has it; NULL when it is none. */
const struct value *ballot_roll(const struct step *s, const struct case_state *c);

/** ERROR_ACTION_NOT_ALLOWED unless @id can be voted for. */
MUST_CHECK bool ballot_choice(const struct ballot *b, const char *id, struct error *e);

/** The place of @voter on it, from 0; -1: none. */
int32_t ballot_place(const struct step *s, const struct case_state *c, const char *voter);

/** Counts in @v, which comes back, the vote by which FACT_CONTRADICTED contradicts its count. */
void cast_late(const struct workflow *w, struct visit *v, const struct fact *f, struct arena *a);

/** What stands of @member for the voter @v of a roll; @otherwise when the ballot has none. */
int64_t ballot_weight(const struct ballot *b, const struct value *v);

/** ERROR_GUARD_FAILED when the roll of an open ballot is no longer what it was. */
MUST_CHECK bool rolls_stand(const struct workflow *w, const struct case_state *c, struct error *e);

/** COMMAND_VOTE. */
bool decide_vote(struct deed *d, struct error *e);

/** FACT_BALLOT, FACT_VOTED, FACT_TALLIED. */
void apply_ballot(const struct workflow *w, struct case_state *c, const struct fact *f,
                  struct arena *a);
bool ballot_fits(const struct workflow *w, const struct case_state *c, const struct fact *f);

/** Whether an active step's votes are those of a ballot, and of no other step. */
bool votes_fit(const struct step *s, const struct visit *v);

#endif
