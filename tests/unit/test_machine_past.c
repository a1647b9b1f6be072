/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks that a case has left behind, told from its records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "definition/json.h"
#include "machine/history.h"
#include "machine/names.h"
#include "tests/support/desk.h"
#include "tests/support/sanitized.h"
#include "tests/support/walk.h"

enum { CASES = SANITIZED ? 100 : 1000 };

static struct value *
records(size_t *n)
{
    struct value *v = arena_array(&desk.arena, desk.n_record, struct value);
    struct error e;

    *n = desk.n_record;
    for (size_t i = 0; i < *n; i++)
        assert_true(
            json_read(&desk.arena, desk.record[i], strlen(desk.record[i]), false, &v[i], &e));
    return v;
}

static bool
find(const char *name, int64_t until, struct past_clock *out, struct error *e)
{
    const struct setting s = {.workflow = desk.w, .calendar = desk.calendar};
    size_t n;
    const struct value *v = records(&n);

    return history_clock(&s, v, n, name, until, &desk.arena, out, e);
}

static void
a_clock_of_a_step_that_was_left_is_found_by_its_name_and_a_record(void **state)
{
    struct past_clock past;
    struct error e;

    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'window', 'limit': '1 hour', 'actions': {'go':"
                " 'u'}}, 'u': {'by': 'window', 'limit': '2 hours', 'actions': {'back': 't', 'done':"
                " 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{}"); /* 1 */
    desk_at("2026-03-02 10:30");
    desk_act("window", "go"); /* 2, late: 3 is the alarm's */
    desk_at("2026-03-02 11:00");
    desk_act("window", "back");
    desk_at("2026-03-02 11:15");
    desk_act("window", "go");
    desk_act("window", "done");

    assert_true(find("t", 0, &past, &e));
    assert_int_equal(past.clock.verdict, VERDICT_ON_TIME);
    assert_int_equal(past.clock.started, desk_moment("2026-03-02 11:00"));
    assert_int_equal(past.clock.ended, desk_moment("2026-03-02 11:15"));
    assert_string_equal(visit_path(&desk.arena, desk.w, &past.visit), "t");
    assert_true(find("t", 1, &past, &e));
    assert_int_equal(past.clock.verdict, VERDICT_LATE);
    assert_int_equal(past.clock.ended, desk_moment("2026-03-02 10:30"));
    assert_false(find("v", 0, &past, &e));
    assert_int_equal(e.code, ERROR_NOT_FOUND);
    assert_string_equal(e.detail, "no clock v runs or has run in this case");
}

static void
a_clock_that_is_back_with_what_was_annulled_is_found(void **state)
{
    struct past_clock past;
    struct error e;

    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'window', 'limit': '1 hour', 'actions': "
                "{'again': 't', 'go': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    desk_act("window", "again");
    desk_annul(2);
    desk_act("window", "go");
    assert_true(find("t", 0, &past, &e));
    assert_int_equal(past.clock.id, 1);
    assert_int_equal(past.clock.verdict, VERDICT_ON_TIME);
}

/* Each clock that ends in @record was found before, and is found with how it ended after. */
static void
check_endings(const struct walk *k, const struct setting *s, const struct case_state *before,
              size_t record, uint32_t *n)
{
    const struct value *facts = value_get(&k->timely.value[record], "facts");

    for (uint32_t i = 0; i < before->n_clock; i++) {
        const struct case_clock *was = &before->clock[i];
        const char *name = clock_name(k->a, k->w, before, was);
        struct past_clock past;
        struct error e;

        if (was->verdict != VERDICT_OPEN || was->department)
            continue;
        for (uint32_t j = 0; j < facts->n; j++) {
            const struct value *number = value_get(&facts->item[j], "number");
            const char *kind = value_get_string(&facts->item[j], "fact");

            if (!kind || strcmp(kind, "clock-ended") != 0 || number->integer != was->id)
                continue;
            if (!history_clock(s, k->timely.value, k->timely.n_record, name, (int64_t)record, k->a,
                               &past, &e))
                fail_msg("%s: %s\n%s", k->w->id, e.detail, k->story.at);
            assert_int_equal(past.clock.id, was->id);
            ++*n;
        }
    }
}

static void
every_clock_that_ended_is_found(void **state)
{
    struct arena keep = {0}, a = {0};
    struct chance c = {.state = 17};
    struct walk_ground ground;
    uint32_t n = 0;

    (void)state;
    assert_true(walk_load(&keep, &ground));
    for (int i = 0; i < CASES; i++) {
        struct walk k = {.w = ground.workflow[chance_below(&c, (uint32_t)ground.n)],
                         .calendar = ground.calendar,
                         .chance = &c,
                         .a = &a};
        const struct setting s = {.workflow = k.w, .calendar = ground.calendar};
        struct case_state *then;
        struct error e;

        arena_reset(&a);
        walk_case(&k, 1 + chance_below(&c, 14));
        assert_null(k.wrong);
        then = case_new(&a, k.w);
        for (size_t r = 0; r < k.timely.n_record; r++) {
            if (r)
                check_endings(&k, &s, then, r, &n);
            if (!machine_replay(&s, then, &k.timely.value[r], &a, &e))
                fail_msg("%s: %s\n%s", k.w->id, e.detail, k.story.at);
        }
    }
    print_message("%u clocks found\n", n);
    assert_true(n > CASES);
    arena_release(&a);
    arena_release(&keep);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_clock_of_a_step_that_was_left_is_found_by_its_name_and_a_record, desk_setup,
            desk_teardown),
        cmocka_unit_test_setup_teardown(a_clock_that_is_back_with_what_was_annulled_is_found,
                                        desk_setup, desk_teardown),
        cmocka_unit_test(every_clock_that_ended_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
