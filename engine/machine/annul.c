/* SPDX-License-Identifier: Apache-2.0 */
/* The wrong click taken back. */
#include "machine/annul.h"

#include <string.h>

#include "base/require.h"
#include "machine/names.h"
#include "machine/notes.h"
#include "machine/paths.h"

/* A list of notes that grows. */
struct notes {
    struct value *item;
    size_t n;
};

static void
push(struct arena *a, struct notes *l, struct value v)
{
    l->item = arena_grow(a, l->item, l->n, sizeof(*l->item));
    l->item[l->n++] = v;
}

static bool
impossible(struct error *e, const char *why)
{
    return error_set(e, ERROR_ANNUL_IMPOSSIBLE, "%s", why);
}

static const struct branch *
find_branch(const struct case_state *c, const struct branch *like)
{
    return case_branch(c, like->parent, like->region, like->element);
}

static const struct stop *
find_stop(const struct case_state *c, int32_t number)
{
    for (uint32_t i = 0; i < c->n_stop; i++)
        if (c->stop[i].number == number)
            return &c->stop[i];
    return NULL;
}

/*
 * Whether the record between the two states was somebody's act: it raised the
 * revision, and a step was acted in or left.  Stopping and resuming change the
 * stops that hold; an annulment brings visits back.
 */
static bool
is_act(const struct case_state *before, const struct case_state *after)
{
    bool acted = false;

    if (before->phase != PHASE_OPEN || after->revision != before->revision + 1)
        return false;
    for (uint32_t i = 0; i < after->n_stop; i++) {
        const struct stop *s = &after->stop[i], *was = find_stop(before, s->number);

        if (was ? was->to != s->to : !s->declared)
            return false;
    }
    for (uint32_t i = 0; i < after->n_visit; i++)
        if (after->visit[i].id <= before->last_visit && !case_visit(before, after->visit[i].id))
            return false;
    for (uint32_t i = 0; i < before->n_visit; i++) {
        const struct visit *then = case_visit(after, before->visit[i].id);

        acted = acted || !then || then->revision != before->visit[i].revision;
    }
    return acted;
}

/* What the record opened or acted in must be untouched; what it left comes back. */
static bool
plan_visits(const struct workflow *w, const struct case_state *c, const struct case_state *before,
            const struct case_state *after, struct arena *a, struct notes *back, struct notes *gone,
            struct error *e)
{
    for (uint32_t i = 0; i < after->n_visit; i++) {
        const struct visit *v = &after->visit[i], *now = case_visit(c, v->id);
        const struct visit *was = case_visit(before, v->id);

        if (was && was->revision == v->revision)
            continue;
        if (!now || now->revision != v->revision)
            return impossible(e, was ? "the step has been acted in since"
                                     : "what the action opened has been acted on since");
        if (!was)
            push(a, gone, value_int(v->id));
    }
    for (uint32_t i = 0; i < before->n_visit; i++) {
        const struct visit *v = &before->visit[i];

        if (case_visit(after, v->id))
            continue;
        if (v->parent && !case_visit(c, v->parent) && case_visit(after, v->parent))
            return impossible(e, "the step around it has been left since");
        push(a, back, note_visit(a, w, v));
    }
    return true;
}

static void
plan_branches(const struct workflow *w, const struct case_state *before,
              const struct case_state *after, struct arena *a, struct notes *back)
{
    for (uint32_t i = 0; i < before->n_branch; i++) {
        const struct branch *b = &before->branch[i], *then = find_branch(after, b);

        if (!then || (then->outcome && !b->outcome))
            push(a, back, note_branch(a, w, b));
    }
}

static void
plan_stops(const struct workflow *w, const struct case_state *before,
           const struct case_state *after, struct arena *a, struct notes *back)
{
    for (uint32_t i = 0; i < before->n_stop; i++)
        if (!find_stop(after, before->stop[i].number))
            push(a, back, note_stop(a, w, &before->stop[i]));
}

static bool
plan_clocks(const struct workflow *w, const struct case_state *c, const struct case_state *before,
            const struct case_state *after, struct arena *a, struct notes *back, struct notes *gone,
            struct error *e)
{
    for (uint32_t i = 0; i < after->n_clock; i++) {
        const struct case_clock *k = &after->clock[i], *now = case_clock(c, k->id);

        if (case_clock(before, k->id))
            continue;
        if (!now || now->verdict != k->verdict)
            return impossible(e, "a clock it started has ended since");
        push(a, gone, value_int(k->id));
    }
    for (uint32_t i = 0; i < before->n_clock; i++) {
        const struct case_clock *k = &before->clock[i], *then = case_clock(after, k->id);

        if (k->verdict != VERDICT_OPEN || (then && then->verdict == VERDICT_OPEN))
            continue;
        if (k->visit == 0 && c->last_stop != after->last_stop)
            return impossible(e, "clocks were stopped since it ended one of the case");
        push(a, back, note_clock(a, w, k, INSTANT_NONE));
    }
    return true;
}

