/* SPDX-License-Identifier: Apache-2.0 */
/* Who writes what became of messages, and cases that take theirs back, do not wait in a circle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/outbox_inside.h"
#include "tests/support/circle.h"
#include "tests/support/hall.h"

enum { CASES = 3 };

/* What a branch has sent is dropped when the other is through; a system has a step of its own. */
static const char definition[] =
    "{\"id\":\"two-branches\",\"title\":{\"zh\":\"并联\",\"en\":\"Two branches\"},"
    "\"effective\":{\"from\":\"2022-01-01\"},\"lead\":\"hall\",\"applicant\":[\"enterprise\"],"
    "\"form\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}},"
    "\"start\":\"p\",\"steps\":{\"p\":{\"title\":{\"zh\":\"并\",\"en\":\"P\"},\"join\":\"any\","
    "\"to\":\"end\",\"branches\":{"
    "\"a\":{\"title\":{\"zh\":\"甲\",\"en\":\"A\"},\"start\":\"tell\",\"steps\":{"
    "\"tell\":{\"title\":{\"zh\":\"告\",\"en\":\"Tell\"},\"by\":\"window\",\"limit\":\"1 day\","
    "\"actions\":{\"tell\":{\"title\":{\"zh\":\"告\",\"en\":\"Tell\"},\"to\":\"rest\",\"do\":["
    "{\"send\":\"archive\",\"data\":\"x\"},{\"send\":\"archive\",\"data\":\"y\"}]}}},"
    "\"rest\":{\"title\":{\"zh\":\"候\",\"en\":\"Rest\"},\"by\":\"window\",\"limit\":\"1 day\","
    "\"actions\":{\"rest\":{\"title\":{\"zh\":\"毕\",\"en\":\"Rest\"},\"to\":\"$done\"}}}}},"
    "\"b\":{\"title\":{\"zh\":\"乙\",\"en\":\"B\"},\"start\":\"look\",\"steps\":{"
    "\"look\":{\"title\":{\"zh\":\"看\",\"en\":\"Look\"},\"by\":\"registrar\",\"limit\":\"1 day\","
    "\"actions\":{\"pass\":{\"title\":{\"zh\":\"过\",\"en\":\"Pass\"},\"to\":\"$done\"},"
    "\"ask\":{\"title\":{\"zh\":\"询\",\"en\":\"Ask\"},\"to\":\"answer\"}}},"
    "\"answer\":{\"title\":{\"zh\":\"答\",\"en\":\"Answer\"},\"by\":\"system:archive\","
    "\"limit\":\"1 day\",\"actions\":{\"done\":{\"title\":{\"zh\":\"毕\",\"en\":\"Done\"},"
    "\"to\":\"look\"}}}}}}},"
    "\"end\":{\"title\":{\"zh\":\"终\",\"en\":\"End\"},\"end\":\"over\"}}}";

/* Cases in the order of their ids, each with two messages to the archive. */
static void
tell(int64_t id[CASES])
{
    circle_release(); /* of a test that has failed */
    sql("DELETE FROM outbox");
    for (int i = 0; i < CASES; i++) {
        struct errand e;

        id[i] = hall_case(&hall);
        errand_act(&e, id[i], "tell", NULL);
        hall_do(&hall, &e);
        assert_int_equal(e.error.code, ERROR_NONE);
    }
}

/* The first statement of an outbox that was refused. */
static struct error refused;

static void
on_written(void *arg, const PGresult *res, const struct error *e)
{
    (void)arg;
    (void)res;
    if (e && !refused.code)
        refused = *e;
}

static void
hold_message(int64_t id)
{
    circle_hold("SELECT 1 FROM outbox WHERE case_id = %lld ORDER BY number FOR NO KEY UPDATE",
                (long long)id);
}

