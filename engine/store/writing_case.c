/* SPDX-License-Identifier: Apache-2.0 */
/* Cases as rows: what never changes, what each command changes, and the form. */
#include "store/writing_case.h"
#include "machine/founding.h"

/* What each command changes, in the order both statements name it. */
struct moving {
    struct column definition; /* of case_update alone */
    struct column phase, public, revision, recorded, moment, alarm, head, desk, visit, due, state;
    struct column closed, outcome, look, near;
};

static struct moving
moving_new(struct arena *a)
{
    return (struct moving){.definition = column_new(a, COLUMN_INT),
                           .phase = column_new(a, COLUMN_INT),
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

    if (change->c->phase == PHASE_CLOSED) /* rarely more than nothing, and no hot path */
        return alarm;
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

/* The next element of an array as PostgreSQL writes it: arrays of arrays have no other form. */
static void
put_element(struct text *t, int64_t n)
{
    if (t->len > 1)
        text_char(t, ',');
    text_int(t, n);
}

/* What the worklist of a desk shows of a case. */
struct task {
    int64_t desk;
    int32_t visit; /* -1, -2 …: no open step; the first, second … that may be prepared */
    instant due;
};

struct tasks {
    struct task *item;
    size_t n;
};

/* The open steps of people, then those they may prepare, as machine_preparable() lists them. */
static struct tasks
tasks_of(struct arena *a, const struct case_change *change)
{
    const struct workflow *w = change->edition->w;
    const struct case_state *c = change->c;
    struct preparation *ahead;
    const size_t n_ahead = machine_preparable(w, c, NULL, a, &ahead);
    struct tasks t = {.item = arena_array(a, c->n_visit + n_ahead, struct task)};

    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];
        const int32_t desk = edition_desk(change->edition, v);

        if (desk)
            t.item[t.n++] = (struct task){.desk = desk, .visit = v->id, .due = visit_due(w, c, v)};
    }
    for (size_t i = 0; i < n_ahead; i++) { /* whose that is is no matter of choice */
        const int32_t *desk = change->edition->desk[ahead[i].step];

        t.item[t.n++] =
            (struct task){.desk = desk ? *desk : 0, .visit = -(int32_t)i - 1, .due = INSTANT_MAX};
    }
    return t;
}

/*
 * Desks the index finds the case by: as stored while that covers them all;
 * else with what is new, unless it grows too long: then only what is now.
 */