/* Notes what stood at @path before, null for nothing, where the record changed it. */
static void
plan_word(const struct case_state *before, const struct case_state *after, const char *path,
          struct arena *a, struct notes *words)
{
    const struct value *was = path_get(&before->steps, path);
    const struct value *then = path_get(&after->steps, path);
    struct member pair[2] = {{.name = "is", .name_len = 2, .value = was ? *was : value_null()},
                             {.name = "of", .name_len = 2, .value = value_borrow(path)}};

    if (then ? !was || !value_equal(was, then) : was != NULL)
        push(a, words, value_object(a, arena_copy(a, pair, sizeof(pair)), 2));
}

/* The words of @all at @path and below, each once by its own path. */
static void
plan_words(const struct case_state *before, const struct case_state *after, const struct value *all,
           const char *path, struct arena *a, struct notes *words)
{
    for (uint32_t i = 0; all && all->kind == VALUE_OBJECT && i < all->n; i++) {
        const struct member *m = &all->member[i];
        const char *below = arena_printf(a, "%s.%s", path, m->name);

        if (m->value.kind == VALUE_OBJECT)
            plan_words(before, after, &m->value, below, a, words);
        else if (all == path_get(&after->steps, path) || !path_get(&after->steps, below))
            plan_word(before, after, below, a, words);
    }
}

/* The branches of a list: the words before, and those that only came with it. */
static void
plan_elements(const struct workflow *w, uint16_t each, const struct case_state *before,
              const struct case_state *after, struct arena *a, struct notes *words)
{
    const char *path = w->step[w->region[each].owner].path;
    const struct case_state *const side[] = {after, before};

    for (int i = 0; i < 2; i++) {
        const struct value *list = path_get(&side[i]->steps, path);

        for (uint32_t k = 0; list && list->kind == VALUE_OBJECT && k < list->n; k++)
            if (list->member[k].value.kind == VALUE_OBJECT)
                plan_words(before, after, &list->member[k].value,
                           arena_printf(a, "%s.%s", path, list->member[k].name), a, words);
    }
}

/* What `step` said before: word by word, since others may have moved beside it. */
static struct value
plan_steps(const struct workflow *w, const struct case_state *before,
           const struct case_state *after, struct arena *a)
{
    struct notes words = {0};

    for (uint16_t i = 0; i < w->n_step; i++) {
        if (w->region[w->step[i].region].each != NONE)
            continue;
        plan_word(before, after, arena_printf(a, "%s.by", w->step[i].path), a, &words);
        plan_word(before, after, arena_printf(a, "%s.visits", w->step[i].path), a, &words);
    }
    for (uint16_t i = 1; i < w->n_region; i++)
        if (w->region[i].each == i)
            plan_elements(w, i, before, after, a, &words);
        else if (w->region[i].each == NONE)
            plan_word(before, after, arena_printf(a, "%s.outcome", w->region[i].path), a, &words);
    return value_array(words.item, words.n);
}

static struct value
plan_marks(const struct workflow *w, const struct case_state *before,
           const struct case_state *after, struct arena *a)
{
    struct notes unset = {0};

    for (uint16_t i = 0; i < w->n_mark; i++)
        if (before->mark[i] == INSTANT_NONE && after->mark[i] != INSTANT_NONE)
            push(a, &unset, value_borrow(w->mark[i]));
    return value_array(unset.item, unset.n);
}

static bool
letters_differ(const struct case_state *before, const struct case_state *after)
{
    for (uint32_t i = 0; i < before->n_letter; i++)
        if (before->letter[i].fate != after->letter[i].fate)
            return true;
    return before->n_letter != after->n_letter;
}