/* An outbox as it is when the first message of each case has arrived, the @i-th last. */
static void
arrive(struct outbox *o, struct destination *to, struct flight f[CASES], const int64_t id[CASES],
       bool backwards)
{
    *o = (struct outbox){.o = {.pipeline = hall.side[1].read}, .n_flight = CASES, .n_ended = CASES};
    *to = (struct destination){.of = o};
    o->flight = f;
    for (int i = 0; i < CASES; i++)
        f[i] = (struct flight){.to = to,
                               .case_id = id[backwards ? CASES - 1 - i : i],
                               .number = 1,
                               .ended = true,
                               .state = OUTBOX_DELIVERED,
                               .status = 204,
                               .next = i + 1 < CASES ? &f[i + 1] : NULL};
}

static void
results_and_cases_that_drop(bool backwards)
{
    int64_t id[CASES];
    struct flight f[CASES];
    struct destination to;
    struct outbox o;
    struct errand e[CASES];
    struct talk t = {0};

    tell(id);
    sql("UPDATE outbox SET tried = at WHERE number = 1");
    hold_message(id[1]);
    arrive(&o, &to, f, id, backwards);
    outbox_send_results(&o, on_written);
    talk_sync(&t, hall.side[1].read);
    circle_wait(1);
    for (int i = 0; i < CASES; i++) {
        errand_act(&e[i], id[i], "pass", NULL);
        hall_send(&hall, 0, &e[i]);
    }
    circle_wait(2);
    circle_release();
    talk_wait(&t);
    hall_wait(&hall, e, CASES);
    for (int i = 0; i < CASES; i++)
        assert_int_equal(e[i].error.code, ERROR_NONE);
    assert_string_equal(refused.sqlstate, "");
    arena_release(&o.arena);
    /* What has arrived has, and the other does not go. */
    assert_int_equal(sql_int("SELECT count(*) FROM outbox WHERE number = 1 AND state = 1"), CASES);
    assert_int_equal(sql_int("SELECT count(*) FROM outbox WHERE number = 2 AND state = 3"), CASES);
    assert_int_equal(circle_deadlocks(), 0);
}

static void
results_are_written_in_the_order_of_cases(void **state)
{
    (void)state;
    results_and_cases_that_drop(false);
    results_and_cases_that_drop(true);
}

static void
who_looks_what_is_due_waits_for_nobody(void **state)
{
    struct parameters v = parameters_new(&hall.arena);
    struct column system = column_new(&hall.arena, COLUMN_TEXT);
    struct column most = column_new(&hall.arena, COLUMN_INT);
    struct talk t = {0};
    int64_t id[CASES];

    (void)state;
    tell(id);
    column_text(&system, "archive");
    column_int(&most, 8);
    parameter_int(&v, 0);
    parameter_column(&v, &system);
    parameter_column(&v, &most);
    hold_message(id[1]);
    talk_ask(&t, hall.side[1].read, SQL_outbox_due, &v);
    talk_wait(&t);
    assert_int_equal(t.rows, CASES - 1);
    assert_int_equal(sql_int("SELECT count(*) FROM outbox WHERE number = 1 AND tried IS NOT NULL"),
                     CASES - 1);
    circle_release();
    talk_ask(&t, hall.side[1].read, SQL_outbox_due, &v);
    talk_wait(&t);
    assert_int_equal(t.rows, CASES);
    assert_int_equal(t.error.code, ERROR_NONE);
}

static void
who_parks_waits_for_nobody(void **state)
{
    struct parameters v = parameters_new(&hall.arena);
    struct talk t = {0};
    int64_t id[CASES];

    (void)state;
    tell(id);
    parameter_int(&v, 0);
    parameter_int(&v, id[1]);
    parameter_int(&v, 2);
    parameter_instant(&v, INSTANT_MAX);
    hold_message(id[1]);
    talk_ask(&t, hall.side[1].read, SQL_outbox_park, &v);
    talk_wait(&t);
    assert_int_equal(t.rows, 0);
    circle_release();
    talk_ask(&t, hall.side[1].read, SQL_outbox_park, &v);
    talk_wait(&t);
    assert_int_equal(t.rows, 1);
    assert_int_equal(t.error.code, ERROR_NONE);
}

