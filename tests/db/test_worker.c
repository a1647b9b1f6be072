/* SPDX-License-Identifier: Apache-2.0 */
/* Workers: threads that share nothing, become ready, settle alarms and stop cleanly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sched.h>

#include "runtime/worker.h"
#include "tests/support/hall.h"

enum { WORKERS = 2, ERRANDS = 300 };

static const struct registry *registry;
static struct worker *worker[WORKERS];
static struct errand errands[WORKERS][ERRANDS];
static _Atomic int answered, settled, drains;
static _Atomic day today;

static void on_drain(void *arg, struct worker *w);

static void
start(void)
{
    for (int i = 0; i < WORKERS; i++)
        worker[i] = worker_start(&(struct worker_options){.conninfo = "",
                                                          .name = "test-worker",
                                                          .calendar = hall.calendar,
                                                          .registry = registry,
                                                          .numbers = i == 0,
                                                          .alarms = true,
                                                          .drain_max = 5 * SPAN_SECOND,
                                                          .drain = on_drain});
    for (int i = 0; i < WORKERS; i++)
        while (!worker_ready(worker[i]))
            sched_yield();
}

static void
stop(void)
{
    for (int i = 0; i < WORKERS; i++)
        worker_stop(worker[i]);
    for (int i = 0; i < WORKERS; i++)
        worker_join(worker[i]);
}

static void
on_done(struct order *o)
{
    struct errand *e = o->arg;

    e->error = o->error;
    e->case_id = o->reply.case_id;
    answered++;
}

/* In the worker's thread. */
static void
open_cases(void *arg, struct worker *w)
{
    struct errand *e = arg;

    for (int i = 0; i < ERRANDS; i++) {
        errand_open(&e[i], &hall, NULL);
        e[i].order.done = on_done;
        batch_submit(worker_batch(w), &e[i].order);
    }
}

/* Told to stop: whoever comes now comes too late. */
static void
on_drain(void *arg, struct worker *w)
{
    (void)arg;
    drains++;
    if (w == worker[0])
        open_cases(errands[1], w);
    worker_quiet(w);
}

static void
on_settled(void *arg)
{
    (void)arg;
    settled++;
}

static void
settle(void *arg, struct worker *w)
{
    worker_settle_alarms(w, on_settled, arg);
}

/* What a worker knows is its own thread's to read. */
static void
tell_today(void *arg, struct worker *w)
{
    (void)arg;
    today = worker_today(w);
}

static void
workers_write_side_by_side(void **state)
{
    const int64_t before = sql_int("SELECT count(*) FROM cases");

    (void)state;
    start();
    today = 0;
    worker_call(worker[0], tell_today, NULL);
    while (!today)
        sched_yield();
    assert_int_equal(today, day_from_civil(2026, 3, 3));
    answered = 0;
    for (int i = 0; i < WORKERS; i++)
        worker_call(worker[i], open_cases, errands[i]);
    while (answered < WORKERS * ERRANDS)
        sched_yield();
    for (int i = 0; i < WORKERS; i++)
        for (int j = 0; j < ERRANDS; j++)
            assert_int_equal(errands[i][j].error.code, ERROR_NONE);
    assert_int_equal(sql_int("SELECT count(*) FROM cases"), before + WORKERS * ERRANDS);
    stop();
}

static void
alarms_are_settled_between_workers(void **state)
{
    (void)state;
    start();
    hall_set_time("2026-03-03T10:30:00+08:00");
    settled = 0;
    for (int i = 0; i < WORKERS; i++)
        worker_call(worker[i], settle, NULL);
    while (settled < WORKERS)
        sched_yield();
    assert_int_equal(sql_int("SELECT count(*) FROM cases c, present p WHERE c.alarm < p.moment"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) - count(DISTINCT case_id) FROM facts WHERE kind = %d",
                             COMMAND_ALARM),
                     0);
    stop();
}

static void
a_stopping_worker_finishes_what_it_has_and_refuses_the_rest(void **state)
{
    int done = 0, refused = 0;

    (void)state;
    start();
    answered = drains = 0;
    worker_call(worker[0], open_cases, errands[0]);
    stop();
    assert_int_equal(drains, WORKERS);
    for (int i = 0; i < ERRANDS; i++)
        done += errands[0][i].error.code == ERROR_NONE && errands[0][i].case_id > 0;
    for (int i = 0; i < ERRANDS; i++)
        refused += errands[1][i].error.code == ERROR_OVERLOADED;
    assert_int_equal(done, ERRANDS);
    assert_int_equal(refused, ERRANDS);
}

static int
set_up(void **state)
{
    (void)state;
    hall_open(&hall);
    registry = registry_build(&hall.arena, &hall.workflow, 1);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_write_side_by_side),
        cmocka_unit_test(alarms_are_settled_between_workers),
        cmocka_unit_test(a_stopping_worker_finishes_what_it_has_and_refuses_the_rest),
    };

    return cmocka_run_group_tests_name("worker", tests, set_up, hall_tear_down);
}
