/* SPDX-License-Identifier: Apache-2.0 */
/* onestop diff: what one definition changes against another, published or not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/diff.h"
#include "base/settings.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/report.h"
#include "definition/json.h"
#include "definition/registry.h"

/* --- for people: a line for each thing that differs --- */

static bool
are_things(const struct value *list)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (list->item[i].kind != VALUE_OBJECT)
            return false;
    return list->n > 0;
}

/* Lists of as many things, as the effects of an action are: the one that changed is found by its
 * place. */
static bool
go_together(const struct value *from, const struct value *to)
{
    return from->kind == VALUE_ARRAY && to->kind == VALUE_ARRAY && from->n == to->n &&
           are_things(from) && are_things(to);
}

/* "company: limit: "5 minutes" -> "6 minutes"", as deep down as both texts are alike. */
static void
print_texts(struct arena *a, const char *what, const struct value *from, const struct value *to)
{
    struct text was = text_new(a), is = text_new(a);

    if (from && to && value_equal(from, to))
        return;
    if (from && to && go_together(from, to)) {
        for (uint32_t i = 0; i < from->n; i++)
            print_texts(a, from->n > 1 ? arena_printf(a, "%s: %u", what, i + 1) : what,
                        &from->item[i], &to->item[i]);
        return;
    }
    if (!from || !to || from->kind != VALUE_OBJECT || to->kind != VALUE_OBJECT) {
        if (from)
            value_write(&was, from);
        if (to)
            value_write(&is, to);
        printf("%s: %s -> %s\n", what, from ? was.at : "-", to ? is.at : "-");
        return;
    }
    for (uint32_t i = 0; i < from->n; i++) {
        const char *name = from->member[i].name;

        print_texts(a, arena_printf(a, "%s: %s", what, name), &from->member[i].value,
                    value_get(to, name));
    }
    for (uint32_t i = 0; i < to->n; i++)
        if (!value_get(from, to->member[i].name))
            print_texts(a, arena_printf(a, "%s: %s", what, to->member[i].name), NULL,
                        &to->member[i].value);
}

static void
print_names(const char *sign, const char *what, const struct value *list)
{
    for (uint32_t i = 0; list && i < list->n; i++)
        printf("%s %s%s\n", sign, what, list->item[i].string);
}

/* @what with a blank behind it, or "". */
static void
print_changes(struct arena *a, const char *what, const struct value *changes)
{
    const struct value *changed = value_get(changes, "changed");
    const struct value *order = value_get(changes, "order");
    struct text t = text_new(a);

    print_names("+", what, value_get(changes, "added"));
    print_names("-", what, value_get(changes, "removed"));
    for (uint32_t i = 0; i < changed->n; i++) {
        const struct value *c = &changed->item[i];

        print_texts(a, arena_printf(a, "%s%s", what, value_get_string(c, "id")),
                    value_get(c, "from"), value_get(c, "to"));
    }
    if (order) {
        value_write(&t, order);
        printf("%sorder: %s\n", what, t.at);
    }
}

static void
print_steps(struct arena *a, const struct value *steps)
{
    const struct value *changed = value_get(steps, "changed");

    print_names("+", "step ", value_get(steps, "added"));
    print_names("-", "step ", value_get(steps, "removed"));
    for (uint32_t i = 0; i < changed->n; i++) {
        const struct value *c = &changed->item[i];
        const char *path = value_get_string(c, "path");

        print_changes(a, arena_printf(a, "step %s: ", path), value_get(c, "members"));
        print_changes(a, arena_printf(a, "step %s: action ", path), value_get(c, "actions"));
        print_changes(a, arena_printf(a, "step %s: branch ", path), value_get(c, "branches"));
    }
}

static void
print_migration(const struct value *m)
{
    const bool zh = command_language() == LANGUAGE_ZH;
    const char *problem = value_get_string(m, "problem");
    const struct value *refused = value_get(m, "stepsRefused");

    print_names(zh ? "在办件停在此处的不能迁移：" : "cases would be refused in", "",
                value_get(m, "stepsWithoutCounterpart"));
    for (uint32_t i = 0; refused && i < refused->n; i++)
        printf(zh ? "在办件停在此处的不能迁移：%s：%s\n" : "cases would be refused in %s: %s\n",
               value_get_string(&refused->item[i], "step"),
               value_get_string(&refused->item[i], "why"));
    print_names(zh ? "时限将终止：" : "would end: clock", "",
                value_get(m, "clocksWithoutCounterpart"));
    if (value_get(m, "possible")->boolean)
        puts(zh ? "其余在办件可按原环节名迁移"
                : "other open cases could go on under it as they are");
    else
        printf(zh ? "在办件不能照原样迁移：%s\n" : "open cases cannot go on as they are: %s\n",
               problem ? problem : "");
}

static void
print_people(struct arena *a, const struct value *d)
{
    static const char *const set[][2] = {
        {"clocks", "clock "},       {"grounds", "ground "},
        {"materials", "material "}, {"certificates", "certificate "},
        {"labels", "label "},       {"lanes", "lane "}};

    printf("%s %.12s -> %.12s\n", value_get_string(d, "workflow"), value_get_string(d, "from"),
           value_get_string(d, "to"));
    print_changes(a, "", value_get(d, "members"));
    print_steps(a, value_get(d, "steps"));
    for (size_t i = 0; i < sizeof(set) / sizeof(*set); i++)
        print_changes(a, set[i][1], value_get(d, set[i][0]));
    print_migration(value_get(d, "migration"));
}

/* --- the command --- */

static bool
find_house(struct arena *a, const char *dir, struct house *house, struct problems *problems,
           struct error *e)
{
    struct settings s;

    if (!dir) {
        if (!settings_load(a, NULL, &s, e))
            return false;
        dir = s.server_workflows;
    }
    (void)!house_load(a, dir, house, problems);
    return true;
}

static int
compare(struct arena *a, const char *dir, char **file, bool json)
{
    struct problems problems = {.arena = a};
    const struct workflow *w[2];
    struct text t = text_new(a);
    struct house house;
    struct value d;
    struct error e;

    if (!find_house(a, dir, &house, &problems, &e))
        return command_failed(&e);
    for (int i = 0; i < 2 && !problems.n_error; i++)
        (void)!definition_read_file(a, file[i], &house, &w[i], &problems);
    if (problems.n_error) {
        report_print(stderr, &problems);
        return EXIT_PROBLEMS;
    }
    if (strcmp(w[0]->id, w[1]->id) != 0)
        return command_misused("%s and %s are two procedures, not two versions of one", w[0]->id,
                               w[1]->id);
    if (!diff_write(&t, w[0], w[1], &e) || !json_read(a, t.at, t.len, false, &d, &e))
        return command_failed(&e);
    if (json)
        puts(t.at);
    else
        print_people(a, &d);
    return EXIT_SUCCESS;
}

int
cmd_diff(int argc, char **argv)
{
    const char *dir = NULL;
    bool json = false;
    const struct command_option option[] = {
        OPTION_TEXT("workflows", "DIR", &dir, "机构、计划和日历所在目录",
                    "Where organisation, plan and calendar are"),
        OPTION_FLAG("json", &json, "以 JSON 输出", "Print JSON, as GET /v1/workflows/{id}/diff"),
    };
    struct arena a = {0};
    int n, code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (code != OPTIONS_READ)
        return code;
    if (n != 2)
        return command_misused("diff takes two definitions, the earlier one first");
    code = compare(&a, dir, argv, json);
    arena_release(&a);
    return code;
}
