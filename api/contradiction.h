/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CONTRADICTION_H
#define API_CONTRADICTION_H

#include "api/lookup.h"

/** What contradicts a move made by silence, from the records of the case; each may be unknown. */
struct contradiction {
    int64_t record, silence; /* that contradicts; by which silence left the step; 0 */
    instant happened, recorded, left;
    const char *by, *action, *step, *element, *material;
};

/** Finds l->contradiction where the case is contradicted, and calls @then; or answers. */
void contradiction_read(struct lookup *l, void (*then)(struct lookup *l));

#endif
