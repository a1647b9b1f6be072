/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_RETENTION_H
#define DAEMON_RETENTION_H

#include "base/settings.h"

/**
 * Removes closed cases when the time their definition says under `retain` is
 * over: first they are exported with an anchor to a file of retention.folder
 * that stands on disk, then what was exported, and nothing younger, is removed
 * in one transaction that waits for nobody.  A few cases at a time, in a thread
 * and on a connection of its own; one daemon of a database at a time.  Killed
 * anywhere it leaves at worst an archive of cases that are still there, and
 * exports them again.
 */
struct retention;

/** @settings must outlive it.  NULL, and a line in the log, when there is no folder. */
struct retention *retention_start(const struct settings *settings);

/** Ends what is under way and waits for the thread.  @r may be NULL. */
void retention_stop(struct retention *r);

#endif
