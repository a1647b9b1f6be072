/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_BALLOTS_H
#define API_BALLOTS_H

#include "api/lookup.h"
#include "machine/ballot.h"

/** Members of the ballot in @v that whoever may see it sees: step, moments, choices, rules. */
void ballots_put_head(struct text *t, const struct workflow *w, const struct visit *v);

#endif
