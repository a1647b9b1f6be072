/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the register of cards is told: which cards a record issued, and which
 * it made void.  A card is void when the clock is no longer late or blue by
 * what is known now; it is withdrawn, never deleted (K9).
 */
#include "machine/flow.h"
#include "machine/names.h"

static struct card *
new_card(struct run *r, enum card_kind kind, bool withdrawn)
{
    r->card = arena_grow(r->a, r->card, r->n_card, sizeof(*r->card));
    r->card[r->n_card] = (struct card){.record = r->c->recorded,
                                       .kind = kind,
                                       .withdrawn = withdrawn,
                                       .rule = NONE,
                                       .material = NONE,
                                       .due = INSTANT_NONE};
    return &r->card[r->n_card++];
}

static void
issue(struct run *r, const struct case_clock *k, enum card_kind kind, int32_t epoch, bool again)
{
    const struct clock_rule *rule = &r->w->clock[k->rule];
    const struct visit *v = case_visit(r->c, k->visit);
    struct card *card;

    if (rule->applicant)
        return; /* not the house's to answer for */
    card = new_card(r, kind, false);
    card->again = again;
    card->clock = k->id;
    card->epoch = epoch;
    card->rule = k->rule;
    card->department = k->department ? k->department : v ? visit_department(r->w, v) : r->w->lead;
    card->step = v ? visit_path(r->a, r->w, v) : NULL;
    card->name = clock_whole_name(r->a, r->w, r->c, k);
    card->element = v ? v->element : NULL;
    card->colour = kind == CARD_BLUE               ? COLOUR_BLUE
                   : rule->kind == CLOCK_STATUTORY ? COLOUR_RED
                                                   : COLOUR_YELLOW;
    card->due = k->known_due;
}

static void
void_card(struct run *r, const struct case_clock *k, enum card_kind kind)
{
    struct card *card = new_card(r, kind, true);

    card->clock = k->id;
    card->rule = k->rule;
}

/* The verdict of clock @id where the record ended it, OPEN where it did not. */
static enum verdict
ended_as(const struct run *r, int32_t id)
{
    for (uint32_t i = 0; i < r->n_fact; i++)
        if (r->fact[i].kind == FACT_CLOCK_ENDED && r->fact[i].number == id)
            return r->fact[i].verdict;
    return VERDICT_OPEN;
}

/* A step's clock that has ended is gone; what it was shows its verdict. */
static void
compare(struct run *r, const struct case_clock *was)
{
    const struct case_clock *is = case_clock(r->c, was->id);
    const enum verdict ended = ended_as(r, was->id);
    const bool late = is ? is->late : ended == VERDICT_LATE;

    if (was->late && !late)
        void_card(r, was, CARD_BROKEN);
    /* Who was warned and then was in time was warned rightly. */
    if (was->warned && (is ? !is->warned : ended == VERDICT_OPEN))
        void_card(r, was, CARD_BLUE);
}

static const struct case_clock *
before(const struct run *r, int32_t id)
{
    for (uint32_t i = 0; i < r->n_clock_before; i++)
        if (r->clock_before[i].id == id)
            return &r->clock_before[i];
    return NULL;
}

/* Clocks that an annulment brought back as they were, late or warned. */
static void
note_returns(struct run *r)
{
    for (uint32_t i = 0; i < r->c->n_clock; i++) {
        const struct case_clock *k = &r->c->clock[i], *was = before(r, k->id);

        if (k->late && (!was || !was->late))
            issue(r, k, CARD_BROKEN, k->fired, true);
        if (k->warned && (!was || !was->warned))
            issue(r, k, CARD_BLUE, k->warned_in, true);
    }
}

/* A card that is about no clock: for the supervisor, or who leads the case. */
static void
note_plain(struct run *r, enum card_kind kind, int32_t epoch, bool withdrawn)
{
    struct card *card = new_card(r, kind, withdrawn);

    card->epoch = epoch;
    card->department = withdrawn ? NULL : r->w->lead;
}

