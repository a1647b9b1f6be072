/* SPDX-License-Identifier: Apache-2.0 */
/* What the outbox tells and asks the database in a round. */
#include "runtime/outbox_inside.h"
#include "store/rows.h"

enum { PARKED_AT_ONCE = 500 };

uint32_t
outbox_room(struct destination *d)
{
    const uint32_t lets = d->held && !d->disabled && d->n_secret && !d->of->stopped
                              ? breaker_lets(&d->breaker, d->of->moment, d->delivery->in_flight)
                              : 0;
    const uint32_t free = lets > d->flying ? lets - d->flying : 0;
    const uint32_t has = free ? budget_has(&d->budget, d->of->o.monotonic()) : 0;

    return free < has ? free : has;
}

void
outbox_send_systems(struct outbox *o, enum statement_id s, pipeline_answer_fn *answer)
{
    struct parameters v = parameters_new(&o->arena);
    struct column system = column_new(&o->arena, COLUMN_TEXT);

    for (uint32_t i = 0; i < o->n_destination; i++)
        if (s != SQL_outbox_blocked || o->destination[i].held)
            column_text(&system, o->destination[i].delivery->system);
    if (system.n == 0)
        return;
    if (s != SQL_system_key_valid)
        parameter_int(&v, o->o.cell);
    parameter_column(&v, &system);
    if (s == SQL_outbox_blocked)
        parameter_int(&v, PARKED_AT_ONCE);
    pipeline_send(o->o.pipeline, s, &v, answer, o);
}

/* The first parameters of a statement on one message. */
static struct parameters
named(struct outbox *o, int64_t case_id, int64_t number)
{
    struct parameters v = parameters_new(&o->arena);

    parameter_int(&v, o->o.cell);
    parameter_int(&v, case_id);
    parameter_int(&v, number);
    return v;
}

/* The rows of all results, and what stands behind them, in the order in which a batch takes them.
 */
static bool
hold(struct outbox *o, pipeline_answer_fn *answer)
{
    struct parameters v = parameters_new(&o->arena);
    struct column id = column_new(&o->arena, COLUMN_INT);

    for (struct flight *f = o->flight; f; f = f->next) {
        f->sent = f->ended;
        if (f->ended)
            column_int(&id, f->case_id);
    }
    if (!id.n)
        return false;
    parameter_int(&v, o->o.cell);
    parameter_column(&v, &id);
    pipeline_send(o->o.pipeline, SQL_outbox_hold, &v, answer, o);
    return true;
}

static void
send_result(struct outbox *o, const struct flight *f, pipeline_answer_fn *answer)
{
    struct parameters v = named(o, f->case_id, f->number);

    parameter_int(&v, f->state);
    parameter_int(&v, f->wait);
    if (f->status)
        parameter_int(&v, f->status);
    else
        parameter_text(&v, NULL);
    parameter_text(&v, *f->trouble ? f->trouble : NULL);
    pipeline_send(o->o.pipeline, SQL_outbox_result, &v, answer, o);
    if (f->state != OUTBOX_DELIVERED)
        return;
    v = named(o, f->case_id, f->number);
    pipeline_send(o->o.pipeline, SQL_outbox_wake, &v, answer, o);
}

void
outbox_send_results(struct outbox *o, pipeline_answer_fn *answer)
{
    if (!hold(o, answer))
        return;
    for (struct flight *f = o->flight; f; f = f->next)
        if (f->sent)
            send_result(o, f, answer);
}

void
outbox_send_park(struct outbox *o, const PGresult *blocked)
{
    for (int row = 0; row < PQntuples(blocked); row++) {
        struct parameters v = named(o, row_int(blocked, row, 0), row_int(blocked, row, 1));

        parameter_instant(&v, row_instant(blocked, row, 2));
        pipeline_send(o->o.pipeline, SQL_outbox_park, &v, NULL, NULL);
    }
    if (PQntuples(blocked))
        pipeline_sync(o->o.pipeline, NULL, NULL);
}

/* It answered 410: disabled until somebody enables it. */
static void
send_gone(struct outbox *o, const struct destination *d, pipeline_answer_fn *answer)
{
    struct parameters v = parameters_new(&o->arena);

    parameter_int(&v, o->o.cell);
    parameter_text(&v, d->delivery->system);
    parameter_int(&v, 1);
    parameter_text(&v, "engine");
    parameter_text(&v, d->trouble);
    pipeline_send(o->o.pipeline, SQL_destination_switch, &v, answer, o);
}

void
outbox_send_notes(struct outbox *o, pipeline_answer_fn *answer)
{
    enum { NOTES = 6 };
    const enum column_type type[NOTES] = {COLUMN_TEXT,    COLUMN_INT,  COLUMN_INT,
                                          COLUMN_INSTANT, COLUMN_TEXT, COLUMN_INT};
    struct parameters v = parameters_new(&o->arena);
    struct column c[NOTES];

    for (int i = 0; i < NOTES; i++)
        c[i] = column_new(&o->arena, type[i]);
    for (uint32_t i = 0; i < o->n_destination; i++) {
        struct destination *d = &o->destination[i];

        d->noting = d->changed;
        d->changed = false;
        if (!d->noting)
            continue;
        column_text(&c[0], d->delivery->system);
        column_int(&c[1], d->breaker.state);
        column_int(&c[2], d->breaker.failures);
        column_instant(&c[3], d->breaker.until);
        column_text(&c[4], *d->trouble ? d->trouble : NULL);
        column_int(&c[5], d->success);
    }
    if (c[0].n == 0)
        return;
    parameter_int(&v, o->o.cell);
    for (int i = 0; i < NOTES; i++)
        parameter_column(&v, &c[i]);
    pipeline_send(o->o.pipeline, SQL_destination_note, &v, answer, o);
    for (uint32_t i = 0; i < o->n_destination; i++) /* their rows are held by now */
        if (o->destination[i].noting && o->destination[i].gone)
            send_gone(o, &o->destination[i], answer);
}

void
outbox_send_due(struct outbox *o, pipeline_answer_fn *answer)
{
    struct parameters v = parameters_new(&o->arena);
    struct column system = column_new(&o->arena, COLUMN_TEXT);
    struct column most = column_new(&o->arena, COLUMN_INT);

    for (uint32_t i = 0; i < o->n_destination; i++) {
        struct destination *d = &o->destination[i];
        const uint32_t n = outbox_room(d);

        if (n == 0)
            continue;
        column_text(&system, d->delivery->system);
        column_int(&most, n + d->flying);
    }
    if (system.n == 0)
        return;
    parameter_int(&v, o->o.cell);
    parameter_column(&v, &system);
    parameter_column(&v, &most);
    pipeline_send(o->o.pipeline, SQL_outbox_due, &v, answer, o);
}
