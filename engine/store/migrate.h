/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/instant.h"

/**
 * Brings the schema of a database up to date: numbered files, forward only.
 *
 * schema/NNNN_words.sql are applied in order, each in a transaction of its own
 * together with its row in `schema_versions` (number, name, SHA-256).  A file
 * that was edited after it was applied, a gap in the numbers, or a version the
 * files do not know is refused before anything is changed.  Two runs at once
 * wait for each other.
 *
 * Blocking, for the start and the command line only.
 */
struct migration {
    int number;       /* 1, 2, 3, … without a gap */
    const char *name; /* "0001_cases.sql" */
    const char *sql;
    char digest[65]; /* SHA-256 of the file, hex */
    bool applied;    /* in the database asked last */
};

struct migrations {
    struct migration *item;
    size_t n;
    size_t n_applied;
};

/** Reads the files of @dir into @a.  ERROR_BAD_FILE when they are not 0001, 0002, … */
MUST_CHECK bool migrations_read(struct arena *a, const char *dir, struct migrations *m,
                                struct error *e);

/** Called before a file is applied (@took < 0) and after it. */
typedef void (*migration_fn)(void *owner, const struct migration *m, span took);

/**
 * Asks the database which of @m are applied; with @tell not NULL applies the
 * others and tells about each.  @conninfo as libpq has it, "" for the PG*
 * variables.
 * @return false with ERROR_STORE_BUSY (no connection, or another run holds the
 * lock for a minute), ERROR_BAD_FILE (edited, missing), ERROR_STORE_FAILED (the
 * detail names file, line and what the database said; nothing of that file
 * remains).
 */
MUST_CHECK bool migrations_ask(const char *conninfo, struct migrations *m, struct error *e);
MUST_CHECK bool migrations_apply(const char *conninfo, struct migrations *m, migration_fn tell,
                                 void *owner, struct error *e);

#endif
