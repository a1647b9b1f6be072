/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An act is taken back.  When it is the last one, the model says whether that
 * can be.  When others came since, and the engine does it, the case must be as
 * if it had never been made, and what the others did must be as they did it:
 * the model does all that again without it, and what was asked then, whether a
 * condition holds, what is written, where a decision leads, is not asked again.
 */
#include <string.h>

#include "tests/model/life_inside.h"

void
life_annul(struct life *l)
{
    struct command cmd = life_command(COMMAND_ANNUL);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!l->last_act || model_is_due(l->m, l->now))
        return;
    life_history(l, &cmd, l->n_record);
    cmd.actor = life_chief("sun");
    cmd.number = (int32_t)l->last_act;
    text_printf(&l->story, "%lld annuls %d\n", (long long)l->now, cmd.number);
    next = model_annul(l->m, l->a, l->now, &why);
    life_hold(l, &cmd, next, why);
}

/* Of the others who sign, as long as the first one's signature is there. */
static const struct value *
input_of(const struct deed_done *d)
{
    const struct stay *s = model_stay((struct model *)(uintptr_t)d->before, d->cmd.step);
    const struct signing *first = s ? model_first_signing(s, d->cmd.action) : NULL;

    return first ? &first->input : &d->cmd.input;
}

/* Whether it is one of those that are done again. */
static bool
can_be_redone(const struct command *c)
{
    switch ((int)c->kind) {
    case COMMAND_ALARM:
    case COMMAND_ACT:
    case COMMAND_START:
    case COMMAND_HOLD:
    case COMMAND_CONTINUE:
    case COMMAND_STOP:
    case COMMAND_RESUME:
    case COMMAND_EXTEND:
    case COMMAND_AMEND:
    case COMMAND_LANE:
    case COMMAND_MATERIAL:
    case COMMAND_IDENTIFY:
    case COMMAND_LABEL:
    case COMMAND_CLAIM:
    case COMMAND_RELEASE:
    case COMMAND_OUTAGE:
    case COMMAND_VOTE:
        return !c->happened;
    default:
        return false;
    }
}

/* NULL: it cannot be done as it was done then. */
static struct model *
again(struct life *l, const struct model *m, const struct deed_done *d)
{
    const struct command *c = &d->cmd;
    enum error_code why = ERROR_NONE;

    switch ((int)c->kind) {
    case COMMAND_ACT:
        return model_act(m, l->a, c->step, c->action, c->actor.id,
                         c->actor.n_role ? c->actor.role[0] : "", input_of(d),
                         c->explanation != NULL, c->identified, INSTANT_NONE, d->now, &why);
    case COMMAND_START:
        return model_start(m, l->a, c->step, d->now, &why);
    case COMMAND_HOLD:
    case COMMAND_CONTINUE:
        return model_rest(m, l->a, c->step, c->kind == COMMAND_HOLD ? c->reason : NULL, d->now,
                          &why);
    case COMMAND_STOP:
        return model_stop(m, l->a, c->step, c->ground, INSTANT_NONE, d->now, &why);
    case COMMAND_RESUME:
        return model_resume(m, l->a, c->number, INSTANT_NONE, d->now, &why);
    case COMMAND_EXTEND:
        return model_extend(m, l->a, c->clock, d->now, &why);
    case COMMAND_AMEND:
        return model_amend(m, l->a, &c->input, d->now, &why);
    case COMMAND_LANE:
        return model_lane(m, l->a, c->lane, d->now, &why);
    case COMMAND_MATERIAL:
        return model_material(m, l->a, c->material, c->action,
                              (struct handing){c->actor.applicant, c->document, INSTANT_NONE},
                              d->now, &why);
    case COMMAND_IDENTIFY:
        return model_identify(m, l->a, c->actor.id, c->document, d->now, &why);
    case COMMAND_LABEL:
        return model_label(m, l->a, c->label, c->action != NULL, d->now, &why);
    case COMMAND_CLAIM:
    case COMMAND_RELEASE:
        return model_claim(m, l->a, c->step, c->actor.id, c->actor.n_role > 1, c->until, d->now,
                           &why);
    case COMMAND_OUTAGE:
        return model_outage(m, l->a, c->number, c->from, c->until, d->now, &why);
    case COMMAND_VOTE:
        return model_vote(m, l->a, c->step, c->voter, c->code != NULL, c->action, INSTANT_NONE,
                          d->now, &why);
    default:
        return model_wait(m, l->a, d->now);
    }
}

