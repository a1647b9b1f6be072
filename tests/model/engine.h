/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_ENGINE_H
#define TESTS_MODEL_ENGINE_H

#include "machine/machine.h"

/** What can be seen of the engine's case after @o, as model_show() writes of the model's. */
const char *engine_show(const struct workflow *w, const struct case_state *c,
                        const struct outcome *o, bool cards, struct arena *a);

#endif
