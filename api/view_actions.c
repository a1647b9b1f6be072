/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody may do in a case now, and what he may record as done earlier. */
#include "api/view.h"
#include "machine/may.h"
#include "machine/names.h"

void
view_action(struct text *t, const struct action *a, bool forms)
{
    put_open(t, '{');
    put_member_string(t, "action", a->id);
    view_title(t, "title", a->title);
    if (forms && a->input_schema) {
        put_key(t, "input");
        value_write(t, a->input_schema);
    }
    if (a->asks_paper)
        put_member_bool(t, "document", true);
    put_close(t, '}');
}

static void
put_list(struct text *t, const char *key, const struct allowed *list, size_t n,
         const struct visit *v, bool forms)
{
    put_key(t, key);
    put_open(t, '[');
    for (size_t i = 0; i < n; i++)
        if (list[i].visit == v)
            view_action(t, list[i].action, forms);
    put_close(t, ']');
}

void
view_allowed(struct text *t, const struct sight *s, const struct actor *who, const struct visit *v,
             bool forms)
{
    struct allowed *list;
    size_t n = machine_allowed(s->workflow, s->state, who, t->arena, &list);

    put_list(t, "actions", list, n, v, forms);
    n = machine_recordable(s->workflow, s->state, who, t->arena, &list);
    for (size_t i = 0; i < n; i++)
        if (list[i].visit == v) {
            put_list(t, "mayRecord", list, n, v, forms);
            break;
        }
}

void
view_action_list(struct text *t, const struct sight *s, const struct actor *who)
{
    char etag[ETAG_TEXT];

    put_open(t, '[');
    for (uint32_t i = 0; i < s->state->n_visit; i++) {
        const struct visit *v = &s->state->visit[i];

        if (!step_is_leaf(&s->workflow->step[v->step]))
            continue;
        put_open(t, '{');
        put_member_string(t, "step", visit_path(t->arena, s->workflow, v));
        view_title(t, "title", s->workflow->step[v->step].title);
        put_member_int(t, "visit", v->id);
        put_member_string(t, "etag", view_step_etag(v, etag));
        view_allowed(t, s, who, v, true);
        put_close(t, '}');
    }
    put_close(t, ']');
}

void
view_actions(struct text *t, const struct sight *s, const struct actor *who)
{
    put_open(t, '{');
    put_key(t, "items");
    view_action_list(t, s, who);
    view_preparable(t, s, who, true);
    put_close(t, '}');
}
