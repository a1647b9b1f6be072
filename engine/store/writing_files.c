/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a fact has named: nothing sweeps them any more. */
#include "store/writing.h"

void
writing_files_begin(struct writing *w)
{
    w->attached[0] = column_new(w->arena, COLUMN_INT);
    w->attached[1] = column_new(w->arena, COLUMN_TEXT);
    w->attached[2] = column_new(w->arena, COLUMN_INT);
}

void
writing_files(struct writing *w, int64_t case_id, const struct record *r)
{
    for (uint32_t i = 0; i < r->n_fact; i++) {
        const char *id =
            r->fact[i].kind == FACT_MATERIAL ? value_get_string(&r->fact[i].value, "id") : NULL;

        if (!id)
            continue;
        column_int(&w->attached[0], case_id);
        column_text(&w->attached[1], id);
        column_int(&w->attached[2], r->number);
    }
}

void
writing_files_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(w->arena);

    if (!w->attached[0].n)
        return;
    parameter_int(&v, w->cell);
    for (size_t i = 0; i < 3; i++)
        parameter_column(&v, &w->attached[i]);
    pipeline_send(p, SQL_file_attach, &v, answer, arg);
}
