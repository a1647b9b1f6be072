/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks that started by one version of a calendar go on by the next (K10).
 * What has ended keeps its verdict and the version it ended by.  The due dates
 * follow with the indices, and with them epochs and cards (K9).
 */
#include "machine/recount.h"

#include <string.h>

#include "machine/deed.h"

/* The calendar by which @k would count if it started now; NULL: it does already, or has ended. */
static const struct calendar *
next_calendar(const struct case_state *c, const struct case_clock *k,
              const struct calendar *calendar)
{
    const struct calendar *hall = almanac_hall(calendar, c->district, k->department);

    if (k->verdict != VERDICT_OPEN || (k->calendar && !strcmp(k->calendar, hall->version)))
        return NULL;
    return hall;
}

uint32_t
case_recounts(const struct case_state *c, const struct calendar *calendar)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_clock; i++)
        n += next_calendar(c, &c->clock[i], calendar) != NULL;
    return n;
}

bool
decide_recount(struct deed *d, struct error *e)
{
    struct run *r = d->r;

    (void)e;
    d->role = "administrator";
    for (uint32_t i = 0; i < r->c->n_clock && !r->failed; i++) {
        const struct case_clock *k = &r->c->clock[i];
        const struct calendar *next = next_calendar(r->c, k, r->s->calendar);

        if (next)
            emit(r, (struct fact){.kind = FACT_RECOUNTED,
                                  .number = k->id,
                                  .name = k->calendar,
                                  .ref = next->version});
    }
    return !r->failed;
}
