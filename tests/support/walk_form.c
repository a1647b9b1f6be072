/* SPDX-License-Identifier: Apache-2.0 */
/* Random forms with which what a definition does with them has a chance. */
#include <string.h>

#include "machine/paths.h"
#include "tests/support/walk.h"

/* @form without who would stand twice on the roll of a ballot, which could not open. */
static struct value
with_rolls(struct walk *k, struct value form)
{
    for (uint16_t i = 0; i < k->w->n_step; i++) {
        const struct ballot *b = k->w->step[i].ballot;
        const struct value *roll = b ? path_get(&form, b->roll) : NULL;
        struct value *item = roll ? arena_array(k->a, roll->n, struct value) : NULL;
        uint32_t n = 0;

        for (uint32_t j = 0; roll && j < roll->n; j++) {
            const char *voter = value_get_string(&roll->item[j], b->voter);
            bool twice = !voter;

            for (uint32_t l = 0; l < n && !twice; l++)
                twice = !strcmp(value_get_string(&item[l], b->voter), voter);
            if (!twice)
                item[n++] = roll->item[j];
        }
        if (roll)
            form = path_with(k->a, &form, b->roll, value_array(item, n));
    }
    return form;
}

struct value
walk_form(struct walk *k)
{
    return k->w->form_schema ? with_rolls(k, chance_value(k->chance, k->w->form_schema, k->a))
                             : value_object(k->a, NULL, 0);
}

void
walk_give_held(struct walk *k, struct command *cmd)
{
    const uint16_t n = k->w->n_material;
    const struct material_kind *m = n ? &k->w->material[chance_below(k->chance, n)] : NULL;
    struct value *held;

    if (!m || !m->certificate || chance_one_in(k->chance, 4))
        return;
    held = arena_new(k->a, struct value);
    *held = value_with(k->a, NULL, m->certificate, value_borrow("证照1号"));
    cmd->held = held;
}
