/* SPDX-License-Identifier: Apache-2.0 */
/* Parent and child tell one another that they stand and go on. */
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

/* A step with three children; @rest is more of it. */
static void
family(const char *cascade, const char *rest)
{
    desk_define(arena_printf(
        &desk.arena,
        "'form': {'required': ['shops'], 'properties': {'shops': {'type': 'array', 'items':"
        " {'type': 'object'}}}}, 'grounds': {'dust': {'command': true}, 'flood': {'command': true},"
        " 'shops': {}}, 'clocks': {'all': {'kind': 'promised', 'limit': '10 working days',"
        " 'from': 'opened'}}, 'start': 'open', 'steps': {'open': {'by': 'registrar', 'to': 'end',"
        " 'join': 'all', 'cases': {'workflow': 'shop', 'each': 'form.shops' %s} %s,"
        " 'actions': {'go': 'end'}}, 'end': {'end': 'over'}}",
        cascade, rest));
    desk_open("{'shops': [{}, {}, {}]}");
}

static struct command
standing(int32_t child, int32_t record, bool stands)
{
    return desk_relay("stands", child,
                      arena_printf(&desk.arena, "{'record': %d, 'stands': %s}", record,
                                   stands ? "true" : "false"));
}

static const char *
said(uint32_t i)
{
    struct text t = text_new(&desk.arena);
    const struct relay *x = &desk.out.relay[i];

    value_write(&t, &x->value);
    return arena_printf(&desk.arena, "%lld %s %d %s", (long long)x->case_id, x->what, x->child,
                        t.at);
}

/* The ground by which the clock of the case stands now. */
static const char *
ground(void)
{
    const struct case_clock *k = desk_clock("all");

    return case_clock_stands(k) ? k->stand[k->n_stand - 1].ground : "runs";
}

static void
a_step_stands_while_all_its_children_do(void **state)
{
    (void)state;
    family("", ", 'stopsWhen': {'ground': 'shops'}");
    assert_true(desk.out.relay[0].listens);
    assert_true(desk_give(standing(1, 2, true)));
    assert_true(desk_give(standing(2, 2, true)));
    assert_string_equal(ground(), "runs");
    assert_true(desk_give(standing(3, 4, true)));
    assert_string_equal(ground(), "shops");
    desk_at("2026-03-04 09:00");
    assert_true(desk_give(standing(2, 5, false)));
    assert_string_equal(ground(), "runs");
    /* The one that runs ends, and those that are left stand. */
    assert_true(desk_give(desk_relay("concluded", 2, "{'outcome': 'done'}")));
    assert_string_equal(ground(), "shops");
    assert_true(desk_give(desk_relay("concluded", 1, "{'outcome': 'done'}")));
    assert_string_equal(ground(), "shops");
    assert_true(desk_give(desk_relay("concluded", 3, "{'outcome': 'done'}")));
    assert_string_equal(desk_steps(), "over");
}

static void
or_while_one_does(void **state)
{
    (void)state;
    family("", ", 'stopsWhen': {'children': 'any', 'ground': 'shops'}");
    assert_true(desk_give(standing(1, 2, true)));
    assert_string_equal(ground(), "shops");
    assert_true(desk_give(standing(2, 2, true)));
    assert_int_equal(desk_facts(FACT_STOPPED), 0);
    assert_true(desk_give(standing(1, 3, false)));
    assert_string_equal(ground(), "shops");
    assert_true(desk_give(desk_relay("concluded", 2, "{'outcome': 'done'}")));
    assert_string_equal(ground(), "runs");
}

static void
nobody_resumes_by_hand_what_its_children_hold(void **state)
{
    struct command resume = desk_command(COMMAND_RESUME, "registrar");

    (void)state;
    family("", ", 'stopsWhen': {'children': 'any', 'ground': 'shops'}");
    assert_true(desk_give(standing(1, 2, true)));
    resume.number = 1;
    desk_refused(resume, ERROR_NOT_STOPPED);
}

