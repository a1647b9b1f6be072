/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios as they are written: the words for what people and systems do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/support/scenario_text.h"

/* One line for each verb, in their order. */
static const char every_deed[] = HEAD "2026-03-02 09:00 applicant opens {\"a\": 2}\n"
                                      "09:00 system tax does done, refused forbidden\n"
                                      "09:00 head stops a on g document \"d\" reason \"r\"\n"
                                      "09:00 head resumes stop 2\n"
                                      "09:00 head extends c reason \"r\"\n"
                                      "09:00 window claims a.b\n"
                                      "09:00 window releases a.b\n"
                                      "09:00 public withdraws\n"
                                      "09:00 window amends {\"b\": true} reason \"r\"\n"
                                      "09:00 supervisor annuls record 7 reason \"r\"\n"
                                      "09:00 supervisor revokes certificate 2 reason \"r\"\n"
                                      "09:00 supervisor replaces certificate 3 reason \"r\"\n"
                                      "09:00 voter \"x\" votes agree in a.b\n"
                                      "09:00 window holds a reason \"h\"\n"
                                      "09:00 window continues a\n"
                                      "09:00 supervisor reconciles reason \"r\"\n"
                                      "09:00 head starts a.b reason \"r\"\n"
                                      "09:00 system tax says report\n"
                                      "09:00 head settles letter 1 reason \"r\"\n"
                                      "09:00 registrar retries child 1 reason \"r\"\n"
                                      "09:00 head reopens on g document \"d\" reason \"r\"\n"
                                      "09:00 window receives material m document \"d\"\n"
                                      "09:00 window puts label l\n"
                                      "09:00 head moves into lane l reason \"r\"\n"
                                      "09:00 window hands over to 371503 reason \"r\"\n"
                                      "09:00 window of 市税务局 in 371503 \"张三\" takes over\n"
                                      "09:00 window in 371503 hands back reason \"r\"\n"
                                      "09:00 head prepares sign in a.b document \"d\" {\"x\": 1}\n"
                                      "09:00 head unprepares a.b\n"
                                      "09:00 applicant mandates helper for act until 2026-03-31\n"
                                      "09:00 applicant revokes mandate 1\n"
                                      "09:00 window identifies by \"d\"\n"
                                      "09:00 supervisor entrusts window \"y\" reason \"r\"\n"
                                      "09:00 head records outage from 10:00 until 11:00 reason"
                                      " \"r\"\n09:00 head annuls outage 1 reason \"r\"\n"
                                      "09:00 child 1 is born\n"
                                      "09:00 child 1 ends refused\n"
                                      "09:00 child 1 stands\n"
                                      "09:00 child 1 goes on\n"
                                      "09:00 time passes\n"
                                      "09:00 elsewhere 2 promises are broken\n";

static void
every_deed_is_understood(void **state)
{
    (void)state;
    assert_true(reads(every_deed));
    for (size_t i = 0; i < scenario.n_line; i++)
        assert_int_equal(line(i)->verb, (int)i);
    assert_int_equal(scenario.n_line, VERB_ELSEWHERE + 1);
    assert_int_equal(line(1)->actor.party, PARTY_SYSTEM);
    assert_string_equal(line(1)->actor.role, "tax");
    assert_string_equal(line(1)->refused, "forbidden");
    assert_string_equal(line(2)->ground, "g");
    assert_string_equal(line(2)->document, "d");
    assert_string_equal(line(2)->reason, "r");
    assert_int_equal(line(3)->number, 2);
    assert_int_equal(line(7)->actor.party, PARTY_PUBLIC);
    assert_int_equal(line(9)->number, 7);
    assert_int_equal(line(11)->number, 3);
    assert_string_equal(line(12)->action, "agree");
    assert_string_equal(line(12)->voter, "x");
    assert_int_equal(line(12)->actor.party, PARTY_VOTER);
    assert_string_equal(line(12)->step, "a.b");
    assert_string_equal(line(16)->step, "a.b");
    assert_string_equal(line(20)->ground, "g");
    assert_string_equal(line(20)->document, "d");
    assert_string_equal(line(23)->lane, "l");
    assert_string_equal(line(24)->district, "371503");
    assert_string_equal(line(25)->actor.department, "市税务局");
    assert_string_equal(line(25)->actor.district, "371503");
    assert_string_equal(line(25)->actor.name, "张三");
    assert_string_equal(line(26)->reason, "r");
}

/* Words that say what is done with something: which action each is. */
static void
what_is_done_with_something_has_its_word(void **state)
{
    static const char *const deed[][2] = {{"receives material m", "receive"},
                                          {"rejects material m", "reject"},
                                          {"tolerates material m", "tolerate"},
                                          {"promises material m", "promise"},
                                          {"fetches material m", "fetch"},
                                          {"seeks material m", "seek"},
                                          {"confirms material m", "confirm"},
                                          {"breaks material m", "break"},
                                          {"allows another notice", "allow-notice"},
                                          {"puts label m", "add"},
                                          {"removes label m", "remove"}};

    (void)state;
    for (size_t i = 0; i < sizeof(deed) / sizeof(deed[0]); i++) {
        assert_true(reads(arena_printf(&arena, HEAD "2026-03-02 09:00 head %s\n", deed[i][0])));
        assert_string_equal(line(0)->action, deed[i][1]);
        assert_true(line(0)->verb == (i < 9 ? VERB_MATERIAL : VERB_LABELS));
    }
    assert_true(reads(HEAD "2026-03-02 09:00 head moves out of lane reason \"r\"\n"));
    assert_null(line(0)->lane);
    assert_refused(HEAD "2026-03-02 09:00 head moves lane x\n", "moves into lane ID");
    assert_refused(HEAD "2026-03-02 09:00 head receives m\n", "receives material ID");
    assert_refused(HEAD "2026-03-02 09:00 head allows m\n", "allows another notice");
    assert_refused(HEAD "2026-03-02 09:00 head puts m\n", "puts label ID");
    assert_refused(HEAD "2026-03-02 09:00 head hands it\n", "hands over to 371503");
    assert_refused(HEAD "2026-03-02 09:00 head takes it\n", "takes over");
    assert_refused(HEAD "2026-03-02 09:00 head revokes 1\n", "revokes certificate 1");
    assert_true(reads(HEAD "2026-03-02 09:00 window votes agree for \"x\" in a.b\n"));
    assert_string_equal(line(0)->voter, "x");
    assert_refused(HEAD "2026-03-02 09:00 window votes agree in a.b\n", "write \"votes agree for");
    assert_refused(HEAD "2026-03-02 09:00 voter \"x\" withdraws\n", "a voter only votes");
    assert_refused(HEAD "2026-03-02 09:00 voter x votes agree\n", "a text in quotes is missing");
    assert_refused(HEAD "2026-03-02 09:00 window in\n", "the district's code is missing");
}

