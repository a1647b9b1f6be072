/* SPDX-License-Identifier: Apache-2.0 */
/* When a destination is tried again, and how much at a time. */
#include "runtime/breaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { HALF = 1u << 31 };

static const instant T = 1000 * SPAN_DAY;

static struct breaker
failed(int times)
{
    struct breaker b = {.until = INSTANT_NONE};

    for (int i = 0; i < times; i++)
        breaker_bad(&b, T, 0, 0);
    return b;
}

static void
a_few_failures_are_borne(void **state)
{
    struct breaker b = failed(BREAKER_PATIENCE - 1);

    (void)state;
    assert_int_equal(b.state, BREAKER_CLOSED);
    assert_int_equal(breaker_lets(&b, T, 8), 8);
    breaker_good(&b);
    assert_int_equal(b.failures, 0);
}

static void
too_many_in_a_row_open_it_and_its_time_half_closes_it(void **state)
{
    struct breaker b = failed(BREAKER_PATIENCE);

    (void)state;
    assert_int_equal(b.state, BREAKER_OPEN);
    assert_int_equal(b.until, T + 15 * SPAN_SECOND); /* the least chance: half of 30 s */
    assert_int_equal(breaker_lets(&b, b.until - 1, 8), 0);
    assert_int_equal(breaker_lets(&b, b.until, 8), 1);
    assert_int_equal(b.state, BREAKER_HALF_OPEN);
    assert_int_equal(breaker_lets(&b, b.until + SPAN_DAY, 8), 1);
}

static void
the_one_that_tries_decides(void **state)
{
    struct breaker good = failed(BREAKER_PATIENCE), bad = good;

    (void)state;
    (void)breaker_lets(&good, good.until, 8);
    (void)breaker_lets(&bad, bad.until, 8);
    breaker_good(&good);
    assert_int_equal(good.state, BREAKER_CLOSED);
    assert_int_equal(breaker_lets(&good, T, 8), 8);
    breaker_bad(&bad, T, 0, UINT32_MAX);
    assert_int_equal(bad.state, BREAKER_OPEN);
    assert_in_range(bad.until, T + 59 * SPAN_SECOND, T + SPAN_MINUTE);
}

static void
it_stays_open_for_ten_minutes_at_most(void **state)
{
    struct breaker b = failed(200);

    (void)state;
    assert_int_equal(b.until, T + 5 * SPAN_MINUTE);
    breaker_bad(&b, T, 0, UINT32_MAX);
    assert_in_range(b.until, T + 9 * SPAN_MINUTE, T + 10 * SPAN_MINUTE);
}

static void
who_asks_for_time_gets_it_at_once(void **state)
{
    struct breaker b = {.until = INSTANT_NONE};

    (void)state;
    breaker_bad(&b, T, SPAN_HOUR, 0);
    assert_int_equal(b.state, BREAKER_OPEN);
    assert_int_equal(b.until, T + SPAN_HOUR);
}

static void
the_wait_doubles_and_is_anything_up_to_that(void **state)
{
    (void)state;
    for (int64_t tries = 1; tries < 60; tries++) {
        const span most = tries > 11 ? 2 * SPAN_HOUR : (5 * SPAN_SECOND) << (tries - 1);
        const span all = back_off(tries, UINT32_MAX);

        assert_int_equal(back_off(tries, 0), 0);
        assert_int_equal(back_off(tries, HALF), most / 2);
        assert_in_range(all, most - SPAN_SECOND, most - 1);
    }
    assert_in_range(back_off(INT64_MAX, UINT32_MAX), 2 * SPAN_HOUR - SPAN_SECOND, 2 * SPAN_HOUR);
}

/* Whatever is taken when, no minute sees more than its budget and what was saved. */
static void
a_budget_is_never_overdrawn(void **state)
{
    static const uint32_t per_minute[] = {1, 7, 60, 600, 100000};

    (void)state;
    for (size_t i = 0; i < sizeof(per_minute) / sizeof(per_minute[0]); i++) {
        struct budget b = budget_new(per_minute[i], T);
        int64_t taken = 0;
        instant t;

        for (t = T; t < T + 10 * SPAN_MINUTE; t += 100007) {
            const uint32_t n = budget_has(&b, t);

            budget_take(&b, n);
            taken += n;
        }
        assert_in_range(taken, (int64_t)per_minute[i] * 10 - 1,
                        (int64_t)per_minute[i] * 10 + per_minute[i] / 6 + 1);
    }
}

static void
a_budget_that_rested_has_ten_seconds_worth(void **state)
{
    struct budget b = budget_new(600, T);

    (void)state;
    assert_int_equal(budget_has(&b, T), 100);
    budget_take(&b, 100);
    assert_int_equal(budget_has(&b, T), 0);
    assert_int_equal(budget_has(&b, T + SPAN_SECOND), 10);
    assert_int_equal(budget_has(&b, T + 365 * SPAN_DAY), 100);
    assert_int_equal(budget_has(&b, T), 100); /* a clock that ran back gives nothing */
}

static void
a_state_that_a_newer_daemon_has_stored_lets_messages_flow(void **state)
{
    struct breaker b = {.state = breaker_read(7), .until = INSTANT_NONE};

    (void)state;
    assert_int_equal(breaker_read(BREAKER_OPEN), BREAKER_OPEN);
    assert_int_equal(breaker_read(BREAKER_HALF_OPEN), BREAKER_HALF_OPEN);
    assert_int_equal(breaker_read(-1), BREAKER_CLOSED);
    assert_int_equal(breaker_lets(&b, T, 8), 8);
    assert_string_equal(breaker_name(b.state), "closed");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_few_failures_are_borne),
        cmocka_unit_test(too_many_in_a_row_open_it_and_its_time_half_closes_it),
        cmocka_unit_test(the_one_that_tries_decides),
        cmocka_unit_test(it_stays_open_for_ten_minutes_at_most),
        cmocka_unit_test(who_asks_for_time_gets_it_at_once),
        cmocka_unit_test(the_wait_doubles_and_is_anything_up_to_that),
        cmocka_unit_test(a_budget_is_never_overdrawn),
        cmocka_unit_test(a_state_that_a_newer_daemon_has_stored_lets_messages_flow),
        cmocka_unit_test(a_budget_that_rested_has_ten_seconds_worth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
