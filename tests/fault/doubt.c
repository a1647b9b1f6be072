/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes wrong between a daemon and its database: connections lost at every
 * point, commits that answer though they may not last, backends that freeze.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "tests/support/hall.h"

/* Ends the backend of the batch when it comes to the step named in hall->arg, once. */
static void
end_backend_at(struct hall *h, struct batch *b, const char *step)
{
    (void)b;
    if (!h->arg || strcmp(step, h->arg) != 0)
        return;
    h->arg = NULL;
    sql("SELECT pg_terminate_backend(%d, 5000)", pipeline_backend(h->side[0].write));
}

static void
lose_at(const char *step, struct errand *e)
{
    char name[8];

    (void)snprintf(name, sizeof(name), "%s", step);
    hall.stepping = end_backend_at;
    hall.arg = name;
    hall_do(&hall, e);
    assert_null(hall.arg);
    hall.stepping = NULL;
}

static void
a_connection_lost_while_idle_is_made_again(void **state)
{
    const int was = pipeline_backend(hall.side[0].write);

    (void)state;
    sql("SELECT pg_terminate_backend(%d, 5000)", was);
    while (pipeline_backend(hall.side[0].write) == was)
        hall_case(&hall); /* answered whatever happens */
    assert_true(pipeline_backend(hall.side[0].write) != was);
}

static void
a_connection_lost_before_the_reads_costs_nothing(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    errand_act(&e, id, "accept", "key");
    lose_at("load", &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(e.calls, 1);
    assert_false(e.replayed);
    assert_int_equal(sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)id), 2);
}

static void
a_connection_lost_with_the_commit_in_flight_is_done_once(void **state)
{
    const int64_t id = hall_case(&hall);
    const uint64_t doubts = batch_counts(hall.side[0].batch)->in_doubt;
    struct errand e;

    (void)state;
    errand_act(&e, id, "accept", "key");
    lose_at("save", &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(e.calls, 1);
    assert_int_equal(batch_counts(hall.side[0].batch)->in_doubt, doubts + 1);
    assert_int_equal(sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)id), 2);
}

static void
a_command_without_key_in_doubt_is_not_done_twice(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    errand_act(&e, id, "note", NULL);
    lose_at("save", &e);
    assert_int_equal(e.error.code, ERROR_STORE_BUSY);
    hall_until(&hall, hall_is_ready);
    assert_true(sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)id) <= 2);
}

static void
a_creation_in_doubt_is_one_case(void **state)
{
    const int64_t before = sql_int("SELECT count(*) FROM cases");
    struct errand e;

    (void)state;
    errand_open(&e, &hall, "create-in-doubt");
    lose_at("save", &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(sql_int("SELECT count(*) FROM cases"), before + 1);
}

/* The backend waits for a standby that does not exist. */
static bool
commit_waits(struct hall *h)
{
    return sql_int("SELECT count(*) FROM pg_stat_activity WHERE pid = %d"
                   " AND wait_event = 'SyncRep'",
                   pipeline_backend(h->side[0].write)) == 1;
}

static void
demand_standby(bool yes)
{
    sql_as_admin(yes ? "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
                     : "ALTER SYSTEM RESET synchronous_standby_names");
    sql_as_admin("SELECT pg_reload_conf()");
}

static int
no_standby(void **state)
{
    (void)state;
    demand_standby(false);
    return 0;
}

static void
a_cancelled_commit_is_not_believed(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    demand_standby(true);
    errand_act(&e, id, "accept", "key");
    hall_send(&hall, 0, &e);
    hall_until(&hall, commit_waits);
    /* now it is on disk here, and nowhere else; the server will answer COMMIT with a warning */
    sql_as_admin("SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                 " WHERE wait_event = 'SyncRep'");
    while (batch_counts(hall.side[0].batch)->in_doubt == 0 || !commit_waits(&hall))
        hall_until(&hall, commit_waits);
    assert_int_equal(e.calls, 0);
    /* the row can be seen, and yet only the second commit may be reported */
    assert_int_equal(sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)id), 2);
    demand_standby(false);
    hall_wait(&hall, &e, 1);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_true(e.replayed);
    assert_int_equal(sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)id), 2);
}

static void
a_backend_ended_while_it_waits_for_the_standby_is_done_once(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    demand_standby(true);
    errand_act(&e, id, "accept", "key");
    hall_send(&hall, 0, &e);
    hall_until(&hall, commit_waits);
    sql_as_admin("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                 " WHERE wait_event = 'SyncRep'");
    demand_standby(false);
    hall_wait(&hall, &e, 1);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(e.calls, 1);
    assert_int_equal(sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)id), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM keys WHERE scope = %lld", (long long)id), 1);
}

static int frozen;

