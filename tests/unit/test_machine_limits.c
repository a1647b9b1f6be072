/* SPDX-License-Identifier: Apache-2.0 */
/* Limits: chosen, chosen again, extended, passed (DESIGN K8, K9). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define GROUNDS "'grounds': {'test': {'command': true}, 'hear': {'command': true}, 'wait': {}}, "
#define END     "'end': {'end': 'over'}"

/* Conditional and dated limits, an extension, one task. */
static void
chosen(const char *form)
{
    desk_define(GROUNDS
                "'form': {'required': ['n'], 'properties': {'n': {'type': 'integer'}, 'd':"
                " {'type': 'string', 'format': 'date'}}}, 'clocks': {'c': {'kind': 'statutory',"
                " 'from': 'opened', 'extension': {'limit': '3 working days', 'by': 'head'},"
                " 'limit': [{'when': {'===': [{'var': 'form.n'}, 0]}, 'limit': 'none'}, {'when':"
                " {'===': [{'var': 'form.n'}, 1]}, 'limit': {'date': {'var': ['form.d',"
                " '2026-03-04']}}}, {'when': {'var': ['case.quick', false]}, 'limit':"
                " '1 working day'}, {'limit': '5 working days'}]}},"
                " 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'done': 'end',"
                " 'quick': {'do': [{'set': {'case.quick': true}}]}, 'none': {'do': [{'set':"
                " {'form.n': 0}}]}}}, " END "}");
    desk_open(form);
}

static void
amend(const char *form)
{
    struct command cmd = desk_command(COMMAND_AMEND, "window");

    cmd.input = *desk_json(form);
    if (!desk_give(cmd))
        fail_msg("%s", desk.e.detail);
}

static struct command
extension(const char *who)
{
    struct command cmd = desk_command(COMMAND_EXTEND, who);

    cmd.clock = "c";
    cmd.document = "聊告字1号";
    return cmd;
}

static void
the_first_limit_whose_condition_holds_is_chosen(void **state)
{
    (void)state;
    chosen("{'n': 5}");
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    chosen("{'n': 1}");
    assert_string_equal(desk_due("c"), "2026-03-04 17:00");
    chosen("{'n': 0}");
    assert_string_equal(desk_due("c"), "none");
}

static void
a_limit_is_chosen_again_when_the_form_changes_and_keeps_start_and_stops(void **state)
{
    (void)state;
    chosen("{'n': 5}");
    desk_at("2026-03-03 10:00");
    desk_stop("t", "test");
    desk_at("2026-03-04 10:00");
    desk_resume(1);
    assert_string_equal(desk_due("c"), "2026-03-10 17:00");
    amend("{'n': 1, 'd': '2026-03-20'}");
    assert_string_equal(desk_due("c"), "2026-03-20 17:00");
    assert_int_equal(desk_facts(FACT_LIMIT_CHOSEN), 1);
    assert_int_equal(desk_clock("c")->epoch, 3);
    amend("{'n': 6}");
    assert_string_equal(desk_due("c"), "2026-03-10 17:00");
    desk_act("window", "quick");
    assert_string_equal(desk_due("c"), "2026-03-04 17:00");
}

static void
a_date_that_stays_is_not_chosen_again(void **state)
{
    struct text stored = text_new(&desk.arena);
    struct value form;

    (void)state;
    chosen("{'n': 1, 'd': '2026-03-20'}");
    case_write(&stored, desk.w, desk.c);
    form = desk.c->form;
    assert_true(case_read(&desk.arena, desk.w, desk_json(stored.at), &form, desk.c, &desk.e));
    amend("{'n': 1, 'd': '2026-03-20', 'more': true}");
    assert_int_equal(desk_facts(FACT_LIMIT_CHOSEN), 0);
}

/* What is stored must be read again. */
static void
the_last_and_the_first_day_there_are_can_be_kept(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct text stored = text_new(&desk.arena);
        struct value form;

        chosen(i ? "{'n': 1, 'd': '1900-01-01'}" : "{'n': 1, 'd': '9999-12-31'}");
        assert_true(i || desk_clock("c")->due > desk_moment("9999-12-31 00:00"));
        assert_true(desk_clock("c")->due <= INSTANT_MAX && desk_clock("c")->due >= INSTANT_MIN);
        case_write(&stored, desk.w, desk.c);
        form = desk.c->form;
        assert_true(case_read(&desk.arena, desk.w, desk_json(stored.at), &form, desk.c, &desk.e));
        desk_act("window", "done");
    }
}

