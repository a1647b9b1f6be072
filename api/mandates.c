/* SPDX-License-Identifier: Apache-2.0 */
/* Agents: read from commands, with a code of their own; and shown, each to whom it concerns. */
#include "api/mandates.h"

#include <stdlib.h>
#include <string.h>

#include "api/page.h"
#include "definition/json.h"
#include "machine/mandates.h"
#include "store/number.h"

/* A day as 2026-03-31, as the moment it begins. */
static bool
read_day(const struct value *v, const char *at, const char *name, instant *out, struct error *e)
{
    const char *text = value_get_string(v, name);
    day d;

    *out = INSTANT_NONE;
    if (!text)
        return true;
    if (!day_read(text, strlen(text), &d))
        return error_at(e, ERROR_FORM_INVALID, at, "%s is a date as in 2026-03-31", name);
    *out = day_start(d);
    return true;
}

/* From outside he has a name, a kind and what proves who he is; of the house, an account. */
static bool
check_agent(const struct value *agent, const char *at, struct error *e)
{
    const char *account = value_get_string(agent, "account");
    const char *kind = value_get_string(agent, "kind"), *name = value_get_string(agent, "name");
    const char *credential = value_get_string(agent, "credential");

    if (account && (kind || name || credential))
        return error_at(e, ERROR_FORM_INVALID, at,
                        "an agent is an account, or has name, kind and credential");
    if (account)
        return true;
    if (!name || !*name || !credential || !*credential || !kind)
        return error_at(e, ERROR_FORM_INVALID, at,
                        "name an account of a helper, or the agent's name, kind and credential");
    if (strcmp(kind, "person") != 0 && strcmp(kind, "enterprise") != 0)
        return error_at(e, ERROR_FORM_INVALID, at, "kind is person or enterprise");
    return strcmp(kind, "enterprise") != 0 ||
           credit_code_check(credential, ERROR_FORM_INVALID, at, e);
}

/* What is kept beside the case of who he is: with its salt it gives what the chain has. */
static void
describe(struct submission *s, const struct value *agent, struct mandate *m)
{
    static const char digit[] = "0123456789abcdef";
    struct arena *a = &s->request->arena;
    struct agent_change *kept = arena_new(a, struct agent_change);
    uint8_t *salt = arena_alloc(a, HASH_SIZE), *query = arena_alloc(a, HASH_SIZE);
    uint8_t hash[HASH_SIZE];
    char *hex = arena_alloc(a, 2 * HASH_SIZE + 1), *code = arena_alloc(a, QUERY_CODE_TEXT);
    char number[NUMBER_TEXT];
    struct text who = text_new(a);
    struct error unread;
    int64_t id;

    s->order.agent = kept;
    if (m->account) {
        *kept = (struct agent_change){.account = m->account};
        return;
    }
    value_write(&who, agent);
    arc4random_buf(salt, HASH_SIZE);
    memcpy(hash, salt, HASH_SIZE);
    digest_chain(hash, who.at, who.len);
    for (size_t i = 0; i < HASH_SIZE; i++) {
        hex[2 * i] = digit[hash[i] >> 4];
        hex[2 * i + 1] = digit[hash[i] & 15];
    }
    hex[2 * HASH_SIZE] = 0;
    m->agent = hex;
    query_code_new(code);
    if (!s->number) /* who decides the opening gives the case its number */
        query = NULL;
    else if (number_read(s->number, number, &id, &unread)) /* as it was, when its case was found */
        query_code_hash(number, code, query);
    *kept = (struct agent_change){.who = who.at, .salt = salt, .query = query};
    s->order.agent_code = s->order.dry_run ? NULL : code;
}

