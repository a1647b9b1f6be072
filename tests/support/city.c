/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar that tests of clocks count with. */
#include "tests/support/city.h"

#include <stdio.h>
#include <string.h>

#include "definition/json.h"

/* With the text of one year more, and the hours of a hall; NULL: without. */
static const struct calendar *
build(struct arena *a, const char *next, const char *hours)
{
    struct value hall = value_null();
    const struct calendar *c = NULL;
    struct value file[6];
    struct error e = {0};
    bool good = (!hours || json_read(a, hours, strlen(hours), true, &hall, &e)) &&
                (!next || json_read(a, next, strlen(next), true, &file[5], &e));

    for (int i = 0; good && i < 5; i++)
        good = json_read_file(a, arena_printf(a, "workflows/calendar/cn-%d.json", 2022 + i),
                              &file[i], &e);
    if (good) {
        const struct value years = value_array(file, next ? 6 : 5);

        good = calendar_build(a, "cn", &years, hours ? &hall : NULL, &c, &e);
    }
    if (!good)
        fprintf(stderr, "%s\n", e.detail);
    return c;
}

const struct calendar *
city_calendar(struct arena *a)
{
    return city_calendar_of(a, NULL);
}

const struct calendar *
city_calendar_of(struct arena *a, const char *hours)
{
    return build(a, NULL, hours);
}

const struct calendar *
city_calendar_next(struct arena *a)
{
    return build(a,
                 "{\"calendar\":\"cn\",\"year\":2027,\"source\":\"样例\",\"holidays\":["
                 "{\"title\":{\"zh\":\"元旦\",\"en\":\"New Year's Day\"},\"from\":\"2027-01-01\","
                 "\"to\":\"2027-01-03\",\"workdays\":[]},"
                 "{\"title\":{\"zh\":\"春节\",\"en\":\"Spring Festival\"},\"from\":\"2027-02-05\","
                 "\"to\":\"2027-02-11\",\"workdays\":[\"2027-01-31\",\"2027-02-20\"]}]}",
                 NULL);
}

const struct calendar *
city_calendar_corrected(struct arena *a)
{
    return city_calendar_of(a, "{\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\",\"spans\":[\"09:"
                               "00-12:00\",\"13:00-17:00\"]}],"
                               "\"days\":[{\"date\":\"2026-03-05\",\"working\":false,\"title\":{"
                               "\"zh\":\"更正\",\"en\":\"corrected\"}}]}");
}
