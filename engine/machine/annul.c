/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be restored so that the wrong click was never made. */
#include "machine/annul_inside.h"
#include "machine/children.h"
#include "machine/letters.h"
#include "machine/materials.h"

#include <string.h>

#include "machine/names.h"
#include "machine/notes.h"
#include "machine/paths.h"
#include "machine/prepare.h"
#include "machine/sign.h"

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

/* Silence left the very step in which somebody had acted in time, as is known now. */
static bool
is_silence(const struct case_state *c, const struct case_state *before,
           const struct case_state *after)
{
    return after->revision == before->revision && c->contradicted &&
           case_visit(before, c->contradicted) && !case_visit(after, c->contradicted);
}

/*
 * What came due in it by @at has been answered: it does not come due again, but for a ballot that
 * closes again.
 */
static struct visit
answered(const struct workflow *w, const struct visit *v, instant at, bool counts, struct arena *a)
{
    const uint16_t n = w->step[v->step].n_timer;
    instant *timer = arena_copy(a, v->timer, n * sizeof(*timer));
    struct visit out = *v;

    for (uint16_t i = 0; i < n; i++)
        if (timer[i] != INSTANT_NONE && timer[i] <= at)
            timer[i] = INSTANT_NONE;
    if (out.wait_until != INSTANT_NONE && out.wait_until <= at && !(counts && v->votes))
        out.wait_until = INSTANT_NONE;
    out.timer = timer;
    return out;
}

/*
 * Whether the record between the two states was somebody's act: it raised the
 * revision, and a step was acted in or left.  Stopping and resuming change the
 * stops that hold; an annulment brings visits back.
 */
