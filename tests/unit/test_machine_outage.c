/* SPDX-License-Identifier: Apache-2.0 */
/* Outages of a hall (K13): every clock that ran stands for it, by what is learned afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "machine/migrate.h"
#include "machine/outage.h"
#include "machine/stands.h"
#include "tests/support/outages.h"
#include "tests/support/versions.h"

static void
a_clock_that_ran_stands_for_it(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 11:00");
    assert_string_equal(desk_due("look"), "2026-03-02 10:00");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 10:30");
    assert_int_equal(desk_facts(FACT_OUTAGE), 1);
    assert_string_equal(desk_due("look"), "2026-03-02 11:20");
    assert_string_equal(desk_due("whole"), "2026-03-04 17:00"); /* it ran at closing time */
    assert_string_equal(desk_held("look"), "lead 10, outage 80, lead 30");
    assert_int_equal(desk.c->revision, 1); /* what clerks have seen holds */
    desk_act("window", "on");
    assert_int_equal(desk_timing("look")->verdict, VERDICT_ON_TIME);
    assert_int_equal(desk_timing("look")->measure.stopped, 80 * SPAN_MINUTE);
    assert_string_equal(desk_timing("look")->stand[0].ground, "outage");
}

static void
a_day_is_lost_only_where_it_closes_within(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-04 10:00");
    desk_suffer(1, "2026-03-03 16:00", "2026-03-04 09:00");
    assert_string_equal(desk_due("whole"), "2026-03-05 17:00");
}

static void
a_limit_thought_broken_may_be_kept(void **state)
{
    (void)state;
    desk_counter();
    desk_look("2026-03-02 10:01");
    assert_true(desk_clock("look")->late);
    desk_at("2026-03-02 10:45");
    desk_suffer(1, "2026-03-02 09:20", "2026-03-02 10:40");
    assert_false(desk_clock("look")->late);
    assert_int_equal(desk.out.n_card, 2); /* of `look` and of `seen` */
    assert_true(desk.out.card[0].withdrawn && desk.out.card[1].withdrawn);
    assert_string_equal(desk_due("look"), "2026-03-02 11:20");
    desk_look("2026-03-02 11:21");
    assert_int_equal(desk_facts(FACT_LATE), 2); /* now they are, and have cards of their own */
    assert_int_equal(desk.out.n_card, 2);
}

static void
who_is_late_all_the_same_keeps_his_card(void **state)
{
    (void)state;
    desk_counter();
    desk_look("2026-03-02 12:00");
    desk_suffer(1, "2026-03-02 09:30", "2026-03-02 09:40");
    assert_true(desk_clock("look")->late);
    assert_int_equal(desk.out.n_card, 0);
    assert_string_equal(desk_due("look"), "2026-03-02 10:10");
}

static void
an_ended_clock_keeps_its_verdict(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 10:30");
    desk_act("window", "on");
    assert_int_equal(desk_timing("look")->verdict, VERDICT_LATE);
    desk_at("2026-03-02 11:00");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 10:50");
    assert_int_equal(desk_clock("seen")->verdict, VERDICT_LATE);
    assert_int_equal(desk_clock("seen")->n_stand, 0);
    assert_int_equal(desk.out.n_card, 0);
    assert_int_equal(desk.out.n_timing, 0);
    assert_string_equal(desk_held("seen"), "lead 90");
    assert_string_equal(desk_due("fill"), "2026-03-02 14:50"); /* the applicant's too: 20 minutes */
    assert_string_equal(desk_held("whole"), "lead 10, outage 100, applicant 10");
}

static void
what_ended_after_it_was_known_shows_it(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 10:00");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 09:50");
    desk_at("2026-03-02 10:05");
    desk_act("window", "on");
    desk_at("2026-03-02 11:00");
    desk_suffer(2, "2026-03-02 09:40", "2026-03-02 10:30"); /* both were in the same hour */
    assert_int_equal(desk_clock("seen")->verdict, VERDICT_ON_TIME);
    assert_string_equal(desk_held("seen"), "lead 10, outage 40, lead 15");
}

static void
stops_are_a_union(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 09:20");
    desk_stop("look", "test");
    desk_at("2026-03-02 09:40");
    desk_resume(1);
    desk_at("2026-03-02 12:00");
    desk_suffer(1, "2026-03-02 09:30", "2026-03-02 10:00");
    assert_string_equal(desk_held("look"), "lead 20, test 20, outage 20, lead 120");
    assert_string_equal(desk_due("look"), "2026-03-02 10:40");
    desk_suffer(2, "2026-03-02 09:10", "2026-03-02 10:10"); /* around both */
    assert_string_equal(desk_held("look"), "lead 10, outage 10, test 20, outage 30, lead 110");
    assert_string_equal(desk_due("look"), "2026-03-02 11:00");
    assert_int_equal(desk_clock("look")->n_stand, 3); /* those that touch are one */
}

