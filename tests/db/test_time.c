/* SPDX-License-Identifier: Apache-2.0 */
/* What time does: alarms, the test clock, and the one order of the journal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "runtime/alarms.h"
#include "runtime/numberer.h"
#include "tests/support/hall.h"

static int settled;

static void
on_settled(void *arg)
{
    (void)arg;
    settled++;
}

static bool
one_settled(struct hall *h)
{
    (void)h;
    return settled >= 1;
}

static bool
two_settled(struct hall *h)
{
    (void)h;
    return settled >= 2;
}

static struct alarms *
alarms_of(int side)
{
    return alarms_new(hall.base, &(struct alarms_options){.read = hall.side[side].read,
                                                          .batch = hall.side[side].batch,
                                                          .in_flight_max = 16});
}

/* Moves the test clock to @to as `onestop clock` does; @return how often it stopped on the way. */
static int
move_clock(const char *to, struct alarms *a)
{
    instant want, reached;
    int stops = 0;

    assert_true(instant_read(to, strlen(to), &want));
    do {
        struct parameters v = parameters_new(&hall.arena);

        parameter_int(&v, 0);
        parameter_instant(&v, want);
        parameter_int(&v, 0);
        reached = hall_ask(&hall, SQL_clock_advance, &v);
        settled = 0;
        alarms_settle(a, on_settled, NULL);
        hall_until(&hall, one_settled);
        stops++;
    } while (reached < want);
    assert_int_equal(reached, want);
    return stops - 1;
}

static void
time_stops_at_every_due_moment_on_its_way(void **state)
{
    struct alarms *a = alarms_of(0);
    const int64_t id = hall_case(&hall);

    (void)state;
    /* due at 10:10 (step) and 11:00 (case) */
    assert_int_equal(move_clock("2026-03-03T11:30:00+08:00", a), 2);
    assert_string_equal(sql("SELECT string_agg(to_char(at AT TIME ZONE 'UTC-8', 'HH24:MI:SS'), ' '"
                            " ORDER BY number) FROM facts WHERE case_id = %lld",
                            (long long)id),
                        "10:00:00 10:10:00 11:00:00");
    assert_int_equal(
        sql_int("SELECT count(*) FROM cases WHERE id = %lld AND alarm IS NULL", (long long)id), 1);
    assert_string_equal(
        sql("SELECT string_agg(rule || ' ' || colour || ' ' || record || ' ' || state,"
            " ', ' ORDER BY record) FROM cards WHERE case_id = %lld",
            (long long)id),
        "accept 3 2 0, promised 3 3 0");
    alarms_stop(a);
    alarms_free(a);
}

static void
what_cannot_be_looked_at_keeps_no_other_from_its_turn(void **state)
{
    enum { DAMAGED = 40 }; /* more than are looked at at once */
    int64_t id[DAMAGED], healthy;
    struct alarms *a = alarms_of(0);

    (void)state;
    for (int i = 0; i < DAMAGED; i++)
        id[i] = hall_case(&hall);
    healthy = hall_case(&hall);
    assert_string_equal(sql("UPDATE cases SET state = '!' || state WHERE id BETWEEN"
                            " %lld AND %lld",
                            (long long)id[0], (long long)id[DAMAGED - 1]),
                        "");
    hall_set_time("2026-03-03T13:30:00+08:00");
    settled = 0;
    alarms_settle(a, on_settled, NULL);
    hall_until(&hall, one_settled);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id = %lld", (long long)healthy),
                     2);
    assert_int_equal(sql_int("SELECT count(*) FROM cases WHERE look < '2026-03-03T13:30:00+08'"),
                     DAMAGED);
    assert_string_equal(sql("UPDATE cases SET state = substr(state, 2) WHERE id BETWEEN"
                            " %lld AND %lld",
                            (long long)id[0], (long long)id[DAMAGED - 1]),
                        "");
    /* Somebody has mended them, and another daemon, which has not put them off, looks. */
    alarms_stop(a);
    alarms_free(a);
    a = alarms_of(0);
    settled = 0;
    alarms_settle(a, on_settled, NULL);
    hall_until(&hall, one_settled);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id = %lld", (long long)id[0]),
                     2);
    alarms_stop(a);
    alarms_free(a);
}

static void
time_never_goes_back(void **state)
{
    struct parameters v = parameters_new(&hall.arena);
    const instant before = hall_ask(&hall, SQL_clock_read, NULL);

    (void)state;
    parameter_int(&v, 0);
    parameter_instant(&v, before - SPAN_HOUR);
    parameter_int(&v, 0);
    assert_int_equal(hall_ask(&hall, SQL_clock_advance, &v), before);
    assert_int_equal(hall_ask(&hall, SQL_clock_read, NULL), before);
}

static void
t16_the_time_is_the_databases_own(void **state)
{
    (void)state;
    assert_string_equal(sql("BEGIN; DELETE FROM test_clock;"
                            "SELECT p.moment - clock_timestamp() BETWEEN interval '-1 s' AND "
                            "interval '0' FROM present p"),
                        "t");
}

