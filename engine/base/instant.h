/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A moment: microseconds since 1970-01-01T00:00:00Z, no leap seconds. */
typedef int64_t instant;

/** A length of time in microseconds.  Negative means overdue by that much. */
typedef int64_t span;

/** A civil date in UTC+8, the time of every hall: days since 1970-01-01. */
typedef int32_t day;

#define SPAN_SECOND INT64_C(1000000)
#define SPAN_MINUTE (60 * SPAN_SECOND)
#define SPAN_HOUR   (60 * SPAN_MINUTE)
#define SPAN_DAY    (24 * SPAN_HOUR)

/** "Never" and "not set". */
#define INSTANT_NONE INT64_MIN

/** Instants are kept within the years 1900 to 9999, so sums never overflow. */
#define INSTANT_MIN (INT64_C(-2209017600) * SPAN_SECOND)  /* 1900-01-01T00:00:00+08:00 */
#define INSTANT_MAX (INT64_C(253402271999) * SPAN_SECOND) /* 9999-12-31T23:59:59+08:00 */

/** The date on which @t falls in UTC+8, and the moment its 00:00 begins. */
day instant_day(instant t);
instant day_start(day d);

/** 24:00 of @d; of the last day there is, its last second: whatever a date says can be stored. */
instant day_end(day d);

/** Civil calendar: year 1900..9999, month 1..12, dom 1..31. */
day day_from_civil(int year, int month, int dom);
void day_to_civil(day d, int *year, int *month, int *dom);
int day_weekday(day d); /* 0 = Monday .. 6 = Sunday */
int month_days(int year, int month);

/**
 * Reads RFC 3339: "2026-02-13T10:00:00+08:00", fraction of 1..9 digits kept to
 * the microsecond (more is cut), "Z" or an offset required, seconds 00..59,
 * 24:00 refused, within INSTANT_MIN and INSTANT_MAX.  @return false when @text (@len bytes) is
 * anything else.
 */
bool instant_read(const char *text, size_t len, instant *t);

/** Reads "2026-02-13". */
bool day_read(const char *text, size_t len, day *d);

enum { INSTANT_TEXT = 40, DAY_TEXT = 12 };

/** Writes RFC 3339 in +08:00 with as many of 0, 3 or 6 decimals as needed; returns @text. */
char *instant_write(instant t, char text[INSTANT_TEXT]);

/** Writes "2026-02-13"; returns @text. */
char *day_write(day d, char text[DAY_TEXT]);

/** Writes a non-negative or negative length as ISO 8601, "PT20M", "-PT1H0.5S"; returns @text. */
char *span_write(span s, char text[INSTANT_TEXT]);

#endif
