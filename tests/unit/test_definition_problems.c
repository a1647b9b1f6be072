/* SPDX-License-Identifier: Apache-2.0 */
/* Each problem has a faulty definition, in which it alone is found, on the right line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "definition/json.h"
#include "definition/registry.h"
#include "machine/explore.h"
#include "machine/promise.h"

#define FOLDER "tests/definitions"

static struct arena arena;
static struct problems problems;
static struct house house;

static int
start(void **state)
{
    static const char *const files[] = {FOLDER "/house/organisation.json",
                                        FOLDER "/house/plan.json"};
    struct value *v = arena_array(&arena, 2, struct value);
    struct error e;

    (void)state;
    for (size_t i = 0; i < 2; i++)
        if (!json_read_file(&arena, files[i], &v[i], &e))
            return -1;
    house.organisation = (struct organisation){.data = &v[0], .plan = &v[1]};
    problems = (struct problems){.arena = &arena};
    if (!fragments_load(&arena, FOLDER "/fragments", &house.fragments, &problems))
        return -1;
    return calendar_load(&arena, "workflows/calendar", NULL, &house.calendar, &e) ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* As lint reads a file. */
static const struct workflow *
read_one(const char *path)
{
    const struct exploring bounds = {.most_states = 100000, .district = "371502"};
    const struct workflow *w;
    struct explored found;

    if (!definition_read_file(&arena, path, &house, &w, &problems))
        return NULL;
    if (!promise_check(w, house.calendar, &arena, &problems) ||
        !explore_check(w, house.calendar, &bounds, &arena, &problems, &found))
        return NULL;
    assert_true(found.whole);
    assert_null(found.unsampled);
    return w;
}

/* The line of @path that says "here"; the first when none does. */
static uint32_t
line_marked(const char *path)
{
    uint32_t line = 0, found = 1;
    char text[4096];
    FILE *f = fopen(path, "re");

    assert_non_null(f);
    while (fgets(text, sizeof(text), f)) {
        line++;
        if (strstr(text, "\"here\""))
            found = line;
    }
    (void)fclose(f);
    return found;
}

static void
expect_only(const struct problem_kind *kind, const char *path)
{
    const struct problem *p = problems.item;

    if (problems.n != 1 || p->number != kind->number || p->line != line_marked(path))
        for (size_t i = 0; i < problems.n; i++)
            print_message("%s:%u: %d %s\n", problems.item[i].file, problems.item[i].line,
                          problems.item[i].number, problems.item[i].text);
    assert_int_equal(problems.n, 1);
    assert_int_equal(p->number, kind->number);
    assert_int_equal(p->warning, kind->warning);
    assert_int_equal(problems.n_error, !kind->warning);
    assert_int_equal(p->line, line_marked(path));
    assert_string_equal(p->file, path);
    assert_true(strlen(p->text) > strlen(kind->mend));
}

static void
read_overlapping(const char *path)
{
    const struct workflow *w[2];

    w[0] = read_one(FOLDER "/overlap.json");
    w[1] = read_one(path);
    assert_true(w[0] && w[1]);
    registry_check(registry_build(&arena, w, 2), &problems);
}

/* A definition that opens cases of another, which the house has. */
static void
read_opening(const char *path)
{
    const struct workflow *w[2];

    w[0] = read_one(path);
    w[1] = read_one(FOLDER "/house/branch-registration.json");
    assert_true(w[0] && w[1]);
    registry_check_kin(registry_build(&arena, w, 2), w, 1, &problems);
    registry_check_loops(registry_build(&arena, w, 2), w, 1, &problems);
}

static void
read_organisation(const char *organisation, const char *plan)
{
    struct organisation o = house.organisation;
    struct value v;
    struct error e;

    assert_true(json_read_file(&arena, organisation ? organisation : plan, &v, &e));
    if (organisation)
        o.data = &v;
    else
        o.plan = &v;
    organisation_check(&o, organisation, plan, &problems);
}

