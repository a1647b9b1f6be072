/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is slow, silent or gone: deadlines, orphans, the end of a server.  The
 * deadlines are short, and what they do is waited for.
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

#define HOST    "Host: a\r\n"
#define HOLD    "GET /hold HTTP/1.1\r\n" HOST "\r\n"
#define RELEASE "POST /release HTTP/1.1\r\n" HOST "\r\n"
#define HELLO   "GET /hello HTTP/1.1\r\n" HOST "\r\n"

/* Deadlines far beyond any test, but for the one the test is about. */
static struct door_options
patient(void)
{
    struct door_options o = {.limits = http_limits_default()};

    o.limits.sweep_ms = 20;
    return o;
}

/* One byte every 20 ms until something comes back. */
static void
trickle(struct wire *w, char byte)
{
    struct pollfd p = {.fd = w->fd, .events = POLLIN};

    while (poll(&p, 1, 20) == 0 && wire_send(w, &byte, 1))
        ;
}

static void
assert_refused(struct wire *w, int status)
{
    struct wire_reply r;

    assert_true(wire_read(w, false, &r));
    assert_int_equal(r.status, status);
    assert_true(wire_ended(w));
}

static void
assert_clean_end(struct door *d)
{
    assert_true(door_count_becomes(d, "connections", 1));
    assert_int_equal(door_count(d, "handling"), 1); /* the request that asks */
    assert_int_equal(door_count(d, "streams"), 0);
    assert_int_equal(door_count(d, "body_bytes"), 0);
    assert_int_equal(door_close(d), 0);
}

static void
a_head_that_trickles_is_cut_at_its_deadline(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire w;

    (void)state;
    o.limits.head_ms = 400;
    d = door_open(&o);
    w = wire_open(&d);
    wire_say(&w, "GET /hello HTTP/1.1\r\n" HOST "X: ");
    trickle(&w, 'a');
    assert_refused(&w, 408);
    wire_close(&w);
    assert_clean_end(&d);
}

static void
a_body_that_trickles_is_cut_at_its_deadline(void **state)
{
    static const char *const framing[] = {"Content-Length: 60000\r\n\r\n",
                                          "Transfer-Encoding: chunked\r\n\r\nea60\r\n"};
    struct door_options o = patient();
    struct door d;

    (void)state;
    o.limits.body_ms = 400;
    d = door_open(&o);
    for (int i = 0; i < 2; i++) {
        struct wire w = wire_open(&d);

        wire_say(&w, "POST /echo HTTP/1.1\r\n" HOST);
        wire_say(&w, framing[i]);
        trickle(&w, 'a');
        assert_refused(&w, 408);
        wire_close(&w);
    }
    assert_clean_end(&d);
}

static void
a_silent_connection_is_closed_without_a_word(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire fresh, used;
    struct wire_reply r;

    (void)state;
    o.limits.idle_ms = 300;
    d = door_open(&o);
    fresh = wire_open(&d);
    used = wire_open(&d);
    wire_say(&used, HELLO);
    assert_true(wire_read(&used, false, &r));
    assert_true(wire_ended(&fresh));
    assert_true(wire_ended(&used));
    wire_close(&fresh);
    wire_close(&used);
    assert_clean_end(&d);
}

static void
a_handler_that_does_not_answer_is_answered_for(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire w;
    struct wire_reply r;

    (void)state;
    o.limits.handler_ms = 300;
    d = door_open(&o);
    w = wire_open(&d);
    wire_say(&w, "GET /hold HTTP/1.1\r\n" HOST "X-Request-Id: late\r\n\r\n" HELLO);
    assert_true(wire_read(&w, false, &r));
    assert_int_equal(r.status, 503);
    assert_non_null(strstr(r.head, "\r\nRetry-After: "));
    assert_non_null(strstr(r.head, "\r\nX-Request-Id: late\r\n"));
    assert_true(wire_ended(&w)); /* what follows it is not answered before it */
    wire_close(&w);
    assert_int_equal(door_count(&d, "held"), 1);
    assert_int_equal(door_ask(&d, RELEASE).status, 200); /* reaches nobody, harms nobody */
    assert_clean_end(&d);
}

static void
who_takes_no_byte_is_dropped(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire w;

    (void)state;
    o.limits.write_ms = 300;
    d = door_open(&o);
    w = wire_open(&d);
    wire_say(&w, "GET /stream?bytes=200000000 HTTP/1.1\r\n" HOST "\r\n");
    assert_true(door_count_becomes(&d, "dropped", 1));
    wire_close(&w);
    assert_clean_end(&d);
}