static void
a_limit_chosen_away_is_never_late(void **state)
{
    (void)state;
    chosen("{'n': 5}");
    desk_act("window", "none");
    assert_string_equal(desk_due("c"), "none");
    assert_int_equal(desk.c->alarm, INSTANT_NONE);
    desk_look("2026-04-01 09:00");
    assert_int_equal(desk.out.n_record, 0);
    desk_act("window", "done");
    assert_int_equal(desk_timing("c")->verdict, VERDICT_OPEN);
}

static void
a_later_date_makes_the_late_card_void(void **state)
{
    (void)state;
    chosen("{'n': 1, 'd': '2026-03-04'}");
    desk_look("2026-03-05 09:00");
    assert_true(desk_clock("c")->late);
    amend("{'n': 5}");
    assert_false(desk_clock("c")->late);
    assert_string_equal(desk_due("c"), "2026-03-09 17:00");
    desk_at("2026-03-06 09:00");
    desk_act("window", "done");
    assert_int_equal(desk_timing("c")->verdict, VERDICT_ON_TIME);
}

/* While it stands it is due on no day: what it was late under says nothing any more. */
static void
a_limit_chosen_anew_while_the_clock_stands_can_be_extended(void **state)
{
    (void)state;
    desk_define(GROUNDS
                "'form': {'required': ['n'], 'properties': {'n': {'type': 'integer'}}},"
                " 'clocks': {'c': {'kind': 'statutory', 'from': 'opened', 'extension':"
                " {'limit': '3 working days', 'by': 'head'}, 'limit': [{'when': {'===': [{'var':"
                " 'form.n'}, 1]}, 'limit': '1 working day'}, {'limit': '9 working days'}]}},"
                " 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'done': 'end'}},"
                " " END "}");
    desk_open("{'n': 1}");
    desk_at("2026-03-05 09:00");
    desk_stop("t", "test");
    assert_true(desk_clock("c")->late);
    desk_refused(extension("head"), ERROR_LIMIT_PASSED);
    amend("{'n': 2}");
    assert_string_equal(desk_due("c"), "none");
    assert_false(desk_clock("c")->late);
    assert_true(desk_give(extension("head")));
}

static void
what_an_opening_sets_counts_for_its_limits(void **state)
{
    (void)state;
    desk_define(GROUNDS
                "'form': {'required': ['n'], 'properties': {'n': {'type': 'integer', 'maximum':"
                " 9}}}, 'clocks': {'c': {'kind': 'statutory', 'from': 'opened', 'limit': [{'when':"
                " {'===': [{'var': 'form.n'}, 1]}, 'limit': '1 working day'}, {'limit':"
                " '5 working days'}]}}, 'start': 't', 'steps': {'t': {'by': 'window', 'do':"
                " [{'set': {'form.n': 1}}], 'actions': {'done': 'end'}}, " END "}");
    desk_open("{'n': 2}");
    assert_string_equal(desk_due("c"), "2026-03-03 17:00");
    desk_act("window", "done");
    desk_annul(2);
    assert_string_equal(desk_due("c"), "2026-03-03 17:00");
}

static void
a_card_that_was_void_comes_again_when_the_limit_is_what_it_was(void **state)
{
    int32_t epoch;

    (void)state;
    chosen("{'n': 1, 'd': '2026-03-04'}");
    desk_look("2026-03-05 09:00");
    assert_true(desk_clock("c")->late);
    epoch = desk_clock("c")->epoch;
    amend("{'n': 0}");
    assert_false(desk_clock("c")->late);
    assert_true(desk.out.card[0].withdrawn);
    amend("{'n': 1, 'd': '2026-03-04'}");
    desk_look("2026-03-05 09:01");
    assert_true(desk_clock("c")->late);
    assert_int_equal(desk.out.n_card, 1);
    assert_false(desk.out.card[0].withdrawn);
    assert_int_equal(desk.out.card[0].epoch, epoch + 1); /* a key is used once */
}

