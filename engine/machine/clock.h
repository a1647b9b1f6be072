/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_CLOCK_H
#define MACHINE_CLOCK_H

#include "base/text.h"
#include "definition/calendar.h"
#include "definition/limit.h"

struct organisation;
struct workflow;

/*
 * The one date function (DESIGN 5, K4).  Everything here is a pure function of
 * facts, calendar and now: nothing is remembered, so a fact learned late, an
 * extension or a new calendar version changes the answer by being an argument.
 *
 * How days are counted.  The start day, working or not, is not counted.  A
 * later day counts when it is of the unit's kind and the clock runs at that
 * day's closing time: the end of the hall's hours on a working day, 24:00 on a
 * day off and always for the applicant's own periods.  The last day is the N-th
 * that counts; when it is a day off it rolls, once, to the next working day at
 * whose close the clock runs.
 *
 * Months and years end on the corresponding day (31 January + 1 month is the
 * end of February).  So that stops can move them, such a period is as many
 * calendar days as lie between the start day and the corresponding day, and
 * those are counted like any days: without a stop both readings agree.
 *
 * Minutes and hours count service time, or all time when `continuous`, from
 * the start itself; the due instant is the earliest at which the time counted
 * reaches the limit (11:40 + 20 minutes is 12:00, not 13:00).
 *
 * A date (UNIT_DATE) is not counted towards: when limit.date is 00:00 it means
 * that the day before is the last day, which closes and rolls as above
 * (clock_date()); any other instant is due exactly then, or, when the clock
 * stands at that moment, when it is resumed.
 *
 * How it stands.  Stops are a union, never a sum.  An interval ends where it
 * begins to count again: at its very first and very last instant the clock
 * runs, so that a stop from closing to opening, or one that ends at closing
 * time, costs nothing (K5).  Two that touch are one.
 *
 * @source  民法典 200-204, 行政许可法 45 and 82
 */

/**
 * One interval in which the clock stands, for a reason.  Intervals may overlap
 * and come in any order; an empty or reversed one is none.
 */
struct stand {
    instant from, to;   /* to = INSTANT_NONE: not resumed yet */
    const char *ground; /* its id; NULL: unnamed */
};

/**
 * The ground on which all clocks of a hall stood while it could not work (K13): reserved, of no
 * workflow, though one may name a ground of its own so.
 */
extern const char ground_outage[];

/** By which rules a clock counts.  A value; the calendar is borrowed. */
struct counting {
    const struct calendar *calendar;
    struct limit limit;     /* n >= 1, or a date; none: only for clock_explain() */
    struct limit extension; /* n == 0: none.  Added to the limit, the whole counted afresh (K8);
                               limit_adds() must hold.  A date replaces a date */
    struct limit void_extension; /* n == 0: none.  One that does not count, as it was recorded after
                                    the clock was due: counted by nothing, told by explanations */
    instant extended;            /* when that was */
    bool continuous;             /* minutes and hours count round the clock */
    bool applicant;              /* ends at 24:00, not at closing time (applicant, public) */
};

/** What has happened to one clock.  Borrowed for the call. */
struct course {
    instant start;
    const struct stand *stand;
    size_t n_stand;
};

/** When a clock comes due. */
struct due {
    instant at;         /* on time means at or before it; INSTANT_NONE: it cannot come due, for
                           it stands and nobody knows how long (K5) */
    day last_day;       /* the date people see: of `at`, or else of `if_resumed`; 24:00 belongs to
                           the day it ends */
    bool provisional;   /* a day outside the published calendar was counted (K10) */
    bool stands;        /* it stands at now; `at` may be set all the same: it was due before, or
                           the end of the stop is known in advance */
    instant if_resumed; /* when `at` is none: the due instant if it were resumed at now; else
                           INSTANT_NONE */
};

/**
 * When does the clock come due, given its course and that it is @now?  `at`
 * depends on the course alone, `stands` and `if_resumed` on @now too.
 * @a gives scratch memory for n_stand intervals.
 */
struct due clock_due(struct arena *a, const struct counting *c, const struct course *course,
                     instant now);

/**
 * How far a clock has come at some moment.
 *
 * The clock's own measure is service time for minutes, hours and working days,
 * all time for the other units and for `continuous`.  In that measure
 * counted + stopped is the whole of start .. end, always.
 */
struct measure {
    span elapsed;           /* start .. end on the wall */
    span counted;           /* while it ran, in the clock's own measure */
    span stopped;           /* while it stood, in the same measure */
    int32_t counted_days;   /* days counted so far; 0 for minutes, hours and dates */
    span remaining;         /* minutes and hours: of the limit, in the clock's measure; the others:
                               from end to the due instant on the wall.  Negative: overdue by that
                               much.  While it stands, as if resumed at end */
    int32_t remaining_days; /* units of days: days of the unit's kind that close after end and not
                               after the due instant, while the clock runs; today is one of them
                               until it closes.  Negative: those that closed since.  Minutes,
                               hours and dates: 0 */
};

/** Measures the clock from its start to @end; an end before the start measures nothing. */
struct measure clock_measure(struct arena *a, const struct counting *c, const struct course *course,
                             instant end);

/** The form in which clock_explain() writes. */
enum explain_form { EXPLAIN_JSON, EXPLAIN_ZH, EXPLAIN_EN };

/** How explanations are written, and who gives what they name its title (machine/titles.h). */
struct explaining {
    enum explain_form form;
    const struct workflow *workflow;         /* grounds; NULL: they are called by their ids */
    const struct organisation *organisation; /* departments and systems; NULL: likewise */
};

/** An explanation has at most so many rows. */
enum { EXPLAIN_ROWS = 20000 };

/**
 * Appends the derivation of the due instant, so that a person can check it by
 * hand (K11).  Days: one row for each day from the start day to the last day.
 * Minutes and hours: one row for each interval that counts or stands and for
 * each day off.  Of a clock that stands: as if it were resumed at @now.
 * Without a limit: that there is none, and no row.
 *
 * EXPLAIN_JSON writes one array.  Rows of days are
 *   {"date","working","counted","why":{"zh","en"},"number"}
 * where number is how many have been counted including this one; the last row
 * has "last":true.  Rows of time are
 *   {"date","from","to","counted","why":{"zh","en"},"countedSeconds"}
 * and of days without any {"date","working","counted":false,"why",
 * "countedSeconds"}.  The other forms are lines for people.
 *
 * @return false when EXPLAIN_ROWS did not suffice and the rest is left out.
 */
bool clock_explain(struct text *t, const struct explaining *how, const struct counting *c,
                   const struct course *course, instant now);

/**
 * The last moment at which something is in time that must be done @limit
 * before @from (30 days before expiry, 7 working days before the hearing).
 * The day of @from is not counted; where the day reached is a day off the
 * period is rolled away from @from, to the working day before, never towards
 * it.  Minutes and hours: the latest instant with that much between.  Stops,
 * extensions and dates have no meaning here and are ignored.
 * `stands` and `if_resumed` are not set.
 */
struct due clock_back(const struct counting *c, instant from);

/** The limit that says "by the end of @d". */
struct limit clock_date(day d);

#endif
