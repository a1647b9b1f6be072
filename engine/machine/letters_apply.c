/* SPDX-License-Identifier: Apache-2.0 */
/* What facts about letters change, and when they fit. */
#include <string.h>

#include "base/require.h"
#include "machine/letters.h"
#include "machine/names.h"
#include "machine/paths.h"

static void
append(struct case_state *c, const struct fact *f, instant at, struct arena *a)
{
    struct letter *all = arena_array(a, c->n_letter + 1, struct letter);

    if (c->n_letter)
        memcpy(all, c->letter, c->n_letter * sizeof(*all));
    all[c->n_letter++] = (struct letter){.number = f->number,
                                         .source = f->detail,
                                         .id = f->ref,
                                         .name = f->name,
                                         .step = f->step,
                                         .element = f->element,
                                         .visit = f->visit,
                                         .at = at,
                                         .expires = f->until,
                                         .data = f->value,
                                         .fate = LETTER_EARLY};
    c->letter = all;
}

/* The step has been acted in by the system. */
static void
act(const struct workflow *w, struct case_state *c, struct letter *l, int32_t visit,
    struct arena *a)
{
    struct visit *v = case_visit(c, visit);
    const char *path;

    require(v);
    path = visit_path(a, w, v);
    l->visit = visit;
    v->revision = c->revision;
    v->holder = NULL;
    v->held_until = INSTANT_NONE;
    if (w->step[v->step].noted)
        c->steps = path_with(a, &c->steps, arena_printf(a, "%s.by", path), value_borrow(l->source));
}

void
apply_letter(const struct workflow *w, struct case_state *c, const struct fact *f, instant at,
             struct arena *a)
{
    struct letter *l;

    if (f->kind == FACT_RECEIVED) {
        append(c, f, at, a);
        return;
    }
    l = case_letter(c, f->number);
    require(l);
    l->expires = INSTANT_NONE;
    l->why = f->detail;
    if (f->kind == FACT_TOO_LATE) {
        l->fate = LETTER_LATE;
        return;
    }
    l->data = value_null(); /* the facts have it */
    l->fate = f->kind == FACT_TAKEN     ? LETTER_TAKEN
              : f->kind == FACT_EXPIRED ? LETTER_EXPIRED
                                        : LETTER_FILED;
    if (f->kind == FACT_TAKEN)
        act(w, c, l, f->visit, a);
}

bool
letter_fact_fits(const struct case_state *c, const struct fact *f)
{
    const struct letter *l = case_letter(c, f->number);

    if (f->kind == FACT_RECEIVED)
        return (uint32_t)f->number == c->n_letter + 1 && c->n_letter < LETTERS_MOST && f->name &&
               f->detail && f->ref && f->visit >= 0;
    if (!l || (l->fate != LETTER_EARLY && l->fate != LETTER_LATE))
        return false;
    return f->kind != FACT_TAKEN || case_visit(c, f->visit);
}

bool
letters_fit(const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_letter; i++) {
        const struct letter *l = &c->letter[i];

        if (l->number != (int32_t)i + 1 || (l->expires != INSTANT_NONE && l->fate != LETTER_EARLY))
            return false;
        if (c->phase == PHASE_CLOSED && l->fate == LETTER_EARLY)
            return false;
    }
    return c->n_letter <= LETTERS_MOST;
}

bool
letters_differ(const struct case_state *before, const struct case_state *after)
{
    for (uint32_t i = 0; i < before->n_letter; i++)
        if (before->letter[i].fate != after->letter[i].fate)
            return true;
    return before->n_letter != after->n_letter;
}
