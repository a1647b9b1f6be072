/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations: once each, all or nothing, and no history is rewritten. */
#include "store/migrate.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static struct error error;
static char dir[] = "build/migrate-XXXXXX";
static int told;

static void
write_file(const char *name, const char *sql)
{
    FILE *f = fopen(arena_printf(&arena, "%s/%s", dir, name), "w");

    assert_non_null(f);
    assert_true(fputs(sql, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void
remove_file(const char *name)
{
    (void)unlink(arena_printf(&arena, "%s/%s", dir, name));
}

static void
tell(void *owner, const struct migration *m, span took)
{
    (void)owner;
    (void)m;
    told += took >= 0;
}

/* What the command does: read, then apply. */
static bool
migrate(struct migrations *m)
{
    told = 0;
    error = (struct error){0};
    return migrations_read(&arena, dir, m, &error) && migrations_apply("", m, tell, NULL, &error);
}

static const char *
ask(const char *sql)
{
    PGconn *db = PQconnectdb("");
    PGresult *r = PQexec(db, sql);
    const char *got = arena_strdup(&arena, PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r)
                                               ? PQgetvalue(r, 0, 0)
                                               : PQresultErrorMessage(r));

    PQclear(r);
    PQfinish(db);
    return got;
}

/* Each test begins with an empty schema and two files. */
static int
begin(void **state)
{
    (void)state;
    (void)ask("DROP SCHEMA public CASCADE");
    (void)ask("CREATE SCHEMA public");
    remove_file("0003_c.sql");
    remove_file("0004_d.sql");
    write_file("0001_a.sql", "CREATE TABLE one (n int); INSERT INTO one VALUES (1);");
    write_file("0002_b.sql", "ALTER TABLE one ADD m int; UPDATE one SET m = n + 1;");
    write_file("notes.sql", "this is no migration");
    return 0;
}

static void
files_are_applied_in_order_and_once(void **state)
{
    struct migrations m;

    (void)state;
    assert_true(migrate(&m));
    assert_int_equal(told, 2);
    assert_string_equal(ask("SELECT m FROM one"), "2");
    assert_true(migrate(&m));
    assert_int_equal(told, 0);
    assert_int_equal(m.n_applied, 2);
    write_file("0003_c.sql", "UPDATE one SET m = m + 1");
    assert_true(migrate(&m));
    assert_int_equal(told, 1);
    assert_string_equal(ask("SELECT m FROM one"), "3");
}

/* Who is at work has the same tables; a sequence remembers what was rolled back. */
static void
a_file_that_stood_in_a_circle_is_applied_again(void **state)
{
    struct migrations m;

    (void)state;
    (void)ask("CREATE SEQUENCE pit");
    write_file("0003_c.sql", "UPDATE one SET m = m + 1; DO $$ BEGIN IF nextval('pit') < 3 THEN"
                             " RAISE EXCEPTION USING ERRCODE = '40P01'; END IF; END $$");
    assert_true(migrate(&m));
    assert_int_equal(told, 3);
    assert_string_equal(ask("SELECT m FROM one"), "3");
    write_file("0004_d.sql", "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$");
    assert_false(migrate(&m));
    assert_string_equal(error.sqlstate, "40P01");
}

static void
asking_changes_nothing(void **state)
{
    struct migrations m;

    (void)state;
    assert_true(migrations_read(&arena, dir, &m, &error));
    assert_true(migrations_ask("", &m, &error));
    assert_int_equal(m.n_applied, 0);
    assert_string_equal(ask("SELECT count(*) FROM pg_class WHERE relname = 'schema_versions'"),
                        "0");
}

static void
a_file_that_fails_leaves_nothing_of_itself(void **state)
{
    struct migrations m;

    (void)state;
    write_file("0003_c.sql", "CREATE TABLE two (n int);\nINSERT INTO two\n  SELECT x FROM one;");
    assert_false(migrate(&m));
    assert_int_equal(error.code, ERROR_STORE_FAILED);
    assert_string_equal(error.sqlstate, "42703");
    assert_string_equal(error.detail, "0003_c.sql:3: column \"x\" does not exist");
    assert_int_equal(told, 2);
    assert_string_equal(ask("SELECT to_regclass('two') IS NULL"), "t");
    write_file("0003_c.sql", "CREATE TABLE two (n int);");
    assert_true(migrate(&m));
    assert_int_equal(told, 1);
}

static void
an_edited_file_is_refused_before_anything_changes(void **state)
{
    struct migrations m;

    (void)state;
    assert_true(migrate(&m));
    write_file("0001_a.sql", "CREATE TABLE one (n bigint);");
    write_file("0003_c.sql", "UPDATE one SET m = 9");
    assert_false(migrate(&m));
    assert_int_equal(error.code, ERROR_BAD_FILE);
    assert_string_equal(error.detail, "0001_a.sql was applied and then edited; write a new file "
                                      "with the next number");
    assert_string_equal(ask("SELECT m FROM one"), "2");
}

static void
a_version_the_files_do_not_know_is_refused(void **state)
{
    struct migrations m;

    (void)state;
    write_file("0003_c.sql", "UPDATE one SET m = 9");
    assert_true(migrate(&m));
    remove_file("0003_c.sql");
    assert_false(migrate(&m));
    assert_int_equal(error.code, ERROR_BAD_FILE);
    assert_string_equal(error.detail,
                        "the database has 0003_c.sql, which this release does not know");
}

static void
a_gap_in_the_numbers_is_refused(void **state)
{
    struct migrations m;

    (void)state;
    write_file("0004_d.sql", "SELECT 1");
    assert_false(migrate(&m));
    assert_int_equal(error.code, ERROR_BAD_FILE);
    assert_string_equal(error.detail, "0004_d.sql stands where 0003_….sql belongs");
    remove_file("0004_d.sql");
}

static void
a_file_may_not_end_the_transaction(void **state)
{
    struct migrations m;

    (void)state;
    write_file("0003_c.sql", "CREATE TABLE two (n int); COMMIT;");
    assert_false(migrate(&m));
    assert_string_equal(error.detail, "0003_c.sql must not begin or end transactions");
}

struct run {
    struct arena arena;
    struct migrations m;
    struct error error;
    bool done;
};

static void *
run_once(void *owner)
{
    struct run *r = owner;

    r->done = migrations_read(&r->arena, dir, &r->m, &r->error) &&
              migrations_apply("", &r->m, tell, NULL, &r->error);
    return NULL;
}

static void
two_runs_at_once_apply_each_file_once(void **state)
{
    struct run run[4] = {0};
    pthread_t thread[4];

    (void)state;
    write_file("0003_c.sql", "UPDATE one SET m = m + 1");
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, run_once, &run[i]), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_true(run[i].done);
        assert_int_equal(run[i].m.n_applied, 3);
        arena_release(&run[i].arena);
    }
    assert_string_equal(ask("SELECT m FROM one"), "3");
    assert_string_equal(ask("SELECT count(*) FROM schema_versions"), "3");
}

