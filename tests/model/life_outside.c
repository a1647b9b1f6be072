/* SPDX-License-Identifier: Apache-2.0 */
/* What other systems do, at random. */
#include <string.h>

#include "tests/model/life_inside.h"

/* Of the names that some step takes, of an answer, or of nothing. */
static const char *
draw_name(struct life *l)
{
    static const char *const of[] = {"news", "news", "report", "report", "a", "b", "nothing"};

    return of[chance_below(l->c, 7)];
}

void
life_message(struct life *l)
{
    struct command cmd = life_command(COMMAND_MESSAGE);
    enum error_code why = ERROR_NONE;
    struct mail said = {.from = "tax"};
    struct model *next;

    if (!l->takes_messages && !chance_one_in(l->c, 8))
        return;
    said.name = draw_name(l);
    said.id = arena_printf(l->a, "i%u", chance_below(l->c, 12));
    said.data = value_object(l->a, NULL, 0);
    if (chance_one_in(l->c, 2))
        said.data = value_with(l->a, NULL, "k", value_int(chance_below(l->c, 12)));
    if (chance_one_in(l->c, 4))
        said.visit = 1 + (int32_t)chance_below(l->c, (uint32_t)l->m->last_stay);
    cmd.actor = (struct actor){.id = "tax", .system = "tax"};
    cmd.action = said.name;
    cmd.message = said.id;
    cmd.visit = said.visit;
    cmd.input = said.data;
    text_printf(&l->story, "%lld tax says %s (%s), visit %d, %s\n", (long long)l->now, said.name,
                said.id, said.visit, said.data.n ? "with data" : "no data");
    next = model_message(l->m, l->a, &said, l->now, &why);
    life_hold(l, &cmd, next, why);
}

/* What was taken back is answered, or had never left. */
void
life_undone(struct life *l)
{
    const bool known = l->m->n_undoing && !chance_one_in(l->c, 8);
    const int32_t message = known ? l->m->undoing[chance_below(l->c, l->m->n_undoing)].number : 1;
    struct command cmd = life_command(chance_one_in(l->c, 3) ? COMMAND_RELAY : COMMAND_MESSAGE);
    struct mail said = {.from = "tax", .name = "undone", .id = "u"};
    enum error_code why = ERROR_NONE;
    const bool hears = cmd.kind == COMMAND_MESSAGE;
    struct model *next;

    said.id = arena_printf(l->a, "u%u", chance_below(l->c, 12));
    said.data = value_with(l->a, NULL, "message", value_int(message));
    cmd.action = "undone";
    if (hears) {
        cmd.actor = (struct actor){.id = "tax", .system = "tax"};
        cmd.message = said.id;
        cmd.input = said.data;
    } else {
        cmd.actor.id = "engine";
        cmd.number = message;
    }
    text_printf(&l->story, "%lld message %d is %s\n", (long long)l->now, message,
                hears ? "undone" : "unsent");
    next = model_undone(l->m, l->a, hears ? &said : NULL, message, l->now, &why);
    life_hold(l, &cmd, next, why);
}

void
life_settle(struct life *l)
{
    struct command cmd = life_command(COMMAND_SETTLE);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!l->m->n_letter)
        return;
    cmd.actor = life_chief("sun");
    cmd.number = 1 + (int32_t)chance_below(l->c, l->m->n_letter + 1);
    if (chance_one_in(l->c, 2))
        cmd.step = life_place(l, "title", false).path;
    text_printf(&l->story, "%lld settles %d: %s\n", (long long)l->now, cmd.number,
                cmd.step ? cmd.step : "filed");
    next = model_settle(l->m, l->a, cmd.number, cmd.step, l->now, &why);
    life_hold(l, &cmd, next, why);
}

/* The parent says who asks; where it is another, it does not know. */
static void
parent_looked(struct life *l)
{
    struct command cmd = life_command(COMMAND_RELAY);
    enum error_code why = ERROR_NONE;
    struct model *next;

    cmd.actor.id = "engine";
    cmd.reason = cmd.document = NULL;
    cmd.number = l->m->parent.child;
    cmd.action = "identified";
    cmd.held = life_held(l);
    cmd.input = value_with(l->a, NULL, "by", value_borrow("sun"));
    cmd.input = value_with(l->a, &cmd.input, "document", value_borrow("paper"));
    text_printf(&l->story, "%lld the parent says who asks\n", (long long)l->now);
    next = model_hear_looked(l->m, l->a, "sun", l->now, &why);
    life_hold(l, &cmd, next, why);
}

/* It was recorded late there; after a resume another stop may hold, from before or after it. */
static void
parent_was_late(struct life *l, struct command *cmd, const char *on, instant *happened,
                instant *since)
{
    *happened = l->now - chance_below(l->c, 5 * 24) * SPAN_HOUR;
    cmd->input = value_with(l->a, &cmd->input, "happened", value_int(*happened));
    life_history(l, cmd, l->n_record);
    if (!on)
        return;
    *since =
        chance_one_in(l->c, 2) ? *happened : *happened + chance_between(l->c, -48, 47) * SPAN_HOUR;
    cmd->input = value_with(l->a, &cmd->input, "since", value_int(*since));
    text_printf(&l->story, "since %lld, happened %lld: ", (long long)*since, (long long)*happened);
}

