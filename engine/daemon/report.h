/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_REPORT_H
#define DAEMON_REPORT_H

#include <stdio.h>

#include "definition/problem.h"

/** A line for each problem: FILE:LINE: NUMBER what is wrong; below it the example, if it has one.
 */
void report_print(FILE *to, const struct problems *problems);

/** The same to the log. */
void report_log(const struct problems *problems);

#endif
