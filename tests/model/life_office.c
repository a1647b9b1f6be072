/* SPDX-License-Identifier: Apache-2.0 */
/* What the office does to a case beside acting in it, at random. */
#include "tests/model/life_inside.h"

void
life_rest(struct life *l)
{
    const struct place p = life_place(l, "actions", true);
    struct command cmd = life_command(chance_one_in(l->c, 3) ? COMMAND_CONTINUE : COMMAND_HOLD);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!p.def)
        return;
    cmd.actor = life_chief("sun");
    cmd.step = p.path;
    text_printf(&l->story, "%lld %s %s\n", (long long)l->now, command_name(cmd.kind), cmd.step);
    next = model_rest(l->m, l->a, cmd.step, cmd.kind == COMMAND_HOLD ? cmd.reason : NULL, l->now,
                      &why);
    life_hold(l, &cmd, next, why);
}

void
life_reopen(struct life *l)
{
    const struct value *reopen = value_get(l->def, "reopen");
    struct command cmd = life_command(COMMAND_REOPEN);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!reopen)
        return;
    cmd.actor = life_chief("sun");
    cmd.ground = reopen->member[chance_below(l->c, reopen->n)].name;
    text_printf(&l->story, "%lld reopens on %s\n", (long long)l->now, cmd.ground);
    next = model_reopen(l->m, l->a, cmd.ground, l->now, &why);
    life_hold(l, &cmd, next, why);
}
