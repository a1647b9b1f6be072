/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_IMPORT_MAP_H
#define DAEMON_IMPORT_MAP_H

#include "definition/definition.h"

/*
 * How a log of an older system is read: which column says what, and which
 * action an activity is.  The form is in import.md.
 */

enum import_kind { IMPORT_TEXT, IMPORT_INTEGER, IMPORT_BOOLEAN, IMPORT_DATE, IMPORT_MOMENT };

/** A field of the case's form. */
struct import_field {
    const char *name;
    const char *column;
    enum import_kind kind;
};

/** Only rows whose column says this are history. */
struct import_filter {
    const char *column, *value;
};

struct import_map {
    const char *source; /* the log's own name: what makes its cases known again */
    const char *workflow, *district;
    const char *kind;                             /* of applicant; NULL */
    const char *case_id, *activity, *time;        /* columns */
    const char *resource, *opened, *party, *name; /* columns; NULL: the log has none */
    const char *closed, *close;                   /* column and action; NULL: it has none */
    span offset;                                  /* east of UTC, of times without one */
    const struct import_field *field;
    uint32_t n_field;
    const struct import_filter *filter;
    uint32_t n_filter;
    struct value activities; /* object: activity -> id of an action, or null: left out */
};

/** Reads the file @path.  ERROR_BAD_FILE names the member that is wrong. */
MUST_CHECK bool import_map_read(struct arena *a, const char *path, struct import_map *out,
                                struct error *e);

/** Has the workflow all its actions?  ERROR_BAD_FILE names the one it has not. */
MUST_CHECK bool import_map_fits(const struct import_map *m, const struct workflow *w,
                                struct error *e);

/**
 * Reads a moment as logs write it: RFC 3339, the T perhaps a blank, the
 * seconds and the offset perhaps missing.
 */
MUST_CHECK bool import_read_moment(const struct import_map *m, const char *text, instant *out);

#endif
