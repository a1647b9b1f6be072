/* SPDX-License-Identifier: Apache-2.0 */
/* What a move to another version means for people: due dates that move, and whose they are. */
#include <string.h>

#include "machine/migrate.h"

/* The same clock before: kept, or of the rule that is its counterpart. */
static const struct case_clock *
clock_before(const struct migration *m, const struct case_state *before, const struct case_clock *k)
{
    for (uint32_t i = 0; i < before->n_clock; i++) {
        const struct case_clock *b = &before->clock[i];

        if (b->verdict == VERDICT_OPEN && b->visit == k->visit && m->clock[b->rule] == k->rule &&
            (!b->department || !k->department || !strcmp(b->department, k->department)))
            return b;
    }
    return NULL;
}

struct migration_effect
migration_effect(const struct migration *m, const struct case_state *before,
                 const struct case_state *after, instant now)
{
    struct migration_effect x = {0};

    for (uint32_t i = 0; i < after->n_clock; i++) {
        const struct case_clock *k = &after->clock[i];
        const struct case_clock *b = clock_before(m, before, k);
        const instant was = b ? b->due : INSTANT_NONE;

        if (k->verdict != VERDICT_OPEN || k->due == INSTANT_NONE)
            continue;
        x.newly_late = x.newly_late || (k->due < now && (was == INSTANT_NONE || was >= now));
        x.earlier = x.earlier || (was != INSTANT_NONE && k->due < was);
        x.later = x.later || (was != INSTANT_NONE && k->due > was);
    }
    return x;
}

static bool
has(const struct value *list, const char *department)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (!strcmp(list->item[i].string, department))
            return true;
    return false;
}

struct value
migration_departments(struct arena *a, const struct workflow *w, const struct case_state *c)
{
    struct value *item = arena_array(a, c->n_visit, struct value);
    struct value list = value_array(item, 0);

    for (uint32_t i = 0; i < c->n_visit; i++) {
        const char *department = visit_department(w, &c->visit[i]);

        if (!w->step[c->visit[i].step].n_region && !has(&list, department))
            item[list.n++] = value_borrow(department);
    }
    return list;
}
