/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_OUTBOX_H
#define API_OUTBOX_H

#include "api/app.h"

/** The member "reason" of a checked body; ERROR_REASON_MISSING when it is empty. */
MUST_CHECK bool reason_read(const struct value *body, const char **out, struct error *e);

#endif
