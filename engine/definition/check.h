/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_CHECK_H
#define DEFINITION_CHECK_H

#include "definition/calendar.h"
#include "definition/definition.h"

/**
 * Checks that a workflow that could be compiled is sound (DESIGN 4 "Checked at
 * load"): what there is can be reached, can be left, ends, and is measured.
 * Adds what it finds to @problems, in the workflow's file.
 */
void check_workflow(const struct workflow *w, const struct calendar *calendar,
                    struct problems *problems);

#endif
