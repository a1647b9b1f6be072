/* SPDX-License-Identifier: Apache-2.0 */
/* Random commands: mostly such as a hall gives, sometimes nonsense. */
#include <string.h>

#include "machine/ballot.h"
#include "machine/names.h"
#include "machine/prepare.h"
#include "tests/support/walk.h"

static const char district[] = "371502";

static const char *
person(struct walk *k)
{
    static const char *const name[] = {"wang", "li", "zhao"};

    return name[chance_below(k->chance, 3)];
}

static struct actor
with_role(struct walk *k, const char *role, const char *department)
{
    struct actor who = {.id = person(k), .n_role = 1, .department = department};
    const char **roles = arena_new(k->a, const char *);

    *roles = role;
    who.role = roles;
    who.district = chance_one_in(k->chance, 2) ? district : "*";
    return who;
}

/* Somebody who may act in @s; now and then somebody else. */
static struct actor
actor_for(struct walk *k, const struct step *s)
{
    static const char *const other[] = {"window", "head", "supervisor", "import", "registrar"};

    if (chance_one_in(k->chance, s->n_action && s->action[0].signers.n ? 4 : 12))
        return with_role(k, other[chance_below(k->chance, 5)], NULL);
    switch (s->by) {
    case ACTOR_ROLE:
        return with_role(k, s->role ? s->role : "window", walk_department(k, s));
    case ACTOR_APPLICANT:
        return (struct actor){.id = "applicant", .applicant = true};
    case ACTOR_PUBLIC:
        return (struct actor){.id = "public", .public = true};
    case ACTOR_SYSTEM:
        return (struct actor){.id = s->role, .system = s->role};
    }
    return (struct actor){.id = "nobody"};
}

static void
draw_open(struct walk *k, struct command *cmd)
{
    struct opening *o = arena_new(k->a, struct opening);

    *o = (struct opening){.number = "371502-2026-000001", .district = district};
    if (chance_one_in(k->chance, 8)) {
        o->parent = (struct parent){.case_id = 1, .case_number = "C-1", .child = 1};
        o->claimed = chance_one_in(k->chance, 2);
        o->named = chance_one_in(k->chance, 3);
    }
    if (k->w->n_applicant)
        o->applicant_kind = k->w->applicant[chance_below(k->chance, k->w->n_applicant)];
    cmd->kind = COMMAND_OPEN;
    cmd->opening = o;
    cmd->actor = with_role(k, k->w->n_open_by ? k->w->open_by[0] : "window", NULL);
    walk_draw_filing(k, cmd);
    walk_draw_paper(k, cmd);
    cmd->input = walk_form(k);
}

/* One of the active steps in which somebody can do something. */
static const struct visit *
draw_visit(struct walk *k, const struct case_state *c)
{
    const uint32_t from = chance_below(k->chance, c->n_visit ? c->n_visit : 1);

    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[(from + i) % c->n_visit];

        if (k->w->step[v->step].n_action)
            return v;
    }
    return NULL;
}

static void
draw_act(struct walk *k, const struct step *s, struct command *cmd)
{
    const struct action *action = &s->action[chance_below(k->chance, s->n_action)];

    cmd->kind = COMMAND_ACT;
    cmd->explanation = chance_one_in(k->chance, 3) ? NULL : "停机";
    cmd->action = chance_one_in(k->chance, 40) ? "nonsense" : action->id;
    cmd->document = chance_one_in(k->chance, 8) ? NULL : "补正通知书1号";
    if (action->input_schema && !chance_one_in(k->chance, 20))
        cmd->input = chance_value(k->chance, action->input_schema, k->a);
    if (chance_one_in(k->chance, 4))
        cmd->step = NULL;
    if (chance_one_in(k->chance, 20)) {
        cmd->identified = chance_one_in(k->chance, 8) ? "" : "身份证";
        walk_give_held(k, cmd);
    }
}

