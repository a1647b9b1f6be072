/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_VERSION_H
#define DAEMON_VERSION_H

/** The release, as `onestop --version` prints it. */
#define ONESTOP_VERSION "0.1.0"

#endif
