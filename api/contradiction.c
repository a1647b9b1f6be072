/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case in which something learned late contradicts what silence did (K3):
 * what that was, and what a supervisor may do about it.
 */
#include "api/contradiction.h"

#include <string.h>

#include "definition/json.h"
#include "machine/names.h"

static int64_t
member_int(const struct value *v, const char *name, int64_t otherwise)
{
    const struct value *n = value_get(v, name);

    return n && n->kind == VALUE_INT ? n->integer : otherwise;
}

/* The fact of the record that contradicts how @visit was left; NULL. */
static const struct value *
find_fact(const struct value *record, int32_t visit)
{
    const struct value *facts = value_get(record, "facts");

    for (uint32_t i = 0; facts && facts->kind == VALUE_ARRAY && i < facts->n; i++) {
        const char *kind = value_get_string(&facts->item[i], "fact");

        if (kind && !strcmp(kind, "contradicted") &&
            member_int(&facts->item[i], "visit", 0) == visit)
            return &facts->item[i];
    }
    return NULL;
}

/* Rows of contradiction_list are gone when the answer has been read. */
static bool
read_row(struct lookup *l, const PGresult *res, int row, struct contradiction *out)
{
    struct arena *a = &l->request->arena;
    const char *body = arena_strdup(a, row_text(res, row, 3));
    const char *step = row_text(res, row, 4), *element = row_text(res, row, 7);
    const struct value *fact;
    struct value record;
    struct error e;

    if (!json_read_stored(a, body, strlen(body), &record, &e))
        return false;
    fact = find_fact(&record, l->row.c->contradicted);
    if (!fact)
        return false;
    *out = (struct contradiction){.record = row_int(res, row, 0),
                                  .recorded = row_instant(res, row, 1),
                                  .by = arena_strdup(a, row_text(res, row, 2)),
                                  .action = value_get_string(fact, "name"),
                                  .material = value_get_string(fact, "material"),
                                  .left = INSTANT_NONE};
    out->happened = member_int(fact, "happened", member_int(&record, "happened", out->recorded));
    if (step) {
        out->step = arena_strdup(a, step);
        out->element = element ? arena_strdup(a, element) : NULL;
        out->left = row_instant(res, row, 5);
        out->silence = row_int(res, row, 6);
    }
    return true;
}

static void
on_records(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;
    struct contradiction *x = arena_new(&l->request->arena, struct contradiction);
    int row = 0;

    if (e) {
        reply_error(l->request, e);
        return;
    }
    while (row < PQntuples(res) && !read_row(l, res, row, x))
        row++;
    if (row < PQntuples(res))
        l->contradiction = x;
    l->then(l);
}

void
contradiction_read(struct lookup *l, void (*then)(struct lookup *l))
{
    struct parameters p = parameters_new(&l->request->arena);

    if (!l->row.c->contradicted) {
        then(l);
        return;
    }
    l->then = then;
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->id);
    parameter_int(&p, l->row.c->contradicted);
    pipeline_ask(l->app->read, SQL_contradiction_list, &p, on_records, l);
}

/* What was restores `annul`, what goes on from there `reopen`; `reconcile` leaves it as it is. */
static void
put_remedies(struct text *t, const struct sight *s, const struct actor *who)
{
    static const enum command_kind remedy[] = {COMMAND_ANNUL, COMMAND_REOPEN, COMMAND_RECONCILE};

    put_key(t, "mayResolve");
    put_open(t, '[');
    for (size_t i = 0; i < sizeof(remedy) / sizeof(remedy[0]); i++) {
        const struct command cmd = {.kind = remedy[i], .actor = *who};
        struct error e;

        if (machine_may(s->workflow, s->state, &cmd, &e))
            put_string(t, command_name(remedy[i]));
    }
    put_close(t, ']');
}

void
view_contradiction(struct text *t, const struct sight *s, const struct actor *who)
{
    const struct contradiction *x = s->contradiction;
    uint16_t step;

    if (!s->state->contradicted)
        return;
    put_key(t, "contradicted");
    put_open(t, '{');
    put_member_int(t, "visit", s->state->contradicted);
    if (x) {
        step = x->step ? workflow_step(s->workflow, x->step) : NONE;
        if (step != NONE) {
            put_member_string(t, "step", step_name(t->arena, s->workflow, step, x->element));
            view_title(t, "title", s->workflow->step[step].title);
        }
        put_member_string(t, "action", x->action);
        put_member_string(t, "material", x->material);
        put_member_string(t, "by", x->by);
        put_member_instant(t, "happened", x->happened);
        put_member_instant(t, "recorded", x->recorded);
        put_member_int(t, "record", x->record);
        if (x->silence) {
            put_member_instant(t, "left", x->left);
            put_member_int(t, "silence", x->silence);
        }
    }
    put_remedies(t, s, who);
    put_close(t, '}');
}
