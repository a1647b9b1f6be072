/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose people may give a command: of the hall, of the department that leads ("lead"), that does a
 * step ("fire", whose stage it is), that issues a certificate ("seal"), or of one to which the
 * case is nothing ("court").
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/may.h"
#include "tests/support/desk.h"

static void
hall(void)
{
    desk_define(
        "'form': {'properties': {'name': {'type': 'string'}}}, 'openBy': ['window', 'registrar'], "
        "'backdateBy': ['head'],"
        " 'materials': [{'id': 'lease', 'title': {'zh': '租', 'en': 'l'}}],"
        " 'certificates': {'licence': {'number': 'L', 'content': {'x': {'var': 'form.name'}}, "
        "'revokedBy': 'head'},"
        "  'seal': {'number': 'S', 'content': {'x': {'var': 'form.name'}}, 'issuer': 'seal', "
        "'revokedBy': 'head'}},"
        " 'labels': {'odd': {}, 'vip': {'by': ['head', 'window']}},"
        " 'lanes': [{'id': 'green', 'title': {'zh': '绿', 'en': 'g'}, 'basis': 'b', 'by':"
        "  ['head', 'window']}],"
        " 'grounds': {'test': {'command': true}}, 'reopen': {'again': {'by': ['head'], 'to': "
        "'in'}},"
        " 'clocks': {'all': {'kind': 'statutory', 'from': 'opened', 'limit': '5 working days',"
        "  'extension': {'limit': '2 working days', 'by': 'head'}}},"
        " 'withdraw': {'to': 'over'},"
        " 'start': 'in', 'steps': {"
        "  'in': {'by': 'window', 'actions': {'go': 'check'}},"
        "  'check': {'department': 'fire', 'start': 'look', 'to': 'tax', 'steps': {"
        "   'look': {'by': 'reviewer', 'actions': {'agree': '$done', 'mend': 'bring'}},"
        "   'bring': {'by': 'applicant', 'actions': {'brought': 'look'}},"
        "   'visit': {'by': 'reviewer', 'optional': {'by': ['head', 'applicant']}, 'actions':"
        "    {'note': '$done'}}}},"
        "  'tax': {'by': 'system:tax', 'department': 'lead', 'actions': {'paid': 'sign', 'none':"
        "   'sign'}},"
        "  'sign': {'by': 'applicant', 'actions': {'signed': {'to': 'over', 'do': [{'issue':"
        "   'licence'}, {'issue': 'seal'}]}}},"
        "  'over': {'end': 'over'}}");
    desk_open("{'name': 'x'}");
}

/* A command that would do something, or be refused for what the case is in. */
static struct command
of_kind(enum command_kind kind, const char *who, const char *step)
{
    struct command cmd = desk_command(kind, who);

    cmd.step = step;
    cmd.ground = kind == COMMAND_REOPEN ? "again" : "test";
    cmd.clock = "all";
    cmd.label = "odd";
    cmd.lane = "green";
    cmd.material = "lease";
    cmd.district = "371503";
    cmd.account = "somebody";
    cmd.number = 1;
    cmd.input = *desk_json("{}");
    cmd.until = desk.now + SPAN_HOUR;
    if (kind == COMMAND_MATERIAL)
        cmd.action = "receive";
    return cmd;
}

static bool
may(struct command cmd)
{
    struct error e;

    if (machine_may(desk.w, desk.c, &cmd, &e))
        return true;
    assert_string_equal(error_name(e.code), "forbidden");
    return false;
}

static const enum command_kind of_people[] = {
    COMMAND_ACT,       COMMAND_STOP,           COMMAND_RESUME,
    COMMAND_EXTEND,    COMMAND_CLAIM,          COMMAND_RELEASE,
    COMMAND_WITHDRAW,  COMMAND_AMEND,          COMMAND_ANNUL,
    COMMAND_REVOKE,    COMMAND_REPLACE,        COMMAND_SETTLE,
    COMMAND_VOTE,      COMMAND_RETRY,          COMMAND_MATERIAL,
    COMMAND_HOLD,      COMMAND_CONTINUE,       COMMAND_START,
    COMMAND_RECONCILE, COMMAND_LABEL,          COMMAND_LANE,
    COMMAND_HAND_OVER, COMMAND_REOPEN,         COMMAND_TAKE_OVER,
    COMMAND_HAND_BACK, COMMAND_ENTRUST,        COMMAND_MANDATE,
    COMMAND_PREPARE,   COMMAND_REVOKE_MANDATE, COMMAND_UNPREPARE,
    COMMAND_IDENTIFY,  COMMAND_OUTAGE,         COMMAND_ANNUL_OUTAGE};

enum { OF_PEOPLE = sizeof(of_people) / sizeof(of_people[0]) };

