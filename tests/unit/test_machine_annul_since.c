/* SPDX-License-Identifier: Apache-2.0 */
/* An act is taken back after others have acted: what they did stays as they did it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define ON_FLAG "{'===': [{'var': 'form.flag'}, true]}"
#define BRANCH(id, actions, steps)                                                                 \
    "'" id "': {'start': 't', 'steps': {'t': {'by': 'window', 'limit': [{'when': {'<':"            \
    " [{'var': 'form.n'}, 5]}, 'limit': '2 working days'}, {'limit': '4 working days'}],"          \
    " 'actions': {'done': '$done', " actions "}}" steps "}}"

/*
 * Two branches: in `a` the form is written, a mark set and a clock started, in `b` somebody looks
 * at that and acts by it.
 */
static void
two_branches(void)
{
    desk_define(
        "'form': {'required': ['n', 'flag'], 'properties': {'n': {'type': 'integer'}, 'm':"
        " {'type': 'integer'}, 'flag': {'type': 'boolean'}}, 'if': {'properties': {'flag': "
        "{'const':"
        " false}}}, 'then': {'properties': {'n': {'maximum': 50}}}},"
        " 'clocks': {'c': {'kind': 'promised', 'from': 'seen', 'limit': '3 working days',"
        " 'extension': {'limit': '1 working day', 'by': 'head'}}},"
        " 'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'end', 'branches': {" BRANCH(
            "a",
            "'flag': {'do': [{'set': {'form.flag': true}}]}, 'five': {'to': 't', 'do': [{'set':"
            " {'form.n': 5}}]}, 'see': {'marks': 'seen'}, 'note': {}",
            "") "," BRANCH("b",
                           "'five': {'do': [{'set': {'form.n': 5}}]}, 'much': {'do': [{'set':"
                           " {'form.n': 99}}]}, 'other': {'do': [{'set': {'form.m': 7, 'case.k':"
                           " {'var': 'form.n'}}}]}, 'by-flag': {'when': " ON_FLAG
                           ", 'to': 'sort', 'do': [{'send': 'tax', 'when': " ON_FLAG
                           "}]}, 'see': {'marks': 'seen'}",
                           ", 'sort': {'decide': [{'when': " ON_FLAG
                           ", 'to': 'long'}, {'to': 't'}]}, 'long': {'by': 'window', 'actions':"
                           " {'done': '$done'}, 'after': {'30 days': {'to': '$done'}}}") "}},"
                                                                                         " 'end': "
                                                                                         "{'end': "
                                                                                         "'over'}"
                                                                                         "}");
    desk_open("{'n': 1, 'flag': false}");
}

static int64_t
number_of(const struct value *of, const char *name)
{
    const struct value *v = value_get(of, name);

    return v ? v->integer : -1;
}

static void
what_others_have_written_since_stays(void **state)
{
    (void)state;
    two_branches();
    desk_act_in("window", "five", "p.a.t");
    desk_act_in("window", "other", "p.b.t");
    desk_annul(2);
    assert_int_equal(number_of(&desk.c->form, "n"), 1);
    assert_int_equal(number_of(&desk.c->form, "m"), 7);
    assert_int_equal(number_of(&desk.c->vars, "k"), 5);
}

static void
who_wrote_nothing_is_taken_back_whatever_others_wrote(void **state)
{
    (void)state;
    two_branches();
    desk_act_in("window", "note", "p.a.t");
    desk_act_in("window", "five", "p.b.t");
    desk_annul(2);
    assert_int_equal(number_of(&desk.c->form, "n"), 5);
}

static void
what_others_did_in_view_of_it_stays_as_they_did_it(void **state)
{
    (void)state;
    two_branches();
    desk_act_in("window", "flag", "p.a.t");
    desk_act_in("window", "by-flag", "p.b.t");
    assert_int_equal(desk.out.n_message, 1);
    assert_string_equal(desk_steps(), "p.a.t, p.b.long");
    desk_annul(2);
    assert_false(value_get(&desk.c->form, "flag")->boolean);
    assert_string_equal(desk_steps(), "p.a.t, p.b.long");
    assert_int_equal(desk.out.n_message, 0);
    assert_int_equal(desk.c->last_message, 1);
}

