/* SPDX-License-Identifier: Apache-2.0 */
/* An open case under another version of its workflow. */
#include "machine/migrate.h"

#include <string.h>

#include "base/require.h"
#include "machine/deed.h"
#include "machine/fits.h"
#include "machine/migrate_inside.h"
#include "machine/notes.h"
#include "machine/paths.h"
#include "machine/periods.h"
#include "machine/prepare.h"
#include "machine/sort.h"
#include "machine/stands.h"
#include "machine/stuck.h"

bool
migrate_refuse(struct move_over *x, const char *what, const char *name)
{
    return error_set(x->e, ERROR_MIGRATION_REFUSED, "%s: %.120s", what, name);
}

static bool
same_period(struct limit x, struct limit y)
{
    return x.n == y.n && x.unit == y.unit;
}

/*
 * A timer keeps its moment, or that it is past, when its text is the same; else it counts anew, by
 * the calendar of the others of the stay.  A wait keeps its end.
 */
static bool
move_periods(struct move_over *x, const struct visit *old, struct visit *v)
{
    const struct step *was = &x->m->from->step[old->step], *is = &x->m->to->step[v->step];
    const bool counted = visit_counts(x->m->from, old);
    const struct calendar *calendar = counted && old->calendar
                                          ? almanac_version(x->run.s->calendar, old->calendar)
                                          : run_calendar(&x->run, NULL);
    instant *moment = arena_array(x->run.a, is->n_timer, instant);
    bool *used = arena_array(x->run.a, was->n_timer, bool);

    for (uint16_t i = 0; i < is->n_timer; i++) {
        uint16_t k = 0;

        while (k < was->n_timer &&
               (used[k] || !same_period(was->timer[k].limit, is->timer[i].limit)))
            k++;
        if (k < was->n_timer) {
            used[k] = true;
            moment[i] = old->timer[k];
            continue;
        }
        moment[i] = step_period(x->run.a, calendar, is, is->timer[i].limit, old->entered).at;
        if (moment[i] < x->old->at)
            return migrate_refuse(x, "a timer of the new version would have come due before",
                                  is->path);
    }
    v->timer = moment;
    v->wait_kept = old->wait_kept || !same_period(was->wait, is->wait);
    if (!counted)
        v->calendar = calendar->version;
    return true;
}

static bool
move_visit(struct move_over *x, const struct visit *old, struct visit *v)
{
    const uint16_t to = x->m->step[old->step];
    const struct visit *around = case_visit(x->old->c, old->parent);
    const char *why;

    *v = *old;
    if (to == NONE)
        return migrate_refuse(x, "it is in a step that has no counterpart",
                              x->m->from->step[old->step].path);
    v->step = to;
    why = migration_stays(x->m, old->step);
    if (why)
        return migrate_refuse(x, why, x->m->to->step[to].path);
    if (around && x->m->step[around->step] == NONE)
        return migrate_refuse(x, "it is in a step that has no counterpart",
                              x->m->from->step[around->step].path);
    return migrate_element(x, x->m->from->step[old->step].region, old->element) &&
           migrate_department(x, old, v) && migrate_half_done(x, v) && move_periods(x, old, v);
}

static bool
move_visits(struct move_over *x)
{
    const struct case_state *c = x->old->c;

    x->next->visit = arena_array(x->run.a, c->n_visit, struct visit);
    for (uint32_t i = 0; i < c->n_visit; i++) {
        if (!move_visit(x, &c->visit[i], &x->next->visit[i]))
            return false;
        x->next->n_visit++;
    }
    x->next->branch = arena_array(x->run.a, c->n_branch, struct branch);
    for (uint32_t i = 0; i < c->n_branch; i++) {
        struct branch *b = &x->next->branch[x->next->n_branch++];

        *b = c->branch[i];
        if (!migrate_element(x, b->region, b->element) || !migrate_item(x, b))
            return false;
        b->region = x->m->region[b->region];
    }
    return true;
}

/* A join that is met, or can no longer be, would never be looked at again. */
static bool
check_join(struct move_over *x, const struct visit *v)
{
    const struct step *s = &x->m->to->step[v->step];
    int32_t entered = 0, counted = 0, running = 0, need;

    if (s->join == JOIN_WHEN)
        return migrate_join(x, v);
    for (uint32_t i = 0; i < x->next->n_branch; i++) {
        const struct branch *b = &x->next->branch[i];

        if (b->parent != v->id)
            continue;
        entered++;
        running += !b->outcome;
        counted += b->outcome && (!s->join_of || !strcmp(b->outcome, s->join_of));
    }
    need = s->join == JOIN_ALL ? entered : s->join == JOIN_ANY ? 1 : s->join_count;
    need = need > entered ? entered : need;
    if (counted >= need)
        return migrate_refuse(x, "its join would be met already", s->path);
    return counted + running >= need ||
           migrate_refuse(x, "its join could not be met any more", s->path);
}

