/* SPDX-License-Identifier: Apache-2.0 */
/* What is found by its case and seldom changes: lanes, labels, people, districts. */
#include "machine/founding.h"
#include "store/rows.h"
#include "store/writing_case.h"

/* Rank 9 is behind every lane; ids need no more than quotes. */
static void
send_sorted(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct column id = column_new(t->arena, COLUMN_INT), rank = column_new(t->arena, COLUMN_INT);
    struct column lane = column_new(t->arena, COLUMN_TEXT);
    struct column labels = column_new(t->arena, COLUMN_TEXT);
    struct parameters v = parameters_new(t->arena);

    for (size_t i = 0; i < t->n_change; i++) {
        const struct case_change *change = &t->change[i];
        const struct case_state *c = change->c;
        const struct workflow *w = change->edition->w;
        struct text list = text_new(t->arena);

        if (!change->sorted || !change->changed)
            continue;
        for (uint32_t k = 0; k < c->n_label; k++)
            text_printf(&list, "%c\"%s\"", k ? ',' : '{', w->label[c->label[k]].id);
        column_int(&id, change->id);
        column_text(&lane, c->lane == NONE ? NULL : w->lane[c->lane].id);
        column_int(&rank, c->lane == NONE ? 9 : c->lane + 1);
        column_text(&labels, c->n_label ? arena_printf(t->arena, "%s}", list.at) : NULL);
    }
    if (id.n == 0)
        return;
    parameter_int(&v, t->cell);
    parameter_column(&v, &id);
    parameter_column(&v, &lane);
    parameter_column(&v, &rank);
    parameter_column(&v, &labels);
    pipeline_send(p, SQL_case_sort, &v, answer, arg);
}

/* Of new cases all at once; it seldom comes later. */
static void
send_first(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct column account = column_new(t->arena, COLUMN_TEXT);
    struct column id = column_new(t->arena, COLUMN_INT);
    struct parameters v = parameters_new(t->arena);

    for (size_t i = 0; i < t->n_change; i++)
        if (t->change[i].created && t->change[i].changed && t->change[i].c->first.account) {
            column_text(&account, t->change[i].c->first.account);
            column_int(&id, t->change[i].id);
        }
    if (id.n == 0)
        return;
    parameter_int(&v, t->cell);
    parameter_column(&v, &account);
    parameter_column(&v, &id);
    pipeline_send(p, SQL_first_handler_insert, &v, answer, arg);
}

static void
send_first_change(const struct case_table *t, const struct case_change *change, struct pipeline *p,
                  pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(t->arena);

    parameter_int(&v, t->cell);
    parameter_int(&v, change->id);
    parameter_text(&v, change->c->first.account);
    pipeline_send(p, SQL_first_handler_update, &v, answer, arg);
}

static void
send_district(const struct case_table *t, const struct case_change *change, struct pipeline *p,
              pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(t->arena);

    parameter_int(&v, t->cell);
    parameter_int(&v, change->id);
    parameter_text(&v, change->c->district);
    pipeline_send(p, SQL_case_district, &v, answer, arg);
}

static void
send_identity(const struct case_table *t, const struct case_change *change, struct pipeline *p,
              pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(t->arena);

    parameter_int(&v, t->cell);
    parameter_int(&v, change->id);
    parameter_int(&v, change->c->identity.claimed);
    pipeline_send(p, SQL_case_identity, &v, answer, arg);
}

static void
send_code(const struct case_table *t, const struct case_change *change, struct pipeline *p,
          pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(t->arena);

    parameter_int(&v, t->cell);
    parameter_int(&v, change->id);
    parameter_bytes(&v, change->query, HASH_SIZE);
    pipeline_send(p, SQL_case_code, &v, answer, arg);
}

/* Its broken promises as they stand now, in the place of those that stood. */
static void
send_credit(const struct case_table *t, const struct case_change *change, struct pipeline *p,
            pipeline_answer_fn *answer, void *arg)
{
    const struct workflow *w = change->edition->w;
    const char *born = case_founded(w, change->c), *party = born ? born : change->party;
    const char *const before[] = {change->party, change->was_born, born};
    struct column material = column_new(t->arena, COLUMN_TEXT);
    struct column at = column_new(t->arena, COLUMN_INSTANT);
    struct column parties = column_new(t->arena, COLUMN_TEXT);
    struct parameters old = parameters_new(t->arena), v = parameters_new(t->arena);

    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
        if (before[i])
            column_text(&parties, before[i]);
    if (!parties.n)
        return;
    parameter_int(&old, t->cell);
    parameter_column(&old, &parties);
    parameter_int(&old, change->id);
    pipeline_send(p, SQL_broken_forget, &old, answer, arg);
    for (uint16_t i = 0; party && i < w->n_material; i++)
        if (credit_is_broken(&change->c->material[i])) {
            column_text(&material, w->material[i].id);
            column_instant(&at, change->c->material[i].broken);
        }
    if (material.n == 0)
        return;
    parameter_int(&v, t->cell);
    parameter_text(&v, party);
    parameter_int(&v, change->id);
    parameter_column(&v, &material);
    parameter_column(&v, &at);
    pipeline_send(p, SQL_broken_insert, &v, answer, arg);
}

void
case_aside_send(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer,
                void *arg)
{
    send_sorted(t, p, answer, arg);
    send_first(t, p, answer, arg);
    for (size_t i = 0; i < t->n_change; i++) {
        const struct case_change *change = &t->change[i];

        if (change->first_changed && !change->created)
            send_first_change(t, change, p, answer, arg);
        if (change->district_changed && !change->created)
            send_district(t, change, p, answer, arg);
        if (change->identified)
            send_identity(t, change, p, answer, arg);
        if (change->coded)
            send_code(t, change, p, answer, arg);
        if ((change->credit || change->founded) && change->changed)
            send_credit(t, change, p, answer, arg);
    }
}

void
case_founded_send(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer,
                  void *arg)
{
    for (size_t i = 0; i < t->n_change; i++) {
        const struct case_change *change = &t->change[i];
        struct parameters v = parameters_new(t->arena);

        if (!change->founded)
            continue;
        parameter_int(&v, t->cell);
        parameter_int(&v, change->id);
        parameter_text(&v, case_founded(change->edition->w, change->c));
        parameter_text(&v, change->was_born);
        pipeline_send(p, SQL_case_founded, &v, answer, arg);
    }
}
