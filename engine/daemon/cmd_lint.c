/* SPDX-License-Identifier: Apache-2.0 */
/* onestop lint: what is wrong with definitions and the files around them, and how to mend it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "definition/registry.h"
#include "machine/promise.h"

struct linting {
    struct arena arena;
    struct problems problems;
    struct house house;
    const struct workflow **workflow; /* those that could be read */
    uint32_t n_workflow, n_file;
};

static void
lint_file(struct linting *l, const char *path)
{
    const struct workflow *w;
    struct arena scratch = {0};

    l->n_file++;
    if (!definition_read_file(&l->arena, path, &l->house, &w, &l->problems))
        return;
    if (l->house.calendar)
        (void)!promise_check(w, l->house.calendar, &scratch, &l->problems);
    arena_release(&scratch);
    l->workflow = arena_grow(&l->arena, l->workflow, l->n_workflow, sizeof(*l->workflow));
    l->workflow[l->n_workflow++] = w;
}

static bool
lint_path(struct linting *l, const char *path, struct error *e)
{
    struct definition_files files;

    if (!definition_find_files(&l->arena, path, &files, e))
        return false;
    for (uint32_t i = 0; i < files.n; i++)
        lint_file(l, files.path[i]);
    return true;
}

static void
print_json(struct linting *l)
{
    struct text t = text_new(&l->arena);

    put_open(&t, '[');
    for (size_t i = 0; i < l->problems.n; i++) {
        const struct problem *p = &l->problems.item[i];

        if (i)
            text_char(&t, ',');
        text_char(&t, '\n');
        put_open(&t, '{');
        put_member_string(&t, "file", p->file);
        put_member_int(&t, "line", p->line);
        put_member_string(&t, "pointer", p->pointer);
        put_member_int(&t, "number", p->number);
        put_member_string(&t, "name", problem_kind_of(p->number)->name);
        put_member_bool(&t, "warning", p->warning);
        put_member_string(&t, "text", p->text);
        put_close(&t, '}');
    }
    put_close(&t, ']');
    puts(t.at);
}

static void
print_lines(const struct linting *l)
{
    for (size_t i = 0; i < l->problems.n; i++) {
        const struct problem *p = &l->problems.item[i];

        printf("%s:%u: %d %s%s\n", p->file, p->line, p->number, p->warning ? "warning: " : "",
               p->text);
    }
}

static void
print_sum(const struct linting *l)
{
    const size_t n_warning = l->problems.n - l->problems.n_error;

    (void)fprintf(stderr,
                  command_language() == LANGUAGE_ZH
                      ? "%u 个流程定义：%zu 个问题，%zu 个提醒\n"
                      : "%u definitions: %zu problems, %zu warnings\n",
                  l->n_file, l->problems.n_error, n_warning);
}

/* The settings say where the workflows are, when the command line does not. */
static bool
find_house(struct linting *l, const char **dir, struct error *e)
{
    struct settings s;

    if (!*dir) {
        if (!settings_load(&l->arena, NULL, &s, e))
            return false;
        *dir = s.server_workflows;
    }
    /* What is wrong with the house is among the problems. */
    (void)!house_load(&l->arena, *dir, &l->house, &l->problems);
    return true;
}

static bool
lint(struct linting *l, const char *dir, int n, char **path, struct error *e)
{
    if (!find_house(l, &dir, e))
        return false;
    if (n == 0 && !lint_path(l, dir, e))
        return false;
    for (int i = 0; i < n; i++)
        if (!lint_path(l, path[i], e))
            return false;
    registry_check(registry_build(&l->arena, l->workflow, l->n_workflow), &l->problems);
    problems_sort(&l->problems);
    return true;
}

int
cmd_lint(int argc, char **argv)
{
    const char *dir = NULL;
    bool json = false;
    const struct command_option option[] = {
        OPTION_TEXT("workflows", "DIR", &dir, "机构、计划和日历所在目录",
                    "Where organisation, plan and calendar are"),
        OPTION_FLAG("json", &json, "以 JSON 输出", "Print JSON"),
    };
    struct linting l = {.n_file = 0};
    struct error e;
    int n, ended = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (ended != OPTIONS_READ)
        return ended;
    l.problems.arena = &l.arena;
    if (!lint(&l, dir, n, argv, &e)) {
        ended = command_failed(&e);
    } else {
        if (json)
            print_json(&l);
        else
            print_lines(&l);
        print_sum(&l);
        ended = l.problems.n_error ? EXIT_PROBLEMS : EXIT_SUCCESS;
    }
    arena_release(&l.arena);
    return ended;
}
