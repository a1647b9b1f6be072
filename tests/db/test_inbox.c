/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from outside: led to their case, stored once with what became of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hall.h"

/* A message with what became of it. */
struct news {
    struct arrival a;
    int calls;
    struct error error;
    struct receipt receipt;
    char reason[200];
    int64_t inbox_id;
};

static struct news *awaited;
static int n_awaited;

static void
on_done(struct arrival *a)
{
    struct news *n = a->arg;

    n->calls++;
    n->error = a->error;
    n->receipt = a->receipt;
    n->inbox_id = a->inbox_id;
    (void)snprintf(n->reason, sizeof(n->reason), "%s", a->receipt.reason ? a->receipt.reason : "");
}

static struct news
news(const char *id, const char *name)
{
    static const char body[] = "{\"what\":\"a message\"}";

    return (struct news){.a = {.source = "archive",
                               .id = id,
                               .name = name,
                               .body = body,
                               .body_len = sizeof(body) - 1,
                               .done = on_done}};
}

static bool
all_told(struct hall *h)
{
    int n = 0;

    (void)h;
    for (int i = 0; i < n_awaited; i++)
        n += awaited[i].calls;
    return n == n_awaited;
}

/* Sends them all at once, the i-th to side i modulo @sides. */
static void
deliver(struct news *list, int n, int sides)
{
    awaited = list;
    n_awaited = n;
    for (int i = 0; i < n; i++) {
        list[i].a.arg = &list[i];
        inbox_submit(hall.side[i % sides].inbox, &list[i].a);
    }
    hall_until(&hall, all_told);
    for (int i = 0; i < n; i++)
        assert_int_equal(list[i].calls, 1);
}

static const char *
number_of(int64_t id)
{
    static char number[NUMBER_TEXT];

    (void)snprintf(number, sizeof(number), "%s",
                   sql("SELECT number FROM cases WHERE id = %lld", (long long)id));
    return number;
}

/* A case whose business key is @name. */
static int64_t
case_called(const char *name)
{
    const int64_t id = hall_case(&hall);

    assert_string_equal(
        sql("UPDATE business_keys SET key = '%s' WHERE case_id = %lld", name, (long long)id), "");
    return id;
}

static void
a_message_is_applied_and_recorded_by_one_transaction(void **state)
{
    const int64_t id = hall_case(&hall);
    struct news n = news("one-1", "filed");

    (void)state;
    n.a.number = number_of(id);
    deliver(&n, 1, 1);
    assert_int_equal(n.error.code, ERROR_NONE);
    assert_int_equal(n.receipt.state, INBOX_SETTLED);
    assert_int_equal(n.receipt.case_id, id);
    assert_int_equal(n.receipt.letter, 1);
    assert_int_equal(
        sql_int("SELECT count(*) FROM inbox i JOIN facts f ON f.case_id = i.case_id AND"
                " f.number = 2 WHERE i.message = 'one-1' AND i.xmin::text = f.xmin::text"),
        1);
    assert_int_equal(sql_int("SELECT revision FROM cases WHERE id = %lld", (long long)id), 2);
    assert_string_equal(sql("SELECT subject || ' ' || body FROM inbox WHERE message = 'one-1'") +
                            7 + 29,
                        " {\"what\":\"a message\"}");
}

static void
a_repetition_gets_the_first_receipt_and_another_body_is_refused(void **state)
{
    const int64_t id = hall_case(&hall);
    struct news n[4];

    (void)state;
    for (int i = 0; i < 4; i++) {
        n[i] = news("twice-1", "hint");
        n[i].a.number = number_of(id);
    }
    n[3].a.body = "{}";
    n[3].a.body_len = 2;
    deliver(n, 1, 1);
    deliver(n + 1, 2, 1);
    deliver(n + 3, 1, 1);
    assert_false(n[0].receipt.repeated);
    for (int i = 1; i < 3; i++) {
        assert_int_equal(n[i].error.code, ERROR_NONE);
        assert_true(n[i].receipt.repeated);
        assert_int_equal(n[i].receipt.letter, n[0].receipt.letter);
        assert_int_equal(n[i].receipt.case_id, id);
    }
    assert_int_equal(n[3].error.code, ERROR_IDEMPOTENCY_KEY_REUSED);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id = %lld", (long long)id), 2);
}

static void
the_same_message_at_several_daemons_at_once_is_taken_once(void **state)
{
    const int64_t id = hall_case(&hall);
    struct news n[30];
    int fresh = 0;

    (void)state;
    hall_open_side(&hall, 1);
    hall_open_side(&hall, 2);
    for (int i = 0; i < 30; i++) {
        n[i] = news(i < 15 ? "race-1" : "race-2", "hint");
        n[i].a.number = number_of(id);
    }
    deliver(n, 30, 3);
    hall_close_side(&hall, 1);
    hall_close_side(&hall, 2);
    for (int i = 0; i < 30; i++) {
        assert_int_equal(n[i].error.code, ERROR_NONE);
        assert_int_equal(n[i].receipt.state, INBOX_SETTLED);
        fresh += !n[i].receipt.repeated;
    }
    assert_int_equal(fresh, 2);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id = %lld", (long long)id), 3);
}

