/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Silence that holds from an earlier moment (T11): the clocks that so begin stood whenever the case
 * did since then, in steps left since too (K2, K5, K6).  Dates by hand: February 2026 works on
 * Saturday the 14th, and not again before Tuesday the 24th.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/migrate.h"
#include "tests/support/desk.h"
#include "tests/support/versions.h"

#define GROUNDS "'grounds': {'test': {'command': true}, 'hear': {'command': true}, 'correct': {}}, "
#define LAW     "'law': {'kind': 'statutory', 'from': 'accepted', 'limit': '5 working days'}"
#define SINCE(effective)                                                                           \
    "'after': {'1 working day': {'marks': 'accepted', 'deem': {'kind': 'accepted', 'basis': '32'," \
    " 'effective': '" effective "'}}}"
#define WAITS(effective)                                                                           \
    "{'by': 'window', 'actions': {'done': 'end', 'note': {}}, " SINCE(effective) "}"

/* What is asked for in `look` stops nothing itself, and is left before silence has its effect. */
static void
received(const char *clock)
{
    desk_define(arena_printf(
        &desk.arena,
        GROUNDS "'backdateBy': ['window'], 'clocks': {%s}, 'start': 'look', 'steps': {'look': {"
                "'by': 'window', 'actions': {'correct': 'correct', 'on': 'answer'}}, 'correct': {"
                "'by': 'applicant', 'stops': {'ground': 'correct'}, 'actions': {'submit': 'look'}},"
                " 'answer': " WAITS("opened") ", 'end': {'end': 'over'}}",
        clock));
    desk_at("2026-02-09 09:30");
    desk_open("{}");
}

static struct command
noted_at(const char *happened)
{
    struct command cmd = desk_action("window", "note", NULL);

    desk_history(&cmd);
    cmd.happened = desk_moment(happened);
    return cmd;
}

struct stop_made {
    const char *from, *to;
};

/* The case stood so in the step that is left afterwards; then silence lets the clock begin. */
static const char *
due_after(const char *clock, struct stop_made first, struct stop_made second)
{
    received(clock);
    if (first.from) {
        desk_at(first.from);
        desk_stop("look", "test");
    }
    if (second.from) {
        desk_at(second.from);
        desk_stop("look", "hear");
    }
    if (first.to) {
        desk_at(first.to);
        desk_resume(1);
    }
    if (second.to) {
        desk_at(second.to);
        desk_resume(2);
    }
    desk_at("2026-02-27 09:00");
    desk_act("window", "on");
    desk_look("2026-03-10 09:00");
    assert_string_equal(desk_steps(), "answer");
    assert_int_equal(desk_clock("law")->started, desk_moment("2026-02-09 09:30"));
    return desk_due("law");
}

static void
the_vectors_of_the_law_hold_for_a_clock_that_begins_at_receipt(void **state)
{
    const struct stop_made none = {NULL, NULL};
    const char *days = "'law': {'kind': 'statutory', 'from': 'accepted', 'limit': '5 days'}";

    (void)state;
    assert_string_equal(due_after(LAW, none, none), "2026-02-14 17:00");
    assert_string_equal(
        due_after(LAW, (struct stop_made){"2026-02-11 10:00", "2026-02-11 15:00"}, none),
        "2026-02-14 17:00");
    assert_string_equal(
        due_after(LAW, (struct stop_made){"2026-02-13 18:00", "2026-02-14 08:00"}, none),
        "2026-02-14 17:00");
    assert_string_equal(
        due_after(LAW, (struct stop_made){"2026-02-13 10:00", "2026-02-14 10:00"}, none),
        "2026-02-24 17:00");
    assert_string_equal(
        due_after(LAW, (struct stop_made){"2026-02-13 10:00", "2026-02-25 10:00"}, none),
        "2026-02-26 17:00");
    assert_string_equal(due_after(LAW, (struct stop_made){"2026-02-10 10:00", "2026-02-12 10:00"},
                                  (struct stop_made){"2026-02-11 09:00", "2026-02-13 16:00"}),
                        "2026-02-26 17:00");
    assert_string_equal(due_after(days, (struct stop_made){"2026-02-10 10:00", "2026-02-12 10:00"},
                                  (struct stop_made){"2026-02-11 09:00", "2026-02-13 16:00"}),
                        "2026-02-24 17:00");
    assert_string_equal(
        due_after(LAW, (struct stop_made){"2026-02-14 10:00", "2026-02-26 15:00"}, none),
        "2026-02-26 17:00");
}

