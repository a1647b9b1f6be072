/* SPDX-License-Identifier: Apache-2.0 */
/* 一企一档: everything of one enterprise in one resource, for those whose district and
 * department it concerns.  Who looks is written down before he is answered. */
#include "api/parties.h"
#include "api/cards.h"

#include "store/catalogue.h"

enum { DEFINITION = 3, APPLICANT = 6, PURGED = 15 };

static void
put_list(struct text *t, const char *key, const struct text *items)
{
    put_key(t, key);
    put_open(t, '[');
    text_add(t, items->at ? items->at : "", items->len);
    put_close(t, ']');
}

static void
put_case(struct text *t, const struct dossier_case *x, bool cards)
{
    text_str(t, x->head);
    if (x->identity.len) {
        text_char(t, ',');
        text_add(t, x->identity.at, x->identity.len);
    }
    put_list(t, "certificates", &x->certificates);
    put_list(t, "changes", &x->changes);
    put_list(t, "ratings", &x->ratings);
    if (cards)
        put_list(t, "cards", &x->cards);
    put_close(t, '}');
}

/* As the newest case says it. */
static const char *
name_of(const struct dossier *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->item[i].name)
            return d->item[i].name;
    return NULL;
}

void
dossier_answer(struct dossier *d)
{
    struct text t = text_new(&d->r->arena);

    put_open(&t, '{');
    put_member_string(&t, "code", d->code);
    put_member_string(&t, "name", name_of(d));
    put_member_int(&t, "elsewhere", (int64_t)d->elsewhere);
    put_key(&t, "items");
    put_open(&t, '[');
    for (size_t i = 0; i < d->n; i++) {
        if (i)
            text_char(&t, ',');
        put_case(&t, &d->item[i], cards_may_see(app_session(d->r)));
    }
    page_end(&t, d->r, &d->page, d->found, &d->last, 1);
}

/* Of another department's procedure he is told only that there is one. */
static void
leave_his_own(struct dossier *d)
{
    const struct session *s = app_session(d->r);
    size_t n = 0;

    for (size_t i = 0; i < d->n; i++)
        if (lookup_concerns(d->item[i].workflow, s))
            d->item[n++] = d->item[i];
    d->elsewhere = d->n - n;
    d->n = n;
}

/* Goes on when the version of each case is here: by it, not by today's, it is known whose it is. */
static void
understand(struct dossier *d)
{
    struct error e = {0};

    for (size_t i = 0; i < d->n; i++) {
        const struct edition *edition =
            catalogue_edition(worker_catalogue(d->app->worker), d->item[i].definition, &e);

        if (!edition && !e.code) {
            d->next = d->app->dossiers;
            d->app->dossiers = d;
            return;
        }
        if (!edition) {
            reply_error(d->r, &e);
            return;
        }
        d->item[i].workflow = edition->w;
    }
    leave_his_own(d);
    if (d->n)
        dossier_read_parts(d);
    else
        dossier_answer(d);
}

void
parties_editions_changed(struct app *app)
{
    struct dossier *d = app->dossiers;

    app->dossiers = NULL;
    while (d) {
        struct dossier *next = d->next;

        understand(d);
        d = next;
    }
}

static void
take_row(struct dossier *d, const PGresult *res, int row)
{
    struct dossier_case *x = &d->item[d->n++];
    struct text t = text_new(&d->r->arena);
    const char *name = row_text(res, row, APPLICANT);

    put_open(&t, '{');
    view_case_head(&t, d->app, res, row);
    if (row_instant(res, row, PURGED) != INSTANT_NONE)
        put_member_instant(&t, "purged", row_instant(res, row, PURGED));
    *x = (struct dossier_case){.id = row_int(res, row, 0),
                               .definition = (int32_t)row_int(res, row, DEFINITION),
                               .head = t.at,
                               .name = name ? arena_strdup(&d->r->arena, name) : NULL};
    d->last = x->id;
}

static void
on_page(void *arg, const PGresult *res, const struct error *e)
{
    struct dossier *d = arg;
    struct error none;

    if (e || !d->noted) {
        reply_error(d->r, d->error.code ? &d->error : e);
        return;
    }
    d->found = PQntuples(res);
    if (!d->found) {
        error_set(&none, ERROR_NOT_FOUND, "nothing you may see is known of %s", d->code);
        reply_error(d->r, &none);
        return;
    }
    d->item = arena_array(&d->r->arena, d->found, struct dossier_case);
    for (int row = 0; row < d->found && row < d->page.limit; row++)
        take_row(d, res, row);
    understand(d);
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
