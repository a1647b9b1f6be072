/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from outside as rows, and the keys by which they find their cases. */
#include "store/writing.h"

#include "machine/paths.h"

enum { KEY_LONGEST = 500 }; /* bytes; a longer one would not fit its index */

void
writing_inbox_begin(struct writing *w)
{
    static const enum column_type type[] = {COLUMN_INT,  COLUMN_INT,  COLUMN_INT,  COLUMN_TEXT,
                                            COLUMN_TEXT, COLUMN_TEXT, COLUMN_TEXT, COLUMN_BYTES,
                                            COLUMN_TEXT, COLUMN_TEXT};

    for (size_t i = 0; i < sizeof(type) / sizeof(type[0]); i++)
        w->inbox[i] = column_new(w->arena, type[i]);
}

static void
number_or_null(struct column *c, int64_t n)
{
    if (n)
        column_int(c, n);
    else
        column_null(c);
}

void
writing_message(struct writing *w, const struct message_change *m)
{
    struct column *c = w->inbox;

    if (m->assigned_by) {
        w->assigned = arena_grow(w->arena, w->assigned, w->n_assigned, sizeof(*m));
        w->assigned[w->n_assigned++] = *m;
        return;
    }
    number_or_null(c++, m->case_id);
    number_or_null(c++, m->letter);
    column_int(c++, m->state);
    column_text(c++, m->source);
    column_text(c++, m->id);
    column_text(c++, m->name);
    column_text(c++, m->subject);
    column_bytes(c++, m->hash, HASH_SIZE);
    column_text(c++, m->body);
    column_text(c++, m->reason);
}

static void
send_assigned(const struct writing *w, const struct message_change *m, struct pipeline *p,
              pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(w->arena);

    parameter_int(&v, w->cell);
    parameter_text(&v, m->source);
    parameter_text(&v, m->id);
    parameter_int(&v, m->case_id);
    parameter_int(&v, m->letter);
    parameter_text(&v, m->assigned_by);
    parameter_text(&v, m->reason);
    pipeline_send(p, SQL_inbox_assign, &v, answer, arg);
}

static void
send_keys(const struct writing *w, struct pipeline *p, const struct case_change *change,
          size_t n_change, pipeline_answer_fn *answer, void *arg)
{
    struct column key = column_new(w->arena, COLUMN_TEXT);
    struct column id = column_new(w->arena, COLUMN_INT);
    struct parameters v = parameters_new(w->arena);

    for (size_t i = 0; i < n_change; i++) {
        const struct case_change *x = &change[i];
        const char *field = x->edition->w->key;
        const struct value *is = field ? path_get(&x->c->form, field) : NULL;

        if (!x->changed || (!x->created && !x->form_changed) || !is || is->kind != VALUE_STRING ||
            !is->n || is->n > KEY_LONGEST)
            continue;
        column_text(&key, is->string);
        column_int(&id, x->id);
    }
    if (key.n == 0)
        return;
    parameter_int(&v, w->cell);
    parameter_column(&v, &key);
    parameter_column(&v, &id);
    pipeline_send(p, SQL_business_key_insert, &v, answer, arg);
}

static void
send_new(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(w->arena);

    if (w->inbox[0].n == 0)
        return;
    parameter_int(&v, w->cell);
    parameter_instant(&v, w->moment);
    for (size_t i = 0; i < sizeof(w->inbox) / sizeof(w->inbox[0]); i++)
        parameter_column(&v, &w->inbox[i]);
    pipeline_send(p, SQL_inbox_insert, &v, answer, arg);
}

/* What is new goes first: it may have to be waited for, and a row that was changed by us would make
 * who waits for us wait for ever. */
void
writing_inbox_send(struct writing *w, struct pipeline *p, const struct case_change *change,
                   size_t n_change, pipeline_answer_fn *answer, void *arg)
{
    send_keys(w, p, change, n_change, answer, arg);
    send_new(w, p, answer, arg);
    for (size_t i = 0; i < w->n_assigned; i++)
        send_assigned(w, &w->assigned[i], p, answer, arg);
}