static bool
check_rest(struct move_over *x)
{
    const struct violations v = x->m->to->form
                                    ? form_check(x->m->to->form, &x->next->form, x->run.a)
                                    : (struct violations){0};

    if (v.n)
        return error_set(x->e, ERROR_MIGRATION_REFUSED,
                         "its form is not valid under the new "
                         "version: %.60s %.120s",
                         v.item[0].pointer, v.item[0].en);
    for (uint32_t i = 0; i < x->next->n_visit; i++) {
        const struct visit *visit = &x->next->visit[i];

        if (x->m->to->step[visit->step].kind == STEP_PARALLEL && !check_join(x, visit))
            return false;
    }
    if (!migrate_children(x))
        return false;
    if (!case_fits(x->m->to, x->next))
        return migrate_refuse(x, "it does not hang together under the new version", x->m->to->id);
    return migrate_goes_on(x);
}

/* The ground on which @s stands by itself, or as its child cases do; NONE. */
static uint16_t
own_ground(const struct step *s)
{
    return s->stops == NONE && s->children ? s->children->ground : s->stops;
}

/* Stops of a clerk keep their ground; those a step declares become what it declares now. */
static bool
move_stops(struct move_over *x)
{
    const struct case_state *c = x->old->c;
    struct case_state *n = x->next;

    n->stop = arena_array(x->run.a, c->n_stop + c->n_visit, struct stop);
    for (uint32_t i = 0; i < c->n_stop; i++) {
        const struct stop *old = &c->stop[i];
        const struct visit *v = case_visit(n, old->visit);
        const char *id = x->m->from->ground[old->ground].id;
        struct stop *s = &n->stop[n->n_stop++];

        *s = *old;
        s->ground = workflow_ground(x->m->to, id);
        if (old->declared && v && own_ground(&x->m->to->step[v->step]) != NONE)
            s->ground = own_ground(&x->m->to->step[v->step]);
        else if (old->declared && old->visit && old->to == INSTANT_NONE)
            s->to = x->old->at;
        if (s->ground == NONE && s->to == INSTANT_NONE)
            return migrate_refuse(x, "it stands on a ground the new version does not know", id);
        if (s->ground == NONE)
            n->n_stop--; /* over and done with; the clocks remember it */
    }
    for (uint32_t i = 0; i < n->n_visit; i++) {
        const struct visit *v = &n->visit[i];
        const uint16_t ground = x->m->to->step[v->step].stops;
        bool stands = ground == NONE;

        for (uint32_t k = 0; k < n->n_stop; k++)
            stands = stands || (n->stop[k].visit == v->id && n->stop[k].declared);
        if (!stands)
            n->stop[n->n_stop++] = (struct stop){.number = ++n->last_stop,
                                                 .visit = v->id,
                                                 .ground = ground,
                                                 .declared = true,
                                                 .from = x->old->at,
                                                 .to = INSTANT_NONE};
    }
    return true;
}

static void
move_marks(struct move_over *x)
{
    const struct workflow *from = x->m->from, *to = x->m->to;
    instant *mark = arena_array(x->run.a, to->n_mark, instant);

    for (uint16_t i = 0; i < to->n_mark; i++)
        mark[i] = INSTANT_NONE;
    for (uint16_t i = 0; i < from->n_mark; i++) {
        const uint16_t is = workflow_mark(to, from->mark[i]);

        if (is != NONE)
            mark[is] = x->old->c->mark[i];
    }
    x->next->mark = mark;
}

/* They are kept in the order of the definition: each goes to its place in the new one. */
static bool
move_materials(struct move_over *x)
{
    const struct workflow *from = x->m->from, *to = x->m->to;
    struct material *moved = arena_array(x->run.a, to->n_material, struct material);

    if (from->n_material != to->n_material)
        return migrate_refuse(x, "the new version asks for other materials", to->id);
    for (uint16_t i = 0; i < from->n_material && x->next->material; i++) {
        const uint16_t at = workflow_material(to, from->material[i].id);

        if (at == NONE)
            return migrate_refuse(x, "the new version does not know a material",
                                  from->material[i].id);
        moved[at] = x->next->material[i];
        if (!same_period(from->material[i].tolerance, to->material[at].tolerance) ||
            !same_period(from->material[i].check, to->material[at].check)) {
            moved[at].since = INSTANT_NONE; /* its deadline stays as it was given */
            moved[at].calendar = NULL;
        }
        if (!same_period(from->material[i].tolerance, to->material[at].tolerance))
            moved[at].granted = INSTANT_NONE;
    }
    if (x->next->material)
        x->next->material = moved;
    return true;
}

