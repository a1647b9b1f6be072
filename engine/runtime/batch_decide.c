/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the two round trips: every member is decided by the core, on what
 * the one before it left.  The order of the questions is the law of DESIGN 7:
 * may he, the key, and then everything else.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "definition/json.h"
#include "machine/may.h"
#include "runtime/batch_inside.h"

/* What becomes of a member. */
enum fate {
    FATE_TOLD,  /* it has its reply or its error */
    FATE_AGAIN, /* the next transaction */
    FATE_ASIDE  /* when an edition is here */
};

/* So long the alarms of a case wait for the rest of its history. */
static const span QUIET = 10 * SPAN_MINUTE;

/* One member and what it is decided on. */
struct trial {
    struct batch *b;
    struct order *m;
    struct setting setting;
    const struct case_state *c;
    struct case_change *change; /* NULL: a dry opening */
    struct command command;     /* the member's, completed */
    struct opening opening;
    char query_code[QUERY_CODE_TEXT];
    enum fate fate;
};

static bool
same_key(const struct order *m, int64_t scope, const uint8_t digest[KEY_SIZE])
{
    return m->key && order_scope(m) == scope && !memcmp(m->digest, digest, KEY_SIZE);
}

static const struct stored_key *
find_stored(const struct batch *b, const struct order *m)
{
    for (size_t i = 0; i < b->n_stored; i++)
        if (same_key(m, b->stored[i].scope, b->stored[i].digest))
            return &b->stored[i];
    return NULL;
}

/* An earlier member of this transaction with the same key: its reply is not stored yet. */
static bool
key_is_under_way(const struct batch *b, const struct order *m)
{
    const struct order *other;

    TAILQ_FOREACH (other, &b->running, next) {
        if (other == m)
            return false;
        if (other->key && same_key(m, order_scope(other), other->digest))
            return true;
    }
    return false;
}

static void
replay(struct batch *b, struct order *m, const struct stored_key *k)
{
    if (memcmp(k->request, m->request, KEY_SIZE) != 0) {
        error_set(&m->error, ERROR_IDEMPOTENCY_KEY_REUSED, "the key stands for another request");
        return;
    }
    m->reply = k->reply;
    /* That the row can be seen does not prove that it will stay: this commit does. */
    b->writing.mark = true;
    b->counts.replayed++;
}

/* The edition and state of the case, once for all its members. */
static enum fate
read_entry(struct batch *b, struct case_entry *en)
{
    if (en->change || en->trouble.code)
        return FATE_TOLD;
    if (!en->edition)
        en->edition = catalogue_edition(b->o.catalogue, en->row.definition, &en->trouble);
    if (!en->edition)
        return en->trouble.code ? FATE_TOLD : FATE_ASIDE;
    if (!en->row.c && !row_case_state(&en->row, en->edition->w, &b->arena, &en->trouble))
        return FATE_TOLD;
    if (!calendars_know(catalogue_calendars(b->o.catalogue), en->edition->w, en->row.c,
                        &en->trouble))
        return en->trouble.code ? FATE_TOLD : FATE_ASIDE;
    en->change = &b->change[b->n_change++];
    *en->change = (struct case_change){.id = en->id,
                                       .edition = en->edition,
                                       .c = en->row.c,
                                       .look = en->look,
                                       .party = en->row.party,
                                       .applicant = en->row.applicant,
                                       .near = en->near,
                                       .n_near = en->n_near};
    memcpy(en->change->head, en->row.head, HASH_SIZE);
    return FATE_TOLD;
}

/* A case that is opened: everything the shell adds to what the caller sent. */
static void
begin_opening(struct trial *t)
{
    struct batch *b = t->b;
    struct case_state *c = case_new(&b->arena, t->m->edition->w);
    char *number = arena_alloc(&b->arena, NUMBER_TEXT);

    c->id = b->new_id[b->used_id++];
    number_write(number, t->m->command.opening->district, t->m->edition->w->id,
                 instant_day(t->setting.now), c->id);
    c->number = number;
    query_code_new(t->query_code);
    t->opening = *t->m->command.opening;
    t->opening.number = number;
    t->command.opening = &t->opening;
    t->c = c;
    t->change = &b->change[b->n_change++];
    *t->change = (struct case_change){.id = c->id,
                                      .edition = t->m->edition,
                                      .c = c,
                                      .created = true,
                                      .party = t->m->party,
                                      .applicant = t->m->applicant};
    if (t->m->follows) {
        t->change->follows = t->m->follows;
        memcpy(t->change->query, t->m->query, HASH_SIZE);
    } else {
        query_code_hash(number, t->query_code, t->change->query);
    }
}

/* All that was stored of the case so far, for a command that asks for it. */
static bool
read_history(struct trial *t, struct error *e)
{
    struct batch *b = t->b;
    struct value *record = arena_array(&b->arena, b->n_history, struct value);

    for (size_t i = 0; i < b->n_history; i++)
        if (!json_read_stored(&b->arena, b->history[i], strlen(b->history[i]), &record[i], e))
            return false;
    t->command.history = record;
    t->command.n_history = b->n_history;
    return true;
}

