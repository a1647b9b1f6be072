/* SPDX-License-Identifier: Apache-2.0 */
/* Nobody waits in a circle: the law is in engine/store/README.md, "Who waits for whom". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/certificate.h"
#include "store/number.h"
#include "store/writing.h"
#include "tests/support/circle.h"
#include "tests/support/hall.h"

static struct arena arena;

static struct pipeline *
pipe_of(int side)
{
    return hall.side[side].read;
}

static struct column
texts(const char *const *text, size_t n, bool backwards)
{
    struct column c = column_new(&arena, COLUMN_TEXT);

    for (size_t i = 0; i < n; i++)
        column_text(&c, text[backwards ? n - 1 - i : i]);
    return c;
}

/* --- what a version needs --- */

static void
publish_desks(struct talk *t, int side, bool backwards)
{
    static const char *const role[] = {"circle-a", "circle-m", "circle-z"};
    static const char *const department[] = {"hall", "hall", "hall"};
    struct column r = texts(role, 3, backwards), d = texts(department, 3, false);
    struct parameters v = parameters_new(&arena);

    parameter_column(&v, &r);
    parameter_column(&v, &d);
    talk_ask(t, pipe_of(side), SQL_desk_publish, &v);
}

static void
two_workflows_with_the_same_desks_are_published_at_once(void **state)
{
    struct talk one = {0}, two = {0};

    (void)state;
    circle_hold("INSERT INTO desks (role, department) VALUES ('circle-m', 'hall')");
    publish_desks(&one, 0, false);
    publish_desks(&two, 1, true);
    circle_wait(2);
    circle_release();
    talk_wait(&one);
    talk_wait(&two);
    assert_string_equal(one.error.sqlstate, "");
    assert_string_equal(two.error.sqlstate, "");
    assert_int_equal(sql_int("SELECT count(*) FROM desks WHERE role LIKE 'circle-%%'"), 3);
}

static bool
edition_was_asked(struct hall *h)
{
    return catalogue_settled(h->side[2].catalogue);
}

/* Of sessions to come, of this database alone. */
static void
lock_timeout(const char *what)
{
    sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I %s', current_database()); END $$", what);
}

/* It waited too long for somebody: whoever asks next gets it. */
static void
a_version_that_could_not_be_had_is_asked_for_again(void **state)
{
    struct error e = {0};
    struct catalogue *c;

    (void)state;
    lock_timeout("SET lock_timeout = 20");
    hall_open_side(&hall, 2);
    lock_timeout("RESET lock_timeout");
    c = hall.side[2].catalogue;
    circle_hold("LOCK TABLE desks IN EXCLUSIVE MODE");
    assert_null(catalogue_publish(c, hall.workflow, &e));
    hall_until(&hall, edition_was_asked);
    circle_release();
    assert_null(catalogue_publish(c, hall.workflow, &e));
    assert_int_equal(e.code, ERROR_NONE);
    hall_until(&hall, edition_was_asked);
    assert_non_null(catalogue_publish(c, hall.workflow, &e));
    hall_close_side(&hall, 2);
}

/* --- keys that are of a person alone --- */

