/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_DIFF_H
#define API_DIFF_H

#include "definition/definition.h"

/**
 * Appends what @to changes against @from, two versions of one workflow, as JSON
 * (schema WorkflowDiff).  Pure.  @return false with ERROR_BAD_JSON when a text is
 * damaged.
 */
MUST_CHECK bool diff_write(struct text *t, const struct workflow *from, const struct workflow *to,
                           struct error *e);

#endif
