/* SPDX-License-Identifier: Apache-2.0 */
/* A whole case as JSON, and back: the column `state` of its row. */
#include <string.h>

#include "machine/certificates.h"
#include "machine/draw.h"
#include "machine/fits.h"
#include "machine/identity.h"
#include "machine/intake.h"
#include "machine/mandates.h"
#include "machine/materials.h"
#include "machine/notes.h"
#include "machine/outage.h"
#include "machine/prepare.h"
#include "machine/reopen.h"
#include "machine/sort.h"
#include "machine/stuck.h"
#include "machine/voids.h"

static struct value
note_marks(struct arena *a, const struct workflow *w, const struct case_state *c)
{
    struct member *m = arena_array(a, w->n_mark, struct member);
    size_t n = 0;

    for (uint16_t i = 0; i < w->n_mark && c->mark; i++)
        if (c->mark[i] != INSTANT_NONE)
            m[n++] = (struct member){.name = w->mark[i],
                                     .name_len = (uint32_t)strlen(w->mark[i]),
                                     .value = value_int(c->mark[i])};
    return value_object(a, m, n);
}

#define note_each(a, w, list, n, note_one)                                                         \
    ({                                                                                             \
        struct value *item_ = arena_array((a), (n), struct value);                                 \
        for (uint32_t i_ = 0; i_ < (n); i_++)                                                      \
            item_[i_] = note_one((a), (w), &(list)[i_]);                                           \
        value_array(item_, (n));                                                                   \
    })

/* A list that may be empty, and is left out then. */
static void
note_list(struct note *o, const char *name, struct value list)
{
    if (list.n)
        note_add(o, name, list);
}

static struct value
note_numbers(struct arena *a, const int32_t *number, uint32_t n)
{
    struct value *item = arena_array(a, n, struct value);

    for (uint32_t i = 0; i < n; i++)
        item[i] = value_int(number[i]);
    return value_array(item, n);
}

/* By which calendar the oldest clock counts that names one, as most others do; NULL. */
static const char *
usual_calendar(const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (c->clock[i].calendar)
            return c->clock[i].calendar;
    return NULL;
}

/* The running clocks of steps, or those of the case. */
static struct value
note_clocks(struct arena *a, const struct workflow *w, const struct case_state *c, bool of_case)
{
    struct value *item = arena_array(a, c->n_clock, struct value);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_clock; i++) {
        const struct case_clock *k = &c->clock[i];
        const struct visit *v = case_visit(c, k->visit);

        if ((k->visit == 0) == of_case)
            item[n++] = note_clock(a, w, k, v ? v->entered : INSTANT_NONE, usual_calendar(c));
    }
    return value_array(item, n);
}

/* Behind what commands change more often. */
static struct value
note_who(struct arena *a, const struct case_state *c)
{
    struct note o = {.n = 0};

    note_first_handler(&o, c);
    note_list(&o, "mandates", note_mandates(a, c));
    return note_done(a, &o);
}

/*
 * What most commands leave as it is.  The member sorts behind all others and
 * the form stands behind it in the row: of an update the database logs only
 * what lies between what stayed the same before and behind.
 */
static struct value
note_whole(struct arena *a, const struct workflow *w, const struct case_state *c)
{
    struct note o = {.n = 0};

    if (c->n_annulled)
        note_add(&o, "annulled", note_numbers(a, c->annulled, c->n_annulled));
    note_string(&o, "applicantKind", c->applicant_kind);
    note_string(&o, "calendar", usual_calendar(c));
    note_list(&o, "certificates",
              note_each(a, w, c->certificate, c->n_certificate, note_certificate));
    note_list(&o, "clocks", note_clocks(a, w, c, true));
    note_string(&o, "district", c->district);
    note_string(&o, "handedFrom", c->handed_from);
    if (c->identity.claimed || c->identity.by)
        note_add(&o, "identity", note_identity(a, &c->identity));
    note_list(&o, "labels", note_labels(a, w, c));
    if (c->lane != NONE)
        note_string(&o, "lane", w->lane[c->lane].id);
    note_add(&o, "marks", note_marks(a, w, c));
    note_add(&o, "opened", value_int(c->opened));
    note_list(&o, "outages", note_each(a, w, c->outage, c->n_outage, note_outage));
    if (c->vars.kind == VALUE_OBJECT && c->vars.n)
        note_add(&o, "vars", c->vars);
    note_list(&o, "voided", note_voided(a, c));
    note_list(&o, "who", note_who(a, c));
    note_list(&o, "withheld", note_withheld(a, w, c));
    return note_done(a, &o);
}