static void
t04_an_alarm_fires_once_whoever_looks(void **state)
{
    enum { MANY = 100 };
    struct alarms *a, *b;
    int64_t first = 0;

    (void)state;
    hall_open_side(&hall, 1);
    for (int i = 0; i < MANY; i++) {
        const int64_t id = hall_case(&hall);

        first = first ? first : id;
    }
    a = alarms_of(0);
    b = alarms_of(1);
    hall_set_time("2026-03-03T13:55:00+08:00"); /* the step of ten minutes, opened at 11:30 */
    settled = 0;
    alarms_settle(a, on_settled, NULL);
    alarms_settle(b, on_settled, NULL);
    hall_until(&hall, two_settled);
    hall_until(&hall, hall_is_ready);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id >= %lld AND kind = %d",
                             (long long)first, COMMAND_ALARM),
                     sql_int("SELECT count(DISTINCT (case_id, at)) FROM facts"
                             " WHERE case_id >= %lld AND kind = %d",
                             (long long)first, COMMAND_ALARM));
    assert_int_equal(sql_int("SELECT count(DISTINCT case_id) FROM facts"
                             " WHERE case_id >= %lld AND kind = %d",
                             (long long)first, COMMAND_ALARM),
                     MANY);
    assert_int_equal(sql_int("SELECT count(*) FROM cases c, present p WHERE c.alarm < p.moment"),
                     0);
    assert_int_equal(
        sql_int("SELECT count(*) FROM cards WHERE case_id >= %lld AND state = 0", (long long)first),
        sql_int("SELECT count(*) FROM facts WHERE case_id >= %lld AND kind = %d", (long long)first,
                COMMAND_ALARM));
    alarms_stop(a);
    alarms_stop(b);
    hall_close_side(&hall, 1);
    hall_close_side(&hall, 0); /* which owe them answers */
    alarms_free(a);
    alarms_free(b);
    hall_open_side(&hall, 0);
}

/* Boundaries at which the next backend dies, one after the other. */
static const char *const boundary[] = {"tell", "load", "save"};
enum { BOUNDARIES = sizeof(boundary) / sizeof(boundary[0]), STRIKES = 2 * BOUNDARIES };
static int struck;

static void
strike(struct hall *h, struct batch *b, const char *step)
{
    if (struck == STRIKES || strcmp(step, boundary[struck % BOUNDARIES]) != 0)
        return;
    for (int i = 0; i < HALLS; i++)
        if (h->side[i].batch == b && pipeline_backend(h->side[i].write)) {
            struck++;
            sql("SELECT pg_terminate_backend(%d, 5000)", pipeline_backend(h->side[i].write));
        }
}

static bool
three_settled(struct hall *h)
{
    (void)h;
    return settled >= HALLS;
}

/* Three look, and wherever one has got to, its backend is ended: each effect is there, once. */
static void
t04_an_alarm_fires_once_whoever_dies_at_it(void **state)
{
    enum { MANY = 120, FEW = 2 };
    struct alarms *a[HALLS];
    int64_t first = 0;

    (void)state;
    for (int i = 1; i < HALLS; i++)
        hall_open_side(&hall, i);
    for (int i = 0; i < MANY; i++) {
        const int64_t id = hall_case(&hall);

        first = first ? first : id;
    }
    for (int i = 0; i < HALLS; i++)
        a[i] = alarms_new(hall.base, &(struct alarms_options){.read = hall.side[i].read,
                                                              .batch = hall.side[i].batch,
                                                              .in_flight_max = FEW});
    struck = settled = 0;
    hall.stepping = strike;
    hall_set_time("2026-03-03T14:15:00+08:00"); /* the step of ten minutes, opened at 13:55 */
    for (int i = 0; i < HALLS; i++)
        alarms_settle(a[i], on_settled, NULL);
    hall_until(&hall, three_settled);
    hall.stepping = NULL;
    (void)hall_case(&hall); /* answered whatever happens: that it was struck is known then */
    hall_until(&hall, hall_is_ready);
    assert_int_equal(struck, STRIKES);
    assert_string_equal(
        sql("SELECT count(*) || ' ' || count(DISTINCT case_id) || ' ' || min(number)"
            " || ' ' || max(number) FROM facts WHERE case_id >= %lld AND kind = %d",
            (long long)first, COMMAND_ALARM),
        "120 120 2 2");
    assert_string_equal(
        sql("SELECT count(*) || ' ' || count(DISTINCT case_id) FROM cards WHERE case_id >= %lld",
            (long long)first),
        "120 120");
    assert_int_equal(sql_int("SELECT count(*) FROM cases c, present p WHERE c.alarm < p.moment"),
                     0);
    for (int i = HALLS; i-- > 0;) {
        alarms_stop(a[i]);
        hall_close_side(&hall, i);
        alarms_free(a[i]);
    }
    hall_open_side(&hall, 0);
}

static void
what_came_due_is_applied_before_a_later_command(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    hall_set_time("2026-03-03T14:40:00+08:00");
    errand_act(&e, id, "accept", "late");
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id = %lld", (long long)id), 3);
    assert_int_equal(
        sql_int("SELECT kind FROM facts WHERE case_id = %lld AND number = 2", (long long)id),
        COMMAND_ALARM);
    assert_int_equal(
        sql_int("SELECT verdict FROM timings WHERE case_id = %lld AND visit = 1", (long long)id),
        VERDICT_LATE);
}

