/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios as they are written: what is understood, and what is said of the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tests/support/scenario_text.h"

static void
a_line_says_when_who_and_what(void **state)
{
    (void)state;
    assert_true(reads(HEAD
                      "2026-03-02 09:00  window opens\n"
                      "09:01:30 reviewer of 市税务局 \"张三\" does check in a.b {\"x\": [1]}\n"));
    assert_string_equal(scenario.workflow, "w");
    assert_string_equal(scenario.district, "371502");
    assert_null(scenario.applicant);
    assert_int_equal(line(0)->verb, VERB_OPENS);
    assert_int_equal(line(0)->at, moment("2026-03-02T09:00:00+08:00"));
    assert_int_equal(line(1)->at, moment("2026-03-02T09:01:30+08:00"));
    assert_int_equal(line(1)->line, 5);
    assert_int_equal(line(1)->actor.party, PARTY_ROLE);
    assert_string_equal(line(1)->actor.department, "市税务局");
    assert_string_equal(line(1)->actor.name, "张三");
    assert_string_equal(line(1)->action, "check");
    assert_string_equal(line(1)->step, "a.b");
    assert_int_equal(value_get(&line(1)->input, "x")->n, 1);
    assert_null(line(1)->refused);
}

static void
systems_say_and_child_cases_end(void **state)
{
    (void)state;
    assert_true(reads(HEAD "2026-03-02 09:00 system tax says report as \"r-1\" in a.b {\"x\": 1}\n"
                           "09:01 head settles letter 2 in a.b reason \"r\"\n"
                           "    then letter 2 taken, child 3 runs\n"
                           "09:02 child 3 is born\n09:03 child 3 ends refused\n"
                           "09:04 child 4 fails \"why\"\n09:05 registrar retries child 4\n"
                           "09:06 child 3 stands\n09:06 child 3 goes on\n"
                           "09:07 in child 3 registrar does register in a.b {\"x\": 2}\n"));
    assert_int_equal(line(0)->verb, VERB_SAYS);
    assert_string_equal(line(0)->message, "r-1");
    assert_string_equal(line(0)->step, "a.b");
    assert_int_equal(line(1)->number, 2);
    assert_int_equal(line(1)->expect[0].kind, EXPECT_LETTER);
    assert_int_equal(line(1)->expect[1].number, 3);
    assert_int_equal(line(2)->verb, VERB_IS_BORN);
    assert_string_equal(line(3)->action, "refused");
    assert_string_equal(line(4)->action, "failed");
    assert_string_equal(line(4)->reason, "why");
    assert_int_equal(line(5)->verb, VERB_RETRIES);
    assert_false(scenario_by_the_hall(line(5)->verb));
    for (size_t i = 2; i < 8; i++)
        assert_int_equal(scenario_by_the_hall(line(i)->verb), i != 5);
    assert_int_equal(line(6)->verb, VERB_STANDS);
    assert_int_equal(line(7)->verb, VERB_GOES_ON);
    assert_int_equal(line(7)->number, 3);
    assert_int_equal(line(7)->child, 0);
    assert_int_equal(line(8)->verb, VERB_DOES);
    assert_int_equal(line(8)->child, 3);
    assert_string_equal(line(8)->step, "a.b");
    assert_refused(HEAD "2026-03-02 09:00 child 1 is born, refused forbidden\n", "never refused");
    assert_true(reads(HEAD "2026-03-02 09:00 elsewhere no promises are broken\n"));
    assert_int_equal(line(0)->number, 0);
    assert_refused(HEAD "2026-03-02 09:00 elsewhere 2 promises\n",
                   "elsewhere 2 promises are broken");
    assert_refused(HEAD "2026-03-02 09:00 child 1 goes away\n", "write \"child 1 goes on\"");
    assert_refused(HEAD "2026-03-02 09:00 in child 1 window opens\n", "opened by the hall");
    assert_refused(HEAD "2026-03-02 09:00 in 1 window opens\n", "write \"in child 1\"");
    assert_refused(HEAD "2026-03-02 09:00 window says report\n", "only a system says something");
    assert_refused(HEAD "2026-03-02 09:00 child x is born\n", "is a number from 1, not \"x\"");
    assert_refused(HEAD "2026-03-02 09:00 child 1 gos\n", "unknown deed of a child case \"gos\"");
    assert_refused(HEAD "2026-03-02 09:00 child 1 is here\n", "write \"child 1 is born\"");
    assert_refused(HEAD "2026-03-02 09:00 head settles 2\n", "write \"settles letter 1");
    assert_refused(HEAD "2026-03-02 09:00 head retries 2\n", "write \"retries child 2");
    assert_refused(HEAD "2026-03-02 09:00 time passes\n then letter x late\n", "not \"x\"");
}

