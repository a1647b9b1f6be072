/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_VOIDS_H
#define MACHINE_VOIDS_H

#include "machine/deed.h"

/*
 * Certificates of other cases that hold no more by what is decided here: a
 * change of registration replaces the licence that an opening issued, a
 * cancellation revokes it.  They are of this case's party and in force, as the
 * command was told.  It is a fact of this case; the case that issued them hears
 * of it by a relay, "voided", and only that one changes what it has issued.
 * The shell sees to it that of two who decide it at once one succeeds
 * (store, table certificate_voids).
 */

/**
 * The certificate of kind @x->held that the party holds, the one numbered @wanted unless that is
 * VALUE_NULL, holds no more: it is @as, by the case's certificate @by (0: by none).  Where all
 * are revoked that is each.  One this case has voided before stays as it is.
 * @return its number; NULL when none is held and that does not matter, or the run has failed with
 *         ERROR_NOT_LOOKED_AT, ERROR_CERTIFICATE_NOT_HELD.
 */
const char *void_held(struct run *r, const struct effect *x, struct value wanted,
                      enum certificate_state as, int32_t by);

/** All that actions of @w replace or revoke, as it is for somebody who explores: he holds any. */
struct value held_by_anybody(struct arena *a, const struct workflow *w);

/** Another case has made certificate cmd->number void; input: {"as", "by", "until",
 * "reason"}, or "later" or "moved", what came in its place. */
bool hear_voided(struct deed *d, struct error *e);

/** What certificate FACT_ISSUED @f, or one it replaces, took the place of in another case; NULL. */
const char *issued_in_place_of(const struct case_state *c, const struct fact *f);

/**
 * What took the place of @x.number of another case is revoked, or has been replaced: that one hears
 * it, @x.later or @x.moved.
 */
void tell_predecessor(struct run *r, struct voiding x);

void apply_voided(struct case_state *c, const struct fact *f, struct arena *a);
bool voided_fits(const struct case_state *c, const struct fact *f);

struct value note_voided(struct arena *a, const struct case_state *c);
bool read_voided(struct arena *a, const struct value *n, struct case_state *c);

#endif
