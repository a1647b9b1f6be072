/* SPDX-License-Identifier: Apache-2.0 */
/* Facts learned late, silence with an effect in law, work on hold (DESIGN 5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define GROUNDS "'grounds': {'test': {'command': true}, 'hear': {'command': true}}, "
#define END     "'end': {'end': 'over'}, 'gone': {'end': 'lapsed'}"

/* Receipt within five working days or deemed; then a review under the law's clock. */
static void
counter(void)
{
    desk_define(GROUNDS
                "'backdateBy': ['window'], 'clocks': {'law': {'kind': 'statutory', 'from':"
                " 'accepted', 'limit': '20 working days'}, 'whole': {'kind': 'promised', 'from':"
                " 'opened', 'limit': '9 working days'}}, 'start': 'accept', 'steps': {'accept':"
                " {'by': 'window', 'limit': '2 working days', 'actions': {'accept': {'to':"
                " 'review', 'marks': 'accepted'}, 'refuse': 'gone'}, 'after': {'5 working days':"
                " {'to': 'review', 'marks': 'accepted', 'deem': {'kind': 'accepted', 'basis':"
                " '32', 'effective': 'entered'}}}}, 'review': {'by': 'window', 'actions': {'done':"
                " 'end'}, 'after': {'30 working days': {'to': 'gone', 'deem': {'kind':"
                " 'refused'}}}}, " END "}");
    desk_open("{}");
}

static void
t11_deemed_acceptance_runs_from_receipt(void **state)
{
    (void)state;
    counter();
    desk_look("2026-03-09 17:00");
    assert_string_equal(desk_steps(), "accept");
    desk_look("2026-03-09 17:01");
    assert_string_equal(desk_steps(), "review");
    assert_int_equal(desk_facts(FACT_DEEMED), 1);
    assert_int_equal(desk_clock("law")->started, desk_moment("2026-03-02 09:00"));
    assert_string_equal(desk_due("law"), "2026-03-30 17:00");
    assert_int_equal(desk.c->moment, desk_moment("2026-03-09 17:00"));
}

static void
deemed_from_entry_the_stops_of_the_step_count_for_the_clock(void **state)
{
    (void)state;
    counter();
    desk_at("2026-03-03 10:00");
    desk_stop("accept", "test");
    desk_at("2026-03-05 10:00");
    desk_resume(1);
    desk_look("2026-03-10 09:00");
    assert_int_equal(desk_clock("law")->n_stand, 1);
    assert_string_equal(desk_due("law"), "2026-04-01 17:00");
}

static void
what_happened_in_time_is_on_time_however_late_it_is_recorded(void **state)
{
    (void)state;
    counter();
    desk_look("2026-03-05 09:00");
    assert_true(desk_clock("accept")->late);
    assert_true(desk_give(desk_late_act("window", "accept", "2026-03-04 16:00")));
    assert_int_equal(desk_timing("accept")->verdict, VERDICT_ON_TIME);
    assert_int_equal(desk_timing("accept")->ended, desk_moment("2026-03-04 16:00"));
    assert_string_equal(desk_due("law"), "2026-04-01 17:00");
    assert_int_equal(desk.c->moment, desk_moment("2026-03-05 09:00"));
    assert_int_equal(desk.c->visit[0].entered, desk_moment("2026-03-04 16:00"));
}

/* What is left of a state when its moments of recording are taken away. */
static const char *
bare(void)
{
    static const char *const word[] = {"moment", "recorded"};
    struct text t = text_new(&desk.arena);
    struct value v;

    case_write(&t, desk.w, desk.c);
    v = *desk_json(t.at);
    for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
        v = value_with(&desk.arena, &v, word[i], value_null());
    t = text_new(&desk.arena);
    value_write(&t, &v);
    return t.at;
}

static void
t05_an_action_at_the_due_instant_gives_the_same_before_and_after_the_card(void **state)
{
    const char *in_time;

    (void)state;
    counter();
    desk_at("2026-03-04 17:00");
    desk_act("window", "accept");
    assert_int_equal(desk_timing("accept")->verdict, VERDICT_ON_TIME);
    in_time = bare();
    counter();
    desk_look("2026-03-04 17:01");
    assert_int_equal(desk_facts(FACT_LATE), 1);
    assert_true(desk_give(desk_late_act("window", "accept", "2026-03-04 17:00")));
    assert_int_equal(desk_timing("accept")->verdict, VERDICT_ON_TIME);
    assert_string_equal(bare(), in_time);
}

