/* SPDX-License-Identifier: Apache-2.0 */
/* A clock that a case does not have any more, from its records. */
#include <string.h>

#include "machine/history.h"
#include "machine/migrate.h"
#include "machine/names.h"
#include "machine/notes.h"

/* The state keeps of a step's clock nothing once it has ended: how is in the record that did it. */
static void
end(const struct workflow *w, const struct value *record, struct arena *a, struct case_clock *k)
{
    const struct value *facts = value_get(record, "facts");
    bool ok = true;
    struct fact f;

    for (uint32_t i = 0; i < facts->n; i++) {
        if (!read_fact(a, w, &facts->item[i], &f) || f.kind != FACT_CLOCK_ENDED ||
            f.number != k->id)
            continue;
        k->verdict = f.verdict;
        k->ended = f.happened ? f.happened : read_instant(record, "at", INSTANT_NONE, &ok);
    }
}

/* Takes the clock with the number of the one found as it stands now, and any that is newer. */
static void
look(const struct workflow *w, const struct case_state *c, const char *name, bool newer,
     struct arena *a, struct past_clock *found)
{
    for (uint32_t i = 0; i < c->n_clock; i++) {
        const struct case_clock *k = &c->clock[i];
        const struct visit *v = case_visit(c, k->visit);

        if (k->id != found->clock.id &&
            (!newer || k->id < found->clock.id || !clock_called(a, w, c, k, name)))
            continue;
        found->clock = *k;
        found->visit = v ? *v : (struct visit){.id = 0};
    }
}

static bool
runs(const struct case_state *c, int32_t id)
{
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (c->clock[i].id == id)
            return true;
    return false;
}

bool
history_clock(const struct setting *s, const struct value *record, size_t n, const char *name,
              int64_t until, struct arena *a, struct past_clock *out, struct error *e)
{
    struct case_state *c = case_new(a, s->workflow);
    size_t first = n;

    *out = (struct past_clock){.clock = {.id = 0}};
    while (first && !record_into(&record[first - 1]))
        first--;
    if (first && !migrate_begin(s, c, &record[first - 1], a, e))
        return false;
    look(s->workflow, c, name, true, a, out);
    for (size_t i = first; i < n; i++) {
        const bool newer = !until || (int64_t)i < until;

        if (!machine_replay(s, c, &record[i], a, e))
            return false;
        if (out->clock.id && !runs(c, out->clock.id)) {
            end(s->workflow, &record[i], a, &out->clock);
            if (newer &&
                out->clock.verdict == VERDICT_OPEN) /* taken back: the one before is back */
                *out = (struct past_clock){.clock = {.id = 0}};
        }
        look(s->workflow, c, name, newer, a, out);
    }
    return out->clock.id ||
           error_set(e, ERROR_NOT_FOUND, "no clock %.60s runs or has run in this case", name);
}
