/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_SORTING_H
#define DEFINITION_SORTING_H

#include "definition/way.h"

/* What cases are sorted by; part of a compiled workflow (definition.h). */

/** A word cases can be found by; it means nothing to the engine. */
struct label_kind {
    const char *id;
    struct title title;
    const char *const *by; /* roles that set it; none: whoever has to do with the case */
    uint16_t n_by;
    uint32_t line;
};

/** A priority lane 绿色通道, 加急: its cases come first in worklists. */
struct priority_lane {
    const char *id;
    struct title title;
    const char *basis;     /* why there is one: the law or the promise */
    const char *const *by; /* roles that move a case into it and out of it */
    uint16_t n_by;
    const struct expression *when; /* at the opening it comes here by itself; NULL: it does not */
    uint32_t line;
};

#endif
