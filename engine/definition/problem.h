/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_PROBLEM_H
#define DEFINITION_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/** What can be wrong, by its stable number (problems.def). */
enum problem_number {
#define PROBLEM(name, number, warning, short_name, mend) PROBLEM_##name = number,
#include "definition/problems.def"
#undef PROBLEM
};

/** Something wrong, or doubtful, in a definition. */
struct problem {
    int number;       /* an enum problem_number; stable */
    bool warning;     /* doubtful only: the definition is accepted */
    const char *file; /* may be NULL */
    uint32_t line;
    const char *pointer; /* JSON pointer into the file */
    const char *text;    /* what is wrong and how to mend it, English */
    const char *example; /* a scenario (.case) that shows it; NULL */
};

/**
 * Where what a fragment brought was written: a line of what is expanded is
 * that of its file, below ORIGIN_LINES, plus ORIGIN_LINES times the number of
 * its origin, from 1; without an origin it is the definition's own.
 */
struct origin {
    const char *file; /* the fragment's */
    const char *id;
    uint32_t use; /* line of the use, itself with its origin; 0: an overlay's file */
};
enum { ORIGIN_LINES = 1 << 20, ORIGINS_MOST = 1000 };

/** Those found so far, in the order of finding.  `{.arena = a}` is none yet. */
struct problems {
    struct arena *arena; /* what the problems live in */
    struct problem *item;
    size_t n;
    size_t n_error;              /* those that are no warnings */
    const struct origin *origin; /* of the definition now being looked at; NULL: no fragments */
    uint32_t n_origin;
};

/** Where a problem is; borrowed for the call. */
struct spot {
    const char *file; /* must outlive the problems; may be NULL */
    uint32_t line;
    const char *pointer;
};

/**
 * Adds a problem.  @what says what is wrong, in English without a full stop;
 * how to mend it is added from problems.def.  What a fragment brought is told
 * with the fragment's file and line, and where it was used.
 */
void problem_add(struct problems *p, enum problem_number number, struct spot spot, const char *what,
                 ...) PRINTF(4, 5);

/** Sorts by file, line and number, so that a report does not depend on the order of checks. */
void problems_sort(struct problems *p);

/** What problems.def says of one number. */
struct problem_kind {
    int number;
    bool warning;
    const char *name; /* "unknown-key" */
    const char *mend; /* "": each problem says it itself */
};

/** The @i-th kind, from 0 in the order of problems.def; NULL behind the last. */
const struct problem_kind *problem_kind(size_t i);

/** The kind of that number, or NULL. */
const struct problem_kind *problem_kind_of(int number);

#endif
