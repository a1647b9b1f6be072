/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_GROUND_H
#define TESTS_SUPPORT_GROUND_H

#include "tests/support/walk.h"

/** The definitions that are walked, loaded once for a test program. */
extern struct walk_ground ground;

/** What a test makes; it may reset it. */
extern struct arena scratch;

/** cmocka's setup and teardown of a group that needs no more. */
int ground_set_up(void **state);
int ground_tear_down(void **state);

/** How often @what stands in @text. */
uint32_t text_times(const char *text, const char *what);

#endif