static struct value
note_undoings(struct arena *a, const struct case_state *c)
{
    struct value *item = arena_array(a, c->n_undoing, struct value);

    for (uint32_t i = 0; i < c->n_undoing; i++) {
        struct note o = {.n = 0};

        note_int(&o, "message", c->undoing[i].message, 0);
        note_string(&o, "system", c->undoing[i].system);
        item[i] = note_done(a, &o);
    }
    return value_array(item, c->n_undoing);
}

static bool
read_reversals(struct arena *a, const struct workflow *w, const struct value *state,
               struct case_state *c)
{
    const struct value *n = value_get(state, "reversals"), *u = value_get(state, "undoing");
    const uint32_t most = n && n->kind == VALUE_ARRAY ? n->n : 0;
    const uint32_t n_undoing = u && u->kind == VALUE_ARRAY ? u->n : 0;
    bool ok = true;

    c->reversal = arena_array(a, most, struct reversal);
    for (c->n_reversal = 0; c->n_reversal < most; c->n_reversal++)
        if (!read_reversal(a, w, &n->item[c->n_reversal], &c->reversal[c->n_reversal]))
            return false;
    c->undoing = arena_array(a, n_undoing, struct undoing);
    for (c->n_undoing = 0; c->n_undoing < n_undoing; c->n_undoing++) {
        const struct value *one = &u->item[c->n_undoing];

        c->undoing[c->n_undoing] = (struct undoing){.message = read_small(one, "message", 0, &ok),
                                                    .system = value_get_string(one, "system")};
        ok = ok && c->undoing[c->n_undoing].system;
    }
    c->last_reversal = read_small(state, "lastReversal", 0, &ok);
    return ok;
}

static struct value
note_parent(struct arena *a, const struct parent *p)
{
    struct note o = {.n = 0};

    note_int(&o, "child", p->child, 0);
    note_int(&o, "generation", p->generation, 0);
    note_int(&o, "heard", p->heard, 0);
    note_int(&o, "id", p->case_id, 0);
    if (p->listens)
        note_add(&o, "listens", value_bool(true));
    note_string(&o, "number", p->case_number);
    return note_done(a, &o);
}