/* He takes what was prepared for @v, as it is; now and then with something of his own. */
static void
draw_take(struct walk *k, const struct case_state *c, const struct visit *v, struct command *cmd)
{
    const struct preparation *p = prepared_for(k->w, c, v);

    if (!p || !chance_one_in(k->chance, 2))
        return;
    cmd->prepared = true;
    cmd->action = p->action;
    if (!chance_one_in(k->chance, 12))
        cmd->input = value_null();
}

/* Something that lies ahead is prepared, or what is prepared goes; now and then by somebody else.
 */
static void
draw_prepare(struct walk *k, const struct case_state *c, struct command *cmd)
{
    struct preparation *all;
    const size_t n = machine_preparable(k->w, c, NULL, k->a, &all);
    const struct preparation *one = n ? &all[chance_below(k->chance, (uint32_t)n)] : NULL;
    const struct step *s = one ? &k->w->step[one->step] : NULL;
    const char *step = cmd->step;

    cmd->kind = COMMAND_PREPARE;
    if (!one)
        return;
    draw_act(k, s, cmd);
    cmd->kind = chance_one_in(k->chance, 6) ? COMMAND_UNPREPARE : COMMAND_PREPARE;
    cmd->step =
        chance_one_in(k->chance, 20) ? step : step_name(k->a, k->w, one->step, one->element);
    cmd->actor = actor_for(k, s);
    cmd->document = chance_one_in(k->chance, 2) ? NULL : "草稿1号";
}

static void
draw_stop(struct walk *k, struct command *cmd)
{
    cmd->kind = COMMAND_STOP;
    if (k->w->n_ground)
        cmd->ground = k->w->ground[chance_below(k->chance, k->w->n_ground)].id;
    cmd->document = chance_one_in(k->chance, 8) ? NULL : "聊告字1号";
}

static void
draw_resume(struct walk *k, const struct case_state *c, struct command *cmd)
{
    cmd->kind = COMMAND_RESUME;
    cmd->number = c->n_stop ? c->stop[chance_below(k->chance, c->n_stop)].number : 1;
    cmd->actor = with_role(k, "head", NULL);
}

static void
draw_extend(struct walk *k, struct command *cmd)
{
    const struct clock_rule *rule;

    cmd->kind = COMMAND_EXTEND;
    if (!k->w->n_clock)
        return;
    rule = &k->w->clock[chance_below(k->chance, k->w->n_clock)];
    for (uint16_t i = 0; i < k->w->n_clock && !rule->extension.n; i++)
        rule = &k->w->clock[i];
    cmd->clock = rule->id;
    cmd->document = chance_one_in(k->chance, 8) ? NULL : "聊告字1号";
    cmd->actor = with_role(k, rule->extension_by ? rule->extension_by : "head", NULL);
}

/* A message that some step may take, from its system, sometimes one that came before. */
static void
draw_message(struct walk *k, const struct case_state *c, struct command *cmd)
{
    const struct step *s = &k->w->step[chance_below(k->chance, k->w->n_step)];
    const struct hearing *on;

    for (uint16_t i = 0; i < k->w->n_step && !s->n_on; i++)
        s = &k->w->step[i];
    *cmd = (struct command){.kind = COMMAND_MESSAGE, .revision = -1};
    cmd->message = arena_printf(k->a, "m-%u", chance_below(k->chance, c->n_letter + 3));
    cmd->actor = (struct actor){.id = "tax", .system = "tax"};
    cmd->action = "nonsense";
    if (c->n_visit && chance_one_in(k->chance, 3))
        cmd->visit = c->visit[chance_below(k->chance, c->n_visit)].id;
    if (!s->n_on)
        return;
    on = &s->on[chance_below(k->chance, s->n_on)];
    cmd->action = on->id;
    cmd->actor = (struct actor){.id = on->from, .system = on->from};
    if (on->input_schema)
        cmd->input = chance_value(k->chance, on->input_schema, k->a);
    if (chance_one_in(k->chance, 4))
        cmd->step = s->path;
}

static void
draw_settle(struct walk *k, const struct case_state *c, const struct step *s, struct command *cmd)
{
    cmd->kind = COMMAND_SETTLE;
    cmd->actor = with_role(k, "head", NULL);
    cmd->number = (int32_t)chance_below(k->chance, c->n_letter + 1);
    cmd->step = chance_one_in(k->chance, 2) ? s->path : NULL;
}

