/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CONTRACT_H
#define API_CONTRACT_H

#include <stddef.h>

/** api/openapi.yaml as JSON in UTF-8, made at build; NUL-terminated, and openapi_json_len
 * bytes without the NUL. */
extern const char openapi_json[];
extern const size_t openapi_json_len;

#endif
