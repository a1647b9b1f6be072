/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_WIRES_H
#define TESTS_SUPPORT_WIRES_H

#include "api/picture/plan.h"

/** Whether two wires lie upon each other for more than a point. */
bool wires_run_together(const struct wire *v, const struct wire *w);

#endif
