/* SPDX-License-Identifier: Apache-2.0 */
/* Guards: who may, what he saw, what he must say, and what each command changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define END "'end': {'end': 'over'}, 'gone': {'end': 'gone'}"

/* Two branches: a of the window, b of the reviewers of the fire department. */
static void
two_people(void)
{
    desk_define("'form': {'properties': {'n': {'type': 'integer', 'minimum': 0}}}, 'grounds':"
                " {'test': {'command': true}, 'hear': {'command': true, 'notice': true}, 'wait':"
                " {}}, 'withdraw': {'to': 'gone', 'when': {'<': [{'var': ['form.n', 0]}, 9]}},"
                " 'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'last', 'branches': {"
                "'a': {'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'done': '$done',"
                " 'note': {}, 'say': {'input': {'required': ['why'], 'properties': {'why':"
                " {'type': 'string'}}}}, 'spoil': {'do': [{'set': {'form.n': -1}}]}, 'big':"
                " {'to': '$done', 'when': {'>': [{'var': ['form.n', 0]}, 5]}}}}}},"
                "'b': {'start': 't', 'steps': {'t': {'by': 'reviewer', 'department': 'fire',"
                " 'actions': {'done': '$done', 'note': {}}}}}}}, 'last': {'by': 'head',"
                " 'distinctFrom': ['p.a.t'], 'actions': {'sign': 'end'}}, " END "}");
    desk_open("{'n': 1}");
}

static struct command
kind(enum command_kind k, const char *who, const char *step)
{
    struct command cmd = desk_command(k, who);

    cmd.step = step;
    cmd.ground = k == COMMAND_STOP ? "test" : NULL;
    cmd.until = desk.now + 30 * SPAN_MINUTE;
    return cmd;
}

static struct command
seen(struct command cmd, int64_t revision)
{
    cmd.revision = revision;
    return cmd;
}

static void
a_step_is_acted_in_by_its_role_and_department_in_the_district(void **state)
{
    struct command cmd;

    (void)state;
    two_people();
    desk_refused(desk_action("reviewer@tax", "done", "p.b.t"), ERROR_FORBIDDEN);
    desk_refused(desk_action("window", "done", "p.b.t"), ERROR_FORBIDDEN);
    desk_refused(desk_action("applicant", "done", "p.a.t"), ERROR_FORBIDDEN);
    cmd = desk_action("reviewer@fire", "done", "p.b.t");
    cmd.actor.district = "371521";
    desk_refused(cmd, ERROR_FORBIDDEN);
    desk_act_in("reviewer@fire", "done", "p.b.t");
    assert_string_equal(desk.out.record[0].role, "reviewer");
}

static void
who_may_what_on_which_kind_of_step(void **state)
{
    static const struct {
        const char *who, *by;
        bool act, stop, claim;
    } row[] = {
        {"window", "window", true, true, true},
        {"reviewer", "window", false, false, false},
        {"head", "window", false, true, false},
        {"supervisor", "window", false, true, false},
        {"import", "window", true, true, true},
        {"applicant", "window", false, false, false},
        {"public", "window", false, false, false},
        {"applicant", "applicant", true, false, false},
        {"window", "applicant", true, true, true},
        {"public", "applicant", false, false, false},
        {"public", "public", true, false, false},
        {"applicant", "public", true, false, false},
        {"window", "public", true, true, true},
        {"system:tax", "system:tax", true, true, true},
        {"system:seal", "system:tax", false, false, false},
        {"window", "system:tax", false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
        const char *who = row[i].who;
        struct error e;
        struct command act, stop, claim;

        desk_define(arena_printf(&desk.arena,
                                 "'grounds': {'test': {'command': true}}, 'start': 't', 'steps':"
                                 " {'t': {'by': '%s', 'actions': {'done': 'end'}}, " END "}",
                                 row[i].by));
        desk_open("{}");
        act = desk_action(who, "done", "t");
        stop = kind(COMMAND_STOP, who, "t");
        claim = kind(COMMAND_CLAIM, who, "t");
        assert_int_equal(machine_may(desk.w, desk.c, &act, &e), row[i].act);
        assert_int_equal(machine_may(desk.w, desk.c, &stop, &e), row[i].stop);
        assert_int_equal(machine_may(desk.w, desk.c, &claim, &e), row[i].claim);
    }
}

static void
only_the_hall_and_its_heads_give_the_other_commands(void **state)
{
    static const struct {
        enum command_kind kind;
        const char *may, *may_not;
    } row[] = {
        {COMMAND_WITHDRAW, "applicant", "public"}, {COMMAND_WITHDRAW, "window", "head"},
        {COMMAND_AMEND, "window", "applicant"},    {COMMAND_AMEND, "head", "reviewer"},
        {COMMAND_ANNUL, "supervisor", "head"},     {COMMAND_OPEN, "import", "reviewer"},
    };
    struct opening o = {.number = "1", .district = "371502", .applicant_kind = "enterprise"};

    (void)state;
    two_people();
    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
        struct command may = desk_command(row[i].kind, row[i].may);
        struct command may_not = desk_command(row[i].kind, row[i].may_not);
        struct error e;

        may.opening = may_not.opening = &o;
        assert_true(machine_may(desk.w, desk.c, &may, &e));
        assert_false(machine_may(desk.w, desk.c, &may_not, &e));
        assert_int_equal(e.code, ERROR_FORBIDDEN);
    }
}