/* What would be taken back names the step in which it was sent. */
static bool
move_reversals(struct move_over *x)
{
    const struct case_state *c = x->next;
    struct reversal *moved = arena_copy(x->run.a, c->reversal, c->n_reversal * sizeof(*moved));

    for (uint32_t i = 0; i < c->n_reversal; i++) {
        const uint16_t at = x->m->step[moved[i].step];

        if (at == NONE)
            return migrate_refuse(x, "what it sent in a step without counterpart can be taken back",
                                  x->m->from->step[moved[i].step].path);
        moved[i].step = at;
    }
    x->next->reversal = moved;
    return true;
}

static bool
move_withheld(struct move_over *x)
{
    struct case_state *n = x->next;
    uint16_t *kind = arena_copy(x->run.a, n->withheld, n->n_withheld * sizeof(*kind));

    for (uint32_t i = 0; i < n->n_withheld; i++) {
        const char *id = x->m->from->certificate[kind[i]].id;

        kind[i] = workflow_certificate(x->m->to, id);
        if (kind[i] == NONE)
            return migrate_refuse(x, "it is to issue a certificate the new version does not know",
                                  id);
    }
    n->withheld = kind;
    return true;
}

static bool
move_papers(struct move_over *x)
{
    struct case_state *n = x->next;

    for (uint32_t i = 0; i < n->n_certificate; i++) {
        const char *id = x->m->from->certificate[n->certificate[i].kind].id;

        n->certificate[i].kind = workflow_certificate(x->m->to, id);
        if (n->certificate[i].kind == NONE)
            return migrate_refuse(x, "it has issued a certificate the new version does not know",
                                  id);
    }
    for (uint32_t i = 0; i < n->n_letter; i++)
        if (n->letter[i].step != NONE)
            n->letter[i].step = x->m->step[n->letter[i].step];
    return move_withheld(x) && move_materials(x) && move_reversals(x);
}

/* In the order of the new version. */
static bool
move_labels(struct move_over *x, const struct workflow *to, const struct value *labels)
{
    uint16_t *list = arena_array(x->run.a, labels->n, uint16_t);
    uint32_t n = 0;

    for (uint16_t i = 0; i < to->n_label; i++)
        for (uint32_t j = 0; j < labels->n; j++)
            if (!strcmp(to->label[i].id, labels->item[j].string))
                list[n++] = i;
    x->next->label = list;
    x->next->n_label = n;
    return true;
}

/* What it is found and ordered by must have its name in the new version. */
static bool
move_sorting(struct move_over *x)
{
    const struct case_state *c = x->old->c;
    const struct workflow *from = x->m->from, *to = x->m->to;
    struct value labels = note_labels(x->run.a, from, c);

    if (c->lane != NONE)
        x->next->lane = workflow_lane(to, from->lane[c->lane].id);
    if (c->lane != NONE && x->next->lane == NONE)
        return migrate_refuse(x, "it is in a lane the new version does not know",
                              from->lane[c->lane].id);
    for (uint32_t i = 0; i < labels.n; i++)
        if (workflow_label(to, labels.item[i].string) == NONE)
            return migrate_refuse(x, "it has a label the new version does not know",
                                  labels.item[i].string);
    return move_labels(x, to, &labels);
}

/* Clocks have not ended yet: what becomes of the case is decided on all of them. */
static bool
move_over(struct run *r, const struct migration *m, struct setting *into, struct case_state **out,
          struct error *e)
{
    struct move_over x = {.m = m, .old = r, .next = case_clone(r->a, m->from, r->c), .e = e};

    x.run = (struct run){.s = into, .w = m->to, .c = x.next, .a = r->a, .at = r->at, .e = e};
    prepared_moved(x.next, m);
    x.next->n_visit = x.next->n_branch = x.next->n_stop = x.next->n_clock = 0;
    move_marks(&x);
    migrate_words(&x);
    if (!move_sorting(&x) || !move_visits(&x) || !stuck_moved(m->to, x.next, r->a) ||
        !move_stops(&x) || !move_papers(&x) || !migrate_clocks(&x) || !check_rest(&x))
        return x.run.failed ? migrate_refuse(&x, "the new version cannot decide a limit", e->detail)
                            : false;
    clocks_restand(m->to, x.next, r->at, r->a);
    *out = x.next;
    return true;
}