static bool
is_act(const struct case_state *c, const struct case_state *before, const struct case_state *after)
{
    bool acted = after->last_visit != before->last_visit; /* or started, and perhaps left at once */

    if (before->phase != PHASE_OPEN || after->n_annulled != before->n_annulled ||
        (after->revision != before->revision + 1 && !is_silence(c, before, after)))
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

/* Whether optional step @v, left by the record, still has what it ran beside, and its place. */
static bool
can_return(const struct workflow *w, const struct case_state *c, const struct case_state *after,
           const struct visit *v)
{
    const uint16_t region = w->step[v->step].region;
    const struct branch *then = case_branch(after, v->parent, region, v->element);
    const struct branch *now = case_branch(c, v->parent, region, v->element);

    for (uint32_t i = 0; i < c->n_visit; i++)
        if (c->visit[i].step == v->step && c->visit[i].parent == v->parent &&
            same_element(c->visit[i].element, v->element))
            return false;
    if (c->phase != after->phase)
        return false;
    return !then || then->outcome || (now && !now->outcome);
}

static bool
is_listed(const struct notes *numbers, int32_t n)
{
    for (size_t i = 0; i < numbers->n; i++)
        if (numbers->item[i].integer == n)
            return true;
    return false;
}

/* Acting ended it. */
static struct visit
on_hold_again(const struct visit *now, const struct visit *was)
{
    struct visit out = *now;

    if (!now->hold) {
        out.hold = was->hold;
        out.hold_since = was->hold_since;
    }
    return out;
}

/* Whether a stay of @numbers is @visit or was around it. */
static bool
was_inside(const struct history *h, int32_t visit, const struct notes *numbers)
{
    for (uint32_t i = h->n_stay; visit && i-- > 0;)
        if (h->stay[i].visit == visit) {
            if (is_listed(numbers, visit))
                return true;
            visit = h->stay[i].parent;
        }
    return false;
}

/* What the record opened or acted in must be untouched; what it left comes back. */
static bool
plan_visits(const struct planning *p, const struct case_state *before,
            const struct case_state *after, struct notes *back, struct notes *gone, struct error *e)
{
    const struct workflow *w = p->w;
    const struct case_state *c = p->c;
    const struct history *h = p->h;
    struct arena *a = p->a;

    for (uint32_t i = 0; i < after->n_visit; i++) {
        const struct visit *v = &after->visit[i], *now = case_visit(c, v->id);
        const struct visit *was = case_visit(before, v->id);

        if (was && was->revision == v->revision)
            continue;
        if (now && now->votes && strcmp(now->votes, v->votes) != 0)
            return annul_impossible(e, "votes have been cast since");
        if (!now || now->revision != v->revision)
            return annul_impossible(e, was ? "the step has been acted in since"
                                           : "what the action opened has been acted on since");
        if (!was) {
            annul_note(a, gone, value_int(v->id));
        } else if (was->n_signature != v->n_signature || was->hold) {
            struct visit open = on_hold_again(now, was);

            open.signature = was->signature;
            open.n_signature = was->n_signature;
            annul_note(a, back, note_visit(a, w, &open));
        }
    }
    for (uint32_t i = 0; i < h->n_stay; i++)
        if (h->stay[i].visit > after->last_visit && was_inside(h, h->stay[i].parent, gone))
            return annul_impossible(e, "something was started since in what the action opened");
    for (uint32_t i = 0; i < c->n_prepared; i++)
        if (is_listed(gone, c->prepared[i].parent))
            return annul_impossible(e, "work has been prepared since in what the action opened");
    for (uint32_t i = 0; i < before->n_visit; i++) {
        const struct visit *v = &before->visit[i];
        struct visit again;

        if (case_visit(after, v->id))
            continue;
        if (v->parent && !case_visit(c, v->parent) && case_visit(after, v->parent))
            return annul_impossible(e, "the step around it has been left since");
        if (w->step[v->step].optional && !can_return(w, c, after, v))
            return annul_impossible(e, "it was started again since, or its region has been left");
        again = is_silence(c, before, after) ? answered(w, v, p->at, p->counts, a) : *v;
        again.holder = NULL; /* who had claimed it may do so again */
        again.held_until = INSTANT_NONE;
        annul_note(a, back, note_visit(a, w, &again));
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
            annul_note(a, back, note_branch(a, w, b));
    }
}

static void
plan_stops(const struct workflow *w, const struct case_state *before,
           const struct case_state *after, struct arena *a, struct notes *back)
{
    for (uint32_t i = 0; i < before->n_stop; i++)
        if (!find_stop(after, before->stop[i].number))
            annul_note(a, back, note_stop(a, w, &before->stop[i]));
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
        annul_note(a, words, value_object(a, arena_copy(a, pair, sizeof(pair)), 2));
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
        plan_word(before, after, arena_printf(a, "%s.hands", w->step[i].path), a, &words);
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
            annul_note(a, &unset, value_borrow(w->mark[i]));
    return value_array(unset.item, unset.n);
}

/* The visit in which the record did nothing but sign; NULL: it did more, or something else. */
static const struct visit *
only_signed(const struct case_state *before, const struct case_state *after)
{
    if (before->last_visit != after->last_visit || before->n_visit != after->n_visit)
        return NULL;
    for (uint32_t i = 0; i < after->n_visit; i++) {
        const struct visit *was = case_visit(before, after->visit[i].id);

        if (was && after->visit[i].n_signature == was->n_signature + 1)
            return &after->visit[i];
    }
    return NULL;
}

/* One signature is taken back whatever others have signed since, as long as it waits for more. */
static bool
plan_signature(const struct planning *p, const struct case_state *before, const struct visit *v,
               struct value *plan, struct error *e)
{
    const struct signature *s = &v->signature[v->n_signature - 1];
    const struct visit *now = case_visit(p->c, v->id), *was = case_visit(before, v->id);
    struct note one = {.n = 0}, o = {.n = 0};
    struct notes visits = {0};
    struct arena *a = p->a;

    if (!now || !has_signed(now, s->action, s->by))
        return annul_impossible(e, "what was signed has happened since");
    note_string(&one, "action", s->action);
    note_string(&one, "by", s->by);
    note_add(&one, "visit", value_int(v->id));
    note_add(&o, "unsigned", note_done(a, &one));
    if (was->hold && !now->hold) {
        const struct visit held = on_hold_again(now, was);

        annul_note(a, &visits, note_visit(a, p->w, &held));
        note_add(&o, "visits", value_array(visits.item, visits.n));
    }
    *plan = note_done(a, &o);
    return true;
}

static void
take_back(struct arena *a, const struct workflow *w, struct history *h, const struct notes *visits,
          const struct notes *gone, const struct notes *stops)
{
    struct note o = {.n = 0};
    struct value plan;

    note_add(&o, "stops", value_array(stops->item, stops->n));
    note_add(&o, "visits", value_array(visits->item, visits->n));
    note_add(&o, "visitsGone", value_array(gone->item, gone->n));
    plan = note_done(a, &o);
    history_take_back(a, w, h, &plan);
}

/* What would take back what was done where nobody is any more. */
static struct value
plan_reversals(const struct case_state *before, const struct case_state *after, struct arena *a)
{
    struct value *gone = arena_array(a, after->n_reversal, struct value);
    uint32_t n = 0;

    for (uint32_t i = 0; i < after->n_reversal; i++)
        if (after->reversal[i].number > before->last_reversal)
            gone[n++] = value_int(after->reversal[i].number);
    return value_array(gone, n);
}

bool
annul_plan(const struct workflow *w, const struct case_state *c, const struct case_state *before,
           const struct case_state *after, bool counts, struct history *h, instant at,
           struct arena *a, struct value *plan, struct error *e)
{
    struct notes visits = {0}, gone = {0}, branches = {0}, stops = {0}, clocks = {0}, ended = {0};
    const struct visit *signed_visit;
    struct notes courses = {0};
    struct note o = {.n = 0};
    const struct planning p = {.w = w, .c = c, .h = h, .at = at, .counts = counts, .a = a};

    if (!is_act(c, before, after))
        return annul_impossible(e, "the record is no action in a step");
    if ((signed_visit = only_signed(before, after)) != NULL)
        return plan_signature(&p, before, signed_visit, plan, e);
    if (after->last_message != before->last_message)
        return annul_impossible(e, "a message has left the house with it");
    if (after->n_notice != before->n_notice)
        return annul_impossible(e, "a notice has left the house with it");
    if (c->n_certificate != before->n_certificate)
        return annul_impossible(e, "a certificate has been issued with it or since");
    if (c->n_withheld != before->n_withheld)
        return annul_impossible(e,
                                "a certificate is to be issued by it, once it is known who asks");
    if (c->n_voided != before->n_voided)
        return annul_impossible(e, "another case's certificate has been revoked with it or since");
    if (after->last_child != before->last_child || children_differ(before, after))
        return annul_impossible(e, "child cases have been asked for or heard of with it");
    if (letters_differ(before, after))
        return annul_impossible(e, "a message was received or taken with it");
    if (after->last_draw != before->last_draw)
        return annul_impossible(e, "a draw was promised or made with it");
    if (!plan_visits(&p, before, after, &visits, &gone, e))
        return false;
    plan_branches(w, before, after, a, &branches);
    plan_stops(w, before, after, a, &stops);
    take_back(a, w, h, &visits, &gone, &stops);
    if (!annul_plan_clocks(&p, before, after, &clocks, &ended, e))
        return false;
    annul_plan_courses(&p, &ended, &courses);
    note_add(&o, "branches", value_array(branches.item, branches.n));
    note_add(&o, "clocks", value_array(clocks.item, clocks.n));
    note_add(&o, "clocksGone", value_array(ended.item, ended.n));
    if (courses.n)
        note_add(&o, "courses", value_array(courses.item, courses.n));
    note_add(&o, "form", before->form);
    note_add(&o, "marks", plan_marks(w, before, after, a));
    if (w->n_material)
        note_add(&o, "materials", note_materials_before(a, w, before, after, c));
    if (before->n_prepared)
        note_add(&o, "prepared", prepared_gone(a, w, before, after));
    if (after->last_reversal != before->last_reversal)
        note_add(&o, "reversalsGone", plan_reversals(before, after, a));
    note_add(&o, "steps", plan_steps(w, before, after, a));
    note_add(&o, "stops", value_array(stops.item, stops.n));
    note_add(&o, "vars", before->vars);
    note_add(&o, "visits", value_array(visits.item, visits.n));
    note_add(&o, "visitsGone", value_array(gone.item, gone.n));
    *plan = note_done(a, &o);
    return true;
}