static void
draw_discard(struct walk *k, const struct case_state *c, struct command *cmd)
{
    const uint32_t number = c->n_certificate ? 1 + chance_below(k->chance, c->n_certificate) : 1;
    const char *role = "supervisor";

    if (number <= c->n_certificate && !chance_one_in(k->chance, 8))
        role = k->w->certificate[c->certificate[number - 1].kind].revoked_by;
    cmd->kind = chance_one_in(k->chance, 2) ? COMMAND_REVOKE : COMMAND_REPLACE;
    cmd->number = (int32_t)number;
    cmd->actor = with_role(k, role, NULL);
}

/* By who keeps the ballot, or by a voter with his code; now and then by nobody on the roll. */
static void
draw_vote(struct walk *k, const struct case_state *c, const struct step *s, const struct visit *v,
          struct command *cmd)
{
    const struct value *roll = ballot_roll(s, c);
    const struct value *one = &roll->item[chance_below(k->chance, roll->n)];

    cmd->kind = COMMAND_VOTE;
    cmd->action = s->ballot->choice[chance_below(k->chance, s->ballot->n_choice)];
    cmd->voter = chance_one_in(k->chance, 20) ? "nobody" : value_get_string(one, s->ballot->voter);
    if (chance_one_in(k->chance, 2)) {
        cmd->actor = (struct actor){.id = "voter", .public = true};
        cmd->code = ballot_code(k->a, v->ballot_key, cmd->voter);
    }
}

/* What one of its child cases says, or a person who tries one again. */
static void
draw_child(struct walk *k, const struct case_state *c, struct command *cmd)
{
    static const char *const outcome[] = {"done", "refused", "failed"};
    static const char *const what[] = {"born",   "concluded", "stands",
                                       "stands", "concluded", "identified"};
    struct value v = value_object(k->a, NULL, 0);

    cmd->number = c->n_child ? c->child[chance_below(k->chance, c->n_child)].number : 1;
    if (chance_one_in(k->chance, 4)) {
        cmd->kind = COMMAND_RETRY;
        cmd->actor = with_role(k, "registrar", NULL);
        return;
    }
    *cmd = (struct command){.kind = COMMAND_RELAY,
                            .actor = {.id = "C-1"},
                            .action = what[chance_below(k->chance, 6)],
                            .number = cmd->number,
                            .revision = -1};
    v = value_with(k->a, &v, "by", value_borrow("wang"));
    v = value_with(k->a, &v, "document", value_borrow("营业执照"));
    v = value_with(k->a, &v, "id", value_int(1000 + cmd->number));
    v = value_with(k->a, &v, "number", value_borrow("C-1"));
    v = value_with(k->a, &v, "record", value_int(1 + chance_below(k->chance, 100)));
    v = value_with(k->a, &v, "stands", value_bool(chance_one_in(k->chance, 2)));
    cmd->input = value_with(k->a, &v, "outcome", value_borrow(outcome[chance_below(k->chance, 3)]));
}

/* A label or a lane, of those the workflow has. */
static void
draw_sorting(struct walk *k, const struct workflow *w, struct command *cmd)
{
    static const char *const role[] = {"window", "head", "supervisor", "registrar"};
    const bool label = w->n_label && (!w->n_lane || chance_one_in(k->chance, 2));

    cmd->kind = label ? COMMAND_LABEL : COMMAND_LANE;
    cmd->actor = with_role(k, role[chance_below(k->chance, 4)], NULL);
    if (label) {
        cmd->label = w->label[chance_below(k->chance, w->n_label)].id;
        cmd->action = chance_one_in(k->chance, 2) ? "remove" : NULL;
    } else if (!chance_one_in(k->chance, 3)) {
        cmd->lane = w->lane[chance_below(k->chance, w->n_lane)].id;
    }
}

