/* SPDX-License-Identifier: Apache-2.0 */
/* What may be worked out before the case comes to it 前后置. */
#include "definition/parse.h"

/* Whether @step is @around or lies inside it. */
static bool
lies_in(const struct parse *p, uint16_t step, uint16_t around)
{
    while (step != around && step != NONE)
        step = p->region[p->step[step].region].owner;
    return step == around;
}

/* The innermost region around @inner in which @step stands, or something that holds it. */
static uint16_t
region_around(const struct parse *p, uint16_t inner, uint16_t step)
{
    for (; inner != 0; inner = p->region[inner].parent)
        for (uint16_t r = p->step[step].region; r != NONE; r = p->region[r].parent)
            if (r == inner)
                return inner;
    return inner;
}

/* Whether the case can stay in @before, and not in @s at the same time. */
static bool
can_precede(struct parse *p, const struct place *one, const struct step *s, uint16_t before)
{
    const struct step *b = &p->step[before];

    if (lies_in(p, s->index, before))
        complain(p, one, PROBLEM_BAD_PREPARE,
                 "\"%s\" is not before \"%s\": it is the same, or around it", b->path, s->path);
    else if (b->kind == STEP_DECISION || b->kind == STEP_END)
        complain(p, one, PROBLEM_BAD_PREPARE, "nobody stays in \"%s\"", b->path);
    else
        return true;
    return false;
}

static void
read_during(struct parse *p, const struct place *at, const struct step *s, struct foresight *f)
{
    uint16_t n;
    const char *const *id = read_texts(p, at, "during", &n);
    uint16_t *step = arena_array(p->arena, n, uint16_t);

    if (!value_get(at->v, "during"))
        complain(p, at, PROBLEM_MISSING_KEY, "\"during\" is missing: while which steps are open");
    for (uint16_t i = 0; i < n; i++) {
        const struct place *one = texts_item(p, at, "during", i);
        const uint16_t before = find_path(p, one, s->region, id[i]);

        if (before == NONE || !can_precede(p, one, s, before))
            continue;
        step[f->n_during++] = before;
        f->region = region_around(p, f->region, before);
    }
    f->during = step;
}

void
read_prepare(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *prepare = place_get(p, at, "prepare");
    struct foresight *f;

    if (!prepare || !shape_check(p, prepare, SHAPE_PREPARE))
        return;
    if (s->choice)
        complain(p, prepare, PROBLEM_DEPARTMENT_CHOICE,
                 "whose \"%s\" is, and so who could prepare it, is decided when it is entered",
                 s->path);
    f = arena_new(p->arena, struct foresight);
    f->region = s->region;
    read_during(p, prepare, s, f);
    if (s->by != ACTOR_ROLE)
        complain(p, prepare, PROBLEM_BAD_PREPARE, "nobody of the house acts in \"%s\"", s->path);
    else if (p->region[f->region].each != p->region[s->region].each)
        complain(p, prepare, PROBLEM_BAD_PREPARE,
                 "\"%s\" lies within the branches of a list, and what is before it does not",
                 s->path);
    s->prepare = f;
}