static void
note_unopened(struct run *r, const struct fact *f)
{
    const struct child *x = f->kind == FACT_FINISHED ? case_child(r->c, f->number) : NULL;

    if (x && x->apart && !x->case_id)
        note_plain(r, CARD_UNOPENED, f->number, false);
    if (f->kind == FACT_ASKED && !f->visit && f->id)
        note_plain(r, CARD_UNOPENED, (int32_t)f->id, true);
}

/* A card that holds until somebody has checked the promise. */
static void
note_unchecked(struct run *r, const struct fact *f)
{
    struct card *card = new_card(r, CARD_UNCHECKED, f->kind != FACT_UNCHECKED);

    card->clock = f->material + 1;
    card->material = f->material;
    if (card->withdrawn)
        return;
    card->epoch = (int32_t)r->c->recorded;
    card->department = r->w->lead;
    card->due = r->c->material[f->material].until;
}

static bool
is_among(const struct stuck *list, uint32_t n, int32_t number)
{
    for (uint32_t i = 0; i < n; i++)
        if (list[i].number == number)
            return true;
    return false;
}

/* A card that holds until it could be done, or nothing of it is to be done any more. */
static void
note_stuck_item(struct run *r, const struct stuck *x, bool withdrawn)
{
    const struct visit *v = case_visit(r->c, x->item.visit);
    struct card *card = new_card(r, CARD_STUCK, withdrawn);

    card->clock = card->epoch = x->number;
    if (withdrawn)
        return;
    card->material = x->item.material;
    card->department = r->w->lead;
    card->step = v ? visit_path(r->a, r->w, v) : NULL;
    card->element = v ? v->element : NULL;
}

static void
note_all_stuck(struct run *r)
{
    for (uint32_t i = 0; i < r->n_stuck_before; i++)
        if (!is_among(r->c->stuck, r->c->n_stuck, r->stuck_before[i].number))
            note_stuck_item(r, &r->stuck_before[i], true);
    for (uint32_t i = 0; i < r->c->n_stuck; i++)
        if (!is_among(r->stuck_before, r->n_stuck_before, r->c->stuck[i].number))
            note_stuck_item(r, &r->c->stuck[i], false);
    r->stuck_before = r->c->stuck;
    r->n_stuck_before = r->c->n_stuck;
}

void
note_cards(struct run *r)
{
    bool fired = false;

    for (uint32_t i = 0; i < r->n_clock_before; i++)
        if (!r->w_before->clock[r->clock_before[i].rule].applicant)
            compare(r, &r->clock_before[i]);
    for (uint32_t i = 0; i < r->n_fact; i++) {
        const struct fact *f = &r->fact[i];

        if (f->kind == FACT_LATE)
            issue(r, case_clock(r->c, f->number), CARD_BROKEN, f->epoch, false);
        if (f->kind == FACT_WARNED)
            issue(r, case_clock(r->c, f->number), CARD_BLUE, f->epoch, false);
        fired = fired || f->kind == FACT_LATE || f->kind == FACT_WARNED;
        if (f->kind == FACT_CONTRADICTED)
            note_plain(r, CARD_CONTRADICTED, f->visit, false);
        note_unopened(r, f);
        if (f->kind == FACT_UNCHECKED || (f->kind == FACT_MATERIAL && f->declared))
            note_unchecked(r, f);
    }
    if (!fired)
        note_returns(r);
    if (r->contradicted_before && !r->c->contradicted)
        note_plain(r, CARD_CONTRADICTED, 0, true); /* whatever was contradicted */
    r->contradicted_before = r->c->contradicted;
    note_all_stuck(r);
    r->w_before = r->w;
    r->n_clock_before = r->c->n_clock;
    r->clock_before = arena_copy(r->a, r->c->clock, r->c->n_clock * sizeof(*r->c->clock));
}
