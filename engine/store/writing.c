/* SPDX-License-Identifier: Apache-2.0 */
/* Outcomes of commands as arrays of columns, one statement per table. */
#include "store/writing.h"
#include "machine/founding.h"

#include <stdlib.h>
#include <string.h>

#include "store/certificate.h"
#include "store/writing_case.h"

static void
start(struct arena *a, struct column *c, const char *types)
{
    for (size_t i = 0; types[i]; i++) {
        const enum column_type type = types[i] == 'i'   ? COLUMN_INT
                                      : types[i] == '@' ? COLUMN_INSTANT
                                      : types[i] == 't' ? COLUMN_TEXT
                                                        : COLUMN_BYTES;

        c[i] = column_new(a, type);
    }
}

void
writing_begin(struct writing *w, struct arena *a, int64_t cell, int64_t journal, instant moment)
{
    *w = (struct writing){.arena = a, .cell = cell, .journal = journal, .moment = moment};
    /* i: bigint, @: timestamptz, t: text, b: bytea; in the order of the statements */
    start(a, w->fact, "ii@ittb");
    start(a, w->timing, "iiiii@@@iiiiiiittttttttttt");
    start(a, w->outbox, "iitit@titit");
    start(a, w->key, "ibb@iitt");
    writing_cards_begin(w);
    writing_inbox_begin(w);
    start(a, w->issue, "iitti@@tit");
    start(a, w->agent, "iittbb");
    writing_voids_begin(w);
    writing_relay_begin(w);
    writing_undo_begin(w);
    writing_files_begin(w);
    writing_moves_begin(w);
}

static void
add_fact(struct writing *w, struct case_change *change, const struct record *r)
{
    struct text body = text_new(w->arena);
    struct column *c = w->fact;

    record_write(&body, change->edition->w, r);
    digest_chain(change->head, body.at, body.len);
    w->link = arena_grow(w->arena, w->link, w->n_link, sizeof(*w->link));
    w->link[w->n_link] = (struct link){.case_id = change->id, .number = r->number};
    memcpy(w->link[w->n_link++].hash, change->head, HASH_SIZE);
    column_int(c++, change->id);
    column_int(c++, r->number);
    column_instant(c++, r->at);
    column_int(c++, r->kind);
    column_text(c++, r->actor);
    column_bytes(c++, body.at, body.len);
    column_bytes(c++, change->head, HASH_SIZE);
}

/* {"correction": milliseconds, …} on the wall, in the order in which grounds first held. */
static const char *
stopped_by(struct arena *a, const struct timing *t)
{
    struct text out = text_new(a);

    put_open(&out, '{');
    for (uint32_t i = 0; i < t->n_stand; i++) {
        const char *ground = t->stand[i].ground;
        span sum = 0;
        bool seen = false;

        for (uint32_t j = 0; j < t->n_stand && !seen; j++) {
            const instant to = t->stand[j].to == INSTANT_NONE ? t->ended : t->stand[j].to;

            if (strcmp(t->stand[j].ground, ground) != 0)
                continue;
            seen = j < i;
            sum += to > t->stand[j].from ? to - t->stand[j].from : 0;
        }
        if (!seen)
            put_member_int(&out, ground, sum / 1000);
    }
    put_close(&out, '}');
    return t->n_stand ? out.at : NULL;
}

static const char *
limit_text(struct arena *a, const struct timing *t)
{
    struct text out = text_new(a);

    if (!limit_is_set(t->limit))
        return NULL;
    limit_write(&out, t->limit, LANGUAGE_EN);
    return out.at;
}

