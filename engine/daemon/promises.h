/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_PROMISES_H
#define DAEMON_PROMISES_H

#include "base/settings.h"

/**
 * Adds to the broken promises of enterprises those that a release of before their table wrote:
 * once over all cases after the start, a piece of the ids a second, in a thread and on a
 * connection of its own; one daemon of a database at a time.  Also a daemon that starts when
 * another is through goes over all: daemons of before may have run beside that one.  What is
 * there is left alone, so that it may be ended anywhere.
 */
struct promises;

/** @settings must outlive it. */
struct promises *promises_start(const struct settings *settings);

/** Waits for the thread.  @p may be NULL. */
void promises_stop(struct promises *p);

#endif