struct value
note_case(struct arena *a, const struct workflow *w, const struct case_state *c)
{
    struct note o = {.n = 0};

    note_instant(&o, "alarm", c->alarm);
    note_list(&o, "branches", note_each(a, w, c->branch, c->n_branch, note_branch));
    if (c->n_child)
        note_add(&o, "children", note_each(a, w, c->child, c->n_child, note_child));
    note_list(&o, "clocks", note_clocks(a, w, c, false));
    if (c->phase == PHASE_CLOSED)
        note_add(&o, "closedAs", value_int(c->closed_as));
    note_int(&o, "contradicted", c->contradicted, 0);
    note_list(&o, "draws", note_each(a, w, c->commitment, c->n_commitment, note_commitment));
    note_int(&o, "lastChild", c->last_child, 0);
    note_int(&o, "lastClock", c->last_clock, 0);
    note_int(&o, "lastDraw", c->last_draw, 0);
    note_int(&o, "lastMessage", c->last_message, 0);
    note_int(&o, "lastReversal", c->last_reversal, 0);
    note_int(&o, "lastStop", c->last_stop, 0);
    note_int(&o, "lastVisit", c->last_visit, 0);
    note_list(&o, "letters", note_each(a, w, c->letter, c->n_letter, note_letter));
    if (w->n_material && c->material) {
        const struct value materials = note_materials(a, w, c);

        if (materials.n)
            note_add(&o, "materials", materials);
    }
    note_int(&o, "migrated", c->migrated, 0);
    note_add(&o, "moment", value_int(c->moment));
    if (c->notice_allowed)
        note_add(&o, "noticeAllowed", value_bool(true));
    note_int(&o, "notices", c->n_notice, 0);
    note_int(&o, "noticesLate", c->n_late_notice, 0);
    note_string(&o, "outcome", c->outcome);
    if (c->parent.case_id)
        note_add(&o, "parent", note_parent(a, &c->parent));
    note_int(&o, "phase", c->phase, PHASE_OPEN);
    note_list(&o, "prepared", note_each(a, w, c->prepared, c->n_prepared, note_preparation));
    note_add(&o, "recorded", value_int(c->recorded));
    note_reopened(&o, a, c);
    if (c->n_reversal)
        note_add(&o, "reversals", note_each(a, w, c->reversal, c->n_reversal, note_reversal));
    note_add(&o, "revision", value_int(c->revision));
    if (c->steps.n)
        note_add(&o, "steps", c->steps);
    note_list(&o, "stops", note_each(a, w, c->stop, c->n_stop, note_stop));
    note_list(&o, "stuck", note_each(a, w, c->stuck, c->n_stuck, note_stuck));
    if (c->n_undoing)
        note_add(&o, "undoing", note_undoings(a, c));
    note_list(&o, "visits", note_each(a, w, c->visit, c->n_visit, note_visit));
    note_add(&o, "wholeCase", note_whole(a, w, c));
    return note_done(a, &o);
}

void
case_write(struct text *t, const struct workflow *w, const struct case_state *c)
{
    const struct value v = note_case(t->arena, w, c);

    value_write(t, &v);
}

static bool
read_marks(struct arena *a, const struct workflow *w, const struct value *n, struct case_state *c)
{
    instant *mark = arena_array(a, w->n_mark, instant);
    bool ok = n && n->kind == VALUE_OBJECT;

    for (uint16_t i = 0; i < w->n_mark; i++)
        mark[i] = read_instant(n, w->mark[i], INSTANT_NONE, &ok);
    c->mark = mark;
    return ok;
}

static bool
read_annulled(struct arena *a, const struct value *n, struct case_state *c)
{
    const uint32_t most = n && n->kind == VALUE_ARRAY ? n->n : 0;
    int32_t *number = arena_array(a, most, int32_t);

    for (uint32_t i = 0; i < most; i++) {
        if (n->item[i].kind != VALUE_INT || n->item[i].integer > c->recorded)
            return false;
        number[i] = (int32_t)n->item[i].integer;
    }
    c->annulled = number;
    c->n_annulled = most;
    return true;
}

/* The array member @name; empty when there is none. */
static struct value
read_list(const struct value *n, const char *name, bool *ok)
{
    const struct value *v = value_get(n, name);

    if (v && v->kind == VALUE_ARRAY)
        return *v;
    *ok = *ok && !v;
    return value_array(NULL, 0);
}

/* The moment the visit was entered that the note of a clock names. */
static instant
entered(const struct case_state *c, const struct value *n)
{
    const struct value *id = value_get(n, "visit");
    const struct visit *v = id && id->kind == VALUE_INT && id->integer <= INT32_MAX
                                ? case_visit(c, (int32_t)id->integer)
                                : NULL;

    return v ? v->entered : INSTANT_NONE;
}

/* Adds the clocks of @list to those of @c, in the order of their numbers. */
static bool
read_clocks(struct arena *a, const struct workflow *w, const struct value *list,
            const char *calendar, struct case_state *c)
{
    for (uint32_t i = 0; i < list->n; i++) {
        struct case_clock k;
        uint32_t at = c->n_clock;

        if (!read_clock(a, w, &list->item[i], entered(c, &list->item[i]), calendar, &k))
            return false;
        for (; at > 0 && c->clock[at - 1].id > k.id; at--)
            c->clock[at] = c->clock[at - 1];
        c->clock[at] = k;
        c->n_clock++;
    }
    return true;
}

