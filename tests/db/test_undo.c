/* SPDX-License-Identifier: Apache-2.0 */
/* A branch is cancelled: what it had sent is dropped or taken back, in the same transaction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "definition/json.h"
#include "tests/support/hall.h"

static const char definition[] =
    "{\"id\":\"two-branches\",\"title\":{\"zh\":\"并联\",\"en\":\"Two branches\"},"
    "\"effective\":{\"from\":\"2022-01-01\"},\"lead\":\"hall\",\"applicant\":[\"enterprise\"],"
    "\"form\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}},"
    "\"start\":\"p\",\"steps\":{\"p\":{\"title\":{\"zh\":\"并\",\"en\":\"P\"},\"join\":\"all\","
    "\"to\":\"end\",\"branches\":{"
    "\"a\":{\"title\":{\"zh\":\"甲\",\"en\":\"A\"},\"start\":\"tell\",\"steps\":{"
    "\"tell\":{\"title\":{\"zh\":\"告\",\"en\":\"Tell\"},\"by\":\"window\",\"limit\":\"1 day\","
    "\"actions\":{\"tell\":{\"title\":{\"zh\":\"告\",\"en\":\"Tell\"},\"to\":\"rest\",\"do\":["
    "{\"send\":\"archive\",\"data\":\"x\",\"undo\":{\"data\":\"not x\"}},"
    "{\"send\":\"archive\",\"data\":\"y\"}]}}},"
    "\"rest\":{\"title\":{\"zh\":\"候\",\"en\":\"Rest\"},\"by\":\"window\",\"limit\":\"1 day\","
    "\"actions\":{\"rest\":{\"title\":{\"zh\":\"毕\",\"en\":\"Rest\"},\"to\":\"$done\"}}}}},"
    "\"b\":{\"title\":{\"zh\":\"乙\",\"en\":\"B\"},\"start\":\"look\",\"steps\":{"
    "\"look\":{\"title\":{\"zh\":\"看\",\"en\":\"Look\"},\"by\":\"registrar\",\"limit\":\"1 day\","
    "\"actions\":{\"off\":{\"title\":{\"zh\":\"止\",\"en\":\"Off\"},\"to\":\"off\"},"
    "\"pass\":{\"title\":{\"zh\":\"过\",\"en\":\"Pass\"},\"to\":\"$done\"}}}}}}},"
    "\"off\":{\"title\":{\"zh\":\"终止\",\"en\":\"Off\"},\"by\":\"window\",\"limit\":\"1 day\","
    "\"awaits\":\"undo\",\"actions\":{\"end\":{\"title\":{\"zh\":\"终\",\"en\":\"End\"},"
    "\"to\":\"end\"}}},"
    "\"end\":{\"title\":{\"zh\":\"终\",\"en\":\"End\"},\"end\":\"over\"}}}";

static int64_t
told_case(void)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    errand_act(&e, id, "tell", NULL);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    return id;
}

static void
call_off(int64_t id)
{
    struct errand e;

    errand_act(&e, id, "off", NULL);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
}

static const char *
outbox_of(int64_t id)
{
    return sql("SELECT string_agg(number || ' ' || state || coalesce(' undoes ' || undoes, ''),"
               " ', ' ORDER BY number) FROM outbox WHERE case_id = %lld",
               (long long)id);
}

static void
what_has_not_left_the_house_is_dropped_with_what_takes_it_back(void **state)
{
    const int64_t id = told_case();

    (void)state;
    assert_string_equal(outbox_of(id), "1 0, 2 0");
    call_off(id);
    assert_string_equal(outbox_of(id), "1 3, 2 3, 3 3 undoes 1");
    assert_string_equal(
        sql("SELECT what || ' ' || child FROM relay WHERE case_id = %lld", (long long)id),
        "undone 3");
}

static void
what_may_have_left_it_is_taken_back(void **state)
{
    const int64_t id = told_case();

    (void)state;
    assert_string_equal(
        sql("UPDATE outbox SET tried = at WHERE case_id = %lld AND number = 1", (long long)id), "");
    call_off(id);
    assert_string_equal(outbox_of(id), "1 3, 2 3, 3 0 undoes 1");
    assert_int_equal(sql_int("SELECT count(*) FROM relay WHERE case_id = %lld", (long long)id), 0);
}

static void
t8_after_a_cancel_no_row_refers_to_a_live_token_of_the_branch(void **state)
{
    const int64_t id = told_case();

    (void)state;
    call_off(id);
    /* the visits of the parallel step, its branches and their steps: 1 to 4 */
    assert_int_equal(
        sql_int("SELECT count(*) FROM cases WHERE id = %lld AND (visit && "
                "ARRAY[1,2,3,4] OR alarm IS NOT NULL AND state LIKE '%%\"visit\":2%%')",
                (long long)id),
        0);
    assert_int_equal(sql_int("SELECT count(*) FROM outbox WHERE case_id = %lld AND state = 0 AND"
                             " (visit IN (1,2,3,4) OR around && ARRAY[1,2,3,4])",
                             (long long)id),
                     0);
    assert_int_equal(
        sql_int("SELECT count(*) FROM timings WHERE case_id = %lld AND cancelled", (long long)id),
        2);
}

static int
set_up(void **state)
{
    struct problems problems = {0};
    struct value source;
    struct error e;

    (void)state;
    hall_open(&hall);
    problems.arena = &hall.arena;
    if (!json_read(&hall.arena, definition, sizeof(definition) - 1, true, &source, &e) ||
        !definition_read(&hall.arena, &source, "two-branches.json", NULL, hall.calendar,
                         &hall.workflow, &problems)) {
        for (size_t i = 0; i < problems.n; i++)
            print_error("%s: %s\n", problems.item[i].pointer, problems.item[i].text);
        return -1;
    }
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_not_left_the_house_is_dropped_with_what_takes_it_back),
        cmocka_unit_test(what_may_have_left_it_is_taken_back),
        cmocka_unit_test(t8_after_a_cancel_no_row_refers_to_a_live_token_of_the_branch),
    };

    return cmocka_run_group_tests_name("undo", tests, set_up, hall_tear_down);
}
