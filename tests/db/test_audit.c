/* SPDX-License-Identifier: Apache-2.0 */
/* The stored facts give the stored state, and what was tampered with is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/audit.h"
#include "tests/support/hall.h"

static char last_why[2000];

static void
on_found(void *arg, int64_t case_id, const char *number, const char *why)
{
    (void)arg;
    (void)case_id;
    (void)number;
    (void)snprintf(last_why, sizeof(last_why), "%s", why);
}

static struct audit_report
audit(void)
{
    struct audit_report report = {.found = on_found};
    struct error e = {0};

    last_why[0] = 0;
    if (!audit_replay(hall.base,
                      &(struct audit_options){.read = hall.side[0].read,
                                              .catalogue = hall.side[0].catalogue,
                                              .calendar = hall.calendar},
                      &report, &e))
        fail_msg("%s", e.detail);
    return report;
}

/* A small generator, so that a run can be repeated. */
static uint32_t seed = 20260303;

static uint32_t
pick(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 16) % n;
}

/* Cases that went random ways, over two hours, with alarms and refusals among them. */
static void
every_case_replays_to_its_stored_state(void **state)
{
    enum { CASES = 150, ROUNDS = 12 };
    static const char *const action[] = {"accept", "note", "back", "grant", "nonsense"};
    static struct errand e[CASES];
    int64_t id[CASES];
    struct audit_report report;

    (void)state;
    for (int i = 0; i < CASES; i++)
        id[i] = hall_case(&hall);
    for (int round = 0; round < ROUNDS; round++) {
        char moment[40];

        (void)snprintf(moment, sizeof(moment), "2026-03-03T%02d:%02d:00+08:00", 10 + round / 6,
                       round % 6 * 10 + 5);
        hall_set_time(moment);
        for (int i = 0; i < CASES; i++) {
            if (pick(4) == 0)
                errand_alarm(&e[i], id[i]);
            else
                errand_act(&e[i], id[pick(CASES)], action[pick(5)], NULL);
            hall_send(&hall, 0, &e[i]);
        }
        hall_wait(&hall, e, CASES);
    }
    report = audit();
    assert_string_equal(last_why, "");
    assert_int_equal(report.wrong, 0);
    assert_int_equal(report.cases, sql_int("SELECT count(*) FROM cases"));
    assert_int_equal(report.facts, sql_int("SELECT count(*) FROM facts"));
    assert_true(report.facts > 3 * CASES);
}

/* As deep as a body may be: within a fact it lies deeper still. */
static void
the_deepest_form_replays_and_can_be_annulled(void **state)
{
    enum { DEPTH = 31 };
    static const char name[] = "name", deep[] = "deep";
    static struct value level[DEPTH];
    const struct member form[] = {{.name = deep, .name_len = 4, .value = {.kind = VALUE_ARRAY}},
                                  {.name = name, .name_len = 4, .value = value_borrow("x")}};
    struct member member[] = {form[0], form[1]};
    struct errand e;

    (void)state;
    for (int i = 0; i < DEPTH; i++)
        level[i] =
            (struct value){.kind = VALUE_ARRAY, .n = i > 0, .item = i ? &level[i - 1] : NULL};
    member[0].value = level[DEPTH - 1];
    errand_open(&e, &hall, NULL);
    e.order.command.input = (struct value){.kind = VALUE_OBJECT, .n = 2, .member = member};
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    const int64_t id = e.case_id;
    errand_act(&e, id, "accept", NULL);
    hall_do(&hall, &e);
    errand_act(&e, id, NULL, NULL);
    e.order.command.kind = COMMAND_ANNUL;
    e.order.command.reason = "wrong click";
    e.order.command.number = 2;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(audit().wrong, 0);
    assert_string_equal(last_why, "");
}

static void
tampering_is_found(const char *how, const char *undo, const char *why)
{
    assert_string_equal(sql("%s", how), "");
    assert_int_equal(audit().wrong, 1);
    assert_non_null(strstr(last_why, why));
    assert_string_equal(sql("%s", undo), "");
    assert_int_equal(audit().wrong, 0);
}

