/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_DRAW_H
#define TESTS_MODEL_DRAW_H

#include "base/text.h"
#include "tests/support/chance.h"

/**
 * The text of a random definition; about every second one is sound, and only
 * definition_read() can tell.  Its form is {"n": integer, "flag": true or
 * false, "kind": "a" or "b", "on": date}.
 */
void draw_definition(struct chance *c, struct text *t);

#endif
