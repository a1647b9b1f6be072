/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_OUTAGES_H
#define TESTS_SUPPORT_OUTAGES_H

#include "tests/support/desk.h"

/**
 * An open case: a step for the window and one for the applicant, in minutes, and a clock around
 * both in days.
 */
void desk_counter(void);

/** The hall's outage @number, as a supervisor says it. */
struct command desk_outage(int32_t number, const char *from, const char *until);

/** It comes to the case. */
void desk_suffer(int32_t number, const char *from, const char *until);

/** Who held clock @rule, in words; they follow one another without gap, from start to end. */
const char *desk_held(const char *rule);

#endif