static void
add_timing(struct writing *w, const struct case_change *change, const struct timing *t)
{
    const struct workflow *f = change->edition->w;
    const struct clock_rule *rule = t->rule == NONE ? NULL : &f->clock[t->rule];
    struct column *c = w->timing;

    column_int(c++, change->id);
    column_int(c++, t->visit);
    column_int(c++, t->clock);
    column_int(c++, t->record);
    column_int(c++, change->edition->id);
    column_instant(c++, t->started);
    column_instant(c++, t->ended);
    column_instant(c++, t->due);
    column_int(c++, t->measure.elapsed / 1000);
    column_int(c++, t->measure.counted / 1000);
    column_int(c++, t->measure.stopped / 1000);
    column_int(c++, t->measure.counted_days);
    column_int(c++, t->verdict);
    if (rule)
        column_int(c++, rule->kind);
    else
        column_null(c++);
    column_int(c++, t->cancelled);
    column_text(c++, t->step == NONE ? NULL : f->step[t->step].path);
    column_text(c++, rule ? rule->id : NULL);
    column_text(c++, limit_text(w->arena, t));
    column_text(c++, t->department);
    column_text(c++, change->c->district);
    column_text(c++, stopped_by(w->arena, t));
    column_text(c++, t->by);
    column_text(c++, t->action);
    column_text(c++, t->element);
    column_text(c++, t->explanation);
    column_text(c++, t->calendar);
}

/* The step is the system's own, and open: its answer is the action. */
static bool
is_awaited(const struct case_change *change, const struct message *m)
{
    const struct visit *v = case_visit(change->c, m->visit);
    const struct step *s = v ? &change->edition->w->step[v->step] : NULL;

    return s && s->kind == STEP_TASK && s->by == ACTOR_SYSTEM && !strcmp(s->role, m->system);
}

static const char *
around_text(struct arena *a, const struct message *m)
{
    struct text t = text_new(a);

    text_char(&t, '{');
    for (uint32_t i = 0; i < m->n_around; i++) {
        text_str(&t, i ? "," : "");
        text_int(&t, m->around[i]);
    }
    text_char(&t, '}');
    return t.at;
}

static void
add_message(struct writing *w, const struct case_change *change, const struct message *m)
{
    struct text body = text_new(w->arena);
    struct column *c = w->outbox;

    value_write(&body, &m->data);
    column_int(c++, change->id);
    column_int(c++, m->number);
    column_text(c++, m->system);
    column_int(c++, m->visit);
    column_text(c++, m->step);
    column_instant(c++, change->c->moment);
    column_bytes(c++, body.at, body.len);
    column_int(c++, is_awaited(change, m));
    column_text(c++, around_text(w->arena, m));
    column_int(c++, m->undoes);
    column_text(c++, m->region);
    if (m->undoes)
        writing_undo(w, change->id, m->undoes, m->number);
}

/* {1,2}: arrays of arrays have no other form. */
static const char *
part_text(struct arena *a, const struct issue *x)
{
    struct text t = text_new(a);

    text_char(&t, '{');
    for (uint32_t i = 0; i < x->n_part; i++) {
        if (i)
            text_char(&t, ',');
        text_int(&t, x->part[i]);
    }
    text_char(&t, '}');
    return t.at;
}

static void
add_issue(struct writing *w, const struct case_change *change, const struct issue *x)
{
    const char *born = case_founded(change->edition->w, change->c);
    /* One enterprise founds another: the name that is known is the founder's. */
    const bool other = born && change->party && strcmp(born, change->party) != 0;
    const struct certificate_case of = {.workflow = change->edition->w,
                                        .c = change->c,
                                        .holder_code = born ? born : change->party,
                                        .holder_name = other ? NULL : change->applicant};
    const struct certificate_kind *kind = &of.workflow->certificate[x->kind];
    struct text body = text_new(w->arena);
    char number[CERTIFICATE_TEXT];
    struct column *c = w->issue;

    certificate_number_write(number, kind->prefix, change->c->number, x->number);
    certificate_body(&body, &of, x);
    column_int(c++, change->id);
    column_int(c++, x->number);
    column_text(c++, number);
    column_text(c++, kind->id);
    column_int(c++, change->edition->id);
    column_instant(c++, x->at);
    column_instant(c++, x->until);
    column_text(c++, part_text(w->arena, x));
    if (x->replaces)
        column_int(c++, x->replaces);
    else
        column_null(c++);
    column_bytes(c++, body.at, body.len);
}

/* A case that brings an enterprise into being is that enterprise's, too. */
static void
note_founded(struct case_change *change, const char *was, const char *is)
{
    if (was ? is && !strcmp(was, is) : !is)
        return;
    if (!change->founded)
        change->was_born = was;
    change->founded = true;
}