bool
annul_plan(const struct workflow *w, const struct case_state *c, const struct case_state *before,
           const struct case_state *after, struct arena *a, struct value *plan, struct error *e)
{
    struct notes visits = {0}, gone = {0}, branches = {0}, stops = {0}, clocks = {0}, ended = {0};
    struct note o = {.n = 0};

    if (!is_act(before, after))
        return impossible(e, "the record is no action in a step");
    if (after->last_message != before->last_message)
        return impossible(e, "a message has left the house with it");
    if (c->n_certificate != before->n_certificate)
        return impossible(e, "a certificate has been issued with it or since");
    if (letters_differ(before, after))
        return impossible(e, "a message was received or taken with it");
    if (after->last_draw != before->last_draw)
        return impossible(e, "a draw was promised or made with it");
    if (!value_equal(&c->form, &after->form) || !value_equal(&c->vars, &after->vars))
        return impossible(e, "what it wrote has been changed since");
    if (!plan_visits(w, c, before, after, a, &visits, &gone, e) ||
        !plan_clocks(w, c, before, after, a, &clocks, &ended, e))
        return false;
    plan_branches(w, before, after, a, &branches);
    plan_stops(w, before, after, a, &stops);
    note_add(&o, "branches", value_array(branches.item, branches.n));
    note_add(&o, "clocks", value_array(clocks.item, clocks.n));
    note_add(&o, "clocksGone", value_array(ended.item, ended.n));
    note_add(&o, "form", before->form);
    note_add(&o, "marks", plan_marks(w, before, after, a));
    note_add(&o, "steps", plan_steps(w, before, after, a));
    note_add(&o, "stops", value_array(stops.item, stops.n));
    note_add(&o, "vars", before->vars);
    note_add(&o, "visits", value_array(visits.item, visits.n));
    note_add(&o, "visitsGone", value_array(gone.item, gone.n));
    *plan = note_done(a, &o);
    return true;
}

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

/* The order of ids is kept: visits, stops and clocks are looked at in the order they began. */
static void
restore_visits(const struct workflow *w, struct case_state *c, const struct value *back,
               const struct value *gone, struct arena *a)
{
    struct visit *all = arena_array(a, c->n_visit + length(back), struct visit);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_visit; i++)
        if (!listed(gone, c->visit[i].id))
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

static bool
comes_back(const struct value *back, int32_t clock)
{
    for (uint32_t i = 0; i < length(back); i++) {
        const struct value *id = value_get(&back->item[i], "clock");

        if (id && id->kind == VALUE_INT && id->integer == clock)
            return true;
    }
    return false;
}

static void
restore_clocks(const struct workflow *w, struct case_state *c, const struct value *back,
               const struct value *gone, struct arena *a)
{
    struct case_clock *all = arena_array(a, c->n_clock + length(back), struct case_clock);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_clock; i++)
        if (!listed(gone, c->clock[i].id) && !comes_back(back, c->clock[i].id))
            all[n++] = c->clock[i];
    for (uint32_t i = 0; i < length(back); i++) {
        struct case_clock k;
        uint32_t at = n++;

        require(read_clock(a, w, &back->item[i], INSTANT_NONE, &k));
        k.moved = true;
        for (; at > 0 && all[at - 1].id > k.id; at--)
            all[at] = all[at - 1];
        all[at] = k;
    }
    c->clock = all;
    c->n_clock = n;
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
        if (!read_clock(a, w, &clocks->item[i], INSTANT_NONE, &k))
            return false;
    for (uint32_t i = 0; i < length(stops); i++)
        if (!read_stop(w, &stops->item[i], &s))
            return false;
    for (uint32_t i = 0; i < length(branches); i++)
        if (!read_branch(w, &branches->item[i], &b))
            return false;
    return true;
}

bool
annul_fits(const struct workflow *w, const struct value *plan, struct arena *a)
{
    const struct value *marks = value_get(plan, "marks"), *steps = value_get(plan, "steps");

    for (uint32_t i = 0; i < length(marks); i++)
        if (marks->item[i].kind != VALUE_STRING || workflow_mark(w, marks->item[i].string) == NONE)
            return false;
    for (uint32_t i = 0; i < length(steps); i++)
        if (!value_get_string(&steps->item[i], "of") || !value_get(&steps->item[i], "is"))
            return false;
    return restored_fit(a, w, plan);
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
note_annulled(struct case_state *c, int32_t number, struct arena *a)
{
    int32_t *all = arena_array(a, c->n_annulled + 1, int32_t);

    for (uint32_t i = 0; i < c->n_annulled; i++)
        all[i] = c->annulled[i];
    all[c->n_annulled++] = number;
    c->annulled = all;
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
    restore_visits(w, c, value_get(plan, "visits"), gone, a);
    for (uint32_t i = 0; i < length(marks); i++)
        mark[workflow_mark(w, marks->item[i].string)] = INSTANT_NONE;
    c->mark = mark;
    restore_words(c, value_get(plan, "steps"), a);
    if ((v = value_get(plan, "form")))
        c->form = *v;
    if ((v = value_get(plan, "vars")))
        c->vars = *v;
    c->phase = PHASE_OPEN;
    c->outcome = NULL;
    note_annulled(c, f->number, a);
}
