/* SPDX-License-Identifier: Apache-2.0 */
/* Exploration: who asks, dates, counters and whatever else is one value for many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/explored.h"

static void
who_asks_is_known_or_not_where_that_is_asked(void **state)
{
    static const char asks[] =
        "'openBy': ['registrar', 'applicant'], 'start': 't', 'steps': {'t': {'by': 'registrar',"
        " 'actions': {'go': {'to': 'd'}}}, 'd': {'decide': [{'when': %s, 'to': 'pit'}, {'to':"
        " 'end'}]}, " PIT "}";
    struct explored x;

    (void)state;
    x = explored(arena_printf(&desk.arena, asks, "{'!': [{'var': 'case.identified'}]}"));
    found_by(&x, "public opens\n");
    x = explored(arena_printf(&desk.arena, asks, "{'var': 'case.identified'}"));
    found_by(&x, "registrar opens\n");
    /* Whom nobody knows gets there when somebody has looked. */
    x = explored("'openBy': ['applicant'], 'certificates': {'p': {'number': 'P', 'content': {'n':"
                 " 1}}}, 'start': 't', 'steps': {'t': {'by': 'registrar', 'actions': {'give':"
                 " {'to': 'pit', 'do': [{'issue': 'p'}]}}}, " PIT "}");
    found_by(&x, "head identifies by \"explored\"\n");
}

static const char *
call_for_bids(const char *bids)
{
    return arena_printf(
        &desk.arena,
        "'form': {'required': ['closes'], 'properties': {'closes': {'type': 'string', 'format':"
        " 'date-time'}}}, 'start': 'call', 'steps': {'call': {'by': 'window', 'actions':"
        " {'publish': {'to': 'bids', 'input': {'required': ['closes'], 'properties': {'closes':"
        " {'type': 'string', 'format': 'date-time'}}}, 'when': {'not-before': [{'var':"
        " 'input.closes'}, {'plusTime': [{'var': 'now'}, 20, 'day']}]}, 'do': [{'set':"
        " {'form.closes': {'var': 'input.closes'}}}]}}}, 'bids': {'by': 'window', %s}, " PIT "}",
        bids);
}

/* A day that is to come can be named however late it is; whether one is past is not forgotten. */
static void
a_date_can_always_be_to_come(void **state)
{
    struct explored x;

    (void)state;
    x = explored(call_for_bids("'wait': '2 years', 'to': 'call', 'actions': {'open': 'end'}"));
    assert_int_equal(x.n, 0);
    x = explored(call_for_bids("'wait': {'until': {'var': 'form.closes'}}, 'to': 'call',"
                               " 'actions': {'none': {'to': 'end', 'when': {'after': [{'var':"
                               " 'form.closes'}, {'var': 'now'}]}}}"));
    assert_int_equal(x.n, 0);
    x = explored(call_for_bids("'actions': {'wait': {}, 'fall': {'to': 'pit', 'when': {'after':"
                               " [{'var': 'now'}, {'var': 'form.closes'}]}}, 'end': 'end'},"
                               " 'after': {'3 months': {}}"));
    found_by(&x, "does fall in bids");
}

static void
two_that_must_differ_are_made_up(void **state)
{
    struct explored x;

    (void)state;
    x = explored("'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'name': {'to': 'pit',"
                 " 'input': {'required': ['first', 'second'], 'properties': {'first': {'type':"
                 " 'string', 'format': 'cn-uscc'}, 'second': {'type': 'string', 'format':"
                 " 'cn-uscc'}}}, 'when': {'!==': [{'var': 'input.first'}, {'var':"
                 " 'input.second'}]}}, 'end': 'end'}}, " PIT "}");
    found_by(&x, "does name in a");
    x = explored(
        "'form': {'required': ['owed'], 'properties': {'owed': {'type': 'integer'}}},"
        " 'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'pay': {'to': 'pit',"
        " 'input': {'required': ['sum'], 'properties': {'sum': {'type': 'integer'}}},"
        " 'when': {'<': [{'var': 'input.sum'}, {'var': 'form.owed'}]}}, 'end': 'end'}}, " PIT "}");
    found_by(&x, "does pay in a");
}

/* What is counted on without end is looked at as far as somebody compares it with a number. */
static void
a_counter_comes_to_an_end(void **state)
{
    struct explored x;

    (void)state;
    x = explored(
        "'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'count': {'do':"
        " [{'set': {'case.bids': {'+': [{'var': ['case.bids', 0]}, 1]}}}]}, 'open':"
        " {'to': 'pit', 'when': {'>': [{'var': ['case.bids', 0]}, 3]}}, 'end': 'end'}}, " PIT "}");
    found_by(&x, "does open in a");
    assert_int_equal(x.n_state, 11); /* 0 to 4 in a and at the end, 4 in the pit */
}

/* How branches ended, who began to sign what, and names nobody asks for lead nowhere else. */
static void
what_leads_nowhere_else_is_one_state(void **state)
{
    struct text t = text_new(&desk.arena);
    struct explored x;

    (void)state;
    text_str(&t, "'start': 'p', 'steps': {'p': {'join': 'all', 'to': 'b', 'branches': {");
    for (char c = 'a'; c < 'e'; c++)
        text_printf(&t,
                    "%s'%c': {'start': 's', 'steps': {'s': {'by': 'window', 'actions': {'yes':"
                    " 'yes', 'no': {'to': 'no', 'do': [{'set': {'case.%c': true}}]}}}, 'yes':"
                    " {'end': 'yes'}, 'no': {'end': 'no'}}}",
                    c == 'a' ? "" : ", ", c, c);
    text_str(&t, "}}, 'b': {'by': 'window', 'actions': {'pass': {'to': 'end', 'signers': {'count':"
                 " 6}}, 'drop': {'to': 'end', 'signers': {'count': 6}}}}, 'end': {'end': 'over'}}");
    x = explored(t.at);
    assert_int_equal(x.n, 0);
    assert_int_equal(x.n_state, 65 + 12); /* 3^4 - 2^4 in p; 6 signatures for each of two */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_asks_is_known_or_not_where_that_is_asked),
        TEST(a_date_can_always_be_to_come),
        TEST(two_that_must_differ_are_made_up),
        TEST(a_counter_comes_to_an_end),
        TEST(what_leads_nowhere_else_is_one_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
