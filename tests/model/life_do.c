/* SPDX-License-Identifier: Apache-2.0 */
/* What people and time do, at random. */
#include <string.h>

#include "base/require.h"
#include "tests/model/life_inside.h"
#include "tests/model/model_then.h"

struct command
life_command(enum command_kind kind)
{
    return (struct command){.kind = kind, .revision = -1, .reason = "why", .document = "paper"};
}

static struct actor
with_role(const char *id, const char *const *role)
{
    return (struct actor){.id = id, .role = role, .n_role = 1, .district = "*"};
}

struct actor
life_chief(const char *id)
{
    static const char *const role[] = {"window", "clerk", "head", "supervisor"};

    return (struct actor){.id = id, .role = role, .n_role = 4, .district = "*"};
}

static struct value
draw_list(struct life *l)
{
    static const char *const of[] = {"A", "b c", "visits", "e.x", "each"};
    struct value *item = arena_array(l->a, 3, struct value);
    const uint32_t n = chance_below(l->c, 4), first = chance_below(l->c, 5);

    for (uint32_t i = 0; i < n; i++)
        item[i] = value_borrow(of[(first + i * 2) % 5]);
    return value_array(item, n);
}

static const char *const bureau[] = {"land", "fire", "lead"};

static struct value
draw_bureaus(struct life *l)
{
    struct value *item = arena_array(l->a, 3, struct value);
    const uint32_t n = chance_below(l->c, 4), first = chance_below(l->c, 3);

    for (uint32_t i = 0; i < n; i++)
        item[i] = value_borrow(bureau[(first + i) % 3]);
    return value_array(item, n);
}

static struct value
draw_roll(struct life *l)
{
    struct text t = text_new(l->a);
    const uint32_t n = 1 + chance_below(l->c, 4);
    struct value v;

    text_char(&t, '[');
    for (uint32_t i = 0; i < n; i++)
        text_printf(&t, "%s{\"g\":\"%c\",\"id\":\"v%u\",\"w\":%u}", i ? "," : "",
                    chance_one_in(l->c, 2) ? 'p' : 'q', i, chance_below(l->c, 4));
    text_char(&t, ']');
    require(value_read(l->a, t.at, t.len, &v));
    return v;
}

/* Soon, at some time of a day or at 00:00. */
static struct value
draw_moment(struct life *l)
{
    char text[INSTANT_TEXT];
    const day d = instant_day(l->now) + (day)chance_below(l->c, 9);
    const uint32_t minute = chance_one_in(l->c, 3) ? 0 : chance_below(l->c, 24 * 60);

    return value_string(l->a, instant_write(day_start(d) + minute * SPAN_MINUTE, text));
}

static struct value
draw_form(struct life *l)
{
    const char *text =
        arena_printf(l->a, "{\"flag\":%s,\"kind\":\"%s\",\"n\":%u,\"on\":\"2026-03-%02u\"}",
                     chance_one_in(l->c, 2) ? "true" : "false", chance_one_in(l->c, 2) ? "a" : "b",
                     chance_below(l->c, 10), 1 + chance_below(l->c, 28));
    const struct value *fields = value_get(value_get(l->def, "form"), "properties");
    struct value v;

    require(value_read(l->a, text, strlen(text), &v));
    if (value_get(fields, "at"))
        v = value_with(l->a, &v, "at", draw_moment(l));
    if (value_get(fields, "code"))
        v = value_with(
            l->a, &v, "code",
            value_borrow(chance_one_in(l->c, 2) ? "91371500MA3C00003Q" : "91371500MA3EXA010E"));
    if (value_get(fields, "bureau"))
        v = value_with(l->a, &v, "bureau", value_borrow(bureau[chance_below(l->c, 3)]));
    if (value_get(fields, "list"))
        v = value_with(l->a, &v, "list",
                       value_get(value_get(value_get(fields, "list"), "items"), "enum")
                           ? draw_bureaus(l)
                           : draw_list(l));
    if (value_get(fields, "roll"))
        v = value_with(l->a, &v, "roll", draw_roll(l));
    return v;
}

