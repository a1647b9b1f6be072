/* SPDX-License-Identifier: Apache-2.0 */
/* onestop settings: what the daemon would run with, and the texts made from the table. */
#include <stdio.h>
#include <stdlib.h>

#include "base/settings.h"
#include "daemon/command.h"
#include "daemon/commands.h"

int
cmd_settings(int argc, char **argv)
{
    const char *file = NULL;
    bool sample = false, manual = false;
    const struct command_option option[] = {
        OPTION_TEXT("config", "FILE", &file, "设置文件", "The settings file"),
        OPTION_FLAG("sample", &sample, "输出带说明的样例文件", "Print the sample file"),
        OPTION_FLAG("manual", &manual, "输出手册中的表格", "Print the manual's table"),
    };
    struct arena a = {0};
    struct text t;
    struct settings s;
    struct error e;
    int n, ended = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (ended != OPTIONS_READ)
        return ended;
    if (n != 0)
        return command_misused("settings takes no operand");
    t = text_new(&a);
    if (sample)
        settings_sample(&t);
    else if (manual)
        settings_manual(&t, command_language());
    else if (settings_load(&a, file, &s, &e))
        settings_print(&t, &s);
    else
        ended = command_failed(&e);
    (void)fputs(t.at, stdout);
    arena_release(&a);
    return ended == OPTIONS_READ ? EXIT_SUCCESS : ended;
}
