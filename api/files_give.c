/* SPDX-License-Identifier: Apache-2.0 */
/* A file on its way to whoever may read it: piece by piece, at his pace, never run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/files.h"
#include "base/require.h"

/* One download.  Not in the request's arena: the disk may still read when the peer has gone. */
struct download {
    struct errand errand; /* first: one is the other */
    struct app *app;
    struct http_stream *stream;
    int64_t case_id;
    char id[FILE_ID_TEXT];
    uint64_t at, to; /* the next byte, and the last */
    struct arena scratch;
    char *piece; /* FILE_PIECE bytes; NULL: kept in the database */
    bool reading, closed;
    bool failed;
};

static void
release(struct download *d)
{
    arena_release(&d->scratch);
    free(d->piece);
    free(d);
}

/* The bytes of the piece in which the next one lies. */
static void
pass_on(struct download *d, const char *bytes, size_t len)
{
    const size_t skip = (size_t)(d->at % FILE_PIECE);
    const uint64_t left = d->to - d->at + 1;
    bool more;

    d->reading = false;
    if (d->closed) {
        release(d);
        return;
    }
    if (!bytes || len <= skip) {
        http_stream_break(d->stream);
        return;
    }
    len = len - skip < left ? len - skip : (size_t)left;
    d->at += len;
    more = http_stream_write(d->stream, bytes + skip, len);
    if (d->at > d->to)
        http_stream_end(d->stream);
    else if (more)
        http_stream_wake(d->stream);
}

static void
on_piece(void *arg, const PGresult *res, const struct error *e)
{
    size_t len = 0;
    const char *bytes = !e && PQntuples(res) ? row_bytes(res, 0, 0, &len) : NULL;

    pass_on(arg, bytes, len);
}

/* In a thread of the pool. */
static void
read_piece(struct errand *w)
{
    struct download *d = (struct download *)w;
    const uint64_t begin = d->at - d->at % FILE_PIECE;
    const uint64_t left = d->to - begin + 1;
    struct error e;

    d->failed = !shelf_get(d->app->shared->files_folder, d->id, begin, d->piece,
                           left < FILE_PIECE ? (size_t)left : FILE_PIECE, &e);
}

static void
on_read(struct errand *w)
{
    struct download *d = (struct download *)w;

    pass_on(d, d->failed ? NULL : d->piece, FILE_PIECE);
}

static void
fill(void *arg, struct http_stream *s)
{
    struct download *d = arg;
    struct parameters p;

    if (d->reading)
        return;
    d->reading = true;
    if (d->piece) {
        d->errand = (struct errand){.work = read_piece, .done = on_read};
        if (pool_do(d->app->shared->disk, d->app->base, &d->errand))
            return;
        d->reading = false;
        http_stream_break(s);
        return;
    }
    arena_reset(&d->scratch);
    p = parameters_new(&d->scratch);
    parameter_int(&p, d->app->shared->settings->database_cell);
    parameter_int(&p, d->case_id);
    parameter_text(&p, d->id);
    parameter_int(&p, (int64_t)(d->at / FILE_PIECE));
    pipeline_ask(worker_files(d->app->worker), SQL_file_piece_get, &p, on_piece, d);
}

static void
on_closed(void *arg)
{
    struct download *d = arg;

    d->closed = true;
    if (!d->reading)
        release(d);
}

/* What a browser does with it: saves it under its name, and nothing else. */
static void
put_headers(struct http_request *r, const PGresult *res, const char *etag)
{
    struct text name = text_new(&r->arena);

    file_disposition(&name, row_text(res, 0, FILE_NAME));
    http_reply_header(r, "Content-Disposition", name.at);
    http_reply_header(r, "Content-Security-Policy", "sandbox; default-src 'none'");
    http_reply_header(r, "ETag", etag);
    http_reply_header(r, "Accept-Ranges", "bytes");
}