static void
what_stands_goes_on_standing_on_its_own_ground(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 09:10");
    desk_act("window", "on");
    desk_at("2026-03-02 09:20");
    desk_act("applicant", "ask");
    desk_at("2026-03-02 10:30");
    desk_suffer(1, "2026-03-02 09:15", "2026-03-02 10:00");
    assert_string_equal(desk_held("whole"), "lead 10, applicant 5, outage 5, correction 70");
    assert_true(case_clock_stands(desk_clock("whole")));
    desk_at("2026-03-02 11:00");
    desk_act("applicant", "send");
    assert_string_equal(desk_held("whole"), "lead 10, applicant 5, outage 5, correction 100");
}

static void
a_step_without_a_limit_is_measured_so_too(void **state)
{
    const struct timing *t;

    (void)state;
    desk_counter();
    desk_act("window", "on");
    desk_act("applicant", "send");
    desk_at("2026-03-02 10:00");
    desk_stop("check", "test");
    desk_at("2026-03-02 11:00");
    desk_resume(1);
    desk_at("2026-03-02 12:00");
    desk_suffer(1, "2026-03-02 10:30", "2026-03-02 11:30");
    desk_act("window", "end");
    t = desk_timing("check");
    assert_int_equal(t->measure.stopped, 90 * SPAN_MINUTE);
    assert_int_equal(t->n_stand, 2); /* the parts never exceed the whole */
    assert_string_equal(t->stand[1].ground, "outage");
    assert_int_equal(t->stand[1].to - t->stand[1].from, 30 * SPAN_MINUTE);
}

static void
each_once_and_only_who_was_there(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 11:00");
    desk_suffer(7, "2026-03-01 12:00", "2026-03-02 09:00"); /* it ended as the case was opened */
    assert_int_equal(desk.out.n_record, 2);                 /* the two cards that were due */
    assert_int_equal(desk.c->n_outage, 0);
    desk_suffer(7, "2026-03-01 12:00", "2026-03-02 09:05");
    assert_int_equal(desk.c->n_outage, 1);
    assert_int_equal(desk.c->outage[0].from, desk_moment("2026-03-02 09:00"));
    desk_suffer(7, "2026-03-01 12:00", "2026-03-02 09:05");
    assert_int_equal(desk.out.n_record, 0);
    assert_string_equal(desk_held("look"), "outage 5, lead 115");
}

static void
what_is_learned_late_is_learned_with_the_outage(void **state)
{
    struct command cmd;

    (void)state;
    desk_counter();
    desk_at("2026-03-02 11:00");
    desk_suffer(1, "2026-03-02 09:30", "2026-03-02 10:30");
    desk_at("2026-03-02 11:30");
    cmd = desk_action("window", "on", NULL);
    cmd.happened = desk_moment("2026-03-02 10:00"); /* on paper */
    desk_history(&cmd);
    assert_true(desk_give(cmd));
    assert_int_equal(desk_timing("look")->verdict, VERDICT_ON_TIME);
    assert_int_equal(desk_timing("look")->measure.counted, 30 * SPAN_MINUTE);
    assert_string_equal(desk_held("fill"), "outage 30, applicant 60");
    assert_string_equal(desk_held("seen"), "lead 30, outage 30");
}

static void
what_is_taken_back_has_stood_all_the_same(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 09:10");
    desk_act("window", "on");
    desk_at("2026-03-02 11:00");
    desk_suffer(1, "2026-03-02 09:20", "2026-03-02 10:20");
    desk_annul(2);
    assert_string_equal(desk_steps(), "look");
    assert_string_equal(desk_held("look"), "lead 20, outage 60, lead 40");
    assert_string_equal(desk_due("look"), "2026-03-02 11:00");
    desk_refused(desk_annulment(4), ERROR_ANNUL_IMPOSSIBLE);
}

/* What the last record of @o says, as it is stored. */
static struct value
last_record(const struct workflow *w, const struct outcome *o)
{
    struct text t = text_new(&desk.arena);

    record_write(&t, w, &o->record[o->n_record - 1]);
    return *desk_json(t.at);
}

