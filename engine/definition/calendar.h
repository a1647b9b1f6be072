/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_CALENDAR_H
#define DEFINITION_CALENDAR_H

#include "base/error.h"
#include "base/instant.h"
#include "base/value.h"

/** Opening hours of a hall in one season, in minutes after 00:00 UTC+8, ascending, disjoint. */
struct season {
    int16_t from_month, from_dom; /* first day, inclusive */
    int16_t to_month, to_dom;     /* last day, inclusive; before `from` when it spans New Year */
    int16_t n_span;
    struct {
        int16_t from, to;
    } span[4];
};

/**
 * Which days count and when the hall is open: one version of one region's
 * calendar with the hours of one hall.  Immutable; shared by all threads.
 *
 * Days outside [first, last] are not published yet: Monday to Friday work,
 * less 1 January, 1-2 May and 1-3 October, and whatever is computed from them
 * is provisional (DESIGN K10).
 */
struct almanac;
struct calendar {
    const char *id;         /* "cn" */
    const char *version;    /* first 12 hex digits of the SHA-256 of its data */
    day first, last;        /* published days, inclusive */
    const uint8_t *working; /* [last - first + 1], 1 = working day */
    const char *const *why; /* [last - first + 1], name of the holiday or make-up day, or NULL */
    const char *const *why_en;
    int n_season;
    struct season season[4];       /* cover the year; exactly one holds on any day */
    const char *text;              /* what it was built from, canonical JSON: how it is kept */
    const struct almanac *almanac; /* the versions it stands among (almanac.h); NULL: alone */
};

/** A day is on which side of the calendar's horizon, and does it work? */
struct day_kind {
    bool working;
    bool provisional; /* not published yet */
    const char *why;  /* Chinese: 春节, 周末, 工作日, 调休上班 …; never NULL */
    const char *why_en;
};
struct day_kind calendar_day(const struct calendar *c, day d);

/** calendar_day().working alone, for loops. */
bool calendar_works(const struct calendar *c, day d);

/** Does the season hold on that day of the year? */
bool season_holds(const struct season *s, int month, int dom);

/** The season (opening hours) that holds on @d.  Whether the hall opens at all, calendar_day()
 * says. */
const struct season *calendar_season(const struct calendar *c, day d);

/**
 * Builds the calendar called @id in arena @a from the project's files (their
 * form is in workflows/calendar/README.md): @years, an array of year files in
 * any order, adjacent, each once; and @hours, the file of the hall (NULL: open
 * 09:00-12:00 and 13:00-17:00 on every working day).  Keeps nothing of either.
 *
 * The version is the digest of what the calendar says: files that say the same
 * in other words have the same version.
 * @return false with ERROR_BAD_FILE naming what is wrong.
 */
MUST_CHECK bool calendar_build(struct arena *a, const char *id, const struct value *years,
                               const struct value *hours, const struct calendar **out,
                               struct error *e);

/**
 * Loads the calendar called @id from directory @dir: its files called
 * ID-YYYY.json, and the hall's file @hours_file (NULL: the hours above).
 * Reads files: not for the core.
 * @return false with ERROR_BAD_FILE naming what is wrong.
 */
MUST_CHECK bool calendar_load_named(struct arena *a, const char *dir, const char *id,
                                    const char *hours_file, const struct calendar **out,
                                    struct error *e);

/** The calendar of the whole country, which halls use that name none. */
#define CALENDAR_USUAL "cn"

/** The same of CALENDAR_USUAL. */
MUST_CHECK bool calendar_load(struct arena *a, const char *dir, const char *hours_file,
                              const struct calendar **out, struct error *e);

/**
 * Builds again what is kept as `text` under the name @version.
 * @return false with ERROR_INTERNAL when it is damaged: its version is another.
 */
MUST_CHECK bool calendar_restore(struct arena *a, const char *version, const char *text, size_t len,
                                 const struct calendar **out, struct error *e);

#endif
