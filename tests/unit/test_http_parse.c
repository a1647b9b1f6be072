/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP as bytes: what is read, what is refused, and that pieces make no difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/http/parse.h"

#define TEXT(s) s, sizeof(s) - 1

static const struct http_limits *
defaults(void)
{
    static struct http_limits limits;

    limits = http_limits_default();
    return &limits;
}

/* The http status of reading @bytes, handed over @step at a time; 0 = incomplete, 200 = read. */
static int
status_of(struct arena *a, const char *bytes, size_t len, size_t step, struct http_head *head)
{
    struct http_scan scan = {0};
    struct error e = {0};

    for (size_t have = step; !scan.complete; have += step) {
        if (have > len)
            have = len;
        if (!http_scan_head(&scan, bytes, have, defaults(), &e))
            return error_http_status(e.code);
        if (have == len)
            break;
    }
    if (!scan.complete)
        return 0;
    if (!http_parse_head(a, bytes + scan.start, scan.at - scan.start, defaults(), head, &e))
        return error_http_status(e.code);
    return 200;
}

static int
read_head(struct arena *a, const char *bytes, size_t len, struct http_head *head)
{
    struct http_head other;
    const int status = status_of(a, bytes, len, len, head);

    assert_int_equal(status_of(a, bytes, len, 1, &other), status);
    assert_int_equal(status_of(a, bytes, len, 7, &other), status);
    return status;
}

static void
a_head_is_read(void **state)
{
    static const char bytes[] = "POST /v1/cases/%E4%B8%80?a=1&b=%2B+%26&c&=d HTTP/1.1\r\n"
                                "Host: hall.example:8080\r\n"
                                "Content-Length: 12\r\n"
                                "Accept-Language:  en, zh;q=0.5 \t\r\n"
                                "X-Empty:\r\n"
                                "Expect: 100-Continue\r\n"
                                "Connection: foo , CLOSE\r\n"
                                "\r\nbody";
    struct arena a = {0};
    struct http_head h;

    (void)state;
    assert_int_equal(read_head(&a, TEXT(bytes), &h), 200);
    assert_int_equal(h.method, HTTP_POST);
    assert_int_equal(h.minor, 1);
    assert_string_equal(h.path, "/v1/cases/\xe4\xb8\x80");
    assert_string_equal(h.query, "a=1&b=%2B+%26&c&=d");
    assert_int_equal(h.n_parameter, 4);
    assert_string_equal(h.parameter[1].name, "b");
    assert_string_equal(h.parameter[1].value, "+ &");
    assert_string_equal(h.parameter[2].value, "");
    assert_string_equal(h.parameter[3].name, "");
    assert_string_equal(h.host, "hall.example:8080");
    assert_string_equal(http_head_field(&h, "accept-language"), "en, zh;q=0.5");
    assert_string_equal(http_head_field(&h, "x-empty"), "");
    assert_null(http_head_field(&h, "x-absent"));
    assert_int_equal(h.n_field, 6);
    assert_true(h.length == 12);
    assert_false(h.chunked);
    assert_true(h.close);
    assert_true(h.expects_continue);
    arena_release(&a);
}

