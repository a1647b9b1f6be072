/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of the core, on random lives of cases.  ONESTOP_SEED repeats a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/sanitized.h"
#include "tests/support/walk.h"

enum { CASES = SANITIZED ? 1500 : 15000, COMMANDS_MOST = 18 };

static struct arena keep;
static struct walk_ground ground;
static uint64_t seed = 20260318;
static uint32_t cases = CASES;

static int
start(void **state)
{
    const char *text = getenv("ONESTOP_SEED"), *number = getenv("ONESTOP_CASES");

    (void)state;
    if (text)
        seed = strtoull(text, NULL, 10);
    if (number)
        cases = (uint32_t)strtoul(number, NULL, 10);
    return walk_load(&keep, &ground) ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&keep);
    return 0;
}

/* One life with its own seed, so that it can be repeated alone. */
static void
live(uint64_t one, struct arena *a, struct walk *sum)
{
    struct chance chance = {.state = one};
    struct walk k = {.w = ground.workflow[one % ground.n],
                     .calendar = ground.calendar,
                     .chance = &chance,
                     .a = a};

    walk_case(&k, 1 + chance_below(&chance, COMMANDS_MOST));
    if (k.wrong) {
        print_error("%s", k.story.at);
        fail_msg("%s, ONESTOP_SEED=%llu ONESTOP_CASES=1: %s", k.w->id, (unsigned long long)one,
                 k.wrong);
    }
    sum->n_accepted += k.n_accepted;
    sum->n_refused += k.n_refused;
    sum->n_alarm += k.n_alarm;
    sum->n_closed += k.n_closed;
    sum->n_agent += k.n_agent;
}

static void
whatever_is_done_to_a_case_the_laws_of_the_core_hold(void **state)
{
    struct arena a = {0};
    struct walk sum = {0};

    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (uint32_t i = 0; i < cases; i++) {
        live(seed + i, &a, &sum);
        arena_reset(&a);
    }
    print_message("%u cases: %u commands done, %u refused, %u alarms, %u closed, %u by agents\n",
                  cases, sum.n_accepted, sum.n_refused, sum.n_alarm, sum.n_closed, sum.n_agent);
    arena_release(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_done_to_a_case_the_laws_of_the_core_hold),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
