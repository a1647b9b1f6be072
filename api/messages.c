/* SPDX-License-Identifier: Apache-2.0 */
/* What outside systems tell us: signed, stored once, led to its case. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/app.h"
#include "api/command.h"
#include "api/inbox.h"
#include "definition/delivery.h"
#include "runtime/signature.h"

enum { SYSTEM_LONGEST = 64 };

/* A message on its way from its request to the inbox. */
struct post_in {
    struct app *app;
    struct http_request *r;
    const struct delivery *system; /* who it says it is; NULL: nobody we know */
    const char *id, *signature;
    int64_t timestamp;
    struct arrival arrival;
    struct value body; /* read once the signature fits */
    struct error why;  /* REJECTED, as it is told */
};

/* --- what became of it --- */

/* The reason of a rejection begins with its error's code. */
static enum error_code
code_of(const char *reason)
{
    const size_t len = strcspn(reason, ":");

    for (int code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        const char *name = error_name((enum error_code)code);
        const int status = error_http_status((enum error_code)code);

        if (strlen(name) == len && !memcmp(name, reason, len) && status < 500)
            return (enum error_code)code;
    }
    return ERROR_MESSAGE_UNKNOWN;
}

static void
reply_rejected(struct post_in *p, const char *reason)
{
    const char *detail = strchr(reason, ':');

    error_set(&p->why, code_of(reason), "%s", detail ? detail + strspn(detail, ": ") : reason);
    reply_error(p->r, &p->why);
}

static void
on_done(struct arrival *a)
{
    const bool waits = a->receipt.state == INBOX_WAITING;
    struct post_in *p = a->arg;
    struct text t = text_new(&p->r->arena);

    if (a->error.code) {
        reply_error(p->r, &a->error);
        return;
    }
    if (a->receipt.repeated)
        http_reply_header(p->r, "Idempotent-Replayed", "true");
    if (a->receipt.state == INBOX_REJECTED) {
        reply_rejected(p, a->receipt.reason ? a->receipt.reason : "");
        return;
    }
    put_open(&t, '{');
    put_member_string(&t, "id", a->id);
    put_member_string(&t, "state", waits ? "waiting" : "accepted");
    if (a->receipt.letter)
        put_member_int(&t, "letter", a->receipt.letter);
    put_close(&t, '}');
    reply_json(p->r, waits ? 202 : 200, &t);
}

/* --- what it says --- */

/* Lower-case letters and digits: an attribute of the sender's own, which the specification ignores.
 */
static bool
is_extension(const char *name)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    return *name && !name[strspn(name, characters)];
}

/* @v without what it says beside the attributes we know. */
static struct value
without_extensions(struct arena *a, const struct value *v, const struct member_rule *rule, size_t n)
{
    struct member *m = arena_array(a, v->n, struct member);
    size_t kept = 0;

    for (uint32_t i = 0; i < v->n; i++) {
        bool known = !is_extension(v->member[i].name);

        for (size_t k = 0; k < n && !known; k++)
            known = !strcmp(rule[k].name, v->member[i].name);
        /* An attribute is a text, a number or yes or no. */
        if (known || v->member[i].value.kind == VALUE_OBJECT ||
            v->member[i].value.kind == VALUE_ARRAY)
            m[kept++] = v->member[i];
    }
    return value_object(a, m, kept);
}

/* application/json, application/problem+json; charset=utf-8 … */
static bool
is_json_type(const char *type)
{
    const size_t len = strcspn(type, "; \t");
    const char *slash = memchr(type, '/', len);

    if (!slash || slash == type)
        return false;
    return (type + len - slash == 5 && !strncasecmp(slash, "/json", 5)) ||
           (len > 5 && !strncasecmp(type + len - 5, "+json", 5) && type + len - 5 > slash + 1);
}

