/* SPDX-License-Identifier: Apache-2.0 */
/* What was sent within what is left from outside: dropped, or taken back. */
#include "store/writing.h"

void
writing_undo_begin(struct writing *w)
{
    for (size_t i = 0; i < 3; i++)
        w->undo[i] = column_new(w->arena, COLUMN_INT);
    for (size_t i = 0; i < 2; i++)
        w->cancelled[i] = column_new(w->arena, COLUMN_INT);
}

void
writing_undo(struct writing *w, int64_t case_id, int32_t original, int32_t undo)
{
    column_int(&w->undo[0], case_id);
    column_int(&w->undo[1], original);
    column_int(&w->undo[2], undo);
}

void
writing_cancelled(struct writing *w, int64_t case_id, int32_t visit)
{
    column_int(&w->cancelled[0], case_id);
    column_int(&w->cancelled[1], visit);
}

/* After the messages of this transaction are written: they may be among those dropped. */
void
writing_undo_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct parameters undo = parameters_new(w->arena), drop = parameters_new(w->arena);

    if (w->undo[0].n) {
        parameter_int(&undo, w->cell);
        parameter_instant(&undo, w->moment);
        for (size_t i = 0; i < 3; i++)
            parameter_column(&undo, &w->undo[i]);
        pipeline_send(p, SQL_outbox_undo, &undo, answer, arg);
    }
    if (!w->cancelled[0].n)
        return;
    parameter_int(&drop, w->cell);
    for (size_t i = 0; i < 2; i++)
        parameter_column(&drop, &w->cancelled[i]);
    pipeline_send(p, SQL_outbox_drop, &drop, answer, arg);
}
