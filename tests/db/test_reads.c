/* SPDX-License-Identifier: Apache-2.0 */
/* Worklists and lists of cases: what is in them, and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/rows.h"
#include "tests/support/hall.h"

enum { ROWS = 64 };
static struct {
    bool answered;
    int n;
    int64_t due[ROWS], id[ROWS], visit[ROWS];
} list;

static void
on_tasks(void *arg, const PGresult *res, const struct error *e)
{
    (void)arg;
    assert_null(e);
    list.answered = true;
    list.n = PQntuples(res);
    for (int i = 0; i < list.n && i < ROWS; i++) {
        list.due[i] = row_int(res, i, 0);
        list.id[i] = row_int(res, i, 1);
        list.visit[i] = row_int(res, i, 2);
    }
}

static bool
is_answered(struct hall *h)
{
    (void)h;
    return list.answered;
}

struct question {
    const char *district, *workflow;
    int64_t after_due, after_case, after_visit;
    int64_t most;
    int64_t desk; /* 0: that of the window */
    bool both;    /* and that of the registrar */
};

static void
ask_tasks(struct question q)
{
    struct column desks = column_new(&hall.arena, COLUMN_INT);
    struct parameters v = parameters_new(&hall.arena);

    column_int(&desks, q.desk ? q.desk : sql_int("SELECT id FROM desks WHERE role = 'window'"));
    if (q.both)
        column_int(&desks, sql_int("SELECT id FROM desks WHERE role = 'registrar'"));
    parameter_int(&v, 0);
    parameter_column(&v, &desks);
    parameter_text(&v, q.district);
    parameter_text(&v, q.workflow);
    parameter_int(&v, q.after_due);
    parameter_int(&v, q.after_case);
    parameter_int(&v, q.after_visit);
    parameter_int(&v, q.most ? q.most : ROWS);
    parameter_text(&v, NULL); /* of any lane, with any label, */
    parameter_text(&v, NULL);
    parameter_int(&v, 1); /* as of a moment at which nothing was late, */
    parameter_int(&v, q.after_case ? 9 : -1);
    parameter_text(&v, NULL); /* whenever due, */
    parameter_int(&v, 0);     /* to be done now, */
    parameter_int(&v, 0);     /* contradicted or not */
    list.answered = false;
    pipeline_ask(hall.side[0].read, SQL_task_list, &v, on_tasks, NULL);
    hall_until(&hall, is_answered);
}

static void
a_worklist_holds_what_is_open_soonest_due_first(void **state)
{
    int64_t id[4];
    struct errand e;

    (void)state;
    for (int i = 0; i < 4; i++)
        id[i] = hall_case(&hall);          /* due at 10:10 */
    errand_act(&e, id[0], "accept", NULL); /* due at 10:20 now */
    hall_do(&hall, &e);
    errand_act(&e, id[1], "accept", NULL);
    hall_do(&hall, &e);
    errand_act(&e, id[1], "grant", NULL); /* closed */
    hall_do(&hall, &e);
    ask_tasks((struct question){.both = true});
    assert_int_equal(list.n, 3);
    assert_int_equal(list.id[0], id[2]);
    assert_int_equal(list.id[1], id[3]);
    assert_int_equal(list.id[2], id[0]);
    assert_int_equal(list.visit[2], 2);
    assert_int_equal(list.due[2] - list.due[0], 10 * SPAN_MINUTE);
}

static void
a_case_that_moved_on_is_with_its_new_desk_alone(void **state)
{
    const int64_t window = sql_int("SELECT id FROM desks WHERE role = 'window'");
    const int64_t registrar = sql_int("SELECT id FROM desks WHERE role = 'registrar'");
    struct errand e;
    int64_t id;

    (void)state;
    ask_tasks((struct question){.desk = window});
    assert_int_equal(list.n, 2);
    id = list.id[0];
    errand_act(&e, id, "accept", NULL);
    hall_do(&hall, &e);
    ask_tasks((struct question){.desk = window});
    assert_int_equal(list.n, 1);
    assert_int_not_equal(list.id[0], id);
    ask_tasks((struct question){.desk = registrar});
    assert_int_equal(list.n, 2);
    /* the index still knows both desks, so that coming back costs it nothing */
    assert_int_equal(sql_int("SELECT cardinality(near) FROM cases WHERE id = %lld", (long long)id),
                     2);
    errand_act(&e, id, "back", NULL);
    hall_do(&hall, &e);
    ask_tasks((struct question){.desk = window});
    assert_int_equal(list.n, 2);
    ask_tasks((struct question){.desk = registrar});
    assert_int_equal(list.n, 1);
}

static void
a_worklist_goes_on_behind_its_cursor(void **state)
{
    int64_t first;

    (void)state;
    ask_tasks((struct question){.most = 2, .both = true});
    assert_int_equal(list.n, 2);
    first = list.id[0];
    ask_tasks((struct question){.both = true,
                                .after_due = list.due[1],
                                .after_case = list.id[1],
                                .after_visit = list.visit[1]});
    assert_int_equal(list.n, 1);
    assert_int_not_equal(list.id[0], first);
}

static void
a_worklist_is_that_of_a_desk_a_district_a_workflow(void **state)
{
    (void)state;
    ask_tasks((struct question){.both = true, .district = "370102", .workflow = "small-permit"});
    assert_int_equal(list.n, 3);
    ask_tasks((struct question){.district = "370103"});
    assert_int_equal(list.n, 0);
    ask_tasks((struct question){.workflow = "other"});
    assert_int_equal(list.n, 0);
    ask_tasks((struct question){.desk = 4711});
    assert_int_equal(list.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worklist_holds_what_is_open_soonest_due_first),
        cmocka_unit_test(a_worklist_goes_on_behind_its_cursor),
        cmocka_unit_test(a_worklist_is_that_of_a_desk_a_district_a_workflow),
        cmocka_unit_test(a_case_that_moved_on_is_with_its_new_desk_alone),
    };

    return cmocka_run_group_tests_name("reads", tests, hall_set_up, hall_tear_down);
}
