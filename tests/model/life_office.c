/* SPDX-License-Identifier: Apache-2.0 */
/* What the office does to a case beside acting in it, at random. */
#include <string.h>

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

/* Of those beside what is open, or any. */
static const char *
optional_step(struct life *l)
{
    struct stay *list[STAYS];
    const uint32_t n = l->m->closed ? 0 : model_stays(l->m, NULL, list);

    for (int tries = 0; n && tries < 8; tries++) {
        struct room *room = list[chance_below(l->c, n)]->room;
        const struct value *steps = value_get(room->def, "steps");
        const struct member *one = &steps->member[chance_below(l->c, steps->n)];

        if (value_get(&one->value, "optional"))
            return model_path(l->m, room, one->name);
    }
    return life_place(l, "optional", false).path;
}

void
life_start(struct life *l)
{
    struct command cmd = life_command(COMMAND_START);
    enum error_code why = ERROR_NONE;
    struct model *next;

    cmd.step = l->has_optional ? optional_step(l) : NULL;
    if (!cmd.step)
        return;
    cmd.actor = life_chief("sun");
    text_printf(&l->story, "%lld starts %s\n", (long long)l->now, cmd.step);
    next = model_start(l->m, l->a, cmd.step, l->now, &why);
    life_hold(l, &cmd, next, why);
}

void
life_label(struct life *l)
{
    const struct value *labels = value_get(l->def, "labels");
    struct command cmd = life_command(COMMAND_LABEL);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!labels)
        return;
    cmd.actor = life_chief("sun");
    cmd.label = labels->member[chance_below(l->c, labels->n)].name;
    cmd.action = chance_one_in(l->c, 3) ? "remove" : NULL;
    text_printf(&l->story, "%lld label %s %s\n", (long long)l->now, cmd.label,
                cmd.action ? "off" : "on");
    next = model_label(l->m, l->a, cmd.label, cmd.action != NULL, l->now, &why);
    life_hold(l, &cmd, next, why);
}

void
life_claim(struct life *l)
{
    const struct place p = life_place(l, "actions", false);
    struct command cmd = life_command(chance_one_in(l->c, 3) ? COMMAND_RELEASE : COMMAND_CLAIM);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!p.def)
        return;
    cmd.actor = life_actor(l, p.def, NULL);
    if (cmd.kind == COMMAND_RELEASE && chance_one_in(l->c, 3))
        cmd.actor = life_chief("sun");
    if (!cmd.actor.n_role)
        return; /* who asks and systems claim nothing */
    cmd.step = p.path;
    cmd.until = cmd.kind == COMMAND_CLAIM ? l->now + (1 + chance_below(l->c, 3000)) * SPAN_MINUTE
                                          : INSTANT_NONE;
    text_printf(&l->story, "%lld %s %ss %s\n", (long long)l->now, cmd.actor.id,
                command_name(cmd.kind), cmd.step);
    next = model_claim(l->m, l->a, cmd.step, cmd.actor.id, cmd.actor.n_role > 1, cmd.until, l->now,
                       &why);
    life_hold(l, &cmd, next, why);
}

void
life_lane(struct life *l)
{
    static const char *const lane[] = {"green", "urgent", NULL};
    struct command cmd = life_command(COMMAND_LANE);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!value_get(l->def, "lanes"))
        return;
    cmd.actor = life_chief("sun");
    cmd.lane = lane[chance_below(l->c, 3)];
    text_printf(&l->story, "%lld into lane %s\n", (long long)l->now, cmd.lane ? cmd.lane : "-");
    next = model_lane(l->m, l->a, cmd.lane, l->now, &why);
    life_hold(l, &cmd, next, why);
}

static const char *
draw_material(struct life *l)
{
    static const char *const of[] = {"deed", "map", "proof", "deed", "map", "none"};

    return of[chance_below(l->c, 6)];
}

static const struct thing *
find_thing(const struct life *l, const char *material)
{
    for (uint32_t i = 0; i < l->m->n_thing; i++)
        if (!strcmp(value_get_string(l->m->thing[i].def, "id"), material))
            return &l->m->thing[i];
    return NULL;
}

static bool
is_passed(const struct life *l, const char *material)
{
    const struct thing *t = find_thing(l, material);

    return t && (t->passed || !l->m->n_notice);
}

/* Roughly: what cannot be is drawn, too. */
static bool
may_be_named(const struct life *l, const struct value *id)
{
    const struct thing *t = id->kind == VALUE_STRING ? find_thing(l, id->string) : NULL;

    return t && (!strcmp(t->state, "missing") || !strcmp(t->state, "broken")) &&
           (t->sought || !value_get(t->def, "from"));
}

