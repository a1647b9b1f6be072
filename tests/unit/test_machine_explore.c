/* SPDX-License-Identifier: Apache-2.0 */
/* Exploration: what several do together is played, and what it leads to is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/explored.h"

static const char *
meeting(const char *when, const char *members)
{
    return arena_printf(
        &desk.arena,
        "'form': {'required': ['who'], 'properties': {'who': {'type': 'array', 'minItems': 1,"
        " 'items': {'type': 'object', 'required': ['name', 'class'], 'properties': {'name':"
        " {'type': 'string'%s}, 'class': {'type': 'string', 'enum': ['a', 'b']}}}}}}, 'start':"
        " 'vote', 'steps': {'vote': {'by': 'window', 'ballot': {'roll': 'who', 'voter': 'name',"
        " 'group': 'class', 'closes': '2 days', 'choices': {'yes': {'title': {'zh': '同意', 'en':"
        " 'Yes'}}, 'no': {'title': {'zh': '反对', 'en': 'No'}}}, 'result': [{'when': %s, 'to':"
        " 'pit'}, {'to': 'end'}]}}, " PIT "}",
        members, when);
}

static void
each_arm_of_a_ballot_is_tried(void **state)
{
    struct explored x;

    (void)state;
    x = explored(meeting("{'===': [{'var': 'tally.no.count'}, 1]}", ""));
    found_by(&x, "votes no for \"x\" in vote");
    x = explored(meeting("{'and': [{'===': [{'var': 'tally.group.a.yes.count'}, 1]}, {'===':"
                         " [{'var': 'tally.group.b.no.count'}, 1]}]}",
                         ", 'format': 'cn-uscc'"));
    found_by(&x, " for \"91371500MA3EXB0054\" in vote");
    x = explored(meeting("{'===': [{'var': 'tally.voted'}, 0]}", ""));
    found_by(&x, "time passes");
    x = explored(meeting("{'===': [{'var': 'tally.voted'}, 99]}", ""));
    assert_int_equal(x.n, 0);
}

/* Nobody is refused by it, and it is told all the same. */
static void
what_time_cannot_do_is_told(void **state)
{
    struct explored x;

    (void)state;
    x = explored(
        "'start': 'a', 'steps': {'a': {'wait': '1 day', 'to': 'b'}, 'b': {'decide': [{'to':"
        " 'c'}]}, 'c': {'wait': {'until': '2022-01-01'}, 'to': 'b', 'actions': {'x': 'end'}},"
        " 'end': {'end': 'over'}}");
    assert_true(x.n > 0);
    assert_int_equal(x.item[0].kind, EXPLORED_ERROR);
    assert_non_null(strstr(x.item[0].what, "1,000 moves"));
}

static void
signers_sign_one_after_the_other(void **state)
{
    struct explored x;

    (void)state;
    x = explored("'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'pass': {'to': 'pit',"
                 " 'input': {'required': ['reason']}, 'signers': {'roles': ['window', 'head'],"
                 " 'order': 'given'}}, 'drop': 'end'}}, " PIT "}");
    found_by(&x, "head of lead \"签名人2\" does pass in a");
    x = explored("'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'pass': {'to': 'b',"
                 " 'signers': {'count': 3}}}}, 'b': {'by': 'window', 'distinctFrom': ['a'],"
                 " 'actions': {'done': 'end'}}, 'end': {'end': 'over'}}");
    assert_int_equal(x.n, 0);
}

static const char *
chain(const char *join)
{
    return arena_printf(
        &desk.arena,
        "'form': {'required': ['shops'], 'properties': {'shops': {'type': 'array', 'items':"
        " {'type': 'object', 'required': ['name'], 'properties': {'name': {'type': 'string'}}}}}},"
        " 'start': 'open', 'steps': {'open': {'by': 'registrar', 'to': 'end', 'cases':"
        " {'workflow': 'shop', 'each': 'form.shops'}, %s}, " PIT "}",
        join);
}

static void
child_cases_end_as_the_join_tells_them_apart(void **state)
{
    struct explored x;

    (void)state;
    x = explored(chain("'join': {'count': 2, 'of': 'done'}, 'else': 'pit'"));
    found_by(&x, "child 1 ends failed");
    x = explored(chain("'join': {'count': 2, 'of': 'done'}, 'else': 'end', 'actions': {'stay':"
                       " {'to': 'pit', 'when': {'===': [{'var': 'step.open.counted'}, 1]}}}"));
    found_by(&x, "child 1 ends done");
    x = explored(chain("'join': {'count': 2, 'of': 'done'}, 'actions': {'stay': {'to': 'pit',"
                       " 'when': {'===': [{'var': 'step.open.counted'}, 9]}}}"));
    assert_int_equal(x.n, 0); /* one that failed is tried again */
}

