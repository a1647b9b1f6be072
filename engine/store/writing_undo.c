/* SPDX-License-Identifier: Apache-2.0 */
/* What was sent within what is left from outside: dropped, or taken back. */
#include "store/writing.h"

void
writing_undo_begin(struct writing *w)
{
    for (size_t i = 0; i < 3; i++)
        w->undo[i] = column_new(w->arena, COLUMN_INT);
    w->hold = column_new(w->arena, COLUMN_INT);
    for (size_t i = 0; i < 5; i++)
        w->cancelled[i] = column_new(w->arena, i == 2 ? COLUMN_TEXT : COLUMN_INT);
}

void
writing_undo(struct writing *w, int64_t case_id, int32_t original, int32_t undo)
{
    column_int(&w->hold, case_id);
    column_int(&w->undo[0], case_id);
    column_int(&w->undo[1], original);
    column_int(&w->undo[2], undo);
}

void
writing_cancelled(struct writing *w, int64_t case_id, const struct cancelled *x)
{
    column_int(&w->hold, case_id);
    column_int(&w->cancelled[0], case_id);
    column_int(&w->cancelled[1], x->visit);
    column_text(&w->cancelled[2], x->branch ? x->branch : "");
    column_int(&w->cancelled[3], x->last);
    column_int(&w->cancelled[4], x->record);
}

/* The rows of all that follows, in one order, before the first of them is changed. */
static void
send_hold(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(w->arena);

    if (w->annulled_record)
        column_int(&w->hold, w->annulled_case);
    if (!w->hold.n)
        return;
    parameter_int(&v, w->cell);
    parameter_column(&v, &w->hold);
    pipeline_send(p, SQL_outbox_hold, &v, answer, arg);
}

/* After the messages of this transaction are written: they may be among those dropped. */
static void
send_undo(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct parameters undo = parameters_new(w->arena), drop = parameters_new(w->arena);
    struct parameters again = parameters_new(w->arena);

    if (w->annulled_record) {
        parameter_int(&again, w->cell);
        parameter_int(&again, w->annulled_case);
        parameter_int(&again, w->annulled_record);
        parameter_instant(&again, w->moment);
        pipeline_send(p, SQL_outbox_restore, &again, answer, arg);
    }
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
    parameter_instant(&drop, w->moment);
    for (size_t i = 0; i < 5; i++)
        parameter_column(&drop, &w->cancelled[i]);
    pipeline_send(p, SQL_outbox_drop, &drop, answer, arg);
}

/* The record by which the stay was left: it is in the row that measured it. */
static int64_t
left_by(const struct outcome *out, int32_t visit)
{
    for (uint32_t i = 0; i < out->n_timing; i++)
        if (out->timing[i].visit == visit)
            return out->timing[i].record;
    return 0;
}

/* Systems' steps that were left: what was not told to them yet need not be told any more. */
void
writing_over(struct writing *w, const struct case_change *change, const struct outcome *out)
{
    const struct case_state *before = change->c;

    for (uint32_t i = 0; i < before->n_visit; i++) {
        const struct visit *v = &before->visit[i];
        const struct step *s = &change->edition->w->step[v->step];

        if (s->kind != STEP_TASK || s->by != ACTOR_SYSTEM || case_visit(out->next, v->id))
            continue;
        column_int(&w->hold, change->id);
        w->over = arena_grow(w->arena, w->over, w->n_over, sizeof(*w->over));
        w->over[w->n_over++] =
            (struct stay){.case_id = change->id, .visit = v->id, .record = left_by(out, v->id)};
    }
}

/* One statement each: a plan over many could not but read what it need not. */
static void
send_over(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    for (size_t i = 0; i < w->n_over; i++) {
        struct parameters v = parameters_new(w->arena);

        parameter_int(&v, w->cell);
        parameter_int(&v, w->over[i].case_id);
        parameter_int(&v, w->over[i].visit);
        parameter_int(&v, w->over[i].record);
        pipeline_send(p, SQL_outbox_over, &v, answer, arg);
    }
}

void
writing_undo_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    send_hold(w, p, answer, arg);
    send_undo(w, p, answer, arg);
    send_over(w, p, answer, arg);
}