/* The parent stands or goes on, does not want the case any more, or knows who asks. */
void
life_parent(struct life *l)
{
    static const char *const ground[] = {"hold", "pause", NULL, NULL, "ask", "none"};
    const char *on = ground[chance_below(l->c, 6)];
    const int64_t record = 1 + chance_below(l->c, 4) + l->m->parent.heard - chance_one_in(l->c, 6);
    struct command cmd = life_command(COMMAND_RELAY);
    enum error_code why = ERROR_NONE;
    instant happened = INSTANT_NONE, since = INSTANT_NONE;
    struct model *next;

    if (chance_one_in(l->c, l->m->claimed ? 3 : 20)) {
        parent_looked(l);
        return;
    }
    cmd.actor.id = "engine";
    cmd.reason = cmd.document = NULL;
    cmd.number = l->m->parent.child;
    cmd.action = chance_one_in(l->c, 8) ? "withdraw" : "stop";
    cmd.input = value_object(l->a, NULL, 0);
    if (*cmd.action == 's')
        cmd.input = value_with(l->a, NULL, "record", value_int(record > 0 ? record : 1));
    if (*cmd.action == 's' && on)
        cmd.input = value_with(l->a, &cmd.input, "ground", value_borrow(on));
    if (*cmd.action == 's' && chance_one_in(l->c, 3))
        parent_was_late(l, &cmd, on, &happened, &since);
    text_printf(&l->story, "%lld the parent says %s (%s)\n", (long long)l->now, cmd.action,
                on ? on : "-");
    next = *cmd.action == 's'
               ? model_hear_parent(l->m, l->a, record > 0 ? record : 1, on, happened, since, l->now,
                                   &why)
               : model_withdraw(l->m, l->a, true, INSTANT_NONE, "", NULL, l->now, &why);
    life_hold(l, &cmd, next, why);
}

static void
child_stands(struct life *l, int32_t number, int64_t record)
{
    const bool stands = !chance_one_in(l->c, 3);
    struct command cmd = life_command(COMMAND_RELAY);
    enum error_code why = ERROR_NONE;
    struct model *next;

    cmd.actor.id = "engine";
    cmd.reason = cmd.document = NULL;
    cmd.number = number;
    cmd.action = "stands";
    cmd.input = value_with(l->a, NULL, "record", value_int(record));
    cmd.input = value_with(l->a, &cmd.input, "stands", value_bool(stands));
    text_printf(&l->story, "%lld child %d %s\n", (long long)l->now, number,
                stands ? "stands" : "goes on");
    next = model_hear_standing(l->m, l->a, number, record, stands, l->now, &why);
    life_hold(l, &cmd, next, why);
}

/* A child case is there, has ended, or is to be tried again. */
void
life_kin(struct life *l)
{
    static const char *const outcome[] = {"yes", "nay", "failed", "withdrawn"};
    struct command cmd = life_command(COMMAND_RELAY);
    const struct kid *k = NULL;
    enum error_code why = ERROR_NONE;
    const char *is = NULL;
    struct model *next;

    if (!l->m->n_kid)
        return;
    k = &l->m->kid[chance_below(l->c, l->m->n_kid)];
    cmd.number = chance_one_in(l->c, 12) ? l->m->last_kid + 1 : k->number;
    if (k->id && chance_one_in(l->c, 2)) {
        child_stands(l, cmd.number,
                     k->heard + 2 - chance_below(l->c, 4) / 2 > 0
                         ? k->heard + 2 - chance_below(l->c, 4) / 2
                         : 1);
        return;
    }
    if (k->outcome ? !chance_one_in(l->c, 4) : chance_one_in(l->c, 12)) {
        cmd.kind = COMMAND_RETRY;
        cmd.actor = life_chief("sun");
        text_printf(&l->story, "%lld tries child %d again\n", (long long)l->now, cmd.number);
        next = model_retry(l->m, l->a, cmd.number, l->now, &why);
        life_hold(l, &cmd, next, why);
        return;
    }
    cmd.actor.id = "engine";
    cmd.reason = cmd.document = NULL;
    if (k->id || chance_one_in(l->c, 5))
        is = outcome[chance_below(l->c, 4)];
    cmd.action = is ? "concluded" : "born";
    cmd.input = is ? value_with(l->a, NULL, "outcome", value_borrow(is))
                   : value_with(l->a, NULL, "id", value_int(100 + cmd.number));
    if (!is)
        cmd.input = value_with(l->a, &cmd.input, "number", value_borrow("C-1"));
    text_printf(&l->story, "%lld child %d: %s\n", (long long)l->now, cmd.number, is ? is : "born");
    next = model_hear_kin(l->m, l->a, cmd.number, 100 + cmd.number, is, l->now, &why);
    life_hold(l, &cmd, next, why);
}