/* Whatever it is, and whatever is wrong with it beside. */
static void
to_whom_the_case_is_nothing_he_is_told_nothing(void **state)
{
    static const char *const who[] = {"window@court",     "head@court",      "reviewer@court",
                                      "supervisor@court", "registrar@court", "import@court"};

    (void)state;
    hall();
    for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++)
        for (size_t k = 0; k < OF_PEOPLE; k++) {
            struct command cmd = of_kind(of_people[k], who[i], k % 2 ? "in" : "nonsense");

            cmd.revision = 99;
            cmd.clock = cmd.label = cmd.lane = cmd.material = cmd.ground = "nonsense";
            desk_refused(cmd, ERROR_FORBIDDEN);
            assert_string_equal(desk.e.detail, "your department has no step in this case");
        }
}

/* The district is asked as the department is. */
static void
nor_is_who_is_of_another_district(void **state)
{
    (void)state;
    hall();
    for (size_t k = 0; k < OF_PEOPLE; k++) {
        struct command cmd = of_kind(of_people[k], "head@lead", "nonsense");

        cmd.actor.district = "371503";
        cmd.clock = cmd.label = cmd.lane = cmd.material = cmd.ground = "nonsense";
        desk_refused(cmd, ERROR_FORBIDDEN);
        assert_string_equal(desk.e.detail, "the case belongs to another district");
    }
}

/* Whether @who may at all. */
static bool
gives(const char *who, enum command_kind kind)
{
    return may(of_kind(kind, who, kind == COMMAND_START ? "check.visit" : "in"));
}

static void
the_case_as_a_whole_is_the_halls_and_the_leads(void **state)
{
    static const struct {
        const char *role;
        enum command_kind kind;
    } whole[] = {{"window", COMMAND_AMEND},
                 {"window", COMMAND_WITHDRAW},
                 {"window", COMMAND_MATERIAL},
                 {"window", COMMAND_IDENTIFY},
                 {"window", COMMAND_MANDATE},
                 {"window", COMMAND_REVOKE_MANDATE},
                 {"window", COMMAND_LANE},
                 {"window", COMMAND_HAND_OVER},
                 {"window", COMMAND_TAKE_OVER},
                 {"window", COMMAND_HAND_BACK},
                 {"head", COMMAND_AMEND},
                 {"head", COMMAND_EXTEND},
                 {"head", COMMAND_REOPEN},
                 {"head", COMMAND_MATERIAL},
                 {"head", COMMAND_IDENTIFY},
                 {"head", COMMAND_HAND_OVER},
                 {"head", COMMAND_SETTLE},
                 {"head", COMMAND_RETRY},
                 {"head", COMMAND_LANE},
                 {"supervisor", COMMAND_ANNUL},
                 {"supervisor", COMMAND_RECONCILE},
                 {"supervisor", COMMAND_ENTRUST},
                 {"supervisor", COMMAND_OUTAGE},
                 {"supervisor", COMMAND_MATERIAL},
                 {"registrar", COMMAND_IDENTIFY},
                 {"import", COMMAND_AMEND},
                 {"import", COMMAND_REOPEN},
                 {"import", COMMAND_IDENTIFY}};

    (void)state;
    hall();
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        const char *role = whole[i].role;

        assert_true(gives(role, whole[i].kind));
        assert_true(gives(arena_printf(&desk.arena, "%s@lead", role), whole[i].kind));
        assert_false(gives(arena_printf(&desk.arena, "%s@fire", role), whole[i].kind));
        assert_false(gives(arena_printf(&desk.arena, "%s@seal", role), whole[i].kind));
    }
}

static void
cases_are_opened_by_the_hall_and_the_lead(void **state)
{
    static const struct opening o = {.district = "371502", .applicant_kind = "enterprise"};
    static const char *const who[] = {"window", "window@lead", "registrar@lead", "import@lead"};
    struct command cmd;

    (void)state;
    hall();
    for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++) {
        cmd = desk_command(COMMAND_OPEN, who[i]);
        cmd.opening = &o;
        assert_true(may(cmd));
        cmd.actor.department = "fire";
        assert_false(may(cmd));
    }
}

/* What is done in a step, by @who. */
static bool
does(const char *who, enum command_kind kind, const char *step)
{
    return may(of_kind(kind, who, step));
}

