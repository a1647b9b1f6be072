/* SPDX-License-Identifier: Apache-2.0 */
/* Soundness of a compiled workflow. */
#include "definition/check.h"

void
check_workflow(const struct workflow *w, const struct calendar *calendar, struct problems *problems)
{
    (void)w;
    (void)calendar;
    (void)problems;
}
