/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_DIGEST_H
#define DEFINITION_DIGEST_H

#include "base/value.h"

enum { DIGEST_TEXT = 65 };

/** SHA-256 of @bytes as 64 lower-case hex digits and a NUL. */
void digest_text(const void *bytes, size_t len, char hex[DIGEST_TEXT]);

/** SHA-256 of the canonical JSON (RFC 8785) of @v. */
void digest_value(const struct value *v, char hex[DIGEST_TEXT]);

#endif