static void
what_is_prepared_is_done_as_it_was(void **state)
{
    (void)state;
    assert_true(reads(HEAD "2026-03-02 09:00 head prepares sign in a.b document \"d\" {\"x\": 1}\n"
                           " then prepared a.b, no prepared c\n"
                           "09:01 head does sign in a.b as prepared reason \"r\"\n"
                           "09:02 head does sign\n"));
    assert_string_equal(line(0)->action, "sign");
    assert_string_equal(line(0)->step, "a.b");
    assert_string_equal(line(0)->document, "d");
    assert_int_equal(value_get(&line(0)->input, "x")->integer, 1);
    assert_int_equal(line(0)->expect[0].kind, EXPECT_PREPARED);
    assert_int_equal(line(0)->expect[1].kind, EXPECT_PREPARED);
    assert_true(line(0)->expect[1].absent);
    assert_string_equal(line(0)->expect[1].name, "c");
    assert_true(line(1)->prepared);
    assert_string_equal(line(1)->reason, "r");
    assert_false(line(2)->prepared);
    assert_refused(HEAD "2026-03-02 09:00 head prepares sign\n", "the path of a step are missing");
    assert_refused(HEAD "2026-03-02 09:00 head does sign as it was\n", "the word \"prepared\"");
    assert_refused(HEAD "2026-03-02 09:00 head unprepares\n", "the path of a step is missing");
}

static void
who_acts_for_whom_is_understood(void **state)
{
    (void)state;
    assert_true(reads(HEAD
                      "2026-03-02 09:00 applicant mandates agent \"x\" for act:submit materials"
                      " from 2026-03-03 until 2026-03-04 document \"d\"\n"
                      "09:00 window revokes mandate 2 reason \"r\"\n"
                      "09:00 supervisor entrusts window \"y\" reason \"r\"\n"
                      "09:00 agent \"x\" does submit\n"));
    assert_int_equal(line(0)->verb, VERB_MANDATES);
    assert_int_equal(line(0)->about.party, PARTY_AGENT);
    assert_string_equal(line(0)->about.name, "x");
    assert_int_equal(line(0)->n_scope, 2);
    assert_string_equal(line(0)->scope[1], "materials");
    assert_int_equal(line(0)->until - line(0)->from, 1);
    assert_string_equal(line(0)->document, "d");
    assert_int_equal(line(1)->verb, VERB_REVOKES_MANDATE);
    assert_int_equal(line(1)->number, 2);
    assert_int_equal(line(2)->verb, VERB_ENTRUSTS);
    assert_string_equal(line(2)->about.role, "window");
    assert_string_equal(line(2)->about.name, "y");
    assert_string_equal(line(2)->reason, "r");
    assert_int_equal(line(3)->actor.party, PARTY_AGENT);
    assert_refused(HEAD "2026-03-02 09:00 agent does go\n", "an agent has a name in quotes");
    assert_true(reads(HEAD
                      "2026-03-02 09:00 helper \"y\" opens with mandate of helper \"y\" for act"
                      " until 2026-03-04 document \"d\" {\"n\": 1}\n"
                      "09:00 window opens {\"n\": 1}\n"));
    assert_int_equal(line(0)->verb, VERB_OPENS);
    assert_true(scenario_mandates(line(0)));
    assert_string_equal(line(0)->about.name, "y");
    assert_int_equal(line(0)->n_scope, 1);
    assert_string_equal(line(0)->document, "d");
    assert_int_equal(value_get(&line(0)->input, "n")->integer, 1);
    assert_false(scenario_mandates(line(1)));
    assert_refused(HEAD "2026-03-02 09:00 window opens with agent \"x\"\n",
                   "opens with mandate of");
    assert_refused(HEAD "2026-03-02 09:00 window opens with mandate of head\n", "who acts for him");
    assert_refused(HEAD "2026-03-02 09:00 applicant mandates window\n", "who acts for him");
    assert_refused(HEAD "2026-03-02 09:00 applicant mandates helper for\n", "after \"for\"");
    assert_refused(HEAD "2026-03-02 09:00 applicant mandates helper until 9\n",
                   "the date is missing");
    assert_refused(HEAD "2026-03-02 09:00 applicant revokes 1\n", "revokes mandate 1");
    assert_refused(HEAD "2026-03-02 09:00 head entrusts agent \"x\"\n", "somebody of the house");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_deed_is_understood),
        cmocka_unit_test(what_is_done_with_something_has_its_word),
        cmocka_unit_test(what_is_prepared_is_done_as_it_was),
        cmocka_unit_test(who_acts_for_whom_is_understood),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