/* What was asked is answered, over another way than that on which the question died. */
static void
dead_messages_are_sent_again_in_the_order_of_cases(void **state)
{
    struct parameters v = parameters_new(&hall.arena);
    struct errand e[CASES];
    struct talk t = {0};
    int64_t id[CASES];

    (void)state;
    tell(id);
    for (int i = 0; i < CASES; i++) {
        errand_act(&e[i], id[i], "ask", NULL);
        hall_do(&hall, &e[i]);
    }
    sql("UPDATE outbox SET state = 2, tries = 8 WHERE awaits");
    assert_int_equal(sql_int("SELECT count(*) FROM outbox WHERE state = 2"), CASES);
    parameter_int(&v, 0);
    parameter_text(&v, "archive");
    parameter_int(&v, 100);
    parameter_text(&v, "clerk-1");
    parameter_text(&v, "it is well again");
    hold_message(id[1]);
    for (int i = CASES - 1; i >= 0; i--) {
        errand_act(&e[i], id[i], "done", NULL);
        e[i].order.command.actor = (struct actor){.id = "archive", .system = "archive"};
        hall_send(&hall, 0, &e[i]);
    }
    circle_wait(1);
    talk_ask(&t, hall.side[1].read, SQL_outbox_replay_all, &v);
    circle_wait(2);
    circle_release();
    talk_wait(&t);
    hall_wait(&hall, e, CASES);
    for (int i = 0; i < CASES; i++)
        assert_int_equal(e[i].error.code, ERROR_NONE);
    assert_int_equal(t.error.code, ERROR_NONE);
    assert_int_equal(sql_int("SELECT count(*) FROM outbox WHERE awaits AND state = 3"), CASES);
    assert_int_equal(circle_deadlocks(), 0);
}

/* As an outbox that has lost its destinations to another writes yet how they fared. */
static void
note(struct outbox *o, struct delivery d[CASES], struct destination to[CASES], int side,
     bool backwards)
{
    static const char *const system[CASES] = {"circle-a", "circle-m", "circle-z"};

    *o = (struct outbox){
        .o = {.pipeline = hall.side[side].read}, .destination = to, .n_destination = CASES};
    for (int i = 0; i < CASES; i++) {
        d[i] = (struct delivery){.system = system[backwards ? CASES - 1 - i : i]};
        to[i] = (struct destination){.of = o,
                                     .delivery = &d[i],
                                     .changed = true,
                                     .gone = i == 0,
                                     .trouble = "gone",
                                     .breaker = {.until = INSTANT_NONE}};
    }
    outbox_send_notes(o, on_written);
}

static void
how_destinations_fare_is_written_in_their_order(void **state)
{
    struct outbox o[2];
    struct delivery d[2][CASES];
    struct destination to[2][CASES];
    struct talk t[2] = {{0}, {0}};

    (void)state;
    sql("INSERT INTO destinations (cell, system) VALUES (0, 'circle-a'), (0, 'circle-m'),"
        " (0, 'circle-z')");
    circle_hold("SELECT 1 FROM destinations WHERE system = 'circle-m' FOR UPDATE");
    for (int i = 0; i < 2; i++) {
        note(&o[i], d[i], to[i], i, i == 1);
        talk_sync(&t[i], hall.side[i].read);
    }
    circle_wait(2);
    circle_release();
    for (int i = 0; i < 2; i++) {
        talk_wait(&t[i]);
        arena_release(&o[i].arena);
    }
    assert_string_equal(refused.sqlstate, "");
    assert_int_equal(sql_int("SELECT count(*) FROM destinations WHERE disabled IS NOT NULL"), 2);
    assert_int_equal(circle_deadlocks(), 0);
}

static int
set_up(void **state)
{
    (void)state;
    hall_open(&hall);
    hall_open_side(&hall, 1);
    hall_define(&hall, definition);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_written_in_the_order_of_cases),
        cmocka_unit_test(who_looks_what_is_due_waits_for_nobody),
        cmocka_unit_test(who_parks_waits_for_nobody),
        cmocka_unit_test(dead_messages_are_sent_again_in_the_order_of_cases),
        cmocka_unit_test(how_destinations_fare_is_written_in_their_order),
    };

    return cmocka_run_group_tests_name("circles of the outbox", tests, set_up, hall_tear_down);
}
