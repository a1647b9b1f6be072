/* SPDX-License-Identifier: Apache-2.0 */
/* What the new version may ask about the past: `step` of expressions, and four eyes. */
#include <string.h>

#include "machine/migrate_inside.h"
#include "machine/names.h"
#include "machine/paths.h"

static void
put_word(struct move_over *x, const char *path, const struct member *word)
{
    x->next->steps = path_with(x->run.a, &x->next->steps,
                               arena_printf(x->run.a, "%s.%s", path, word->name), word->value);
}

/* NONE where there is no counterpart, or it is in a list's branch in one version only. */
static uint16_t
step_there(const struct move_over *x, uint16_t step, const char *element)
{
    const struct workflow *to = x->m->to;
    const uint16_t is = x->m->step[step];

    return is == NONE || !element != (to->region[to->step[is].region].each == NONE) ? NONE : is;
}

static uint16_t
region_there(const struct move_over *x, uint16_t region, const char *element)
{
    const uint16_t is = x->m->region[region];

    return is == NONE || !element != (x->m->to->region[is].each == NONE) ? NONE : is;
}

static void move_region(struct move_over *x, uint16_t region, const char *element,
                        const struct value *words);

static bool
is_one_of(const char *name, const char *const three[3])
{
    return !strcmp(name, three[0]) || !strcmp(name, three[1]) || !strcmp(name, three[2]);
}

/* @words: what is said of a step, and of the regions within it. */
static void
move_step(struct move_over *x, uint16_t step, const char *element, const struct value *words)
{
    static const char *const noted[] = {"visits", "by", "hands"};
    static const char *const counted[] = {"entered", "ended", "counted"}; /* child cases */
    const struct step *was = &x->m->from->step[step];
    const uint16_t to = step_there(x, step, element);

    for (uint32_t i = 0; i < words->n; i++) {
        const struct member *m = &words->member[i];

        if (to != NONE && ((x->m->to->step[to].noted && is_one_of(m->name, noted)) ||
                           (x->m->to->step[to].children && m->value.kind == VALUE_INT &&
                            is_one_of(m->name, counted))))
            put_word(x, step_name(x->run.a, x->m->to, to, element), m);
        if (m->value.kind != VALUE_OBJECT || was->kind != STEP_PARALLEL)
            continue;
        for (uint16_t k = 0; k < was->n_region; k++) {
            const uint16_t region = (uint16_t)(was->first_region + k);

            if (was->foreach)
                move_region(x, region, m->name, &m->value);
            else if (!strcmp(m->name, x->m->from->region[region].id))
                move_region(x, region, element, &m->value);
        }
    }
    if (was->kind == STEP_STAGE)
        move_region(x, was->first_region, element, words);
}

static void
move_region(struct move_over *x, uint16_t region, const char *element, const struct value *words)
{
    const uint16_t to = region_there(x, region, element);
    const struct branch there = {.region = to, .element = element};

    for (uint32_t i = 0; i < words->n; i++) {
        const struct member *m = &words->member[i];

        if (!strcmp(m->name, "outcome") && to != NONE && x->m->to->region[to].noted)
            put_word(x, branch_path(x->run.a, x->m->to, &there), m);
        for (uint16_t k = 0; m->value.kind == VALUE_OBJECT && k < x->m->from->n_step; k++)
            if (x->m->from->step[k].region == region && !strcmp(x->m->from->step[k].id, m->name))
                move_step(x, k, element, &m->value);
    }
}

void
migrate_words(struct move_over *x)
{
    x->next->steps = value_object(x->run.a, NULL, 0);
    move_region(x, 0, NULL, &x->old->c->steps);
}
