/* SPDX-License-Identifier: Apache-2.0 */
/* Outages that were none (K13, K9): a later fact takes them back, and all is counted anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "machine/migrate.h"
#include "machine/outage.h"
#include "tests/support/outages.h"
#include "tests/support/versions.h"

static struct command
annulment(int32_t number)
{
    struct command cmd = desk_command(COMMAND_ANNUL_OUTAGE, "supervisor");

    cmd.number = number;
    desk_history(&cmd);
    return cmd;
}

static void
annul(int32_t number)
{
    if (!desk_give(annulment(number)))
        fail_msg("%s", desk.e.detail);
}

static void
clocks_run_again_where_they_stood(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 09:40");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 09:30");
    assert_string_equal(desk_due("look"), "2026-03-02 10:20");
    annul(1);
    assert_int_equal(desk_facts(FACT_OUTAGE_ANNULLED), 1);
    assert_int_equal(desk_facts(FACT_COURSE), 3);
    assert_string_equal(desk_due("look"), "2026-03-02 10:00");
    assert_string_equal(desk_due("whole"), "2026-03-04 17:00");
    assert_string_equal(desk_held("look"), "lead 40");
    assert_int_equal(desk.c->revision, 1); /* what clerks have seen holds */
    assert_true(case_knows_outage(desk.c, 1) && !case_annuls_outage(desk.c, 1));
    desk_act("window", "on");
    assert_int_equal(desk_timing("look")->measure.stopped, 0);
}

static void
a_limit_thought_kept_is_broken_after_all(void **state)
{
    int32_t epoch;

    (void)state;
    desk_counter();
    desk_look("2026-03-02 10:01");
    assert_true(desk_clock("look")->late);
    desk_at("2026-03-02 10:45");
    desk_suffer(1, "2026-03-02 09:20", "2026-03-02 10:40");
    assert_false(desk_clock("look")->late);
    epoch = desk_clock("look")->epoch;
    desk_at("2026-03-02 10:50");
    annul(1);
    assert_string_equal(desk_due("look"), "2026-03-02 10:00");
    assert_int_equal(desk_clock("look")->epoch, epoch + 1);
    desk_look("2026-03-02 10:51");
    assert_int_equal(desk_facts(FACT_LATE), 2); /* of `look` and of `seen`, each a new card */
    assert_int_equal(desk.out.n_card, 2);
    assert_false(desk.out.card[0].withdrawn || desk.out.card[1].withdrawn);
}

static void
what_has_ended_keeps_its_verdict_and_its_course(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 10:40");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 10:30");
    desk_act("window", "on");
    assert_int_equal(desk_timing("look")->verdict, VERDICT_ON_TIME);
    assert_int_equal(desk_clock("seen")->verdict, VERDICT_ON_TIME);
    desk_at("2026-03-02 11:00");
    annul(1);
    assert_int_equal(desk_clock("seen")->verdict, VERDICT_ON_TIME);
    assert_int_equal(desk.out.n_timing, 0);
    assert_int_equal(desk.out.n_card, 0);
    assert_string_equal(desk_held("seen"), "lead 10, outage 80, lead 10");
    assert_string_equal(desk_held("whole"), "lead 100, applicant 20");
}

static void
another_that_holds_goes_on_holding(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 09:20");
    desk_stop("look", "test");
    desk_at("2026-03-02 09:40");
    desk_resume(1);
    desk_at("2026-03-02 12:00");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 10:00");
    desk_suffer(2, "2026-03-02 09:50", "2026-03-02 10:20");
    assert_string_equal(desk_held("look"), "lead 10, outage 10, test 20, outage 40, lead 100");
    annul(1);
    assert_string_equal(desk_held("look"), "lead 20, test 20, lead 10, outage 30, lead 100");
    annul(2);
    assert_string_equal(desk_held("look"), "lead 20, test 20, lead 140");
}

static void
the_right_one_may_take_its_place(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 10:45");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 10:40");
    desk_suffer(2, "2026-03-02 09:10", "2026-03-02 09:20");
    annul(1);
    assert_string_equal(desk_held("look"), "lead 10, outage 10, lead 85");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 10:40"); /* said late: it was taken back */
    assert_int_equal(desk.out.n_record, 2);                 /* what has come due */
    assert_string_equal(desk_held("look"), "lead 10, outage 10, lead 85");
}

static void
once_and_only_who_was_told(void **state)
{
    (void)state;
    desk_counter();
    desk_at("2026-03-02 09:20");
    annul(1);
    assert_int_equal(desk.out.n_record, 0);
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 09:15");
    annul(1);
    assert_int_equal(desk.out.n_record, 1);
    annul(1);
    assert_int_equal(desk.out.n_record, 0);
    desk_act("window", "on");
    desk_act("applicant", "send");
    desk_act("window", "end");
    desk_refused(annulment(1), ERROR_CASE_CLOSED);
}

/* Of a step that has no limit, too, and of a clock that begins earlier than it is learned. */
static void
nothing_later_stands_for_it(void **state)
{
    struct command cmd;

    (void)state;
    desk_counter();
    desk_at("2026-03-02 11:00");
    desk_suffer(1, "2026-03-02 09:30", "2026-03-02 10:30");
    annul(1);
    desk_at("2026-03-02 11:30");
    cmd = desk_action("window", "on", NULL);
    cmd.happened = desk_moment("2026-03-02 10:00"); /* on paper */
    desk_history(&cmd);
    assert_true(desk_give(cmd));
    assert_int_equal(desk_timing("look")->measure.counted, 60 * SPAN_MINUTE);
    assert_string_equal(desk_held("fill"), "applicant 90");
    desk_act("applicant", "send");
    desk_at("2026-03-02 12:00");
    desk_suffer(2, "2026-03-02 11:40", "2026-03-02 11:50");
    annul(2);
    desk_act("window", "end");
    assert_int_equal(desk_timing("check")->measure.stopped, 0);
}

