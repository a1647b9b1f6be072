/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_INBOX_H
#define API_INBOX_H

#include "api/app.h"
#include "runtime/inbox.h"

/**
 * What the data of a letter say: how the case is named, the message's name, its
 * input, the stay or step it is for.  ERROR_FORM_INVALID, ERROR_UNKNOWN_MEMBER.
 */
MUST_CHECK bool letter_read(const struct value *data, struct arrival *a, struct error *e);

#endif
