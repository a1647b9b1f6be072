/* SPDX-License-Identifier: Apache-2.0 */
/* Step limits against the clock they drive, and promises against the law's limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "definition/check_graph.h"
#include "definition/json.h"
#include "machine/promise.h"
#include "tests/support/city.h"

#define T            "\"title\":{\"zh\":\"a\",\"en\":\"a\"}"
#define DO(to)       "\"actions\":{\"go\":{" T ",\"to\":\"" to "\"}}"
#define TASK(rest)   "{" T ",\"by\":\"window\"," rest "}"
#define END          "\"end\":{" T ",\"end\":\"granted\"}"
#define CLOCK(limit) "\"c\":{\"kind\":\"promised\",\"from\":\"opened\",\"limit\":" limit "}"
#define SMALL        "{\"===\":[{\"var\":\"form.kind\"},\"small\"]}"
#define LARGE        "{\"===\":[{\"var\":\"form.kind\"},\"large\"]}"

static struct arena arena;
static const struct calendar *calendar;
static struct problems problems;

static int
start(void **state)
{
    struct error e;

    (void)state;
    return calendar_load(&arena, "workflows/calendar", NULL, &calendar, &e) ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* Reads a workflow that starts in step `a`. */
static const struct workflow *
read_with(const char *clocks, const char *steps)
{
    const char *text = arena_printf(
        &arena,
        "{\"id\":\"x\"," T ",\"lead\":\"x\",\"applicant\":\"enterprise\","
        "\"effective\":{\"from\":\"2022-01-01\"},\"form\":{\"type\":\"object\","
        "\"required\":[\"kind\",\"urgent\"],\"properties\":{\"kind\":{\"enum\":"
        "[\"small\",\"large\"],\"type\":\"string\"},\"urgent\":{\"type\":\"boolean\"}}},"
        "\"clocks\":{%s},\"start\":\"a\",\"steps\":{%s," END "}}",
        clocks, steps);
    const struct organisation nothing = {.data = NULL};
    const struct workflow *w = NULL;
    struct value source;
    struct error e;

    problems = (struct problems){.arena = &arena};
    assert_true(json_read(&arena, text, strlen(text), true, &source, &e));
    if (!definition_read(&arena, &source, NULL, &nothing, calendar, &w, &problems))
        return NULL;
    return promise_check(w, calendar, &arena, &problems) ? w : NULL;
}

/* How many problems of that number; any other is a fault of the test. */
static size_t
count(enum problem_number number, const char *clocks, const char *steps)
{
    (void)read_with(clocks, steps);
    for (size_t i = 0; i < problems.n; i++)
        if (problems.item[i].number != (int)number)
            fail_msg("%d %s", problems.item[i].number, problems.item[i].text);
    return problems.n;
}

static size_t
too_long(const char *clock, const char *steps)
{
    return count(PROBLEM_LIMITS_TOO_LONG, clock, steps);
}

static void
the_limits_of_the_way_add_up(void **state)
{
    static const char steps[] = "\"a\":" TASK("\"limit\":\"2 working days\"," DO(
        "b")) ",\"b\":" TASK("\"limit\":\"3 working days\"," DO("end"));

    (void)state;
    assert_int_equal(too_long(CLOCK("\"5 working days\""), steps), 0);
    assert_int_equal(too_long(CLOCK("\"4 working days\""), steps), 1);
    assert_non_null(strstr(problems.item[0].text, "(a 2 working days, b 3 working days)"));
}

static void
a_loop_counts_once(void **state)
{
    static const char steps[] = "\"a\":" TASK("\"limit\":\"2 days\"," DO("b")) ",\"b\":" TASK(
        "\"limit\":\"3 days\",\"actions\":{\"go\":{" T ",\"to\":\"end\"},\"back\":{" T
        ",\"to\":\"a\"}}");

    (void)state;
    assert_int_equal(too_long(CLOCK("\"5 days\""), steps), 0);
    assert_int_equal(too_long(CLOCK("\"4 days\""), steps), 1);
}

