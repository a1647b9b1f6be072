/* SPDX-License-Identifier: Apache-2.0 */
/* One address may not crowd out the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/throttle.h"

enum { SECOND = 1000000 };

static int
passed(struct throttle *t, const char *address, int tries, int64_t now)
{
    int n = 0;

    for (int i = 0; i < tries; i++)
        n += throttle_take(t, address, now) == 0;
    return n;
}

static void
ten_seconds_worth_may_come_at_once(void **state)
{
    struct throttle *t = throttle_new(5);

    (void)state;
    assert_int_equal(passed(t, "192.0.2.1", 1000, SECOND), 50);
    assert_int_equal(throttle_take(t, "192.0.2.1", SECOND), 1);
    throttle_free(t);
}

static void
what_runs_out_comes_back_with_time(void **state)
{
    struct throttle *t = throttle_new(5);

    (void)state;
    assert_int_equal(passed(t, "192.0.2.1", 1000, SECOND), 50);
    assert_int_equal(passed(t, "192.0.2.1", 1000, 2 * SECOND), 5);
    assert_int_equal(passed(t, "192.0.2.1", 1000, 100 * (int64_t)SECOND), 50);
    throttle_free(t);
}

static void
another_address_is_not_touched(void **state)
{
    struct throttle *t = throttle_new(5);
    int others = 0;

    (void)state;
    (void)passed(t, "192.0.2.1", 1000, SECOND);
    /* One in 4,096 shares the place; of a hundred hardly any does. */
    for (char c = 'a'; c <= 'z'; c++) {
        const char address[] = {'2', '0', '0', '1', ':', c, 0};

        others += throttle_take(t, address, SECOND) == 0;
    }
    assert_true(others >= 24);
    throttle_free(t);
}

static void
none_is_no_limit(void **state)
{
    struct throttle *t = throttle_new(0);

    (void)state;
    assert_int_equal(passed(t, "192.0.2.1", 1000, SECOND), 1000);
    throttle_free(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_seconds_worth_may_come_at_once),
        cmocka_unit_test(what_runs_out_comes_back_with_time),
        cmocka_unit_test(another_address_is_not_touched),
        cmocka_unit_test(none_is_no_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