/* A workflow nobody could survey, too long for a file of its own. */
static void
read_endless(const char *path)
{
    struct text t = text_new(&arena);
    struct value source;
    const struct workflow *w;
    struct error e;

    text_str(&t, "{\"id\":\"x\",\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"lead\":\"approval\","
                 "\"effective\":{\"from\":\"2022-01-01\"},\"applicant\":\"enterprise\","
                 "\"start\":\"s0\",\"steps\":{");
    for (int i = 0; i <= 1000; i++)
        text_printf(
            &t, "%s\"s%d\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"decide\":[{\"to\":\"s0\"}]}",
            i ? "," : "", i);
    text_str(&t, "}}");
    assert_true(json_read(&arena, t.at, t.len, true, &source, &e));
    assert_false(
        definition_read(&arena, &source, path, &house.organisation, house.calendar, &w, &problems));
}

static void
each_problem_is_found_alone_on_its_line(void **state)
{
    const struct problem_kind *kind;

    (void)state;
    for (size_t i = 0; (kind = problem_kind(i)) != NULL; i++) {
        const char *path = arena_printf(&arena, FOLDER "/%s.json", kind->name);

        problems = (struct problems){.arena = &arena};
        if (kind->number == PROBLEM_TOO_MANY) {
            read_endless(FOLDER "/sound.json");
            path = FOLDER "/sound.json"; /* says "here" nowhere: line 1 */
        } else if (kind->number == PROBLEM_OVERLAP) {
            path = FOLDER "/overlap.2.json";
            read_overlapping(path);
        } else if (kind->number == PROBLEM_UNKNOWN_WORKFLOW ||
                   kind->number == PROBLEM_CHILD_UNFIT || kind->number == PROBLEM_HELD_UNKNOWN ||
                   kind->number == PROBLEM_OPENS_ITSELF) {
            read_opening(path);
        } else if (kind->number == PROBLEM_BAD_ORGANISATION) {
            read_organisation(path, NULL);
        } else if (kind->number == PROBLEM_BAD_PLAN) {
            read_organisation(NULL, path);
        } else if (kind->number == PROBLEM_BAD_FRAGMENT) {
            struct fragments f;

            path = FOLDER "/bad-fragments/bad-fragment.json";
            assert_false(fragments_load(&arena, FOLDER "/bad-fragments", &f, &problems));
        } else if (kind->number == PROBLEM_FRAGMENT_LOOP) {
            (void)read_one(path);
            path = FOLDER "/fragments/back.json";
        } else if (kind->number == PROBLEM_BAD_OVERLAY || kind->number == PROBLEM_OVERLAY_LONGER) {
            path = arena_printf(&arena, FOLDER "/regions/%s@371500.json", kind->name);
            (void)read_one(path);
        } else if (kind->number == PROBLEM_BAD_CALENDAR) {
            continue; /* a_calendar_that_cannot_be_read_is_a_problem_of_the_house */
        } else if (kind->number == PROBLEM_UNEXPLORED) {
            continue; /* of what the gate allows: unit/test_daemon_gate.c */
        } else if (kind->number >= PROBLEM_SCENARIO_FAILS && kind->number <= PROBLEM_IN_FORCE) {
            continue; /* not of one file: http/test_publish.sh */
        } else {
            (void)read_one(path);
        }
        expect_only(kind, path);
    }
}

static void
numbers_and_names_of_problems_are_unique(void **state)
{
    const struct problem_kind *a, *b;

    (void)state;
    for (size_t i = 0; (a = problem_kind(i)) != NULL; i++)
        for (size_t k = i + 1; (b = problem_kind(k)) != NULL; k++) {
            assert_int_not_equal(a->number, b->number);
            assert_string_not_equal(a->name, b->name);
        }
}

static void
a_calendar_that_cannot_be_read_is_a_problem_of_the_house(void **state)
{
    struct house bad;

    (void)state;
    problems = (struct problems){.arena = &arena};
    assert_false(house_load(&arena, FOLDER "/bad-house", &bad, &problems));
    assert_int_equal(problems.n, 1);
    assert_int_equal(problems.item[0].number, PROBLEM_BAD_CALENDAR);
    assert_non_null(bad.organisation.data);
}

