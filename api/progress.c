/* SPDX-License-Identifier: Apache-2.0 */
/* What applicants and the public see and do. */
#include <string.h>

#include "api/credit.h"
#include "api/mandates.h"

static void
show(struct lookup *l)
{
    const struct actor asks = {
        .id = lookup_principal(l), .applicant = !l->mandate, .mandate = l->mandate};
    const struct actor who = machine_agent(l->row.c, &asks, l->now);
    const struct sight sight = lookup_sight(l);
    struct text t = text_new(&l->request->arena);

    view_progress(&t, &sight, &who);
    reply_json(l->request, 200, &t);
}

static void
read_credit(struct lookup *l)
{
    credit_read(l, show);
}

static void
read_agents(struct lookup *l)
{
    mandates_read(l, read_credit);
}

void
progress_show(void *arg, struct http_request *r)
{
    const char *code = lookup_code(r);

    if (code)
        lookup_case(arg, r, code, read_agents, NULL);
}

/* The code fits, or none was given: then he is anybody.  Whether an agent may, the core says. */
static void
act(struct lookup *l)
{
    struct submission *s = l->arg;
    struct order *m = &s->order;

    if (l->mandate && m->command.kind != COMMAND_VOTE) {
        m->principal = lookup_principal(l);
        m->command.actor = (struct actor){.id = m->principal, .mandate = l->mandate};
    }
    submission_send(s);
}

static bool
may_come(const struct command *cmd, struct error *e)
{
    if (cmd->kind == COMMAND_VOTE)
        return cmd->code || error_at(e, ERROR_FORBIDDEN, "/code", "a voter says his voting code");
    return cmd->kind == COMMAND_ACT || cmd->kind == COMMAND_WITHDRAW ||
           cmd->kind == COMMAND_MATERIAL || cmd->kind == COMMAND_START ||
           cmd->kind == COMMAND_MANDATE || cmd->kind == COMMAND_REVOKE_MANDATE ||
           error_at(
               e, ERROR_FORBIDDEN, "/command",
               "an applicant may act, withdraw, start steps, hand in, and say who acts for him");
}

/* With a query code he is the applicant, with a voting code a voter, else anybody. */
static void
introduce(struct submission *s, const char *code)
{
    struct command *cmd = &s->order.command;
    struct arena *a = &s->request->arena;

    cmd->actor = (struct actor){.applicant = code != NULL, .public = code == NULL};
    if (cmd->kind == COMMAND_VOTE) {
        cmd->actor.id = "voter";
        s->order.principal = arena_printf(a, "voter %s", cmd->voter);
    } else {
        cmd->actor.id = code ? "applicant" : "public";
        s->order.principal = code ? "applicant" : arena_printf(a, "public %s", s->request->peer);
    }
}

void
progress_act(void *arg, struct http_request *r)
{
    struct submission *s = submission_new(arg, r);
    const char *code = http_header(r, "query-code");
    struct value v;
    struct error e;

    if (!submission_key(s, http_header(r, "idempotency-key"), &e) || !body_read(r, &v, &e) ||
        !command_read(&v, "", &s->order.command, &e) ||
        !submission_case(s, router_param(r, "number"), &e) || !mandate_take(s, &v, "", &e)) {
        reply_error(r, &e);
        return;
    }
    if (!may_come(&s->order.command, &e)) {
        reply_error(r, &e);
        return;
    }
    introduce(s, code);
    if (!submission_match(s, http_header(r, "if-match"), &e)) {
        reply_error(r, &e);
        return;
    }
    lookup_case_for(arg, r, code, NULL, act, s);
}