static void
a_date_that_moves_and_still_is_behind_gives_no_second_card(void **state)
{
    (void)state;
    chosen("{'n': 1, 'd': '2026-03-04'}");
    desk_look("2026-03-06 09:00");
    amend("{'n': 1, 'd': '2026-03-05'}");
    assert_true(desk_clock("c")->late);
    desk_look("2026-03-07 09:00");
    assert_int_equal(desk_facts(FACT_LATE), 0);
    desk_act("window", "done");
    assert_int_equal(desk_timing("c")->verdict, VERDICT_LATE);
}

static void
an_extension_is_added_to_the_limit_once(void **state)
{
    (void)state;
    chosen("{'n': 5}");
    desk_refused(extension("window"), ERROR_FORBIDDEN);
    desk_at("2026-03-09 17:00");
    assert_true(desk_give(extension("head")));
    assert_string_equal(desk_due("c"), "2026-03-12 17:00");
    desk_refused(extension("head"), ERROR_ALREADY_EXTENDED);
}

static void
an_extension_after_the_due_instant_is_refused(void **state)
{
    struct command cmd;

    (void)state;
    chosen("{'n': 5}");
    desk_at("2026-03-09 17:00:01");
    desk_refused(extension("head"), ERROR_LIMIT_PASSED);
    desk_at("2026-03-06 17:00");
    cmd = extension("head");
    cmd.reason = "";
    desk_refused(cmd, ERROR_REASON_MISSING);
}

static void
what_has_no_limit_or_is_due_on_a_date_cannot_be_extended(void **state)
{
    (void)state;
    chosen("{'n': 0}");
    desk_refused(extension("head"), ERROR_ACTION_NOT_ALLOWED);
    chosen("{'n': 1}");
    desk_refused(extension("head"), ERROR_ACTION_NOT_ALLOWED);
}

static void
an_extended_limit_may_be_chosen_again(void **state)
{
    (void)state;
    chosen("{'n': 5}");
    assert_true(desk_give(extension("head")));
    amend("{'n': 0}");
    assert_string_equal(desk_due("c"), "none");
    amend("{'n': 1}");
    assert_string_equal(desk_due("c"), "2026-03-04 17:00");
    amend("{'n': 7}");
    assert_string_equal(desk_due("c"), "2026-03-12 17:00");
}

static void
an_action_at_the_due_instant_is_on_time(void **state)
{
    (void)state;
    chosen("{'n': 5}");
    desk_at("2026-03-09 17:00");
    desk_act("window", "done");
    assert_int_equal(desk_timing("c")->verdict, VERDICT_ON_TIME);
    assert_int_equal(desk.out.n_record, 1);
    chosen("{'n': 5}");
    desk.now = desk_moment("2026-03-09 17:00") + 1;
    desk_act("window", "done");
    assert_int_equal(desk_timing("c")->verdict, VERDICT_LATE);
    assert_int_equal(desk.out.n_record, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_limit_whose_condition_holds_is_chosen),
        TEST(a_limit_is_chosen_again_when_the_form_changes_and_keeps_start_and_stops),
        TEST(a_date_that_stays_is_not_chosen_again),
        TEST(the_last_and_the_first_day_there_are_can_be_kept),
        TEST(a_limit_chosen_away_is_never_late),
        TEST(a_later_date_makes_the_late_card_void),
        TEST(a_limit_chosen_anew_while_the_clock_stands_can_be_extended),
        TEST(what_an_opening_sets_counts_for_its_limits),
        TEST(a_card_that_was_void_comes_again_when_the_limit_is_what_it_was),
        TEST(a_date_that_moves_and_still_is_behind_gives_no_second_card),
        TEST(an_extension_is_added_to_the_limit_once),
        TEST(an_extension_after_the_due_instant_is_refused),
        TEST(what_has_no_limit_or_is_due_on_a_date_cannot_be_extended),
        TEST(an_extended_limit_may_be_chosen_again),
        TEST(an_action_at_the_due_instant_is_on_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
