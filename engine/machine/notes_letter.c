/* SPDX-License-Identifier: Apache-2.0 */
/* Letters as JSON values, and back. */
#include <string.h>

#include "machine/notes.h"

struct value
note_letter(struct arena *a, const struct workflow *w, const struct letter *l)
{
    struct note o = {.n = 0};

    note_add(&o, "at", value_int(l->at));
    if (l->data.kind != VALUE_NULL)
        note_add(&o, "data", l->data);
    note_string(&o, "element", l->element);
    note_instant(&o, "expires", l->expires);
    note_add(&o, "fate", value_borrow(letter_fate_name(l->fate)));
    note_add(&o, "from", value_borrow(l->source));
    note_add(&o, "id", value_borrow(l->id));
    note_add(&o, "letter", value_int(l->number));
    note_add(&o, "name", value_borrow(l->name));
    if (l->step != NONE)
        note_add(&o, "step", value_borrow(w->step[l->step].path));
    note_int(&o, "visit", l->visit, 0);
    note_string(&o, "why", l->why);
    return note_done(a, &o);
}

static bool
read_fate(const struct value *n, enum letter_fate *out)
{
    const char *word = value_get_string(n, "fate");

    for (int f = LETTER_EARLY; word && f <= LETTER_FILED; f++)
        if (!strcmp(word, letter_fate_name((enum letter_fate)f))) {
            *out = (enum letter_fate)f;
            return true;
        }
    return false;
}

bool
read_letter(const struct workflow *w, const struct value *n, struct letter *l)
{
    const char *step = value_get_string(n, "step");
    const struct value *data = value_get(n, "data");
    bool ok = true;

    *l = (struct letter){.number = read_small(n, "letter", 0, &ok),
                         .source = value_get_string(n, "from"),
                         .id = value_get_string(n, "id"),
                         .name = value_get_string(n, "name"),
                         .step = step ? workflow_step(w, step) : NONE,
                         .element = value_get_string(n, "element"),
                         .visit = read_small(n, "visit", 0, &ok),
                         .at = read_instant(n, "at", INSTANT_NONE, &ok),
                         .expires = read_instant(n, "expires", INSTANT_NONE, &ok),
                         .data = data ? *data : value_null(),
                         .why = value_get_string(n, "why")};
    return ok && read_fate(n, &l->fate) && l->source && l->id && l->name && l->at != INSTANT_NONE &&
           (!step || l->step != NONE);
}
