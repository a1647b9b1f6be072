/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who sends or asks for too much: the memory of the server stays where it
 * is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <sys/socket.h>

#include "tests/support/door.h"
#include "tests/support/sanitized.h"

#define HOST  "Host: a\r\n"
#define HELLO "GET /hello HTTP/1.1\r\n" HOST "\r\n"

enum {
    MIB = 1024 * 1024,
    FLOOD = 200 * MIB,
    GROWTH_KIB = 6 * 1024 /* what a flood may add to the memory of the server */
};

static char flood[64 * 1024];

static struct door_options
patient(void)
{
    struct door_options o = {.limits = http_limits_default()};

    o.limits.sweep_ms = 20;
    return o;
}

/*
 * The last check of test @name: its server grew by at most @most KiB.  What a
 * sanitizer keeps cannot be told from what the server holds: there it says so,
 * after all that the test looks at besides.
 */
static void
assert_grew_little(const char *name, long grown, long most)
{
    print_message("%s: grew by %ld KiB\n", name, grown);
    if (SANITIZED) {
        print_message("skipped: the memory of %s, under a sanitizer\n", name);
        skip();
    }
    assert_true(grown <= most);
}

/* Sends until the peer has closed or @len bytes are gone; @return how many. */
static size_t
send_flood(struct wire *w, size_t len)
{
    size_t sent = 0;

    while (sent < len && wire_send(w, flood, sizeof(flood)))
        sent += sizeof(flood);
    return sent;
}

/* Sends until the peer takes nothing for half a second; @return how many bytes it took. */
static size_t
send_until_full(struct wire *w, size_t len)
{
    struct pollfd p = {.fd = w->fd, .events = POLLOUT};
    size_t sent = 0;

    while (sent < len && poll(&p, 1, 500) == 1 && !(p.revents & (POLLERR | POLLHUP))) {
        const ssize_t n = send(w->fd, flood, sizeof(flood), MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n < 0)
            break;
        sent += (size_t)n;
    }
    return sent;
}

/* A flood behind @request; the server closes at some time.  @return by how many KiB it grew. */
static long
flood_behind(const char *request, int status)
{
    struct door_options o = patient();
    struct door d = door_open(&o);
    long grown = -door_peak_kib(&d);
    struct wire w = wire_open(&d);
    struct wire_reply r;
    size_t sent;

    wire_say(&w, request);
    sent = send_flood(&w, FLOOD);
    assert_true(sent < FLOOD);
    if (wire_read(&w, false, &r)) /* a reset may have overtaken the answer */
        assert_int_equal(r.status, status);
    assert_true(door_count_becomes(&d, "connections", 1));
    assert_int_equal(door_count(&d, "refused"), 1);
    grown += door_peak_kib(&d);
    wire_close(&w);
    assert_int_equal(door_close(&d), 0);
    return grown;
}

static void
a_header_without_end_is_cut(void **state)
{
    (void)state;
    assert_grew_little(__func__, flood_behind("GET /hello HTTP/1.1\r\n" HOST "X: ", 431),
                       GROWTH_KIB);
}

static void
a_request_line_without_end_is_cut(void **state)
{
    (void)state;
    assert_grew_little(__func__, flood_behind("GET /", 414), GROWTH_KIB);
}

static void
a_body_of_400_mb_is_refused_by_its_header(void **state)
{
    (void)state;
    assert_grew_little(
        __func__,
        flood_behind("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 400000000\r\n\r\n", 413),
        GROWTH_KIB);
}

static void
a_chunk_of_400_mb_is_refused_by_its_size(void **state)
{
    (void)state;
    assert_grew_little(__func__,
                       flood_behind("POST /echo HTTP/1.1\r\n" HOST
                                    "Transfer-Encoding: chunked\r\n\r\n17d78400\r\n",
                                    413),
                       GROWTH_KIB);
}

