/* SPDX-License-Identifier: Apache-2.0 */
/* Parallel steps: which branches are entered, how one ends, when they join. */
#include <string.h>

#include "machine/flow.h"
#include "machine/names.h"
#include "machine/prepare.h"

/* The branches that may be entered: as they are written, or one for each element of the list. */
struct choice {
    const struct region *branch;
    struct place place;
    struct value item; /* of a list */
    bool entered;
};

static bool
bad_list(struct run *r, const struct step *s, uint32_t i, const char *what)
{
    if (!r->failed)
        error_at(r->e, ERROR_FORM_INVALID, arena_printf(r->a, "/form/%s/%u", s->foreach_field, i),
                 "%s", what);
    r->failed = true;
    return false;
}

/* What is proved of the form when it is loaded holds of what it is now, too. */
static bool
list_fits(struct run *r, const struct step *s, const struct value *list, const struct choice *c)
{
    if (r->failed)
        return false;
    if (list->kind != VALUE_ARRAY)
        return bad_list(r, s, 0, "it is no list");
    if (list->n > FOREACH_MOST)
        return bad_list(r, s, FOREACH_MOST, "the list has more than 200 elements");
    for (uint32_t i = 0; i < list->n; i++) {
        if (list->item[i].kind != VALUE_STRING && list->item[i].kind != VALUE_INT)
            return bad_list(r, s, i, "it is neither a text nor an integer");
        for (uint32_t j = 0; j < i; j++)
            if (!strcmp(c[i].place.element, c[j].place.element))
                return bad_list(r, s, i, "the element stands in the list twice");
    }
    return true;
}

static struct choice *
list_choices(struct run *r, const struct step *s, int32_t visit, uint32_t *n)
{
    const struct value list = run_value(r, place_of(r, visit), s->foreach);
    const uint32_t most = list.kind == VALUE_ARRAY && list.n <= FOREACH_MOST ? list.n : 0;
    struct choice *c = arena_array(r->a, most, struct choice);

    for (uint32_t i = 0; i < most; i++)
        c[i] = (struct choice){
            .branch = &r->w->region[s->first_region],
            .place = {.region = s->first_region,
                      .parent = visit,
                      .element = element_name(r->a, r->w, s->first_region, &list.item[i])},
            .item = list.item[i]};
    *n = list_fits(r, s, &list, c) ? most : 0;
    return c;
}

static struct choice *
choices(struct run *r, const struct step *s, int32_t visit, uint32_t *n)
{
    const char *element;
    struct choice *c;

    if (s->foreach)
        return list_choices(r, s, visit, n);
    c = arena_array(r->a, s->n_region, struct choice);
    element = place_of(r, visit).element;
    for (uint16_t i = 0; i < s->n_region; i++)
        c[i] = (struct choice){.branch = &r->w->region[s->first_region + i],
                               .place = {.region = (uint16_t)(s->first_region + i),
                                         .parent = visit,
                                         .element = element}};
    *n = s->n_region;
    return c;
}

static void
branched(struct run *r, const struct choice *c)
{
    emit(r, (struct fact){.kind = FACT_BRANCHED,
                          .visit = c->place.parent,
                          .number = c->place.region,
                          .element = c->place.element,
                          .value = c->item});
}

/*
 * Each branch of a list has the moves of a command to itself: how long the list
 * is says nothing about whether the definition comes to rest.
 */
static void
enter_one(struct run *r, const struct step *s, const struct choice *c, int *most)
{
    const int before = r->moves;

    enter(r, c->branch->start, c->place);
    if (!s->foreach)
        return;
    if (r->moves > *most)
        *most = r->moves;
    r->moves = before;
}

