/* SPDX-License-Identifier: Apache-2.0 */
/* A definition whose cases open others of it: the run ends, whatever the definition says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/relays.h"
#include "tests/support/hall.h"

static const char definition[] =
    "{\"id\":\"s-loop\",\"title\":{\"zh\":\"循环\",\"en\":\"Loop\"},"
    "\"effective\":{\"from\":\"2022-01-01\"},\"lead\":\"hall\",\"applicant\":[\"enterprise\"],"
    "\"form\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}},"
    "\"start\":\"one\",\"steps\":{\"one\":{\"title\":{\"zh\":\"一\",\"en\":\"One\"},"
    "\"by\":\"window\",\"limit\":\"1 day\",\"do\":[{\"open\":\"s-loop\"}],\"actions\":{"
    "\"end\":{\"title\":{\"zh\":\"终\",\"en\":\"End\"},\"to\":\"end\"}}},"
    "\"end\":{\"title\":{\"zh\":\"终\",\"en\":\"End\"},\"end\":\"over\"}}}";

static struct relays *relays;

static const struct workflow *
the_only_one(void *arg, const char *id, const char *district)
{
    (void)arg;
    (void)district;
    return strcmp(id, hall.workflow->id) ? NULL : hall.workflow;
}

/* What was said has been heard: of each case, that it is there, and of the last, that it is not. */
static bool
all_is_said(struct hall *h)
{
    return hall_is_ready(h) && sql_int("SELECT count(*) FROM relay") == 0;
}

static void
a_case_that_opens_itself_does_so_eight_times(void **state)
{
    const int64_t before = sql_int("SELECT count(*) FROM cases");

    (void)state;
    (void)hall_case(&hall);
    hall_until(&hall, all_is_said);
    assert_int_equal(sql_int("SELECT count(*) FROM cases") - before, 1 + GENERATIONS_MOST);
    /* The last one shows why, and somebody has it on a card. */
    assert_string_equal(
        sql("SELECT c->>'outcome' || ' ' || (c->>'why') FROM cases,"
            " json_array_elements(state::json->'children') c WHERE c->>'outcome' IS NOT NULL"),
        "failed definition_fault: cases have opened one another 8 deep, and this would be one "
        "more");
    assert_int_equal(sql_int("SELECT count(*) FROM cases WHERE state LIKE '%%\"failed\"%%'"), 1);
}

static void
what_was_asked_for_before_generations_were_counted_is_the_first(void **state)
{
    const int64_t id = sql_int("SELECT max(id) FROM cases");
    const int64_t before = sql_int("SELECT count(*) FROM cases");

    (void)state;
    sql("INSERT INTO relay (cell, id, case_id, source, child, what, body, at)"
        " SELECT cell, nextval('relay_ids'), 0, id, 2, 'open',"
        " '{\"form\":{},\"workflow\":\"s-loop\"}', clock_timestamp() FROM cases WHERE id = %lld",
        (long long)id);
    hall_until(&hall, all_is_said);
    assert_int_equal(sql_int("SELECT count(*) FROM cases") - before, GENERATIONS_MOST);
}

static int
set_up(void **state)
{
    (void)state;
    hall_open(&hall);
    hall_define(&hall, definition);
    relays = relays_new(hall.base, &(struct relays_options){.read = hall.side[0].read,
                                                            .batch = hall.side[0].batch,
                                                            .workflow = the_only_one});
    return 0;
}

static int
tear_down(void **state)
{
    relays_stop(relays);
    hall_close_side(&hall, 0);
    relays_free(relays);
    return hall_tear_down(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_that_opens_itself_does_so_eight_times),
        cmocka_unit_test(what_was_asked_for_before_generations_were_counted_is_the_first),
    };

    return cmocka_run_group_tests_name("generations", tests, set_up, tear_down);
}
