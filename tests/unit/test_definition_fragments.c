/* SPDX-License-Identifier: Apache-2.0 */
/* Fragments: what is expanded, what is told when it cannot be, and what the version is of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "definition/json.h"
#include "definition/registry.h"

static struct arena arena;
static struct problems problems;
static char dir[] = "/tmp/fragments.XXXXXX";

static void
forget_fragments(void)
{
    struct definition_files files;
    struct error e;

    assert_true(definition_find_files(&arena, dir, &files, &e));
    for (uint32_t i = 0; i < files.n; i++)
        assert_int_equal(unlink(files.path[i]), 0);
}

static int
start(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&arena);
    forget_fragments();
    arena_release(&arena);
    return rmdir(dir);
}

/* JSON with single quotes. */
static const char *
quoted(const char *text)
{
    char *copy = arena_strdup(&arena, text);

    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return copy;
}

/* Writes fragment @id: its parameters and steps. */
static void
write_fragment(const char *id, const char *parameters, const char *steps)
{
    FILE *f = fopen(arena_printf(&arena, "%s/%s.json", dir, id), "we");

    assert_non_null(f);
    (void)fprintf(f,
                  "{\"id\": \"%s\", \"title\": {\"zh\": \"片\", \"en\": \"Piece\"},\n%s%s%s\n}\n",
                  id, *parameters ? "\"parameters\": " : "", *parameters ? quoted(parameters) : "",
                  *parameters ? quoted(arena_printf(&arena, ",\n'steps': %s", steps))
                              : quoted(arena_printf(&arena, "'steps': %s", steps)));
    (void)fclose(f);
}

static struct fragments
load(void)
{
    struct fragments f;

    problems = (struct problems){.arena = &arena};
    (void)fragments_load(&arena, dir, &f, &problems);
    return f;
}

/* The steps of a definition of these, expanded, as canonical JSON; NULL when that failed. */
static const char *
expand(const char *steps)
{
    const struct fragments f = load();
    const char *text = quoted(arena_printf(&arena, "{'id': 'x',\n'steps': %s}", steps));
    struct text t = text_new(&arena);
    struct value source, out;
    struct error e;

    assert_true(json_read(&arena, text, strlen(text), true, &source, &e));
    if (!fragments_expand(&f, &source, "x.json", &out, &problems))
        return NULL;
    value_write(&t, value_get(&out, "steps"));
    for (char *c = t.at; *c; c++)
        *c = *c == '"' ? '\'' : *c;
    return t.at;
}

static void
expect_told(const char *what)
{
    for (size_t i = 0; i < problems.n; i++) {
        const struct problem *p = &problems.item[i];

        if (strstr(arena_printf(&arena, "%s:%u: %d %s", p->file, p->line, p->number, p->text),
                   what))
            return;
    }
    for (size_t i = 0; i < problems.n; i++)
        print_message("%s:%u: %d %s\n", problems.item[i].file, problems.item[i].line,
                      problems.item[i].number, problems.item[i].text);
    fail_msg("nothing says: %s", what);
}

static void
steps_of_a_fragment_take_the_place_of_its_use(void **state)
{
    (void)state;
    forget_fragments();
    write_fragment("ask",
                   "{'to': {'kind': 'step'}, 'limit': {'kind': 'limit', 'default': '1 day'}}",
                   "{'${use}': {'to': '${to}', 'limit': '${limit}'}, 'back': {'to': '${use}'}}");
    assert_string_equal(expand("{'a': {'use': 'ask', 'with': {'to': 'b'}}, 'b': {'end': 'x'}}"),
                        "{'a':{'limit':'1 day','to':'b'},'b':{'end':'x'},'back':{'to':'a'}}");
    assert_string_equal(expand("{'p': {'branches': {'q': {'steps': {'s': {'steps': {'a': {'use':"
                               " 'ask', 'with': {'to': '$done', 'limit': [{'limit': '2 days'}]}}}}}"
                               "}}}}"),
                        "{'p':{'branches':{'q':{'steps':{'s':{'steps':{'a':{'limit':[{'limit':"
                        "'2 days'}],'to':'$done'},'back':{'to':'a'}}}}}}}}");
}

static void
what_is_not_given_is_not_there(void **state)
{
    (void)state;
    forget_fragments();
    write_fragment("ask",
                   "{'to': {'kind': 'step', 'optional': true}, 'quick': {'kind': 'flag', 'default':"
                   " false}, 'more': {'kind': 'object', 'default': {}}, 'n': {'kind': 'integer',"
                   " 'optional': true}}",
                   "{'${use}': {'to': '${to}', 'if': {'$if': 'to', 'x': 1}, 'fast': {'$if':"
                   " 'quick', 'y': 2}, 'list': ['${to}', 'z'], 'kept': 1, '$include': '${more}',"
                   " 'after': {'$if': 'n', '${n} days': {'told': 'in ${n} days'}}}}");
    assert_string_equal(expand("{'a': {'use': 'ask'}}"), "{'a':{'kept':1,'list':['z']}}");
    assert_string_equal(
        expand("{'a': {'use': 'ask', 'with': {'to': 'b', 'quick': true, 'n': 5,"
               " 'more': {'kept': 2, 'own': 3}, '$comment': 'why'}}}"),
        "{'a':{'after':{'5 days':{'told':'in 5 days'}},'fast':{'y':2},'if':{'x':1},'kept':2,"
        "'list':['b','z'],'own':3,'to':'b'}}");
}