static void
open_case(struct life *l)
{
    static const char *const window[] = {"window"};
    struct opening *opening = arena_new(l->a, struct opening);
    const struct value form = draw_form(l);
    struct command cmd = life_command(COMMAND_OPEN);
    struct opener parent = {.id = 0};
    enum error_code why = ERROR_NONE;
    struct model *next;

    if (chance_one_in(l->c, 6))
        parent = (struct opener){.id = 77,
                                 .child = 4,
                                 .listens = !chance_one_in(l->c, 4),
                                 .named = chance_one_in(l->c, 3)};
    *opening =
        (struct opening){.number = "TEST-1", .district = "371502", .applicant_kind = "enterprise"};
    opening->parent.case_id = parent.id;
    opening->parent.case_number = parent.id ? "P-1" : NULL;
    opening->parent.child = parent.child;
    opening->parent.listens = parent.listens;
    opening->named = parent.named;
    cmd.actor = with_role("wang", window);
    if (value_get(l->def, "openBy") && chance_one_in(l->c, 2))
        cmd.actor = (struct actor){.id = "applicant", .public = true};
    if (!parent.id && chance_one_in(l->c, 5))
        life_open_late(l, &cmd);
    l->holds = chance_one_in(l->c, 2);
    cmd.held = life_held(l);
    cmd.opening = opening;
    cmd.input = form;
    next = model_open(l->a, l->def, l->calendar, &form, "371502", "enterprise", &parent,
                      cmd.actor.public, l->holds, cmd.actor.n_role > 1 ? "chief" : "window",
                      cmd.happened ? cmd.happened : INSTANT_NONE, l->now, &why);
    life_hold(l, &cmd, next, why);
}

struct actor
life_actor(const struct life *l, const struct value *step, const struct value *action)
{
    static const char *const name[] = {"wang", "li", "zhao"};
    static const char *const clerk[] = {"clerk"}, *const head[] = {"head"};
    const char *by = value_get_string(step, "by");

    if (!by)
        by = value_get(step, "wait") ? "public" : "clerk";
    if (!strcmp(by, "applicant") || !strcmp(by, "public"))
        return (struct actor){.id = "applicant", .applicant = true};
    if (!strcmp(by, "system:tax"))
        return (struct actor){.id = "tax", .system = "tax"};
    if (value_get(value_get(action, "signers"), "roles") && chance_one_in(l->c, 2))
        return with_role(name[chance_below(l->c, 3)], head);
    return with_role(name[chance_below(l->c, 3)], clerk);
}

/* The step with this path, in the words of the definition. */
static const struct value *
step_at(const struct life *l, const char *path)
{
    const struct value *at = l->def;
    char *word = arena_strdup(l->scratch, path), *rest = NULL;

    for (word = strtok_r(word, ".", &rest); word; word = strtok_r(NULL, ".", &rest)) {
        const struct value *next = value_get(value_get(at, "steps"), word);

        if (!next)
            next = value_get(value_get(at, "branches"), word);
        at = next ? next : value_get(value_get(at, "foreach") ? at : NULL, "branch");
    }
    return at;
}

struct place
life_place(struct life *l, const char *with, bool only_open)
{
    struct stay *list[STAYS];
    const uint32_t n = l->m->closed ? 0 : model_stays(l->m, NULL, list);

    for (int tries = 0; tries < 12; tries++) {
        const char *path = l->w->step[chance_below(l->c, l->w->n_step)].path;
        const uint32_t i = n ? chance_below(l->c, n) : 0;
        const bool open = n && (only_open || !chance_one_in(l->c, 10));
        const struct value *def = open ? list[i]->def : step_at(l, path);

        if (value_get(def, with))
            return (struct place){open ? list[i]->path : path, def};
    }
    return (struct place){.def = NULL};
}

/* Then the others bring no input. */
static bool
signed_before(const struct life *l, const char *path, const struct member *action)
{
    const struct stay *s = model_stay(l->m, path);

    return s && value_get(&action->value, "signers") && model_first_signing(s, action->name);
}

/* A notice, most often, where there is one. */
static const struct member *
draw_action(struct life *l, const struct value *actions)
{
    const struct member *action = &actions->member[chance_below(l->c, actions->n)];

    for (uint32_t i = 0; i < actions->n && l->m->n_thing; i++)
        if (value_get(&actions->member[i].value, "notice") && !chance_one_in(l->c, 3))
            return &actions->member[i];
    return action;
}

void
life_tell_seed(struct life *l)
{
    l->m->seed = life_case(l)->n_commitment ? life_case(l)->commitment[0].seed : NULL;
}