static const char *
near_text(struct arena *a, const struct case_change *change, const struct tasks *tasks)
{
    enum { NEAR_MOST = 4 };
    int64_t *now = arena_array(a, tasks->n, int64_t);
    struct text t = text_new(a);
    size_t n = 0, n_new = 0;
    bool keep;

    for (size_t i = 0; i < tasks->n; i++) {
        const int64_t desk = tasks->item[i].desk;

        if (is_among(now, n, desk))
            continue;
        now[n++] = desk;
        n_new += !is_among(change->near, change->n_near, desk);
    }
    keep = n_new == 0 || change->n_near + n_new <= NEAR_MOST;
    text_char(&t, '{');
    for (size_t i = 0; keep && i < change->n_near; i++)
        put_element(&t, change->near[i]);
    for (size_t i = 0; i < n; i++)
        if (!keep || !is_among(change->near, change->n_near, now[i]))
            put_element(&t, now[i]);
    text_char(&t, '}');
    return t.at;
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

enum task_part { TASK_DESK, TASK_VISIT, TASK_DUE };

/* The tasks, side by side. */
static const char *
task_text(struct arena *a, const struct tasks *tasks, enum task_part part)
{
    struct text t = text_new(a);

    text_char(&t, '{');
    for (size_t i = 0; i < tasks->n; i++)
        put_element(&t, part == TASK_DESK    ? tasks->item[i].desk
                        : part == TASK_VISIT ? tasks->item[i].visit
                                             : tasks->item[i].due);
    text_char(&t, '}');
    return t.at;
}

/*
 * The state, behind spaces that make its length a multiple of four: the form
 * behind it then needs no alignment, and to the database, which compares the
 * old row and the new one from their ends, what has not changed in both is the same.
 */
static void
put_state(struct column *state, struct arena *a, const struct case_change *change)
{
    enum { ALIGNMENT = 4 };
    static const char spaces[ALIGNMENT] = "   ";
    struct text t = text_new(a), padded = text_new(a);

    case_write(&t, change->edition->w, change->c);
    text_add(&padded, spaces, -t.len % ALIGNMENT);
    text_add(&padded, t.at, t.len);
    column_bytes(state, padded.at, padded.len);
}

static void
add_moving(const struct case_table *table, struct moving *m, const struct case_change *change)
{
    struct arena *a = table->arena;
    const struct workflow *w = change->edition->w;
    const struct case_state *c = change->c;
    const struct tasks tasks = tasks_of(a, change);

    column_int(&m->definition, change->edition->id);
    column_int(&m->phase, c->phase);
    column_int(&m->public, case_public_status(w, c));
    column_int(&m->revision, c->revision);
    column_int(&m->recorded, c->recorded);
    column_instant(&m->moment, c->moment);
    column_instant(&m->alarm, alarm_of(change));
    column_bytes(&m->head, change->head, HASH_SIZE);
    column_text(&m->desk, task_text(a, &tasks, TASK_DESK));
    column_text(&m->visit, task_text(a, &tasks, TASK_VISIT));
    column_text(&m->due, task_text(a, &tasks, TASK_DUE));
    put_state(&m->state, a, change);
    column_instant(&m->closed, closing(c));
    column_text(&m->outcome, c->outcome);
    column_instant(&m->look, look_of(change, table->now));
    column_text(&m->near, near_text(a, change, &tasks));
}

/* The moving columns that stand before the form in case_insert, and then the others. */
static void
parameter_moving(struct parameters *v, struct moving *m)
{
    struct column *const c[] = {&m->phase,  &m->public, &m->revision, &m->recorded,
                                &m->moment, &m->alarm,  &m->head,     &m->desk,
                                &m->visit,  &m->due,    &m->state};

    for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
        parameter_column(v, c[i]);
}

static void
parameter_moving_rest(struct parameters *v, struct moving *m)
{
    parameter_column(v, &m->closed);
    parameter_column(v, &m->outcome);
    parameter_column(v, &m->look);
    parameter_column(v, &m->near);
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
    struct column form, follows, first;
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
    column_text(&f->follows, change->follows);
    column_text(&f->first, c->first.account);
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
                      .form = column_new(a, COLUMN_TEXT),
                      .follows = column_new(a, COLUMN_TEXT),
                      .first = column_new(a, COLUMN_TEXT)};
    struct column *const c[] = {&f.id,       &f.definition, &f.opened, &f.query, &f.number,
                                &f.workflow, &f.district,   &f.kind,   &f.party, &f.applicant};
    struct parameters v = parameters_new(a);
    struct moving m = moving_new(a);

    for (size_t i = 0; i < t->n_change; i++)
        if (t->change[i].created && t->change[i].changed) {
            add_fixed(a, &f, &t->change[i]);
            add_moving(t, &m, &t->change[i]);
        }
    if (f.id.n == 0)
        return;
    parameter_int(&v, t->cell);
    for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
        parameter_column(&v, c[i]);
    parameter_int(&v, MACHINE_RULES);
    parameter_moving(&v, &m);
    parameter_column(&v, &f.form);
    parameter_moving_rest(&v, &m);
    parameter_column(&v, &f.follows);
    parameter_column(&v, &f.first);
    pipeline_send(p, SQL_case_insert, &v, answer, arg);
}

/* Of whom the house knows that it is he; and the enterprise that the case has brought into being.
 */
static void
send_parties(const struct case_table *t, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct column party = column_new(t->arena, COLUMN_TEXT);
    struct column id = column_new(t->arena, COLUMN_INT);
    struct parameters v = parameters_new(t->arena);

    for (size_t i = 0; i < t->n_change; i++) {
        const struct case_change *change = &t->change[i];
        const char *born = case_founded(change->edition->w, change->c);

        if (!change->changed || change->c->identity.claimed)
            continue;
        if (change->party && (change->created || change->identified)) {
            column_text(&party, change->party);
            column_int(&id, change->id);
        }
        if (born && (change->founded || change->identified)) {
            column_text(&party, born);
            column_int(&id, change->id);
        }
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
            add_moving(t, &m, &t->change[i]);
        }
    if (id.n == 0)
        return;
    parameter_int(&v, t->cell);
    parameter_int(&v, MACHINE_RULES);
    parameter_column(&v, &id);
    parameter_moving(&v, &m);
    parameter_moving_rest(&v, &m);
    parameter_column(&v, &m.definition);
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
    case_founded_send(t, p, answer, arg);
    send_parties(t, p, answer, arg);
    send_changed(t, p, answer, arg);
    case_aside_send(t, p, answer, arg);
    for (size_t i = 0; i < t->n_change; i++) {
        const struct case_change *change = &t->change[i];

        if (change->looked && !change->changed)
            send_look(t, change, p, answer, arg);
        if (change->form_changed && !change->created)
            send_form(t, change, p, answer, arg);
    }
}