static const char *
lanes(const char *when, const char *more)
{
    return arena_printf(
        &desk.arena,
        "'lanes': [{'id': 'green', 'title': {'zh': '绿', 'en': 'Green'}, 'basis': '样例', 'by':"
        " ['head']}, {'id': 'urgent', 'title': {'zh': '急', 'en': 'Urgent'}, 'basis': '样例', 'by':"
        " ['window']}], 'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'pass': {'to':"
        " 'pit', 'when': %s}, 'drop': 'end'}}, %s" PIT "}",
        when, more);
}

static void
the_case_is_moved_into_lanes_and_out_of_them(void **state)
{
    struct explored x, y;

    (void)state;
    x = explored(lanes("{'===': [{'var': 'case.lane'}, 'urgent']}", ""));
    found_by(&x, "window moves into lane urgent reason");
    x = explored(lanes("{'===': [{'var': 'case.lane'}, 'other']}", ""));
    assert_int_equal(x.n, 0);
    /* What nobody asks for tells no states apart. */
    y = explored(lanes("{'===': [{'var': ['case.never', 1]}, 0]}", ""));
    assert_int_equal(y.n, 0);
    assert_true(x.n_state >= y.n_state * 3);
}

/* That it once was in a lane, and is in none any more, takes the way out of it. */
static void
a_case_that_left_its_lane_goes_on(void **state)
{
    struct explored x;

    (void)state;
    x = explored(
        lanes("{'and': [{'===': [{'var': 'case.lane'}, '']}, {'===': [{'var': ['case.seen', 0]},"
              " 1]}]}",
              "'b': {'by': 'window', 'optional': {'by': 'window', 'most': 2}, 'actions': {'note':"
              " {'to': '$done', 'when': {'===': [{'var': 'case.lane'}, 'green']}, 'do': [{'set':"
              " {'case.seen': 1}}]}, 'drop': '$done'}}, "));
    found_by(&x, "head moves out of lane reason");
}

/* What one branch did in a lane to which there is no way back, before the other could act. */
static void
lanes_change_between_branches(void **state)
{
    static const char branch[] =
        "'%s': {'title': {'zh': '支', 'en': 'Branch'}, 'start': 'do', 'steps': {'do': {'by':"
        " 'window', 'actions': {'yes': {'to': 'yes', 'when': {'===': [{'var': 'case.lane'},"
        " '%s']}}, 'no': 'no'}}, 'yes': {'end': 'yes'}, 'no': {'end': 'no'}}}";
    struct explored x;

    (void)state;
    x = explored(arena_printf(
        &desk.arena,
        "'lanes': [{'id': 'green', 'title': {'zh': '绿', 'en': 'Green'}, 'basis': '样例', 'when':"
        " {'===': [1, 1]}}, {'id': 'urgent', 'title': {'zh': '急', 'en': 'Urgent'}, 'basis':"
        " '样例', 'by': ['window']}], 'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'look',"
        " 'branches': {%s, %s}}, 'look': {'decide': [{'when': {'and': [{'===': [{'var':"
        " ['step.p.a.outcome', '']}, 'yes']}, {'===': [{'var': ['step.p.b.outcome', '']},"
        " 'yes']}]}, 'to': 'pit'}, {'to': 'end'}]}, " PIT "}",
        arena_printf(&desk.arena, branch, "a", "urgent"),
        arena_printf(&desk.arena, branch, "b", "green")));
    found_by(&x, "window moves into lane urgent");
}

static const char *
papers(const char *lapse, int owed, const char *on)
{
    return arena_printf(
        &desk.arena,
        "'materials': [{'id': 'plan', 'title': {'zh': '图纸', 'en': 'Plan'}, 'tolerance': '5 days'"
        "%s}, {'id': 'deed', 'title': {'zh': '证明', 'en': 'Deed'}}], 'start': 'a', 'steps': {'a':"
        " {'by': 'window', 'actions': {'pass': {'to': 'b', 'when': {'===': [{'var': 'case.owed'},"
        " %d]}}, 'drop': {'to': 'end', 'when': {'===': [{'var': 'case.owed'}, 9]}}}}, 'b': {'by':"
        " 'window', 'actions': {'on': '%s'}}, " PIT "}",
        lapse, owed, on);
}

