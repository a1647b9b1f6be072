/* SPDX-License-Identifier: Apache-2.0 */
/* The player of scenarios: what it lets pass, and what it says of the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/contract.h"
#include "daemon/play.h"
#include "definition/json.h"

static struct arena arena;
static struct house house;
static char dir[] = "build/play-XXXXXX";
static const char *file;
static struct text report;

static const char definition[] =
    "{\"id\": \"sample\", \"title\": {\"zh\": \"示例\", \"en\": \"Sample\"},"
    " \"source\": {\"plan\": [\"1\"]}, \"effective\": {\"from\": \"2022-06-01\"},"
    " \"lead\": \"市行政审批局\", \"applicant\": [\"enterprise\"], \"form\": {\"type\": "
    "\"object\"},"
    " \"clocks\": {\"promised\": {\"kind\": \"promised\", \"from\": \"opened\","
    "   \"title\": {\"zh\": \"承诺\", \"en\": \"Promised\"}, \"limit\": \"2 working days\"}},"
    " \"start\": \"check\","
    " \"steps\": {\"check\": {\"title\": {\"zh\": \"审查\", \"en\": \"Check\"}, \"by\": \"window\","
    "   \"limit\": \"1 working day\", \"after\": {\"5 days\": {\"to\": \"lapsed\"}},"
    "   \"actions\": {\"grant\": {\"title\": {\"zh\": \"同意\", \"en\": \"Grant\"}, \"to\": "
    "\"granted\"}}},"
    "  \"granted\": {\"title\": {\"zh\": \"同意\", \"en\": \"Granted\"}, \"end\": \"granted\"},"
    "  \"lapsed\": {\"title\": {\"zh\": \"逾期\", \"en\": \"Lapsed\"}, \"end\": \"lapsed\"}}}";

static void
write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* Plays what follows the head. */
static bool
plays(const char *lines)
{
    const char *head = "workflow sample\ndistrict 371502\napplicant enterprise\nform {}\n";

    write_file(file, arena_printf(&arena, "%s%s", head, lines));
    report = text_new(&arena);
    return play_scenario(&arena, &house, file, &report);
}

static void
assert_reported(const char *lines, const char *what)
{
    assert_false(plays(lines));
    if (!strstr(report.at, what))
        fail_msg("\"%s\" does not say \"%s\"", report.at, what);
}

#define OPENED "2026-03-02 09:00 window opens\n"

static void
a_case_that_goes_as_expected_passes(void **state)
{
    (void)state;
    assert_true(plays(OPENED "then step check, clock promised due 2026-03-04 17:00\n"
                             "2026-03-04 17:00 window does grant\n"
                             "then outcome granted, clock promised on time, clock check late\n"));
    assert_int_equal(report.len, 0);
}

static void
a_wrong_expectation_is_told_with_what_is(void **state)
{
    (void)state;
    assert_reported(OPENED "then step granted\n", ":6: expected step granted, but check is active");
    assert_reported(OPENED "then status decided\n", "but it is in-review");
    assert_reported(OPENED "then outcome granted\n", "but check is active");
    assert_reported(OPENED "then clock promised due 2026-03-05\n",
                    "but it runs, due 2026-03-04T17:00:00+08:00, green");
    assert_reported(OPENED "then clock promised due 2026-03-04 16:59\n", "but it runs, due");
    assert_reported(OPENED "then clock promised stands\n", "but it runs");
    assert_reported(OPENED "then message to tax\n", "but there is none");
    assert_reported(OPENED "then no mark opened\n", "but it is set");
    assert_reported(OPENED "then form a 1\n", "but it is missing");
    assert_reported(OPENED "then case a 1\n", "but it is missing");
}

static void
a_refusal_must_be_the_one_expected(void **state)
{
    (void)state;
    assert_reported(OPENED "09:01 registrar does grant\n", "expected to be accepted, but refused: "
                                                           "forbidden");
    assert_reported(OPENED "09:01 window does grant, refused forbidden\n",
                    "expected to be refused forbidden, but accepted");
    assert_reported(OPENED "09:01 window does gran, refused forbidden\n",
                    "expected to be refused forbidden, but refused action_not_allowed");
    assert_true(plays(OPENED "09:01 registrar does grant, refused forbidden\n"));
}

static void
a_case_is_not_received_when_its_version_is_not_in_force(void **state)
{
    (void)state;
    assert_reported("2022-05-31 09:00 window opens\n",
                    "received on 2022-05-31 by sample.json, in force from 2022-06-01");
    assert_true(plays("2022-06-01 09:00 window opens\n"));
}

