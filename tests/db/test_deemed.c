/* SPDX-License-Identifier: Apache-2.0 */
/* Silence that holds from the opening is decided on all records of the case, whoever asks for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hall.h"

#define TITLE "\"title\":{\"zh\":\"步\",\"en\":\"Step\"}"

/* An hour by law, from receipt: deemed so when nobody has answered for half an hour. */
static const char definition[] =
    "{\"id\":\"small-notice\",\"title\":{\"zh\":\"备案\",\"en\":\"Notice\"},"
    "\"effective\":{\"from\":\"2022-01-01\"},\"lead\":\"hall\",\"applicant\":[\"enterprise\"],"
    "\"form\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}},"
    "\"grounds\":{\"correct\":{" TITLE "}},"
    "\"clocks\":{\"law\":{\"kind\":\"statutory\"," TITLE ",\"limit\":\"60 minutes\","
    "\"from\":\"accepted\"}},"
    "\"start\":\"correct\",\"steps\":{\"correct\":{" TITLE ",\"by\":\"applicant\","
    "\"stops\":{\"ground\":\"correct\"},\"openEnded\":\"test\","
    "\"actions\":{\"submit\":{" TITLE ",\"to\":\"answer\"}}},"
    "\"answer\":{" TITLE ",\"by\":\"window\",\"limit\":\"60 minutes\","
    "\"after\":{\"30 minutes\":{\"marks\":\"accepted\",\"deem\":{\"kind\":\"accepted\","
    "\"basis\":\"32\",\"effective\":\"opened\"}}},"
    "\"actions\":{\"note\":{" TITLE "},\"end\":{" TITLE ",\"to\":\"end\"}}},"
    "\"end\":{" TITLE ",\"end\":\"over\"}}}";

static void
set_time(int date, int minute)
{
    hall_set_time(arena_printf(&hall.arena, "2026-03-%02dT10:%02d:00+08:00", date, minute));
}

/* Handed in at 10:00 of that day and corrected at 10:20; at 10:50 it is deemed accepted. */
static int64_t
received(int date)
{
    struct errand e;
    int64_t id;

    set_time(date, 0);
    id = hall_case(&hall);
    set_time(date, 20);
    errand_act(&e, id, "submit", NULL);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    return id;
}

static void
expect_law(int64_t id)
{
    assert_string_equal(
        sql("SELECT to_char(to_timestamp((k->>'start')::bigint / 1000000) AT TIME ZONE"
            " 'Asia/Shanghai', 'HH24:MI ') || to_char(to_timestamp((k->>'due')::bigint / 1000000)"
            " AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') FROM cases,"
            " json_array_elements(state::json->'wholeCase'->'clocks') k"
            " WHERE id = %lld AND k->>'rule' = 'law'",
            (long long)id),
        "10:00 11:20");
}

static void
an_alarm_is_decided_again_with_what_was(void **state)
{
    const int64_t id = received(3);
    struct errand e;

    (void)state;
    set_time(3, 51);
    errand_alarm(&e, id);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(e.calls, 1);
    expect_law(id);
}

/* Who comes before the alarm, and whoever is in the same transaction, notices nothing of it. */
static void
a_command_that_brings_it_about_is_done_once(void **state)
{
    const int64_t id = received(4), other = hall_case(&hall);
    struct errand e[3];

    (void)state;
    set_time(4, 52);
    errand_act(&e[0], id, "note", "deemed-1");
    errand_act(&e[1], other, "submit", "deemed-2");
    errand_act(&e[2], id, "note", "deemed-1");
    for (int i = 0; i < 3; i++)
        hall_send(&hall, 0, &e[i]);
    hall_wait(&hall, e, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(e[i].error.code, ERROR_NONE);
    assert_true(e[0].replayed != e[2].replayed);
    expect_law(id);
    assert_string_equal(sql("SELECT string_agg(body::json->>'command', ' ' ORDER BY number) FROM"
                            " facts WHERE case_id = %lld",
                            (long long)id),
                        "open act alarm act");
}

/* A refusal that may come of what was not seen is asked for again, too. */
static void
what_is_refused_changes_nothing(void **state)
{
    const int64_t id = received(5);
    struct errand e;

    (void)state;
    set_time(5, 53);
    errand_act(&e, id, "submit", NULL);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_ACTION_NOT_ALLOWED);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id = %lld", (long long)id), 2);
}

/* Without its records nothing is made up. */
static void
a_case_whose_records_are_gone_is_not_decided(void **state)
{
    const int64_t id = received(6);
    struct errand e;

    (void)state;
    sql("DELETE FROM facts WHERE case_id = %lld AND number = 1", (long long)id);
    set_time(6, 54);
    errand_alarm(&e, id);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_INTERNAL);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id = %lld", (long long)id), 1);
}

/* Nor is what cannot be read a fact of the case: whoever keeps the house mends it. */
static void
a_case_whose_records_do_not_fit_is_put_off(void **state)
{
    const int64_t id = received(9);
    struct errand e;

    (void)state;
    sql("UPDATE facts SET body = '{\"by\":\"x\"}' WHERE case_id = %lld AND number = 1",
        (long long)id);
    set_time(9, 55);
    errand_alarm(&e, id);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_INTERNAL);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id = %lld", (long long)id), 2);
}

static int
set_up(void **state)
{
    (void)state;
    hall_open(&hall);
    hall_define(&hall, definition);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_is_decided_again_with_what_was),
        cmocka_unit_test(a_command_that_brings_it_about_is_done_once),
        cmocka_unit_test(what_is_refused_changes_nothing),
        cmocka_unit_test(a_case_whose_records_are_gone_is_not_decided),
        cmocka_unit_test(a_case_whose_records_do_not_fit_is_put_off),
    };

    return cmocka_run_group_tests_name("deemed", tests, set_up, hall_tear_down);
}
