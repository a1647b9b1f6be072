/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_FITS_H
#define MACHINE_FITS_H

#include "machine/machine.h"

/*
 * Whether what was stored hangs together.  The core takes a state and facts at
 * their word; a damaged or foreign row is found here, before it does.
 */

/** Every part of @c belongs to an active step around it, and to @w. */
bool case_fits(const struct workflow *w, const struct case_state *c);

/** machine_apply() may be called with @f on @c. */
bool fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f,
               struct arena *a);

/** Whether @f, as it follows from a command, can be stored and read back: else nobody is told yes.
 */
bool fact_can_be_kept(const struct workflow *w, const struct case_state *c, const struct fact *f,
                      struct arena *a);

#endif