static void
the_sound_definitions_have_no_problem_at_all(void **state)
{
    static const char *const name[] = {"/sound.json", "/sound-core.json"};

    (void)state;
    problems = (struct problems){.arena = &arena};
    for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++)
        if (!read_one(arena_printf(&arena, FOLDER "%s", name[i])) || problems.n)
            fail_msg("%s: %s", name[i], problems.item[0].text);
}

static void
all_problems_of_a_file_are_told_at_once_and_in_order(void **state)
{
    static const char text[] =
        "{\"id\":\"x\",\"title\":{\"zh\":\"a\"},\n\"lead\":\"nobody\",\n"
        "\"effective\":{\"from\":\"2022-01-01\"},\"applicant\":\"enterprise\","
        "\"retain\":\"5 working days\",\n"
        "\"start\":\"a\",\"steps\":{\n\"a\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},"
        "\"by\":\"wndow\",\n\"actions\":{\"go\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},"
        "\"to\":\"b\",\n\"when\":{\"var\":\"nothing\"}},\n"
        "\"ask\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"notice\":true,\"input\":"
        "{\"required\":[\"missing\"],\"properties\":{\"missing\":{\"type\":\"array\","
        "\"items\":{\"type\":\"string\",\"enum\":[\"deed\",\"plan\"]}}}}}}}},"
        "\"materials\":[{\"id\":\"deed\",\"title\":{\"zh\":\"a\",\"en\":\"a\"}}]}";
    static const int number[] = {PROBLEM_TITLE_MISSING, PROBLEM_UNKNOWN_DEPARTMENT,
                                 PROBLEM_VALIDITY_UNIT, PROBLEM_UNKNOWN_ROLE,
                                 PROBLEM_UNKNOWN_STEP,  PROBLEM_BAD_EXPRESSION,
                                 PROBLEM_NOTICE_INPUT};
    const struct workflow *w;
    struct value source;
    struct error e;

    (void)state;
    problems = (struct problems){.arena = &arena};
    assert_true(json_read(&arena, text, sizeof(text) - 1, true, &source, &e));
    assert_false(definition_read(&arena, &source, "x.json", &house.organisation, house.calendar, &w,
                                 &problems));
    assert_int_equal(problems.n, sizeof(number) / sizeof(*number));
    for (size_t i = 0; i < problems.n; i++)
        assert_int_equal(problems.item[i].number, number[i]);
    assert_string_equal(problems.item[4].pointer, "/steps/a/actions/go/to");
    assert_int_equal(problems.item[5].line, 7);
    assert_non_null(strstr(problems.item[6].text, "\"plan\" is no material of the workflow"));
}

/* What the one problem of a definition says, whose quotes are single ones; "nothing": it has none.
 */