static void
draw_material(struct walk *k, struct command *cmd)
{
    static const char *const verb[] = {"receive", "reject", "tolerate",     "promise", "fetch",
                                       "confirm", "break",  "allow-notice", "seek",    "restore"};
    static const char *const role[] = {"window", "head", "supervisor"};

    cmd->kind = COMMAND_MATERIAL;
    cmd->action = verb[chance_below(k->chance, 10)];
    cmd->material = k->w->material[chance_below(k->chance, k->w->n_material)].id;
    cmd->document = chance_one_in(k->chance, 8) ? NULL : "承诺书1号";
    cmd->actor = chance_one_in(k->chance, 5) ? (struct actor){.id = "applicant", .applicant = true}
                                             : with_role(k, role[chance_below(k->chance, 3)], NULL);
}

static void
draw_start(struct walk *k, const struct case_state *c, struct command *cmd)
{
    struct startable *all;
    const size_t n = machine_startable(k->w, c, NULL, k->a, &all);
    const struct startable *one = n ? &all[chance_below(k->chance, (uint32_t)n)] : NULL;
    const char *role;

    cmd->kind = COMMAND_START;
    cmd->document = chance_one_in(k->chance, 8) ? NULL : "征求意见函1号";
    if (!one)
        return;
    cmd->step = step_name(k->a, k->w, one->step, one->element);
    role = k->w->step[one->step].optional->by[0];
    cmd->actor = strcmp(role, "applicant") != 0
                     ? with_role(k, role, NULL)
                     : (struct actor){.id = "applicant", .applicant = true};
}

static void
draw_reopen(struct walk *k, struct command *cmd)
{
    const struct reopening_rule *rule = k->w->n_reopen && !chance_one_in(k->chance, 4)
                                            ? &k->w->reopen[chance_below(k->chance, k->w->n_reopen)]
                                            : NULL;

    cmd->kind = COMMAND_REOPEN;
    cmd->actor = with_role(k, rule ? rule->by[0] : "supervisor", NULL);
    cmd->ground = rule ? rule->id : NULL;
    cmd->document = chance_one_in(k->chance, 8) ? NULL : "复议决定1号";
}

static void
draw_other(struct walk *k, const struct case_state *c, struct command *cmd)
{
    if (k->w->n_material && chance_one_in(k->chance, 3)) {
        draw_material(k, cmd);
        return;
    }
    if (c->n_certificate && chance_one_in(k->chance, 3)) {
        draw_discard(k, c, cmd);
        return;
    }
    switch (chance_below(k->chance, 20)) {
    case 0:
    case 1:
        draw_stop(k, cmd);
        break;
    case 2:
    case 3:
        draw_resume(k, c, cmd);
        break;
    case 4:
        draw_extend(k, cmd);
        break;
    case 5:
        cmd->kind = COMMAND_CLAIM;
        cmd->until = k->now + 30 * SPAN_MINUTE;
        break;
    case 6:
        cmd->kind = COMMAND_RELEASE;
        break;
    case 7:
        walk_draw_withdrawal(k, c, cmd);
        break;
    case 8:
        cmd->kind = COMMAND_AMEND;
        cmd->actor = with_role(k, "window", NULL);
        cmd->input = walk_form(k);
        break;
    case 9:
        cmd->kind = chance_one_in(k->chance, 3) ? COMMAND_CONTINUE : COMMAND_HOLD;
        break;
    case 10:
        cmd->kind = COMMAND_RECONCILE;
        cmd->actor = with_role(k, "supervisor", NULL);
        break;
    case 13:
        draw_reopen(k, cmd);
        break;
    case 14:
        walk_draw_house(k, c, cmd);
        break;
    case 11:
    case 12:
        draw_start(k, c, cmd);
        break;
    default:
        cmd->kind = COMMAND_ANNUL;
        cmd->actor = with_role(k, "supervisor", NULL);
        cmd->number = (int32_t)c->recorded - (int32_t)chance_below(k->chance, 3);
        break;
    }
}

static bool
takes_messages(const struct workflow *w)
{
    bool yes = false;

    for (uint16_t i = 0; i < w->n_step; i++)
        yes = yes || w->step[i].n_on;
    return yes;
}

static bool
prepares(const struct workflow *w)
{
    bool yes = false;

    for (uint16_t i = 0; i < w->n_step; i++)
        yes = yes || w->step[i].prepare;
    return yes;
}

