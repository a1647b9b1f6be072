/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_TEST_CLOCK_H
#define STORE_TEST_CLOCK_H

#include "base/error.h"
#include "base/instant.h"

/**
 * Makes the database of @conninfo a test database, for ever: its time stands
 * at @start (INSTANT_NONE: at the present) until it is moved, see
 * /v1/test-clock.  Blocking, for the command line only.
 * @return false with ERROR_STORE_BUSY (no connection), ERROR_STORE_FAILED (the
 * schema is not there) or ERROR_USAGE: it has a test clock already, or ever
 * had a case.
 */
MUST_CHECK bool test_clock_make(const char *conninfo, instant start, struct error *e);

#endif
