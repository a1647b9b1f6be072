/* SPDX-License-Identifier: Apache-2.0 */
/* Who leads into a step that stops with a notice is somebody who can name its document (K7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "definition/json.h"
#include "definition/parse.h"
#include "tests/support/city.h"

#define T "'title':{'zh':'a','en':'a'}"
/* A step of the house that goes on. */
#define GOES(to) "{" T ",'by':'window','openEnded':'a','actions':{'go':{" T ",'to':'" to "'}}}"

static struct arena arena;
static const struct calendar *calendar;

static int
start(void **state)
{
    (void)state;
    calendar = city_calendar(&arena);
    return calendar ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/*
 * Where the warnings stand, and who they are about, of a definition with the members @head and
 * @steps: its `ask` stops with a notice, its `pause` without one.
 */
static const char *
unserved(const char *head, const char *steps)
{
    const char *text = arena_printf(
        &arena,
        "{'id':'x'," T ",'lead':'lead','source':{'law':['x']},'effective':{'from':'2022-01-01'},"
        "'applicant':'enterprise','grounds':{'n':{" T ",'notice':true},'q':{" T "}},"
        "'form':{'type':'object','required':['flag','who'],'properties':{'flag':{'type':'boolean'},"
        "'who':{'type':'array','uniqueItems':true,'maxItems':9,'items':{'type':'string'}}}},"
        "%s,'steps':{%s,'ask':{" T ",'by':'applicant','stops':{'ground':'n'},'openEnded':'a',"
        "'actions':{'back':{" T ",'to':'pause'}}},'pause':{" T
        ",'by':'applicant','stops':{'ground':"
        "'q'},'openEnded':'a','actions':{'back':{" T ",'to':'z'}}},'z':{" T ",'end':'z'}}}",
        head, steps);
    const struct organisation nothing = {.data = NULL};
    struct problems problems = {.arena = &arena};
    struct text t = text_new(&arena);
    const struct workflow *w;
    struct value source;
    struct error e;

    for (char *c = (char *)(uintptr_t)text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    assert_true(json_read(&arena, text, strlen(text), true, &source, &e));
    if (!definition_read(&arena, &source, NULL, &nothing, calendar, &w, &problems))
        assert_true(problems.n > 0);
    for (size_t i = 0; i < problems.n; i++) {
        const struct problem *p = &problems.item[i];
        const char *may = strstr(p->text, " may lead");

        if (p->number != PROBLEM_NOTICE_UNSERVED)
            fail_msg("%s: %s", p->pointer, p->text);
        assert_non_null(may);
        assert_non_null(strstr(p->text, "into \"ask\""));
        text_printf(&t, "%s%s: %.*s", i ? "; " : "", p->pointer, (int)(may - p->text), p->text);
    }
    return t.at;
}

#define START "'start':'a'"

static void
what_the_house_does_serves_the_notice(void **state)
{
    (void)state;
    assert_string_equal(unserved(START, "'a':" GOES("ask")), "");
    /* Also with a decision, a stage or a branch in between. */
    assert_string_equal(unserved(START, "'a':" GOES("d") ",'d':{'decide':[{'when':{'var':"
                                                         "'form.flag'},'to':'z'},{'to':'ask'}]}"),
                        "");
    /* Time, messages and the public may make it stand on another ground. */
    assert_string_equal(
        unserved(START, "'a':{" T ",'by':'window','after':{'5 days':{'to':'pause'}},'on':{'m':{"
                        "'from':'tax','to':'pause'}},'actions':{'go':{" T ",'to':'ask'}}}"),
        "");
}

static void
what_comes_by_itself_or_from_outside_is_told(void **state)
{
    (void)state;
    assert_string_equal(
        unserved(START, "'a':{" T ",'by':'window','after':{'5 days':{'to':'ask'}},'on':{'m':{"
                        "'from':'tax','to':'ask'}},'actions':{'go':{" T ",'to':'ask'}}}"),
        "/steps/a/after/5 days: the timer \"5 days\"; /steps/a/on/m: the message \"m\"");
    assert_string_equal(unserved(START, "'a':{" T ",'wait':'5 days','to':'ask'}"),
                        "/steps/a: the end of the wait");
    assert_string_equal(unserved(START, "'a':{" T ",'by':'system:tax','openEnded':'a','actions':{"
                                        "'go':{" T ",'to':'ask'}}}"),
                        "/steps/a/actions/go: the answer of an outside system (\"go\")");
    assert_string_equal(unserved(START, "'a':{" T ",'by':'window','cases':{"
                                        "'workflow':'y'},'join':'all','to':'ask'}"),
                        "/steps/a: the end of child cases");
}

static void
the_applicant_and_the_public_have_none_to_name(void **state)
{
    (void)state;
    assert_string_equal(unserved(START, "'a':{" T ",'by':'applicant','openEnded':'a','actions':{"
                                        "'go':{" T ",'to':'ask'}}}"),
                        "/steps/a/actions/go: the applicant (\"go\")");
    assert_string_equal(unserved(START, "'a':{" T ",'wait':'5 days','to':'z','by':'public',"
                                        "'actions':{'object':{" T ",'to':'ask'}}}"),
                        "/steps/a/actions/object: the public (\"object\")");
}

static void
the_opening_a_withdrawal_and_a_tolerance_name_none(void **state)
{
    (void)state;
    assert_string_equal(unserved("'start':'d'",
                                 "'d':{'decide':[{'when':{'var':'form.flag'},'to':'a'},{'to':"
                                 "'ask'}]},'a':" GOES("ask")),
                        "/start: the opening");
    assert_string_equal(unserved(START ",'withdraw':{'to':'ask'}", "'a':" GOES("z")),
                        "/withdraw: the withdrawal");
    assert_string_equal(unserved(START ",'materials':[{'id':'m'," T
                                       ",'tolerance':'5 days','lapse':'ask'}]",
                                 "'a':" GOES("ask")),
                        "/materials/0: a tolerance that lapses");
}

/* A parallel step that one branch at least begins in is not passed at once; a list may be empty. */
static void
a_join_is_passed_by_who_ends_the_last_branch(void **state)
{
#define BRANCH(more) "{" T ",'start':'t'," more "'steps':{'t':" GOES("$done") "}}"
#define WAITS        "'a':{" T ",'wait':'5 days','to':'p'},"
    (void)state;
    assert_string_equal(
        unserved(START, WAITS "'p':{" T ",'join':'all','to':'ask','branches':{'b':" BRANCH(
                            "") ",'c':" BRANCH("'when':{'var':'form.flag'},") "}}"),
        "");
    assert_string_equal(
        unserved(START, WAITS "'p':{" T ",'join':'all','to':'ask','branches':{'c':" BRANCH(
                            "'when':{'var':'form.flag'},") "}}"),
        "/steps/a: the end of the wait");
    assert_string_equal(unserved(START, WAITS "'p':{" T ",'join':'all','to':'ask','foreach':{'var':"
                                              "'form.who'},'branch':" BRANCH("") "}"),
                        "/steps/a: the end of the wait");
    assert_string_equal(
        unserved(START, "'a':" GOES("p") ",'p':{" T ",'join':'all','to':'ask','branches':{'b':{" T
                                         ",'start':'t','steps':{'t':{" T
                                         ",'wait':'5 days','to':'$done'}}}}}"),
        "/steps/p/branches/b/steps/t: the end of the wait");
}

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_house_does_serves_the_notice),
        TEST(what_comes_by_itself_or_from_outside_is_told),
        TEST(the_applicant_and_the_public_have_none_to_name),
        TEST(a_join_is_passed_by_who_ends_the_last_branch),
        TEST(the_opening_a_withdrawal_and_a_tolerance_name_none),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
