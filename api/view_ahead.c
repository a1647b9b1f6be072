/* SPDX-License-Identifier: Apache-2.0 */
/* What lies beside a case's current steps and ahead of them. */
#include "api/view.h"
#include "machine/names.h"

void
view_startable(struct text *t, const struct sight *s, const struct actor *who)
{
    struct startable *all;
    const size_t n = machine_startable(s->workflow, s->state, who, t->arena, &all);

    put_key(t, "mayStart");
    put_open(t, '[');
    for (size_t i = 0; i < n; i++) {
        const struct step *step = &s->workflow->step[all[i].step];

        put_open(t, '{');
        put_member_string(t, "step", step_name(t->arena, s->workflow, all[i].step, all[i].element));
        view_title(t, "title", step->title);
        put_member_int(t, "started", all[i].started);
        put_member_int(t, "most", step->optional->most);
        put_close(t, '}');
    }
    put_close(t, ']');
}
