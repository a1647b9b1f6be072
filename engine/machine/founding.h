/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_FOUNDING_H
#define MACHINE_FOUNDING_H

#include "machine/case.h"

struct run;

/*
 * Procedures that bring an enterprise into being 设立.  The name `founds` says is
 * set to its credit code; from then on the case is that enterprise's, too.
 */

/** The credit code of the enterprise that this case, of @w, has brought into being; NULL: none. */
const char *case_founded(const struct workflow *w, const struct case_state *c);

/** `set` of @name to @v; what is to be the new credit code and is none fails the run. */
void write_name(struct run *r, const char *name, struct value v);

#endif
