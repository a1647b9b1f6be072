/* SPDX-License-Identifier: Apache-2.0 */
/* A line of a scenario as a command of the core. */
#include <assert.h>
#include <string.h>

#include "daemon/play_run.h"
#include "definition/json.h"
#include "machine/ballot.h"
#include "machine/names.h"

bool
play_history(struct play_run *r, struct command *cmd, struct error *e)
{
    struct value *record = arena_array(r->arena, r->n_record, struct value);

    for (size_t i = 0; i < r->n_record; i++)
        if (!json_read_stored(r->arena, r->record[i], strlen(r->record[i]), &record[i], e))
            return false;
    cmd->history = record;
    cmd->n_history = r->n_record;
    return true;
}

const char *
play_account(struct arena *a, const struct scenario_actor *who)
{
    struct text t = text_new(a);

    if (who->party == PARTY_VOTER)
        return "voter";
    if (who->name)
        return who->name;
    text_str(&t, who->role ? who->role : "engine");
    if (who->department)
        text_printf(&t, " of %s", who->department);
    if (who->district)
        text_printf(&t, " in %s", who->district);
    return t.at;
}

/* The agent called so, by his newest mandate; where there is none, nobody. */
static struct actor
agent_of(const struct play_run *r, const struct scenario_actor *who)
{
    size_t n = r->n_agent;

    while (n && (!r->agent[n - 1] || strcmp(r->agent[n - 1], who->name) != 0))
        n--;
    return (struct actor){.id = arena_printf(r->arena, "agent %zu", n), .mandate = (int32_t)n};
}

static struct actor
actor_of(struct play_run *r, const struct scenario_actor *who)
{
    struct actor x = {.id = play_account(r->arena, who)};

    if (who->party == PARTY_AGENT)
        return agent_of(r, who);

    x.applicant = who->party == PARTY_APPLICANT;
    x.public = who->party == PARTY_PUBLIC || who->party == PARTY_VOTER;
    if (who->party == PARTY_SYSTEM)
        x.system = who->role;
    if (who->party != PARTY_ROLE)
        return x;
    x.role = &who->role;
    x.n_role = who->role != NULL;
    x.department = who->department;
    x.district = who->district               ? who->district
                 : r->c->phase == PHASE_NONE ? r->s->district
                                             : r->c->district;
    return x;
}

static const enum command_kind kinds[] = {
    [VERB_OPENS] = COMMAND_OPEN,
    [VERB_DOES] = COMMAND_ACT,
    [VERB_STOPS] = COMMAND_STOP,
    [VERB_RESUMES] = COMMAND_RESUME,
    [VERB_EXTENDS] = COMMAND_EXTEND,
    [VERB_CLAIMS] = COMMAND_CLAIM,
    [VERB_RELEASES] = COMMAND_RELEASE,
    [VERB_WITHDRAWS] = COMMAND_WITHDRAW,
    [VERB_AMENDS] = COMMAND_AMEND,
    [VERB_ANNULS] = COMMAND_ANNUL,
    [VERB_REVOKES] = COMMAND_REVOKE,
    [VERB_REPLACES] = COMMAND_REPLACE,
    [VERB_VOTES] = COMMAND_VOTE,
    [VERB_HOLDS] = COMMAND_HOLD,
    [VERB_CONTINUES] = COMMAND_CONTINUE,
    [VERB_RECONCILES] = COMMAND_RECONCILE,
    [VERB_STARTS] = COMMAND_START,
    [VERB_REOPENS] = COMMAND_REOPEN,
    [VERB_SAYS] = COMMAND_MESSAGE,
    [VERB_SETTLES] = COMMAND_SETTLE,
    [VERB_RETRIES] = COMMAND_RETRY,
    [VERB_MATERIAL] = COMMAND_MATERIAL,
    [VERB_LABELS] = COMMAND_LABEL,
    [VERB_MOVES] = COMMAND_LANE,
    [VERB_HANDS_OVER] = COMMAND_HAND_OVER,
    [VERB_TAKES_OVER] = COMMAND_TAKE_OVER,
    [VERB_HANDS_BACK] = COMMAND_HAND_BACK,
    [VERB_PREPARES] = COMMAND_PREPARE,
    [VERB_UNPREPARES] = COMMAND_UNPREPARE,
    [VERB_MANDATES] = COMMAND_MANDATE,
    [VERB_REVOKES_MANDATE] = COMMAND_REVOKE_MANDATE,
    [VERB_ENTRUSTS] = COMMAND_ENTRUST,
    [VERB_IDENTIFIES] = COMMAND_IDENTIFY,
    [VERB_RECORDS] = COMMAND_OUTAGE,
    [VERB_ANNULS_OUTAGE] = COMMAND_ANNUL_OUTAGE,
    [VERB_IS_BORN] = COMMAND_RELAY,
    [VERB_ENDS] = COMMAND_RELAY,
    [VERB_STANDS] = COMMAND_RELAY,
    [VERB_GOES_ON] = COMMAND_RELAY,
    [VERB_PASSES] = COMMAND_ALARM,
    [VERB_ELSEWHERE] = COMMAND_ALARM,
};
static_assert(sizeof(kinds) / sizeof(kinds[0]) == VERB_ELSEWHERE + 1, "every verb is a command");

enum command_kind
play_kind(enum scenario_verb verb)
{
    return kinds[verb];
}

/* The child says that it stands or goes on: with its own words where it is played. */
static struct value
standing(struct play_run *r, const struct scenario_line *l)
{
    const struct play_run *child = play_child(r, l->number);
    const struct child *x = case_child(r->c, l->number);
    struct value v;

    if (child && child->said)
        return child->said->value;
    v = value_with(r->arena, NULL, "record", value_int(x ? x->heard + 1 : 1));
    return value_with(r->arena, &v, "stands", value_bool(l->verb == VERB_STANDS));
}