/* Kept messages may be taken otherwise, and what comes due is not made up for. */
static bool
is_plain(const struct model *m, instant until)
{
    for (uint32_t i = 0; i < m->n_letter; i++)
        if (!strcmp(m->letter[i].fate, "early"))
            return false;
    return !model_is_due(m, until);
}

/* It was of a stay that there would not have been: it goes with that. */
static bool
goes_with_it(struct model *m, const struct deed_done *d)
{
    const enum command_kind kind = d->cmd.kind;
    const struct stay *then, *now;

    if (kind != COMMAND_HOLD && kind != COMMAND_CONTINUE && kind != COMMAND_STOP &&
        kind != COMMAND_CLAIM && kind != COMMAND_RELEASE)
        return false;
    then = model_stay((struct model *)(uintptr_t)d->before, d->cmd.step);
    now = model_stay(m, d->cmd.step);
    return then && (!now || now->number != then->number);
}

/*
 * Deed @which + 1 and all after it, as they were done; NULL: one of them cannot be.  What would be
 * cannot be @said when something would have come due in between.
 */
static struct model *
all_since(struct life *l, struct model *m, size_t which, bool *said)
{
    for (size_t i = which + 1; i < l->n_deed; i++) {
        const struct deed_done *d = &l->deed[i];
        const struct model *then = i + 1 < l->n_deed ? d[1].before : l->m;
        struct model *next;

        if (!is_plain(m, d->now))
            return *said = false, NULL;
        m->last_stay = d->before->last_stay; /* numbers are not given twice */
        m->last_stop = d->before->last_stop;
        m->seed = d->before->seed;
        m->redone = true;
        m->as_said = then->said;
        m->n_as_said = then->n_said;
        if (goes_with_it(m, d))
            continue;
        next = again(l, m, d);
        if (!next || !model_did_the_same(d->before, then, m, next))
            return NULL;
        m = next;
    }
    m->redone = false;
    *said = is_plain(m, l->now);
    return model_as_if(m, l->m, l->a, l->now);
}

/* Whether it can be said what would be without deed @which. */
static bool
can_be_said(const struct life *l, size_t which)
{
    for (size_t i = which; i < l->n_deed; i++)
        if (!can_be_redone(&l->deed[i].cmd) || !is_plain(l->deed[i].before, l->deed[i].now))
            return false;
    return is_plain(l->m, l->now);
}

/* From before deed @which to now. */
static const struct model **
models_from(struct life *l, size_t which)
{
    const struct model **m = arena_array(l->a, l->n_deed - which + 1, const struct model *);

    for (size_t i = which; i < l->n_deed; i++)
        m[i - which] = l->deed[i].before;
    m[l->n_deed - which] = l->m;
    return m;
}

/* Where deed @which is not done; that he has looked who asks stays so. */
static struct model *
before_deed(struct life *l, size_t which)
{
    const struct deed_done *d = &l->deed[which];
    struct model *m = model_catch_up(d->before, l->a, d->now);

    if (d->cmd.identified) {
        m->claimed = false;
        m->looked = d->cmd.actor.id;
    }
    return m;
}

/* Before the last, most often one that wrote something: others may have done what they did in view
 * of it. */
static size_t
draw_deed(struct life *l)
{
    size_t i = 0;

    for (int tries = 0; tries < 4; tries++) {
        i = 1 + chance_below(l->c, (uint32_t)l->n_deed - 2);
        if (l->deed[i].cmd.kind == COMMAND_ACT && l->deed[i + 1].before->n_wrote)
            break;
    }
    return i;
}

void
life_annul_older(struct life *l)
{
    struct command cmd = life_command(COMMAND_ANNUL);
    struct model *next;
    bool said = true;
    size_t i;

    if (l->n_deed < 3)
        return;
    i = draw_deed(l);
    if (l->deed[i].cmd.kind != COMMAND_ACT || !l->deed[i].last ||
        l->deed[i].n_record == l->deed[i - 1].n_record || !can_be_said(l, i))
        return;
    next = all_since(l, before_deed(l, i), i, &said);
    if (!said)
        return;
    life_history(l, &cmd, l->n_record);
    cmd.actor = life_chief("sun");
    cmd.number = (int32_t)l->deed[i].n_record;
    text_printf(&l->story, "%lld annuls the older %d\n", (long long)l->now, cmd.number);
    if (!model_can_annul(models_from(l, i), l->n_deed - i + 1, next))
        next = NULL;
    else
        model_saw(next, SEEN_ANNULLED_OLDER);
    life_hold(l, &cmd, next, ERROR_ANNUL_IMPOSSIBLE);
}
