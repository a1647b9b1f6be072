/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_ASK_H
#define DAEMON_ASK_H

#include "store/pipeline.h"

/**
 * A connection for subcommands, which ask one thing after the other and wait
 * for each answer.  The daemon never waits like this.
 */
struct asker;

/** Connects, for ten seconds at most.  NULL with ERROR_STORE_BUSY and why. */
struct asker *asker_open(const char *conninfo, const char *name, struct error *e);
void asker_close(struct asker *a);

/** Asks and waits; @answer (may be NULL) sees the result before it returns. */
MUST_CHECK bool asker_ask(struct asker *a, enum statement_id s, const struct parameters *parameters,
                          void (*answer)(void *arg, const PGresult *res), void *arg,
                          struct error *e);

#endif
