/* SPDX-License-Identifier: Apache-2.0 */
/* 一企一档: everything of one enterprise in one resource, for those whose district and
 * department it concerns.  Who looks is written down before he is answered. */
#include <string.h>

#include "api/lookup.h"
#include "api/page.h"
#include "definition/json.h"

/* One page on its way; its cases are kept while what belongs to them is read. */
struct dossier {
    struct app *app;
    struct http_request *r;
    struct page page;
    const char *code;
    const char *name;  /* as the newest case says it */
    const char **head; /* of each case: JSON without its end */
    int64_t *id;       /* [n] */
    size_t n;
    int found;            /* rows read: one more than the limit, there is a next page */
    int64_t last;         /* the last row's id, shown or not */
    struct text *parts;   /* [n]: its certificates */
    struct text *changes; /* [n] */
    struct error error;
    bool noted;
};

enum { CASE_OF_CERTIFICATE = 15, PURGED = 15 };

static void
refuse(struct dossier *d, const struct error *e)
{
    reply_error(d->r, e);
}

/* Which of the page's cases has @id; never none: only those were asked for. */
static size_t
place(const struct dossier *d, int64_t id)
{
    size_t i = 0;

    while (i + 1 < d->n && d->id[i] != id)
        i++;
    return i;
}

static void
put_list(struct text *t, const char *key, const struct text *items)
{
    put_key(t, key);
    put_open(t, '[');
    text_add(t, items->at ? items->at : "", items->len);
    put_close(t, ']');
}

static void
answer(struct dossier *d)
{
    struct text t = text_new(&d->r->arena);

    put_open(&t, '{');
    put_member_string(&t, "code", d->code);
    put_member_string(&t, "name", d->name);
    put_key(&t, "items");
    put_open(&t, '[');
    for (size_t i = 0; i < d->n; i++) {
        if (i)
            text_char(&t, ',');
        text_str(&t, d->head[i]);
        put_list(&t, "certificates", &d->parts[i]);
        put_list(&t, "changes", &d->changes[i]);
        put_close(&t, '}');
    }
    page_end(&t, d->r, &d->page, d->found, &d->last, 1);
}

static void
on_changes(void *arg, const PGresult *res, const struct error *e)
{
    struct dossier *d = arg;

    if (e) {
        refuse(d, d->error.code ? &d->error : e);
        return;
    }
    for (int row = 0; row < PQntuples(res); row++) {
        struct text *t = &d->changes[place(d, row_int(res, row, 0))];
        const char *body = row_text(res, row, 4);
        struct value v;
        struct error unread;

        if (!json_read_stored(t->arena, body, strlen(body), &v, &unread))
            continue;
        put_open(t, '{');
        put_member_int(t, "number", row_int(res, row, 1));
        put_member_instant(t, "at", row_instant(res, row, 2));
        put_member_string(t, "by", row_text(res, row, 3));
        put_member_string(t, "reason", value_get_string(&v, "reason"));
        put_close(t, '}');
    }
    answer(d);
}

static void
on_certificates(void *arg, const PGresult *res, const struct error *e)
{
    struct dossier *d = arg;

    if (e) {
        d->error = *e; /* the other answer is still to come */
        return;
    }
    for (int row = 0; row < PQntuples(res); row++)
        view_certificate_row(&d->parts[place(d, row_int(res, row, CASE_OF_CERTIFICATE))], res, row);
}

static void
read_parts(struct dossier *d)
{
    struct arena *a = &d->r->arena;
    struct column id = column_new(a, COLUMN_INT), again = column_new(a, COLUMN_INT);
    struct parameters p = parameters_new(a), q = parameters_new(a);

    d->parts = arena_array(a, d->n, struct text);
    d->changes = arena_array(a, d->n, struct text);
    for (size_t i = 0; i < d->n; i++) {
        d->parts[i] = text_new(a);
        d->changes[i] = text_new(a);
        column_int(&id, d->id[i]);
        column_int(&again, d->id[i]);
    }
    parameter_int(&p, d->app->shared->settings->database_cell);
    parameter_column(&p, &id);
    parameter_int(&q, d->app->shared->settings->database_cell);
    parameter_column(&q, &again);
    parameter_int(&q, COMMAND_AMEND);
    pipeline_send(d->app->read, SQL_party_certificates, &p, on_certificates, d);
    pipeline_send(d->app->read, SQL_party_changes, &q, on_changes, d);
    pipeline_sync(d->app->read, NULL, NULL);
}

