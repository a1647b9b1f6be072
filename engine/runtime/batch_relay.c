/* SPDX-License-Identifier: Apache-2.0 */
/* What other cases say, within a transaction: heard once. */
#include "base/log.h"
#include "runtime/batch_inside.h"

static void
on_taken(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;

    batch_trouble(b, e);
    if (e)
        return;
    b->relay = arena_array(&b->arena, PQntuples(res), int64_t);
    for (int row = 0; row < PQntuples(res); row++)
        b->relay[b->n_relay++] = row_int(res, row, 0);
}

void
batch_send_relays(struct batch *b)
{
    struct column id = column_new(&b->arena, COLUMN_INT);
    struct parameters v = parameters_new(&b->arena);
    const struct order *m;

    TAILQ_FOREACH (m, &b->running, next)
        if (m->relay)
            column_int(&id, m->relay);
    if (id.n == 0)
        return;
    parameter_int(&v, b->o.cell);
    parameter_column(&v, &id);
    pipeline_send(b->o.pipeline, SQL_relay_take, &v, on_taken, b);
}

bool
batch_relay_is_gone(const struct batch *b, const struct order *m)
{
    for (size_t i = 0; i < b->n_relay; i++)
        if (b->relay[i] == m->relay)
            return false;
    return m->relay != 0;
}

/* The parent hears that its child could not be opened, and why. */
static void
tell_of_failure(struct batch *b, const struct order *m)
{
    const struct parent *p = &m->command.opening->parent;
    const char *why =
        arena_printf(&b->arena, "%s: %s%s%s", error_name(m->error.code), m->error.pointer,
                     m->error.pointer[0] ? " " : "", m->error.detail);
    struct value v = value_object(&b->arena, NULL, 0);

    v = value_with(&b->arena, &v, "outcome", value_borrow("failed"));
    v = value_with(&b->arena, &v, "why", value_borrow(why));
    writing_relay(
        &b->writing, p->case_id,
        &(struct relay){.case_id = p->case_id, .what = "concluded", .child = p->child, .value = v});
}

void
batch_relay_heard(struct batch *b, struct order *m)
{
    if (m->error.code == ERROR_NEWER_RULES)
        return; /* it waits for a newer release */
    if (m->error.code && !m->case_id)
        tell_of_failure(b, m);
    if (m->error.code)
        log_info("what a case said was refused", log_int("relay", m->relay),
                 log_int("case", m->case_id), log_str("why", m->error.detail));
    m->heard = true;
    b->writing.mark = true;
    writing_heard(&b->writing, m->relay);
}
