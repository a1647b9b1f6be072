/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An act is taken back.  When it is the last one, the model says whether that
 * can be.  When others came since, and the engine does it, the case must be as
 * if it had never been made: the model does all the others again without it.
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

/* NULL: it is not done, or is none of those that are given again. */
static struct model *
again(struct life *l, const struct model *m, const struct deed_done *d)
{
    const struct command *c = &d->cmd;
    enum error_code why = ERROR_NONE;

    if (c->happened)
        return NULL;
    switch ((int)c->kind) {
    case COMMAND_ACT:
        return model_act(m, l->a, c->step, c->action, c->actor.id,
                         c->actor.n_role ? c->actor.role[0] : "", &c->input, c->explanation != NULL,
                         c->identified, INSTANT_NONE, d->now, &why);
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
    case COMMAND_LANE:
        return model_lane(m, l->a, c->lane, d->now, &why);
    case COMMAND_MATERIAL:
        return model_material(m, l->a, c->material, c->action, d->now, &why);
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
        return model_vote(m, l->a, c->step, c->voter, c->code != NULL, c->action, d->now, &why);
    default:
        return NULL;
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

    if (kind != COMMAND_HOLD && kind != COMMAND_CONTINUE && kind != COMMAND_STOP)
        return false;
    then = model_stay((struct model *)(uintptr_t)d->before, d->cmd.step);
    now = model_stay(m, d->cmd.step);
    return then && (!now || now->number != then->number);
}

/* All that was done, without the deed @which; NULL: that cannot be said. */
static struct model *
without(struct life *l, size_t which)
{
    struct model *m = model_catch_up(l->deed[which].before, l->a, l->deed[which].now);

    if (l->deed[which].cmd.identified) { /* that he has looked who asks stays so */
        m->claimed = false;
        m->looked = l->deed[which].cmd.actor.id;
    }
    for (size_t i = which + 1; i < l->n_deed; i++) {
        const struct deed_done *d = &l->deed[i];
        const struct model *then = i + 1 < l->n_deed ? d[1].before : l->m;
        const uint32_t sent = m->n_sent;

        if (!is_plain(m, d->now) || !is_plain(d->before, d->now))
            return NULL;
        m->last_stay = d->before->last_stay; /* numbers are not given twice */
        m->last_stop = d->before->last_stop;
        m->seed = d->before->seed;
        m = goes_with_it(m, d) ? m : again(l, m, d);
        /* What was sent in view of what is taken back has left the house all the same. */
        if (!m || m->n_sent - sent != then->n_sent - d->before->n_sent)
            return NULL;
    }
    return is_plain(m, l->now) && is_plain(l->m, l->now) ? model_as_if(m, l->m, l->a, l->now)
                                                         : NULL;
}

void
life_annul_older(struct life *l)
{
    struct command cmd = life_command(COMMAND_ANNUL);
    struct model *next;
    size_t i;

    if (l->n_deed < 3)
        return;
    i = 1 + chance_below(l->c, (uint32_t)l->n_deed - 2);
    if (l->deed[i].cmd.kind != COMMAND_ACT || l->deed[i].n_record == l->deed[i - 1].n_record)
        return;
    next = without(l, i);
    if (!next)
        return;
    life_history(l, &cmd, l->n_record);
    cmd.actor = life_chief("sun");
    cmd.number = (int32_t)l->deed[i].n_record;
    text_printf(&l->story, "%lld annuls the older %d\n", (long long)l->now, cmd.number);
    if (!life_would(l, &cmd, ERROR_ANNUL_IMPOSSIBLE))
        return;
    model_saw(next, SEEN_ANNULLED_OLDER);
    life_hold(l, &cmd, next, ERROR_NONE);
}