/* Of another department's procedure he is told nothing. */
static bool
concerns(const struct dossier *d, const PGresult *res, int row)
{
    const char *department = app_session(d->r)->department;
    const struct workflow *w = registry_find(worker_registry(d->app->worker), row_text(res, row, 2),
                                             instant_day(row_instant(res, row, 9)));

    return !department || (w && lookup_concerns(w, department));
}

static void
on_page(void *arg, const PGresult *res, const struct error *e)
{
    struct dossier *d = arg;
    struct error none;

    if (e || !d->noted) {
        refuse(d, d->error.code ? &d->error : e);
        return;
    }
    d->found = PQntuples(res);
    d->head = arena_array(&d->r->arena, d->found, const char *);
    d->id = arena_array(&d->r->arena, d->found, int64_t);
    for (int row = 0; row < d->found && row < d->page.limit; row++) {
        struct text t = text_new(&d->r->arena);

        d->last = row_int(res, row, 0);
        if (!concerns(d, res, row))
            continue;
        if (!d->name && row_text(res, row, 6))
            d->name = arena_strdup(&d->r->arena, row_text(res, row, 6));
        put_open(&t, '{');
        view_case_head(&t, d->app, res, row);
        if (row_instant(res, row, PURGED) != INSTANT_NONE)
            put_member_instant(&t, "purged", row_instant(res, row, PURGED));
        d->head[d->n] = t.at;
        d->id[d->n++] = d->last;
    }
    if (d->n) {
        read_parts(d);
        return;
    }
    if (d->found > d->page.limit) { /* a page of which nothing concerns him */
        answer(d);
        return;
    }
    error_set(&none, ERROR_NOT_FOUND, "nothing you may see is known of %s", d->code);
    refuse(d, &none);
}

static void
on_noted(void *arg, const PGresult *res, const struct error *e)
{
    struct dossier *d = arg;

    (void)res;
    d->noted = !e;
    if (e)
        d->error = *e;
}

static void
read_page(struct dossier *d, const char *district)
{
    struct parameters note = parameters_new(&d->r->arena), p = parameters_new(&d->r->arena);

    parameter_text(&note, app_session(d->r)->account);
    parameter_text(&note, "party");
    parameter_text(&note, d->code);
    parameter_text(&note, d->r->id);
    parameter_int(&p, d->app->shared->settings->database_cell);
    parameter_text(&p, d->code);
    parameter_int(&p, d->page.position[0]);
    parameter_int(&p, d->page.limit + 1);
    parameter_text(&p, district);
    /* In one segment, and so in one transaction: what is not written down is not shown. */
    pipeline_send(d->app->read, SQL_access_note, &note, on_noted, d);
    pipeline_send(d->app->read, SQL_party_page, &p, on_page, d);
    pipeline_sync(d->app->read, NULL, NULL);
}

void
parties_show(void *arg, struct http_request *r)
{
    static const char *const known[] = {"district", "limit", "cursor", NULL};
    struct dossier *d = arena_new(&r->arena, struct dossier);
    const char *district;
    struct error e;

    *d = (struct dossier){.app = arg, .r = r, .code = router_param(r, "code")};
    if (!page_read(r, known, 1, &d->page, &e) || !page_district(r, &district, &e)) {
        reply_error(r, &e);
        return;
    }
    if (!credit_code_check(d->code, ERROR_NOT_FOUND, "", &e)) {
        reply_error(r, &e);
        return;
    }
    read_page(d, district);
}