/* What waits for papers is not stuck, and what papers lead to is found. */
static void
materials_are_handed_in(void **state)
{
    struct explored x;

    (void)state;
    x = explored(papers("", 0, "end"));
    assert_int_equal(x.n, 0);
    x = explored(papers("", 0, "pit"));
    found_by(&x, "window receives material deed");
    x = explored(papers(", 'lapse': 'pit'", 0, "end"));
    assert_int_equal(x.n, 1);
    if (!strstr(x.item[0].scenario, "window tolerates material plan") ||
        !strstr(x.item[0].scenario, "time passes"))
        fail_msg("%s", x.item[0].scenario);
    x = explored(papers("", 3, "end"));
    assert_int_equal(x.n, 1); /* three are never owed */
    assert_int_equal(x.item[0].kind, EXPLORED_STUCK);
    x = explored(papers(", 'lapse': 'end'", 3, "end"));
    assert_int_equal(x.n, 0); /* what was tolerated lapses */
}

static void
children_stand_with_their_parent(void **state)
{
    static const char join[] = "'join': {'count': 2, 'of': 'done'}, 'else': 'end'%s, 'actions':"
                               " {'stay': {'to': 'end'}}";
    struct explored apart, any;

    (void)state;
    apart = explored(chain(arena_printf(&desk.arena, join, "")));
    any = explored(arena_printf(
        &desk.arena, "'grounds': {'shops': {'title': {'zh': '门店', 'en': 'Shops'}}}, %s",
        chain(arena_printf(&desk.arena, join,
                           ", 'stopsWhen': {'children': 'any', 'ground': 'shops'}"))));
    assert_int_equal(any.n, 0);
    /* None, one or both of two, none or one of one: five states where there were two. */
    assert_int_equal(any.n_state, apart.n_state + 3);
}

#define T "'title': {'zh': '材', 'en': 'M'}"

/* One step with @actions, and its materials: one that may be promised, one looked up. */
static const char *
counter(const char *material, const char *actions)
{
    return arena_printf(&desk.arena,
                        "'materials': [{'id': 'lease', " T ", 'promise': {'check': '5 days'}},"
                        " {'id': 'licence', " T ", 'from': 'shared-data'}, {'id': 'plan', " T
                        "%s}], 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {%s}}, " PIT
                        "}",
                        material, actions);
}

#define OWED(op, n) "'when': {'" op "': [{'var': 'case.owed'}, " n "]}"

static void
what_is_owed_comes_and_is_found_wanting(void **state)
{
    struct explored x;

    (void)state;
    x = explored(counter("", "'give': {'to': 'end', " OWED("===", "0") "}"));
    assert_int_equal(x.n, 0);
    x = explored(counter("", "'give': {'to': 'pit', " OWED("===", "0") "}, 'end': 'end'"));
    found_by(&x, "window promises material lease document \"explored\"\n"
                 "2022-01-04 09:00:00  window fetches material licence document \"explored\"\n"
                 "2022-01-04 09:00:00  window receives material plan\n");
    /* Some of it: two of three are there. */
    x = explored(counter("", "'give': {'to': 'pit', " OWED("===", "1") "}, 'end': 'end'"));
    found_by(&x, "fetches material licence");
    x = explored(counter("", "'give': {'to': 'pit', " OWED("===", "4") "}, 'end': 'end'"));
    assert_int_equal(x.n, 0);
}

/* Branches that ask what is owed do not keep to themselves. */
static void
what_is_owed_comes_between_branches_that_ask(void **state)
{
    struct explored x;

    (void)state;
    x = explored(
        "'materials': [{'id': 'lease', " T "}], 'start': 'p', 'steps': {'p': {'join':"
        " 'all', 'to': 'end', 'branches': {'a': {'start': 'x', 'steps': {'x': {'by':"
        " 'window', 'actions': {'done': {'to': '$done', " OWED(
            "===",
            "0") "}}}}}, 'b': {'start': 'y', 'steps': {'y': {'by': 'window', 'actions': {'done':"
                 " '$done'}}}}}}, " PIT "}");
    assert_int_equal(x.n, 0);
}