static void
fragments_may_use_fragments(void **state)
{
    (void)state;
    forget_fragments();
    write_fragment("one", "{'to': {'kind': 'step'}}", "{'${use}': {'to': '${to}'}}");
    write_fragment("two", "{'to': {'kind': 'step'}}",
                   "{'${use}': {'use': 'one', 'with': {'to': 'mid'}}, 'mid': {'use': 'one', 'with':"
                   " {'to': '${to}'}}}");
    assert_string_equal(expand("{'a': {'use': 'two', 'with': {'to': 'end'}}}"),
                        "{'a':{'to':'mid'},'mid':{'to':'end'}}");
    for (int i = 0; i < 9; i++)
        write_fragment(arena_printf(&arena, "deep%d", i), "",
                       i < 8 ? arena_printf(&arena, "{'x': {'use': 'deep%d'}}", i + 1)
                             : "{'x': {'end': 'x'}}");
    assert_string_equal(expand("{'a': {'use': 'deep1'}}"), "{'x':{'end':'x'}}");
    assert_null(expand("{'a': {'use': 'deep0'}}"));
    expect_told("703 more than 8 fragments in one another");
}

static void
what_grows_without_measure_is_refused(void **state)
{
    struct text t = text_new(&arena);

    (void)state;
    forget_fragments();
    for (int i = 0; i < 7; i++) {
        t = text_new(&arena);
        for (int k = 0; k < 20; k++)
            text_printf(&t, "%s'${use}-%d': {'use': 'twenty%d'}", k ? ", " : "{", k, i + 1);
        text_str(&t, "}");
        write_fragment(arena_printf(&arena, "twenty%d", i), "", i < 6 ? t.at : "{'${use}': {}}");
    }
    assert_null(expand("{'a': {'use': 'twenty0'}}"));
    expect_told("114 more than 1000 uses of fragments");
    forget_fragments();
    for (int i = 0; i < 6; i++) {
        t = text_new(&arena);
        for (int k = 0; k < 20; k++)
            text_printf(&t, "%s'${o}'", k ? ", " : "");
        write_fragment(arena_printf(&arena, "big%d", i), "{'o': {'kind': 'any'}}",
                       i < 5 ? arena_printf(&arena, "{'x': {'use': 'big%d', 'with': {'o': [%s]}}}",
                                            i + 1, t.at)
                             : "{'x': ['${o}']}");
    }
    assert_null(expand("{'a': {'use': 'big0', 'with': {'o': 1}}}"));
    expect_told("114 the fragments make more than 1000000 values of it");
    forget_fragments();
    write_fragment("deep", "{'o': {'kind': 'any'}}", "{'x': [[[[[[[[[['${o}']]]]]]]]]]}");
    assert_null(expand("{'a': {'use': 'deep', 'with': {'o': [[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"
                       "]]]]}}}"));
    expect_told("114 with its fragments it is nested deeper than 32");
}

static void
a_problem_in_a_fragment_names_its_line_and_the_uses(void **state)
{
    static const char text[] =
        "{'id': 'x', 'title': {'zh': 'a', 'en': 'a'}, 'lead': 'l', 'effective': {'from':"
        " '2022-01-01'}, 'applicant': 'e', 'start': 'a',\n'steps': {\n'a': {'use': 'two'},\n"
        "'end': {'title': {'zh': 'a', 'en': 'a'}, 'end': 'over'}}}";
    const struct organisation nothing = {.data = NULL};
    const struct workflow *w;
    struct value source, out;
    struct fragments f;
    struct error e;

    (void)state;
    forget_fragments();
    write_fragment("one", "{'limit': {'kind': 'text'}}",
                   "{'${use}': {'title': {'zh': 'a', 'en': 'a'}, 'by': 'window',\n'limit':"
                   " '${limit}', 'actions': {'go': {'title': {'zh': 'a', 'en': 'a'},\n'to':"
                   " 'nowhere'}}}}");
    write_fragment("two", "", "{'${use}': {'use': 'one', 'with':\n{'limit': 'soon'}}}");
    f = load();
    assert_true(json_read(&arena, quoted(text), sizeof(text) - 1, true, &source, &e));
    assert_true(fragments_expand(&f, &source, "x.json", &out, &problems));
    assert_false(definition_read(&arena, &out, "x.json", &nothing, NULL, &w, &problems));
    assert_int_equal(problems.n, 2);
    expect_told(
        arena_printf(&arena,
                     "%s/one.json:5: 201 there is no step \"nowhere\" (fragment one, used at"
                     " %s/two.json:2, and it, used at x.json:3); ",
                     dir, dir));
    /* What was given is at fault where it was given. */
    expect_told(arena_printf(&arena,
                             "%s/two.json:3: 110 \"soon\" is no limit (fragment two,"
                             " used at x.json:3); ",
                             dir));
}

