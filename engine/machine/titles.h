/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_TITLES_H
#define MACHINE_TITLES_H

#include "definition/organisation.h"
#include "definition/way.h"

struct workflow;

/*
 * What people call the things that clocks name by their ids.  What nobody has given a title is
 * called by its id.
 */

/** A ground of @w (NULL: of none), an outage, or that a department's clock is not its turn. */
struct title ground_title(const struct workflow *w, const char *ground);

/** Who holds a clock: a department or system of @o (NULL: none is known), applicant, public. */
struct title holder_title(const struct organisation *o, const char *name);

#endif
