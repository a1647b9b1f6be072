/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include "base/instant.h"

/**
 * Tells systemd how the daemon is: one datagram to $NOTIFY_SOCKET, nothing
 * when there is none.  @state as sd_notify(3) has it: "READY=1", "STOPPING=1",
 * "WATCHDOG=1", "STATUS=…".  Never blocks; a lost word is not an error.
 */
void notify(const char *state);

/**
 * Asks systemd for another minute to start in, unless it was asked less than
 * ten seconds ago.  @asked is the caller's to keep, INSTANT_NONE at first; @now
 * is of the clock that is never set.
 */
void notify_starting(instant *asked, instant now);

/** How often to say WATCHDOG=1: half of what systemd allows; 0 when it does not watch us. */
span notify_interval(void);

#endif
