/* SPDX-License-Identifier: Apache-2.0 */
/* What a migration means for people: newly late, due dates that move, refused and why. */
#include <string.h>

#include "daemon/migrate_cases.h"

/* What happens to one case. */
struct effect_on_case {
    bool newly_late, earlier, later;
};

/* The same clock before: kept, or of the rule that is its counterpart. */
static const struct case_clock *
clock_before(const struct migration *m, const struct case_state *before, const struct case_clock *k)
{
    for (uint32_t i = 0; i < before->n_clock; i++) {
        const struct case_clock *b = &before->clock[i];

        if (b->verdict == VERDICT_OPEN && b->visit == k->visit && m->clock[b->rule] == k->rule)
            return b;
    }
    return NULL;
}

static struct effect_on_case
compare(const struct migration *m, const struct case_state *before, const struct case_state *after,
        instant now)
{
    struct effect_on_case x = {0};

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

static struct migration_share *
share_of(struct migration_report *r, const char *department)
{
    for (size_t i = 0; i < r->n_share; i++)
        if (!strcmp(r->share[i].department, department))
            return &r->share[i];
    r->share = arena_grow(r->a, r->share, r->n_share, sizeof(*r->share));
    r->share[r->n_share] = (struct migration_share){.department = arena_strdup(r->a, department)};
    return &r->share[r->n_share++];
}

static void
count_reason(struct migration_report *r, const char *why, const char *number)
{
    for (size_t i = 0; i < r->n_reason; i++)
        if (!strcmp(r->reason[i].text, why)) {
            r->reason[i].n++;
            return;
        }
    if (r->n_reason == REASONS_MOST) {
        r->other_reasons++;
        return;
    }
    r->reason = arena_grow(r->a, r->reason, r->n_reason, sizeof(*r->reason));
    r->reason[r->n_reason++] = (struct migration_reason){
        .text = arena_strdup(r->a, why), .n = 1, .example = arena_strdup(r->a, number)};
}

/* Each department in which the case has an open step, once. */
static void
count_shares(struct migration_report *r, const struct migration *m, const struct case_state *before,
             bool moved, const struct effect_on_case *x)
{
    const struct workflow *w = m->from;

    for (uint32_t i = 0; i < before->n_visit; i++) {
        const char *department = visit_department(w, &before->visit[i]);
        struct migration_share *share;
        bool seen = w->step[before->visit[i].step].n_region > 0;

        for (uint32_t k = 0; k < i && !seen; k++)
            seen = !w->step[before->visit[k].step].n_region &&
                   !strcmp(visit_department(w, &before->visit[k]), department);
        if (seen)
            continue;
        share = share_of(r, department);
        share->moved += moved;
        share->refused += !moved;
        share->newly_late += x->newly_late;
        share->earlier += x->earlier;
        share->later += x->later;
    }
}

void
migration_count(struct migration_report *r, const struct migration *m,
                const struct case_state *before, const struct case_state *after, instant now,
                const char *why)
{
    struct effect_on_case x = {0};

    r->looked++;
    if (after)
        x = compare(m, before, after, now);
    else
        count_reason(r, why, before->number);
    r->moved += after != NULL;
    r->refused += after == NULL;
    r->newly_late += x.newly_late;
    r->earlier += x.earlier;
    r->later += x.later;
    count_shares(r, m, before, after != NULL, &x);
}

void
migration_count_unread(struct migration_report *r, const char *number, const char *why)
{
    count_reason(r, why, number);
    r->looked++;
    r->refused++;
}
