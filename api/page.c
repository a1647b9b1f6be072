/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of lists. */
#include "api/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "definition/digest.h"
#include "definition/format.h"

/* The query without cursor and limit, as 16 digits: what a cursor belongs to. */
static void
digest_query(const struct http_request *r, const char *const *known, char out[17])
{
    struct text t = text_new(&((struct http_request *)(uintptr_t)r)->arena);
    char hex[DIGEST_TEXT];

    text_str(&t, r->head.path);
    for (size_t i = 0; known[i]; i++) {
        const char *v = http_query(r, known[i]);

        if (v && strcmp(known[i], "cursor") != 0 && strcmp(known[i], "limit") != 0)
            text_printf(&t, "\n%s=%s", known[i], v);
    }
    if (r->session)
        text_printf(&t, "\n%s", app_session(r)->account);
    digest_text(t.at, t.len, hex);
    (void)snprintf(out, 17, "%.16s", hex);
}

bool
query_number(const struct http_request *r, const char *name, int most, int *out, struct error *e)
{
    const char *text = http_query(r, name);
    char *end;
    long n;

    if (!text)
        return true;
    n = strtol(text, &end, 10);
    if (*end || end == text || text[0] < '0' || text[0] > '9' || n < 1 || n > most)
        return error_at(e, ERROR_BAD_PARAMETER, name, "%s is a number from 1 to %d", name, most);
    *out = (int)n;
    return true;
}

/* "c" DIGEST "." key "." key: the digest is over the query and the keys. */
static void
write_cursor(struct text *t, const struct page *page, const int64_t *key, int n_key)
{
    struct text keys = text_new(t->arena), whole = text_new(t->arena);
    char hex[DIGEST_TEXT];

    for (int i = 0; i < n_key; i++)
        text_printf(&keys, ".%lld", (long long)key[i]);
    text_str(&whole, page->query);
    text_add(&whole, keys.at, keys.len);
    digest_text(whole.at, whole.len, hex);
    text_printf(t, "%.16s%s", hex, keys.at);
}

static bool
read_cursor(struct http_request *r, int n_key, struct page *page, struct error *e)
{
    const char *text = http_query(r, "cursor");
    struct text again = text_new(&r->arena);
    const char *at;
    char *end;

    page->first = text == NULL;
    if (!text)
        return true;
    at = strchr(text, '.');
    for (int i = 0; i < n_key && at; i++) {
        page->position[i] = strtoll(at + 1, &end, 10);
        at = *end == '.' ? end : NULL;
    }
    write_cursor(&again, page, page->position, n_key);
    return !strcmp(again.at, text) ||
           error_at(e, ERROR_BAD_PARAMETER, "cursor",
                    "the cursor is not of this list; take nextCursor as it is, with the same "
                    "filters");
}

bool
page_read(struct http_request *r, const char *const *known, int n_key, struct page *page,
          struct error *e)
{
    const char *stranger = http_query_stranger(r, known);

    *page = (struct page){.limit = PAGE_LIMIT, .known = known};
    if (stranger)
        return error_at(e, ERROR_BAD_PARAMETER, stranger, "%.60s is unknown or stands there twice",
                        stranger);
    digest_query(r, known, page->query);
    return query_number(r, "limit", PAGE_LIMIT_MOST, &page->limit, e) &&
           read_cursor(r, n_key, page, e);
}

bool
query_text(const struct http_request *r, const char *name, size_t longest, const char **out,
           struct error *e)
{
    const char *text = http_query(r, name);
    size_t n = 0;

    *out = text;
    for (const char *c = text; c && *c; c++)
        n += ((unsigned char)*c & 0xC0) != 0x80;
    return n <= longest || error_at(e, ERROR_BAD_PARAMETER, name,
                                    "%s may have at most %zu characters", name, longest);
}

bool
query_flag(const struct http_request *r, const char *name, bool *out, struct error *e)
{
    const char *text = http_query(r, name);

    *out = text && !strcmp(text, "true");
    return !text || *out || !strcmp(text, "false") ||
           error_at(e, ERROR_BAD_PARAMETER, name, "%s is true or false", name);
}

