/* SPDX-License-Identifier: Apache-2.0 */
/* Cases as rows: what never changes, what each command changes, and the form. */
#include "store/writing_case.h"

/* What each command changes, in the order both statements name it. */
struct moving {
    struct column phase, public, revision, recorded, moment, alarm, head, desk, visit, due, state;
    struct column closed, outcome;
};

static struct moving
moving_new(struct arena *a)
{
    return (struct moving){.phase = column_new(a, COLUMN_INT),
                           .public = column_new(a, COLUMN_INT),
                           .revision = column_new(a, COLUMN_INT),
                           .recorded = column_new(a, COLUMN_INT),
                           .moment = column_new(a, COLUMN_INSTANT),
                           .alarm = column_new(a, COLUMN_INSTANT),
                           .head = column_new(a, COLUMN_BYTES),
                           .desk = column_new(a, COLUMN_TEXT),
                           .visit = column_new(a, COLUMN_TEXT),
                           .due = column_new(a, COLUMN_TEXT),
                           .state = column_new(a, COLUMN_TEXT),
                           .closed = column_new(a, COLUMN_INSTANT),
                           .outcome = column_new(a, COLUMN_TEXT)};
}

/* When the open step must be done: by its own clock, else by the leading one of the case. */
static instant
visit_due(const struct workflow *w, const struct case_state *c, const struct visit *v)
{
    const struct case_clock *lead = case_leading_clock(w, c);
    instant due = INSTANT_NONE;

    for (uint32_t i = 0; i < c->n_clock; i++) {
        const struct case_clock *k = &c->clock[i];

        if (k->visit == v->id && k->verdict == VERDICT_OPEN && k->due != INSTANT_NONE &&
            (due == INSTANT_NONE || k->due < due))
            due = k->due;
    }
    if (due == INSTANT_NONE && lead)
        due = lead->due;
    return due == INSTANT_NONE ? INSTANT_MAX : due;
}

static void
put_item(struct text *t, int64_t n)
{
    if (t->len > 1)
        text_char(t, ',');
    text_int(t, n);
}

/* The open steps of people as three arrays, in the way PostgreSQL writes them. */
static void
add_tasks(struct arena *a, struct moving *m, const struct case_change *change)
{
    const struct case_state *c = change->c;
    struct text desk = text_new(a), visit = text_new(a), due = text_new(a);

    text_char(&desk, '{');
    text_char(&visit, '{');
    text_char(&due, '{');
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];

        if (!change->edition->desk[v->step])
            continue;
        put_item(&desk, change->edition->desk[v->step]);
        put_item(&visit, v->id);
        put_item(&due, visit_due(change->edition->w, c, v));
    }
    text_char(&desk, '}');
    text_char(&visit, '}');
    text_char(&due, '}');
    column_text(&m->desk, desk.at);
    column_text(&m->visit, visit.at);
    column_text(&m->due, due.at);
}

static void
add_moving(struct arena *a, struct moving *m, const struct case_change *change)
{
    const struct workflow *w = change->edition->w;
    const struct case_state *c = change->c;
    struct text state = text_new(a);

    case_write(&state, w, c);
    column_int(&m->phase, c->phase);
    column_int(&m->public, case_public_status(w, c));
    column_int(&m->revision, c->revision);
    column_int(&m->recorded, c->recorded);
    column_instant(&m->moment, c->moment);
    column_instant(&m->alarm, c->alarm);
    column_bytes(&m->head, change->head, HASH_SIZE);
    add_tasks(a, m, change);
    column_bytes(&m->state, state.at, state.len);
    column_instant(&m->closed, c->phase == PHASE_CLOSED ? c->mark[MARK_CLOSED] : INSTANT_NONE);
    column_text(&m->outcome, c->outcome);
}

/* The moving columns that stand before the form in case_insert. */
static void
parameter_moving(struct parameters *v, struct moving *m)
{
    struct column *const c[] = {&m->phase,  &m->public, &m->revision, &m->recorded,
                                &m->moment, &m->alarm,  &m->head,     &m->desk,
                                &m->visit,  &m->due,    &m->state};

    for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
        parameter_column(v, c[i]);
}

static const char *
form_text(struct arena *a, const struct case_state *c)
{
    struct text t = text_new(a);

    value_write(&t, &c->form);
    return t.at;
}

/* What never changes once the case is opened, and its first form. */
struct fixed {
    struct column id, definition, opened, query, number, workflow, district, kind, party, applicant;
    struct column form;
};

