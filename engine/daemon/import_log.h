/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_IMPORT_LOG_H
#define DAEMON_IMPORT_LOG_H

#include "daemon/import_map.h"
#include "definition/registry.h"
#include "machine/machine.h"

/*
 * The history an older system wrote down, read whole and put in order: by case,
 * within a case by time, within a moment as the file has it.
 */

/** A row: somebody did something at a moment. */
struct import_row {
    uint32_t line;
    instant at;
    const char *action, *resource; /* resource: who did it; NULL */
    const char *case_id;
    const char *const *own; /* what the row says of its case, as the map's columns say it */
};

struct import_case {
    const char *id;
    const struct import_row *row; /* [n_row] */
    uint32_t n_row;
    instant opened, closed; /* closed: INSTANT_NONE while it is open */
    const char *party, *name;
    struct value form;
    const struct workflow *workflow; /* in force on the day of its opening */
    bool bad;                        /* something about it is wrong: it is left out whole */
};

struct import_log {
    struct arena *arena;
    const char *path;
    const struct import_map *map;
    struct import_case *item; /* by the line they begin on */
    uint32_t n;
    uint64_t rows, passed; /* rows of history; rows the map leaves out */
    uint64_t bad_rows, bad_cases;
    uint64_t lost; /* rows of which not even the case is known: then no case is known to be whole */
};

/**
 * Reads the log at @path.  Rows that are wrong are told on stderr, one line
 * each, "LOG:17: what", and their cases are marked bad.
 * @return false with ERROR_BAD_FILE when the file cannot be read or lacks a column.
 */
MUST_CHECK bool import_log_read(struct arena *a, const char *path, const struct import_map *m,
                                struct import_log *out, struct error *e);

/** Steps of a case's history: the opening, each row, and the closing where it is closed. */
uint32_t import_steps(const struct import_case *c);

/** Step @i as a command, and its moment.  @opening is used by the first. */
struct command import_command(const struct import_log *log, const struct import_case *c, uint32_t i,
                              const struct opening *opening, instant *at);

/** The line of the file that step @i comes from. */
uint32_t import_line(const struct import_case *c, uint32_t i);

/** Tells on stderr what is wrong with a row or a case. */
void import_complain(struct import_log *log, uint32_t line, const char *what, ...) PRINTF(3, 4);

/**
 * Plays every case on the core, and marks bad what would be refused: so that
 * nothing goes into the database half.
 */
void import_rehearse(struct import_log *log, const struct registry *r,
                     const struct calendar *calendar);

#endif
