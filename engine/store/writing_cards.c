/* SPDX-License-Identifier: Apache-2.0 */
/* Cards as rows of their register: issued, void, back. */
#include "machine/names.h"
#include "store/writing.h"

enum { BACK_COLUMNS = 4, VOID_COLUMNS };

void
writing_cards_begin(struct writing *w)
{
    static const enum column_type type[] = {
        COLUMN_INT,  COLUMN_INT,  COLUMN_INSTANT, COLUMN_INSTANT, COLUMN_INT,
        COLUMN_INT,  COLUMN_INT,  COLUMN_INT,     COLUMN_TEXT,    COLUMN_TEXT,
        COLUMN_TEXT, COLUMN_TEXT, COLUMN_TEXT,    COLUMN_TEXT};

    for (size_t i = 0; i < sizeof(type) / sizeof(type[0]); i++)
        w->card[i] = column_new(w->arena, type[i]);
    for (size_t i = 0; i < VOID_COLUMNS; i++)
        w->card_void[i] = column_new(w->arena, COLUMN_INT);
    for (size_t i = 0; i < BACK_COLUMNS; i++)
        w->card_back[i] = column_new(w->arena, COLUMN_INT);
}

static void
add_change(struct column c[BACK_COLUMNS], int64_t case_id, const struct card *card)
{
    column_int(&c[0], case_id);
    column_int(&c[1], card->record);
    column_int(&c[2], card->clock);
    column_int(&c[3], card->kind);
}

void
writing_card(struct writing *w, const struct case_change *change, const struct card *card)
{
    const struct workflow *f = change->edition->w;
    struct column *c = w->card;

    if (card->withdrawn) {
        add_change(w->card_void, change->id, card);
        column_int(&w->card_void[BACK_COLUMNS], card->epoch);
        return;
    }
    if (card->again) {
        add_change(w->card_back, change->id, card);
        return;
    }
    column_int(c++, change->id);
    column_int(c++, card->record);
    column_instant(c++, w->moment);
    column_instant(c++, card->due);
    column_int(c++, card->clock);
    column_int(c++, card->epoch);
    column_int(c++, card->kind);
    column_int(c++, card->colour);
    column_text(c++, f->id);
    column_text(c++, change->c->district);
    column_text(c++, card->department);
    column_text(c++, card->step);
    column_text(c++, card->material != NONE ? f->material[card->material].id : card->name);
    column_text(c++, element_text(w->arena, card->element));
}

static void
send_changes(const struct writing *w, struct pipeline *p, enum statement_id s, struct column *c,
             size_t n, pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(w->arena);

    if (c[0].n == 0)
        return;
    parameter_int(&v, w->cell);
    parameter_instant(&v, w->moment);
    for (size_t i = 0; i < n; i++)
        parameter_column(&v, &c[i]);
    pipeline_send(p, s, &v, answer, arg);
}

void
writing_cards_send(struct writing *w, struct pipeline *p, pipeline_answer_fn *answer, void *arg)
{
    struct parameters v = parameters_new(w->arena);

    if (w->card[0].n) {
        parameter_int(&v, w->cell);
        for (size_t i = 0; i < sizeof(w->card) / sizeof(w->card[0]); i++)
            parameter_column(&v, &w->card[i]);
        pipeline_send(p, SQL_card_issue, &v, answer, arg);
    }
    send_changes(w, p, SQL_card_withdraw, w->card_void, VOID_COLUMNS, answer, arg);
    send_changes(w, p, SQL_card_return, w->card_back, BACK_COLUMNS, answer, arg);
}
