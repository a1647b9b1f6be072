/* SPDX-License-Identifier: Apache-2.0 */
/* A case that began earlier than it is opened: what was due since then, and outages of its hall. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hall.h"

#define TITLE "\"title\":{\"zh\":\"步\",\"en\":\"Step\"}"

/*
 * An hour by law, from receipt: deemed so when nobody has answered for half an hour.  What is
 * written with that does not fit into 64 bits before the 4th of March.
 */
static const char definition[] =
    "{\"id\":\"small-notice\",\"title\":{\"zh\":\"备案\",\"en\":\"Notice\"},"
    "\"effective\":{\"from\":\"2022-01-01\"},\"lead\":\"hall\",\"applicant\":[\"enterprise\"],"
    "\"backdateBy\":[\"window\"],"
    "\"form\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}},"
    "\"grounds\":{\"correct\":{" TITLE "}},"
    "\"clocks\":{\"law\":{\"kind\":\"statutory\"," TITLE ",\"limit\":\"60 minutes\","
    "\"from\":\"accepted\"}},"
    "\"start\":\"correct\",\"steps\":{\"correct\":{" TITLE ",\"by\":\"applicant\","
    "\"stops\":{\"ground\":\"correct\"},\"openEnded\":\"test\","
    "\"actions\":{\"submit\":{" TITLE ",\"to\":\"answer\"}},"
    "\"after\":{\"20 minutes\":{\"to\":\"answer\"}}},"
    "\"answer\":{" TITLE ",\"by\":\"window\",\"openEnded\":\"test\","
    "\"after\":{\"30 minutes\":{\"do\":[{\"set\":{\"case.n\":{\"+\":[9223372036854775807,"
    "{\"workingDaysBetween\":[{\"var\":\"now\"},\"2026-03-04\"]}]}}}],\"marks\":\"accepted\","
    "\"deem\":{\"kind\":\"accepted\",\"basis\":\"32\",\"effective\":\"opened\"}}},"
    "\"actions\":{\"end\":{" TITLE ",\"to\":\"end\"}}},"
    "\"end\":{" TITLE ",\"end\":\"over\"}}}";

/*
 * Silence that could not be carried out is tried again behind the first outage.  It holds from the
 * opening, and so counts the correction since, of which the state tells nothing any more.
 */
static void
what_an_outage_sets_going_again_sees_all_that_was(void **state)
{
    struct errand e;
    instant received;

    (void)state;
    sql("INSERT INTO outages (cell, district, since, until, reason, account, recorded) VALUES"
        " (0, '*', '2026-03-03T15:00+08', '2026-03-03T16:00+08', 'no power', 'chief', now())");
    hall_set_time("2026-03-05T10:00:00+08:00");
    assert_true(instant_read("2026-03-03T10:00:00+08:00", 25, &received));
    errand_open(&e, &hall, NULL);
    e.order.command.happened = received;
    e.order.command.reason = "on paper";
    hall_do(&hall, &e);
    if (e.error.code)
        fail_msg("%s: %s", error_name(e.error.code), e.error.detail);
    assert_string_equal(sql("SELECT string_agg(body::json->>'command', ' ' ORDER BY number) FROM"
                            " facts WHERE case_id = %lld",
                            (long long)e.case_id),
                        "open alarm alarm outage alarm alarm");
    /* From 10:00 on, and not until 10:20: an hour after that. */
    assert_string_equal(
        sql("SELECT to_char(to_timestamp((k->>'start')::bigint / 1000000) AT TIME ZONE"
            " 'Asia/Shanghai', 'HH24:MI ') || to_char(to_timestamp((k->>'due')::bigint / 1000000)"
            " AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') FROM cases,"
            " json_array_elements(state::json->'wholeCase'->'clocks') k"
            " WHERE id = %lld AND k->>'rule' = 'law'",
            (long long)e.case_id),
        "10:00 11:20");
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
        cmocka_unit_test(what_an_outage_sets_going_again_sees_all_that_was),
    };

    return cmocka_run_group_tests_name("opened late", tests, set_up, hall_tear_down);
}