/* The code the voter was given for the open ballot he means; of none it is no code. */
static const char *
voting_code(struct play_run *r, const struct scenario_line *l)
{
    for (uint32_t i = 0; i < r->c->n_visit; i++) {
        const struct visit *v = &r->c->visit[i];

        if (v->ballot_key && (!l->step || !strcmp(l->step, visit_path(r->arena, r->w, v))))
            return ballot_code(r->arena, v->ballot_key, l->voter);
    }
    return "-";
}

/* What the engine says of another case of its own. */
static void
tell_of_child(struct play_run *r, const struct scenario_line *l, struct command *cmd)
{
    if (cmd->kind != COMMAND_RELAY)
        return;
    cmd->actor = (struct actor){.id = "engine"};
    cmd->reason = NULL;
    if (l->verb == VERB_IS_BORN) {
        cmd->action = "born";
        cmd->input = value_with(r->arena, NULL, "id", value_int(l->number));
        cmd->input = value_with(r->arena, &cmd->input, "number",
                                value_borrow(play_child_number(r->arena, l->number)));
        return;
    }
    if (l->verb != VERB_ENDS) {
        cmd->action = "stands";
        cmd->input = standing(r, l);
        return;
    }
    cmd->action = "concluded";
    cmd->input = value_with(r->arena, NULL, "outcome", value_borrow(l->action));
    if (l->reason)
        cmd->input = value_with(r->arena, &cmd->input, "why", value_borrow(l->reason));
}

/* Who he is in life, a scenario does not say. */
static const struct mandate *
terms_of(struct play_run *r, const struct scenario_line *l)
{
    struct mandate *m = arena_new(r->arena, struct mandate);
    struct value *word = arena_array(r->arena, l->n_scope, struct value);

    for (size_t i = 0; i < l->n_scope; i++)
        word[i] = value_borrow(l->scope[i]);
    *m = (struct mandate){.kind = "person",
                          .agent = l->about.name,
                          .scope = value_null(),
                          .from = l->from ? day_start(l->from) : INSTANT_NONE,
                          .until = l->until ? day_end(l->until) : INSTANT_NONE};
    if (l->n_scope)
        m->scope = value_array(word, (uint32_t)l->n_scope);
    if (l->about.party == PARTY_ROLE) {
        m->kind = "helper";
        m->agent = NULL;
        m->account = play_account(r->arena, &l->about);
    }
    return m;
}

/* What the head says he holds, less what this case has replaced or revoked. */
static const struct value *
held_by_party(struct play_run *r)
{
    struct value *held = arena_new(r->arena, struct value);

    *held = value_object(r->arena, NULL, 0);
    for (size_t i = 0; i < r->s->n_held; i++) {
        bool gone = false;

        for (uint32_t k = 0; k < r->c->n_voided; k++)
            gone = gone || !strcmp(r->c->voided[k].kind, r->s->held[i]);
        if (!gone)
            *held = value_with(r->arena, held, r->s->held[i], value_borrow("SCENARIO-HELD"));
    }
    return held;
}

struct command *
play_command(struct play_run *r, const struct scenario_line *l)
{
    struct command *cmd = arena_new(r->arena, struct command);
    struct error e;
    struct opening opening = {
        .number = "SCENARIO-000001", .district = r->s->district, .applicant_kind = r->s->applicant};

    *cmd = (struct command){.kind = play_kind(l->verb),
                            .actor = actor_of(r, &l->actor),
                            .action = l->action,
                            .step = l->step,
                            .voter = l->voter,
                            .message = l->message,
                            .revision = -1,
                            .ground = l->ground,
                            .document = l->document,
                            .reason = l->reason,
                            .clock = l->clock,
                            .material = l->material,
                            .label = l->label,
                            .lane = l->lane,
                            .district = l->district,
                            .number = l->number,
                            .happened = l->happened,
                            .explanation = l->explanation,
                            .identified = l->identified,
                            .prepared = l->prepared,
                            .until = l->at + 30 * SPAN_MINUTE,
                            .input = l->input};
    if (cmd->kind == COMMAND_OPEN || cmd->kind == COMMAND_ACT || cmd->kind == COMMAND_IDENTIFY)
        cmd->held = held_by_party(r);
    tell_of_child(r, l, cmd);
    if (l->actor.party == PARTY_VOTER)
        cmd->code = voting_code(r, l);
    if (l->verb == VERB_SAYS && !l->message)
        cmd->message = arena_printf(r->arena, "line-%u", l->line);
    if (l->verb == VERB_RECORDS) { /* the hall has had as many as its case knows */
        cmd->number = (int32_t)r->c->n_outage + 1;
        cmd->from = l->began;
        cmd->until = l->ended;
    }
    if (l->verb == VERB_OPENS) {
        cmd->opening = arena_copy(r->arena, &opening, sizeof(opening));
        cmd->input = scenario_form(r->arena, &r->s->form, &l->input);
    } else if (l->verb == VERB_AMENDS) {
        cmd->input = scenario_form(r->arena, &r->c->form, &l->input);
    }
    if (scenario_mandates(l))
        cmd->mandate = terms_of(r, l);
    if (l->verb == VERB_ENTRUSTS)
        cmd->account = play_account(r->arena, &l->about);
    if (command_needs_history(cmd) && !play_history(r, cmd, &e))
        play_complain(r, l->line, "a record cannot be read: %s", e.detail);
    return cmd;
}
