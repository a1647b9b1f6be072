/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_EXPLORED_H
#define SUPPORT_EXPLORED_H

#include "machine/explore.h"
#include "tests/support/desk.h"

/* Nobody can act in `pit`, whose action asks for what never is. */
#define PIT                                                                                        \
    "'pit': {'by': 'window', 'actions': {'up': {'to': 'end', 'when': {'===': [{'var':"             \
    " ['case.never', false]}, true]}}}}, 'end': {'end': 'over'}"

/** Explores a definition given as to desk_define(), to its end. */
struct explored explored(const char *members);

/** The one thing that is found: being stuck in `pit`, by a scenario with @words in it. */
void found_by(const struct explored *x, const char *words);

#endif