static void
act(struct life *l)
{
    const struct place p = life_place(l, "actions", false);
    const struct value *actions = value_get(p.def, "actions");
    struct command cmd = life_command(COMMAND_ACT);
    enum error_code why = ERROR_NONE;
    const struct member *action;
    struct model *next;

    if (!p.def)
        return;
    action = draw_action(l, actions);
    cmd.actor = life_actor(l, p.def, &action->value);
    cmd.step = p.path;
    cmd.action = action->name;
    cmd.input = value_object(l->a, NULL, 0);
    life_tell_seed(l);
    if (signed_before(l, p.path, action))
        cmd.input = value_null();
    else if (value_get(&action->value, "notice"))
        cmd.input = value_with(l->a, NULL, "missing", life_missing(l, &action->value));
    else if (value_get(&action->value, "input"))
        cmd.input = value_with(l->a, NULL, "k", value_int(chance_below(l->c, 10)));
    life_explain(l, &cmd);
    life_backdate(l, &cmd, p.path);
    life_record_for(l, &cmd, p.def, &action->value);
    if (!value_get(&action->value, "signers"))
        life_look_who(l, &cmd);
    if (chance_one_in(l->c, 12))
        cmd.document = NULL;
    l->m->unnamed = !cmd.document;
    text_printf(&l->story, "%lld %s does %s in %s%s\n", (long long)l->now, cmd.actor.id, cmd.action,
                cmd.step, cmd.document ? "" : " without a document");
    next = model_act(l->m, l->a, cmd.step, cmd.action, cmd.actor.id,
                     cmd.actor.n_role ? cmd.actor.role[0] : "",
                     arena_copy(l->a, &cmd.input, sizeof(cmd.input)), cmd.explanation != NULL,
                     cmd.identified, cmd.happened ? cmd.happened : INSTANT_NONE, l->now, &why);
    l->m->unnamed = false;
    if (next)
        next->unnamed = false;
    life_hold(l, &cmd, next, why);
}

static void
halt(struct life *l)
{
    static const char *const ground[] = {"hold", "pause"};
    const struct place p = life_place(l, "actions", true);
    struct command cmd = life_command(chance_one_in(l->c, 2) ? COMMAND_STOP : COMMAND_RESUME);
    enum error_code why = ERROR_NONE;
    struct model *next;
    instant happened;

    cmd.actor = life_chief("sun");
    cmd.ground = ground[chance_below(l->c, 2)];
    if (cmd.kind == COMMAND_STOP)
        cmd.step = p.path;
    else
        cmd.number = 1 + (int32_t)chance_below(l->c, 4);
    if (!p.def)
        return;
    life_backdate(l, &cmd, p.path);
    text_printf(&l->story, "%lld %s %s %d\n", (long long)l->now, command_name(cmd.kind),
                cmd.step ? cmd.step : "", cmd.number);
    happened = cmd.happened ? cmd.happened : INSTANT_NONE;
    next = cmd.kind == COMMAND_STOP
               ? model_stop(l->m, l->a, cmd.step, cmd.ground, happened, l->now, &why)
               : model_resume(l->m, l->a, cmd.number, happened, l->now, &why);
    life_hold(l, &cmd, next, why);
}

static void
let_pass(struct life *l)
{
    struct command cmd = life_command(COMMAND_ALARM);

    cmd.actor.id = "engine";
    text_printf(&l->story, "%lld time passes\n", (long long)l->now);
    life_hold(l, &cmd, model_wait(l->m, l->a, l->now), ERROR_GUARD_ERROR);
}

/* All that was done so far. */
static struct lookback
looking_back(const struct life *l)
{
    struct done_before *done = arena_array(l->a, l->n_deed, struct done_before);

    for (size_t i = 0; i < l->n_deed; i++) {
        const struct deed_done *d = &l->deed[i];

        done[i] = (struct done_before){.after = i + 1 < l->n_deed ? d[1].before : l->m,
                                       .now = d->now,
                                       .happened = d->cmd.happened ? d->cmd.happened : INSTANT_NONE,
                                       .takes_back = d->cmd.kind == COMMAND_ANNUL};
    }
    return (struct lookback){done, (uint32_t)l->n_deed};
}

static void
withdraw(struct life *l)
{
    const struct lookback back = looking_back(l);
    struct command cmd = life_command(COMMAND_WITHDRAW);
    enum error_code why = ERROR_NONE;
    struct model *next;

    cmd.actor = (struct actor){.id = "applicant", .applicant = true};
    if (!chance_one_in(l->c, 3))
        life_withdraw_late(l, &cmd);
    text_printf(&l->story, "%lld withdraws\n", (long long)l->now);
    next = model_withdraw(l->m, l->a, false, cmd.happened ? cmd.happened : INSTANT_NONE,
                          cmd.actor.n_role > 1 ? "chief" : "window", &back, l->now, &why);
    life_hold(l, &cmd, next, why);
}

