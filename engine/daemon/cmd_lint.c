/* SPDX-License-Identifier: Apache-2.0 */
/* onestop lint: what is wrong with definitions and the files around them, and how to mend it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/settings.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/gate.h"
#include "daemon/report.h"
#include "definition/registry.h"
#include "machine/promise.h"

enum { MOST_STATES = 1000000 };

struct linting {
    struct arena arena;
    struct problems problems;
    struct house house;
    const struct workflow **workflow; /* those that could be read */
    uint32_t n_workflow, n_file;
    long states, seconds; /* what each exploration may take; no states: none */
    struct text partly;   /* which could not be explored to the end, a line each */
};

static void
explore(struct linting *l, const struct workflow *w, struct arena *scratch)
{
    /* Who looks less far than the gate is told how far, and no more. */
    const struct gate_bounds bounds = {.states = (uint32_t)l->states,
                                       .seconds = l->seconds,
                                       .to_the_end =
                                           l->states >= GATE_STATES && l->seconds >= GATE_SECONDS};
    struct explored found;

    gate_explore(w, &l->house, &bounds, scratch, &l->problems, &found);
    text_str(&l->partly, gate_left_open(scratch, w, &found, command_language()));
}

static void
lint_file(struct linting *l, const char *path)
{
    const struct workflow *w;
    struct arena scratch = {0};
    bool sound = true;

    l->n_file++;
    if (!definition_read_file(&l->arena, path, &l->house, &w, &l->problems))
        return;
    if (l->house.calendar)
        sound = promise_check(w, l->house.calendar, &scratch, &l->problems);
    if (l->house.calendar && sound && l->states)
        explore(l, w, &scratch);
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
        if (p->example)
            put_member_string(&t, "example", p->example);
        put_close(&t, '}');
    }
    put_close(&t, ']');
    puts(t.at);
}

static void
print_sum(const struct linting *l)
{
    const size_t n_warning = l->problems.n - l->problems.n_error;

    (void)fputs(l->partly.at, stderr);
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

/* What definitions have to do with one another: with the rest of the house around those given. */
static bool
lint_together(struct linting *l, const char *dir, bool all, struct error *e)
{
    struct problems others = {.arena = &l->arena};
    const struct workflow **list = l->workflow;
    struct definition_files files = {.n = 0};
    const struct registry *r;
    uint32_t n = l->n_workflow;

    registry_check(registry_build(&l->arena, l->workflow, l->n_workflow), &l->problems);
    if (!all && !definition_find_files(&l->arena, dir, &files, e))
        return false;
    list = arena_array(&l->arena, files.n + n, const struct workflow *);
    for (uint32_t i = 0; i < files.n; i++)
        (void)!definition_read_file(&l->arena, files.path[i], &l->house, &list[i], &others);
    n = 0;
    for (uint32_t i = 0; i < files.n; i++)
        if (list[i])
            list[n++] = list[i];
    /* Those given stand last: they take the place of others of the same day. */
    for (uint32_t i = 0; i < l->n_workflow; i++)
        list[n++] = l->workflow[i];
    r = registry_build(&l->arena, list, n);
    registry_check_kin(r, l->workflow, l->n_workflow, &l->problems);
    registry_check_loops(r, l->workflow, l->n_workflow, &l->problems);
    if (l->house.calendar)
        (void)!promise_check_layers(r, l->workflow, l->n_workflow, l->house.calendar, &l->arena,
                                    &l->problems);
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
    if (!lint_together(l, dir, n == 0, e))
        return false;
    problems_sort(&l->problems);
    return true;
}

int
cmd_lint(int argc, char **argv)
{
    const char *dir = NULL, *states = NULL, *seconds = NULL;
    bool json = false;
    struct linting l = {.states = GATE_STATES, .seconds = GATE_SECONDS};
    const struct command_option option[] = {
        OPTION_TEXT("workflows", "DIR", &dir, "机构、计划和日历所在目录",
                    "Where organisation, plan and calendar are"),
        OPTION_TEXT("states", "N", &states, "每个流程最多查看的状态数，0：不查（200000）",
                    "States to look at in each definition, 0: none (200000)"),
        OPTION_TEXT("seconds", "N", &seconds, "每个流程最多用的处理器秒数（10）",
                    "Seconds of the processor for each definition (10)"),
        OPTION_FLAG("json", &json, "以 JSON 输出", "Print JSON"),
    };
    struct error e;
    int n, ended = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (ended != OPTIONS_READ)
        return ended;
    if (states && !option_number(states, 0, MOST_STATES, &l.states))
        return command_misused("--states takes a number from 0 to %d", MOST_STATES);
    if (seconds && !option_number(seconds, 1, 3600, &l.seconds))
        return command_misused("--seconds takes a number from 1 to 3600");
    l.problems.arena = &l.arena;
    l.partly = text_new(&l.arena);
    if (!lint(&l, dir, n, argv, &e)) {
        ended = command_failed(&e);
    } else {
        if (json)
            print_json(&l);
        else
            report_print(stdout, &l.problems);
        print_sum(&l);
        ended = l.problems.n_error ? EXIT_PROBLEMS : EXIT_SUCCESS;
    }
    arena_release(&l.arena);
    return ended;
}
