/* SPDX-License-Identifier: Apache-2.0 */
/* FACT_ANNULLED applied: what it carries comes back, what it names goes. */
#include <string.h>

#include "base/require.h"
#include "machine/annul.h"
#include "machine/children.h"
#include "machine/letters.h"
#include "machine/materials.h"
#include "machine/names.h"
#include "machine/notes.h"
#include "machine/paths.h"
#include "machine/prepare.h"
#include "machine/sign.h"

static bool
listed(const struct value *list, int64_t n)
{
    for (uint32_t i = 0; list && i < list->n; i++)
        if (list->item[i].kind == VALUE_INT && list->item[i].integer == n)
            return true;
    return false;
}

static uint32_t
length(const struct value *list)
{
    return list && list->kind == VALUE_ARRAY ? list->n : 0;
}

/* Whether one of the notes in @back says @n for @member. */
static bool
names(const struct value *back, const char *member, int32_t n)
{
    for (uint32_t i = 0; i < length(back); i++) {
        const struct value *id = value_get(&back->item[i], member);

        if (id && id->kind == VALUE_INT && id->integer == n)
            return true;
    }
    return false;
}

/* The order of ids is kept: visits, stops and clocks are looked at in the order they began. */
static void
restore_visits(const struct workflow *w, struct case_state *c, const struct value *back,
               const struct value *gone, struct arena *a)
{
    struct visit *all = arena_array(a, c->n_visit + length(back), struct visit);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_visit; i++)
        if (!listed(gone, c->visit[i].id) && !names(back, "visit", c->visit[i].id))
            all[n++] = c->visit[i];
    for (uint32_t i = 0; i < length(back); i++) {
        struct visit v;
        uint32_t at = n++;

        require(read_visit(a, w, &back->item[i], &v));
        v.revision = c->revision;
        for (; at > 0 && all[at - 1].id > v.id; at--)
            all[at] = all[at - 1];
        all[at] = v;
    }
    c->visit = all;
    c->n_visit = n;
}

static void
restore_stops(const struct workflow *w, struct case_state *c, const struct value *back,
              const struct value *gone, struct arena *a)
{
    struct stop *all = arena_array(a, c->n_stop + length(back), struct stop);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_stop; i++)
        if (!listed(gone, c->stop[i].visit))
            all[n++] = c->stop[i];
    for (uint32_t i = 0; i < length(back); i++) {
        struct stop s;
        uint32_t at = n++;

        require(read_stop(w, &back->item[i], &s));
        for (; at > 0 && all[at - 1].number > s.number; at--)
            all[at] = all[at - 1];
        all[at] = s;
    }
    c->stop = all;
    c->n_stop = n;
}

static void
restore_clocks(const struct workflow *w, struct case_state *c, const struct value *back,
               const struct value *gone, struct arena *a)
{
    struct case_clock *all = arena_array(a, c->n_clock + length(back), struct case_clock);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_clock; i++)
        if (!listed(gone, c->clock[i].id) && !names(back, "clock", c->clock[i].id))
            all[n++] = c->clock[i];
    for (uint32_t i = 0; i < length(back); i++) {
        struct case_clock k;
        uint32_t at = n++;

        require(read_clock(a, w, &back->item[i], INSTANT_NONE, NULL, &k));
        k.moved = true;
        for (; at > 0 && all[at - 1].id > k.id; at--)
            all[at] = all[at - 1];
        all[at] = k;
    }
    c->clock = all;
    c->n_clock = n;
}

static void
restore_courses(struct case_state *c, const struct value *courses, struct arena *a)
{
    for (uint32_t i = 0; i < length(courses); i++) {
        const struct value *id = value_get(&courses->item[i], "clock");
        struct case_clock *k = case_clock(c, (int32_t)id->integer);

        require(k && read_stands(a, value_get(&courses->item[i], "stood"), k));
        k->moved = true;
    }
}

static void
restore_branches(const struct workflow *w, struct case_state *c, const struct value *back,
                 const struct value *gone, struct arena *a)
{
    struct branch *all = arena_array(a, c->n_branch + length(back), struct branch);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_branch; i++)
        if (!listed(gone, c->branch[i].parent))
            all[n++] = c->branch[i];
    for (uint32_t i = 0; i < length(back); i++) {
        struct branch b;
        uint32_t at = 0;

        require(read_branch(w, &back->item[i], &b));
        while (at < n && (all[at].parent != b.parent || all[at].region != b.region ||
                          !same_element(all[at].element, b.element)))
            at++;
        n += at == n;
        all[at] = b;
    }
    c->branch = all;
    c->n_branch = n;
}

static bool
restored_fit(struct arena *a, const struct workflow *w, const struct value *plan)
{
    const struct value *visits = value_get(plan, "visits"), *clocks = value_get(plan, "clocks");
    const struct value *stops = value_get(plan, "stops"), *branches = value_get(plan, "branches");
    struct case_clock k;
    struct branch b;
    struct visit v;
    struct stop s;

    for (uint32_t i = 0; i < length(visits); i++)
        if (!read_visit(a, w, &visits->item[i], &v) || v.parent >= v.id)
            return false;
    for (uint32_t i = 0; i < length(clocks); i++)
        if (!read_clock(a, w, &clocks->item[i], INSTANT_NONE, NULL, &k))
            return false;
    for (uint32_t i = 0; i < length(stops); i++)
        if (!read_stop(w, &stops->item[i], &s))
            return false;
    for (uint32_t i = 0; i < length(branches); i++)
        if (!read_branch(w, &branches->item[i], &b))
            return false;
    return true;
}

