/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Votes on paper that came before they are recorded (K3).  Which of two votes of
 * one voter counts is decided by when they came.  One that came before a ballot
 * closed that has closed since contradicts its count.
 */
#include <string.h>

#include "machine/annul.h"
#include "machine/ballot_late.h"
#include "machine/may.h"
#include "machine/names.h"
#include "machine/notes.h"
#include "machine/retrace.h"

/* The vote that counts, of the voter at one place, as far as the records tell. */
struct cast {
    int32_t visit, number;
    bool replaces; /* the last one counts, else the first */
    bool known;
    instant at;
};

static void
hear(struct cast *x, const struct fact *f, instant recorded)
{
    const instant at = f->happened ? f->happened : recorded;
    const bool vote = f->kind == FACT_VOTED || (f->kind == FACT_CONTRADICTED && f->number);

    if (!vote || f->visit != x->visit || f->number != x->number)
        return;
    if (!x->known || (x->replaces ? at >= x->at : at < x->at))
        x->at = at;
    x->known = true;
}

static bool
read_cast(const struct run *r, struct cast *x, struct error *e)
{
    for (size_t i = (size_t)r->c->migrated; i < r->cmd->n_history; i++) {
        const struct value *facts = value_get(&r->cmd->history[i], "facts");
        bool ok = facts && facts->kind == VALUE_ARRAY;
        const instant at = read_instant(&r->cmd->history[i], "at", INSTANT_NONE, &ok);

        for (uint32_t k = 0; ok && k < facts->n; k++) {
            struct fact f;

            ok = read_fact(r->a, r->w, &facts->item[k], &f);
            if (ok)
                hear(x, &f, at);
        }
        if (!ok)
            return error_set(e, ERROR_INTERNAL, "record %zu does not fit workflow %s", i + 1,
                             r->w->id);
    }
    return true;
}

static bool
voted(const struct command *cmd, bool later, struct error *e)
{
    return error_set(e, ERROR_VOTED, "%.100s has voted%s", cmd->voter,
                     later ? ", and later than that" : "");
}

bool
vote_counts(struct deed *d, const struct ballot *b, int32_t visit, int32_t place, bool has_voted,
            struct error *e)
{
    struct cast x = {.visit = visit, .number = place + 1, .replaces = b->replace};
    const instant happened = d->cmd->happened;

    if (!happened)
        return !has_voted || b->replace || voted(d->cmd, false, e);
    if (!read_cast(d->r, &x, e))
        return false;
    /* Of before the case came to this version: that was before anything that may be said now. */
    if (!x.known)
        return !has_voted || b->replace || voted(d->cmd, false, e);
    return (b->replace ? happened >= x.at : happened < x.at) || voted(d->cmd, b->replace, e);
}

bool
find_closed_ballot(struct deed *d, struct stay *out)
{
    const struct command *cmd = d->cmd;
    const struct run *r = d->r;
    struct history h;
    struct error e;
    bool found = false;

    if (!cmd->happened || cmd->happened > r->at || cmd->code || !read_history(d->r, &h, &e))
        return false;
    for (uint32_t i = 0; i < h.n_stay; i++) {
        const struct stay *s = &h.stay[i];
        const struct visit was = stay_visit(s);
        const struct post at = visit_post(r->w, &was);

        if (at.step->kind != STEP_BALLOT || !s->counted || s->entered < h.since ||
            cmd->happened < s->entered || cmd->happened > s->until ||
            (cmd->step && strcmp(cmd->step, step_name(r->a, r->w, s->step, s->element)) != 0) ||
            !command_role(r->w, &at, r->c->district, cmd))
            continue;
        *out = *s;
        found = true;
    }
    return found;
}

/* Who stands where on the roll is told by the one it was held over: since it closed that may have
 * been amended. */
bool
contradict_count(struct deed *d, const struct stay *s, struct error *e)
{
    const struct step *step = &d->r->w->step[s->step];
    const struct ballot *b = step->ballot;
    const struct visit was = stay_visit(s);
    struct case_state *then;
    int32_t place;

    if (!check_right(d, &was, e) || !retrace_before(d->r, s->counted, &then, e))
        return false;
    place = ballot_place(step, then, d->cmd->voter);
    if (place < 0)
        return error_at(e, ERROR_VOTER_UNKNOWN, "/voter", "%.100s was not on the roll",
                        d->cmd->voter);
    return ballot_choice(b, d->cmd->action, e) && vote_counts(d, b, s->visit, place, false, e) &&
           accept_late(d, s,
                       (struct fact){.kind = FACT_CONTRADICTED,
                                     .visit = s->visit,
                                     .number = place + 1,
                                     .name = "vote",
                                     .detail = d->cmd->voter,
                                     .declared = b->secret,
                                     .value = value_string(d->r->a, d->cmd->action)},
                       e);
}
