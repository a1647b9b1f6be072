/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates: those of a case, for its clerks and its applicant; one, for anybody who has its
 * number; the public keys.  Who has only the number is told whether it holds; what it
 * says is shown to whom the code on it is known too, for he has it before him.
 */
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "api/lookup.h"
#include "api/picture/qr.h"
#include "definition/digest.h"
#include "definition/json.h"
#include "machine/certificates.h"

/* What is issued as soon as somebody has looked who asks. */
static void
put_withheld(struct text *t, const struct sight *s)
{
    if (!s->state->n_withheld)
        return;
    put_key(t, "withheld");
    put_open(t, '[');
    for (uint32_t i = 0; i < s->state->n_withheld; i++) {
        const struct certificate_kind *kind = &s->workflow->certificate[s->state->withheld[i]];

        put_open(t, '{');
        put_member_string(t, "kind", kind->id);
        view_title(t, "title", kind->title);
        put_close(t, '}');
    }
    put_close(t, ']');
}

/* What it has replaced or revoked of other cases. */
static void
put_voided(struct text *t, const struct case_state *c)
{
    if (!c->n_voided)
        return;
    put_key(t, "voided");
    put_open(t, '[');
    for (uint32_t i = 0; i < c->n_voided; i++) {
        put_open(t, '{');
        put_member_string(t, "kind", c->voided[i].kind);
        put_member_string(t, "number", c->voided[i].number);
        put_close(t, '}');
    }
    put_close(t, ']');
}

void
view_certificates(struct text *t, const struct sight *s)
{
    put_withheld(t, s);
    put_voided(t, s->state);
    if (!s->state->n_certificate)
        return;
    put_key(t, "certificates");
    put_open(t, '[');
    for (uint32_t i = 0; i < s->state->n_certificate; i++) {
        const struct certificate *x = &s->state->certificate[i];
        const struct certificate_kind *kind = &s->workflow->certificate[x->kind];
        const bool expired = !certificate_is_discarded(x) && certificate_expired(x, s->now);
        char number[CERTIFICATE_TEXT];

        certificate_number_write(number, kind->prefix, s->state->number, (int32_t)i + 1);
        put_open(t, '{');
        put_member_int(t, "nth", i + 1);
        put_member_string(t, "number", number);
        put_member_string(t, "kind", kind->id);
        view_title(t, "title", kind->title);
        put_member_string(t, "state", expired ? "expired" : certificate_state_name(x->state));
        put_member_instant(t, "issued", x->issued);
        if (x->until != INSTANT_NONE) {
            put_key(t, "validUntil");
            put_day(t, instant_day(x->until - 1));
        }
        put_close(t, '}');
    }
    put_close(t, ']');
}

/* Columns of certificate_list and certificate_show. */
enum {
    NTH,
    STATE,
    NUMBER,
    KIND,
    ISSUED,
    UNTIL,
    DISCARDED,
    REASON,
    REPLACES,
    KEY,
    CODE,
    DOCUMENT,
    BODY,
    MOMENT,
    PARTED,
    SUCCESSOR,
    ROLE /* of certificate_show */
};

enum role { ASKED_FOR, PART, IN_ITS_PLACE };

/* One row, with the certificate as it was written. */
struct row {
    const PGresult *res;
    int row;
    struct value body;
};

static const char *
text_of(const struct row *x, int column)
{
    return row_text(x->res, x->row, column);
}

static bool
row_at(struct arena *a, const PGresult *res, int row, struct row *x)
{
    const char *body = row_text(res, row, BODY);
    struct error e;

    *x = (struct row){.res = res, .row = row};
    return json_read_stored(a, body, strlen(body), &x->body, &e);
}

static const char *
state_of(const struct row *x)
{
    const struct certificate c = {.state = (enum certificate_state)row_int(x->res, x->row, STATE),
                                  .until = row_instant(x->res, x->row, UNTIL)};

    if (certificate_is_discarded(&c))
        return certificate_state_name(c.state);
    if (certificate_expired(&c, row_instant(x->res, x->row, MOMENT)))
        return "expired";
    return certificate_state_name(row_int(x->res, x->row, PARTED) ? CERTIFICATE_PART_REVOKED
                                                                  : CERTIFICATE_IN_FORCE);
}

static void
put_member_value(struct text *t, const struct value *of, const char *name)
{
    const struct value *v = value_get(of, name);

    if (!v)
        return;
    put_key(t, name);
    value_write(t, v);
}

