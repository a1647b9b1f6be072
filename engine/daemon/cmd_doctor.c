/* SPDX-License-Identifier: Apache-2.0 */
/* onestop doctor: what is wrong with this installation, and how to mend it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/doctor.h"
#include "daemon/progress.h"

static const char *const word[] = {"good", "advice", "problem"};

static void
print_text(const struct findings *f)
{
    static const char *const colour[] = {"\033[32m", "\033[33m", "\033[31m"};
    const bool bright = terminal_has_colour(STDOUT_FILENO);

    for (size_t i = 0; i < f->n; i++) {
        const struct finding *one = &f->item[i];

        printf("%2zu %s%-7s%s %s\n", i + 1, bright ? colour[one->weight] : "", word[one->weight],
               bright ? "\033[0m" : "", one->text);
        if (one->mend)
            printf("           %s\n", one->mend);
    }
}

static void
print_json(const struct findings *f)
{
    struct text t = text_new(f->arena);

    put_open(&t, '[');
    for (size_t i = 0; i < f->n; i++) {
        put_open(&t, '{');
        put_member_int(&t, "number", (int64_t)i + 1);
        put_member_string(&t, "weight", word[f->item[i].weight]);
        put_member_string(&t, "finding", f->item[i].text);
        put_member_string(&t, "mend", f->item[i].mend);
        put_close(&t, '}');
    }
    put_close(&t, ']');
    puts(t.at);
}

int
cmd_doctor(int argc, char **argv)
{
    const char *config = NULL;
    bool json = false;
    const struct command_option option[] = {
        OPTION_TEXT("config", "FILE", &config, "设置文件", "The settings file"),
        OPTION_FLAG("json", &json, "以 JSON 输出", "Print JSON"),
    };
    struct arena a = {0};
    struct findings f = {.arena = &a};
    struct settings s;
    struct error e;
    int n, ended = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (ended != OPTIONS_READ)
        return ended;
    if (n != 0)
        return command_misused("doctor takes no operand");
    if (settings_load(&a, config, &s, &e)) {
        examine_machine(&f, &s);
        examine_files(&f, &s);
        if (examine_database(&f, &s)) {
            examine_published(&f, &s);
            examine_clocks(&f, &s);
            examine_due(&f, &s);
            examine_outages(&f, &s);
            examine_retention(&f, &s);
        }
        examine_world(&f, &s);
        (json ? print_json : print_text)(&f);
        ended = f.n_problem ? EXIT_PROBLEMS : EXIT_SUCCESS;
    } else {
        ended = command_failed(&e);
    }
    arena_release(&a);
    return ended;
}