void
enter_branches(struct run *r, const struct step *s, int32_t visit)
{
    uint32_t n;
    struct choice *c = choices(r, s, visit, &n);
    int most = r->moves;
    bool any = false;

    /* All conditions are decided before the first branch is entered, each of an element by itself.
     */
    for (uint32_t i = 0; i < n && !r->failed; i++) {
        if (s->foreach && c[i].branch->when)
            c[i].entered = run_each(r, &c[i].place, &c[i].item, c[i].branch->when);
        else
            c[i].entered = !c[i].branch->when || run_test(r, c[i].place, c[i].branch->when);
        any = any || c[i].entered;
    }
    for (uint32_t i = 0; i < n; i++)
        if (c[i].entered)
            branched(r, &c[i]);
    for (uint32_t i = 0; i < n && !r->failed; i++)
        if (c[i].entered && case_visit(r->c, visit))
            enter_one(r, s, &c[i], &most);
    if (s->foreach)
        r->moves = most;
    if (!any && !r->failed) {
        const struct place from = place_of(r, visit);

        leave(r, visit, false);
        move(r, from, s->to);
    }
}

struct tally {
    int32_t entered, running, counted;
};

static struct tally
count_branches(const struct run *r, int32_t parent, const char *outcome)
{
    struct tally t = {0};

    for (uint32_t i = 0; i < r->c->n_branch; i++) {
        const struct branch *b = &r->c->branch[i];

        if (b->parent != parent)
            continue;
        t.entered++;
        if (!b->outcome)
            t.running++;
        else if (!outcome || !strcmp(outcome, b->outcome))
            t.counted++;
    }
    return t;
}

static struct value
tally_value(struct run *r, struct tally t)
{
    const struct member m[] = {{"counted", 7, value_int(t.counted)},
                               {"ended", 5, value_int(t.entered - t.running)},
                               {"entered", 7, value_int(t.entered)},
                               {"running", 7, value_int(t.running)}};

    return value_object(r->a, arena_copy(r->a, m, sizeof(m)), sizeof(m) / sizeof(*m));
}

enum meeting { MEETING_OPEN, MEETING_JOINED, MEETING_MISSED };

/* Whether the branches that are through suffice, or what is still to come cannot. */
static enum meeting
branches_meet(struct run *r, const struct step *s, int32_t parent)
{
    const struct tally t = count_branches(r, parent, s->join_of);
    int32_t need;

    if (s->join == JOIN_WHEN) {
        const struct value tally = tally_value(r, t);

        if (run_tally(r, place_of(r, parent), s->join_when, &tally))
            return MEETING_JOINED;
        return t.running ? MEETING_OPEN : MEETING_MISSED;
    }
    need = s->join == JOIN_ALL ? t.entered : s->join == JOIN_ANY ? 1 : s->join_count;
    if (need > t.entered)
        need = t.entered;
    if (t.counted >= need)
        return MEETING_JOINED;
    return t.counted + t.running >= need ? MEETING_OPEN : MEETING_MISSED;
}

/* What still runs in the parallel step is cancelled, then it is left. */
static void
join(struct run *r, int32_t parent, struct target to)
{
    const struct place from = place_of(r, parent);

    meet_known(r, parent);
    leave(r, parent, false);
    move(r, from, to);
}

void
branch_end(struct run *r, struct place branch, const char *outcome)
{
    const struct step *s = &r->w->step[r->w->region[branch.region].owner];
    enum meeting m;

    /* What is active in this branch only: the others go on. */
    for (uint32_t i = r->c->n_visit; i-- > 0 && !r->failed;) {
        const struct visit *v = &r->c->visit[i];

        if (v->parent == branch.parent && r->w->step[v->step].region == branch.region &&
            same_element(v->element, branch.element)) {
            leave(r, v->id, true);
            i = r->c->n_visit;
        }
    }
    prepared_cancelled(r, branch);
    emit(r, (struct fact){.kind = FACT_BRANCH_ENDED,
                          .visit = branch.parent,
                          .number = branch.region,
                          .element = branch.element,
                          .name = outcome});
    if (r->failed)
        return;
    m = branches_meet(r, s, branch.parent);
    if (r->failed || m == MEETING_OPEN)
        return;
    if (m == MEETING_JOINED)
        join(r, branch.parent, s->to);
    else if (s->has_else)
        join(r, branch.parent, s->otherwise);
    else
        run_fail(r, "a join can no longer be reached and has no else");
}
