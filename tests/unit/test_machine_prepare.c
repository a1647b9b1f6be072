/* SPDX-License-Identifier: Apache-2.0 */
/* Prepare, then decide: what is worked out ahead, how it is taken, what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/migrate.h"
#include "tests/support/desk.h"

#define TEXT "{'type': 'object', 'required': ['text'], 'properties': {'text': {'type': 'string'}}}"

/*
 * Planning decides, in a stage of its own, and then construction, which may be prepared meanwhile.
 * @permit: more of that step, @grant of its action.
 */
static void
project(const char *permit, const char *grant)
{
    desk_define(arena_printf(
        &desk.arena,
        "'withdraw': {'to': 'gone'}, 'start': 'accept', 'steps': {"
        "'accept': {'by': 'window', 'actions': {'accept': 'planning', 'skip': 'build'}},"
        "'planning': {'start': 'review', 'to': 'build', 'steps': {"
        " 'review': {'by': 'planner', 'actions': {'on': 'licence'}},"
        " 'licence': {'by': 'planner', 'actions': {'grant': '$done', 'refuse': 'refused'}}}},"
        "'build': {'start': 'permit', 'to': 'end', 'steps': {"
        " 'permit': {'by': 'builder', 'limit': '3 working days',"
        "  'prepare': {'during': ['planning']}, %s"
        "  'after': {'9 days': {'to': 'late'}}, 'actions': {"
        "  'grant': {'to': 'sign', 'input': " TEXT ", %s},"
        "  'note': {}, 'back': 'accept', 'refuse': 'refused'}},"
        " 'late': {'by': 'builder', 'actions': {'on': 'sign'}},"
        " 'sign': {'by': 'head', 'prepare': {'during': 'permit'},"
        "  'actions': {'sign': '$done', 'back': 'permit', 'again': 'accept'}}}},"
        "'end': {'end': 'granted'}, 'refused': {'end': 'refused'}, 'gone': {'end': 'gone'}}",
        permit, grant));
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_act("window", "accept");
}

static struct command
preparing(const char *who, const char *action, const char *step, const char *input)
{
    struct command cmd = desk_command(COMMAND_PREPARE, who);

    cmd.action = action;
    cmd.step = step;
    if (input)
        cmd.input = *desk_json(input);
    return cmd;
}

static void
prepare(const char *who, const char *action, const char *step, const char *input)
{
    if (!desk_give(preparing(who, action, step, input)))
        fail_msg("prepare %s: %s", step, desk.e.detail);
}

static struct command
unpreparing(const char *who, const char *step)
{
    struct command cmd = desk_command(COMMAND_UNPREPARE, who);

    cmd.step = step;
    return cmd;
}

static struct command
taking(const char *who, const char *action)
{
    struct command cmd = desk_action(who, action, NULL);

    cmd.prepared = true;
    return cmd;
}

static void
take(const char *who, const char *action)
{
    if (!desk_give(taking(who, action)))
        fail_msg("%s as prepared: %s", action, desk.e.detail);
}

/* Steps for which something is kept, each with what: "build.permit grant". */
static const char *
kept(void)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < desk.c->n_prepared; i++)
        text_printf(&t, "%s%s %s", i ? ", " : "", desk.w->step[desk.c->prepared[i].step].path,
                    desk.c->prepared[i].action);
    return t.len ? t.at : "nothing";
}

/* Why what was prepared is kept no more, by the last command. */
static const char *
gone(void)
{
    const struct record *r = &desk.out.record[desk.out.n_record - 1];
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < r->n_fact; i++)
        if (r->fact[i].kind == FACT_UNPREPARED)
            text_printf(&t, "%s%s", t.len ? ", " : "", r->fact[i].name);
    return t.len ? t.at : "nothing";
}

static void
it_is_worked_out_before_taken_there_and_its_clock_begins_there(void **state)
{
    (void)state;
    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    prepare("builder#li", "grant", "build.permit", "{'text': 'draft'}");
    assert_string_equal(desk_steps(), "planning.review");
    assert_string_equal(kept(), "build.permit grant");
    desk_at("2026-03-04 10:00");
    desk_act("planner", "on");
    desk_act("planner", "grant");
    assert_string_equal(desk_steps(), "build.permit");
    assert_string_equal(kept(), "build.permit grant");
    assert_string_equal(desk_due("build.permit"), "2026-03-09 17:00");
    take("builder#wu", "grant");
    assert_string_equal(desk_steps(), "build.sign");
    assert_string_equal(kept(), "nothing");
    assert_string_equal(gone(), "taken");
    assert_int_equal(desk_facts(FACT_ACTED), 1);
    for (uint32_t i = 0; i < desk.out.record[0].n_fact; i++)
        if (desk.out.record[0].fact[i].kind == FACT_UNPREPARED) {
            assert_string_equal(desk.out.record[0].fact[i].detail, "li");
            assert_string_equal(value_get_string(&desk.out.record[0].fact[i].value, "text"),
                                "draft");
        }
}

