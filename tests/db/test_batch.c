/* SPDX-License-Identifier: Apache-2.0 */
/* Group commit: neighbours, keys, revisions, back-pressure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hall.h"

static void
a_case_is_opened_once_with_number_and_code(void **state)
{
    struct errand e;

    (void)state;
    errand_open(&e, &hall, "k1");
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(e.status, 201);
    assert_int_equal(sql_int("SELECT count(*) FROM cases WHERE id = %lld AND phase = 1"
                             " AND alarm IS NOT NULL AND cardinality(desk) = 1",
                             (long long)e.case_id),
                     1);
    assert_string_equal(sql("SELECT to_char(opened, 'YYYY-MM-DD HH24:MI') FROM cases WHERE id=%lld",
                            (long long)e.case_id),
                        "2026-03-03 02:00");
    assert_int_equal(
        sql_int("SELECT count(*) FROM party_cases WHERE case_id = %lld", (long long)e.case_id), 1);
}

static void
two_commands_on_one_case_apply_one_after_the_other(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e[3];

    (void)state;
    errand_act(&e[0], id, "accept", "a");
    errand_act(&e[1], id, "grant", "b");
    errand_act(&e[2], id, "grant", "c");
    for (int i = 0; i < 3; i++)
        hall_send(&hall, 0, &e[i]);
    hall_wait(&hall, e, 3);
    assert_int_equal(e[0].error.code, ERROR_NONE);
    assert_int_equal(e[1].error.code, ERROR_NONE);
    assert_int_equal(e[2].error.code, ERROR_CASE_CLOSED);
    assert_int_equal(sql_int("SELECT revision FROM cases WHERE id = %lld", (long long)id), 3);
    assert_int_equal(
        sql_int("SELECT count(DISTINCT journal) FROM facts WHERE case_id = %lld AND number > 1",
                (long long)id),
        1);
}

static void
a_refused_command_leaves_its_neighbours(void **state)
{
    const int64_t id = hall_case(&hall), other = hall_case(&hall);
    struct errand e[3];

    (void)state;
    errand_act(&e[0], id, "accept", "a");
    errand_act(&e[1], other, "no-such-action", "b");
    errand_act(&e[2], 999999999, "accept", "c");
    for (int i = 0; i < 3; i++)
        hall_send(&hall, 0, &e[i]);
    hall_wait(&hall, e, 3);
    assert_int_equal(e[0].error.code, ERROR_NONE);
    assert_int_equal(e[1].error.code, ERROR_ACTION_NOT_ALLOWED);
    assert_int_equal(e[1].revision_seen, 1);
    assert_int_equal(e[2].error.code, ERROR_NOT_FOUND);
    assert_int_equal(sql_int("SELECT count(*) FROM keys WHERE scope = %lld", (long long)other), 0);
}

static void
a_database_that_refuses_one_row_stops_only_its_command(void **state)
{
    const int64_t id = hall_case(&hall), other = hall_case(&hall);
    struct errand e[3];

    (void)state;
    assert_string_equal(
        sql("ALTER TABLE cases ADD CONSTRAINT odd CHECK (id <> %lld OR revision < 2)",
            (long long)id),
        "");
    errand_act(&e[0], other, "accept", "a");
    errand_act(&e[1], id, "accept", "b");
    errand_act(&e[2], other, "grant", "c");
    for (int i = 0; i < 3; i++)
        hall_send(&hall, 0, &e[i]);
    hall_wait(&hall, e, 3);
    assert_string_equal(sql("ALTER TABLE cases DROP CONSTRAINT odd"), "");
    assert_int_equal(e[0].error.code, ERROR_NONE);
    assert_int_equal(e[1].error.code, ERROR_STORE_FAILED);
    assert_string_equal(e[1].error.sqlstate, "23514");
    assert_int_equal(e[2].error.code, ERROR_NONE);
    for (int i = 0; i < 3; i++)
        assert_int_equal(e[i].calls, 1);
    /* and the culprit may try again */
    errand_act(&e[1], id, "accept", "b");
    hall_do(&hall, &e[1]);
    assert_int_equal(e[1].error.code, ERROR_NONE);
}

