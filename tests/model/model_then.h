/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_MODEL_THEN_H
#define TESTS_MODEL_MODEL_THEN_H

#include "tests/model/model.h"

/* What was done, from the opening on, and what the case was after it. */
struct done_before {
    const struct model *after;
    instant now, happened; /* INSTANT_NONE: as it was recorded */
    bool takes_back;
};

struct lookback {
    const struct done_before *done;
    uint32_t n;
};

/** Whether @when held at @then, of case @m as it is now; false with *why, also where none can tell.
 */
bool model_held(struct model *m, const struct value *when, instant then,
                const struct lookback *back, enum error_code *why);

#endif
