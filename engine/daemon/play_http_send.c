/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a scenario as requests of those who act in it. */
#include <string.h>
#include <time.h>

#include "daemon/play.h"
#include "daemon/play_http.h"
#include "definition/delivery.h"
#include "runtime/signature.h"

enum { OUTAGE_LOOKS = 1500 }; /* half a minute */

static void
put_input(struct play_visit *v, struct text *t, const struct scenario_line *l)
{
    struct value input = l->input;

    if (l->verb == VERB_AMENDS)
        input = scenario_form(v->arena, value_get(&v->c, "form"), &l->input);
    if (input.kind == VALUE_NULL)
        return;
    put_key(t, "input");
    value_write(t, &input);
}

/* The code the voter was given for the ballot he means, by who keeps it; of none it is no code. */
static bool
read_code(struct play_visit *v, const struct scenario_line *l, const char **code, struct error *e)
{
    struct caller_request q = {.method = "GET",
                               .path = arena_printf(v->arena, "/v1/cases/%s/ballots", v->number)};
    const struct value *steps = value_get(&v->c, "steps"), *items;
    struct caller_reply r;

    *code = "-";
    for (uint32_t i = 0; steps && i < steps->n; i++) {
        const struct value *step = &steps->item[i];
        const struct scenario_actor keeper = {.role =
                                                  value_get_string(value_get(step, "by"), "name"),
                                              .department = value_get_string(step, "department")};

        if (!value_get(step, "waitsUntil") || !keeper.role ||
            (l->step && strcmp(l->step, value_get_string(step, "step")) != 0))
            continue;
        if (!play_http_token(v->hall, play_account_name(v->arena, &keeper), &q.token, e) ||
            !caller_ask(v->hall->caller, &q, v->arena, &r, e))
            return false;
        items = value_get(&r.json, "items");
        for (uint32_t k = 0; items && k < items->n; k++) {
            const struct value *roll = value_get(&items->item[k], "roll");

            for (uint32_t n = 0; roll && n < roll->n; n++)
                if (!strcmp(value_get_string(&roll->item[n], "voter"), l->voter))
                    *code = value_get_string(&roll->item[n], "code");
        }
    }
    return true;
}

/* Who he is in life, a scenario does not say: a sample. */
static void
put_terms(struct play_visit *v, struct text *t, const struct scenario_line *l)
{
    char text[DAY_TEXT];

    put_key(t, "mandate");
    put_open(t, '{');
    put_key(t, "agent");
    put_open(t, '{');
    if (l->about.party == PARTY_ROLE) {
        put_member_string(t, "account", play_account_name(v->arena, &l->about));
    } else {
        put_member_string(t, "name", l->about.name);
        put_member_string(t, "kind", "person");
        put_member_string(t, "credential", "sample");
    }
    put_close(t, '}');
    if (l->n_scope) {
        put_key(t, "scope");
        put_open(t, '[');
        for (size_t i = 0; i < l->n_scope; i++)
            put_string(t, l->scope[i]);
        put_close(t, ']');
    }
    put_member_string(t, "from", l->from ? day_write(l->from, text) : NULL);
    put_member_string(t, "until", l->until ? day_write(l->until, text) : NULL);
    put_close(t, '}');
}

static const char *
command_body(struct play_visit *v, const struct scenario_line *l, const char *code)
{
    struct text t = text_new(v->arena);

    put_open(&t, '{');
    put_member_string(&t, "command", command_name(play_kind(l->verb)));
    put_member_string(&t, "action", l->action);
    put_member_string(&t, "step", l->step);
    put_member_string(&t, "voter", l->voter);
    put_member_string(&t, "code", code);
    put_member_string(&t, "clock", l->clock);
    put_member_string(&t, "ground", l->ground);
    put_member_string(&t, "document", l->document);
    put_member_string(&t, "reason", l->reason);
    put_member_string(&t, "explanation", l->explanation);
    put_member_string(&t, "identified", l->identified);
    if (l->prepared)
        put_member_bool(&t, "prepared", true);
    if (l->happened)
        put_member_instant(&t, "happened", l->happened);
    put_member_string(&t, "material", l->material);
    put_member_string(&t, "label", l->label);
    put_member_string(&t, "lane", l->lane);
    put_member_string(&t, "district", l->district);
    if (l->verb == VERB_MANDATES)
        put_terms(v, &t, l);
    if (l->verb == VERB_ENTRUSTS)
        put_member_string(&t, "account", play_account_name(v->arena, &l->about));
    if (l->number)
        put_member_int(&t, "number", l->number);
    put_input(v, &t, l);
    put_close(&t, '}');
    return t.at;
}

