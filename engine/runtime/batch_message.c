/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from outside within a transaction: told once, recorded with what became of them. */
#include <string.h>

#include "base/require.h"
#include "runtime/batch_inside.h"

static bool
same_message(const struct inbound *x, const char *source, const char *id)
{
    return !strcmp(x->id, id) && !strcmp(x->source, source);
}

static void
on_messages(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;
    struct arena *a = &b->arena;

    batch_trouble(b, e);
    if (e)
        return;
    b->message = arena_array(a, PQntuples(res), struct stored_message);
    for (int row = 0; row < PQntuples(res); row++) {
        struct stored_message *s = &b->message[b->n_message++];
        const char *reason = row_text(res, row, 6);
        const void *hash;
        size_t len;

        s->source = row_copy(res, row, 0, a);
        s->id = row_copy(res, row, 1, a);
        hash = row_bytes(res, row, 2, &len);
        require(len == HASH_SIZE);
        memcpy(s->hash, hash, HASH_SIZE);
        s->receipt = (struct receipt){.state = (enum inbox_state)row_int(res, row, 3),
                                      .case_id = row_int(res, row, 4),
                                      .letter = (int32_t)row_int(res, row, 5),
                                      .reason = reason ? arena_strdup(a, reason) : NULL,
                                      .repeated = true};
    }
}

void
batch_send_messages(struct batch *b)
{
    struct column source = column_new(&b->arena, COLUMN_TEXT);
    struct column id = column_new(&b->arena, COLUMN_TEXT);
    struct parameters v = parameters_new(&b->arena);
    const struct order *m;

    TAILQ_FOREACH (m, &b->running, next) {
        if (!m->inbound)
            continue;
        column_text(&source, m->inbound->source);
        column_text(&id, m->inbound->id);
    }
    if (source.n == 0)
        return;
    parameter_int(&v, b->o.cell);
    parameter_column(&v, &source);
    parameter_column(&v, &id);
    pipeline_send(b->o.pipeline, SQL_inbox_read, &v, on_messages, b);
}

bool
batch_message_is_under_way(const struct batch *b, const struct order *m)
{
    const struct order *other;

    TAILQ_FOREACH (other, &b->running, next) {
        if (other == m || !m->inbound)
            return false;
        if (other->inbound && same_message(m->inbound, other->inbound->source, other->inbound->id))
            return true;
    }
    return false;
}

static const struct stored_message *
find_stored(const struct batch *b, const struct inbound *x)
{
    for (size_t i = 0; i < b->n_message; i++)
        if (same_message(x, b->message[i].source, b->message[i].id))
            return &b->message[i];
    return NULL;
}

bool
batch_message_replay(struct batch *b, struct order *m)
{
    const struct stored_message *s = find_stored(b, m->inbound);

    if (!s || (m->inbound->assigned_by && s->receipt.state == INBOX_WAITING))
        return false;
    if (memcmp(s->hash, m->inbound->hash, HASH_SIZE) != 0) {
        error_set(&m->error, ERROR_IDEMPOTENCY_KEY_REUSED, "message %.64s of %.64s was another one",
                  m->inbound->id, m->inbound->source);
        return true;
    }
    m->receipt = s->receipt;
    /* That the row can be seen does not prove that it will stay: this commit does. */
    b->writing.mark = true;
    b->counts.replayed++;
    return true;
}

void
batch_message_decided(struct batch *b, struct order *m, int64_t case_id, int32_t letter)
{
    const struct inbound *x = m->inbound;

    if (m->error.code && x->assigned_by)
        return; /* the person is told, and the message waits on */
    m->receipt = (struct receipt){.state = INBOX_SETTLED, .case_id = case_id, .letter = letter};
    if (m->error.code) {
        m->receipt =
            (struct receipt){.state = INBOX_REJECTED,
                             .reason = arena_printf(&b->arena, "%s: %s", error_name(m->error.code),
                                                    m->error.detail)};
        m->error = (struct error){0};
        m->violations = (struct violations){0};
    }
    b->writing.mark = true;
    writing_message(&b->writing, &(struct message_change){
                                     .source = x->source,
                                     .id = x->id,
                                     .name = m->command.action,
                                     .subject = x->subject,
                                     .hash = x->hash,
                                     .body = x->body,
                                     .state = (int)m->receipt.state,
                                     .case_id = m->receipt.case_id,
                                     .letter = m->receipt.letter,
                                     .reason = x->assigned_by ? x->reason : m->receipt.reason,
                                     .assigned_by = x->assigned_by});
}
