/* SPDX-License-Identifier: Apache-2.0 */
/* What cases say to one another, as rows. */
#include "store/writing.h"

void
writing_relay_begin(struct writing *w)
{
    for (size_t i = 0; i < 3; i++)
        w->relay[i] = column_new(w->arena, COLUMN_INT);
    w->relay[3] = column_new(w->arena, COLUMN_TEXT);
    w->relay[4] = column_new(w->arena, COLUMN_TEXT);
    w->heard = column_new(w->arena, COLUMN_INT);
}

/*
 * An opening says which workflow, and the form; the rest stands in the parent's row.  One for
 * another applicant names him, and its workflow otherwise: a daemon of before, which would open it
 * for the parent's, tells the parent instead that it cannot.
 */
static const char *
body_of(struct arena *a, const struct relay *r)
{
    const bool other = r->applicant.kind == VALUE_OBJECT;
    struct text t = text_new(a);

    if (!r->workflow) {
        value_write(&t, &r->value);
        return t.at;
    }
    put_open(&t, '{');
    if (other) {
        put_key(&t, "applicant");
        value_write(&t, &r->applicant);
    }
    put_key(&t, "form");
    value_write(&t, &r->value);
    put_member_int(&t, "generation", r->generation);
    if (r->listens)
        put_member_bool(&t, "listens", true);
    put_member_string(&t, other ? "opens" : "workflow", r->workflow);
    put_close(&t, '}');
    return t.at;
}

void
writing_relay(struct writing *w, int64_t source, const struct relay *r)
{
    struct column *c = w->relay;

    column_int(c++, r->case_id);
    column_int(c++, source);
    column_int(c++, r->child);
    column_text(c++, r->what);
    column_text(c++, body_of(w->arena, r));
}

void
writing_heard(struct writing *w, int64_t relay)
{
    column_int(&w->heard, relay);
}

void
writing_relay_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(w->arena), gone = parameters_new(w->arena);

    if (w->relay[0].n) {
        parameter_int(&v, w->cell);
        parameter_instant(&v, w->moment);
        for (size_t i = 0; i < sizeof(w->relay) / sizeof(w->relay[0]); i++)
            parameter_column(&v, &w->relay[i]);
        pipeline_send(p, SQL_relay_insert, &v, answer, arg);
    }
    if (!w->heard.n)
        return;
    parameter_int(&gone, w->cell);
    parameter_column(&gone, &w->heard);
    pipeline_send(p, SQL_relay_done, &gone, answer, arg);
}