void
writing_outcome(struct writing *w, struct case_change *change, const struct outcome *out)
{
    writing_over(w, change, out);
    change->first_changed =
        change->first_changed || change->c->first.account != out->next->first.account;
    change->sorted = change->sorted || !case_sorted_alike(change->c, out->next);
    change->identified = change->identified || !case_identified_alike(change->c, out->next);
    note_founded(change, case_founded(change->edition->w, change->c),
                 case_founded(change->edition->w, out->next));
    change->credit = change->credit || !case_credit_alike(change->edition->w, change->c, out->next);
    change->district_changed =
        change->district_changed ||
        (change->c->district && strcmp(change->c->district, out->next->district) != 0);
    change->c = out->next;
    change->changed = change->changed || out->n_record > 0;
    change->form_changed = change->form_changed || out->form_changed;
    for (uint32_t i = 0; i < out->n_record; i++) {
        add_fact(w, change, &out->record[i]);
        writing_files(w, change->id, &out->record[i]);
    }
    for (uint32_t i = 0; i < out->n_timing; i++)
        add_timing(w, change, &out->timing[i]);
    for (uint32_t i = 0; i < out->n_card; i++)
        writing_card(w, change, &out->card[i]);
    for (uint32_t i = 0; i < out->n_message; i++)
        add_message(w, change, &out->message[i]);
    for (uint32_t i = 0; i < out->n_issue; i++)
        add_issue(w, change, &out->issue[i]);
    for (uint32_t i = 0; i < out->n_discard; i++)
        writing_discard(w, change, &out->discard[i]);
    for (uint32_t i = 0; i < out->n_voiding; i++)
        writing_voiding(w, change, &out->voiding[i]);
    for (uint32_t i = 0; i < out->n_shortening; i++)
        writing_shortening(w, change, &out->shortening[i]);
    for (uint32_t i = 0; i < out->n_cancelled; i++)
        writing_cancelled(w, change->id, &out->cancelled[i]);
    for (uint32_t i = 0; i < out->n_relay; i++)
        writing_relay(w, change->id, &out->relay[i]);
    if (out->annulled) { /* one at most: an annulment is alone in its transaction */
        w->annulled_case = change->id;
        w->annulled_record = out->annulled;
    }
}

void
writing_migrated(struct case_change *change, const struct edition *to)
{
    note_founded(change, case_founded(change->edition->w, change->c),
                 case_founded(to->w, change->c));
    change->edition = to;
    change->sorted = true;
}

static void
put_hash(struct column *c, const uint8_t *hash)
{
    if (hash)
        column_bytes(c, hash, HASH_SIZE);
    else
        column_null(c);
}

void
writing_agent(struct writing *w, int64_t case_id, int32_t number, const struct agent_change *agent)
{
    struct column *c = w->agent;

    column_int(c++, case_id);
    column_int(c++, number);
    column_text(c++, agent->account);
    column_text(c++, agent->who);
    put_hash(c++, agent->salt);
    put_hash(c++, agent->query);
}

void
writing_key(struct writing *w, const struct key_change *key)
{
    struct column *c = w->key;

    if (!key->scope && !key->unreserved) {
        w->reserved = arena_grow(w->arena, w->reserved, w->n_reserved, sizeof(*key));
        w->reserved[w->n_reserved++] = *key;
        return;
    }
    column_int(c++, key->scope);
    column_bytes(c++, key->digest, KEY_SIZE);
    column_bytes(c++, key->request, KEY_SIZE);
    column_instant(c++, key->created);
    column_int(c++, key->case_id);
    column_int(c++, key->status);
    column_text(c++, key->etag);
    column_text(c++, key->body);
}

/* Where the answer goes, and which cell and journal the statements name. */
struct sending {
    struct writing *w;
    struct pipeline *p;
    pipeline_answer_fn *answer;
    void *arg;
};

