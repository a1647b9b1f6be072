/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to each case of an enterprise: certificates, changes, ratings, materials, cards. */
#include <string.h>

#include "api/cards.h"
#include "api/parties.h"
#include "definition/json.h"

enum { CASE_OF_CERTIFICATE = 16, CASE_OF_CARD = 17 };

/* What a case sets when its service is rated 好差评: 1 to 5, and words. */
static const char stars[] = "case.rating", words[] = "case.ratingWords";

/* Which of the page's cases has @id; never none: only those were asked for. */
static struct dossier_case *
place(const struct dossier *d, int64_t id)
{
    size_t i = 0;

    while (i + 1 < d->n && d->item[i].id != id)
        i++;
    return &d->item[i];
}

/* An answer that failed is told when the last has come. */
static bool
failed(struct dossier *d, const struct error *e)
{
    if (e && !d->error.code)
        d->error = *e;
    return e != NULL;
}

static void
on_certificates(void *arg, const PGresult *res, const struct error *e)
{
    struct dossier *d = arg;

    for (int row = 0; !failed(d, e) && row < PQntuples(res); row++)
        view_certificate_row(&place(d, row_int(res, row, CASE_OF_CERTIFICATE))->certificates, res,
                             row);
}

/* Columns of party_changes and party_ratings. */
enum { F_CASE, F_NUMBER, F_AT, F_BY, F_BODY };

static bool
read_record(struct arena *a, const PGresult *res, int row, struct value *v)
{
    const char *body = row_text(res, row, F_BODY);
    struct error unread;

    return json_read_stored(a, body, strlen(body), v, &unread);
}

static void
on_changes(void *arg, const PGresult *res, const struct error *e)
{
    struct dossier *d = arg;
    struct value v;

    for (int row = 0; !failed(d, e) && row < PQntuples(res); row++) {
        struct text *t = &place(d, row_int(res, row, F_CASE))->changes;

        if (!read_record(t->arena, res, row, &v))
            continue;
        put_open(t, '{');
        put_member_int(t, "number", row_int(res, row, F_NUMBER));
        put_member_instant(t, "at", row_instant(res, row, F_AT));
        put_member_string(t, "by", row_text(res, row, F_BY));
        put_member_string(t, "reason", value_get_string(&v, "reason"));
        put_close(t, '}');
    }
}

/* What the record has set @name to; NULL: nothing. */
static const struct value *
was_set(const struct value *record, const char *name)
{
    const struct value *facts = value_get(record, "facts");

    for (uint32_t i = 0; facts && facts->kind == VALUE_ARRAY && i < facts->n; i++) {
        const char *of = value_get_string(&facts->item[i], "name");

        if (of && !strcmp(of, name))
            return value_get(&facts->item[i], "value");
    }
    return NULL;
}

static void
on_ratings(void *arg, const PGresult *res, const struct error *e)
{
    struct dossier *d = arg;
    struct value v;

    for (int row = 0; !failed(d, e) && row < PQntuples(res); row++) {
        struct text *t = &place(d, row_int(res, row, F_CASE))->ratings;
        const struct value *given = read_record(t->arena, res, row, &v) ? was_set(&v, stars) : NULL;
        const struct value *said = given ? was_set(&v, words) : NULL;

        if (!given || given->kind != VALUE_INT)
            continue;
        put_open(t, '{');
        put_member_int(t, "number", row_int(res, row, F_NUMBER));
        put_member_instant(t, "at", row_instant(res, row, F_AT));
        put_member_string(t, "by", row_text(res, row, F_BY));
        put_member_int(t, "stars", given->integer);
        put_member_string(t, "words",
                          said && said->kind == VALUE_STRING && said->n ? said->string : NULL);
        put_close(t, '}');
    }
}

static void
on_cards(void *arg, const PGresult *res, const struct error *e)
{
    struct dossier *d = arg;

    for (int row = 0; !failed(d, e) && row < PQntuples(res); row++)
        view_card(&place(d, row_int(res, row, CASE_OF_CARD))->cards, res, row);
}

/* Who asks, and his materials: what is there, promised, owed. */
static bool
add_state(const struct dossier *d, struct dossier_case *of, const char *state, struct error *e)
{
    struct arena *a = of->identity.arena;
    struct case_state *c = case_new(a, of->workflow);
    const struct sight sight = {
        .workflow = of->workflow, .state = c, .calendar = worker_calendar(d->app->worker)};
    struct value v;

    if (!json_read_stored(a, state, strlen(state), &v, e) ||
        !case_read(a, of->workflow, &v, NULL, c, e))
        return false;
    view_identity(&of->identity, c, true);
    view_materials(&of->identity, &sight, false);
    return true;
}

/* The last of the answers. */
static void
on_states(void *arg, const PGresult *res, const struct error *e)
{
    struct dossier *d = arg;
    struct error why = {0};

    for (int row = 0; !failed(d, e) && row < PQntuples(res); row++)
        if (!add_state(d, place(d, row_int(res, row, 0)), row_state(res, row, 1, &d->r->arena),
                       &why))
            (void)failed(d, &why);
    if (d->error.code)
        reply_error(d->r, &d->error);
    else
        dossier_answer(d);
}

/* Cell and cases, which all these statements begin with. */
static struct parameters
parameters_of(const struct dossier *d)
{
    struct parameters p = parameters_new(&d->r->arena);
    struct column *id = arena_new(&d->r->arena, struct column);

    *id = column_new(&d->r->arena, COLUMN_INT);
    for (size_t i = 0; i < d->n; i++)
        column_int(id, d->item[i].id);
    parameter_int(&p, d->app->shared->settings->database_cell);
    parameter_column(&p, id);
    return p;
}

void
dossier_read_parts(struct dossier *d)
{
    const struct session *s = app_session(d->r);
    struct parameters certificates = parameters_of(d), changes = parameters_of(d);
    struct parameters ratings = parameters_of(d), cards = parameters_of(d),
                      states = parameters_of(d);

    for (size_t i = 0; i < d->n; i++) {
        d->item[i].identity = text_new(&d->r->arena);
        d->item[i].certificates = text_new(&d->r->arena);
        d->item[i].changes = text_new(&d->r->arena);
        d->item[i].ratings = text_new(&d->r->arena);
        d->item[i].cards = text_new(&d->r->arena);
    }
    parameter_int(&changes, COMMAND_AMEND);
    parameter_text(&cards, cards_department(s, NULL));
    pipeline_send(d->app->read, SQL_party_certificates, &certificates, on_certificates, d);
    pipeline_send(d->app->read, SQL_party_changes, &changes, on_changes, d);
    pipeline_send(d->app->read, SQL_party_ratings, &ratings, on_ratings, d);
    if (cards_may_see(s))
        pipeline_send(d->app->read, SQL_party_cards, &cards, on_cards, d);
    pipeline_send(d->app->read, SQL_party_states, &states, on_states, d);
    pipeline_sync(d->app->read, NULL, NULL);
}