static void
in_its_own_steps_a_department_leads_itself(void **state)
{
    static const enum command_kind kind[] = {COMMAND_STOP, COMMAND_RESUME,   COMMAND_RELEASE,
                                             COMMAND_HOLD, COMMAND_CONTINUE, COMMAND_SETTLE};

    (void)state;
    hall();
    for (size_t i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
        assert_true(does("head@fire", kind[i], "check.look"));
        assert_true(does("supervisor@fire", kind[i], "check.look"));
        assert_false(does("head@fire", kind[i], "in"));
        assert_false(does("head@seal", kind[i], "check.look"));
        assert_true(does("head@lead", kind[i], "check.look"));
        assert_true(does("head", kind[i], "check.look"));
        assert_false(does("window@lead", kind[i], "check.look"));
    }
    assert_true(does("head@fire", COMMAND_START, "check.visit"));
    assert_true(does("head", COMMAND_START, "check.visit"));
    assert_false(does("head@lead", COMMAND_START, "check.visit")); /* it is the stage's */
    assert_true(does("reviewer@fire", COMMAND_CLAIM, "check.look"));
    assert_false(does("reviewer@lead", COMMAND_CLAIM, "check.look"));
    /* With the right to settle, a claim of somebody else's is nothing to it. */
    desk_act("window", "go");
    assert_true(desk_give(of_kind(COMMAND_CLAIM, "reviewer@fire", "check.look")));
    assert_true(desk_give(of_kind(COMMAND_RELEASE, "head@fire", "check.look")));
}

static void
windows_act_for_the_applicants_of_their_own_steps_and_the_halls_for_all(void **state)
{
    (void)state;
    hall();
    desk_act("window@lead", "go");
    desk_act("reviewer@fire", "mend");
    assert_true(desk_give(of_kind(COMMAND_START, "window@fire", "check.visit")));
    desk_refused(desk_action("window@seal", "brought", NULL), ERROR_FORBIDDEN);
    desk_act("window@fire", "brought");
    desk_act("reviewer@fire", "mend");
    desk_act("window@lead", "brought");
    desk_act("reviewer@fire", "mend");
    desk_act("window", "brought");
    desk_act("reviewer@fire", "agree");
    desk_act("system:tax", "none");
    desk_refused(desk_action("window@fire", "signed", NULL), ERROR_FORBIDDEN);
    desk_act("window@lead", "signed");
    assert_string_equal(desk_steps(), "over");
}

static void
labels_of_nobody_are_whose_the_case_is_too(void **state)
{
    struct command vip;

    (void)state;
    hall();
    assert_true(gives("reviewer@fire", COMMAND_LABEL));
    assert_true(gives("head@fire", COMMAND_LABEL));
    assert_true(gives("window@lead", COMMAND_LABEL));
    vip = of_kind(COMMAND_LABEL, "head@fire", NULL);
    vip.label = "vip";
    desk_refused(vip, ERROR_FORBIDDEN);
    vip.actor.department = "lead";
    assert_true(desk_give(vip));
}

/* Cases in which it has issued something are its own to see, or it could not revoke it. */
static void
who_issues_revokes(void **state)
{
    struct command cmd;

    (void)state;
    hall();
    desk_act("window", "go");
    desk_act("reviewer@fire", "agree");
    desk_act("system:tax", "none");
    desk_act("applicant", "signed");
    cmd = of_kind(COMMAND_REVOKE, "head@seal", NULL);
    desk_refused(cmd, ERROR_FORBIDDEN); /* the licence is not its */
    cmd.number = 2;
    assert_true(desk_give(cmd));
    desk_refused(of_kind(COMMAND_REVOKE, "head@fire", NULL), ERROR_FORBIDDEN);
    assert_true(desk_give(of_kind(COMMAND_REVOKE, "head@lead", NULL)));
}

static void
expect_seen(bool yes, const char *who)
{
    struct command cmd = desk_command(COMMAND_ACT, who);
    struct error e;

    assert_int_equal(may_look(desk.w, NULL, &cmd.actor, &e), yes);
}

static void
who_sees_a_case(void **state)
{
    struct actor system = {.id = "t", .system = "tax", .department = "court", .district = "371502"};
    struct error e;

    (void)state;
    hall();
    expect_seen(true, "window");
    expect_seen(true, "auditor@lead");
    expect_seen(true, "reviewer@fire");
    expect_seen(true, "head@seal");
    expect_seen(true, "public");
    expect_seen(false, "supervisor@court");
    assert_true(may_look(desk.w, "371502", &system, &e)); /* it answers a step */
    assert_false(may_look(desk.w, "371503", &system, &e));
    system.system = "customs";
    assert_false(may_look(desk.w, NULL, &system, &e));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(to_whom_the_case_is_nothing_he_is_told_nothing),
        TEST(nor_is_who_is_of_another_district),
        TEST(the_case_as_a_whole_is_the_halls_and_the_leads),
        TEST(cases_are_opened_by_the_hall_and_the_lead),
        TEST(in_its_own_steps_a_department_leads_itself),
        TEST(windows_act_for_the_applicants_of_their_own_steps_and_the_halls_for_all),
        TEST(labels_of_nobody_are_whose_the_case_is_too),
        TEST(who_issues_revokes),
        TEST(who_sees_a_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
