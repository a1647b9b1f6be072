/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates as documents: written, signed, read back. */
#include "store/certificate.h"

#include <string.h>

#include "definition/json.h"

static const char form[] = "onestop-certificate/1";

static const char *
number_of(struct arena *a, const struct certificate_case *of, int32_t nth)
{
    const struct certificate_kind *kind =
        &of->workflow->certificate[of->c->certificate[nth - 1].kind];
    char text[CERTIFICATE_TEXT];

    certificate_number_write(text, kind->prefix, of->c->number, nth);
    return arena_strdup(a, text);
}

/* The last day it holds. */
static void
put_until(struct text *t, instant until)
{
    if (until == INSTANT_NONE)
        return;
    put_key(t, "validUntil");
    put_day(t, instant_day(until - 1));
}

static void
put_holder(struct text *t, const struct certificate_case *of)
{
    if (!of->holder_code && !of->holder_name)
        return;
    put_key(t, "holder");
    put_open(t, '{');
    put_member_string(t, "code", of->holder_code);
    put_member_string(t, "name", of->holder_name);
    put_close(t, '}');
}

static void
put_parts(struct text *t, const struct certificate_case *of, const struct issue *x)
{
    if (!x->n_part)
        return;
    put_key(t, "parts");
    put_open(t, '[');
    for (uint32_t i = 0; i < x->n_part; i++) {
        const struct certificate *part = &of->c->certificate[x->part[i] - 1];

        const char *elsewhere = part->state == CERTIFICATE_REPLACED ? part->successor : NULL;

        put_open(t, '{');
        put_member_string(t, "kind", of->workflow->certificate[part->kind].id);
        put_member_string(t, "number", elsewhere ? elsewhere : number_of(t->arena, of, x->part[i]));
        put_until(t, elsewhere ? part->ends : part->until);
        put_close(t, '}');
    }
    put_close(t, ']');
}

static void
put_title(struct text *t, struct title title)
{
    put_key(t, "title");
    put_open(t, '{');
    put_member_string(t, "en", title.en);
    put_member_string(t, "zh", title.zh);
    put_close(t, '}');
}

/* Members in the order of their names, as RFC 8785 has them. */
void
certificate_body(struct text *t, const struct certificate_case *of, const struct issue *x)
{
    const struct workflow *w = of->workflow;
    const struct certificate_kind *kind = &w->certificate[x->kind];

    put_open(t, '{');
    put_member_string(t, "basis", kind->basis);
    put_member_string(t, "case", of->c->number);
    put_key(t, "content");
    value_write(t, &x->content);
    put_member_string(t, "district", of->c->district);
    put_member_string(t, "form", form);
    put_holder(t, of);
    put_member_instant(t, "issued", x->at);
    put_member_string(t, "issuer", kind->issuer ? kind->issuer : w->lead);
    put_member_string(t, "kind", kind->id);
    put_member_string(t, "number", number_of(t->arena, of, x->number));
    put_parts(t, of, x);
    put_member_string(t, "replaces",
                      x->replaces ? number_of(t->arena, of, x->replaces) : x->of_another);
    put_title(t, kind->title);
    put_key(t, "validFrom");
    put_day(t, instant_day(x->at));
    put_until(t, x->until);
    put_key(t, "workflow");
    put_open(t, '{');
    put_member_string(t, "id", w->id);
    put_member_string(t, "version", w->hash);
    put_close(t, '}');
    put_close(t, '}');
}

static void
put_file(struct text *t, const char *signed_bytes, const struct signing_key *key,
         const char *signature)
{
    put_open(t, '{');
    put_key(t, "certificate");
    text_str(t, signed_bytes);
    put_key(t, "signature");
    put_open(t, '{');
    put_member_string(t, "algorithm", signature_algorithm_name(signing_key_algorithm(key)));
    put_member_string(t, "key", signing_key_id(key));
    put_member_string(t, "value", signature);
    put_close(t, '}');
    put_close(t, '}');
}

bool
certificate_sign(struct arena *a, const char *body, const struct signing_key *key,
                 const char **file, const char **code, struct error *e)
{
    struct text bytes = text_new(a), out = text_new(a);
    char *text = arena_alloc(a, CERTIFICATE_CODE);
    const char *signature;
    struct value v;

    if (!json_read_stored(a, body, strlen(body), &v, e))
        return false;
    v = value_with(a, &v, "key", value_borrow(signing_key_id(key)));
    value_write(&bytes, &v);
    if (!signing_key_sign(key, bytes.at, bytes.len, a, &signature, e))
        return false;
    put_file(&out, bytes.at, key, signature);
    certificate_code_write(text, signature, strlen(signature));
    *file = out.at;
    *code = text;
    return true;
}

static bool
invalid(struct error *e, const char *why)
{
    return error_set(e, ERROR_SIGNATURE_INVALID, "%s", why);
}

/* Written in another way it would be another file: what is signed are bytes. */
static bool
is_canonical(struct arena *a, const struct value *v, const char *file, size_t len)
{
    struct text t = text_new(a);

    value_write(&t, v);
    while (len && (file[len - 1] == '\n' || file[len - 1] == '\r'))
        len--; /* the end of a line, as editors add it */
    return t.len == len && !memcmp(t.at, file, len);
}

bool
certificate_verify(struct arena *a, const char *file, size_t len, const struct signing_key *key,
                   struct value *certificate, struct error *e)
{
    const struct value *signature, *inside;
    const char *named, *value, *algorithm;
    struct text bytes = text_new(a);
    struct value v;

    if (!json_read(a, file, len, false, &v, e))
        return false;
    inside = value_get(&v, "certificate");
    signature = value_get(&v, "signature");
    named = value_get_string(signature, "key");
    value = value_get_string(signature, "value");
    algorithm = value_get_string(signature, "algorithm");
    if (v.n != 2 || !inside || inside->kind != VALUE_OBJECT || !named || !value || !algorithm ||
        signature->n != 3)
        return invalid(e, "this is no certificate of onestop");
    if (!value_get_string(inside, "form") || strcmp(value_get_string(inside, "form"), form) != 0)
        return invalid(e, "its form is none this release knows");
    if (!is_canonical(a, &v, file, len))
        return invalid(e, "it is not written as it was signed (RFC 8785)");
    if (!value_get_string(inside, "key") || strcmp(value_get_string(inside, "key"), named) != 0)
        return invalid(e, "it names one key inside, and another beside its signature");
    if (strcmp(named, signing_key_id(key)) != 0)
        return error_set(e, ERROR_SIGNATURE_INVALID, "it names key %.40s, this is %s", named,
                         signing_key_id(key));
    if (strcmp(algorithm, signature_algorithm_name(signing_key_algorithm(key))) != 0)
        return error_set(e, ERROR_SIGNATURE_INVALID, "it says %.40s, its key signs with %s",
                         algorithm, signature_algorithm_name(signing_key_algorithm(key)));
    value_write(&bytes, inside);
    if (!signing_key_verify(key, bytes.at, bytes.len, value, e))
        return false;
    *certificate = *inside;
    return true;
}

const char *
certificate_key(struct arena *a, const char *file, size_t len)
{
    struct value v;
    struct error e;

    if (!json_read(a, file, len, false, &v, &e))
        return NULL;
    return value_get_string(value_get(&v, "signature"), "key");
}