static void
begin(struct lookup *l, const PGresult *res, int status, uint64_t from, uint64_t to)
{
    struct download *d = calloc(1, sizeof(*d));
    const struct http_stream_hooks hooks = {
        .fill = fill, .closed = on_closed, .arg = d, .length = to - from + 1};

    require(d);
    *d = (struct download){.app = l->app, .case_id = l->id, .at = from, .to = to};
    (void)snprintf(d->id, sizeof(d->id), "%s", row_text(res, 0, FILE_ID));
    if (row_int(res, 0, FILE_SHELF) == SHELF_FOLDER) {
        d->piece = malloc(FILE_PIECE);
        require(d->piece);
    }
    d->stream = http_stream_open(l->request, status, row_text(res, 0, FILE_TYPE), false, &hooks);
    if (!d->stream)
        release(d);
}

static void
give(struct lookup *l, const PGresult *res)
{
    struct http_request *r = l->request;
    const uint64_t size = (uint64_t)row_int(res, 0, FILE_BYTES);
    const char *etag = arena_printf(&r->arena, "\"%s\"", row_text(res, 0, FILE_SHA256));
    const char *known = http_header(r, "if-none-match"), *same = http_header(r, "if-range");
    uint64_t from, to;
    struct error e;

    put_headers(r, res, etag);
    if (known && (strcmp(known, "*") == 0 || strstr(known, etag))) {
        http_reply(r, 304, NULL, NULL, 0);
        return;
    }
    switch (file_range_read(same && strcmp(same, etag) != 0 ? NULL : http_header(r, "range"), size,
                            &from, &to)) {
    case FILE_WHOLE:
        begin(l, res, 200, from, to);
        return;
    case FILE_PART:
        http_reply_header(r, "Content-Range",
                          arena_printf(&r->arena, "bytes %llu-%llu/%llu", (unsigned long long)from,
                                       (unsigned long long)to, (unsigned long long)size));
        begin(l, res, 206, from, to);
        return;
    case FILE_OUTSIDE:
        http_reply_header(r, "Content-Range",
                          arena_printf(&r->arena, "bytes */%llu", (unsigned long long)size));
        error_set(&e, ERROR_RANGE_NOT_SATISFIABLE, "the file has %llu bytes",
                  (unsigned long long)size);
        reply_error(r, &e);
        return;
    }
}

/* What became of writing down that he looks. */
struct note {
    struct lookup *lookup;
    bool done;
    struct error error;
};

static void
on_file(void *arg, const PGresult *res, const struct error *e)
{
    struct note *note = arg;
    struct lookup *l = note->lookup;
    struct error none;

    if (e || !note->done) {
        reply_error(l->request, note->error.code ? &note->error : e);
    } else if (!PQntuples(res)) {
        error_set(&none, ERROR_NOT_FOUND, "the case has no such file");
        reply_error(l->request, &none);
    } else {
        give(l, res);
    }
}

static void
on_noted(void *arg, const PGresult *res, const struct error *e)
{
    struct note *note = arg;

    (void)res;
    note->done = !e;
    if (e)
        note->error = *e;
}

/* In one segment, and so in one transaction: what is not written down is not shown. */
static void
find(struct lookup *l)
{
    struct arena *a = &l->request->arena;
    const char *id = router_param(l->request, "file");
    struct note *note = arena_new(a, struct note);
    struct parameters p = file_list_parameters(l, id, NULL), q = parameters_new(a);

    *note = (struct note){.lookup = l};
    parameter_text(&q, lookup_principal(l));
    parameter_text(&q, "file");
    parameter_text(&q, arena_printf(a, "%s/%.40s", l->number, id));
    parameter_text(&q, l->request->id);
    pipeline_send(l->app->read, SQL_access_note, &q, on_noted, note);
    pipeline_send(l->app->read, SQL_file_list, &p, on_file, note);
    pipeline_sync(l->app->read, NULL, NULL);
}

void
files_give(void *arg, struct http_request *r)
{
    lookup_case_for(arg, r, NULL, "materials", find, NULL);
}

void
progress_files_give(void *arg, struct http_request *r)
{
    const char *code = lookup_code(r);

    if (code)
        lookup_case_for(arg, r, code, "materials", find, NULL);
}
