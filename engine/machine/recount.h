/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_RECOUNT_H
#define MACHINE_RECOUNT_H

#include "machine/case.h"

/**
 * How many running clocks of @c, stays with periods to come, and materials
 * with a deadline count by another version than their hall's calendar has now:
 * those that COMMAND_RECOUNT takes to it.
 */
uint32_t case_recounts(const struct workflow *w, const struct case_state *c,
                       const struct calendar *calendar);

#endif