static void
who_reads_slowly_gets_everything(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire w;
    size_t got = 0, n;
    char piece[16 * 1024];

    (void)state;
    o.limits.write_ms = 1500;
    d = door_open(&o);
    w = wire_open(&d);
    wire_say(&w, "GET /stream?bytes=20000000 HTTP/1.0\r\n\r\n");
    while ((n = wire_some(&w, piece, sizeof(piece))) > 0) {
        got += n;
        if (got / 200000 != (got - n) / 200000)
            (void)poll(NULL, 0, 50); /* a reader's pace: 20 MB in more than three deadlines */
    }
    assert_true(got > 20000000);
    assert_int_equal(door_count(&d, "dropped"), 0);
    wire_close(&w);
    assert_clean_end(&d);
}

static void
a_handshake_that_does_not_come_is_cut(void **state)
{
    struct door_options o = patient();
    struct door d, as_plain;
    struct wire w;

    (void)state;
    o.tls = true;
    o.limits.handshake_ms = 300;
    d = door_open(&o);
    as_plain = d;
    as_plain.client = NULL;
    w = wire_open(&as_plain);
    assert_true(wire_ended(&w));
    wire_close(&w);
    assert_clean_end(&d);
}

static void
a_live_stream_is_kept_awake(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire w;
    char all[4096] = "";
    size_t len = 0;

    (void)state;
    o.limits.heartbeat_ms = 100;
    d = door_open(&o);
    w = wire_open(&d);
    wire_say(&w, "GET /events HTTP/1.1\r\n" HOST "\r\n");
    while (!strstr(all, "\r\n:\n\n\r\n") || !strstr(strstr(all, "\r\n:\n\n\r\n") + 1, ":\n\n")) {
        const size_t n = wire_some(&w, all + len, sizeof(all) - 1 - len);

        assert_true(n > 0);
        len += n;
    }
    assert_non_null(strstr(all, "retry: 3000\n\n"));
    wire_close(&w);
    assert_clean_end(&d);
}

static void
a_live_stream_ends_when_its_reader_does(void **state)
{
    struct door_options o = patient();
    struct door d = door_open(&o);
    struct wire gone = wire_open(&d), half = wire_open(&d), chatty = wire_open(&d);
    struct wire *const all[] = {&gone, &half, &chatty};

    (void)state;
    for (int i = 0; i < 3; i++)
        wire_say(all[i], "GET /events HTTP/1.1\r\n" HOST "\r\n");
    assert_true(door_count_becomes(&d, "streams", 3));
    wire_close(&gone);
    assert_true(door_count_becomes(&d, "streams", 2));
    wire_half_close(&half);
    assert_true(door_count_becomes(&d, "streams", 1));
    wire_say(&chatty, "x");
    assert_true(door_count_becomes(&d, "streams", 0));
    wire_close(&half);
    wire_close(&chatty);
    assert_clean_end(&d);
}

static void
a_stream_that_cannot_be_finished_is_seen_to_be_cut(void **state)
{
    struct door_options o = patient();
    struct door d = door_open(&o);
    const struct wire_reply r = door_ask(&d, "GET /broken?bytes=1000 HTTP/1.1\r\n" HOST "\r\n");
    const struct wire_reply whole = door_ask(&d, "GET /stream?bytes=1000 HTTP/1.1\r\n" HOST "\r\n");

    (void)state;
    assert_int_equal(r.status, 200);
    assert_true(r.cut);
    assert_false(whole.cut);
    assert_int_equal(whole.body_len, 1000);
    assert_clean_end(&d);
}

static void
a_connection_goes_on_after_a_stream(void **state)
{
    struct door_options o = patient();
    struct door d = door_open(&o);
    struct wire w = wire_open(&d);
    struct wire_reply r;

    (void)state;
    wire_say(&w, "GET /stream?bytes=3000000 HTTP/1.1\r\n" HOST "\r\n" HELLO);
    assert_true(wire_read(&w, false, &r));
    assert_int_equal(r.body_len, 3000000);
    assert_true(wire_read(&w, false, &r));
    assert_string_equal(r.body, "hello");
    wire_say(&w, "HEAD /stream?bytes=3 HTTP/1.1\r\n" HOST "\r\n" HELLO);
    assert_true(wire_read(&w, true, &r));
    assert_true(wire_read(&w, false, &r));
    assert_string_equal(r.body, "hello");
    wire_close(&w);
    assert_clean_end(&d);
}

/* @n connections that send @request and are reset; waits until the server saw them. */
static void
reset_storm(struct door *d, const char *request, int n)
{
    for (int i = 0; i < n; i++) {
        struct wire w = wire_open(d);

        wire_say(&w, request);
        wire_reset(&w);
    }
    assert_true(door_count_becomes(d, "connections", 1));
}