#define BRANCH(limit)                                                                              \
    "{" T ",\"start\":\"t\",\"steps\":{\"t\":" TASK("\"limit\":" limit "," DO("$done")) "}}"

static void
of_parallel_branches_the_slowest_counts(void **state)
{
    static const char steps[] =
        "\"a\":{" T
        ",\"join\":\"all\",\"to\":\"b\",\"branches\":{\"x\":" BRANCH("\"2 days\"") ",\"y\":" BRANCH(
            "\"4 days\"") "}},\"b\":" TASK("\"limit\":\"1 day\"," DO("end"));

    (void)state;
    assert_int_equal(too_long(CLOCK("\"5 days\""), steps), 0);
    assert_int_equal(too_long(CLOCK("\"4 days\""), steps), 1);
}

static void
a_stage_with_a_limit_counts_as_that_and_is_held_against_its_inside(void **state)
{
#define STAGE(limit)                                                                               \
    "\"a\":{" T ",\"limit\":" limit ",\"to\":\"end\",\"start\":\"t\",\"steps\":{\"t\":" TASK(      \
        "\"limit\":\"3 days\"," DO("$done")) "}}"

    (void)state;
    assert_int_equal(too_long(CLOCK("\"4 days\""), STAGE("\"4 days\"")), 0);
    assert_int_equal(too_long(CLOCK("\"3 days\""), STAGE("\"4 days\"")), 1);
    assert_int_equal(too_long(CLOCK("\"4 days\""), STAGE("\"2 days\"")), 1);
    assert_string_equal(problems.item[0].pointer, "/steps/a/limit");
}

static void
a_step_that_stops_the_clock_counts_nothing(void **state)
{
    static const char steps[] = "\"a\":" TASK("\"limit\":\"2 days\"," DO("b")) ",\"b\":" TASK(
        "\"limit\":\"9 days\",\"stops\":{\"ground\":\"g\"}," DO("end"));

    (void)state;
    assert_int_equal(too_long(CLOCK("\"2 days\"") "},\"grounds\":{\"g\":{" T "}", steps), 0);
    assert_int_equal(too_long(CLOCK("\"1 day\"") "},\"grounds\":{\"g\":{" T "}", steps), 1);
}

static void
only_the_way_between_the_marks_counts(void **state)
{
#define MARKED(limit)                                                                              \
    "\"c\":{\"kind\":\"promised\",\"from\":\"m\",\"to\":\"n\",\"limit\":" limit "}"
    static const char steps[] = "\"a\":" TASK(
        "\"limit\":\"9 days\",\"actions\":{\"go\":{" T ",\"to\":\"b\",\"marks\":"
        "\"m\"}}") ",\"b\":" TASK("\"limit\":\"2 days\",\"actions\":{\"go\":{" T
                                  ",\"to\":\"d\",\"marks\":\"n\"}}") ",\"d\":" TASK("\"limit\":"
                                                                                    "\"9 "
                                                                                    "days\""
                                                                                    "," DO("en"
                                                                                           "d"));

    (void)state;
    assert_int_equal(too_long(MARKED("\"2 days\""), steps), 0);
    assert_int_equal(too_long(MARKED("\"1 day\""), steps), 1);
}

static void
what_a_branch_marks_ends_the_clock_for_all(void **state)
{
    static const char steps[] =
        "\"a\":{" T ",\"join\":\"all\",\"to\":\"b\",\"branches\":{\"x\":{" T
        ",\"start\":\"t\",\"steps\":{\"t\":" TASK(
            "\"limit\":\"2 "
            "days\",\"actions\":{"
            "\"go\":{" T ",\"to\":\"$"
            "done\","
            "\"marks\":"
            "\"n\"}}") "}},\"y\":" BRANCH("\"1 day\"") "}},\"b\":" TASK("\"limit\":\"9 "
                                                                        "days\"," DO("en"
                                                                                     "d"));
    static const char clock[] =
        "\"c\":{\"kind\":\"promised\",\"from\":\"opened\",\"to\":\"n\",\"limit\":\"2 days\"}";

    (void)state;
    assert_int_equal(too_long(clock, steps), 0);
}

