/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is half done in a step that moves to another version: branches of a list,
 * votes, signatures, child cases.  It moves where the new version means the same
 * by it; what somebody has voted for or signed is not given another meaning.
 */
#include <string.h>

#include "machine/ballot.h"
#include "machine/children.h"
#include "machine/migrate_inside.h"

#define NOT_CHOSEN "its department cannot be chosen in the new version"

static bool
same_text(const char *x, const char *y)
{
    return x == y || (x && y && !strcmp(x, y));
}

static bool
same_texts(const char *const *x, uint16_t n, const char *const *y, uint16_t m)
{
    for (uint16_t i = 0; n == m && i < n; i++)
        if (strcmp(x[i], y[i]) != 0)
            return false;
    return n == m;
}

bool
migrate_element(struct move_over *x, uint16_t region, const char *element)
{
    const struct region *was = &x->m->from->region[region], *is;
    const uint16_t to = x->m->region[region];

    if (to == NONE)
        return migrate_refuse(x, "it is in a branch that has no counterpart", was->path);
    is = &x->m->to->region[to];
    if (was->each == NONE ? is->each == NONE
                          : is->each != NONE && x->m->region[was->each] == is->each)
        return !element == (is->each == NONE) || migrate_refuse(x, "it is in no branch", was->path);
    return migrate_refuse(x, "it is in a branch of a list in one of the versions only", was->path);
}

bool
migrate_item(struct move_over *x, const struct branch *b)
{
    const struct workflow *from = x->m->from, *to = x->m->to;
    const struct step *was = &from->step[from->region[b->region].owner];
    const struct step *is = &to->step[to->region[x->m->region[b->region]].owner];
    struct form_field before, after;

    if (!is->foreach && !was->foreach)
        return true;
    if (!is->foreach || !was->foreach || strcmp(is->foreach_field, was->foreach_field) != 0)
        return migrate_refuse(x, "its branches are those of another list", is->path);
    before = form_field(from->form, was->foreach_field);
    after = form_field(to->form, is->foreach_field);
    return (after.item_kind == b->item.kind && (before.date || !after.date)) ||
           migrate_refuse(x, "its branches are of another kind of element", is->path);
}

bool
migrate_join(struct move_over *x, const struct visit *v)
{
    const struct step *is = &x->m->to->step[v->step];
    const struct visit *old = case_visit(x->old->c, v->id);
    const struct step *was = &x->m->from->step[old->step];

    return (was->join == JOIN_WHEN && expression_same(was->join_when, is->join_when) &&
            same_text(was->join_of, is->join_of)) ||
           migrate_refuse(x, "its join asks the tally of a list in another way", is->path);
}

/* Who has it in hand keeps it, whatever a field says now: nobody has chosen. */
bool
migrate_department(struct move_over *x, const struct visit *old, struct visit *v)
{
    const struct step *is = &x->m->to->step[v->step];
    const struct visit *around = case_visit(x->next, old->parent);
    const char *of = visit_department(x->m->from, old);

    v->department = is->choice ? step_department_called(x->m->to, is, of) : NULL;
    if (!is->choice)
        return true;
    if (!v->department)
        return migrate_refuse(x, NOT_CHOSEN, is->path);
    return is->choice->step == is->index || !around ||
           !strcmp(visit_department(x->m->to, around), of) ||
           migrate_refuse(x,
                          "the step around it decides for it in the new version, and is of "
                          "another department",
                          is->path);
}

/* Who votes, on what, and what his vote leads to. */
static bool
same_ballot(const struct step *was, const struct step *is)
{
    const struct ballot *x = was->ballot, *y = is->ballot;

    if (!same_text(x->roll, y->roll) || !same_text(x->voter, y->voter) ||
        !same_text(x->weight, y->weight) || !same_text(x->group, y->group) ||
        !same_texts(x->groups, x->n_group, y->groups, y->n_group) ||
        !same_texts(x->choice, x->n_choice, y->choice, y->n_choice) || x->replace != y->replace ||
        x->secret != y->secret || was->n_arm != is->n_arm)
        return false;
    for (uint16_t i = 0; i < was->n_arm; i++)
        if (!expression_same(was->arm[i].when, is->arm[i].when))
            return false;
    return true;
}

