/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_PUBLISH_H
#define DAEMON_PUBLISH_H

#include "definition/registry.h"

/**
 * Before versions that are new are published: plays the scenarios that stand
 * beside them (ID*.case of ID.json) on the calendar of this hall, and logs what
 * is not as expected.  Versions that @was has already are not asked again.
 * @return whether everything was as expected.
 */
bool publish_check(const struct house *house, const struct registry *was,
                   const struct registry *is);

#endif