static void
only_who_decides_there_prepares_what_lies_ahead_as_its_form_asks(void **state)
{
    struct command stale;

    (void)state;
    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    desk_refused(preparing("planner", "refuse", "build.permit", NULL), ERROR_FORBIDDEN);
    desk_refused(preparing("window", "refuse", "build.permit", NULL), ERROR_FORBIDDEN);
    desk_refused(preparing("applicant", "refuse", "build.permit", NULL), ERROR_FORBIDDEN);
    desk_refused(preparing("planner", "grant", "planning.licence", NULL), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(preparing("builder", "grant", "nothing", NULL), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(preparing("builder", "sign", "build.permit", NULL), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(preparing("builder", NULL, "build.permit", NULL), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(preparing("builder", "grant", "build.permit", NULL), ERROR_FORM_INVALID);
    desk_refused(preparing("builder", "grant", "build.permit", "{'text': 1}"), ERROR_FORM_INVALID);
    desk_refused(preparing("builder", "refuse", "build.permit", "{'text': 'x'}"),
                 ERROR_UNKNOWN_MEMBER);
    desk_refused(preparing("head", "sign", "build.sign", NULL), ERROR_STEP_NOT_OPEN);
    stale = preparing("builder", "refuse", "build.permit", NULL);
    stale.revision = desk.c->revision - 1;
    desk_refused(stale, ERROR_STALE);
    desk_act("planner", "on");
    desk_act("planner", "grant");
    desk_refused(preparing("builder", "refuse", "build.permit", NULL), ERROR_ACTION_NOT_ALLOWED);
    prepare("head", "sign", "build.sign", NULL);
    desk_act("builder", "refuse");
    desk_refused(preparing("builder", "refuse", "build.permit", NULL), ERROR_CASE_CLOSED);
}

static void
who_comes_later_replaces_it_and_it_can_be_withdrawn(void **state)
{
    const int64_t at = desk_moment("2026-03-02 09:00");

    (void)state;
    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    desk_refused(unpreparing("builder", "build.permit"), ERROR_NOT_PREPARED);
    prepare("builder#li", "refuse", "build.permit", NULL);
    assert_int_equal(desk.c->revision, 3);
    desk_at("2026-03-03 09:00");
    prepare("builder#wu", "grant", "build.permit", "{'text': 'x'}");
    assert_string_equal(kept(), "build.permit grant");
    assert_string_equal(desk.c->prepared[0].by, "wu");
    assert_true(desk.c->prepared[0].at > at);
    desk_refused(unpreparing("planner", "build.permit"), ERROR_FORBIDDEN);
    assert_true(desk_give(unpreparing("builder#li", "build.permit")));
    assert_string_equal(kept(), "nothing");
    assert_string_equal(gone(), "withdrawn");
    desk_refused(desk_annulment(5), ERROR_ANNUL_IMPOSSIBLE); /* it was no act */
}

static void
what_is_taken_is_judged_when_it_is_taken(void **state)
{
    struct command with_input;

    (void)state;
    project("'distinctFrom': ['planning.licence'],",
            "'when': {'===': [{'var': 'input.text'}, {'var': ['step.planning.licence.by', '']}]}");
    prepare("builder#li", "grant", "build.permit", "{'text': 'zhao'}");
    desk_act("planner", "on");
    desk_act("planner#zhao", "grant");
    desk_refused(taking("builder#zhao", "grant"), ERROR_SAME_PERSON);
    desk_refused(taking("planner", "grant"), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(taking("builder", "refuse"), ERROR_NOT_PREPARED);
    with_input = taking("builder", "grant");
    with_input.input = *desk_json("{'text': 'zhao'}");
    desk_refused(with_input, ERROR_UNKNOWN_MEMBER);
    take("builder#li", "grant");
    assert_string_equal(desk_steps(), "build.sign");
    desk_refused(taking("head", "sign"), ERROR_NOT_PREPARED);

    project("",
            "'when': {'===': [{'var': 'input.text'}, {'var': ['step.planning.licence.by', '']}]}");
    prepare("builder", "grant", "build.permit", "{'text': 'qian'}");
    desk_act("planner", "on");
    desk_act("planner#zhao", "grant");
    desk_refused(taking("builder", "grant"), ERROR_GUARD_FAILED);
    assert_string_equal(kept(), "build.permit grant");
}

static void
it_lasts_as_long_as_what_is_around_it_and_its_step_is_left_once(void **state)
{
    (void)state;
    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    prepare("builder", "grant", "build.permit", "{'text': 'x'}");
    desk_act("planner", "on");
    desk_act("planner", "refuse");
    assert_string_equal(desk_steps(), "refused");
    assert_string_equal(gone(), "cancelled");

    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    prepare("builder", "grant", "build.permit", "{'text': 'x'}");
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    assert_string_equal(gone(), "cancelled");

    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    prepare("builder", "grant", "build.permit", "{'text': 'x'}");
    desk_act("planner", "on");
    desk_act("planner", "grant");
    prepare("head", "sign", "build.sign", NULL);
    desk_act("builder", "note"); /* leaves nothing */
    assert_string_equal(kept(), "build.permit grant, build.sign sign");
    desk_act("builder", "back"); /* leaves the stage, too */
    assert_string_equal(gone(), "left, cancelled");

    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    prepare("builder", "grant", "build.permit", "{'text': 'x'}");
    desk_act("planner", "on");
    desk_act("planner", "grant");
    desk_look("2026-03-12 00:00"); /* and so does silence */
    assert_string_equal(desk_steps(), "build.late");
    assert_string_equal(kept(), "nothing");
    assert_string_equal(gone(), "left");
}

static void
who_does_by_himself_what_was_prepared_takes_it_and_otherwise_leaves_it(void **state)
{
    struct command same;

    (void)state;
    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    prepare("builder", "grant", "build.permit", "{'text': 'x'}");
    desk_act("planner", "on");
    desk_act("planner", "grant");
    same = desk_action("builder", "grant", NULL);
    same.input = *desk_json("{'text': 'y'}");
    assert_true(desk_give(same));
    assert_string_equal(gone(), "left");
    desk_annul((int32_t)desk.c->recorded);
    assert_string_equal(kept(), "build.permit grant");
    same.input = *desk_json("{'text': 'x'}");
    assert_true(desk_give(same));
    assert_string_equal(gone(), "taken");
}

static void
an_annulment_brings_it_back_but_not_in_the_place_of_later_work(void **state)
{
    (void)state;
    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    prepare("builder", "grant", "build.permit", "{'text': 'x'}");
    desk_act("planner", "on");
    desk_act("planner", "refuse");
    desk_annul(5);
    assert_string_equal(desk_steps(), "planning.licence");
    assert_string_equal(kept(), "build.permit grant");
    desk_act("planner", "grant");
    take("builder", "grant");
    desk_annul(8);
    assert_string_equal(desk_steps(), "build.permit");
    assert_string_equal(kept(), "build.permit grant");
    take("builder", "grant");
    assert_string_equal(gone(), "taken");
    desk_act("head", "again");
    desk_act("window", "accept");
    prepare("builder", "refuse", "build.permit", NULL);
    desk_annul(12);
    assert_string_equal(kept(), "build.permit refuse");
}

static void
what_opened_the_region_is_not_taken_back_under_work_that_is_kept_there(void **state)
{
    (void)state;
    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    desk_act("planner", "on");
    desk_act("planner", "grant");
    prepare("head", "sign", "build.sign", NULL);
    desk_refused(desk_annulment(4), ERROR_ANNUL_IMPOSSIBLE);
    assert_true(desk_give(unpreparing("head", "build.sign")));
    desk_annul(4);
    assert_string_equal(desk_steps(), "planning.licence");
}

static void
several_sign_what_was_prepared(void **state)
{
    struct command second;

    (void)state;
    project("", "'signers': {'count': 2}");
    prepare("builder#li", "grant", "build.permit", "{'text': 'x'}");
    desk_act("planner", "on");
    desk_act("planner", "grant");
    take("builder#li", "grant");
    assert_string_equal(desk_steps(), "build.permit");
    assert_string_equal(kept(), "build.permit grant");
    second = desk_action("builder#wu", "grant", NULL);
    assert_true(desk_give(second));
    assert_string_equal(desk_steps(), "build.sign");
    assert_string_equal(gone(), "taken");
}

static void
what_may_be_prepared_is_told_once_to_those_who_may(void **state)
{
    const struct command builder = desk_command(COMMAND_PREPARE, "builder");
    const struct command planner = desk_command(COMMAND_PREPARE, "planner");
    struct preparation *all;

    (void)state;
    project("", "'title': {'zh': '准', 'en': 'Grant'}");
    assert_int_equal(machine_preparable(desk.w, desk.c, &planner.actor, &desk.arena, &all), 0);
    assert_int_equal(machine_preparable(desk.w, desk.c, &builder.actor, &desk.arena, &all), 1);
    assert_string_equal(desk.w->step[all[0].step].path, "build.permit");
    assert_null(all[0].action);
    prepare("builder", "refuse", "build.permit", NULL);
    assert_int_equal(machine_preparable(desk.w, desk.c, NULL, &desk.arena, &all), 1);
    assert_string_equal(all[0].action, "refuse");
}

/* In each branch of a list a report is prepared while the visit is open. */
static void
each_branch_of_a_list_has_its_own(void **state)
{
    (void)state;
    desk_define(
        "'form': {'type': 'object', 'required': ['who'], 'properties': {'who': {'type': 'array',"
        " 'uniqueItems': true, 'maxItems': 9, 'items': {'type': 'string'}}}},"
        " 'start': 'all', 'steps': {'all': {'foreach': {'var': 'form.who'}, 'as': 'one', 'join': "
        "{'count': 2}, 'to': 'end', 'branch': {'title': {'zh': '枝', 'en': 'Branch'}, "
        "'start': 'visit', 'steps': {"
        "'visit': {'by': 'window', 'actions': {'on': 'report', 'stop': '$done'}},"
        "'report': {'by': 'reviewer', 'prepare': {'during': ['visit']},"
        " 'actions': {'write': {'to': '$done', 'input': " TEXT "}}}}}}, 'end': {'end': 'done'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{'who': ['a', 'b', 'c', 'd']}");
    prepare("reviewer", "write", "all.a.report", "{'text': 'a'}");
    prepare("reviewer", "write", "all.b.report", "{'text': 'b'}");
    prepare("reviewer", "write", "all.c.report", "{'text': 'c'}");
    assert_int_equal(desk.c->n_prepared, 3);
    desk_act_in("window", "stop", "all.a.visit"); /* the branch is through */
    assert_string_equal(gone(), "cancelled");
    desk_act_in("window", "on", "all.b.visit");
    take("reviewer", "write");
    assert_string_equal(desk_steps(), "done");
    assert_string_equal(gone(), "taken, cancelled"); /* c is cancelled by the join */
}

static void
another_version_keeps_what_it_knows(void **state)
{
    static const char members[] =
        "'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'on': 'b'}},"
        "'b': {'by': 'window', 'prepare': {'during': ['a']}, 'actions': {'%s': 'c'}},"
        "'c': {'by': 'window', 'prepare': {'during': ['a']}, 'actions': {'on': 'end'}},"
        "'end': {'end': 'done'}}";
    struct command cmd = desk_command(COMMAND_MIGRATE, "administrator");
    const struct workflow *from;
    struct case_state *c;
    struct migration m;

    (void)state;
    desk_define(arena_printf(&desk.arena, members, "on"));
    from = desk.w;
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    prepare("window", "on", "b", NULL);
    prepare("window", "on", "c", NULL);
    c = desk.c;
    desk_define(arena_printf(&desk.arena, members, "go"));
    migration_plain(&desk.arena, from, desk.w, &m);
    m.reason = "changed";
    cmd.migration = &m;
    {
        const struct setting s = {.workflow = from, .calendar = desk.calendar, .now = desk.now};

        if (!machine_decide(&s, c, &cmd, &desk.arena, &desk.out, NULL, &desk.e))
            fail_msg("%s", desk.e.detail);
    }
    assert_string_equal(gone(), "migrated");
    assert_int_equal(desk.out.next->n_prepared, 1);
    assert_string_equal(m.to->step[desk.out.next->prepared[0].step].path, "c");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_worked_out_before_taken_there_and_its_clock_begins_there),
        TEST(only_who_decides_there_prepares_what_lies_ahead_as_its_form_asks),
        TEST(who_comes_later_replaces_it_and_it_can_be_withdrawn),
        TEST(what_is_taken_is_judged_when_it_is_taken),
        TEST(it_lasts_as_long_as_what_is_around_it_and_its_step_is_left_once),
        TEST(who_does_by_himself_what_was_prepared_takes_it_and_otherwise_leaves_it),
        TEST(an_annulment_brings_it_back_but_not_in_the_place_of_later_work),
        TEST(what_opened_the_region_is_not_taken_back_under_work_that_is_kept_there),
        TEST(several_sign_what_was_prepared),
        TEST(what_may_be_prepared_is_told_once_to_those_who_may),
        TEST(each_branch_of_a_list_has_its_own),
        TEST(another_version_keeps_what_it_knows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