/* The applicant corrects what he has handed in, once and again; those days are not the house's. */
static void
corrections_between_receipt_and_silence_count_for_the_clock(void **state)
{
    (void)state;
    received(LAW);
    desk_at("2026-02-10 10:00");
    desk_act("window", "correct");
    desk_at("2026-02-11 10:00");
    desk_act("applicant", "submit");
    desk_at("2026-02-12 10:00");
    desk_act("window", "correct");
    desk_at("2026-02-13 10:00");
    desk_act("applicant", "submit");
    desk_act("window", "on");
    desk_look("2026-02-14 17:01");
    /* the 10th and the 12th do not count: 11, 13, 14, 24, 25 */
    assert_string_equal(desk_due("law"), "2026-02-25 17:00");
    assert_int_equal(desk_clock("law")->n_stand, 2);
    assert_string_equal(desk_clock("law")->stand[0].ground, "correct");
    assert_false(desk_clock("law")->late);
    /* What is learned late counts it again, and finds the same. */
    assert_true(desk_give(noted_at("2026-02-13 15:00")));
    assert_string_equal(desk_due("law"), "2026-02-25 17:00");
}

/* Where nobody looked for days everything due comes at once: what came in between counts too. */
static void
it_is_the_same_however_late_somebody_looks(void **state)
{
    (void)state;
    desk_define(GROUNDS
                "'clocks': {" LAW "}, 'start': 'correct', 'steps': {'correct': {'by':"
                " 'applicant', 'stops': {'ground': 'correct'}, 'actions': {'submit':"
                " 'answer'}, 'after': {'2 working days': {'to': 'answer'}}}, 'answer': " WAITS(
                    "opened") ", 'end': {'end': 'over'}}");
    for (int late = 0; late < 2; late++) {
        desk_at("2026-02-09 09:30");
        desk.n_record = 0;
        desk.c = case_new(&desk.arena, desk.w);
        desk_open("{}");
        if (!late)
            desk_look("2026-02-12 09:00");
        desk_look("2026-02-25 09:00");
        /* it stood until the 12th, 00:00: the applicant's two days */
        assert_string_equal(desk_due("law"), "2026-02-25 17:00");
    }
}

/* A step that asks for a correction stops its branch; the case stands while all branches do. */
static void
a_branch_that_stood_alone_has_stopped_nothing(void **state)
{
    (void)state;
    desk_define(GROUNDS
                "'clocks': {" LAW "}, 'start': 'both', 'steps': {'both': {'join': 'all', 'to':"
                " 'answer', 'branches': {'a': {'start': 'x', 'steps': {'x': {'by': 'window',"
                " 'actions': {'done': '$done'}}}}, 'b': {'start': 'x', 'steps': {'x': {'by':"
                " 'window', 'actions': {'done': '$done'}}}}}}, 'answer': " WAITS(
                    "opened") ", 'end': {'end': 'over'}}");
    desk_at("2026-02-09 09:30");
    desk_open("{}");
    desk_at("2026-02-10 10:00");
    desk_stop("both.a.x", "test");
    desk_at("2026-02-12 10:00");
    desk_stop("both.b.x", "test");
    desk_at("2026-02-13 10:00");
    desk_resume(1);
    desk_act_in("window", "done", "both.a.x");
    desk_resume(2);
    desk_act_in("window", "done", "both.b.x");
    desk_look("2026-02-25 09:00");
    /* both stood at the close of the 12th alone: 10, 11, 13, 14, 24 */
    assert_string_equal(desk_due("law"), "2026-02-24 17:00");
}

/* From the entry of a stage: what stood in it, in steps left since, and not what stood before. */
static void
from_the_entry_of_a_stage_what_stood_in_it_counts(void **state)
{
    (void)state;
    desk_define(GROUNDS
                "'clocks': {" LAW "}, 'start': 'early', 'steps': {'early': {'by': 'applicant',"
                " 'stops': {'ground': 'correct'}, 'actions': {'submit': 'stage'}}, 'stage': {'to':"
                " 'end', 'start': 'correct', 'after': {'3 working days': {'marks': 'accepted',"
                " 'deem': {'kind': 'accepted', 'effective': 'entered'}}}, 'steps': {'correct': {"
                "'by': 'applicant', 'stops': {'ground': 'correct'}, 'actions': {'submit': 'look'}},"
                " 'look': {'by': 'window', 'actions': {'done': '$done'}}}}, 'end': {'end':"
                " 'over'}}");
    desk_at("2026-02-06 10:00");
    desk_open("{}");
    desk_at("2026-02-09 09:30");
    desk_act("applicant", "submit");
    desk_at("2026-02-11 10:00");
    desk_act("applicant", "submit");
    desk_look("2026-02-12 17:01");
    /* the 10th does not count: 11, 12, 13, 14, 24 */
    assert_int_equal(desk_clock("law")->started, desk_moment("2026-02-09 09:30"));
    assert_string_equal(desk_due("law"), "2026-02-24 17:00");
}