static void
what_a_deed_is_said_of_follows_it(void **state)
{
    (void)state;
    assert_true(reads(HEAD "2026-03-03 09:00 window does accept in a.b reason \"r\" explanation"
                           " \"e\" happened 2026-03-02 10:00 {\"x\": 1}\n"
                           "09:01 window holds a.b reason \"h\"\n"));
    assert_string_equal(line(0)->reason, "r");
    assert_string_equal(line(0)->explanation, "e");
    assert_int_equal(line(0)->happened, moment("2026-03-02T10:00:00+08:00"));
    assert_int_equal(value_get(&line(0)->input, "x")->integer, 1);
    assert_string_equal(line(1)->step, "a.b");
    assert_string_equal(line(1)->reason, "h");
    assert_false(reads(HEAD "2026-03-03 09:00 window does accept happened yesterday\n"));
    assert_true(reads(HEAD "2026-03-03 09:00 head opens reason \"停电\" happened 2026-03-02 10:00"
                           " {\"x\": 1}\n"
                           "09:01 head withdraws document \"d\" reason \"r\" happened 2026-03-02"
                           " 11:00\n"));
    assert_string_equal(line(0)->reason, "停电");
    assert_int_equal(line(0)->happened, moment("2026-03-02T10:00:00+08:00"));
    assert_int_equal(value_get(&line(0)->input, "x")->integer, 1);
    assert_string_equal(line(1)->document, "d");
    assert_int_equal(line(1)->happened, moment("2026-03-02T11:00:00+08:00"));
    assert_refused(HEAD "2026-03-03 09:00 head opens document \"d\" {}\n", "may have a reason");
}

static const struct {
    const char *text;
    enum expectation_kind kind;
    bool absent;
} wanted[] = {{"steps a b.c", EXPECT_STEPS, false},
              {"status received", EXPECT_STATUS, false},
              {"outcome granted", EXPECT_OUTCOME, false},
              {"clock p due 2026-03-05", EXPECT_CLOCK_DUE, false},
              {"clock a:s due 2026-03-05 17:00", EXPECT_CLOCK_DUE, false},
              {"clock p runs", EXPECT_CLOCK, false},
              {"message to tax", EXPECT_MESSAGE, false},
              {"no message to tax", EXPECT_MESSAGE, true},
              {"mark m", EXPECT_MARK, false},
              {"no mark n", EXPECT_MARK, true},
              {"form x.y \"z, {\"", EXPECT_FORM, false},
              {"case x 7", EXPECT_CASE, false},
              {"clock p stands on g", EXPECT_CLOCK, false},
              {"letter 2 late", EXPECT_LETTER, false},
              {"child 3 runs", EXPECT_CHILD, false},
              {"label l", EXPECT_LABEL, false},
              {"no label l", EXPECT_LABEL, true},
              {"lane l", EXPECT_LANE, false},
              {"no lane", EXPECT_LANE, true},
              {"district 371502", EXPECT_DISTRICT, false},
              {"material m present", EXPECT_MATERIAL, false},
              {"certificate 1 revoked", EXPECT_CERTIFICATE, false},
              {"claim a.b", EXPECT_CLAIM, false},
              {"no claim a.b", EXPECT_CLAIM, true},
              {"hold a.b", EXPECT_HOLD, false},
              {"no hold a.b", EXPECT_HOLD, true},
              {"mandate 2 expired", EXPECT_MANDATE, false},
              {"first-handler window \"y\"", EXPECT_FIRST_HANDLER, false},
              {"prepared a.b", EXPECT_PREPARED, false},
              {"no prepared a.b", EXPECT_PREPARED, true},
              {"contradiction", EXPECT_CONTRADICTION, false},
              {"no contradiction", EXPECT_CONTRADICTION, true},
              {"voids licence", EXPECT_VOID, false},
              {"no voids licence", EXPECT_VOID, true},
              {"stuck guard_error", EXPECT_STUCK, false},
              {"no stuck", EXPECT_STUCK, true}};