/* The @i-th message of a round, for a case. */
static void
errand_message(struct errand *e, int64_t id, struct inbound *in, char text[24], int round, int i)
{
    static uint8_t hash[HASH_SIZE];

    (void)snprintf(text, 24, "order-%d-%d", round, i);
    *in = (struct inbound){
        .source = "archive", .id = text, .subject = "number", .body = "{}", .hash = hash};
    errand_alarm(e, id);
    e->order.command = (struct command){.kind = COMMAND_MESSAGE,
                                        .actor = {.id = "archive", .system = "archive"},
                                        .action = "hint",
                                        .message = text,
                                        .revision = -1};
    e->order.principal = "archive";
    e->order.inbound = in;
}

static void
messages_in_opposite_order_do_not_wait_in_a_circle(void **state)
{
    enum { MESSAGES = 8, ROUNDS = 20 };
    static struct inbound in[2 * MESSAGES];
    static char text[2 * MESSAGES][24];
    struct errand e[2 * MESSAGES];
    const int64_t one = hall_case(&hall), two = hall_case(&hall);

    (void)state;
    hall_open_side(&hall, 1);
    /* Twice each round: they are stored by both at once, and found by both at once. */
    for (int round = 0; round < 2 * ROUNDS; round++) {
        for (int i = 0; i < MESSAGES; i++) {
            const int j = MESSAGES + i;

            errand_message(&e[i], one, &in[i], text[i], round / 2, i);
            errand_message(&e[j], two, &in[j], text[j], round / 2, MESSAGES - 1 - i);
            hall_send(&hall, 0, &e[i]);
            hall_send(&hall, 1, &e[j]);
        }
        hall_wait(&hall, e, 2 * MESSAGES);
        for (int i = 0; i < 2 * MESSAGES; i++)
            assert_int_equal(e[i].error.code, ERROR_NONE);
    }
    hall_close_side(&hall, 1);
    assert_int_equal(sql_int("SELECT count(*) FROM inbox WHERE message LIKE 'order-%%'"),
                     MESSAGES * ROUNDS);
    /* A second of waiting goes before a deadlock is seen, and so its session has told of it. */
    assert_int_equal(
        sql_int("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"), 0);
}

