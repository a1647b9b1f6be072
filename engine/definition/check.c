/* SPDX-License-Identifier: Apache-2.0 */
/* Soundness of a compiled workflow: the checks, one after the other. */
#include "definition/check.h"

#include "definition/check_graph.h"

void
check_workflow(const struct workflow *w, const struct calendar *calendar, struct problems *problems)
{
    struct arena scratch = {0};
    struct check c = {.w = w, .calendar = calendar, .problems = problems, .scratch = &scratch};

    check_graph(&c);
    check_ways(&c);
    check_tables(&c);
    check_clocks(&c);
    check_limits(&c);
    check_notices(&c);
    arena_release(&scratch);
}