/* What the specification says of the values of its attributes. */
static bool
check_attributes(const struct value *v, struct error *e)
{
    static const char *const full[] = {"/id", "/source", "/type", "/subject", "/dataschema"};
    const char *time = value_get_string(v, "time"), *type = value_get_string(v, "datacontenttype");
    instant moment;

    for (size_t i = 0; i < sizeof(full) / sizeof(full[0]); i++) {
        const char *said = value_get_string(v, full[i] + 1);

        if (said && !*said)
            return error_at(e, ERROR_FORM_INVALID, full[i], "%s may not be empty", full[i] + 1);
    }
    if (time && !instant_read(time, strlen(time), &moment))
        return error_at(e, ERROR_FORM_INVALID, "/time",
                        "time is a moment such as 2026-02-13T10:00:00+08:00 (RFC 3339)");
    if (type && !is_json_type(type))
        return error_at(e, ERROR_FORM_INVALID, "/datacontenttype",
                        "data is JSON here: datacontenttype is application/json");
    return !strcmp(value_get_string(v, "specversion"), "1.0") ||
           error_at(e, ERROR_FORM_INVALID, "/specversion", "specversion is \"1.0\"");
}

/* Members of a CloudEvent 1.0; what else its sender says of it is not looked at. */
static bool
read_envelope(struct arena *a, const struct value *v, struct error *e)
{
    static const struct member_rule rule[] = {
        {"data", VALUE_OBJECT, true, 0},           {"datacontenttype", VALUE_STRING, false, 100},
        {"dataschema", VALUE_STRING, false, 500},  {"id", VALUE_STRING, true, MESSAGE_ID_MOST},
        {"source", VALUE_STRING, true, 500},       {"specversion", VALUE_STRING, true, 3},
        {"subject", VALUE_STRING, false, 200},     {"time", VALUE_STRING, false, 40},
        {"traceparent", VALUE_STRING, false, 100}, {"tracestate", VALUE_STRING, false, 500},
        {"type", VALUE_STRING, true, 200},
    };

    const size_t n = sizeof(rule) / sizeof(rule[0]);
    struct value known = *v;

    if (v->kind == VALUE_OBJECT)
        known = without_extensions(a, v, rule, n);
    return body_check(&known, "", rule, n, e) && check_attributes(&known, e);
}

static bool
read_named(const struct value *data, struct arrival *a, struct error *e)
{
    a->number = value_get_string(data, "case");
    a->key = value_get_string(data, "businessKey");
    a->code = value_get_string(data, "creditCode");
    if (!!a->number + !!a->key + !!a->code == 1)
        return true;
    return error_at(e, ERROR_FORM_INVALID, "/data",
                    "data names its case by one of case, businessKey and creditCode");
}

bool
letter_read(const struct value *data, struct arrival *a, struct error *e)
{
    static const struct member_rule rule[] = {
        {"businessKey", VALUE_STRING, false, 200},
        {"case", VALUE_STRING, false, 40},
        {"creditCode", VALUE_STRING, false, 32},
        {"input", VALUE_OBJECT, false, 0},
        {"name", VALUE_STRING, true, 64},
        {"step", VALUE_STRING, false, 200},
        {"visit", VALUE_INT, false, 0},
    };
    const struct value *visit = value_get(data, "visit"), *input = value_get(data, "input");

    if (!body_check(data, "/data", rule, sizeof(rule) / sizeof(rule[0]), e) ||
        !read_named(data, a, e))
        return false;
    if (visit && (visit->integer < 1 || visit->integer > INT32_MAX))
        return error_at(e, ERROR_FORM_INVALID, "/data/visit", "visit is the number of a stay");
    a->name = value_get_string(data, "name");
    a->step = value_get_string(data, "step");
    a->visit = visit ? (int32_t)visit->integer : 0;
    a->data = input ? *input : value_null();
    if (!*a->name)
        return error_at(e, ERROR_FORM_INVALID, "/data/name", "name is an action or a message");
    return true;
}

