/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_SIGN_H
#define MACHINE_SIGN_H

#include "machine/deed.h"

/*
 * Actions that several persons sign (DESIGN 4 `signers`).  Each signature is a
 * command and a fact; what is signed is the input, which the first one brings;
 * the action happens with the last.
 */

/** Whether @cmd signs @a rather than takes it: past cases are brought in whole. */
bool is_signed(const struct action *a, const struct case_state *c, const struct command *cmd);

/** What the first signature under @action in @v says; NULL: there is none yet. */
const struct signature *first_signature(const struct visit *v, const char *action);

/**
 * Adds the actor's signature under @a in visit @id; *@last tells that it was the last one.
 * @return false with ERROR_SAME_PERSON, ERROR_ACTION_NOT_ALLOWED or ERROR_FORM_INVALID.
 */
MUST_CHECK bool sign(struct deed *d, int32_t id, const struct action *a, bool *last,
                     struct error *e);

/** Applies FACT_SIGNED; takes one back (FACT_ANNULLED); drops those under what happened (ACTED). */
void apply_signed(struct case_state *c, const struct fact *f, struct arena *a);
void unsign(struct visit *v, const char *action, const char *by, struct arena *a);
void drop_signatures(struct visit *v, const char *action, struct arena *a);

/** Whether @by has signed @action in @v. */
bool has_signed(const struct visit *v, const char *action, const char *by);

/** Who signed @action in @v: an array of texts; VALUE_NULL: nobody. */
struct value signatories(struct arena *a, const struct visit *v, const char *action);

/** Whether FACT_SIGNED fits, and the signatures of a visit. */
bool signed_fits(const struct workflow *w, const struct case_state *c, const struct fact *f);
bool signatures_fit(const struct workflow *w, const struct visit *v);

struct value note_signatures(struct arena *a, const struct visit *v);
bool read_signatures(struct arena *a, const struct value *list, struct visit *v);

#endif
