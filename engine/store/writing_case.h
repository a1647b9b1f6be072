/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_WRITING_CASE_H
#define STORE_WRITING_CASE_H

#include "store/writing.h"

/* Inside writing.c: the rows of table cases.  Others include store/writing.h. */
struct case_table {
    struct arena *arena;
    int64_t cell;
    instant now;
    const struct case_change *change;
    size_t n_change;
};

/** Sends case_insert, party_insert, case_update and form_update, as far as there is something. */
void case_table_send(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer,
                     void *arg);

/** Sends case_founded, likewise: before party_insert. */
void case_founded_send(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer,
                       void *arg);

/** Sends case_sort, first_handler_insert and _update, case_district, case_identity, broken_forget
 * and broken_insert, likewise. */
void case_aside_send(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer,
                     void *arg);

#endif
