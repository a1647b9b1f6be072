/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_CITY_H
#define TESTS_SUPPORT_CITY_H

#include "definition/calendar.h"

/**
 * The calendar of 2022 to 2026 from workflows/calendar, whatever years have
 * been added there since, so that tests of what is beyond the last published
 * day stay true.  NULL, and says why on stderr, when it cannot be built.
 */
const struct calendar *city_calendar(struct arena *a);

/** The same with the hours of a hall: what stands in a hall's file; NULL: the usual ones. */
const struct calendar *city_calendar_of(struct arena *a, const char *hours);

/** The same with a sample of what the notice for 2027 may say. */
const struct calendar *city_calendar_next(struct arena *a);

/** Another version: 2026-03-05, a Thursday, is a day off. */
const struct calendar *city_calendar_corrected(struct arena *a);

#endif
