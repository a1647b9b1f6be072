/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_PUBLISHED_H
#define DAEMON_PUBLISHED_H

#include "base/settings.h"
#include "definition/registry.h"

/**
 * The versions that the database has of the procedures for which there is one of @files, whatever
 * it holds: what was published last, as a refused reload leaves it.  A procedure that was taken
 * away is not among them.  In @a.
 * @return false with @e: the database does not answer.
 */
MUST_CHECK bool published_read(const struct settings *s, const struct definition_files *files,
                               struct arena *a, const struct registry **out, struct error *e);

#endif
