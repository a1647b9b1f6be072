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
#include "tests/http/framing.def"
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
