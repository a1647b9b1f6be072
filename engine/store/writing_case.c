/* SPDX-License-Identifier: Apache-2.0 */
/* Cases as rows: what never changes, what each command changes, and the form. */
#include "store/writing_case.h"

/* What each command changes, in the order both statements name it. */
struct moving {
    struct column phase, public, revision, recorded, moment, alarm, head, desk, visit, due, state;
    struct column closed, outcome, look, near;
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
                           .outcome = column_new(a, COLUMN_TEXT),
                           .look = column_new(a, COLUMN_INSTANT),
                           .near = column_new(a, COLUMN_TEXT)};
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

/* The open steps of people, side by side. */
struct tasks {
    struct column desk, visit, due;
};

static struct tasks
tasks_of(struct arena *a, const struct case_change *change)
{
    const struct case_state *c = change->c;
    struct tasks t = {.desk = column_new(a, COLUMN_INT),
                      .visit = column_new(a, COLUMN_INT),
                      .due = column_new(a, COLUMN_INT)};

    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];

        if (!change->edition->desk[v->step])
            continue;
        column_int(&t.desk, change->edition->desk[v->step]);
        column_int(&t.visit, v->id);
        column_int(&t.due, visit_due(change->edition->w, c, v));
    }
    return t;
}

static instant
alarm_of(const struct case_change *change)
{
    const instant alarm = change->c->alarm;

    return alarm == INSTANT_NONE || alarm > change->quiet ? alarm : change->quiet;
}

/* The index follows the alarm at once only towards the past, and when it has passed itself. */
static instant
look_of(const struct case_change *change, instant now)
{
    const instant alarm = alarm_of(change), look = change->look;

    if (change->c->phase == PHASE_CLOSED)
        return INSTANT_NONE;
    if (look == INSTANT_NONE || look < now)
        return alarm;
    return alarm != INSTANT_NONE && alarm < look ? alarm : look;
}

static bool
is_among(const int64_t *list, size_t n, int64_t desk)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == desk)
            return true;
    return false;
}

/*
 * Desks the index finds the case by: as stored while that covers them all;
 * else with what is new, unless it grows too long: then only what is now.
 */
static struct column
near_of(struct arena *a, const struct case_change *change)
{
    enum { NEAR_MOST = 4 };
    const struct case_state *c = change->c;
    int64_t *now = arena_array(a, c->n_visit, int64_t);
    struct column near = column_new(a, COLUMN_INT);
    size_t n = 0, n_new = 0;
    bool keep;

    for (uint32_t i = 0; i < c->n_visit; i++) {
        const int64_t desk = change->edition->desk[c->visit[i].step];

        if (!desk || is_among(now, n, desk))
            continue;
        now[n++] = desk;
        n_new += !is_among(change->near, change->n_near, desk);
    }
    keep = n_new == 0 || change->n_near + n_new <= NEAR_MOST;
    for (size_t i = 0; keep && i < change->n_near; i++)
        column_int(&near, change->near[i]);
    for (size_t i = 0; i < n; i++)
        if (!keep || !is_among(change->near, change->n_near, now[i]))
            column_int(&near, now[i]);
    return near;
}

static void
send_look(const struct case_table *t, const struct case_change *change, struct pipeline *p,
          pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(t->arena);

    parameter_int(&v, t->cell);
    parameter_int(&v, change->id);
    parameter_instant(&v, look_of(change, t->now));
    pipeline_send(p, SQL_case_look, &v, answer, arg);
}

static instant
closing(const struct case_state *c)
{
    return c->phase == PHASE_CLOSED ? c->mark[MARK_CLOSED] : INSTANT_NONE;
}

/* The same as PostgreSQL writes arrays: arrays of arrays have no other form. */
static const char *
array_text(struct arena *a, const struct case_change *change, int which)
{
    const struct case_state *c = change->c;
    struct text t = text_new(a);

    text_char(&t, '{');
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];
        const int64_t desk = change->edition->desk[v->step];

        if (!desk)
            continue;
        if (t.len > 1)
            text_char(&t, ',');
        text_int(&t, which == 0 ? desk : which == 1 ? v->id : visit_due(change->edition->w, c, v));
    }
    text_char(&t, '}');
    return t.at;
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
    column_instant(&m->alarm, alarm_of(change));
    column_bytes(&m->head, change->head, HASH_SIZE);
    column_text(&m->desk, array_text(a, change, 0));
    column_text(&m->visit, array_text(a, change, 1));
    column_text(&m->due, array_text(a, change, 2));
    column_bytes(&m->state, state.at, state.len);
    column_instant(&m->closed, closing(c));
    column_text(&m->outcome, c->outcome);
    column_instant(&m->look, c->phase == PHASE_CLOSED ? INSTANT_NONE : alarm_of(change));
    column_text(&m->near, array_text(a, change, 0));
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
    parameter_column(&v, &m.look);
    parameter_column(&v, &m.near);
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

/*
 * One statement a case, not one for all: see batch.sql.  The order of the
 * arguments is that of parameter_moving().
 */
static void
send_changed(const struct case_table *t, const struct case_change *change, struct pipeline *p,
             pipeline_answer_fn *answer, void *arg)
{
    const struct workflow *w = change->edition->w;
    const struct case_state *c = change->c;
    struct parameters v = parameters_new(t->arena);
    struct text state = text_new(t->arena);
    struct tasks tasks = tasks_of(t->arena, change);
    struct column near = near_of(t->arena, change);

    case_write(&state, w, c);
    parameter_int(&v, t->cell);
    parameter_int(&v, change->id);
    parameter_int(&v, MACHINE_RULES);
    parameter_int(&v, c->phase);
    parameter_int(&v, case_public_status(w, c));
    parameter_int(&v, c->revision);
    parameter_int(&v, c->recorded);
    parameter_instant(&v, c->moment);
    parameter_instant(&v, alarm_of(change));
    parameter_bytes(&v, change->head, HASH_SIZE);
    parameter_column(&v, &tasks.desk);
    parameter_column(&v, &tasks.visit);
    parameter_column(&v, &tasks.due);
    parameter_bytes(&v, state.at, state.len);
    parameter_instant(&v, closing(c));
    parameter_text(&v, c->outcome);
    parameter_instant(&v, look_of(change, t->now));
    parameter_column(&v, &near);
    pipeline_send(p, SQL_case_update, &v, answer, arg);
}

static void
send_form(const struct case_table *t, const struct case_change *change, struct pipeline *p,
          pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(t->arena);

    parameter_int(&v, t->cell);
    parameter_int(&v, change->id);
    parameter_text(&v, form_text(t->arena, change->c));
    pipeline_send(p, SQL_form_update, &v, answer, arg);
}

void
case_table_send(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer,
                void *arg)
{
    send_created(t, p, answer, arg);
    send_parties(t, p, answer, arg);
    for (size_t i = 0; i < t->n_change; i++) {
        const struct case_change *change = &t->change[i];

        if (change->changed && !change->created)
            send_changed(t, change, p, answer, arg);
        else if (change->looked)
            send_look(t, change, p, answer, arg);
        if (change->form_changed && !change->created)
            send_form(t, change, p, answer, arg);
    }
}
