/* SPDX-License-Identifier: Apache-2.0 */
/* Child cases in the state: facts applied, held against it, written and read. */
#include <string.h>

#include "base/require.h"
#include "machine/children.h"
#include "machine/names.h"
#include "machine/notes.h"
#include "machine/paths.h"

static void
ask(struct case_state *c, const struct fact *f, struct arena *a)
{
    const struct value *form = f->declared ? value_get(&f->value, "form") : &f->value;
    const struct value *applicant = f->declared ? value_get(&f->value, "applicant") : NULL;
    struct child *all = arena_array(a, c->n_child + 1, struct child);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_child; i++) /* a further try takes the place of the last */
        if (f->visit ? c->child[i].visit != f->visit || c->child[i].index != f->epoch
                     : c->child[i].number != f->id)
            all[n++] = c->child[i];
    all[n++] = (struct child){.number = f->number,
                              .visit = f->visit,
                              .index = f->epoch,
                              .workflow = f->name,
                              .apart = !f->visit,
                              .other = f->declared,
                              .form = f->visit ? value_null() : *form,
                              .applicant = f->visit || !applicant ? value_null() : *applicant};
    c->child = all;
    c->n_child = n;
    c->last_child = f->number;
}

void
count_children(const struct workflow *w, struct case_state *c, int32_t visit, struct arena *a)
{
    const struct visit *v = case_visit(c, visit);
    int64_t entered = 0, ended = 0, counted = 0;
    const struct step *s;
    const char *path;

    if (!v)
        return;
    s = &w->step[v->step];
    path = visit_path(a, w, v);
    for (uint32_t i = 0; i < c->n_child; i++) {
        const struct child *x = &c->child[i];

        if (x->visit != visit)
            continue;
        entered++;
        ended += x->outcome != NULL;
        counted += x->outcome && (!s->join_of || !strcmp(x->outcome, s->join_of));
    }
    c->steps = path_with(a, &c->steps, arena_printf(a, "%s.entered", path), value_int(entered));
    c->steps = path_with(a, &c->steps, arena_printf(a, "%s.ended", path), value_int(ended));
    c->steps = path_with(a, &c->steps, arena_printf(a, "%s.counted", path), value_int(counted));
}

void
apply_child(const struct workflow *w, struct case_state *c, const struct fact *f, struct arena *a)
{
    struct child *x;

    if (f->kind == FACT_ASKED) {
        ask(c, f, a);
        count_children(w, c, f->visit, a);
        return;
    }
    if (f->kind == FACT_STANDS && !f->number) {
        c->parent.heard = f->id;
        return;
    }
    x = case_child(c, f->number);
    require(x);
    if (f->kind == FACT_BORN) {
        x->case_number = f->name;
        x->case_id = f->id;
        x->form = x->applicant = value_null();
    } else if (f->kind == FACT_FINISHED) {
        x->outcome = f->name;
        x->why = f->detail;
        count_children(w, c, x->visit, a);
    } else if (f->kind == FACT_STANDS) {
        x->stands = f->declared;
        x->heard = f->id;
    } else {
        x->recalled = true;
    }
}

/* Of another applicant's it is said who he is. */
static bool
asks_for_somebody(const struct fact *f)
{
    const struct value *form = value_get(&f->value, "form");
    const struct value *applicant = value_get(&f->value, "applicant");

    return !f->declared ||
           (form && form->kind == VALUE_OBJECT && applicant && value_get_string(applicant, "kind"));
}

bool
child_fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const struct child *x = case_child(c, f->number);
    const struct visit *v = case_visit(c, f->visit);

    if (f->kind == FACT_ASKED && !asks_for_somebody(f))
        return false;
    if (f->kind == FACT_ASKED && !f->visit)
        return f->number == c->last_child + 1 && f->name && f->value.kind == VALUE_OBJECT &&
               (!f->id || (f->id <= c->last_child && case_child(c, (int32_t)f->id)));
    if (f->kind == FACT_ASKED)
        return v && w->step[v->step].children && f->number == c->last_child + 1 && f->name &&
               f->epoch >= 0 && f->epoch < CHILDREN_MOST;
    if (f->kind == FACT_STANDS && !f->number)
        return c->parent.case_id && f->id > c->parent.heard &&
               (!f->name || workflow_ground(w, f->name) != NONE);
    if (!x)
        return false;
    if (f->kind == FACT_STANDS)
        return f->id > x->heard;
    return f->kind == FACT_RECALLED || (f->name && (f->kind == FACT_FINISHED || f->id > 0));
}

bool
children_fit(const struct workflow *w, const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_child; i++) {
        const struct child *x = &c->child[i];
        const struct visit *v = case_visit(c, x->visit);

        if (x->number < 1 || x->number > c->last_child ||
            (i && x->number <= c->child[i - 1].number))
            return false;
        if (x->visit && (!v || !w->step[v->step].children))
            return false;
    }
    return c->last_child >= 0;
}

bool
children_differ(const struct case_state *before, const struct case_state *after)
{
    for (uint32_t i = 0; i < before->n_child && i < after->n_child; i++) {
        const struct child *was = &before->child[i], *is = &after->child[i];

        if (was->number != is->number || was->visit != is->visit || was->case_id != is->case_id ||
            !was->outcome != !is->outcome || was->recalled != is->recalled ||
            was->heard != is->heard)
            return true;
    }
    return before->n_child != after->n_child;
}

struct value
note_child(struct arena *a, const struct workflow *w, const struct child *x)
{
    struct note o = {.n = 0};

    (void)w;
    if (x->apart)
        note_add(&o, "apart", value_bool(true));
    if (x->applicant.kind == VALUE_OBJECT)
        note_add(&o, "applicant", x->applicant);
    note_string(&o, "case", x->case_number);
    note_add(&o, "child", value_int(x->number));
    if (x->form.kind == VALUE_OBJECT)
        note_add(&o, "form", x->form);
    note_int(&o, "heard", x->heard, 0);
    note_int(&o, "id", x->case_id, 0);
    note_int(&o, "in", x->visit, 0);
    note_int(&o, "index", x->index, 0);
    if (x->other)
        note_add(&o, "other", value_bool(true));
    note_string(&o, "outcome", x->outcome);
    if (x->recalled)
        note_add(&o, "recalled", value_bool(true));
    if (x->stands)
        note_add(&o, "stands", value_bool(true));
    note_string(&o, "why", x->why);
    note_string(&o, "workflow", x->workflow);
    return note_done(a, &o);
}

bool
read_child(const struct value *n, struct child *x)
{
    const struct value *form = value_get(n, "form"), *applicant = value_get(n, "applicant");
    bool ok = true;

    *x = (struct child){.number = read_small(n, "child", 0, &ok),
                        .visit = read_small(n, "in", 0, &ok),
                        .index = read_small(n, "index", 0, &ok),
                        .workflow = value_get_string(n, "workflow"),
                        .case_id = read_int(n, "id", 0, &ok),
                        .case_number = value_get_string(n, "case"),
                        .outcome = value_get_string(n, "outcome"),
                        .why = value_get_string(n, "why"),
                        .apart = value_get(n, "apart") != NULL,
                        .other = value_get(n, "other") != NULL,
                        .form = form ? *form : value_null(),
                        .applicant = applicant ? *applicant : value_null(),
                        .recalled = value_get(n, "recalled") != NULL,
                        .stands = value_get(n, "stands") != NULL,
                        .heard = read_int(n, "heard", 0, &ok)};
    return ok && x->heard >= 0 && x->workflow && x->case_id >= 0 && x->index >= 0 &&
           x->index < CHILDREN_MOST;
}