static void
nobody_stops_resumes_or_claims_anothers_step_by_not_naming_it(void **state)
{
    struct command cmd;

    (void)state;
    two_people();
    desk_act_in("window", "done", "p.a.t");
    assert_string_equal(desk_steps(), "p.b.t");
    desk_refused(kind(COMMAND_STOP, "window", NULL), ERROR_STEP_NOT_OPEN);
    desk_refused(kind(COMMAND_CLAIM, "window", NULL), ERROR_STEP_NOT_OPEN);
    assert_true(desk_give(kind(COMMAND_STOP, "reviewer@fire", NULL)));
    cmd = kind(COMMAND_RESUME, "window", NULL);
    cmd.number = 1;
    desk_refused(cmd, ERROR_FORBIDDEN);
    desk_resume(1);
}

static void
a_step_need_not_be_named_where_there_is_no_doubt(void **state)
{
    (void)state;
    two_people();
    desk_act("reviewer@fire", "note");
    assert_string_equal(desk_word("p.b.t.by"), "\"reviewer@fire\"");
    desk_refused(desk_action("import", "note", NULL), ERROR_STEP_AMBIGUOUS);
    desk_refused(desk_action("window", "sign", NULL), ERROR_FORBIDDEN);
    desk_refused(desk_action("head", "sign", "last"), ERROR_STEP_NOT_OPEN);
    desk_refused(desk_action("window", NULL, "p.a.t"), ERROR_ACTION_NOT_ALLOWED);
}

static void
each_step_has_the_revision_at_which_it_was_entered_or_last_acted_in(void **state)
{
    (void)state;
    two_people();
    assert_int_equal(desk.c->revision, 1);
    desk_act_in("window", "note", "p.a.t");
    desk_refused(seen(desk_action("window", "note", "p.a.t"), 1), ERROR_STALE);
    assert_true(desk_give(seen(desk_action("reviewer@fire", "note", "p.b.t"), 1)));
    assert_true(desk_give(seen(desk_action("window", "note", "p.a.t"), 2)));
    assert_int_equal(desk.c->revision, 4);
    desk_refused(seen(kind(COMMAND_WITHDRAW, "window", NULL), 3), ERROR_STALE);
    assert_true(desk_give(seen(kind(COMMAND_STOP, "window", "p.a.t"), 4)));
    desk_refused(seen(kind(COMMAND_STOP, "window", "p.a.t"), 4), ERROR_STALE);
}

static void
claims_and_alarms_do_not_raise_the_revision(void **state)
{
    (void)state;
    two_people();
    assert_true(desk_give(kind(COMMAND_CLAIM, "window#wang", "p.a.t")));
    assert_true(desk_give(kind(COMMAND_RELEASE, "window#wang", "p.a.t")));
    desk_look("2026-03-03 09:00");
    assert_int_equal(desk.c->revision, 1);
    assert_int_equal(desk.c->recorded, 3);
}