/* Whom another case has named is there now: he gets a code, which nobody had before. */
static bool
is_met(const struct trial *t, const struct outcome *out)
{
    return t->m->case_id && t->c->identity.named && t->c->identity.claimed &&
           !out->next->identity.claimed && !t->m->dry_run;
}

/* What is told once, to who opens a case or meets its applicant; of a mandate, the agent's. */
static const char *
code_told(struct trial *t, const struct outcome *out)
{
    if (is_met(t, out)) {
        query_code_new(t->query_code);
        query_code_hash(t->c->number, t->query_code, t->change->query);
        t->change->coded = true;
        return t->query_code;
    }
    if (t->m->case_id)
        return t->m->agent_code;
    return t->m->follows ? NULL : t->query_code;
}

static void
answer(struct trial *t, const struct outcome *out)
{
    struct order *m = t->m;
    const struct decision d = {.workflow = t->setting.workflow,
                               .c = out->next,
                               .outcome = out,
                               .query_code = code_told(t, out),
                               .agent_code = m->case_id ? NULL : m->agent_code,
                               .now = t->setting.now};

    m->reply = (struct reply){.status = 204};
    if (m->answer)
        m->answer(m, &d, &t->b->arena, &m->reply);
    m->reply.case_id = t->c->id;
}

static void
store_key(struct trial *t)
{
    const struct order *m = t->m;
    const struct key_change key = {.scope = order_scope(m),
                                   .unreserved = m->broad,
                                   .digest = m->digest,
                                   .request = m->request,
                                   .created = m->recorded ? INSTANT_MAX : t->b->now,
                                   .case_id = m->reply.case_id,
                                   .status = m->reply.status,
                                   .etag = m->reply.etag,
                                   .body = m->reply.body};

    if (m->key)
        writing_key(&t->b->writing, &key);
}

/* An opening's agent gets his code for the number that the case was given. */
static void
write_agent(struct trial *t, const struct case_state *next)
{
    const struct order *m = t->m;
    struct agent_change agent = *m->agent;
    uint8_t *query = arena_alloc(&t->b->arena, HASH_SIZE);

    if (!m->case_id && m->agent_code) {
        query_code_hash(next->number, m->agent_code, query);
        agent.query = query;
    }
    writing_agent(&t->b->writing, t->c->id, (int32_t)next->n_mandate, &agent);
}

/* Silence looked back, which is seldom, and could not see: once more, with all records. */
static void
look_back(struct trial *t)
{
    struct order *m = t->m;

    if (m->looks_back) {
        error_set(&m->error, ERROR_INTERNAL, "of %lld records of the case %zu are there",
                  (long long)t->c->recorded, t->b->n_history);
        return;
    }
    m->looks_back = m->alone = true;
    m->error = (struct error){0};
    t->fate = FATE_AGAIN;
}

/* What was written is of the old version; what is written from now on of the new one. */
static void
move_on(struct trial *t, const struct case_state *next)
{
    struct batch *b = t->b;
    const struct order *m = t->m;
    const struct migration *plan = m->command.migration;

    writing_migrated(t->change, m->edition);
    if (m->plan)
        writing_move(
            &b->writing, t->change,
            &(struct move_row){.plan = m->plan,
                               .effect = migration_effect(plan, t->c, next, b->now),
                               .departments = migration_departments(&b->arena, plan->from, t->c)});
}

static void
decide(struct trial *t)
{
    struct batch *b = t->b;
    struct order *m = t->m;
    struct outcome *out = arena_new(&b->arena, struct outcome);
    const bool done =
        machine_decide(&t->setting, t->c, &t->command, &b->arena, out, &m->violations, &m->error);

    if (out->blind) {
        look_back(t);
        return;
    }
    if (!done) {
        if (m->inbound)
            batch_message_decided(b, m, 0, 0);
        if (m->relay)
            batch_relay_heard(b, m);
        return;
    }
    out->next->id = t->c->id;
    if (!batch_suffer(b, m, &t->setting, t->change, &out, &m->error))
        return;
    if (m->command.kind == COMMAND_ALARM && out->n_record == 0) {
        if (t->c->alarm != INSTANT_NONE && t->c->alarm < b->now)
            log_error("an alarm came and nothing was due", log_int("case", m->case_id));
        t->change->looked = true;
    }
    answer(t, out);
    if (m->dry_run)
        return;
    t->change->quiet = m->recorded && m->more ? b->now + QUIET : 0;
    writing_outcome(&b->writing, t->change, out);
    if (m->command.kind == COMMAND_MIGRATE)
        move_on(t, out->next);
    if (m->agent)
        write_agent(t, out->next);
    b->counts.records += out->n_record;
    if (m->inbound)
        batch_message_decided(b, m, m->case_id, out->letter);
    if (m->relay)
        batch_relay_heard(b, m);
    store_key(t);
}

/* What the case looks like to somebody who was refused. */
static void
show(struct trial *t)
{
    t->m->seen_workflow = t->setting.workflow;
    t->m->seen = t->m->case_id ? t->c : NULL;
    t->m->now = t->b->now;
}

