/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many at once: who waits when there is no room, and what each one costs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "tests/support/door.h"
#include "tests/support/sanitized.h"

#define HOST  "Host: a\r\n"
#define HELLO "GET /hello HTTP/1.1\r\n" HOST "\r\n"

enum { HOUR_MS = 3600 * 1000 };

/*
 * The last check of test @name: what each of its connections costs.  What a
 * sanitizer keeps cannot be told from what the server holds: there it says so,
 * after all that the test looks at besides.
 */
static void
assert_costs_little(const char *name, long bytes, long most)
{
    print_message("%s: %ld bytes each\n", name, bytes);
    if (SANITIZED) {
        print_message("skipped: the memory of %s, under a sanitizer\n", name);
        skip();
    }
    assert_in_range(bytes, 0, most);
}

static struct door_options
patient(void)
{
    struct door_options o = {.limits = http_limits_default()};

    o.limits.sweep_ms = 20;
    /* Many take long to open where the machine is busy: none is cut or woken meanwhile. */
    o.limits.idle_ms = o.limits.heartbeat_ms = HOUR_MS;
    return o;
}

static void
a_full_server_lets_the_next_one_wait(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire w[3], late;
    struct wire_reply r;

    (void)state;
    o.limits.connections = 3;
    d = door_open(&o);
    for (int i = 0; i < 3; i++) {
        w[i] = wire_open(&d);
        wire_say(&w[i], HELLO);
        assert_true(wire_read(&w[i], false, &r));
    }
    late = wire_open(&d); /* by the kernel */
    wire_say(&late, HELLO);
    wire_close(&w[0]);
    assert_true(wire_read(&late, false, &r));
    assert_string_equal(r.body, "hello");
    wire_close(&late);
    wire_close(&w[1]);
    wire_close(&w[2]);
    assert_int_equal(door_close(&d), 0);
}

static void
one_address_has_a_number_of_connections(void **state)
{
    struct door_options o = patient();
    struct door d;
    struct wire w[3];
    struct wire_reply r;

    (void)state;
    o.limits.per_address = 2;
    d = door_open(&o);
    for (int i = 0; i < 3; i++) {
        w[i] = wire_open(&d);
        wire_say(&w[i], HELLO);
        assert_int_equal(wire_read(&w[i], false, &r), i < 2);
    }
    for (int i = 0; i < 3; i++)
        wire_close(&w[i]);
    assert_int_equal(door_close(&d), 0);
}

/* Idle connections hold every descriptor until their deadline; the others wait, and so must we. */
static void
without_descriptors_it_waits(size_t left)
{
    enum { MANY = 100, IDLE_MS = 1500 };
    struct door_options o = patient();
    struct wire w[MANY];
    struct wire_reply r;
    struct door d;
    long cpu;

    o.descriptors = 64;
    o.limits.descriptors_left = left;
    o.limits.idle_ms = IDLE_MS;
    d = door_open(&o);
    cpu = door_cpu_ms(&d);
    for (int i = 0; i < MANY; i++)
        w[i] = wire_open(&d);
    wire_say(&w[MANY - 1], HELLO);
    assert_true(wire_read(&w[MANY - 1], false, &r));
    assert_int_equal(r.status, 200);
    cpu = door_cpu_ms(&d) - cpu;
    print_message("%ld ms of processor time\n", cpu);
    assert_in_range(cpu, 0, 300);
    for (int i = 0; i < MANY; i++)
        wire_close(&w[i]);
    assert_int_equal(door_close(&d), 0);
}

static void
without_descriptors_it_waits_and_does_not_spin(void **state)
{
    (void)state;
    without_descriptors_it_waits(0);
}

static void
descriptors_are_left_for_others(void **state)
{
    (void)state;
    without_descriptors_it_waits(16);
}

/* How many connections this machine lets us have, up to @wanted. */
static int
affordable(int wanted)
{
    struct rlimit files;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    return files.rlim_cur < (rlim_t)wanted + 200 ? (int)files.rlim_cur - 200 : wanted;
}

static void
five_thousand_streams_cost_little(void **state)
{
    struct door_options o = patient();
    const int n = affordable(5000);
    struct wire *const w = calloc((size_t)n, sizeof(*w));
    char piece[512];
    struct door d;
    long grown;

    (void)state;
    assert_non_null(w);
    o.limits.streams = (size_t)n;
    d = door_open(&o);
    grown = -door_memory_kib(&d);
    for (int i = 0; i < n; i++) {
        w[i] = wire_open(&d);
        wire_say(&w[i], "GET /events HTTP/1.1\r\n" HOST "\r\n");
        assert_true(wire_some(&w[i], piece, sizeof(piece)) > 0);
    }
    assert_true(door_count_becomes(&d, "streams", n));
    assert_int_equal(door_ask(&d, "GET /events HTTP/1.1\r\n" HOST "\r\n").status, 503);
    grown += door_memory_kib(&d);
    assert_int_equal(door_ask(&d, "POST /publish?bytes=45 HTTP/1.1\r\n" HOST "\r\n").status, 200);
    for (int i = 0; i < n; i++) {
        assert_true(wire_some(&w[i], piece, sizeof(piece)) >= 45);
        wire_close(&w[i]);
    }
    assert_true(door_count_becomes(&d, "streams", 0));
    free(w);
    assert_int_equal(door_close(&d), 0);
    assert_costs_little(__func__, grown * 1024 / n, 24 * 1024);
}

static void
ten_thousand_idle_connections_cost_little(void **state)
{
    struct door_options o = patient();
    const int n = affordable(9500);
    struct wire *const w = calloc((size_t)n, sizeof(*w));
    struct wire_reply r;
    struct door d;
    long grown;

    (void)state;
    assert_non_null(w);
    d = door_open(&o);
    grown = -door_memory_kib(&d);
    for (int i = 0; i < n; i++) {
        w[i] = wire_open(&d);
        wire_say(&w[i], HELLO);
        assert_true(wire_read(&w[i], false, &r));
        free(w[i].in);
        w[i].in = NULL;
    }
    grown += door_memory_kib(&d);
    for (int i = 0; i < n; i++)
        wire_close(&w[i]);
    free(w);
    assert_true(door_count_becomes(&d, "connections", 1));
    assert_int_equal(door_close(&d), 0);
    assert_costs_little(__func__, grown * 1024 / n, 3 * 1024);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_server_lets_the_next_one_wait),
        cmocka_unit_test(one_address_has_a_number_of_connections),
        cmocka_unit_test(without_descriptors_it_waits_and_does_not_spin),
        cmocka_unit_test(descriptors_are_left_for_others),
        cmocka_unit_test(five_thousand_streams_cost_little),
        cmocka_unit_test(ten_thousand_idle_connections_cost_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
