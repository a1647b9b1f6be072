/* SPDX-License-Identifier: Apache-2.0 */
/* What the gate does with a procedure that has more states than it looks at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/gate.h"
#include "tests/support/explored.h"

enum { BRANCHES = 9, STEPS = 4, FEW = 2000 };

/* Branches that all write what somebody asks for, so that their order matters: 5^9 states. */
static const char *
broad(const char *more, const char *then)
{
    struct text t = text_new(&desk.arena);

    text_printf(&t, "%s 'start': 'p', 'steps': {'p': {'join': 'all', 'to': '%s', 'branches': {",
                more, then);
    for (int b = 0; b < BRANCHES; b++) {
        text_printf(&t, "%s'b%d': {'start': 's0', 'steps': {", b ? ", " : "", b);
        for (int s = 0; s < STEPS; s++) {
            const char *to = s == STEPS - 1 ? "$done" : arena_printf(&desk.arena, "s%d", s + 1);

            text_printf(&t,
                        "%s's%d': {'by': 'window', 'actions': {'go': {'to': '%s', 'when': {'!==':"
                        " [{'var': ['case.last', 'x']}, 'y']}, 'do': [{'set': {'case.last':"
                        " 'b%d'}}]}}}",
                        s ? ", " : "", s, to, b);
        }
        text_str(&t, "}}");
    }
    text_str(&t, "}}, " PIT "}");
    return t.at;
}

static struct problems
gate(const char *members, bool to_the_end, bool (*go_on)(void *arg), struct explored *found)
{
    const struct house house = {.calendar = desk.calendar};
    const struct gate_bounds bounds = {
        .states = FEW, .seconds = 60, .go_on = go_on, .to_the_end = to_the_end};
    struct problems problems = {.arena = &desk.arena};

    desk_define(members);
    gate_explore(desk.w, &house, &bounds, &desk.arena, &problems, found);
    return problems;
}

static void
what_was_not_looked_at_is_a_problem_until_it_is_acknowledged(void **state)
{
    struct explored found;
    struct problems problems = gate(broad("", "end"), true, NULL, &found);

    (void)state;
    assert_false(found.whole);
    assert_int_equal(found.n_state, FEW);
    assert_int_equal(problems.n_error, 1);
    assert_int_equal(problems.item[0].number, PROBLEM_UNEXPLORED);
    problems =
        gate(broad("'unexplored': 'each branch was looked at alone',", "end"), true, NULL, &found);
    assert_false(found.whole);
    assert_string_equal(desk.w->unexplored, "each branch was looked at alone");
    assert_int_equal(problems.n, 0);
    /* Who asks for less than the gate is not told so. */
    assert_int_equal(gate(broad("", "end"), false, NULL, &found).n, 0);
    /* Nor what is seen to the end. */
    problems = gate("'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'go': 'end'}}, "
                    "'end': {'end': 'over'}}",
                    true, NULL, &found);
    assert_true(found.whole);
    assert_int_equal(problems.n, 0);
}

static bool
never(void *arg)
{
    (void)arg;
    return false;
}

static void
who_was_stopped_has_no_problem(void **state)
{
    struct explored found;

    (void)state;
    assert_int_equal(gate(broad("", "end"), true, never, &found).n, 0);
}

/* As often as *@arg says. */
static bool
some_times(void *arg)
{
    return (*(int *)arg)-- > 0;
}

static void
put_file(const char *path)
{
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
}

static void
it_is_asked_before_each_scenario_whether_to_go_on(void **state)
{
    static const char *const name[] = {"x.case", "x-2.case", "x-3.case"};
    const struct house house = {.calendar = desk.calendar};
    char folder[] = "/tmp/gateXXXXXX";
    int times;
    const struct gate_bounds bounds = {.go_on = some_times, .arg = &times};
    struct workflow w = {.file = ""};

    (void)state;
    assert_non_null(mkdtemp(folder));
    w.file = arena_printf(&desk.arena, "%s/x.json", folder);
    for (int i = 0; i < 3; i++)
        put_file(arena_printf(&desk.arena, "%s/%s", folder, name[i]));
    for (times = 0; times <= 4; times++) {
        struct problems problems = {.arena = &desk.arena};
        const int most = times, played = most < 3 ? most : 3;

        /* An empty scenario fails; where none was played nothing is said of their number. */
        assert_int_equal(gate_play(&w, &house, &bounds, &desk.arena, &problems), played);
        assert_int_equal(problems.n, played);
        assert_int_equal(times, most - 3 < 0 ? -1 : most - 3);
        times = most;
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(remove(arena_printf(&desk.arena, "%s/%s", folder, name[i])), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void
a_dead_end_behind_more_states_than_are_looked_at_is_found(void **state)
{
    struct explored found;
    struct problems problems =
        gate(broad("'unexplored': 'nobody has counted them',", "pit"), true, NULL, &found);

    (void)state;
    assert_false(found.whole);
    assert_int_equal(problems.n, 1);
    assert_int_equal(problems.item[0].number, PROBLEM_NO_WAY_ON);
    assert_non_null(strstr(problems.item[0].text, "pit"));
    assert_non_null(strstr(problems.item[0].example, "p.b8.s3"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_not_looked_at_is_a_problem_until_it_is_acknowledged),
        TEST(who_was_stopped_has_no_problem),
        TEST(it_is_asked_before_each_scenario_whether_to_go_on),
        TEST(a_dead_end_behind_more_states_than_are_looked_at_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
