/* SPDX-License-Identifier: Apache-2.0 */
/* The procedures of the hall, and their definitions. */
#include <stdio.h>
#include <string.h>

#include "api/app.h"
#include "definition/digest.h"

static void
put_texts(struct text *t, const char *key, const char *const *item, uint16_t n)
{
    put_key(t, key);
    put_open(t, '[');
    for (uint16_t i = 0; i < n; i++)
        put_string(t, item[i]);
    put_close(t, ']');
}

/* What districts do faster, each with a version of its own. */
static void
put_regions(struct text *t, const struct registry *r, const char *id, day today)
{
    const struct workflow *w;
    uint32_t at = 0;

    put_key(t, "regions");
    put_open(t, '[');
    while ((w = registry_next_region(r, id, today, &at))) {
        put_open(t, '{');
        put_member_string(t, "district", w->district);
        put_member_string(t, "version", w->hash);
        put_close(t, '}');
    }
    put_close(t, ']');
}

static void
put_workflow(struct text *t, const struct registry *r, const struct workflow *w, day today)
{
    put_open(t, '{');
    put_member_string(t, "id", w->id);
    view_title(t, "title", w->title);
    put_member_string(t, "version", w->hash);
    put_member_string(t, "lead", w->lead);
    put_key(t, "from");
    put_day(t, w->from);
    put_texts(t, "plan", w->plan, w->n_plan);
    put_texts(t, "law", w->law, w->n_law);
    put_texts(t, "applicant", w->applicant, w->n_applicant);
    put_regions(t, r, w->id, today);
    put_close(t, '}');
}

static void
reply_tagged(struct http_request *r, const char *body, size_t len, const char *hash)
{
    const char *seen = http_header(r, "if-none-match");
    char etag[DIGEST_TEXT + 2];

    (void)snprintf(etag, sizeof(etag), "\"%s\"", hash);
    http_reply_header(r, "ETag", etag);
    http_reply_header(r, "Cache-Control", "no-cache");
    if (seen && strstr(seen, etag))
        http_reply(r, 304, NULL, NULL, 0);
    else
        http_reply(r, 200, "application/json", body, len);
}

static bool
refuse_strangers(struct http_request *r, const char *const *known)
{
    const char *stranger = http_query_stranger(r, known);
    struct error e;

    if (!stranger)
        return false;
    error_at(&e, ERROR_BAD_PARAMETER, stranger, "%.60s is unknown or stands there twice", stranger);
    reply_error(r, &e);
    return true;
}

void
workflows_list(void *arg, struct http_request *r)
{
    static const char *const known[] = {NULL};
    const struct app *app = arg;
    const day today = worker_today(app->worker);
    struct text t = text_new(&r->arena);
    const struct workflow *w;
    char hash[DIGEST_TEXT];
    uint32_t at = 0;

    if (refuse_strangers(r, known))
        return;
    put_open(&t, '{');
    put_key(&t, "items");
    put_open(&t, '[');
    while ((w = registry_next(worker_registry(app->worker), today, &at)))
        put_workflow(&t, worker_registry(app->worker), w, today);
    put_close(&t, ']');
    put_close(&t, '}');
    digest_text(t.at, t.len, hash);
    reply_tagged(r, t.at, t.len, hash);
}

const struct workflow *
workflow_asked(const struct app *app, struct http_request *r)
{
    static const char *const known[] = {"version", NULL};
    const char *id = router_param(r, "id"), *version = http_query(r, "version");
    const struct workflow *w;
    struct error e;

    if (refuse_strangers(r, known))
        return NULL;
    w = version ? registry_by_hash(worker_registry(app->worker), version)
                : registry_find(worker_registry(app->worker), id, worker_today(app->worker));
    if (w && !strcmp(w->id, id))
        return w;
    error_set(&e, ERROR_NOT_FOUND, "workflow %.64s%s", id, version ? " of that version" : "");
    reply_error(r, &e);
    return NULL;
}

void
workflows_show(void *arg, struct http_request *r)
{
    const struct workflow *w = workflow_asked(arg, r);

    if (w)
        reply_tagged(r, w->text, w->text_len, w->hash);
}

static void
put_version(struct text *t, const struct workflow *w)
{
    put_open(t, '{');
    put_member_string(t, "version", w->hash);
    put_member_string(t, "district", w->district);
    put_key(t, "from");
    put_day(t, w->from);
    if (w->until) {
        put_key(t, "until");
        put_day(t, w->until);
    }
    put_close(t, '}');
}

void
workflows_versions(void *arg, struct http_request *r)
{
    const struct app *app = arg;
    const struct registry *registry = worker_registry(app->worker);
    const char *id = router_param(r, "id");
    struct text t = text_new(&r->arena);
    const struct workflow *w;
    char hash[DIGEST_TEXT];
    struct error e;
    uint32_t at = 0, n = 0;

    put_open(&t, '{');
    put_key(&t, "items");
    put_open(&t, '[');
    for (; (w = registry_next_version(registry, id, &at)); n++)
        put_version(&t, w);
    put_close(&t, ']');
    put_close(&t, '}');
    if (n == 0) {
        error_set(&e, ERROR_NOT_FOUND, "workflow %.64s", id);
        reply_error(r, &e);
        return;
    }
    digest_text(t.at, t.len, hash);
    reply_tagged(r, t.at, t.len, hash);
}