static void
amend(struct life *l)
{
    struct command cmd = life_command(COMMAND_AMEND);
    enum error_code why = ERROR_NONE;
    struct model *next;

    cmd.actor = life_chief("sun");
    cmd.input = draw_form(l);
    text_printf(&l->story, "%lld amends ", (long long)l->now);
    value_write(&l->story, &cmd.input);
    text_char(&l->story, 10);
    next = model_amend(l->m, l->a, &cmd.input, l->now, &why);
    life_hold(l, &cmd, next, why);
}

/* On, by little or much, or to the moment of the alarm, which is still in time, or right after. */
static void
move_on(struct life *l)
{
    if (chance_one_in(l->c, 4))
        l->now += chance_below(l->c, 90) * SPAN_MINUTE;
    else if (chance_one_in(l->c, 3))
        l->now += chance_below(l->c, 6 * 24 * 60) * SPAN_MINUTE + 17 * SPAN_SECOND;
    else if (chance_one_in(l->c, 2) && l->alarm != INSTANT_NONE && l->alarm > l->now)
        l->now = l->alarm + (chance_one_in(l->c, 2) ? 1 : 0);
}

static bool
is_open(const struct life *l, const char *with)
{
    struct stay *list[STAYS];
    const uint32_t n = l->m->closed ? 0 : model_stays(l->m, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (value_get(list[i]->def, with))
            return true;
    return false;
}

/* What the state asks for most. */
static bool
what_is_at_hand(struct life *l)
{
    void (*does[14])(struct life *);
    uint32_t n = 0;

    if (value_get(l->def, "lanes") && chance_one_in(l->c, 3))
        does[n++] = life_lane;
    if (value_get(l->def, "labels") && chance_one_in(l->c, 3))
        does[n++] = life_label;
    if (!l->closed && chance_one_in(l->c, 3))
        does[n++] = life_claim;
    if (l->m->claimed ? chance_one_in(l->c, 2) : chance_one_in(l->c, 40))
        does[n++] = life_identify;
    if (l->m->parent.id && chance_one_in(l->c, 2))
        does[n++] = life_parent;
    if (l->m->n_undoing)
        does[n++] = life_undone;
    if (l->has_optional)
        does[n++] = life_start;

    if (is_open(l, "ballot"))
        does[n++] = life_vote;
    if (l->m->n_kid)
        does[n++] = life_kin;
    if (l->takes_messages)
        does[n++] = life_message;
    if (l->m->n_letter && chance_one_in(l->c, 3))
        does[n++] = life_settle;
    if (l->m->n_paper && chance_one_in(l->c, 4))
        does[n++] = life_paper;
    if (n)
        does[chance_below(l->c, n)](l);
    return n > 0;
}

static void
one_command(struct life *l)
{
    static void (*const does[])(struct life *) = {
        let_pass, halt, life_extend, amend, life_annul, life_rest, life_outage,
        act,      act,  act,         act,   act,        act,       act};
    const uint32_t i = chance_below(l->c, sizeof(does) / sizeof(*does) + 1);

    if (!l->m->n_thing || chance_one_in(l->c, 2)) /* much of a day's work is at the counter */
        move_on(l);
    if (l->m->contradicted ? !chance_one_in(l->c, 3)
                           : value_get(l->def, "backdateBy") && chance_one_in(l->c, 4))
        life_contradict(l);
    else if (chance_one_in(l->c, 6))
        life_annul_older(l);
    else if (l->closed ? !chance_one_in(l->c, 3) : chance_one_in(l->c, 40))
        life_reopen(l);
    else if (l->m->n_thing && chance_one_in(l->c, 2))
        chance_one_in(l->c, 3) ? act(l) : life_material(l);
    else if (chance_one_in(l->c, 3) && what_is_at_hand(l))
        ;
    else if (i < sizeof(does) / sizeof(*does))
        does[i](l);
    else if (chance_one_in(l->c, 4))
        withdraw(l);
    else
        life_message(l);
    arena_reset(l->scratch);
}

void
life_live(struct life *l, int n)
{
    l->now = day_start(20515) + 8 * SPAN_HOUR + chance_below(l->c, 700) * SPAN_MINUTE;
    l->now += chance_below(l->c, 20) * SPAN_DAY;
    l->story = text_new(l->a);
    l->alarm = INSTANT_NONE;
    open_case(l);
    /* What is overlooked at one notice comes up at the next. */
    n *= l->m && l->m->n_thing ? 2 : 1;
    /* Of a closed case one thing more is asked, unless it is reopened. */
    for (int i = 0, after = 0; i < n && after < 2 && l->m && !l->wrong; i++) {
        one_command(l);
        after = l->closed ? after + 1 : 0;
    }
    arena_reset(l->scratch);
}
