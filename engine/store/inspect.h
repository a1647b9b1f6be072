/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_INSPECT_H
#define STORE_INSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/instant.h"

/** What `onestop doctor` wants to know of a database. */
struct database_state {
    int version; /* 150020 is 15.20 */
    bool fsync, full_page_writes, synchronous_commit, checksums, utf8;
    bool checks_clients; /* client_connection_check_interval is set */
    bool superuser;      /* of the role we are */
    bool standby;
    int64_t max_connections;
    span ahead;  /* its clock minus ours */
    span unsure; /* half the round trip: what `ahead` may be off by */
};

/**
 * Connects (blocking, at most 10 s), asks, disconnects.
 * @return false with ERROR_STORE_BUSY when it does not answer.
 */
MUST_CHECK bool database_inspect(const char *conninfo, struct database_state *out, struct error *e);

#endif