static void
keys_of_persons_are_stored_in_one_order(void **state)
{
    enum { N = 3 };
    static const char *const key[N] = {"circle-1", "circle-2", "circle-3"};
    uint8_t digest[N][KEY_SIZE];
    struct errand e[2 * N];
    int middle = 0;
    char hex[2 * KEY_SIZE + 1];

    (void)state;
    for (int i = 0; i < N; i++)
        digest_key("clerk-1", key[i], digest[i]);
    for (int i = 0; i < N; i++)
        if ((memcmp(digest[i], digest[(i + 1) % N], KEY_SIZE) < 0) !=
            (memcmp(digest[i], digest[(i + 2) % N], KEY_SIZE) < 0))
            middle = i;
    for (int i = 0; i < KEY_SIZE; i++)
        (void)snprintf(&hex[(ptrdiff_t)2 * i], 3, "%02x", digest[middle][i]);
    for (int i = 0; i < 2 * N; i++) {
        /* the one in the middle between the others, which stand in opposite orders */
        const int at = i % N, which = at == 1 ? middle : (middle + (at == 0) + 1) % N;

        errand_act(&e[i], hall_case(&hall), "accept",
                   key[i < N || at == 1 ? which : 3 - middle - which]);
        e[i].order.broad = true;
    }
    circle_hold("INSERT INTO keys (cell, scope, digest, request, created, case_id, status)"
                " VALUES (0, 0, '\\x%s', '', now(), 0, 1)",
                hex);
    for (int i = 0; i < 2 * N; i++)
        hall_send(&hall, i / N, &e[i]);
    circle_wait(2);
    circle_release();
    hall_wait(&hall, e, 2 * N);
    for (int i = 0; i < 2 * N; i++)
        assert_int_equal(e[i].error.code, ERROR_NONE);
    assert_int_equal(circle_deadlocks(), 0);
}

/* --- certificates that hold no more --- */

static void
number_certificate(int64_t case_id, int32_t nth, char text[CERTIFICATE_TEXT])
{
    certificate_number_write(
        text, "XK", sql("SELECT number FROM cases WHERE id = %lld", (long long)case_id), nth);
}

/* Each void their own as a consequence, and the other's, because it was asked for. */
static void
void_both(struct talk *t, int side, int64_t own, int64_t others, int64_t middle)
{
    const struct case_change change = {.id = own};
    const struct discard discard = {.number = 1, .state = CERTIFICATE_REVOKED, .by = "clerk-1"};
    char number[CERTIFICATE_TEXT];
    struct voiding voiding = {.state = CERTIFICATE_REVOKED, .number = number};
    struct writing w;

    writing_begin(&w, &arena, 0, 0, 0);
    number_certificate(others, 1, number);
    writing_voiding(&w, &change, &voiding);
    number_certificate(middle, 1, number);
    writing_voiding(&w, &change, &voiding);
    writing_discard(&w, &change, &discard);
    pipeline_send_verb(pipe_of(side), PIPELINE_BEGIN, NULL, NULL);
    writing_voids_send(&w, pipe_of(side), talk_heard, t);
    talk_commit(t, pipe_of(side));
}

static void
two_cases_that_void_one_anothers_certificates_do_not_wait_in_a_circle(void **state)
{
    int64_t id[4];
    struct talk one = {0}, two = {0};

    (void)state;
    for (int i = 0; i < 4; i++)
        id[i] = hall_case(&hall);
    circle_hold("INSERT INTO certificate_voids (cell, case_id, nth, state, at, source)"
                " VALUES (0, %lld, 1, 1, now(), 0), (0, %lld, 1, 1, now(), 0)",
                (long long)id[2], (long long)id[3]);
    void_both(&one, 0, id[0], id[1], id[2]);
    circle_wait(1);
    void_both(&two, 1, id[1], id[0], id[3]);
    circle_wait(2);
    circle_release();
    talk_wait(&one);
    talk_wait(&two);
    /* The second is told that the first has been there. */
    assert_string_equal(one.error.sqlstate, "");
    assert_string_equal(two.error.sqlstate, "23505");
    assert_int_equal(
        sql_int("SELECT count(*) FROM certificate_voids WHERE source = %lld", (long long)id[0]), 3);
}