struct value
life_missing(struct life *l, const struct value *action)
{
    const struct value *fields = value_get(value_get(action, "input"), "properties");
    const struct value *of = value_get(value_get(value_get(fields, "missing"), "items"), "enum");
    struct value *item = arena_array(l->a, 2, struct value);
    const uint32_t n = chance_one_in(l->c, 3) ? 2 : 1;

    for (uint32_t i = 0; i < n; i++)
        for (int tries = 0; tries < 6 && !may_be_named(l, &item[i]); tries++)
            item[i] = of ? of->item[chance_below(l->c, of->n)] : value_borrow(draw_material(l));
    return value_array(item, n);
}

/* What suits its state, or anything. */
static const char *
draw_verb(struct life *l, const char *material)
{
    static const char *const any[] = {"receive", "reject",  "tolerate", "promise",     "fetch",
                                      "seek",    "confirm", "break",    "allow-notice"};
    const struct thing *t = chance_one_in(l->c, 4) ? NULL : find_thing(l, material);
    const uint32_t i = chance_below(l->c, 6);

    if (t && t->passed && !strcmp(t->state, "present"))
        return "reject";
    if (t && t->passed && !strcmp(t->state, "missing") && value_get(t->def, "promise"))
        return i < 4 ? "promise" : "allow-notice";
    if (t && t->passed && !strcmp(t->state, "missing") && i < 3)
        return "allow-notice";
    if (t && !strcmp(t->state, "missing"))
        return any[i < 4 ? 2 + i : chance_one_in(l->c, 2) ? 5 : 0];
    if (t && !strcmp(t->state, "tolerated") && i < 4)
        return any[i < 3 ? 0 : 4];
    if (t && !strcmp(t->state, "present") && i < 3)
        return "reject";
    if (t && !strcmp(t->state, "lapsed") && value_get(l->def, "backdateBy") && i)
        return "receive";
    if (t && !strcmp(t->state, "promised") && t->passed && i)
        return "break";
    if (t && !strcmp(t->state, "promised"))
        return any[6 + i / 3];
    return any[chance_below(l->c, 9)];
}

/* It is tolerated, or was before it came. */
static bool
is_kept(const struct life *l, const char *material)
{
    const struct thing *t = find_thing(l, material);

    return t && (!strcmp(t->state, "tolerated") || t->grace != INSTANT_NONE);
}

/* It came earlier, often just in time; now and then when it cannot have. */
static void
backdate(struct life *l, struct command *cmd)
{
    const struct thing *t = find_thing(l, cmd->material);
    const uint32_t i = chance_below(l->c, 12);

    cmd->happened = i < 3   ? t->since
                    : i < 6 ? l->m->moment
                    : i < 7 ? t->since - SPAN_MINUTE
                    : i < 8 ? l->now + SPAN_MINUTE
                            : t->since + (l->now - t->since) / 16 * chance_below(l->c, 17);
    if (t->grace != INSTANT_NONE && chance_one_in(l->c, 2))
        cmd->happened = t->grace + (chance_one_in(l->c, 3) ? SPAN_MINUTE : 0);
    text_printf(&l->story, "(%lld) ", (long long)cmd->happened);
    life_history(l, cmd, l->n_record);
}

void
life_material(struct life *l)
{
    struct command cmd = life_command(COMMAND_MATERIAL);
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (!l->m->n_thing)
        return;
    cmd.actor = life_chief("sun");
    cmd.material = draw_material(l);
    for (int tries = 0; tries < 5 && !is_passed(l, cmd.material) && !is_kept(l, cmd.material);
         tries++)
        cmd.material = draw_material(l);
    cmd.action = draw_verb(l, cmd.material);
    if (!strcmp(cmd.action, "receive") && chance_one_in(l->c, 2))
        cmd.actor = (struct actor){.id = "applicant", .applicant = true};
    if (!strcmp(cmd.action, "receive") && chance_one_in(l->c, 4))
        cmd.document = NULL;
    if (!strcmp(cmd.action, "receive") && value_get(l->def, "backdateBy") &&
        find_thing(l, cmd.material) && chance_one_in(l->c, 2))
        backdate(l, &cmd);
    text_printf(&l->story, "%lld material %s: %s\n", (long long)l->now, cmd.material, cmd.action);
    next = model_material(l->m, l->a, cmd.material, cmd.action,
                          (struct handing){cmd.actor.applicant, cmd.document,
                                           cmd.happened ? cmd.happened : INSTANT_NONE},
                          l->now, &why);
    life_hold(l, &cmd, next, why);
}
