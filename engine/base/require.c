/* SPDX-License-Identifier: Apache-2.0 */
/* How a bug ends the process. */
#include "base/require.h"

#include <stdio.h>
#include <stdlib.h>

void
require_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "onestop: %s:%d: must hold: %s\n", file, line, condition);
    abort();
}