/* An act in any step, whether it is active or silence has left it. */
static void
draw_past(struct walk *k, struct command *cmd)
{
    const struct step *s = &k->w->step[chance_below(k->chance, k->w->n_step)];

    if (!s->n_action)
        return;
    cmd->step = s->path;
    cmd->action = s->action[chance_below(k->chance, s->n_action)].id;
    cmd->actor = actor_for(k, s);
    cmd->happened = k->now - chance_between(k->chance, 0, 9) * SPAN_DAY;
}

/* Now and then it happened earlier than it is said, mostly since the step was entered. */
static void
draw_happened(struct walk *k, const struct visit *v, struct command *cmd)
{
    static const char *const leads[] = {"head", "supervisor"};
    const span since = v && k->now > v->entered ? k->now - v->entered : SPAN_DAY;
    const char **role;

    cmd->happened = k->now - since / 16 * chance_between(k->chance, 0, 16);
    if (chance_one_in(k->chance, 8))
        cmd->happened += chance_between(k->chance, -3, 3) * SPAN_DAY;
    if (cmd->kind == COMMAND_ACT && k->w->n_step && chance_one_in(k->chance, 3))
        draw_past(k, cmd);
    if (chance_one_in(k->chance, 2))
        cmd->actor.n_role = 0; /* he has no other */
    role = arena_array(k->a, (size_t)cmd->actor.n_role + 1, const char *);
    for (uint16_t i = 0; i < cmd->actor.n_role; i++)
        role[i] = cmd->actor.role[i];
    role[cmd->actor.n_role++] = leads[chance_below(k->chance, 2)];
    cmd->actor.role = role;
    if (!cmd->actor.district)
        cmd->actor.district = "*";
}

struct command *
walk_draw(struct walk *k, const struct case_state *c)
{
    struct command *cmd = arena_new(k->a, struct command);
    const struct visit *v = draw_visit(k, c);
    const struct step *s = v ? &k->w->step[v->step] : &k->w->step[0];

    *cmd = (struct command){.kind = COMMAND_ALARM, .revision = -1, .reason = "理由"};
    cmd->actor = (struct actor){.id = "engine"};
    if (c->phase == PHASE_NONE && !chance_one_in(k->chance, 20)) {
        draw_open(k, cmd);
        return cmd;
    }
    cmd->step = v ? visit_path(k->a, k->w, v) : s->path;
    cmd->actor = actor_for(k, s);
    if (v && s->kind == STEP_BALLOT && !chance_one_in(k->chance, 6))
        draw_vote(k, c, s, v, cmd);
    else if (c->phase != PHASE_NONE && takes_messages(k->w) && chance_one_in(k->chance, 4))
        draw_message(k, c, cmd);
    else if ((c->n_child || c->parent.case_id) && chance_one_in(k->chance, c->n_child ? 2 : 10))
        draw_child(k, c, cmd);
    else if (k->w->n_label && chance_one_in(k->chance, 8))
        draw_sorting(k, k->w, cmd);
    else if (c->n_letter && chance_one_in(k->chance, 8))
        draw_settle(k, c, s, cmd);
    else if (prepares(k->w) && chance_one_in(k->chance, 4))
        draw_prepare(k, c, cmd);
    else if (v && chance_below(k->chance, 10) < 6)
        draw_act(k, s, cmd);
    else if (chance_one_in(k->chance, 5))
        walk_draw_people(k, c, cmd);
    else
        draw_other(k, c, cmd);
    if (v && cmd->kind == COMMAND_ACT)
        draw_take(k, c, v, cmd);
    walk_as_agent(k, c, cmd);
    if ((cmd->kind == COMMAND_ACT || cmd->kind == COMMAND_STOP || cmd->kind == COMMAND_RESUME ||
         cmd->kind == COMMAND_MATERIAL || cmd->kind == COMMAND_VOTE) &&
        chance_one_in(k->chance, 6))
        draw_happened(k, v, cmd);
    if (v && chance_one_in(k->chance, 3))
        cmd->revision = v->revision;
    return cmd;
}
