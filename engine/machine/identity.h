/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_IDENTITY_H
#define MACHINE_IDENTITY_H

#include "machine/deed.h"

/*
 * Who asks 申请人身份.  Who opens a case without an account says himself who he
 * is; until somebody of the house has looked, that is claimed, and nothing is
 * known of the enterprise he names by this case, nor he of it.
 */

/** Whether it is known who asks, also by who says beside what he does that he has looked. */
bool identity_is_known(const struct run *r);

/** At the opening: whether he only says so. */
void claim_identity(struct run *r);

/** ERROR_ALREADY_IDENTIFIED when it was recorded who looked, ERROR_DOCUMENT_MISSING. */
bool check_identifiable(const struct deed *d, const char *document, struct error *e);

/**
 * Somebody of the house, @by, has looked at @document: what the party holds need not be asked
 * for, what waited for it is issued, and the cases this one has opened are told.
 */
void identify(struct run *r, const char *by, const char *document);

/** Tells @child, which has come after somebody looked. */
void identify_newborn(struct run *r, const struct child *child);

/** The parent case says that somebody has looked there. */
bool hear_identified(struct deed *d, struct error *e);

/** Who may open such cases may, and who leads: in which role; NULL: he may not. */
const char *identify_role(const struct workflow *w, const char *district, const struct actor *who);

bool decide_identify(struct deed *d, struct error *e);

void apply_identity(struct case_state *c, const struct fact *f, instant at);
bool identity_fits(const struct case_state *c, const struct fact *f);

struct value note_identity(struct arena *a, const struct identity *x);
bool read_identity(const struct value *n, struct identity *x); /* NULL: before a clerk */

#endif
