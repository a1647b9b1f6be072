/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_CERTIFICATES_H
#define MACHINE_CERTIFICATES_H

#include "machine/machine.h"

/*
 * What a case issues 证照.  The core says what is issued, from when to when and
 * what it says; the shell makes a number of it and signs it.
 *
 * A certificate holds on the days from that of its issue to the last before
 * `until`.  A comprehensive one 综合许可 takes in what this case has issued of
 * its parts and is in force, and ends no later than the first of them; when one
 * of them is revoked it is part-revoked, and a new one takes in the rest (machine/wholes.h).
 *
 * Nothing is issued to somebody who only says who he is.  A person who would
 * do it is told to look first; what follows without one, by time, by a message
 * or at the opening, is withheld, and issued when somebody has looked.
 */

/** Certificates of one case; a definition that issues more is at fault. */
enum { CERTIFICATES_MOST = 900 };

/** "in-force", "revoked", "replaced", "part-revoked" */
const char *certificate_state_name(enum certificate_state s);

/** The state FACT_DISCARDED's name says; CERTIFICATE_IN_FORCE when it is no such name. */
enum certificate_state discarded_as(const char *name);

/** Whether it was revoked or replaced: nothing becomes of it any more. */
bool certificate_is_discarded(const struct certificate *x);

/** Whether its time is over at @now. */
bool certificate_expired(const struct certificate *x, instant now);

/* What is to be issued once somebody has looked who asks. */
/** Of FACT_ISSUED, FACT_DISCARDED, FACT_SUCCEEDED and FACT_SHORTENED. */
void apply_certificate(struct case_state *c, const struct fact *f, instant at, struct arena *a);

void apply_withheld(struct case_state *c, const struct fact *f, struct arena *a);
struct value note_withheld(struct arena *a, const struct workflow *w, const struct case_state *c);
bool read_withheld(struct arena *a, const struct workflow *w, const struct value *n,
                   struct case_state *c);

/* Of stored states and facts: fits.h. */
bool certificates_fit(const struct case_state *c);
bool certificate_fits(const struct case_state *c, const struct fact *f);
bool withheld_fits(const struct case_state *c, const struct fact *f);

#endif
