/* SPDX-License-Identifier: Apache-2.0 */
/* JSON answers and problem documents. */
#include "api/reply.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The quality of one language range, in thousandths; 1000 when it names none. */
static int
quality(const char *range, size_t len)
{
    const char *const semicolon = memchr(range, ';', len);
    const char *q = semicolon ? semicolon + 1 : NULL;
    const char *const end = range + len;
    int value = 0, unit = 1000;

    while (q && q < end && (*q == ' ' || *q == '\t'))
        q++;
    if (!q || end - q < 3 || strncasecmp(q, "q=", 2) != 0)
        return 1000;
    for (q += 2; q < end && unit > 0; q++) {
        if (*q == '.')
            continue;
        if (*q < '0' || *q > '9')
            break;
        value += (*q - '0') * unit;
        unit /= 10;
    }
    return value < 1000 ? value : 1000;
}

static bool
is_language(const char *range, const char *language)
{
    const char behind = range[2];

    return strncasecmp(range, language, 2) == 0 &&
           (behind == '-' || behind == ';' || behind == ',' || behind == ' ' || behind == '\0');
}

enum language
reply_language(const struct http_request *r)
{
    const char *range = http_header(r, "accept-language");
    int zh = 0, en = 0;

    while (range && *range) {
        const size_t len = strcspn(range, ",");
        const size_t blank = strspn(range, " \t");
        const int q = quality(range, len);

        if (is_language(range + blank, "en") && q > en)
            en = q;
        else if ((is_language(range + blank, "zh") || range[blank] == '*') && q > zh)
            zh = q;
        range += len + (range[len] == ',');
    }
    /* Of two that are equally welcome the hall's own comes first, unless English stood first:
     * "en, zh" has no qualities, and means the order. */
    if (en == zh && en > 0)
        return is_language(http_header(r, "accept-language"), "en") ? LANGUAGE_EN : LANGUAGE_ZH;
    return en > zh ? LANGUAGE_EN : LANGUAGE_ZH;
}

void
reply_json(struct http_request *r, int status, const struct text *body)
{
    http_reply(r, status, "application/json", body->at, body->len);
}

static const char *
in_language(const struct error *e, enum language lang)
{
    return lang == LANGUAGE_ZH && e->zh[0] ? e->zh : e->detail;
}

/* What to do next, and what exactly was wrong with this request. */
static void
put_detail(struct text *t, const struct error *e, enum language lang)
{
    const char *const mend = error_mend(e->code, lang);
    struct text detail = text_new(t->arena);

    text_str(&detail, mend);
    if (e->detail[0] && lang == LANGUAGE_ZH)
        text_printf(&detail, mend[0] ? "（%s）" : "%s", in_language(e, lang));
    else if (e->detail[0])
        text_printf(&detail, mend[0] ? ": %s" : "%s", e->detail);
    put_key(t, "detail");
    put_bytes(t, detail.at, detail.len);
}

static void
put_item(struct text *t, const struct problem_item *item)
{
    put_open(t, '{');
    if (item->pointer) {
        put_key(t, "pointer");
        put_string(t, arena_printf(t->arena, "#%s", item->pointer));
    }
    put_member_string(t, "parameter", item->parameter);
    put_member_string(t, "code", item->code);
    put_member_string(t, "detail", item->detail);
    put_close(t, '}');
}

static void
put_items(struct text *t, const struct problem_document *p, enum language lang)
{
    const struct error *const e = p->error;

    if (p->n_item == 0 && e->pointer[0] == '\0')
        return;
    put_key(t, "errors");
    put_open(t, '[');
    for (size_t i = 0; i < p->n_item; i++)
        put_item(t, &p->item[i]);
    if (p->n_item == 0) {
        const bool parameter = e->code == ERROR_BAD_PARAMETER;

        put_item(t, &(struct problem_item){.pointer = parameter ? NULL : e->pointer,
                                           .parameter = parameter ? e->pointer : NULL,
                                           .code = error_name(e->code),
                                           .detail = in_language(e, lang)});
    }
    put_close(t, ']');
}

