/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CREDIT_H
#define API_CREDIT_H

#include "api/lookup.h"

/**
 * Reads when promises of the case's party were found broken in other cases, where its definition
 * asks for them and it is known who asks, into l->broken; then calls @then.
 */
void credit_read(struct lookup *l, void (*then)(struct lookup *l));

#endif
