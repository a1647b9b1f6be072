/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that are gone: that they were, and how they ended. */
#include "api/purged.h"

#include "store/digest.h"
#include "store/rows.h"

void
purged_ask(struct app *app, struct arena *a, int64_t id, pipeline_answer_fn *answer, void *arg)
{
    struct parameters p = parameters_new(a);

    parameter_int(&p, app->shared->settings->database_cell);
    parameter_int(&p, id);
    pipeline_ask(app->read, SQL_purged_find, &p, answer, arg);
}

static const uint8_t *
copy_hash(const PGresult *res, int column, struct arena *a)
{
    size_t len;
    const void *bytes = row_bytes(res, 0, column, &len);
    uint8_t *copy = arena_alloc(a, HASH_SIZE);

    memset(copy, 0, HASH_SIZE);
    memcpy(copy, bytes, len < HASH_SIZE ? len : HASH_SIZE);
    return copy;
}

bool
purged_read(const PGresult *res, struct arena *a, struct purged *out)
{
    if (PQntuples(res) == 0)
        return false;
    *out = (struct purged){.number = row_copy(res, 0, 0, a),
                           .district = row_copy(res, 0, 1, a),
                           .coded = row_copy(res, 0, 6, a),
                           .query = copy_hash(res, 2, a),
                           .facts = row_int(res, 0, 3),
                           .head = copy_hash(res, 4, a),
                           .at = row_instant(res, 0, 5)};
    return true;
}

void
purged_error(const struct purged *p, struct error *e)
{
    char on[DAY_TEXT];

    error_set(e, ERROR_GONE, "case %s was removed on %s, when its retention was over", p->number,
              day_write(instant_day(p->at), on));
}

void
purged_extra(struct text *t, void *purged)
{
    static const char digit[] = "0123456789abcdef";
    const struct purged *p = purged;
    char hex[2 * HASH_SIZE + 1];

    for (int i = 0; i < HASH_SIZE; i++) {
        hex[2 * i] = digit[p->head[i] >> 4];
        hex[2 * i + 1] = digit[p->head[i] & 15];
    }
    hex[2 * HASH_SIZE] = 0;
    put_member_instant(t, "purged", p->at);
    put_member_int(t, "facts", p->facts);
    put_member_string(t, "head", hex);
}

void
purged_reply(struct http_request *r, const struct purged *p)
{
    struct error e;
    const struct problem_document problem = {
        .error = &e, .extra = purged_extra, .arg = (void *)(uintptr_t)p};

    purged_error(p, &e);
    reply_problem(r, &problem);
}
