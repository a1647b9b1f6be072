/* SPDX-License-Identifier: Apache-2.0 */
/* What systemd hears, and how often. */
#include "daemon/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static int ear = -1;

/* A socket with a name of the kernel's choosing, and that name in NOTIFY_SOCKET. */
static int
listen_as_systemd(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    socklen_t len = sizeof(at);
    char name[sizeof(at.sun_path) + 1] = "@";

    (void)state;
    ear = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (ear < 0 || bind(ear, (struct sockaddr *)&at, sizeof(sa_family_t)) < 0 ||
        getsockname(ear, (struct sockaddr *)&at, &len) < 0)
        return -1;
    memcpy(name + 1, at.sun_path + 1, len - sizeof(sa_family_t) - 1);
    return setenv("NOTIFY_SOCKET", name, 1);
}

static int
hang_up(void **state)
{
    (void)state;
    return close(ear) | unsetenv("NOTIFY_SOCKET");
}

static void
a_word_is_one_datagram(void **state)
{
    char heard[64] = "";

    (void)state;
    notify("READY=1\nSTATUS=8 workers");
    assert_int_equal(recv(ear, heard, sizeof(heard) - 1, 0), 24);
    assert_string_equal(heard, "READY=1\nSTATUS=8 workers");
    assert_int_equal(recv(ear, heard, sizeof(heard), 0), -1);
}

static void
a_start_asks_for_another_minute_every_ten_seconds(void **state)
{
    static const char wanted[] = "EXTEND_TIMEOUT_USEC=60000000";
    static const struct {
        span since;
        bool asks;
    } turn[] = {{0, true},
                {1, false},
                {10 * SPAN_SECOND - 1, false},
                {10 * SPAN_SECOND, true},
                {19 * SPAN_SECOND, false},
                {45 * SPAN_SECOND, true},
                {54 * SPAN_SECOND, false},
                {55 * SPAN_SECOND, true}};
    instant asked = INSTANT_NONE;

    (void)state;
    for (size_t i = 0; i < sizeof(turn) / sizeof(turn[0]); i++) {
        char heard[64] = "";

        notify_starting(&asked, turn[i].since);
        assert_int_equal(recv(ear, heard, sizeof(heard) - 1, 0),
                         turn[i].asks ? (int)strlen(wanted) : -1);
        assert_string_equal(heard, turn[i].asks ? wanted : "");
    }
}

static void
without_a_listener_nothing_happens(void **state)
{
    (void)state;
    assert_int_equal(setenv("NOTIFY_SOCKET", "@nobody-hears-this", 1), 0);
    notify("READY=1");
    assert_int_equal(setenv("NOTIFY_SOCKET", "no/absolute/path", 1), 0);
    notify("READY=1");
    assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
    notify("READY=1");
}

static void
the_watchdog_is_fed_twice_in_its_time_and_only_by_us(void **state)
{
    char pid[24];

    (void)state;
    assert_int_equal(unsetenv("WATCHDOG_USEC"), 0);
    assert_int_equal(notify_interval(), 0);
    assert_int_equal(setenv("WATCHDOG_USEC", "10000000", 1), 0);
    assert_int_equal(notify_interval(), 5 * SPAN_SECOND);
    (void)snprintf(pid, sizeof(pid), "%d", getpid());
    assert_int_equal(setenv("WATCHDOG_PID", pid, 1), 0);
    assert_int_equal(notify_interval(), 5 * SPAN_SECOND);
    assert_int_equal(setenv("WATCHDOG_PID", "1", 1), 0);
    assert_int_equal(notify_interval(), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_word_is_one_datagram, listen_as_systemd, hang_up),
        cmocka_unit_test_setup_teardown(a_start_asks_for_another_minute_every_ten_seconds,
                                        listen_as_systemd, hang_up),
        cmocka_unit_test(without_a_listener_nothing_happens),
        cmocka_unit_test(the_watchdog_is_fed_twice_in_its_time_and_only_by_us),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