static void
a_changed_fact_breaks_the_chain(void **state)
{
    (void)state;
    tampering_is_found("UPDATE facts SET body = replace(body, 'clerk-1', 'clerk-2')"
                       " WHERE case_id = 1 AND number = 1",
                       "UPDATE facts SET body = replace(body, 'clerk-2', 'clerk-1')"
                       " WHERE case_id = 1 AND number = 1",
                       "chain");
}

static void
a_removed_fact_leaves_a_gap(void **state)
{
    (void)state;
    tampering_is_found(
        "CREATE TABLE kept AS SELECT * FROM facts f WHERE (case_id, number) ="
        " (SELECT c.id, c.recorded FROM cases c WHERE recorded > 2 ORDER BY id LIMIT 1);"
        " DELETE FROM facts f USING kept k WHERE f.case_id = k.case_id"
        " AND f.number = k.number",
        "INSERT INTO facts SELECT * FROM kept; DROP TABLE kept", "as many facts");
}

static void
a_changed_form_is_found(void **state)
{
    (void)state;
    tampering_is_found("UPDATE cases SET form = form || ' ' WHERE id = 2",
                       "UPDATE cases SET form = trim(form) WHERE id = 2", "form");
}

static void
a_changed_state_is_found(void **state)
{
    (void)state;
    tampering_is_found("UPDATE cases SET state = replace(state, '\"opened\":', '\"opened\": ')"
                       " WHERE id = 2",
                       "UPDATE cases SET state = replace(state, '\"opened\": ', '\"opened\":')"
                       " WHERE id = 2",
                       "its facts give");
}

/* As the releases before `wholeCase` wrote it: all members side by side, empty lists among them. */
static void
a_state_in_the_words_of_before_is_judged_by_what_it_says(void **state)
{
    (void)state;
    assert_string_equal(
        sql("CREATE TABLE kept AS SELECT id, state FROM cases;"
            " UPDATE cases SET state = (SELECT '{' || string_agg(to_json(key) || ':' || value, ',')"
            " || '}' FROM (SELECT key, value::text FROM json_each(state::json)"
            " WHERE key NOT IN ('wholeCase', 'clocks') UNION ALL"
            " SELECT key, value::text FROM json_each(state::json -> 'wholeCase') WHERE key <> "
            "'clocks'"
            " UNION ALL SELECT 'phase', '1' WHERE phase = 1 UNION ALL SELECT 'clocks',"
            " coalesce((SELECT json_agg(k::jsonb || CASE WHEN k::jsonb ? 'start' THEN '{}' ELSE"
            " jsonb_build_object('start', (SELECT v -> 'at' FROM"
            " json_array_elements(state::json -> 'visits') v"
            " WHERE v ->> 'visit' = k ->> 'visit')) END ORDER BY (k ->> 'clock')::int)::text"
            " FROM (SELECT json_array_elements(state::json -> 'clocks') UNION ALL"
            " SELECT json_array_elements(state::json -> 'wholeCase' -> 'clocks')) AS one (k)), "
            "'[]'))"
            " AS m (key, value))"),
        "");
    assert_int_equal(sql_int("SELECT count(*) FROM cases WHERE state LIKE '%%wholeCase%%'"), 0);
    assert_int_equal(audit().wrong, 0);
    tampering_is_found("UPDATE cases SET state = replace(state, '\"moment\":17', '\"moment\":18')"
                       " WHERE id = 2",
                       "UPDATE cases SET state = replace(state, '\"moment\":18', '\"moment\":17')"
                       " WHERE id = 2",
                       "its facts give");
    assert_string_equal(sql("UPDATE cases c SET state = k.state FROM kept k WHERE k.id = c.id;"
                            " DROP TABLE kept"),
                        "");
    assert_int_equal(audit().wrong, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_replays_to_its_stored_state),
        cmocka_unit_test(the_deepest_form_replays_and_can_be_annulled),
        cmocka_unit_test(a_changed_fact_breaks_the_chain),
        cmocka_unit_test(a_removed_fact_leaves_a_gap),
        cmocka_unit_test(a_changed_form_is_found),
        cmocka_unit_test(a_changed_state_is_found),
        cmocka_unit_test(a_state_in_the_words_of_before_is_judged_by_what_it_says),
    };

    return cmocka_run_group_tests_name("audit", tests, hall_set_up, hall_tear_down);
}