static void
freeze_at_save(struct hall *h, struct batch *b, const char *step)
{
    (void)b;
    if (frozen || strcmp(step, "save") != 0)
        return;
    frozen = pipeline_backend(h->side[0].write);
    assert_int_equal(kill(frozen, SIGSTOP), 0);
}

static bool
commit_shows(struct hall *h)
{
    return sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)*(int64_t *)h->arg) ==
           2;
}

static void
a_frozen_backend_that_commits_later_is_never_denied(void **state)
{
    int64_t id;
    struct errand e;

    (void)state;
    hall_close_side(&hall, 0);
    hall.deadline = SPAN_SECOND / 4;
    hall_open_side(&hall, 0);
    id = hall_case(&hall);
    hall.stepping = freeze_at_save;
    frozen = 0;
    errand_act(&e, id, "accept", "key");
    hall_do(&hall, &e);
    hall.stepping = NULL;
    /* its lock is held: nobody can say, and nobody says it did not happen */
    assert_int_equal(e.error.code, ERROR_STORE_BUSY);
    assert_int_equal(sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)id), 1);
    assert_int_equal(kill(frozen, SIGCONT), 0);
    hall.arg = &id;
    hall_until(&hall, commit_shows);
    hall.arg = NULL;
    errand_act(&e, id, "accept", "key");
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_true(e.replayed);
    hall_close_side(&hall, 0);
    hall.deadline = 0;
    hall_open_side(&hall, 0);
}

static bool
batch_waits_for_a_lock(struct hall *h)
{
    return sql_int("SELECT count(*) FROM pg_stat_activity WHERE pid = %d"
                   " AND wait_event_type = 'Lock'",
                   pipeline_backend(h->side[0].write)) == 1;
}

static void
after_a_lock_wait_everything_is_read_anew(void **state)
{
    const int64_t id = hall_case(&hall);
    PGconn *other = PQconnectdb("");
    struct errand e;
    char text[500];

    (void)state;
    (void)snprintf(text, sizeof(text), "BEGIN; SELECT FROM cases WHERE id = %lld FOR UPDATE",
                   (long long)id);
    PQclear(PQexec(other, text));
    errand_act(&e, id, "accept", "torn");
    hall_send(&hall, 0, &e);
    hall_until(&hall, batch_waits_for_a_lock); /* skipped three times, now alone */
    (void)snprintf(text, sizeof(text),
                   "UPDATE cases SET rules = rules WHERE id = %lld;"
                   "INSERT INTO keys (cell, scope, digest, request, created, case_id, status,"
                   " etag, body) VALUES (0, %lld, substr(sha256('clerk-1'::bytea ||"
                   " '\\x00'::bytea || 'torn'::bytea), 1, 16), decode(repeat('00', 16), 'hex'),"
                   " now(), %lld, 200, 'c9', 'stored'); COMMIT",
                   (long long)id, (long long)id, (long long)id);
    PQclear(PQexec(other, text));
    PQfinish(other);
    hall_wait(&hall, &e, 1);
    /* a statement that waited for the lock would not have seen the key */
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_true(e.replayed);
    assert_string_equal(e.body, "stored");
}

static void
a_case_that_stays_held_is_busy_and_its_neighbours_are_not(void **state)
{
    const int64_t id = hall_case(&hall), neighbour = hall_case(&hall);
    PGconn *other = PQconnectdb("");
    struct errand e[2];
    char text[100];

    (void)state;
    (void)snprintf(text, sizeof(text), "BEGIN; SELECT FROM cases WHERE id = %lld FOR UPDATE",
                   (long long)id);
    PQclear(PQexec(other, text));
    errand_act(&e[0], id, "accept", "a");
    errand_act(&e[1], neighbour, "accept", "b");
    hall_send(&hall, 0, &e[0]);
    hall_send(&hall, 0, &e[1]);
    hall_wait(&hall, e, 2);
    PQfinish(other);
    assert_int_equal(e[0].error.code, ERROR_STORE_BUSY);
    assert_string_equal(e[0].error.sqlstate, "55P03");
    assert_int_equal(e[1].error.code, ERROR_NONE);
}

static void
two_batches_never_lock_each_other_out(void **state)
{
    enum { ROUNDS = 40, CASES = 6 };
    int64_t id[CASES];
    struct errand e[2 * CASES];

    (void)state;
    hall_open_side(&hall, 1);
    for (int i = 0; i < CASES; i++)
        id[i] = hall_case(&hall);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < CASES; i++) {
            errand_act(&e[i], id[i], "note", NULL);
            errand_act(&e[CASES + i], id[CASES - 1 - i], "note", NULL);
            hall_send(&hall, 0, &e[i]);
            hall_send(&hall, 1, &e[CASES + i]);
        }
        hall_wait(&hall, e, 2 * CASES);
        for (int i = 0; i < 2 * CASES; i++)
            assert_int_equal(e[i].error.code, ERROR_NONE);
    }
    for (int i = 0; i < CASES; i++)
        assert_int_equal(sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)id[i]),
                         1 + 2 * ROUNDS);
    hall_close_side(&hall, 1);
}