static void
what_moved_to_another_version_learns_of_the_time_before(void **state)
{
    struct setting s = {.calendar = desk.calendar};
    struct command all = {.kind = COMMAND_ANNUL}, cmd;
    const struct workflow *to;
    struct outcome moved, then;
    struct value record[8];
    struct migration m;
    struct case_clock k;
    struct history h;

    (void)state;
    desk_counter();
    desk_at("2026-03-02 11:00");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 10:30");
    to = version_noting(&desk.arena, desk.w);
    migration_plain(&desk.arena, desk.w, to, &m);
    cmd = desk_command(COMMAND_MIGRATE, "administrator");
    cmd.migration = &m;
    s.workflow = desk.w;
    s.now = desk.now;
    assert_true(machine_decide(&s, desk.c, &cmd, &desk.arena, &moved, NULL, &desk.e));
    cmd = desk_outage(2, "2026-03-02 09:00", "2026-03-02 09:05");
    s.workflow = to;
    assert_true(machine_decide(&s, moved.next, &cmd, &desk.arena, &then, NULL, &desk.e));
    assert_int_equal(then.next->n_outage, 2);
    k = *case_clock(then.next, desk_clock("look")->id);
    assert_int_equal(k.n_stand, 2);
    assert_int_equal(k.due, desk_moment("2026-03-02 11:25"));

    desk_history(&all); /* the same, from the records */
    assert_true(all.n_history + 2 <= 8);
    memcpy(record, all.history, all.n_history * sizeof(*record));
    record[all.n_history] = last_record(to, &moved);
    record[all.n_history + 1] = last_record(to, &then);
    assert_true(history_read(&desk.arena, to, record, all.n_history + 2, &h, &desk.e));
    history_course(&desk.arena, to, &h, &k, desk.now, NULL);
    assert_true(clock_same_course(&k, case_clock(then.next, k.id)));
}

static void
only_a_supervisor_says_so_of_what_is_over(void **state)
{
    struct command cmd;

    (void)state;
    desk_counter();
    desk_at("2026-03-02 09:20");
    cmd = desk_outage(1, "2026-03-02 09:05", "2026-03-02 09:15");
    cmd.actor = desk_command(COMMAND_OUTAGE, "head").actor;
    assert_false(machine_may(desk.w, desk.c, &cmd, &desk.e));
    cmd.actor = desk_command(COMMAND_OUTAGE, "supervisor").actor;
    assert_true(machine_may(desk.w, desk.c, &cmd, &desk.e));
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    desk_refused(desk_outage(1, "2026-03-02 09:05", "2026-03-02 09:21"), ERROR_HAPPENED_OUTSIDE);
    desk_refused(desk_outage(1, "2026-03-02 09:15", "2026-03-02 09:15"), ERROR_HAPPENED_OUTSIDE);
}

static void
it_is_explained_in_words(void **state)
{
    const struct case_clock *k;
    struct counting counting;
    struct course course;
    struct text t;

    (void)state;
    desk_counter();
    desk_at("2026-03-02 11:00");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 10:30");
    k = desk_clock("look");
    counting = case_counting(desk.w, k, desk.calendar, &desk.arena);
    course = case_course(k);
    t = text_new(&desk.arena);
    assert_true(
        clock_explain(&t, &(struct explaining){.form = EXPLAIN_ZH}, &counting, &course, desk.now));
    assert_non_null(strstr(t.at, "中止：系统故障"));
    t = text_new(&desk.arena);
    assert_true(
        clock_explain(&t, &(struct explaining){.form = EXPLAIN_EN}, &counting, &course, desk.now));
    assert_non_null(strstr(t.at, "stands: outage of the systems"));
}

#define OUTAGE(test) cmocka_unit_test_setup_teardown(test, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        OUTAGE(a_clock_that_ran_stands_for_it),
        OUTAGE(a_day_is_lost_only_where_it_closes_within),
        OUTAGE(a_limit_thought_broken_may_be_kept),
        OUTAGE(who_is_late_all_the_same_keeps_his_card),
        OUTAGE(an_ended_clock_keeps_its_verdict),
        OUTAGE(what_ended_after_it_was_known_shows_it),
        OUTAGE(stops_are_a_union),
        OUTAGE(what_stands_goes_on_standing_on_its_own_ground),
        OUTAGE(a_step_without_a_limit_is_measured_so_too),
        OUTAGE(each_once_and_only_who_was_there),
        OUTAGE(what_is_learned_late_is_learned_with_the_outage),
        OUTAGE(what_is_taken_back_has_stood_all_the_same),
        OUTAGE(what_moved_to_another_version_learns_of_the_time_before),
        OUTAGE(only_a_supervisor_says_so_of_what_is_over),
        OUTAGE(it_is_explained_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