static void
what_no_case_takes_is_rejected_and_stays_so(void **state)
{
    const int64_t id = hall_case(&hall);
    struct news n[2] = {news("bad-1", "nonsense"), news("bad-2", "hint")};
    struct news again = news("bad-1", "nonsense");

    (void)state;
    n[0].a.number = again.a.number = number_of(id);
    n[1].a.number = "370102-8KQ1-20260213-00001X-7";
    deliver(n, 2, 1);
    assert_int_equal(n[0].receipt.state, INBOX_REJECTED);
    assert_non_null(strstr(n[0].reason, "message_unknown"));
    assert_int_equal(n[1].receipt.state, INBOX_REJECTED);
    assert_non_null(strstr(n[1].reason, "not_found"));
    deliver(&again, 1, 1);
    assert_int_equal(again.receipt.state, INBOX_REJECTED);
    assert_true(again.receipt.repeated);
    assert_string_equal(again.reason, n[0].reason);
    assert_int_equal(
        sql_int("SELECT count(*) FROM inbox WHERE message LIKE 'bad-%%' AND state = 2"), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM facts WHERE case_id = %lld", (long long)id), 1);
}

static void
a_business_key_or_a_credit_code_leads_to_the_only_case_that_fits(void **state)
{
    const int64_t id = case_called("聊登字第1号");
    struct news n = news("key-1", "hint");

    (void)state;
    n.a.key = "聊登字第1号";
    deliver(&n, 1, 1);
    assert_int_equal(n.receipt.state, INBOX_SETTLED);
    assert_int_equal(n.receipt.case_id, id);
    assert_string_equal(
        sql("UPDATE party_cases SET party = 'LONELY' WHERE case_id = %lld", (long long)id), "");
    n = news("key-2", "hint");
    n.a.code = "LONELY";
    deliver(&n, 1, 1);
    assert_int_equal(n.receipt.case_id, id);
    n = news("key-3", "of-another-kind");
    n.a.code = "LONELY";
    deliver(&n, 1, 1);
    assert_int_equal(n.receipt.state, INBOX_REJECTED);
}

static void
a_message_that_fits_two_cases_waits_for_a_person(void **state)
{
    const int64_t one = case_called("双案"), two = case_called("双案");
    struct news n = news("both-1", "hint"), again = news("both-1", "hint");
    struct inbound by = {
        .source = "archive", .id = "both-1", .assigned_by = "zhao", .reason = "查明"};
    uint8_t hash[HASH_SIZE];
    struct errand e;

    (void)state;
    n.a.key = again.a.key = "双案";
    deliver(&n, 1, 1);
    assert_int_equal(n.receipt.state, INBOX_WAITING);
    assert_true(n.inbox_id > 0);
    assert_int_equal(sql_int("SELECT count(*) FROM inbox WHERE id = %lld AND state = 0 AND"
                             " candidates = ARRAY[%lld, %lld]::bigint[]",
                             (long long)n.inbox_id, (long long)two, (long long)one),
                     1);
    deliver(&again, 1, 1);
    assert_int_equal(again.receipt.state, INBOX_WAITING);
    assert_int_equal(again.inbox_id, n.inbox_id);

    /* and he assigns it, once */
    digest(n.a.body, n.a.body_len, hash);
    by.hash = hash;
    errand_alarm(&e, one);
    e.order.command = (struct command){.kind = COMMAND_MESSAGE,
                                       .actor = {.id = "archive", .system = "archive"},
                                       .action = "hint",
                                       .message = "both-1",
                                       .revision = -1};
    e.order.inbound = &by;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(sql_int("SELECT count(*) FROM inbox WHERE id = %lld AND state = 1 AND"
                             " case_id = %lld AND letter = 1 AND actor = 'zhao'",
                             (long long)n.inbox_id, (long long)one),
                     1);
    again = news("both-1", "hint");
    again.a.key = "双案";
    deliver(&again, 1, 1);
    assert_int_equal(again.receipt.state, INBOX_SETTLED);
    assert_int_equal(again.receipt.case_id, one);
}

static void
acted(int64_t id, const char *action)
{
    struct errand e;

    errand_act(&e, id, action, NULL);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
}

static struct news
by_key(const char *id, const char *key)
{
    struct news n = news(id, "hint");

    n.a.key = key;
    deliver(&n, 1, 1);
    assert_int_equal(n.error.code, ERROR_NONE);
    return n;
}

static void
of_several_cases_it_is_for_the_one_that_takes_it_now(void **state)
{
    const int64_t one = case_called("先后"), two = case_called("先后"), three = case_called("先后");
    struct news n;

    (void)state;
    acted(two, "accept");
    acted(three, "accept");
    n = by_key("best-1", "先后");
    assert_int_equal(n.receipt.state, INBOX_SETTLED);
    assert_int_equal(n.receipt.case_id, one);
    /* In none of them a step takes it any more, and in all alike. */
    acted(one, "accept");
    n = by_key("best-2", "先后");
    assert_int_equal(n.receipt.state, INBOX_WAITING);
    assert_int_equal(sql_int("SELECT cardinality(candidates) FROM inbox WHERE message = 'best-2'"),
                     3);
    /* Closed ones are spoken of only where no open one is. */
    acted(one, "grant");
    acted(two, "grant");
    n = by_key("best-3", "先后");
    assert_int_equal(n.receipt.case_id, three);
}

static void
what_none_of_several_cases_takes_is_refused_and_it_is_told_why(void **state)
{
    const struct member more = {.name = "more", .name_len = 4, .value = value_int(1)};
    struct news n = news("none-1", "hint");
    const struct value data = {
        .kind = VALUE_OBJECT, .n = 1, .member = (struct member *)(uintptr_t)&more};

    (void)state;
    (void)case_called("皆非");
    (void)case_called("皆非");
    n.a.key = "皆非";
    n.a.data = data;
    deliver(&n, 1, 1);
    assert_int_equal(n.receipt.state, INBOX_REJECTED);
    assert_non_null(strstr(n.reason, "form_invalid: "));
}

static void
a_case_in_which_nobody_looked_who_asks_stands_back(void **state)
{
    const int64_t known = case_called("冒名"), claimed = case_called("冒名");
    struct news n;

    (void)state;
    assert_string_equal(sql("UPDATE cases SET claimed = true WHERE id = %lld", (long long)claimed),
                        "");
    n = by_key("claimed-1", "冒名");
    assert_int_equal(n.receipt.case_id, known);
    /* Where no other would take it, or keep it, it may be his. */
    acted(known, "accept");
    n = by_key("claimed-2", "冒名");
    assert_int_equal(n.receipt.case_id, claimed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_applied_and_recorded_by_one_transaction),
        cmocka_unit_test(a_repetition_gets_the_first_receipt_and_another_body_is_refused),
        cmocka_unit_test(the_same_message_at_several_daemons_at_once_is_taken_once),
        cmocka_unit_test(messages_in_opposite_order_do_not_wait_in_a_circle),
        cmocka_unit_test(what_no_case_takes_is_rejected_and_stays_so),
        cmocka_unit_test(a_business_key_or_a_credit_code_leads_to_the_only_case_that_fits),
        cmocka_unit_test(a_message_that_fits_two_cases_waits_for_a_person),
        cmocka_unit_test(of_several_cases_it_is_for_the_one_that_takes_it_now),
        cmocka_unit_test(what_none_of_several_cases_takes_is_refused_and_it_is_told_why),
        cmocka_unit_test(a_case_in_which_nobody_looked_who_asks_stands_back),
    };

    return cmocka_run_group_tests_name("inbox", tests, hall_set_up, hall_tear_down);
}
