/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What two readers could understand differently is refused: every row is sent
 * whole, byte by byte, and through TLS.
 *
 * A row that is answered and kept open is followed by a request that must be
 * answered 200: the connection is still in step.  A row that is refused must
 * be answered once and closed, whatever was smuggled behind it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/door.h"

#define HOST    "Host: a\r\n"
#define SMUGGLE "GET /items/smuggled HTTP/1.1\r\n" HOST "\r\n"
#define POST    "POST /echo HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

struct row {
    const char *name;
    const char *bytes;
    size_t len;      /* 0 = strlen(bytes) */
    int status[4];   /* of the answers, in order */
    const char *end; /* "close", "open", "timeout" (408 at the deadline) */
    bool head_only;  /* answers have no body */
};

#define TEXT(s) s, sizeof(s) - 1

static const struct row rows[] = {
    /* two readers, two lengths */
    {"two different Content-Length",
     TEXT(POST "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"the same Content-Length twice",
     TEXT(POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
     {400},
     "close",
     false},
    {"a blank before the colon of Content-Length",
     TEXT(POST "Content-Length : 44\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"HEAD with a body",
     TEXT("HEAD /hello HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"),
     {200},
     "open",
     true},
    {"GET with a body",
     TEXT("GET /hello HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"),
     {200},
     "open",
     false},
    {"Transfer-Encoding: xchunked",
     TEXT(POST "Transfer-Encoding: xchunked\r\n\r\n" SMUGGLE),
     {501},
     "close",
     false},
    {"a vertical tab before chunked",
     TEXT(POST "Transfer-Encoding: \x0b"
               "chunked\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"a blank before the colon of Transfer-Encoding",
     TEXT(POST "Transfer-Encoding : chunked\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"Transfer-Encoding and Content-Length",
     TEXT(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"Content-Length and Transfer-Encoding",
     TEXT(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"Transfer-Encoding: gzip, chunked",
     TEXT(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
     {501},
     "close",
     false},
    {"Transfer-Encoding: chunked, identity",
     TEXT(POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
     {501},
     "close",
     false},
    {"Transfer-Encoding: chunked twice",
     TEXT(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     {400},
     "close",
     false},
    {"chunked in HTTP/1.0",
     TEXT("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     {400},
     "close",
     false},
    {"Content-Length: +5", TEXT(POST "Content-Length: +5\r\n\r\nhello"), {400}, "close", false},
    {"Content-Length: -5", TEXT(POST "Content-Length: -5\r\n\r\nhello"), {400}, "close", false},
    {"Content-Length: 0x5", TEXT(POST "Content-Length: 0x5\r\n\r\nhello"), {400}, "close", false},
    {"Content-Length: 5, 5", TEXT(POST "Content-Length: 5, 5\r\n\r\nhello"), {400}, "close", false},
    {"an empty Content-Length", TEXT(POST "Content-Length:\r\n\r\nhello"), {400}, "close", false},
    {"Content-Length of 9e18",
     TEXT(POST "Content-Length: 9000000000000000000\r\n\r\nhello"),
     {413},
     "close",
     false},
    {"Content-Length above int64",
     TEXT(POST "Content-Length: 9223372036854775808\r\n\r\nhello"),
     {413},
     "close",
     false},
    {"Content-Length above uint64",
     TEXT(POST "Content-Length: 18446744073709551621\r\n\r\nhello"),
     {413},
     "close",
     false},
    {"Content-Length with leading zeros",
     TEXT(POST "Content-Length: 0000000000000000000000005\r\n\r\nhello"),
     {200},
     "open",
     false},

    /* chunks */
    {"a chunked body", TEXT(CHUNKED "5\r\nhello\r\n3\r\n, y\r\n0\r\n\r\n"), {200}, "open", false},
    {"an empty chunked body", TEXT(CHUNKED "0\r\n\r\n"), {200}, "open", false},
    {"chunk size 0x5", TEXT(CHUNKED "0x5\r\nhello\r\n0\r\n\r\n"), {400}, "close", false},
    {"chunk size +5", TEXT(CHUNKED "+5\r\nhello\r\n0\r\n\r\n"), {400}, "close", false},
    {"an empty line before a chunk size",
     TEXT(CHUNKED "\r\n5\r\nhello\r\n0\r\n\r\n"),
     {400},
     "close",
     false},
    {"chunk size zz", TEXT(CHUNKED "zz\r\nhello\r\n0\r\n\r\n"), {400}, "close", false},
    {"chunk size -5", TEXT(CHUNKED "-5\r\nhello\r\n0\r\n\r\n"), {400}, "close", false},
    {"chunk size ffffffffffffffff",
     TEXT(CHUNKED "ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
     {400},
     "close",
     false},
    {"chunk size ffffffff", TEXT(CHUNKED "ffffffff\r\nhello\r\n0\r\n\r\n"), {413}, "close", false},
    {"a blank behind a chunk size",
     TEXT(CHUNKED "5 \r\nhello\r\n0\r\n\r\n"),
     {400},
     "close",
     false},
    {"no line end behind the data",
     TEXT(CHUNKED "5\r\nhelloX5\r\nhello\r\n0\r\n\r\n"),
     {400},
     "close",
     false},
    {"LF alone behind a chunk size", TEXT(CHUNKED "5\nhello\r\n0\r\n\r\n"), {400}, "close", false},
    {"LF alone behind the data", TEXT(CHUNKED "5\r\nhello\n0\r\n\r\n"), {400}, "close", false},
    {"a chunk extension",
     TEXT(CHUNKED "5;a=b\r\nhello\r\n0;c=\"d\"\r\n\r\n"),
     {200},
     "open",
     false},
    {"a NUL in a chunk extension",
     TEXT(CHUNKED "5;a\0b\r\nhello\r\n0\r\n\r\n"),
     {400},
     "close",
     false},
    {"a trailer field",
     TEXT(CHUNKED "5\r\nhello\r\n0\r\nContent-Length: 99\r\nX-Request-Id: t\r\n\r\n"),
     {200},
     "open",
     false},
    {"a bare CR in a trailer", TEXT(CHUNKED "0\r\nA: b\rc\r\n\r\n"), {400}, "close", false},

    /* fields */
    {"no Host", TEXT("GET /hello HTTP/1.1\r\n\r\n" SMUGGLE), {400}, "close", false},
    {"two Host", TEXT("GET /hello HTTP/1.1\r\n" HOST HOST "\r\n" SMUGGLE), {400}, "close", false},
    {"an invalid Host",
     TEXT("GET /hello HTTP/1.1\r\nHost: a/b@c\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"an empty Host", TEXT("GET /hello HTTP/1.1\r\nHost:\r\n\r\n"), {400}, "close", false},
    {"no Host in HTTP/1.0", TEXT("GET /hello HTTP/1.0\r\n\r\n"), {200}, "close", false},
    {"an IPv6 Host", TEXT("GET /hello HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"), {200}, "open", false},
    {"NUL in a value",
     TEXT("GET /hello HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"an empty name",
     TEXT("GET /hello HTTP/1.1\r\n" HOST ": a\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"a name that is no token",
     TEXT("GET /hello HTTP/1.1\r\n" HOST "X@(y): a\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"a field without a colon",
     TEXT("GET /hello HTTP/1.1\r\n" HOST "X\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"a folded line",
     TEXT("GET /hello HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"a folded first line",
     TEXT("GET /hello HTTP/1.1\r\n " HOST "\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"a bare CR in a value",
     TEXT("GET /hello HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n" SMUGGLE),
     {400},
     "close",
     false},
    {"bare LF line ends", TEXT("GET /hello HTTP/1.1\nHost: a\n\n" SMUGGLE), {400}, "close", false},
    {"a bare LF at the end",
     TEXT("GET /hello HTTP/1.1\r\n" HOST "\n" SMUGGLE),
     {400},
     "close",
     false},
    {"UTF-8 in a value",
     TEXT("GET /hello HTTP/1.1\r\n" HOST "X: \xe5\x8a\x9e\r\n\r\n"),
     {200},
     "open",
     false},

    /* the request line */
    {"one empty line before it",
     TEXT("\r\nGET /hello HTTP/1.1\r\n" HOST "\r\n"),
     {200},
     "open",
     false},
    {"two empty lines before it",
     TEXT("\r\n\r\nGET /hello HTTP/1.1\r\n" HOST "\r\n"),
     {400},
     "close",
     false},
    {"HTTP/0.9", TEXT("GET /hello\r\n"), {408}, "timeout", false},
    {"no version", TEXT("GET /hello\r\n" HOST "\r\n"), {400}, "close", false},
    {"HTTP/1.2", TEXT("GET /hello HTTP/1.2\r\n" HOST "\r\n"), {200}, "open", false},
    {"HTTP/4294967297.1",
     TEXT("GET /hello HTTP/4294967297.1\r\n" HOST "\r\n"),
     {400},
     "close",
     false},
    {"http/1.1", TEXT("GET /hello http/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"HTTP/2.0", TEXT("GET /hello HTTP/2.0\r\n" HOST "\r\n"), {505}, "close", false},
    {"the preface of HTTP/2", TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), {505}, "close", false},
    {"a TLS hello", TEXT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), {400}, "close", false},
    {"two blanks", TEXT("GET  /hello HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"a tab", TEXT("GET\t/hello HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"TRACE", TEXT("TRACE /hello HTTP/1.1\r\n" HOST "\r\n"), {501}, "close", false},
    {"CONNECT", TEXT("CONNECT a:80 HTTP/1.1\r\n" HOST "\r\n"), {501}, "close", false},
    {"FOO", TEXT("FOO /hello HTTP/1.1\r\n" HOST "\r\n"), {501}, "close", false},
    {"get", TEXT("get /hello HTTP/1.1\r\n" HOST "\r\n"), {501}, "close", false},
    {"no method", TEXT(" /hello HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},

    /* expectations */
    {"Expect: 100-continue, the body later",
     TEXT(POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
     {100},
     "body",
     false},
    {"Expect: 100-continue above the limit",
     TEXT(POST "Expect: 100-continue\r\nContent-Length: 70000\r\n\r\n"),
     {413},
     "close",
     false},
    {"Expect: 100-continue for nobody",
     TEXT("POST /private HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
     {401},
     "close",
     false},
    {"another expectation",
     TEXT(POST "Expect: 200-ok\r\nContent-Length: 5\r\n\r\nhello"),
     {417},
     "close",
     false},

    /* targets */
    {"the absolute form",
     TEXT("GET http://b:1/hello HTTP/1.1\r\n" HOST "\r\n"),
     {200},
     "open",
     false},
    {"an absolute form without a path",
     TEXT("GET http://b HTTP/1.1\r\n" HOST "\r\n"),
     {404},
     "open",
     false},
    {"a user in the absolute form",
     TEXT("GET http://u@b/hello HTTP/1.1\r\n" HOST "\r\n"),
     {400},
     "close",
     false},
    {"OPTIONS *", TEXT("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), {200}, "open", false},
    {"GET *", TEXT("GET * HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"%00", TEXT("GET /hello%00 HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"/hello%00zzz", TEXT("GET /hello%00zzz HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"/../../etc", TEXT("GET /../../etc HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"encoded dot segments",
     TEXT("GET /hello/%2e%2E/x HTTP/1.1\r\n" HOST "\r\n"),
     {400},
     "close",
     false},
    {"%zz", TEXT("GET /%zz HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"a percent sign at the end",
     TEXT("GET /hello%2 HTTP/1.1\r\n" HOST "\r\n"),
     {400},
     "close",
     false},
    {"a raw space", TEXT("GET /a b HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"no slash at the start", TEXT("GET hello HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"%2f", TEXT("GET /items/a%2fb HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"%5C", TEXT("GET /items/a%5Cb HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"raw UTF-8", TEXT("GET /\xe5\x8a\x9e HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"encoded bytes that are no UTF-8",
     TEXT("GET /items/%ff HTTP/1.1\r\n" HOST "\r\n"),
     {400},
     "close",
     false},
    {"encoded UTF-8", TEXT("GET /items/%E5%8A%9E HTTP/1.1\r\n" HOST "\r\n"), {200}, "open", false},
    {"a fragment", TEXT("GET /hello#a HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},
    {"a bad query", TEXT("GET /query?a=%g1 HTTP/1.1\r\n" HOST "\r\n"), {400}, "close", false},

    /* connections */
    {"Connection: foo, close",
     TEXT("GET /hello HTTP/1.1\r\n" HOST "Connection: foo, close\r\n\r\n"),
     {200},
     "close",
     false},
    {"Connection: keep-alive, foo",
     TEXT("GET /hello HTTP/1.1\r\n" HOST "Connection: keep-alive, foo\r\n\r\n"),
     {200},
     "open",
     false},
    {"three GET at once",
     TEXT("GET /items/1 HTTP/1.1\r\n" HOST "\r\nGET /items/2 HTTP/1.1\r\n" HOST
          "\r\nGET /items/3 HTTP/1.1\r\n" HOST "\r\n"),
     {200, 200, 200},
     "open",
     false},
    {"POST and GET at once",
     TEXT(POST "Content-Length: 5\r\n\r\nhelloGET /hello HTTP/1.1\r\n" HOST "\r\n"),
     {200, 200},
     "open",
     false},

    /* the router */
    {"an unknown path", TEXT("GET /nowhere HTTP/1.1\r\n" HOST "\r\n"), {404}, "open", false},
    {"an empty segment", TEXT("GET //hello HTTP/1.1\r\n" HOST "\r\n"), {404}, "open", false},
    {"a method that is not there",
     TEXT("PATCH /hello HTTP/1.1\r\n" HOST "\r\n"),
     {405},
     "open",
     false},
    {"a refused request with a body",
     TEXT("POST /private HTTP/1.1\r\n" HOST "Content-Length: 44\r\n\r\n" SMUGGLE),
     {401},
     "close",
     false},
    {"a body of another type",
     TEXT("POST /json HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"),
     {415},
     "close",
     false},
    {"a compressed body",
     TEXT(
         "POST /json HTTP/1.1\r\n" HOST
         "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
     {415},
     "close",
     false},
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static struct door plain, tls;

static bool
send_row(struct wire *w, const struct row *row, bool whole)
{
    if (whole)
        return wire_send(w, row->bytes, row->len);
    for (size_t i = 0; i < row->len; i++) {
        if (!wire_send(w, row->bytes + i, 1))
            return false; /* it has made up its mind */
    }
    return true;
}

/* What is wrong with the answers to @row, or NULL. */
static const char *
judge(const struct door *d, const struct row *row, bool whole)
{
    static const char next[] = "GET /items/next HTTP/1.1\r\n" HOST "\r\n";
    struct wire w = wire_open(d);
    const char *wrong = NULL;
    struct wire_reply r;

    (void)send_row(&w, row, whole);
    for (int i = 0; i < 4 && row->status[i] && !wrong; i++) {
        if (!wire_read(&w, row->head_only, &r))
            wrong = "an answer is missing";
        else if (r.status != row->status[i])
            wrong = r.head;
    }
    if (!wrong && strcmp(row->end, "body") == 0)
        wrong = wire_say(&w, "hello") && wire_read(&w, false, &r) && strcmp(r.body, "hello") == 0
                    ? NULL
                    : "the body was not taken";
    if (!wrong && (strcmp(row->end, "open") == 0 || strcmp(row->end, "body") == 0))
        wrong = wire_say(&w, next) && wire_read(&w, false, &r) && strcmp(r.body, "next") == 0
                    ? NULL
                    : "the connection is not in step";
    else if (!wrong && !wire_ended(&w))
        wrong = "it was not closed";
    wire_close(&w);
    return wrong ? strdup(wrong) : NULL;
}

static void
all_rows(const struct door *d, bool whole)
{
    int bad = 0;

    for (size_t i = 0; i < N_ROWS; i++) {
        const char *const wrong = judge(d, &rows[i], whole);

        if (wrong) {
            print_error("%s: %s\n", rows[i].name, wrong);
            bad++;
        }
        free((void *)(uintptr_t)wrong);
    }
    print_message("%d rows, %d wrong\n", (int)N_ROWS, bad);
    assert_int_equal(bad, 0);
}

static void
every_row_whole(void **state)
{
    (void)state;
    all_rows(&plain, true);
}

static void
every_row_byte_by_byte(void **state)
{
    (void)state;
    all_rows(&plain, false);
}

static void
every_row_through_tls(void **state)
{
    (void)state;
    all_rows(&tls, true);
}

static void
a_head_of_one_mebibyte_is_431(void **state)
{
    struct wire w = wire_open(&plain);
    char *const much = malloc(1024 * 1024);
    struct wire_reply r;

    (void)state;
    assert_non_null(much);
    memset(much, 'a', 1024 * 1024);
    wire_say(&w, "GET /hello HTTP/1.1\r\n" HOST "X: ");
    (void)wire_send(&w, much, 200 * 1024);
    assert_true(wire_read(&w, false, &r));
    assert_int_equal(r.status, 431);
    (void)wire_send(&w, much, 1024 * 1024);
    assert_true(wire_ended(&w));
    wire_close(&w);
    free(much);
}

static void
twenty_thousand_fields_are_431(void **state)
{
    struct wire w = wire_open(&plain);
    struct wire_reply r;

    (void)state;
    wire_say(&w, "GET /hello HTTP/1.1\r\n");
    for (int i = 0; i < 20000 && wire_say(&w, "A: b\r\n"); i++)
        ;
    assert_true(wire_read(&w, false, &r));
    assert_int_equal(r.status, 431);
    assert_true(wire_ended(&w));
    wire_close(&w);
}

static void
an_address_of_64_kib_is_414(void **state)
{
    struct wire w = wire_open(&plain);
    char much[64 * 1024];
    struct wire_reply r;

    (void)state;
    memset(much, 'a', sizeof(much));
    wire_say(&w, "GET /");
    (void)wire_send(&w, much, sizeof(much));
    (void)wire_say(&w, " HTTP/1.1\r\n" HOST "\r\n");
    assert_true(wire_read(&w, false, &r));
    assert_int_equal(r.status, 414);
    assert_true(wire_ended(&w));
    wire_close(&w);
}

static void
a_half_closed_connection_still_gets_its_answers(void **state)
{
    (void)state;
    for (int n = 1; n <= 3; n++) {
        struct wire w = wire_open(&plain);
        struct wire_reply r;

        for (int i = 0; i < n; i++)
            wire_say(&w, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
        wire_half_close(&w);
        for (int i = 0; i < n; i++) {
            assert_true(wire_read(&w, false, &r));
            assert_int_equal(r.status, 200);
        }
        assert_true(wire_ended(&w));
        wire_close(&w);
    }
}

static void
a_half_closed_connection_gets_the_answer_that_comes_later(void **state)
{
    struct wire w = wire_open(&plain);
    struct wire_reply r;

    (void)state;
    wire_say(&w, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    wire_half_close(&w);
    assert_true(door_count_becomes(&plain, "held", 1));
    assert_int_equal(door_ask(&plain, "POST /release HTTP/1.1\r\n" HOST "\r\n").status, 200);
    assert_true(wire_read(&w, false, &r));
    assert_string_equal(r.body, "held");
    assert_true(wire_ended(&w));
    wire_close(&w);
}

static void
answers_that_come_later_keep_their_order(void **state)
{
    struct wire w = wire_open(&plain);
    struct wire_reply r;

    (void)state;
    wire_say(&w, "GET /hold HTTP/1.1\r\n" HOST "\r\nGET /hello HTTP/1.1\r\n" HOST "\r\n");
    assert_true(door_count_becomes(&plain, "held", 1));
    assert_int_equal(door_ask(&plain, "POST /release HTTP/1.1\r\n" HOST "\r\n").status, 200);
    assert_true(wire_read(&w, false, &r));
    assert_string_equal(r.body, "held");
    assert_true(wire_read(&w, false, &r));
    assert_string_equal(r.body, "hello");
    wire_close(&w);
}

static void
no_value_splits_an_answer(void **state)
{
    const struct wire_reply r =
        door_ask(&plain, "GET /spoil?value=a%0D%0ASet-Cookie:%20b=c HTTP/1.1\r\n" HOST "\r\n");
    const struct wire_reply good =
        door_ask(&plain, "GET /spoil?value=a%20b HTTP/1.1\r\n" HOST "\r\n");

    (void)state;
    assert_int_equal(r.status, 500);
    assert_null(strstr(r.head, "Set-Cookie"));
    assert_int_equal(good.status, 200);
    assert_non_null(strstr(good.head, "\r\nX-Value: a b\r\n"));
}

static void
every_answer_has_its_fields(void **state)
{
    const struct wire_reply r =
        door_ask(&plain, "GET /hello HTTP/1.1\r\n" HOST "X-Request-Id: desk-7.42\r\n\r\n");
    const struct wire_reply bad = door_ask(&plain, "GET /hello HTTP/1.1\r\n\r\n");

    (void)state;
    assert_non_null(strstr(r.head, "\r\nX-Request-Id: desk-7.42\r\n"));
    assert_non_null(strstr(r.head, "\r\nX-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(r.head, "\r\nCache-Control: no-store\r\n"));
    assert_non_null(strstr(r.head, " GMT\r\n"));
    assert_null(strstr(r.head, "\r\nServer:"));
    assert_int_equal(bad.status, 400);
    assert_non_null(strstr(bad.head, "\r\nContent-Type: application/problem+json\r\n"));
    assert_non_null(strstr(bad.head, "\r\nX-Request-Id: "));
    assert_non_null(strstr(bad.head, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(bad.body, "\"code\":\"bad_request\""));
}

static void
an_id_that_is_not_sane_is_replaced(void **state)
{
    const struct wire_reply r =
        door_ask(&plain, "GET /hello HTTP/1.1\r\n" HOST "X-Request-Id: a b\"c\r\n\r\n");
    const char *const id = strstr(r.head, "\r\nX-Request-Id: ");

    (void)state;
    assert_non_null(id);
    assert_int_equal(strspn(id + 16, "0123456789abcdef"), 32);
}

static void
a_traceparent_is_taken_up(void **state)
{
    const struct wire_reply r = door_ask(
        &plain, "GET /whoami HTTP/1.1\r\n" HOST
                "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
    const struct wire_reply zero = door_ask(
        &plain, "GET /whoami HTTP/1.1\r\n" HOST
                "traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01\r\n\r\n");

    (void)state;
    assert_non_null(strstr(r.body, " trace=0af7651916cd43dd8448eb211c80319c "));
    assert_null(strstr(zero.body, "trace=00000000000000000000000000000000"));
}

static void
options_tells_the_methods(void **state)
{
    const struct wire_reply r = door_ask(&plain, "OPTIONS /items/7 HTTP/1.1\r\n" HOST "\r\n");
    const struct wire_reply other = door_ask(&plain, "PUT /items/7 HTTP/1.1\r\n" HOST "\r\n");

    (void)state;
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.head, "\r\nAllow: GET, HEAD, DELETE, OPTIONS\r\n"));
    assert_int_equal(other.status, 405);
    assert_non_null(strstr(other.head, "\r\nAllow: GET, HEAD, DELETE, OPTIONS\r\n"));
}

static void
the_host_of_an_absolute_target_wins(void **state)
{
    const struct wire_reply r =
        door_ask(&plain, "GET http://b.example:81/whoami HTTP/1.1\r\n" HOST "\r\n");

    (void)state;
    assert_non_null(strstr(r.body, "host=b.example:81"));
}

static void
an_address_that_is_forwarded_by_a_stranger_is_not_believed(void **state)
{
    static const char request[] =
        "GET /whoami HTTP/1.1\r\n" HOST "X-Forwarded-For: 192.0.2.1, 192.0.2.7\r\n\r\n";

    (void)state;
    assert_non_null(strstr(door_ask(&plain, request).body, "peer=127.0.0.1 "));
    assert_non_null(strstr(door_ask(&tls, request).body, "peer=192.0.2.7 "));
}

static void
a_large_body_comes_through_whole(void **state)
{
    enum { SIZE = 1024 * 1024 };
    const struct door *const doors[] = {&plain, &tls};
    char *const much = malloc(SIZE);

    (void)state;
    assert_non_null(much);
    memset(much, 'y', SIZE);
    for (int i = 0; i < 2; i++) {
        struct wire w = wire_open(doors[i]);
        struct wire_reply r;

        wire_say(&w,
                 "POST /json HTTP/1.1\r\n" HOST "Content-Type: application/json; charset=utf-8\r\n"
                 "Content-Length: 1048576\r\n\r\n");
        assert_true(wire_send(&w, much, SIZE));
        assert_true(wire_read(&w, false, &r));
        assert_int_equal(r.status, 200);
        assert_int_equal(r.body_len, SIZE);
        assert_null(strpbrk(r.body, "abcx"));
        wire_close(&w);
    }
    free(much);
}

static int
open_doors(void **state)
{
    struct door_options options = {.limits = http_limits_default()};

    (void)state;
    options.limits.head_ms = 400;
    options.limits.sweep_ms = 50;
    plain = door_open(&options);
    options.tls = true;
    options.proxied = true;
    tls = door_open(&options);
    return 0;
}

static int
close_doors(void **state)
{
    (void)state;
    return door_close(&plain) | door_close(&tls);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_whole),
        cmocka_unit_test(every_row_byte_by_byte),
        cmocka_unit_test(every_row_through_tls),
        cmocka_unit_test(a_head_of_one_mebibyte_is_431),
        cmocka_unit_test(twenty_thousand_fields_are_431),
        cmocka_unit_test(an_address_of_64_kib_is_414),
        cmocka_unit_test(a_half_closed_connection_still_gets_its_answers),
        cmocka_unit_test(a_half_closed_connection_gets_the_answer_that_comes_later),
        cmocka_unit_test(answers_that_come_later_keep_their_order),
        cmocka_unit_test(no_value_splits_an_answer),
        cmocka_unit_test(every_answer_has_its_fields),
        cmocka_unit_test(an_id_that_is_not_sane_is_replaced),
        cmocka_unit_test(a_traceparent_is_taken_up),
        cmocka_unit_test(options_tells_the_methods),
        cmocka_unit_test(the_host_of_an_absolute_target_wins),
        cmocka_unit_test(an_address_that_is_forwarded_by_a_stranger_is_not_believed),
        cmocka_unit_test(a_large_body_comes_through_whole),
    };

    return cmocka_run_group_tests(tests, open_doors, close_doors);
}
