/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_SERVE_H
#define DAEMON_SERVE_H

#include "base/settings.h"

/**
 * Runs the daemon until SIGINT or SIGTERM: listens, drops root, starts the
 * workers, says READY, drains at the end.  SIGHUP reads the workflows anew.
 * @return the exit code.
 */
int serve(struct arena *a, const struct settings *settings);

#endif
