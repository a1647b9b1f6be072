/* SPDX-License-Identifier: Apache-2.0 */
/* On which grounds a closed case is opened again. */
#include <string.h>

#include "definition/parse.h"

/* Some end finishes the case, or a branch, with it. */
static bool
is_outcome(const struct parse *p, const char *outcome)
{
    for (uint16_t i = 0; i < p->w->n_step; i++)
        if (p->step[i].kind == STEP_END && p->step[i].outcome &&
            !strcmp(p->step[i].outcome, outcome))
            return true;
    return false;
}

static void
read_outcomes(struct parse *p, const struct place *at, struct reopening_rule *r)
{
    r->outcome = read_texts(p, at, "outcomes", &r->n_outcome);
    for (uint16_t i = 0; i < r->n_outcome; i++)
        if (!is_outcome(p, r->outcome[i]))
            complain(p, texts_item(p, at, "outcomes", i), PROBLEM_BAD_REOPEN,
                     "no case ends with \"%s\"; name outcomes of its ends", r->outcome[i]);
}

static void
read_revoked(struct parse *p, const struct place *at, struct reopening_rule *r)
{
    const char *const *id = read_texts(p, at, "revoke", &r->n_revoke);
    uint16_t *kind = arena_array(p->arena, r->n_revoke, uint16_t);

    for (uint16_t i = 0; i < r->n_revoke; i++) {
        kind[i] = NONE;
        for (uint16_t k = 0; k < p->w->n_certificate; k++)
            if (!strcmp(p->certificate[k].id, id[i]))
                kind[i] = k;
        if (kind[i] == NONE)
            complain(p, texts_item(p, at, "revoke", i), PROBLEM_UNKNOWN_CERTIFICATE,
                     "there is no kind of certificate \"%s\"", id[i]);
    }
    r->revoke = kind;
}

/* Longer than the case is kept, nobody could open it again. */
static void
check_within(struct parse *p, const struct place *at, const struct reopening_rule *r)
{
    const struct limit *kept = &p->w->retain;

    if (r->within.n && kept->n && r->within.unit == kept->unit && r->within.n > kept->n)
        complain(p, place_get(p, at, "within"), PROBLEM_BAD_REOPEN,
                 "\"retain\" says that the case is kept no longer than %d; open it within that",
                 kept->n);
}

static void
read_one(struct parse *p, const struct place *at, struct reopening_rule *r)
{
    const struct place *within = place_get(p, at, "within");
    struct target to;

    r->id = at->key;
    r->line = at->v->line;
    check_id(p, at, at->key);
    if (!shape_check(p, at, SHAPE_REOPEN))
        return;
    r->title = read_title(p, at, true);
    if (!value_get(at->v, "by"))
        complain(p, at, PROBLEM_MISSING_KEY, "\"by\" is missing: who may reopen the case");
    r->by = read_texts(p, at, "by", &r->n_by);
    for (uint16_t i = 0; i < r->n_by; i++)
        check_role(p, texts_item(p, at, "by", i), r->by[i]);
    if (!value_get(at->v, "to"))
        complain(p, at, PROBLEM_MISSING_KEY, "\"to\" is missing");
    to = read_target(p, at, "to", 0);
    r->to = to.step;
    if (to.kind == TARGET_STEP && p->step[to.step].kind == STEP_END)
        complain(p, place_get(p, at, "to"), PROBLEM_BAD_REOPEN,
                 "\"%s\" is an end: lead to a step in which something is done",
                 p->step[to.step].id);
    if (within && read_limit(p, within, &r->within))
        check_within(p, at, r);
    read_outcomes(p, at, r);
    r->when =
        read_expression(p, place_get(p, at, "when"), VALUE_BOOL, (struct speaker){.actor = true});
    read_why(p, at, &r->why_zh, &r->why_en);
    r->notice = read_flag(p, at, "notice");
    r->marks = read_marks(p, at);
    read_revoked(p, at, r);
    r->basis = read_text(p, at, "basis", false);
}

void
read_reopen(struct parse *p, const struct place *top)
{
    const struct place *all = place_get(p, top, "reopen");
    struct reopening_rule *r;

    if (!expect(p, all, VALUE_OBJECT))
        return;
    if (!all->v->n)
        complain(p, all, PROBLEM_EMPTY, "there is no ground");
    if (all->v->n >= NONE) {
        complain(p, all, PROBLEM_TOO_MANY, "too many grounds");
        return;
    }
    r = arena_array(p->arena, all->v->n, struct reopening_rule);
    for (uint32_t i = 0; i < all->v->n; i++)
        read_one(p, place_member(p, all, i), &r[i]);
    p->w->reopen = r;
    p->w->n_reopen = (uint16_t)all->v->n;
}