static void
a_database_that_does_not_answer_is_unavailable(void **state)
{
    struct migrations m;

    (void)state;
    assert_true(migrations_read(&arena, dir, &m, &error));
    assert_false(migrations_apply("host=@nobody-listens-here", &m, tell, NULL, &error));
    assert_int_equal(error.code, ERROR_STORE_BUSY);
}

static int
enter(void **state)
{
    (void)state;
    return !mkdtemp(dir);
}

static int
leave(void **state)
{
    begin(state);
    remove_file("0001_a.sql");
    remove_file("0002_b.sql");
    remove_file("notes.sql");
    arena_release(&arena);
    return rmdir(dir);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(files_are_applied_in_order_and_once, begin),
        cmocka_unit_test_setup(a_file_that_stood_in_a_circle_is_applied_again, begin),
        cmocka_unit_test_setup(asking_changes_nothing, begin),
        cmocka_unit_test_setup(a_file_that_fails_leaves_nothing_of_itself, begin),
        cmocka_unit_test_setup(an_edited_file_is_refused_before_anything_changes, begin),
        cmocka_unit_test_setup(a_version_the_files_do_not_know_is_refused, begin),
        cmocka_unit_test_setup(a_gap_in_the_numbers_is_refused, begin),
        cmocka_unit_test_setup(a_file_may_not_end_the_transaction, begin),
        cmocka_unit_test_setup(two_runs_at_once_apply_each_file_once, begin),
        cmocka_unit_test_setup(a_database_that_does_not_answer_is_unavailable, begin),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
