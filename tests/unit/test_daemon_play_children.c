/* SPDX-License-Identifier: Apache-2.0 */
/* The player of scenarios, of child cases and of what cases are sorted by: what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/play.h"

static const char *const definition[] = {"http/kin/chain", "http/kin/shop", "http/kin/account",
                                         "http/kin/queue", "http/world/everything"};
enum { DEFINITIONS = sizeof(definition) / sizeof(definition[0]) };

static struct arena arena;
static struct house house;
static char dir[] = "build/play-XXXXXX";
static const char *file;
static struct text report;

static bool
plays(const char *head, const char *lines)
{
    FILE *f = fopen(file, "w");

    assert_non_null(f);
    assert_true(fprintf(f, "%s%s", head, lines) >= 0);
    assert_int_equal(fclose(f), 0);
    report = text_new(&arena);
    return play_scenario(&arena, &house, file, &report);
}

static void
assert_plays(const char *head, const char *lines)
{
    if (!plays(head, lines))
        fail_msg("%s", report.at);
}

static void
assert_reported(const char *head, const char *lines, const char *what)
{
    assert_false(plays(head, lines));
    if (!strstr(report.at, what))
        fail_msg("\"%s\" does not say \"%s\"", report.at, what);
}

#define CHAIN                                                                                        \
    "workflow chain\ndistrict 371502\napplicant enterprise\n"                                        \
    "form {\"name\": \"示例连锁\", \"code\": \"371502\", \"shops\": [\"一店\", \"二店\"]}\n" \
    "2026-03-02 10:00 window opens\n"
#define BORN CHAIN "10:00 child 1 is born\n10:00 child 2 is born\n"

static void
a_child_that_is_born_is_played(void **state)
{
    (void)state;
    assert_plays(BORN, "10:05 in child 1 window does approve\nthen outcome granted\n"
                       "10:05 child 1 ends granted\nthen step shops, child 1 granted\n"
                       "10:06 in child 2 window does approve\n10:06 child 2 ends granted\n"
                       "then outcome granted, child 3 asked\n");
    assert_reported(BORN, "10:05 in child 1 window does aprove\n", "refused: action_not_allowed");
    assert_reported(BORN, "10:05 in child 1 window does approve in shops\n",
                    "no step is called shops");
    assert_reported(BORN, "10:05 in child 1 window does correct\nthen step review\n",
                    "but correction is active");
    assert_reported(CHAIN, "10:05 in child 1 window does approve\n", "child 1 is not born yet");
}

static void
what_is_told_of_a_child_must_be_so(void **state)
{
    (void)state;
    assert_reported(BORN, "10:05 child 1 ends granted\n",
                    "expected that child 1 ends granted, but its case says nothing");
    assert_reported(BORN, "10:05 in child 1 window does approve\n10:05 child 1 ends refused\n",
                    "expected that child 1 ends refused, but its case says ends granted");
    assert_reported(BORN, "10:05 in child 1 window does correct\n10:05 child 1 goes on\n",
                    "expected that child 1 goes on, but its case says stands");
    assert_reported(BORN, "10:05 child 1 is born\n", "child 1 is there already");
    assert_reported(BORN, "10:05 child 3 is born\n", "no child 3 was asked for");
}

static void
what_a_child_says_is_heard_before_anything_else_happens(void **state)
{
    (void)state;
    assert_reported(BORN, "10:05 in child 1 window does approve\n10:06 window does x\n",
                    ":9: child 1 ends granted, which its parent has not heard");
    assert_reported(BORN, "10:05 in child 1 window does correct\n", "child 1 stands, which");
    /* What time does to a child is said, too: after 30 days without an answer it is withdrawn. */
    assert_reported(BORN,
                    "10:05 in child 1 window does correct\n10:05 child 1 stands\n"
                    "2026-04-10 09:00 time passes\n",
                    ":10: child 1 ends withdrawn");
    assert_plays(BORN, "10:05 in child 1 window does correct\n10:05 child 1 stands\n"
                       "2026-04-10 09:00 child 1 ends withdrawn\nthen child 1 withdrawn\n");
}

static void
a_child_takes_the_form_it_is_given_or_is_none(void **state)
{
    (void)state;
    assert_reported("workflow chain\ndistrict 371502\napplicant enterprise\n"
                    "form {\"name\": \"示例连锁\", \"shops\": [\"一店\"]}\n"
                    "2026-03-02 10:00 window opens\n10:00 child 1 is born\n"
                    "10:01 in child 1 window does approve\n10:01 child 1 ends granted\n",
                    "10:01 child 2 is born\n", "child 2 cannot be opened: form_invalid");
}

