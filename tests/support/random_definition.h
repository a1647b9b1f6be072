/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_RANDOM_DEFINITION_H
#define TESTS_SUPPORT_RANDOM_DEFINITION_H

#include "definition/definition.h"
#include "tests/support/chance.h"

/**
 * A definition nobody would write: regions in regions, steps of every kind,
 * ways from anywhere to wherever the language lets them go.  It can be
 * understood (definition_restore()), but is rarely sound.
 */
const struct workflow *random_definition(struct arena *a, struct chance *c);

#endif