static void
what_was_written_or_marked_again_is_not_taken_from_them(void **state)
{
    static const char *const action[] = {"five", "see"};
    struct command amend;

    (void)state;
    for (int i = 0; i < 2; i++) {
        two_branches();
        desk_act_in("window", action[i], "p.a.t");
        desk_act_in("window", action[i], "p.b.t");
        desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
        desk_annul(3);
        desk_annul(2);
    }
    two_branches();
    desk_act_in("window", "five", "p.a.t");
    amend = desk_command(COMMAND_AMEND, "window");
    amend.input = *desk_json("{'n': 5, 'flag': false, 'm': 1}");
    assert_true(desk_give(amend));
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
}

static void
a_limit_of_what_comes_back_is_chosen_by_what_is_written_now(void **state)
{
    (void)state;
    two_branches();
    assert_string_equal(desk_due("p.a.t"), "2026-03-04 17:00");
    desk_act_in("window", "done", "p.a.t");
    desk_act_in("window", "five", "p.b.t");
    desk_annul(2);
    assert_string_equal(desk_due("p.a.t"), "2026-03-06 17:00");
    assert_string_equal(desk_due("p.b.t"), "2026-03-06 17:00");
}

static void
the_form_must_be_valid_with_what_others_wrote(void **state)
{
    (void)state;
    two_branches();
    desk_act_in("window", "flag", "p.a.t");
    desk_act_in("window", "much", "p.b.t");
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    desk_act_in("window", "five", "p.b.t");
    desk_annul(2);
}

static void
a_clock_that_it_started_and_that_was_extended_since_stays(void **state)
{
    struct command cmd;

    (void)state;
    two_branches();
    desk_act_in("window", "see", "p.a.t");
    cmd = desk_command(COMMAND_EXTEND, "head");
    cmd.clock = "c";
    cmd.document = "聊告字1号";
    assert_true(desk_give(cmd));
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
}

/* Something was done there, though it is over. */
static void
what_was_started_and_left_since_in_what_it_opened_stays(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'go': 's'}}, 's':"
                " {'start': 'b', 'to': 'end', 'steps': {'b': {'by': 'window', 'actions': {'go':"
                " '$done'}}, 'more': {'optional': {'by': 'window'}, 'by': 'window', 'actions':"
                " {'done': '$done'}}}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    desk_act("window", "go");
    cmd = desk_command(COMMAND_START, "window");
    cmd.step = "s.more";
    assert_true(desk_give(cmd));
    desk_act_in("window", "done", "s.more");
    assert_string_equal(desk_steps(), "s.b");
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
}

/* What came due is of what others did, whether an alarm has shown it or the annulment does. */
static void
what_came_due_just_now_is_known(void **state)
{
    (void)state;
    for (int looked = 0; looked < 2; looked++) {
        desk_define(
            "'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'end', 'branches': {'a': {'start':"
            " 't', 'steps': {'t': {'by': 'window', 'limit': '9 days', 'actions': {'see': {'marks':"
            " 'seen', 'do': [{'set': {'case.k': 1}}]}, 'done': '$done'}}}}, 'b': {'start': 't',"
            " 'steps': {'t': {'by': 'window', 'actions': {'done': '$done'}, 'after': {'1 day':"
            " {'marks': 'seen', 'to': '$done'}}}}}}}, 'end': {'end': 'over'}}");
        desk_at("2026-03-02 09:00");
        desk_open("{}");
        desk_act_in("window", "see", "p.a.t");
        if (looked)
            desk_look("2026-03-05 09:00");
        desk_at("2026-03-05 09:00");
        desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    }
}

