/* SPDX-License-Identifier: Apache-2.0 */
/* What is recorded later than it happened, at random. */
#include <string.h>

#include "tests/model/life_inside.h"

static instant
between(struct life *l, instant from, instant to)
{
    return from + (to - from) / 16 * chance_below(l->c, 17);
}

void
life_backdate(struct life *l, struct command *cmd, const char *path)
{
    const struct stay *s = path ? model_stay(l->m, path) : NULL;

    if (!value_get(l->def, "backdateBy") || !s || !chance_one_in(l->c, 3))
        return;
    cmd->happened = chance_one_in(l->c, 3)    ? s->entered
                    : chance_one_in(l->c, 12) ? s->entered - SPAN_MINUTE
                    : chance_one_in(l->c, 12) ? l->now + SPAN_MINUTE
                                              : between(l, s->entered, l->now);
    text_printf(&l->story, "(%lld) ", (long long)cmd->happened);
    life_history(l, cmd, l->n_record);
}

void
life_record_for(struct life *l, struct command *cmd, const struct value *step,
                const struct value *action)
{
    static const char *const supervisor[] = {"supervisor"};
    const char *by = value_get_string(step, "by");

    if (cmd->happened && !value_get(action, "signers") && !(by && !strncmp(by, "system:", 7)) &&
        chance_one_in(l->c, 4))
        cmd->actor = (struct actor){.id = "sun", .role = supervisor, .n_role = 1, .district = "*"};
}

static struct actor
who_tells(struct life *l)
{
    static const char *const window[] = {"window"};

    if (!chance_one_in(l->c, 4))
        return life_chief("sun");
    return (struct actor){.id = "wang", .role = window, .n_role = 1, .district = "*"};
}

void
life_open_late(struct life *l, struct command *cmd)
{
    cmd->actor = who_tells(l);
    cmd->happened =
        chance_one_in(l->c, 12)
            ? l->now + chance_between(l->c, 0, 1) * SPAN_MINUTE
            : l->now - (1 + chance_below(l->c, chance_one_in(l->c, 2) ? 48 : 960)) * SPAN_HOUR / 2;
    text_printf(&l->story, "(%lld) ", (long long)cmd->happened);
}

void
life_withdraw_late(struct life *l, struct command *cmd)
{
    cmd->actor = who_tells(l);
    cmd->happened = chance_one_in(l->c, 12)   ? l->m->opened - SPAN_MINUTE
                    : chance_one_in(l->c, 12) ? l->now + SPAN_MINUTE
                    : chance_one_in(l->c, 4) && l->m->n_past
                        ? l->m->past[chance_below(l->c, l->m->n_past)].entered
                        : between(l, l->m->opened, l->now);
    text_printf(&l->story, "(%lld) ", (long long)cmd->happened);
    life_history(l, cmd, l->n_record);
}

void
life_explain(struct life *l, struct command *cmd)
{
    if (value_get(l->def, "explainLate") && chance_one_in(l->c, 2))
        cmd->explanation = "why it is late";
}

/* Somebody had acted before time moved on. */
static void
overtaken(struct life *l)
{
    struct command cmd = life_command(COMMAND_ACT);
    enum error_code why = ERROR_NONE;
    const struct past *p = NULL;
    const struct value *actions;
    const struct member *action;
    struct model *next;

    for (uint32_t i = l->m->n_past; i-- > 0 && (!p || chance_one_in(l->c, 3));)
        if (l->m->past[i].silent && value_get(l->m->past[i].def, "actions"))
            p = &l->m->past[i];
    if (!p)
        return;
    actions = value_get(p->def, "actions");
    action = &actions->member[chance_below(l->c, actions->n)];
    cmd.actor = life_actor(l, p->def, &action->value);
    cmd.step = p->path;
    cmd.action = action->name;
    cmd.input = value_object(l->a, NULL, 0);
    if (model_stay(l->m, p->path) && model_first_signing(model_stay(l->m, p->path), action->name))
        cmd.input = value_null();
    else if (value_get(&action->value, "input"))
        cmd.input = value_with(l->a, NULL, "k", value_int(3));
    if (value_get(&action->value, "notice"))
        cmd.input = value_with(l->a, NULL, "missing", life_missing(l, &action->value));
    life_tell_seed(l);
    life_explain(l, &cmd);
    cmd.happened = between(l, p->entered, chance_one_in(l->c, 6) ? l->now : p->left);
    life_record_for(l, &cmd, p->def, &action->value);
    life_history(l, &cmd, l->n_record);
    text_printf(&l->story, "%lld %s had done %s in %s at %lld\n", (long long)l->now, cmd.actor.id,
                cmd.action, cmd.step, (long long)cmd.happened);
    next = model_act(l->m, l->a, cmd.step, cmd.action, cmd.actor.id,
                     cmd.actor.n_role ? cmd.actor.role[0] : "",
                     arena_copy(l->a, &cmd.input, sizeof(cmd.input)), cmd.explanation != NULL,
                     cmd.identified, cmd.happened, l->now, &why);
    life_hold(l, &cmd, next, why);
}

/* The number of the record by which silence moved the case last, if only cards have come since. */
static int32_t
silent_record(const struct life *l)
{
    size_t i = l->n_record;
    bool moved;

    if (l->m->contradicted != l->m->silent_stay || i < 2 ||
        !strstr(l->record[--i], "\"fact\":\"contradicted\""))
        return 0;
    while (i > 0 && strstr(l->record[i - 1], "[{\"epoch\":") &&
           !strstr(l->record[i - 1], "\"fact\":\"answered\""))
        i--;
    if (i == 0)
        return 0;
    moved = strstr(l->record[i - 1], "\"name\":\"lapsed\"")
                ? l->m->silent_thing >= 0 && strstr(l->record[i - 1], "\"fact\":\"left\"") &&
                      strstr(l->record[i - 1], "\"command\":\"alarm\"")
                : l->m->silent_thing < 0 && strstr(l->record[i - 1], "\"fact\":\"timed\"");
    return moved ? (int32_t)i : 0;
}

