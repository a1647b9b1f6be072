/* SPDX-License-Identifier: Apache-2.0 */
/* A branch is cancelled: what it had sent is dropped or taken back, in the same transaction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hall.h"

static const char definition[] =
    "{\"id\":\"two-branches\",\"title\":{\"zh\":\"并联\",\"en\":\"Two branches\"},"
    "\"effective\":{\"from\":\"2022-01-01\"},\"lead\":\"hall\",\"applicant\":[\"enterprise\"],"
    "\"form\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}},"
    "\"start\":\"p\",\"steps\":{\"p\":{\"title\":{\"zh\":\"并\",\"en\":\"P\"},\"join\":\"any\","
    "\"to\":\"end\",\"branches\":{"
    "\"a\":{\"title\":{\"zh\":\"甲\",\"en\":\"A\"},\"start\":\"tell\",\"steps\":{"
    "\"tell\":{\"title\":{\"zh\":\"告\",\"en\":\"Tell\"},\"by\":\"window\",\"limit\":\"1 day\","
    "\"actions\":{\"tell\":{\"title\":{\"zh\":\"告\",\"en\":\"Tell\"},\"to\":\"rest\",\"do\":["
    "{\"send\":\"archive\",\"data\":\"x\",\"undo\":{\"data\":\"not x\"}},"
    "{\"send\":\"archive\",\"data\":\"y\"}]},\"say\":{\"title\":{\"zh\":\"说\",\"en\":\"Say\"},"
    "\"to\":\"rest\",\"do\":[{\"send\":\"archive\",\"data\":\"y\"}]}}},"
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

/* The case of what may go out first; INT64_MIN: nothing may. */
static int64_t
due(void)
{
    struct parameters v = parameters_new(&hall.arena);
    struct column system = column_new(&hall.arena, COLUMN_TEXT);
    struct column most = column_new(&hall.arena, COLUMN_INT);

    column_text(&system, "archive");
    column_int(&most, 8);
    parameter_int(&v, 0);
    parameter_column(&v, &system);
    parameter_column(&v, &most);
    return hall_ask(&hall, SQL_outbox_due, &v);
}

/* The system has said that it has it. */
static void
arrived(int64_t id, int32_t number)
{
    struct parameters v = parameters_new(&hall.arena);

    parameter_int(&v, 0);
    parameter_int(&v, id);
    parameter_int(&v, number);
    parameter_int(&v, 1);
    parameter_int(&v, 0);
    parameter_int(&v, 204);
    parameter_text(&v, NULL);
    (void)hall_ask(&hall, SQL_outbox_result, &v);
}

static int64_t
told_case(void)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    sql("DELETE FROM outbox");
    errand_act(&e, id, "tell", NULL);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    return id;
}

static void
act(int64_t id, const char *action)
{
    struct errand e;

    errand_act(&e, id, action, NULL);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
}

static void
call_off(int64_t id)
{
    act(id, "off");
}

/* What is to be said to the case itself. */
static const char *
heard_by(int64_t id)
{
    return sql("SELECT string_agg(what || ' ' || body, ', ' ORDER BY what) FROM relay"
               " WHERE case_id = %lld",
               (long long)id);
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
    assert_string_equal(heard_by(id), "dropped {\"messages\":[2]}, undone {}");
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
    assert_string_equal(heard_by(id), "dropped {\"messages\":[2]}");
}

/* The step that sent them has been left long ago, as it should be; the branch has not. */
static void
what_a_branch_had_sent_before_is_dropped_when_the_join_cancels_it(void **state)
{
    const int64_t id = told_case();

    (void)state;
    act(id, "pass");
    assert_string_equal(outbox_of(id), "1 3, 2 3, 3 3 undoes 1");
    assert_string_equal(heard_by(id), "dropped {\"messages\":[2]}, undone {}");
    assert_int_equal(due(), INT64_MIN);
}

/* A daemon of before runs beside this one, and writes no region. */
static void
so_is_what_a_daemon_of_before_wrote(void **state)
{
    const int64_t id = told_case();

    (void)state;
    sql("UPDATE outbox SET region = NULL WHERE case_id = %lld", (long long)id);
    act(id, "pass");
    assert_string_equal(outbox_of(id), "1 3, 2 3, 3 3 undoes 1");
    assert_string_equal(heard_by(id), "dropped {\"messages\":[2]}, undone {}");
    assert_int_equal(due(), INT64_MIN);
}

/* What goes on its way to take something back goes on, whatever is cancelled later. */
static void
what_takes_something_back_is_not_dropped(void **state)
{
    const int64_t id = told_case();

    (void)state;
    sql("UPDATE outbox SET undoes = 1 WHERE case_id = %lld AND number = 2", (long long)id);
    act(id, "pass");
    assert_string_equal(outbox_of(id), "1 3, 2 0 undoes 1, 3 3 undoes 1");
    assert_string_equal(heard_by(id), "undone {}");
}

static void
a_branch_that_is_through_keeps_what_it_has_sent(void **state)
{
    const int64_t id = told_case();

    (void)state;
    act(id, "rest");
    assert_string_equal(outbox_of(id), "1 0, 2 0");
    assert_string_equal(heard_by(id), "");
    assert_int_equal(due(), id);
}

static int64_t racing;

/* The deliverer takes it out (outbox_due marks it) when the core has decided already. */
static void
on_its_way(struct hall *h, struct batch *b, const char *step)
{
    (void)h;
    (void)b;
    if (racing && !strcmp(step, "save"))
        sql("UPDATE outbox SET tried = at WHERE case_id = %lld AND number = 2 AND state = 0",
            (long long)racing);
}

static void
what_goes_at_that_moment_is_not_said_to_have_been_dropped(void **state)
{
    const int64_t id = told_case();

    (void)state;
    racing = id;
    act(id, "pass");
    racing = 0;
    assert_string_equal(outbox_of(id), "1 3, 2 3, 3 3 undoes 1"); /* it is not tried again */
    assert_string_equal(heard_by(id), "undone {}");
    arrived(id, 2);
    assert_string_equal(outbox_of(id), "1 3, 2 1, 3 3 undoes 1");
}

static void
what_was_dropped_with_a_record_goes_when_that_is_annulled(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    act(id, "say");
    act(id, "off");
    assert_string_equal(outbox_of(id), "1 3");
    errand_act(&e, id, NULL, NULL);
    e.order.command.kind = COMMAND_ANNUL;
    e.order.command.reason = "wrong click";
    e.order.command.number = 3;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_string_equal(outbox_of(id), "1 0");
    assert_int_equal(due(), id);
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
    (void)state;
    hall_open(&hall);
    hall.stepping = on_its_way;
    hall_define(&hall, definition);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_not_left_the_house_is_dropped_with_what_takes_it_back),
        cmocka_unit_test(what_may_have_left_it_is_taken_back),
        cmocka_unit_test(what_a_branch_had_sent_before_is_dropped_when_the_join_cancels_it),
        cmocka_unit_test(so_is_what_a_daemon_of_before_wrote),
        cmocka_unit_test(what_takes_something_back_is_not_dropped),
        cmocka_unit_test(a_branch_that_is_through_keeps_what_it_has_sent),
        cmocka_unit_test(what_goes_at_that_moment_is_not_said_to_have_been_dropped),
        cmocka_unit_test(what_was_dropped_with_a_record_goes_when_that_is_annulled),
        cmocka_unit_test(t8_after_a_cancel_no_row_refers_to_a_live_token_of_the_branch),
    };

    return cmocka_run_group_tests_name("undo", tests, set_up, hall_tear_down);
}
