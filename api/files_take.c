/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that comes in.  First a row that says so and takes room in the case,
 * then the bytes, piece by piece at the pace of whatever keeps them, and last
 * the row that says it is here.  Whatever ends earlier leaves a row the sweep finds.
 */
#include <stdlib.h>
#include <string.h>

#include "api/files_inside.h"
#include "api/http/intake.h"
#include "api/submit.h"
#include "base/require.h"
#include "definition/file_kind.h"
#include "machine/materials.h"

static void
put(struct upload *u, const void *bytes, size_t len)
{
    if (u->n + len > u->cap) {
        u->cap = u->n + len < FILE_PIECE / 8 ? FILE_PIECE / 8 : u->n + len + FILE_PIECE / 8;
        u->piece = realloc(u->piece, u->cap);
        require(u->piece);
    }
    memcpy(u->piece + u->n, bytes, len);
    u->n += len;
    u->bytes += len;
    require(EVP_DigestUpdate(u->sha256, bytes, len) == 1);
    len = len < FILE_HEAD - u->n_head ? len : FILE_HEAD - u->n_head;
    memcpy(u->head + u->n_head, bytes, len);
    u->n_head += len;
}

static bool
take(void *arg, const void *bytes, size_t len)
{
    struct upload *u = arg;
    struct error e;

    if (u->bytes + len > u->most) {
        error_set(&e, ERROR_TOO_LARGE, "a file of over %llu bytes", (unsigned long long)u->most);
        upload_refuse(u, &e);
        return false;
    }
    put(u, bytes, len);
    if (u->n_head == FILE_HEAD && !file_kind_begins(u->kind, u->head, u->n_head)) {
        error_set(&e, ERROR_FILE_REFUSED, "the file does not begin as %s does",
                  file_kind_type(u->kind));
        upload_refuse(u, &e);
        return false;
    }
    if (u->again)
        u->n = 0;
    if (u->n < FILE_PIECE)
        return true;
    upload_keep_piece(u);
    return false;
}

static void
on_ended(void *arg)
{
    upload_end(arg);
}

static void
on_lost(void *arg)
{
    struct upload *u = arg;
    struct http_request *r = u->r;
    struct error e;

    u->r = NULL;
    error_set(&e, ERROR_REQUEST_TIMEOUT, "the file did not come whole");
    reply_error(r, &e); /* nobody hears it; it ends the request */
    upload_give_up(u);
}

/* There is room for it: let it come. */
static void
open_intake(struct upload *u)
{
    const struct http_intake_hooks hooks = {
        .take = take, .ended = on_ended, .lost = on_lost, .arg = u};

    if (!http_intake_open(u->r, &hooks))
        on_lost(u);
}

/* Which types would have been taken. */
static const char *
list_kinds(struct arena *a, uint32_t set)
{
    struct text t = text_new(a);

    for (int i = 0; file_kind_type(i); i++)
        if (set & 1U << i)
            text_printf(&t, "%s%s", t.len ? ", " : "", file_kind_type(i));
    return t.at ? t.at : "";
}

/* What the material it is meant for takes; the case is known now. */
static bool
check_material(struct upload *u, struct error *e)
{
    const struct workflow *w = u->lookup->workflow;
    const char *id = u->wish->material;
    const uint16_t i = id ? workflow_material(w, id) : NONE;
    uint32_t kinds = u->app->shared->files_kinds;

    if (id && i == NONE)
        return error_at(e, ERROR_MATERIAL_UNKNOWN, "material",
                        "workflow %s lists no material %.60s", w->id, id);
    if (i != NONE && w->material[i].file_kinds)
        kinds &= w->material[i].file_kinds;
    if (i != NONE && w->material[i].file_most && (uint64_t)w->material[i].file_most < u->most)
        u->most = (uint64_t)w->material[i].file_most;
    if (u->kind < 0 || !(kinds & 1U << u->kind))
        return error_set(e, ERROR_FILE_TYPE_REFUSED, "%s are taken",
                         list_kinds(&u->r->arena, kinds));
    return u->r->head.length <= u->most ||
           error_set(e, ERROR_TOO_LARGE, "a file of over %llu bytes", (unsigned long long)u->most);
}

