/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_SCENARIO_TEXT_H
#define SUPPORT_SCENARIO_TEXT_H

#include "definition/scenario.h"

#define HEAD "workflow w\ndistrict 371502\nform {\"a\": 1}\n"

/* What was read last, and what was said of it. */
extern struct arena arena;
extern struct scenario scenario;
extern struct error why;

bool reads(const char *text);
/** It is not understood, and @detail is said of it. */
void assert_refused(const char *text, const char *detail);
const struct scenario_line *line(size_t i);
instant moment(const char *text);
/** cmocka's, of a group. */
int release(void **state);

#endif