static void
add_fields(struct http_request *r, int status)
{
    if ((status == 429 || status == 503) && !http_reply_has(r, "Retry-After"))
        http_reply_header(r, "Retry-After", "1");
    if (status == 401 && !http_reply_has(r, "WWW-Authenticate"))
        http_reply_header(r, "WWW-Authenticate", "Bearer");
    http_reply_header(r, "Content-Language", reply_language(r) == LANGUAGE_EN ? "en" : "zh-CN");
    http_reply_header(r, "Vary", "Accept-Language");
}

/* How exactly a range names a type: 3 itself, 2 its family, 1 any, 0 not at all. */
static int
names(const char *range, size_t len, const char *type)
{
    const size_t family = strcspn(type, "/") + 1;

    while (len && (range[len - 1] == ' ' || range[len - 1] == '\t'))
        len--;
    if (len == strlen(type) && strncasecmp(range, type, len) == 0)
        return 3;
    if (len == family + 1 && strncasecmp(range, type, family) == 0 && range[family] == '*')
        return 2;
    return len == 3 && strncmp(range, "*/*", 3) == 0;
}

/* The closest range decides, as RFC 9110 says. */
static int
acceptance(const char *accept, const char *type)
{
    int closest = 0, q = 0;

    while (*accept) {
        const size_t len = strcspn(accept, ",");
        const size_t blank = strspn(accept, " \t");
        const char *range = accept + (blank < len ? blank : len);
        const int close = names(range, strcspn(range, ",;"), type);

        if (close > closest) {
            closest = close;
            q = quality(range, len - (size_t)(range - accept));
        }
        accept += len + (accept[len] == ',');
    }
    return q;
}

int
reply_media(const struct http_request *r, const char *const *type, int n)
{
    const char *accept = http_header(r, "accept");
    int best = -1, most = 0;

    if (!accept || !*accept)
        return 0;
    for (int i = 0; i < n; i++) {
        const int q = acceptance(accept, type[i]);

        if (q > most) {
            most = q;
            best = i;
        }
    }
    return best;
}

void
text_encoded(struct text *t, const char *s, const char *also)
{
    for (; *s; s++) {
        const unsigned char c = (unsigned char)*s;

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
            strchr("-._~", c) || strchr(also, c))
            text_char(t, *s);
        else
            text_printf(t, "%%%02X", c);
    }
}

/* A URI reference again: the path was decoded, and may not even be UTF-8. */
static void
put_instance(struct text *t, const char *path)
{
    struct text uri = text_new(t->arena);

    if (!path)
        return;
    text_encoded(&uri, path, "/");
    put_member_string(t, "instance", uri.at);
}

void
problem_write(struct text *t, const struct http_request *r, const struct problem_document *p)
{
    const enum error_code code = p->error->code;
    const enum language lang = reply_language(r);

    put_open(t, '{');
    put_key(t, "type");
    put_string(t, arena_printf(t->arena, "/docs/problems#%s", error_name(code)));
    put_member_string(t, "title", error_title(code, lang));
    put_member_int(t, "status", error_http_status(code));
    put_detail(t, p->error, lang);
    put_instance(t, r->head.path);
    put_member_string(t, "code", error_name(code));
    put_member_string(t, "traceId", r->trace);
    put_member_string(t, "requestId", r->id);
    put_items(t, p, lang);
    if (p->extra)
        p->extra(t, p->arg);
    put_close(t, '}');
}

void
reply_problem(struct http_request *r, const struct problem_document *p)
{
    const struct error e = error_told(p->error);
    struct problem_document document = *p;
    const int status = error_http_status(e.code);
    struct text t = text_new(&r->arena);

    document.error = &e;
    problem_write(&t, r, &document);
    add_fields(r, status);
    http_reply(r, status, "application/problem+json", t.at, t.len);
}

void
reply_error(struct http_request *r, const struct error *e)
{
    reply_problem(r, &(struct problem_document){.error = e});
}

void
reply_refused(void *arg, struct http_request *r, const struct error *e)
{
    (void)arg;
    reply_error(r, e);
}