/* The turn of the fire brigade comes in both branches. */
static void
two_turns(void)
{
    desk_define(
        "'clocks': {'own': {'kind': 'promised', 'per': 'department', 'from': 'opened', 'limit':"
        " '5 working days'}}, 'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'end',"
        " 'branches': {'a': {'start': 't', 'steps': {'t': {'by': 'window', 'limit': '9 days',"
        " 'actions': {'go': 'f'}}, 'f': {'by': 'window', 'department': 'fire', 'limit': '9 days',"
        " 'actions': {'done': '$done'}}}}, 'b': {'start': 't', 'steps': {'t': {'by': 'window',"
        " 'limit': '9 days', 'actions': {'go': 'f'}}, 'f': {'by': 'window', 'department': 'fire',"
        " 'limit': '9 days', 'actions': {'done': '$done'}}}}}}, 'end': {'end': 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_at("2026-03-03 09:00");
    desk_act_in("window", "go", "p.a.t");
    desk_at("2026-03-04 09:00");
    desk_act_in("window", "go", "p.b.t");
    assert_string_equal(desk_due("own"), "2026-03-10 17:00");
    desk_at("2026-03-05 09:00");
}

static void
a_department_whose_turn_others_have_brought_keeps_its_clock(void **state)
{
    (void)state;
    two_turns();
    desk_annul(2);
    assert_string_equal(desk_due("own"), "2026-03-11 17:00");
}

/* Under rules 5 the fire brigade's clock went with what had begun it first. */
static void
what_was_taken_back_under_rules_5_replays_as_it_was(void **state)
{
    const char *version, *recorded;
    struct setting s;

    (void)state;
    two_turns();
    version = desk.calendar->version;
    recorded = arena_printf(
        &desk.arena,
        "{'at':1772672400000000,'by':'supervisor','calendar':'%s','command':'annul','definition':"
        "'%.16s','document':'告知书','facts':[{'detail':'理由','fact':'annulled','number':2,'value'"
        ":"
        "{'branches':[],'clocks':[{'calendar':'%s','clock':1,'due':1773219600000000,'epoch':1,"
        "'last':20523,'limit':'9 days','rule':'p.a.t','start':1772413200000000,'visit':2}],"
        "'clocksGone':[4,5],'courses':[{'clock':2,'stood':[]}],'form':{},'marks':[],'steps':[{'is':"
        "null,'of':'p.a.f.visits'},{'is':null,'of':'p.a.t.by'}],'stops':[],'vars':{},'visits':"
        "[{'at':1772413200000000,'in':1,'rev':1,'step':'p.a.t','visit':2}],'visitsGone':[4]}}],"
        "'number':4,'reason':'理由','revision':4,'role':'supervisor','rules':5}",
        version, desk.w->hash, version);
    s = (struct setting){.workflow = desk.w, .calendar = desk.calendar, .now = desk.now};
    assert_true(machine_replay(&s, desk.c, desk_json(recorded), &desk.arena, &desk.e));
    assert_string_equal(desk_steps(), "p.a.t, p.b.f");
    assert_string_equal(desk_clock("own")->department, "lead");
    assert_string_equal(desk_due("own"), "2026-03-09 17:00");
    assert_string_equal(desk_due("p.a.t"), "2026-03-11 17:00");
}

/* The mark that ended it, while its turn goes on, began another, which goes with the act. */
static void
a_department_s_clock_that_comes_back_is_the_only_one(void **state)
{
    uint32_t n = 0;

    (void)state;
    desk_define(
        "'start': 's', 'steps': {'s': {'start': 't', 'to': 'end', 'clocks': {'own': {'kind':"
        " 'promised', 'per': 'department', 'from': 'opened', 'to': 'asked', 'limit':"
        " '5 working days'}}, 'steps': {'t': {'by': 'window', 'limit': '9 days', 'actions':"
        " {'ask': {'marks': 'asked'}, 'done': '$done'}}}}, 'end': {'end': 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_at("2026-03-03 09:00");
    desk_act_in("window", "ask", "s.t");
    desk_at("2026-03-04 09:00");
    desk_annul(2);
    for (uint32_t i = 0; i < desk.c->n_clock; i++)
        n += desk.c->clock[i].department && desk.c->clock[i].verdict == VERDICT_OPEN;
    assert_int_equal(n, 1);
    assert_string_equal(desk_due("s:own"), "2026-03-09 17:00");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_others_have_written_since_stays),
        TEST(who_wrote_nothing_is_taken_back_whatever_others_wrote),
        TEST(what_others_did_in_view_of_it_stays_as_they_did_it),
        TEST(what_was_written_or_marked_again_is_not_taken_from_them),
        TEST(a_limit_of_what_comes_back_is_chosen_by_what_is_written_now),
        TEST(the_form_must_be_valid_with_what_others_wrote),
        TEST(a_clock_that_it_started_and_that_was_extended_since_stays),
        TEST(what_was_started_and_left_since_in_what_it_opened_stays),
        TEST(what_came_due_just_now_is_known),
        TEST(a_department_whose_turn_others_have_brought_keeps_its_clock),
        TEST(a_department_s_clock_that_comes_back_is_the_only_one),
        TEST(what_was_taken_back_under_rules_5_replays_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
