/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_OUTLET_H
#define DAEMON_OUTLET_H

#include <stdio.h>

#include "store/evidence.h"

enum { OUTLET_PATH = 4096 };

/** A file that gets its name when it is whole and on disk; nobody else may read it. */
struct outlet {
    const char *path; /* NULL: not wanted, and nothing is written */
    char part[OUTLET_PATH];
    FILE *f;
    struct error error; /* the first that went wrong while writing */
};

/** @path is borrowed; NULL opens nothing. */
MUST_CHECK bool outlet_open(struct outlet *o, const char *path, struct error *e);

/** Writes a line; takes memory from @a.  What goes wrong is told by outlet_close(). */
void outlet_put(struct outlet *o, struct arena *a, const struct evidence *line);

/** Gives it its name.  A file that has that name already is replaced. */
MUST_CHECK bool outlet_close(struct outlet *o, struct error *e);

/** Forgets it, unless it was closed. */
void outlet_drop(struct outlet *o);

#endif
