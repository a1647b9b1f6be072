/* SPDX-License-Identifier: Apache-2.0 */
/* Where a file's bytes go: into the database or a folder; and the row that says it is here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/files_inside.h"
#include "api/http/intake.h"
#include "base/require.h"
#include "definition/file_kind.h"

static void step(struct upload *u);

static void
release(struct upload *u)
{
    u->app->uploads--;
    EVP_MD_CTX_free(u->sha256);
    arena_release(&u->scratch);
    free(u->piece);
    free(u);
}

void
files_forget(struct errand *w)
{
    (void)w; /* the process ends; its connections have ended */
}

static struct parameters
arguments(struct upload *u)
{
    struct parameters p;

    arena_reset(&u->scratch);
    p = parameters_new(&u->scratch);
    parameter_int(&p, u->app->shared->settings->database_cell);
    parameter_int(&p, u->case_id);
    parameter_text(&p, u->id);
    return p;
}

static void
on_dropped(void *arg, const PGresult *res, const struct error *e)
{
    (void)res;
    (void)e; /* the sweep does it */
    release(arg);
}

static void
drop_row(struct upload *u)
{
    const struct parameters p = arguments(u);

    pipeline_ask(worker_files(u->app->worker), SQL_file_drop, &p, on_dropped, u);
}

/* In a thread of the pool. */
static void
drop_bytes(struct errand *w)
{
    struct upload *u = (struct upload *)w;

    if (!shelf_drop(u->app->shared->files_folder, u->id, &u->error))
        require(u->error.code);
}

static void
on_bytes_dropped(struct errand *w)
{
    struct upload *u = (struct upload *)w;

    if (u->error.code || u->app->gone) /* its row stays, and the sweep tries anew */
        release(u);
    else
        drop_row(u);
}

/* It will not be kept: gives back what it has taken, or leaves that to the sweep. */
void
upload_give_up(struct upload *u)
{
    u->over = true;
    if (u->busy)
        return;
    if (!u->begun || u->app->gone) {
        release(u);
        return;
    }
    if (!u->app->shared->files_in_folder) {
        drop_row(u);
        return;
    }
    u->error = (struct error){0};
    u->errand = (struct errand){.work = drop_bytes, .done = on_bytes_dropped};
    if (!pool_do(u->app->shared->disk, u->app->base, &u->errand))
        release(u);
}

void
upload_refuse(struct upload *u, const struct error *e)
{
    struct http_request *r = u->r;

    u->r = NULL;
    reply_error(r, e);
    upload_give_up(u);
}

static void
answer(struct upload *u, const PGresult *res)
{
    struct http_request *r = u->r;
    struct text t = text_new(&r->arena), place = text_new(&r->arena);

    view_file(&t, res, 0);
    text_printf(&place, "/v1/%s/%s/files/%s", u->lookup->code ? "progress" : "cases",
                u->lookup->number, row_text(res, 0, FILE_ID));
    http_reply_header(r, "Location", place.at);
    if (u->again)
        http_reply_header(r, "Idempotent-Replayed", "true");
    u->r = NULL;
    reply_json(r, 201, &t);
}

static bool
same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The key stood for a file before: for this one? */
static void
on_stored(void *arg, const PGresult *res, const struct error *why)
{
    struct upload *u = arg;
    struct error e;

    u->busy = false;
    if (why) {
        upload_refuse(u, why);
    } else if (!PQntuples(res)) {
        error_set(&e, ERROR_STORE_BUSY, "the file of this key is just being removed");
        upload_refuse(u, &e);
    } else if (strcmp(row_text(res, 0, FILE_SHA256), u->hex) != 0 ||
               strcmp(row_text(res, 0, FILE_NAME), u->wish->name) != 0 ||
               strcmp(row_text(res, 0, FILE_TYPE), file_kind_type(u->kind)) != 0 ||
               !same_text(row_text(res, 0, FILE_MATERIAL), u->wish->material)) {
        error_set(&e, ERROR_IDEMPOTENCY_KEY_REUSED, "the key stands for another file");
        upload_refuse(u, &e);
    } else {
        answer(u, res);
        upload_give_up(u);
    }
}

static void
compare(struct upload *u)
{
    const struct parameters p = file_list_parameters(u->lookup, NULL, u->digest);

    u->busy = true;
    pipeline_ask(worker_files(u->app->worker), SQL_file_list, &p, on_stored, u);
}

static void
on_end(void *arg, const PGresult *res, const struct error *e)
{
    struct upload *u = arg;
    struct error swept;

    u->busy = false;
    if (e && strcmp(e->sqlstate, "23505") == 0) { /* the same key, at the same time */
        u->again = true;
        compare(u);
        return;
    }
    /* It is here, or nobody knows whether it is: the sweep looks after it. */
    u->begun = e && e->code == ERROR_STORE_FAILED;
    if (e) {
        upload_refuse(u, e);
    } else if (!PQntuples(res)) {
        error_set(&swept, ERROR_STORE_BUSY, "the file took so long that it was swept away");
        upload_refuse(u, &swept);
    } else {
        answer(u, res);
        upload_give_up(u);
    }
}

static void
tell_end(struct upload *u)
{
    struct parameters p = arguments(u);

    parameter_int(&p, (int64_t)u->bytes);
    parameter_bytes(&p, u->hash, HASH_SIZE);
    parameter_bytes(&p, u->digest, KEY_SIZE);
    parameter_int(&p, u->app->shared->settings->files_unattached / SPAN_SECOND);
    u->busy = true;
    pipeline_ask(worker_files(u->app->worker), SQL_file_end, &p, on_end, u);
}