static void
a_claim_keeps_others_out_until_it_ends(void **state)
{
    (void)state;
    two_people();
    assert_true(desk_give(kind(COMMAND_CLAIM, "window#wang", "p.a.t")));
    desk_refused(desk_action("window#li", "note", "p.a.t"), ERROR_CLAIMED);
    desk_refused(kind(COMMAND_CLAIM, "window#li", "p.a.t"), ERROR_CLAIMED);
    desk_refused(kind(COMMAND_RELEASE, "window#li", "p.a.t"), ERROR_CLAIMED);
    assert_true(desk_give(kind(COMMAND_RELEASE, "head", "p.a.t")));
    desk_act_in("window#li", "note", "p.a.t");
    assert_true(desk_give(kind(COMMAND_CLAIM, "window#wang", "p.a.t")));
    desk_at("2026-03-02 09:30");
    desk_act_in("window#li", "note", "p.a.t");
    assert_null(desk.c->visit[1].holder);
}

static void
four_eyes_are_two_persons(void **state)
{
    (void)state;
    two_people();
    desk_act_in("window#wang", "done", "p.a.t");
    desk_act_in("reviewer@fire", "done", "p.b.t");
    desk_refused(desk_action("head#wang", "sign", NULL), ERROR_SAME_PERSON);
    desk_act("head#li", "sign");
}

static void
guards_and_inputs_are_asked_before_anything_happens(void **state)
{
    struct command cmd;

    (void)state;
    two_people();
    desk_refused(desk_action("window", "big", "p.a.t"), ERROR_GUARD_FAILED);
    desk_refused(desk_action("window", "say", "p.a.t"), ERROR_FORM_INVALID);
    cmd = desk_action("window", "say", "p.a.t");
    cmd.input = *desk_json("{'why': 5}");
    desk_refused(cmd, ERROR_FORM_INVALID);
    cmd.input = *desk_json("{'why': 'so'}");
    assert_true(desk_give(cmd));
    cmd = desk_action("window", "note", "p.a.t");
    cmd.input = *desk_json("{'why': 'so'}");
    desk_refused(cmd, ERROR_UNKNOWN_MEMBER);
}

static void
what_is_set_must_leave_the_form_valid(void **state)
{
    (void)state;
    two_people();
    desk_refused(desk_action("window", "spoil", "p.a.t"), ERROR_FORM_INVALID);
    assert_int_equal(value_get(&desk.c->form, "n")->integer, 1);
}

static void
stopping_names_a_ground_that_may_be_used_once_at_a_time(void **state)
{
    struct command cmd;

    (void)state;
    two_people();
    cmd = kind(COMMAND_STOP, "window", "p.a.t");
    cmd.ground = "weather";
    desk_refused(cmd, ERROR_GROUND_UNKNOWN);
    cmd.ground = "wait";
    desk_refused(cmd, ERROR_GROUND_UNKNOWN);
    cmd.ground = "hear";
    cmd.document = NULL;
    desk_refused(cmd, ERROR_DOCUMENT_MISSING);
    desk_stop("p.a.t", "hear");
    desk_refused(kind(COMMAND_RESUME, "head", NULL), ERROR_NOT_STOPPED);
    cmd.document = "告知书";
    desk_refused(cmd, ERROR_CASE_SUSPENDED);
    desk_stop("p.a.t", "test");
    desk_resume(1);
    cmd = kind(COMMAND_RESUME, "head", NULL);
    cmd.number = 1;
    desk_refused(cmd, ERROR_NOT_STOPPED);
}

static void
withdrawing_leaves_everything_and_goes_where_the_definition_says(void **state)
{
    struct command amend = kind(COMMAND_AMEND, "window", NULL);

    (void)state;
    two_people();
    amend.input = *desk_json("{'n': 9}");
    assert_true(desk_give(amend));
    desk_refused(kind(COMMAND_WITHDRAW, "applicant", NULL), ERROR_GUARD_FAILED);
    amend.input = *desk_json("{'n': 2}");
    assert_true(desk_give(amend));
    assert_true(desk_give(kind(COMMAND_WITHDRAW, "applicant", NULL)));
    assert_string_equal(desk_steps(), "gone");
    assert_string_equal(desk.out.record[0].role, "applicant");
    assert_int_equal(desk.out.n_timing, 3);
    assert_string_equal(desk_timing("p.a.t")->action, "withdraw");
    desk_refused(kind(COMMAND_WITHDRAW, "applicant", NULL), ERROR_CASE_CLOSED);
}

