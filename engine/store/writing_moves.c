/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that go on under another version, as rows: what that meant. */
#include "store/writing.h"

void
writing_moves_begin(struct writing *w)
{
    static const enum column_type type[] = {COLUMN_BYTES, COLUMN_INT, COLUMN_INT, COLUMN_INT,
                                            COLUMN_INT,   COLUMN_INT, COLUMN_TEXT};

    for (size_t i = 0; i < sizeof(type) / sizeof(type[0]); i++)
        w->moved[i] = column_new(w->arena, type[i]);
}

void
writing_move(struct writing *w, const struct case_change *change, const struct move_row *move)
{
    struct text departments = text_new(w->arena);
    struct column *c = w->moved;

    value_write(&departments, &move->departments);
    column_bytes(c++, move->plan, HASH_SIZE);
    column_int(c++, change->id);
    column_int(c++, change->c->recorded);
    column_int(c++, move->effect.newly_late);
    column_int(c++, move->effect.earlier);
    column_int(c++, move->effect.later);
    column_text(c++, departments.at);
}

void
writing_moves_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(w->arena);

    if (!w->moved[0].n)
        return;
    parameter_int(&v, w->cell);
    parameter_instant(&v, w->moment);
    for (size_t i = 0; i < sizeof(w->moved) / sizeof(w->moved[0]); i++)
        parameter_column(&v, &w->moved[i]);
    pipeline_send(p, SQL_move_insert, &v, answer, arg);
}