/* What came is what it says it is. */
static bool
check(struct upload *u, struct error *e)
{
    require(EVP_DigestFinal_ex(u->sha256, u->hash, NULL) == 1);
    for (size_t i = 0; i < HASH_SIZE; i++)
        (void)snprintf(u->hex + 2 * i, 3, "%02x", u->hash[i]);
    if (u->bytes == 0)
        return error_set(e, ERROR_FILE_REFUSED, "the file is empty");
    if (!file_kind_begins(u->kind, u->head, u->n_head))
        return error_set(e, ERROR_FILE_REFUSED, "the file does not begin as %s does",
                         file_kind_type(u->kind));
    return !u->wish->sha256 || strcmp(u->wish->sha256, u->hex) == 0 ||
           error_at(e, ERROR_FILE_REFUSED, "sha256", "what came has the SHA-256 %s", u->hex);
}

/* A piece is kept, or was not. */
static void
on_kept(struct upload *u, const struct error *e)
{
    const size_t len = u->n < FILE_PIECE ? u->n : FILE_PIECE;

    u->busy = false;
    if (u->over || !u->r) {
        upload_give_up(u);
        return;
    }
    if (e) {
        upload_refuse(u, e);
        return;
    }
    u->kept += len;
    u->n -= len;
    memmove(u->piece, u->piece + len, u->n);
    step(u);
}

static void
on_piece(void *arg, const PGresult *res, const struct error *e)
{
    (void)res;
    on_kept(arg, e);
}

/* In a thread of the pool. */
static void
write_piece(struct errand *w)
{
    struct upload *u = (struct upload *)w;

    if (!shelf_put(u->app->shared->files_folder, u->id, u->kept, u->piece,
                   u->n < FILE_PIECE ? u->n : FILE_PIECE, &u->error))
        require(u->error.code);
}

static void
on_written(struct errand *w)
{
    struct upload *u = (struct upload *)w;

    on_kept(u, u->error.code ? &u->error : NULL);
}

static void
keep_bytes(struct errand *w)
{
    struct upload *u = (struct upload *)w;

    if (!shelf_keep(u->app->shared->files_folder, u->id, &u->error))
        require(u->error.code);
}

static void
on_all_kept(struct errand *w)
{
    struct upload *u = (struct upload *)w;

    u->busy = false;
    if (u->over || !u->r)
        upload_give_up(u);
    else if (u->error.code)
        upload_refuse(u, &u->error);
    else
        tell_end(u);
}

static void
run_errand(struct upload *u, void (*work)(struct errand *w), void (*done)(struct errand *w))
{
    struct error e;

    u->error = (struct error){0};
    u->errand = (struct errand){.work = work, .done = done};
    u->busy = true;
    if (pool_do(u->app->shared->disk, u->app->base, &u->errand))
        return;
    u->busy = false;
    error_set(&e, ERROR_OVERLOADED, "the disk has too much to do");
    upload_refuse(u, &e);
}

void
upload_keep_piece(struct upload *u)
{
    struct parameters p;

    if (u->app->shared->files_in_folder) {
        run_errand(u, write_piece, on_written);
        return;
    }
    p = arguments(u);
    parameter_int(&p, (int64_t)(u->kept / FILE_PIECE));
    parameter_bytes(&p, u->piece, u->n < FILE_PIECE ? u->n : FILE_PIECE);
    u->busy = true;
    pipeline_ask(worker_files(u->app->worker), SQL_file_piece_put, &p, on_piece, u);
}

/* Nothing is busy: what is next? */
static void
step(struct upload *u)
{
    if (u->again)
        u->n = 0; /* it is here already */
    if (u->n >= FILE_PIECE || (u->ended && u->n > 0))
        upload_keep_piece(u);
    else if (!u->ended)
        http_intake_resume(u->r);
    else if (u->again)
        compare(u);
    else if (u->app->shared->files_in_folder)
        run_errand(u, keep_bytes, on_all_kept);
    else
        tell_end(u);
}

void
upload_end(struct upload *u)
{
    struct error e;

    u->ended = true;
    if (!check(u, &e))
        upload_refuse(u, &e);
    else if (!u->busy)
        step(u);
}

static void
on_begun(void *arg, const PGresult *res, const struct error *why)
{
    struct upload *u = arg;
    struct error e;

    u->busy = false;
    u->begun = !why && row_int(res, 0, 0) != 0;
    u->again = !why && !u->begun && row_text(res, 0, 1) != NULL;
    if (why) {
        upload_refuse(u, why);
        return;
    }
    if (!u->begun && !u->again) {
        error_set(&e, ERROR_NO_ROOM, "the files of a case are %lld at most, of %lld bytes together",
                  (long long)u->app->shared->settings->files_number,
                  (long long)u->app->shared->settings->files_per_case);
        upload_refuse(u, &e);
        return;
    }
    u->ready(u);
}

void
upload_begin(struct upload *u, void (*done)(struct upload *u))
{
    const struct settings *s = u->app->shared->settings;
    const uint64_t announced = u->r->head.chunked ? u->most : u->r->head.length;
    struct parameters p = arguments(u);

    parameter_int(&p, (int64_t)announced);
    parameter_text(&p, lookup_principal(u->lookup));
    parameter_int(&p, u->app->shared->files_in_folder ? SHELF_FOLDER : SHELF_DATABASE);
    parameter_text(&p, u->wish->name);
    parameter_text(&p, file_kind_type(u->kind));
    parameter_text(&p, u->wish->material);
    parameter_bytes(&p, u->digest, KEY_SIZE);
    parameter_int(&p, s->files_per_case);
    parameter_int(&p, s->files_number);
    u->ready = done;
    u->busy = true;
    pipeline_ask(worker_files(u->app->worker), SQL_file_begin, &p, on_begun, u);
}