static bool
annul_silence(struct life *l)
{
    const int32_t record = silent_record(l);
    struct command cmd = life_command(COMMAND_ANNUL);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!record || model_is_due(l->m, l->now) || chance_one_in(l->c, 4))
        return false;
    life_history(l, &cmd, l->n_record);
    cmd.actor = life_chief("sun");
    cmd.number = record;
    text_printf(&l->story, "%lld annuls silence %d\n", (long long)l->now, cmd.number);
    next = model_annul_silence(l->m, l->a, l->now, &why);
    life_hold(l, &cmd, next, why);
    return true;
}

/* Which outage it is, and when it was, is told to all cases alike; to one perhaps twice. */
void
life_outage(struct life *l)
{
    struct command cmd = life_command(COMMAND_OUTAGE);
    enum error_code why = ERROR_NONE;
    struct model *next;

    cmd.actor = life_chief("sun");
    cmd.number = 1 + (int32_t)chance_below(l->c, 4);
    cmd.from =
        between(l, l->m->opened - SPAN_HOUR, l->now) - (chance_one_in(l->c, 9) ? SPAN_DAY : 0);
    cmd.until =
        cmd.from + (1 + chance_below(l->c, chance_one_in(l->c, 2) ? 180 : 4000)) * SPAN_MINUTE;
    if (cmd.until > l->now && !chance_one_in(l->c, 12))
        cmd.until = l->now;
    text_printf(&l->story, "%lld outage %d from %lld to %lld\n", (long long)l->now, cmd.number,
                (long long)cmd.from, (long long)cmd.until);
    next = model_outage(l->m, l->a, cmd.number, cmd.from, cmd.until, l->now, &why);
    life_hold(l, &cmd, next, why);
}

void
life_contradict(struct life *l)
{
    struct command cmd = life_command(chance_one_in(l->c, 3) ? COMMAND_RECONCILE : COMMAND_REOPEN);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (l->m->contradicted && annul_silence(l))
        return;
    if (!l->m->contradicted && !chance_one_in(l->c, 12)) {
        if (!chance_one_in(l->c, 2) || !life_vote_late(l))
            overtaken(l);
        return;
    }
    cmd.actor = life_chief("sun");
    if (cmd.kind == COMMAND_REOPEN)
        life_history(l, &cmd, l->n_record);
    text_printf(&l->story, "%lld %s what silence did\n", (long long)l->now, command_name(cmd.kind));
    next = cmd.kind == COMMAND_REOPEN ? model_reopen(l->m, l->a, NULL, l->now, &why)
                                      : model_reconcile(l->m, l->a, l->now, &why);
    life_hold(l, &cmd, next, why);
}

static void
extend(struct life *l, const char *clock)
{
    struct command cmd = life_command(COMMAND_EXTEND);
    enum error_code why = ERROR_NONE;
    struct model *next;

    cmd.actor = life_chief("sun");
    cmd.clock = clock;
    text_printf(&l->story, "%lld extends %s\n", (long long)l->now, cmd.clock);
    next = model_extend(l->m, l->a, cmd.clock, l->now, &why);
    life_hold(l, &cmd, next, why);
}

static void
resume_at(struct life *l, int32_t number, instant happened)
{
    struct command cmd = life_command(COMMAND_RESUME);
    enum error_code why = ERROR_NONE;
    struct model *next;

    cmd.actor = life_chief("sun");
    cmd.number = number;
    cmd.happened = happened;
    life_history(l, &cmd, l->n_record);
    text_printf(&l->story, "%lld resume %d (%lld)\n", (long long)l->now, number,
                (long long)happened);
    next = model_resume(l->m, l->a, number, happened, l->now, &why);
    life_hold(l, &cmd, next, why);
}

static void
stop_now(struct life *l)
{
    const struct place p = life_place(l, "actions", true);
    struct command cmd = life_command(COMMAND_STOP);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!p.def)
        return;
    cmd.actor = life_chief("sun");
    cmd.ground = "hold";
    cmd.step = p.path;
    text_printf(&l->story, "%lld stop %s\n", (long long)l->now, cmd.step);
    next = model_stop(l->m, l->a, cmd.step, cmd.ground, INSTANT_NONE, l->now, &why);
    life_hold(l, &cmd, next, why);
}

/* Extended while it stood, long after; then it is said when it had gone on. */
void
life_extend(struct life *l)
{
    const struct value *clocks = value_get(l->def, "clocks");
    struct halt h = {.number = 0};
    const char *clock;

    if (!clocks)
        return;
    clock = clocks->member[chance_below(l->c, clocks->n)].name;
    if (chance_one_in(l->c, 3))
        stop_now(l);
    for (uint32_t i = 0; i < l->m->n_halt; i++)
        if (l->m->halt[i].to == INSTANT_NONE && !l->m->halt[i].declared)
            h = l->m->halt[i];
    if (l->wrong || !h.number) {
        extend(l, clock);
        return;
    }
    l->now += chance_below(l->c, 20) * SPAN_DAY;
    extend(l, clock);
    if (!l->wrong && chance_one_in(l->c, 2))
        resume_at(l, h.number, h.from + (l->now - h.from) * chance_below(l->c, 8) / 7);
}