static void
an_unknown_word_is_no_refusal(void **state)
{
    (void)state;
    assert_reported(OPENED "09:01 window does grant in chek\n", "no step is called chek");
    assert_reported(OPENED "09:01 windw does grant, refused forbidden\n",
                    "no role is called windw");
    assert_reported(OPENED "09:01 window does grant, refused forbiden\n", "no error is called");
    assert_reported(OPENED "09:01 window of 税务 does grant\n", "no department is called");
    assert_reported(OPENED "09:01 system taxes does grant\n", "no system is called taxes");
    assert_reported(OPENED "then clock promise runs\n", "no clock is called promise");
    assert_reported(OPENED "then clock promised@市水利局 runs\n",
                    "no clock is called promised@市水利局");
    assert_reported(OPENED "then mark promise\n", "no mark is called promise");
    assert_reported(OPENED "then clock promised stands on testing\n",
                    "no ground is called testing");
}

static void
time_that_passes_does_what_is_due(void **state)
{
    (void)state;
    assert_true(plays(OPENED "2026-03-03 17:00 time passes\n"
                             "then clock check green\n"
                             "17:00:01 time passes\n"
                             "then clock check late, clock check yellow, step check\n"
                             "2026-03-09 17:00 time passes\n"
                             "then step check\n"
                             "17:01 window does grant, refused case_closed\n"
                             "then outcome lapsed\n"));
}

static void
a_case_is_opened_once_and_first(void **state)
{
    (void)state;
    assert_reported("2026-03-02 09:00 window does grant\n", "the case is not opened yet");
    assert_reported(OPENED OPENED, "the case is open already");
}

/* Of each, in its sentence: what the contract calls it. */
static void
every_command_of_the_contract_has_its_word(void **state)
{
    static const char *const place[] = {"components", "schemas", "Command",
                                        "properties", "command", "enum"};
    static const char *const files[] = {"tests/http/world/everything.case",
                                        "tests/http/world/everything-withdrawn.case"};
    const struct value *word;
    struct value contract;
    struct scenario s[2];
    struct error e;

    (void)state;
    assert_true(json_read(&arena, openapi_json, openapi_json_len, false, &contract, &e));
    word = &contract;
    for (size_t i = 0; i < sizeof(place) / sizeof(place[0]); i++)
        word = value_get(word, place[i]);
    assert_non_null(word);
    report = text_new(&arena);
    for (size_t i = 0; i < 2; i++) /* played over HTTP, too */
        assert_true(play_read(&arena, files[i], &s[i], &report));
    for (uint32_t k = 0; k < word->n; k++) {
        bool said = false;

        for (size_t i = 0; i < 2; i++)
            for (size_t j = 0; j < s[i].n_line; j++)
                said = said ||
                       !strcmp(command_name(play_kind(s[i].line[j].verb)), word->item[k].string);
        if (!said)
            fail_msg("no sentence of tests/http/world says \"%s\"", word->item[k].string);
    }
}

static void
a_scenario_without_its_definition_fails(void **state)
{
    (void)state;
    write_file(file, "workflow other\ndistrict 371502\napplicant enterprise\nform {}\n" OPENED);
    report = text_new(&arena);
    assert_false(play_scenario(&arena, &house, file, &report));
    assert_non_null(strstr(report.at, "other.json:"));
    assert_false(play_scenario(&arena, &house, "/nowhere.case", &report));
}

static int
prepare(void **state)
{
    struct problems problems = {.arena = &arena};

    (void)state;
    if (!house_load(&arena, "workflows", &house, &problems) || !mkdtemp(dir))
        return -1;
    file = arena_printf(&arena, "%s/sample-one.case", dir);
    write_file(arena_printf(&arena, "%s/sample.json", dir), definition);
    return 0;
}

static int
clear(void **state)
{
    (void)state;
    (void)unlink(file);
    (void)unlink(arena_printf(&arena, "%s/sample.json", dir));
    (void)rmdir(dir);
    arena_release(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_that_goes_as_expected_passes),
        cmocka_unit_test(a_wrong_expectation_is_told_with_what_is),
        cmocka_unit_test(a_refusal_must_be_the_one_expected),
        cmocka_unit_test(a_case_is_not_received_when_its_version_is_not_in_force),
        cmocka_unit_test(an_unknown_word_is_no_refusal),
        cmocka_unit_test(time_that_passes_does_what_is_due),
        cmocka_unit_test(a_case_is_opened_once_and_first),
        cmocka_unit_test(every_command_of_the_contract_has_its_word),
        cmocka_unit_test(a_scenario_without_its_definition_fails),
    };

    return cmocka_run_group_tests(tests, prepare, clear);
}