/* As two orders of one transaction are: the second is refused, as if it came later. */
static void
a_certificate_is_voided_once_by_a_transaction(void **state)
{
    const int64_t id = hall_case(&hall), other = hall_case(&hall);
    const struct case_change change = {.id = id};
    char number[CERTIFICATE_TEXT];
    const struct voiding voiding = {.state = CERTIFICATE_REVOKED, .number = number};
    struct discard discard = {.number = 1, .state = CERTIFICATE_REVOKED, .by = "clerk-1"};
    struct talk t[2] = {{0}, {0}};
    struct writing w;

    (void)state;
    number_certificate(id, 1, number);
    for (int asked = 1; asked >= 0; asked--) {
        discard.asked = asked != 0; /* else a consequence: who was first has said why */
        writing_begin(&w, &arena, 0, 0, 0);
        writing_voiding(&w, &(struct case_change){.id = other}, &voiding);
        writing_discard(&w, &change, &discard);
        assert_true(writing_voids(&w));
        pipeline_send_verb(pipe_of(0), PIPELINE_BEGIN, NULL, NULL);
        writing_voids_send(&w, pipe_of(0), talk_heard, &t[asked]);
        talk_commit(&t[asked], pipe_of(0));
        talk_wait(&t[asked]);
    }
    assert_string_equal(t[1].error.sqlstate, "23505");
    assert_string_equal(t[0].error.sqlstate, "");
}

/* --- messages from outside --- */

static struct message_change
message(const char *id, const char *assigned_by)
{
    static const uint8_t hash[HASH_SIZE];

    return (struct message_change){.source = "circle",
                                   .id = id,
                                   .name = "hint",
                                   .subject = "number",
                                   .body = "{}",
                                   .hash = hash,
                                   .state = INBOX_SETTLED,
                                   .case_id = 1,
                                   .letter = 1,
                                   .reason = assigned_by ? "his" : NULL,
                                   .assigned_by = assigned_by};
}

static void
store(struct talk *t, int side, const struct message_change *m, int n)
{
    struct writing w;

    writing_begin(&w, &arena, 0, 0, 0);
    for (int i = 0; i < n; i++)
        writing_message(&w, &m[i]);
    pipeline_send_verb(pipe_of(side), PIPELINE_BEGIN, NULL, NULL);
    writing_inbox_send(&w, pipe_of(side), NULL, 0, talk_heard, t);
    talk_commit(t, pipe_of(side));
}

static void
who_assigns_a_message_and_who_stores_it_do_not_wait_in_a_circle(void **state)
{
    const struct message_change assigns[] = {message("c", "clerk-1"), message("a", NULL)};
    const struct message_change stores[] = {message("a", NULL), message("b", NULL),
                                            message("c", NULL)};
    struct talk one = {0}, two = {0};

    (void)state;
    sql("INSERT INTO inbox (cell, id, received, state, source, message, name, subject, hash, body,"
        " candidates) VALUES (0, nextval('inbox_ids'), now(), 0, 'circle', 'c', 'hint', 'key', '',"
        " '{}', '{}')");
    circle_hold("INSERT INTO inbox (cell, id, received, state, source, message, name, subject,"
                " hash, body, candidates) VALUES (0, nextval('inbox_ids'), now(), 0, 'circle', 'b',"
                " 'hint', 'key', '', '{}', '{}')");
    store(&two, 1, stores, 3);
    circle_wait(1);
    store(&one, 0, assigns, 2);
    circle_wait(2);
    circle_release();
    talk_wait(&one);
    talk_wait(&two);
    assert_string_equal(one.error.sqlstate, "");
    assert_string_equal(two.error.sqlstate, "23505");
}

/* --- files of a case that is removed --- */

static void
purge(struct talk *t, int64_t id)
{
    static uint8_t head[HASH_SIZE];
    const char *hex = sql("SELECT encode(head, 'hex') FROM cases WHERE id = %lld", (long long)id);
    struct column c[4];
    struct parameters v = parameters_new(&arena);

    for (int i = 0; i < HASH_SIZE; i++)
        assert_int_equal(sscanf(&hex[(ptrdiff_t)2 * i], "%2hhx", &head[i]), 1);
    for (int i = 0; i < 4; i++)
        c[i] = column_new(&arena, i == 2 ? COLUMN_BYTES : COLUMN_INT);
    column_int(&c[0], id);
    column_int(&c[1], sql_int("SELECT recorded FROM cases WHERE id = %lld", (long long)id));
    column_bytes(&c[2], head, sizeof(head));
    column_int(&c[3], 1);
    parameter_int(&v, 0);
    for (int i = 0; i < 4; i++)
        parameter_column(&v, &c[i]);
    parameter_text(&v, "x.facts");
    talk_ask(t, pipe_of(0), SQL_purge, &v);
}