static void
what_is_wrong_with_a_fragment_is_told(void **state)
{
    (void)state;
    forget_fragments();
    write_fragment("a",
                   "{'to': {'kind': 'stop'}, 'use': {'kind': 'any'}, 'd': {'kind': 'flag',"
                   " 'default': 1}}",
                   "{'${use}': {'to': '${to} ${d}', 'x': '${y}', 'z': 'a ${b'}}");
    write_fragment("b", "{'o': {'kind': 'any'}}",
                   "{'${use}': {'$include': '${o}', 'x': 'a ${o}', '${use}': 1, 's': 2}}");
    (void)load();
    expect_told(": 112 \"stop\" is none of ");
    expect_told(": 206 \"use\" is the id under which");
    expect_told(": 702 the default of \"d\" is no flag");
    expect_told(": 702 there is no parameter \"y\"");
    expect_told(": 702 \"${\" without \"}\"");
    assert_null(expand("{'s': {'use': 'b', 'with': {'o': ['x']}}}"));
    expect_told(": 702 \"$include\" takes a parameter that is an object");
    expect_told(": 702 \"o\" is no text and stands in one");
    expect_told(": 702 \"s\" stands here twice");
    assert_null(expand("{'s': {'use': 'b', 'with': {'o': {}, 'p': 1}, 'to': 'x'}}"));
    expect_told("x.json:2: 704 fragment \"b\" has no parameter \"p\"");
    expect_told("x.json:2: 103 unknown key \"to\" in use");
    assert_null(expand("{'s': {'use': 'b'}}"));
    expect_told("704 fragment \"b\" needs \"o\" under \"with\"");
}

/* Copies the hall's fragments, each @was in them written as @is. */
static void
copy_fragments(const char *was, const char *is)
{
    struct definition_files files;
    struct error e;

    forget_fragments();
    assert_true(definition_find_files(&arena, "workflows/fragments", &files, &e));
    for (uint32_t i = 0; i < files.n; i++) {
        FILE *from = fopen(files.path[i], "re");
        FILE *to = fopen(arena_printf(&arena, "%s%s", dir, strrchr(files.path[i], '/')), "we");
        char line[4096];

        assert_true(from && to);
        while (fgets(line, sizeof(line), from)) {
            const char *found = strstr(line, was);

            if (found)
                (void)fprintf(to, "%.*s%s%s", (int)(found - line), line, is, found + strlen(was));
            else
                (void)fputs(line, to);
        }
        (void)fclose(from);
        (void)fclose(to);
    }
}

/* sound-fragments.json with the fragments as they are now. */
static const struct workflow *
read_sound(void)
{
    struct house house = {.organisation = {.data = NULL}};
    const struct workflow *w;
    bool done;

    house.fragments = load();
    done = definition_read_file(&arena, "tests/definitions/sound-fragments.json", &house, &w,
                                &problems);
    for (size_t i = 0; i < problems.n; i++)
        fail_msg("%s", problems.item[i].text);
    assert_true(done);
    return w;
}

static void
a_changed_fragment_is_a_new_version_of_what_uses_it(void **state)
{
    const struct workflow *w, *stored;
    struct error e;

    (void)state;
    copy_fragments("nothing like it", "");
    w = read_sound();
    assert_null(strstr(w->text, "\"use\""));
    assert_true(definition_restore(&arena, w->text, w->text_len, &stored, &e));
    assert_string_equal(stored->hash, w->hash);
    copy_fragments("\"10 days\"", "\"11 days\"");
    assert_string_not_equal(read_sound()->hash, w->hash);
    /* What is only said to people is no part of it. */
    copy_fragments("Further members", "More members");
    assert_string_equal(read_sound()->hash, w->hash);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_of_a_fragment_take_the_place_of_its_use),
        cmocka_unit_test(what_is_not_given_is_not_there),
        cmocka_unit_test(fragments_may_use_fragments),
        cmocka_unit_test(what_grows_without_measure_is_refused),
        cmocka_unit_test(a_problem_in_a_fragment_names_its_line_and_the_uses),
        cmocka_unit_test(what_is_wrong_with_a_fragment_is_told),
        cmocka_unit_test(a_changed_fragment_is_a_new_version_of_what_uses_it),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
