/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_INTAKE_H
#define MACHINE_INTAKE_H

#include "machine/deed.h"

/*
 * Which district has the case: one hands it over to another 异地通办.
 */

/** A command of the house on a case that was handed over waits until that is accepted.
 * ERROR_NOT_TAKEN_OVER. */
bool check_taken_over(const struct case_state *c, const struct command *cmd, struct error *e);

/** To another district, with its number, clocks and materials; which accepts it, or gives it back.
 */
bool decide_handing(struct deed *d, struct error *e);

void apply_intake(struct case_state *c, const struct fact *f);
bool intake_fits(const struct case_state *c, const struct fact *f);

#endif
