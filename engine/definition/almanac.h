/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_ALMANAC_H
#define DEFINITION_ALMANAC_H

#include "definition/calendar.h"

/** Whose limits are counted by which calendar. */
struct hall_calendar {
    const char *district;   /* GB/T 2260; NULL: it is a department's */
    const char *department; /* NULL: it is a district's hall's */
    const struct calendar *calendar;
};

/**
 * All versions of calendars that are known, and which of them the halls use for
 * clocks that start now (DESIGN K10).  Immutable, shared by all threads; a new
 * version makes a new almanac, with calendars of its own that share their days.
 *
 * Every calendar of it leads to it, and so to all others: who holds one holds
 * them all.  The one that is handed around is the house's: of halls that name none,
 * and of clocks from before clocks named theirs.  A calendar that stands in no
 * almanac is the only one there is.
 */
struct almanac {
    const struct calendar *const *version; /* in the order of their versions */
    uint32_t n;
    const struct hall_calendar *hall;
    uint32_t n_hall;
};

/**
 * An almanac of the @n calendars @list, of which one may stand there twice, and
 * of the halls; the calendars of @hall are among them.
 * @return the first, the house's, as it stands there.
 */
const struct calendar *almanac_build(struct arena *a, const struct calendar *const *list,
                                     uint32_t n, const struct hall_calendar *hall, uint32_t n_hall)
    __attribute__((returns_nonnull));

/** The same with @n more versions, which no hall uses for what starts now. */
const struct calendar *almanac_with(struct arena *a, const struct calendar *house,
                                    const struct calendar *const *list, uint32_t n)
    __attribute__((returns_nonnull));

/** The version that @house or its almanac has of that name; NULL @version: @house.  NULL: unknown.
 */
const struct calendar *almanac_version(const struct calendar *house, const char *version);

/**
 * By which calendar a clock counts that starts now: the department's where it
 * has one of its own, else that of the hall of @district or of the nearest
 * region around it that names one (371502, 371500, 370000), else @house.
 * Either may be NULL.
 */
const struct calendar *almanac_hall(const struct calendar *house, const char *district,
                                    const char *department);

/** Whether every hall counts by the same version in both. */
bool almanac_same(const struct calendar *x, const struct calendar *y);

/** The region around GB/T 2260 code @district: 371500 of 371502; false: there is none. */
bool district_around(const char *district, char around[7]);

#endif
