/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_LIMIT_H
#define DEFINITION_LIMIT_H

#include "base/error.h"
#include "base/instant.h"
#include "base/text.h"

/** How a limit is counted; the unit belongs to each limit, never to the engine (DESIGN K4). */
enum unit {
    UNIT_MINUTES,      /* of service time, unless the clock counts `continuous` */
    UNIT_HOURS,        /* likewise */
    UNIT_WORKING_DAYS, /* 工作日 */
    UNIT_DAYS,         /* calendar days 自然日 */
    UNIT_MONTHS,       /* to the corresponding day */
    UNIT_YEARS,        /* likewise */
    UNIT_DATE          /* no counting: the due instant itself is given */
};

/** A length of a period, or a date.  A value: copied freely. */
struct limit {
    enum unit unit;
    int32_t n;    /* 1..10000; 0 means "no limit" */
    instant date; /* UNIT_DATE only: the due instant */
};

/**
 * Reads "20 working days", "1 day", "20 minutes", "3 hours", "2 months",
 * "1 year": a number, one space, a unit in singular or plural.
 * @return false with ERROR_DEFINITION_INVALID saying what is understood.
 */
MUST_CHECK bool limit_read(const char *text, struct limit *out, struct error *e);

/** Appends the text limit_read() reads; in Chinese "20个工作日". */
void limit_write(struct text *t, struct limit l, enum language lang);

/** Whether there is one. */
bool limit_is_set(struct limit l);

/** Appends a length of time: "140 hours 55 minutes", "140小时55分钟". */
void span_say(struct text *t, span s, enum language lang);

/** Minutes and hours: counted from the moment itself, not in days. */
bool unit_is_time(enum unit u);

/**
 * May an extension of @more be added to a limit of @to?  Times to times,
 * working days to working days, days, months and years among themselves, a
 * date to a date (which it replaces).
 */
bool limit_adds(struct limit to, struct limit more);

#endif