static void
add_fixed(struct arena *a, struct fixed *f, const struct case_change *change)
{
    const struct case_state *c = change->c;

    column_int(&f->id, change->id);
    column_int(&f->definition, change->edition->id);
    column_instant(&f->opened, c->opened);
    column_bytes(&f->query, change->query, HASH_SIZE);
    column_text(&f->number, c->number);
    column_text(&f->workflow, change->edition->w->id);
    column_text(&f->district, c->district);
    column_text(&f->kind, c->applicant_kind);
    column_text(&f->party, change->party);
    column_text(&f->applicant, change->applicant);
    column_text(&f->form, form_text(a, c));
}

static void
send_created(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct arena *a = t->arena;
    struct fixed f = {.id = column_new(a, COLUMN_INT),
                      .definition = column_new(a, COLUMN_INT),
                      .opened = column_new(a, COLUMN_INSTANT),
                      .query = column_new(a, COLUMN_BYTES),
                      .number = column_new(a, COLUMN_TEXT),
                      .workflow = column_new(a, COLUMN_TEXT),
                      .district = column_new(a, COLUMN_TEXT),
                      .kind = column_new(a, COLUMN_TEXT),
                      .party = column_new(a, COLUMN_TEXT),
                      .applicant = column_new(a, COLUMN_TEXT),
                      .form = column_new(a, COLUMN_TEXT)};
    struct column *const c[] = {&f.id,       &f.definition, &f.opened, &f.query, &f.number,
                                &f.workflow, &f.district,   &f.kind,   &f.party, &f.applicant};
    struct parameters v = parameters_new(a);
    struct moving m = moving_new(a);

    for (size_t i = 0; i < t->n_change; i++)
        if (t->change[i].created && t->change[i].changed) {
            add_fixed(a, &f, &t->change[i]);
            add_moving(a, &m, &t->change[i]);
        }
    if (f.id.n == 0)
        return;
    parameter_int(&v, t->cell);
    for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
        parameter_column(&v, c[i]);
    parameter_int(&v, MACHINE_RULES);
    parameter_moving(&v, &m);
    parameter_column(&v, &f.form);
    parameter_column(&v, &m.closed);
    parameter_column(&v, &m.outcome);
    pipeline_send(p, SQL_case_insert, &v, answer, arg);
}

static void
send_parties(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct column party = column_new(t->arena, COLUMN_TEXT);
    struct column id = column_new(t->arena, COLUMN_INT);
    struct parameters v = parameters_new(t->arena);

    for (size_t i = 0; i < t->n_change; i++)
        if (t->change[i].created && t->change[i].changed && t->change[i].party) {
            column_text(&party, t->change[i].party);
            column_int(&id, t->change[i].id);
        }
    if (id.n == 0)
        return;
    parameter_int(&v, t->cell);
    parameter_column(&v, &party);
    parameter_column(&v, &id);
    pipeline_send(p, SQL_party_insert, &v, answer, arg);
}

static void
send_changed(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct column id = column_new(t->arena, COLUMN_INT);
    struct parameters v = parameters_new(t->arena);
    struct moving m = moving_new(t->arena);

    for (size_t i = 0; i < t->n_change; i++)
        if (t->change[i].changed && !t->change[i].created) {
            column_int(&id, t->change[i].id);
            add_moving(t->arena, &m, &t->change[i]);
        }
    if (id.n == 0)
        return;
    parameter_int(&v, t->cell);
    parameter_column(&v, &id);
    parameter_int(&v, MACHINE_RULES);
    parameter_moving(&v, &m);
    parameter_column(&v, &m.closed);
    parameter_column(&v, &m.outcome);
    pipeline_send(p, SQL_case_update, &v, answer, arg);
}

static void
send_forms(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct column id = column_new(t->arena, COLUMN_INT);
    struct column form = column_new(t->arena, COLUMN_TEXT);
    struct parameters v = parameters_new(t->arena);

    for (size_t i = 0; i < t->n_change; i++)
        if (t->change[i].form_changed && !t->change[i].created) {
            column_int(&id, t->change[i].id);
            column_text(&form, form_text(t->arena, t->change[i].c));
        }
    if (id.n == 0)
        return;
    parameter_int(&v, t->cell);
    parameter_column(&v, &id);
    parameter_column(&v, &form);
    pipeline_send(p, SQL_form_update, &v, answer, arg);
}

void
case_table_send(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer,
                void *arg)
{
    send_created(t, p, answer, arg);
    send_parties(t, p, answer, arg);
    send_changed(t, p, answer, arg);
    send_forms(t, p, answer, arg);
}
