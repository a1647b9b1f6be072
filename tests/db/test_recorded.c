/* SPDX-License-Identifier: Apache-2.0 */
/* History is decided at its own moments, and only by who brings it in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/circle.h"
#include "tests/support/hall.h"

static instant
moment(const char *text)
{
    instant at = INSTANT_NONE;

    assert_true(instant_read(text, strlen(text), &at));
    return at;
}

/* Makes the errand one of history that counts at @at. */
static void
record(struct errand *e, const char *at)
{
    static const char *const role[] = {"import"};

    e->order.command.actor.role = role;
    e->order.command.actor.n_role = 1;
    e->order.recorded = true;
    e->order.at = moment(at);
}

static int64_t
opened_at(const char *at)
{
    struct errand e;

    errand_open(&e, &hall, NULL);
    record(&e, at);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    return e.case_id;
}

static enum error_code
act_at(int64_t id, const char *action, const char *at)
{
    struct errand e;

    errand_act(&e, id, action, NULL);
    record(&e, at);
    hall_do(&hall, &e);
    return e.error.code;
}

static void
history_counts_when_it_happened(void **state)
{
    const int64_t id = opened_at("2026-03-02T09:00:00+08:00");

    (void)state;
    assert_int_equal(act_at(id, "accept", "2026-03-02T09:04:00+08:00"), ERROR_NONE);
    assert_int_equal(act_at(id, "grant", "2026-03-02T09:09:00+08:00"), ERROR_NONE);
    assert_string_equal(sql("SELECT string_agg(to_char(at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI'),"
                            " ' ' ORDER BY number) FROM facts WHERE case_id = %lld",
                            (long long)id),
                        "09:00 09:04 09:09");
    assert_string_equal(sql("SELECT counted_ms || ' ' || verdict FROM timings WHERE case_id = %lld"
                            " AND rule = 'promised'",
                            (long long)id),
                        "540000 1");
    assert_string_equal(
        sql("SELECT substr(number, 13, 8) FROM cases WHERE id = %lld", (long long)id), "20260302");
}

static void
what_came_due_in_between_happened_in_between(void **state)
{
    const int64_t id = opened_at("2026-03-02T09:00:00+08:00");

    (void)state;
    /* the step is late at 09:10 */
    assert_int_equal(act_at(id, "accept", "2026-03-02T09:30:00+08:00"), ERROR_NONE);
    assert_string_equal(sql("SELECT string_agg(actor || ' ' || to_char(at AT TIME ZONE"
                            " 'Asia/Shanghai', 'HH24:MI'), ', ' ORDER BY number) FROM facts"
                            " WHERE case_id = %lld",
                            (long long)id),
                        "clerk-1 09:00, engine 09:10, clerk-1 09:30");
}

static void
nobody_else_says_when_it_happened(void **state)
{
    const int64_t id = opened_at("2026-03-02T09:00:00+08:00");
    struct errand e;

    (void)state;
    errand_act(&e, id, "accept", NULL);
    e.order.recorded = true;
    e.order.at = moment("2026-03-02T09:01:00+08:00");
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_FORBIDDEN);
}

/* Nobody is held up by it who takes an outage to the cases, nor by them he. */
static void
an_opening_by_who_may_not_say_when_it_happened_takes_no_lock_of_outages(void **state)
{
    static const char *const window[] = {"window"};
    const struct actor who[] = {
        {.id = "clerk-2", .role = window, .n_role = 1, .department = "hall", .district = "*"},
        {.id = "applicant", .public = true}};
    struct errand e;

    (void)state;
    circle_hold("SELECT pg_advisory_xact_lock(1869509750, 0)");
    for (size_t i = 0; i < 2; i++) {
        errand_open(&e, &hall, NULL);
        e.order.command.actor = who[i];
        e.order.command.happened = moment("2026-03-02T09:00:00+08:00");
        e.order.command.reason = "停电";
        hall_do(&hall, &e);
        assert_string_equal(error_name(e.error.code), "forbidden");
    }
    circle_release();
}

static void
await_openings(struct talk *t, int64_t milliseconds)
{
    struct parameters v = parameters_new(&hall.arena);

    parameter_int(&v, 0);
    parameter_int(&v, milliseconds);
    talk_ask(t, hall.side[0].read, SQL_outage_await, &v);
}

/* On the connection by which a worker reads nobody waits for an opening. */
static void
who_records_an_outage_waits_for_no_opening_and_who_takes_it_to_the_cases_does(void **state)
{
    struct talk records = {0}, gives_up = {0}, waits = {0};
    struct parameters v = parameters_new(&hall.arena);

    (void)state;
    circle_hold("SELECT pg_advisory_xact_lock_shared(1869509750, 0)");
    parameter_int(&v, 0);
    parameter_text(&v, "370102");
    parameter_instant(&v, moment("2026-03-02T09:00:00+08:00"));
    parameter_instant(&v, moment("2026-03-02T10:00:00+08:00"));
    parameter_text(&v, "停电");
    parameter_text(&v, NULL);
    parameter_text(&v, "supervisor-1");
    talk_ask(&records, hall.side[0].read, SQL_outage_record, &v);
    talk_wait(&records);
    assert_int_equal(records.rows, 1);
    await_openings(&gives_up, 10);
    talk_wait(&gives_up);
    assert_string_equal(gives_up.error.sqlstate, "55P03");
    await_openings(&waits, 1000000);
    circle_wait(1);
    circle_release();
    talk_wait(&waits);
    assert_string_equal(waits.error.sqlstate, "");
    sql("DELETE FROM outages");
}

static void
history_neither_runs_back_nor_ahead(void **state)
{
    const int64_t id = opened_at("2026-03-02T09:00:00+08:00");

    (void)state;
    assert_int_equal(act_at(id, "accept", "2026-03-02T08:59:00+08:00"), ERROR_STALE);
    assert_int_equal(act_at(id, "accept", "2026-03-03T10:00:01+08:00"), ERROR_GUARD_FAILED);
    assert_int_equal(act_at(id, "accept", "2026-03-02T09:00:00+08:00"), ERROR_NONE);
}

static void
alarms_wait_for_the_rest_of_a_history(void **state)
{
    struct errand e;

    (void)state;
    errand_open(&e, &hall, NULL);
    record(&e, "2026-03-02T09:00:00+08:00");
    e.order.more = true;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(sql_int("SELECT count(*) FROM cases WHERE id = %lld AND alarm > '" HALL_START
                             "' AND look > '" HALL_START "'",
                             (long long)e.case_id),
                     1);
    assert_int_equal(act_at(e.case_id, "accept", "2026-03-02T09:01:00+08:00"), ERROR_NONE);
    assert_int_equal(sql_int("SELECT count(*) FROM cases WHERE id = %lld AND alarm < '" HALL_START
                             "' AND look <= alarm",
                             (long long)e.case_id),
                     1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_counts_when_it_happened),
        cmocka_unit_test(what_came_due_in_between_happened_in_between),
        cmocka_unit_test(nobody_else_says_when_it_happened),
        cmocka_unit_test(an_opening_by_who_may_not_say_when_it_happened_takes_no_lock_of_outages),
        cmocka_unit_test(
            who_records_an_outage_waits_for_no_opening_and_who_takes_it_to_the_cases_does),
        cmocka_unit_test(history_neither_runs_back_nor_ahead),
        cmocka_unit_test(alarms_wait_for_the_rest_of_a_history),
    };

    return cmocka_run_group_tests_name("recorded", tests, hall_set_up, hall_tear_down);
}