static void
t10_a_stop_learned_late_moves_the_clocks_as_if_it_had_been_known(void **state)
{
    struct command cmd;
    const char *due;

    (void)state;
    counter();
    desk_at("2026-03-03 10:00");
    desk_stop("accept", "test");
    desk_at("2026-03-04 10:00");
    desk_resume(1);
    due = arena_strdup(&desk.arena, desk_due("whole"));
    counter();
    desk_look("2026-03-05 10:00");
    assert_true(desk_clock("accept")->late);
    cmd = desk_command(COMMAND_STOP, "window");
    cmd.step = "accept";
    cmd.ground = "test";
    cmd.happened = desk_moment("2026-03-03 10:00");
    desk_history(&cmd);
    assert_true(desk_give(cmd));
    assert_int_equal(desk_facts(FACT_COURSE), 2);
    assert_string_equal(desk_due("whole"), "none");
    cmd = desk_command(COMMAND_RESUME, "window");
    cmd.number = 1;
    cmd.happened = desk_moment("2026-03-04 10:00");
    desk_history(&cmd);
    assert_true(desk_give(cmd));
    assert_string_equal(desk_due("whole"), due);
    assert_int_equal(desk_clock("whole")->n_stand, 1);
    assert_string_equal(desk_due("accept"), "2026-03-05 17:00");
    assert_false(desk_clock("accept")->late);
}

static void
saying_that_it_happened_earlier_takes_a_role_a_reason_and_a_possible_moment(void **state)
{
    struct command cmd;

    (void)state;
    counter();
    desk_at("2026-03-03 10:00");
    cmd = desk_late_act("window", "accept", "2026-03-02 08:59");
    desk_refused(cmd, ERROR_HAPPENED_OUTSIDE);
    desk_refused(desk_late_act("window", "accept", "2026-03-03 10:01"), ERROR_HAPPENED_OUTSIDE);
    cmd = desk_late_act("window", "accept", "2026-03-02 10:00");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd = desk_late_act("import", "accept", "2026-03-02 10:00");
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd = desk_late_act("window", "accept", "2026-03-03 10:00");
    cmd.reason = NULL;
    assert_true(desk_give(cmd));
}

static void
an_act_in_time_that_silence_overtook_contradicts_it_until_a_supervisor_restores(void **state)
{
    struct command cmd;
    int32_t silent;

    (void)state;
    counter();
    desk_look("2026-03-10 09:00");
    silent = (int32_t)desk.c->recorded;
    cmd = desk_late_act("window", "refuse", "2026-03-06 10:00");
    assert_true(desk_give(cmd));
    assert_int_equal(desk_facts(FACT_CONTRADICTED), 1);
    assert_string_equal(desk_steps(), "review");
    assert_int_equal(desk.c->contradicted, 1);
    desk_annul(silent);
    assert_int_equal(desk.c->contradicted, 0);
    assert_string_equal(desk_steps(), "accept");
    desk_look("2026-03-10 10:00");
    assert_string_equal(desk_steps(), "accept");
    assert_true(desk_give(desk_late_act("window", "refuse", "2026-03-06 10:00")));
    assert_string_equal(desk_steps(), "lapsed");
}

static void
a_closed_case_can_be_contradicted_too_and_settled(void **state)
{
    struct command cmd;

    (void)state;
    counter();
    desk_act("window", "accept");
    desk_look("2026-05-20 09:00");
    assert_string_equal(desk_steps(), "lapsed");
    desk_refused(desk_late_act("window", "accept", "2026-03-03 10:00"), ERROR_CASE_CLOSED);
    assert_true(desk_give(desk_late_act("window", "done", "2026-03-06 10:00")));
    assert_int_equal(desk.c->contradicted, 2);
    cmd = desk_command(COMMAND_RECONCILE, "window");
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd = desk_command(COMMAND_RECONCILE, "supervisor");
    assert_true(desk_give(cmd));
    assert_int_equal(desk.c->contradicted, 0);
    desk_refused(cmd, ERROR_NOT_CONTRADICTED);
}

static void
without_contradiction_silence_is_not_taken_back(void **state)
{
    (void)state;
    counter();
    desk_look("2026-03-10 09:00");
    desk_refused(desk_annulment((int32_t)desk.c->recorded), ERROR_ANNUL_IMPOSSIBLE);
}

static void
work_on_hold_waits_and_its_clocks_run(void **state)
{
    struct command cmd;

    (void)state;
    counter();
    cmd = desk_command(COMMAND_HOLD, "window");
    cmd.step = "accept";
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd.reason = "等待原件";
    assert_true(desk_give(cmd));
    assert_string_equal(desk.c->visit[0].hold, "等待原件");
    assert_string_equal(desk_due("accept"), "2026-03-04 17:00");
    cmd = desk_command(COMMAND_CONTINUE, "window");
    cmd.step = "accept";
    assert_true(desk_give(cmd));
    assert_null(desk.c->visit[0].hold);
    desk_refused(cmd, ERROR_NOT_HELD);
    cmd = desk_command(COMMAND_HOLD, "head");
    cmd.step = "accept";
    assert_true(desk_give(cmd));
    /* Acting ends it. */
    desk_act("window", "accept");
    assert_null(desk.c->visit[0].hold);
}

