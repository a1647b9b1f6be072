/* SPDX-License-Identifier: Apache-2.0 */
/* A whole case as JSON, and back: the column `state` of its row. */
#include <string.h>

#include "machine/draw.h"
#include "machine/fits.h"
#include "machine/notes.h"

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

#define note_list(a, w, list, n, note_one)                                                         \
    ({                                                                                             \
        struct value *item_ = arena_array((a), (n), struct value);                                 \
        for (uint32_t i_ = 0; i_ < (n); i_++)                                                      \
            item_[i_] = note_one((a), (w), &(list)[i_]);                                           \
        value_array(item_, (n));                                                                   \
    })

static struct value
note_numbers(struct arena *a, const int32_t *number, uint32_t n)
{
    struct value *item = arena_array(a, n, struct value);

    for (uint32_t i = 0; i < n; i++)
        item[i] = value_int(number[i]);
    return value_array(item, n);
}

struct value
note_case(struct arena *a, const struct workflow *w, const struct case_state *c)
{
    struct note o = {.n = 0};

    note_instant(&o, "alarm", c->alarm);
    if (c->n_annulled)
        note_add(&o, "annulled", note_numbers(a, c->annulled, c->n_annulled));
    note_string(&o, "applicantKind", c->applicant_kind);
    note_add(&o, "branches", note_list(a, w, c->branch, c->n_branch, note_branch));
    if (c->n_certificate)
        note_add(&o, "certificates",
                 note_list(a, w, c->certificate, c->n_certificate, note_certificate));
    note_add(&o, "clocks", note_list(a, w, c->clock, c->n_clock, note_clock));
    if (c->phase == PHASE_CLOSED)
        note_add(&o, "closedAs", value_int(c->closed_as));
    note_int(&o, "contradicted", c->contradicted, 0);
    note_string(&o, "district", c->district);
    if (c->n_commitment)
        note_add(&o, "draws", note_list(a, w, c->commitment, c->n_commitment, note_commitment));
    note_int(&o, "lastClock", c->last_clock, 0);
    note_int(&o, "lastDraw", c->last_draw, 0);
    note_int(&o, "lastMessage", c->last_message, 0);
    note_int(&o, "lastStop", c->last_stop, 0);
    note_int(&o, "lastVisit", c->last_visit, 0);
    if (c->n_letter)
        note_add(&o, "letters", note_list(a, w, c->letter, c->n_letter, note_letter));
    note_add(&o, "marks", note_marks(a, w, c));
    note_int(&o, "migrated", c->migrated, 0);
    note_add(&o, "moment", value_int(c->moment));
    note_add(&o, "opened", value_int(c->opened));
    note_string(&o, "outcome", c->outcome);
    note_add(&o, "phase", value_int(c->phase));
    note_add(&o, "recorded", value_int(c->recorded));
    note_add(&o, "revision", value_int(c->revision));
    note_add(&o, "steps", c->steps);
    note_add(&o, "stops", note_list(a, w, c->stop, c->n_stop, note_stop));
    if (c->vars.kind == VALUE_OBJECT && c->vars.n)
        note_add(&o, "vars", c->vars);
    note_add(&o, "visits", note_list(a, w, c->visit, c->n_visit, note_visit));
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

/* The array member @name; NULL when it is none. */
static const struct value *
list(const struct value *n, const char *name)
{
    const struct value *v = value_get(n, name);

    return v && v->kind == VALUE_ARRAY ? v : NULL;
}

static bool
read_lists(struct arena *a, const struct workflow *w, const struct value *n, struct case_state *c)
{
    const struct value *visits = list(n, "visits"), *branches = list(n, "branches");
    const struct value *stops = list(n, "stops"), *clocks = list(n, "clocks");
    const struct value *certificates = list(n, "certificates");
    const uint32_t n_certificate = certificates ? certificates->n : 0;
    bool ok =
        visits && branches && stops && clocks && (certificates || !value_get(n, "certificates"));

    if (!ok)
        return false;
    c->visit = arena_array(a, visits->n, struct visit);
    c->branch = arena_array(a, branches->n, struct branch);
    c->stop = arena_array(a, stops->n, struct stop);
    c->clock = arena_array(a, clocks->n, struct case_clock);
    for (; ok && c->n_visit < visits->n; c->n_visit++)
        ok = read_visit(a, w, &visits->item[c->n_visit], &c->visit[c->n_visit]);
    for (; ok && c->n_branch < branches->n; c->n_branch++)
        ok = read_branch(w, &branches->item[c->n_branch], &c->branch[c->n_branch]);
    for (; ok && c->n_stop < stops->n; c->n_stop++)
        ok = read_stop(w, &stops->item[c->n_stop], &c->stop[c->n_stop]);
    for (; ok && c->n_clock < clocks->n; c->n_clock++)
        ok = read_clock(a, w, &clocks->item[c->n_clock], &c->clock[c->n_clock]);
    c->certificate = arena_array(a, n_certificate, struct certificate);
    for (; ok && c->n_certificate < n_certificate; c->n_certificate++)
        ok = read_certificate(w, &certificates->item[c->n_certificate],
                              &c->certificate[c->n_certificate]);
    return ok;
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
    const struct value *steps = value_get(state, "steps"), *vars = value_get(state, "vars");
    struct case_state c = *out;
    bool ok = true;

    c.phase = (enum phase)read_small(state, "phase", PHASE_NONE, &ok);
    c.outcome = value_get_string(state, "outcome");
    c.closed_as = (enum public_status)read_small(state, "closedAs", PUBLIC_DECIDED, &ok);
    c.district = value_get_string(state, "district");
    c.applicant_kind = value_get_string(state, "applicantKind");
    c.revision = read_int(state, "revision", 0, &ok);
    c.recorded = read_int(state, "recorded", 0, &ok);
    c.opened = read_instant(state, "opened", INSTANT_NONE, &ok);
    c.moment = read_instant(state, "moment", INSTANT_NONE, &ok);
    c.alarm = read_instant(state, "alarm", INSTANT_NONE, &ok);
    c.contradicted = read_small(state, "contradicted", 0, &ok);
    c.last_visit = read_small(state, "lastVisit", 0, &ok);
    c.last_stop = read_small(state, "lastStop", 0, &ok);
    c.last_clock = read_small(state, "lastClock", 0, &ok);
    c.last_message = read_small(state, "lastMessage", 0, &ok);
    c.last_draw = read_small(state, "lastDraw", 0, &ok);
    c.migrated = read_int(state, "migrated", 0, &ok);
    c.form = form ? *form : value_null();
    c.vars = vars ? *vars : value_object(a, NULL, 0);
    c.steps = steps ? *steps : value_object(a, NULL, 0);
    c.n_visit = c.n_branch = c.n_stop = c.n_clock = c.n_certificate = 0;
    if (!ok || c.phase < PHASE_NONE || c.phase > PHASE_CLOSED || c.closed_as > PUBLIC_INHERIT ||
        !read_marks(a, w, value_get(state, "marks"), &c) ||
        !read_annulled(a, value_get(state, "annulled"), &c) ||
        !read_commitments(a, value_get(state, "draws"), &c) || !read_lists(a, w, state, &c) ||
        !read_letters(a, w, value_get(state, "letters"), &c) || !case_fits(w, &c))
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
    c->form = value_null();
    c->vars = c->steps = value_object(a, NULL, 0);
    return c;
}