static void
an_amended_form_must_be_valid_and_have_a_reason(void **state)
{
    struct command amend = kind(COMMAND_AMEND, "window", NULL);

    (void)state;
    two_people();
    amend.input = *desk_json("{'n': -4}");
    desk_refused(amend, ERROR_FORM_INVALID);
    amend.input = *desk_json("[]");
    desk_refused(amend, ERROR_FORM_INVALID);
    amend.input = *desk_json("{'n': 4}");
    amend.reason = NULL;
    desk_refused(amend, ERROR_REASON_MISSING);
    amend.reason = "更正";
    assert_true(desk_give(amend));
    assert_true(desk.out.form_changed);
    assert_int_equal(desk.c->revision, 2);
}

static void
a_case_is_opened_once_and_nothing_is_done_before(void **state)
{
    struct opening o = {.number = "1", .district = "371502", .applicant_kind = "enterprise"};
    struct command open = desk_command(COMMAND_OPEN, "window");

    (void)state;
    open.opening = &o;
    open.input = *desk_json("{'n': 1}");
    two_people();
    desk_refused(open, ERROR_ACTION_NOT_ALLOWED);
    desk.c = case_new(&desk.arena, desk.w);
    desk.c->district = "371502";
    desk_refused(kind(COMMAND_WITHDRAW, "window", NULL), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(desk_action("window", "done", NULL), ERROR_ACTION_NOT_ALLOWED);
    o.applicant_kind = "individual";
    desk_refused(open, ERROR_FORM_INVALID);
    o.applicant_kind = "enterprise";
    open.input = *desk_json("{'n': 'x'}");
    desk_refused(open, ERROR_FORM_INVALID);
}

static void
what_is_allowed_is_listed_for_each_step(void **state)
{
    const struct command who = desk_command(COMMAND_ACT, "reviewer@fire");
    struct allowed *list;

    (void)state;
    two_people();
    assert_int_equal(machine_allowed(desk.w, desk.c, &who.actor, &desk.arena, &list), 2);
    assert_string_equal(list[0].action->id, "done");
    assert_string_equal(desk.w->step[list[1].visit->step].path, "p.b.t");
}

static void
a_step_that_comes_back_is_claimed_by_nobody(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'on': 'b'}}, 'b': {'by':"
                " 'window', 'actions': {'done': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{}");
    cmd = desk_command(COMMAND_CLAIM, "window#li");
    cmd.step = "a";
    cmd.until = desk.now + SPAN_HOUR;
    assert_true(desk_give(cmd));
    desk_act("window#li", "on");
    desk_annul(3);
    assert_string_equal(desk_steps(), "a");
    assert_null(desk.c->visit[0].holder);
    desk_act("window#wang", "on");
}

/* However the command came in: a moment that counts for nothing is not taken in silence. */
static void
what_is_not_done_at_a_counter_does_not_happen_earlier(void **state)
{
    static const enum command_kind others[] = {COMMAND_MATERIAL, COMMAND_LABEL, COMMAND_LANE};

    (void)state;
    desk_define("'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'on': 'end'}}, " END
                "}");
    desk_open("{}");
    desk_at("2026-03-03 10:00");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct command cmd = desk_command(others[i], "supervisor");

        cmd.happened = desk_moment("2026-03-02 10:00");
        desk_refused(cmd, ERROR_FORM_INVALID);
        assert_string_equal(desk.e.pointer, "/happened");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_step_is_acted_in_by_its_role_and_department_in_the_district),
        TEST(who_may_what_on_which_kind_of_step),
        TEST(only_the_hall_and_its_heads_give_the_other_commands),
        TEST(nobody_stops_resumes_or_claims_anothers_step_by_not_naming_it),
        TEST(a_step_need_not_be_named_where_there_is_no_doubt),
        TEST(what_is_not_done_at_a_counter_does_not_happen_earlier),
        TEST(each_step_has_the_revision_at_which_it_was_entered_or_last_acted_in),
        TEST(claims_and_alarms_do_not_raise_the_revision),
        TEST(a_claim_keeps_others_out_until_it_ends),
        TEST(four_eyes_are_two_persons),
        TEST(guards_and_inputs_are_asked_before_anything_happens),
        TEST(what_is_set_must_leave_the_form_valid),
        TEST(stopping_names_a_ground_that_may_be_used_once_at_a_time),
        TEST(withdrawing_leaves_everything_and_goes_where_the_definition_says),
        TEST(an_amended_form_must_be_valid_and_have_a_reason),
        TEST(a_case_is_opened_once_and_nothing_is_done_before),
        TEST(what_is_allowed_is_listed_for_each_step),
        TEST(a_step_that_comes_back_is_claimed_by_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