static void
what_was_overtaken_changes_nothing(void **state)
{
    (void)state;
    family("", ", 'stopsWhen': {'children': 'any', 'ground': 'shops'}");
    assert_true(desk_give(standing(1, 7, false))); /* that it stood is still on its way */
    desk_refused(standing(1, 5, true), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(standing(1, 7, false), ERROR_ACTION_NOT_ALLOWED);
    assert_string_equal(ground(), "runs");
    assert_true(desk_give(standing(1, 8, true)));
    assert_string_equal(ground(), "shops");
}

static void
a_step_that_does_not_look_at_its_children_hears_nothing(void **state)
{
    (void)state;
    family(", 'cascade': ['cancel']", "");
    assert_false(desk.out.relay[0].listens);
    assert_true(desk_give(standing(1, 2, true)));
    assert_string_equal(ground(), "runs");
}

static void
a_stop_of_the_step_is_told_to_children_and_that_it_goes_on(void **state)
{
    (void)state;
    family(", 'cascade': 'stop'", "");
    desk_born(1);
    desk_born(2);
    assert_true(desk_give(desk_relay("concluded", 2, "{'outcome': 'done'}")));
    desk_stop("open", "dust");
    assert_int_equal(desk.out.n_relay, 1); /* one has ended, one is not there yet */
    assert_string_equal(said(0), "101 stop 1 {\"ground\":\"dust\",\"record\":5}");
    desk_born(3);
    assert_string_equal(said(0), "103 stop 3 {\"ground\":\"dust\",\"record\":6}");
    desk_resume(1);
    assert_int_equal(desk.out.n_relay, 2);
    assert_string_equal(said(1), "103 stop 3 {\"record\":7}");
}

static void
a_step_that_is_left_lets_its_children_go_on(void **state)
{
    (void)state;
    family(", 'cascade': 'stop'", "");
    desk_born(1);
    desk_stop("open", "dust");
    desk_act("registrar", "go");
    assert_int_equal(desk.out.n_relay, 1);
    assert_string_equal(said(0), "101 stop 1 {\"record\":4}");
}

/* A child: two steps, the second of which stands by itself. */
static void
child(bool listens)
{
    const struct opening o = {
        .number = "C-7",
        .district = "371502",
        .applicant_kind = "enterprise",
        .parent = {.case_id = 42, .case_number = "P-1", .child = 7, .listens = listens}};
    struct command open = desk_command(COMMAND_OPEN, "window");

    desk_define(
        "'grounds': {'dust': {'command': true}, 'flood': {'command': true}, 'mend': {}},"
        " 'clocks': {'all': {'kind': 'promised', 'limit': '10 working days', 'from': 'opened'}},"
        " 'start': 'look', 'steps': {'look': {'by': 'window', 'actions': {'mend': 'mend',"
        " 'go': 'end'}}, 'mend': {'by': 'applicant', 'stops': {'ground': 'mend'}, 'actions':"
        " {'submit': 'look'}}, 'end': {'end': 'over'}}");
    open.opening = &o;
    open.input = *desk_json("{}");
    assert_true(desk_give(open));
}

static void
a_child_tells_when_it_stands_and_goes_on_where_the_parent_listens(void **state)
{
    (void)state;
    child(true);
    desk_act("window", "mend");
    assert_int_equal(desk.out.n_relay, 1);
    assert_string_equal(said(0), "42 stands 7 {\"record\":2,\"stands\":true}");
    desk_act("applicant", "submit");
    assert_string_equal(said(0), "42 stands 7 {\"record\":3,\"stands\":false}");
    desk_annul(3); /* the wrong click: it stands as it did */
    assert_string_equal(said(0), "42 stands 7 {\"record\":4,\"stands\":true}");
    child(false);
    desk_act("window", "mend");
    assert_int_equal(desk.out.n_relay, 0);
}

static struct command
stop(const char *by, int32_t record)
{
    return desk_relay("stop", 7,
                      by ? arena_printf(&desk.arena, "{'ground': '%s', 'record': %d}", by, record)
                         : arena_printf(&desk.arena, "{'record': %d}", record));
}

static void
a_child_stands_with_its_parent_whatever_its_step(void **state)
{
    struct command resume = desk_command(COMMAND_RESUME, "window");

    (void)state;
    child(true);
    assert_true(desk_give(stop("dust", 5)));
    assert_string_equal(ground(), "dust");
    assert_string_equal(said(0), "42 stands 7 {\"record\":2,\"stands\":true}");
    resume.number = 1;
    desk_refused(resume, ERROR_NOT_STOPPED);
    desk_act("window", "mend");
    desk_act("applicant", "submit");
    assert_string_equal(ground(), "dust");
    desk_refused(stop(NULL, 4), ERROR_ACTION_NOT_ALLOWED);
    assert_true(desk_give(stop("flood", 6)));
    assert_string_equal(ground(), "flood");
    desk_at("2026-03-04 09:00");
    assert_true(desk_give(stop(NULL, 7)));
    assert_string_equal(ground(), "runs");
    assert_string_equal(desk_due("all"), "2026-03-17 17:00"); /* one day later */
    desk_refused(stop("smoke", 8), ERROR_GROUND_UNKNOWN);
    desk_act("window", "go");
    desk_refused(stop("dust", 9), ERROR_CASE_CLOSED);
}

/* A command that is recorded now and happened then. */
static void
give_late(struct command cmd, const char *happened)
{
    cmd.happened = desk_moment(happened);
    desk_history(&cmd);
    if (!desk_give(cmd))
        fail_msg("%s", desk.e.detail);
}

static const char *
micros(const char *moment)
{
    return arena_printf(&desk.arena, "%lld", (long long)desk_moment(moment));
}

static void
what_was_recorded_late_is_told_with_its_moment(void **state)
{
    struct command stop_it = desk_command(COMMAND_STOP, "head");
    struct command resume = desk_command(COMMAND_RESUME, "head");

    (void)state;
    family(", 'cascade': 'stop'", "");
    desk_born(1);
    desk_at("2026-03-05 09:00");
    stop_it.step = "open";
    stop_it.ground = "dust";
    give_late(stop_it, "2026-03-03 09:00");
    assert_string_equal(said(0),
                        arena_printf(&desk.arena,
                                     "101 stop 1 {\"ground\":\"dust\",\"happened\":%s,\"record\":3,"
                                     "\"since\":%s}",
                                     micros("2026-03-03 09:00"), micros("2026-03-03 09:00")));
    resume.number = 1;
    give_late(resume, "2026-03-04 09:00");
    assert_string_equal(said(0),
                        arena_printf(&desk.arena, "101 stop 1 {\"happened\":%s,\"record\":4}",
                                     micros("2026-03-04 09:00")));
}

static void
hear_late(const char *ground, int32_t record, const char *happened, const char *since)
{
    struct command cmd = stop(ground, record);

    cmd.input = value_with(&desk.arena, &cmd.input, "happened", value_int(desk_moment(happened)));
    if (since)
        cmd.input = value_with(&desk.arena, &cmd.input, "since", value_int(desk_moment(since)));
    desk_history(&cmd);
    if (!desk_give(cmd))
        fail_msg("%s", desk.e.detail);
}

/* Ten working days from Monday the 2nd are over on the 16th. */
static void
k3_a_child_stands_since_its_parent_did(void **state)
{
    (void)state;
    child(false);
    desk_at("2026-03-05 10:00");
    hear_late("dust", 5, "2026-03-03 09:00", "2026-03-03 09:00");
    desk_at("2026-03-06 10:00");
    assert_true(desk_give(stop(NULL, 6)));
    assert_string_equal(desk_due("all"), "2026-03-19 17:00"); /* the 3rd, 4th and 5th */
    /* That it had gone on is learned late, too; one that was before that stays one stop. */
    desk_at("2026-03-09 09:00");
    assert_true(desk_give(stop("dust", 7)));
    desk_at("2026-03-12 09:00");
    hear_late(NULL, 8, "2026-03-10 09:00", NULL);
    assert_string_equal(desk_due("all"), "2026-03-20 17:00");
    /* Before it was opened there was nothing to stop. */
    child(false);
    desk_at("2026-03-03 10:00");
    hear_late("dust", 5, "2026-02-10 09:00", "2026-02-10 09:00");
    assert_int_equal(desk.c->stop[0].from, desk.c->opened);
}

static void
an_earlier_stop_or_a_gap_between_two_is_the_childs_too(void **state)
{
    (void)state;
    child(false);
    desk_at("2026-03-05 09:00");
    assert_true(desk_give(stop("dust", 5)));
    desk_at("2026-03-06 09:00");
    hear_late("dust", 6, "2026-03-03 09:00", "2026-03-03 09:00"); /* another stop before it */
    desk_at("2026-03-09 09:00");
    assert_true(desk_give(stop(NULL, 7)));
    assert_string_equal(desk_due("all"), "2026-03-20 17:00"); /* the 3rd, 4th, 5th, 6th */
    child(false);
    desk_at("2026-03-03 09:00");
    assert_true(desk_give(stop("dust", 5)));
    desk_at("2026-03-06 09:00"); /* of two stops the first was over on the 4th */
    hear_late("flood", 6, "2026-03-04 09:00", "2026-03-05 09:00");
    desk_at("2026-03-09 09:00");
    assert_true(desk_give(stop(NULL, 7)));
    assert_string_equal(desk_due("all"), "2026-03-19 17:00"); /* the 3rd, 5th, 6th */
}

/* What is told as it happens is asked of no history, of which there is none. */
static void
a_child_that_came_from_another_version_stands_too(void **state)
{
    static const char *const role[] = {"administrator"};
    struct command move = desk_command(COMMAND_MIGRATE, "window"), heard;
    const struct workflow *to;
    struct case_state *c;
    struct migration m;
    struct setting s;
    struct error e = {0};

    (void)state;
    child(true);
    to = version_noting(&desk.arena, desk.w);
    assert_non_null(to);
    c = desk.c;
    s = (struct setting){.workflow = desk.w, .calendar = desk.calendar, .now = desk.now};
    migration_plain(&desk.arena, desk.w, to, &m);
    move.actor = (struct actor){.id = "zhao", .role = role, .n_role = 1, .district = "*"};
    move.migration = &m;
    assert_true(machine_decide(&s, c, &move, &desk.arena, &desk.out, NULL, &e));
    c = desk.out.next;
    assert_int_not_equal(c->migrated, 0);
    s.workflow = to;
    heard = stop("dust", 5);
    assert_true(machine_decide(&s, c, &heard, &desk.arena, &desk.out, NULL, &e));
    heard = stop(NULL, 6);
    assert_true(machine_decide(&s, desk.out.next, &heard, &desk.arena, &desk.out, NULL, &e));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_step_stands_while_all_its_children_do),
        TEST(or_while_one_does),
        TEST(nobody_resumes_by_hand_what_its_children_hold),
        TEST(what_was_overtaken_changes_nothing),
        TEST(a_step_that_does_not_look_at_its_children_hears_nothing),
        TEST(a_stop_of_the_step_is_told_to_children_and_that_it_goes_on),
        TEST(a_step_that_is_left_lets_its_children_go_on),
        TEST(a_child_tells_when_it_stands_and_goes_on_where_the_parent_listens),
        TEST(a_child_stands_with_its_parent_whatever_its_step),
        TEST(what_was_recorded_late_is_told_with_its_moment),
        TEST(k3_a_child_stands_since_its_parent_did),
        TEST(a_child_that_came_from_another_version_stands_too),
        TEST(an_earlier_stop_or_a_gap_between_two_is_the_childs_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