static const char *
opening_body(struct play_visit *v, const struct scenario_line *l)
{
    const struct value form = scenario_form(v->arena, &v->s.form, &l->input);
    struct text t = text_new(v->arena);

    put_open(&t, '{');
    put_member_string(&t, "workflow", v->s.workflow);
    put_member_string(&t, "district", v->s.district);
    if (v->s.applicant) {
        put_key(&t, "applicant");
        put_open(&t, '{');
        put_member_string(&t, "code", v->s.party);
        put_member_string(&t, "kind", v->s.applicant);
        put_member_string(&t, "name", value_get_string(&form, "name"));
        put_close(&t, '}');
    }
    if (scenario_mandates(l)) {
        put_terms(v, &t, l);
        put_member_string(&t, "document", l->document);
    }
    put_key(&t, "form");
    value_write(&t, &form);
    if (l->happened)
        put_member_instant(&t, "happened", l->happened);
    put_member_string(&t, "reason", l->reason);
    put_close(&t, '}');
    return t.at;
}

static const char *
outage_body(struct play_visit *v, const struct scenario_line *l)
{
    struct text t = text_new(v->arena);

    put_open(&t, '{');
    put_member_string(&t, "district", value_get_string(&v->c, "district"));
    put_member_instant(&t, "from", l->began);
    put_member_instant(&t, "until", l->ended);
    put_member_string(&t, "document", l->document);
    put_member_string(&t, "reason", l->reason ? l->reason : "");
    put_close(&t, '}');
    return t.at;
}

/* What the hall calls outage @nth of those the case was told of; 0: it knows none. */
static int64_t
outage_number(const struct play_visit *v, int32_t nth)
{
    for (size_t i = 0; i < v->n_record; i++) {
        const struct value *facts = value_get(&v->record[i], "facts");

        for (uint32_t j = 0; facts && j < facts->n; j++) {
            const char *fact = value_get_string(&facts->item[j], "fact");

            if (fact && !strcmp(fact, "outage") && --nth == 0)
                return value_get(&facts->item[j], "number")->integer;
        }
    }
    return 0;
}

/* An outage is recorded, or taken back: a matter of the hall's, not of the case. */
static void
write_outage(struct play_visit *v, const struct scenario_line *l, struct caller_request *q)
{
    struct text t = text_new(v->arena);

    q->path = "/v1/outages";
    q->body = outage_body(v, l);
    if (l->verb == VERB_RECORDS)
        return;
    put_open(&t, '{');
    put_member_string(&t, "action", "annul");
    put_member_string(&t, "reason", l->reason ? l->reason : "");
    put_close(&t, '}');
    q->path =
        arena_printf(v->arena, "/v1/outages/%lld/actions", (long long)outage_number(v, l->number));
    q->body = t.at;
}

/* The code of the agent called so, by his newest mandate; one that is nobody's where he has none.
 */
static const char *
agent_code(const struct play_visit *v, const char *name)
{
    for (size_t i = v->n_agent; i-- > 0;)
        if (!strcmp(v->agent[i].name, name))
            return v->agent[i].query_code;
    return "0000000000";
}

static void
keep_agent(struct play_visit *v, const struct scenario_line *l, const struct caller_reply *r)
{
    const char *code =
        value_get_string(&r->json, l->verb == VERB_OPENS ? "agentQueryCode" : "queryCode");

    if (!scenario_mandates(l) || !code)
        return;
    v->agent = arena_grow(v->hall->arena, v->agent, v->n_agent, sizeof(*v->agent));
    v->agent[v->n_agent++] = (struct play_agent){.name = l->about.name,
                                                 .query_code = arena_strdup(v->hall->arena, code)};
}

/* Whom another case has named, and who is there now, gets a code of his own. */
static void
keep_code(struct play_visit *v, const struct scenario_line *l, const struct caller_reply *r)
{
    const char *code = value_get_string(&r->json, "queryCode");

    if (code && (l->verb == VERB_IDENTIFIES || l->identified))
        v->query_code = arena_strdup(v->hall->arena, code);
}

/* Who sends it.  Anybody opens a case as its applicant; for others without an account the window
 * does. */
static bool
introduce(struct play_visit *v, const struct scenario_line *l, struct caller_request *q,
          struct error *e)
{
    const char *account = play_account_name(v->arena, &l->actor);

    if (l->verb == VERB_OPENS && !account && l->actor.party != PARTY_PUBLIC && !l->refused)
        account = "window";
    if (l->actor.party == PARTY_APPLICANT && l->verb != VERB_OPENS)
        q->query_code = v->query_code;
    if (l->actor.party == PARTY_AGENT)
        q->query_code = agent_code(v, l->actor.name);
    return !account || play_http_token(v->hall, account, &q->token, e);
}

/* The code of a refusal; NULL when it was accepted. */
static const char *
refusal(const struct caller_reply *r, const struct scenario_line *l)
{
    const char *code = value_get_string(&r->json, "code");

    if (r->status < 300)
        return NULL;
    /* Nobody opens a case without an account, so he is not even asked who he is. */
    if (l->verb == VERB_OPENS && r->status == 401)
        return "forbidden";
    /* What has no URL to go to never left, and so is not awaited when it is taken back. */
    if (l->verb == VERB_SAYS && !strcmp(l->action, "undone") && !l->refused && code &&
        !strcmp(code, "message_unknown"))
        return NULL;
    return code ? code : "no code";
}

