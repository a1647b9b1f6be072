/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_DUE_H
#define MACHINE_DUE_H

#include "machine/flow.h"

/**
 * Applies everything of the case that came due before the setting's now, in
 * order of moment, each at its own moment and as a record of its own (DESIGN
 * 6).  At one instant: timers that move, then clocks by name, then reminders
 * (K12).  "Before": an action at exactly the due instant is on time.
 */
void catch_up(struct run *r);

/* decide.c: closes the record being written; @cmd is NULL for what came due. */
void finish_record(struct run *r, const struct command *cmd, const char *role);

#endif