static bool
read_lists(struct arena *a, const struct workflow *w, const struct value *n,
           const struct value *whole, struct case_state *c)
{
    bool ok = true;
    const struct value visits = read_list(n, "visits", &ok), stops = read_list(n, "stops", &ok);
    const struct value branches = read_list(n, "branches", &ok);
    const struct value clocks = read_list(n, "clocks", &ok);
    const struct value certificates = read_list(whole, "certificates", &ok);
    const struct value of_case =
        whole == n ? value_array(NULL, 0) : read_list(whole, "clocks", &ok);
    const char *calendar = value_get_string(whole, "calendar");

    c->n_visit = c->n_branch = c->n_stop = c->n_clock = c->n_certificate = 0;
    c->visit = arena_array(a, visits.n, struct visit);
    c->branch = arena_array(a, branches.n, struct branch);
    c->stop = arena_array(a, stops.n, struct stop);
    c->clock = arena_array(a, clocks.n + of_case.n, struct case_clock);
    for (; ok && c->n_visit < visits.n; c->n_visit++)
        ok = read_visit(a, w, &visits.item[c->n_visit], &c->visit[c->n_visit]);
    for (; ok && c->n_branch < branches.n; c->n_branch++)
        ok = read_branch(w, &branches.item[c->n_branch], &c->branch[c->n_branch]);
    for (; ok && c->n_stop < stops.n; c->n_stop++)
        ok = read_stop(w, &stops.item[c->n_stop], &c->stop[c->n_stop]);
    c->certificate = arena_array(a, certificates.n, struct certificate);
    for (; ok && c->n_certificate < certificates.n; c->n_certificate++)
        ok = read_certificate(w, &certificates.item[c->n_certificate],
                              &c->certificate[c->n_certificate]);
    return ok && read_clocks(a, w, &of_case, calendar, c) &&
           read_clocks(a, w, &clocks, calendar, c);
}

bool
case_is_old(const struct value *state)
{
    return !value_get(state, "wholeCase");
}

static bool
read_children(struct arena *a, const struct value *state, struct case_state *c)
{
    const struct value *n = value_get(state, "children"), *parent = value_get(state, "parent");
    const uint32_t most = n && n->kind == VALUE_ARRAY ? n->n : 0;
    bool ok = true;

    c->child = arena_array(a, most, struct child);
    for (c->n_child = 0; c->n_child < most; c->n_child++)
        if (!read_child(&n->item[c->n_child], &c->child[c->n_child]))
            return false;
    c->last_child = read_small(state, "lastChild", 0, &ok);
    c->parent = (struct parent){.case_id = 0};
    if (parent)
        c->parent = (struct parent){.case_id = read_int(parent, "id", 0, &ok),
                                    .case_number = value_get_string(parent, "number"),
                                    .child = read_small(parent, "child", 0, &ok),
                                    .listens = value_get(parent, "listens") != NULL,
                                    .heard = read_int(parent, "heard", 0, &ok),
                                    .generation = read_small(parent, "generation", 0, &ok)};
    return ok && c->parent.heard >= 0 && c->parent.generation >= 0 &&
           !c->parent.case_id == !c->parent.case_number;
}

static bool
read_letters(struct arena *a, const struct workflow *w, const struct value *n, struct case_state *c)
{
    const uint32_t most = n && n->kind == VALUE_ARRAY ? n->n : 0;

    c->letter = arena_array(a, most, struct letter);
    for (c->n_letter = 0; c->n_letter < most; c->n_letter++)
        if (!read_letter(w, &n->item[c->n_letter], &c->letter[c->n_letter]))
            return false;
    return true;
}

