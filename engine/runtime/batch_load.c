/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first round trip of a transaction: locks, and then, in statements of
 * their own and so with a new snapshot, everything the decisions need.
 */
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "runtime/batch_inside.h"

/* Columns of batch_read behind those of row_case(). */
enum { LOOK = 11, NEAR };

void
batch_trouble(struct batch *b, const struct error *e)
{
    if (e && !b->trouble.code)
        b->trouble = *e;
}

static void
on_failure(void *arg, const PGresult *res, const struct error *e)
{
    (void)res;
    batch_trouble(arg, e);
}

static int
compare_ids(const void *a, const void *b)
{
    const int64_t x = ((const struct case_entry *)a)->id, y = ((const struct case_entry *)b)->id;

    return x < y ? -1 : x > y;
}

struct case_entry *
batch_entry(const struct batch *b, int64_t id)
{
    const struct case_entry key = {.id = id};

    return b->n_entry ? bsearch(&key, b->entry, b->n_entry, sizeof(key), compare_ids) : NULL;
}

/* One entry for each case the members speak of, in order of ids. */
static void
make_entries(struct batch *b, size_t n_member)
{
    struct order *m;
    size_t n = 0, unique = 0;

    b->entry = arena_array(&b->arena, n_member, struct case_entry);
    b->change = arena_array(&b->arena, n_member, struct case_change);
    TAILQ_FOREACH (m, &b->running, next)
        if (m->case_id)
            b->entry[n++].id = m->case_id;
    qsort(b->entry, n, sizeof(*b->entry), compare_ids);
    for (size_t i = 0; i < n; i++)
        if (unique == 0 || b->entry[unique - 1].id != b->entry[i].id)
            b->entry[unique++].id = b->entry[i].id;
    b->n_entry = unique;
    TAILQ_FOREACH (m, &b->running, next)
        m->entry = m->case_id ? batch_entry(b, m->case_id) : NULL;
}

static void
on_locked(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;

    batch_trouble(b, e);
    for (int row = 0; res && row < PQntuples(res); row++)
        batch_entry(b, row_int(res, row, 0))->locked = true;
}

static void
on_read(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;

    batch_trouble(b, e);
    for (int row = 0; res && row < PQntuples(res); row++) {
        struct case_entry *en = batch_entry(b, row_int(res, row, 0));

        en->row = row_case(res, row, &b->arena);
        en->look = row_instant(res, row, LOOK);
        en->near = row_ints(res, row, NEAR, &b->arena, &en->n_near);
        en->found = true;
    }
}

static void
on_begun(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;

    batch_trouble(b, e);
    if (e)
        return;
    b->now = row_instant(res, 0, 0);
    b->journal = row_int(res, 0, 1);
    b->new_id = row_ints(res, 0, 2, &b->arena, &b->n_new_id);
}

static void
copy_digest(const PGresult *res, int row, int column, uint8_t out[KEY_SIZE])
{
    size_t len;
    const void *bytes = row_bytes(res, row, column, &len);

    require(len == KEY_SIZE);
    memcpy(out, bytes, KEY_SIZE);
}

static void
on_keys(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;
    struct arena *a = &b->arena;

    batch_trouble(b, e);
    if (e)
        return;
    b->stored = arena_array(a, PQntuples(res), struct stored_key);
    for (int row = 0; row < PQntuples(res); row++) {
        struct stored_key *k = &b->stored[b->n_stored++];
        const char *etag = row_text(res, row, 5), *body = row_text(res, row, 6);

        k->scope = row_int(res, row, 0);
        copy_digest(res, row, 1, k->digest);
        copy_digest(res, row, 2, k->request);
        k->reply = (struct reply){.case_id = row_int(res, row, 3),
                                  .status = (int)row_int(res, row, 4),
                                  .etag = etag ? arena_strdup(a, etag) : NULL,
                                  .body = body ? arena_strdup(a, body) : NULL,
                                  .replayed = true};
    }
}

static void
send_cases(struct batch *b, enum statement_id s, pipeline_answer_fn *answer)
{
    struct column ids = column_new(&b->arena, COLUMN_INT);
    struct parameters v = parameters_new(&b->arena);

    if (b->n_entry == 0)
        return;
    for (size_t i = 0; i < b->n_entry; i++)
        column_int(&ids, b->entry[i].id);
    parameter_int(&v, b->o.cell);
    parameter_column(&v, &ids);
    pipeline_send(b->o.pipeline, s, &v, answer, b);
}

