/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts for the applicant, how far, and until when. */
#include "machine/mandates.h"

#include <string.h>

#include "base/word.h"
#include "machine/deed.h"
#include "machine/may.h"
#include "machine/notes.h"

static const char *const state_name[] = {
    [MANDATE_IN_FORCE] = "in-force", [MANDATE_TO_COME] = "to-come", [MANDATE_EXPIRED] = "expired",
    [MANDATE_REVOKED] = "revoked",   [MANDATE_CLOSED] = "closed",
};

/* How far a mandate may reach; `act` also to single actions. */
static const char *const words[] = {"act", "materials", "progress", "results", "withdraw"};
enum { N_WORD = sizeof(words) / sizeof(words[0]) };
static const char one_action[] = "act:";
enum { ONE_ACTION = sizeof(one_action) - 1 };

const char *
mandate_state_name(enum mandate_state s)
{
    return WORD_AT(state_name, s);
}

enum mandate_state
mandate_state_at(const struct case_state *c, const struct mandate *m, instant at)
{
    if (m->ended != INSTANT_NONE)
        return MANDATE_REVOKED;
    if (at == INSTANT_NONE)
        return MANDATE_IN_FORCE;
    if (m->until != INSTANT_NONE && at >= m->until)
        return MANDATE_EXPIRED;
    if (c->phase == PHASE_CLOSED)
        return MANDATE_CLOSED;
    return at < m->from ? MANDATE_TO_COME : MANDATE_IN_FORCE;
}

struct mandate *
case_mandate(const struct case_state *c, int32_t number)
{
    return number > 0 && (uint32_t)number <= c->n_mandate ? &c->mandate[number - 1] : NULL;
}

const struct mandate *
mandate_of_account(const struct case_state *c, const char *account)
{
    for (uint32_t i = c->n_mandate; account && i-- > 0;)
        if (c->mandate[i].account && !strcmp(c->mandate[i].account, account))
            return &c->mandate[i];
    return NULL;
}

bool
mandate_covers(const struct mandate *m, const char *word, const char *id)
{
    if (!strcmp(word, "progress"))
        return true;
    if (m->scope.kind != VALUE_ARRAY)
        return strcmp(word, "withdraw") != 0;
    for (uint32_t i = 0; i < m->scope.n; i++) {
        const char *has = m->scope.item[i].string;

        if (!strcmp(has, word))
            return true;
        if (!strcmp(word, "act") && !strncmp(has, one_action, ONE_ACTION) &&
            (!id || !strcmp(has + ONE_ACTION, id)))
            return true;
    }
    return false;
}

/* In force, and reaching to it; @state is what it is, or was. */
static bool
lets(const struct mandate *m, enum mandate_state state, const char *word, const char *id,
     struct error *e)
{
    char text[INSTANT_TEXT];

    switch (state) {
    case MANDATE_IN_FORCE:
        break;
    case MANDATE_TO_COME:
        return error_set(e, ERROR_MANDATE_ENDED, "mandate %d begins %s", m->number,
                         instant_write(m->from, text));
    case MANDATE_EXPIRED:
        return error_set(e, ERROR_MANDATE_ENDED, "mandate %d held until %s", m->number,
                         instant_write(m->until, text));
    case MANDATE_REVOKED:
        return error_set(e, ERROR_MANDATE_ENDED, "mandate %d was ended %s%s%.200s", m->number,
                         instant_write(m->ended, text), m->why ? ": " : "", m->why ? m->why : "");
    case MANDATE_CLOSED:
        return error_set(e, ERROR_MANDATE_ENDED, "mandate %d ended with the case", m->number);
    }
    return mandate_covers(m, word, id) ||
           error_set(e, ERROR_MANDATE_SCOPE, "mandate %d does not reach to %s%s%.64s", m->number,
                     word, id ? ":" : "", id ? id : "");
}

bool
mandate_check(const struct case_state *c, const struct mandate *m, instant at, const char *word,
              const char *id, struct error *e)
{
    return lets(m, mandate_state_at(c, m, at), word, id, e);
}

/* What an agent may do at all; NULL: this command is not for agents. */
static const char *
word_of(const struct command *cmd)
{
    if (cmd->kind == COMMAND_ACT || cmd->kind == COMMAND_START)
        return "act";
    if (cmd->kind == COMMAND_MATERIAL)
        return "materials";
    return cmd->kind == COMMAND_WITHDRAW ? "withdraw" : NULL;
}

/* To start an optional step takes the whole of `act`. */
static const char *
id_of(const struct command *cmd)
{
    return cmd->kind == COMMAND_ACT ? cmd->action : cmd->kind == COMMAND_START ? cmd->step : NULL;
}

