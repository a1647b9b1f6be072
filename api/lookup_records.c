/* SPDX-License-Identifier: Apache-2.0 */
/* What happened in a case that was looked up, and by which calendars it counted. */
#include <string.h>

#include "api/lookup.h"
#include "definition/json.h"

static void
add_calendar(struct arena *a, struct case_state *all, const char *version)
{
    for (uint32_t i = 0; version && i < all->n_clock; i++)
        if (!strcmp(all->clock[i].calendar, version))
            return;
    if (!version)
        return;
    all->clock = arena_grow(a, all->clock, all->n_clock, sizeof(*all->clock));
    all->clock[all->n_clock++] = (struct case_clock){.calendar = version};
}

bool
lookup_knows_all(struct lookup *l, const struct value *record, size_t n)
{
    struct case_state all = {.id = 0};
    struct arena *a = &l->request->arena;

    for (size_t i = 0; i < n; i++) {
        const struct value *facts = value_get(&record[i], "facts");

        add_calendar(a, &all, value_get_string(&record[i], "calendar"));
        add_calendar(a, &all, value_get_string(&record[i], "hallCalendar"));
        for (uint32_t k = 0; facts && facts->kind == VALUE_ARRAY && k < facts->n; k++)
            add_calendar(a, &all, value_get_string(&facts->item[k], "calendar"));
    }
    return lookup_knows(l, &all);
}

struct value *
lookup_records(struct lookup *l, const PGresult *res, size_t *n, struct error *e)
{
    struct arena *a = &l->request->arena;
    const size_t rows = (size_t)PQntuples(res);
    struct value *record = arena_array(a, rows, struct value);

    *n = 0;
    for (size_t row = 0; row < rows; row++) {
        const char *body = row_copy(res, (int)row, 0, a);
        const struct value *number;

        if (!json_read_stored(a, body, strlen(body), &record[*n], e))
            return NULL;
        number = value_get(&record[*n], "number");
        if (!number || number->kind != VALUE_INT || number->integer <= l->row.c->recorded)
            ++*n;
    }
    return record;
}
