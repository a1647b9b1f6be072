/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays every case of the database behind the PG* variables and says which
 * do not come out as they are stored.  Ends with 0 when all do.
 */
#include <event2/event.h>
#include <stdio.h>

#include "base/require.h"
#include "runtime/audit.h"
#include "tests/support/city.h"

static void
on_found(void *arg, int64_t case_id, const char *number, const char *why)
{
    (void)arg;
    printf("case %lld, %s: %s\n", (long long)case_id, number, why);
}

static void
on_editions(void *arg)
{
    (void)arg; /* the replay looks for itself */
}

int
main(void)
{
    struct arena a = {0};
    struct event_base *base = event_base_new();
    const struct calendar *calendar = city_calendar(&a);
    struct audit_report report = {.found = on_found};
    struct pipeline *read;
    struct catalogue *catalogue;
    struct error e;
    bool answered;

    require(base);
    if (!calendar)
        return 2;
    read = pipeline_open(
        base, &(struct pipeline_options){.conninfo = "", .name = "replay", .use = PIPELINE_READ});
    catalogue = catalogue_new(read, on_editions, NULL);
    answered = audit_replay(
        base, &(struct audit_options){.read = read, .catalogue = catalogue, .calendar = calendar},
        &report, &e);
    if (answered)
        printf("%llu cases, %llu facts, %llu wrong\n", (unsigned long long)report.cases,
               (unsigned long long)report.facts, (unsigned long long)report.wrong);
    else
        printf("the database did not answer: %s\n", e.detail);
    pipeline_close(read);
    catalogue_free(catalogue);
    event_base_free(base);
    arena_release(&a);
    return !answered || report.wrong != 0 || report.cases == 0;
}