static void
send_table(const struct sending *s, enum statement_id id, bool journal, struct column *c, size_t n)
{
    struct parameters v = parameters_new(s->w->arena);

    if (c[0].n == 0)
        return;
    parameter_int(&v, s->w->cell);
    if (journal)
        parameter_int(&v, s->w->journal);
    for (size_t i = 0; i < n; i++)
        parameter_column(&v, &c[i]);
    pipeline_send(s->p, id, &v, s->answer, s->arg);
}

/* What becomes of a key that was reserved for an opening. */
static void
send_reserved(const struct sending *s, const struct key_change *key)
{
    struct parameters v = parameters_new(s->w->arena);

    parameter_int(&v, s->w->cell);
    parameter_bytes(&v, key->digest, KEY_SIZE);
    if (!key->status) {
        pipeline_send(s->p, SQL_key_release, &v, s->answer, s->arg);
        return;
    }
    parameter_int(&v, key->case_id);
    parameter_int(&v, key->status);
    parameter_text(&v, key->etag);
    parameter_text(&v, key->body);
    pipeline_send(s->p, SQL_key_answer, &v, s->answer, s->arg);
}

/* What is annulled has measured nothing. */
static void
send_withdrawal(const struct sending *s)
{
    struct parameters v = parameters_new(s->w->arena);

    if (!s->w->annulled_case)
        return;
    parameter_int(&v, s->w->cell);
    parameter_int(&v, s->w->annulled_case);
    parameter_int(&v, s->w->annulled_record);
    pipeline_send(s->p, SQL_timing_withdraw, &v, s->answer, s->arg);
}

static int
compare_links(const void *a, const void *b)
{
    const struct link *x = a, *y = b;

    if (x->case_id != y->case_id)
        return x->case_id < y->case_id ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* By case and number, so that whoever has the rows can compute it again. */
static void
chain_links(struct writing *w, uint8_t hash[HASH_SIZE])
{
    memset(hash, 0, HASH_SIZE);
    if (w->n_link)
        qsort(w->link, w->n_link, sizeof(*w->link), compare_links);
    for (size_t i = 0; i < w->n_link; i++)
        digest_chain(hash, w->link[i].hash, HASH_SIZE);
}

static void
send_journal(const struct sending *s)
{
    struct parameters v = parameters_new(s->w->arena);
    uint8_t hash[HASH_SIZE];

    if (s->w->fact[0].n == 0 && !s->w->mark)
        return;
    chain_links(s->w, hash);
    parameter_int(&v, s->w->cell);
    parameter_int(&v, s->w->journal);
    parameter_instant(&v, s->w->moment);
    parameter_int(&v, s->w->fact[0].n);
    parameter_bytes(&v, hash, HASH_SIZE);
    pipeline_send(s->p, SQL_journal_insert, &v, s->answer, s->arg);
}

void
writing_send(struct writing *w, struct pipeline *p, const struct case_change *change,
             size_t n_change, pipeline_answer_fn *answer, void *arg)
{
    const struct sending s = {.w = w, .p = p, .answer = answer, .arg = arg};
    const struct case_table t = {.arena = w->arena,
                                 .cell = w->cell,
                                 .now = w->moment,
                                 .change = change,
                                 .n_change = n_change};

    case_table_send(&t, p, answer, arg);
    send_table(&s, SQL_fact_insert, true, w->fact, 7);
    send_withdrawal(&s);
    send_table(&s, SQL_timing_insert, true, w->timing, 26);
    send_table(&s, SQL_outbox_insert, false, w->outbox, 11);
    writing_undo_send(w, p, answer, arg);
    writing_files_send(w, p, answer, arg);
    send_table(&s, SQL_certificate_insert, false, w->issue, 10);
    writing_voids_send(w, p, answer, arg);
    send_table(&s, SQL_mandate_insert, false, w->agent, 6);
    send_table(&s, SQL_key_insert, false, w->key, 8);
    for (size_t i = 0; i < w->n_reserved; i++)
        send_reserved(&s, &w->reserved[i]);
    writing_cards_send(w, p, answer, arg);
    writing_inbox_send(w, p, change, n_change, answer, arg);
    writing_moves_send(w, p, answer, arg);
    writing_relay_send(w, p, answer, arg);
    send_journal(&s);
}
