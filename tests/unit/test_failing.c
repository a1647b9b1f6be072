/* SPDX-License-Identifier: Apache-2.0 */
/* What fails for good is put off for longer and longer. */
#include "runtime/failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"

enum { MOST = 4096 }; /* that are put off */

static const struct failing_topic topic = {.case_id = 1, .source = 2, .child = 3};
static instant now;

static instant
by_hand(void)
{
    return now;
}

static struct failing *
fresh(void)
{
    return failing_new(&(struct failing_options){.noun = "case",
                                                 .message = "a test fails",
                                                 .n_failed = METRIC_alarms_failed,
                                                 .n_put_off = METRIC_failing_cases,
                                                 .monotonic = by_hand});
}

static bool
put_off(struct failing *f, int64_t id, enum error_code code)
{
    struct error e = {0};

    error_set(&e, code, "damaged");
    return failing_put_off(f, id, &topic, &e);
}

static void
it_waits_and_then_has_its_turn_again(void **state)
{
    struct failing *f = fresh();
    const int64_t before = metric_value(METRIC_alarms_failed);

    (void)state;
    assert_false(failing_waits(f, 7));
    for (int tries = 1; tries <= 20; tries++) {
        assert_true(put_off(f, 7, ERROR_BAD_JSON));
        assert_true(failing_waits(f, 7));
        assert_false(failing_waits(f, 6));
        /* 5 s, doubled with each try, and never longer than 2 h */
        now += SPAN_SECOND + (tries < 11 ? (5 * SPAN_SECOND) << (tries - 1) : 2 * SPAN_HOUR);
        assert_false(failing_waits(f, 7));
        assert_int_equal(metric_value(METRIC_alarms_failed) - before, tries);
        assert_int_equal(metric_value(METRIC_failing_cases), 1);
    }
    failing_over(f, 7);
    failing_over(f, 7);
    assert_int_equal(failing_n(f), 0);
    assert_int_equal(metric_value(METRIC_failing_cases), 0);
    failing_free(f);
}

static void
what_passes_by_itself_is_not_put_off(void **state)
{
    struct failing *f = fresh();

    (void)state;
    assert_false(put_off(f, 7, ERROR_STORE_BUSY));
    assert_false(put_off(f, 7, ERROR_OVERLOADED));
    assert_false(failing_waits(f, 7));
    failing_free(f);
}

/* After an upgrade was taken back nothing else may ever come. */
static void
what_waits_for_a_newer_release_is_put_off_and_has_not_failed(void **state)
{
    struct failing *f = fresh();
    const int64_t before = metric_value(METRIC_alarms_failed);

    (void)state;
    assert_true(put_off(f, 7, ERROR_NEWER_RULES));
    assert_true(failing_waits(f, 7));
    assert_int_equal(metric_value(METRIC_alarms_failed), before);
    failing_free(f);
}

static void
what_somebody_has_mended_is_forgotten(void **state)
{
    struct failing *f = fresh();

    (void)state;
    for (int64_t id = 9; id > 0; id--)
        assert_true(put_off(f, id, ERROR_INTERNAL));
    for (int64_t id = 1; id <= 9; id += 2)
        (void)failing_waits(f, id);
    failing_looked(f, false); /* the others may be behind what came */
    assert_int_equal(failing_n(f), 9);
    for (int64_t id = 1; id <= 9; id += 2)
        (void)failing_waits(f, id);
    failing_looked(f, true);
    assert_int_equal(failing_n(f), 5);
    for (int64_t id = 1; id <= 9; id++)
        assert_int_equal(failing_waits(f, id), id % 2);
    failing_free(f);
}

static void
a_full_house_puts_off_no_more(void **state)
{
    struct failing *f = fresh();

    (void)state;
    for (int64_t id = MOST; id > 0; id--)
        assert_true(put_off(f, id, ERROR_INTERNAL));
    assert_false(put_off(f, MOST + 1, ERROR_INTERNAL));
    assert_true(put_off(f, MOST / 2, ERROR_INTERNAL));
    failing_over(f, 1);
    assert_true(put_off(f, MOST + 1, ERROR_INTERNAL));
    failing_free(f);
}

static void
nothing_is_put_off_by_who_begins(void **state)
{
    struct failing *f = fresh();

    (void)state;
    assert_true(put_off(f, 7, ERROR_INTERNAL));
    failing_free(f);
    assert_int_equal(metric_value(METRIC_failing_cases), 0);
    f = fresh();
    assert_false(failing_waits(f, 7));
    failing_free(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_waits_and_then_has_its_turn_again),
        cmocka_unit_test(what_passes_by_itself_is_not_put_off),
        cmocka_unit_test(what_waits_for_a_newer_release_is_put_off_and_has_not_failed),
        cmocka_unit_test(what_somebody_has_mended_is_forgotten),
        cmocka_unit_test(a_full_house_puts_off_no_more),
        cmocka_unit_test(nothing_is_put_off_by_who_begins),
    };

    log_open(&(struct log_options){.fd = -1});
    return cmocka_run_group_tests_name("failing", tests, NULL, NULL);
}