static void
check_answer(struct play_visit *v, const struct scenario_line *l, const struct caller_reply *r)
{
    const char *code = refusal(r, l);

    if (code && !l->refused)
        play_http_complain(v, l->line, "expected to be accepted, but refused: %s (%.300s)", code,
                           r->text);
    else if (!code && l->refused)
        play_http_complain(v, l->line, "expected to be refused %s, but accepted", l->refused);
    else if (code && strcmp(code, l->refused) != 0)
        play_http_complain(v, l->line, "expected to be refused %s, but refused %s (%.300s)",
                           l->refused, code, r->text);
}

/* --- messages --- */

static const char *
message_body(struct play_visit *v, const struct scenario_line *l, const char *id)
{
    struct text t = text_new(v->arena);

    put_open(&t, '{');
    put_member_string(&t, "specversion", "1.0");
    put_member_string(&t, "id", id);
    put_member_string(&t, "source", l->actor.role);
    put_member_string(&t, "type", "cn.example.scenario");
    put_key(&t, "data");
    put_open(&t, '{');
    put_member_string(&t, "case", v->number);
    put_member_string(&t, "name", l->action);
    put_member_string(&t, "step", l->step);
    put_input(v, &t, l);
    put_close(&t, '}');
    put_close(&t, '}');
    return t.at;
}

/* Signed as the system would; its ids are its own, so those of each run and case are others. */
static bool
write_message(struct play_visit *v, const struct scenario_line *l, struct caller_request *q,
              struct error *e)
{
    struct text signature = text_new(v->arena);
    struct secret secret;
    struct signed_message m = {.timestamp = l->at / SPAN_SECOND,
                               .secret = &secret,
                               .n_secret = 1,
                               .algorithms = DELIVERY_SHA256};
    const char *text;

    if (!play_http_secret(v->hall, l->actor.role, &text, e) || !secret_read(text, &secret, e))
        return false;
    m.id = l->message ? arena_printf(v->arena, "%s-%s-%s", v->hall->keys, v->number, l->message)
                      : arena_printf(v->arena, "%s-%s-line-%u", v->hall->keys, v->number, l->line);
    m.body = message_body(v, l, m.id);
    m.len = strlen(m.body);
    signature_write(&signature, &m);
    q->path = arena_printf(v->arena, "/v1/messages?system=%s", l->actor.role);
    q->body = m.body;
    q->message = m.id;
    q->signed_at = m.timestamp;
    q->signature = signature.at;
    return true;
}

/* --- all of them --- */

/* What is asked for by somebody who signs in, or has a code, or is anybody. */
static bool
write_command(struct play_visit *v, const struct scenario_line *l, struct caller_request *q,
              struct error *e)
{
    struct play_hall *h = v->hall;
    const char *code = NULL;

    if (!introduce(v, l, q, e) || (l->actor.party == PARTY_VOTER && !read_code(v, l, &code, e)))
        return false;
    q->key = arena_printf(v->arena, "%s-%llu", h->keys, (unsigned long long)h->n_key++);
    if (l->verb == VERB_OPENS) {
        if (l->actor.party == PARTY_PUBLIC)
            q->path = "/v1/progress";
        q->body = opening_body(v, l);
        return true;
    }
    if (l->verb == VERB_RECORDS || l->verb == VERB_ANNULS_OUTAGE) {
        write_outage(v, l, q);
        return true;
    }
    q->path =
        arena_printf(v->arena, "/v1/%s/%s/actions", q->token ? "cases" : "progress", v->number);
    q->body = command_body(v, l, code);
    return play_http_tag(v, l, q, e);
}

/* Until a daemon has taken it to the cases: said again it is told how it stands. */
static bool
await_outage(struct play_visit *v, const struct scenario_line *l, const struct caller_request *q,
             struct error *e)
{
    static const struct timespec pause = {.tv_nsec = 20L * 1000 * 1000};
    struct caller_reply r;

    for (int i = 0; i < OUTAGE_LOOKS; i++) {
        const char *state;

        if (!caller_ask(v->hall->caller, q, v->arena, &r, e))
            return false;
        state = value_get_string(&r.json, "state");
        if (state && !strcmp(state, l->verb == VERB_RECORDS ? "done" : "annulled"))
            return true;
        (void)nanosleep(&pause, NULL);
    }
    play_http_complain(v, l->line, "no daemon takes the outage to the cases");
    return true;
}

bool
play_http_send(struct play_visit *v, const struct scenario_line *l, struct error *e)
{
    struct play_hall *h = v->hall;
    struct caller_request q = {.method = "POST", .path = "/v1/cases"};
    struct caller_reply r;

    if (!(l->verb == VERB_SAYS ? write_message : write_command)(v, l, &q, e) ||
        !caller_ask(h->caller, &q, v->arena, &r, e))
        return false;
    check_answer(v, l, &r);
    if ((l->verb == VERB_RECORDS || l->verb == VERB_ANNULS_OUTAGE) && r.status < 300)
        return await_outage(v, l, &q, e);
    keep_agent(v, l, &r);
    keep_code(v, l, &r);
    if (l->verb == VERB_OPENS && r.status == 201) {
        v->number = arena_strdup(h->arena, value_get_string(&r.json, "number"));
        v->query_code = arena_strdup(h->arena, value_get_string(&r.json, "queryCode"));
    }
    return true;
}
