/* SPDX-License-Identifier: Apache-2.0 */
/* Two batches of which one relieves the other: nothing is lost, doubled or left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <event2/event.h>

#include "tests/support/hall.h"

enum { MOST = 128, ENOUGH = 24 }; /* what a batch takes, and hands over, unless told otherwise */

static struct errand e[2 * MOST];
static int64_t id[2 * MOST];
static char key[2 * MOST][16];

/* Sends @n acts, the i-th on case i % @n_case. */
static void
send_acts(int n, int n_case, const char *action)
{
    for (int i = 0; i < n; i++) {
        (void)snprintf(key[i], sizeof(key[i]), "%s-%d", action, i);
        errand_act(&e[i], id[i % n_case], action, key[i]);
        hall_send(&hall, 0, &e[i]);
    }
}

static void
open_cases(int n)
{
    for (int i = 0; i < n; i++)
        id[i] = hall_case(&hall);
}

static int64_t
transactions(int side)
{
    return (int64_t)batch_counts(hall.side[side].batch)->transactions;
}

static void
what_waits_behind_a_transaction_goes_over_the_other_connection(void **state)
{
    const int64_t before[] = {transactions(0), transactions(1)};

    (void)state;
    open_cases(MOST + ENOUGH);
    send_acts(MOST + ENOUGH, MOST + ENOUGH, "accept");
    hall_wait(&hall, e, MOST + ENOUGH);
    /* the openings, one by one, and two batches */
    assert_int_equal(transactions(0) + transactions(1), before[0] + before[1] + MOST + ENOUGH + 2);
    assert_int_equal(transactions(1), before[1] + 1);
    for (int i = 0; i < MOST + ENOUGH; i++) {
        assert_int_equal(e[i].calls, 1);
        assert_int_equal(e[i].error.code, ERROR_NONE);
    }
    assert_int_equal(sql_int("SELECT count(*) FROM keys WHERE status = 200"), MOST + ENOUGH);
}

static void
a_few_wait_for_their_own_batch(void **state)
{
    int64_t before;

    (void)state;
    open_cases(MOST + ENOUGH - 1);
    before = transactions(1);
    send_acts(MOST + ENOUGH - 1, MOST + ENOUGH - 1, "accept");
    hall_wait(&hall, e, MOST + ENOUGH - 1);
    assert_int_equal(transactions(1), before);
}

/* Of one case each batch holds some: who finds it locked comes again. */
static void
commands_on_one_case_in_both_batches_all_apply(void **state)
{
    (void)state;
    open_cases(1);
    send_acts(2 * MOST, 1, "note");
    hall_wait(&hall, e, 2 * MOST);
    for (int i = 0; i < 2 * MOST; i++) {
        assert_int_equal(e[i].calls, 1);
        assert_int_equal(e[i].error.code, ERROR_NONE);
    }
    assert_int_equal(sql_int("SELECT revision FROM cases WHERE id = %lld", (long long)id[0]),
                     1 + 2 * MOST);
    assert_int_equal(sql_int("SELECT count(*) FROM keys WHERE scope = %lld", (long long)id[0]),
                     2 * MOST);
}

/* The same keys again, in both batches at once: the stored replies, and nothing is done. */
static void
keys_are_known_whichever_batch_is_asked(void **state)
{
    const int64_t facts = sql_int("SELECT count(*) FROM facts");

    (void)state;
    send_acts(2 * MOST, 1, "note");
    hall_wait(&hall, e, 2 * MOST);
    for (int i = 0; i < 2 * MOST; i++) {
        assert_int_equal(e[i].error.code, ERROR_NONE);
        assert_true(e[i].replayed);
    }
    assert_int_equal(sql_int("SELECT count(*) FROM facts"), facts);
}

static void
on_drained(void *arg)
{
    *(int *)arg += 1;
}

static int n_drained;

static bool
both_are_drained(struct hall *h)
{
    (void)h;
    return n_drained == 2;
}

static void
what_was_handed_over_is_finished_before_the_end(void **state)
{
    (void)state;
    open_cases(MOST + ENOUGH);
    send_acts(MOST + ENOUGH, MOST + ENOUGH, "accept");
    event_base_loop(hall.base, EVLOOP_ONCE); /* both are under way */
    batch_drain(hall.side[0].batch, on_drained, &n_drained);
    batch_drain(hall.side[1].batch, on_drained, &n_drained);
    hall_until(&hall, both_are_drained);
    for (int i = 0; i < MOST + ENOUGH; i++) {
        assert_int_equal(e[i].calls, 1);
        assert_int_equal(e[i].error.code, ERROR_NONE);
    }
}

static int
set_up(void **state)
{
    (void)state;
    hall_open(&hall);
    hall_open_side(&hall, 1);
    hall_until(&hall, hall_is_ready);
    /* fetches the definition, which the batches of a worker share */
    open_cases(1);
    errand_act(&e[0], id[0], "note", NULL);
    hall_send(&hall, 1, &e[0]);
    hall_wait(&hall, e, 1);
    batch_relieve(hall.side[0].batch, hall.side[1].batch);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_behind_a_transaction_goes_over_the_other_connection),
        cmocka_unit_test(a_few_wait_for_their_own_batch),
        cmocka_unit_test(commands_on_one_case_in_both_batches_all_apply),
        cmocka_unit_test(keys_are_known_whichever_batch_is_asked),
        cmocka_unit_test(what_was_handed_over_is_finished_before_the_end),
    };

    return cmocka_run_group_tests(tests, set_up, hall_tear_down);
}