bool
case_read(struct arena *a, const struct workflow *w, const struct value *state,
          const struct value *form, struct case_state *out, struct error *e)
{
    /* Once the members of `wholeCase` stood among the others. */
    const struct value *whole = case_is_old(state) ? state : value_get(state, "wholeCase");
    const struct value *steps = value_get(state, "steps"), *vars = value_get(whole, "vars");
    const struct value *who = value_get(whole, "who");
    struct case_state c = *out;
    bool ok = true;

    c.phase = (enum phase)read_small(state, "phase", PHASE_OPEN, &ok);
    c.outcome = value_get_string(state, "outcome");
    c.closed_as = (enum public_status)read_small(state, "closedAs", PUBLIC_DECIDED, &ok);
    c.district = value_get_string(whole, "district");
    c.handed_from = value_get_string(whole, "handedFrom");
    c.applicant_kind = value_get_string(whole, "applicantKind");
    c.revision = read_int(state, "revision", 0, &ok);
    c.recorded = read_int(state, "recorded", 0, &ok);
    c.opened = read_instant(whole, "opened", INSTANT_NONE, &ok);
    c.moment = read_instant(state, "moment", INSTANT_NONE, &ok);
    c.alarm = read_instant(state, "alarm", INSTANT_NONE, &ok);
    c.contradicted = read_small(state, "contradicted", 0, &ok);
    c.last_visit = read_small(state, "lastVisit", 0, &ok);
    c.last_stop = read_small(state, "lastStop", 0, &ok);
    c.last_clock = read_small(state, "lastClock", 0, &ok);
    c.last_message = read_small(state, "lastMessage", 0, &ok);
    c.last_draw = read_small(state, "lastDraw", 0, &ok);
    c.n_notice = read_small(state, "notices", 0, &ok);
    c.n_late_notice = read_small(state, "noticesLate", 0, &ok);
    c.notice_allowed = value_get(state, "noticeAllowed") != NULL;
    c.migrated = read_int(state, "migrated", 0, &ok);
    c.lane = value_get(whole, "lane") ? read_index(w, workflow_lane, whole, "lane", &ok) : NONE;
    c.form = form ? *form : value_null();
    c.vars = vars ? *vars : value_object(a, NULL, 0);
    c.steps = steps ? *steps : value_object(a, NULL, 0);
    if (!ok || c.phase < PHASE_NONE || c.phase > PHASE_CLOSED || c.closed_as > PUBLIC_INHERIT ||
        !read_marks(a, w, value_get(whole, "marks"), &c) ||
        !read_annulled(a, value_get(whole, "annulled"), &c) ||
        !read_outages(a, value_get(whole, "outages"), &c) ||
        !read_noted_labels(a, w, value_get(whole, "labels"), &c) ||
        !read_commitments(a, value_get(state, "draws"), &c) ||
        !read_lists(a, w, state, whole, &c) ||
        !read_letters(a, w, value_get(state, "letters"), &c) ||
        !read_materials_note(a, w, value_get(state, "materials"), &c) ||
        !read_first_handler(who, &c) || !read_mandates(a, value_get(who, "mandates"), &c) ||
        !read_children(a, state, &c) || !read_reversals(a, w, state, &c) ||
        !read_reopened(state, &c) || !read_prepared(a, w, value_get(state, "prepared"), &c) ||
        !read_stuck(a, w, value_get(state, "stuck"), &c) ||
        !read_voided(a, value_get(whole, "voided"), &c) ||
        !read_identity(value_get(whole, "identity"), &c.identity) ||
        !read_withheld(a, w, value_get(whole, "withheld"), &c) || !case_fits(w, &c))
        return error_set(e, ERROR_INTERNAL, "the stored state does not fit workflow %s %.12s",
                         w->id, w->hash);
    *out = c;
    return true;
}

struct case_state *
case_new(struct arena *a, const struct workflow *w)
{
    struct case_state *c = arena_new(a, struct case_state);
    instant *mark = arena_array(a, w->n_mark, instant);

    for (uint16_t i = 0; i < w->n_mark; i++)
        mark[i] = INSTANT_NONE;
    c->mark = mark;
    c->opened = c->moment = c->alarm = INSTANT_NONE;
    c->lane = NONE;
    c->form = value_null();
    c->vars = c->steps = value_object(a, NULL, 0);
    (void)read_materials_note(a, w, NULL, c);
    return c;
}