static void
a_repeated_command_gets_the_stored_reply(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand first, again;

    (void)state;
    errand_act(&first, id, "accept", "key");
    hall_do(&hall, &first);
    errand_act(&again, id, "accept", "key");
    hall_do(&hall, &again);
    assert_int_equal(again.error.code, ERROR_NONE);
    assert_true(again.replayed);
    assert_false(first.replayed);
    assert_string_equal(again.body, first.body);
    assert_string_equal(again.etag, first.etag);
    assert_int_equal(again.status, first.status);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id = %lld", (long long)id), 2);
}

static void
a_repetition_in_the_same_batch_is_one_command(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e[2];

    (void)state;
    errand_act(&e[0], id, "accept", "key");
    errand_act(&e[1], id, "accept", "key");
    hall_send(&hall, 0, &e[0]);
    hall_send(&hall, 0, &e[1]);
    hall_wait(&hall, e, 2);
    assert_false(e[0].replayed);
    assert_true(e[1].replayed);
    assert_string_equal(e[0].body, e[1].body);
}

static void
creating_twice_with_one_key_makes_one_case(void **state)
{
    const int64_t before = sql_int("SELECT count(*) FROM cases");
    struct errand e[3];

    (void)state;
    hall_open_side(&hall, 1);
    for (int i = 0; i < 3; i++)
        errand_open(&e[i], &hall, "create");
    hall_send(&hall, 0, &e[0]);
    hall_send(&hall, 1, &e[1]);
    hall_send(&hall, 0, &e[2]);
    hall_wait(&hall, e, 3);
    assert_int_equal(sql_int("SELECT count(*) FROM cases"), before + 1);
    assert_int_equal(e[0].replayed + e[1].replayed + e[2].replayed, 2);
    assert_string_equal(e[0].body, e[1].body);
    assert_string_equal(e[0].body, e[2].body);
    assert_int_equal(e[0].case_id, e[1].case_id);
    hall_close_side(&hall, 1);
}

static void
a_refused_creation_gives_its_key_back(void **state)
{
    struct errand e;

    (void)state;
    errand_open(&e, &hall, "fresh");
    e.order.command.input = value_null();
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_FORM_INVALID);
    assert_int_equal(sql_int("SELECT count(*) FROM keys WHERE scope = 0 AND"
                             " digest = substr(sha256('clerk-1'::bytea || '\\x00'::bytea ||"
                             " 'fresh'::bytea), 1, 16)"),
                     0);
    errand_open(&e, &hall, "fresh");
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_false(e.replayed);
}

static void
a_key_with_another_request_is_refused(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    errand_act(&e, id, "accept", "key");
    hall_do(&hall, &e);
    errand_act(&e, id, "back", "key");
    e.order.request[0] = 1;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_IDEMPOTENCY_KEY_REUSED);
}

static void
a_key_belongs_to_its_case_and_its_principal(void **state)
{
    const int64_t id = hall_case(&hall), other = hall_case(&hall);
    struct errand e;

    (void)state;
    errand_act(&e, id, "accept", "key");
    hall_do(&hall, &e);
    errand_act(&e, other, "accept", "key");
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_false(e.replayed);
    errand_act(&e, id, "back", "key");
    e.order.principal = "clerk-2";
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_false(e.replayed);
}

static void
who_may_not_is_told_so_before_the_key_is_looked_up(void **state)
{
    static const char *const nothing[] = {"nobody"};
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    errand_act(&e, id, "accept", "key");
    hall_do(&hall, &e);
    errand_act(&e, id, "accept", "key");
    e.order.command.actor.role = nothing;
    e.order.command.actor.n_role = 1;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_FORBIDDEN);
}

