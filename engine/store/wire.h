/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_WIRE_H
#define STORE_WIRE_H

#include "base/instant.h"

/** PostgreSQL counts its microseconds from 2000-01-01T00:00:00Z. */
#define WIRE_EPOCH (INT64_C(946684800) * SPAN_SECOND)

#endif
