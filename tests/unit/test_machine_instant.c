/* SPDX-License-Identifier: Apache-2.0 */
/* What is due at one instant, and the messages that wait: in which order, and looked at when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define END   "'end': {'end': 'over'}"
#define TODAY "'when': {'===': [{'var': 'case.today'}, {'var': 'form.d'}]}"

/* Two that move at the end of the day @d, and a message for which the step around waits that day.
 */
static void
two_due_at_one_instant(void)
{
    desk_define("'form': {'properties': {'d': {'type': 'string', 'format': 'date'}}, 'required':"
                " ['d']}, 'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'end', 'on': {'news':"
                " {'from': 'fire', 'to': 'out', " TODAY "}}, 'branches': {"
                "'b': {'start': 'w', 'steps': {'w': {'wait': {'until': {'var': 'form.d'}},"
                " 'limit': '2 days', 'to': '$done', 'actions': {'object': '$done'}}}},"
                "'c': {'start': 'x', 'steps': {'x': {'by': 'applicant', 'limit': '2 days',"
                " 'actions': {'go': '$done'}, 'after': {'2 working days': {'to': '$done'}}}}}}},"
                " 'out': {'by': 'window', 'actions': {'done': 'end'}}, " END "}");
    desk_at("2026-03-02 09:00");
    desk_open("{'d': '2026-03-04'}");
    desk_say("news", "f-1", NULL);
    assert_string_equal(desk_fate(1), "early");
}

static void
at_one_instant_kept_messages_are_looked_at_after_each_that_moves(void **state)
{
    const char *in_time;
    size_t n;

    (void)state;
    two_due_at_one_instant();
    desk_look("2026-03-05 00:00:01");
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-05 00:00"));
    assert_int_equal(desk.out.record[1].at, desk_moment("2026-03-05 00:00"));
    /* The wait, entered first, ended on time; what the message cancelled was not late either. */
    assert_int_equal(desk_timing("p.b.w")->verdict, VERDICT_ON_TIME);
    assert_string_equal(desk_timing("p.b.w")->action, "wait");
    assert_int_equal(desk_timing("p.c.x")->verdict, VERDICT_CANCELLED);
    assert_string_equal(desk_steps(), "out");
    assert_string_equal(desk_fate(1), "taken");
    desk_at("2026-03-09 10:00");
    desk_act("window", "done");
    in_time = arena_strdup(&desk.arena, desk_state());
    n = desk.n_record;
    /* Nobody looked: the next command gives the same. */
    two_due_at_one_instant();
    desk_at("2026-03-09 10:00");
    desk_act("window", "done");
    assert_string_equal(desk_state(), in_time);
    assert_int_equal(desk.n_record, n);
}

/* At the end of a day, and a second later it would be taken. */
static void
kept_until_something_happens(void)
{
    desk_define(
        "'form': {'properties': {'d': {'type': 'string', 'format': 'date'}}, 'required':"
        " ['d']}, 'start': 'a', 'steps': {'a': {'by': 'applicant', 'actions': {'on': 'end'},"
        " 'after': {'1 day': {'marks': ['told']}}, 'on': {'news': {'from': 'fire',"
        " 'to': 'out', " TODAY "}}}, 'out': {'by': 'window', 'actions': {'done': 'end'}}, " END
        "}");
    desk_at("2026-03-02 09:00");
    desk_open("{'d': '2026-03-04'}");
    desk_say("news", "f-1", NULL);
}

static void
a_kept_message_is_looked_at_when_something_happens_not_when_somebody_looks(void **state)
{
    (void)state;
    kept_until_something_happens();
    desk_look("2026-03-04 00:00:01");
    assert_int_equal(desk.out.n_record, 1);
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-04 00:00"));
    assert_string_equal(desk_fate(1), "early");
    desk_look("2026-03-04 11:00");
    assert_int_equal(desk.out.n_record, 0);
    desk_say("news", "f-1", NULL); /* again: that changes nothing */
    assert_int_equal(desk.out.n_record, 0);
    assert_string_equal(desk_fate(1), "early");
    desk_say("news", "f-2", NULL);
    assert_string_equal(desk_steps(), "out");
}

/* There it had been enough to look. */
static void
a_message_taken_by_a_look_under_rules_4_stays_as_it_was_recorded(void **state)
{
    struct setting s = {.calendar = desk.calendar, .now = desk_moment("2026-03-04 00:00:01")};

    (void)state;
    kept_until_something_happens();
    desk_look("2026-03-04 00:00:01");
    s.workflow = desk.w;
    assert_true(machine_replay(
        &s, desk.c,
        desk_json(arena_printf(
            &desk.arena,
            "{'action':'news','at':1772553601000000,'by':'fire','calendar':'%s','command':"
            "'message','facts':[{'fact':'taken','number':1,'visit':1},{'fact':'left','visit':1},"
            "{'fact':'entered','step':'out','visit':2}],'message':'f-1','number':4,'revision':2,"
            "'role':'fire','rules':4}",
            desk.calendar->version)),
        &desk.arena, &desk.e));
    assert_string_equal(desk_steps(), "out");
    assert_string_equal(desk_fate(1), "taken");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(at_one_instant_kept_messages_are_looked_at_after_each_that_moves),
        TEST(a_kept_message_is_looked_at_when_something_happens_not_when_somebody_looks),
        TEST(a_message_taken_by_a_look_under_rules_4_stays_as_it_was_recorded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