/* Of one that was never born it is believed. */
static void
a_child_that_is_not_born_is_only_told_of(void **state)
{
    (void)state;
    assert_plays(CHAIN, "10:01 child 1 stands\nthen clock promised stands, child 1 stands\n"
                        "10:02 child 1 goes on\nthen clock promised runs, child 1 asked\n"
                        "10:03 child 1 ends granted\n10:04 child 2 fails \"why\"\n"
                        "then outcome granted\n");
}

static void
what_the_head_stops_stands_in_the_children(void **state)
{
    (void)state;
    assert_plays(BORN, "11:00 head stops shops on rebuilding\n"
                       "11:00 child 1 stands\n11:00 child 2 stands\nthen clock promised stands\n"
                       "11:01 in child 2 head resumes stop 1, refused not_stopped\n"
                       "then clock promised stands\n");
}

#define QUEUE                                                                                      \
    "workflow queue\ndistrict 371502\napplicant enterprise\nform {\"area\": 20}\n"                 \
    "2026-03-02 09:00 window opens\n"

static void
labels_and_lanes_are_told_as_they_are(void **state)
{
    (void)state;
    assert_reported(QUEUE, "then lane green\n", "expected lane green, but it is in none");
    assert_reported(QUEUE, "09:01 window moves into lane urgent reason \"r\"\nthen no lane\n",
                    "but it is in urgent");
    assert_reported(QUEUE, "then label odd\n", "but the case does not have it");
    assert_reported(QUEUE, "09:01 supervisor puts label odd\nthen no label odd\n",
                    "but the case has it");
    assert_reported(QUEUE, "then label old\n", "no label is called old");
    assert_reported(QUEUE, "then lane gren\n", "no lane is called gren");
    assert_reported(QUEUE, "09:01 supervisor puts label old\n", "no label is called old");
    assert_reported(QUEUE, "09:01 supervisor moves into lane gren\n", "no lane is called gren");
    assert_reported(QUEUE, "09:01 window hands over to 999999 reason \"r\"\n",
                    "no district is called 999999");
    assert_reported(QUEUE, "09:01 window in 999999 takes over\n", "no district is called 999999");
    assert_reported(QUEUE, "then district 371503\n", "but it is 371502");
    assert_reported(QUEUE, "then contradiction\n", "but there is none");
    assert_reported(QUEUE, "then claim look\n", "but nobody has");
    assert_reported(QUEUE, "09:01 window claims look\nthen no claim look\n", "but window has");
    assert_reported(QUEUE, "09:01 window holds look reason \"r\"\nthen no hold look\n",
                    "but it waits: r");
    assert_reported(QUEUE, "then hold lok\n", "no step is called lok");
}

#define ALL                                                                                        \
    "workflow everything\ndistrict 371502\napplicant enterprise\n"                                 \
    "form {\"name\": \"光岳\", \"roll\": [{\"who\": \"甲\"}]}\n2026-03-02 09:00 window opens\n"

static void
materials_and_certificates_are_told_as_they_are(void **state)
{
    (void)state;
    assert_reported(ALL, "then material articles present\n", "but it is missing");
    assert_reported(ALL, "then material article missing\n", "no material is called article");
    assert_reported(ALL, "09:01 window receives material article\n",
                    "no material is called article");
    assert_reported(ALL, "then certificate 1 in-force\n", "but it is not there");
    assert_reported(ALL, "09:01 window does finish\nthen certificate 1 revoked\n",
                    "but it is in-force");
}

static int
prepare(void **state)
{
    struct problems problems = {.arena = &arena};
    char *here = realpath("tests", NULL);

    (void)state;
    if (!here || !house_load(&arena, "workflows", &house, &problems) || !mkdtemp(dir))
        return -1;
    file = arena_printf(&arena, "%s/one.case", dir);
    for (size_t i = 0; i < DEFINITIONS; i++)
        if (symlink(arena_printf(&arena, "%s/%s.json", here, definition[i]),
                    arena_printf(&arena, "%s%s.json", dir, strrchr(definition[i], '/'))) != 0)
            return -1;
    free(here);
    return 0;
}

static int
clear(void **state)
{
    (void)state;
    (void)unlink(file);
    for (size_t i = 0; i < DEFINITIONS; i++)
        (void)unlink(arena_printf(&arena, "%s%s.json", dir, strrchr(definition[i], '/')));
    (void)rmdir(dir);
    arena_release(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_that_is_born_is_played),
        cmocka_unit_test(what_is_told_of_a_child_must_be_so),
        cmocka_unit_test(what_a_child_says_is_heard_before_anything_else_happens),
        cmocka_unit_test(a_child_takes_the_form_it_is_given_or_is_none),
        cmocka_unit_test(a_child_that_is_not_born_is_only_told_of),
        cmocka_unit_test(what_the_head_stops_stands_in_the_children),
        cmocka_unit_test(labels_and_lanes_are_told_as_they_are),
        cmocka_unit_test(materials_and_certificates_are_told_as_they_are),
    };

    return cmocka_run_group_tests(tests, prepare, clear);
}
