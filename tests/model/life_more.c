/* SPDX-License-Identifier: Apache-2.0 */
/* Votes and certificates, at random. */
#include <string.h>

#include "machine/ballot.h"
#include "machine/names.h"
#include "tests/model/life_inside.h"

static const char *
code_of(struct life *l, const char *path, const char *voter)
{
    const struct case_state *c = life_case(l);

    for (uint32_t i = 0; i < c->n_visit; i++)
        if (c->visit[i].ballot_key && !strcmp(visit_path(l->scratch, l->w, &c->visit[i]), path))
            return ballot_code(l->a, c->visit[i].ballot_key, voter);
    return "0000000000";
}

void
life_vote(struct life *l)
{
    static const char *const choice[] = {"agree", "agree", "not", "not", "not", "neither"};
    static const char *const clerk[] = {"clerk"};
    const struct place p = life_place(l, "ballot", false);
    struct command cmd = life_command(COMMAND_VOTE);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!p.def)
        return;
    cmd.step = p.path;
    cmd.voter = arena_printf(l->a, "v%u", chance_below(l->c, 5));
    cmd.action = choice[chance_below(l->c, 6)];
    /* A code is for one ballot: for none that opens only now. */
    if (chance_one_in(l->c, 2) || model_is_due(l->m, l->now) || !model_stay(l->m, p.path)) {
        cmd.actor = (struct actor){.id = "wang", .role = clerk, .n_role = 1, .district = "*"};
    } else {
        cmd.actor = (struct actor){.id = "voter", .public = true};
        cmd.code = code_of(l, p.path, cmd.voter);
    }
    life_backdate(l, &cmd, p.path);
    text_printf(&l->story, "%lld %s votes %s in %s\n", (long long)l->now, cmd.voter, cmd.action,
                p.path);
    next = model_vote(l->m, l->a, p.path, cmd.voter, cmd.code, cmd.action,
                      cmd.happened ? cmd.happened : INSTANT_NONE, l->now, &why);
    life_hold(l, &cmd, next, why);
}

bool
life_vote_late(struct life *l)
{
    static const char *const clerk[] = {"clerk"};
    struct command cmd = life_command(COMMAND_VOTE);
    enum error_code why = ERROR_NONE;
    const struct past *p = NULL;
    struct model *next;

    for (uint32_t i = l->m->n_past; i-- > 0 && !p;)
        if (l->m->past[i].silent && value_get(l->m->past[i].def, "ballot"))
            p = &l->m->past[i];
    if (!p || p->left == INSTANT_NONE)
        return false;
    cmd.step = p->path;
    cmd.voter = arena_printf(l->a, "v%u", chance_below(l->c, 5));
    cmd.action = chance_one_in(l->c, 2) ? "agree" : "not";
    cmd.actor = (struct actor){.id = "wang", .role = clerk, .n_role = 1, .district = "*"};
    cmd.happened = p->entered + (p->left - p->entered) / 16 * chance_below(l->c, 18);
    life_history(l, &cmd, l->n_record);
    text_printf(&l->story, "%lld %s had voted %s in %s at %lld\n", (long long)l->now, cmd.voter,
                cmd.action, cmd.step, (long long)cmd.happened);
    next =
        model_vote(l->m, l->a, p->path, cmd.voter, false, cmd.action, cmd.happened, l->now, &why);
    life_hold(l, &cmd, next, why);
    return true;
}

void
life_paper(struct life *l)
{
    struct command cmd = life_command(chance_one_in(l->c, 2) ? COMMAND_REVOKE : COMMAND_REPLACE);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!l->m->n_paper)
        return;
    cmd.actor = life_chief("sun");
    cmd.number = (int32_t)chance_below(l->c, l->m->n_paper + 2);
    text_printf(&l->story, "%lld %s %d\n", (long long)l->now, command_name(cmd.kind), cmd.number);
    next = cmd.kind == COMMAND_REVOKE ? model_revoke(l->m, l->a, cmd.number, l->now, &why)
                                      : model_replace(l->m, l->a, cmd.number, l->now, &why);
    life_hold(l, &cmd, next, why);
}