bool
migrate_case(struct run *r, const struct migration *m, struct error *e)
{
    struct setting *into = arena_new(r->a, struct setting);
    struct member *member = arena_array(r->a, 2, struct member);
    struct case_state *next = NULL, noted;

    member[0] = (struct member){.name = "form", .name_len = 4, .value = r->c->form};
    member[1] = (struct member){.name = "state", .name_len = 5};
    *into = *r->s;
    into->workflow = m->to;
    if (strcmp(r->w->hash, m->from->hash) != 0)
        return error_set(e, ERROR_STALE, "the case is of version %.12s, the plan of %.12s",
                         r->w->hash, m->from->hash);
    prepared_unknown(r, m);
    if (!move_over(r, m, into, &next, e))
        return false;
    migrate_end_clocks(r, m);
    noted = *next;
    noted.revision = ++r->c->revision;
    noted.migrated = r->c->recorded + 1;
    noted.alarm = INSTANT_NONE;
    noted.n_commitment = 0; /* their seeds are secret; the case keeps them itself */
    member[1].value = note_case(r->a, m->to, &noted);
    emit(r, (struct fact){.kind = FACT_MIGRATED,
                          .name = m->to->hash,
                          .detail = m->reason,
                          .value = value_object(r->a, member, 2),
                          .into = m->to});
    r->s = into;
    r->w = m->to;
    return !r->failed;
}

bool
decide_migrate(struct deed *d, struct error *e)
{
    d->role = "administrator";
    d->out->form_changed = false;
    return check_revision(d->cmd, d->r->c->revision, e) && migrate_case(d->r, d->cmd->migration, e);
}

void
migrate_apply(struct case_state *c, const struct fact *f, struct arena *a)
{
    struct case_state next = {.id = c->id, .number = c->number};
    struct error e = {0};

    require(case_read(a, f->into, value_get(&f->value, "state"), value_get(&f->value, "form"),
                      &next, &e));
    next.commitment = c->commitment;
    next.n_commitment = c->n_commitment;
    for (uint32_t i = 0; i < next.n_clock; i++)
        next.clock[i].moved = true;
    *c = next;
}

bool
migrate_fits(const struct fact *f, struct arena *a)
{
    struct case_state next = {.id = 0};
    struct error e;

    return f->into && f->name && !strcmp(f->into->hash, f->name) && value_get(&f->value, "form") &&
           case_read(a, f->into, value_get(&f->value, "state"), value_get(&f->value, "form"), &next,
                     &e) &&
           next.phase == PHASE_OPEN;
}

static const struct value *
migrated_fact(const struct value *record)
{
    const struct value *facts = value_get(record, "facts");

    for (uint32_t i = 0; facts && facts->kind == VALUE_ARRAY && i < facts->n; i++) {
        const char *code = value_get_string(&facts->item[i], "fact");

        if (code && !strcmp(code, fact_name(FACT_MIGRATED)))
            return &facts->item[i];
    }
    return NULL;
}

const char *
record_into(const struct value *record)
{
    const struct value *fact = migrated_fact(record);

    return fact ? value_get_string(fact, "name") : NULL;
}

bool
migrate_read(struct arena *a, const struct workflow *w, const struct value *record,
             struct case_state *c, struct error *e)
{
    const struct value *note = migrated_fact(record);
    bool ok = true;
    const instant at = read_instant(record, "at", INSTANT_NONE, &ok);
    struct fact f;

    if (!ok || at == INSTANT_NONE || !note || !read_fact(a, w, note, &f))
        return error_set(e, ERROR_INTERNAL, "no record that moved the case");
    f.into = w;
    if (!migrate_fits(&f, a))
        return error_set(e, ERROR_INTERNAL, "the record that moved the case does not fit");
    migrate_apply(c, &f, a);
    c->revision = read_int(record, "revision", 0, &ok);
    c->recorded = read_int(record, "number", 0, &ok);
    c->moment = at;
    return ok;
}

bool
migrate_begin(const struct setting *s, struct case_state *c, const struct value *record,
              struct arena *a, struct error *e)
{
    const char *missing = NULL;

    if (!migrate_read(a, s->workflow, record, c, e))
        return false;
    if (!case_calendars_known(s->workflow, c, s->calendar, &missing))
        return error_set(e, ERROR_INTERNAL, "calendar %.20s is not known", missing);
    case_index(s->workflow, c, s->calendar, c->moment, a);
    return true;
}
