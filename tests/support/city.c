/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar that tests of clocks count with. */
#include "tests/support/city.h"

#include <stdio.h>
#include <string.h>

#include "definition/json.h"

const struct calendar *
city_calendar(struct arena *a)
{
    return city_calendar_of(a, NULL);
}

const struct calendar *
city_calendar_corrected(struct arena *a)
{
    return city_calendar_of(a, "{\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\",\"spans\":[\"09:"
                               "00-12:00\",\"13:00-17:00\"]}],"
                               "\"days\":[{\"date\":\"2026-03-05\",\"working\":false,\"title\":{"
                               "\"zh\":\"更正\",\"en\":\"corrected\"}}]}");
}

const struct calendar *
city_calendar_of(struct arena *a, const char *hours)
{
    struct value hall = value_null();
    const struct calendar *c = NULL;
    struct value file[5];
    struct error e = {0};
    bool good = !hours || json_read(a, hours, strlen(hours), true, &hall, &e);

    for (int i = 0; good && i < 5; i++)
        good = json_read_file(a, arena_printf(a, "workflows/calendar/cn-%d.json", 2022 + i),
                              &file[i], &e);
    if (good) {
        const struct value years = value_array(file, 5);

        good = calendar_build(a, "cn", &years, hours ? &hall : NULL, &c, &e);
    }
    if (!good)
        fprintf(stderr, "%s\n", e.detail);
    return c;
}