/* The mandate @who may mean: the one whose code he has, or the newest of his account. */
static const struct mandate *
mandate_of(const struct case_state *c, const struct actor *who)
{
    if (who->mandate)
        return case_mandate(c, who->mandate);
    for (uint16_t i = 0; i < who->n_role; i++)
        if (!strcmp(who->role[i], "helper"))
            return mandate_of_account(c, who->id);
    return NULL;
}

struct actor
machine_agent(const struct case_state *c, const struct actor *who, instant at)
{
    const struct mandate *m = mandate_of(c, who);
    struct actor agent = *who;

    agent.under = m && mandate_state_at(c, m, at) == MANDATE_IN_FORCE ? m : NULL;
    return agent;
}

/*
 * What it was when something was done that is recorded later, whatever became of it since.  At one
 * instant people come before time: a case that silence closed right then was open.
 */
static enum mandate_state
state_then(const struct case_state *c, const struct mandate *m, instant then)
{
    if (m->ended != INSTANT_NONE && then >= m->ended)
        return MANDATE_REVOKED;
    if (m->until != INSTANT_NONE && then >= m->until)
        return MANDATE_EXPIRED;
    if (c->phase == PHASE_CLOSED && then > c->mark[MARK_CLOSED])
        return MANDATE_CLOSED;
    return then < m->from ? MANDATE_TO_COME : MANDATE_IN_FORCE;
}

/* A deed is done under the mandate that is in force when it is done. */
static enum mandate_state
state_for(const struct case_state *c, const struct mandate *m, const struct command *cmd,
          instant at)
{
    return cmd->happened && (at == INSTANT_NONE || cmd->happened < at)
               ? state_then(c, m, cmd->happened)
               : mandate_state_at(c, m, at);
}

/* The mandate he may mean: of his account the one that was in force, if another has come since. */
static const struct mandate *
mandate_for(const struct case_state *c, const struct command *cmd, instant at)
{
    const struct mandate *newest = mandate_of(c, &cmd->actor);

    for (uint32_t i = c->n_mandate; newest && !cmd->actor.mandate && i-- > 0;) {
        const struct mandate *m = &c->mandate[i];

        if (m->account && !strcmp(m->account, newest->account) &&
            state_for(c, m, cmd, at) == MANDATE_IN_FORCE)
            return m;
    }
    return newest;
}

struct actor
agent_for(const struct case_state *c, const struct command *cmd, instant at)
{
    const struct mandate *m = word_of(cmd) ? mandate_for(c, cmd, at) : NULL;
    struct actor agent = cmd->actor;
    struct error e;

    agent.under = m && lets(m, state_for(c, m, cmd, at), word_of(cmd), id_of(cmd), &e) ? m : NULL;
    return agent;
}

void
mandate_why(const struct case_state *c, const struct command *cmd, instant at, struct error *e)
{
    const struct mandate *m = word_of(cmd) ? mandate_for(c, cmd, at) : NULL;
    struct error why;

    if (e->code == ERROR_FORBIDDEN && m &&
        !lets(m, state_for(c, m, cmd, at), word_of(cmd), id_of(cmd), &why))
        *e = why;
}

bool
acts_as_agent(const struct command *cmd, const char *role)
{
    return cmd && cmd->actor.under && role && !strcmp(role, "agent");
}

/* Some step of the applicant, or of anybody, has the action. */
static bool
is_action(const struct workflow *w, const char *id)
{
    for (uint16_t i = 0; i < w->n_step; i++)
        if ((w->step[i].by == ACTOR_APPLICANT || w->step[i].by == ACTOR_PUBLIC) &&
            step_is_leaf(&w->step[i]) && step_action(&w->step[i], id))
            return true;
    return false;
}

static bool
is_word(const struct workflow *w, const char *text)
{
    for (int i = 0; i < N_WORD; i++)
        if (!strcmp(text, words[i]))
            return true;
    return !strncmp(text, one_action, ONE_ACTION) && is_action(w, text + ONE_ACTION);
}

static bool
check_scope(const struct workflow *w, const struct value *scope, struct error *e)
{
    if (scope->kind == VALUE_NULL)
        return true;
    if (scope->kind != VALUE_ARRAY || scope->n == 0)
        return error_at(e, ERROR_FORM_INVALID, "/mandate/scope",
                        "name what he may do, or leave scope out: all but to withdraw");
    for (uint32_t i = 0; i < scope->n; i++)
        if (scope->item[i].kind != VALUE_STRING || !is_word(w, scope->item[i].string))
            return error_at(e, ERROR_FORM_INVALID, "/mandate/scope",
                            "scope names act, act:ACTION of a step of the applicant, materials, "
                            "progress, results, withdraw; not %.60s",
                            scope->item[i].kind == VALUE_STRING ? scope->item[i].string : "that");
    return true;
}

