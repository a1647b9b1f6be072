/* SPDX-License-Identifier: Apache-2.0 */
/* onestop diagram: a definition as a picture, published or not. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/picture/picture.h"
#include "base/settings.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/report.h"
#include "definition/registry.h"

/* What the command line says. */
struct drawing_order {
    const char *file, *workflows, *lang, *out;
    bool bpmn;
};

static bool
read_language(const char *name, enum language *lang)
{
    *lang = command_language();
    if (!name)
        return true;
    *lang = !strcmp(name, "zh") ? LANGUAGE_ZH : LANGUAGE_EN;
    return !strcmp(name, "zh") || !strcmp(name, "en");
}

static bool
write_out(const struct text *t, const char *file, struct error *e)
{
    FILE *f = file ? fopen(file, "w") : stdout;
    bool whole;

    if (!f)
        return error_set(e, ERROR_BAD_FILE, "%s: %s", file, strerror(errno));
    whole = fwrite(t->at, 1, t->len, f) == t->len;
    whole = (file ? fclose(f) : fflush(f)) == 0 && whole;
    return whole || error_set(e, ERROR_BAD_FILE, "%s: %s", file ? file : "stdout", strerror(errno));
}

static int
draw(struct arena *a, const struct drawing_order *order, enum language lang)
{
    const char *dir = order->workflows;
    struct problems problems = {.arena = a};
    const struct workflow *w;
    const struct picture *p;
    struct settings s;
    struct house house;
    struct text t = text_new(a);
    struct error e;

    if (!dir) {
        if (!settings_load(a, NULL, &s, &e))
            return command_failed(&e);
        dir = s.server_workflows;
    }
    if (!house_load(a, dir, &house, &problems) ||
        !definition_read_file(a, order->file, &house, &w, &problems)) {
        report_print(stderr, &problems);
        return EXIT_PROBLEMS;
    }
    if (order->bpmn && !picture_bpmn(&t, w, &house.organisation, lang, &e))
        return command_failed(&e);
    if (!order->bpmn && !picture_lay(a, w, &house.organisation, lang, NULL, &p, &e))
        return command_failed(&e);
    if (!order->bpmn)
        picture_svg(&t, p);
    return write_out(&t, order->out, &e) ? EXIT_SUCCESS : command_failed(&e);
}

int
cmd_diagram(int argc, char **argv)
{
    struct drawing_order order = {.file = NULL};
    const struct command_option option[] = {
        OPTION_TEXT("workflows", "DIR", &order.workflows, "机构、计划和日历所在目录",
                    "Where organisation, plan and calendar are"),
        OPTION_TEXT("lang", "zh|en", &order.lang, "图中文字的语言", "The language of the picture"),
        OPTION_FLAG("bpmn", &order.bpmn, "写成 BPMN 2.0 XML", "Write BPMN 2.0 XML"),
        OPTION_TEXT("out", "FILE", &order.out, "写入文件，而非标准输出",
                    "Write to a file instead of stdout"),
    };
    struct arena a = {0};
    enum language lang;
    int n, ended = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (ended != OPTIONS_READ)
        return ended;
    if (n != 1)
        return command_misused("diagram takes one definition, see onestop help diagram");
    if (!read_language(order.lang, &lang))
        return command_misused("--lang is zh or en");
    order.file = argv[0];
    ended = draw(&a, &order, lang);
    arena_release(&a);
    return ended;
}