static bool
course_fits(const struct case_state *c, const struct value *course, struct arena *a)
{
    const struct value *id = value_get(course, "clock"), *stood = value_get(course, "stood");
    const struct case_clock *is =
        id && id->kind == VALUE_INT && id->integer > 0 && id->integer <= c->last_clock
            ? case_clock(c, (int32_t)id->integer)
            : NULL;
    struct case_clock k = {.n_stand = 0};

    return is && is->verdict == VERDICT_OPEN && stood && read_stands(a, stood, &k);
}

bool
annul_fits(const struct workflow *w, const struct case_state *c, const struct value *plan,
           struct arena *a)
{
    const struct value *marks = value_get(plan, "marks"), *steps = value_get(plan, "steps");
    const struct value *one = value_get(plan, "unsigned"), *visit = value_get(one, "visit");
    const struct value *courses = value_get(plan, "courses");
    struct case_state back = {.n_prepared = 0};

    if (one && (!value_get_string(one, "action") || !value_get_string(one, "by") || !visit ||
                visit->kind != VALUE_INT))
        return false;
    for (uint32_t i = 0; i < length(courses); i++)
        if (!course_fits(c, &courses->item[i], a))
            return false;
    for (uint32_t i = 0; i < length(marks); i++)
        if (marks->item[i].kind != VALUE_STRING || workflow_mark(w, marks->item[i].string) == NONE)
            return false;
    for (uint32_t i = 0; i < length(steps); i++)
        if (!value_get_string(&steps->item[i], "of") || !value_get(&steps->item[i], "is"))
            return false;
    return restored_fit(a, w, plan) && read_prepared(a, w, value_get(plan, "prepared"), &back) &&
           read_materials_into(w, value_get(plan, "materials"),
                               arena_array(a, w->n_material, struct material));
}

static void
restore_words(struct case_state *c, const struct value *steps, struct arena *a)
{
    for (uint32_t i = 0; i < length(steps); i++) {
        const char *path = value_get_string(&steps->item[i], "of");
        const struct value *is = value_get(&steps->item[i], "is");

        c->steps = is->kind == VALUE_NULL ? path_without(a, &c->steps, path)
                                          : path_with(a, &c->steps, path, *is);
    }
}

bool
annul_done(const struct case_state *c, int32_t number)
{
    for (uint32_t i = 0; i < c->n_annulled; i++)
        if (c->annulled[i] == number)
            return true;
    return false;
}

static void
drop_reversals(struct case_state *c, const struct value *gone, struct arena *a)
{
    struct reversal *kept = arena_array(a, c->n_reversal, struct reversal);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_reversal; i++)
        if (!listed(gone, c->reversal[i].number))
            kept[n++] = c->reversal[i];
    c->reversal = kept;
    c->n_reversal = n;
}

static void
note_annulled(struct case_state *c, int32_t number, struct arena *a)
{
    int32_t *all = arena_array(a, c->n_annulled + 1, int32_t);

    for (uint32_t i = 0; i < c->n_annulled; i++)
        all[i] = c->annulled[i];
    all[c->n_annulled++] = number;
    c->annulled = all;
}

static void
take_back(struct case_state *c, const struct value *one, struct arena *a)
{
    struct visit *v = case_visit(c, (int32_t)value_get(one, "visit")->integer);

    if (!v)
        return;
    unsign(v, value_get_string(one, "action"), value_get_string(one, "by"), a);
    v->revision = c->revision;
}

void
annul_restore(const struct workflow *w, struct case_state *c, const struct fact *f, struct arena *a)
{
    const struct value *plan = &f->value;
    const struct value *gone = value_get(plan, "visitsGone"), *marks = value_get(plan, "marks"), *v;
    instant *mark = arena_copy(a, c->mark, w->n_mark * sizeof(*mark));

    restore_branches(w, c, value_get(plan, "branches"), gone, a);
    restore_stops(w, c, value_get(plan, "stops"), gone, a);
    restore_clocks(w, c, value_get(plan, "clocks"), value_get(plan, "clocksGone"), a);
    restore_courses(c, value_get(plan, "courses"), a);
    restore_visits(w, c, value_get(plan, "visits"), gone, a);
    if ((v = value_get(plan, "reversalsGone")))
        drop_reversals(c, v, a);
    for (uint32_t i = 0; i < length(marks); i++)
        mark[workflow_mark(w, marks->item[i].string)] = INSTANT_NONE;
    c->mark = mark;
    require(read_materials_into(w, value_get(plan, "materials"), c->material));
    restore_prepared(w, c, value_get(plan, "prepared"), a);
    restore_words(c, value_get(plan, "steps"), a);
    if ((v = value_get(plan, "unsigned")))
        take_back(c, v, a);
    if ((v = value_get(plan, "form")))
        c->form = *v;
    if ((v = value_get(plan, "vars")))
        c->vars = *v;
    c->phase = PHASE_OPEN;
    c->outcome = NULL;
    if (c->contradicted && case_visit(c, c->contradicted))
        c->contradicted = 0;
    note_annulled(c, f->number, a);
}