/* An applicant sends what is asked of him. */
static bool
check_case(const struct lookup *l, struct error *e)
{
    const struct case_state *c = l->row.c;
    bool turn = !l->code || materials_owed(l->workflow, c) > 0;

    if (c->phase == PHASE_CLOSED)
        return error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", c->outcome);
    for (uint32_t i = 0; i < c->n_visit && !turn; i++) {
        const struct step *s = &l->workflow->step[c->visit[i].step];

        turn = s->kind == STEP_TASK && s->by == ACTOR_APPLICANT;
    }
    return turn ||
           error_set(e, ERROR_STEP_NOT_OPEN, "nothing is asked of the applicant at present");
}

/* The case is there, and he may see it. */
static void
found(struct lookup *l)
{
    const struct settings *settings = l->app->shared->settings;
    const struct wish *wish = l->arg;
    struct upload *u = calloc(1, sizeof(*u));
    struct error e;

    require(u);
    l->app->uploads++;
    *u = (struct upload){.app = l->app,
                         .r = l->request,
                         .lookup = l,
                         .wish = wish,
                         .case_id = l->id,
                         .kind = wish->kind,
                         .most = (uint64_t)settings->files_most};
    digest_key(lookup_principal(l), wish->key, u->digest);
    u->sha256 = EVP_MD_CTX_new();
    require(u->sha256 && EVP_DigestInit_ex(u->sha256, EVP_sha256(), NULL) == 1);
    file_id_new(u->id);
    if (l->app->uploads > (size_t)settings->files_at_once)
        error_set(&e, ERROR_OVERLOADED, "too many files are being received");
    else if (check_case(l, &e) && check_material(u, &e)) {
        upload_begin(u, open_intake);
        return;
    }
    upload_refuse(u, &e);
}

static bool
read_wish(struct http_request *r, struct wish *wish, struct error *e)
{
    static const char *const known[] = {"name", "material", "sha256", NULL};
    enum { DIGITS = 2 * HASH_SIZE };
    const char *stranger = http_query_stranger(r, known);
    const char *key = http_header(r, "idempotency-key"), *type = http_header(r, "content-type");

    *wish = (struct wish){.name = http_query(r, "name"),
                          .material = http_query(r, "material"),
                          .sha256 = http_query(r, "sha256"),
                          .kind = type ? file_kind_find(type) : -1};
    if (stranger)
        return error_at(e, ERROR_BAD_PARAMETER, stranger, "%.60s is unknown here, or twice",
                        stranger);
    if (!file_name_check(wish->name, e))
        return false;
    if (wish->material && (!*wish->material || strlen(wish->material) > 64))
        return error_at(e, ERROR_BAD_PARAMETER, "material", "material is its id in the workflow");
    if (wish->sha256 &&
        (strlen(wish->sha256) != DIGITS || strspn(wish->sha256, "0123456789abcdef") != DIGITS))
        return error_at(e, ERROR_BAD_PARAMETER, "sha256", "sha256 is 64 digits of 0-9 and a-f");
    if (!submission_key_check(key, e))
        return false;
    wish->key = key;
    return true;
}

static void
receive(struct app *app, struct http_request *r, const char *code)
{
    struct wish *wish = arena_new(&r->arena, struct wish);
    struct error e;

    if (read_wish(r, wish, &e))
        lookup_case_for(app, r, code, "materials", found, wish);
    else
        reply_error(r, &e);
}

void
files_take(void *arg, struct http_request *r)
{
    receive(arg, r, NULL);
}

void
progress_files_take(void *arg, struct http_request *r)
{
    const char *code = lookup_code(r);

    if (code)
        receive(arg, r, code);
}
