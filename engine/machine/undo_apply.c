/* SPDX-License-Identifier: Apache-2.0 */
/* Reversals in the state: facts applied, held against it, written and read. */
#include <string.h>

#include "base/require.h"
#include "machine/notes.h"
#include "machine/undo.h"

static void
add_reversal(struct case_state *c, const struct fact *f, struct arena *a)
{
    struct reversal *all = arena_array(a, c->n_reversal + 1, struct reversal);

    if (c->n_reversal)
        memcpy(all, c->reversal, c->n_reversal * sizeof(*all));
    all[c->n_reversal] = (struct reversal){.number = f->number,
                                           .message = f->epoch,
                                           .step = f->step,
                                           .element = f->element,
                                           .system = f->name,
                                           .data = f->value};
    all[c->n_reversal].around = stays_around(c, f->visit, a, &all[c->n_reversal].n_around);
    c->n_reversal++;
    c->reversal = all;
    c->last_reversal = f->number;
}

static void
take_back(struct case_state *c, const struct fact *f, struct arena *a)
{
    struct undoing *all = arena_array(a, c->n_undoing + 1, struct undoing);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_reversal; i++)
        if (c->reversal[i].number != f->number)
            c->reversal[n++] = c->reversal[i];
    c->n_reversal = n;
    if (c->n_undoing)
        memcpy(all, c->undoing, c->n_undoing * sizeof(*all));
    all[c->n_undoing++] = (struct undoing){.message = f->epoch, .system = f->name};
    c->undoing = all;
}

void
apply_reversal(struct case_state *c, const struct fact *f, struct arena *a)
{
    struct letter *l = case_letter(c, f->number);
    uint32_t n = 0;

    if (f->kind == FACT_REVERSIBLE) {
        add_reversal(c, f, a);
        return;
    }
    if (f->kind == FACT_UNDONE) {
        take_back(c, f, a);
        return;
    }
    for (uint32_t i = 0; i < c->n_undoing; i++)
        if (c->undoing[i].message != f->epoch)
            c->undoing[n++] = c->undoing[i];
    c->n_undoing = n;
    if (!l)
        return;
    l->fate = LETTER_TAKEN;
    l->data = value_null();
}

bool
reversal_fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    bool found = false;

    (void)w;
    if (f->kind == FACT_REVERSIBLE)
        return case_visit(c, f->visit) && f->number == c->last_reversal + 1 && f->name;
    if (f->kind == FACT_ANSWERED)
        return f->number == 0 || case_letter(c, f->number);
    for (uint32_t i = 0; i < c->n_reversal; i++)
        found = found || c->reversal[i].number == f->number;
    return found && f->name && f->epoch == c->last_message;
}

struct value
note_reversal(struct arena *a, const struct workflow *w, const struct reversal *x)
{
    struct value *around = arena_array(a, x->n_around, struct value);
    struct note o = {.n = 0};

    for (uint32_t i = 0; i < x->n_around; i++)
        around[i] = value_int(x->around[i]);
    if (x->data.kind != VALUE_NULL)
        note_add(&o, "data", x->data);
    note_string(&o, "element", x->element);
    note_add(&o, "in", value_array(around, x->n_around));
    note_int(&o, "message", x->message, 0);
    note_int(&o, "reversal", x->number, 0);
    note_add(&o, "step", value_borrow(w->step[x->step].path));
    note_string(&o, "system", x->system);
    return note_done(a, &o);
}

bool
read_reversal(struct arena *a, const struct workflow *w, const struct value *n, struct reversal *x)
{
    const struct value *in = value_get(n, "in"), *data = value_get(n, "data");
    const char *step = value_get_string(n, "step");
    int32_t *around;
    bool ok = true;

    if (!in || in->kind != VALUE_ARRAY || !step)
        return false;
    around = arena_array(a, in->n, int32_t);
    for (uint32_t i = 0; i < in->n; i++) {
        if (in->item[i].kind != VALUE_INT || in->item[i].integer < 1 ||
            in->item[i].integer > INT32_MAX)
            return false;
        around[i] = (int32_t)in->item[i].integer;
    }
    *x = (struct reversal){.number = read_small(n, "reversal", 0, &ok),
                           .message = read_small(n, "message", 0, &ok),
                           .step = workflow_step(w, step),
                           .element = value_get_string(n, "element"),
                           .around = around,
                           .n_around = in->n,
                           .system = value_get_string(n, "system"),
                           .data = data ? *data : value_null()};
    return ok && x->step != NONE && x->system;
}