/* A stop of the definition's own that is called as ours is, held by whose step it is, stays. */
static void
a_ground_of_the_same_name_is_kept(void **state)
{
    (void)state;
    desk_define("'grounds': {'outage': {'command': true}}, 'start': 'look', 'steps': {'look':"
                " {'by': 'window', 'limit': '60 minutes', 'actions': {'on': 'over'}}, 'over':"
                " {'end': 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_at("2026-03-02 09:10");
    desk_stop("look", "outage");
    desk_at("2026-03-02 09:20");
    desk_resume(1);
    desk_at("2026-03-02 09:50");
    desk_suffer(1, "2026-03-02 09:05", "2026-03-02 09:40");
    assert_string_equal(desk_held("look"), "lead 5, outage 5, outage 10, outage 20, lead 10");
    annul(1);
    assert_string_equal(desk_held("look"), "lead 10, outage 10, lead 30");
}

/* The case as it is after @cmd under @w, which must be accepted. */
static const struct case_state *
after(const struct workflow *w, const struct case_state *c, const struct command *cmd,
      struct value *record)
{
    const struct setting s = {.calendar = desk.calendar, .workflow = w, .now = desk.now};
    struct text t = text_new(&desk.arena);
    struct outcome o;

    if (!machine_decide(&s, c, cmd, &desk.arena, &o, NULL, &desk.e))
        fail_msg("%s", desk.e.detail);
    record_write(&t, w, &o.record[o.n_record - 1]);
    *record = *desk_json(t.at);
    return o.next;
}

/* Moves the case, which knows outage 1, to another version, and takes that outage back there. */
static const struct case_state *
move_and_annul(struct error *e)
{
    const struct workflow *to = version_noting(&desk.arena, desk.w);
    struct command all = {.kind = COMMAND_ANNUL}, cmd;
    const struct case_state *c;
    struct value record[12];
    struct migration m;
    struct setting s = {.calendar = desk.calendar, .workflow = to, .now = desk.now};
    struct outcome o;

    migration_plain(&desk.arena, desk.w, to, &m);
    cmd = desk_command(COMMAND_MIGRATE, "administrator");
    cmd.migration = &m;
    desk_history(&all);
    assert_true(all.n_history < 12);
    memcpy(record, all.history, all.n_history * sizeof(*record));
    c = after(desk.w, desk.c, &cmd, &record[all.n_history]);
    cmd = desk_command(COMMAND_ANNUL_OUTAGE, "supervisor");
    cmd.number = 1;
    cmd.history = record;
    cmd.n_history = all.n_history + 1;
    return machine_decide(&s, c, &cmd, &desk.arena, &o, NULL, e) ? o.next : NULL;
}

static void
what_moved_to_another_version_has_not_stood_before(void **state)
{
    const struct case_state *c;
    const struct case_clock *k;

    (void)state;
    desk_counter();
    desk_at("2026-03-02 11:00");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 10:30");
    desk_suffer(2, "2026-03-02 10:20", "2026-03-02 10:40");
    c = move_and_annul(&desk.e);
    assert_non_null(c);
    k = case_clock(c, desk_clock("look")->id);
    assert_int_equal(k->n_stand, 1);
    assert_int_equal(k->stand[0].from, desk_moment("2026-03-02 10:20"));
    assert_int_equal(k->due, desk_moment("2026-03-02 10:00"));
}

static void
what_cannot_be_told_apart_is_left_to_a_person(void **state)
{
    (void)state;
    desk_define("'grounds': {'outage': {'command': true}}, 'start': 'look', 'steps': {'look':"
                " {'by': 'window', 'limit': '60 minutes', 'actions': {'on': 'over'}}, 'over':"
                " {'end': 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_stop("look", "outage");
    desk_at("2026-03-02 09:10");
    desk_resume(1);
    desk_at("2026-03-02 11:00");
    desk_suffer(1, "2026-03-02 09:05", "2026-03-02 10:30");
    assert_null(move_and_annul(&desk.e));
    assert_int_equal(desk.e.code, ERROR_ANNUL_IMPOSSIBLE);
}

static void
only_a_supervisor_says_so_and_why(void **state)
{
    struct command cmd;

    (void)state;
    desk_counter();
    desk_at("2026-03-02 09:40");
    desk_suffer(1, "2026-03-02 09:10", "2026-03-02 09:30");
    cmd = annulment(1);
    cmd.actor = desk_command(COMMAND_ANNUL_OUTAGE, "head").actor;
    assert_false(machine_may(desk.w, desk.c, &cmd, &desk.e));
    cmd = annulment(1);
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    desk_refused(annulment(0), ERROR_NOT_FOUND);
}

#define NONE_WAS(test) cmocka_unit_test_setup_teardown(test, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        NONE_WAS(clocks_run_again_where_they_stood),
        NONE_WAS(a_limit_thought_kept_is_broken_after_all),
        NONE_WAS(what_has_ended_keeps_its_verdict_and_its_course),
        NONE_WAS(another_that_holds_goes_on_holding),
        NONE_WAS(the_right_one_may_take_its_place),
        NONE_WAS(once_and_only_who_was_told),
        NONE_WAS(nothing_later_stands_for_it),
        NONE_WAS(a_ground_of_the_same_name_is_kept),
        NONE_WAS(what_moved_to_another_version_has_not_stood_before),
        NONE_WAS(what_cannot_be_told_apart_is_left_to_a_person),
        NONE_WAS(only_a_supervisor_says_so_and_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
