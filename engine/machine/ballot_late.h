/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_BALLOT_LATE_H
#define MACHINE_BALLOT_LATE_H

#include "machine/ballot.h"
#include "machine/deed.h"

/**
 * Whether the vote of who stands at @place counts, beside those he has cast: with `replace` when it
 * came last, else when it came first.  ERROR_VOTED.
 */
bool vote_counts(struct deed *d, const struct ballot *b, int32_t visit, int32_t place,
                 bool has_voted, struct error *e);

/** The ballot that was open when the command says that the vote came, and has been counted since.
 */
bool find_closed_ballot(struct deed *d, struct stay *out);
/** Accepts such a vote into the facts; it moves nothing. */
bool contradict_count(struct deed *d, const struct stay *s, struct error *e);

#endif