static void
end_file(struct talk *t, int64_t id)
{
    struct parameters v = parameters_new(&arena);

    parameter_int(&v, 0);
    parameter_int(&v, id);
    parameter_text(&v, "comes");
    parameter_int(&v, 5);
    parameter_bytes(&v, "x", 1);
    parameter_bytes(&v, "y", 1);
    parameter_int(&v, 60);
    talk_ask(t, pipe_of(1), SQL_file_end, &v);
}

static void
who_removes_a_case_takes_its_files_before_their_room(void **state)
{
    const int64_t id = hall_case(&hall);
    struct talk one = {0}, two = {0};

    (void)state;
    sql("UPDATE cases SET phase = 2, closed = opened WHERE id = %lld", (long long)id);
    sql("INSERT INTO file_rooms (cell, case_id, bytes, files) VALUES (0, %lld, 20, 2)",
        (long long)id);
    sql("INSERT INTO files (cell, case_id, id, state, shelf, bytes, sent, touched, account, name,"
        " type) SELECT 0, %lld, n.id, n.state, 0, 10, now(), now(), 'a', 'n', 't'"
        " FROM (VALUES ('is here', 1), ('comes', 0)) AS n (id, state)",
        (long long)id);
    circle_hold("SELECT 1 FROM files WHERE id = 'is here' FOR UPDATE");
    purge(&one, id);
    circle_wait(1);
    end_file(&two, id);
    circle_wait_or(2, &two);
    circle_release();
    talk_wait(&one);
    talk_wait(&two);
    assert_string_equal(one.error.sqlstate, "");
    assert_string_equal(two.error.sqlstate, "");
    assert_int_equal(sql_int("SELECT count(*) FROM file_rooms WHERE case_id = %lld", (long long)id),
                     0);
}

/* --- who waits for nobody --- */

static void
sign(struct talk *t, const int64_t id[2])
{
    static const char *const text[] = {"x", "x"};
    struct column c = column_new(&arena, COLUMN_INT), nth = column_new(&arena, COLUMN_INT);
    struct column key = texts(text, 2, false), code = texts(text, 2, false);
    struct column file = texts(text, 2, false);
    struct parameters v = parameters_new(&arena);

    for (int i = 0; i < 2; i++) {
        column_int(&c, id[i]);
        column_int(&nth, 1);
    }
    parameter_int(&v, 0);
    parameter_column(&v, &c);
    parameter_column(&v, &nth);
    parameter_column(&v, &key);
    parameter_column(&v, &code);
    parameter_column(&v, &file);
    talk_ask(t, pipe_of(0), SQL_certificate_signed, &v);
    talk_wait(t);
}

static void
who_signs_waits_for_nobody(void **state)
{
    const int64_t id[2] = {hall_case(&hall), hall_case(&hall)};
    struct talk first = {0}, then = {0};

    (void)state;
    for (int i = 0; i < 2; i++)
        sql("INSERT INTO certificates (cell, case_id, nth, number, kind, definition, issued, parts,"
            " body) VALUES (0, %lld, 1, 'n', 'k', 1, now(), '{}', '{}')",
            (long long)id[i]);
    circle_hold("SELECT 1 FROM certificates WHERE case_id = %lld FOR NO KEY UPDATE",
                (long long)id[0]);
    sign(&first, id);
    assert_int_equal(first.rows, 1);
    circle_release();
    sign(&then, id);
    assert_int_equal(then.rows, 1);
    assert_int_equal(sql_int("SELECT count(*) FROM certificates WHERE document IS NULL"), 0);
}

