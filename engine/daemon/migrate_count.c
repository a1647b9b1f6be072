/* SPDX-License-Identifier: Apache-2.0 */
/* What a migration means for people: newly late, due dates that move, refused and why. */
#include <string.h>

#include "daemon/ask.h"
#include "daemon/migrate_cases.h"
#include "store/rows.h"

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

static void
add(struct migration_figures *f, struct migration_effect x)
{
    f->moved++;
    f->newly_late += x.newly_late;
    f->earlier += x.earlier;
    f->later += x.later;
}

void
migration_count(struct migration_report *r, const struct case_state *before,
                const struct case_state *after, instant now)
{
    const struct migration *m = &r->target.m;
    const struct migration_effect x = migration_effect(m, before, after, now);
    struct arena scratch = {0};
    const struct value of = migration_departments(&scratch, m->from, before);

    add(&r->all, x);
    for (uint32_t i = 0; i < of.n; i++)
        add(&share_of(r, of.item[i].string)->of, x);
    arena_release(&scratch);
}

void
migration_count_refused(struct migration_report *r, const struct case_state *c, const char *why)
{
    struct arena scratch = {0};
    const struct value of = migration_departments(&scratch, r->target.m.from, c);

    r->refused++;
    count_reason(r, why, c->number);
    for (uint32_t i = 0; i < of.n; i++)
        share_of(r, of.item[i].string)->refused++;
    arena_release(&scratch);
}

void
migration_count_unread(struct migration_report *r, const char *number, const char *why)
{
    r->refused++;
    count_reason(r, why, number);
}

static struct migration_figures
figures(const PGresult *res, int row, int column)
{
    return (struct migration_figures){.moved = (uint64_t)row_int(res, row, column),
                                      .newly_late = (uint64_t)row_int(res, row, column + 1),
                                      .earlier = (uint64_t)row_int(res, row, column + 2),
                                      .later = (uint64_t)row_int(res, row, column + 3)};
}

static void
on_sum(void *arg, const PGresult *res)
{
    *(struct migration_figures *)arg = figures(res, 0, 0);
}

static void
on_departments(void *arg, const PGresult *res)
{
    for (int row = 0; row < PQntuples(res); row++)
        share_of(arg, row_text(res, row, 0))->of = figures(res, row, 1);
}

static struct parameters
of_plan(struct arena *a, int64_t cell, const struct migration_target *t)
{
    struct parameters v = parameters_new(a);

    parameter_int(&v, cell);
    parameter_bytes(&v, t->plan, HASH_SIZE);
    return v;
}

bool
migration_moved(struct asker *asker, int64_t cell, const struct migration_target *t,
                struct migration_figures *out, struct error *e)
{
    struct arena a = {0};
    const struct parameters v = of_plan(&a, cell, t);
    const bool done = asker_ask(asker, SQL_move_sum, &v, on_sum, out, e);

    arena_release(&a);
    return done;
}

bool
migration_count_moved(struct migration_report *r, struct asker *asker, int64_t cell,
                      struct error *e)
{
    const struct parameters v = of_plan(r->a, cell, &r->target);

    return migration_moved(asker, cell, &r->target, &r->all, e) &&
           asker_ask(asker, SQL_move_departments, &v, on_departments, r, e);
}
