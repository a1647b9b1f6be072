/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "api/app.h"
#include "api/command.h"

enum { FREE_FAILURES = 5, LONGEST_WAIT = 3600 };

/* A sign-in on its way: account, password, session. */
struct sign_in {
    struct app *app;
    struct http_request *r;
    const char *name, *password;
    struct session session;
    int64_t account;
    bool usable; /* there is such an account, and it is not disabled */
    char token[TOKEN_TEXT];
};

static void
put_text_or_null(struct text *t, const char *key, const char *s)
{
    put_key(t, key);
    if (s)
        put_string(t, s);
    else
        put_null(t);
}

static void
put_session(struct text *t, const struct session *s, const char *token)
{
    put_open(t, '{');
    put_key(t, "account");
    put_open(t, '{');
    put_text_or_null(t, "department", s->department);
    put_member_string(t, "district", s->district);
    put_member_string(t, "name", s->account);
    put_key(t, "roles");
    put_open(t, '[');
    for (uint16_t i = 0; i < s->n_role; i++)
        put_string(t, s->role[i]);
    put_close(t, ']');
    put_text_or_null(t, "system", s->system);
    put_member_string(t, "title", s->title);
    put_close(t, '}');
    put_member_instant(t, "expires", s->expires);
    put_member_string(t, "token", token);
    put_close(t, '}');
}

static const char *
attempt_subject(const struct sign_in *in)
{
    return arena_printf(&in->r->arena, "account %s", in->name);
}

static void
on_opened(void *arg, const PGresult *res, const struct error *e)
{
    struct sign_in *in = arg;
    struct text t = text_new(&in->r->arena);

    if (e) {
        reply_error(in->r, e);
        return;
    }
    in->session.expires = row_instant(res, 0, 0);
    put_session(&t, &in->session, in->token);
    reply_json(in->r, 201, &t);
}

static void
open_session(struct sign_in *in)
{
    struct parameters p = parameters_new(&in->r->arena), forget = parameters_new(&in->r->arena);
    uint8_t hash[32];

    token_new(in->token, hash);
    parameter_text(&forget, attempt_subject(in));
    pipeline_ask(in->app->read, SQL_attempt_forget, &forget, NULL, NULL);
    parameter_bytes(&p, hash, sizeof(hash));
    parameter_int(&p, in->account);
    parameter_int(&p, in->app->shared->settings->limits_session / SPAN_SECOND);
    pipeline_ask(in->app->read, SQL_session_open, &p, on_opened, in);
}

static void
on_refused(void *arg, const PGresult *res, const struct error *e)
{
    struct sign_in *in = arg;
    struct error wrong;

    (void)res;
    error_set(&wrong, ERROR_BAD_CREDENTIALS, "no account has this name and password");
    reply_error(in->r, e ? e : &wrong);
}

/* In the loop again: the password was checked, for unknown accounts too, so that time tells
 * nothing. */
static void
on_checked(void *arg, bool fits)
{
    struct sign_in *in = arg;
    struct parameters p = parameters_new(&in->r->arena);

    if (fits && in->usable) {
        open_session(in);
        return;
    }
    parameter_text(&p, attempt_subject(in));
    parameter_int(&p, FREE_FAILURES);
    parameter_int(&p, LONGEST_WAIT);
    pipeline_ask(in->app->read, SQL_attempt_failed, &p, on_refused, in);
}

static void
refuse_locked(struct sign_in *in, int64_t seconds)
{
    char text[24];
    struct error e;

    (void)snprintf(text, sizeof(text), "%lld", (long long)seconds);
    http_reply_header(in->r, "Retry-After", text);
    error_set(&e, ERROR_TOO_MANY_REQUESTS, "too many failed attempts; wait %s seconds", text);
    reply_error(in->r, &e);
}

static const char *
copied(struct arena *a, const char *s)
{
    return s ? arena_strdup(a, s) : NULL;
}

static void
on_account(void *arg, const PGresult *res, const struct error *e)
{
    /* What an unknown account is checked against: the hash of nothing anybody could type. */
    static const char nobody[] =
        "scrypt$32768$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    struct sign_in *in = arg;
    struct arena *a = &in->r->arena;
    const char *hash = nobody;
    struct error busy;

    if (e) {
        reply_error(in->r, e);
        return;
    }
    if (PQntuples(res) && row_int(res, 0, 9) > 0) {
        refuse_locked(in, row_int(res, 0, 9));
        return;
    }
    if (PQntuples(res)) {
        in->account = row_int(res, 0, 0);
        in->session.account = copied(a, row_text(res, 0, 1));
        in->session.title = copied(a, row_text(res, 0, 2));
        in->session.role = session_roles(a, row_text(res, 0, 4), &in->session.n_role);
        in->session.department = copied(a, row_text(res, 0, 5));
        in->session.district = copied(a, row_text(res, 0, 6));
        in->session.system = copied(a, row_text(res, 0, 7));
        in->usable = !row_int(res, 0, 8);
        hash = *row_text(res, 0, 3) ? row_text(res, 0, 3) : nobody;
    }
    if (!password_check(in->app->shared->passwords, in->app->base, in->password, hash, on_checked,
                        in, &busy))
        reply_error(in->r, &busy);
}

void
sessions_open(void *arg, struct http_request *r)
{
    static const struct member_rule rule[] = {{"account", VALUE_STRING, true, 64},
                                              {"password", VALUE_STRING, true, 256}};
    struct sign_in *in = arena_new(&r->arena, struct sign_in);
    struct parameters p = parameters_new(&r->arena);
    struct value v;
    struct error e;

    *in = (struct sign_in){.app = arg, .r = r};
    if (!body_read(r, &v, &e) || !body_check(&v, "", rule, 2, &e)) {
        reply_error(r, &e);
        return;
    }
    in->name = value_get_string(&v, "account");
    in->password = value_get_string(&v, "password");
    if (!*in->name || !*in->password || strlen(in->password) > PASSWORD_BYTES) {
        error_at(&e, ERROR_FORM_INVALID, *in->name ? "/password" : "/account",
                 "may not be empty, nor a password longer than %d bytes", PASSWORD_BYTES);
        reply_error(r, &e);
        return;
    }
    parameter_text(&p, in->name);
    pipeline_ask(in->app->read, SQL_account_find, &p, on_account, in);
}

void
sessions_show(void *arg, struct http_request *r)
{
    struct text t = text_new(&r->arena);

    (void)arg;
    put_session(&t, app_session(r), NULL);
    reply_json(r, 200, &t);
}

static void
on_closed(void *arg, const PGresult *res, const struct error *e)
{
    struct http_request *r = arg;

    (void)res;
    if (e)
        reply_error(r, e);
    else
        http_reply(r, 204, NULL, NULL, 0);
}

void
sessions_close(void *arg, struct http_request *r)
{
    struct app *app = arg;
    struct parameters p = parameters_new(&r->arena);

    session_forget(app->sessions, app_session(r)->token_hash);
    parameter_bytes(&p, app_session(r)->token_hash, 32);
    pipeline_ask(app->read, SQL_session_close, &p, on_closed, r);
}