static void
heads_are_refused_with_their_status(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        int status;
    } row[] = {
        {TEXT(""), 0},
        {TEXT("G"), 0},
        {TEXT("GET / HTTP/1.1\r\nHost: a\r\n"), 0},
        {TEXT("GET / HTTP/1.1\r\nHost: a\r\n\r"), 0},
        {TEXT("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200},
        {TEXT("\r\n\r\n"), 400},
        {TEXT("\n"), 400},
        {TEXT("\r "), 400},
        {TEXT("\0"), 400},
        {TEXT("GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n"), 400},
        {TEXT("GET / HTTP/1.1\r\nHost: a\r\nX: \t\r\n\r\n"), 200},
        {TEXT("GET / HTTP/1.1\r\nHost: a\r\nX:a:b\r\n\r\n"), 200},
        {TEXT("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"), 200},
        {TEXT("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n"), 501},
        {TEXT("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\n"), 400},
        {TEXT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400},
        {TEXT("GET / HTTP/1.1\r\nHost: a:x\r\n\r\n"), 400},
        {TEXT("GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n"), 400},
        {TEXT("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"), 400},
        {TEXT("GET / HTTP/1.1\r\nHost: [::g]\r\n\r\n"), 400},
        {TEXT("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"), 400},
        {TEXT("GET / HTTP/1.10\r\nHost: a\r\n\r\n"), 400},
        {TEXT("GET / HTTP/0.9\r\nHost: a\r\n\r\n"), 505},
        {TEXT("GET / HTTP/3.0\r\n\r\n"), 505},
        {TEXT("G@T / HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
        {TEXT("GETT / HTTP/1.1\r\nHost: a\r\n\r\n"), 501},
        {TEXT("GE / HTTP/1.1\r\nHost: a\r\n\r\n"), 501},
        {TEXT("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), 200},
        {TEXT("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n"), 417},
        {TEXT("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nExpect: x\r\n\r\n"), 400},
    };
    struct arena a = {0};
    struct http_head h;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        const int status = read_head(&a, row[i].bytes, row[i].len, &h);

        if (status != row[i].status)
            print_error("row %zu: %s\n", i, row[i].bytes);
        assert_int_equal(status, row[i].status);
        arena_reset(&a);
    }
    arena_release(&a);
}

static const struct {
    const char *target;
    const char *path; /* NULL = refused */
} target_row[] = {
    {"/", "/"},
    {"/a/b", "/a/b"},
    {"/a%20b", "/a b"},
    {"/%252f", "/%2f"},
    {"/%61%62", "/ab"},
    {"/a/...", "/a/..."},
    {"/a/.b", "/a/.b"},
    {"/%E5%8A%9E%E4%BB%B6", "/\xe5\x8a\x9e\xe4\xbb\xb6"},
    {"/%F0%9F%8F%A2", "/\xf0\x9f\x8f\xa2"},
    {"/;v=1,2:@!$&'()*+=-._~", "/;v=1,2:@!$&'()*+=-._~"},
    {"http://b", "/"},
    {"HTTPS://b:443/x?y", "/x"},
    {"http://b?y=1", "/"},
    {"", NULL},
    {"*", NULL},
    {"a", NULL},
    {"ftp://b/x", NULL},
    {"http:///x", NULL},
    {"/.", NULL},
    {"/..", NULL},
    {"/a/./b", NULL},
    {"/a/%2e/b", NULL},
    {"/a/.%2E", NULL},
    {"/%2F", NULL},
    {"/%5c", NULL},
    {"/a\\b", NULL},
    {"/%00", NULL},
    {"/%0a", NULL},
    {"/%7f", NULL},
    {"/%", NULL},
    {"/%4", NULL},
    {"/%4g", NULL},
    {"/%-1", NULL},
    {"/%C0%AF", NULL},
    {"/%E0%80%AF", NULL},
    {"/%ED%A0%80", NULL},
    {"/%F4%90%80%80", NULL},
    {"/%E5%8A", NULL},
    {"/a<b", NULL},
    {"/a\"b", NULL},
    {"/a|b", NULL},
    {"/a#b", NULL},
    {"/?a=[1]", NULL},
    {"/?a=%00", NULL},
    {"/?a=%FF", NULL},
    {"/?%=1", NULL},
    {"/?a=b/c?d", "/"},
};

static void
targets_are_decoded_once_and_strictly(void **state)
{
    struct arena a = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(target_row) / sizeof(target_row[0]); i++) {
        struct http_head h = {.method = HTTP_GET, .query = ""};
        struct error e = {0};
        const bool read = http_parse_target(&a, arena_strdup(&a, target_row[i].target), &h, &e);

        if (read != (target_row[i].path != NULL))
            print_error("%s\n", target_row[i].target);
        assert_int_equal(read, target_row[i].path != NULL);
        if (read)
            assert_string_equal(h.path, target_row[i].path);
        else
            assert_int_equal(e.code, ERROR_BAD_REQUEST);
        arena_reset(&a);
    }
    arena_release(&a);
}

static void
limits_are_exact(void **state)
{
    struct http_limits l = http_limits_default();
    struct arena a = {0};
    char bytes[20 * 1024];

    (void)state;
    for (size_t over = 0; over < 2; over++) { /* a target at the limit, and one byte longer */
        struct http_scan scan = {0};
        struct http_head h;
        struct error e = {0};
        size_t len = (size_t)snprintf(bytes, sizeof(bytes), "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n",
                                      (int)(l.target_bytes - 1 + over), 0);

        assert_true(http_scan_head(&scan, bytes, len, &l, &e));
        assert_int_equal(http_parse_head(&a, bytes, scan.at, &l, &h, &e), over == 0);
        assert_int_equal(e.code, over ? ERROR_TARGET_TOO_LONG : ERROR_NONE);
    }
    for (size_t over = 0; over < 2; over++) { /* a head at the limit, and one byte longer */
        static const char start[] = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        struct http_scan scan = {0};
        struct error e = {0};
        const size_t len = l.head_bytes + over;

        memset(bytes, 'a', len);
        memcpy(bytes, start, sizeof(start) - 1);
        memcpy(bytes + len - 4, "\r\n\r\n", 4);
        assert_int_equal(http_scan_head(&scan, bytes, len, &l, &e), over == 0);
        assert_int_equal(e.code, over ? ERROR_HEADER_TOO_LARGE : ERROR_NONE);
    }
    for (size_t over = 0; over < 2; over++) { /* fields at the limit, and one more */
        struct http_scan scan = {0};
        struct http_head h;
        struct error e = {0};
        size_t len = (size_t)snprintf(bytes, sizeof(bytes), "GET / HTTP/1.1\r\nHost: a\r\n");

        for (size_t i = 1; i < l.fields + over; i++)
            len += (size_t)snprintf(bytes + len, sizeof(bytes) - len, "X: a\r\n");
        len += (size_t)snprintf(bytes + len, sizeof(bytes) - len, "\r\n");
        assert_int_equal(http_scan_head(&scan, bytes, len, &l, &e) &&
                             http_parse_head(&a, bytes, len, &l, &h, &e),
                         over == 0);
        assert_int_equal(e.code, over ? ERROR_HEADER_TOO_LARGE : ERROR_NONE);
    }
    arena_release(&a);
}

static void
lists_are_compared_by_item(void **state)
{
    (void)state;
    assert_true(http_list_has("close", "close"));
    assert_true(http_list_has("a,CLOSE ,b", "close"));
    assert_true(http_list_has(" ,, close", "close"));
    assert_false(http_list_has("closed", "close"));
    assert_false(http_list_has("x-close", "close"));
    assert_false(http_list_has("", "close"));
}

/* The data of a chunked body handed over @step bytes at a time, or what is wrong with it. */
static const char *
dechunk(const char *bytes, size_t len, size_t step, char *out, size_t *behind)
{
    struct http_chunks c = {0};
    struct error e;
    size_t at = 0, n = 0;

    while (at < len && c.state != CHUNK_DONE) {
        const size_t have = len - at < step ? len - at : step;
        struct http_span data;
        size_t taken;

        if (!http_chunks_next(&c, (struct http_span){bytes + at, have}, defaults(), &data, &taken,
                              &e))
            return "refused";
        memcpy(out + n, data.at, data.len);
        n += data.len;
        at += taken;
    }
    out[n] = '\0';
    *behind = len - at;
    return c.state == CHUNK_DONE ? out : "incomplete";
}

static void
chunked_bodies_are_taken_apart(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *data;
        size_t behind;
    } row[] = {
        {TEXT("0\r\n\r\n"), "", 0},
        {TEXT("5\r\nhello\r\n0\r\n\r\nGET"), "hello", 3},
        {TEXT("00000005\r\nhello\r\n00\r\n\r\n"), "hello", 0},
        {TEXT("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), "01234567890123456789", 0},
        {TEXT("1;x\r\na\r\n1; y=\"z\"\r\nb\r\n0\r\nT: u\r\nV: w\r\n\r\n"), "ab", 0},
        {TEXT("2\r\n\r\n\r\n0\r\n\r\n"), "\r\n", 0},
        {TEXT("5\r\nhel"), "incomplete", 0},
        {TEXT("0\r\n"), "incomplete", 0},
        {TEXT("000000005\r\nhello\r\n0\r\n\r\n"), "refused", 0},
        {TEXT(";\r\n"), "refused", 0},
        {TEXT("\r\n"), "refused", 0},
        {TEXT("g"), "refused", 0},
        {TEXT("5\n"), "refused", 0},
        {TEXT("5\rx"), "refused", 0},
        {TEXT("5 \r\n"), "refused", 0},
        {TEXT("1\r\nab"), "refused", 0},
        {TEXT("1\r\na\n"), "refused", 0},
        {TEXT("1\r\na\rb"), "refused", 0},
        {TEXT("1;\n\r\n"), "refused", 0},
        {TEXT("0\r\n\n"), "refused", 0},
        {TEXT("0\r\nA\n"), "refused", 0},
        {TEXT("0\r\n\rX"), "refused", 0},
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        for (size_t step = 1; step <= row[i].len; step++) {
            size_t behind = 0;

            assert_string_equal(dechunk(row[i].bytes, row[i].len, step, out, &behind), row[i].data);
            assert_int_equal(behind, row[i].behind);
        }
    }
}

static void
extensions_and_trailers_have_their_limits(void **state)
{
    const struct http_limits l = http_limits_default();
    char bytes[8 * 1024], out[64];
    size_t behind, len;

    (void)state;
    for (size_t over = 0; over < 2; over++) {
        len = (size_t)snprintf(bytes, sizeof(bytes), "1;%0*d\r\na\r\n0\r\n\r\n",
                               (int)(l.chunk_ext + over), 0);
        assert_string_equal(dechunk(bytes, len, len, out, &behind), over ? "refused" : "a");
        len = (size_t)snprintf(bytes, sizeof(bytes), "0\r\nA:%0*d\r\n\r\n",
                               (int)(l.trailer_bytes - 6 + over), 0);
        assert_string_equal(dechunk(bytes, len, len, out, &behind), over ? "refused" : "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_read),
        cmocka_unit_test(heads_are_refused_with_their_status),
        cmocka_unit_test(targets_are_decoded_once_and_strictly),
        cmocka_unit_test(limits_are_exact),
        cmocka_unit_test(lists_are_compared_by_item),
        cmocka_unit_test(chunked_bodies_are_taken_apart),
        cmocka_unit_test(extensions_and_trailers_have_their_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
