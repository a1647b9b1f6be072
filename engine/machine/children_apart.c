/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that are opened and not waited for: the effect `open`. */
#include <string.h>

#include "machine/children.h"
#include "machine/may.h"

/* So many in one case: each stays, and shows what became of it. */
enum { APART_MOST = 1000 };

static void
ask_apart(struct run *r, const char *workflow, struct value form, struct value applicant,
          int32_t instead)
{
    const int32_t number = r->c->last_child + 1;

    emit(r, (struct fact){.kind = FACT_ASKED,
                          .number = number,
                          .id = instead,
                          .name = workflow,
                          .declared = applicant.kind == VALUE_OBJECT,
                          .value = asked_value(r, &form, &applicant)});
    say(r, (struct relay){.what = "open",
                          .child = number,
                          .workflow = workflow,
                          .generation = r->c->parent.generation + 1,
                          .applicant = applicant,
                          .value = form});
}

void
open_apart(struct run *r, const char *workflow, struct value form, struct value applicant)
{
    if (r->failed)
        return;
    if (r->c->n_child >= APART_MOST) {
        run_fail(r, "it opens more than 1000 cases");
        return;
    }
    ask_apart(r, workflow, form.kind == VALUE_OBJECT ? form : value_object(r->a, NULL, 0),
              applicant, 0);
}

bool
retry_apart(struct deed *d, const struct child *x, struct error *e)
{
    struct run *r = d->r;
    const struct value form = d->cmd->input.kind == VALUE_OBJECT ? d->cmd->input : x->form;

    d->role = leader_role(r->w, NULL, r->c->district, &d->cmd->actor);
    if (!d->role)
        return error_set(e, ERROR_FORBIDDEN, "%s may not open that case", d->cmd->actor.id);
    if (!x->outcome || x->case_id)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/number", "case %d was opened or is about to",
                        x->number);
    r->c->revision++;
    ask_apart(r, x->workflow, form, x->applicant, x->number);
    return !r->failed;
}