static void
a_stale_revision_is_refused_and_shows_the_case(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    errand_act(&e, id, "note", "a");
    e.order.command.revision = 1;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    errand_act(&e, id, "note", "b");
    e.order.command.revision = 1;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_STALE);
    assert_int_equal(e.revision_seen, 2);
}

static void
effects_reach_form_and_outbox(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    errand_act(&e, id, "note", "a");
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_string_equal(sql("SELECT form FROM cases WHERE id = %lld", (long long)id),
                        "{\"name\":\"noted\"}");
    assert_string_equal(
        sql("SELECT system || body FROM outbox WHERE case_id = %lld AND number = 1", (long long)id),
        "archive\"noted\"");
}

static void
a_dry_run_changes_nothing(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    errand_act(&e, id, "accept", NULL);
    e.order.dry_run = true;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(e.status, 200);
    assert_int_equal(sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)id), 1);
}

static void
an_annulled_step_has_not_been_measured(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    errand_act(&e, id, "accept", "a");
    hall_do(&hall, &e);
    assert_true(sql_int("SELECT count(*) FROM timings WHERE case_id = %lld", (long long)id) > 0);
    errand_act(&e, id, NULL, "b");
    e.order.command.kind = COMMAND_ANNUL;
    e.order.command.reason = "wrong click";
    e.order.command.number = 2;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(sql_int("SELECT count(*) FROM timings WHERE case_id = %lld", (long long)id),
                     0);
    errand_act(&e, id, "accept", "c");
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
}

static void
what_waited_too_long_is_refused_before_it_is_decided(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e[2];

    (void)state;
    errand_act(&e[0], id, "accept", "old");
    hall_send(&hall, 0, &e[0]);
    hall.monotonic += 3 * SPAN_SECOND; /* before the loop takes it */
    errand_act(&e[1], id, "accept", "new");
    hall_send(&hall, 0, &e[1]);
    hall_wait(&hall, e, 2);
    assert_int_equal(e[0].error.code, ERROR_OVERLOADED);
    assert_int_equal(e[1].error.code, ERROR_NONE);
}

static void
a_full_queue_refuses(void **state)
{
    enum { MANY = 10010 };
    static struct errand e[MANY];
    int refused = 0;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        errand_act(&e[i], 999999999, "accept", NULL);
        hall_send(&hall, 0, &e[i]);
    }
    hall_wait(&hall, e, MANY);
    for (int i = 0; i < MANY; i++)
        refused += e[i].error.code == ERROR_OVERLOADED;
    assert_int_equal(refused, 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_opened_once_with_number_and_code),
        cmocka_unit_test(two_commands_on_one_case_apply_one_after_the_other),
        cmocka_unit_test(a_refused_command_leaves_its_neighbours),
        cmocka_unit_test(a_database_that_refuses_one_row_stops_only_its_command),
        cmocka_unit_test(a_repeated_command_gets_the_stored_reply),
        cmocka_unit_test(a_repetition_in_the_same_batch_is_one_command),
        cmocka_unit_test(creating_twice_with_one_key_makes_one_case),
        cmocka_unit_test(a_refused_creation_gives_its_key_back),
        cmocka_unit_test(a_key_with_another_request_is_refused),
        cmocka_unit_test(a_key_belongs_to_its_case_and_its_principal),
        cmocka_unit_test(who_may_not_is_told_so_before_the_key_is_looked_up),
        cmocka_unit_test(a_stale_revision_is_refused_and_shows_the_case),
        cmocka_unit_test(effects_reach_form_and_outbox),
        cmocka_unit_test(a_dry_run_changes_nothing),
        cmocka_unit_test(an_annulled_step_has_not_been_measured),
        cmocka_unit_test(what_waited_too_long_is_refused_before_it_is_decided),
        cmocka_unit_test(a_full_queue_refuses),
    };

    return cmocka_run_group_tests_name("batch", tests, hall_set_up, hall_tear_down);
}