/* It was due before silence let it begin: it is late from that moment on, and a card says so. */
static void
what_was_due_long_before_is_late_at_once(void **state)
{
    (void)state;
    received(LAW);
    desk_at("2026-02-24 10:00");
    desk_act("window", "on");
    desk_look("2026-02-26 09:00");
    assert_string_equal(desk_due("law"), "2026-02-14 17:00");
    assert_true(desk_clock("law")->late);
    received(LAW);
    desk_stop("look", "test");
    desk_at("2026-02-24 10:00");
    desk_act("window", "on");
    desk_look("2026-02-26 09:00");
    /* 24, 25, 26, 27, 28: a Saturday that works */
    assert_string_equal(desk_due("law"), "2026-02-28 17:00");
    assert_false(desk_clock("law")->late);
}

static void
without_its_records_it_says_that_it_is_blind(void **state)
{
    struct command look = desk_command(COMMAND_ALARM, "engine");
    struct setting s;
    struct outcome out;

    (void)state;
    received(LAW);
    desk_stop("look", "test");
    desk_at("2026-02-24 10:00");
    desk_act("window", "on");
    s = (struct setting){
        .workflow = desk.w, .calendar = desk.calendar, .now = desk_moment("2026-02-26 09:00")};
    assert_true(machine_decide(&s, desk.c, &look, &desk.arena, &out, NULL, &desk.e));
    assert_true(out.blind);
    desk_history(&look);
    assert_true(machine_decide(&s, desk.c, &look, &desk.arena, &out, NULL, &desk.e));
    assert_false(out.blind);
    look.n_history--;
    assert_true(machine_decide(&s, desk.c, &look, &desk.arena, &out, NULL, &desk.e));
    assert_true(out.blind); /* one is missing */
    /* A refusal may come of what could not be seen: it says so, too. */
    look = desk_action("window", "nothing", NULL);
    assert_false(machine_decide(&s, desk.c, &look, &desk.arena, &out, NULL, &desk.e));
    assert_true(out.blind);
    /* Where nothing is due nobody looks back. */
    s.now = desk_moment("2026-02-24 11:00");
    look = desk_command(COMMAND_ALARM, "engine");
    assert_true(machine_decide(&s, desk.c, &look, &desk.arena, &out, NULL, &desk.e));
    assert_false(out.blind);
}

/* That the engine cannot read what was is no fact of the case, which waits: it fails. */
static void
a_record_that_cannot_be_read_fails_and_is_not_stuck(void **state)
{
    struct command look = desk_command(COMMAND_ALARM, "engine");
    struct outcome out = {.n_record = 0};
    struct value *record;
    struct setting s;

    (void)state;
    received(LAW);
    desk_stop("look", "test");
    desk_at("2026-02-24 10:00");
    desk_act("window", "on");
    s = (struct setting){
        .workflow = desk.w, .calendar = desk.calendar, .now = desk_moment("2026-02-26 09:00")};
    desk_history(&look);
    record = arena_copy(&desk.arena, look.history, look.n_history * sizeof(*record));
    record[1] = *desk_json("{}");
    look.history = record;
    assert_false(machine_decide(&s, desk.c, &look, &desk.arena, &out, NULL, &desk.e));
    assert_int_equal(desk.e.code, ERROR_INTERNAL);
    assert_non_null(strstr(desk.e.detail, "record 2 does not fit"));
    /* So does whatever else comes. */
    look = desk_action("window", "note", NULL);
    look.history = record;
    look.n_history = desk.n_record;
    assert_false(machine_decide(&s, desk.c, &look, &desk.arena, &out, NULL, &desk.e));
    assert_int_equal(desk.e.code, ERROR_INTERNAL);
    assert_int_equal(out.n_record, 0);
}

/*
 * The steps in which it stood were another version's, and nothing is known of them any more; what
 * stands when it comes to this one had not always stood.
 */