static void
who_forgets_waits_for_nobody(void **state)
{
    struct talk t = {0};
    struct parameters v = parameters_new(&arena);

    (void)state;
    sql("INSERT INTO keys (cell, scope, digest, request, created, case_id, status)"
        " VALUES (0, 7, 'a', '', '2001-01-01', 7, 200), (0, 7, 'b', '', '2001-01-01', 7, 200)");
    sql("INSERT INTO sessions (token_hash, account, expires)"
        " VALUES ('a', 1, '2001-01-01'), ('b', 1, '2001-01-01')");
    sql("INSERT INTO attempts (subject, failures, until)"
        " VALUES ('a', 1, '2001-01-01'), ('b', 1, '2001-01-01')");
    circle_hold("SELECT 1 FROM keys k, sessions s, attempts t WHERE k.digest = 'a' AND"
                " s.token_hash = 'a' AND t.subject = 'a' FOR UPDATE");
    parameter_int(&v, 0);
    parameter_int(&v, 3600);
    parameter_int(&v, 1000);
    talk_ask(&t, pipe_of(0), SQL_key_purge, &v);
    talk_wait(&t);
    assert_int_equal(t.rows, 1);
    talk_ask(&t, pipe_of(0), SQL_session_sweep, NULL);
    talk_wait(&t);
    assert_int_equal(t.rows, 1);
    talk_ask(&t, pipe_of(0), SQL_attempt_sweep, NULL);
    talk_wait(&t);
    assert_int_equal(t.rows, 1);
    circle_release();
    assert_string_equal(t.error.sqlstate, "");
    sql("DELETE FROM keys WHERE scope = 7");
}

/* --- who stood in a circle all the same --- */

/* PostgreSQL opens a circle by refusing one of those in it: that was not the command's fault. */
static void
a_command_that_stood_in_a_circle_is_tried_again(void **state)
{
    const int64_t id = hall_case(&hall);
    struct errand e;

    (void)state;
    sql("CREATE SEQUENCE pit; CREATE FUNCTION pit() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF nextval('pit') < 4 THEN RAISE EXCEPTION USING ERRCODE = '40P01'; END IF;"
        " RETURN NEW; END $$; CREATE TRIGGER pit BEFORE INSERT ON facts FOR EACH ROW"
        " EXECUTE FUNCTION pit()");
    errand_act(&e, id, "accept", "out-of-the-pit");
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(e.calls, 1);
    assert_int_equal(
        sql_int("SELECT count(*) FROM facts WHERE case_id = %lld AND kind = 1", (long long)id), 1);
    sql("DROP TRIGGER pit ON facts; DROP FUNCTION pit(); DROP SEQUENCE pit");
}

static int
set_up(void **state)
{
    hall_set_up(state);
    hall_open_side(&hall, 1);
    return 0;
}

static int
tear_down(void **state)
{
    arena_release(&arena);
    return hall_tear_down(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_workflows_with_the_same_desks_are_published_at_once),
        cmocka_unit_test(a_version_that_could_not_be_had_is_asked_for_again),
        cmocka_unit_test(keys_of_persons_are_stored_in_one_order),
        cmocka_unit_test(two_cases_that_void_one_anothers_certificates_do_not_wait_in_a_circle),
        cmocka_unit_test(a_certificate_is_voided_once_by_a_transaction),
        cmocka_unit_test(who_assigns_a_message_and_who_stores_it_do_not_wait_in_a_circle),
        cmocka_unit_test(who_removes_a_case_takes_its_files_before_their_room),
        cmocka_unit_test(who_signs_waits_for_nobody),
        cmocka_unit_test(who_forgets_waits_for_nobody),
        cmocka_unit_test(a_command_that_stood_in_a_circle_is_tried_again),
    };

    return cmocka_run_group_tests_name("circles", tests, set_up, tear_down);
}