bool
query_dry_run(const struct http_request *r, bool *dry, struct error *e)
{
    static const char *const known[] = {"validateOnly", NULL};
    const char *stranger = http_query_stranger(r, known);

    if (stranger)
        return error_at(e, ERROR_BAD_PARAMETER, stranger, "%.60s is unknown or stands there twice",
                        stranger);
    return query_flag(r, "validateOnly", dry, e);
}

bool
page_district(const struct http_request *r, const char **district, struct error *e)
{
    const struct session *s = app_session(r);
    const char *asked = http_query(r, "district");

    *district = asked ? asked : strcmp(s->district, "*") ? s->district : NULL;
    if (asked && !session_sees(s, asked))
        return error_set(e, ERROR_FORBIDDEN, "district %.20s is not yours", asked);
    return true;
}

bool
credit_code_check(const char *code, enum error_code code_is, const char *pointer, struct error *e)
{
    const size_t len = strlen(code);

    if (format_cn_uscc(code, len))
        return true;
    if (len == 18 && strspn(code, "0123456789ABCDEFGHJKLMNPQRTUWXY") == len) {
        error_at(e, code_is, pointer,
                 "%.32s is no unified social credit code: its check characters (the 17th and the "
                 "last) do not fit; one character is wrong, or two have changed places",
                 code);
        return error_zh(
            e, "%.32s 不是统一社会信用代码：校验码（第 17 位和末位）不符，有一位错误或两位颠倒",
            code);
    }
    error_at(
        e, code_is, pointer,
        "%.32s is no unified social credit code: one is 18 digits and capital letters, none of "
        "them I O S V Z, the last a check character",
        code);
    return error_zh(e,
                    "%.32s 不是统一社会信用代码：代码为 18 位数字或大写字母（不含 I、O、S、V、Z），"
                    "末位为校验码",
                    code);
}

void
page_begin(struct text *t)
{
    put_open(t, '{');
    put_key(t, "items");
    put_open(t, '[');
}

/* The same query, from the cursor on. */
static void
put_link(struct text *t, const struct http_request *r, const struct page *page, const char *cursor)
{
    text_printf(t, "<%s?cursor=%s&limit=%d", r->head.path, cursor, page->limit);
    for (size_t i = 0; page->known[i]; i++) {
        const char *v = http_query(r, page->known[i]);

        if (!v || !strcmp(page->known[i], "cursor") || !strcmp(page->known[i], "limit"))
            continue;
        text_printf(t, "&%s=", page->known[i]);
        text_encoded(t, v, "");
    }
    text_str(t, ">; rel=\"next\"");
}

void
page_end(struct text *t, struct http_request *r, const struct page *page, int n,
         const int64_t *last, int n_key)
{
    struct text cursor = text_new(t->arena), link = text_new(t->arena);

    put_close(t, ']');
    if (n > page->limit && last) {
        write_cursor(&cursor, page, last, n_key);
        put_member_string(t, "nextCursor", cursor.at);
        put_link(&link, r, page, cursor.at);
        http_reply_header(r, "Link", link.at);
    }
    put_close(t, '}');
    reply_json(r, 200, t);
}

void
page_reply(struct http_request *r, const struct page *page, const PGresult *res,
           const struct error *e, const int *key, int n_key, page_row *put, void *arg)
{
    struct text t = text_new(&r->arena);
    const int n = e ? 0 : PQntuples(res), shown = n < page->limit ? n : page->limit;
    int64_t last[PAGE_KEYS];

    if (e) {
        reply_error(r, e);
        return;
    }
    page_begin(&t);
    for (int row = 0; row < shown; row++)
        put(arg, &t, res, row);
    for (int i = 0; i < n_key && shown; i++)
        last[i] = row_int(res, shown - 1, key[i]);
    page_end(&t, r, page, n, shown ? last : NULL, n_key);
}
