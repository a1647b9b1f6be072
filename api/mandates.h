/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_MANDATES_H
#define API_MANDATES_H

#include "api/lookup.h"
#include "api/submit.h"

/* Agents of applicants, and the accounts that commands name. */

/**
 * Reads the member `mandate` of command @v, at @at, into @s: what the core is told, and who the
 * agent is, with a salt and a query code of his own.  After submission_case().
 */
MUST_CHECK bool mandate_take(struct submission *s, const struct value *v, const char *at,
                             struct error *e);

/** Reads who the agents of the case are, where it has any, and calls @then once; or answers. */
void mandates_read(struct lookup *l, void (*then)(struct lookup *l));

#endif