static void
conditions_are_compared_case_by_case(void **state)
{
#define BY_KIND(small, other)                                                                      \
    "[{\"when\":" SMALL ",\"limit\":\"" small "\"},{\"limit\":\"" other "\"}]"
    static const char steps[] = "\"a\":" TASK(
        "\"limit\":[{\"when\":" SMALL ",\"limit\":\"2 days\"},{\"limit\":\"4 days\"}]," DO(
            "way")) ",\"way\":{\"decide\":[{\"when\":" LARGE
                    ",\"to\":\"b\"},{\"to\":\"end\"}]},\"b\":" TASK(
                        "\"limit\":\"5 days\"," DO("end"));

    (void)state;
    assert_int_equal(too_long(CLOCK(BY_KIND("2 days", "9 days")), steps), 0);
    assert_int_equal(too_long(CLOCK(BY_KIND("1 day", "9 days")), steps), 1);
    assert_int_equal(too_long(CLOCK(BY_KIND("2 days", "8 days")), steps), 1);
    assert_int_equal(too_long(CLOCK("\"8 days\""), steps), 1);
}

static void
a_condition_says_something_about_others(void **state)
{
    static const char text[] =
        "[{\"when\":{\"and\":[{\"===\":[{\"var\":\"form.k\"},\"x\"]},{\"var\":\"form.u\"}]}},"
        "{\"when\":{\"===\":[{\"var\":\"form.k\"},\"x\"]}},{\"===\":[{\"var\":\"form.k\"},\"y\"]},"
        "{\"var\":\"form.u\"},{\"or\":[{\"var\":\"form.u\"},{\"===\":[{\"var\":\"form.k\"},\"x\"]}]"
        "},"
        "{\"var\":\"form.v\"}]";
    struct limit_arm arm[3] = {{.when = NULL}};
    struct value list;
    struct supposed s;
    struct error e;

    (void)state;
    assert_true(json_read(&arena, text, strlen(text), false, &list, &e));
    arm[0].condition = value_get(&list.item[0], "when");
    arm[1].condition = value_get(&list.item[1], "when");
    s = suppose(arm, 0);
    assert_int_equal(truth_of(&s, arm[1].condition), TRUTH_YES);
    assert_int_equal(truth_of(&s, &list.item[2]), TRUTH_NO);
    assert_int_equal(truth_of(&s, &list.item[3]), TRUTH_YES);
    assert_int_equal(truth_of(&s, &list.item[5]), TRUTH_OPEN);
    s = suppose(arm, 1); /* k is x, but not both: u does not hold */
    assert_int_equal(truth_of(&s, &list.item[3]), TRUTH_NO);
    assert_int_equal(truth_of(&s, &list.item[4]), TRUTH_YES);
    s = suppose(arm, 2);
    assert_int_equal(truth_of(&s, arm[1].condition), TRUTH_NO);
    assert_int_equal(truth_of(&s, &list.item[2]), TRUTH_OPEN);
    assert_int_equal(truth_of(&s, NULL), TRUTH_YES);
}

static size_t
exceeding(const char *promised, const char *statutory)
{
    static const char steps[] = "\"a\":" TASK("\"limit\":\"1 minute\"," DO("end"));

    return count(PROBLEM_PROMISE_EXCEEDS,
                 arena_printf(&arena,
                              "\"p\":{\"kind\":\"promised\",\"from\":\"opened\",%s},"
                              "\"s\":{\"kind\":\"statutory\",\"from\":\"opened\",%s}",
                              promised, statutory),
                 steps);
}

