/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures: of a workflow, and of a case on its way through it. */
#include <stdio.h>
#include <string.h>

#include "api/lookup.h"
#include "api/picture/trace.h"
#include "definition/digest.h"
#include "definition/json.h"

enum { RECORDS_MOST = 5000, PICTURES_KEPT = 16 };

/* A workflow's picture; drawing a large one takes some milliseconds, and anybody may ask. */
struct drawn {
    const struct workflow *w; /* NULL: free */
    enum language lang;
    bool bpmn;
    struct arena arena;
    struct text text;
    char etag[DIGEST_TEXT + 2];
};

struct gallery {
    struct drawn drawn[PICTURES_KEPT];
    uint32_t next; /* to be given up */
};

struct gallery *
gallery_new(struct arena *a)
{
    return arena_new(a, struct gallery);
}

void
gallery_release(struct gallery *g)
{
    for (int i = 0; i < PICTURES_KEPT; i++)
        arena_release(&g->drawn[i].arena);
}

/* Versions are never freed, so the pointer stands for the version. */
static struct drawn *
find_drawn(struct gallery *g, const struct workflow *w, enum language lang, bool bpmn)
{
    for (int i = 0; i < PICTURES_KEPT; i++)
        if (g->drawn[i].w == w && g->drawn[i].lang == lang && g->drawn[i].bpmn == bpmn)
            return &g->drawn[i];
    return NULL;
}

static bool
draw(struct text *t, const struct workflow *w, const struct organisation *o, enum language lang,
     bool bpmn, struct error *e)
{
    const struct picture *p;

    if (bpmn)
        return picture_bpmn(t, w, o, lang, e);
    if (!picture_lay(t->arena, w, o, lang, NULL, &p, e))
        return false;
    picture_svg(t, p);
    return true;
}

static const struct drawn *
draw_workflow(const struct app *app, const struct workflow *w, enum language lang, bool bpmn,
              struct error *e)
{
    struct drawn *d = find_drawn(app->gallery, w, lang, bpmn);
    struct arena scratch = {0};
    struct text t;
    char hash[DIGEST_TEXT];

    if (d)
        return d;
    t = text_new(&scratch);
    if (draw(&t, w, &app->shared->house->organisation, lang, bpmn, e)) {
        d = &app->gallery->drawn[app->gallery->next++ % PICTURES_KEPT];
        arena_release(&d->arena);
        *d = (struct drawn){.w = w, .lang = lang, .bpmn = bpmn};
        d->text = text_new(&d->arena);
        text_add(&d->text, t.at, t.len);
        digest_text(t.at, t.len, hash);
        (void)snprintf(d->etag, sizeof(d->etag), "\"%s\"", hash);
    }
    arena_release(&scratch);
    return d;
}

/* A picture shown by itself may do nothing at all. */
static void
reply_picture(struct http_request *r, const char *type, const struct text *t)
{
    http_reply_header(r, "Content-Security-Policy", "default-src 'none'");
    http_reply_header(r, "Content-Language", reply_language(r) == LANGUAGE_ZH ? "zh-CN" : "en");
    http_reply_header(r, "Vary", "Accept-Language");
    http_reply(r, 200, type, t->at, t->len);
}

static void
show_workflow(const struct app *app, struct http_request *r, bool bpmn)
{
    const struct workflow *w = workflow_asked(app, r);
    const char *seen = http_header(r, "if-none-match");
    const struct drawn *d;
    struct error e;

    if (!w)
        return;
    d = draw_workflow(app, w, reply_language(r), bpmn, &e);
    if (!d) {
        reply_error(r, &e);
        return;
    }
    http_reply_header(r, "ETag", d->etag);
    http_reply_header(r, "Cache-Control", "no-cache");
    if (seen && strstr(seen, d->etag))
        http_reply(r, 304, NULL, NULL, 0);
    else
        reply_picture(r, bpmn ? "application/xml" : "image/svg+xml", &d->text);
}

void
workflows_diagram(void *arg, struct http_request *r)
{
    show_workflow(arg, r, false);
}

void
workflows_bpmn(void *arg, struct http_request *r)
{
    show_workflow(arg, r, true);
}

static void
draw_case(struct lookup *l, const PGresult *res)
{
    struct http_request *r = l->request;
    const struct calendar *calendar = worker_calendar(l->app->worker);
    const enum language lang = reply_language(r);
    struct trail *trail = trail_new(&r->arena, l->workflow, l->row.c);
    struct text t = text_new(&r->arena);
    const struct picture *p;
    struct error e;

    for (int i = 0; i < PQntuples(res); i++) {
        const char *body = row_text(res, i, 4);
        struct value record;

        if (!json_read_stored(&r->arena, body, strlen(body), &record, &e)) {
            reply_error(r, &e);
            return;
        }
        trail_add(trail, &record);
    }
    if (!picture_lay(&r->arena, l->workflow, &l->app->shared->house->organisation, lang,
                     trail_end(trail, calendar, l->now, lang), &p, &e)) {
        reply_error(r, &e);
        return;
    }
    picture_svg(&t, p);
    http_reply_header(r, "Cache-Control", "no-store");
    reply_picture(r, "image/svg+xml", &t);
}

static void
on_records(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;
    struct error many;

    if (e) {
        reply_error(l->request, e);
        return;
    }
    if (PQntuples(res) > RECORDS_MOST) {
        error_set(&many, ERROR_NOT_DRAWABLE, "a case of more than %d records cannot be drawn",
                  RECORDS_MOST);
        reply_error(l->request, &many);
        return;
    }
    draw_case(l, res);
}

static void
read_records(struct lookup *l)
{
    struct parameters p = parameters_new(&l->request->arena);

    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->id);
    parameter_int(&p, 0);
    parameter_int(&p, RECORDS_MOST + 1);
    pipeline_ask(l->app->read, SQL_fact_list, &p, on_records, l);
}

void
cases_diagram(void *arg, struct http_request *r)
{
    lookup_case(arg, r, NULL, read_records, NULL);
}