static const struct action *
action_of(const struct step *s, const char *id)
{
    for (uint16_t i = 0; i < s->n_action; i++)
        if (!strcmp(s->action[i].id, id))
            return &s->action[i];
    return NULL;
}

static bool
same_signers(const struct action *was, const struct action *is)
{
    const struct signers *x = &was->signers, *y = &is->signers;

    return x->n == y->n && x->ordered == y->ordered && !x->role == !y->role &&
           (!x->role || same_texts(x->role, x->n, y->role, y->n));
}

static bool
signature_stands(struct move_over *x, const struct signature *g, const struct step *was,
                 const struct step *is)
{
    const struct action *before = action_of(was, g->action), *after = action_of(is, g->action);
    struct violations v = {0};

    if (!after || !same_signers(before, after))
        return migrate_refuse(x, "an action that some have signed has other signers", g->action);
    if (!before->input != !after->input)
        return migrate_refuse(x, "an action that some have signed asks for something else",
                              g->action);
    if (after->input && g->input.kind != VALUE_NULL)
        v = form_check(after->input, &g->input, x->run.a);
    return v.n == 0 ||
           migrate_refuse(x, "what some have signed is not valid under the new version", g->action);
}

static const char *
other_children(const struct children *was, const struct children *is)
{
    if (!was)
        return is ? "it would wait for child cases" : NULL;
    if (!is)
        return "it waits for child cases";
    if (strcmp(was->workflow, is->workflow) != 0 || !same_text(was->each, is->each))
        return "it waits for other child cases";
    if (!was->other != !is->other)
        return "its child cases are of another applicant";
    /* They were told at their opening whether anybody listens when they stand. */
    return was->stand == is->stand && (was->cascade & CASCADE_STOP) == (is->cascade & CASCADE_STOP)
               ? NULL
               : "it stands with its child cases in another way";
}

const char *
migration_stays(const struct migration *m, uint16_t step)
{
    const struct step *was = &m->from->step[step], *is = &m->to->step[m->step[step]];
    const char *department = was->department ? was->department : m->from->lead;

    if (m->region[was->region] != is->region)
        return "the step stands in another region";
    if (!was->optional != !is->optional)
        return "the step is optional in one of the versions only";
    if (!was->choice && is->choice && !step_department_called(m->to, is, department))
        return NOT_CHOSEN;
    if (was->ballot && !same_ballot(was, is))
        return "a ballot is open, and the new version has another one";
    return other_children(was->children, is->children);
}

bool
migrate_half_done(struct move_over *x, const struct visit *v)
{
    const struct visit *old = case_visit(x->old->c, v->id);
    const struct step *was = &x->m->from->step[old->step], *is = &x->m->to->step[v->step];

    for (uint32_t i = 0; i < old->n_signature; i++)
        if (!signature_stands(x, &old->signature[i], was, is))
            return false;
    return true;
}

/* A join that is met, or can no longer be, would never be looked at again, unless it was stuck. */
static bool
children_meet_still(struct move_over *x, const struct visit *v, const struct step *s)
{
    const enum meeting m = children_meet(x->next, s, v->id);

    if (case_is_stuck(x->next, STUCK_JOIN, v->id, 0))
        return true;
    if (m == MEETING_JOINED)
        return migrate_refuse(x, "its join would be met already", s->path);
    return m == MEETING_OPEN || !s->has_else ||
           migrate_refuse(x, "its join could not be met any more", s->path);
}

bool
migrate_children(struct move_over *x)
{
    for (uint32_t i = 0; i < x->next->n_visit; i++) {
        const struct visit *v = &x->next->visit[i];
        const struct step *s = &x->m->to->step[v->step];

        if (s->children && !children_meet_still(x, v, s))
            return false;
        if (s->children)
            count_children(x->m->to, x->next, v->id, x->run.a);
    }
    return true;
}
