/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_RETRACE_H
#define MACHINE_RETRACE_H

#include "machine/flow.h"

/*
 * A case once more, record by record: as it was then, not only what was active (history.h).  Of a
 * case that was moved to another version it begins with what it came to.
 */
struct retrace {
    const struct run *r;
    struct case_state *c; /* after `done` records */
    int64_t done;
};

MUST_CHECK bool retrace_begin(const struct run *r, struct retrace *x, struct error *e);

/** Whether there are more records, those of what came due just now included. */
bool retrace_goes_on(const struct retrace *x);

/**
 * Whether the next one is of @t or before, as it was recorded.  What came due at @t is not: at one
 * instant people come before time.
 */
bool retrace_by(const struct retrace *x, instant t);

/** Whether the next one says what happened at @t or before, or takes back. */
bool retrace_learns(const struct retrace *x, instant t);

/** Applies the next one. */
MUST_CHECK bool retrace_next(struct retrace *x, struct error *e);

/** The case right before record @number. */
MUST_CHECK bool retrace_before(const struct run *r, int64_t number, struct case_state **out,
                               struct error *e);

#endif