static void
chunks_without_end_are_refused_at_the_limit(void **state)
{
    struct door_options o = patient();
    struct door d = door_open(&o);
    struct wire w = wire_open(&d);
    struct wire_reply r;
    int n = 0;

    (void)state;
    wire_say(&w, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    while (n < 100000 && wire_say(&w, "8\r\nabcdefgh\r\n"))
        n++;
    assert_true(n < 100000);
    assert_int_equal(door_count(&d, "refused"), 1);
    assert_int_equal(door_count(&d, "body_bytes"), 0);
    assert_true(!wire_read(&w, false, &r) || r.status == 413);
    wire_close(&w);
    assert_int_equal(door_close(&d), 0);
}

static long
flood_live(bool tls)
{
    struct door_options o = patient();
    struct door d;
    struct wire w;
    long grown;

    o.tls = tls;
    d = door_open(&o);
    w = wire_open(&d);
    grown = -door_peak_kib(&d);
    wire_say(&w, "GET /events HTTP/1.1\r\n" HOST "\r\n");
    assert_true(door_count_becomes(&d, "streams", 1));
    assert_true(send_flood(&w, FLOOD) < FLOOD);
    assert_true(door_count_becomes(&d, "streams", 0));
    grown += door_peak_kib(&d);
    wire_close(&w);
    assert_int_equal(door_close(&d), 0);
    return grown;
}

static void
a_flood_into_a_live_stream_ends_it(void **state)
{
    const long plain = flood_live(false), tls = flood_live(true);

    (void)state;
    assert_grew_little(__func__, plain > tls ? plain : tls, GROWTH_KIB);
}

/*
 * A client that asks for @request, reads nothing, and sends what it can.
 * @return by how many KiB the server grew
 */
static long
flood_without_reading(const char *request)
{
    struct door_options o = patient();
    struct door d;
    struct wire w;
    long grown;

    o.limits.write_ms = 2000;
    d = door_open(&o);
    grown = -door_peak_kib(&d);
    w = wire_open(&d);
    wire_say(&w, request);
    assert_true(send_until_full(&w, FLOOD) < FLOOD);
    grown += door_peak_kib(&d);
    assert_true(door_count_becomes(&d, "dropped", 1));
    wire_close(&w);
    assert_int_equal(door_close(&d), 0);
    return grown;
}

static void
a_flood_into_a_download_is_not_read(void **state)
{
    (void)state;
    assert_grew_little(
        __func__, flood_without_reading("GET /stream?bytes=900000000 HTTP/1.1\r\n" HOST "\r\n"),
        GROWTH_KIB);
}

static void
who_asks_and_asks_and_never_reads_is_not_served(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire w;
    size_t n = 0;
    long grown;

    (void)state;
    o.limits.write_ms = 2000;
    d = door_open(&o);
    grown = -door_peak_kib(&d);
    w = wire_open(&d);
    while (sizeof(flood) - n > sizeof(HELLO)) {
        memcpy(flood + n, HELLO, sizeof(HELLO) - 1);
        n += sizeof(HELLO) - 1;
    }
    memset(flood + n, ' ', sizeof(flood) - n);
    memcpy(flood + n, "\r\n", 2);
    for (n = 0; n < 1000 && send_until_full(&w, sizeof(flood)) == sizeof(flood); n++)
        ;
    grown += door_peak_kib(&d);
    assert_true(door_count_becomes(&d, "connections", 1));
    memset(flood, 'a', sizeof(flood));
    wire_close(&w);
    assert_int_equal(door_close(&d), 0);
    assert_grew_little(__func__, grown, GROWTH_KIB);
}

static void
a_stream_that_nobody_reads_takes_no_memory(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire w[50];
    long grown;

    (void)state;
    o.limits.write_ms = 1000;
    d = door_open(&o);
    grown = -door_peak_kib(&d);
    for (int i = 0; i < 50; i++) {
        w[i] = wire_open(&d);
        wire_say(&w[i], "GET /stream?bytes=900000000 HTTP/1.1\r\n" HOST "\r\n");
    }
    assert_true(door_count_becomes(&d, "dropped", 50));
    grown += door_peak_kib(&d);
    for (int i = 0; i < 50; i++)
        wire_close(&w[i]);
    assert_int_equal(door_close(&d), 0);
    /* 64 KiB unsent and one write of 64 KiB, and the arena, for each */
    assert_grew_little(__func__, grown, 50 * (64 + 64 + 32) + GROWTH_KIB);
}

static long
stream_gibibyte(bool tls)
{
    struct door_options o = patient();
    struct wire_reply r;
    struct door d;
    struct wire w;
    long grown;

    o.tls = tls;
    d = door_open(&o);
    w = wire_open(&d);
    grown = -door_peak_kib(&d); /* behind the handshake */
    wire_say(&w, "GET /stream?bytes=1073741824 HTTP/1.1\r\n" HOST "\r\n");
    assert_true(wire_read(&w, false, &r));
    assert_false(r.cut);
    assert_true(r.body_len == 1073741824);
    grown += door_peak_kib(&d);
    wire_close(&w);
    assert_int_equal(door_close(&d), 0);
    return grown;
}

static void
a_stream_of_one_gibibyte_takes_no_memory(void **state)
{
    const long plain = stream_gibibyte(false), tls = stream_gibibyte(true);

    (void)state;
    assert_grew_little(__func__, plain > tls ? plain : tls, GROWTH_KIB);
}

static void
bodies_have_a_budget(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire w[10];
    struct wire_reply r;

    (void)state;
    o.limits.body_budget = 512 * 1024;
    d = door_open(&o);
    for (int i = 0; i < 10; i++) {
        w[i] = wire_open(&d);
        wire_say(&w[i], "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 65536\r\n\r\n");
        (void)wire_send(&w[i], flood, 65535);
    }
    assert_true(door_count_becomes(&d, "refused", 2));
    assert_true(door_count_becomes(&d, "body_bytes", 512 * 1024));
    for (int i = 0; i < 10; i++) {
        struct pollfd p = {.fd = w[i].fd, .events = POLLIN};
        const bool refused = poll(&p, 1, 0) == 1;

        assert_true(refused || wire_send(&w[i], "a", 1));
        assert_true(wire_read(&w[i], false, &r));
        assert_int_equal(r.status, refused ? 503 : 200);
        assert_true(!refused || strstr(r.head, "\r\nRetry-After: "));
        assert_true(refused || r.body_len == 65536);
    }
    for (int i = 0; i < 10; i++)
        wire_close(&w[i]);
    assert_true(door_count_becomes(&d, "body_bytes", 0));
    assert_int_equal(door_close(&d), 0);
}

static int
fill_flood(void **state)
{
    (void)state;
    memset(flood, 'a', sizeof(flood));
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_without_end_is_cut),
        cmocka_unit_test(a_request_line_without_end_is_cut),
        cmocka_unit_test(a_body_of_400_mb_is_refused_by_its_header),
        cmocka_unit_test(a_chunk_of_400_mb_is_refused_by_its_size),
        cmocka_unit_test(chunks_without_end_are_refused_at_the_limit),
        cmocka_unit_test(a_flood_into_a_live_stream_ends_it),
        cmocka_unit_test(a_flood_into_a_download_is_not_read),
        cmocka_unit_test(who_asks_and_asks_and_never_reads_is_not_served),
        cmocka_unit_test(a_stream_that_nobody_reads_takes_no_memory),
        cmocka_unit_test(a_stream_of_one_gibibyte_takes_no_memory),
        cmocka_unit_test(bodies_have_a_budget),
    };

    return cmocka_run_group_tests(tests, fill_flood, NULL);
}