static int64_t
number_now(void)
{
    struct parameters v = parameters_new(&hall.arena);

    parameter_int(&v, 0);
    parameter_int(&v, sql_int("SELECT coalesce(max(last), 0) FROM numberer"));
    parameter_int(&v, 1000);
    (void)hall_ask(&hall, SQL_journal_number, &v);
    return sql_int("SELECT coalesce(max(last), 0) FROM numberer");
}

static bool
all_are_numbered(struct hall *h)
{
    (void)h;
    return sql_int("SELECT count(*) FROM journal WHERE number IS NULL") == 0;
}

/* Whatever runs elsewhere on the cluster holds the order back, as long as it runs. */
static bool
all_can_be_numbered(struct hall *h)
{
    number_now();
    return all_are_numbered(h);
}

static void
numbers_follow_the_order_of_commits_not_of_ids(void **state)
{
    PGconn *early = PQconnectdb("");
    int64_t before, mine;

    (void)state;
    hall_until(&hall, all_can_be_numbered);
    before = number_now();
    /* a transaction that began first and ends last */
    PQclear(PQexec(early, "BEGIN; INSERT INTO journal VALUES (0, nextval('journal_ids'),"
                          " pg_current_xact_id(), clock_timestamp(), 0, '\\x00')"));
    hall_case(&hall);
    assert_int_equal(number_now(), before); /* nothing after it may be numbered */
    hall_case(&hall);
    assert_int_equal(number_now(), before);
    PQclear(PQexec(early, "COMMIT"));
    PQfinish(early);
    hall_until(&hall, all_can_be_numbered);
    assert_int_equal(number_now(), before + 3);
    mine = sql_int("SELECT number FROM journal WHERE hash = '\\x00'");
    assert_int_equal(mine, before + 1);
    assert_int_equal(sql_int("SELECT count(*) FROM (SELECT number - lag(number) OVER (ORDER BY xid,"
                             " id) AS d FROM journal) x WHERE d <> 1"),
                     0);
}

static void
two_numberers_give_each_number_once(void **state)
{
    struct numberer *n[2];

    (void)state;
    hall_open_side(&hall, 1);
    for (int i = 0; i < 2; i++)
        n[i] = numberer_new(hall.base, &(struct numberer_options){
                                           .read = hall.side[i].read, .interval = 1000, .most = 3});
    for (int i = 0; i < 40; i++)
        hall_case(&hall);
    hall_until(&hall, all_are_numbered);
    assert_int_equal(sql_int("SELECT max(number) - count(*) FROM journal"), 0);
    assert_int_equal(sql_int("SELECT last - (SELECT count(*) FROM journal) FROM numberer"), 0);
    for (int i = 0; i < 2; i++)
        numberer_stop(n[i]);
    hall_close_side(&hall, 1);
    hall_close_side(&hall, 0);
    for (int i = 0; i < 2; i++)
        numberer_free(n[i]);
    hall_open_side(&hall, 0);
}

static void
a_look_that_fell_behind_the_alarm_is_brought_up_to_date(void **state)
{
    struct alarms *a = alarms_of(0);
    const int64_t id = hall_case(&hall); /* at 14:40, due at 14:50 */
    struct errand e;

    (void)state;
    hall_set_time("2026-03-03T14:45:00+08:00");
    errand_act(&e, id, "accept", NULL); /* due at 15:05 now: the index need not know */
    hall_do(&hall, &e);
    assert_int_equal(
        sql_int("SELECT count(*) FROM cases WHERE id = %lld AND look < alarm", (long long)id), 1);
    hall_set_time("2026-03-03T14:55:00+08:00");
    settled = 0;
    alarms_settle(a, on_settled, NULL);
    hall_until(&hall, one_settled);
    assert_int_equal(sql_int("SELECT count(*) FROM cases WHERE id = %lld AND look = alarm"
                             " AND recorded = 2",
                             (long long)id),
                     1);
    alarms_stop(a);
    alarms_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_stops_at_every_due_moment_on_its_way),
        cmocka_unit_test(what_cannot_be_looked_at_keeps_no_other_from_its_turn),
        cmocka_unit_test(time_never_goes_back),
        cmocka_unit_test(t16_the_time_is_the_databases_own),
        cmocka_unit_test(t04_an_alarm_fires_once_whoever_looks),
        cmocka_unit_test(t04_an_alarm_fires_once_whoever_dies_at_it),
        cmocka_unit_test(what_came_due_is_applied_before_a_later_command),
        cmocka_unit_test(numbers_follow_the_order_of_commits_not_of_ids),
        cmocka_unit_test(two_numberers_give_each_number_once),
        cmocka_unit_test(a_look_that_fell_behind_the_alarm_is_brought_up_to_date),
    };

    return cmocka_run_group_tests_name("time", tests, hall_set_up, hall_tear_down);
}