/* "issued blue 1" and the like, of the last outcome. */
static const char *
cards(void)
{
    static const char *const kind[] = {"blue", "broken", "contradicted"};
    struct text t = text_new(&desk.arena);

    text_str(&t, "");
    for (uint32_t i = 0; i < desk.out.n_card; i++) {
        const struct card *c = &desk.out.card[i];

        text_printf(&t, "%s%s %s %s", i ? ", " : "", c->withdrawn ? "withdrawn" : "issued",
                    kind[c->kind], c->rule == NONE ? "case" : desk.w->clock[c->rule].id);
    }
    return t.at;
}

static void
warner(void)
{
    desk_define(GROUNDS
                "'backdateBy': ['window'], 'clocks': {'law': {'kind': 'statutory', 'from':"
                " 'opened', 'limit': '5 working days', 'warns': true, 'extension': {'limit':"
                " '5 working days', 'by': 'head'}}}, 'start': 't', 'steps': {'t': {'by': 'window',"
                " 'limit': '1 hour', 'actions': {'done': 'end', 'note': {}}}, " END "}");
    desk_open("{}");
}

static void
a_blue_card_is_issued_once_and_withdrawn_when_the_date_moves(void **state)
{
    struct command cmd;

    (void)state;
    warner();
    desk_look("2026-03-06 17:00");
    assert_string_equal(cards(), "issued broken t");
    desk_look("2026-03-06 17:01");
    assert_string_equal(cards(), "issued blue law");
    assert_int_equal(desk.out.card[0].colour, COLOUR_BLUE);
    desk_look("2026-03-09 16:00");
    assert_string_equal(cards(), "");
    cmd = desk_command(COMMAND_EXTEND, "head");
    cmd.clock = "law";
    cmd.document = "聊告字1号";
    assert_true(desk_give(cmd));
    assert_string_equal(cards(), "withdrawn blue law");
    /* Two working days before the end of ten. */
    desk_look("2026-03-12 17:01");
    assert_string_equal(cards(), "issued blue law");
    desk_look("2026-03-16 17:01");
    assert_string_equal(cards(), "issued broken law");
    assert_int_equal(desk.out.card[0].colour, COLOUR_RED);
}

static void
t04_a_card_has_a_key_that_is_used_once(void **state)
{
    (void)state;
    warner();
    desk_look("2026-03-06 17:01");
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.n_card, 2);
    assert_int_equal(desk.out.card[0].epoch, 1);
    for (int i = 0; i < 3; i++) {
        desk_look("2026-03-06 17:02");
        assert_int_equal(desk.out.n_record, 0);
        assert_int_equal(desk.out.n_card, 0);
    }
}

static void
t06_after_a_silence_the_cards_are_those_of_a_hall_that_never_slept(void **state)
{
    const char *awake;
    uint32_t n;

    (void)state;
    warner();
    desk_look("2026-03-02 10:01");
    n = desk.out.n_card;
    desk_look("2026-03-06 17:01");
    n += desk.out.n_card;
    desk_look("2026-03-09 17:01");
    n += desk.out.n_card;
    awake = arena_strdup(&desk.arena, desk_state());
    warner();
    desk_look("2026-03-09 17:01");
    assert_int_equal(desk.out.n_card, n);
    assert_int_equal(desk.out.n_record, 3);
    assert_string_equal(desk_state(), awake);
}

static void
a_card_is_withdrawn_by_what_is_learned_late(void **state)
{
    (void)state;
    warner();
    desk_look("2026-03-02 10:01");
    assert_string_equal(cards(), "issued broken t");
    assert_int_equal(desk.out.card[0].colour, COLOUR_YELLOW);
    desk_at("2026-03-02 11:00");
    assert_true(desk_give(desk_late_act("window", "done", "2026-03-02 10:00")));
    assert_string_equal(cards(), "withdrawn broken t");
}

static void
a_contradiction_is_on_the_register_until_it_is_dealt_with(void **state)
{
    int32_t silent;

    (void)state;
    counter();
    desk_look("2026-03-10 09:00");
    silent = (int32_t)desk.c->recorded;
    assert_true(desk_give(desk_late_act("window", "refuse", "2026-03-06 10:00")));
    assert_string_equal(cards(), "issued contradicted case");
    desk_annul(silent);
    assert_non_null(strstr(cards(), "withdrawn contradicted case"));
}

