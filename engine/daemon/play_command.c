/* SPDX-License-Identifier: Apache-2.0 */
/* A line of a scenario as a command of the core. */
#include <string.h>

#include "daemon/play_run.h"
#include "definition/json.h"

/* All records so far, as they are stored. */
static void
give_history(struct play_run *r, struct command *cmd, uint32_t line)
{
    struct value *record = arena_array(r->arena, r->n_record, struct value);
    struct error e;

    for (size_t i = 0; i < r->n_record; i++)
        if (!json_read(r->arena, r->record[i], strlen(r->record[i]), false, &record[i], &e))
            play_complain(r, line, "record %zu cannot be read: %s", i + 1, e.detail);
    cmd->history = record;
    cmd->n_history = r->n_record;
}

const char *
play_account(struct arena *a, const struct scenario_actor *who)
{
    if (who->name)
        return who->name;
    if (!who->department)
        return who->role;
    return arena_printf(a, "%s of %s", who->role, who->department);
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
    x.public = who->party == PARTY_PUBLIC;
    if (who->party == PARTY_SYSTEM)
        x.system = who->role;
    if (who->party != PARTY_ROLE)
        return x;
    x.role = &who->role;
    x.n_role = who->role != NULL;
    x.department = who->department;
    x.district = r->s->district;
    return x;
}

static enum command_kind
kind_of(enum scenario_verb verb)
{
    switch (verb) {
    case VERB_OPENS:
        return COMMAND_OPEN;
    case VERB_DOES:
        return COMMAND_ACT;
    case VERB_STOPS:
        return COMMAND_STOP;
    case VERB_RESUMES:
        return COMMAND_RESUME;
    case VERB_EXTENDS:
        return COMMAND_EXTEND;
    case VERB_CLAIMS:
        return COMMAND_CLAIM;
    case VERB_RELEASES:
        return COMMAND_RELEASE;
    case VERB_WITHDRAWS:
        return COMMAND_WITHDRAW;
    case VERB_AMENDS:
        return COMMAND_AMEND;
    case VERB_ANNULS:
        return COMMAND_ANNUL;
    case VERB_VOTES:
        return COMMAND_VOTE;
    case VERB_HOLDS:
        return COMMAND_HOLD;
    case VERB_CONTINUES:
        return COMMAND_CONTINUE;
    case VERB_RECONCILES:
        return COMMAND_RECONCILE;
    case VERB_STARTS:
        return COMMAND_START;
    case VERB_REOPENS:
        return COMMAND_REOPEN;
    case VERB_SAYS:
        return COMMAND_MESSAGE;
    case VERB_SETTLES:
        return COMMAND_SETTLE;
    case VERB_RETRIES:
        return COMMAND_RETRY;
    case VERB_IS_BORN:
    case VERB_ENDS:
        return COMMAND_RELAY;
    case VERB_MANDATES:
        return COMMAND_MANDATE;
    case VERB_REVOKES:
        return COMMAND_REVOKE_MANDATE;
    case VERB_ENTRUSTS:
        return COMMAND_ENTRUST;
    case VERB_PASSES:
        return COMMAND_ALARM;
    }
    return COMMAND_ALARM;
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
                                value_borrow(arena_printf(r->arena, "CHILD-%06d", l->number)));
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
                          .until = l->until ? day_start(l->until + 1) : INSTANT_NONE};
    if (l->n_scope)
        m->scope = value_array(word, (uint32_t)l->n_scope);
    if (l->about.party == PARTY_ROLE) {
        m->kind = "helper";
        m->agent = NULL;
        m->account = play_account(r->arena, &l->about);
    }
    return m;
}

struct command *
play_command(struct play_run *r, const struct scenario_line *l)
{
    struct command *cmd = arena_new(r->arena, struct command);
    struct opening opening = {
        .number = "SCENARIO-000001", .district = r->s->district, .applicant_kind = r->s->applicant};

    *cmd = (struct command){.kind = kind_of(l->verb),
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
                            .number = l->number,
                            .happened = l->happened,
                            .explanation = l->explanation,
                            .until = l->at + 30 * SPAN_MINUTE,
                            .input = l->input};
    tell_of_child(r, l, cmd);
    if (l->verb == VERB_MANDATES)
        cmd->mandate = terms_of(r, l);
    if (l->verb == VERB_ENTRUSTS)
        cmd->account = play_account(r->arena, &l->about);
    if (l->verb == VERB_SAYS && !l->message)
        cmd->message = arena_printf(r->arena, "line-%u", l->line);
    if (l->verb == VERB_OPENS) {
        cmd->opening = arena_copy(r->arena, &opening, sizeof(opening));
        cmd->input = scenario_form(r->arena, &r->s->form, &l->input);
    } else if (l->verb == VERB_AMENDS) {
        cmd->input = scenario_form(r->arena, &r->c->form, &l->input);
    }
    if (command_needs_history(cmd))
        give_history(r, cmd, l->line);
    return cmd;
}