static void
every_expectation_is_understood(void **state)
{
    enum { N = sizeof(wanted) / sizeof(wanted[0]) };
    const struct expectation *x;
    bool met[EXPECT_KINDS] = {false};
    struct text t = text_new(&arena);

    (void)state;
    text_str(&t, HEAD "2026-03-02 09:00 window opens\n");
    for (size_t i = 0; i < N; i++)
        text_printf(&t, "%s%s", i == 0 ? "  then " : i % 2 ? ", " : "\n  then ", wanted[i].text);
    assert_true(reads(t.at));
    assert_int_equal(line(0)->n_expect, N);
    x = line(0)->expect;
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(x[i].kind, wanted[i].kind);
        assert_int_equal(x[i].absent, wanted[i].absent);
        assert_string_equal(x[i].text, wanted[i].text);
        met[x[i].kind] = true;
    }
    for (size_t i = 0; i < EXPECT_KINDS; i++)
        assert_true(met[i]);
    assert_int_equal(x[0].n_word, 2);
    assert_true(x[3].at == INSTANT_NONE);
    assert_int_equal(x[4].at, moment("2026-03-05T17:00:00+08:00"));
    assert_string_equal(x[4].name, "a:s");
    assert_string_equal(x[10].value.string, "z, {");
    assert_int_equal(x[10].line, 10);
    assert_int_equal(x[11].value.integer, 7);
    assert_int_equal(x[12].state, CLOCK_WORD_STANDS);
    assert_string_equal(x[12].is, "g");
    assert_int_equal(x[13].number, 2);
    assert_string_equal(x[20].name, "m");
    assert_string_equal(x[20].is, "present");
    assert_refused(HEAD "2026-03-02 09:00 window opens\nthen no status\n",
                   "unknown expectation \"status\"");
    assert_refused(HEAD "2026-03-02 09:00 window opens\nthen mark\n",
                   "what follows \"mark\" is missing");
}

static void
a_clock_can_be_eleven_things(void **state)
{
    (void)state;
    for (int w = CLOCK_WORD_RUNS; w <= CLOCK_WORD_WARNED; w++) {
        char text[200];

        (void)snprintf(text, sizeof(text), HEAD "2026-03-02 09:00 window opens\nthen clock c %s\n",
                       clock_word_text((enum clock_word)w));
        assert_true(reads(text));
        assert_int_equal(line(0)->expect[0].state, w);
    }
}

static void
open_brackets_go_on_in_the_next_line(void **state)
{
    (void)state;
    assert_true(reads("# a comment with {\nworkflow w\ndistrict 371502\nform {\"a\": \"}\",\n"
                      "  \"b\": [1,\n 2]}\n\n2026-03-02 09:00 window opens"));
    assert_int_equal(value_get(&scenario.form, "b")->n, 2);
    assert_int_equal(line(0)->line, 8);
}