static void
a_promise_is_held_against_the_law_on_every_day(void **state)
{
    (void)state;
    assert_int_equal(exceeding("\"limit\":\"5 working days\"", "\"limit\":\"5 working days\""), 0);
    assert_int_equal(exceeding("\"limit\":\"6 working days\"", "\"limit\":\"5 working days\""), 1);
    assert_int_equal(exceeding("\"limit\":\"2 days\"", "\"limit\":\"2 working days\""), 0);
    /* seven days hold five working days, but not at Spring Festival */
    assert_int_equal(exceeding("\"limit\":\"5 working days\"", "\"limit\":\"7 days\""), 1);
    assert_int_equal(exceeding("\"limit\":\"1 working day\"", "\"limit\":\"1 month\""), 0);
    /* a minute before closing a minute's promise still ends the same day */
    assert_int_equal(exceeding("\"limit\":\"1 minute\"", "\"limit\":\"1 working day\""), 0);
    assert_int_equal(exceeding("\"limit\":\"9 days\",\"exceeds\":\"why\"", "\"limit\":\"5 days\""),
                     0);
}

static void
promises_by_condition_are_held_arm_by_arm(void **state)
{
#define ARMS(small, other) "\"limit\":" BY_KIND(small, other)

    (void)state;
    assert_int_equal(exceeding(ARMS("2 days", "9 days"), ARMS("3 days", "9 days")), 0);
    assert_int_equal(exceeding(ARMS("2 days", "9 days"), ARMS("1 day", "9 days")), 1);
    assert_int_equal(exceeding(ARMS("2 days", "9 days"), "\"limit\":\"8 days\""), 1);
}

static void
clocks_of_other_marks_are_not_compared(void **state)
{
    static const char steps[] = "\"a\":" TASK("\"limit\":\"1 day\",\"actions\":{\"go\":{" T
                                              ",\"to\":\"end\",\"marks\":\"m\"}}");
    static const char clocks[] =
        "\"p\":{\"kind\":\"promised\",\"from\":\"opened\",\"limit\":\"9 days\"},"
        "\"s\":{\"kind\":\"statutory\",\"from\":\"opened\",\"to\":\"m\",\"limit\":\"2 days\"}";

    (void)state;
    assert_int_equal(count(PROBLEM_PROMISE_EXCEEDS, clocks, steps), 0);
}

/* Seven hours are a day of the house, and three of a hall that opens for three. */
static void
a_promise_is_held_against_the_law_by_the_hours_of_every_hall(void **state)
{
    static const char steps[] = "\"a\":" TASK("\"limit\":\"1 hour\"," DO("end"));
    static const char clocks[] =
        "\"p\":{\"kind\":\"promised\",\"from\":\"opened\",\"limit\":\"7 hours\"},"
        "\"s\":{\"kind\":\"statutory\",\"from\":\"opened\",\"limit\":\"1 working day\"}";
    const struct calendar *house = calendar, *list[2] = {calendar};
    const struct hall_calendar hall = {
        .district = "371502",
        .calendar = city_calendar_of(&arena, "{\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\","
                                             "\"spans\":[\"10:00-13:00\"]}]}")};

    (void)state;
    assert_int_equal(count(PROBLEM_PROMISE_EXCEEDS, clocks, steps), 0);
    list[1] = hall.calendar;
    calendar = almanac_build(&arena, list, 2, &hall, 1);
    assert_int_equal(count(PROBLEM_PROMISE_EXCEEDS, clocks, steps), 1);
    calendar = house;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limits_of_the_way_add_up),
        cmocka_unit_test(a_loop_counts_once),
        cmocka_unit_test(of_parallel_branches_the_slowest_counts),
        cmocka_unit_test(a_stage_with_a_limit_counts_as_that_and_is_held_against_its_inside),
        cmocka_unit_test(a_step_that_stops_the_clock_counts_nothing),
        cmocka_unit_test(only_the_way_between_the_marks_counts),
        cmocka_unit_test(what_a_branch_marks_ends_the_clock_for_all),
        cmocka_unit_test(conditions_are_compared_case_by_case),
        cmocka_unit_test(a_condition_says_something_about_others),
        cmocka_unit_test(a_promise_is_held_against_the_law_on_every_day),
        cmocka_unit_test(promises_by_condition_are_held_arm_by_arm),
        cmocka_unit_test(clocks_of_other_marks_are_not_compared),
        cmocka_unit_test(a_promise_is_held_against_the_law_by_the_hours_of_every_hall),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