/* What anybody may know of it. */
static void
put_open_part(struct text *t, const struct row *x)
{
    const instant until = row_instant(x->res, x->row, UNTIL);

    put_member_string(t, "number", text_of(x, NUMBER));
    put_member_string(t, "kind", text_of(x, KIND));
    put_member_value(t, &x->body, "title");
    put_member_string(t, "state", state_of(x));
    put_member_value(t, &x->body, "issuer");
    put_member_instant(t, "issued", row_instant(x->res, x->row, ISSUED));
    put_member_value(t, &x->body, "validFrom");
    if (until != INSTANT_NONE) { /* a whole ends with its parts, whatever its file says */
        put_key(t, "validUntil");
        put_day(t, instant_day(until - 1));
    }
    put_member_bool(t, "signed", text_of(x, DOCUMENT) != NULL);
    put_member_string(t, "key", text_of(x, KEY));
    if (row_instant(x->res, x->row, DISCARDED) != INSTANT_NONE)
        put_member_instant(t, "discarded", row_instant(x->res, x->row, DISCARDED));
    put_member_string(t, "replacedBy", text_of(x, SUCCESSOR)); /* of another case */
    put_member_string(t, "inPlaceOf", value_get_string(&x->body, "replaces"));
}

static void
put_content(struct text *t, const struct row *x)
{
    put_member_value(t, &x->body, "holder");
    put_member_value(t, &x->body, "content");
    put_member_string(t, "file", text_of(x, DOCUMENT));
}

void
view_certificate_row(struct text *t, const PGresult *res, int row)
{
    struct row x;

    if (!row_at(t->arena, res, row, &x))
        return;
    put_open(t, '{');
    put_member_int(t, "nth", row_int(res, row, NTH));
    put_open_part(t, &x);
    put_close(t, '}');
}

static void
on_list(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;
    struct text t = text_new(&l->request->arena);
    struct row x;

    if (e) {
        reply_error(l->request, e);
        return;
    }
    put_open(&t, '{');
    put_key(&t, "items");
    put_open(&t, '[');
    for (int row = 0; row < PQntuples(res); row++) {
        if (!row_at(t.arena, res, row, &x))
            continue;
        put_open(&t, '{');
        put_member_int(&t, "nth", row_int(res, row, NTH));
        put_open_part(&t, &x);
        if (!l->code) /* the reason is the house's */
            put_member_string(&t, "reason", text_of(&x, REASON));
        if (row_int(res, row, REPLACES))
            put_member_int(&t, "replaces", row_int(res, row, REPLACES));
        if (text_of(&x, CODE))
            put_member_string(
                &t, "qr", arena_printf(t.arena, "%s.%s", text_of(&x, NUMBER), text_of(&x, CODE)));
        put_content(&t, &x);
        put_close(&t, '}');
    }
    put_close(&t, ']');
    put_close(&t, '}');
    reply_json(l->request, 200, &t);
}

static void
list(struct lookup *l)
{
    struct parameters p = parameters_new(&l->request->arena);

    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->id);
    pipeline_ask(l->app->read, SQL_certificate_list, &p, on_list, l);
}

void
certificates_list(void *arg, struct http_request *r)
{
    lookup_case_for(arg, r, NULL, "results", list, NULL);
}

void
progress_certificates(void *arg, struct http_request *r)
{
    const char *code = lookup_code(r);

    if (code)
        lookup_case_for(arg, r, code, "results", list, NULL);
}

/* A certificate somebody asks for by what stands on it. */
struct question {
    struct http_request *request;
    char number[CERTIFICATE_TEXT];
    const char *code; /* NULL: only the number */
    int32_t nth;
    bool drawn; /* the picture is asked for */
};

static void
unknown(struct question *q)
{
    struct error e;

    error_set(&e, ERROR_NOT_FOUND, "no certificate has this number%s", q->code ? " and code" : "");
    reply_error(q->request, &e);
}

/* The code is there once it is signed; before, nobody can have it. */
static bool
code_fits(const struct question *q, const struct row *x)
{
    const char *is = text_of(x, CODE);

    return !q->code ||
           (is && strlen(is) == strlen(q->code) && CRYPTO_memcmp(is, q->code, strlen(is)) == 0);
}

static void
put_parts(struct text *t, const PGresult *res)
{
    struct row x;
    bool any = false;

    for (int row = 1; row < PQntuples(res); row++) {
        if (row_int(res, row, ROLE) != PART || !row_at(t->arena, res, row, &x))
            continue;
        if (!any) {
            put_key(t, "parts");
            put_open(t, '[');
        }
        any = true;
        put_open(t, '{');
        put_open_part(t, &x);
        put_close(t, '}');
    }
    if (any)
        put_close(t, ']');
}