/* Only history is decided at another moment than now. */
static bool
may_record(const struct trial *t, struct error *e)
{
    const struct order *m = t->m;

    if (!m->recorded || actor_is(&m->command.actor, "import", "*"))
        return true;
    return error_set(e, ERROR_FORBIDDEN, "%s may not say when it happened", m->command.actor.id);
}

static bool
check_recorded(const struct trial *t, struct error *e)
{
    const struct order *m = t->m;
    char text[INSTANT_TEXT];

    if (!m->recorded)
        return true;
    if (m->at > t->b->now)
        return error_set(e, ERROR_GUARD_FAILED, "%s is still to come", instant_write(m->at, text));
    if (t->c->moment != INSTANT_NONE && m->at < t->c->moment)
        return error_set(e, ERROR_STALE, "the case has moved on: its last moment is %s",
                         instant_write(t->c->moment, text));
    return true;
}

static void
try_member(struct trial *t)
{
    struct batch *b = t->b;
    struct order *m = t->m;
    const struct stored_key *stored = find_stored(b, m);

    if (batch_relay_is_gone(b, m))
        return;
    if ((!m->relay && !machine_may(t->setting.workflow, t->c, &t->command, &m->error)) ||
        !may_record(t, &m->error))
        return;
    if (stored && stored->reply.status) {
        replay(b, m, stored);
        return;
    }
    if (m->inbound && batch_message_replay(b, m))
        return;
    if (!check_recorded(t, &m->error))
        return;
    if (m->looks_back && !read_history(t, &m->error))
        return;
    decide(t);
}

/* A reserved key whose command was refused is given back. */
static void
release_key(struct batch *b, const struct order *m)
{
    const struct stored_key *stored = find_stored(b, m);
    const struct key_change key = {.digest = m->digest};

    if (!m->case_id && m->key && stored && !stored->reply.status && (m->error.code || m->dry_run))
        writing_key(&b->writing, &key);
}

/* 256 bits from the system's generator, as text. */
static const char *
fresh_seed(struct arena *a)
{
    uint32_t word[8];

    arc4random_buf(word, sizeof(word));
    return arena_printf(a, "%08x%08x%08x%08x%08x%08x%08x%08x", word[0], word[1], word[2], word[3],
                        word[4], word[5], word[6], word[7]);
}

static struct setting
setting_of(struct batch *b, const struct order *m, const struct workflow *w)
{
    struct setting s = {.workflow = w,
                        .calendar = calendars_house(catalogue_calendars(b->o.catalogue)),
                        .now = m->recorded ? m->at : b->now,
                        .seed = w->takes_seed ? fresh_seed(&b->arena) : NULL};

    if (b->n_broken)
        batch_credit(b, m, &s);
    return s;
}

static enum fate
judge_case(struct batch *b, struct order *m)
{
    struct case_entry *en = m->entry;
    struct trial t = {.b = b, .m = m, .command = m->command};

    if (!en->found) {
        error_set(&m->error, ERROR_NOT_FOUND, "there is no such case");
        if (m->relay && !batch_relay_is_gone(b, m))
            batch_relay_heard(b, m);
        return FATE_TOLD;
    }
    if (!en->locked) {
        m->skipped++;
        b->counts.skipped++;
        return FATE_AGAIN;
    }
    if (read_entry(b, en) == FATE_ASIDE)
        return FATE_ASIDE;
    if (en->trouble.code) {
        m->error = en->trouble;
        return FATE_TOLD;
    }
    t.change = en->change;
    t.c = en->change->c;
    if (en->edition->w->asks_credit && !en->asked)
        return FATE_AGAIN; /* its edition came while the others' were asked for */
    t.setting = setting_of(b, m, en->edition->w);
    try_member(&t);
    if (m->error.code)
        show(&t);
    return t.fate;
}

static void
judge_opening(struct batch *b, struct order *m)
{
    struct trial t = {
        .b = b, .m = m, .command = m->command, .setting = setting_of(b, m, m->edition->w)};

    begin_opening(&t);
    try_member(&t);
    release_key(b, m);
    if (m->error.code)
        show(&t);
}

void
batch_decide(struct batch *b)
{
    struct order *m = TAILQ_FIRST(&b->running), *following;

    writing_begin(&b->writing, &b->arena, b->o.cell, b->journal, b->now);
    for (; m; m = following) {
        enum fate fate = FATE_TOLD;

        following = TAILQ_NEXT(m, next);
        m->error = (struct error){0};
        m->reply = (struct reply){0};
        m->violations = (struct violations){0};
        m->receipt = (struct receipt){0};
        m->heard = false;
        if (key_is_under_way(b, m) || batch_message_is_under_way(b, m))
            fate = FATE_AGAIN;
        else if (m->case_id)
            fate = judge_case(b, m);
        else
            judge_opening(b, m);
        if (fate == FATE_TOLD)
            continue;
        TAILQ_REMOVE(&b->running, m, next);
        TAILQ_INSERT_TAIL(fate == FATE_ASIDE ? &b->aside : &b->again, m, next);
        b->n_waiting += fate == FATE_ASIDE;
    }
}