static bool
read_message(struct post_in *p, struct error *e)
{
    struct arrival *a = &p->arrival;

    if (!body_read(p->r, &p->body, e) || !read_envelope(&p->r->arena, &p->body, e))
        return false;
    a->source = p->system->system;
    a->id = p->id;
    a->body = p->r->body;
    a->body_len = p->r->body_len;
    a->done = on_done;
    a->arg = p;
    return letter_read(value_get(&p->body, "data"), a, e);
}

/* --- who says it --- */

static bool
check_signature(struct post_in *p, const PGresult *res, struct error *e)
{
    struct secret secret[SECRETS_MOST];
    struct signed_message m = {.id = p->id,
                               .timestamp = p->timestamp,
                               .body = p->r->body,
                               .len = p->r->body_len,
                               .secret = secret,
                               .algorithms = p->system ? p->system->algorithms : DELIVERY_SHA256};
    int32_t number;

    for (int row = 0; row < PQntuples(res) && m.n_secret < SECRETS_MOST; row++) {
        struct secret *s = &secret[m.n_secret];
        size_t len;
        const void *bytes = row_bytes(res, row, 2, &len);

        if (len > SECRET_MOST)
            continue;
        *s = (struct secret){.number = (int32_t)row_int(res, row, 1), .len = len};
        memcpy(s->byte, bytes, len);
        m.n_secret++;
    }
    number = signature_check(p->signature, &m);
    explicit_bzero(secret, sizeof(secret));
    return number != 0 ||
           error_set(e, ERROR_SIGNATURE_WRONG, "webhook-signature fits no secret of this system");
}

static void
on_secrets(void *arg, const PGresult *res, const struct error *why)
{
    struct post_in *p = arg;
    struct error e;

    if (why)
        reply_error(p->r, why);
    else if (!check_signature(p, res, &e) || !read_message(p, &e))
        reply_error(p->r, &e);
    else
        inbox_submit(worker_inbox(p->app->worker), &p->arrival);
}

static bool
read_header(struct http_request *r, const char *name, const char **out, struct error *e)
{
    *out = http_header(r, name);
    return *out || error_set(e, ERROR_BAD_REQUEST, "the header %s is missing", name);
}

static bool
read_head(struct post_in *p, struct error *e)
{
    static const char *const known[] = {"system", NULL};
    const char *stranger = http_query_stranger(p->r, known), *system, *timestamp;
    const instant now = worker_now(p->app->worker);

    if (stranger)
        return error_at(e, ERROR_BAD_PARAMETER, stranger, "%.60s is unknown here, or twice",
                        stranger);
    system = http_query(p->r, "system");
    if (!system || !*system || strlen(system) > SYSTEM_LONGEST)
        return error_at(e, ERROR_BAD_PARAMETER, "system",
                        "say which system it is: /v1/messages?system=NAME");
    if (!read_header(p->r, "webhook-id", &p->id, e) ||
        !read_header(p->r, "webhook-timestamp", &timestamp, e) ||
        !read_header(p->r, "webhook-signature", &p->signature, e) || !message_id_check(p->id, e))
        return false;
    p->system = deliveries_find(p->app->shared->systems, system);
    if (now == INSTANT_NONE)
        return error_set(e, ERROR_STORE_BUSY, "the database has not told the time yet");
    return timestamp_check(timestamp, now / SPAN_SECOND, &p->timestamp, e);
}

void
messages_take(void *arg, struct http_request *r)
{
    struct post_in *p = arena_new(&r->arena, struct post_in);
    struct parameters v = parameters_new(&r->arena);
    struct column system = column_new(&r->arena, COLUMN_TEXT);
    struct error e;

    p->app = arg;
    p->r = r;
    if (!read_head(p, &e)) {
        reply_error(r, &e);
        return;
    }
    /* A system nobody knows has no secret, and is told the same as a wrong signature. */
    column_text(&system, p->system ? p->system->system : "");
    parameter_column(&v, &system);
    pipeline_ask(p->app->read, SQL_system_key_valid, &v, on_secrets, p);
}