static void
resets_leave_nothing_behind(void **state)
{
    struct door_options o = patient();
    struct door d = door_open(&o);

    (void)state;
    reset_storm(&d, "GET /hel", 200);
    reset_storm(&d, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\nhalf", 200);
    reset_storm(&d, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n9\r\nhalf",
                200);
    reset_storm(&d, "GET /stream?bytes=90000000 HTTP/1.1\r\n" HOST "\r\n", 200);
    reset_storm(&d, "GET /events HTTP/1.1\r\n" HOST "\r\n", 200);
    reset_storm(&d, HELLO HELLO HELLO, 100);
    assert_clean_end(&d);
}

static void
requests_of_who_has_gone_are_still_answered(void **state)
{
    struct door_options o = patient();
    struct door d = door_open(&o);

    (void)state;
    reset_storm(&d, HOLD, 100);
    assert_int_equal(door_ask(&d, RELEASE).status, 200);
    assert_int_equal(door_count(&d, "held"), 0);
    assert_clean_end(&d);
}

static void
requests_without_an_answer_end_with_the_server(void **state)
{
    struct door_options o = patient();
    struct door d = door_open(&o);
    struct wire w;

    (void)state;
    reset_storm(&d, HOLD, 10);
    w = wire_open(&d);
    wire_say(&w, HOLD);
    assert_true(door_count_becomes(&d, "connections", 2));
    assert_int_equal(door_close(&d), 0);
    wire_close(&w);
}

static void
draining_lets_the_last_answers_out(void **state)
{
    struct door_options o = patient();
    struct door d = door_open(&o);
    struct wire idle = wire_open(&d), held = wire_open(&d), live = wire_open(&d);
    struct wire control = wire_open(&d);
    struct wire_reply r;

    (void)state;
    wire_say(&idle, HELLO);
    assert_true(wire_read(&idle, false, &r));
    wire_say(&held, HOLD);
    wire_say(&live, "GET /events HTTP/1.1\r\n" HOST "\r\n");
    assert_true(door_count_becomes(&d, "held", 1));
    assert_true(door_count_becomes(&d, "streams", 1));
    /* Release comes behind drain on the same connection, which is still served. */
    wire_say(&control, "POST /release HTTP/1.1\r\n" HOST "X: a");
    assert_int_equal(door_ask(&d, "POST /drain HTTP/1.1\r\n" HOST "\r\n").status, 200);
    assert_true(wire_ended(&idle));
    while (wire_some(&live, r.body, sizeof(r.body)) > 0)
        ;
    assert_false(live.silent);
    wire_say(&control, "\r\n\r\n");
    assert_true(wire_read(&control, false, &r));
    assert_string_equal(r.body, "released");
    assert_non_null(strstr(r.head, "\r\nConnection: close\r\n"));
    assert_true(wire_read(&held, false, &r));
    assert_string_equal(r.body, "held");
    assert_non_null(strstr(r.head, "\r\nConnection: close\r\n"));
    wire_close(&idle);
    wire_close(&held);
    wire_close(&live);
    wire_close(&control);
    assert_int_equal(door_wait(&d), 0);
}

static void
a_connection_has_a_number_of_requests(void **state)
{
    struct door_options o = patient();
    struct wire_reply r;
    struct door d;
    struct wire w;

    (void)state;
    o.limits.requests = 3;
    d = door_open(&o);
    w = wire_open(&d);
    wire_say(&w, HELLO HELLO HELLO HELLO);
    for (int i = 0; i < 3; i++) {
        assert_true(wire_read(&w, false, &r));
        assert_int_equal(strstr(r.head, "\r\nConnection: close\r\n") != NULL, i == 2);
    }
    assert_true(wire_ended(&w));
    wire_close(&w);
    assert_clean_end(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_that_trickles_is_cut_at_its_deadline),
        cmocka_unit_test(a_body_that_trickles_is_cut_at_its_deadline),
        cmocka_unit_test(a_silent_connection_is_closed_without_a_word),
        cmocka_unit_test(a_handler_that_does_not_answer_is_answered_for),
        cmocka_unit_test(who_takes_no_byte_is_dropped),
        cmocka_unit_test(who_reads_slowly_gets_everything),
        cmocka_unit_test(a_handshake_that_does_not_come_is_cut),
        cmocka_unit_test(a_live_stream_is_kept_awake),
        cmocka_unit_test(a_live_stream_ends_when_its_reader_does),
        cmocka_unit_test(a_stream_that_cannot_be_finished_is_seen_to_be_cut),
        cmocka_unit_test(a_connection_goes_on_after_a_stream),
        cmocka_unit_test(resets_leave_nothing_behind),
        cmocka_unit_test(requests_of_who_has_gone_are_still_answered),
        cmocka_unit_test(requests_without_an_answer_end_with_the_server),
        cmocka_unit_test(draining_lets_the_last_answers_out),
        cmocka_unit_test(a_connection_has_a_number_of_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