static bool
check_time(const struct mandate *m, instant now, struct error *e)
{
    if (m->until == INSTANT_NONE)
        return true;
    if (m->until <= now)
        return error_at(e, ERROR_FORM_INVALID, "/mandate/until", "until must lie ahead");
    return m->until > m->from ||
           error_at(e, ERROR_FORM_INVALID, "/mandate/until", "it would end before it begins");
}

bool
opens_as_agent(const struct workflow *w, const struct command *cmd)
{
    const struct mandate *m = cmd->mandate;
    bool lets = false;

    if (cmd->kind != COMMAND_OPEN || !m || !m->account || !cmd->actor.id ||
        strcmp(m->account, cmd->actor.id) != 0)
        return false;
    for (uint16_t i = 0; i < w->n_open_by; i++)
        lets = lets || !strcmp(w->open_by[i], "applicant") || !strcmp(w->open_by[i], "helper");
    return lets && serves_as(w, NULL, cmd->opening->district, &cmd->actor, "helper");
}

/*
 * The applicant himself; or a window, which has seen the document; or who opens the case with it as
 * his agent.
 */
static bool
check_giver(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    const bool himself = cmd->actor.applicant || (cmd->kind == COMMAND_OPEN && cmd->actor.public);

    d->role = himself ? "applicant" : opens_as_agent(d->r->w, cmd) ? "agent" : "window";
    return himself || (cmd->document && *cmd->document) ||
           error_at(e, ERROR_DOCUMENT_MISSING, "/document", "name the document that gives it");
}

static struct value
terms(struct arena *a, const struct mandate *m)
{
    struct note o = {.n = 0};

    note_string(&o, "agent", m->agent);
    note_add(&o, "from", value_int(m->from));
    note_string(&o, "kind", m->kind);
    if (m->scope.kind == VALUE_ARRAY)
        note_add(&o, "scope", m->scope);
    return note_done(a, &o);
}

bool
decide_mandate(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const struct mandate *before;
    struct mandate m;

    if (!cmd->mandate || !cmd->mandate->kind)
        return error_at(e, ERROR_FORM_INVALID, "/mandate", "say who acts for the applicant");
    m = *cmd->mandate;
    if (m.from == INSTANT_NONE || m.from < r->at)
        m.from = r->at;
    if (!check_giver(d, e) || !check_scope(r->w, &m.scope, e) || !check_time(&m, r->at, e))
        return false;
    if (r->c->n_mandate >= MANDATES_MOST)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "a case has at most %d mandates",
                         MANDATES_MOST);
    before = mandate_of_account(r->c, m.account);
    m.number = (int32_t)r->c->n_mandate + 1;
    if (before && before->ended == INSTANT_NONE)
        emit(r,
             (struct fact){.kind = FACT_MANDATE_REVOKED,
                           .number = before->number,
                           .detail = arena_printf(r->a, "mandate %d takes its place", m.number)});
    emit(r, (struct fact){.kind = FACT_MANDATED,
                          .number = m.number,
                          .name = m.account,
                          .detail = cmd->document,
                          .until = m.until,
                          .value = terms(r->a, &m)});
    return !r->failed;
}

/* To open a case is more than any one action: it takes the whole of `act`, and now. */
static bool
check_opener(const struct run *r, const struct mandate *m, struct error *e)
{
    if (!mandate_check(r->c, m, r->at, "progress", NULL, e))
        return false;
    return mandate_covers(m, "act", "") ||
           error_set(e, ERROR_MANDATE_SCOPE, "mandate %d does not reach to act, as opening a case",
                     m->number);
}

bool
open_under_mandate(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    struct command *as;

    if (!d->cmd->mandate)
        return true;
    if (!decide_mandate(d, e))
        return false;
    if (!opens_as_agent(r->w, d->cmd))
        return true;
    as = arena_copy(r->a, d->cmd, sizeof(*as));
    as->actor.under = case_mandate(r->c, 1);
    d->cmd = r->cmd = as;
    return check_opener(r, as->actor.under, e);
}

bool
decide_revoke_mandate(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const struct mandate *m = case_mandate(r->c, cmd->number);
    const enum mandate_state state = m ? mandate_state_at(r->c, m, r->at) : MANDATE_IN_FORCE;

    d->role = cmd->actor.applicant ? "applicant" : "window";
    if (!m)
        return error_at(e, ERROR_FORM_INVALID, "/number", "the case has no mandate %d",
                        cmd->number);
    if (state == MANDATE_REVOKED || state == MANDATE_EXPIRED)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/number", "mandate %d is %s already",
                        m->number, mandate_state_name(state));
    if (!cmd->actor.applicant && !check_reason(cmd, e))
        return false;
    emit(r,
         (struct fact){.kind = FACT_MANDATE_REVOKED, .number = m->number, .detail = cmd->reason});
    return !r->failed;
}