/* Two branches, the first learned late; the case has a clock of three days. */
static void
two_branches(void)
{
    desk_define(GROUNDS "'backdateBy': ['window'], 'start': 'p', 'clocks': {'whole': {'kind':"
                        " 'promised', 'from': 'opened', 'limit': '3 working days'}}, 'steps': {"
                        "'p': {'join': 'all', 'to': 'end', 'branches': {"
                        "'b': {'start': 'x', 'steps': {'x': {'by': 'window', 'actions': {'done':"
                        " '$done'}}}},"
                        "'c': {'start': 'x', 'steps': {'x': {'by': 'window', 'actions': {'close':"
                        " '$done'}}}}}}, " END "}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
}

static void
a_join_learned_late_is_met_with_the_last_thing_known_of_its_branches(void **state)
{
    (void)state;
    two_branches();
    desk_at("2026-03-04 10:00");
    desk_act("window", "close");
    /* The card of the late clock is no part of it: the case was through in time. */
    desk_look("2026-03-09 09:00");
    assert_true(desk_clock("whole")->late);
    assert_true(desk_give(desk_late_act("window", "done", "2026-03-03 10:00")));
    assert_string_equal(desk_steps(), "over");
    assert_int_equal(desk.c->mark[MARK_CLOSED], desk_moment("2026-03-04 10:00"));
    assert_int_equal(desk_clock("whole")->verdict, VERDICT_ON_TIME);
}

static void
silence_in_a_branch_of_a_list_is_contradicted_too(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'form': {'required': ['list'], 'properties': {'list': {'type': 'array',"
                " 'maxItems': 9, 'uniqueItems': true, 'items': {'type': 'string'}}}},"
                "'backdateBy': ['window'], 'start': 'p', 'steps': {'p': {'join': 'all', 'to':"
                " 'end', 'foreach': {'var': 'form.list'}, 'branch': {'title': {'zh': 'b', 'en': "
                "'b'}, 'start': 'x', 'steps': {"
                "'x': {'by': 'window', 'actions': {'done': '$done'}, 'after': {'2 working days':"
                " {'to': '$done'}}}}}}, " END "}");
    desk_at("2026-03-02 09:00");
    desk_open("{'list': ['A', 'B']}");
    desk_look("2026-03-09 09:00");
    cmd = desk_late_act("window", "done", "2026-03-03 10:00");
    cmd.step = "p.B.x";
    assert_true(desk_give(cmd));
    assert_int_equal(desk.c->contradicted, 3);
}

static void
what_is_learned_late_counts_a_clock_that_silence_began_as_before(void **state)
{
    (void)state;
    desk_define("'backdateBy': ['window'], 'grounds': {'test': {'command': true}}, 'clocks':"
                " {'law': {'kind': 'statutory', 'from': 'accepted', 'limit': '9 working days'}},"
                " 'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'on': 'b'}}, 'b': {"
                "'by': 'window', 'actions': {'done': 'end', 'note': {}}, 'after': {'2 working"
                " days': {'marks': 'accepted', 'deem': {'kind': 'accepted', 'effective':"
                " 'opened'}}}}, " END "}");
    desk_open("{}");
    desk_stop("a", "test");
    desk_at("2026-03-04 10:00");
    desk_act("window", "on");
    desk_look("2026-03-09 09:00");
    assert_string_equal(desk_due("law"), "2026-03-16 17:00");
    assert_true(desk_give(desk_late_act("window", "note", "2026-03-06 18:00")));
    assert_string_equal(desk_due("law"), "2026-03-16 17:00");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(t11_deemed_acceptance_runs_from_receipt),
        TEST(deemed_from_entry_the_stops_of_the_step_count_for_the_clock),
        TEST(what_happened_in_time_is_on_time_however_late_it_is_recorded),
        TEST(t05_an_action_at_the_due_instant_gives_the_same_before_and_after_the_card),
        TEST(t10_a_stop_learned_late_moves_the_clocks_as_if_it_had_been_known),
        TEST(saying_that_it_happened_earlier_takes_a_role_a_reason_and_a_possible_moment),
        TEST(an_act_in_time_that_silence_overtook_contradicts_it_until_a_supervisor_restores),
        TEST(a_closed_case_can_be_contradicted_too_and_settled),
        TEST(without_contradiction_silence_is_not_taken_back),
        TEST(a_blue_card_is_issued_once_and_withdrawn_when_the_date_moves),
        TEST(t04_a_card_has_a_key_that_is_used_once),
        TEST(t06_after_a_silence_the_cards_are_those_of_a_hall_that_never_slept),
        TEST(a_card_is_withdrawn_by_what_is_learned_late),
        TEST(a_contradiction_is_on_the_register_until_it_is_dealt_with),
        TEST(work_on_hold_waits_and_its_clocks_run),
        TEST(a_join_learned_late_is_met_with_the_last_thing_known_of_its_branches),
        TEST(silence_in_a_branch_of_a_list_is_contradicted_too),
        TEST(what_is_learned_late_counts_a_clock_that_silence_began_as_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