bool
mandate_take(struct submission *s, const struct value *v, const char *at, struct error *e)
{
    static const struct member_rule rule[] = {{"agent", VALUE_OBJECT, true, 0},
                                              {"from", VALUE_STRING, false, 10},
                                              {"scope", VALUE_ARRAY, false, 0},
                                              {"until", VALUE_STRING, false, 10}};
    static const struct member_rule agent_rule[] = {{"account", VALUE_STRING, false, 64},
                                                    {"credential", VALUE_STRING, false, 64},
                                                    {"kind", VALUE_STRING, false, 16},
                                                    {"name", VALUE_STRING, false, 200}};
    const struct value *terms = value_get(v, "mandate"), *agent, *scope;
    struct arena *a = &s->request->arena;
    const char *here = arena_printf(a, "%s/mandate", at);
    const char *who = arena_printf(a, "%s/agent", here);
    struct mandate *m;

    if (s->order.command.kind != COMMAND_MANDATE &&
        (s->order.command.kind != COMMAND_OPEN || !terms))
        return true;
    if (!body_check(terms, here, rule, sizeof(rule) / sizeof(rule[0]), e))
        return false;
    agent = value_get(terms, "agent");
    scope = value_get(terms, "scope");
    m = arena_new(a, struct mandate);
    if (!body_check(agent, who, agent_rule, sizeof(agent_rule) / sizeof(agent_rule[0]), e) ||
        !check_agent(agent, who, e) ||
        !read_day(terms, arena_printf(a, "%s/from", here), "from", &m->from, e) ||
        !read_day(terms, arena_printf(a, "%s/until", here), "until", &m->until, e))
        return false;
    if (m->until != INSTANT_NONE) /* to the end of that day */
        m->until = day_end(instant_day(m->until));
    m->account = value_get_string(agent, "account");
    m->kind = m->account ? "helper" : value_get_string(agent, "kind");
    m->scope = scope ? *scope : value_null();
    describe(s, agent, m);
    s->order.command.mandate = m;
    return true;
}

/* Who they are, by number. */
static void
on_agents(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;

    if (e) {
        reply_error(l->request, e);
        return;
    }
    for (int row = 0; row < PQntuples(res); row++) {
        const int64_t number = row_int(res, row, 0);
        const char *who = row_text(res, row, 1);

        if (who && number > 0 && number <= l->row.c->n_mandate)
            l->agent[number - 1] = arena_strdup(&l->request->arena, who);
    }
    l->then(l);
}

void
mandates_read(struct lookup *l, void (*then)(struct lookup *l))
{
    struct parameters p = parameters_new(&l->request->arena);

    l->then = then;
    if (!l->row.c->n_mandate) {
        then(l);
        return;
    }
    l->agent = arena_array(&l->request->arena, l->row.c->n_mandate, const char *);
    memset(l->agent, 0, l->row.c->n_mandate * sizeof(*l->agent));
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->id);
    pipeline_ask(l->app->read, SQL_mandate_list, &p, on_agents, l);
}

/* An agent from outside by name, kind and credential, one of the house by his account. */
static void
put_agent(struct text *t, const struct sight *s, const struct mandate *m)
{
    const char *who = s->agent ? s->agent[m->number - 1] : NULL;
    struct value v;
    struct error e;

    put_key(t, "agent");
    if (!m->account && who && json_read_stored(t->arena, who, strlen(who), &v, &e)) {
        value_write(t, &v);
        return;
    }
    put_open(t, '{');
    put_member_string(t, "account", m->account);
    put_member_string(t, "kind", m->kind);
    put_close(t, '}');
}

static void
put_mandate(struct text *t, const struct sight *s, const struct mandate *m)
{
    put_open(t, '{');
    put_member_int(t, "number", m->number);
    put_agent(t, s, m);
    put_member_string(t, "state", mandate_state_name(mandate_state_at(s->state, m, s->now)));
    put_key(t, "scope");
    if (m->scope.kind == VALUE_ARRAY)
        value_write(t, &m->scope);
    else
        text_str(t, "[\"all\"]");
    put_member_instant(t, "given", m->given);
    put_key(t, "from");
    put_day(t, instant_day(m->from));
    if (m->until != INSTANT_NONE) {
        put_key(t, "until");
        put_day(t, instant_day(m->until - 1));
    }
    put_member_string(t, "document", m->document);
    if (m->ended != INSTANT_NONE)
        put_member_instant(t, "ended", m->ended);
    put_member_string(t, "why", m->why);
    put_close(t, '}');
}

void
view_mandates(struct text *t, const struct sight *s)
{
    if (!s->state->n_mandate)
        return;
    put_key(t, "mandates");
    put_open(t, '[');
    for (uint32_t i = 0; i < s->state->n_mandate; i++)
        if (!s->mandate || s->mandate == s->state->mandate[i].number)
            put_mandate(t, s, &s->state->mandate[i]);
    put_close(t, ']');
}

void
view_first_handler(struct text *t, const struct sight *s, bool of_the_house)
{
    const struct first_handler *first = &s->state->first;
    const char *district = s->first_district;

    if (!first->account)
        return;
    put_key(t, "firstHandler");
    put_open(t, '{');
    if (of_the_house)
        put_member_string(t, "account", first->account);
    put_member_string(t, "title", s->first_title && *s->first_title ? s->first_title : NULL);
    put_member_string(t, "department", s->first_department);
    put_member_string(t, "district", district && strcmp(district, "*") != 0 ? district : NULL);
    put_member_instant(t, "since", first->since);
    put_close(t, '}');
}
