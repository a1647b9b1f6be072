/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_PROGRESS_H
#define DAEMON_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

/**
 * How far a long command is, on stderr: a bar that is drawn anew on a
 * terminal, else one line every 10 seconds.  Counts, rate and time left.
 *
 *     struct progress p;
 *     progress_begin(&p, "import", total);      total 0: not known
 *     progress_step(&p, done);                  as often as you like: cheap
 *     progress_end(&p);
 */
struct progress {
    const char *what; /* borrowed */
    int64_t total, done;
    instant began, shown; /* by the monotonic clock */
    bool terminal;
};

void progress_begin(struct progress *p, const char *what, int64_t total);
void progress_step(struct progress *p, int64_t done);
void progress_end(struct progress *p);

/** True when colours may be used on descriptor @fd: a terminal, no NO_COLOR, no dumb TERM. */
bool terminal_has_colour(int fd);

#endif
