/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_PLAY_H
#define DAEMON_PLAY_H

#include "base/text.h"
#include "definition/registry.h"
#include "definition/scenario.h"
#include "machine/machine.h"

/**
 * Plays the scenario in @file on the core, in virtual time, against the
 * definition that stands beside it (WORKFLOW.json in the same folder).
 *
 * It is played twice: once with every alarm fired at its moment, once without
 * any, so that what came due is applied by the next command; both must tell the
 * same facts.  After every line the state is rebuilt from the records and must
 * be the one at hand.
 *
 * Appends a line to @report for whatever is not as expected:
 *     FILE:LINE: expected status accepted, but it is received
 * @return whether everything was.
 */
bool play_scenario(struct arena *a, const struct house *house, const char *file,
                   struct text *report);

/** Which command @verb is. */
enum command_kind play_kind(enum scenario_verb verb);

/** Reads the scenario in @file; what is wrong is appended to @report. */
bool play_read(struct arena *a, const char *file, struct scenario *out, struct text *report);

#endif
