/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_ROUNDS_H
#define DAEMON_ROUNDS_H

#include "base/instant.h"

/** A thread of the daemon's that looks after something, and again every so often. */
struct rounds;

/** Calls @look at once, and @every after it has returned, in a thread of its own. */
struct rounds *rounds_start(span every, void (*look)(struct rounds *r, void *arg), void *arg);

/** Whether @look is to return soon.  On any thread. */
bool rounds_ended(struct rounds *r);

/** Waits for the thread to end.  @r may be NULL. */
void rounds_stop(struct rounds *r);

#endif
