/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, and what he holds, at random. */
#include "tests/model/life_inside.h"

const struct value *
life_held(struct life *l)
{
    const struct value held = value_with(l->a, NULL, "licence", value_borrow("L-1"));

    return l->holds ? arena_copy(l->a, &held, sizeof(held)) : NULL;
}

void
life_identify(struct life *l)
{
    struct command cmd = life_command(COMMAND_IDENTIFY);
    enum error_code why = ERROR_NONE;
    struct model *next;

    cmd.actor = life_chief("sun");
    cmd.held = life_held(l);
    if (chance_one_in(l->c, 9))
        cmd.document = NULL;
    text_printf(&l->story, "%lld looks who asks\n", (long long)l->now);
    next = model_identify(l->m, l->a, cmd.actor.id, cmd.document, l->now, &why);
    life_hold(l, &cmd, next, why);
}

/* He must be one who may. */
void
life_look_who(struct life *l, struct command *cmd)
{
    static const char *const role[] = {"clerk", "head"};

    cmd->held = life_held(l);
    if (!cmd->actor.n_role || cmd->happened || !l->m->claimed || !chance_one_in(l->c, 4))
        return;
    cmd->actor.role = role;
    cmd->actor.n_role = 2;
    cmd->identified = "paper";
    text_str(&l->story, "(and looks who asks) ");
}
