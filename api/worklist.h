/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_WORKLIST_H
#define API_WORKLIST_H

#include "api/page.h"

/*
 * A worklist on its way: desks that are the caller's, and what waits at them.
 * In the request's arena.
 */

/** A desk is a role in a department. */
struct desk {
    int64_t id;
    const char *role, *department;
};

struct worklist {
    struct app *app;
    struct http_request *r;
    struct page page;
    const char *role, *department, *workflow, *district, *due, *lane, *label;
    struct desk *desk;
    size_t n_desk;
    void (*ready)(struct worklist *l); /* the desks are known */
    bool to_take;                      /* not only to look at */
    bool ahead;                        /* what may be prepared, not what waits */
    bool contradicted;                 /* of cases in which silence is contradicted */
    /* counts */
    struct text t;
    size_t counted;
};

/** Columns of task_list. */
enum {
    T_DUE,
    T_CASE,
    T_VISIT,
    T_DESK,
    T_NUMBER,
    T_DEFINITION,
    T_DISTRICT,
    T_APPLICANT,
    T_STATE,
    T_MOMENT,
    T_RANK,
    T_AS_OF
};

/** Finds the desks that are his, and calls @ready; or answers the request. */
void worklist_desks(struct worklist *l, void (*ready)(struct worklist *l));

/** Asks for @most tasks at them. */
void worklist_tasks(struct worklist *l, int most, pipeline_answer_fn *answer);

/** The case of a row as far as a list needs it; false when it cannot be read. */
bool worklist_read(struct worklist *l, const PGresult *res, int row, const struct workflow **w,
                   struct case_state **c);

/** lane= and label= of the query.  ERROR_BAD_PARAMETER. */
MUST_CHECK bool worklist_sorting(struct worklist *l, struct error *e);

#endif