static void
what_was_there_is_owed_again(void **state)
{
    struct explored x;

    (void)state;
    x = explored("'materials': [{'id': 'lease', " T
                 ", 'promise': {}}], 'start': 't', 'steps': {'t':"
                 " {'by': 'window', 'actions': {'on': {'to': 'b', " OWED(
                     "===", "0") "}}}, 'b': {'by': 'window', 'actions': {'give': 'end', 'back': "
                                 "{'to': 'pit', " OWED(">", "0") "}}}, " PIT "}");
    found_by(&x, "head breaks material lease reason \"explored\"");
    x = explored("'materials': [{'id': 'lease', " T "}], 'start': 't', 'steps': {'t':"
                 " {'by': 'window', 'actions': {'on': {'to': 'b', " OWED(
                     "===", "0") "}}}, 'b': {'by': 'window', 'actions': {'give': 'end', 'back': "
                                 "{'to': 'pit', " OWED(">", "0") "}}}, " PIT "}");
    found_by(&x, "window rejects material lease reason \"explored\"");
}

static void
a_tolerance_lapses_where_it_says(void **state)
{
    static const char branches[] =
        "'materials': [{'id': 'lease', " T ", 'tolerance': '3 days', 'lapse': '%s'}], 'start': 'p',"
        " 'steps': {'p': {'join': 'all', 'to': 'end', 'branches': {'a': {'start': 'x', 'steps':"
        " {'x': {'by': 'window', 'actions': {'done': '$done'}}}}, 'b': {'start': 'y', 'steps':"
        " {'y': {'by': 'window', 'actions': {'done': '$done'}}}}}}, " PIT "}";
    struct explored x;

    (void)state;
    x = explored(counter(", 'tolerance': '3 days', 'lapse': 'pit'", "'give': 'end'"));
    found_by(&x, "window tolerates material plan\n2022-01-08 00:00:01  time passes");
    x = explored(counter(", 'tolerance': '3 days', 'lapse': 'end'", "'give': 'end'"));
    assert_int_equal(x.n, 0);
    x = explored(arena_printf(&desk.arena, branches, "pit"));
    found_by(&x, "tolerates material lease");
    x = explored(arena_printf(&desk.arena, branches, "end"));
    assert_int_equal(x.n, 0);
}

#define MISSING                                                                                    \
    "'notice': true, 'input': {'required': ['missing'], 'properties': {'missing': {'type':"        \
    " 'array', 'minItems': 1, 'items': {'type': 'string'}}}}"

static void
a_notice_names_what_is_missing(void **state)
{
    struct explored x;

    (void)state;
    x = explored(counter("", "'ask': {'to': 'pit', " MISSING "}, 'end': 'end'"));
    found_by(&x, "does ask in t document \"explored\" {\"missing\":[\"lease\",\"plan\"]}");
    /* Those that are not needed are not named; that nothing is, cannot be said. */
    x = explored("'materials': [{'id': 'lease', " T ", 'when': {'!': [true]}}], 'start': 't',"
                 " 'steps': {'t': {'by': 'window', 'actions': {'ask': {'to': 'pit', " MISSING
                 "}, 'end': 'end'}}, " PIT "}");
    assert_int_equal(x.n, 0);
}

/* What follows from an action for which no input could be made is not known. */
static void
what_was_not_tried_is_not_condemned(void **state)
{
    const struct exploring bounds = {.most_states = 100, .district = "371502"};
    struct explored x;

    (void)state;
    desk_define("'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'pass': {'to': 'end',"
                " 'input': {'required': ['code'], 'properties': {'code': {'type': 'string',"
                " 'pattern': '^[0-9]{6}$'}}}}}}, 'end': {'end': 'over'}}");
    machine_explore(desk.w, desk.calendar, &bounds, &desk.arena, &x);
    assert_string_equal(x.unsampled, "action pass of t");
    assert_int_equal(x.n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_arm_of_a_ballot_is_tried),
        TEST(what_time_cannot_do_is_told),
        TEST(signers_sign_one_after_the_other),
        TEST(child_cases_end_as_the_join_tells_them_apart),
        TEST(the_case_is_moved_into_lanes_and_out_of_them),
        TEST(a_case_that_left_its_lane_goes_on),
        TEST(lanes_change_between_branches),
        TEST(materials_are_handed_in),
        TEST(children_stand_with_their_parent),
        TEST(what_is_owed_comes_and_is_found_wanting),
        TEST(what_is_owed_comes_between_branches_that_ask),
        TEST(what_was_there_is_owed_again),
        TEST(a_tolerance_lapses_where_it_says),
        TEST(a_notice_names_what_is_missing),
        TEST(what_was_not_tried_is_not_condemned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
