/* SPDX-License-Identifier: Apache-2.0 */
/* What taking back a record means for the clocks. */
#include <string.h>

#include "machine/annul_inside.h"
#include "machine/notes.h"
#include "machine/stands.h"

void
annul_note(struct arena *a, struct notes *l, struct value v)
{
    l->item = arena_grow(a, l->item, l->n, sizeof(*l->item));
    l->item[l->n++] = v;
}

bool
annul_impossible(struct error *e, const char *why)
{
    return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "%s", why);
}

void
annul_plan_courses(const struct planning *p, const struct notes *gone, struct notes *courses)
{
    for (uint32_t i = 0; i < p->c->n_clock; i++) {
        struct case_clock k = p->c->clock[i];
        struct note o = {.n = 0};
        bool goes = k.verdict != VERDICT_OPEN;

        for (size_t g = 0; g < gone->n; g++)
            goes = goes || gone->item[g].integer == k.id;
        if (goes)
            continue;
        history_course(p->a, p->w, p->h, &k, p->at, NULL);
        if (clock_same_course(&k, &p->c->clock[i]))
            continue;
        note_add(&o, "clock", value_int(k.id));
        note_add(&o, "stood", note_stands(p->a, &k));
        annul_note(p->a, courses, note_done(p->a, &o));
    }
}

/* Whether the one that the record ended is that of the same turns, and comes back. */
static bool
had_begun(const struct case_state *before, const struct case_clock *like)
{
    for (uint32_t i = 0; i < before->n_clock; i++) {
        const struct case_clock *k = &before->clock[i];

        if (k->verdict == VERDICT_OPEN && k->rule == like->rule && k->visit == like->visit &&
            k->department && !strcmp(k->department, like->department))
            return true;
    }
    return false;
}

/*
 * A department's clock that began with the record, as others have brought its turn since: it began
 * then.
 */
static bool
goes_on_from(const struct planning *p, const struct case_state *before, const struct case_clock *k,
             struct case_clock *out)
{
    const struct clock_rule *rule = &p->w->clock[k->rule];

    if (!k->department || had_begun(before, k) ||
        (rule->scope == NONE && before->mark[rule->from] == INSTANT_NONE))
        return false;
    *out = *k;
    out->started = history_turn(p->a, p->w, p->h, k);
    if (out->started == INSTANT_NONE)
        return false;
    history_course(p->a, p->w, p->h, out, p->at, NULL);
    return true;
}

bool
annul_plan_clocks(const struct planning *p, const struct case_state *before,
                  const struct case_state *after, struct notes *back, struct notes *gone,
                  struct error *e)
{
    const struct case_state *c = p->c;

    for (uint32_t i = 0; i < after->n_clock; i++) {
        const struct case_clock *k = &after->clock[i], *now = case_clock(c, k->id);
        struct case_clock turn;

        if (case_clock(before, k->id))
            continue;
        if (!now || now->verdict != k->verdict)
            return annul_impossible(e, "a clock it started has ended since");
        if (now->extension.n != k->extension.n)
            return annul_impossible(e, "a clock it started has been extended since");
        if (goes_on_from(p, before, now, &turn))
            annul_note(p->a, back, note_clock(p->a, p->w, &turn, INSTANT_NONE, NULL));
        else
            annul_note(p->a, gone, value_int(k->id));
    }
    for (uint32_t i = 0; i < before->n_clock; i++) {
        const struct case_clock *then = case_clock(after, before->clock[i].id);
        struct case_clock k = before->clock[i];

        if (k.verdict != VERDICT_OPEN || (then && then->verdict == VERDICT_OPEN))
            continue;
        history_course(p->a, p->w, p->h, &k, p->at, NULL);
        annul_note(p->a, back, note_clock(p->a, p->w, &k, INSTANT_NONE, NULL));
    }
    return true;
}