/* What is asked for is what the picture says: never the code to whom had the number only. */
static void
reply_drawn(struct question *q)
{
    const char *said =
        q->code ? arena_printf(&q->request->arena, "%s.%s", q->number, q->code) : q->number;
    const char *seen = http_header(q->request, "if-none-match");
    struct text t = text_new(&q->request->arena);
    char hash[DIGEST_TEXT], etag[DIGEST_TEXT + 2];
    struct error e;

    if (!qr_svg(&t, said, &e)) {
        reply_error(q->request, &e);
        return;
    }
    digest_text(t.at, t.len, hash);
    (void)snprintf(etag, sizeof(etag), "\"%s\"", hash);
    http_reply_header(q->request, "ETag", etag);
    http_reply_header(q->request, "Cache-Control", "no-cache");
    if (seen && strstr(seen, etag)) {
        http_reply(q->request, 304, NULL, NULL, 0);
        return;
    }
    http_reply_header(q->request, "Content-Security-Policy", "default-src 'none'");
    http_reply(q->request, 200, "image/svg+xml", t.at, t.len);
}

static void
on_shown(void *arg, const PGresult *res, const struct error *e)
{
    struct question *q = arg;
    struct text t = text_new(&q->request->arena);
    struct row x;

    if (e) {
        reply_error(q->request, e);
        return;
    }
    if (PQntuples(res) == 0 || strcmp(row_text(res, 0, NUMBER), q->number) != 0 ||
        !row_at(t.arena, res, 0, &x) || !code_fits(q, &x)) {
        unknown(q);
        return;
    }
    if (q->drawn) {
        reply_drawn(q);
        return;
    }
    put_open(&t, '{');
    put_open_part(&t, &x);
    for (int row = 1; row < PQntuples(res); row++)
        if (row_int(res, row, ROLE) == IN_ITS_PLACE)
            put_member_string(&t, "replacedBy", row_text(res, row, NUMBER));
    put_parts(&t, res);
    if (q->code)
        put_content(&t, &x);
    put_close(&t, '}');
    reply_json(q->request, 200, &t);
}

/* NUMBER, or NUMBER.CODE as the picture on it says. */
static void
look_up(struct app *app, struct http_request *r, bool drawn)
{
    struct question *q = arena_new(&r->arena, struct question);
    char *typed = arena_strdup(&r->arena, router_param(r, "certificate"));
    char *dot = strchr(typed, '.');
    struct parameters p = parameters_new(&r->arena);
    int64_t case_id;
    struct error e;

    *q = (struct question){.request = r, .code = dot ? dot + 1 : NULL, .drawn = drawn};
    if (dot)
        *dot = 0;
    if (!certificate_number_read(typed, q->number, &case_id, &q->nth, &e)) {
        reply_error(r, &e);
        return;
    }
    parameter_int(&p, app->shared->settings->database_cell);
    parameter_int(&p, case_id);
    parameter_int(&p, q->nth);
    pipeline_ask(app->read, SQL_certificate_show, &p, on_shown, q);
}

void
certificates_show(void *arg, struct http_request *r)
{
    look_up(arg, r, false);
}

void
certificates_qr(void *arg, struct http_request *r)
{
    look_up(arg, r, true);
}

static void
on_keys(void *arg, const PGresult *res, const struct error *e)
{
    struct http_request *r = arg;
    struct text t = text_new(&r->arena);

    if (e) {
        reply_error(r, e);
        return;
    }
    put_open(&t, '{');
    put_key(&t, "items");
    put_open(&t, '[');
    for (int row = 0; row < PQntuples(res); row++) {
        put_open(&t, '{');
        put_member_string(&t, "id", row_text(res, row, 0));
        put_member_string(&t, "algorithm", row_text(res, row, 1));
        put_member_string(&t, "public", row_text(res, row, 2));
        put_member_instant(&t, "since", row_instant(res, row, 3));
        put_close(&t, '}');
    }
    put_close(&t, ']');
    put_close(&t, '}');
    reply_json(r, 200, &t);
}

void
certificates_keys(void *arg, struct http_request *r)
{
    const struct app *app = arg;

    pipeline_ask(app->read, SQL_certificate_key_list, NULL, on_keys, r);
}
