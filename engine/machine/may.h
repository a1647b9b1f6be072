/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_MAY_H
#define MACHINE_MAY_H

#include "machine/machine.h"

/**
 * In which role may @who act in step @s of a case in @district?  NULL: he may
 * not.  A window may act for the applicant and for anybody; the role `import`
 * brings in what others did elsewhere.
 */
const char *step_role(const struct workflow *w, const struct step *s, const char *district,
                      const struct actor *who);

/** Does he hold @role, and does his district include @district? */
bool actor_is(const struct actor *who, const char *role, const char *district);

#endif