static const char *
only_problem(const char *text)
{
    const struct workflow *w;
    struct value source;
    struct error e;

    for (char *c = (char *)(uintptr_t)text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    problems = (struct problems){.arena = &arena};
    assert_true(json_read(&arena, text, strlen(text), true, &source, &e));
    if (definition_read(&arena, &source, "x.json", &house.organisation, house.calendar, &w,
                        &problems))
        return "nothing";
    assert_int_equal(problems.n, 1);
    return problems.item[0].text;
}

/* What is wrong with @prepare of step "c", which follows "a" and a stage, its first words. */
static const char *
wrong_preparing(const char *prepare)
{
    const char *text = arena_printf(
        &arena,
        "{'id':'x','title':{'zh':'a','en':'a'},'lead':'approval',"
        "'effective':{'from':'2022-01-01'},'applicant':'enterprise','form':{'type':'object',"
        "'required':['who'],'properties':{'who':{'type':'array','uniqueItems':true,'maxItems':9,"
        "'items':{'type':'string'}}}},'start':'a','steps':{"
        "'a':{'title':{'zh':'a','en':'a'},'by':'window','openEnded':'a','actions':{"
        "'on':{'title':{'zh':'a','en':'a'},'to':'s'},'over':{'title':{'zh':'a','en':'a'},'to':'d'}}"
        "},"
        "'s':{'title':{'zh':'a','en':'a'},'start':'b','to':'l','steps':{"
        "'b':{'title':{'zh':'a','en':'a'},'by':'applicant','openEnded':'a',%s"
        "'actions':{'on':{'title':{'zh':'a','en':'a'},'to':'$done'}}}}},"
        "'l':{'title':{'zh':'a','en':'a'},'foreach':{'var':'form.who'},'join':'all','to':'c',"
        "'branch':{'title':{'zh':'a','en':'a'},'start':'e','steps':{"
        "'e':{'title':{'zh':'a','en':'a'},'by':'window','openEnded':'a',%s"
        "'actions':{'on':{'title':{'zh':'a','en':'a'},'to':'$done'}}}}}},"
        "'c':{'title':{'zh':'a','en':'a'},'by':'window','openEnded':'a',%s"
        "'actions':{'on':{'title':{'zh':'a','en':'a'},'to':'d'}}},"
        "'d':{'decide':[{'to':'z'}]},'z':{'title':{'zh':'a','en':'a'},'end':'z'}}}",
        strstr(prepare, "of b") ? "'prepare':{'during':'a'}," : "",
        strstr(prepare, "of e") ? "'prepare':{'during':'a'}," : "",
        *prepare == '{' ? arena_printf(&arena, "'prepare':%s,", prepare) : "");

    return only_problem(text);
}

static void
what_is_prepared_is_decided_by_the_house_after_the_steps_that_are_named(void **state)
{
    static const struct {
        const char *prepare, *wrong;
    } all[] = {
        {"{'during':'a'}", "nothing"},
        {"{'during':['a','s','s.b','l','l.item.e']}", "nothing"},
        {"{'during':'nobody'}", "there is no step \"nobody\" here"},
        {"{}", "\"during\" is missing"},
        {"{'during':[]}", "\"during\" lists nothing"},
        {"{'during':'c'}", "\"c\" is not before \"c\""},
        {"{'during':'d'}", "nobody stays in \"d\""},
        {"{'during':'z'}", "nobody stays in \"z\""},
        {"of b", "nobody of the house acts in \"s.b\""},
        {"of e", "\"l.item.e\" lies within the branches of a list"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        const char *wrong = wrong_preparing(all[i].prepare);

        if (strncmp(wrong, all[i].wrong, strlen(all[i].wrong)) != 0)
            fail_msg("%s: %s", all[i].prepare, wrong);
    }
}

/* It is of no step that could be left; what was published before that was asked is read. */
static void
a_reminder_takes_nothing_back(void **state)
{
    const char text[] =
        "{\"id\":\"x\",\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"lead\":\"approval\","
        "\"effective\":{\"from\":\"2022-01-01\"},\"applicant\":\"enterprise\",\"materials\":[\n"
        "{\"id\":\"m\",\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"tolerance\":\"5 days\",\n"
        "\"remind\":{\"before\":\"2 days\",\"do\":[{\"send\":\"tax\",\"data\":1,"
        "\"undo\":{\"data\":2}}]}}],"
        "\"start\":\"a\",\"steps\":{\"a\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"by\":"
        "\"window\",\"openEnded\":\"a\",\"actions\":{\"on\":{\"title\":{\"zh\":\"a\",\"en\":"
        "\"a\"},\"to\":\"z\"}}},\"z\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"end\":\"z\"}}}";
    const struct organisation nothing = {.data = NULL};
    const struct workflow *w;
    struct value source;
    struct error e;

    (void)state;
    problems = (struct problems){.arena = &arena};
    assert_true(json_read(&arena, text, sizeof(text) - 1, true, &source, &e));
    assert_false(
        definition_read(&arena, &source, "x.json", &nothing, house.calendar, &w, &problems));
    assert_int_equal(problems.n, 1);
    assert_int_equal(problems.item[0].number, PROBLEM_KEY_NOT_HERE);
    assert_int_equal(problems.item[0].line, 3);
    assert_string_equal(problems.item[0].pointer, "/materials/0/remind/do");
    assert_true(definition_restore(&arena, text, sizeof(text) - 1, &w, &e));
}

/* What is wrong with @department of step "b", in the branch of a list, its first words. */
static const char *
wrong_department(const char *department)
{
    const char *text = arena_printf(
        &arena,
        "{'id':'x','title':{'zh':'a','en':'a'},'lead':'approval',"
        "'effective':{'from':'2022-01-01'},'applicant':'enterprise','form':{'type':'object',"
        "'required':['who','sure','free','odd'],'properties':{"
        "'who':{'type':'array','uniqueItems':true,'maxItems':9,'items':{'$ref':'#/$defs/of'}},"
        "'sure':{'$ref':'#/$defs/of'},'may':{'$ref':'#/$defs/of'},'free':{'type':'string'},"
        "'odd':{'enum':['fire','water']}},'$defs':{'of':{'enum':['fire','approval']}}},"
        "'start':'l','steps':{"
        "'l':{'title':{'zh':'a','en':'a'},'foreach':{'var':'form.who'},'join':'all','to':'z',"
        "'branch':{'title':{'zh':'a','en':'a'},'start':'b','steps':{"
        "'b':{'title':{'zh':'a','en':'a'},'by':'department','openEnded':'a','department':%s,"
        "'actions':{'on':{'title':{'zh':'a','en':'a'},'to':'$done'}}}}}},"
        "'z':{'title':{'zh':'a','en':'a'},'end':'z'}}}",
        department);
    const char *wrong = only_problem(text);

    if (problems.n_error)
        assert_memory_equal(problems.item[0].pointer, "/steps/l/branch/steps/b", 23);
    return wrong;
}

static void
what_chooses_a_department_is_known_to_name_one(void **state)
{
    static const struct {
        const char *department, *wrong;
        int number;
    } row[] = {
        {"'fire'", NULL, 0},
        {"{'var':'form.sure'}", NULL, 0},
        {"{'var':'each.item'}", NULL, 0},
        {"{'var':['form.may','fire']}", NULL, 0},
        {"'water'", "there is no department", PROBLEM_UNKNOWN_DEPARTMENT},
        {"{'var':'form.odd'}", "there is no department \"water\"", PROBLEM_UNKNOWN_DEPARTMENT},
        {"{'var':['form.may','water']}", "there is no department", PROBLEM_UNKNOWN_DEPARTMENT},
        {"{'var':'form.free'}", "nothing says which departments", PROBLEM_DEPARTMENT_CHOICE},
        {"{'var':'case.number'}", "nothing says which departments", PROBLEM_DEPARTMENT_CHOICE},
        {"{'if':[true,'fire','approval']}", "which departments", PROBLEM_DEPARTMENT_CHOICE},
        {"{'var':'form.may'}", "form.may may be missing", PROBLEM_UNPROVED},
        {"{'var':'form.sure'},'after':{'2 days':{'do':[{'set':{'form.sure':'fire'}}]}}",
         "the department of \"l.item.b\", and nobody acts there", PROBLEM_DEPARTMENT_CHOICE}};

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
        const char *wrong = wrong_department(row[i].department);

        if (!row[i].wrong) {
            assert_string_equal(wrong, "nothing");
            continue;
        }
        if (!strstr(wrong, row[i].wrong))
            fail_msg("%s: %s", row[i].department, wrong);
        assert_int_equal(problems.item[0].number, row[i].number);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_problem_is_found_alone_on_its_line),
        cmocka_unit_test(numbers_and_names_of_problems_are_unique),
        cmocka_unit_test(a_calendar_that_cannot_be_read_is_a_problem_of_the_house),
        cmocka_unit_test(the_sound_definitions_have_no_problem_at_all),
        cmocka_unit_test(all_problems_of_a_file_are_told_at_once_and_in_order),
        cmocka_unit_test(a_reminder_takes_nothing_back),
        cmocka_unit_test(what_chooses_a_department_is_known_to_name_one),
        cmocka_unit_test(what_is_prepared_is_decided_by_the_house_after_the_steps_that_are_named),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
