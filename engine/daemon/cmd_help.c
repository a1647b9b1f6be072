/* SPDX-License-Identifier: Apache-2.0 */
/* onestop help: the list of commands, or one of them explained. */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/command.h"
#include "daemon/commands.h"

static void
list(void)
{
    const enum language lang = command_language();
    const struct subcommand *c;

    puts(lang == LANGUAGE_ZH ? "onestop：政务事项流程引擎\n\n用法：onestop 命令 [选项]\n"
                             : "onestop runs administrative procedures and measures every step.\n\n"
                               "usage: onestop COMMAND [options]\n");
    for (size_t i = 0; (c = command_at(i)) != NULL; i++)
        printf("  %-14s %s\n", c->name, c->doc[lang]);
    puts(lang == LANGUAGE_ZH ? "\n每个命令的选项：onestop 命令 --help"
                             : "\nThe options of a command: onestop COMMAND --help");
}

int
cmd_help(int argc, char **argv)
{
    char help[] = "--help";
    char *ask[] = {NULL, help, NULL};
    const struct subcommand *c;
    int n, ended = options_read(NULL, 0, argc, argv, &n);

    if (ended != OPTIONS_READ)
        return ended;
    if (n == 0) {
        list();
        return EXIT_SUCCESS;
    }
    c = command_find(argv[0]);
    if (!c)
        return command_misused("no command \"%s\"; see onestop help", argv[0]);
    ask[0] = argv[0];
    return c->run(2, ask);
}
