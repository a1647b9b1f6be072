/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case that began earlier than it is opened has had the outages of its hall
 * since then, too.  It looks for them when it holds a lock, to its commit, for
 * which waits who takes an outage that was recorded to the open cases, or back
 * from them: so each case hears of each outage, from here or from there.
 */
#include "definition/json.h"
#include "machine/may.h"
#include "runtime/batch_inside.h"

/* Columns of outage_since. */
enum { O_ID, O_SINCE, O_UNTIL, O_REASON, O_DOCUMENT, O_ACCOUNT };

static void
on_held(void *arg, const PGresult *res, const struct error *e)
{
    (void)res;
    batch_trouble(arg, e);
}

static const char *
copied(struct batch *b, const PGresult *res, int row, int column)
{
    const char *text = row_text(res, row, column);

    return text ? arena_strdup(&b->arena, text) : NULL;
}

static void
on_outages(void *arg, const PGresult *res, const struct error *e)
{
    static const char *const role[] = {"supervisor"};
    struct batch *b = arg;

    batch_trouble(b, e);
    if (e)
        return;
    b->outage = arena_array(&b->arena, PQntuples(res), struct command);
    for (int row = 0; row < PQntuples(res); row++)
        b->outage[b->n_outage++] = (struct command){.kind = COMMAND_OUTAGE,
                                                    .actor = {.id = copied(b, res, row, O_ACCOUNT),
                                                              .role = role,
                                                              .n_role = 1,
                                                              .district = "*"},
                                                    .revision = -1,
                                                    .number = (int32_t)row_int(res, row, O_ID),
                                                    .from = row_instant(res, row, O_SINCE),
                                                    .until = row_instant(res, row, O_UNTIL),
                                                    .reason = copied(b, res, row, O_REASON),
                                                    .document = copied(b, res, row, O_DOCUMENT)};
}

bool
order_opens_late(const struct order *m)
{
    const struct command *cmd = &m->command;

    return cmd->kind == COMMAND_OPEN && cmd->happened &&
           may_backdate(m->workflow, cmd->opening->district, &cmd->actor);
}

void
batch_send_outages(struct batch *b)
{
    const struct order *m = TAILQ_FIRST(&b->running);
    struct parameters hold = parameters_new(&b->arena), v = parameters_new(&b->arena);

    if (!order_opens_late(m))
        return;
    parameter_int(&hold, b->o.cell);
    pipeline_send(b->o.pipeline, SQL_outage_hold, &hold, on_held, b);
    parameter_int(&v, b->o.cell);
    parameter_text(&v, m->command.opening->district);
    parameter_instant(&v, m->command.happened);
    pipeline_send(b->o.pipeline, SQL_outage_since, &v, on_outages, b);
}

/* All that the case has been through: it is stored nowhere yet. */
struct past {
    struct value *record;
    size_t n;
};

static bool
remember(struct batch *b, struct past *p, const struct workflow *w, const struct outcome *o,
         struct error *e)
{
    for (uint32_t i = 0; i < o->n_record; i++) {
        struct text t = text_new(&b->arena);

        record_write(&t, w, &o->record[i]);
        p->record = arena_grow(&b->arena, p->record, p->n, sizeof(*p->record));
        if (!json_read_stored(&b->arena, t.at, t.len, &p->record[p->n++], e))
            return false;
    }
    return true;
}

/* What was stuck is tried again behind it, and may look back. */
static bool
suffer(struct batch *b, const struct setting *s, const struct case_state *c, struct command *outage,
       const struct past *p, struct outcome *then, struct error *e)
{
    outage->history = p->record;
    outage->n_history = p->n;
    return machine_decide(s, c, outage, &b->arena, then, NULL, e);
}

bool
batch_suffer(struct batch *b, const struct order *m, const struct setting *s,
             struct case_change *change, struct outcome **out, struct error *e)
{
    struct outcome **decided = arena_array(&b->arena, b->n_outage, struct outcome *);
    struct past past = {.n = 0};
    size_t n = 0;

    for (size_t i = 0; i < b->n_outage && order_opens_late(m); i++) {
        struct outcome *then = arena_new(&b->arena, struct outcome);

        if (!past.n && !remember(b, &past, s->workflow, *out, e))
            return false;
        if (!suffer(b, s, (*out)->next, &b->outage[i], &past, then, e)) {
            if (e->code != ERROR_CASE_CLOSED)
                return false;
            *e = (struct error){0}; /* silence has closed it by now */
            break;
        }
        if (then->n_record == 0)
            continue; /* it was over when the case began, or another's */
        if (!remember(b, &past, s->workflow, then, e))
            return false;
        then->next->id = change->id;
        decided[n++] = *out;
        *out = then;
    }
    /* Only now: what is refused has written nothing. */
    for (size_t i = 0; i < n && !m->dry_run; i++) {
        writing_outcome(&b->writing, change, decided[i]);
        b->counts.records += decided[i]->n_record;
    }
    return true;
}
