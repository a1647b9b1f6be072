/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_MANDATES_H
#define MACHINE_MANDATES_H

#include "machine/machine.h"

struct deed;

/*
 * Agents 帮办代办: who acts for the applicant, under a mandate that he has given, or that a window
 * has recorded with its document.  An agent is an account of the house whose role is `helper`, or
 * anybody with a query code of his own; who he is stands beside the case, not in it.
 *
 * Its scope is words: `act` (every action of the applicant's steps) or `act:ACTION`, `materials`
 * (hand in, send files), `results` (certificates), `withdraw`; without words it is all of that but
 * `withdraw`, which gives up the applicant's right and must be named.  Each lets him look;
 * `progress` lets him do nothing else.
 */

/** At most so many in one case, ended ones too. */
enum { MANDATES_MOST = 50 };

enum mandate_state {
    MANDATE_IN_FORCE,
    MANDATE_TO_COME,
    MANDATE_EXPIRED,
    MANDATE_REVOKED,
    MANDATE_CLOSED /* its case is */
};

/** What became of @m at @at; as of whatever moment where that is INSTANT_NONE. */
enum mandate_state mandate_state_at(const struct case_state *c, const struct mandate *m,
                                    instant at);
const char *mandate_state_name(enum mandate_state s);

struct mandate *case_mandate(const struct case_state *c, int32_t number); /* NULL: there is none */

/** The newest of that account of the house, in force or not; NULL. */
const struct mandate *mandate_of_account(const struct case_state *c, const char *account);

/** Whether it reaches to @word, and with `act` to action @id (NULL: to some). */
bool mandate_covers(const struct mandate *m, const char *word, const char *id);

/** The same at @at, in words.  ERROR_MANDATE_ENDED, ERROR_MANDATE_SCOPE. */
MUST_CHECK bool mandate_check(const struct case_state *c, const struct mandate *m, instant at,
                              const char *word, const char *id, struct error *e);

/**
 * The command's actor with the mandate, if one is in force at @at and reaches to this command; of
 * what happened earlier than that, if one was in force then, whether or not it has ended since.
 */
struct actor agent_for(const struct case_state *c, const struct command *cmd, instant at);

/** He may not, @e says.  If he is an agent whom no mandate lets give it at @at, it then says why.
 */
void mandate_why(const struct case_state *c, const struct command *cmd, instant at,
                 struct error *e);

/** Whether it was under a mandate that he could give it, in role @role. */
bool acts_as_agent(const struct command *cmd, const char *role);

/**
 * Whether the command is the opening of a case by a helper of the house in the applicant's place,
 * under the mandate it carries: where that one could open it himself, or helpers do.
 */
bool opens_as_agent(const struct workflow *w, const struct command *cmd);

bool decide_mandate(struct deed *d, struct error *e);

/** The mandate an opening carries, if it does: it is the case's first, and an agent acts under it.
 */
bool open_under_mandate(struct deed *d, struct error *e);
bool decide_revoke_mandate(struct deed *d, struct error *e);

void apply_mandate(struct case_state *c, const struct fact *f, instant at, struct arena *a);
bool mandate_fact_fits(const struct case_state *c, const struct fact *f);

/** A case that was closed goes on, and its mandates do not. */
void end_mandates(struct case_state *c, instant at);

struct value note_mandates(struct arena *a, const struct case_state *c);
bool read_mandates(struct arena *a, const struct value *n, struct case_state *c);

#endif
