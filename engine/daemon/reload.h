/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_RELOAD_H
#define DAEMON_RELOAD_H

#include "base/settings.h"
#include "definition/registry.h"

/** What the folder of the workflows held at one time.  Cases point into it as long as a worker
 * runs. */
struct world {
    struct arena arena;
    struct house house;
    const struct registry *registry;
    struct definition_files files; /* what the daemon begins with: those that were there */
    bool refused;                  /* what the folder held: it is what the database has */
    struct world *before;
};

/**
 * Reads the folder of the workflows; what is wrong is in @problems, which may name files as
 * long as the world is there.  Without a registry it is faulty, or empty.
 */
struct world *world_read(const struct settings *s, struct problems *problems)
    __attribute__((returns_nonnull));

/**
 * What a daemon begins with; what is wrong goes to the log.  Without a registry definitions are
 * faulty, which the database may have from before.  NULL: nothing can be done with it.
 */
struct world *world_read_first(const struct settings *s);

/** With all that came before it; NULL is none. */
void world_free(struct world *w);

/**
 * Holds a world against the gate (publish.h) in a thread of its own, so that the
 * main one goes on listening to signals and clerks notice nothing, and sends the
 * process RELOAD_ENDED then.
 */
struct reload;

#define RELOAD_ENDED SIGUSR1

/**
 * @first: what the daemon begins with, and keeps: it waits for the database as long
 * as that takes.  Where it is faulty or refused the daemon begins with what was
 * published last (published.h), as it goes on with it where a later world is.
 * Those are read there (NULL), and given up when the database is away.
 */
struct reload *reload_start(const struct settings *s, struct world *first);

/** Whether its thread has done its work. */
bool reload_ended(const struct reload *r);

/**
 * Has it end, and frees it.  NULL: @refused, for its files or by the gate, and the log says why,
 * or not asked to the end; of the first: and the database has nothing.
 */
struct world *reload_end(struct reload *r, bool *refused);

#endif