static void
creations_in_opposite_order_of_keys_do_not_deadlock(void **state)
{
    enum { KEYS = 8 };
    static char key[KEYS][16];
    struct errand e[2 * KEYS];

    (void)state;
    hall_open_side(&hall, 1);
    for (int round = 0; round < 20; round++) {
        const int64_t before = sql_int("SELECT count(*) FROM cases");

        for (int i = 0; i < KEYS; i++)
            (void)snprintf(key[i], sizeof(key[i]), "r%d-%d", round, i);
        for (int i = 0; i < KEYS; i++) {
            errand_open(&e[i], &hall, key[i]);
            errand_open(&e[KEYS + i], &hall, key[KEYS - 1 - i]);
            hall_send(&hall, 0, &e[i]);
            hall_send(&hall, 1, &e[KEYS + i]);
        }
        hall_wait(&hall, e, 2 * KEYS);
        for (int i = 0; i < 2 * KEYS; i++)
            assert_int_equal(e[i].error.code, ERROR_NONE);
        assert_int_equal(sql_int("SELECT count(*) FROM cases"), before + KEYS);
    }
    hall_close_side(&hall, 1);
}

static void
a_database_that_stays_away_is_told_in_time(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    errand_act(&e, id, "accept", "away");
    pipeline_break(hall.side[0].write, "the test says so");
    hall_send(&hall, 0, &e);
    hall.monotonic += 3 * SPAN_SECOND;
    hall_wait(&hall, &e, 1);
    assert_true(e.error.code == ERROR_STORE_BUSY || e.error.code == ERROR_OVERLOADED);
    assert_true(error_may_retry(e.error.code));
    hall_until(&hall, hall_is_ready);
    errand_act(&e, id, "accept", "away");
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
}

/* A server that takes connections and says nothing. */
static int
dumb_server(const char *host)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/.s.PGSQL.5432", host);

    at.sun_path[0] = 0; /* @: the abstract names */
    assert_int_equal(bind(fd, (struct sockaddr *)&at,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n)),
                     0);
    assert_int_equal(listen(fd, 5), 0);
    return fd;
}

static struct pipeline *patient;

static bool
patient_is_ready(struct hall *h)
{
    (void)h;
    return pipeline_ready(patient);
}

static void
a_host_that_says_nothing_does_not_hide_the_next(void **state)
{
    char dumb[60], conninfo[300];
    int fd;

    (void)state;
    (void)snprintf(dumb, sizeof(dumb), "@onestop-dumb-%d", (int)getpid());
    (void)snprintf(conninfo, sizeof(conninfo), "host=%s,%s", dumb, getenv("PGHOST"));
    fd = dumb_server(dumb);
    patient =
        pipeline_open(hall.base, &(struct pipeline_options){.conninfo = conninfo,
                                                            .name = "patient",
                                                            .connect_timeout = 3 * SPAN_SECOND});
    hall_until(&hall, patient_is_ready);
    pipeline_close(patient);
    close(fd);
}

static int
set_up(void **state)
{
    (void)state;
    hall_open(&hall);
    return 0;
}

static int
tear_down(void **state)
{
    no_standby(state);
    hall_close(&hall);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_lost_while_idle_is_made_again),
        cmocka_unit_test(a_connection_lost_before_the_reads_costs_nothing),
        cmocka_unit_test(a_connection_lost_with_the_commit_in_flight_is_done_once),
        cmocka_unit_test(a_command_without_key_in_doubt_is_not_done_twice),
        cmocka_unit_test(a_creation_in_doubt_is_one_case),
        cmocka_unit_test_teardown(a_cancelled_commit_is_not_believed, no_standby),
        cmocka_unit_test_teardown(a_backend_ended_while_it_waits_for_the_standby_is_done_once,
                                  no_standby),
        cmocka_unit_test(a_frozen_backend_that_commits_later_is_never_denied),
        cmocka_unit_test(after_a_lock_wait_everything_is_read_anew),
        cmocka_unit_test(a_case_that_stays_held_is_busy_and_its_neighbours_are_not),
        cmocka_unit_test(two_batches_never_lock_each_other_out),
        cmocka_unit_test(creations_in_opposite_order_of_keys_do_not_deadlock),
        cmocka_unit_test(a_database_that_stays_away_is_told_in_time),
        cmocka_unit_test(a_host_that_says_nothing_does_not_hide_the_next),
    };

    return cmocka_run_group_tests_name("doubt", tests, set_up, tear_down);
}