static void
what_was_before_another_version_counts_as_time_that_ran(void **state)
{
    struct command cmd = desk_command(COMMAND_MIGRATE, "administrator");
    struct setting s;
    struct migration m;
    struct outcome out;
    struct text t;
    struct value *record;

    (void)state;
    received(LAW);
    desk_stop("look", "test");
    desk_at("2026-02-10 10:00");
    desk_act("window", "on");
    desk_stop("answer", "test");
    migration_plain(&desk.arena, desk.w, version_noting(&desk.arena, desk.w), &m);
    cmd.migration = &m;
    s = (struct setting){.workflow = desk.w, .calendar = desk.calendar, .now = desk.now};
    assert_true(machine_decide(&s, desk.c, &cmd, &desk.arena, &out, NULL, &desk.e));
    t = text_new(&desk.arena);
    record_write(&t, desk.w, out.record);
    cmd = desk_command(COMMAND_ALARM, "engine");
    desk_history(&cmd);
    record = arena_array(&desk.arena, cmd.n_history + 1, struct value);
    for (size_t i = 0; i < cmd.n_history; i++)
        record[i] = cmd.history[i];
    record[cmd.n_history++] = *desk_json(t.at);
    cmd.history = record;
    desk.w = s.workflow = m.to;
    s.now = desk_moment("2026-02-12 09:00");
    assert_true(machine_decide(&s, out.next, &cmd, &desk.arena, &out, NULL, &desk.e));
    assert_false(out.blind);
    desk.c = out.next;
    assert_int_equal(desk_clock("law")->n_stand, 1);
    assert_int_equal(desk_clock("law")->stand[0].from, desk_moment("2026-02-10 10:00"));
    assert_int_equal(desk_clock("law")->stand[0].to, INSTANT_NONE);
}

/* A record of rules 6. */
static void
replay(const struct setting *s, const char *facts)
{
    const char *text = arena_printf(
        &desk.arena,
        "{'at':1772010000000000,'by':'engine','calendar':'%s','command':'alarm','definition':"
        "'%.16s','facts':[%s],'number':%zu,'revision':3,'rules':6}",
        desk.calendar->version, desk.w->hash, facts, desk.n_record + 1);

    if (!machine_replay(s, desk.c, desk_json(text), &desk.arena, &desk.e))
        fail_msg("%s", desk.e.detail);
    desk.record = arena_grow(&desk.arena, desk.record, desk.n_record, sizeof(*desk.record));
    desk.record[desk.n_record++] = text;
}

/* Then only the stops of what was active still had been seen. */
static void
what_silence_began_under_rules_6_replays_as_it_was(void **state)
{
    struct setting s;

    (void)state;
    received(LAW);
    desk_stop("look", "test");
    desk_at("2026-02-24 10:00");
    desk_act("window", "on");
    s = (struct setting){.workflow = desk.w, .calendar = desk.calendar, .now = desk.now};
    replay(&s, "{'fact':'timed','visit':2},{'detail':'32','fact':'deemed','happened':"
               "1770600600000000,'name':'accepted','until':1770600600000000,'visit':2},{'fact':"
               "'marked','happened':1770600600000000,'mark':'accepted'},{'fact':'clock-started',"
               "'happened':1770600600000000,'limit':'5 working days','number':1,'rule':'law'}");
    replay(&s, "{'epoch':1,'fact':'late','number':1}");
    assert_string_equal(desk_due("law"), "2026-02-14 17:00");
    assert_true(desk_clock("law")->late);
    /* It stays so, as it was decided, until something is learned late. */
    desk_at("2026-02-26 10:00");
    desk_act("window", "note");
    assert_string_equal(desk_due("law"), "2026-02-14 17:00");
    assert_true(desk_give(noted_at("2026-02-26 09:00")));
    assert_string_equal(desk_due("law"), "2026-02-28 17:00");
    assert_false(desk_clock("law")->late);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_vectors_of_the_law_hold_for_a_clock_that_begins_at_receipt),
        TEST(corrections_between_receipt_and_silence_count_for_the_clock),
        TEST(it_is_the_same_however_late_somebody_looks),
        TEST(a_branch_that_stood_alone_has_stopped_nothing),
        TEST(from_the_entry_of_a_stage_what_stood_in_it_counts),
        TEST(what_was_due_long_before_is_late_at_once),
        TEST(without_its_records_it_says_that_it_is_blind),
        TEST(a_record_that_cannot_be_read_fails_and_is_not_stuck),
        TEST(what_was_before_another_version_counts_as_time_that_ran),
        TEST(what_silence_began_under_rules_6_replays_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
