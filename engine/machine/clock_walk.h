/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_CLOCK_WALK_H
#define MACHINE_CLOCK_WALK_H

#include "machine/clock.h"

/*
 * What clock.c and clock_explain.c share: the ways of walking through time.
 * An answer and its explanation come from the same walk, so they cannot differ.
 */

/** Later than every instant, and yet sums with it do not overflow. */
#define FOREVER (INT64_MAX / 4)

/**
 * The stops of a course as disjoint intervals in ascending order.  Each keeps
 * the ground it is named by; those that touch are one where it matters.
 * Questions must be asked in ascending order of time.
 */
struct walk {
    const struct stand *piece;
    size_t n, at;
};

/** @resumed: when stops not resumed yet end, at the earliest; FOREVER: never. */
struct walk walk_begin(struct arena *a, const struct course *course, instant resumed);

/** What the clock stands by at @t, or NULL when it runs: at the ends of an interval it does. */
const struct stand *walk_stand(struct walk *w, instant t);

/** The first interval that is not over at @t (its end is after @t), or NULL. */
const struct stand *walk_piece(struct walk *w, instant t);

/** A stretch of the clock's own time in which it only runs (@by NULL) or only stands. */
struct slice {
    instant from, to;
    const struct stand *by;
};

/** All of the clock's own time from some moment on, without end. */
struct slices {
    const struct counting *counting;
    struct walk walk;
    bool service; /* within opening hours only */
    instant at;   /* where the next slice begins, at the earliest */
    instant shut; /* end of the open stretch that `at` lies in */
    day d;        /* the day of that stretch, and how many of its stretches are behind */
    int behind;
};

struct slices slices_begin(const struct counting *c, instant start, struct walk w);
struct slice slices_next(struct slices *s);

/** Goes on at @to, or where it is when that is later. */
void slices_skip(struct slices *s, instant to);

/** What a day is to a clock that counts days. */
struct day_row {
    instant closing; /* the moment that decides */
    bool working;
    bool counts;            /* of the unit's kind, and the clock runs at its close */
    const struct stand *by; /* what it stands by at its close, or NULL */
};

/** Ascending days only; the start day is for the caller to leave out. */
struct day_row day_judge(const struct counting *c, struct walk *w, day d);

/** The end of a day: of the hall's hours, or 24:00 on a day off and for the applicant. */
instant day_closing(const struct counting *c, day d);

/** A day before which no day closes unless within @by, which holds at the close of @d; not before
 * @d. */
day day_skip(day d, const struct stand *by);

/** What a clock runs towards: limit and extension together. */
enum goal_kind {
    GOAL_TIME,   /* `need` of its own time */
    GOAL_DAYS,   /* `n` days that count */
    GOAL_DAY,    /* `last`, or the working day it rolls to */
    GOAL_INSTANT /* `at`, or when it is resumed */
};
struct goal {
    enum goal_kind kind;
    span need;
    int32_t n;
    day last;
    instant at;
};
struct goal goal_of(const struct counting *c, instant start);

/** The corresponding day @months after @d (before it when negative), or its month's end. */
day day_corresponding(day d, int32_t months);

#endif
