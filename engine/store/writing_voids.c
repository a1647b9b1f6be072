/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that hold no more, as rows: of the case that decides it, and of others. */
#include "base/require.h"
#include "machine/certificates.h"
#include "store/number.h"
#include "store/writing.h"

static void
start(struct arena *a, struct column *c, const char *kinds)
{
    for (; *kinds; kinds++)
        *c++ = column_new(a, *kinds == 'i'   ? COLUMN_INT
                             : *kinds == '@' ? COLUMN_INSTANT
                                             : COLUMN_TEXT);
}

void
writing_voids_begin(struct writing *w)
{
    start(w->arena, w->discard, "iii@tt");
    start(w->arena, w->parted, "ii");
    start(w->arena, w->shorten, "ii@");
    start(w->arena, w->void_row, "iii@itti");
}

void
writing_discard(struct writing *w, const struct case_change *change, const struct discard *x)
{
    struct column *c = w->discard, *v = w->void_row;

    if (x->state == CERTIFICATE_PART_REVOKED) { /* apart: it may be revoked itself with its part */
        column_int(&w->parted[0], change->id);
        column_int(&w->parted[1], x->number);
        return;
    }
    column_int(c++, change->id);
    column_int(c++, x->number);
    column_int(c++, x->state);
    column_instant(c++, x->at);
    column_text(c++, x->by);
    column_text(c++, x->reason);
    column_int(v++, change->id);
    column_int(v++, x->number);
    column_int(v++, x->state);
    column_instant(v++, x->at);
    column_int(v++, change->id);
    column_text(v++, x->successor);
    column_text(v++, x->reason);
    column_int(v++, x->asked);
    w->voids = w->voids || x->asked;
}

void
writing_shortening(struct writing *w, const struct case_change *change, const struct shortening *x)
{
    column_int(&w->shorten[0], change->id);
    column_int(&w->shorten[1], x->number);
    column_instant(&w->shorten[2], x->until);
}

/* What the case that issued it is told. */
static void
tell(struct writing *w, const struct case_change *change, int64_t case_id, int32_t nth,
     const struct voiding *x, const char *by)
{
    const instant until = x->by ? change->c->certificate[x->by - 1].until : x->until;
    struct value v =
        value_with(w->arena, NULL, "as", value_borrow(certificate_state_name(x->state)));

    if (by)
        v = value_with(w->arena, &v, "by", value_borrow(by));
    if (x->later)
        v = value_with(w->arena, &v, "later", value_bool(true));
    if (x->moved)
        v = value_with(w->arena, &v, "moved", value_bool(true));
    if (by && until != INSTANT_NONE)
        v = value_with(w->arena, &v, "until", value_int(until));
    if (x->reason)
        v = value_with(w->arena, &v, "reason", value_borrow(x->reason));
    writing_relay(w, change->id,
                  &(struct relay){.case_id = case_id, .what = "voided", .child = nth, .value = v});
}

void
writing_voiding(struct writing *w, const struct case_change *change, const struct voiding *x)
{
    struct column *c = w->void_row;
    char number[CERTIFICATE_TEXT], own[CERTIFICATE_TEXT];
    const char *by = x->successor;
    int64_t case_id;
    int32_t nth;
    struct error e;

    /* It was read from a row of ours. */
    require(certificate_number_read(x->number, number, &case_id, &nth, &e));
    if (x->by) {
        const uint16_t kind = change->c->certificate[x->by - 1].kind;

        certificate_number_write(own, change->edition->w->certificate[kind].prefix,
                                 change->c->number, x->by);
        by = arena_strdup(w->arena, own);
    }
    tell(w, change, case_id, nth, x, by);
    if (x->later || x->moved)
        return;
    column_int(c++, case_id);
    column_int(c++, nth);
    column_int(c++, x->state);
    column_instant(c++, x->at);
    column_int(c++, change->id);
    column_text(c++, by);
    column_text(c++, x->reason);
    column_int(c++, 1);
    w->voids = true;
}

bool
writing_voids(const struct writing *w)
{
    return w->voids;
}

static void
send(struct writing *w, struct pipeline *p, enum statement_id s, struct column *c, size_t n,
     pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(w->arena);

    if (!c->n)
        return;
    parameter_int(&v, w->cell);
    for (size_t i = 0; i < n; i++)
        parameter_column(&v, &c[i]);
    pipeline_send(p, s, &v, answer, arg);
}

void
writing_voids_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    send(w, p, SQL_certificate_discard, w->discard, 6, answer, arg);
    send(w, p, SQL_certificate_parted, w->parted, 2, answer, arg);
    send(w, p, SQL_certificate_shorten, w->shorten, 3, answer, arg);
    send(w, p, SQL_certificate_void, w->void_row, 8, answer, arg);
}