static void
send_locks(struct batch *b)
{
    const struct order *first = TAILQ_FIRST(&b->running);
    struct parameters v = parameters_new(&b->arena);

    if (!first->alone) {
        send_cases(b, SQL_batch_lock, on_locked);
        return;
    }
    parameter_int(&v, b->o.lock_timeout / 1000);
    pipeline_send(b->o.pipeline, SQL_session_lock_timeout, &v, on_failure, b);
    send_cases(b, SQL_batch_lock_wait, on_locked);
}

/* Creating commands take their keys before the time is read: it may mean waiting. */
static size_t
send_reservations(struct batch *b)
{
    struct column key = column_new(&b->arena, COLUMN_BYTES);
    struct column request = column_new(&b->arena, COLUMN_BYTES);
    struct column created = column_new(&b->arena, COLUMN_INSTANT);
    struct parameters v = parameters_new(&b->arena);
    const struct order *m;
    size_t n_open = 0;

    TAILQ_FOREACH (m, &b->running, next) {
        if (m->case_id)
            continue;
        n_open++;
        if (!m->key || m->dry_run)
            continue;
        column_bytes(&key, m->digest, KEY_SIZE);
        column_bytes(&request, m->request, KEY_SIZE);
        column_instant(&created, m->recorded ? INSTANT_MAX : INSTANT_NONE); /* NONE: now */
    }
    if (key.n == 0)
        return n_open;
    parameter_int(&v, b->o.cell);
    parameter_column(&v, &key);
    parameter_column(&v, &request);
    parameter_column(&v, &created);
    pipeline_send(b->o.pipeline, SQL_key_reserve, &v, on_failure, b);
    return n_open;
}

static void
send_begin(struct batch *b, size_t n_open)
{
    struct parameters v = parameters_new(&b->arena);

    parameter_int(&v, (int64_t)n_open);
    pipeline_send(b->o.pipeline, SQL_batch_begin, &v, on_begun, b);
}

static void
send_keys(struct batch *b)
{
    struct column scope = column_new(&b->arena, COLUMN_INT);
    struct column key = column_new(&b->arena, COLUMN_BYTES);
    struct parameters v = parameters_new(&b->arena);
    const struct order *m;

    TAILQ_FOREACH (m, &b->running, next) {
        if (!m->key)
            continue;
        column_int(&scope, order_scope(m));
        column_bytes(&key, m->digest, KEY_SIZE);
    }
    if (key.n == 0)
        return;
    parameter_int(&v, b->o.cell);
    parameter_column(&v, &scope);
    parameter_column(&v, &key);
    pipeline_send(b->o.pipeline, SQL_key_read, &v, on_keys, b);
}

static void
on_history(void *arg, const PGresult *res, const struct error *e)
{
    struct batch *b = arg;

    batch_trouble(b, e);
    if (e)
        return;
    b->history = arena_array(&b->arena, PQntuples(res), const char *);
    for (int row = 0; row < PQntuples(res); row++)
        b->history[b->n_history++] = row_copy(res, row, 0, &b->arena);
}

/* What looks back stands alone in its transaction: batch_submit() sees to it, or decide(). */
static void
send_history(struct batch *b)
{
    const struct order *m = TAILQ_FIRST(&b->running);
    struct parameters v = parameters_new(&b->arena);

    if (!m->looks_back)
        return;
    parameter_int(&v, b->o.cell);
    parameter_int(&v, m->case_id);
    pipeline_send(b->o.pipeline, SQL_case_history, &v, on_history, b);
}

void
batch_send_load(struct batch *b, pipeline_answer_fn *loaded)
{
    const struct order *m;
    size_t n = 0;

    TAILQ_FOREACH (m, &b->running, next)
        n++;
    make_entries(b, n);
    pipeline_send_verb(b->o.pipeline, PIPELINE_BEGIN, on_failure, b);
    send_locks(b);
    n = send_reservations(b);
    batch_send_outages(b); /* before the time is read: none is still to come for what is opened */
    send_begin(b, n);
    send_keys(b);
    batch_send_messages(b);
    batch_send_relays(b);
    send_cases(b, SQL_batch_read, on_read);
    send_history(b);
    pipeline_sync(b->o.pipeline, loaded, b);
}