static void
an_error_names_file_and_line(void **state)
{
    (void)state;
    assert_refused(HEAD "2026-03-02 09:00 window opens\n09:01 window dose x\n",
                   "x.case:5: unknown deed \"dose\"; did you mean \"does\"?");
    assert_refused("workflw w\n", "x.case:1: unknown line \"workflw\"; did you mean \"workflow\"?");
    assert_refused(HEAD "2026-03-02 09:00 window opens\nthen sttus received\n",
                   "x.case:5: unknown expectation \"sttus\"; did you mean \"status\"?");
    assert_refused(HEAD "2026-03-02 09:00 window opens\nthen clock c yelow\n",
                   "did you mean \"yellow\"?");
}

static void
what_is_not_understood_is_never_passed_over(void **state)
{
    (void)state;
    assert_refused("", "nothing happens");
    assert_refused(HEAD, "nothing happens");
    assert_refused("2026-03-02 09:00 window opens\n", "stand before the first line");
    assert_refused(HEAD "then step a\n", "stands behind the line");
    assert_refused(HEAD "09:00 window opens\n", "begins with date and time");
    assert_refused(HEAD "2026-03-02 25:00 window opens\n", "begins with date and time");
    assert_refused(HEAD "2026-02-30 09:00 window opens\n", "begins with date and time");
    assert_refused(HEAD "2026-03-02 09:00 window opens\n08:59 time passes\n", "time runs back");
    assert_refused(HEAD "2026-03-02 09:00 window opens now\n", "\"now\" is no JSON");
    assert_refused(HEAD "2026-03-02 09:00 window opens, forbidden\n", "\"refused\" and the code");
    assert_refused(HEAD "2026-03-02 09:00 time goes\n", "time passes");
    assert_refused(HEAD "2026-03-02 09:00 head resumes stop 0\n", "is a number from 1");
    assert_refused(HEAD "2026-03-02 09:00 window withdraws at once\n", "is not understood");
    assert_refused(HEAD "2026-03-02 09:00 window opens\nthen step a status b,\n",
                   "an expectation is missing");
    assert_refused(HEAD "2026-03-02 09:00 window opens\nthen clock c due soon\n", "the date");
    assert_refused(HEAD "2026-03-02 09:00 window opens\nthen form a\n", "the value of a");
    assert_refused("workflow w\nworkflow v\n", "stands there twice");
    assert_refused("workflow w\ndistrict 1\nform [1]\n", "a JSON object is missing");
    assert_refused("workflow w\ndistrict 1\nform {\"a\": \n", "x.case:3:");
}

static void
members_take_the_place_of_the_forms(void **state)
{
    struct value v;

    (void)state;
    assert_true(
        reads("party X\nholds licence\nholds seal\n" HEAD "2026-03-02 09:00 window opens\n"));
    assert_string_equal(scenario.party, "X");
    assert_string_equal(scenario.held[1], "seal");
    assert_refused("holds\n", "the kind of certificate is missing");
    assert_true(reads(HEAD "2026-03-02 09:00 window opens {\"b\": 2}\n"));
    v = scenario_form(&arena, &scenario.form, &line(0)->input);
    assert_int_equal(value_get(&v, "a")->integer, 1);
    assert_int_equal(value_get(&v, "b")->integer, 2);
    assert_int_equal(scenario.form.n, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_when_who_and_what),
        cmocka_unit_test(systems_say_and_child_cases_end),
        cmocka_unit_test(what_a_deed_is_said_of_follows_it),
        cmocka_unit_test(every_expectation_is_understood),
        cmocka_unit_test(a_clock_can_be_eleven_things),
        cmocka_unit_test(open_brackets_go_on_in_the_next_line),
        cmocka_unit_test(an_error_names_file_and_line),
        cmocka_unit_test(what_is_not_understood_is_never_passed_over),
        cmocka_unit_test(members_take_the_place_of_the_forms),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
